// What the list under the field and the page of results have in common.

import { excerpt, pieces, type Piece } from "./marks.ts";
import type { Answer, Library, Result } from "./search.ts";

/** Makes an element with a class, attributes and contents; strings become text. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  ...contents: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...contents);
  return element;
}

/** Puts pieces of text into an element, marked ones in `mark`. */
function marked(element: HTMLElement, parts: Piece[]): HTMLElement {
  element.append(...parts.map(({ text, isMarked }) => (isMarked ? make("mark", {}, text) : text)));
  return element;
}

/** Fills a link with a result's title, place, kind and excerpt; they are in the page's language. */
export function fill(link: HTMLAnchorElement, library: Library, answer: Answer, result: Result, length: number): void {
  const { page, document: found } = result;
  const title = page.title || library.texts.glossary?.[0] || "";
  const lang: Record<string, string> = page.lang ? { lang: page.lang } : {};
  link.append(marked(make("span", { class: "result-title", ...lang }), pieces(found.heading ?? title, answer.isFound)));
  const facts = make("span", { class: "result-facts" });
  facts.append(make("span", { class: "result-kind" }, library.text(`search-kind-${page.kind}`)));
  const layer = found.layer ?? page.layer;
  if (layer) facts.append(make("span", { class: "result-own" }, library.texts.layers[layer] ?? library.text("search-own-label")));
  if (found.heading) facts.append(make("span", { class: "result-page", ...lang }, title));
  link.append(facts);
  const shown = excerpt(found.text, answer.isFound, length);
  if (shown.length > 0) link.append(marked(make("span", { class: "result-text", ...lang }), shown));
  link.addEventListener("click", () => library.keepMarks(answer, result.href));
}

/** Makes what is shown where nothing sure is found: that it is so, what may have been meant, and ways on. */
export function none(library: Library, answer: Answer, action: string): Node[] {
  const key = answer.found.length === 0 ? "search-none" : "search-unsure";
  const nodes: Node[] = [make("p", { class: "search-none" }, library.text(key))];
  if (answer.meant) nodes.push(meant(library, answer.meant, action));
  nodes.push(make("p", {}, library.text("search-none-help")));
  const links = library.texts.ways.map(([title, path]) => make("li", {}, make("a", { href: library.root + path }, title)));
  nodes.push(make("p", {}, `${library.text("search-ways")}:`), make("ul", {}, ...links));
  return nodes;
}

/** Makes the question whether something else was meant. */
export function meant(library: Library, query: string, action: string): HTMLElement {
  const link = make("a", { href: resultsAddress(action, query) }, query);
  return make("p", { class: "search-meant" }, `${library.text("search-mean")} `, link, "?");
}

/** Splits results into those that answer and those that may. */
export function groups<Of extends { weak: boolean }>(found: Of[]): [Of[], Of[]] {
  return [found.filter((one) => !one.weak), found.filter((one) => one.weak)];
}

/** Returns the address of the page of results for a query. */
export const resultsAddress = (action: string, query: string): string =>
  `${action}?q=${encodeURIComponent(wellFormed(query.trim()))}`;

/** Returns a text without halves of characters, which no address can hold. */
function wellFormed(text: string): string {
  return [...text].filter((letter) => !/^[\ud800-\udfff]$/.test(letter)).join("");
}
