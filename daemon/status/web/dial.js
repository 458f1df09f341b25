// The dial page: what `tel:` links open. Reads ?to= and ?person=, shows them, and dials when somebody confirms.
//   It never dials by itself: a GET is made by prefetching, by previews and by anybody's link.
//   It trusts no address: what it was given reaches the document as text, never as markup.
'use strict';

import { wordsFor } from './words.js';

/** {kind: public|internal|feature|none, number} of what a link or a person wrote. */
export function understand(written) {
  let text = String(written).trim().replace(/^(tel|callto):(\/\/)?/i, '');
  try { text = decodeURIComponent(text); } catch { /* as it is */ }
  const [head] = text.replace(/[\s.\-/()\u00a0\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '').split(';');
  if (/^[*#][0-9*#]{1,29}$/.test(head)) return { kind: 'feature', number: head };
  if (!/^\+?[0-9]{1,30}$/.test(head)) return { kind: 'none', number: '' };
  return { kind: head.startsWith('+') || head.length > 7 ? 'public' : 'internal', number: head };
}

const TOKEN = 'lamplighter.token'; // the board's own name for it
const byId = id => document.getElementById(id);

function start() {
  const { locale, DIAL: words } = wordsFor(navigator.languages);
  const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  document.documentElement.lang = locale;
  document.title = `${words.title} – Lamplighter`;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = words[element.dataset.t];

  const asked = new URLSearchParams(location.search);
  byId('to').value = (asked.get('to') ?? '').replace(/^(tel|callto):(\/\/)?/i, '').slice(0, 128);
  byId('person').value = (asked.get('person') ?? '').slice(0, 256);
  byId('token').value = sessionStorage.getItem(TOKEN) ?? '';

  const headers = () => (byId('token').value ? { Authorization: `Bearer ${byId('token').value}` } : {});
  const tell = (text, kind) => { byId('outcome').textContent = text; byId('outcome').dataset.kind = kind; };
  const show = () => {
    const { kind, number } = understand(byId('to').value);
    byId('understood').textContent = byId('to').value ? say(kind, { number }) : '';
    byId('understood').dataset.kind = kind === 'none' || kind === 'feature' ? 'bad' : '';
    byId('dial').disabled = kind === 'none';
  };
  const whoAmI = async () => {
    if (byId('person').value) return;
    try {
      const answer = await fetch('/v1/whoami', { headers: headers() });
      if (answer.ok && !byId('person').value) byId('person').value = (await answer.json()).person ?? '';
    } catch { /* the field stays empty */ }
  };
  const why = async answer => {
    const person = byId('person').value;
    if (answer.status === 401) return say('signIn');
    if (answer.status === 403) return say('forbidden', { person });
    if (answer.status === 429) return say('busy', { n: answer.headers.get('Retry-After') ?? '60' });
    const problem = await answer.json().catch(() => ({}));
    return say('failed', { why: problem.detail ?? problem.title ?? answer.status });
  };

  byId('to').addEventListener('input', show);
  byId('token').addEventListener('change', () => {
    sessionStorage.setItem(TOKEN, byId('token').value);
    whoAmI();
  });
  byId('form').addEventListener('submit', async event => {
    event.preventDefault();
    const { kind, number } = understand(byId('to').value);
    if (kind === 'none') return;
    byId('dial').disabled = true;
    tell(say('calling'), '');
    try {
      const answer = await fetch('/v1/dial', { method: 'POST', headers: { ...headers(), 'Content-Type': 'application/json' }, body: JSON.stringify({ person: byId('person').value, to: number }) });
      if (answer.ok) tell(say('done', { person: byId('person').value }), 'good');
      else tell(await why(answer), 'bad');
    } catch {
      tell(say('noContact'), 'bad');
    }
    show();
  });
  byId('register').addEventListener('click', () => {
    try {
      navigator.registerProtocolHandler('tel', `${location.origin}/dial?to=%s`);
      tell(say('registered'), 'good');
    } catch {
      tell(say('cannotRegister'), 'bad');
    }
  });
  show();
  whoAmI();
}

if (typeof document !== 'undefined') start();
