// Times the search of a built site in Chromium: what a query loads, and how long a keystroke takes to be answered.
// Usage: node search.mjs SITE OUT.json (run by search.sh). The site is served from loopback; nothing else is reached.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { launch, openTab, USUAL } from '../tests/browser/lib/browser.mjs';
import { serve } from '../tests/browser/lib/server.mjs';

const [dir, out] = process.argv.slice(2);

/** As readers type: base forms, other forms, compounds, slips, questions, words that are not there. */
const QUERIES = [
  'hakemus', 'salasanat', 'pankkitunnus', 'valtuutta', 'puhelimella', 'kirjaston asiakas', 'hakemuksen liite',
  'asiakaspalvelu', 'tietosuojakysymys', 'laskun maksaminen', 'ajanvaraus verkossa', 'palvelupiste', 'tunnistautumien',
  'sopimuksia ei löydy', 'miten asiakas maksaa laskun', 'mistä saa uuden salasanan', 'päätöksestä valittaminen',
  'lomakkeen täyttäminen puhelimella', 'vanhuksen edunvalvoja', 'terveysneuvonta', 'kuntapalvelut', 'suostumus lapsen asiaan',
  'xyzzyx', 'työttömyyspäiväraha', 'eläkkeen hakeminen verkosta',
];

const files = new Set((await readdir(join(dir, 'search'))).map((name) => `search/${name}`));
for (const name of ['index.html', '404.html', ...(await readdir(join(dir, 'assets'))).map((name) => `assets/${name}`)]) files.add(name);
const book = { name: 'site', dir, files, pages: [] };
const server = await serve([book]);
const browser = await launch();
const base = server.base(book);

/** Compressed sizes by path, as a server would send them. @type {Map<string, number>} */
const sizes = new Map();
const sizeOf = async (/** @type {string} */ path) => {
  if (!sizes.has(path)) sizes.set(path, gzipSync(await readFile(join(dir, path))).length);
  return sizes.get(path) ?? 0;
};

/** A new tab at the front page, and a function that tells the compressed bytes of scripts asked for since the last call. */
async function open() {
  const page = await openTab(browser, USUAL);
  /** @type {string[]} */
  let asked = [];
  page.on('request', (request) => {
    const path = request.url().slice(base.length).split('?')[0];
    if (/^search\/|^assets\/search\.js$/.test(path)) asked.push(path);
  });
  await page.goto(base);
  const bytes = async () => {
    const all = await Promise.all(asked.map(sizeOf));
    asked = [];
    return all.reduce((sum, size) => sum + size, 0);
  };
  return { page, bytes };
}

/**
 * Puts texts into the field, one after another; returns for each the milliseconds until the list under it has changed.
 * @param {import('playwright-core').Page} page @param {string[]} texts @returns {Promise<number[]>}
 */
const put = (page, texts) => page.evaluate(async (texts) => {
  const field = /** @type {HTMLInputElement} */ (document.getElementById('_search'));
  const popup = /** @type {HTMLElement} */ (document.querySelector('.search-popup'));
  const times = [];
  for (const text of texts) {
    const shown = new Promise((resolve) => {
      const watch = new MutationObserver(() => { watch.disconnect(); resolve(undefined); });
      watch.observe(popup, { childList: true, subtree: true });
    });
    const start = performance.now();
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await shown;
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve));
  }
  field.value = '';
  return times;
}, texts);

/** What is in the field while a query is typed. @param {string} query */
const typed = (query) => Array.from(query, (_, at) => query.slice(0, at + 1));

/** @param {import('playwright-core').Page} page */
async function begin(page) {
  await page.locator('#_search').focus();
  await page.locator('.search-popup').waitFor({ state: 'attached' });
}

/** @param {number[]} list @param {number} share */
const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];

// What queries load that are put at once, such as by a link to the page of results: each is the first of a new tab.
const first = [];
for (const query of QUERIES) {
  const { page, bytes } = await open();
  await begin(page);
  await put(page, [query]);
  first.push({ query, bytes: await bytes() });
  await page.context().close();
}

// A reader who goes on in one tab: bytes of each further query, then every keystroke, with all shards there.
const { page, bytes } = await open();
await begin(page);
const further = [];
for (const query of QUERIES) {
  await put(page, [query]);
  const loaded = await bytes();
  if (further.length > 0 || query !== QUERIES[0]) further.push({ query, bytes: loaded });
}
for (const query of QUERIES) await put(page, typed(query));
const keys = [];
for (let round = 0; round < 3; round++) for (const query of QUERIES) keys.push(...await put(page, typed(query)));
await browser.close();
server.close();

const kB = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(0)} kB`;
const line = (/** @type {string} */ name, /** @type {{ bytes: number }[]} */ list) => {
  const all = list.map((one) => one.bytes);
  console.log(`${name.padEnd(26)} median ${kB(at(all, 0.5)).padStart(7)}   most ${kB(Math.max(...all)).padStart(7)}`);
};
line('first query, compressed', first);
line('further query, compressed', further);
console.log(`${'keystroke, warm'.padEnd(26)} median ${at(keys, 0.5).toFixed(1)} ms   p95 ${at(keys, 0.95).toFixed(1)} ms   most ${Math.max(...keys).toFixed(1)} ms   (${keys.length} keystrokes)`);
await writeFile(out, `${JSON.stringify({ first, further, keys }, null, 1)}\n`);
