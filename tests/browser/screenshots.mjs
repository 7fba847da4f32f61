// Takes screenshots for people to look at: `node screenshots.mjs SITE OUT [PAGE…]`. SITE is a folder that opas built; pages
// are named by their path in it; without names, the front page is taken. Files are named
// `<page>-<phone|desktop>-<light|dark>.png`, `<page>-print.png`, and `<page>-phone-menu.png` with the menu open.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { USUAL, launch, openTab } from './lib/browser.mjs';

const [site, out, ...named] = process.argv.slice(2);
if (!site || !out) {
  console.error('usage: node screenshots.mjs SITE OUT [PAGE…]');
  process.exit(2);
}
const pages = named.length ? named : ['index.html'];
await mkdir(out, { recursive: true });
const browser = await launch();

/** Every look: its name, how the tab is opened, and what is done before the picture. */
const LOOKS = [
  { name: 'phone-light', mode: { width: 360 } },
  { name: 'phone-dark', mode: { width: 360, scheme: /** @type {const} */ ('dark') } },
  { name: 'phone-menu', mode: { width: 360 }, before: openMenu },
  { name: 'desktop-light', mode: {} },
  { name: 'desktop-dark', mode: { scheme: /** @type {const} */ ('dark') } },
  { name: 'forced-colours', mode: {}, before: (/** @type {import('playwright-core').Page} */ tab) => tab.emulateMedia({ forcedColors: 'active' }) },
  { name: 'print', mode: { width: 672 }, before: (/** @type {import('playwright-core').Page} */ tab) => tab.emulateMedia({ media: 'print' }) },
];

/** @param {import('playwright-core').Page} tab */
async function openMenu(tab) {
  const menu = tab.locator('.site-nav summary');
  if (await menu.isVisible()) await menu.click();
}

for (const { name, mode, before } of LOOKS) {
  const tab = await openTab(browser, { ...USUAL, protocol: 'file', ...mode });
  for (const page of pages) {
    await tab.goto(pathToFileURL(resolve(site, page)).href);
    await before?.(tab);
    const file = join(out, `${page.replace(/\.html$/, '').replaceAll('/', '--')}-${name}.png`);
    await tab.screenshot({ path: file, fullPage: true });
    console.log(file);
  }
  await tab.context().close();
}
await browser.close();
