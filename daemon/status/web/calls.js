// Calls of people: GET /v1/calls/active, /v1/calls and events of the types `call` and `missed`, in words.
// Knows no document: the board asks it what to write on a lamp, in the details and in the list of missed calls.

const MISSED_MAX = 50;
const listOf = value => (Array.isArray(value) ? value : []);
const isOver = call => Boolean(call.ended) || call.state === 'ended';
export const matchesOf = call => listOf(call?.match?.records);
export const actionsOf = call => listOf(call?.actions).filter(action => action?.url);

/** What may be done about a call in its state. */
export const verbsOf = call => ({
  ringing: call.direction === 'in' ? ['answer', 'hangup'] : ['hangup'], dialling: ['hangup'], active: ['hold', 'hangup'], held_by_remote: ['hangup'], held: ['resume', 'hangup'],
}[call.state] ?? []);

/** The calls that are going on. What an event told while the list was being read is newer than the list. */
export class Calls {
  #all = new Map();  // id -> {call, told}; call null: it is over
  #told = 0;
  missed = [];       // the newest first

  /** Those of a person, the most urgent one first. */
  of(person) {
    const rank = { ringing: 0, held: 1 };
    return [...this.#all.values()].map(({ call }) => call).filter(call => call?.person === person).sort((a, b) => (rank[a.state] ?? 2) - (rank[b.state] ?? 2));
  }
  /** Gives the person whose calls are others now, or null. */
  take(call) {
    if (typeof call?.id !== 'string') return null;
    const known = this.#all.get(call.id)?.call;
    this.#all.set(call.id, { call: isOver(call) ? null : { ...call, match: call.match ?? known?.match, actions: call.actions ?? known?.actions }, told: this.#told += 1 });
    return call.person ?? known?.person ?? null;
  }
  takeMissed(call) {
    if (typeof call?.id !== 'string') return;
    this.missed = [call, ...this.missed.filter(one => one.id !== call.id)].slice(0, MISSED_MAX);
  }
  /** `items` were asked for when `since` (of `mark`) was. Gives the persons whose calls are others now. */
  replace(items, since) {
    const changed = new Set();
    const listed = new Map(items.map(item => [item.id, item]));
    for (const [id, { call, told }] of this.#all) if (call === null || (told <= since && !listed.has(id))) {
      if (call !== null) changed.add(call.person);
      if (told <= since) this.#all.delete(id);
    }
    for (const [id, call] of listed) {
      const known = this.#all.get(id);
      if ((known?.told ?? 0) > since) continue;
      this.#all.set(id, { call: { ...call, match: known?.call?.match, actions: known?.call?.actions }, told: since });
      changed.add(call.person);
    }
    return changed;
  }
  mark() { return this.#told; }
  /** Of a number that somebody has looked up meanwhile. */
  recognised(id, records) {
    const known = this.#all.get(id);
    if (known?.call && records.length) known.call.match = { count: records.length, records };
  }
  clear() { this.#all.clear(); this.missed = []; }
}

/** The sayings of one language: `t` and `words` of the board, `age` for lengths of time, `written` for numbers. */
export function callSayings({ t, words, age, written }) {
  const word = state => words.c[state] ?? String(state ?? '');
  const number = call => (call.remote?.number ? written(call.remote.number) : '') || (call.withheld ? t('callWithheld') : '');
  /** As the contact says, else as the network does, else the number. */
  const name = call => matchesOf(call)[0]?.name || call.remote?.name || number(call) || t('callUnknown');
  const company = call => Object.entries(matchesOf(call)[0]?.fields ?? {}).find(([key]) => /^(company|account|account.?name|organi[sz]ation|bedrijf|société|empresa)$/i.test(key))?.[1] ?? '';
  const party = call => t(call.direction === 'out' ? 'callOut' : 'callIn', { who: name(call) });
  const way = call => [call.queue ? t('callQueue', { queue: call.queue }) : '', call.ddi ? t('callDdi', { ddi: written(call.ddi) }) : ''].filter(Boolean);

  /** For a lamp: whom the most urgent call is with; null: there is none. */
  const brief = calls => (calls.length === 0 ? null : `${party(calls[0])}${company(calls[0]) ? ` · ${company(calls[0])}` : ''}${calls.length > 1 ? ` +${calls.length - 1}` : ''}`);
  /** What became of a call that is over. */
  function ending(call) {
    const talked = call.talk_s > 0 ? t('callLasted', { time: age(call.talk_s * 1000) }) : call.ring_s > 0 ? t('callRang', { time: age(call.ring_s * 1000) }) : '';
    return [word(call.result), talked, ...way(call)].filter(Boolean);
  }
  return { word, number, name, company, party, way, brief, ending };
}
