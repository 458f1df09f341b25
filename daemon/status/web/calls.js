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

const OVER_MAX = 1000; // calls that ended last; a list takes longer than so many calls only where it is of no use any more
const keyOf = ({ person, id }) => `${person}\n${id}`;

/** The calls that are going on. What an event told while the list was being read is newer than the list. */
export class Calls {
  #all = new Map();   // person -> Map of id -> {call, told}; a line of several people gives each of them the same id
  #over = new Map();  // key -> told, of those that have ended: an older list does not bring them back
  #told = 0;
  missed = [];        // the newest first

  /** Those of a person, the most urgent one first. */
  of(person) {
    const rank = { ringing: 0, held: 1 };
    return [...(this.#all.get(person)?.values() ?? [])].map(({ call }) => call).sort((a, b) => (rank[a.state] ?? 2) - (rank[b.state] ?? 2));
  }
  /** Gives the person whose calls are others now, or null. */
  take(call) {
    if (typeof call?.id !== 'string' || typeof call.person !== 'string') return null;
    const known = this.#all.get(call.person)?.get(call.id)?.call, told = this.#told += 1;
    if (isOver(call)) this.#end(call, told);
    else this.#put({ ...call, match: call.match ?? known?.match, actions: call.actions ?? known?.actions }, told);
    return call.person;
  }
  takeMissed(call) {
    if (typeof call?.id !== 'string') return;
    this.missed = [call, ...this.missed.filter(one => one.id !== call.id)].slice(0, MISSED_MAX);
  }
  /** `items` were asked for when `since` (of `mark`) was. Gives the persons whose calls are others now. */
  replace(items, since) {
    const changed = new Set(), listed = new Set(items.map(keyOf));
    for (const calls of this.#all.values()) for (const { call, told } of calls.values()) {
      if (told > since || listed.has(keyOf(call))) continue;
      this.#remove(call);
      changed.add(call.person);
    }
    for (const call of items) {
      const known = this.#all.get(call.person)?.get(call.id);
      if ((known?.told ?? this.#over.get(keyOf(call)) ?? 0) > since) continue;
      this.#put({ ...call, match: call.match ?? known?.call.match, actions: known?.call.actions }, since);
      changed.add(call.person);
    }
    for (const [key, told] of this.#over) if (told <= since) this.#over.delete(key);
    return changed;
  }
  mark() { return this.#told; }
  /** Of a number that somebody has looked up meanwhile. */
  recognised({ person, id }, records) {
    const known = this.#all.get(person)?.get(id);
    if (known && records.length) known.call.match = { count: records.length, records };
  }
  clear() { this.#all.clear(); this.#over.clear(); this.missed = []; }

  #put(call, told) {
    if (!this.#all.has(call.person)) this.#all.set(call.person, new Map());
    this.#all.get(call.person).set(call.id, { call, told });
  }
  #remove({ person, id }) {
    const calls = this.#all.get(person);
    calls?.delete(id);
    if (calls?.size === 0) this.#all.delete(person);
  }
  #end(call, told) {
    this.#remove(call);
    this.#over.delete(keyOf(call));
    this.#over.set(keyOf(call), told);
    if (this.#over.size > OVER_MAX) this.#over.delete(this.#over.keys().next().value);
  }
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
  /** What a call that is over was: its sign. Whoever was sent to the mail box was missed, too. */
  const sign = call => (call.direction === 'out' ? 'outgoing' : ['missed', 'voicemail'].includes(call.result) ? 'missed' : 'incoming');
  return { word, number, name, company, party, way, brief, ending, sign };
}
