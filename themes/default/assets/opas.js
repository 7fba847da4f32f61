// What the pages do beyond being read: a notice when a page's review date has passed, links to headings that
// copy themselves, and keyboard shortcuts. Everything can be read and used without this script. It sends
// nothing, stores nothing but that a reader has switched the shortcuts off, and puts text only where text belongs.
(() => {
  "use strict";

  /** Shows the notice of a page whose review date lies before today, in the reader's own time zone. */
  const showOverdue = () => {
    const due = document.querySelector("time.review-by")?.getAttribute("datetime");
    const notice = document.getElementById("_overdue");
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
      .map((part) => String(part).padStart(2, "0"))
      .join("-");
    if (due && notice && due < today) notice.hidden = false;
  };

  /** Gives each heading of the text a link to itself; using it copies the address where the browser allows. */
  const linkHeadings = () => {
    const status = document.getElementById("_status");
    const body = document.querySelector(".body");
    if (!status || !body) return;
    const { copy, copied } = status.dataset;
    for (const heading of body.querySelectorAll(":is(h2, h3, h4, h5, h6)[id]")) {
      const link = document.createElement("a");
      link.className = "anchor";
      link.href = `#${heading.id}`;
      link.lang = document.documentElement.lang;
      link.setAttribute("aria-label", `${copy}: ${heading.textContent.trim()}`);
      link.textContent = "#";
      link.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(link.href);
          status.textContent = "";
          status.textContent = copied;
          link.classList.add("copied");
          setTimeout(() => link.classList.remove("copied"), 2000);
        } catch {
          // Without the clipboard the link still leads to the heading, and the address bar has its address.
        }
      });
      heading.append(" ", link);
    }
  };

  /** Where the switch of the shortcuts is kept; where nothing can be kept, they are on again on the next page. */
  const KEPT = "opas-keys";
  const kept = () => {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null;
    }
  };
  const keep = (value) => {
    try {
      if (value) localStorage.setItem(KEPT, value);
      else localStorage.removeItem(KEPT);
    } catch {
      // A browser that keeps nothing for this page (file://, private mode).
    }
  };

  /** Shortcuts of one key, with an off switch (WCAG 2.2, 2.1.4); they do nothing where the reader types. */
  const listenForKeys = () => {
    const dialog = document.getElementById("_keys");
    const open = document.getElementById("_keys-open");
    const on = document.getElementById("_keys-on");
    if (!dialog?.showModal || !open || !on) return;
    open.parentElement.hidden = false;
    open.addEventListener("click", () => dialog.showModal());
    // On going back the browser may put the switch where it was then, and another tab may have turned it.
    const show = () => {
      on.checked = kept() !== "off";
    };
    show();
    addEventListener("pageshow", show);
    addEventListener("storage", show);
    on.addEventListener("change", () => keep(on.checked ? "" : "off"));
    const go = (selector) => document.querySelector(selector)?.click();
    const keys = {
      "/": () => {
        const field = document.querySelector('.site-header input[type="search"]');
        if (field) field.focus();
        else go(".find");
      },
      "?": () => dialog.showModal(),
      h: () => go(".site-title"),
      n: () => go('a[rel="next"]'),
      p: () => go('a[rel="prev"]'),
    };
    document.addEventListener("keydown", (event) => {
      // The switch itself has the focus for a moment after the dialogue has closed; nothing is typed into it.
      const types = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], [role=listbox]");
      if (!on.checked || dialog.open || types || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const act = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
      if (!act) return;
      event.preventDefault();
      act();
    });
  };

  listenForKeys();
  const enrich = () => {
    showOverdue();
    linkHeadings();
  };
  enrich();
  // Said by the preview, which puts a new text in the place of the old one without loading the page again.
  document.addEventListener("opas:content", enrich);
})();
