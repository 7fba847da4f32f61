// The parts of the suite. Each gives jobs that the pool runs; each job reports its tests.
import { readdir } from 'node:fs/promises';
import { axe, look, open, openAll } from '../checks/look.mjs';
import { head, links, together, valid } from '../checks/markup.mjs';
import { MODES, USUAL, baseOf, modeName, openTab, watch } from './browser.mjs';
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
 * Every page in every mode; axe too, once for each width and colour scheme.
 * @param {Stage} stage @param {Book[]} books @returns {(() => Promise<void>)[]}
 */
export function looks(stage, books) {
  const axed = (/** @type {Mode} */ mode) => mode.protocol === 'http' && mode.javascript;
  const modes = [...MODES].sort((a, b) => Number(axed(b)) - Number(axed(a)));
  return modes.flatMap((mode) => books.flatMap((book) => shares(book.pages).map((pages) => async () => {
    const tab = await openTab(stage.browser, mode);
    const watching = watch(tab, baseOf(stage.server, book, mode));
    for (const built of pages) {
      const place = `${nameOf(built)} [${modeName(mode)}]`;
      try {
        const leaves = built.redirect && mode.protocol === 'file';
        await open(tab, addressOf(stage, built, mode), { javascript: mode.javascript, leaves });
        stage.report.test('pages', place, await look(tab, watching));
        if (axed(mode)) {
          await openAll(tab);
          stage.report.test('accessibility', place, await axe(tab));
        }
      } catch (error) {
        stage.report.test('pages', place, [{ check: 'broken', message: textOf(error) }]);
      }
    }
    await tab.context().close();
  })));
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
 * One journey at one place. What the console and the network say meanwhile counts too.
 * @param {Stage} stage @param {Journey} journey @param {Built} built @param {Mode} mode @returns {Promise<Finding[]>}
 */
export async function travel(stage, journey, built, mode) {
  const tab = await openTab(stage.browser, mode);
  const watching = watch(tab, baseOf(stage.server, built.book, mode));
  const url = addressOf(stage, built, mode);
  try {
    if (!(built.redirect && mode.protocol === 'file')) await open(tab, url, mode);
    await journey.run(tab, built, url);
    return await watching.take();
  } catch (error) {
    return [{ check: journey.name, message: textOf(error) }];
  } finally {
    await tab.context().close();
  }
}

/**
 * Every journey at each of its places, in each of its modes.
 * @param {Stage} stage @param {Book[]} books @param {Journey[]} journeys @returns {(() => Promise<void>)[]}
 */
export function travels(stage, books, journeys) {
  const all = books.flatMap((book) => book.pages);
  return journeys.flatMap(({ pages, modes = [{}], ...rest }) => {
    const wanted = typeof pages === 'function' ? all.filter(pages) : pages.map((name) => all.find((one) => nameOf(one) === name) ?? name);
    return wanted.flatMap((built) => modes.map((part) => async () => {
      const mode = { ...USUAL, ...part };
      if (typeof built === 'string') return stage.report.test('journeys', built, [{ check: rest.name, message: 'there is no such page' }]);
      stage.report.test('journeys', `${nameOf(built)} [${modeName(mode)}]`, await travel(stage, { pages, ...rest }, built, mode));
    }));
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
        findings.push(...run ? await travel(stage, run, built, { ...USUAL, ...run.modes?.[0] }) : []);
      }
      const found = [...new Set(findings.map(({ check }) => check))].sort().join(', ');
      const wanted = [...checks, ...journey ? [journey] : []].sort().join(', ');
      stage.report.test('faults', nameOf(built), found === wanted ? [] : [{
        check: 'faults', message: `${page} should be caught by “${wanted || 'nothing'}”, but was by “${found || 'nothing'}”: ${findings.map(({ message }) => message).join('; ')}`,
      }]);
    })];
}
