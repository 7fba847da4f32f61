// The parts of the suite. Each gives jobs that the pool runs; each job reports its tests.
import { readFile, readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { axe, look, newColours, open, openAll } from '../checks/look.mjs';
import { head, links, together, valid } from '../checks/markup.mjs';
import { HEIGHT, MODES, SCHEMES, USUAL, WIDTHS, baseOf, dress, modeName } from './browser.mjs';
import { nameOf } from './books.mjs';

/**
 * @typedef {import('./browser.mjs').Mode} Mode
 * @typedef {import('./browser.mjs').Finding} Finding
 * @typedef {import('./books.mjs').Book} Book
 * @typedef {import('./books.mjs').Built} Built
 * @typedef {import('./journey.mjs').Journey} Journey
 * @typedef {import('./browser.mjs').Tab} Tab
 *
 * @typedef {object} Stage  What every part works with.
 * @property {import('playwright-core').Browser} browser
 * @property {import('./browser.mjs').Tabs} tabs
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

/** What a script asks for if it does other things on a narrow screen. */
const SIZES = /matchMedia|(inner|outer|client|offset|scroll)Width|devicePixelRatio|visualViewport|\bscreen\.|ResizeObserver|getBoundingClientRect|onresize|["'`]resize["'`]/;

/**
 * The scripts of a book that ask how large the screen is while the page is opened. (The rest of the search is
 * loaded on the reader's first key.)
 * @param {Book} book
 */
async function askForSize(book) {
  const opened = new Set(book.pages.flatMap(({ path, html }) => [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, src]) => posix.join(posix.dirname(path), src))));
  const texts = await Promise.all([...opened].map((path) => readFile(join(book.dir, path), 'utf8')));
  return texts.some((text) => SIZES.test(text));
}

/**
 * Every page in every mode; over HTTP with script axe, too, and the journeys that stay on their page. A page is laid out
 * anew for the other width as it stands, as for the other colour scheme, unless a script of the book asks for the
 * size: then it is opened anew.
 * @param {Stage} stage @param {Book[]} books @param {Journey[]} journeys  Those that stay. @returns {Promise<(() => Promise<void>)[]>}
 */
export async function looks(stage, books, journeys) {
  const wide = MODES.filter(({ scheme, width }) => scheme === USUAL.scheme && width === USUAL.width);
  const jobs = await Promise.all(books.map(async (book) => {
    const asks = await askForSize(book);
    return wide.flatMap((mode) => (asks && mode.javascript ? WIDTHS.map((width) => [width]) : [[...WIDTHS].reverse()]).flatMap((widths) =>
      shares(book.pages).map((pages) => ({ mode, run: () => stage.tabs.with('look', mode, baseOf(stage.server, book, mode), async (tab) => {
        for (const built of pages) await lookAtOne(stage, tab, built, widths, axed(mode) ? journeys : []);
      }) }))));
  }));
  // What takes longest comes first, so that no tab is left alone with it at the end.
  return jobs.flat().sort((a, b) => Number(axed(b.mode)) - Number(axed(a.mode))).map(({ run }) => run);
}

/**
 * @param {Stage} stage @param {Tab} tab @param {Built} built @param {number[]} widths @param {Journey[]} journeys
 */
async function lookAtOne(stage, tab, built, widths, journeys) {
  const { page, watching, mode: usual } = tab;
  const { report } = stage;
  const leaves = built.redirect && usual.protocol === 'file';
  try {
    await report.timed('pages', async () => {
      await dress({ ...tab, mode: { ...usual, width: widths[0] } });
      await open(page, addressOf(stage, built, usual), { javascript: usual.javascript, leaves });
    });
    for (const [i, width] of widths.entries()) {
      if (i > 0) await page.setViewportSize({ width, height: HEIGHT });
      // From one width to the next the scheme stays as it is.
      for (const [j, scheme] of (i % 2 ? [...SCHEMES].reverse() : SCHEMES).entries()) {
        const mode = { ...usual, width, scheme };
        if (j > 0) await page.emulateMedia({ colorScheme: scheme });
        const place = `${nameOf(built)} [${modeName(mode)}]`;
        report.test('pages', place, await report.timed('pages', () => look(page, watching, { texts: scheme === usual.scheme })));
        if (axed(mode)) report.test('accessibility', place, await report.timed('accessibility', () => accessible(page, mode)));
      }
    }
  } catch (error) {
    return report.test('pages', `${nameOf(built)} [${modeName(usual)}]`, [{ check: 'broken', message: textOf(error) }]);
  }
  for (const journey of journeys.filter((one) => begins(one, built))) {
    for (const mode of modesOf(journey).filter((one) => modeName({ ...one, width: usual.width }) === modeName(usual) && widths.includes(one.width))) {
      report.test('journeys', `${nameOf(built)} [${modeName(mode)}]`, await report.timed('journeys', () => stay({ ...tab, mode }, journey, built, page.url())));
    }
  }
}

/**
 * What axe finds. Everything that can differ between modes is asked for in each: all rules but those about colours at both
 * widths, as other things are shown and larger or smaller; and colours wherever text is drawn as it was nowhere before.
 * @param {import('playwright-core').Page} page @param {Mode} mode @returns {Promise<Finding[]>}
 */
async function accessible(page, { scheme }) {
  if (scheme !== USUAL.scheme) return newColours(page);
  await openAll(page);
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
      const findings = [...await stage.report.timed('markup', () => valid(built)), ...head(built), ...links(built), ...between.get(built) ?? []];
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
 */
async function stay(tab, journey, built, url) {
  const { page, watching } = tab;
  try {
    await dress(tab);
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
    await dress(tab);
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
const tour = (stage, journey, pages, mode) => stage.tabs.with('journey', mode, baseOf(stage.server, pages[0].book, mode), async (tab) => {
  const out = [];
  for (const built of pages) out.push(await travel(tab, stage, journey, built));
  return out;
});

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
        const findings = await stage.report.timed('journeys', () => tour(stage, journey, pages, mode));
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
    ...expected.map(({ page, checks = [], journey }) => () => stage.report.timed('faults', async () => {
      const built = book.pages.find((one) => one.path === page);
      if (!built) return stage.report.test('faults', page, [{ check: 'faults', message: 'there is no such page' }]);
      const mode = { ...USUAL, width: 320 };
      const findings = await stage.tabs.with('look', mode, baseOf(stage.server, book, mode), async ({ page: tab, watching }) => {
        await open(tab, addressOf(stage, built, mode), mode);
        return [...await look(tab, watching), ...await axe(tab), ...await valid(built), ...head(built), ...links(built), ...between.get(built) ?? []];
      });
      if (journey) {
        const run = journeys.find(({ name }) => name === journey);
        findings.push(...run ? (await tour(stage, run, [built], { ...USUAL, ...run.modes?.[0] })).flat() : []);
      }
      const found = [...new Set(findings.map(({ check }) => check))].sort().join(', ');
      const wanted = [...checks, ...journey ? [journey] : []].sort().join(', ');
      stage.report.test('faults', nameOf(built), found === wanted ? [] : [{
        check: 'faults', message: `${page} should be caught by “${wanted || 'nothing'}”, but was by “${found || 'nothing'}”: ${findings.map(({ message }) => message).join('; ')}`,
      }]);
    }))];
}
