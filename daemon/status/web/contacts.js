// Contacts: objects of GET /v1/directory in words, and their numbers: the first is the one that is meant, the others are
// offered. Knows no document: the board asks it what to write.

const listOf = value => (Array.isArray(value) ? value : []);

/** Every number once, the extension last: [{type, number}]. */
export function numbersOf(item) {
  const all = [...listOf(item?.numbers), ...(item?.extension ? [{ type: 'extension', number: item.extension }] : [])];
  return all.filter(({ number }, i) => number && all.findIndex(one => one.number === number) === i);
}
/** A fax machine is no one to talk to. */
export const isForTalking = ({ type }) => type !== 'fax';

/** At most `most` numbers of these contacts to choose from, as {item, type, number}: the first one of each comes before anybody's second. */
export function choicesOf(items, most) {
  const all = items.map(item => numbersOf(item).filter(isForTalking).map(one => ({ item, ...one }))).filter(numbers => numbers.length).slice(0, most);
  let room = most - all.length;
  return all.flatMap(([first, ...others]) => {
    const more = others.slice(0, Math.max(0, room));
    room -= more.length;
    return [first, ...more];
  });
}

/** The sayings of one language: `words` of the board. */
export function contactSayings({ words }) {
  const name = item => [item.first_name, item.last_name].filter(Boolean).join(' ') || item.company || item.key;
  const type = word => (Object.hasOwn(words.n, word ?? '') ? words.n[word] : word ?? '');
  const about = item => [item.company, item.department, item.title].filter(text => text && text !== name(item)).join(' · ');
  return { name, type, about };
}
