// What catches each bad page: the names of checks, and the name of a journey that must fail on it. Nothing else may.

/**
 * @typedef {object} Expected
 * @property {string} page
 * @property {string[]} [checks]  `console`, `csp`, `outside`, `failed`, `scroll`, `axe`, `html`, `head`, `title`, `link`.
 * @property {string} [journey]
 */

const focus = 'the focus can be seen at every stop';
const zoom = 'at 400 % no text is cut off, covered or gone';
const paper = 'on paper the navigation is gone and the whole text is there';
const skip = 'the skip link comes first, can be seen, and moves to the main text';

/** @type {Expected[]} */
export default [
  { page: 'good.html' },
  { page: 'console-error.html', checks: ['console'] },
  { page: 'console-warning.html', checks: ['console'] },
  { page: 'inline-script.html', checks: ['csp'] },
  { page: 'inline-style.html', checks: ['csp', 'head', 'html'] },
  { page: 'unsafe-sink.html', checks: ['csp', 'console'] },
  { page: 'wide-policy.html', checks: ['head'] },
  { page: 'no-policy.html', checks: ['head'] },
  { page: 'external-request.html', checks: ['console', 'failed', 'head', 'outside'] },
  { page: 'outside-folder.html', checks: ['console', 'failed', 'link', 'outside'] },
  { page: 'missing-file.html', checks: ['console', 'failed', 'link'] },
  { page: 'dead-link.html', checks: ['link'] },
  { page: 'horizontal-scroll.html', checks: ['scroll'] },
  { page: 'contrast.html', checks: ['axe'] },
  { page: 'missing-alt.html', checks: ['axe', 'html'] },
  { page: 'invalid-html.html', checks: ['axe', 'html'] },
  { page: 'duplicate-id.html', checks: ['html'] },
  { page: 'no-language.html', checks: ['axe', 'head', 'html'] },
  { page: 'no-page-id.html', checks: ['head'] },
  { page: 'same-title.html', checks: ['title'] },
  { page: 'focus-removed.html', journey: focus },
  { page: 'focus-covered.html', journey: focus },
  { page: 'focus-forced.html', journey: 'the focus can be seen at every stop in forced colours' },
  { page: 'clipped.html', checks: ['scroll'], journey: zoom },
  { page: 'overlap.html', journey: zoom },
  { page: 'broken-button.html', journey: zoom },
  { page: 'gone.html', journey: zoom },
  { page: 'spacing.html', journey: 'wide spacing of text (WCAG 1.4.12) loses no text' },
  { page: 'no-skip-link.html', journey: skip },
  { page: 'skip-nowhere.html', checks: ['axe', 'link'], journey: skip },
  { page: 'printed-navigation.html', journey: paper },
  { page: 'unprinted-text.html', journey: paper },
  { page: 'unprinted-details.html', journey: paper },
  { page: 'moving.html', journey: 'with reduced motion nothing moves' },
  { page: 'plain-links.html', journey: 'in forced colours nothing is lost: text, links, the page in the navigation, alerts' },
  { page: 'menu-broken.html', journey: 'on a phone the menu opens by Enter and its links work' },
  { page: 'term-broken.html', journey: 'a definition opens by Enter, closes by Escape, and the focus stays at the term' },
  { page: 'term-off-screen.html', journey: 'every definition opens by click, stands on the screen, and closes by a click elsewhere' },
  { page: 'footnote-broken.html', journey: 'a footnote opens by Enter, and its way back leads to the same place' },
  { page: 'layer-unnamed.html', journey: 'a screen reader says whose each text is' },
  { page: 'layer-unseen.html', journey: 'the text of a layer is told from the book\'s in words and by a line' },
  { page: 'layer-by-colour.html', journey: 'the text of a layer is told from the book\'s without colour' },
  { page: 'layer-unprinted.html', journey: 'the text of a layer is told from the book\'s on paper' },
  { page: 'stuck-table.html', journey: 'wide tables and code can be scrolled with the keyboard', checks: ['axe'] },
];
