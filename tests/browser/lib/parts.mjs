// The parts of the suite. Each gives jobs that the pool runs; each job reports its tests.
import { readdir } from 'node:fs/promises';
import { axe, look, open, openAll } from '../checks/look.mjs';
import { head, links, together, valid } from '../checks/markup.mjs';
import { HEIGHT, MODES, SCHEMES, USUAL, baseOf, modeName, openTab, watch } from './browser.mjs';
import { nameOf } from './books.mjs';

/**
 * @typedef {import('./browser.mjs').Mode} Mode
 * @typedef {import('./browser.mjs').Finding} Finding
 * @typedef {import('./books.mjs').Book} Book
 * @typedef {import('./books.mjs').Built} Built
 * @typedef {import('./journey.mjs').Journey} Journey
 *
 * @typedef {object} Stage  What every part works with.
 * @property {import('playwright-core').Browser} browser
 * @property {{ base: (book: Book) => string }} server
 * @property {import('./report.mjs').Report} report
 */

/** How many pages one tab looks at before another takes over; small enough to spread well over two cores. */
const SHARE = 15;

/** @template T @param {T[]} list @returns {T[][]} */
const shares = (list) => Array.from({ length: Math.ceil(list.length / SHARE) }, (_, i) => list.slice(i * SHARE, (i + 1) * SHARE));

/**
 * The address of a page. A redirect page is held still over HTTP; as a file it leads on.
 * @param {Stage} stage @param {Built} built @param {Mode} mode
 */
const addressOf = ({ server }, built, mode) =>
  baseOf(server, built.book, mode) + built.path + (built.redirect && mode.protocol === 'http' ? '?still' : '');

/** @param {unknown} error @returns {string} */
const textOf = (error) => {
  const { message, actual } = /** @type {any} */ (error);
  // A list that should be empty says more than the difference that `assert` draws.
  return Array.isArray(actual) && actual.length ? `${message.split('\n')[0].replace(/^Expected values.*/, 'found')}: ${actual.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).slice(0, 6).join('; ')}` : String(message).split('\n').slice(0, 3).join(' ');
};

/**
 * Every page in every mode; axe too, once for each width and colour scheme. The colour scheme is changed in the open page.
 * @param {Stage} stage @param {Book[]} books @returns {(() => Promise<void>)[]}
 */
export function looks(stage, books) {
  const axed = (/** @type {Mode} */ mode) => mode.protocol === 'http' && mode.javascript;
  const first = MODES.filter(({ scheme }) => scheme === USUAL.scheme).sort((a, b) => Number(axed(b)) - Number(axed(a)));
  return first.flatMap((mode) => books.flatMap((book) => shares(book.pages).map((pages) => async () => {
    const tab = await openTab(stage.browser, mode);
    const watching = watch(tab, baseOf(stage.server, book, mode));
    for (const built of pages) await lookAtOne(stage, tab, watching, built, mode, axed(mode));
    await tab.context().close();
  })));
}

/**
 * @param {Stage} stage @param {import('playwright-core').Page} tab @param {import('./browser.mjs').Watch} watching
 * @param {Built} built @param {Mode} usual @param {boolean} axed
 */
async function lookAtOne(stage, tab, watching, built, usual, axed) {
  const leaves = built.redirect && usual.protocol === 'file';
  for (const scheme of SCHEMES) {
    const mode = { ...usual, scheme };
    const place = `${nameOf(built)} [${modeName(mode)}]`;
    try {
      await tab.emulateMedia({ colorScheme: scheme });
      if (scheme === usual.scheme) await open(tab, addressOf(stage, built, mode), { javascript: mode.javascript, leaves });
      stage.report.test('pages', place, await look(tab, watching));
      if (!axed) continue;
      await openAll(tab);
      stage.report.test('accessibility', place, await axe(tab, { colours: scheme !== usual.scheme }));
    } catch (error) {
      stage.report.test('pages', place, [{ check: 'broken', message: textOf(error) }]);
    }
  }
}

/**
 * The HTML of every page.
 * @param {Stage} stage @param {Book[]} books @returns {(() => Promise<void>)[]}
 */
export function markups(stage, books) {
  return books.map((book) => async () => {
    const between = together(book);
    for (const built of book.pages) {
      const findings = [...await valid(built), ...head(built), ...links(built), ...between.get(built) ?? []];
      stage.report.test('markup', nameOf(built), findings);
    }
  });
}

/** Every journey in `journeys/`. @returns {Promise<Journey[]>} */
export async function readJourneys() {
  const files = (await readdir(new URL('../journeys/', import.meta.url))).filter((file) => file.endsWith('.mjs')).sort();
  const modules = await Promise.all(files.map((file) => import(new URL(`../journeys/${file}`, import.meta.url).href)));
  return modules.flatMap((module) => module.default);
}

