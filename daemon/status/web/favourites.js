// Favourites: people and contacts that somebody wants to have first, by their keys and in their order. The daemon keeps
// them for the person that the token is (GET, PUT /v1/favourites/{person}); a token of nobody has them in its browser.
// Beside them those of the team, which are read only. Knows no document.

const FAVOURITES_MAX = 1000; // as many as the daemon takes

export class Favourites {
  #ask; #stored; #owner = null; #places = new Map(); #turn = Promise.resolve();
  items = [];     // directory objects of the keys, as far as somebody told of them
  team = [];      // keys that are favourites of the team and not of the reader
  teamName = '';

  /** `ask(method, owner, keys)` asks the daemon; `stored.get()`, `stored.set(keys)` are the browser's. */
  constructor(ask, stored) { this.#ask = ask; this.#stored = stored; }

  get keys() { return [...this.#places.keys()]; }
  get kept() { return this.#owner !== null; } // by the daemon
  has(key) { return this.#places.has(key); }
  /** Where it stands among the favourites. */
  place(key) { return this.#places.get(key) ?? Infinity; }

  /** Reads all again: of `owner`, a person's id or null, and of `team`, a name or null. Gives the keys of which either is news. */
  load(owner, team) {
    return this.#inTurn(async () => {
      this.#owner = owner;
      const own = await this.#read();
      const others = team === null ? [] : await this.#ask('GET', `team:${team}`).then(({ keys }) => keys, () => []);
      const before = [...this.keys, ...this.team];
      this.#take(own);
      this.teamName = team ?? '';
      this.team = others.filter(key => !this.has(key));
      return new Set([...before, ...this.keys, ...this.team]);
    });
  }
  /**
   * Makes `key` one of them, the last, or none. Changes what is kept now, not what was read once: another window may
   * have changed it meanwhile.
   */
  put(key, wanted) {
    return this.#inTurn(async () => {
      const now = await this.#read();
      this.#take(now);
      if (now.keys.includes(key) === wanted) return;
      const others = now.keys.filter(one => one !== key);
      this.#take(await this.#write(wanted ? [...others, key] : others));
    });
  }
  /** One after the other: what was read before a change is not taken after it. */
  #inTurn(work) { return (this.#turn = this.#turn.then(work, work)); }
  clear() { this.#places.clear(); this.items = []; this.team = []; }

  /** A person of whom the daemon keeps nothing (it has no directory, or does not know the person) has a browser all the same. */
  async #read() {
    if (this.#owner === null) return { keys: this.#stored.get() };
    try { return await this.#ask('GET', this.#owner); } catch (error) {
      if (error.status !== 404 && error.status !== 501) throw error;
      this.#owner = null;
      return this.#read();
    }
  }
  async #write(keys) {
    if (this.#owner !== null) return this.#ask('PUT', this.#owner, keys);
    this.#stored.set(keys.slice(-FAVOURITES_MAX));
    return { keys: this.#stored.get() };
  }
  #take({ keys, items }) {
    this.#places = new Map(keys.map((key, i) => [key, i]));
    this.items = items ?? this.items.filter(item => this.has(item.key));
  }
}
