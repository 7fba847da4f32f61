// Takes the pictures of the README: `node pictures.mjs SITE OUT`. SITE is the built handbook of this repository.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { USUAL, launch, openTab } from './lib/browser.mjs';

const [site, out] = process.argv.slice(2);
if (!site || !out) {
  console.error('usage: node pictures.mjs SITE OUT');
  process.exit(2);
}

/** Each picture: its name, the page, how it is opened. @type {{ name: string, page: string, mode?: Partial<import('./lib/browser.mjs').Mode>, height?: number, print?: boolean }[]} */
const PICTURES = [
  { name: 'front', page: 'index.html', height: 720 },
  { name: 'case-phone', page: 'tapaukset/huijausviesti.html', mode: { width: 390 }, height: 844 },
  { name: 'cases-dark', page: 'cases.html', mode: { scheme: 'dark' }, height: 720 },
  { name: 'quick-card', page: 'print/tapaukset/vieraskielinen-asiakas.html', mode: { width: 794 }, height: 720, print: true },
];
const browser = await launch();
for (const { name, page, mode, height, print } of PICTURES) {
  const full = { ...USUAL, protocol: /** @type {const} */ ('file'), ...mode };
  const tab = await openTab(browser, full);
  await tab.setViewportSize({ width: full.width, height: height ?? 720 });
  if (print) await tab.emulateMedia({ media: 'print' });
  await tab.goto(pathToFileURL(resolve(site, page)).href);
  await tab.screenshot({ path: join(out, `${name}.png`) });
  await tab.context().close();
}
await browser.close();
