// Chromium, the modes that a page is looked at in, and the watch over what a page says and asks for.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {import('playwright-core').Page} Page
 *
 * @typedef {object} Mode  How a page is opened.
 * @property {'http' | 'file'} protocol
 * @property {boolean} javascript
 * @property {number} width
 * @property {'light' | 'dark'} scheme
 *
 * @typedef {object} Finding  One fault.
 * @property {string} check  The check that found it.
 * @property {string} message
 *
 * @typedef {object} Watch
 * @property {() => Promise<Finding[]>} take  What was found since the last call.
 * @property {(violations: string[]) => Finding[]} found  The same, given the violations that the page has noted.
 * @property {(base: string) => void} move  From now on the page must stay below another address; what was found before is forgotten.
 */

export const PROTOCOLS = /** @type {const} */ (['http', 'file']);
export const WIDTHS = [320, 1280];
export const HEIGHT = 800;
export const SCHEMES = /** @type {const} */ (['light', 'dark']);
/** @type {Mode} */
export const USUAL = { protocol: 'http', javascript: true, width: 1280, scheme: 'light' };

/** Every combination. @type {Mode[]} */
export const MODES = PROTOCOLS.flatMap((protocol) => [true, false].flatMap((javascript) =>
  WIDTHS.flatMap((width) => SCHEMES.map((scheme) => ({ protocol, javascript, width, scheme })))));

/** @param {Mode} mode */
export const modeName = (mode) =>
  `${mode.protocol}, ${mode.javascript ? 'with' : 'no'} script, ${mode.width} px, ${mode.scheme}`;

const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
  // Less for the processor to do: what draws is no process of its own, and no page lives long enough for its scripts to
  // be worth optimising.
  '--in-process-gpu', '--js-flags=--no-opt',
  // Nothing but the suite's own server can be reached, whatever a page asks for.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/**
 * Debian has Chromium twice, built from one source: whole, and as a shell that draws no window around its pages. The
 * shell takes half the processor's time for the same pages.
 */
const CHROMIUMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

export const launch = () => chromium.launch({
  executablePath: process.env.OPAS_CHROMIUM ?? CHROMIUMS.find(existsSync) ?? CHROMIUMS[0],
  args: ARGS,
});

/**
 * Opens a tab in a mode of its own.
 * @param {import('playwright-core').Browser} browser
 * @param {Mode} mode
 * @returns {Promise<Page>}
 */
export async function openTab(browser, mode) {
  const context = await browser.newContext({
    javaScriptEnabled: mode.javascript,
    viewport: { width: mode.width, height: HEIGHT },
    colorScheme: mode.scheme,
    locale: 'fi-FI',
  });
  context.setDefaultTimeout(15_000);
  // Loads of small static pages: what takes this long is the machine, never the page.
  context.setDefaultNavigationTimeout(60_000);
  if (mode.javascript) {
    await context.addInitScript(() => {
      /** @type {any} */ (window).__violations = [];
      document.addEventListener('securitypolicyviolation', (event) => /** @type {any} */ (window).__violations.push(
        `${event.effectiveDirective} blocked ${event.blockedURI || 'something'}`));
    });
  }
  return context.newPage();
}

/**
 * The address of a page in a mode.
 * @param {{ base: (book: import('./books.mjs').Book) => string }} server
 * @param {import('./books.mjs').Book} book
 * @param {Mode} mode
 */
export const baseOf = (server, book, mode) =>
  mode.protocol === 'http' ? server.base(book) : `${pathToFileURL(book.dir)}/`;

/**
 * Listens to a tab. Every console message of a fault, every violation of the security policy, every request that fails
 * or leaves `base` is a finding.
 * @param {Page} page
 * @param {string} base
 * @returns {Watch}
 */
export function watch(page, base) {
  /** @type {Finding[]} */
  let found = [];
  const move = (/** @type {string} */ to) => { [base, found] = [to, []]; };
  /** @type {(check: string, message: string) => void} */
  const add = (check, message) => void found.push({ check, message });
  const short = (/** @type {string} */ url) => (url.startsWith(base) ? url.slice(base.length) || './' : url);
  page.on('console', (message) => {
    if (!['error', 'warning', 'assert'].includes(message.type())) return;
    const policy = /Content Security Policy|Trusted ?Type/i.test(message.text());
    add(policy ? 'csp' : 'console', `${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => add('console', `uncaught: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) add('outside', `asks for ${request.url()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // The tab went on to another page before this was there.
    if (why !== 'net::ERR_ABORTED') add('failed', `${short(request.url())}: ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) add('failed', `${short(response.url())}: status ${response.status()}`);
  });
  /** @type {Watch['found']} */
  const end = (violations) => {
    for (const violation of violations) add('csp', violation);
    const taken = found;
    found = [];
    return taken;
  };
  return {
    take: async () => end(await page.evaluate(() => /** @type {any} */ (window).__violations?.splice(0) ?? [])),
    found: end,
    move,
  };
}

/**
 * @typedef {object} Tab  A page of the browser that is used for one thing after another.
 * @property {Page} page
 * @property {Watch} watching
 * @property {Mode} mode  How it is open now.
 */

/**
 * Keeps tabs. A new one costs the browser more than three pages that are opened in an old one (a profile, a window, a
 * process), so a tab is handed on: size and media are set anew each time, and what a page has stored is deleted.
 */
export class Tabs {
  /** Tabs at rest, by what cannot be changed in one. @type {Map<string, (Tab & { base: string })[]>} */
  #idle = new Map();
  #browser;

  /** @param {import('playwright-core').Browser} browser */
  constructor(browser) {
    this.#browser = browser;
  }

  /**
   * Does something in a tab in that mode. Where it throws, the tab is closed, as nothing is known of its state.
   * @template T
   * @param {string} use  Tabs for one use are not taken for another: journeys leave the pointer somewhere on the page.
   * @param {Mode} mode @param {string} base  The address that pages must stay below.
   * @param {(tab: Tab) => Promise<T>} act @returns {Promise<T>}
   */
  async with(use, mode, base, act) {
    const idle = this.#idle.get(`${use} ${mode.javascript}`) ?? [];
    this.#idle.set(`${use} ${mode.javascript}`, idle);
    // One that was below the same address is best: no request of the old page can be taken for one of the new.
    const at = idle.findIndex((tab) => tab.base === base);
    const tab = idle.splice(at < 0 ? 0 : at, 1)[0] ?? await this.#open(mode, base);
    try {
      if (tab.base !== base) await tab.page.goto('about:blank');
      tab.watching.move(base);
      Object.assign(tab, { mode, base });
      await dress(tab);
      const done = await act(tab);
      if (mode.javascript) await forget(tab.page);
      idle.push(tab);
      return done;
    } catch (error) {
      await tab.page.context().close();
      throw error;
    }
  }

  /** @param {Mode} mode @param {string} base */
  async #open(mode, base) {
    const page = await openTab(this.#browser, mode);
    return { page, mode, base, watching: watch(page, base) };
  }
}

/** Sets size and media to those of the tab's mode. @param {Tab} tab */
export async function dress({ page, mode }) {
  await page.emulateMedia({ media: null, forcedColors: null, reducedMotion: null, colorScheme: mode.scheme });
  await page.setViewportSize({ width: mode.width, height: HEIGHT });
}

/** Deletes what pages have stored. @param {Page} page */
const forget = (page) => page.evaluate(() => {
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // Where nothing can be stored (about:blank), nothing is.
  }
});
