// The parts of the suite. Each gives jobs that the pool runs; each job reports its tests.
import { readdir } from 'node:fs/promises';
import { axe, look, newColours, open, openAll } from '../checks/look.mjs';
import { head, links, together, valid } from '../checks/markup.mjs';
import { HEIGHT, MODES, SCHEMES, USUAL, WIDTHS, baseOf, modeName, openTab, watch } from './browser.mjs';
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
const SHARE = 30;

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

/** @param {Mode} mode */
const axed = (mode) => mode.protocol === 'http' && mode.javascript;

/**
 * Every page in every mode; over HTTP with script axe, too, and the journeys that stay on their page. Over HTTP
 * with script a page is opened anew for each width, as a script may ask for it; else it is laid out anew as it stands, as
 * for the other colour scheme.
 * @param {Stage} stage @param {Book[]} books @param {Journey[]} journeys  Those that stay. @returns {(() => Promise<void>)[]}
 */
export function looks(stage, books, journeys) {
  const wide = MODES.filter(({ scheme, width }) => scheme === USUAL.scheme && width === USUAL.width);
  const ways = wide.flatMap((mode) => (axed(mode) ? WIDTHS.map((width) => ({ mode: { ...mode, width }, widths: [width] })) : [{ mode, widths: [...WIDTHS].reverse() }]));
  // What takes longest comes first, so that no tab is left alone with it at the end.
  ways.sort((a, b) => Number(axed(b.mode)) - Number(axed(a.mode)));
  return ways.flatMap(({ mode, widths }) => books.flatMap((book) => shares(book.pages).map((pages) => async () => {
    const tab = await openTab(stage.browser, mode);
    const watching = watch(tab, baseOf(stage.server, book, mode));
    for (const built of pages) await lookAtOne(stage, { page: tab, watching, mode }, built, widths, axed(mode) ? journeys : []);
    await tab.context().close();
  })));
}

/**
 * @param {Stage} stage @param {Tab} tab @param {Built} built @param {number[]} widths @param {Journey[]} journeys
 */
async function lookAtOne(stage, tab, built, widths, journeys) {
  const { page, watching, mode: usual } = tab;
  const leaves = built.redirect && usual.protocol === 'file';
  try {
    await page.emulateMedia({ colorScheme: usual.scheme });
    await page.setViewportSize({ width: widths[0], height: HEIGHT });
    await open(page, addressOf(stage, built, usual), { javascript: usual.javascript, leaves });
    for (const width of widths) {
      if (width !== widths[0]) await page.setViewportSize({ width, height: HEIGHT });
      for (const scheme of SCHEMES) {
        const mode = { ...usual, width, scheme };
        if (scheme !== usual.scheme || width !== widths[0]) await page.emulateMedia({ colorScheme: scheme });
        const place = `${nameOf(built)} [${modeName(mode)}]`;
        stage.report.test('pages', place, await look(page, watching, { texts: scheme === usual.scheme }));
        if (axed(mode)) stage.report.test('accessibility', place, await accessible(page, mode));
      }
    }
  } catch (error) {
    return stage.report.test('pages', `${nameOf(built)} [${modeName(usual)}]`, [{ check: 'broken', message: textOf(error) }]);
  }
  for (const journey of journeys.filter((one) => begins(one, built) && modesOf(one).some((mode) => modeName(mode) === modeName(usual)))) {
    stage.report.test('journeys', `${nameOf(built)} [${modeName(usual)}]`, await stay(tab, journey, built, page.url()));
  }
}

/**
 * What axe finds. Everything that can differ between modes is asked for in each: the whole of axe on a wide screen; on a
 * narrow one all but colours, as other things are shown and larger or smaller; and colours wherever they are new.
 * @param {import('playwright-core').Page} page @param {Mode} mode @returns {Promise<Finding[]>}
 */
async function accessible(page, { width, scheme }) {
  if (scheme !== USUAL.scheme) return newColours(page);
  await openAll(page);
  if (width === USUAL.width) return axe(page);
  return [...await axe(page, { colours: 'without' }), ...await newColours(page)];
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

/** @param {Journey} journey @param {Built} built */
const begins = (journey, built) => (typeof journey.pages === 'function' ? journey.pages(built) : journey.pages.includes(nameOf(built)));

/** @param {Journey} journey @returns {Mode[]} */
const modesOf = (journey) => (journey.modes ?? [{}]).map((part) => ({ ...USUAL, ...part }));

/**
 * One journey on the page that is open. What the console and the network say meanwhile counts too.
 * @param {Tab} tab @param {Journey} journey @param {Built} built @param {string} url @returns {Promise<Finding[]>}
 *
 * @typedef {{ page: import('playwright-core').Page, watching: import('./browser.mjs').Watch, mode: Mode }} Tab
 */
async function stay({ page, watching, mode }, journey, built, url) {
  try {
    await page.emulateMedia({ media: null, forcedColors: null, reducedMotion: null, colorScheme: mode.scheme });
    await page.setViewportSize({ width: mode.width, height: HEIGHT });
    await journey.run(page, built, url);
    return await watching.take();
  } catch (error) {
    await watching.take().catch(() => []);
    return [{ check: journey.name, message: textOf(error) }];
  } finally {
    // A reader's own style sheet is put away; the page's policy knows no other way to have one.
    if (journey.stays) await page.evaluate(() => { document.adoptedStyleSheets = []; }).catch(() => {});
  }
}

/**
 * One journey from one page, in a tab that may have been used before.
 * @param {Tab} tab @param {Stage} stage @param {Journey} journey @param {Built} built @returns {Promise<Finding[]>}
 */
async function travel(tab, stage, journey, built) {
  const url = addressOf(stage, built, tab.mode);
  try {
    await tab.page.emulateMedia({ media: null, forcedColors: null, reducedMotion: null });
    await tab.page.setViewportSize({ width: tab.mode.width, height: HEIGHT });
    if (!(built.redirect && tab.mode.protocol === 'file')) await open(tab.page, url, tab.mode);
  } catch (error) {
    return [{ check: journey.name, message: textOf(error) }];
  }
  return stay(tab, journey, built, url);
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
    const unknown = typeof journey.pages === 'function' ? [] : journey.pages.filter((name) =>
      books.some(({ name: book, files }) => name.startsWith(`${book}/`) && !files.has(name.slice(book.length + 1))));
    const modes = modesOf(journey);
    return [
      async () => unknown.forEach((name) => stage.report.test('journeys', name, [{ check: journey.name, message: 'there is no such page' }])),
      ...books.flatMap((book) => shares(book.pages.filter((built) => begins(journey, built))).flatMap((pages) => modes.map((mode) => async () => {
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
