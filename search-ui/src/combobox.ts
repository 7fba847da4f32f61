// The list under the field, by the combobox pattern of the ARIA Authoring Practices: the focus stays in the field.

import type { Answer, Library, Result } from "./search.ts";
import { fill, groups, make, meant, none, resultsAddress } from "./view.ts";

const MOST_BEST = 6;
const MOST_OTHERS = 3;
const EXCERPT = 120;
/** How long typing rests before the number of results is said, in milliseconds. */
const REST = 500;

export class Combobox {
  private readonly list = make("div", { role: "listbox", id: "_found" });
  private readonly beside = make("div", { class: "search-beside" });
  private readonly popup = make("div", { class: "search-popup" });
  private options: HTMLElement[] = [];
  private active = -1;
  private asked = 0;
  private saying: number | undefined;

  constructor(
    private readonly library: Library,
    private readonly form: HTMLFormElement,
    private readonly input: HTMLInputElement,
  ) {}

  start(): void {
    const { input, form, list, popup } = this;
    list.setAttribute("aria-label", this.library.text("search-best"));
    popup.hidden = true;
    popup.append(list, this.beside);
    form.append(popup);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "_found", "aria-haspopup": "listbox" };
    for (const [key, value] of Object.entries(roles)) input.setAttribute(key, value);
    input.addEventListener("input", () => void this.ask());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("click", () => void (popup.hidden && this.ask()));
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget as Node | null)) this.close();
    });
    // A press on an option must not take the focus from the field.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || popup.hidden || event.target === input) return;
      this.close();
      input.focus();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) location.assign(resultsAddress(this.form.action, input.value));
    });
    if (document.activeElement === input && !document.getElementById("_results")) void this.ask();
  }

  private async ask(): Promise<void> {
    const query = this.input.value;
    const number = (this.asked += 1);
    if (!query.trim()) return this.close();
    try {
      const answer = await this.library.ask(query);
      const [best, others] = groups(answer.found);
      const shown = [best.slice(0, MOST_BEST), others.slice(0, MOST_OTHERS)] as const;
      const results = await this.library.results(shown.flat());
      // Only the last query is shown, whatever arrives first.
      if (number === this.asked) this.show(answer, results);
    } catch {
      if (number === this.asked) this.fail();
    }
  }

  private show(answer: Answer, results: Result[]): void {
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.options = [];
    const [best, others] = [results.filter((one) => !one.found.weak), results.filter((one) => one.found.weak)];
    this.list.replaceChildren(...this.group("best", answer, best), ...this.group("others", answer, others));
    this.list.hidden = results.length === 0;
    const beside: Node[] = [];
    if (best.length > 0) {
      if (answer.meant) beside.push(meant(this.library, answer.meant, this.form.action));
      const all = make("a", { href: resultsAddress(this.form.action, answer.query) }, `${this.library.text("search-all")} (${answer.found.length})`);
      beside.push(make("p", {}, all));
    } else {
      beside.push(...none(this.library, answer, this.form.action));
    }
    this.beside.replaceChildren(...beside);
    this.popup.hidden = false;
    this.input.setAttribute("aria-expanded", String(results.length > 0));
    this.say(this.library.count(answer.found.length));
  }

  private group(name: "best" | "others", answer: Answer, results: Result[]): HTMLElement[] {
    if (results.length === 0) return [];
    const heading = make("div", { class: "search-group", id: `_found-${name}` }, this.library.text(`search-${name}`));
    const options = results.map((result) => {
      const link = make("a", { href: result.href, tabindex: "-1" });
      fill(link, this.library, answer, result, EXCERPT);
      const option = make("div", { role: "option", id: `_found-${this.options.length}`, "aria-selected": "false" }, link);
      this.options.push(option);
      return option;
    });
    return [make("div", { role: "group", "aria-labelledby": heading.id }, heading, ...options)];
  }

  private fail(): void {
    this.options = [];
    this.list.hidden = true;
    this.beside.replaceChildren(make("p", {}, this.library.text("search-failed")));
    this.popup.hidden = false;
    this.say(this.library.text("search-failed"));
  }

  private say(text: string): void {
    clearTimeout(this.saying);
    this.saying = window.setTimeout(() => {
      const status = document.getElementById("_status");
      if (status && !this.popup.hidden) status.textContent = text;
    }, REST);
  }

  private close(): void {
    this.asked += 1;
    this.popup.hidden = true;
    this.move(-1);
    this.input.setAttribute("aria-expanded", "false");
  }

  private move(to: number): void {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = to;
    const option = this.options[to];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (this.popup.hidden) return void this.ask();
      // One place more than there are options: the field itself.
      const places = this.options.length + 1;
      this.move(((this.active + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && !this.popup.hidden && this.options[this.active]) {
      event.preventDefault();
      this.options[this.active]!.querySelector("a")!.click();
    } else if (event.key === "Escape" && !this.popup.hidden) {
      event.preventDefault();
      this.close();
    }
  }
}
