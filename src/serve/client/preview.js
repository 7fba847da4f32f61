// The preview in the page: follows the server's word of what has changed, and shows what is wrong with the book.
// Served by `opas serve` alone; no built page has it. The server says, at once and after every build, the digest
// of each file that this page is made of; the page compares that with what it shows, so nothing is lost while a
// connection is broken, the tab is hidden, or the server is started again.
(() => {
  "use strict";

  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;

  /** Texts of the preview itself, by the language of the page. */
  const TEXTS = {
    fi: { faults: "Kirjassa on virheitä", stays: "Sivu on viimeisin, joka onnistui.", hide: "Piilota", more: "ja muita", lost: "Esikatseluun ei saada yhteyttä. Yritetään uudelleen.", bar: "Esikatselu", editions: "Painos", sources: "Näytä lähteet", draft: "luonnos", expired: "tarkistus myöhässä", drafts: "Luonnoksia", late: "Tarkistus myöhässä", mine: "myös tämä sivu" },
    sv: { faults: "Det finns fel i boken", stays: "Sidan är den senaste som lyckades.", hide: "Dölj", more: "och andra", lost: "Förhandsvisningen nås inte. Nytt försök görs.", bar: "Förhandsvisning", editions: "Utgåva", sources: "Visa källor", draft: "utkast", expired: "granskningen försenad", drafts: "Utkast", late: "Granskningen försenad", mine: "även denna sida" },
    en: { faults: "The book has errors", stays: "This is the last page that could be built.", hide: "Hide", more: "and others", lost: "The preview cannot be reached. Trying again.", bar: "Preview", editions: "Edition", sources: "Show sources", draft: "draft", expired: "review overdue", drafts: "Drafts", late: "Review overdue", mine: "this page too" },
  };
  const t = TEXTS[document.documentElement.lang] ?? TEXTS.en;

  /** Where the place in a page is kept while it is loaded anew. */
  const KEPT = `opas-preview ${location.pathname}`;

  const policy = globalThis.trustedTypes?.createPolicy("opas-preview", { createHTML: (html) => html });

  /** The file below the site's root that an address names. */
  const fileOf = (address) => decodeURIComponent(new URL(address, document.baseURI).pathname.slice(1));

  /** The elements that load files of the site, apart from the preview's own. */
  const loading = () => [...document.querySelectorAll("link[rel=stylesheet], script[src], img[src]")].filter((element) => {
    const url = new URL(element.href ?? element.src, document.baseURI);
    return url.origin === location.origin && !url.pathname.startsWith("/_opas/");
  });
  const addressOf = (element) => element.getAttribute(element instanceof HTMLLinkElement ? "href" : "src") ?? "";

  const here = fileOf(location.href);
  /** The digest of the page that is shown; none for a page that stands in for one that is not there. */
  let shown = script.dataset.digest || null;
  /** The digests of the other files, as far as they are known. @type {Map<string, string | null>} */
  const known = new Map();

  // The place in the page

  /** The way from the root to an element, by positions. */
  const wayTo = (element) => {
    const way = [];
    for (let at = element; at?.parentElement; at = at.parentElement) way.unshift([...at.parentElement.children].indexOf(at));
    return way;
  };
  const at = (way) => way.reduce((element, position) => element?.children[position], document.documentElement);

  /** What a reader would miss: where the page is scrolled to, what has the focus, what is opened. */
  const place = () => {
    const focused = document.activeElement;
    return {
      scroll: [scrollX, scrollY],
      focus: focused && focused !== document.body ? { id: focused.id, way: wayTo(focused) } : null,
      open: [...document.querySelectorAll("details")].map((details) => details.open),
    };
  };

  const restore = ({ scroll, focus, open }) => {
    const details = [...document.querySelectorAll("details")];
    if (details.length === open.length) details.forEach((one, index) => { one.open = open[index]; });
    const focused = focus && ((focus.id && document.getElementById(focus.id)) || at(focus.way));
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    scrollTo({ left: scroll[0], top: scroll[1], behavior: "instant" });
  };

  const reload = () => {
    sessionStorage.setItem(KEPT, JSON.stringify(place()));
    location.reload();
  };

  const kept = sessionStorage.getItem(KEPT);
  if (kept) {
    sessionStorage.removeItem(KEPT);
    history.scrollRestoration = "manual";
    const back = () => restore(JSON.parse(kept));
    if (document.readyState === "complete") back();
    else addEventListener("load", back, { once: true });
  }

  // Bringing the page up to date

  const scriptsOf = (page) => [...page.querySelectorAll("script[src]")].map((one) => one.getAttribute("src")).join("\n");

  /** How long a page is waited for before it is asked for again, in milliseconds. */
  const LONGEST_WAIT = 10_000;

  /** Puts the new page's content in the place of the old one's; loads the page anew where that would not do. */
  const update = async () => {
    const response = await fetch(location.href, { cache: "no-cache", signal: AbortSignal.timeout(LONGEST_WAIT) });
    const html = await response.text();
    const page = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
    const fresh = page.querySelector("script[data-digest]")?.dataset.digest;
    const [from, to] = [page.querySelector("main"), document.querySelector("main")];
    // Scripts that come with a content do not run, and those of the page may hold on to what is replaced.
    const isPlain = scriptsOf(page) === scriptsOf(document) && !from?.querySelector("script") && !page.querySelector("[data-flow]");
    if (!response.ok || !fresh || !from || !to || !isPlain) return void reload();
    const before = place();
    to.replaceWith(document.adoptNode(from));
    for (const part of ["title", "header.site-header", "nav.site-nav", "footer.site-footer"]) {
      const [next, old] = [page.querySelector(part), document.querySelector(part)];
      if (next && old && !next.isEqualNode(old)) old.replaceWith(document.adoptNode(next));
    }
    shown = fresh;
    document.dispatchEvent(new CustomEvent("opas:content"));
    restore(before);
    listen();
  };

  /** Puts a new version of a style sheet in the place of the old one, which stays until the new one is there. */
  const restyle = (link, digest) => {
    const next = link.cloneNode();
    next.href = `${addressOf(link).split("?")[0]}?${digest}`;
    next.addEventListener("load", () => link.remove(), { once: true });
    link.after(next);
  };

  /** Brings the other files of the page up to date. */
  const refresh = (files) => {
    for (const element of loading()) {
      const file = fileOf(addressOf(element));
      const digest = files[file];
      if (digest === undefined) continue;
      const before = known.get(file);
      if (before !== undefined && before !== digest) {
        if (element instanceof HTMLScriptElement) return void reload();
        if (element instanceof HTMLLinkElement) restyle(element, digest);
        else element.src = `${addressOf(element).split("?")[0]}?${digest}`;
      }
    }
    for (const [file, digest] of Object.entries(files)) known.set(file, digest);
  };

  // What is wrong

  /** Makes an element with texts and other elements in it. */
  const make = (name, className, ...content) => {
    const element = document.createElement(name);
    element.className = className;
    element.append(...content.filter((one) => one !== null && one !== ""));
    return element;
  };

  const placeOf = ({ file, line, column }) => (file ? `${file}${line ? `:${line}:${column}` : ""}` : "");

  const faultView = (fault) => make("li", fault.severity,
    make("p", "message", fault.code ? make("b", "code", fault.code) : "", " ", fault.message),
    placeOf(fault) && make("p", "place", make("code", "", placeOf(fault)), fault.layer ? ` (${fault.layer})` : ""),
    fault.source ? make("pre", "", fault.source) : "",
    fault.help ? make("p", "help", fault.help) : "");

  let told = "";
  const tell = (faults, more) => {
    const now = JSON.stringify([faults, more]);
    if (now === told) return;
    told = now;
    document.getElementById("_opas_faults")?.remove();
    if (faults.length === 0) return;
    const hide = make("button", "", t.hide);
    hide.type = "button";
    // Diagnostics are English whatever the language of the book.
    const list = make("ol", "", ...faults.map(faultView));
    list.lang = "en";
    const title = make("h2", "", t.faults);
    title.id = "_opas_faults_title";
    const box = make("section", "opas-preview", make("div", "top", title, hide), make("p", "", t.stays), list, more ? `${t.more}: ${more}` : "");
    box.id = "_opas_faults";
    box.setAttribute("aria-labelledby", title.id);
    box.tabIndex = -1;
    hide.addEventListener("click", () => box.remove());
    document.body.append(box);
  };

  const status = make("p", "opas-preview status");
  status.id = "_opas_status";
  status.setAttribute("role", "status");
  const say = (text) => {
    status.textContent = text;
    status.hidden = text === "";
  };

  // What is said of the pages: editions, drafts, sources

  /** Where it is kept that sources are shown. */
  const OUTLINED = "opas-preview sources";
  /** What the server said last of editions, sources, drafts and pages past their review. */
  let remarks = { editions: [], sources: [], drafts: [], expired: [] };

  const bar = make("section", "opas-preview opas-bar");
  bar.id = "_opas_bar";
  bar.setAttribute("aria-label", t.bar);

  /** Marks the links that lead to drafts and to pages past their review. */
  const markLinks = () => {
    for (const old of document.querySelectorAll(".opas-mark")) old.remove();
    const [drafts, expired] = [new Set(remarks.drafts), new Set(remarks.expired)];
    if (drafts.size + expired.size === 0) return;
    for (const link of document.querySelectorAll("nav a[href], main a[href]")) {
      const url = new URL(link.href, document.baseURI);
      if (url.origin !== location.origin || url.hash || bar.contains(link)) continue;
      const file = fileOf(url.href).replace(/(^|\/)$/, "$1index.html");
      const words = [drafts.has(file) ? t.draft : "", expired.has(file) ? t.expired : ""].filter(Boolean);
      if (words.length) link.append(make("small", "opas-mark", ` (${words.join(", ")})`));
    }
  };

  /** The groups of layers' blocks, one for each label, in the order of the page. */
  const groups = () => {
    const seen = new Set();
    return [...document.querySelectorAll("main .body [data-layer]")].filter((group) => {
      const label = group.getAttribute("aria-labelledby");
      return label?.startsWith("_layer_") && !seen.has(label) && seen.add(label);
    });
  };

  /** Outlines the blocks of layers, each with the file and the line that it is written in. */
  const outline = (on) => {
    for (const old of document.querySelectorAll(".opas-source")) old.remove();
    document.documentElement.classList.toggle("opas-sources", on);
    if (!on) return;
    groups().forEach((group, number) => {
      const source = remarks.sources[number];
      if (!source || source.layer !== group.dataset.layer) return;
      const place = make(source.href ? "a" : "code", "", `${source.file}:${source.line}`);
      if (source.href) place.href = source.href;
      group.prepend(make("p", "opas-source", place));
    });
  };

  const barView = () => {
    const { editions, sources, drafts, expired } = remarks;
    const parts = [];
    if (editions.length) {
      const links = editions.map(({ name, href, current }) => {
        const link = make("a", "", name);
        link.href = href;
        if (current) link.setAttribute("aria-current", "true");
        return make("li", "", link);
      });
      const nav = make("nav", "", make("span", "", `${t.editions}:`), make("ul", "", ...links));
      nav.setAttribute("aria-label", t.editions);
      parts.push(nav);
    }
    if (sources.length) {
      const button = make("button", "", t.sources);
      button.type = "button";
      const show = (on) => {
        button.setAttribute("aria-pressed", String(on));
        outline(on);
      };
      show(sessionStorage.getItem(OUTLINED) === "1");
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        sessionStorage.setItem(OUTLINED, on ? "1" : "0");
        show(on);
      });
      parts.push(button);
    } else {
      outline(false);
    }
    for (const [name, pages] of [[t.drafts, drafts], [t.late, expired]]) {
      const mine = pages.includes(here.replace(/(^|\/)$/, "$1index.html"));
      if (pages.length) parts.push(make("span", mine ? "mine" : "", `${name}: ${pages.length}${mine ? `, ${t.mine}` : ""}`));
    }
    return parts;
  };

  let remarked = "";
  /** Shows what is said of the pages; on the same page only what has changed, so that the focus stays. */
  const remark = (now) => {
    remarks = now;
    const text = JSON.stringify(now);
    if (text !== remarked) {
      remarked = text;
      const focused = bar.contains(document.activeElement) ? [...bar.querySelectorAll("a, button")].indexOf(document.activeElement) : -1;
      bar.replaceChildren(...barView());
      bar.hidden = bar.children.length === 0;
      bar.querySelectorAll("a, button")[focused]?.focus();
      markLinks();
    }
  };
  // What stands in the content is gone when the content is exchanged.
  document.addEventListener("opas:content", () => {
    markLinks();
    outline(document.documentElement.classList.contains("opas-sources"));
  });

  // The server's word

  /** @type {EventSource | null} */
  let source = null;
  let asked = "";
  let busy = Promise.resolve();

  const take = async ({ files, faults, more, ...others }) => {
    say("");
    tell(faults, more);
    const digest = files[here] ?? null;
    if (digest !== shown) {
      if (digest === null || shown === null) reload();
      else await update();
    }
    refresh(files);
    remark(others);
  };

  const rest = () => {
    source?.close();
    source = null;
  };

  /** Lets the server say once more what the page is made of. */
  const askAgain = () => {
    rest();
    setTimeout(listen, 1000);
  };

  /** Listens to what is said of the files that the page is made of now. */
  const listen = () => {
    if (document.hidden) return;
    const files = [...new Set([here, ...loading().map((element) => fileOf(addressOf(element)))])];
    const query = files.map((file) => `of=${encodeURIComponent(file)}`).join("&");
    if (source && asked === query) return;
    asked = query;
    source?.close();
    source = new EventSource(`/_opas/events?${query}`);
    source.addEventListener("message", ({ data }) => { busy = busy.then(() => take(JSON.parse(data))).catch(askAgain); });
    source.addEventListener("error", () => {
      say(t.lost);
      // Some failures are final for an event source, but not for us.
      if (source?.readyState === EventSource.CLOSED) askAgain();
    });
  };

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/_opas/preview.css";
  document.head.append(style);
  bar.hidden = true;
  document.body.append(bar, status);
  say("");
  // A browser has few connections for one server: hidden tabs give theirs back.
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
})();
