// The shards that have been loaded, and what they hold, as src/search/shards.rs writes them.

import type { Analyser } from "./analyse.ts";

/** The shard `index`. */
export interface Manifest {
  lang: string;
  documents: number;
  /** What the forms of each shard of the lexicon begin with. */
  words: string[];
}

/** A document as results show it. */
export interface DocumentView {
  anchor?: string;
  path?: string;
  heading?: string;
  /** The layer that wrote it or something of it, where the page is not a layer's as a whole. */
  layer?: string;
  text: string;
}

/** A page as results show it. */
export interface PageView {
  path: string;
  title: string;
  kind: string;
  lang?: string;
  layer?: string;
  documents: DocumentView[];
}

/** A form of the lexicon. */
export interface Entry {
  form: string;
  isPart: boolean;
  documents: number;
  /** The shard that holds its postings. */
  postings: string;
  /** What it may be a form of, by lemma, once it has been looked at. */
  lemmas?: Map<string, number>;
}

/** A page's number times 256 plus a section's, and an impact, one after the other. */
export type Postings = number[];

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** The shards of one language; what is asked for and not there is noted in `missing`. */
export class Shelf {
  readonly missing = new Set<string>();
  manifest: Manifest | undefined;
  private readonly lexicons = new Map<string, Entry[]>();
  private readonly byStart = new Map<string, Map<string, Entry[]>>();
  private readonly postings = new Map<string, Map<string, string>>();
  private readonly pages = new Map<string, PageView>();

  /** Takes in a shard; what is no shard of ours is left alone. */
  add(name: string, body: unknown): void {
    if (name === "index") this.manifest = body as Manifest;
    else if (name.startsWith("d-")) this.pages.set(name, body as PageView);
    else if (name.startsWith("w-")) this.addLexicon(name, body as string);
    else if (name.startsWith("p-")) {
      const lines = (body as string).split("\n").slice(0, -1);
      this.postings.set(name, new Map(lines.map((line) => {
        const at = line.search(/[ +]/);
        return [line.slice(0, at + 1), line.slice(at + 1)];
      })));
    }
  }

  private addLexicon(name: string, body: string): void {
    let [before, postings] = ["", ""];
    const entries = body.split("\n").slice(0, -1).map((line): Entry => {
      const at = line.search(/[ +]/);
      const first = line.charCodeAt(0);
      // Where a shard of postings begins, the letter is a small one.
      const shared = first < 97 ? first - 65 : first - 97;
      const form = before.slice(0, shared) + line.slice(1, at);
      if (first >= 97) {
        const start = (): string => form.slice(0, shared) + String.fromCodePoint(form.codePointAt(shared)!);
        postings = before ? `p-${fileName(start())}` : name.replace("w-", "p-");
      }
      before = form;
      return { form, isPart: line[at] === "+", documents: Number(line.slice(at + 1)), postings };
    });
    const byStart = new Map<string, Entry[]>();
    for (const entry of entries) {
      const start = entry.form.slice(0, 2);
      const known = byStart.get(start);
      if (known) known.push(entry);
      else byStart.set(start, [entry]);
    }
    this.lexicons.set(name, entries);
    this.byStart.set(name, byStart);
  }

  private lexiconOf(word: string): string | undefined {
    const words = this.manifest?.words;
    if (!words) return undefined;
    const letters = [...word.slice(0, 4)];
    const prefix = [letters.slice(0, 2).join(""), letters[0] ?? "", ""].find((prefix) => words.includes(prefix));
    return prefix === undefined ? undefined : `w-${fileName(prefix)}`;
  }

  /** Returns the forms among which a word or its other forms can be. */
  entriesLike(word: string): readonly Entry[] {
    const name = this.lexiconOf(word);
    const entries = name === undefined ? [] : this.lexicons.get(name);
    if (!entries) this.missing.add(name!);
    return entries ?? [];
  }

  /** Returns the entries that may be forms of a lemma, with their penalties. */
  byLemma(lemma: string, analyser: Analyser): [Entry, number][] {
    this.entriesLike(lemma);
    const entries = this.byStart.get(this.lexiconOf(lemma) ?? "")?.get(lemma.slice(0, 2)) ?? [];
    const found: [Entry, number][] = [];
    for (const entry of entries) {
      entry.lemmas ??= new Map(analyser.hypotheses(entry.form).map(({ lemma, penalty }) => [lemma, penalty]));
      const penalty = entry.lemmas.get(lemma);
      if (penalty !== undefined) found.push([entry, penalty]);
    }
    return found;
  }

  /** Returns the documents of a form. */
  postingsOf(entry: Entry): Postings {
    const shard = this.postings.get(entry.postings);
    if (!shard) this.missing.add(entry.postings);
    return decode(shard?.get(entry.form + (entry.isPart ? "+" : " ")) ?? "");
  }

  /** Returns a page by its number. */
  page(number: number): PageView | undefined {
    const name = `d-${number}`;
    const page = this.pages.get(name);
    if (!page) this.missing.add(name);
    return page;
  }
}

/** Returns the beginning of a form as a part of a file name. */
function fileName(beginning: string): string {
  return beginning.replace(/[^a-z0-9]/gu, (letter) => `_${letter.codePointAt(0)!.toString(16)}_`) || "_";
}

function decode(text: string): Postings {
  const postings: Postings = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 5) {
      const digit = VALUES.get(text[at++]!)!;
      value += (digit & 31) * 2 ** shift;
      if (digit < 32) return value;
    }
  };
  let page = 0;
  while (at < text.length) {
    page += number();
    const section = number();
    postings.push(page * 256 + section, VALUES.get(text[at++]!)!);
  }
  return postings;
}
