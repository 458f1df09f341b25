// A strict stand-in for the daemon's HTTP interface as the status page uses it (interface 4 to 7): pages of people, one
// person's why, status, and server-sent events with ids, resumption, `gap` and heartbeats. What the interface does not
// allow is refused with 400, so that the page cannot lean on leniency. Deterministic; loopback only; port 0 by default.
//
//   node fake_daemon.mjs [--people N] [--rate EVENTS_PER_S] [--token SECRET] [--port P]     to look at the page by hand
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const WEB = new URL('../../daemon/status/web/', import.meta.url);
const FILES = { '/': ['index.html', 'text/html; charset=utf-8'], '/board.css': ['board.css', 'text/css; charset=utf-8'], '/board.js': ['board.js', 'text/javascript; charset=utf-8'],
  ...Object.fromEntries(['acd', 'calls', 'contacts', 'favourites', 'forwards', 'suggest', ...['', '_de', '_en', '_es', '_fr', '_nl'].map(name => `words${name}`)].map(name => [`/${name}.js`, [`${name}.js`, 'text/javascript; charset=utf-8']])) };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:";
const EVENTS_KEPT = 2000;
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M9QDwADgQF/e5IkGQAAAABJRU5ErkJggg==', 'base64');
const TYPES = ['presence', 'call', 'missed', 'forwarding', 'acd', 'gap', 'heartbeat'];

// status: [colour, blinking, rule, share of an office at ten in the morning]
export const STATUSES = {
  available: ['green', false, 11, 46], on_call: ['red', false, 7, 14], away: ['amber', false, 10, 10], in_meeting: ['red', false, 8, 8], do_not_disturb: ['dnd', false, 5, 5],
  busy: ['red', false, 9, 5], ringing: ['red', true, 1, 3], held: ['amber', true, 2, 3], offline: ['grey', false, 12, 4], unknown: ['grey', false, 13, 2],
};
const LINE_STATE = { ringing: 'ringing', held: 'held', on_call: 'active', unknown: 'unknown', offline: 'unknown' };
const FIRST = ['Alice', 'Zoë', 'Bram', 'Chloé', 'Daan', 'Élodie', 'Fatima', 'Günter', 'Hélène', 'Ibrahim', 'José', 'Katarzyna', 'Łukasz', 'Maëlle', 'Noor', 'Özlem', 'Piet', 'Renée', 'Søren', 'Tomás'];
const LAST = ['Jansen', 'de Vries', 'van den Bergh', 'García Núñez', 'Dubois', 'Müller', 'Bakker', 'Lefèvre', 'Şahin', 'Visser', 'Kowalska', 'Smit', 'Peeters', 'Ibáñez', 'O’Brien', 'Meijer', 'Vermeulen'];
const FOLDERS = ['Sales', 'Support', 'Reception', 'Finance', 'Logistics', 'Management'];

const fold = text => String(text).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/ł/g, 'l').replace(/ø/g, 'o');

