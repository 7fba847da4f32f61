// Moving between pages and inside them, by the keyboard alone.
import assert from 'node:assert/strict';
import { BOTH, PHONE, focusIs, follow, heading, onScreen, tabTo } from '../lib/journey.mjs';

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'the skip link comes first, can be seen, and moves to the main text',
    pages: ['handbook/index.html', 'handbook/tapaukset/huijausviesti.html', 'languages/en/delar/text.html', 'kitchen/404.html'],
    modes: [...BOTH, ...PHONE, { protocol: 'file' }],
    async run(page) {
      await page.keyboard.press('Tab');
      assert.ok(await focusIs(page, 'a[href^="#"]'), 'the first Tab does not reach a link into the page');
      const box = await page.evaluate(() => document.activeElement?.getBoundingClientRect().toJSON());
      assert.ok(box.width > 40 && box.height > 20 && box.top >= 0, 'the skip link cannot be seen when it has the focus');
      await page.keyboard.press('Enter');
      assert.ok(await page.evaluate(() => document.querySelector(location.hash)?.localName === 'main'), 'it does not lead to main');
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement?.closest('main') !== null), 'the next Tab is not inside main');
    },
  },
  {
    name: 'on a phone the menu opens by Enter and its links work',
    pages: ['handbook/index.html', 'handbook/asiointi/tietosuoja.html', 'languages/en/delar/text.html'],
    modes: [...PHONE, { width: 320, protocol: 'file' }],
    async run(page) {
      assert.ok(!await page.locator('.site-nav a').first().isVisible(), 'the menu is open from the start');
      await tabTo(page, '.site-nav summary', { limit: 12 });
      await page.keyboard.press('Enter');
      assert.ok(await page.locator('.site-nav a').first().isVisible(), 'Enter does not open the menu');
      await page.keyboard.press('Tab');
      assert.ok(await focusIs(page, '.site-nav a'), 'Tab does not go on to the links of the menu');
      // The heading of a flow is its first question, not its name.
      await tabTo(page, '.site-nav a:not([aria-current], [href*="flows/"])', { limit: 12 });
      const target = await page.evaluate(() => /** @type {HTMLAnchorElement} */ (document.activeElement).innerText);
      await follow(page);
      assert.equal(await heading(page), target);
      await tabTo(page, '.site-nav summary', { limit: 12 });
      await page.keyboard.press('Enter');
      const current = await page.locator('.site-nav [aria-current="page"]').innerText();
      assert.equal(current, target, 'the menu does not mark the page');
      await page.keyboard.press('Enter');
      assert.ok(!await page.locator('.site-nav a').first().isVisible(), 'Enter does not close the menu again');
    },
  },
  {
    name: 'on a wide screen the navigation is there without opening it',
    pages: ['handbook/asiointi/tietosuoja.html', 'languages/en/delar/text.html'],
    modes: BOTH,
    async run(page) {
      assert.ok(await page.locator('.site-nav a').first().isVisible());
      assert.ok(!await page.locator('.site-nav summary').isVisible(), 'the button for it is there as well');
      // The heading of a flow is its first question, not its name.
      await tabTo(page, '.site-nav a:not([aria-current], [href*="flows/"])', { limit: 12 });
      const target = await page.evaluate(() => /** @type {HTMLAnchorElement} */ (document.activeElement).innerText);
      await follow(page);
      assert.equal(await heading(page), target);
    },
  },
  {
    name: 'breadcrumbs lead to the section and to the front page',
    pages: ['handbook/asiointi/tietosuoja.html', 'languages/delar/tabeller.html'],
    modes: [...BOTH, { width: 320 }],
    async run(page) {
      await tabTo(page, '.breadcrumbs li:last-child a');
      const section = await page.evaluate(() => /** @type {HTMLAnchorElement} */ (document.activeElement).innerText);
      await follow(page);
      assert.equal(await heading(page), section);
      await tabTo(page, '.breadcrumbs li:first-child a');
      await follow(page);
      assert.equal(await page.locator('body.front').count(), 1, 'the first breadcrumb is not the front page');
    },
  },
  {
    name: 'next and previous lead there and back',
    pages: ['handbook/asiointi/tietosuoja.html', 'kitchen/osat/taulukot.html', 'languages/en/oversatt-inte.html'],
    modes: [...BOTH, { width: 320 }],
    async run(page) {
      const start = page.url();
      const back = await page.locator('[rel=next]').count() ? ['[rel=next]', '[rel=prev]'] : ['[rel=prev]', '[rel=next]'];
      await tabTo(page, `.neighbours ${back[0]}`);
      const name = await page.locator(`.neighbours ${back[0]} b`).innerText();
      await follow(page);
      assert.equal(await heading(page), name);
      await tabTo(page, `.neighbours ${back[1]}`);
      await follow(page);
      assert.equal(page.url(), start);
    },
  },
  {
    name: 'the next links go through every page of a language',
    pages: (built) => /^(en\/)?index\.html$/.test(built.path),
    async run(page, built) {
      const folder = built.path.replace('index.html', '');
      const own = built.book.pages.filter((one) => /rel="(next|prev)"/.test(one.html) && (folder ? one.path.startsWith(folder) : !one.path.startsWith('en/')));
      const seen = new Set();
      // The links are read rather than followed: that one leads there and back is a journey of its own.
      for (let path = built.path; path;) {
        assert.ok(!seen.has(path), `the chain comes back to ${path}`);
        seen.add(path);
        const html = built.book.pages.find((one) => one.path === path)?.html ?? '';
        const [, next] = /<a rel="next" href="([^"]+)"/.exec(html) ?? [];
        path = next ? new URL(next, `http://x/${path}`).pathname.slice(1) : '';
      }
      assert.deepEqual(own.map((one) => one.path).filter((path) => !seen.has(path)), [], 'these are not in the chain');
    },
  },
  {
    name: 'a reader changes the language and stays on the page',
    pages: ['languages/delar/tabeller.html', 'languages/oversatt-inte.html', 'languages/glossary.html', 'languages/404.html', 'languages/en/index.html'],
    modes: BOTH,
    async run(page) {
      const id = () => page.locator('meta[name=opas-page]').getAttribute('content');
      const before = await id();
      const other = await page.locator('html').getAttribute('lang') === 'en' ? 'sv' : 'en';
      await tabTo(page, `.languages a[hreflang=${other}]`);
      await follow(page);
      assert.equal(await page.locator('html').getAttribute('lang'), other);
      assert.equal(await id(), before);
    },
  },
  {
    name: 'a page that is not translated says so, and says its language',
    pages: ['languages/en/oversatt-inte.html', 'languages/en/delar/text.html'],
    async run(page) {
      assert.equal(await page.locator('html').getAttribute('lang'), 'en');
      assert.equal(await page.locator('article').getAttribute('lang'), 'sv');
      assert.equal(await page.locator('article .notice').first().getAttribute('lang'), 'en');
    },
  },
  {
    name: 'a link in the list of headings leads to its section',
    pages: ['handbook/tapaukset/huijausviesti.html', 'kitchen/osat/teksti.html'],
    modes: [...BOTH, { width: 320 }],
    async run(page) {
      const summary = page.locator('.toc summary');
      if (await summary.isVisible()) {
        await tabTo(page, '.toc summary');
        await page.keyboard.press('Enter');
      }
      await tabTo(page, '.toc li:nth-child(3) a');
      await page.keyboard.press('Enter');
      const hash = await page.evaluate(() => decodeURIComponent(location.hash));
      assert.match(hash, /^#[a-z]/);
      assert.ok(await onScreen(page, `[id="${hash.slice(1)}"]`), 'the section is not on the screen');
    },
  },
  {
    name: 'a footnote opens by Enter, and its way back leads to the same place',
    pages: ['kitchen/osat/teksti.html', 'languages/en/oversatt-inte.html'],
    modes: [...BOTH, { width: 320 }, { protocol: 'file' }],
    async run(page) {
      await tabTo(page, 'a.footnote');
      const reference = await page.evaluate(() => document.activeElement?.id);
      await page.keyboard.press('Enter');
      const note = await page.evaluate(() => location.hash);
      assert.ok(note && await onScreen(page, `${note} p`), 'the footnote is not on the screen');
      await tabTo(page, `${note} .back`, { limit: 5 });
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => location.hash), `#${reference}`);
      assert.ok(await onScreen(page, `#${reference}`), 'the reference is not on the screen');
    },
  },
  {
    name: 'wide tables and code can be scrolled with the keyboard',
    pages: ['kitchen/osat/taulukot.html', 'kitchen/osat/teksti.html'],
    modes: [{ width: 320 }],
    async run(page) {
      const stuck = await page.evaluate(() => {
        const scrolling = [...document.querySelectorAll('main *')].filter((el) =>
          /auto|scroll/.test(getComputedStyle(el).overflowX) && el.scrollWidth > el.clientWidth + 1);
        for (const el of scrolling) el.setAttribute('data-scrolls', '');
        return scrolling.filter((el) => /** @type {HTMLElement} */ (el).tabIndex < 0).map((el) => el.outerHTML.slice(0, 80));
      });
      assert.deepEqual(stuck, [], 'these scroll, but cannot be reached');
      await tabTo(page, '[data-scrolls]');
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(() => (document.activeElement?.scrollLeft ?? 0) > 0);
    },
  },
  {
    name: 'an old address leads to the page',
    pages: (built) => built.redirect,
    modes: [...BOTH, { protocol: 'file' }],
    async run(page, built, url) {
      const target = /<meta http-equiv="refresh" content="0; url=([^"]*)">/.exec(built.html)?.[1] ?? '';
      await page.goto(url.replace('?still', ''));
      await page.waitForURL(new URL(target, url.replace('?still', '')).href);
      assert.equal(await page.locator('article').count(), 1);
    },
  },
  {
    name: 'a draft is nowhere',
    pages: ['kitchen/contents.html'],
    async run(page, built) {
      const { files, pages } = built.book;
      assert.deepEqual([...files].filter((file) => file.includes('luonnos')), []);
      assert.deepEqual(pages.filter(({ html }) => html.includes('Luonnos, jota ei julkaista')).map(({ path }) => path), []);
    },
  },
];