/**
 * One journey from one page, in a tab that may have been used before. What the console and the network say meanwhile
 * counts too.
 * @param {Tab} tab @param {Stage} stage @param {Journey} journey @param {Built} built @returns {Promise<Finding[]>}
 *
 * @typedef {{ page: import('playwright-core').Page, watching: import('./browser.mjs').Watch, mode: Mode }} Tab
 */
async function travel({ page, watching, mode }, stage, journey, built) {
  const url = addressOf(stage, built, mode);
  try {
    await page.emulateMedia({ media: null, forcedColors: null, reducedMotion: null });
    await page.setViewportSize({ width: mode.width, height: HEIGHT });
    if (!(built.redirect && mode.protocol === 'file')) await open(page, url, mode);
    await journey.run(page, built, url);
    return await watching.take();
  } catch (error) {
    await watching.take().catch(() => []);
    return [{ check: journey.name, message: textOf(error) }];
  }
}

/**
 * A journey from several pages of a book in one mode, one after another in one tab.
 * @param {Stage} stage @param {Journey} journey @param {Built[]} pages @param {Mode} mode @returns {Promise<Finding[][]>}
 */
async function tour(stage, journey, pages, mode) {
  const page = await openTab(stage.browser, mode);
  const tab = { page, mode, watching: watch(page, baseOf(stage.server, pages[0].book, mode)) };
  const out = [];
  for (const built of pages) out.push(await travel(tab, stage, journey, built));
  await page.context().close();
  return out;
}

/**
 * Every journey from each of its pages, in each of its modes.
 * @param {Stage} stage @param {Book[]} books @param {Journey[]} journeys @returns {(() => Promise<void>)[]}
 */
export function travels(stage, books, journeys) {
  return journeys.flatMap((journey) => {
    const begins = (/** @type {Built} */ built) => (typeof journey.pages === 'function' ? journey.pages(built) : journey.pages.includes(nameOf(built)));
    const unknown = typeof journey.pages === 'function' ? [] : journey.pages.filter((name) =>
      books.some(({ name: book, files }) => name.startsWith(`${book}/`) && !files.has(name.slice(book.length + 1))));
    const modes = (journey.modes ?? [{}]).map((part) => ({ ...USUAL, ...part }));
    return [
      async () => unknown.forEach((name) => stage.report.test('journeys', name, [{ check: journey.name, message: 'there is no such page' }])),
      ...books.flatMap((book) => shares(book.pages.filter(begins)).flatMap((pages) => modes.map((mode) => async () => {
        const findings = await tour(stage, journey, pages, mode);
        findings.forEach((found, i) => stage.report.test('journeys', `${nameOf(pages[i])} [${modeName(mode)}]`, found));
      }))),
    ];
  });
}

/**
 * The test of the tests: every bad page is caught by the checks that are meant for it, and by no other.
 * @param {Stage} stage @param {Book} book @param {Journey[]} journeys
 * @param {import('../bad/expected.mjs').Expected[]} expected @returns {(() => Promise<void>)[]}
 */
export function faults(stage, book, journeys, expected) {
  const between = together(book);
  const missing = book.pages.filter((built) => !expected.some(({ page }) => page === built.path));
  return [...missing.map((built) => async () => stage.report.test('faults', nameOf(built), [{ check: 'faults', message: 'expected.mjs does not say what catches it' }])),
    ...expected.map(({ page, checks = [], journey }) => async () => {
      const built = book.pages.find((one) => one.path === page);
      if (!built) return stage.report.test('faults', page, [{ check: 'faults', message: 'there is no such page' }]);
      const mode = { ...USUAL, width: 320 };
      const tab = await openTab(stage.browser, mode);
      const watching = watch(tab, baseOf(stage.server, book, mode));
      await open(tab, addressOf(stage, built, mode), mode);
      const findings = [...await look(tab, watching), ...await axe(tab), ...await valid(built), ...head(built), ...links(built), ...between.get(built) ?? []];
      await tab.context().close();
      if (journey) {
        const run = journeys.find(({ name }) => name === journey);
        findings.push(...run ? (await tour(stage, run, [built], { ...USUAL, ...run.modes?.[0] })).flat() : []);
      }
      const found = [...new Set(findings.map(({ check }) => check))].sort().join(', ');
      const wanted = [...checks, ...journey ? [journey] : []].sort().join(', ');
      stage.report.test('faults', nameOf(built), found === wanted ? [] : [{
        check: 'faults', message: `${page} should be caught by “${wanted || 'nothing'}”, but was by “${found || 'nothing'}”: ${findings.map(({ message }) => message).join('; ')}`,
      }]);
    })];
}