/** Small deterministic random numbers (mulberry32). */
function dice(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function pickStatus(random) {
  let at = random() * 100;
  for (const [status, [, , , share]] of Object.entries(STATUSES)) if ((at -= share) < 0) return status;
  return 'available';
}

/** Everything of a presence object that follows from the status. */
function stateOf(status, random = Math.random) {
  const [colour, blinking, rule] = STATUSES[status];
  return {
    status, colour, blinking, rule,
    line: { state: LINE_STATE[status] ?? 'idle', calls: { ringing: 1, on_call: 1, held: 2 }[status] ?? 0, dnd: status === 'do_not_disturb', forwarding: random() < 0.06 ? 'always' : 'none', stale: false },
  };
}

function makePeople(n, random) {
  const people = new Map();
  const folders = n <= 200 ? FOLDERS : Array.from({ length: Math.ceil(n / 60) }, (_, i) => `Branch ${i + 1}`);
  for (let i = 0; i < n; i += 1) {
    const name = `${FIRST[i % FIRST.length]} ${LAST[Math.floor(i / FIRST.length + i) % LAST.length]}${n > 340 ? ` ${i + 1}` : ''}`;
    const id = `${fold(name).replace(/[^a-z0-9]+/g, '.')}${n > 340 ? '' : `.${i}`}@example.net`;
    const status = pickStatus(random);
    const state = stateOf(status, random);
    people.set(id, {
      id, name, email: id, folder: folders[Math.floor(random() * folders.length)], ...state, since: new Date(Date.now() - random() ** 3 * 5e6).toISOString(), version: 1,
      teams: { availability: { on_call: 'Busy', in_meeting: 'Busy', unknown: 'PresenceUnknown' }[status] ?? 'Available', activity: { on_call: 'InACall', in_meeting: 'InAMeeting' }[status] ?? 'Available', stale: random() < 0.02 },
      acd: random() < 0.06 ? 'Wrap-Up' : null,
      chat: `https://teams.microsoft.com/l/chat/0/0?users=${encodeURIComponent(id)}`,
    });
  }
  return people;
}

export async function startFakeDaemon({ people: size = 40, token = null, permitted = true, seed = 7, port = 0, prepare = () => {} } = {}) {
  const random = dice(seed);
  const started = new Date().toISOString();
  const people = makePeople(size, random);
  let ids = [...people.keys()];
  const streams = new Set();
  const kept = [];                       // [{id, type, text}]
  const seen = { requests: [], lastEventIds: [], refused: [], wishes: [], orders: [], favourites: [] };
  const forwardings = new Map();         // id -> forwarding object, of those of whom there is more to say
  const favourites = new Map();          // owner -> keys
  const directory = new Map();           // key -> directory object, of contacts
  const extensions = new Map(ids.map((id, i) => [id, String(2000 + i)]));
  const state = { token, permitted, agents: [], queues: [], huntGroups: [], numbers: null, refusing: false, silent: false, problems: [], channel: 'up', total: null, bareStatus: false, brokenPages: 0, watchers: [], operator: false, me: null, without: [], favouritesAway: 0, calls: null, history: [], historyAway: false, contacts: {} };
  prepare(state, ids);                   // before the first page asks
  let nextId = 1, gaps = 0, sent = 0;

  const write = (stream, { id, type, text }) => {
    if (state.silent || (type !== 'gap' && !stream.types.includes(type))) return;
    stream.response.write(`${id ? `id: ${id}\n` : ''}event: ${type}\ndata: ${text}\n\n`);
  };
  const emit = (type, data) => {
    const event = { id: `e${nextId++}`, type, text: JSON.stringify(data) };
    kept.push(event);
    if (kept.length > EVENTS_KEPT) kept.shift();
    sent += 1;
    for (const stream of streams) write(stream, event);
  };

  function problem(response, status, title, more = {}, headers = {}) {
    seen.refused.push(`${status} ${title}`);
    response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers });
    response.end(JSON.stringify({ title, status, detail: title, ...more }));
  }
  function json(response, value) {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(value));
  }

  /** True when the query has only the allowed names, each once. */
  function queryIsClean(url, allowed) {
    const names = [...url.searchParams.keys()];
    return names.every(name => allowed.includes(name)) && new Set(names).size === names.length;
  }

  function listPeople(url, response) {
    if (state.brokenPages > 0) { state.brokenPages -= 1; return problem(response, 503, 'busy'); }
    if (!queryIsClean(url, ['limit', 'cursor', 'q', 'folder', 'status'])) return problem(response, 400, 'unknown query parameter');
    const get = name => url.searchParams.get(name);
    const limit = Number(get('limit') ?? 100), from = get('cursor') === null ? 0 : Number(/^c(\d+)$/.exec(get('cursor'))?.[1] ?? NaN);
    if (!(limit >= 1 && limit <= 1000)) return problem(response, 400, 'limit is 1 to 1000');
    if (Number.isNaN(from)) return problem(response, 400, 'unknown cursor');
    if (get('status') !== null && !STATUSES[get('status')]) return problem(response, 400, 'unknown status');
    const terms = fold(get('q') ?? '').split(/\s+/).filter(Boolean);
    const items = [];
    let at = from;
    for (; at < ids.length && items.length < limit; at += 1) {
      const p = people.get(ids[at]);
      if (get('status') !== null && p.status !== get('status')) continue;
      if (get('folder') !== null && p.folder !== get('folder')) continue;
      if (terms.length) { const text = fold(`${p.name} ${p.id} ${p.folder}`); if (!terms.every(term => text.includes(term))) continue; }
      items.push(p);
    }
    const body = { items, next: at < ids.length ? `c${at}` : null };
    return json(response, body);
  }

  function why(id, response) {
    const p = people.get(id);
    if (!p) return problem(response, 404, 'no such person');
    const at = new Date().toISOString(), expires = new Date(Date.now() + 48e3).toISOString();
    return json(response, {
      inputs: [{ source: 'telephony', value: p.line.state, at, age_s: 12, expires }, { source: 'teams', value: p.teams?.availability, at, age_s: 75, expires }],
      rules: Array.from({ length: 13 }, (_, i) => ({ rule: i + 1, matched: i + 1 === p.rule, status: p.status, text: `rule ${i + 1} as the configuration writes it`, built_in: true })),
      outputs: [{ adapter: 'teams', value: 'Busy/InACall', at, result: 'delivered' }, { adapter: 'sip', value: 'on-the-phone', at, result: 'delivered' }],
      forwarding: forwardings.get(id) ?? plainForwarding(id),
      watchers: state.watchers.map(one => ({ person: id, since: at, expires, last_notify: at, last_answer: '200 OK', why_ended: null, ...one })),
    });
  }

  /** The forwarding object (interface 7.9) of somebody of whom nothing more is known. */
  const plainForwarding = id => ({ id, lines: [{ line: `line-of-${id}`, baseline: { active: false, to: null }, claims: [], actual: { active: false, to: null }, last_write: null, trouble: null }], smartbusy: null });

  async function forward(id, url, request, response) {
    if (!people.has(id)) return problem(response, 404, 'no such person');
    if (request.method === 'GET') return queryIsClean(url, []) ? json(response, forwardings.get(id) ?? plainForwarding(id)) : problem(response, 400, 'no query here');
    if (!state.operator) return problem(response, 403, 'not permitted', { missing: 'forwarding.any' });
    let text = '';
    for await (const piece of request) text += piece;
    const now = structuredClone(forwardings.get(id) ?? plainForwarding(id));
    let wish = { to: null };
    if (request.method === 'PUT') {
      if (request.headers['content-type'] !== 'application/json') return problem(response, 400, 'JSON is wanted');
      wish = JSON.parse(text);
      const strange = Object.keys(wish).filter(key => !['to', 'line', 'from', 'until', 'for'].includes(key));
      if (strange.length || typeof wish.to !== 'string' || wish.to === '') return problem(response, 400, `not allowed: ${strange}`);
      if (wish.to === '112') return problem(response, 400, '112 is an emergency number.');
      if (wish.until && !(Date.parse(wish.until) > Date.now())) return problem(response, 400, 'The end has passed already.');
    } else if (request.method !== 'DELETE' || !queryIsClean(url, ['line'])) return problem(response, 405, 'PUT or DELETE', {}, { Allow: 'GET, PUT, DELETE' });
    seen.wishes.push({ method: request.method, id, query: url.search, ...(request.method === 'PUT' ? wish : {}) });
    const line = wish.line ?? url.searchParams.get('line');
    for (const one of now.lines.filter(one => !line || one.line === line)) {
      one.claims = one.claims.filter(claim => claim.source !== 'operator');
      if (wish.to) one.claims.push({ source: 'operator', name: '', to: wish.to, from: new Date().toISOString(), until: wish.until ?? null, state: 'in_force', reason: null });
      one.actual = wish.to ? { active: true, to: wish.to } : one.baseline;
      one.last_write = { at: new Date().toISOString(), result: 'ok' };
    }
    daemon.forward(now);
    return json(response, now);
  }

  const permissions = () => ['self', 'presence.read', 'status.read', 'directory.read', ...(state.operator ? ['forwarding.any', 'dial.any', 'callcontrol.any'] : []), ...(state.calls ? ['calls.read'] : [])]
    .filter(one => !state.without.includes(one));
  const lacks = (permission, response) => !permissions().includes(permission) && (problem(response, 403, 'not permitted', { missing: permission }), true);

  /** A directory object; of a person the one that everybody who is watched has. */
  const entryOf = key => {
    const p = people.get(key);
    if (!p) return directory.get(key) ?? null;
    const [first, ...last] = p.name.split(' ');
    const extension = extensions.get(key) ?? '1999';
    return { key, source: 'people', first_name: first, last_name: last.join(' '), numbers: [{ type: 'work', number: `+3120123${extension}` }], extension, email: p.email, lines: [], folder: p.folder, company: null };
  };
  function directoryAnswer(url, response) {
    if (lacks('directory.read', response)) return null;
    const key = decodeURIComponent(url.pathname.slice('/v1/directory/'.length));
    if (url.pathname !== '/v1/directory') return entryOf(key) ? json(response, entryOf(key)) : problem(response, 404, 'There is no such entry.');
    if (!queryIsClean(url, ['q', 'source', 'folder', 'limit', 'cursor'])) return problem(response, 400, 'unknown query parameter');
    const limit = Number(url.searchParams.get('limit') ?? 100), terms = fold(url.searchParams.get('q') ?? '').split(/\s+/).filter(Boolean);
    if (!(limit >= 1 && limit <= 1000)) return problem(response, 400, 'limit is 1 to 1000');
    const text = item => fold([item.first_name, item.last_name, item.company, ...item.numbers.map(one => one.number)].join(' '));
    const items = [];
    for (const one of [...directory.keys(), ...ids]) {
      const item = entryOf(one);
      if (terms.every(term => text(item).includes(term))) items.push(item);
      if (items.length > limit) break;
    }
    return json(response, { items: items.slice(0, limit), next: items.length > limit ? '1' : null });
  }

  /** One's own by `self`, everybody's by the directory's permissions; 404 unless it is a person or a team. */
  async function favouritesAnswer(url, request, response) {
    const owner = decodeURIComponent(url.pathname.slice('/v1/favourites/'.length));
    if (!['GET', 'PUT'].includes(request.method)) return problem(response, 405, 'GET or PUT', {}, { Allow: 'GET, PUT' });
    if (!(owner === state.me && permissions().includes('self')) && lacks(request.method === 'PUT' ? 'directory.write' : 'directory.read', response)) return null;
    if (state.favouritesAway) return problem(response, state.favouritesAway, 'favourites are away');
    if (!people.has(owner) && !/^team:./.test(owner)) return problem(response, 404, 'no such person');
    if (request.method === 'PUT') {
      let text = '';
      for await (const piece of request) text += piece;
      const { keys, ...others } = JSON.parse(text);
      const good = Array.isArray(keys) && keys.length <= 1000 && keys.every(key => typeof key === 'string' && key !== '') && new Set(keys).size === keys.length;
      if (!good || Object.keys(others).length || request.headers['content-type'] !== 'application/json') return problem(response, 400, 'keys');
      seen.favourites.push([owner, ...keys]);
      favourites.set(owner, keys);
    }
    const keys = favourites.get(owner) ?? [];
    return json(response, { person: owner, keys, items: keys.map(entryOf).filter(Boolean), next: null });
  }

  /** Listings of calls: 403 unless `state.calls` is a list of calls. And orders to them. */
  async function callsAnswer(url, request, response) {
    if (state.calls === null && request.method === 'GET') return problem(response, 403, 'not permitted', { missing: 'calls.read' });
    if (url.pathname === '/v1/calls/active') return queryIsClean(url, ['limit', 'cursor']) ? json(response, { items: state.calls, next: null }) : problem(response, 400, 'unknown query parameter');
    if (url.pathname === '/v1/calls') {
      if (!queryIsClean(url, ['limit', 'person', 'direction', 'result'])) return problem(response, 400, 'unknown query parameter');
      if (state.historyAway) return problem(response, 504, 'history is away');
      const [person, result] = ['person', 'result'].map(name => url.searchParams.get(name));
      return json(response, { items: state.history.filter(call => (person === null || call.person === person) && (result === null || call.result === result)), next: null, gaps: [] });
    }
    let text = '';
    for await (const piece of request) text += piece;
    if (lacks(url.pathname === '/v1/dial' ? 'dial.any' : 'callcontrol.any', response)) return null;
    if (url.pathname === '/v1/dial') {
      const body = JSON.parse(text);
      if (!people.has(body.person) || typeof (body.to ?? body.call) !== 'string' || Object.keys(body).length !== 2) return problem(response, 400, 'person, and to or call');
      if (body.to === '112') return problem(response, 400, '112 is an emergency number.');
      const record = state.history.find(call => call.id === body.call);
      if (body.call && lacks('calls.read', response)) return null;
      if (body.call && !record) return problem(response, 404, 'There is no such call among those that are over.');
      if (body.call && !record.remote.number) return problem(response, 422, 'withheld');
      seen.orders.push(['dial', body.person, body.to ?? body.call]);
    } else {
      const [, id, verb] = /^\/v1\/calls\/([^/]+)\/(answer|hold|resume|hangup)$/.exec(url.pathname) ?? [];
      if (!state.calls?.some(call => call.id === decodeURIComponent(id ?? '')) || text !== '') return problem(response, 404, 'no such call');
      seen.orders.push([verb, decodeURIComponent(id)]);
    }
    response.writeHead(202, { 'Content-Type': 'application/json' });
    return response.end('{"call":"c1"}');
  }

  function recognise(url, response) {
    if (!queryIsClean(url, ['number', 'live']) || !url.searchParams.get('number')) return problem(response, 400, 'a number');
    return json(response, { items: state.contacts[url.searchParams.get('number')] ?? [], next: null });
  }

  function status(response) {
    if (state.bareStatus) return json(response, {});
    const by_status = {};
    for (const p of people.values()) by_status[p.status] = (by_status[p.status] ?? 0) + 1;
    const channel = host => ({ platform: 'acme', host, state: 'up', since: started, channel_id: 'f7a1', last_event: started, last_heartbeat: new Date().toISOString(), reason: null });
    return json(response, {
      version: '1.0.0', started, people: { total: state.total ?? people.size, known: people.size, by_status },
      channels: [channel('xsp1.example.net'), { ...channel('xsp2.example.net'), state: state.channel, reason: state.channel === 'up' ? null : 'connection reset by peer' }],
      subscriptions: { wanted: size, live: size, pending: 0, refused: 0, platforms: [{ name: 'acme' }] },
      adapters: [{ name: 'teams', state: 'up', queue: 0, last_success: new Date().toISOString(), last_error: null }, { name: 'zoho', state: 'off', queue: 0, last_success: null, last_error: null }],
      events: { per_second: 12, total: sent, gaps }, first_state: { known: people.size, total: people.size }, ...(state.numbers ? { numbers: state.numbers } : {}), problems: state.problems.map(one => one.text ?? one),
      alarms: state.problems.map(one => ({ code: null, values: {}, ...(one.text ? one : { text: one }) })),
    });
  }

  function events(url, request, response) {
    const types = (url.searchParams.get('types') ?? TYPES.join()).split(',');
    if (!queryIsClean(url, ['types', 'person', 'snapshot']) || types.some(type => !TYPES.includes(type))) return problem(response, 400, 'unknown query parameter or type');
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    const stream = { response, types };
    const last = request.headers['last-event-id'] ?? null;
    seen.lastEventIds.push(last);
    if (last !== null) {
      const at = kept.findIndex(event => event.id === last);
      if (at < 0) { gaps += 1; write(stream, { type: 'gap', text: '{}' }); } else kept.slice(at + 1).forEach(event => write(stream, event));
    }
    streams.add(stream);
    return response.on('close', () => streams.delete(stream));
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://fake');
    seen.requests.push(`${request.method} ${request.url}`);
    if (state.refusing) return request.socket.destroy();
    const forwarded = /^\/v1\/forwarding\/([^/]+)$/.exec(url.pathname);
    if (request.method !== 'GET' && !forwarded && !url.pathname.startsWith('/v1/favourites/') && !(request.method === 'POST' && /^\/v1\/(dial$|calls\/)/.test(url.pathname))) return problem(response, 405, 'only GET', {}, { Allow: 'GET' });
    if (FILES[url.pathname]) {
      const [file, type] = FILES[url.pathname];
      response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache' });
      return response.end(readFileSync(new URL(file, WEB)));
    }
    if (url.pathname === '/healthz') return response.end('ok');
    if (state.token !== null && request.headers.authorization !== `Bearer ${state.token}`) return problem(response, 401, 'token needed', {}, { 'WWW-Authenticate': 'Bearer' });
    if (!state.permitted) return problem(response, 403, 'not permitted', { missing: 'presence.read' });
    if (url.pathname === '/v1/presence') return listPeople(url, response);
    if (url.pathname === '/v1/status') return lacks('status.read', response) ? null : status(response);
    if (/^\/v1\/directory(\/|$)/.test(url.pathname)) return directoryAnswer(url, response);
    if (url.pathname.startsWith('/v1/favourites/')) return favouritesAnswer(url, request, response);
    if (url.pathname === '/v1/whoami') return json(response, { token: null, role: state.operator ? 'operator' : 'viewer', person: state.me, permissions: permissions() });
    if (/^\/v1\/(calls|dial)(\/|$)/.test(url.pathname)) return callsAnswer(url, request, response);
    if (url.pathname === '/v1/recognise') return lacks('directory.read', response) ? null : recognise(url, response);
    if (url.pathname === '/v1/forwarding') return queryIsClean(url, ['limit', 'cursor']) ? json(response, { items: [...forwardings.values()], next: null }) : problem(response, 400, 'unknown query parameter');
    if (url.pathname === '/v1/acd/agents') return queryIsClean(url, ['limit', 'cursor']) ? json(response, { items: state.agents, next: null }) : problem(response, 400, 'unknown query parameter');
    if (url.pathname === '/v1/acd' || url.pathname === '/v1/acd/hunt-groups') return queryIsClean(url, ['limit', 'cursor']) ? json(response, { items: url.pathname === '/v1/acd' ? state.queues : state.huntGroups, next: null }) : problem(response, 400, 'unknown query parameter');
    if (forwarded) return forward(decodeURIComponent(forwarded[1]), url, request, response);
    if (url.pathname === '/v1/events') return events(url, request, response);
    if (/^\/v1\/users\/[^/]+\/photo$/.test(url.pathname)) {
      response.writeHead(200, { 'Content-Type': 'image/png', 'Cache-Control': 'private, max-age=3600', ETag: '"1"' });
      return response.end(PIXEL);
    }
    const one = /^\/v1\/presence\/([^/]+)$/.exec(url.pathname);
    if (one) return people.has(decodeURIComponent(one[1])) ? json(response, people.get(decodeURIComponent(one[1]))) : problem(response, 404, 'no such person');
    const asked = /^\/v1\/presence\/([^/]+)\/why$/.exec(url.pathname);
    return asked ? why(decodeURIComponent(asked[1]), response) : problem(response, 404, 'no such path');
  });
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));

  const heart = setInterval(() => { for (const stream of streams) write(stream, { id: nextId > 1 ? `e${nextId - 1}` : null, type: 'heartbeat', text: '{}' }); }, 1000);
  let flood = null;

  const daemon = {
    url: `http://127.0.0.1:${server.address().port}/`, people, favourites, directory, seen, state,
    /** Changes a person; `quietly`: without telling the streams, as if the event was lost. */
    change(id, patch, { quietly = false } = {}) {
      const p = people.get(id);
      Object.assign(p, { since: new Date().toISOString() }, patch.status ? stateOf(patch.status, () => 1) : {}, patch, { version: p.version + 1 });
      if (!quietly) emit('presence', p);
      return p;
    },
    tell: emit,
    /** Somebody's forwarding is so from now on; `quietly` as for `change`. */
    forward(object, { quietly = false } = {}) {
      forwardings.set(object.id, object);
      if (!quietly) emit('forwarding', object);
    },
    forgetForwarding(id) { forwardings.delete(id); },
    /** An agent is so from now on; without a state: none any more. */
    agent(object) {
      state.agents = [...state.agents.filter(one => one.person !== object.person), ...(object.state ? [object] : [])];
      emit('acd', object);
    },
    add(p) { people.set(p.id, p); ids = [...people.keys()]; emit('presence', p); },
    remove(id) { people.delete(id); ids = [...people.keys()]; },
    /** As after a restart: versions and event ids begin anew. */
    restart() { kept.length = 0; nextId = 1e6; for (const p of people.values()) p.version = 1; daemon.cut(); },
    cut() { for (const { response } of streams) response.destroy(); },
    gap() { gaps += 1; for (const stream of streams) write(stream, { type: 'gap', text: '{}' }); },
    flood(rate) {
      clearInterval(flood);
      const all = Object.keys(STATUSES);
      let due = 0;
      flood = rate ? setInterval(() => { for (due += rate / 50; due >= 1; due -= 1) daemon.change(ids[Math.floor(random() * ids.length)], { status: all[Math.floor(random() * all.length)] }); }, 20) : null;
    },
    get sent() { return sent; },
    get streams() { return streams.size; },
    async close() {
      clearInterval(heart);
      clearInterval(flood);
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return daemon;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const option = (name, otherwise) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : process.argv[at + 1]; };
  const daemon = await startFakeDaemon({ people: Number(option('people', 40)), token: option('token', null), port: Number(option('port', 0)) });
  daemon.flood(Number(option('rate', 1)));
  console.log(daemon.url);
}
