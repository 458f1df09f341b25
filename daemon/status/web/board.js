// The live board: people as lamps over server-sent events, channels and adapters with their health.
// Speaks only the public HTTP interface (docs: /v1/openapi.json): /v1/events, /v1/presence, …/why, /v1/status.
//
// Three promises shape this file.
//   It never lies: a picture that may be old is grey, and the page says since when (section 4).
//   It stays fluid: an event costs O(1), the document holds only the lamps on screen, and it is touched once a frame (6, 7).
//   It trusts nobody's names: data reaches the document as text, never as markup.
'use strict';

import { claimsOf, endable, Forwards, linesOf, sayings } from './forwards.js';
import { Agents, agentSayings } from './acd.js';
import { actionsOf, Calls, callSayings, matchesOf, verbsOf } from './calls.js';
import { choicesOf, contactSayings, isForTalking, numbersOf } from './contacts.js';
import { Favourites } from './favourites.js';
import { suggest } from './suggest.js';
import { wordsFor } from './words.js';

// ── 1. Words ────────────────────────────────────────────────────────────────────────────────────────────────────────
// One dictionary a language (words.js); dates and numbers as in the reader's region.

const { locale, language, BOARD: words } = wordsFor(navigator.languages);
const number = new Intl.NumberFormat(locale);
const plural = new Intl.PluralRules(locale);
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const calendar = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const minutes = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
const dayMinutes = new Intl.DateTimeFormat(locale, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
const dateMinutes = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const short = Object.fromEntries(['second', 'minute', 'hour', 'day'].map(unit =>
  [unit, new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' })]));

const t = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) =>
  typeof values[name] === 'number' ? number.format(values[name]) : values[name] ?? '');
const headcount = n => t(plural.select(n) === 'one' ? 'person' : 'people', { n });
const wordIn = (list, word) => (Object.hasOwn(list, word) ? list[word] : String(word));
const statusWord = status => wordIn(words.s, status);
const NAMES = { teams: 'Teams', zoom: 'Zoom', goto: 'GoTo', webex: 'Webex', zoho: 'Zoho', sip: 'SIP', csta: 'CSTA', ldap: 'LDAP', entra: 'Entra', smartbusy: 'SmartBusy' };
const plainWord = word => wordIn(words.w, wordIn(NAMES, word));

// ── 2. Small tools ──────────────────────────────────────────────────────────────────────────────────────────────────

const $ = id => document.getElementById(id);
/** A number as this reader wants it: a local one as it is dialled here, or the international form. */
function written(number) {
  const { code, trunk = '' } = health?.numbers ?? {};
  if (!view.localNumbers || !code || !String(number).startsWith(`+${code}`)) return number;
  return trunk + String(number).slice(code.length + 1);
}

function toggleNumbers() {
  view.localNumbers = !view.localNumbers;
  remembered.set(inBrowser, 'lamplighter.numbers', view.localNumbers ? 'local' : null);
  drawNumbersButton();
  for (const id of people.keys()) changed(id, false);
  drawMissed();
  drawContacts();
  if (details.id !== null) { drawCalls(); drawHistory(); askNumbers(); }
  if (contact.item !== null) drawContact();
}
function drawNumbersButton() {
  setMark($('numbers'), 'aria-pressed', String(view.localNumbers));
  show($('numbers'), Boolean(health?.numbers?.code));
}

/** A sentence of the daemon by its code, as far as this page knows it; else as the daemon says it. */
function said(text, code, values) {
  if (!Object.hasOwn(words.said, code ?? '')) return text;
  const value = { ...values, text };
  if (value.source) value.source = say.source(value.source);
  if (value.at) value.at = appointed(value.at);
  return words.said[code].replace(/\{(\w+)\}/g, (_, name) => value[name] ?? '').replace(/ {2,}/g, ' ');
}
const say = sayings({ t, moment: appointed, name: word => plainWord(word), words, said, written });
const isObject = value => value !== null && typeof value === 'object';
const isGiven = value => value !== null && value !== undefined && value !== '';
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Builds an element. Children are nodes or texts; null and undefined are left out. */
function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

function sign(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#sign-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

// Writing to the document costs more than comparing, and most of what an event brings is already there.
const setText = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const setMark = (node, name, value) => { if (node.getAttribute(name) !== value) node.setAttribute(name, value); };
const show = (node, visible) => { if (node.hidden === visible) node.hidden = !visible; };

/** Lower case without accents, so that "Zoe" finds "Zoë" and "Lodz" finds "Łódź". */
const LETTERS = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i', þ: 'th' };
const fold = text => String(text ?? '').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[ßæœøđðłıþ]/g, c => LETTERS[c]);
/** A key that sorts with `<`, which is ten times faster than a collator; "Desk 9" stands before "Desk 10". */
const sortKey = text => fold(text).replace(/\d+/g, digits => digits.padStart(8, '0'));

/** Storage that may be forbidden by the browser: then nothing is remembered, and nothing breaks. */
const remembered = {
  get(where, key) { try { return where().getItem(key); } catch { return null; } },
  set(where, key, value) { try { value === null ? where().removeItem(key) : where().setItem(key, value); } catch { /* forbidden */ } },
};
const inBrowser = () => localStorage;
const inTab = () => sessionStorage;

// `since` is the daemon's time. The Date header tells how far this machine's clock is off, so that ages are right.
let clockSkew = 0;
const daemonNow = () => Date.now() + clockSkew;
const parseTime = text => { const ms = Date.parse(text); return Number.isNaN(ms) ? null : ms; };

function unitsOf(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return [['second', s]];
  if (s < 3600) return [['minute', Math.floor(s / 60)]];
  if (s < 86400) return [['hour', Math.floor(s / 3600)], ['minute', Math.floor(s / 60) % 60]];
  return [['day', Math.floor(s / 86400)]];
}
const shortAge = ms => unitsOf(ms).map(([unit, n]) => short[unit].format(n)).join(' ');
function relativeTime(at) {
  const ahead = at - daemonNow();
  const [unit, n] = unitsOf(Math.abs(ahead))[0];
  return relative.format(ahead > 0 ? n : -n, unit);
}
function moment(text) {
  const at = parseTime(text);
  return at === null ? null : (Math.abs(daemonNow() - at) < 86400e3 ? clock : calendar).format(at);
}

/** Appointments are told to the minute: "12:00" of today, "Sat 12:00" of this week, else with the date. */
function appointed(text) {
  const at = parseTime(text), days = Math.abs(at - daemonNow()) / 86400e3;
  if (at === null) return '';
  if (new Date(at).toDateString() === new Date(daemonNow()).toDateString()) return minutes.format(at);
  return (days < 6 ? dayMinutes : dateMinutes).format(at);
}

// ── 3. People: what the page knows ──────────────────────────────────────────────────────────────────────────────────

const STATUSES = ['ringing', 'held', 'do_not_disturb', 'on_call', 'in_meeting', 'busy', 'away', 'available', 'offline', 'unknown'];
const COLOURS = {
  ringing: 'red', held: 'amber', do_not_disturb: 'dnd', on_call: 'red', in_meeting: 'red', busy: 'red', away: 'amber', available: 'green',
};
// What each of the built-in rules concludes (14 and 15 where agents count); a site that orders its own rules is
// recognised by disagreeing.
const RULE_STATUS = ['ringing', 'held', ...Array(4).fill('do_not_disturb'), ...STATUSES.slice(3), 'busy', 'away'];
const LARGE = 20000;      // above this many people the page asks the daemon instead of holding everybody
const FOUND_MAX = 200;    // results shown of a search in a large organisation
const SUGGESTED_MAX = 8;  // contacts offered at once
const RECENT_MAX = 60;    // who changed recently, in a large organisation
const CHOSEN_MAX = 60;    // favourites that are asked for one by one

const people = new Map();   // id -> record {p, key, text, since, connection, load}
const folders = new Map();  // name -> {name, key, total, counts}
const forwards = new Forwards();
const calls = new Calls();
const agents = new Agents();
const favourites = new Favourites(askFavourites, {
  get: () => (remembered.get(inBrowser, 'lamplighter.favourites') ?? '').split('\n').filter(Boolean),
  set: keys => remembered.set(inBrowser, 'lamplighter.favourites', keys.join('\n') || null),
});
const counts = new Map();   // status -> people (of those in `people`)
const recent = new Set();   // large: ids, oldest change first
const found = new Set();    // large: ids the daemon found for the present search
const finding = { asking: false, failure: '', more: false };
let large = false;
let connection = 0;         // number of the stream by which we know; a later one outranks every version of an earlier one
let load = 0;               // number of the load that last confirmed a record
let ordered = [];           // all records by name
let orderDirty = true;

const signOf = status => STATUSES.includes(status) ? status : 'unknown';
const colourOf = p => p.colour ?? COLOURS[p.status] ?? 'grey';

function count(record, step) {
  const { status, folder } = record.p;
  counts.set(status, (counts.get(status) ?? 0) + step);
  const name = folder ?? '';
  let f = folders.get(name);
  if (!f) folders.set(name, f = { name, key: sortKey(name), total: 0, counts: new Map() });
  f.total += step;
  f.counts.set(status, (f.counts.get(status) ?? 0) + step);
  if (f.total === 0) folders.delete(name);
  countsDirty = true;
}

/** Takes a presence object in if it is news. Versions count only within one connection: a restarted daemon begins anew. */
function take(p) {
  if (!isObject(p) || typeof p.id !== 'string') return;
  const old = people.get(p.id);
  if (old && old.connection === connection && (p.version ?? 0) < (old.p.version ?? 0)) { old.load = load; return; }
  const record = old ?? { p: null };
  const renamed = !old || old.p.name !== p.name || old.p.folder !== p.folder;
  const moved = renamed || old.p.status !== p.status || old.p.since !== p.since;
  if (old) count(old, -1);
  Object.assign(record, { p, connection, load, since: parseTime(p.since) });
  if (renamed) {
    record.key = sortKey(p.name ?? p.id);
    record.text = fold([p.name, p.id, p.email, p.folder].join(' '));
    orderDirty = true;
  }
  people.set(p.id, record);
  count(record, 1);
  changed(p.id, renamed || (moved && view.dependsOnStatus()));
}

function drop(id) {
  const record = people.get(id);
  if (!record) return;
  count(record, -1);
  people.delete(id);
  orderDirty = true;
  changed(id, true);
}

/** An event in a large organisation: keep who changed last, forget who changed longest ago. */
function takeRecent(p) {
  if (matches({ p, text: fold([p.name, p.id, p.email, p.folder].join(' ')) }) && searching() && found.size < FOUND_MAX) found.add(p.id);
  recent.delete(p.id);
  recent.add(p.id);
  take(p);
  if (recent.size <= RECENT_MAX) return;
  const [oldest] = recent;
  recent.delete(oldest);
  if (!isShown(oldest)) drop(oldest);
}

/** Somebody of whom a large organisation's board knows. */
const isShown = id => found.has(id) || recent.has(id) || favourites.has(id) || favourites.team.includes(id);

function forgetEverybody() {
  for (const map of [people, folders, counts, recent, found, forwards, calls, agents, favourites]) map.clear();
  foundContacts = [];
  orderDirty = countsDirty = true;
  drawMissed();
  drawQueues();
  drawContacts();
  relayout();
}

// ── 4. The daemon: requests, stream, loading ────────────────────────────────────────────────────────────────────────

const SILENCE_MS = 35000;   // heartbeats come every 15 s: two lost and a bit
const token = { value: remembered.get(inTab, 'lamplighter.token'), arrived: null };
const link = {
  state: 'connecting',      // connecting | loading | live | syncing | lost | signin
  heard: 0,                 // when the stream last said anything
  asOf: null,               // while not live: when the picture was last true
  lastId: null,             // of the last event, to resume from
  stop: null, wake: null, failure: '',
};
let loading = null;         // AbortController of the load under way

class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    Object.assign(this, { status, missing: problem.missing });
  }
}

