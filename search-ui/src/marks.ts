// Which words of a text a query found, and their marks on the page that is opened.

import { words } from "./words.ts";

/** Where the words of the last result that was opened are kept until its page has marked them. */
export const MARKS = "opas-marks";
const MOST_MARKS = 300;

/** The forms that a query found: whole words, and parts of compounds. */
export interface Forms {
  whole: string[];
  parts: string[];
}

/** A piece of a text, marked or not. */
export interface Piece {
  text: string;
  isMarked: boolean;
}

/** Returns a function that says whether a folded word is one of the forms. */
export function finder({ whole, parts }: Forms): (word: string) => boolean {
  const known = new Set(whole);
  return (word) =>
    known.has(word) || parts.some((part) => word !== part && (word.startsWith(part) || word.endsWith(part)));
}

/** Returns a text in pieces, with the words that were found marked. */
export function pieces(text: string, isFound: (word: string) => boolean): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const word of words(text)) {
    if (!isFound(word.text)) continue;
    if (word.start > from) found.push({ text: text.slice(from, word.start), isMarked: false });
    found.push({ text: text.slice(word.start, word.end), isMarked: true });
    from = word.end;
  }
  if (from < text.length) found.push({ text: text.slice(from), isMarked: false });
  return found;
}

/** Returns the part of a text with the most of what was found, at most about `length` characters. */
export function excerpt(text: string, isFound: (word: string) => boolean, length: number): Piece[] {
  const flat = text.replace(/\s+/g, " ").trim();
  const all = words(flat);
  let [best, start] = [-1, 0];
  const hits = all.filter((word) => isFound(word.text));
  for (const first of hits) {
    const inside = new Set(hits.filter((word) => word.start >= first.start && word.end <= first.start + length - 30).map((word) => word.text));
    if (inside.size > best) [best, start] = [inside.size, first.start];
  }
  // A few words before the first one that was found, from the start of its sentence where that is near.
  if (start > 0) {
    const sentence = Math.max(flat.lastIndexOf(". ", start), flat.lastIndexOf("? ", start)) + 2;
    start = sentence > 1 && start - sentence < 50 ? sentence : Math.max(0, start - 40);
    if (start < 40) start = 0;
    else if (start !== sentence) start = flat.indexOf(" ", start) + 1;
  }
  let end = Math.min(flat.length, start + length);
  if (end < flat.length) end = Math.max(flat.lastIndexOf(" ", end), start + length / 2);
  const shown = `${start > 0 ? "… " : ""}${flat.slice(start, end)}${end < flat.length ? " …" : ""}`;
  return pieces(shown, isFound);
}

interface Kept extends Forms {
  path: string;
  said: string;
  button: string;
}

/** Marks the words of the search that led to this page; the text itself stays as it is. */
export function markPage(kept: string): void {
  const { path, whole, parts, said, button } = JSON.parse(kept) as Kept;
  sessionStorage.removeItem(MARKS);
  const main = document.querySelector("main");
  if (path !== location.pathname || !main || !("highlights" in CSS)) return;
  const isFound = finder({ whole, parts });
  const ranges: Range[] = [];
  const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node && ranges.length < MOST_MARKS; node = texts.nextNode()) {
    if (node.parentElement?.closest("nav, [popover], button, .anchor")) continue;
    for (const word of words(node.nodeValue ?? "")) {
      if (!isFound(word.text)) continue;
      const range = new Range();
      range.setStart(node, word.start);
      range.setEnd(node, word.end);
      ranges.push(range);
    }
  }
  if (ranges.length === 0) return;
  CSS.highlights.set("opas-search", new Highlight(...ranges));
  const note = document.createElement("p");
  note.className = "marked";
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = button;
  remove.addEventListener("click", () => {
    CSS.highlights.delete("opas-search");
    note.remove();
    // The reader stays at what is being read.
    const isShown = (element: HTMLElement): boolean => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight && bottom > top;
    };
    const blocks = [...main.querySelectorAll<HTMLElement>("article :is(h1, h2, h3, p, li, td, dd)")];
    const place = blocks.find(isShown) ?? main.querySelector<HTMLElement>("h1");
    place?.setAttribute("tabindex", "-1");
    place?.focus({ preventScroll: true });
  });
  note.append(`${said} `, remove);
  main.append(note);
}
