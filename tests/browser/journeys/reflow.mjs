// 400 % zoom and wide spacing lose nothing. The width of 320 px of every page is looked at by the suite itself.
import assert from 'node:assert/strict';
import { openAll } from '../checks/look.mjs';
import { lostOrWide, shownWords, withEyes } from '../lib/in-page.mjs';
import { SIZES } from '../lib/journey.mjs';

const everywhere = () => true;

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'at 400 % no text is cut off, covered or gone',
    pages: everywhere,
    stays: true,
    async run(page) {
      await openAll(page);
      const wide = await withEyes(page, shownWords, 'main, footer, .site-title');
      // 1280 × 1024 at 400 %.
      await page.setViewportSize({ width: 320, height: 256 });
      const narrow = new Set(await withEyes(page, shownWords, 'main, footer, .site-title'));
      assert.deepEqual(wide.filter((word) => !narrow.has(word)), [], 'words that are not shown any more');
      const broken = await page.locator('button[type="submit"]').evaluateAll((all) => all.filter((button) => {
        const range = document.createRange();
        range.selectNodeContents(button);
        return !button.textContent?.trim().includes(' ') && new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
      }).map((button) => button.textContent));
      assert.deepEqual(broken, [], 'buttons with a broken word');
      assert.deepEqual(await withEyes(page, lostOrWide), []);
    },
  },
  {
    name: 'wide spacing of text (WCAG 1.4.12) loses no text',
    pages: everywhere,
    stays: true,
    modes: SIZES,
    async run(page) {
      await openAll(page);
      // The page's security policy forbids style elements; a constructed sheet is what a reader's own style would be.
      await page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
          p { margin-block-end: 2em !important }`);
        document.adoptedStyleSheets = [sheet];
      });
      assert.deepEqual(await withEyes(page, lostOrWide), []);
    },
  },
];
