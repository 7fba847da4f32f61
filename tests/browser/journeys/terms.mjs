// Terms: a button that opens the definition.
import assert from 'node:assert/strict';
import { axe } from '../checks/look.mjs';
import { BOTH, SIZES, focusIs, follow, tabTo } from '../lib/journey.mjs';

/** @typedef {import('../lib/journey.mjs').Page} Page */

const opened = (/** @type {Page} */ page) => page.locator('.definition:popover-open').count();

/** Brings the button of a term into the middle of the screen; returns its name, where it is, and whether it is what lies there. @param {number} number */
const place = (number) => {
  const button = /** @type {HTMLElement} */ (document.querySelectorAll('button.term')[number]);
  button.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, top, width, height } = button.getClientRects()[0];
  const spot = [left + width / 2, top + height / 2];
  return { name: button.innerText, spot, on: document.elementFromPoint(spot[0], spot[1])?.closest('button') === button };
};

/** Returns how many definitions are open, how one is off the screen, and a place where a click hits nothing that takes it. */
const look = () => {
  const all = document.querySelectorAll('.definition:popover-open');
  const off = [...all].map((el) => {
    const { left, top, right, bottom } = el.getBoundingClientRect();
    const fits = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    const cut = el.scrollWidth > el.clientWidth + 1;
    return fits && !cut ? '' : `${[left, top, right, bottom].map(Math.round)} on ${innerWidth} × ${innerHeight}${cut ? ', cut off' : ''}`;
  }).join('');
  for (let y = 2; y < innerHeight; y += 7) {
    for (let x = 2; x < innerWidth; x += 7) {
      if (document.elementFromPoint(x, y)?.closest('a, button, summary, .definition, .cards li') === null) return { open: all.length, off, free: [x, y] };
    }
  }
  return { open: all.length, off, free: [0, 0] };
};

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'a definition opens by Enter, closes by Escape, and the focus stays at the term',
    pages: ['handbook/tapaukset/huijausviesti.html', 'kitchen/osat/termit.html', 'languages/delar/index.html'],
    modes: [...BOTH, { width: 320 }, { protocol: 'file' }],
    async run(page) {
      await tabTo(page, 'button.term');
      for (const key of ['Enter', 'Space']) {
        await page.keyboard.press(key);
        assert.equal(await opened(page), 1, `${key} does not open the definition`);
        await page.keyboard.press('Escape');
        assert.equal(await opened(page), 0, `Escape does not close the definition that ${key} opened`);
        assert.ok(await focusIs(page, 'button.term'), 'the focus is not back at the term');
      }
    },
  },
  {
    name: 'the link in a definition is next in the order and leads to the glossary; Escape from there returns the focus',
    pages: ['handbook/tapaukset/huijausviesti.html', 'kitchen/osat/termit.html'],
    modes: BOTH,
    async run(page) {
      await tabTo(page, 'button.term');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      assert.ok(await focusIs(page, '.definition:popover-open a'), 'Tab does not go into the definition');
      await page.keyboard.press('Escape');
      assert.equal(await opened(page), 0);
      assert.ok(await focusIs(page, 'button.term'), 'the focus is not back at the term');
      await page.keyboard.press('Enter');
      await tabTo(page, '.definition:popover-open a[href*="glossary.html"]', { limit: 4 });
      await follow(page);
      const target = await page.evaluate(() => document.querySelector(':target')?.localName);
      assert.equal(target, 'dt', 'it does not lead to the entry of the glossary');
    },
  },
  {
    name: 'every definition opens by click, stands on the screen, and closes by a click elsewhere',
    pages: (built) => built.html.includes('class="term" popovertarget'),
    modes: SIZES,
    async run(page) {
      await page.evaluate(() => document.querySelectorAll('.body details').forEach((details) => { /** @type {HTMLDetailsElement} */ (details).open = true; }));
      const count = await page.locator('button.term').count();
      for (let i = 0; i < count; i++) {
        const { name, spot, on } = await page.evaluate(place, i);
        assert.ok(on, `“${name}” is covered by something`);
        await page.mouse.click(spot[0], spot[1]);
        const { open, off, free } = await page.evaluate(look);
        assert.equal(open, 1, `“${name}” does not open`);
        assert.equal(off, '', `the definition of “${name}” is not wholly on the screen: ${off}`);
        await page.mouse.click(free[0], free[1]);
        assert.equal(await opened(page), 0, `a click elsewhere does not close “${name}”`);
      }
    },
  },
  {
    name: 'an open definition is accessible and can be read',
    pages: ['kitchen/osat/termit.html'],
    modes: [{ width: 320 }, { scheme: 'dark' }, {}],
    async run(page) {
      await tabTo(page, 'button.term');
      await page.keyboard.press('Enter');
      assert.deepEqual(await axe(page, { within: '.definition:popover-open' }), []);
    },
  },
];
