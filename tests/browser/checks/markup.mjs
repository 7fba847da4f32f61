// What can be said of a page's HTML without a browser: validity, its head, its links.
import { HtmlValidate } from 'html-validate';
import { posix } from 'node:path';
import config from '../html-validate.config.mjs';

/**
 * @typedef {import('../lib/browser.mjs').Finding} Finding
 * @typedef {import('../lib/books.mjs').Built} Built
 * @typedef {import('../lib/books.mjs').Book} Book
 */

const validator = new HtmlValidate(config);

/**
 * @param {Built} page
 * @returns {Promise<Finding[]>}
 */
export async function valid(page) {
  const report = await validator.validateString(page.html, page.path);
  return report.results.flatMap((result) => result.messages.map(({ ruleId, message, line }) => (
    { check: 'html', message: `${ruleId}: ${message} (line ${line})` })));
}

/** @type {(text: string) => string} */
const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
  .replaceAll('&#x27;', "'").replaceAll('&amp;', '&');

/** @type {(page: Built, pattern: RegExp) => string | undefined} */
const first = (page, pattern) => {
  const match = pattern.exec(page.html);
  return match ? unescape(match[1]) : undefined;
};
const policyOf = (/** @type {Built} */ page) => first(page, /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/);
const titleOf = (/** @type {Built} */ page) => first(page, /<title>([^<]*)<\/title>/);

/**
 * The head: language, page id, security policy, and that the policy comes before all that it shall hold for.
 * @param {Built} page
 * @returns {Finding[]}
 */
export function head(page) {
  /** @type {string[]} */
  const out = [];
  if (!/<html lang="[a-z]{2,8}">/.test(page.html)) out.push('no `lang` on <html>');
  if (!first(page, /<meta name="opas-page" content="([^"]+)">/)) out.push('no meta `opas-page`');
  if (!titleOf(page)?.trim()) out.push('no title');
  const policy = policyOf(page);
  if (policy === undefined) out.push('no security policy');
  else {
    if (/unsafe-|https?:|\*|data:/.test(policy)) out.push(`the security policy is too wide: ${policy}`);
    for (const part of ["default-src 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"]) {
      if (!policy.includes(part)) out.push(`the security policy lacks ${part}`);
    }
    const before = page.html.slice(0, page.html.indexOf('http-equiv="Content-Security-Policy"'));
    if (/<(link|script|style|img)\b/.test(before)) out.push('something stands before the security policy');
  }
  if (/<[^>]+\s(style|on[a-z]+)="/.test(page.html)) out.push('an inline style or handler');
  return out.map((message) => ({ check: 'head', message }));
}

/**
 * Every address inside the book names a file, and every fragment an element of it.
 * @param {Built} page
 * @returns {Finding[]}
 */
export function links(page) {
  /** @type {Finding[]} */
  const out = [];
  for (const [, attribute, raw] of page.html.matchAll(/\s(href|src|action)="([^"]*)"/g)) {
    const address = unescape(raw);
    if (/^[a-z][a-z0-9+.-]*:/.test(address)) continue;
    const [path, fragment] = address.split('#');
    const target = path === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), decodeURIComponent(path.split('?')[0])));
    /** @type {(why: string) => void} */
    const fault = (why) => void out.push({ check: 'link', message: `${attribute}="${address}" ${why}` });
    if (path.startsWith('/')) fault('begins at the root of the server');
    else if (!page.book.files.has(target)) fault('names no file of the book');
    // A fragment with answers is a step of a flow; the journeys follow those.
    else if (fragment && !(fragment.includes('=') && /(^|\/)flows\//.test(target))) {
      const html = page.book.pages.find((one) => one.path === target)?.html;
      if (html !== undefined && !html.includes(` id="${decodeURIComponent(fragment)}"`)) fault('names no element of that page');
    }
  }
  return out;
}

/**
 * What must hold between the pages of a book: titles are unique, the security policy is the same.
 * @param {Book} book
 * @returns {Map<Built, Finding[]>}
 */
export function together(book) {
  /** @type {Map<Built, Finding[]>} */
  const out = new Map(book.pages.map((page) => [page, []]));
  /** @type {Map<string, Built>} */
  const titles = new Map();
  const policies = book.pages.map(policyOf);
  const times = (/** @type {string | undefined} */ policy) => policies.filter((one) => one === policy).length;
  const usual = policies.reduce((a, b) => (times(b) > times(a) ? b : a), policies[0]);
  for (const page of book.pages) {
    const title = titleOf(page) ?? '';
    const other = titles.get(title);
    if (other) out.get(page)?.push({ check: 'title', message: `“${title}” is the title of ${other.path} too` });
    else titles.set(title, page);
    if (policyOf(page) !== usual) out.get(page)?.push({ check: 'head', message: 'another security policy than on the other pages' });
  }
  return out;
}
