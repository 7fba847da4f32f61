// What a journey is, and the keyboard.
import assert from 'node:assert/strict';

/**
 * @typedef {import('./browser.mjs').Page} Page
 * @typedef {import('./browser.mjs').Mode} Mode
 * @typedef {import('./books.mjs').Built} Built
 *
 * @typedef {object} Journey  What a reader does on a page, and what must come of it.
 * @property {string} name  Says what holds.
 * @property {string[] | ((page: Built) => boolean)} pages  Where it begins: names such as `kitchen/osat/teksti.html`, or a condition.
 * @property {Partial<Mode>[]} [modes]  How the page is opened; what is left out is as usual (HTTP, with script, 1280 px, light).
 * @property {boolean} [stays]  It neither leaves the page nor leaves anything behind but opened details, media, the size and adopted style sheets: it is made in a tab where the page is open already. Only for journeys over HTTP, with script, in light.
 * @property {(page: Page, built: Built, url: string) => Promise<void>} run  Throws where the promise is broken. The page is open at `url` and at rest; a redirect page is held still over HTTP and not yet open as a file.
 */

/** With and without script. @type {Partial<Mode>[]} */
export const BOTH = [{ javascript: true }, { javascript: false }];
/** On a phone, with and without script. @type {Partial<Mode>[]} */
export const PHONE = [{ width: 320, javascript: true }, { width: 320, javascript: false }];
/** On a phone and on a wide screen. @type {Partial<Mode>[]} */
export const SIZES = [{ width: 320 }, { width: 1280 }];

/** The address below the book's own folder, such as `osat/teksti.html#kuvat`. @param {Page} page @param {Built} built */
export const where = (page, built) => page.url().split(`/${built.book.name}/`)[1] ?? page.url();

/**
 * Presses Tab until the focus is on an element that matches.
 * @param {Page} page
 * @param {string} selector
 * @param {{ key?: 'Tab' | 'Shift+Tab', limit?: number }} [options]
 */
export async function tabTo(page, selector, { key = 'Tab', limit = 150 } = {}) {
  for (let i = 0; i < limit; i++) {
    await page.keyboard.press(key);
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
  }
  assert.fail(`${limit} times Tab do not reach ${selector}`);
}

/** Whether the focus is on an element that matches. @param {Page} page @param {string} selector */
export const focusIs = (page, selector) => page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);

/**
 * Makes assertions again until they hold, for at most five seconds; what a page shows follows its address a moment later.
 * @template T @param {() => Promise<T>} check @returns {Promise<T>}  What the check gives, once it does not throw.
 */
export async function eventually(check) {
  const end = Date.now() + 5000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Presses Enter on a link and waits for the page that it leads to. @param {Page} page */
export async function follow(page) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

/** Text of the heading of level 1. @param {Page} page */
export const heading = (page) => page.locator('h1').innerText();

/** Whether at least half of an element is on the screen. @param {Page} page @param {string} selector */
export const onScreen = (page, selector) => page.evaluate((wanted) => {
  const rect = document.querySelector(wanted)?.getBoundingClientRect();
  if (!rect) return false;
  const middle = Math.min(rect.height / 2, 40);
  return rect.top >= -1 && rect.top + middle <= innerHeight && rect.left >= -1 && rect.right <= innerWidth + 1;
}, selector);
