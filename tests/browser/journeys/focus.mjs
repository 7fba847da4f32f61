// Where the focus is can be seen at every stop.
import assert from 'node:assert/strict';

/** @typedef {import('../lib/journey.mjs').Page} Page */

/**
 * Notes how every element and what is around it is drawn without the focus.
 * @param {Page} page
 */
const remember = (page) => page.evaluate(() => {
  /** An element's rings, and those of what is around it: a card shows the focus of the link inside. @param {Element} el */
  const rings = (el) => {
    const out = [];
    for (let up = /** @type {Element | null} */ (el), i = 0; up && up !== document.body && i < 4; up = up.parentElement, i++) {
      const style = getComputedStyle(up);
      const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 ? `${style.outlineWidth} ${style.outlineColor}` : '';
      const shadow = matchMedia('(forced-colors: active)').matches || style.boxShadow === 'none' ? '' : style.boxShadow;
      out.push(`${outline}|${shadow}`);
    }
    return out;
  };
  const all = document.querySelectorAll('a[href], button, summary, input, select, textarea, [tabindex]');
  const before = new Map([...all].map((el) => [el, rings(el)]));
  Object.assign(window, { __rings: rings, __before: before });
});

/** @type {(page: Page) => Promise<{ end: boolean, name: string, why: string }>} */
const stop = (page) => page.evaluate(() => {
  const el = /** @type {HTMLElement} */ (document.activeElement);
  if (!el || el === document.body) return { end: true, name: '', why: '' };
  const { __rings: rings, __before: before } = /** @type {any} */ (window);
  const name = `<${el.localName} class="${el.className}"> “${el.textContent?.trim().slice(0, 40)}”`;
  const was = before.get(el);
  const now = rings(el);
  if (!was) return { end: false, name, why: 'is not among the elements that take the focus' };
  const marked = now.some((/** @type {string} */ ring, /** @type {number} */ i) => ring !== '|' && ring !== was[i]);
  if (!marked) return { end: false, name, why: 'has no outline and no shadow when it has the focus' };
  const rects = [...el.getClientRects()];
  const seen = rects.some((rect) => {
    const x = Math.min(Math.max(rect.left + rect.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(rect.top + Math.min(rect.height / 2, 12), 0), innerHeight - 1);
    if (rect.bottom < 0 || rect.top > innerHeight) return false;
    const top = document.elementFromPoint(x, y);
    return top !== null && (el.contains(top) || top.contains(el));
  });
  return { end: false, name, why: seen ? '' : 'is hidden or covered when it has the focus' };
});

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'the focus can be seen at every stop',
    pages: [
      'handbook/index.html', 'handbook/tapaukset/huijausviesti.html', 'handbook/tapaukset/index.html', 'handbook/coverage.html',
      'kitchen/osat/teksti.html', 'kitchen/osat/termit.html', 'kitchen/osat/taulukot.html', 'languages/en/index.html', 'kitchen/contacts.html',
    ],
    modes: [{ width: 320 }, { scheme: 'dark' }],
    run: walk,
  },
  {
    name: 'the focus can be seen at every stop in forced colours',
    pages: ['handbook/index.html', 'handbook/tapaukset/index.html', 'kitchen/osat/termit.html'],
    async run(page) {
      await page.emulateMedia({ forcedColors: 'active' });
      await walk(page);
    },
  },
];

/**
 * Goes through the page with Tab, to the end.
 * @param {Page} page
 */
async function walk(page) {
  await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
  await remember(page);
  const faults = [];
  let stops = 0;
  for (; stops < 400; stops++) {
    await page.keyboard.press('Tab');
    const { end, name, why } = await stop(page);
    if (end) break;
    if (why) faults.push(`${name} ${why}`);
  }
  assert.ok(stops > 3 && stops < 400, `the walk has ${stops} stops: the focus is caught, or never comes`);
  assert.deepEqual(faults, []);
}
