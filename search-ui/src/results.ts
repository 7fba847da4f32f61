// The page of results: all that answers a query, with filters that the address keeps.

import type { Answer, Library } from "./search.ts";
import { fill, groups, make, meant, none, resultsAddress } from "./view.ts";
import type { Found, Keep } from "./rank.ts";

const PER_STEP = 10;
const EXCERPT = 240;

/** The names of what narrows the results, in the address. */
const FILTERS = ["kind", "channel", "tag", "own"];

interface Facets {
  kinds: string[];
  channels: string[];
  tags: string[];
  pages: [kind: number, own: number | number[], channels: number[], tags: number[]][];
}

export class ResultsPage {
  private readonly chosen = new URLSearchParams(location.search);
  private readonly count = make("p", { role: "status", class: "result-count" });
  private readonly place = make("div");
  private asked = 0;

  constructor(
    private readonly library: Library,
    private readonly page: HTMLElement,
    private readonly form: HTMLFormElement,
    private readonly input: HTMLInputElement,
  ) {}

  async start(): Promise<void> {
    document.getElementById("_no-script")?.remove();
    const query = (this.chosen.get("q") ?? "").slice(0, 400);
    if (!query.trim()) return;
    this.input.value ||= query;
    const heading = document.querySelector("main h1");
    if (heading) heading.textContent = `${this.library.text("search-for")}: ${query}`;
    document.title = `${query} – ${document.title}`;
    try {
      const facets = (await this.library.facets()) as Facets;
      this.page.replaceChildren(this.filters(facets, query), this.count, this.place);
      await this.show(query, facets);
    } catch {
      this.page.prepend(make("p", { role: "alert" }, this.library.text("search-failed")));
    }
  }

  private filters(facets: Facets, query: string): HTMLElement {
    const label: Record<string, (value: string) => string> = {
      kind: (value) => this.library.text(`search-kind-${value}`),
      channel: (value) => this.library.texts.strings[`channel-${value}`] ?? value,
      tag: (value) => value,
    };
    const select = (name: string, values: string[]): HTMLElement[] => {
      if (values.length < 2 && !this.chosen.get(name)) return [];
      const options = values.map((value) => make("option", { value }, label[name]!(value)));
      const field = make("select", { name, id: `_by-${name}` }, make("option", { value: "" }, this.library.text("search-any")), ...options);
      field.value = values.includes(this.chosen.get(name) ?? "") ? this.chosen.get(name)! : "";
      return [make("p", {}, make("label", { for: field.id }, this.library.text(`search-${name}`)), field)];
    };
    const own = make("input", { type: "checkbox", name: "own", id: "_by-own" });
    own.checked = this.chosen.get("own") === "1";
    const hasOwn = facets.pages.some((page) => page[1] !== 0);
    const fields = make(
      "fieldset", {}, make("legend", {}, this.library.text("search-filter")),
      ...select("kind", facets.kinds), ...select("channel", facets.channels), ...select("tag", facets.tags),
      ...(hasOwn ? [make("p", {}, make("label", {}, own, ` ${this.library.text("search-own")}`))] : []),
    );
    const form = make("form", { class: "result-filters" }, fields);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => {
      for (const field of form.querySelectorAll("select")) this.choose(field.name, field.value);
      this.choose("own", own.checked ? "1" : "");
      try {
        history.replaceState(null, "", `?${this.chosen}`);
      } catch {
        // The address stays; the results are shown all the same.
      }
      void this.show(query, facets);
    });
    return form;
  }

  private choose(name: string, value: string): void {
    if (value) this.chosen.set(name, value);
    else this.chosen.delete(name);
  }

  private keep(facets: Facets): Keep {
    const number = (values: string[], name: string): number | undefined => {
      const value = this.chosen.get(name);
      return value && values.includes(value) ? values.indexOf(value) : undefined;
    };
    const [kind, channel, tag] = [number(facets.kinds, "kind"), number(facets.channels, "channel"), number(facets.tags, "tag")];
    const own = this.chosen.get("own") === "1";
    return (page, section) => {
      const of = facets.pages[page];
      // A page is an organisation's own, or some of its sections are.
      const isOwn = (of: number | number[]): boolean => (typeof of === "number" ? of === 1 : of.includes(section));
      return of !== undefined && (kind === undefined || of[0] === kind) && (!own || isOwn(of[1]))
        && (channel === undefined || of[2].includes(channel)) && (tag === undefined || of[3].includes(tag));
    };
  }

  private async show(query: string, facets: Facets): Promise<void> {
    const number = (this.asked += 1);
    const answer = await this.library.ask(query, this.keep(facets));
    if (number !== this.asked) return;
    this.count.textContent = this.library.count(answer.found.length);
    this.place.replaceChildren();
    const [best, others] = groups(answer.found);
    const beside = this.beside(query, answer, best.length > 0);
    // What is unsure comes before other ways on.
    const after = best.length === 0 && others.length > 0 ? beside.splice(1) : [];
    this.place.append(...beside);
    await this.list("best", answer, best);
    await this.list("others", answer, others);
    if (number === this.asked) this.place.append(...after);
  }

  /** Returns what stands beside the results: what may have been meant, or ways on where nothing is sure. */
  private beside(query: string, answer: Answer, isSure: boolean): Node[] {
    const action = this.form.action;
    if (isSure) return answer.meant ? [meant(this.library, answer.meant, action)] : [];
    const isNarrowed = answer.found.length === 0 && FILTERS.some((name) => this.chosen.get(name));
    if (!isNarrowed) return none(this.library, answer, action);
    const all = make("a", { href: resultsAddress(action, query) }, this.library.text("search-widen"));
    return [make("p", { class: "search-none" }, this.library.text("search-none-narrowed")), make("p", {}, all)];
  }

  private async list(name: string, answer: Answer, found: Found[]): Promise<void> {
    if (found.length === 0) return;
    const list = make("ol", { class: "result-list" });
    const more = make("button", { type: "button" }, this.library.text("search-more"));
    const heading = make("h2", { id: `_results-${name}` }, this.library.text(`search-${name}`));
    this.place.append(make("section", { "aria-labelledby": heading.id }, heading, list, more));
    const next = async (): Promise<void> => {
      const from = list.children.length;
      const results = await this.library.results(found.slice(from, from + PER_STEP));
      for (const result of results) {
        const link = make("a", { href: result.href });
        fill(link, this.library, answer, result, EXCERPT);
        list.append(make("li", {}, link));
      }
      more.hidden = list.children.length >= found.length || results.length === 0;
      if (from > 0) list.children[from]?.querySelector("a")?.focus();
    };
    more.addEventListener("click", () => void next());
    await next();
  }
}
