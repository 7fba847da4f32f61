// Walks of all paths of a flow: on its page, which steps in place, and from page to page, as a reader without script goes.

/** @typedef {import('./browser.mjs').Page} Page */
/** @typedef {{ node: string, text: string }} Shown  What is shown of a flow: the node, and all text of the step. */

/**
 * Walks all paths on the page that steps in place, each from the start, by its links, and then comes back by the address that it had.
 * @param {Page} page @param {string[][]} paths  The answers of each.
 * @returns {Promise<{ asked: string[], shown: Shown, hash: string, soFar: number, again: Shown, stale: boolean }[]>}  For each path the
 * questions that were shown, where it ends, the address there, how many answers are listed, what the address shows
 * when one comes back, and whether it is said to be out of date.
 */
export const walkInPlace = (page, paths) => page.evaluate(async (all) => {
  const link = (/** @type {string} */ selector) => {
    const found = document.querySelector(selector);
    if (!found?.checkVisibility({ visibilityProperty: true, opacityProperty: true })) throw new Error(`${selector} cannot be seen at ${location.href}`);
    return /** @type {HTMLElement} */ (found);
  };
  /** @type {(act: () => void) => Promise<void>} */
  const moved = (act) => new Promise((resolve, reject) => {
    const before = location.hash;
    addEventListener('hashchange', () => setTimeout(resolve), { once: true });
    act();
    if (location.hash === before) reject(new Error(`nothing moves at ${location.href}`));
  });
  const shown = () => {
    const step = /** @type {HTMLElement} */ (link('#_step .step'));
    return { node: step.dataset.node ?? '', text: step.innerText.replace(/\s+/g, ' ') };
  };
  const begin = () => (location.hash ? moved(() => link('.restart').click()) : undefined);
  const out = [];
  for (const answers of all) {
    await begin();
    const asked = [];
    for (const answer of answers) {
      asked.push(shown().node);
      await moved(() => link(`#_step [data-answer="${answer}"]`).click());
    }
    const [end, hash, soFar] = [shown(), location.hash, document.querySelectorAll('#_so-far dl > div').length];
    await begin();
    await moved(() => { location.hash = hash; });
    out.push({ asked, shown: end, hash, soFar, again: shown(), stale: !/** @type {HTMLElement} */ (document.getElementById('_stale')).hidden });
  }
  return out;
}, paths);

/**
 * Reads what a page of one state is, and where its answers lead, as a reader without script has it.
 * @param {Page} page @returns {Promise<{ node: string, answers: Record<string, string> }>}
 */
const readState = (page) => page.evaluate(() => ({
  node: document.querySelector('article.flow .step')?.getAttribute('data-node') ?? '',
  answers: Object.fromEntries([...document.querySelectorAll('article.flow .step [data-answer]')].map((link) =>
    [link.getAttribute('data-answer'), /** @type {HTMLAnchorElement} */ (link).href])),
}));

/**
 * Walks all paths from page to page. A page of a state keeps nothing, so that an answer on it leads to the same page however
 * one came there: each is read once.
 * @param {Page} page @param {string} start @param {string[][]} paths
 * @returns {Promise<{ reached: { node: string, url: string }[], visited: number }>}  Where each ends, and how many pages were visited.
 */
export async function walkPages(page, start, paths) {
  /** @type {Map<string, Awaited<ReturnType<typeof readState>>>} */
  const states = new Map();
  const stateAt = async (/** @type {string} */ url) => {
    let state = states.get(url);
    if (!state) {
      // What is read is there before the pictures are; the suite looks at whole pages elsewhere.
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      state = await readState(page);
      states.set(url, state);
    }
    return state;
  };
  const reached = [];
  for (const answers of paths) {
    let url = start;
    let state = await stateAt(url);
    for (const answer of answers) {
      url = state.answers[answer];
      state = await stateAt(url);
    }
    reached.push({ node: state.node, url });
  }
  return { reached, visited: states.size };
}
