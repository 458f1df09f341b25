// The dial page in a real headless Chromium against a small strict stand-in of /v1/whoami and /v1/dial.
//   node dial_test.mjs       $CHROMIUM names another browser than /usr/bin/chromium
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { understand } from '../../daemon/status/web/dial.js';
import { LANGUAGES } from '../../daemon/status/web/words.js';

const WEB = new URL('../../daemon/status/web/', import.meta.url);
const FILES = { '/dial': ['dial.html', 'text/html; charset=utf-8'], '/dial.css': ['dial.css', 'text/css; charset=utf-8'], '/dial.js': ['dial.js', 'text/javascript; charset=utf-8'],
  ...Object.fromEntries(['', '_de', '_en', '_es', '_fr', '_nl'].map(name => [`/words${name}.js`, [`words${name}.js`, 'text/javascript; charset=utf-8']])) };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:";

const dialled = [];
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (FILES[pathname] && request.method === 'GET') {
    response.writeHead(200, { 'Content-Type': FILES[pathname][1], 'Content-Security-Policy': POLICY });
    return response.end(readFileSync(new URL(FILES[pathname][0], WEB)));
  }
  const reply = (status, body, fields = {}) => { response.writeHead(status, { 'Content-Type': 'application/json', ...fields }); response.end(JSON.stringify(body)); };
  const known = request.headers.authorization === 'Bearer alice-secret';
  if (pathname === '/v1/whoami') return known ? reply(200, { token: 'alice', role: 'phone', person: 'alice@example.net', permissions: ['dial.self'] }) : reply(401, { title: 'Unauthorized' });
  if (pathname !== '/v1/dial') return reply(404, {});
  if (request.method !== 'POST') return reply(405, {});
  if (!known) return reply(401, { title: 'Unauthorized' });
  let body = '';
  request.on('data', part => { body += part; });
  request.on('end', () => {
    const asked = JSON.parse(body);
    assert.deepEqual(Object.keys(asked).sort(), ['person', 'to']);
    if (asked.person !== 'alice@example.net') return reply(403, { missing: 'dial.any' });
    if (asked.to === '2999') return reply(429, {}, { 'Retry-After': '7' });
    dialled.push(asked);
    return reply(202, { call: 'call-1' });
  });
  return undefined;
});

function understands() {
  const rows = [['tel:+31-20-123.0002', 'public', '+31201230002'], ['+31 (20) 1230002', 'public', '+31201230002'], ['0201230002', 'public', '0201230002'], ['2102', 'internal', '2102'],
    ['*21#', 'feature', '*21#'], ['tel:%2B31201230002;ext=3', 'public', '+31201230002'], ['javascript:alert(1)', 'none', ''], ['', 'none', ''], ['12a', 'none', '']];
  for (const [written, kind, number] of rows) assert.deepEqual(understand(written), { kind, number }, written);
}

async function open(browser, url, locale = 'en-GB') {
  const page = await (await browser.newContext({ locale })).newPage();
  page.setDefaultTimeout(8000);
  page.wrongs = [];
  page.on('pageerror', error => page.wrongs.push(String(error)));
  page.on('console', message => { if (/Content.Security.Policy/i.test(message.text())) page.wrongs.push(message.text()); });
  await page.goto(url);
  return page;
}
const outcome = (page, text) => page.waitForFunction(wanted => document.getElementById('outcome').textContent.includes(wanted), text);

understands();
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
try {
  const page = await open(browser, `${base}/dial?to=${encodeURIComponent('tel:+31-20-1230002')}`);
  assert.equal(await page.textContent('#understood'), 'Calls +31201230002');
  await page.fill('#person', 'alice@example.net');
  assert.deepEqual(dialled, [], 'nothing is dialled by opening the page');
  await page.click('#dial');
  await outcome(page, 'A token is needed');
  await page.fill('#person', '');
  await page.fill('#token', 'alice-secret');
  await page.press('#token', 'Tab');
  await page.waitForFunction(() => document.getElementById('person').value === 'alice@example.net');
  await page.click('#dial');
  await outcome(page, 'rings first');
  assert.deepEqual(dialled, [{ person: 'alice@example.net', to: '+31201230002' }]);
  await page.fill('#to', '2999');
  await page.click('#dial');
  await outcome(page, 'try again in 7 s');
  await page.fill('#person', 'bob@example.net');
  await page.click('#dial');
  await outcome(page, 'may not dial for bob@example.net');
  await page.fill('#to', 'nobody');
  assert.ok(await page.isDisabled('#dial'));
  assert.deepEqual(page.wrongs, []);

  const evil = await open(browser, `${base}/dial?to=${encodeURIComponent('<img src=x onerror=alert(1)>')}&person=${encodeURIComponent('<b>x')}`, 'nl-NL');
  assert.equal(await evil.textContent('#understood'), LANGUAGES.nl.DIAL.none);
  assert.equal(await evil.locator('img, b').count(), 0);
  assert.deepEqual(evil.wrongs, []);
  assert.equal(dialled.length, 1);

  const german = await open(browser, `${base}/dial?to=2102`, 'de-AT');
  assert.equal(await german.textContent('#understood'), 'Ruft die Nebenstelle 2102 an');
  assert.equal(await german.getAttribute('html', 'lang'), 'de-AT');
  assert.deepEqual(german.wrongs, []);
  console.log('ok      dial page');
} finally {
  await browser.close();
  server.close();
}