/** One request with the token; throws Refusal for anything but 2xx, so that a caller never reads an error as data. */
async function request(path, { signal, headers = {}, method = 'GET', body } = {}) {
  if (token.value) headers.Authorization = `Bearer ${token.value}`;
  const answer = await fetch(path, { headers, signal, method, body, cache: 'no-store', credentials: 'same-origin' });
  const date = parseTime(answer.headers.get('Date'));
  if (date !== null) clockSkew = Math.abs(date - Date.now()) > 3000 ? date - Date.now() : 0;
  if (answer.ok) return answer;
  throw new Refusal(answer.status, await answer.json().catch(() => ({})) ?? {});
}
const requestJson = async (path, options) => (await request(path, options)).json();

const pause = ms => new Promise(resolve => { link.wake = resolve; setTimeout(resolve, ms); });
const backoff = attempt => Math.min(30000, 500 * 2 ** Math.min(attempt, 6)) * (0.7 + 0.6 * Math.random());

/** Cuts a text stream into server-sent events, whatever the chunks (WHATWG HTML, 9.2.6). */
function eventParser(deliver) {
  let rest = '', type = '', data = [], id = null;
  const line = text => {
    if (text === '') {
      if (id !== null) link.lastId = id;
      if (data.length) deliver(type || 'message', data.join('\n'));
      type = ''; data = []; id = null;
      return;
    }
    const [, field, value] = /^([^:]*)(?:: ?)?(.*)$/s.exec(text);
    if (field === 'event') type = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
  };
  return chunk => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

function onEvent(type, text) {
  link.heard = Date.now();
  let data = null;
  try { data = JSON.parse(text); } catch { /* a heartbeat may say anything */ }
  if (type === 'presence' && isObject(data)) large ? takeRecent(data) : take(data);
  else if (type === 'forwarding') takeForwarding(data);
  else if (type === 'gap') reload();
  else if (type === 'call') takeCall(data);
  else if (type === 'missed') takeMissed(data);
  else if (type === 'acd') takeAgent(data);
}

/** Reads one stream to its end. The people are loaded beside it, once it stands, so that no change falls in between. */
async function readStream() {
  const stop = link.stop = new AbortController();
  const hurry = setTimeout(() => stop.abort(), 20000);
  const headers = { Accept: 'text/event-stream' };
  if (link.lastId !== null) headers['Last-Event-ID'] = link.lastId;
  try {
    const answer = await request('v1/events?types=presence,call,missed,forwarding,acd,gap,heartbeat', { signal: stop.signal, headers });
    clearTimeout(hurry);
    connection += 1;
    link.heard = Date.now();
    reload();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = eventParser(onEvent);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parse(value);
    }
  } finally {
    clearTimeout(hurry);
    stop.abort();
    loading?.abort();
  }
}

async function follow() {
  for (let attempt = 0; ; attempt += 1) {
    const before = connection, began = Date.now();
    try { await readStream(); } catch (error) {
      if (error.status === 401 || error.status === 403) { await askToken(error); attempt = -1; continue; }
    }
    if (connection > before && Date.now() - began > 5000) attempt = 0; // it had worked: the next try may come soon
    setLink(connection ? 'lost' : 'connecting', connection ? '' : t('noContact'));
    pollAgain(); // the health on the page is as old as the lamps, unless the daemon still answers
    await pause(backoff(attempt));
  }
}

/** Reads everybody (or, in a large organisation, what is shown) again, because something may have been missed. */
async function reload() {
  loading?.abort();
  const { signal } = loading = new AbortController();
  setLink(link.asOf === null && link.state !== 'live' ? 'loading' : 'syncing');
  load += 1;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await learnRights(signal);
      await pollStatus();
      if (!large && (health?.people?.total ?? 0) > LARGE) becomeLarge();
      const chosen = loadFavourites(signal).catch(() => {}); // lamps do not wait for it
      await (large ? refreshLarge(signal) : loadEverybody(signal));
      chosen.then(() => readChosen(signal));
      await loadForwards(signal);
      await loadAgents(signal);
      await loadCalls(signal);
      if (!signal.aborted) setLink('live');
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401 || error.status === 403) { link.stop.abort(); return; } // the stream will ask for a token
      setLink(link.state, t('loadFailed', { why: error.message }));
      await new Promise(resolve => setTimeout(resolve, backoff(attempt + 1)));
    }
  }
}

async function loadEverybody(signal) {
  let cursor = null, n = 0;
  do {
    const page = await requestJson(`v1/presence?limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal });
    page.items.forEach(take);
    n += page.items.length;
    cursor = page.next;
    if (cursor && n >= LARGE) { becomeLarge(); return refreshLarge(signal); }
  } while (cursor);
  for (const [id, record] of people) if (record.load !== load) drop(id);
}

/** What all pages of a list hold, as far as so much is worth it. */
async function everyItem(path, signal) {
  const items = [];
  let cursor = null;
  do {
    const page = await requestJson(`${path}?limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { signal });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor && items.length < LARGE);
  return items;
}

function takeForwarding(data) {
  const id = forwards.take(data);
  if (id !== null) changed(id, false);
}

/** Whose calls go elsewhere; of everybody else nothing is known that is worth a word. */
async function loadForwards(signal) {
  const since = forwards.mark(), items = await everyItem('v1/forwarding', signal);
  for (const id of forwards.replace(items, since)) changed(id, false);
}

function takeAgent(data) {
  const person = agents.take(data);
  if (person === null) return;
  changed(person, false);
  queuesDirty = true;
}

/** Of an older daemon there are none: the board is live all the same. */
async function loadAgents(signal) {
  const since = agents.mark();
  const items = await everyItem('v1/acd/agents', signal).catch(orNone);
  for (const id of agents.replace(items, since)) changed(id, false);
  await loadWaiting(signal);
}
const orNone = error => { if (error.status === 404) return []; throw error; };

/** What waits in queues, and hunt groups: no event tells of them. */
async function loadWaiting(signal) {
  agents.waits(await everyItem('v1/acd', signal).catch(orNone));
  agents.huntGroups = await everyItem('v1/acd/hunt-groups', signal).catch(orNone);
  queuesDirty = true;
  draw();
}

function takeCall(data) {
  const person = calls.take(data);
  if (person === null) return;
  changed(person, false);
  if (person !== details.id) return;
  if (data.ended) askHistory();
  askWhy();
}

function takeMissed(data) {
  calls.takeMissed(data);
  drawMissed();
}

/** The calls that go on and those that were missed, for who may see them. */
async function loadCalls(signal) {
  if (!holds('calls.read')) return;
  const since = calls.mark(), items = await everyItem('v1/calls/active', signal);
  for (const id of calls.replace(items, since)) changed(id, false);
  // Lamps do not wait for what is over: without history the board is live all the same.
  const missed = await requestJson('v1/calls?direction=in&result=missed&limit=50', { signal }).catch(() => ({ items: [] }));
  for (const call of [...missed.items].reverse()) calls.takeMissed(call);
  drawMissed();
  if (details.id !== null) askHistory();
}

/** Every change of what the page may claim goes through here. From the moment it stops being live, `asOf` stands. */
function setLink(state, failure = '') {
  const wasTrue = link.state === 'live' || link.state === 'loading';
  if (wasTrue && (state === 'lost' || state === 'syncing')) link.asOf = link.heard;
  if (state === 'live') link.asOf = null;
  Object.assign(link, { state, failure });
  drawLink();
}

const isOld = () => link.asOf !== null;

/** Once a second: is the stream still alive? A sleeping laptop is caught here too, because wall-clock time went on. */
function watchSilence() {
  const now = Date.now();
  link.heard = Math.min(link.heard, now);
  if (['live', 'loading', 'syncing'].includes(link.state) && now - link.heard > SILENCE_MS) {
    setLink('lost');
    link.stop.abort();
  }
}

function drawLink() {
  const { state, asOf, failure } = link;
  setMark(document.body, 'data-connection', state);
  setMark(document.body, 'data-old', String(isOld()));
  setText($('connection-word'), t(state));
  show($('banner'), isOld() || failure !== '');
  const old = isOld() ? t(state === 'syncing' ? 'catchingUp' : 'oldSince', { time: clock.format(asOf + clockSkew) }) : '';
  setText($('banner-text'), [old, failure].filter(Boolean).join(' '));
  countsDirty = true;
  draw();
  tick();
}

