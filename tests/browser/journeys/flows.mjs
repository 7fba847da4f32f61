// Decision flows: every path ends the same with script, without it, over HTTP and from a folder; nothing is kept or sent.
import assert from 'node:assert/strict';
import { eventually, focusIs, heading, onScreen, tabTo } from '../lib/journey.mjs';
import { walkInPlace, walkPages } from '../lib/walks.mjs';

/** @typedef {import('../lib/journey.mjs').Page} Page */

const FIRST = ['handbook/flows/asiakastilanne.html', 'kitchen/flows/reitti.html'];

/**
 * Every path through the flow of a page, by the rows that stand in its templates: the answers and where they end.
 * @param {string} html
 */
function paths(html) {
  const unescape = (/** @type {string} */ text) => text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&amp;', '&');
  const start = /data-start="([^"]+)"/.exec(html)?.[1] ?? '';
  /** @type {Map<string, { id: string, rows: { when: Record<string, string[]>, to: string }[] }[]>} */
  const nodes = new Map();
  for (const template of html.split('<template>').slice(1)) {
    const node = /data-node="([^"]+)"/.exec(template)?.[1] ?? '';
    const answers = [...template.matchAll(/data-answer="([^"]+)" data-next="([^"]+)"/g)];
    nodes.set(node, answers.map(([, id, rows]) => ({ id, rows: JSON.parse(unescape(rows)) })));
  }
  /** @type {{ answers: [string, string][], end: string }[]} */
  const found = [];
  /** @type {(node: string, answers: [string, string][]) => void} */
  const walk = (node, answers) => {
    const options = nodes.get(node) ?? [];
    if (options.length === 0) return void found.push({ answers, end: node });
    for (const { id, rows } of options) {
      const given = new Map([...answers, /** @type {[string, string]} */ ([node, id])]);
      const row = rows.find(({ when }) => Object.entries(when).every(([question, wanted]) => wanted.includes(given.get(question) ?? '')));
      walk(row?.to ?? 'nowhere', [...answers, [node, id]]);
    }
  };
  walk(start, []);
  return found;
}

/** What is shown: the node, and the texts of the step. @param {Page} page */
const step = async (page) => ({
  node: await page.locator('#_step .step, article.flow > .step').getAttribute('data-node'),
  text: (await page.locator('#_step .step, article.flow > .step').innerText()).replace(/\s+/g, ' '),
});

/** All that a page could keep. @param {Page} page */
const kept = (page) => page.evaluate(async () => ({
  cookies: document.cookie,
  local: Object.keys(localStorage).length,
  session: Object.keys(sessionStorage).length,
  databases: (await indexedDB.databases?.())?.length ?? 0,
}));

/** Gives an answer. @param {Page} page @param {string} answer */
const choose = (page, answer) => page.locator(`[data-answer="${answer}"]`).click();

/** The step of a node is shown, at once or a moment later. @param {Page} page @param {string} node @param {string} [why] */
const shows = (page, node, why) => eventually(async () => assert.equal((await step(page)).node, node, why));

