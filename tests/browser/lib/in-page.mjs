// What is measured inside a page. Each function here goes into the page by `page.evaluate`, so it stands alone; the
// helpers that several need come with `withEyes`.

/**
 * The source of the helpers that functions in the page share. They say what a reader can see.
 * @returns {Eyes}
 *
 * @typedef {object} Eyes
 * @property {() => { node: Text, rects: DOMRect[], away: boolean }[]} texts  All text that is shown, with its places, cut to what its scroll containers show; `away`: they show none of it now, but scrolling does.
 * @property {(node: Node) => string} label  Names an element for a report.
 */
function eyes() {
  /**
   * What an element and all around it do to the text inside. Each element is asked once.
   * @typedef {{ hidden: boolean, windows: DOMRect[] }} Frame
   * @type {Map<Element, Frame>}
   */
  const frames = new Map([[document.body, { hidden: false, windows: [] }]]);
  /** @type {(el: Element) => Frame} */
  const frameOf = (el) => {
    const known = frames.get(el);
    if (known) return known;
    const { hidden, windows } = el.parentElement ? frameOf(el.parentElement) : { hidden: false, windows: [] };
    const style = getComputedStyle(el);
    const forScreenReadersOnly = style.clipPath === 'inset(50%)' || style.clip === 'rect(0px, 0px, 0px, 0px)';
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
    const frame = { hidden: hidden || forScreenReadersOnly, windows: scrolls ? [...windows, el.getBoundingClientRect()] : windows };
    frames.set(el, frame);
    return frame;
  };
  /** @type {(a: DOMRect, b: DOMRect) => DOMRect} */
  const cut = (a, b) => {
    const left = Math.max(a.left, b.left), top = Math.max(a.top, b.top);
    return new DOMRect(left, top, Math.min(a.right, b.right) - left, Math.min(a.bottom, b.bottom) - top);
  };
  return {
    texts() {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const out = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const el = node.parentElement;
        if (!el || !node.nodeValue?.trim() || !el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || frameOf(el).hidden) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const { windows } = frameOf(el);
        const drawn = [...range.getClientRects()].filter((rect) => rect.width > 0 && rect.height > 0);
        const rects = drawn.map((rect) => windows.reduce(cut, rect)).filter((rect) => rect.width > 0 && rect.height > 0);
        if (drawn.length) out.push({ node: /** @type {Text} */ (node), rects, away: rects.length === 0 });
      }
      return out;
    },
    label(node) {
      const el = node instanceof Element ? node : /** @type {Element} */ (node.parentElement);
      const text = (node.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40);
      return `<${el.localName}${el.id ? ` id=${el.id}` : ''}${el.className && typeof el.className === 'string' ? ` class="${el.className}"` : ''}> “${text}”`;
    },
  };
}

/**
 * Runs a function in the page; it gets the shared helpers and one argument.
 * @template A, T
 * @param {import('playwright-core').Page} page
 * @param {((eyes: Eyes, argument: A) => T) | string} measure
 * @param {A} [argument]
 * @returns {Promise<T>}
 */
export function withEyes(page, measure, argument) {
  const source = `(argument) => (${measure})((${eyes})(), argument)`;
  return page.evaluate(`(${source})(${JSON.stringify(argument ?? null)})`);
}

/**
 * The source of a function that returns what `sideways` finds, and the violations of the security policy since the
 * last call. Its argument says whether every text is measured, or only the document.
 */
export const lookAround = `(eyes, what) => ({
  wide: (${sideways})(eyes, what),
  violations: window.__violations?.splice(0) ?? [],
})`;

/**
 * How each text of the page is drawn, one line for each element that has some: its place among elements and classes, which is
 * all that the theme's rules can tell it by, its colour, size and weight, all grounds down to an opaque one, and, for a link,
 * what tells it from the text around it.
 * @returns {string[]}
 */