// ── 5. Signing in ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Shows the form and waits for a token. A board without permission shows nobody: what was on it goes. */
function askToken(error) {
  const tried = token.value !== null;
  if (details.id !== null) closeDetails();
  closeContact();
  forgetEverybody();
  link.asOf = link.lastId = null;
  setLink('signin');
  setText($('sign-in-text'), error.status === 403 ? t('signInMissing', { missing: [error.missing].flat().join(', ') || error.message })
    : t(tried ? 'signInWrong' : 'signInText'));
  setMark($('sign-in'), 'data-wrong', String(tried));
  show($('sign-in'), true);
  $('token').focus();
  return new Promise(resolve => { token.arrived = resolve; });
}

function useToken(event) {
  event.preventDefault();
  const value = $('token').value.trim();
  if (!/^[\x21-\x7e]+$/.test(value)) return;
  token.value = value;
  remembered.set(inTab, 'lamplighter.token', value);
  $('token').value = '';
  show($('sign-in'), false);
  show($('sign-out'), true);
  setLink('connecting');
  token.arrived?.();
}

function signOut() {
  token.value = null;
  remembered.set(inTab, 'lamplighter.token', null);
  location.reload();
}

// ── 6. Which lamps, in which order ──────────────────────────────────────────────────────────────────────────────────

const view = {
  query: '', terms: [], statuses: new Set(), sort: remembered.get(inBrowser, 'lamplighter.sort') ?? 'name',
  folded: new Set((remembered.get(inBrowser, 'lamplighter.folded') ?? '').split('\n').filter(Boolean)),
  localNumbers: remembered.get(inBrowser, 'lamplighter.numbers') === 'local',
  /** Does a change of status or time alone move lamps about? */
  dependsOnStatus() { return large || this.statuses.size > 0 || this.sort !== 'name'; },
};
const searching = () => view.terms.length > 0 || view.statuses.size > 0;
const RANK = new Map(STATUSES.map((status, i) => [status, i]));
const RECENT_KEY = '\u0000recent', FAVOURITES_KEY = '\u0000favourites', TEAM_KEY = '\u0000team';

const matches = record => (view.statuses.size === 0 || view.statuses.has(record.p.status))
  && view.terms.every(term => record.text.includes(term));

function byName() {
  if (orderDirty) ordered = [...people.values()].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.p.id < b.p.id ? -1 : 1));
  orderDirty = false;
  return ordered;
}

const SORTS = {
  name: null, // already so
  status: (a, b) => (RANK.get(a.p.status) ?? 99) - (RANK.get(b.p.status) ?? 99),
  changed: (a, b) => (b.since ?? 0) - (a.since ?? 0),
};

function groups() {
  const all = new Map(), own = [], team = [], inTeam = new Map(favourites.team.map((key, place) => [key, place]));
  for (const record of byName()) {
    const { id } = record.p;
    if (!matches(record)) continue;
    if (favourites.has(id)) { own.push(record); continue; }
    if (inTeam.has(id)) { team.push(record); continue; }
    if (large && !found.has(id)) continue;
    const name = record.p.folder ?? '';
    if (!all.has(name)) all.set(name, []);
    all.get(name).push(record);
  }
  const list = [...all].map(([name, members]) => ({ name, title: name || t('noFolder'), members, key: name ? sortKey(name) : '\uffff' }));
  list.sort((a, b) => (a.key < b.key ? -1 : 1));
  if (SORTS[view.sort]) for (const group of list) group.members.sort(SORTS[view.sort]);
  if (large) {
    const members = [...recent].reverse().filter(id => !found.has(id) && !favourites.has(id) && !inTeam.has(id)).map(id => people.get(id));
    if (members.length) list.push({ name: RECENT_KEY, title: t('recent'), members });
  }
  own.sort((a, b) => favourites.place(a.p.id) - favourites.place(b.p.id));
  team.sort((a, b) => inTeam.get(a.p.id) - inTeam.get(b.p.id));
  return [...chosenGroups(own, team), ...list];
}

/** Whoever is a favourite stands first and in the order of the favourites, whatever the others are sorted by. */
function chosenGroups(own, team) {
  const list = [{ name: FAVOURITES_KEY, title: t('favourites'), members: own }, { name: TEAM_KEY, title: t('teamFavourites', { team: favourites.teamName }), members: team }];
  return list.filter(group => group.members.length > 0);
}

/** Turns the groups into rows with a height: all that scrolling needs to know of people who are not on screen. */
const plan = { rows: [], tile: 0, gap: 0, columns: 1, head: 0, cell: 0 };

function layout() {
  const css = getComputedStyle(board);
  const size = name => parseFloat(css.getPropertyValue(name));
  const width = board.clientWidth, gap = size('--gap');
  const columns = Math.max(1, Math.floor((width + gap) / (size('--tile-min') + gap)));
  Object.assign(plan, { rows: [], gap, columns, cell: size('--tile-h'), head: size('--head-h'), tile: (width - gap * (columns - 1)) / columns });
  let y = 0, stop = null;
  for (const group of groups()) {
    plan.rows.push({ y, h: plan.head, group });
    y += plan.head;
    const folded = view.folded.has(group.name) && view.terms.length === 0;
    group.folded = folded;
    for (let i = 0; !folded && i < group.members.length; i += columns) {
      const members = group.members.slice(i, i + columns);
      for (const { p } of members) if (stop === null || p.id === tabStop) stop = p.id;
      plan.rows.push({ y, h: plan.cell, members });
      y += plan.cell + gap;
    }
    y += folded ? 0 : gap;
  }
  tabStop = stop;
  board.style.setProperty('--tile-w', `${plan.tile}px`);
  board.style.height = `${y}px`;
  drawNote(y === 0);
}

function noteText(nobody) {
  if (link.state === 'signin') return '';
  if (large) {
    if (!searching()) return t('large', { n: health?.people?.total ?? 0 });
    if (finding.failure) return t('searchFailed', { why: finding.failure });
    if (finding.more) return t('more', { n: FOUND_MAX });
    return found.size === 0 && !finding.asking ? t('nobody') : '';
  }
  if (!nobody || !(link.state === 'live' || people.size)) return '';
  return t(searching() ? 'nobody' : 'empty');
}

function drawNote(nobody) {
  const text = noteText(nobody);
  setText($('note'), text);
  show($('note'), text !== '');
}

// ── 7. Drawing: only what is on screen, once a frame ────────────────────────────────────────────────────────────────

const board = $('board');
const tiles = new Map();      // id -> tile on screen
const headings = new Map();   // folder -> heading on screen
const spare = [];             // tiles to use again
const dirty = new Set();      // ids whose lamp may look different now
const OVERSCAN = 300;         // px drawn beyond the window, so that scrolling finds lamps and not holes
const LAYOUT_MS = 250;        // layouts that live changes cause are at least so far apart
const RECENT_MS = 2000;       // … and in a large organisation, where the list would run away from the eye
let frame = 0, layoutWanted = false, layoutAt = -Infinity, placeWanted = false, countsDirty = false, queuesDirty = false, tabStop = null;

function draw() { frame ||= requestAnimationFrame(drawFrame); }
function changed(id, moved) { dirty.add(id); if (moved) layoutWanted = true; draw(); }
/** A layout somebody asked for: not held back. */
function relayout() { layoutWanted = true; layoutAt = -Infinity; draw(); }
function replace() { placeWanted = true; draw(); }

function drawFrame(now) {
  frame = 0;
  const wait = layoutAt + (large ? RECENT_MS : LAYOUT_MS) - now;
  if (layoutWanted && wait <= 0) {
    layout();
    layoutWanted = false; layoutAt = now; placeWanted = true;
  } else if (layoutWanted) setTimeout(draw, wait);
  if (placeWanted) place();
  placeWanted = false;
  for (const id of dirty) if (tiles.has(id)) drawTile(tiles.get(id));
  if (dirty.has(details.id)) drawDetails();
  if (dirty.size || countsDirty) { for (const heading of headings.values()) drawHeading(heading); drawCounts(); }
  if (queuesDirty) drawQueues();
  dirty.clear();
  countsDirty = queuesDirty = false;
}

function firstRowBelow(y) {
  let low = 0, high = plan.rows.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (plan.rows[mid].y + plan.rows[mid].h < y) low = mid + 1; else high = mid;
  }
  return low;
}

/** Puts the rows around the window into the document, in reading order, and takes the others out. */
function place() {
  const top = -board.getBoundingClientRect().top - OVERSCAN, bottom = top + innerHeight + 2 * OVERSCAN;
  const active = board.contains(document.activeElement) ? document.activeElement : null;
  const wanted = [], keep = new Set();
  const want = row => (row.group ? [row.group] : row.members).forEach((what, column) => {
    const node = row.group ? headingOf(what) : tileOf(what);
    keep.add(node);
    wanted.push(node);
    node.root.style.transform = `translate(${row.group ? 0 : column * (plan.tile + plan.gap)}px, ${row.y}px)`;
  });
  const from = firstRowBelow(top);
  // The lamp that has the focus stays in the document even out of sight, or the keyboard would lose its place.
  const focused = active && tileAt(active)?.id;
  const held = focused ? plan.rows.findIndex((row, i) => (i < from || row.y > bottom) && row.members?.some(({ p }) => p.id === focused)) : -1;
  if (held >= 0 && held < from) want(plan.rows[held]);
  let i = from;
  for (; i < plan.rows.length && plan.rows[i].y <= bottom; i += 1) want(plan.rows[i]);
  if (held >= i) want(plan.rows[held]);

  for (const [id, tile] of tiles) if (!keep.has(tile)) { tile.root.remove(); tiles.delete(id); if (spare.length < 500) spare.push(tile); }
  for (const [name, heading] of headings) if (!keep.has(heading)) { heading.root.remove(); headings.delete(name); }
  let next = board.firstChild;
  for (const { root } of wanted) {
    if (root === next) next = next.nextSibling; else board.insertBefore(root, next);
  }
  if (active && active !== document.activeElement && active.isConnected) active.focus({ preventScroll: true });
}

function tileOf(record) {
  const { id } = record.p;
  let tile = tiles.get(id);
  if (!tile) {
    tile = spare.pop() ?? newTile();
    tiles.set(id, tile);
    tile.id = id;
    tile.record = record;
    drawTile(tile);
  }
  tile.open.tabIndex = id === tabStop ? 0 : -1;
  return tile;
}

const tileAt = node => tiles.get(node.closest('.tile')?.dataset.id);

