// The languages of the pages: all say the same things, nothing is said nowhere, and the daemon's codes have their words.
//   node words_test.mjs
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { LANGUAGES, wordsFor } from '../../daemon/status/web/words.js';

const ROOT = new URL('../../', import.meta.url);
const read = path => readFileSync(new URL(path, ROOT), 'utf8');
const sources = folder => readdirSync(new URL(folder, ROOT)).filter(name => name.endsWith('.cpp') || name.endsWith('.hpp')).map(name => read(folder + name)).join('\n');

/** Every text as [path, its places in braces], or what is wrong with it. */
function flat(value, path = '') {
  if (typeof value !== 'string') return Object.entries(value).flatMap(([key, inner]) => flat(inner, `${path}.${key}`));
  assert.ok(value.trim() === value && value !== '', `${path} is empty or has spaces around it`);
  return [[path, (value.match(/\{\w+\}/g) ?? []).sort().join()]];
}

function saysTheSame() {
  assert.deepEqual(Object.keys(LANGUAGES), ['de', 'en', 'es', 'fr', 'nl']);
  for (const page of ['BOARD', 'DIAL']) {
    const english = flat(LANGUAGES.en[page]).sort();
    for (const [language, words] of Object.entries(LANGUAGES)) assert.deepEqual(flat(words[page]).sort(), english, `${language} ${page}`);
  }
}

/** Sentences of several words that are the same as in English were forgotten. */
function nothingIsForgotten() {
  const products = /BroadWorks|CommPilot/;
  const sentences = (value, path = '') => (typeof value === 'string' ? [[path, value]] : Object.entries(value).flatMap(([key, inner]) => sentences(inner, `${path}.${key}`)));
  for (const page of ['BOARD', 'DIAL']) {
    const english = new Map(sentences(LANGUAGES.en[page]));
    for (const language of ['de', 'es', 'fr', 'nl']) for (const [path, text] of sentences(LANGUAGES[language][page]))
      if (/[a-z]+ [a-z]+/.test(text.replace(/\{\w+\}/g, '')) && !products.test(text)) assert.notEqual(text, english.get(path), `${language} ${path}`);
  }
}

function everythingIsSaid() {
  const built = ['live', 'connecting', 'loading', 'syncing', 'lost', 'signin', 'answer', 'hold', 'resume', 'hangup']; // t(state), t(verb)
  const kinds = ['public', 'internal', 'feature', 'none'];                                                            // say(kind)
  const pages = { BOARD: [['acd.js', 'board.js', 'calls.js', 'contacts.js', 'forwards.js', 'index.html'], built], DIAL: [['dial.js', 'dial.html'], kinds] };
  for (const [page, [files, others]] of Object.entries(pages)) {
    const code = files.map(name => read(`daemon/status/web/${name}`)).join('\n');
    const unsaid = Object.keys(LANGUAGES.en[page]).filter(key => !others.includes(key) && !new RegExp(`'${key}'|words\\.${key}\\b|"${key}"`).test(code));
    assert.deepEqual(unsaid, [], `${page}: said nowhere`);
    const asked = [...code.matchAll(/\b(?:t|say)\('(\w+)'/g), ...code.matchAll(/data-t(?:-hint|-label)?="(\w+)"/g)].map(([, key]) => key);
    assert.ok(asked.length > 5);
    assert.deepEqual(asked.filter(key => !Object.hasOwn(LANGUAGES.en[page], key)), [], `${page}: without words`);
  }
}

/** The codes of sentences (daemon/base/sentence.hpp) that reach the board, and the kinds of errors (base/errors.hpp). */
function codesHaveWords() {
  const code = ['daemon/forwarding/', 'daemon/xsi/'].map(sources).join('\n');
  const sent = [...code.matchAll(/(?:Sentence\(|= \{|\{|return \{|push_back\(\{|, \{)"([a-z_]+)",\s*\{/g)].map(([, name]) => name);
  const errors = [...read('daemon/base/errors.hpp').matchAll(/case Category::(\w+):/g)].map(([, name]) => name);
  assert.ok(sent.length > 15 && errors.length > 10, `${sent.length} codes, ${errors.length} kinds`);
  assert.deepEqual([...new Set([...sent, ...errors])].sort(), Object.keys(LANGUAGES.en.BOARD.said).sort());
}

function choosesAsTheReaderDoes() {
  const rows = [[['de-AT', 'en'], 'de-AT', 'de'], [['pt-PT', 'fr-BE'], 'fr-BE', 'fr'], [['NL'], 'NL', 'nl'], [['pt'], 'en', 'en'], [[], 'en', 'en'], [['constructor'], 'en', 'en']];
  for (const [tags, locale, language] of rows) {
    const chosen = wordsFor(tags);
    assert.deepEqual([chosen.locale, chosen.language], [locale, language], tags.join());
    assert.equal(chosen.BOARD, LANGUAGES[language].BOARD);
  }
}

for (const test of [saysTheSame, nothingIsForgotten, everythingIsSaid, codesHaveWords, choosesAsTheReaderDoes]) {
  test();
  console.log(`ok      ${test.name}`);
}
