// Text of layers: whose it is can be told by a screen reader, on paper and without colour.
//
// The kitchen's layer says `Oma teksti …` wherever it says something, its book `Kirjan teksti …`; in the book of languages they say
// `Egen text …` and `Bokens text …`. What belongs to whom is told from that (what the layer replaced is `Vanha teksti …` or
// `Gammal text …`), and never from the classes or attributes of the page.
import assert from 'node:assert/strict';

/** @typedef {import('../lib/journey.mjs').Page} Page */

/** The organisation of the layer, as the pages name it. */
const ORGANISATION = /Oma organisaatio|Egen organisation|Own organisation/;
const OWN = /^(Oma teksti|Egen text)/;
const BOOK = /^(Kirjan (teksti|johdanto)|Bokens text)/;

/** The pages that show text of the layer; a flow's first page has it in reserve for the script alone. */
const layered = (/** @type {import('../lib/journey.mjs').Built} */ built) =>
  /<p>(Oma teksti|Egen text)/.test(built.html) && !/^(en\/)?flows\/[^/]+$/.test(built.path);

/**
 * The page as a screen reader is given it, in its order: each text with the names of the groups that it stands in, the innermost first.
 * @param {Page} page @returns {Promise<{ text: string, groups: string[] }[]>}
 */
async function heard(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  /** @type {{ text: string, groups: string[] }[]} */
  const out = [];
  /** @type {(node: typeof nodes[number] | undefined, groups: string[]) => void} */
  const hear = (node, groups) => {
    if (!node) return;
    const name = node.ignored ? '' : String(node.name?.value ?? '').trim();
    if (name && node.role?.value === 'StaticText') out.push({ text: name, groups });
    const within = name && node.role?.value === 'group' ? [name, ...groups] : groups;
    for (const id of node.childIds ?? []) hear(byId.get(id), within);
  };
  hear(nodes.find(({ parentId }) => !parentId), []);
  return out;
}

/**
 * How the text of the layer is told from the book's on the screen: for each paragraph of either, the label and the frame
 * of the nearest group around it, as far as they can be seen.
 * @param {Page} page @returns {Promise<{ text: string, label: string, frame: boolean }[]>}
 */
