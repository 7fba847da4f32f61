// Searching, from the field to the page that it leads to.
import assert from 'node:assert/strict';
import { eventually, focusIs, follow, heading, onScreen } from '../lib/journey.mjs';

const EVERYWHERE = [{}, { protocol: 'file' }, { width: 320 }];

/** Types a query into the field and waits for options. @param {import('../lib/journey.mjs').Page} page @param {string} query */
async function ask(page, query) {
  await page.locator('#_search').fill(query);
  await page.locator('.search-popup [role="option"]').first().waitFor();
}

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'a slash leads to the field, arrows to a result, and Enter opens it',
    pages: ['handbook/index.html', 'handbook/tapaukset/huijausviesti.html'],
    modes: EVERYWHERE,
    async run(page) {
      await page.keyboard.press('/');
      assert.ok(await focusIs(page, '#_search'));
      await ask(page, 'verkkopankkitunnuksia');
      await page.keyboard.press('ArrowDown');
      const active = await page.locator('#_search').getAttribute('aria-activedescendant');
      const option = page.locator(`[id="${active}"]`);
      assert.equal(await option.getAttribute('aria-selected'), 'true');
      assert.equal(await option.getAttribute('role'), 'option');
      const target = await option.locator('a').evaluate((link) => /** @type {HTMLAnchorElement} */ (link).href);
      if (target.split('#')[0] === page.url().split('#')[0]) return;
      await follow(page);
      assert.equal(page.url(), target);
    },
  },
  {
    name: 'Escape closes the list and leaves the focus in the field',
    pages: ['handbook/index.html'],
    modes: EVERYWHERE,
    async run(page) {
      await page.keyboard.press('Control+k');
      await ask(page, 'digituki');
      assert.equal(await page.locator('#_search').getAttribute('aria-expanded'), 'true');
      await page.keyboard.press('Escape');
      assert.ok(!await page.locator('.search-popup').isVisible());
      assert.equal(await page.locator('#_search').getAttribute('aria-expanded'), 'false');
      assert.ok(await focusIs(page, '#_search'));
    },
  },
  {
    name: 'Enter leads to the page of results, which says how many there are and marks what was found',
    pages: ['handbook/index.html', 'handbook/asiointi/tietosuoja.html'],
    modes: EVERYWHERE,
    async run(page) {
      await page.locator('#_search').fill('digituen');
      await page.keyboard.press('Enter');
      await page.locator('.result-list li').first().waitFor();
      assert.match(page.url(), /search\.html\?q=digituen$/);
      assert.match(await heading(page), /digituen/);
      assert.match(await page.locator('.result-count').innerText(), /^\d+ /);
      assert.ok((await page.locator('.result-list mark').allInnerTexts()).some((text) => /digitu/i.test(text)));
      await page.locator('#_by-kind').selectOption('case');
      await page.waitForFunction(() => /kind=case/.test(location.search));
      await page.waitForFunction(() => [...document.querySelectorAll('.result-list .result-kind')].every((kind) => kind.textContent === 'Tapaus'));
    },
  },
  {
    name: 'what is typed is text, whatever it is',
    pages: ['handbook/index.html'],
    modes: [{}, { protocol: 'file' }],
    async run(page) {
      const hostile = ['<img src=x onerror=document.title=1>', 'x'.repeat(10_000), '\u0000\u0007\u001b', '\ud800 digituki', '\u202edigituki\u202c', '"><script>document.title=1</script>', '__proto__ constructor'];
      const title = await page.title();
      await page.locator('#_search').focus();
      for (const query of hostile) {
        await page.locator('#_search').evaluate((field, text) => {
          /** @type {HTMLInputElement} */ (field).value = text;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }, query);
        await page.locator('.search-popup').waitFor();
        assert.equal(await page.locator('.search-popup :is(img, script)').count(), 0);
      }
      assert.equal(await page.title(), title);
    },
  },
  {
    name: 'nothing found leads on',
    pages: ['handbook/index.html'],
    modes: EVERYWHERE,
    async run(page) {
      await page.locator('#_search').fill('qwrtzpsdfg');
      await page.locator('.search-none').waitFor();
      assert.ok(await page.locator('.search-beside a').count() > 3);
      assert.equal(await page.locator('#_search').getAttribute('aria-expanded'), 'false');
    },
  },
  {
    name: 'a slip of the pen is answered, and what may have been meant is a link',
    pages: ['handbook/index.html'],
    modes: EVERYWHERE,
    async run(page) {
      await ask(page, 'tunnistatuminen');
      assert.match(await page.locator('.search-popup [role="option"]').first().innerText(), /tunnistautuminen/i);
      await page.locator('.search-popup .search-meant a').focus();
      await follow(page);
      assert.equal(new URL(page.url()).searchParams.get('q'), 'tunnistautuminen');
      await page.locator('.result-list li').first().waitFor();
      assert.equal(await page.locator('.search-meant').count(), 0);
    },
  },
  {
    name: 'the page that a result opens has its words marked, until the reader takes the marks away',
    pages: ['handbook/index.html'],
    modes: EVERYWHERE,
    async run(page) {
      await ask(page, 'huoli-ilmoituksen');
      await page.keyboard.press('ArrowDown');
      await follow(page);
      const marked = () => page.evaluate(() => [...CSS.highlights.get('opas-search') ?? []].map(String));
      await page.locator('main .marked').waitFor();
      const words = await marked();
      assert.ok(words.length > 0 && words.every((text) => /huoli/i.test(text)), `${words}`);
      const text = await page.locator('main h1').innerText();
      await page.evaluate(() => document.querySelector('article > :last-child')?.scrollIntoView({ block: 'end', behavior: 'instant' }));
      await page.locator('main .marked button').press('Enter');
      assert.deepEqual(await marked(), []);
      assert.equal(await page.locator('main h1').innerText(), text);
      assert.ok(await focusIs(page, 'article *') && await onScreen(page, ':focus'), 'the reader has lost the place');
    },
  },
  {
    name: 'a question of a flow opens at its step, and the organisation’s own can be picked out',
    pages: ['kitchen/index.html'],
    modes: EVERYWHERE,
    async run(page) {
      await ask(page, 'kotikäynnillä');
      const target = await page.locator('.search-popup [role="option"] a').first().getAttribute('href');
      assert.match(target ?? '', /flows\/palvelu\/tapa\.html$/);
      await page.locator('#_search').fill('teksti');
      await page.keyboard.press('Enter');
      await page.locator('.result-list li').first().waitFor();
      const count = async () => Number.parseInt(await page.locator('.result-count').innerText(), 10);
      const all = await count();
      await page.locator('#_by-own').press('Space');
      await page.waitForFunction(() => /own=1/.test(location.search));
      await eventually(async () => {
        const own = await count();
        assert.ok(own > 0 && own < all, `${own} of ${all}`);
      });
    },
  },
  {
    name: 'filters that leave nothing say so, and are taken away by a link',
    pages: ['kitchen/index.html'],
    modes: EVERYWHERE,
    async run(page) {
      await page.goto(`${page.url().replace(/[^/]*$/, '')}search.html?q=teksti&own=1&kind=term`);
      await page.locator('.search-none').waitFor();
      assert.equal(await page.locator('.search-none').innerText(), 'Näillä rajauksilla ei löytynyt mitään.');
      await page.locator('.search-none + p a').focus();
      await follow(page);
      await page.locator('.result-list li').first().waitFor();
      assert.equal(new URL(page.url()).search, '?q=teksti');
    },
  },
  {
    name: 'without a script the field leads to the contents and the glossary',
    pages: ['handbook/index.html'],
    modes: [{ javascript: false }, { javascript: false, protocol: 'file' }],
    async run(page) {
      await page.locator('#_search').fill('digituki');
      await page.locator('#_search').focus();
      await follow(page);
      assert.ok(await page.locator('#_no-script').isVisible());
      assert.equal(await page.locator('main a[href="contents.html"]').count(), 1);
      assert.equal(await page.locator('main a[href="glossary.html"]').count(), 1);
    },
  },
];
