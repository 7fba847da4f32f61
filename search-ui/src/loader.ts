// On every page: loads the search when the reader turns to the field, and marks the words of a search on the page that
// it led to. Without this script the field is a form that leads to contents and glossary.

import { MARKS, markPage } from "./marks.ts";
import type { Engine } from "./search.ts";

declare global {
  /** Called by every script of the search with its name and what it brings. */
  var opasSearch: (name: string, body: unknown) => void;
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string } };
  }
}

const form = document.querySelector<HTMLFormElement>("form.search");
const input = form?.querySelector<HTMLInputElement>("input[type=search]");
if (form && input) start(form, input);

function start(form: HTMLFormElement, input: HTMLInputElement): void {
  const folder = new URL("search/", new URL(form.action, location.href)).href;
  const engine = new URL(`${form.dataset["root"] ?? ""}assets/search.js`, location.href).href;
  const isOurs = (url: string): boolean =>
    url === engine || (url.startsWith(folder) && /^[a-z0-9_-]+\.js$/.test(url.slice(folder.length)));
  const own = (url: string): string => {
    if (!isOurs(url)) throw new TypeError("not a script of this site's search");
    return url;
  };
  const policy = window.trustedTypes?.createPolicy("opas", { createScriptURL: own }) ?? { createScriptURL: own };

  const arrived = new Map<string, (body: unknown) => void>();
  globalThis.opasSearch = (name, body) => arrived.get(name)?.(body);
  const loads = new Map<string, Promise<unknown>>();
  const load = (name: string): Promise<unknown> => {
    let known = loads.get(name);
    if (!known) {
      known = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        arrived.set(name, resolve);
        script.onerror = () => {
          // It may be there the next time, as on a network drive that was away.
          loads.delete(name);
          script.remove();
          reject(new Error(name));
        };
        script.src = policy.createScriptURL(name === "engine" ? engine : `${folder}${name}.js`);
        document.head.append(script);
      });
      loads.set(name, known);
    }
    return known;
  };

  let begun = false;
  const begin = async (): Promise<void> => {
    if (begun) return;
    begun = true;
    try {
      const [run] = await Promise.all([load("engine"), load("index"), load("texts")]);
      await (run as Engine)({ form, input, load });
    } catch {
      begun = false;
      // The page of results says what it is that it lacks.
      const [failed, noScript] = ["_failed", "_no-script"].map((id) => document.getElementById(id));
      if (failed && noScript) [failed.hidden, noScript.hidden] = [false, true];
    }
  };
  input.addEventListener("focus", begin);
  input.addEventListener("input", begin);
  if (document.activeElement === input || document.getElementById("_results")) void begin();

  document.addEventListener("keydown", (event) => {
    const isOn = document.querySelector<HTMLInputElement>("#_keys-on")?.checked ?? true;
    if (!isOn || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  try {
    const kept = sessionStorage.getItem(MARKS);
    if (kept) markPage(kept);
  } catch {
    // A browser that keeps nothing for this page.
  }
}
