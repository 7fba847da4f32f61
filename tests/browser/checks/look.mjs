// Opens a page and looks at it: the watch's findings, sideways scrolling and, where asked for, axe.
import { AxeBuilder } from '@axe-core/playwright';
import { sideways, withEyes } from '../lib/in-page.mjs';

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
 * Looks at the page that is open.
 * @param {Page} page
 * @param {import('../lib/browser.mjs').Watch} watch
 * @returns {Promise<Finding[]>}
 */
export async function look(page, watch) {
  const wide = await withEyes(page, sideways);
  return [...await watch.take(), ...wide.map((message) => ({ check: 'scroll', message }))];
}

/** The rules whose answer depends on the colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * Runs axe on the page as it stands.
 * @param {Page} page
 * @param {{ within?: string, colours?: boolean }} [options]  `within`: only this part; `colours`: only the rules about colours.
 * @returns {Promise<Finding[]>}
 */
export async function axe(page, { within, colours = false } = {}) {
  // Nothing is fetched again, and what passes is not described. (`options` comes first: it drops what was chosen before.)
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ preload: false, resultTypes: ['violations'] });
  if (colours) builder.withRules(COLOURS);
  else builder.withTags(TAGS);
  const { violations } = await (within ? builder.include(within) : builder).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 5).map((node) => ({
    check: 'axe',
    message: `${id} (${help}) at ${node.target.join(' ')}: ${node.any.concat(node.all, node.none).map((one) => one.message).join('; ')}`,
  })));
}

/**
 * Opens every `details` of the page.
 * @param {Page} page
 */
export const openAll = (page) => page.evaluate(() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