function newTile() {
  const root = $('tile-template').content.firstElementChild.cloneNode(true);
  const tile = { root, signKey: '' };
  for (const part of ['open', 'lamp', 'badge', 'name', 'word', 'since', 'signs', 'caller', 'forward', 'chat', 'star']) tile[part] = root.querySelector(`.${part}`);
  tile.chat.title = t('chat');
  return tile;
}

/** [symbol, text for people, short text or nothing] of what a lamp says besides its status. */
function signsOf(p, forwarded, trouble) {
  const line = p.line ?? {}, list = [];
  if (line.dnd && p.status !== 'do_not_disturb') list.push(['dnd', t('lineDnd')]);
  if (trouble) list.push(['stale', trouble]);
  if (line.forwarding && line.forwarding !== 'none' && !forwarded) list.push(['forward', t('forwarding', { kind: plainWord(line.forwarding) })]);
  const agent = acd.brief(agents.of(p.id));
  if (agent) list.push(['acd', [`${t('acd')}: ${acd.state(agent)}`, agent.conflict ? '' : acd.reason(agent)].filter(Boolean).join(', '), acd.word(agent.state)]);
  else if (isGiven(p.acd)) list.push(['acd', `${t('acd')}: ${acd.word(p.acd.state ?? p.acd)}`, acd.word(p.acd.state ?? p.acd)]);
  if (agent?.conflict) list.push(['stale', t('acdConflict')]);
  if (line.stale) list.push(['stale', t('lineStale')]);
  if (p.teams?.out_of_office) list.push(['office', t('outOfOffice')]);
  if (p.teams?.stale) list.push(['stale', t('teamsStale')]);
  return list;
}

function drawLamp(lamp, p) {
  setMark(lamp, 'data-status', signOf(p.status));
  setMark(lamp, 'data-colour', colourOf(p));
  setMark(lamp, 'data-blinking', String(Boolean(p.blinking)));
  setMark(lamp, 'data-stale', String(Boolean(p.line?.stale)));
  setMark(lamp.querySelector('use'), 'href', `#sign-${signOf(p.status)}`);
}

function drawTile(tile) {
  const record = tile.record = people.get(tile.id) ?? tile.record;
  const { p } = record, count = p.line?.calls ?? 0, way = forwards.of(p.id), caller = tell.brief(calls.of(p.id));
  const forwarded = way && say.brief(way), signs = signsOf(p, forwarded, way && say.trouble(way));
  setMark(tile.root, 'data-status', signOf(p.status));
  setMark(tile.root, 'data-id', p.id);
  drawLamp(tile.lamp, p);
  setText(tile.badge, count > 0 ? number.format(count) : '');
  setText(tile.name, p.name || p.id);
  setText(tile.word, statusWord(p.status));
  drawSince(tile);
  setText(tile.caller, caller ?? '');
  setMark(tile.root, 'data-called', String(caller !== null));
  setText(tile.forward, forwarded?.text ?? '');
  setMark(tile.forward, 'title', forwarded?.text ?? '');
  setMark(tile.root, 'data-forwarded', String(forwarded !== null));
  const label = [p.name || p.id, statusWord(p.status), caller, count ? t('calls', { n: count }) : '', forwarded?.spoken, ...signs.map(([, text]) => text)];
  setMark(tile.open, 'aria-label', label.filter(Boolean).join(', '));
  const key = JSON.stringify(signs);
  if (key !== tile.signKey) {
    tile.signKey = key;
    tile.signs.replaceChildren(...signs.map(([name, text, brief]) => {
      const node = el('span', `sign sign-${name}`, sign(name), brief ? el('span', '', brief) : null);
      node.title = text;
      return node;
    }));
  }
  const chat = safeLink(p.chat);
  show(tile.chat, chat !== null);
  if (chat) { setMark(tile.chat, 'href', chat); setMark(tile.chat, 'aria-label', `${t('chat')}: ${p.name || p.id}`); }
  drawStar(tile.star, p.id, p.name || p.id);
}

function drawStar(star, key, name) {
  setMark(star, 'aria-pressed', String(favourites.has(key)));
  setMark(star, 'aria-label', `${t('favourite')}: ${name}`);
  setMark(star, 'title', t('favourite'));
}

/** How long so; in an old picture no longer than it is known, for nobody knows whether it still lasts. */
function drawSince({ since, record }) {
  const until = (isOld() ? link.asOf + clockSkew : daemonNow());
  setText(since, record.since === null ? '' : shortAge(until - record.since));
}

/** A link that a directory may give: nothing but the web and the chat programs, never `javascript:`. */
function safeLink(text) {
  try {
    const url = new URL(text);
    return ['https:', 'msteams:', 'sip:', 'im:', 'webexteams:'].includes(url.protocol) ? url.href : null;
  } catch { return null; }
}

function headingOf(group) {
  let heading = headings.get(group.name);
  if (!heading) {
    const root = $('heading-template').content.firstElementChild.cloneNode(true);
    const [button, folder, size, bar] = ['button', '.folder', '.size', '.bar'].map(query => root.querySelector(query));
    heading = { root, button, folder, size, bar };
    button.addEventListener('click', () => toggleFolder(heading.group.name));
    headings.set(group.name, heading);
  }
  heading.group = group;
  drawHeading(heading);
  return heading;
}

function drawHeading({ group, button, folder, size, bar }) {
  // Live numbers of the whole folder; a search or an unfinished organisation shows what is there.
  const whole = large || searching() ? null : folders.get(group.name);
  const total = whole?.total ?? group.members.length;
  setText(folder, group.title);
  setText(size, whole ? t('availableOf', { n: whole.counts.get('available') ?? 0, total }) : number.format(total));
  setMark(button, 'aria-expanded', String(!group.folded));
  show(bar, Boolean(whole));
  if (!whole) return;
  if (!bar.firstChild) bar.append(...STATUSES.map(status => { const part = el('i'); part.dataset.colour = COLOURS[status] ?? 'grey'; return part; }));
  STATUSES.forEach((status, i) => {
    const n = whole.counts.get(status) ?? 0;
    show(bar.children[i], n > 0);
    bar.children[i].style.flexGrow = String(n);
  });
}

function drawCounts() {
  const by = large ? health?.people?.by_status ?? {} : Object.fromEntries(counts);
  const total = large ? health?.people?.total ?? 0 : people.size;
  for (const [status, chip] of chips) {
    const n = status === null ? total : by[status] ?? 0;
    setText(chip.lastChild, number.format(n));
    setMark(chip, 'aria-pressed', String(status === null ? view.statuses.size === 0 : view.statuses.has(status)));
    setMark(chip, 'data-empty', String(n === 0));
  }
  const known = health?.people?.known;
  const some = ['on_call', 'available'].map(status => `${statusWord(status)} ${number.format(by[status] ?? 0)}`);
  const said = [headcount(total), known < total ? t('known', { n: known }) : '', ...some];
  setText($('counts'), total === 0 ? '' : said.filter(Boolean).join(' · '));
  const ringing = by.ringing ?? 0;
  document.title = isOld() ? `⚠ ${t('lost')} – Lamplighter` : ringing ? `(${ringing}) Lamplighter` : 'Lamplighter';
}

/** Once a second: the ages on screen, and how old an old picture is. */
function tick() {
  if (link.asOf !== null) setText($('banner-ago'), `(${relativeTime(link.asOf + clockSkew)})`);
  else setText($('banner-ago'), '');
  for (const tile of tiles.values()) drawSince(tile);
  if (details.id !== null) drawDetailsState();
}

// ── 8. Details and why ──────────────────────────────────────────────────────────────────────────────────────────────

const details = { id: null, record: null, why: null, history: [], failure: '', asked: 0 };
const tell = callSayings({ t, words, age: shortAge, written });
const contactWords = contactSayings({ words });
const acd = agentSayings({ t, words });

function textOf(value) {
  if (value === null || value === undefined || value === '') return '–';
  if (value === true) return t('yes');
  if (value === false) return t('no');
  if (Array.isArray(value)) return value.map(textOf).join(', ') || '–';
  if (isObject(value)) return Object.entries(value).map(([key, inner]) => `${key.replace(/_/g, ' ')}: ${textOf(inner)}`).join(', ');
  return typeof value === 'number' ? number.format(value) : plainWord(value);
}

function openDetails(id) {
  closeContact();
  Object.assign(details, { id, record: people.get(id), why: null, history: [] });
  $('forward-form').reset();
  $('dial-form').reset();
  sayForward('');
  sayCall('');
  show($('details-history'), false);
  askHistory();
  askNumbers();
  drawDetails();
  drawPhoto();
  if (!$('details').open) $('details').show();
  $('details-close').focus();
}

function closeDetails() {
  const { id } = details;
  details.id = null;
  $('details').close();
  tiles.get(id)?.open.focus();
}

/** Asks why, at most once a second: an event that changes the person asks again. */
async function askWhy() {
  const { id } = details;
  if (id === null || details.waiting) return;
  details.waiting = true;
  const wait = Math.max(0, details.asked + 1000 - Date.now());
  if (details.why !== null && wait > 0) await new Promise(resolve => setTimeout(resolve, wait));
  details.waiting = false;
  if (details.id === null) return;
  const asked = details.id;
  details.asked = Date.now();
  const why = await requestJson(`v1/presence/${encodeURIComponent(asked)}/why`)
    .catch(error => ({ failure: error.status === 403 ? t('forbidden', { missing: textOf(error.missing) }) : t('failed', { why: error.message }) }));
  if (details.id !== asked) return;
  details.why = why;
  if (forwards.of(asked) === null) drawFacts();
  drawForm();
  drawWhy();
}

function drawDetailsState() {
  const { record } = details;
  const since = record.since === null ? '' : ` · ${isOld() ? '' : `${relativeTime(record.since)} `}(${moment(record.p.since)})`;
  setText($('details-state'), statusWord(record.p.status) + since);
}

const fact = (name, value) => el('div', 'fact', el('dt', '', name), el('dd', '', value));

function factList(title, ...facts) {
  return el('section', '', el('h3', '', title), el('dl', '', ...facts));
}

function anchor(text, href) {
  const a = el('a', '', text);
  Object.assign(a, { href, target: '_blank', rel: 'noopener noreferrer' });
  return a;
}

function drawDetails() {
  const record = details.record = people.get(details.id) ?? details.record;
  if (!record) return;
  drawLamp($('details-lamp'), record.p);
  setText($('details-name'), record.p.name || record.p.id);
  drawStar($('details-star'), record.p.id, record.p.name || record.p.id);
  drawDetailsState();
  drawCalls();
  drawFacts();
  drawForm();
  drawWhy();
  askWhy();
}