/** A heading is shown, and has the focus if that is asked. @param {Page} page @param {string} text @param {{ focus?: boolean }} [options] */
const headed = (page, text, { focus = false } = {}) => eventually(async () => {
  assert.equal(await heading(page), text);
  if (focus) assert.ok(await focusIs(page, 'h1'), 'the focus is on the heading');
});

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'every path of a flow ends in its outcome with script, and the address replays it',
    pages: FIRST,
    modes: [{ protocol: 'http' }, { protocol: 'file' }],
    async run(page, built, url) {
      const all = paths(built.html);
      assert.ok(all.length >= 8, `${all.length} paths`);
      /** @type {Set<string>} */
      const requests = new Set();
      const note = (/** @type {import('playwright-core').Request} */ request) => requests.add(request.url().split('#')[0]);
      page.on('request', note);
      const walked = await walkInPlace(page, all.map(({ answers }) => answers.map(([, answer]) => answer)));
      page.off('request', note);
      for (const [i, { answers, end }] of all.entries()) {
        const { asked, shown, hash, soFar, again, stale } = walked[i];
        assert.deepEqual([...asked, shown.node], [...answers.map(([question]) => question), end]);
        assert.equal(hash, `#${answers.map((pair) => pair.join('=')).join('&')}&result=${end}`);
        assert.deepEqual(again, shown, 'the address shows the same step');
        assert.ok(!stale && soFar === answers.length, `${stale} ${soFar}`);
      }
      // The pictures of the theme are all that the browser may ask for anew.
      assert.deepEqual([...requests].filter((request) => request !== url && !/\/assets\/icons?\.svg$/.test(request)), [], 'nothing is sent');
      if (url.startsWith('http')) assert.deepEqual(await kept(page), { cookies: '', local: 0, session: 0, databases: 0 });
      // To a reader who opens the page by it, the address of an outcome shows that, too.
      const first = walked.filter(({ shown }, i) => walked.findIndex((other) => other.shown.node === shown.node) === i);
      for (const { shown, hash } of first) {
        await page.goto('about:blank');
        await page.goto(`${url}${hash}`);
        await shows(page, shown.node, hash);
        assert.deepEqual(await step(page), shown, 'the address shows the same step');
      }
    },
  },
  {
    name: 'every path of a flow ends in the same outcome without script',
    pages: FIRST,
    modes: [{ protocol: 'http', javascript: false }, { protocol: 'file', javascript: false }],
    async run(page, built, url) {
      const all = paths(built.html);
      const { reached } = await walkPages(page, url, all.map(({ answers }) => answers.map(([, answer]) => answer)));
      for (const [i, { end }] of all.entries()) {
        assert.equal(reached[i].node, end);
        assert.ok(reached[i].url.endsWith(`/${end}.html`), reached[i].url);
      }
    },
  },
  {
    name: 'a step has the focus on its heading, and back and forward show the steps before and after',
    pages: FIRST,
    modes: [{ width: 320 }, { protocol: 'file' }],
    async run(page) {
      const first = await heading(page);
      await tabTo(page, '.answers a');
      await page.keyboard.press('Enter');
      await page.waitForFunction((was) => document.querySelector('h1')?.innerText !== was, first);
      const second = await heading(page);
      await headed(page, second, { focus: true });
      assert.ok(await onScreen(page, 'h1'), 'the heading is on the screen');
      assert.ok((await page.title()).startsWith(second), await page.title());
      await page.goBack();
      await headed(page, first, { focus: true });
      await page.goForward();
      await headed(page, second);
      await page.locator('#_back a').click();
      await headed(page, first);
      assert.equal(await page.locator('#_back').isVisible(), false);
    },
  },
  {
    name: 'the skip link and panels do not lose the step',
    pages: ['handbook/flows/asiakastilanne.html'],
    async run(page, _, url) {
      await page.goto(`${url}#tarve=hakemus`);
      const shown = await step(page);
      await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('.skip')).click());
      assert.deepEqual(await step(page), shown);
      await page.locator('#panel_huoli summary').click();
      assert.match(await page.locator('#panel_huoli').innerText(), /huoli-ilmoitus/i);
      assert.deepEqual(await step(page), shown);
    },
  },
  {
    name: 'an answer can be changed, and the flow begun again',
    pages: ['handbook/flows/asiakastilanne.html'],
    async run(page, _, url) {
      await page.goto(`${url}#tarve=hakemus&kenen=oma&hakemus-tarve=molemmat&result=hakemus-molemmat`);
      await shows(page, 'hakemus-molemmat');
      await page.locator('#_so-far dd a').nth(1).click();
      await shows(page, 'kenen');
      assert.equal(await page.locator('#_so-far dl > div').count(), 1);
      await choose(page, 'muun');
      await shows(page, 'sopimus');
      await page.locator('.restart').click();
      await shows(page, 'tarve');
      assert.equal(await page.locator('#_so-far').isVisible(), false);
    },
  },
  {
    name: 'an answer of the organisation is passed, stands among the answers as its own, and can be changed',
    pages: ['kitchen/flows/palvelu.html'],
    modes: [{ width: 320 }, { protocol: 'file' }],
    async run(page, _, url) {
      await choose(page, 'paikalla');
      await shows(page, 'aika', 'the question is passed');
      const own = page.locator('#_so-far dl > div').nth(1);
      assert.equal(await own.locator('dt').innerText(), 'Antaako toimipiste tätä palvelua?');
      assert.match(await own.locator('dd').innerText(), /^Kyllä\s+oman organisaation vastaus/i);
      assert.equal(new URL(page.url()).hash, '#tapa=paikalla', 'the address holds what the reader answered');
      await choose(page, 'ei');
      await page.locator('#_so-far dd a').nth(1).click();
      await shows(page, 'oma-palvelu');
      await choose(page, 'ei');
      await shows(page, 'ohjaa');
      assert.equal(new URL(page.url()).hash, '#tapa=paikalla&oma-palvelu=ei&result=ohjaa');
      assert.equal(await page.locator('#_so-far .mark').count(), 0, 'it is the reader’s answer now');
      await page.goto('about:blank');
      await page.goto(`${url}#tapa=paikalla&oma-palvelu=kylla&aika=kylla&result=palvele`);
      await shows(page, 'palvele', 'a link that names the answer still leads there');
      await page.locator('#_back a').click();
      await shows(page, 'aika');
    },
  },
  {
    name: 'without script an answer of the organisation is passed and can be changed, too',
    pages: ['kitchen/flows/palvelu.html'],
    modes: [{ javascript: false }, { javascript: false, protocol: 'file', width: 320 }],
    async run(page) {
      await choose(page, 'paikalla');
      await shows(page, 'aika');
      await page.locator('#_so-far dd a').last().click();
      await shows(page, 'oma-palvelu');
      await choose(page, 'ei');
      await shows(page, 'ohjaa');
    },
  },
  {
    name: 'a stale link stops at the first unknown answer and says so',
    pages: ['handbook/flows/asiakastilanne.html'],
    modes: [{}, { protocol: 'file' }],
    async run(page, _, url) {
      for (const [fragment, node] of [
        ['tarve=hakemus&kenen=naapurin&hakemus-tarve=molemmat&result=hakemus-molemmat', 'kenen'],
        ['tarve=viesti&huijaus=ei&result=vanha-ohje', 'huijaus-pysahtyi'],
        ['tarve=viesti&huijaus=ei&vanha-kysymys=kylla&result=huijaus-pysahtyi', 'huijaus-pysahtyi'],
        ['tarve=hakemus&result=hakemus-molemmat', 'kenen'],
        ['vanha=kylla', 'tarve'],
      ]) {
        await page.goto('about:blank');
        await page.goto(`${url}#${fragment}`);
        await shows(page, node, fragment);
        const notice = await page.locator('#_stale').innerText();
        assert.match(notice, /muuttuneet/, fragment);
        assert.equal(await page.locator('#_status').innerText(), notice, 'screen readers hear it');
      }
      await page.goto('about:blank');
      await page.goto(`${url}#tarve=%3Cimg%20src%3Dx%3E&__proto__=x&constructor=y`);
      await shows(page, 'tarve');
      assert.equal(await page.locator('#_stale').isVisible(), true);
    },
  },
  {
    name: 'the page of one state hands on to the page that knows all answers',
    pages: ['handbook/flows/asiakastilanne/kenen--tarve=hakemus.html'],
    async run(page) {
      await choose(page, 'oma');
      await page.waitForURL(/asiakastilanne\.html#tarve=hakemus&kenen=oma$/);
      await shows(page, 'hakemus-tarve');
      assert.equal(await page.locator('#_so-far dl > div').count(), 2);
    },
  },
  {
    name: 'a case is walked in the flow from its page',
    pages: ['handbook/tapaukset/huijausviesti.html'],
    modes: [{}, { protocol: 'file', width: 320 }],
    async run(page) {
      await page.locator('.walks summary').last().click();
      await page.locator('.walks li').last().getByText('Kulje tämä tapaus vuossa').click();
      await page.waitForURL(/asiakastilanne\.html#/);
      await shows(page, 'huijaus-pankki');
      assert.equal(await page.locator('#_so-far dl > div').count(), 2);
    },
  },
  {
    name: 'an outcome fits one printed sheet with its answers and the edition',
    pages: ['handbook/flows/asiakastilanne.html'],
    async run(page, built, url) {
      // Of each outcome the path with the most answers, as it takes the most room.
      const longest = new Map(paths(built.html).sort((a, b) => a.answers.length - b.answers.length).map((path) => [path.end, path]));
      for (const { answers, end } of longest.values()) {
        await page.goto('about:blank');
        await page.goto(`${url}#${answers.map((pair) => pair.join('=')).join('&')}&result=${end}`);
        await page.emulateMedia({ media: 'print' });
        const printed = await page.locator('body').innerText();
        assert.match(printed, /versio 2026\.1/);
        assert.equal(await page.locator('#_so-far dd').count(), answers.length);
        assert.ok(await page.locator('.panels').isHidden());
        const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
        assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 1, `${end} is one sheet`);
        await page.emulateMedia({ media: null });
      }
    },
  },
  {
    name: 'the diagram can be read on a phone',
    pages: ['handbook/flows/asiakastilanne/_diagram.html', 'kitchen/flows/reitti/_diagram.html'],
    modes: [{ width: 320 }, { width: 320, javascript: false, scheme: 'dark' }],
    async run(page) {
      const size = await page.evaluate(() => {
        const text = /** @type {SVGTextElement} */ (document.querySelector('svg.diagram text'));
        const svg = /** @type {SVGElement} */ (document.querySelector('svg.diagram'));
        return { letter: text.getBoundingClientRect().height, wide: svg.getBoundingClientRect().right <= innerWidth };
      });
      assert.ok(size.letter >= 11 && size.wide, JSON.stringify(size));
      const cut = await page.evaluate(() => [...document.querySelectorAll('svg.diagram text')].filter((text) => {
        const box = /** @type {SVGTextElement} */ (text).getBBox();
        return box.x + box.width > 358 || box.x < 0;
      }).map((text) => text.textContent));
      assert.deepEqual(cut, [], 'texts stay in their boxes');
      await page.locator('.flow-table a').first().focus();
    },
  },
];
