// Opens a page and looks at it: the watch's findings, sideways scrolling and, where asked for, axe.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { AxeBuilder } from '@axe-core/playwright';
import { colours as coloursOf, lookAround, withEyes } from '../lib/in-page.mjs';

/**
 * @typedef {import('../lib/browser.mjs').Finding} Finding
 * @typedef {import('../lib/browser.mjs').Page} Page
 */

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/**
 * Opens a page and waits until it is at rest.
 * @param {Page} page
 * @param {string} url
 * @param {{ javascript: boolean, leaves?: boolean }} how  `leaves`: the page sends the reader on at once; that is waited for.
 */
export async function open(page, url, { javascript, leaves = false }) {
  await page.goto(url);
  if (leaves) await page.waitForURL((now) => now.href !== url);
  // With scripts: a frame and an idle moment, so that what a script does after loading is seen too.
  if (javascript) await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestIdleCallback(resolve, { timeout: 500 }))));
}

/**
 * Looks at the page that is open, in one go.
 * @param {Page} page
 * @param {import('../lib/browser.mjs').Watch} watch
 * @param {{ texts?: boolean }} [what]  `texts`: whether every text is measured. Where no text can have moved since the last
 * look, the document's own width is enough.
 * @returns {Promise<Finding[]>}
 */
export async function look(page, watch, { texts = true } = {}) {
  const { wide, violations } = /** @type {{ wide: string[], violations: string[] }} */ (await withEyes(page, lookAround, { texts }));
  return [...watch.found(violations), ...wide.map((message) => ({ check: 'scroll', message }))];
}

/** axe itself, in its short form. */
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Stands for axe where it is in the page already. */
const THERE = '/* axe is in the page */';

/** The rules whose answer depends on the colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * Runs axe on the page as it stands.
 * @param {Page} page
 * @param {{ within?: string, colours?: 'with' | 'without' | 'only' }} [options]  `within`: only these parts; `colours`: what of the
 * rules about colours.
 * @returns {Promise<Finding[]>}
 */
export async function axe(page, { within, colours = 'with' } = {}) {
  await settle(page);
  // By itself the builder puts all of axe into the page twice for each run, which takes as long as the run.
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(AXE);
  // Nothing is fetched again, and what passes is not described. (`options` comes first: it drops what was chosen before.)
  const builder = new AxeBuilder({ page, axeSource: THERE }).setLegacyMode().options({ preload: false, resultTypes: ['violations'] });
  if (colours === 'only') builder.withRules(COLOURS);
  else builder.withTags(TAGS);
  if (colours === 'without') builder.disableRules(COLOURS);
  const { violations } = await (within ? builder.include(within) : builder).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 5).map((node) => ({
    check: 'axe',
    message: `${id} (${help}) at ${node.target.join(' ')}: ${node.any.concat(node.all, node.none).map((one) => one.message).join('; ')}`,
  })));
}

/**
 * Lets colours that are on their way arrive, as they are after a change of the scheme.
 * @param {Page} page
 */
const settle = (page) => page.evaluate(() => document.getAnimations().forEach((one) => one.finish()));

/** Ways in which text is drawn that axe has judged. @type {Set<string>} */
const judged = new Set();

/**
 * Runs the rules about colours on the elements that are drawn in a way that has not been seen yet in this run, anywhere. How
 * two texts are judged that are drawn alike, in places alike, can differ only where one text lies on another, which is
 * looked for on every page by itself (`lostText`).
 * @param {Page} page
 * @returns {Promise<Finding[]>}
 */
export async function newColours(page) {
  await settle(page);
  const drawn = await page.evaluate(coloursOf);
  /** One element for each way of drawing that is new. @type {Map<string, number>} */
  const fresh = new Map();
  drawn.forEach((way, i) => { if (!judged.has(way) && !fresh.has(way)) fresh.set(way, i); });
  if (fresh.size === 0) return [];
  for (const way of fresh.keys()) judged.add(way);
  await page.evaluate((indices) => {
    for (const marked of document.querySelectorAll('[data-drawn]')) marked.removeAttribute('data-drawn');
    for (const i of indices) /** @type {any} */ (window).__drawn[i].setAttribute('data-drawn', '');
  }, [...fresh.values()]);
  return axe(page, { within: '[data-drawn]', colours: 'only' });
}

/**
 * Opens every `details` of the page.
 * @param {Page} page
 */
export const openAll = (page) => page.evaluate(() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
