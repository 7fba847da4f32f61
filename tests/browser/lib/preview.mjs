// Journeys through the preview: a book that changes while its page is open in the browser.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { USUAL, openTab, watch } from './browser.mjs';

/** @typedef {import('playwright-core').Page} Page */

const BOOK = '[book]\nid = "esikatselu"\nversion = "1"\nlanguages = ["fi"]\ntitle = "Esikatselu"\n';
const paragraphs = Array.from({ length: 60 }, (_, i) => `## Luku ${i} {#luku-${i}}\n\nKappale ${i} [linkki ${i}](#luku-${i}).\n`).join('\n');
const text = (/** @type {string} */ line) => `---\ntitle: Etusivu\n---\n\n${paragraphs}\n\n${line}\n`;

/** A book in a folder of its own, and the preview of it. */
class Stage {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #port = 0;

  /** @param {string} opas @param {string} dir */
  constructor(opas, dir) {
    this.opas = opas;
    this.dir = dir;
  }

  /** @param {string} opas */
  static async make(opas) {
    const stage = new Stage(opas, await mkdtemp(join(tmpdir(), 'opas-preview-')));
    await stage.write('book.toml', BOOK);
    await stage.write('content/fi/index.md', text('Vanha rivi.'));
    return stage;
  }

  get address() {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Saves a file as editors do: whole, under another name first. @param {string} path @param {string} content */
  async write(path, content) {
    const target = join(this.dir, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}~`, content);
    await rename(`${target}~`, target);
  }

  /** @param {string} path */
  remove(path) {
    return rm(join(this.dir, path), { recursive: true });
  }

  /** Starts the preview, on the same port as before if it ran already. @param {string[]} options */
  async start(options = []) {
    const child = spawn(this.opas, ['serve', '--book', this.dir, '--port', String(this.#port), ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    let said = '';
    this.#port = await new Promise((resolve, reject) => {
      child.on('exit', () => reject(new Error(`the preview ended: ${said}`)));
      child.stdout.on('data', (data) => {
        said += data;
        const port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
        if (port && /^the book(, edition base)?: /m.test(said)) resolve(Number(port));
      });
    });
  }

  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async end() {
    await this.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Waits until the page holds a text. @param {Page} page @param {string} wanted */
const holds = (page, wanted) => page.waitForFunction((one) => document.querySelector('main')?.textContent?.includes(one), wanted);

/** Puts a mark on the page that is lost when it is loaded anew. @param {Page} page */
const mark = (page) => page.evaluate(() => { /** @type {any} */ (window).__same = true; });
/** @param {Page} page */
const isMarked = (page) => page.evaluate(() => /** @type {any} */ (window).__same === true);

const EDITIONS = `${BOOK}\n[editions.kunta]\nlayers = ["kunta"]\n`;
const LAYER = 'name = "kunta"\ntitle = "Esimerkkikunta"\nversion = "1"\n';
const PATCH = '---\nop: patch\n---\n\n:::append {#luku-1}\nKunnan lisä.\n:::\n\n:::remove {#pois}\n:::\n\n:::append {#luku-3}\nToinen lisä.\n:::\n';
const SIDE = '---\ntitle: Sivu\ndraft: true\nreview-by: 2020-01-01\n---\n\nSivun teksti.\n';

/** Begins again with two editions, a draft that is past its review, and an editor. @param {Page} page @param {Stage} stage */
async function withEditions(page, stage) {
  // The page that is open would load itself anew when the preview is there again, across the way to the new address.
  await page.goto('about:blank');
  await stage.stop();
  await stage.write('book.toml', EDITIONS);
  await stage.write('content/fi/sivu.md', SIDE);
  await stage.write('content/fi/index.md', text('Rivi.\n\n## Pois {#pois}\n\nPoistuva.\n\n## Loppu {#loppu}\n\nLoppu.'));
  await stage.write('kunta/overlay.toml', LAYER);
  await stage.write('kunta/content/fi/index.md', PATCH);
  await stage.start(['--all', '--drafts', '--editor', 'vscode://file{path}:{line}', '--today', '2026-01-01']);
  await page.goto(stage.address);
  await page.locator('#_opas_bar').waitFor();
}

/** @type {Record<string, (page: Page, stage: Stage) => Promise<void>>} */
const JOURNEYS = {
  'a saved page is shown with its scroll position, its focus and no load': async (page, stage) => {
    await mark(page);
    await page.locator('a[href="#luku-30"]').filter({ hasText: 'linkki 30' }).focus();
    await page.evaluate(() => scrollTo(0, 1500));
    const before = await page.evaluate(() => scrollY);
    assert.ok(before > 1000, 'the page is long enough');
    await stage.write('content/fi/index.md', text('Uusi rivi.'));
    await holds(page, 'Uusi rivi.');
    await page.waitForFunction((wanted) => scrollY === wanted, before);
    assert.ok(await isMarked(page), 'the page was not loaded anew');
    assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /linkki 30/);
    assert.equal(await page.locator('.body h2 .anchor').count(), 60, 'headings have their links again, once');
    await stage.write('content/fi/index.md', text('Kolmas rivi.'));
    await holds(page, 'Kolmas rivi.');
  },
  'a style sheet is exchanged in the page': async (page, stage) => {
    await mark(page);
    await stage.write('themes/default/assets/style.css', 'h1 { color: rgb(1, 2, 3) }');
    await page.waitForFunction(() => getComputedStyle(/** @type {Element} */ (document.querySelector('h1'))).color === 'rgb(1, 2, 3)');
    await page.waitForFunction(() => document.querySelectorAll('link[rel=stylesheet][href*="style.css"]').length === 1);
    assert.ok(await isMarked(page), 'the page was not loaded anew');
  },
  'a script that has changed loads the page anew, at the same place': async (page, stage) => {
    await mark(page);
    await page.evaluate(() => scrollTo(0, 1500));
    await stage.write('themes/default/assets/opas.js', '"use strict"; document.documentElement.dataset.uusi = "1";');
    await page.waitForFunction(() => document.documentElement.dataset.uusi === '1');
    assert.ok(!(await isMarked(page)));
    await page.waitForFunction(() => scrollY === 1500);
  },
  'a broken template is named with its line, until it is mended': async (page, stage) => {
    await stage.write('themes/default/templates/404.html', '{% extends "base.html" %}\n{% block main %}\n{{ t.moved');
    const box = page.locator('#_opas_faults');
    await box.waitFor();
    assert.match(await box.innerText(), /themes\/default\/templates\/404\.html:\d+:\d+/);
    assert.match(await box.innerText(), /E034/);
    await holds(page, 'Vanha rivi.');
    await stage.remove('themes/default/templates/404.html');
    await box.waitFor({ state: 'detached' });
  },
  'a dead link is named with its line and its source, and can be hidden': async (page, stage) => {
    await stage.write('content/fi/index.md', text('[ei](puuttuu.md) <b>'));
    const box = page.locator('#_opas_faults');
    await box.waitFor();
    const line = text('').split('\n').length - 1;
    assert.match(await box.innerText(), new RegExp(`content/fi/index\\.md:${line}:1`));
    assert.match(await box.innerText(), /\[ei\]\(puuttuu\.md\) <b>/, 'the source is shown as text');
    await box.getByRole('button').click();
    await box.waitFor({ state: 'detached' });
  },
  'a page that comes to be is shown where there was none': async (page, stage) => {
    await page.goto(`${stage.address}uusi/sivu.html`);
    assert.match(await page.title(), /Sivua ei löytynyt/);
    await stage.write('content/fi/uusi/sivu.md', '---\ntitle: Uusi sivu\n---\n\nPerillä.\n');
    await holds(page, 'Perillä.');
  },
  'a preview that is started again is found again': async (page, stage) => {
    await mark(page);
    await stage.stop();
    await page.locator('#_opas_status:not([hidden])').waitFor();
    await stage.write('content/fi/index.md', text('Sillä välin.'));
    await stage.start();
    await holds(page, 'Sillä välin.');
    await page.locator('#_opas_status').waitFor({ state: 'hidden' });
    await stage.write('content/fi/index.md', text('Taas.'));
    await holds(page, 'Taas.');
    assert.ok(await isMarked(page), 'the page was not loaded anew');
  },
  'a page that does not come is asked for again': async (page, stage) => {
    await mark(page);
    let failures = 0;
    await page.route(stage.address, (route) => (route.request().resourceType() === 'fetch' && failures++ === 0 ? route.abort('connectionreset') : route.continue()));
    await stage.write('content/fi/index.md', text('Toisella kerralla.'));
    await holds(page, 'Toisella kerralla.');
    assert.ok(failures > 1, 'the first answer failed');
    assert.ok(await isMarked(page), 'the page was not loaded anew');
  },
  'several editions are shown, with a switch that stays on the page': async (page, stage) => {
    await withEditions(page, stage);
    assert.equal(page.url(), `${stage.address}base/`);
    const bar = page.locator('#_opas_bar');
    assert.equal(await bar.locator('[aria-current]').innerText(), 'base');
    await page.goto(`${stage.address}base/sivu.html`);
    await bar.locator('a[href="/kunta/sivu.html"]').waitFor();
    await bar.getByRole('link', { name: 'kunta' }).click();
    await page.waitForURL(`${stage.address}kunta/sivu.html`);
    await bar.getByRole('link', { name: 'base' }).waitFor();
    await page.goto(`${stage.address}kunta/`);
    await holds(page, 'Kunnan lisä.');
    await stage.write('kunta/content/fi/index.md', PATCH.replace('Kunnan lisä.', 'Uusi lisä.'));
    await holds(page, 'Uusi lisä.');
    await page.goto(`${stage.address}kunta/ei-ole.html`);
    assert.match(await page.title(), /Sivua ei löytynyt/);
    assert.ok(await page.evaluate(() => [...document.styleSheets].some((sheet) => sheet.href?.endsWith('/kunta/assets/style.css'))), 'links of the page that stands in count from its folder');
  },
  'the blocks of layers say where they are written, and lead to the editor': async (page, stage) => {
    await withEditions(page, stage);
    await page.goto(`${stage.address}kunta/`);
    const button = page.getByRole('button', { name: 'Näytä lähteet' });
    await button.focus();
    await page.keyboard.press('Enter');
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    const shown = () => page.locator('.opas-source').allInnerTexts();
    assert.deepEqual(await shown(), ['kunta/content/fi/index.md:5', 'kunta/content/fi/index.md:12', 'kunta/content/fi/index.md:9']);
    assert.match(await page.locator('.opas-source a').first().getAttribute('href') ?? '', /^vscode:\/\/file\/.*\/kunta\/content\/fi\/index\.md:5$/);
    await stage.write('kunta/content/fi/index.md', `${PATCH}\n:::append {#luku-4}\nKolmas lisä.\n:::\n`);
    await holds(page, 'Kolmas lisä.');
    await page.waitForFunction(() => document.querySelectorAll('.opas-source').length === 4);
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('.opas-source').length === 4);
    await button.click();
    assert.deepEqual(await shown(), []);
  },
  'drafts and pages past their review are marked where links lead to them': async (page, stage) => {
    await withEditions(page, stage);
    const link = page.locator('.site-nav a[href="sivu.html"]');
    await link.locator('.opas-mark').waitFor({ state: 'attached' });
    assert.match(await link.textContent() ?? '', /Sivu \(luonnos, tarkistus myöhässä\)/);
    await stage.write('content/fi/sivu.md', SIDE.replace('draft: true\nreview-by: 2020-01-01\n', ''));
    await page.waitForFunction(() => !document.querySelector('.opas-mark'));
  },
  'a layer that the book names later is watched': async (page, stage) => {
    await withEditions(page, stage);
    await stage.write('toinen/overlay.toml', LAYER.replace('"kunta"', '"toinen"'));
    await stage.write('toinen/content/fi/oma.md', '---\ntitle: Oma\n---\n\nEnsin.\n');
    await stage.write('book.toml', EDITIONS.replace('["kunta"]', '["kunta", "toinen"]'));
    await page.goto(`${stage.address}kunta/oma.html`);
    await holds(page, 'Ensin.');
    await stage.write('toinen/content/fi/oma.md', '---\ntitle: Oma\n---\n\nSitten.\n');
    await holds(page, 'Sitten.');
  },
};

/** Faults that a journey brings about itself: addresses that are not there, a server that is gone. */
const EXPECTED = /status 404|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|the server responded with a status of 404/;

/**
 * @param {{ browser: import('playwright-core').Browser, report: import('./report.mjs').Report }} suite
 * @param {string} opas  The program.
 * @returns {(() => Promise<void>)[]}
 */
export function previews({ browser, report }, opas) {
  return Object.entries(JOURNEYS).map(([name, journey]) => () => report.timed('preview', async () => {
    const stage = await Stage.make(opas);
    const page = await openTab(browser, USUAL);
    /** @type {import('./browser.mjs').Finding[]} */
    let findings = [];
    try {
      await stage.start();
      const watching = watch(page, stage.address);
      await page.goto(stage.address);
      await page.waitForFunction(() => document.getElementById('_opas_status'));
      await journey(page, stage);
      findings = (await watching.take()).filter(({ message }) => !EXPECTED.test(message));
    } catch (error) {
      findings = [{ check: name, message: String(/** @type {Error} */ (error).message).split('\n').slice(0, 3).join(' ') }];
    }
    await page.context().close();
    await stage.end();
    report.test('preview', name, findings);
  }));
}