export function colours() {
  /**
   * A function of an element that is worked out once for each; it is given the one of the element around it, too.
   * @param {(el: Element, around: string) => string} work @returns {(el: Element | null) => string}
   */
  const once = (work) => {
    /** @type {Map<Element, string>} */
    const known = new Map();
    /** @type {(el: Element | null) => string} */
    const of = (el) => {
      if (!el) return '';
      const before = known.get(el);
      if (before !== undefined) return before;
      const found = work(el, of(el.parentElement));
      known.set(el, found);
      return found;
    };
    return of;
  };
  /** What lies under an element. */
  const grounds = once((el, around) => {
    const { backgroundColor, backgroundImage, opacity } = getComputedStyle(el);
    const own = backgroundColor === 'rgba(0, 0, 0, 0)' && backgroundImage === 'none' && opacity === '1' ? '' : `${backgroundColor} ${backgroundImage} ${opacity},`;
    const covers = own !== '' && !/^rgba|^color\(.*\//.test(backgroundColor) && opacity === '1';
    return covers ? own : own + around;
  });
  /** The elements and classes that an element stands in. */
  const place = once((el, around) => `${around}>${el.localName}.${el.className}`);
  const hasText = (/** @type {Element} */ el) => [...el.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim());
  const all = [...document.body.querySelectorAll('*')].filter((el) => (hasText(el) || el.matches('input, select, textarea')) && el.checkVisibility());
  Object.assign(window, { __drawn: all });
  return all.map((el) => {
    const { color, fontSize, fontWeight, textShadow, textDecorationLine } = getComputedStyle(el);
    const link = el.closest('a');
    const around = link?.parentElement ? [getComputedStyle(link).textDecorationLine, getComputedStyle(link.parentElement).color] : [];
    return [place(el), color, fontSize, fontWeight, textShadow, textDecorationLine, grounds(el), ...around].join(' ');
  });
}

/**
 * Text that stands outside the screen to the left or right, and the width of the document if it scrolls sideways.
 * @param {Eyes} eyes
 * @param {{ texts: boolean } | null} [what]  Whether texts are measured, too; they are, if nothing is said.
 * @returns {string[]}
 */
export function sideways({ texts, label }, what) {
  const root = document.documentElement;
  const width = root.clientWidth;
  const out = [];
  const wide = Math.max(root.scrollWidth, document.body.scrollWidth);
  if (wide > width) {
    const culprits = [...document.body.querySelectorAll('*')].filter((el) => {
      for (let up = el.parentElement; up && up !== document.body; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== 'visible') return false;
      }
      return el.checkVisibility() && el.getBoundingClientRect().right > width + 0.5;
    });
    out.push(`the document is ${wide} px wide on a screen of ${width} px: ${culprits.slice(-1).map(label).join()}`);
  }
  if (what?.texts === false) return out;
  for (const { node, rects } of texts()) {
    if (rects.some((rect) => rect.right > width + 1 || rect.left < -1)) out.push(`text beyond the edge: ${label(node)}`);
  }
  return out;
}

/**
 * Text that a box cuts off and that no scrolling brings back, and text that lies on other text.
 * @param {Eyes} eyes
 * @returns {string[]}
 */
export function lostText({ texts, label }) {
  const out = [];
  const all = texts();
  /** The boxes that can cut off what is in an element, up to one that scrolls; each is measured once.
   * @typedef {{ up: Element, box: DOMRect, across: boolean, down: boolean }} Box
   * @type {Map<Element, Box[]>} */
  const cutting = new Map();
  /** @type {(el: Element) => Box[]} */
  const boxesOf = (el) => {
    const before = cutting.get(el);
    if (before) return before;
    const { overflowX, overflowY, display } = getComputedStyle(el);
    const scrolls = /auto|scroll/.test(overflowX + overflowY);
    const [across, down] = [overflowX !== 'visible', overflowY !== 'visible'];
    const own = scrolls || display === 'inline' || !(across || down) ? [] : [{ up: el, box: el.getBoundingClientRect(), across, down }];
    const out = scrolls || !el.parentElement || el.parentElement === document.documentElement ? own : [...own, ...boxesOf(el.parentElement)];
    cutting.set(el, out);
    return out;
  };
  for (const { node, rects } of all) {
    for (const { up, box, across, down } of boxesOf(/** @type {Element} */ (node.parentElement))) {
      const off = rects.some((rect) => (across && (rect.right > box.right + 1.5 || rect.left < box.left - 1.5))
        || (down && (rect.bottom > box.bottom + rect.height / 4 || rect.top < box.top - rect.height / 4)));
      if (off) out.push(`text cut off by ${label(up)}: ${label(node)}`);
    }
  }
  const boxes = all.flatMap(({ node, rects }) => rects.map((rect) => ({ node, rect }))).sort((a, b) => a.rect.top - b.rect.top);
  boxes.forEach((a, i) => {
    for (let j = i + 1; j < boxes.length && boxes[j].rect.top < a.rect.bottom; j++) {
      const b = boxes[j];
      if (a.node === b.node) continue;
      const across = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
      const down = Math.min(a.rect.bottom, b.rect.bottom) - b.rect.top;
      if (across > 3 && down > Math.min(a.rect.height, b.rect.height) / 2) out.push(`text on text: ${label(a.node)} and ${label(b.node)}`);
    }
  });
  return [...new Set(out)];
}

/** The source of a function that returns what `lostText` and `sideways` find; the texts are looked for once. */
export const lostOrWide = `(eyes) => {
  const all = eyes.texts();
  const seen = { ...eyes, texts: () => all };
  return [...(${lostText})(seen), ...(${sideways})(seen)];
}`;

/**
 * The words that are shown inside an element, each once.
 * @param {Eyes} eyes
 * @param {string} selector
 * @returns {string[]}
 */
export function shownWords({ texts }, selector) {
  const inside = [...document.querySelectorAll(selector)];
  const shown = texts().filter(({ node }) => inside.some((el) => el.contains(node)));
  // The names of columns stand before the cells where a narrow screen stacks them.
  const labels = inside.flatMap((el) => [...el.querySelectorAll('[data-label]')])
    .filter((cell) => cell.checkVisibility() && getComputedStyle(cell, '::before').content !== 'none')
    .map((cell) => cell.getAttribute('data-label') ?? '');
  return [...new Set([...shown.map(({ node }) => node.data), ...labels].flatMap((text) => text.trim().split(/\s+/)))];
}