function drawFacts() {
  const { p } = details.record, line = p.line ?? {}, teams = p.teams, chat = safeLink(p.chat);
  const spaced = word => textOf(word).replace(/[a-z](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g, '$& ');
  $('details-facts').replaceChildren(...[
    factList(t('line'), fact(t('state'), textOf(line.state)), fact(t('callCount'), textOf(line.calls ?? 0)),
      fact(t('dnd'), textOf(Boolean(line.dnd))), fact(t('forward'), textOf(line.forwarding)),
      line.stale ? fact(t('current'), t('lineStale')) : null),
    teams ? factList('Teams', fact(t('availability'), spaced(teams.availability)), fact(t('activity'), spaced(teams.activity)),
      teams.out_of_office ? fact(t('current'), t('outOfOffice')) : null, teams.stale ? fact(t('current'), t('teamsStale')) : null) : null,
    ...drawForwarding(),
    ...agentFacts(p),
    factList(t('contact'), p.email ? fact(t('mail'), anchor(p.email, `mailto:${encodeURIComponent(p.email).replace('%40', '@')}`)) : null,
      fact(t('folder'), p.folder || t('noFolder')), fact(t('id'), p.id),
      chat ? fact(t('chat'), anchor(new URL(chat).host || t('chat'), chat)) : null),
  ].filter(Boolean));
}

function agentFacts(p) {
  const mine = agents.of(p.id);
  if (mine.length === 0) return isGiven(p.acd) ? [factList(t('acd'), fact(t('state'), acd.word(p.acd.state ?? p.acd)))] : [];
  return mine.map(agent => factList(mine.length > 1 ? `${t('acd')} · ${agent.line}` : t('acd'),
    fact(t('state'), acd.state(agent)), agent.since ? fact(t('acdSince'), moment(agent.since)) : null,
    fact(t('acdQueues'), acd.queues(agent) || t('none')), acd.reason(agent) ? fact(t('reason'), acd.reason(agent)) : null));
}

/** A row for each queue: how many take calls, and who has joined it. */
function drawQueues() {
  const queues = agents.queues(), groups = agents.huntGroups;
  show($('queues'), queues.length + groups.length > 0);
  setText($('queues-count'), number.format(queues.length + groups.length));
  $('queue-list').replaceChildren(
    ...queues.map(queue => el('li', '', el('strong', '', queue.name),
      el('span', '', [t('availableOf', { n: queue.available, total: queue.agents.length }), waitingIn(queue)].filter(Boolean).join(' · ')),
      el('span', 'queue-agents', ...queue.agents.map(agent =>
        memberButton(agent.person, agent.state === 'available', acd.state(agent), acd.reason(agent)))))),
    ...groups.map(group => el('li', '', el('strong', '', group.name || group.id), el('span', '', t('huntGroup')),
      el('span', 'queue-agents', ...group.members.map(one => memberButton(one.person, !one.busy, one.busy ? t('huntBusy') : '', ''))))));
}

function waitingIn({ waiting, longest }) {
  if (waiting === null) return '';
  return longest === null ? t('queueWaiting', { n: waiting }) : t('queueLongest', { n: waiting, age: shortAge(longest * 1000) });
}

function memberButton(person, free, state, reason) {
  const who = el('button', `pill agent-${free ? 'free' : 'away'}`, [people.get(person)?.p.name || person, state].filter(Boolean).join(' · '));
  who.type = 'button';
  who.disabled = !people.has(person);
  who.title = reason;
  who.addEventListener('click', () => openDetails(person));
  return who;
}

/** What an event has told is newer than what `why` said. */
const forwardingOfDetails = () => forwards.of(details.id) ?? details.why?.forwarding ?? null;

/** A section for each line of which there is more to say than that nothing is forwarded. */
function drawForwarding() {
  const forwarding = forwardingOfDetails(), several = linesOf(forwarding).length > 1;
  const sections = linesOf(forwarding).filter(line => line.actual?.active || claimsOf(line).length || line.trouble || line.last_write).map(line => {
    const now = say.setting(line.actual) + (line.actual?.active ? ` · ${say.causeOf(line)}` : '');
    const section = factList(several ? `${t('forward')} · ${line.line}` : t('forward'), fact(t('current'), now), fact(t('fwdBaseline'), say.setting(line.baseline)),
      line.last_write ? fact(t('fwdWrite'), [moment(line.last_write.at), say.result(line)].join(' · ')) : null);
    if (claimsOf(line).length) section.append(entries(claimsOf(line), say.claimRow));
    if (line.trouble) section.append(el('p', 'failure', say.troubleOf(line)));
    return section;
  });
  if (forwarding?.smartbusy) sections.push(factList('SmartBusy', fact(t('current'), say.smartbusy(forwarding))));
  return sections;
}

// What is not permitted is neither shown nor asked for. Nothing: not known yet.
let rights = null;
let me = null; // the person that the token is
const holds = permission => rights !== null && rights.has(permission);
const mayDialFor = person => holds('dial.any') || (holds('dial.self') && person === me);

async function learnRights(signal) {
  const who = await requestJson('v1/whoami', { signal }).catch(() => null);
  if (who === null) return;
  rights = new Set(Array.isArray(who.permissions) ? who.permissions : []);
  me = who.person || null;
  setMark($('dial-to'), 'inputmode', holds('directory.read') ? 'text' : 'tel'); // names can be typed, too
  setMark($('dial-to'), 'placeholder', t(holds('directory.read') ? 'dialName' : 'dialNumber'));
  if (details.id !== null) { drawForm(); drawCalls(); }
}

function drawForm() {
  const lines = linesOf(forwardingOfDetails()).map(line => line.line), choice = $('forward-line');
  show($('forward-form'), holds('forwarding.any'));
  show($('dial-form'), mayDialFor(details.id));
  show($('forward-stop'), endable(forwardingOfDetails()));
  show(choice, lines.length > 1);
  const wanted = ['', ...lines];
  if (wanted.join('\n') === [...choice.options].map(option => option.value).join('\n')) return;
  choice.replaceChildren(...wanted.map(line => Object.assign(el('option', '', line || t('fwdLines')), { value: line })));
}

/** Says what became of it; an answer is the forwarding as it is now. */
async function askForward(method, wish) {
  const asked = details.id, line = wish.line && method === 'DELETE' ? `?line=${encodeURIComponent(wish.line)}` : '';
  const options = method === 'PUT' ? { method, body: JSON.stringify(wish), headers: { 'Content-Type': 'application/json' } } : { method };
  $('forward-form').inert = true;
  const outcome = await requestJson(`v1/forwarding/${encodeURIComponent(asked)}${line}`, options).then(forwarding => {
    takeForwarding(forwarding);
    return [t('fwdDone'), false];
  }, error => [failure(error), true]);
  $('forward-form').inert = false;
  if (details.id === asked) sayForward(...outcome);
}
const sayForward = (text, wrong) => sayIn($('forward-said'), text, wrong);

function forwardCalls(event) {
  event.preventDefault();
  const wish = { to: $('forward-to').value.trim() }, until = $('forward-until').value, line = $('forward-line').value;
  if (!wish.to) return;
  if (until && new Date(until).getTime() <= daemonNow()) return sayForward(t('fwdPast'), true);
  if (until) wish.until = new Date(until).toISOString();
  if (line) wish.line = line;
  askForward('PUT', wish);
}
const endForward = () => askForward('DELETE', { line: $('forward-line').value });

// ── Calls of the person

/** A card for each call: who it is, what the contact says, what may be done. Drawn anew only when it says something else. */
function drawCalls() {
  const mine = calls.of(details.id), section = $('details-calls'), may = holds('callcontrol.any');
  const key = JSON.stringify([details.id, mine, may, view.localNumbers]);
  if (section.dataset.key === key) return;
  section.dataset.key = key;
  const focused = section.contains(document.activeElement) ? document.activeElement.dataset.order : null;
  section.replaceChildren(...mine.map(call => callCard(call, may)));
  if (focused) (section.querySelector(`[data-order="${focused}"]`) ?? section.querySelector('button') ?? $('details-close')).focus();
  for (const call of mine) lookUp(call);
}

function callCard(call, may) {
  const card = el('article', 'call-card', el('p', 'kind', `${tell.word(call.state)} · ${tell.party({ ...call, match: null, remote: { number: tell.number(call) } })}`), el('h3', '', tell.name(call)));
  card.dataset.state = call.state;
  const facts = [tell.company(call), tell.number(call), ...tell.way(call), call.answered ?? call.started ? t('since', { time: moment(call.answered ?? call.started) }) : ''];
  card.append(el('p', 'nothing', facts.filter(Boolean).join(' · ')));
  const links = [...matchesOf(call).slice(0, 3).map(match => [match.name, match.url]), ...actionsOf(call).map(action => [action.name, action.url])]
    .filter(([name, url]) => name && webLink(url)).map(([name, url]) => anchor(name, webLink(url)));
  if (links.length) card.append(el('p', 'links', ...links));
  const more = matchesOf(call).length - 3;
  if (more > 0) card.append(el('p', 'nothing', t('callMore', { n: more })));
  if (may) card.append(el('div', '', ...verbsOf(call).map(verb => orderButton(call, verb))));
  return card;
}

function orderButton(call, verb) {
  const button = el('button', `order-${verb}`, t(verb));
  button.type = 'button';
  button.dataset.order = `${call.id}-${verb}`.replace(/[^\w-]/g, '_');
  button.addEventListener('click', () => askCall(`v1/calls/${encodeURIComponent(call.id)}/${verb}`, null));
  return button;
}

/** A link of a contact or a script: the web alone. */
function webLink(text) {
  const url = URL.parse ? URL.parse(text) : safeLink(text) && new URL(text);
  return url && ['https:', 'http:'].includes(url.protocol) ? url.href : null;
}

const failure = error => (error.status === 403 ? t('forbidden', { missing: textOf(error.missing) }) : error.message);

/** Orders something of a call or a phone; gives what became of it, and whether that is wrong. */
function askOrder(path, body) {
  const options = { method: 'POST' };
  if (body) Object.assign(options, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  return request(path, options).then(() => [t('callDone'), false], error => [failure(error), true]);
}

async function askCall(path, body) {
  const asked = details.id;
  $('dial-form').inert = true;
  const outcome = await askOrder(path, body);
  $('dial-form').inert = false;
  if (details.id === asked) sayCall(...outcome);
}

function sayIn(node, text, wrong = false) {
  setText(node, text);
  setMark(node, 'class', wrong ? 'failure' : 'nothing');
}
const sayCall = (text, wrong) => sayIn($('call-said'), text, wrong);
/** What is of no open dialog; it goes by itself. */
let hushing = 0;
function sayBoard(text, wrong) {
  sayIn($('board-said'), text, wrong);
  clearTimeout(hushing);
  hushing = setTimeout(() => sayIn($('board-said'), ''), 8000);
}

function dial(event) {
  event.preventDefault();
  const to = $('dial-to').value.trim();
  if (to) askCall('v1/dial', { person: details.id, to });
}

/** Whose number it is, where the event did not say so: of a call that was there before this page. */
const looked = new Map(); // number -> records, or a promise of them
async function whose(number) {
  if (!number || !holds('directory.read')) return [];
  if (!looked.has(number)) looked.set(number, requestJson(`v1/recognise?number=${encodeURIComponent(number)}`).then(answer => answer.items, () => []));
  const records = await looked.get(number);
  if (looked.size > 500) looked.clear();
  return records;
}
async function lookUp(call) {
  const records = call.match ? [] : await whose(call.remote?.number);
  if (!records.length) return;
  calls.recognised(call, records);
  changed(call.person, false);
}

/** The last calls of the person; asked for when the details open and when one of them is over. */
async function askHistory() {
  const asked = details.id;
  if (!holds('calls.read')) return;
  const page = await requestJson(`v1/calls?person=${encodeURIComponent(asked)}&limit=20`).catch(error => ({ failure: error.message, items: [] }));
  if (details.id !== asked) return;
  Object.assign(details, { history: page.items, failure: page.failure });
  drawHistory();
  for (const call of page.items) { // one after the other: the numbers of a history are many
    const records = await whose(call.remote?.number);
    if (details.history !== page.items) return;
    if (records.length) call.match = { count: records.length, records };
  }
  drawHistory();
}

function drawHistory() {
  if (!holds('calls.read')) return;
  const section = $('details-history'), may = mayDialFor(details.id), { id, history, failure: failed } = details;
  const key = JSON.stringify([id, history, may, failed, view.localNumbers]);
  show(section, true);
  if (section.dataset.key === key) return;
  section.dataset.key = key;
  const focused = section.contains(document.activeElement) ? document.activeElement.dataset.call : null;
  section.replaceChildren(el('h3', '', t('callHistory')), failed ? el('p', 'failure', failed)
    : history.length === 0 ? el('p', 'nothing', t('nothing')) : el('ul', 'recent', ...history.map(call => historyRow(call, may))));
  if (focused) ([...section.querySelectorAll('button')].find(button => button.dataset.call === focused) ?? $('details-close')).focus();
}

function historyRow(call, may) {
  const kind = tell.sign(call), small = [moment(call.started), tell.number(call) === tell.name(call) ? '' : tell.number(call), ...tell.ending(call)];
  return el('li', kind, sign(kind), el('strong', '', tell.party(call)), el('small', '', small.filter(Boolean).join(' · ')),
    may && call.remote?.number ? backButton(call, details.id, sayCall) : null);
}

/** Calls whoever was on the other side of a call, from the telephone of `person`. */
function backButton(call, person, tellOutcome) {
  const button = callButton(t('callBack', { who: tell.name(call), phone: nameOf(person) }), () => askOrder('v1/dial', { person, call: call.id }), tellOutcome);
  button.dataset.call = call.id;
  return button;
}

function callButton(label, order, tellOutcome) {
  const button = el('button', 'call-button', sign('on_call'));
  let asked = false; // a second click would be a second call
  Object.assign(button, { type: 'button', title: label });
  button.setAttribute('aria-label', label);
  button.addEventListener('click', async () => {
    if (asked) return;
    const shown = [details.id, contact.item];
    asked = true;
    const outcome = await order();
    asked = false;
    if (details.id === shown[0] && contact.item === shown[1]) tellOutcome(...outcome);
  });
  return button;
}

function drawMissed() {
  show($('missed'), calls.missed.length > 0);
  setText($('missed-count'), number.format(calls.missed.length));
  $('missed-list').replaceChildren(...calls.missed.map(call => {
    const person = people.get(call.person)?.p;
    const who = el('button', '', person?.name || call.person || call.line);
    who.type = 'button';
    who.disabled = !person;
    who.addEventListener('click', () => openDetails(call.person));
    const phone = ownPhone() ?? call.person;
    return el('li', '', el('time', '', moment(call.started)), who, el('span', '', tell.party(call)), el('small', '', [tell.number(call), ...tell.way(call)].filter(text => text && text !== tell.name(call)).join(' · ')),
      phone && mayDialFor(phone) && call.remote?.number ? backButton(call, phone, sayBoard) : null);
  }));
}

// ── Contacts, numbers, favourites

const nameOf = id => people.get(id)?.p.name || id;
const ownPhone = () => (me !== null && mayDialFor(me) ? me : null);
const contact = { item: null };
let foundContacts = [];

const askDirectory = (query, limit, signal) => requestJson(`v1/directory?${new URLSearchParams({ q: query, limit })}`, { signal }).then(page => page.items);
/** What the directory knows of somebody; nothing where it knows nothing, or may not be asked. */
const directoryEntry = (key, signal) => (holds('directory.read') ? requestJson(`v1/directory/${encodeURIComponent(key)}`, { signal }).catch(() => null) : Promise.resolve(null));

/** The first number, and the others behind it; to be called where one has a telephone. `phone`: whose; null: nobody's. */
function numberRows(item, phone, tellOutcome) {
  const row = one => el('p', 'number', el('span', '', contactWords.type(one.type)), el('strong', '', written(one.number)),
    phone && isForTalking(one) ? callButton(t('callNumber', { who: `${contactWords.name(item)}, ${written(one.number)}`, phone: nameOf(phone) }),
      () => askOrder('v1/dial', { person: phone, to: one.number }), tellOutcome) : null);
  const [first, ...others] = numbersOf(item).map(row);
  if (!first) return [];
  return [first, others.length ? el('details', 'other-numbers', el('summary', '', t('otherNumbers', { n: others.length })), ...others) : ''];
}

async function askNumbers() {
  const asked = details.id;
  $('details-numbers').replaceChildren();
  const item = await directoryEntry(asked);
  if (details.id !== asked || item === null) return;
  const rows = numberRows(item, ownPhone() === asked ? null : ownPhone(), sayCall);
  if (rows.length) $('details-numbers').replaceChildren(el('h3', '', t('phoneNumbers')), ...rows);
}

/** What may be meant by what is being typed where one dials: people and contacts by their names, with their numbers. */
async function whomToDial(text, signal) {
  if (!holds('directory.read') || text.length < 2 || !/\p{L}/u.test(text)) return [];
  const choices = choicesOf(await askDirectory(text, SUGGESTED_MAX, signal), SUGGESTED_MAX);
  return choices.map(({ item, type, number }) => ({ value: number, title: contactWords.name(item),
    detail: [contactWords.type(type), written(number), contactWords.about(item)].filter(Boolean).join(' · ') }));
}

/** Contacts stand above the lamps: those that a search finds, else those that are favourites. */
function drawContacts() {
  const shown = view.terms.length ? foundContacts : favourites.items.filter(item => !people.has(item.key) && item.source !== 'people');
  const list = $('contact-list'), key = JSON.stringify([shown, view.localNumbers, shown.map(item => favourites.has(item.key))]);
  if (list.dataset.key === key) return; // somebody may be walking over it
  list.dataset.key = key;
  show($('contacts'), shown.length > 0);
  list.replaceChildren(...shown.map(item => {
    const [first] = numbersOf(item);
    const button = el('button', 'contact', sign(favourites.has(item.key) ? 'star' : 'contact'), el('strong', '', contactWords.name(item)),
      el('small', '', [contactWords.about(item), first ? written(first.number) : ''].filter(Boolean).join(' · ')));
    button.type = 'button';
    button.dataset.key = item.key;
    button.addEventListener('click', () => openContact(item));
    return el('li', '', button);
  }));
}

let contactsWanted = null;
function searchContacts() {
  contactsWanted?.abort();
  const { signal } = contactsWanted = new AbortController();
  if (view.query.length < 2 || !holds('directory.read')) { foundContacts = []; return drawContacts(); }
  setTimeout(async () => {
    if (signal.aborted) return;
    const items = await askDirectory(view.query, 50, signal).catch(() => []);
    if (signal.aborted) return;
    foundContacts = items.filter(item => item.source !== 'people' && !people.has(item.key)).slice(0, SUGGESTED_MAX);
    drawContacts();
  }, 200);
}

function openContact(item) {
  if (details.id !== null) closeDetails();
  contact.item = item;
  sayContact('');
  drawContact();
  if (!$('contact').open) $('contact').show();
  $('contact-close').focus();
}
function closeContact() {
  if (contact.item === null) return;
  const { key } = contact.item;
  contact.item = null;
  $('contact').close();
  [...$('contact-list').querySelectorAll('button')].find(button => button.dataset.key === key)?.focus();
}
const sayContact = (text, wrong) => sayIn($('contact-said'), text, wrong);

function drawContact() {
  const { item } = contact;
  setText($('contact-name'), contactWords.name(item));
  setText($('contact-about'), contactWords.about(item));
  drawStar($('contact-star'), item.key, contactWords.name(item));
  const facts = [item.email ? fact(t('mail'), anchor(item.email, `mailto:${encodeURIComponent(item.email).replace('%40', '@')}`)) : null,
    item.folder ? fact(t('folder'), item.folder) : null, item.notes ? fact(t('notes'), item.notes) : null].filter(Boolean);
  $('contact-facts').replaceChildren(el('h3', '', t('phoneNumbers')),
    ...(numbersOf(item).length ? numberRows(item, ownPhone(), sayContact) : [el('p', 'nothing', t('none'))]), facts.length ? el('dl', '', ...facts) : '');
}

/** GET or PUT of somebody's favourites. */
function askFavourites(method, owner, keys) {
  const options = keys ? { method, body: JSON.stringify({ keys }), headers: { 'Content-Type': 'application/json' } } : { method };
  return requestJson(`v1/favourites/${encodeURIComponent(owner)}`, options);
}

/** One's own, and those of the team of one's folder for who may read them. */
async function loadFavourites(signal) {
  const folder = me !== null && holds('directory.read') ? people.get(me)?.p.folder ?? (await requestJson(`v1/presence/${encodeURIComponent(me)}`, { signal }).catch(() => null))?.folder : null;
  drawFavourites(await favourites.load(me !== null && holds('self') ? me : null, folder || null));
}

/** Favourites of whom nothing is known here: people of a large organisation, and contacts where the browser keeps the keys alone. */
async function readChosen(signal) {
  const contacts = new Set(favourites.items.filter(item => item.source !== 'people').map(item => item.key));
  if (large) {
    const strangers = [...favourites.keys, ...favourites.team].filter(key => !contacts.has(key)).slice(0, CHOSEN_MAX);
    await Promise.all(strangers.map(key => requestJson(`v1/presence/${encodeURIComponent(key)}`, { signal }).then(take, () => {})));
  }
  if (!favourites.kept) {
    const strangers = favourites.keys.filter(key => !people.has(key) && !contacts.has(key)).slice(0, CHOSEN_MAX);
    const read = (await Promise.all(strangers.map(key => directoryEntry(key, signal)))).filter(Boolean), told = new Set(read.map(item => item.key));
    favourites.items = [...favourites.items.filter(item => !told.has(item.key)), ...read]; // somebody else may have read them meanwhile
  }
  drawContacts();
  relayout();
}

function drawFavourites(keys) {
  for (const key of keys) changed(key, true);
  if (details.id !== null) drawStar($('details-star'), details.id, nameOf(details.id));
  if (contact.item !== null) drawStar($('contact-star'), contact.item.key, contactWords.name(contact.item));
  if (link.state !== 'loading') drawContacts(); // until everybody is here nobody knows who is a contact
  relayout();
}

async function star(key, item = null) {
  const wanted = !favourites.has(key);
  try {
    await favourites.put(key, wanted);
    if (wanted && item && !favourites.kept) favourites.items.push(item);
  } catch (error) {
    const tellOutcome = details.id !== null ? sayCall : contact.item !== null ? sayContact : sayBoard;
    tellOutcome(failure(error), true);
  }
  drawFavourites([key]);
}

/** The picture comes through `request`, since an image element cannot bring a token; nothing is shown where there is none. */
async function drawPhoto() {
  const image = $('details-photo'), asked = details.id;
  show(image, false);
  if (image.src) URL.revokeObjectURL(image.src);
  image.removeAttribute('src');
  if (!details.record?.p.teams) return;
  const answer = await request(`v1/users/${encodeURIComponent(asked)}/photo`).catch(() => null);
  const picture = await answer?.blob().catch(() => null);
  if (!picture || details.id !== asked) return;
  image.src = URL.createObjectURL(picture);
  show(image, true);
}

/** A rule in words. Only the built-in rules have words here; a site's own rule brings its `text` or shows its number. */
function ruleText({ rule, text, built_in: known }, builtIn) {
  if (known !== true && text) return text;
  if (typeof rule !== 'number') return textOf(rule);
  return (known === true || builtIn) && words.rules[rule - 1] ? words.rules[rule - 1] : t('ruleN', { n: rule });
}

function drawWhy() {
  const { why, record: { p } } = details;
  const builtIn = RULE_STATUS[p.rule - 1] === p.status;
  const rules = Array.isArray(why?.rules) ? why.rules : [];
  const decisive = rules.findIndex(rule => rule.matched);
  const decider = rules[decisive] ?? (p.rule ? { rule: p.rule } : null);
  const verdict = decider ? t('decides', { n: decider.rule, text: ruleText(decider, builtIn) }) : t('noneDecides');
  const parts = [el('h3', '', t('why')), el('p', 'verdict', verdict)];
  if (why?.failure) parts.push(el('p', 'failure', why.failure));
  else if (why) {
    if (why.busy_on_busy) parts.push(el('p', '', said(why.busy_on_busy, why.busy_on_busy_code, why.busy_on_busy_values)));
    parts.push(el('h4', '', t('inputs')), entries(Array.isArray(why.inputs) ? why.inputs.filter(input => !isSilent(input)) : why.inputs, describeInput));
    parts.push(el('h4', '', t('order')), el('ol', 'rules', ...rules.map((rule, i) => ruleItem(rule, i - decisive, builtIn))));
    parts.push(el('h4', '', t('outputs')), entries(why.outputs, describeOutput));
    if (Array.isArray(why.watchers)) parts.push(el('h4', '', t('watchers')), entries(why.watchers, describeWatcher));
  }
  $('details-why').replaceChildren(...parts);
}

/** `place`: negative above the deciding rule, 0 for it, positive below, where nothing was asked any more. */
function ruleItem(rule, place, builtIn) {
  const kind = place === 0 ? 'decisive' : place > 0 ? 'below' : 'passed';
  const item = el('li', kind, sign(place === 0 ? 'up' : 'off'), el('span', '', ruleText(rule, builtIn)));
  item.dataset.rule = textOf(rule.rule);
  if (place === 0) item.setAttribute('aria-current', 'true');
  return item;
}

/** A setting of a line that does nothing at the moment: only what diverts calls is worth a row. Claims have their own section. */
const isSilent = ({ source, value }) => source === 'forwarding' || value === 'off' && /^(forwarding_|commpilot|anywhere|remote_office)/.test(source);

function describeInput({ source, value, at, age_s: age, expires }) {
  const end = parseTime(expires);
  const sentence = source === 'smartbusy' ? forwardingOfDetails() : null;
  return [plainWord(source), sentence?.smartbusy ? say.smartbusy(sentence) : textOf(value), typeof age === 'number' ? t('age', { age: shortAge(age * 1000) }) : moment(at),
    end === null ? null : t('expires', { time: relativeTime(end) })];
}
const describeOutput = ({ adapter, value, at, result }) => [plainWord(adapter), textOf(value), moment(at), textOf(result)];

/** A subscription that goes well needs no word for its state. */
const describeWatcher = ({ watcher, resource, package: what, from, state, since, last_answer: answer, why_ended: end }) => [textOf(watcher),
  [what, state === 'active' ? null : plainWord(state)].filter(Boolean).join(' · '), resource, from, since ? t('since', { time: moment(since) }) : null, answer, end];

/** Rows of [who, what, small print…]. */
function entries(list, describe) {
  if (!Array.isArray(list) || list.length === 0) return el('p', 'nothing', t('nothing'));
  return el('ul', 'entries', ...list.map(item => {
    const [who, what, ...small] = describe(item);
    return el('li', '', el('strong', '', who), el('span', '', what), el('small', '', small.filter(Boolean).join(' · ')));
  }));
}

// ── 9. Health: channels, adapters, alarms ───────────────────────────────────────────────────────────────────────────

const STATUS_POLL_MS = 10000;
const HEALTH_SIGN = { up: 'up', opening: 'opening', degraded: 'stale', down: 'down', stopped: 'off', off: 'off' };
let health = null;
let doubted = null;          // the last total for which everybody was read again

async function pollStatus() {
  if (link.state === 'signin' || (rights !== null && !holds('status.read'))) return;
  try { health = await requestJson('v1/status', { signal: AbortSignal.timeout(8000) }); } catch (error) {
    if (error.status === 401) throw error;
    setHealthOld();
    return;
  }
  show($('systems'), true);
  drawNumbersButton();
  setMark($('systems'), 'data-old', 'false');
  drawHealth();
  countsDirty = true;
  draw();
}

function setHealthOld() {
  if (health === null) return;
  setMark($('systems'), 'data-old', 'true');
  $('pills').replaceChildren(el('span', 'pill', sign('unknown'), t('systemsOld')));
}

/** People come and go with the people file, of which no event tells: another total than ours asks for a reload, once. */
async function pollAgain() {
  await pollStatus().catch(() => {});
  if ($('queues').open && link.state === 'live') await loadWaiting().catch(() => {});
  const total = health?.people?.total;
  if (large || link.state !== 'live' || typeof total !== 'number' || total === people.size || total === doubted) return;
  doubted = total;
  reload();
}

const healthSign = state => sign(HEALTH_SIGN[state] ?? 'unknown');
const statePill = state => el('span', `pill state-${state}`, healthSign(state), plainWord(state));
const systemPill = (state, name) => el('span', `pill state-${state}`, healthSign(state), el('span', 'pill-name', name), state === 'up' ? null : plainWord(state));

/** rows: [name, value]; those without a value are left out. */
function card(kind, title, state, rows) {
  const facts = rows.filter(([, value]) => isGiven(value)).map(([name, value]) => fact(name, typeof value === 'number' ? number.format(value) : value));
  return el('article', 'card', el('p', 'kind', kind), el('h3', '', state === null ? null : statePill(state), el('span', '', title)), el('dl', '', ...facts));
}

const channelCard = c => card(`${t('channel')} · ${c.platform ?? ''}`, c.host ?? '', c.state, [
  ['', c.since ? t('since', { time: moment(c.since) }) : ''], [t('reason'), c.reason], [t('lastEvent'), moment(c.last_event)],
  [t('lastHeartbeat'), moment(c.last_heartbeat)], [t('id'), c.channel_id]]);

const adapterCard = a => card(t('adapter'), plainWord(a.name), a.state, [
  [t('queue'), a.queue], [t('lastSuccess'), moment(a.last_success)], [t('lastError'), a.last_error ? moment(a.last_error) ?? textOf(a.last_error) : '']]);

function subscriptionCard(s) {
  const platforms = (s.platforms ?? []).map(platform => platform?.name ?? platform?.platform ?? textOf(platform)).join(', ');
  return card(t('subscriptions'), platforms, s.live === s.wanted ? 'up' : 'opening',
    [[t('wanted'), s.wanted], [t('liveCount'), s.live], [t('pending'), s.pending], [t('refused'), s.refused]]);
}

function drawHealth() {
  const { channels = [], adapters = [], subscriptions, events, first_state: first } = health;
  const upCount = [...channels, ...adapters].filter(system => system.state === 'up').length;
  const sum = el('span', 'pill pill-sum state-up', sign('up'), number.format(upCount));
  $('pills').replaceChildren(...channels.map(c => systemPill(c.state, c.host ?? c.platform)), ...adapters.map(a => systemPill(a.state, plainWord(a.name))), sum);
  const rates = events ? t('rates', { n: Math.round(events.per_second ?? 0), gaps: events.gaps ?? 0 }) : '';
  const progress = first?.known < first?.total ? t('firstState', { n: first.known, total: first.total }) : '';
  setText($('rates'), [progress, rates].filter(Boolean).join(' · '));
  $('system-cards').replaceChildren(...channels.map(channelCard), ...adapters.map(adapterCard), ...(subscriptions ? [subscriptionCard(subscriptions)] : []),
    card(t('version'), health.version ?? '', null, [[t('started'), moment(health.started)]]));
  drawAlarms((health.alarms ?? health.problems ?? []).map(alarm => (isObject(alarm) ? said(textOf(alarm.text), alarm.code, alarm.values) : textOf(alarm))));
}

function drawAlarms(problems) {
  show($('alarms'), problems.length > 0);
  const shown = [...$('alarm-list').children].map(item => item.textContent);
  if (shown.join('\n') === problems.join('\n')) return; // somebody may be copying the text
  $('alarm-list').replaceChildren(...problems.map(text => el('li', '', sign('stale'), el('span', '', text))));
}

// ── 10. Large organisations: the daemon searches ────────────────────────────────────────────────────────────────────

let asking = null;

function becomeLarge() {
  large = true;
  forgetEverybody();
  setMark(document.body, 'data-large', 'true');
}

/** After a gap nobody can say who changed meanwhile: the list of changes begins anew, the results are asked again. */
async function refreshLarge(signal) {
  for (const id of [...recent]) { recent.delete(id); if (!isShown(id)) drop(id); }
  await askDaemon(signal);
}

async function askDaemon(signal) {
  const queries = searching() ? (view.statuses.size ? [...view.statuses] : [null]) : [];
  finding.asking = true;
  const pages = await Promise.all(queries.map(status => {
    const query = new URLSearchParams({ limit: FOUND_MAX });
    if (view.query) query.set('q', view.query);
    if (status) query.set('status', status);
    return requestJson(`v1/presence?${query}`, { signal });
  }));
  const items = pages.flatMap(page => page.items);
  const before = [...found];
  found.clear();
  items.slice(0, FOUND_MAX).forEach(p => { found.add(p.id); take(p); });
  for (const id of before) if (!isShown(id)) drop(id);
  Object.assign(finding, { asking: false, failure: '', more: items.length > FOUND_MAX || pages.some(page => page.next) });
  relayout();
}

function searchLarge() {
  asking?.abort();
  const { signal } = asking = new AbortController();
  setTimeout(() => {
    if (signal.aborted) return;
    askDaemon(signal).catch(error => {
      if (signal.aborted) return;
      Object.assign(finding, { asking: false, failure: error.message });
      relayout();
    });
  }, 200);
}

// ── 11. Controls ────────────────────────────────────────────────────────────────────────────────────────────────────

const chips = new Map(); // status (null: all) -> button

function makeChips() {
  for (const status of [null, ...STATUSES]) {
    const lamp = status === null ? null : el('span', 'lamp', sign(status));
    if (lamp) Object.assign(lamp.dataset, { status, colour: COLOURS[status] ?? 'grey' });
    const chip = el('button', 'chip', lamp, el('span', '', status === null ? t('all') : statusWord(status)), el('span', 'n', '0'));
    chip.type = 'button';
    chip.addEventListener('click', () => filterBy(status));
    chips.set(status, chip);
  }
  $('chips').append(...chips.values());
}

function filterBy(status) {
  if (status === null) view.statuses.clear();
  else if (!view.statuses.delete(status)) view.statuses.add(status);
  search();
}

function search() {
  view.query = $('search').value.trim();
  view.terms = fold(view.query).split(/\s+/).filter(Boolean);
  if (large) searchLarge();
  searchContacts();
  countsDirty = true;
  relayout();
}

function sortBy(order) {
  view.sort = order;
  remembered.set(inBrowser, 'lamplighter.sort', order);
  relayout();
}

function setFolded(names) {
  view.folded = new Set(names);
  remembered.set(inBrowser, 'lamplighter.folded', [...view.folded].join('\n'));
  relayout();
}
function toggleFolder(name) {
  const folded = new Set(view.folded);
  if (!folded.delete(name)) folded.add(name);
  setFolded(folded);
}
const toggleAllFolders = () => setFolded(view.folded.size ? [] : plan.rows.filter(row => row.group).map(row => row.group.name));

// Only a choice against the system is remembered: who chooses what the system says follows the system again.
const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = () => (darkSystem.matches ? 'dark' : 'light');
const drawTheme = () => { document.documentElement.dataset.theme = remembered.get(inBrowser, 'lamplighter.theme') ?? systemTheme(); };
function toggleTheme() {
  const wanted = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  remembered.set(inBrowser, 'lamplighter.theme', wanted === systemTheme() ? null : wanted);
  document.documentElement.dataset.theme = wanted;
}

// Wall screen: nobody scrolls there, so a board longer than the screen turns its own pages.
const WALL_PAGE_MS = 12000;
const onWall = () => location.hash === '#wall';
function drawWall() {
  setMark(document.body, 'data-wall', String(onWall()));
  relayout();
}
function turnPage() {
  if (!onWall()) return;
  const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 4;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  scrollTo({ top: atEnd ? 0 : scrollY + innerHeight - plan.cell - 120, behavior: calm ? 'instant' : 'smooth' });
}

/** Arrow keys walk over the lamps as they are seen; only one of them is in the Tab order. */
function walk(event) {
  const rows = plan.rows.filter(row => row.members);
  const id = tileAt(event.target)?.id;
  const y = rows.findIndex(row => row.members.some(({ p }) => p.id === id));
  if (y < 0) return;
  const x = rows[y].members.findIndex(({ p }) => p.id === id), last = rows.length - 1;
  const [toY, toX] = {
    ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], Home: [0, 0], End: [last, Infinity],
    ArrowLeft: x > 0 ? [y, x - 1] : [y - 1, Infinity], ArrowRight: x + 1 < rows[y].members.length ? [y, x + 1] : [y + 1, 0],
  }[event.key] ?? [];
  if (toY === undefined) return;
  event.preventDefault();
  if (toY < 0 || toY > last) return;
  const { members } = rows[toY];
  focusPerson(rows[toY], members[clamp(toX, 0, members.length - 1)].p.id);
}

function focusPerson(row, id) {
  tabStop = id;
  const top = board.getBoundingClientRect().top + row.y, margin = $('controls').offsetHeight + 16;
  if (top < margin) scrollBy(0, top - margin);
  else if (top + row.h > innerHeight - 16) scrollBy(0, top + row.h - innerHeight + 16);
  place();
  tiles.get(id)?.open.focus({ preventScroll: true });
}

function onKey(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); $('search').focus(); $('search').select(); }
  if (event.key !== 'Escape') return;
  if (details.id !== null) closeDetails();
  else if (contact.item !== null) closeContact();
  else if (onWall()) location.hash = '';
  else if (event.target === $('search')) { $('search').value = ''; search(); }
}

