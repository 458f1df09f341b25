// Where people's calls go and because of whom: GET /v1/forwarding and events of type `forwarding`, in words.
// Knows no document: the board asks it what to write on a lamp and in the details.

export const FORWARD_WORDS = {
  en: {
    fwdTo: 'Calls go to {to}', fwdOperator: 'by the operator', fwdCalendar: 'calendar {name}', fwdOwn: 'own setting', fwdLate: 'being changed', fwdUntil: 'until {time}',
    fwdNone: 'not forwarded', fwdUnknown: 'not known yet', fwdBaseline: 'User’s own', fwdWrite: 'Last write', fwdTrouble: 'Forwarding: {why}', fwdSpan: '{from} – {until}', fwdOpen: 'from {from}',
    fwdForm: 'Forward calls', fwdNumber: 'To number', fwdEnd: 'Until (optional)', fwdLines: 'All lines', fwdDo: 'Forward', fwdStop: 'End forwarding', fwdDone: 'Done.', fwdPast: 'The end has passed already.',
    f: { in_force: 'in force', waiting: 'waiting', resting: 'resting', refused: 'refused', operator: 'Operator', calendar: 'Calendar', smartbusy: 'SmartBusy' },
  },
  nl: {
    fwdTo: 'Oproepen gaan naar {to}', fwdOperator: 'door de telefonist', fwdCalendar: 'agenda {name}', fwdOwn: 'eigen instelling', fwdLate: 'wordt gewijzigd', fwdUntil: 'tot {time}',
    fwdNone: 'niet doorgeschakeld', fwdUnknown: 'nog niet bekend', fwdBaseline: 'Van de gebruiker', fwdWrite: 'Laatst geschreven', fwdTrouble: 'Doorschakeling: {why}', fwdSpan: '{from} – {until}', fwdOpen: 'vanaf {from}',
    fwdForm: 'Oproepen doorschakelen', fwdNumber: 'Naar nummer', fwdEnd: 'Tot (mag leeg)', fwdLines: 'Alle lijnen', fwdDo: 'Doorschakelen', fwdStop: 'Doorschakeling beëindigen', fwdDone: 'Gedaan.', fwdPast: 'Dit einde is al voorbij.',
    f: { in_force: 'van kracht', waiting: 'wacht', resting: 'rust', refused: 'geweigerd', operator: 'Telefonist', calendar: 'Agenda', smartbusy: 'SmartBusy' },
  },
  fr: {
    fwdTo: 'Les appels vont au {to}', fwdOperator: 'par l’opérateur', fwdCalendar: 'agenda {name}', fwdOwn: 'réglage personnel', fwdLate: 'en cours de changement', fwdUntil: 'jusqu’à {time}',
    fwdNone: 'non renvoyés', fwdUnknown: 'pas encore connu', fwdBaseline: 'De l’utilisateur', fwdWrite: 'Dernière écriture', fwdTrouble: 'Renvoi : {why}', fwdSpan: '{from} – {until}', fwdOpen: 'dès {from}',
    fwdForm: 'Renvoyer les appels', fwdNumber: 'Vers le numéro', fwdEnd: 'Jusqu’à (facultatif)', fwdLines: 'Toutes les lignes', fwdDo: 'Renvoyer', fwdStop: 'Mettre fin au renvoi', fwdDone: 'C’est fait.', fwdPast: 'Cette fin est déjà passée.',
    f: { in_force: 'en vigueur', waiting: 'en attente', resting: 'au repos', refused: 'refusé', operator: 'Opérateur', calendar: 'Agenda', smartbusy: 'SmartBusy' },
  },
  es: {
    fwdTo: 'Las llamadas van al {to}', fwdOperator: 'por el operador', fwdCalendar: 'agenda {name}', fwdOwn: 'ajuste propio', fwdLate: 'se está cambiando', fwdUntil: 'hasta {time}',
    fwdNone: 'sin desvío', fwdUnknown: 'aún no se sabe', fwdBaseline: 'Del usuario', fwdWrite: 'Última escritura', fwdTrouble: 'Desvío: {why}', fwdSpan: '{from} – {until}', fwdOpen: 'desde {from}',
    fwdForm: 'Desviar llamadas', fwdNumber: 'Al número', fwdEnd: 'Hasta (opcional)', fwdLines: 'Todas las líneas', fwdDo: 'Desviar', fwdStop: 'Terminar el desvío', fwdDone: 'Hecho.', fwdPast: 'Ese final ya ha pasado.',
    f: { in_force: 'en vigor', waiting: 'en espera', resting: 'en reposo', refused: 'rechazado', operator: 'Operador', calendar: 'Agenda', smartbusy: 'SmartBusy' },
  },
};

