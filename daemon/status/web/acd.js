// Agents of call centres: GET /v1/acd/agents and events of type `acd`, by person and by queue; what waits there, and hunt
// groups, of which no event tells.
// Knows no document: the board asks it what to write.

const listOf = value => (Array.isArray(value) ? value : []);

/** What is known of agents. What an event told while the list was being read is newer than the list. */
export class Agents {
  #all = new Map();  // person -> Map of line -> {agent, told}; agent null: none any more
  #told = 0;
  #waiting = new Map();  // queue -> {waiting, longest_wait_s} as GET /v1/acd tells it
  huntGroups = [];       // as GET /v1/acd/hunt-groups tells them

  of(person) { return [...(this.#all.get(person)?.values() ?? [])].map(({ agent }) => agent).filter(Boolean); }
  list() { return [...this.#all.keys()].flatMap(person => this.of(person)); }
  /** Gives the person of whom something else is known now, or null. */
  take(agent) {
    if (typeof agent?.person !== 'string' || typeof agent.line !== 'string') return null;
    this.#put(agent, { agent: agent.state ? agent : null, told: this.#told += 1 });
    return agent.person;
  }
  /** `items` were asked for when `since` (of `mark`) was. Gives the persons of whom something else is known now. */
  replace(items, since) {
    const changed = new Set();
    for (const [person, lines] of this.#all) {
      for (const [line, { agent, told }] of lines) if (told <= since) { lines.delete(line); if (agent) changed.add(person); }
      if (lines.size === 0) this.#all.delete(person);
    }
    for (const agent of items) {
      if (this.#all.get(agent.person)?.has(agent.line)) continue;
      this.#put(agent, { agent, told: since });
      changed.add(agent.person);
    }
    return changed;
  }
  #put({ person, line }, known) {
    if (!this.#all.has(person)) this.#all.set(person, new Map());
    this.#all.get(person).set(line, known);
  }
  mark() { return this.#told; }
  clear() { this.#all.clear(); this.#waiting.clear(); this.huntGroups = []; }
  waits(queues) { this.#waiting = new Map(queues.map(queue => [queue.id, queue])); }

  /** [{id, name, agents: those who have joined, available: how many of them take calls, waiting, longest}], by name;
   *  `waiting` null: nobody tells. */
  queues() {
    const queues = new Map();
    for (const agent of this.list()) for (const queue of listOf(agent.queues)) {
      const waits = this.#waiting.get(queue.id);
      const one = queues.get(queue.id) ?? { id: queue.id, name: queue.id, agents: [], available: 0, waiting: waits?.waiting ?? null, longest: waits?.longest_wait_s ?? null };
      if (queue.name) one.name = queue.name;
      queues.set(queue.id, one);
      if (!queue.joined) continue;
      one.agents.push(agent);
      if (agent.state === 'available') one.available += 1;
    }
    return [...queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** The sayings of one language: `t` and `words` of the board. */
export function agentSayings({ t, words }) {
  const word = state => (Object.hasOwn(words.a, state) ? words.a[state] : String(state ?? ''));
  const state = agent => [word(agent.state), agent.code].filter(Boolean).join(' · ');
  const queues = agent => listOf(agent.queues).filter(queue => queue.joined).map(queue => queue.name || queue.id).join(', ');
  /** Of a person's agents, the one that is worth a sign: who takes calls although nobody should, else the first. */
  const brief = agents => agents.find(agent => agent.conflict) ?? agents[0] ?? null;
  const reason = agent => (agent.conflict ? t('acdConflict') : agent.followed ? t('acdFollowed') : '');
  return { word, state, queues, brief, reason };
}