function translatePage() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll('[data-t-hint]')) node.placeholder = t(node.dataset.tHint);
  for (const node of document.querySelectorAll('[data-t-label]')) {
    node.setAttribute('aria-label', t(node.dataset.tLabel));
    if (node.tagName === 'BUTTON') node.title = t(node.dataset.tLabel);
  }
}

// ── 12. Start ───────────────────────────────────────────────────────────────────────────────────────────────────────

function listen() {
  const on = (node, type, handler) => node.addEventListener(type, handler);
  on($('search'), 'input', search);
  on($('sort'), 'change', event => sortBy(event.target.value));
  on($('folds'), 'click', toggleAllFolders);
  on($('theme'), 'click', toggleTheme);
  on($('numbers'), 'click', toggleNumbers);
  on($('wall'), 'click', () => { location.hash = 'wall'; });
  on($('sign-out'), 'click', signOut);
  on($('sign-in'), 'submit', useToken);
  on($('details-close'), 'click', closeDetails);
  on($('forward-form'), 'submit', forwardCalls);
  on($('forward-stop'), 'click', endForward);
  on($('dial-form'), 'submit', dial);
  suggest($('dial-to'), $('dial-choices'), whomToDial);
  on($('details-star'), 'click', () => star(details.id));
  on($('contact-star'), 'click', () => star(contact.item.key, contact.item));
  on($('contact-close'), 'click', closeContact);
  on(window, 'storage', event => { if (event.key === 'lamplighter.favourites' && !favourites.kept) loadFavourites().then(readChosen); });
  on(board, 'click', event => {
    if (event.target.closest('.open')) openDetails(tileAt(event.target).id);
    else if (event.target.closest('.star')) star(tileAt(event.target).id);
  });
  on(board, 'keydown', walk);
  on(board, 'focusin', event => { tabStop = tileAt(event.target)?.id ?? tabStop; });
  // All lamps blink together: each animation is set to the document's own time.
  on(document, 'animationstart', event => event.target.getAnimations({ subtree: true }).forEach(animation => { animation.startTime = 0; }));
  on(document, 'keydown', onKey);
  on(document, 'scroll', replace);
  on(window, 'resize', replace);
  on(window, 'hashchange', drawWall);
  on(window, 'online', () => link.wake?.());
  on(document, 'visibilitychange', () => { if (!document.hidden) { watchSilence(); tick(); link.wake?.(); pollAgain(); } });
  on(darkSystem, 'change', drawTheme);
  let width = 0;
  new ResizeObserver(() => { // an alarm that appears above moves the board, another width makes other columns
    if (board.clientWidth === width) replace(); else relayout();
    width = board.clientWidth;
  }).observe(document.body);
}

drawTheme();
translatePage();
makeChips();
listen();
$('sort').value = view.sort;
show($('sign-out'), token.value !== null);
drawWall();
drawLink();
setInterval(() => { watchSilence(); tick(); }, 1000);
setInterval(() => { if (!document.hidden) pollAgain(); }, STATUS_POLL_MS);
setInterval(turnPage, WALL_PAGE_MS);
follow();
