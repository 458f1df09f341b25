// The dial page: what `tel:` links open. Reads ?to= and ?person=, shows them, and dials when somebody confirms.
//   It never dials by itself: a GET is made by prefetching, by previews and by anybody's link.
//   It trusts no address: what it was given reaches the document as text, never as markup.
'use strict';

export const WORDS = {
  en: {
    title: 'Call', to: 'Number', person: 'Whose telephone (id)', token: 'Token', tokenHint: 'The token is kept in this tab only.', dial: 'Call',
    public: 'Calls {number}', internal: 'Calls extension {number}', feature: 'Feature code {number}: this changes a setting', none: 'This is no telephone number.',
    calling: 'Calling…', done: 'The telephone of {person} rings first; pick it up.', failed: 'Not called: {why}', signIn: 'A token is needed.', forbidden: 'This token may not dial for {person}.', busy: 'Too many calls; try again in {n} s.', noContact: 'No answer from Lamplighter.',
    register: 'Let this browser open telephone links (tel:) here:', registerDo: 'Use for telephone links', registered: 'The browser now asks for your consent, or has it already.', cannotRegister: 'This browser takes no telephone links for pages (it needs https).',
  },
  nl: {
    title: 'Bellen', to: 'Nummer', person: 'Wiens telefoon (id)', token: 'Token', tokenHint: 'Het token blijft alleen in dit tabblad.', dial: 'Bel',
    public: 'Belt {number}', internal: 'Belt toestel {number}', feature: 'Functiecode {number}: dit wijzigt een instelling', none: 'Dit is geen telefoonnummer.',
    calling: 'Bellen…', done: 'Eerst gaat de telefoon van {person} over; neem die op.', failed: 'Niet gebeld: {why}', signIn: 'Er is een token nodig.', forbidden: 'Dit token mag niet bellen voor {person}.', busy: 'Te veel oproepen; probeer het over {n} s.', noContact: 'Lamplighter antwoordt niet.',
    register: 'Laat deze browser telefoonlinks (tel:) hier openen:', registerDo: 'Gebruik voor telefoonlinks', registered: 'De browser vraagt nu uw toestemming, of heeft die al.', cannotRegister: 'Deze browser opent geen telefoonlinks in pagina’s (https is nodig).',
  },
  fr: {
    title: 'Appeler', to: 'Numéro', person: 'Téléphone de (id)', token: 'Jeton', tokenHint: 'Le jeton reste dans cet onglet.', dial: 'Appeler',
    public: 'Appelle le {number}', internal: 'Appelle le poste {number}', feature: 'Code de fonction {number} : il change un réglage', none: 'Ce n’est pas un numéro de téléphone.',
    calling: 'Appel…', done: 'Le téléphone de {person} sonne d’abord ; décrochez.', failed: 'Pas d’appel : {why}', signIn: 'Il faut un jeton.', forbidden: 'Ce jeton ne peut pas appeler pour {person}.', busy: 'Trop d’appels ; réessayez dans {n} s.', noContact: 'Lamplighter ne répond pas.',
    register: 'Ouvrir ici les liens téléphoniques (tel:) de ce navigateur :', registerDo: 'Utiliser pour les liens téléphoniques', registered: 'Le navigateur demande votre accord, ou l’a déjà.', cannotRegister: 'Ce navigateur n’ouvre pas de liens téléphoniques dans des pages (https est requis).',
  },
  es: {
    title: 'Llamar', to: 'Número', person: 'Teléfono de (id)', token: 'Token', tokenHint: 'El token queda solo en esta pestaña.', dial: 'Llamar',
    public: 'Llama al {number}', internal: 'Llama a la extensión {number}', feature: 'Código de función {number}: cambia un ajuste', none: 'No es un número de teléfono.',
    calling: 'Llamando…', done: 'Primero suena el teléfono de {person}; descuelgue.', failed: 'Sin llamar: {why}', signIn: 'Hace falta un token.', forbidden: 'Este token no puede llamar por {person}.', busy: 'Demasiadas llamadas; pruebe en {n} s.', noContact: 'Lamplighter no responde.',
    register: 'Abrir aquí los enlaces telefónicos (tel:) de este navegador:', registerDo: 'Usar para enlaces telefónicos', registered: 'El navegador pide su permiso, o ya lo tiene.', cannotRegister: 'Este navegador no abre enlaces telefónicos en páginas (hace falta https).',
  },
};

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
  const locale = navigator.languages.find(tag => WORDS[tag.slice(0, 2).toLowerCase()]) ?? 'en';
  const words = WORDS[locale.slice(0, 2).toLowerCase()];
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