const seen = (page) => page.evaluate((either) => {
  const isClear = (/** @type {string} */ colour) => /^rgba\(.*, 0\)$/.test(colour);
  const isDrawn = (/** @type {Element} */ el) => {
    const { color, fontSize, clipPath } = getComputedStyle(el);
    const { width, height } = el.getBoundingClientRect();
    return el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && clipPath === 'none'
      && width > 1 && height > 1 && parseFloat(fontSize) > 6 && !isClear(color);
  };
  /** The ground that an element stands on. @type {(el: Element | null) => string} */
  const ground = (el) => {
    for (let up = el; up; up = up.parentElement) {
      const { backgroundColor } = getComputedStyle(up);
      if (!isClear(backgroundColor)) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('main p')].filter((p) => new RegExp(either).test(p.textContent ?? '') && p.checkVisibility()).map((p) => {
    const group = p.closest('[role="group"]');
    const named = group && document.getElementById(group.getAttribute('aria-labelledby') ?? '');
    const label = named ?? [...group?.querySelectorAll('p') ?? []].find((one) => one.textContent === group?.ariaLabel);
    const style = group && getComputedStyle(group);
    const frame = style !== null && style.borderInlineStartStyle !== 'none' && parseFloat(style.borderInlineStartWidth) >= 1
      && style.borderInlineStartColor !== ground(group.parentElement) && !isClear(style.borderInlineStartColor);
    return { text: p.textContent ?? '', label: label && isDrawn(label) ? label.innerText : '', frame };
  });
}, `${OWN.source}|${BOOK.source}`);

/** @param {{ text: string, label: string, frame: boolean }[]} all */
function areTold(all) {
  const own = all.filter(({ text }) => OWN.test(text));
  assert.ok(own.length > 0, 'nothing of the layer is shown');
  assert.deepEqual(own.filter(({ label }) => !ORGANISATION.test(label)).map(({ text }) => text), [], 'nothing says in words whose this is');
  assert.deepEqual(own.filter(({ frame }) => !frame).map(({ text }) => text), [], 'no line beside it');
  assert.deepEqual(all.filter(({ text, label, frame }) => BOOK.test(text) && (label || frame)).map(({ text }) => text), [], 'the text of the book looks like the layer\'s');
}

/** Takes all colours from a page: ink on white, and nothing else. @param {Page} page */
const withoutColours = (page) => page.evaluate(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*, ::before, ::after { color: #000 !important; background: #fff !important; border-color: #000 !important; box-shadow: none !important; }');
  document.adoptedStyleSheets = [sheet];
});

/** @type {import('../lib/journey.mjs').Journey[]} */
export default [
  {
    name: 'a screen reader says whose each text is',
    pages: layered,
    stays: true,
    async run(page) {
      const all = await heard(page);
      const own = all.filter(({ text }) => OWN.test(text));
      assert.ok(own.length > 0, 'nothing of the layer is heard');
      assert.deepEqual(own.filter(({ groups }) => !ORGANISATION.test(groups[0] ?? '')), [], 'a text of the layer that stands in no group with its name');
      assert.deepEqual(all.filter(({ text, groups }) => BOOK.test(text) && groups.length > 0), [], 'a text of the book in a group of the layer');
    },
  },
  {
    name: 'a screen reader says that something is gone, and whose words those are that can be opened',
    pages: ['kitchen/osat/kerrokset.html'],
    async run(page) {
      const shown = await heard(page);
      const gone = shown.filter(({ text }) => /jättänyt tämän kohdan pois: Oma organisaatio/.test(text));
      assert.equal(gone.length, 1, 'nothing says that the layer has taken a section away');
      assert.deepEqual(shown.filter(({ text }) => /poistetaan|korvataan/.test(text)), [], 'the old text is read out unasked');
      const summaries = page.locator('main summary', { hasText: 'Näytä alkuperäinen teksti' });
      const count = await summaries.count();
      assert.equal(count, 3);
      for (let i = 0; i < count; i++) await summaries.nth(i).press('Enter');
      const old = (await heard(page)).filter(({ text }) => /poistetaan|korvataan/.test(text));
      assert.equal(old.length, 3, 'the old text is not there to be read');
      assert.deepEqual(old.filter(({ groups }) => !groups.some((name) => ORGANISATION.test(name))), [], 'old text outside the group of what replaced it');
    },
  },
  {
    name: 'the text of a layer is told from the book\'s in words and by a line',
    pages: layered,
    stays: true,
    async run(page) {
      areTold(await seen(page));
    },
  },
  {
    name: 'the text of a layer is told from the book\'s on paper',
    pages: layered,
    stays: true,
    async run(page) {
      await page.emulateMedia({ media: 'print' });
      areTold(await seen(page));
      const split = await page.evaluate(() => [...document.querySelectorAll('main [role="group"][aria-labelledby]')]
        .map((group) => document.getElementById(group.getAttribute('aria-labelledby') ?? ''))
        .filter((label) => label && getComputedStyle(label).breakAfter !== 'avoid').map((label) => label?.textContent));
      assert.deepEqual(split, [], 'a label that can stand alone at the end of a sheet');
    },
  },
  {
    name: 'the text of a layer is told from the book\'s without colour',
    pages: layered,
    stays: true,
    async run(page) {
      await page.emulateMedia({ forcedColors: 'active' });
      areTold(await seen(page));
      await page.emulateMedia({ forcedColors: null });
      await withoutColours(page);
      areTold(await seen(page));
    },
  },
  {
    name: 'a flow says whose an answer and an outcome are',
    pages: ['kitchen/flows/palvelu.html'],
    modes: [{ javascript: true }, { javascript: false }],
    async run(page) {
      const own = page.getByRole('link', { name: 'Kotikäynnillä' });
      await own.waitFor();
      const all = await page.getByRole('listitem').evaluateAll((items) => items.filter((item) => item.checkVisibility()).map((item) => item.textContent ?? ''));
      const named = all.filter((text) => /Oma organisaatio/.test(text));
      assert.equal(named.length, 1, `answers that are said to be the layer's: ${named}`);
      assert.match(named[0], /Kotikäynnillä/);
      await own.click();
      await page.getByText('Oma teksti vuossa.').waitFor();
      const heading = await heard(page);
      const at = (/** @type {RegExp} */ wanted) => heading.findIndex(({ text }) => wanted.test(text));
      const [title, whose, text] = [at(/^Varaa kotikäynti$/), at(/^Organisaation oma ohje: Oma organisaatio$/), at(/^Oma teksti vuossa\.$/)];
      assert.ok(title >= 0 && title < whose && whose < text, `whose the outcome is, is not said between its heading and its text: ${[title, whose, text]}`);
    },
  },
];
