// Where people's calls go and because of whom: GET /v1/forwarding and events of type `forwarding`, in words.
// Knows no document: the board asks it what to write on a lamp and in the details.

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

/** The sayings of one language: `t` and `words` of the board, `moment` for times, `name` for what is no word of ours, `said` for sentences, `written` for numbers. */
export function sayings({ t, moment, name, words, said, written }) {
  /** Several numbers stand in one text. */
  const to = ({ to: numbers }) => String(numbers ?? '').split(', ').map(written).join(', ');
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
  const setting = simple => (!simple ? t('fwdUnknown') : simple.active ? `→ ${to(simple)}` : t('fwdNone'));

  /** For a lamp: where the calls of a person go and why, once for lines that do the same; null: nowhere else. */
  function brief(forwarding) {
    const ways = new Map(); // text -> spoken text
    const lines = linesOf(forwarding).filter(line => line.actual?.active);
    for (const line of [...lines.filter(line => inForce(line).length), ...lines])
      ways.set(`→ ${to(line.actual)} · ${causeOf(line)}`, `${t('fwdTo', { to: to(line.actual) })}, ${causeOf(line)}`);
    return ways.size === 0 ? null : { text: [...ways.keys()].join('  '), spoken: [...ways.values()].join(', ') };
  }
  const troubleOf = line => said(line.trouble, line.trouble_code, line.trouble_values);
  /** Of the last write: "ok" and "unchecked" are words, everything else is the trouble of that time. */
  const result = ({ last_write: last, trouble, trouble_code: code }) => words.f[last.result] ?? said(last.result, last.result === trouble ? code : null);
  const smartbusy = forwarding => said(forwarding.smartbusy, forwarding.smartbusy_code, forwarding.smartbusy_values);
  const trouble = forwarding => linesOf(forwarding).filter(line => line.trouble).map(line => t('fwdTrouble', { why: troubleOf(line) })).join(', ');

  /** A claim as [who, where, small print…]. */
  function claimRow(claim) {
    const who = claim.source === 'calendar' ? `${word('calendar')} ${calendar(claim)}` : claim.source === 'smartbusy' ? cause(claim) : word(claim.source);
    const from = moment(claim.from), end = claim.until ? moment(claim.until) : null;
    return [who, `→ ${to(claim)}`, word(claim.state), end ? t('fwdSpan', { from, until: end }) : t('fwdOpen', { from }), claim.reason ? said(claim.reason, claim.reason_code, claim.reason_values) : null];
  }
  return { brief, trouble, troubleOf, result, smartbusy, setting, causeOf, claimRow, source: word };
}
