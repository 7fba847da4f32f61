// The search itself, loaded when the reader turns to the field: answers queries from the shards, shows results under the
// field and on the page of results. What readers type and what books hold becomes text, never markup.

import { analyserOf, type Analyser } from "./analyse.ts";
import { Combobox } from "./combobox.ts";
import { finder, MARKS, type Forms } from "./marks.ts";
import { search, type Found, type Keep, type Term } from "./rank.ts";
import { ResultsPage } from "./results.ts";
import { Shelf, type DocumentView, type Manifest, type PageView } from "./shelf.ts";

/** The texts of `search/texts.js`. */
export interface Texts {
  strings: Record<string, string>;
  layers: Record<string, string>;
  ways: [title: string, path: string][];
  glossary: [title: string, path: string] | null;
}

/** What the loader hands over. */
export interface Surroundings {
  form: HTMLFormElement;
  input: HTMLInputElement;
  load: (name: string) => Promise<unknown>;
}

export type Engine = (surroundings: Surroundings) => Promise<void>;

/** A result with all that is shown of it. */
export interface Result {
  found: Found;
  page: PageView;
  document: DocumentView;
  href: string;
}

/** The answer to a query. */
export interface Answer {
  query: string;
  found: Found[];
  isFound: (word: string) => boolean;
  forms: Forms;
  /** The query as it may have been meant. */
  meant: string | undefined;
}

/** How often shards are asked for at most; each round can only show what the next one lacks. */
const MOST_ROUNDS = 12;
const TYPO = 5;

/** Answers queries. */
export class Library {
  readonly shelf = new Shelf();
  private readonly analyser: Analyser;

  constructor(
    readonly texts: Texts,
    manifest: Manifest,
    private readonly load: Surroundings["load"],
    readonly root: string,
  ) {
    this.shelf.add("index", manifest);
    this.analyser = analyserOf(manifest.lang);
  }

  /** Returns a string of the theme. */
  text(key: string): string {
    return this.texts.strings[key] ?? key;
  }

  /** Returns the number of results in words. */
  count(number: number): string {
    const key = number === 0 ? "search-count-0" : number === 1 ? "search-count-1" : "search-count-n";
    return this.text(key).replace("{n}", String(number));
  }

  /** Returns what answers a query; the pages of results are not loaded yet. */
  async ask(query: string, keep?: Keep): Promise<Answer> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      this.shelf.missing.clear();
      const { terms, found } = search(query, this.shelf, this.analyser, keep);
      if (this.shelf.missing.size === 0) {
        const forms = this.forms(terms);
        return { query, found, forms, isFound: finder(forms), meant: meant(query, terms) };
      }
      await this.fetch([...this.shelf.missing]);
    }
    throw new Error("the shards of the search do not belong together");
  }

  /** Returns results with what is shown of them. */
  async results(found: Found[]): Promise<Result[]> {
    const look = (): (PageView | undefined)[] => found.map((one) => this.shelf.page(one.page));
    this.shelf.missing.clear();
    look();
    await this.fetch([...this.shelf.missing]);
    return look().flatMap((page, at) => {
      const document = page?.documents[found[at]!.section];
      if (!page || !document) return [];
      const path = (document.path ?? page.path) + (document.anchor ? `#${document.anchor}` : "");
      return [{ found: found[at]!, page, document, href: this.root + path }];
    });
  }

  async facets(): Promise<unknown> {
    return this.load("facets");
  }

  private async fetch(names: string[]): Promise<void> {
    const bodies = await Promise.all(names.map((name) => this.load(name)));
    names.forEach((name, at) => this.shelf.add(name, bodies[at]));
  }

  /** The forms that are marked: of the words that say something, where there are any. */
  private forms(terms: Term[]): Forms {
    const heavy = terms.filter((term) => !this.analyser.isStopWord(term.text));
    const candidates = (heavy.length > 0 ? heavy : terms).flatMap((term) => term.candidates);
    const of = (isPart: boolean, shortest: number): string[] => [
      ...new Set(candidates.filter((one) => one.entry.isPart === isPart && one.entry.form.length >= shortest).map((one) => one.entry.form)),
    ];
    return { whole: of(false, 1), parts: of(true, 4) };
  }

  /** Keeps the words of a result for the page that it opens. */
  keepMarks(answer: Answer, href: string): void {
    const path = new URL(href, location.href).pathname;
    const kept = { path, ...answer.forms, said: this.text("search-highlight"), button: this.text("search-unmark") };
    try {
      sessionStorage.setItem(MARKS, JSON.stringify(kept));
    } catch {
      // Nothing can be kept: the page opens without marks.
    }
  }
}

/** Returns the query with misspelt words as the book writes them; nothing where no word is misspelt. */
function meant(query: string, terms: Term[]): string | undefined {
  let isChanged = false;
  const written = terms.map((term) => {
    const best = Math.min(...term.candidates.map((one) => one.tier));
    if (best !== TYPO) return term.text;
    const [first] = [...term.candidates].sort((a, b) => b.quality - a.quality || b.entry.documents - a.entry.documents);
    isChanged = true;
    return first!.entry.form;
  });
  const changed = written.join(" ");
  return isChanged && changed !== query.trim().toLowerCase() ? changed : undefined;
}

const start: Engine = async ({ form, input, load }) => {
  const [manifest, texts] = await Promise.all([load("index"), load("texts")]);
  const library = new Library(texts as Texts, manifest as Manifest, load, form.dataset["root"] ?? "");
  const page = document.getElementById("_results");
  if (page) await new ResultsPage(library, page, form, input).start();
  new Combobox(library, form, input).start();
};
globalThis.opasSearch("engine", start);
