// Habits of the desk: filters, shortcuts, paper.
import assert from 'node:assert/strict';
import { BOTH, PHONE, focusIs, follow, heading, tabTo } from '../lib/journey.mjs';

/** How many sheets a PDF has. @param {Buffer} pdf */
const sheets = (pdf) => (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length;

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'a filter of the cases is a link, says how many it leaves, and leads back to all',
    pages: ['kitchen/cases.html', 'languages/en/cases.html', 'handbook/cases.html'],
    modes: [...BOTH, ...PHONE, { protocol: 'file' }],
    async run(page) {
      const all = await page.locator('.cards > li').count();
      await tabTo(page, '.filters a');
      const [, count] = /\((\d+)\)$/.exec(await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).innerText)) ?? [];
      await follow(page);
      assert.equal(await page.locator('.cards > li').count(), Number(count), 'the list is not as long as the filter says');
      assert.equal(await page.locator('.filters [aria-current="page"]').count(), 1, 'the filter is not marked');
      await tabTo(page, '.found a');
      await follow(page);
      assert.equal(await page.locator('.cards > li').count(), all);
    },
  },
  {
    name: 'the quick card of a case is one sheet of A4',
    pages: (built) => /print\/tapaukset\//.test(built.path),
    async run(page) {
      const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
      assert.equal(sheets(pdf), 1);
    },
  },
  {
    name: 'a case leads to its quick card, a section to all its pages, and both lead back',
    pages: ['handbook/tapaukset/huijausviesti.html', 'handbook/asiointi/index.html', 'languages/delar/index.html'],
    modes: BOTH,
    async run(page) {
      const start = page.url();
      await tabTo(page, '.kind a');
      await follow(page);
      assert.match(page.url(), /\/print\//);
      await tabTo(page, '.kind a');
      await follow(page);
      assert.equal(page.url(), start);
    },
  },
  {
    name: 'shortcuts lead on, are explained by a question mark, and can be switched off for good',
    pages: ['handbook/tapaukset/huijausviesti.html', 'languages/en/delar/text.html'],
    async run(page, built, url) {
      await page.keyboard.press('?');
      assert.ok(await page.locator('#_keys').isVisible(), 'the question mark opens nothing');
      await page.keyboard.press('n');
      assert.equal(page.url(), url, 'a shortcut works behind the dialogue');
      await page.keyboard.press('Escape');
      assert.ok(!await page.locator('#_keys').isVisible(), 'Escape does not close it');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('n')]);
      assert.notEqual(page.url(), url);
      await Promise.all([page.waitForNavigation(), page.keyboard.press('p')]);
      assert.equal(page.url(), url);
      try {
        await page.keyboard.press('?');
        await tabTo(page, '#_keys-on', { limit: 4 });
        await page.keyboard.press('Space');
        await page.keyboard.press('Escape');
        await page.reload();
        await page.keyboard.press('?');
        await page.keyboard.press('n');
        assert.ok(!await page.locator('#_keys').isVisible() && page.url() === url, 'shortcuts work although they are off');
        // The page before had them on when the reader left it.
        await page.goBack();
        await page.keyboard.press('?');
        assert.ok(!await page.locator('#_keys').isVisible(), 'going back has switched the shortcuts on');
        await page.goForward();
        await tabTo(page, '#_keys-open');
        await page.keyboard.press('Enter');
        assert.ok(await page.locator('#_keys').isVisible(), 'the button does not open the help');
        assert.ok(!await page.locator('#_keys-on').isChecked(), 'the switch does not say that they are off');
      } finally {
        await page.evaluate(() => localStorage.clear());
      }
    },
  },
  {
    name: 'without a script there is no button for shortcuts',
    pages: ['handbook/index.html'],
    modes: [{ javascript: false }],
    async run(page) {
      assert.ok(!await page.locator('#_keys-open').isVisible());
    },
  },
  {
    name: 'the search’s place leads on by the keyboard',
    pages: ['handbook/index.html', 'languages/en/delar/text.html'],
    modes: [...BOTH, { width: 320 }],
    async run(page) {
      if (await page.locator('.site-header .find').count() === 0) return;
      await tabTo(page, '.find', { limit: 6 });
      assert.ok(await focusIs(page, '.find'));
      await follow(page);
      assert.ok((await heading(page)).length > 0 && (await page.locator('.contents li').count()) > 3, 'it does not lead to all pages');
    },
  },
];
