// Paper, forced colours and reduced motion.
import assert from 'node:assert/strict';
import { openAll } from '../checks/look.mjs';
import { lostOrWide, shownWords, withEyes } from '../lib/in-page.mjs';
import { tabTo } from '../lib/journey.mjs';

const content = (/** @type {import('../lib/journey.mjs').Built} */ built) => built.html.includes('<article');

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'on paper the navigation is gone and the whole text is there',
    pages: content,
    stays: true,
    async run(page) {
      await openAll(page);
      const before = await withEyes(page, shownWords, 'article .body, h1');
      // Paper cannot be opened. Text that a layer has replaced is printed only where the reader has opened it.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('.body details:not(.replaced)')) /** @type {HTMLDetailsElement} */ (details).open = false;
      });
      await page.emulateMedia({ media: 'print' });
      // A4 less the margins, in px.
      await page.setViewportSize({ width: 672, height: 987 });
      assert.deepEqual(await page.locator('nav').evaluateAll((navs) => navs.filter((nav) => nav.checkVisibility()).map((nav) => nav.className)), [], 'navigation that is printed');
      const after = new Set(await withEyes(page, shownWords, 'article .body, h1'));
      assert.deepEqual(before.filter((word) => !after.has(word) && !/^[↩↗]+$/.test(word)), [], 'words that are not printed');
      assert.equal(await page.locator('.definition').evaluateAll((all) => all.filter((el) => el.checkVisibility()).length), 0, 'definitions are printed');
      assert.deepEqual(await withEyes(page, lostOrWide), []);
    },
  },
  {
    name: 'a definition that is open does not cover the printed text',
    pages: ['handbook/tapaukset/huijausviesti.html', 'kitchen/osat/termit.html'],
    async run(page) {
      await tabTo(page, 'button.term');
      await page.keyboard.press('Enter');
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('.definition').evaluateAll((all) => all.filter((el) => el.checkVisibility()).length), 0, 'the open definition is printed over the text');
    },
  },
  {
    name: 'in forced colours nothing is lost: text, links, the page in the navigation, alerts',
    pages: content,
    stays: true,
    async run(page) {
      await openAll(page);
      const before = await withEyes(page, shownWords, 'body');
      await page.emulateMedia({ forcedColors: 'active' });
      const after = new Set(await withEyes(page, shownWords, 'body'));
      assert.deepEqual(before.filter((word) => !after.has(word)), [], 'words that are gone');
      const faults = await page.evaluate(() => {
        const out = [];
        /** How far apart two colours are, from 0 to 765. @param {string} a @param {string} b */
        const apart = (a, b) => {
          const [one, two] = [a, b].map((colour) => (colour.match(/[\d.]+/g) ?? []).map(Number));
          return [0, 1, 2].reduce((sum, i) => sum + Math.abs(one[i] - two[i]), 0);
        };
        for (const link of document.querySelectorAll('main a[href]')) {
          if (!link.checkVisibility()) continue;
          const style = getComputedStyle(link);
          const underlined = style.textDecorationLine.includes('underline');
          const coloured = apart(style.color, getComputedStyle(/** @type {Element} */ (link.parentElement)).color) > 60;
          const boxed = style.borderTopStyle !== 'none' && parseFloat(style.borderTopWidth) > 0;
          if (!underlined && !coloured && !boxed) out.push(`cannot be told from text: ${link.outerHTML.slice(0, 90)}`);
        }
        for (const box of document.querySelectorAll('.alert, .notice, .inferred')) {
          const style = getComputedStyle(box);
          if (style.borderTopStyle === 'none' || parseFloat(style.borderTopWidth) === 0) out.push(`has no border: ${box.className}`);
        }
        for (const current of document.querySelectorAll('[aria-current="page"]')) {
          const other = document.querySelector('.site-nav li a:not([aria-current], .open)');
          const looks = (/** @type {Element} */ el) => {
            const style = getComputedStyle(el);
            return [style.fontWeight, style.borderInlineStartColor, style.outlineStyle, style.textDecorationLine].join();
          };
          if (other && looks(current) === looks(other)) out.push('the page is not marked in the navigation');
        }
        return out;
      });
      assert.deepEqual(faults, []);
    },
  },
  {
    name: 'with reduced motion nothing moves',
    pages: ['handbook/index.html', 'handbook/tapaukset/index.html', 'kitchen/osat/teksti.html', 'kitchen/osat/termit.html', 'kitchen/glossary.html'],
    modes: [{}, { width: 320 }],
    async run(page) {
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await openAll(page);
      const moving = await page.evaluate(() => {
        const out = new Set();
        for (const el of document.querySelectorAll('*')) {
          for (const part of [undefined, '::before', '::after', '::details-content', '::backdrop']) {
            const style = getComputedStyle(el, part);
            const moves = [style.transitionDuration, style.animationDuration].some((times) => times.split(',').some((time) => parseFloat(time) > 0.01));
            if (moves || style.scrollBehavior === 'smooth') out.add(`${el.localName}.${el.className}${part ?? ''}`);
          }
        }
        return [...out, ...document.getAnimations().map((one) => `animation ${one.id}`)];
      });
      assert.deepEqual(moving, []);
    },
  },
];