const listOf = value => (Array.isArray(value) ? value : []);
export const linesOf = forwarding => listOf(forwarding?.lines);
export const claimsOf = line => listOf(line?.claims);
const inForce = line => claimsOf(line).filter(claim => claim.state === 'in_force');
const same = (a, b) => Boolean(a && b) && a.active === b.active && a.to === b.to;
/** Does an operator's claim stand on a line, so that there is something to end? */
export const endable = forwarding => linesOf(forwarding).some(line => claimsOf(line).some(claim => claim.source === 'operator'));

/** What is known of everybody. What an event told while a list was being read is newer than the list. */
export class Forwards {
  #all = new Map();   // id -> {forwarding, told}
  #told = 0;          // events taken so far

  of(id) { return this.#all.get(id)?.forwarding ?? null; }
  take(forwarding) {
    if (forwarding === null || typeof forwarding?.id !== 'string') return null;
    this.#all.set(forwarding.id, { forwarding, told: this.#told += 1 });
    return forwarding.id;
  }
  /** `items` were asked for when `since` (of `mark`) was. Gives the ids of which something else is known now. */
  replace(items, since) {
    const changed = new Set();
    const listed = new Map(items.map(item => [item.id, item]));
    for (const [id, { told }] of this.#all) if (told <= since && !listed.has(id)) { this.#all.delete(id); changed.add(id); }
    for (const [id, forwarding] of listed) {
      if ((this.#all.get(id)?.told ?? 0) > since) continue;
      this.#all.set(id, { forwarding, told: since });
      changed.add(id);
    }
    return changed;
  }
  mark() { return this.#told; }
  clear() { this.#all.clear(); }
}

/** The sayings of one language: `t` and `words` of the board, `moment` for times, `name` for what is no word of ours. */
export function sayings({ t, moment, name, words }) {
  const word = text => words.f[text] ?? name(text);
  const calendar = claim => String(claim.name ?? '').split('/')[0];   // "reception/7f3a"
  const teller = claim => String(claim.name ?? '').split(' ')[0];      // "zoom alice@example.net"; other: no product
  const until = claim => (claim.until ? t('fwdUntil', { time: moment(claim.until) }) : '');

  /** Who: "SmartBusy, Zoom", "calendar reception until 12:00", "by the operator until 12:00". */
  function cause(claim) {
    if (claim.source === 'smartbusy') return [word('smartbusy'), ['', 'other'].includes(teller(claim)) ? '' : name(teller(claim))].filter(Boolean).join(', ');
    const who = claim.source === 'calendar' ? t('fwdCalendar', { name: calendar(claim) }) : claim.source === 'operator' ? t('fwdOperator') : word(claim.source);
    return [who, until(claim)].filter(Boolean).join(' ');
  }
  function causeOf(line) {
    const claims = inForce(line);
    if (claims.length) return claims.map(cause).join(' + ');
    return same(line.actual, line.baseline) ? t('fwdOwn') : t('fwdLate');
  }
  /** "→ 1233", "not forwarded", "not known yet". */
  const setting = simple => (!simple ? t('fwdUnknown') : simple.active ? `→ ${simple.to ?? ''}` : t('fwdNone'));

  /** For a lamp: where the calls of a person go and why, once for lines that do the same; null: nowhere else. */
  function brief(forwarding) {
    const ways = new Map(); // text -> spoken text
    const lines = linesOf(forwarding).filter(line => line.actual?.active);
    for (const line of [...lines.filter(line => inForce(line).length), ...lines])
      ways.set(`→ ${line.actual.to ?? ''} · ${causeOf(line)}`, `${t('fwdTo', { to: line.actual.to ?? '' })}, ${causeOf(line)}`);
    return ways.size === 0 ? null : { text: [...ways.keys()].join('  '), spoken: [...ways.values()].join(', ') };
  }
  const trouble = forwarding => linesOf(forwarding).filter(line => line.trouble).map(line => t('fwdTrouble', { why: line.trouble })).join(', ');

  /** A claim as [who, where, small print…]. */
  function claimRow(claim) {
    const who = claim.source === 'calendar' ? `${word('calendar')} ${calendar(claim)}` : claim.source === 'smartbusy' ? cause(claim) : word(claim.source);
    const from = moment(claim.from), end = claim.until ? moment(claim.until) : null;
    return [who, `→ ${claim.to ?? ''}`, word(claim.state), end ? t('fwdSpan', { from, until: end }) : t('fwdOpen', { from }), claim.reason];
  }
  return { brief, trouble, setting, causeOf, claimRow };
}
