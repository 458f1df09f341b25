// The languages of the pages: one file each, all with the same keys (tests/web/words_test.mjs sees to it). A page takes
// the first of the reader's languages that there is, with its region: dates and numbers follow that.
//   BOARD: texts of the board; `s` statuses, `w` words of the interface, `f` forwardings, `c` calls, `n` kinds of numbers, `rules` the
//   built-in rules by their numbers, `said` the daemon's sentences by their codes. DIAL: texts of the dial page.
import * as de from './words_de.js';
import * as en from './words_en.js';
import * as es from './words_es.js';
import * as fr from './words_fr.js';
import * as nl from './words_nl.js';

export const LANGUAGES = { de, en, es, fr, nl };

/** {locale, language, BOARD, DIAL} for a reader of these languages, the dearest one first. */
export function wordsFor(tags) {
  const known = tag => Object.hasOwn(LANGUAGES, tag.slice(0, 2).toLowerCase());
  const locale = tags.find(known) ?? 'en';
  const language = locale.slice(0, 2).toLowerCase();
  return { locale, language, ...LANGUAGES[language] };
}
