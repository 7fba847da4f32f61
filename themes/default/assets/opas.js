// What the pages do beyond being read: a notice when a page's review date has passed, and links to headings
// that copy themselves. Everything can be read and used without this script. It stores and sends nothing, and
// puts text only where text belongs.
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
        } catch {
          // Without the clipboard the link still leads to the heading, and the address bar has its address.
        }
      });
      heading.append(" ", link);
    }
  };

  showOverdue();
  linkHeadings();
})();
