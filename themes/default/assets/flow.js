// Steps through a decision flow in place. The answers stand in the address (`#tarve=hakemus&kenen=muun`, at an outcome
// also `result=ID`) and are replayed from the start each time, so that back, forward, bookmarks and shared links all
// lead to the same step. Every step is in the page as a template; without this script the same steps are pages of
// their own. Nothing is stored and nothing is sent.
(() => {
  "use strict";
  // On the page of one state: the answers lead on to the page that steps in place and knows the whole way.
  for (const link of document.querySelectorAll("[data-replay]")) link.setAttribute("href", link.dataset.replay);

  const flow = document.getElementById("_flow");
  const stage = document.getElementById("_step");
  if (!flow || !stage) return;
  const { start, change, own, stale, changed } = flow.dataset;
  const texts = { change, own, stale, changed };
  const site = document.title.slice(flow.querySelector(".flow-title").textContent.length);

  /** Every question and outcome by its id. */
  const nodes = new Map();
  for (const template of flow.querySelectorAll(":scope > template")) {
    const step = template.content.querySelector(".step");
    nodes.set(step.dataset.node, step);
  }
  const isOutcome = (id) => nodes.get(id).classList.contains("is-outcome");
  const headingOf = (step) => step.querySelector("h1").textContent;
  const answerOf = (id, answer) =>
    [...nodes.get(id).querySelectorAll("[data-answer]")].find((link) => link.dataset.answer === answer);

  /** Reads a fragment; an empty answer asks for its question even where a fact has answered it. */
  const read = (fragment) => {
    const pairs = fragment.replace(/^#/, "").split("&").filter((pair) => pair.includes("="));
    const given = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
    const result = given.get("result");
    given.delete("result");
    return { given, result };
  };

  /** Follows answers from the start: the steps taken, the node they lead to, and whether all of them still fit. */
  const replay = ({ given, result }) => {
    const taken = [];
    const soFar = new Map();
    const used = new Set();
    let node = start;
    let fault = "";
    while (!isOutcome(node)) {
      const preset = nodes.get(node).dataset.preset;
      const answer = given.has(node) ? given.get(node) : preset;
      if (answer === undefined) break;
      used.add(node);
      if (answer === "") break;
      const link = answerOf(node, answer);
      if (!link) {
        fault = texts.stale;
        break;
      }
      taken.push({ node, answer, link, explicit: given.has(node), own: answer === preset });
      soFar.set(node, answer);
      const matches = ({ when }) => Object.entries(when).every(([question, answers]) => answers.includes(soFar.get(question)));
      node = JSON.parse(link.dataset.next).find(matches).to;
    }
    if (!fault && isOutcome(node) && result !== undefined && result !== node) fault = texts.changed;
    if (!fault && !isOutcome(node) && result !== undefined) fault = texts.stale;
    if (!fault && [...given.keys()].some((question) => !used.has(question))) fault = isOutcome(node) ? texts.changed : texts.stale;
    return { taken, node, fault };
  };

  /** Writes the fragment of answers, with the outcome where they lead to one. */
  const fragment = (pairs) => {
    const { node } = replay({ given: new Map(pairs), result: undefined });
    const written = pairs.map(([question, answer]) => `${question}=${answer}`);
    if (isOutcome(node)) written.push(`result=${node}`);
    return `#${written.join("&")}`;
  };
  const explicit = (taken) => taken.filter((step) => step.explicit).map((step) => [step.node, step.answer]);
  /** The fragment that asks a question again. */
  const again = (taken, at) => {
    const pairs = explicit(taken.slice(0, at));
    if (nodes.get(taken[at].node).dataset.preset !== undefined) pairs.push([taken[at].node, ""]);
    return pairs.length ? fragment(pairs) : "#";
  };

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) if (value) made.setAttribute(key, value);
    return made;
  };

  /** Lists the answers so far, each with a way to change it. */
  const showSoFar = (taken) => {
    const box = document.getElementById("_so-far");
    box.hidden = taken.length === 0;
    box.querySelector("dl").replaceChildren(...taken.map((step, at) => {
      const question = nodes.get(step.node);
      const row = document.createElement("div");
      const answer = document.createElement("dd");
      const text = step.link.querySelector(".text");
      answer.append(element("span", text.textContent, { lang: text.lang || question.lang }));
      if (step.own) answer.append(" ", element("span", texts.own, { class: "mark" }));
      const label = `${texts.change}: ${headingOf(question)}`;
      answer.append(" ", element("a", texts.change, { href: again(taken, at), "aria-label": label }));
      row.append(element("dt", headingOf(question), { lang: question.lang }), answer);
      return row;
    }));
  };

  /** Shows the step that the address names; `moved` says that the reader has just come to it from another one. */
  const show = (moved) => {
    const { taken, node, fault } = replay(read(location.hash));
    const step = nodes.get(node).cloneNode(true);
    for (const link of step.querySelectorAll("[data-answer]")) {
      link.setAttribute("href", fragment([...explicit(taken), [node, link.dataset.answer]]));
    }
    stage.replaceChildren(step);
    const notice = document.getElementById("_stale");
    notice.hidden = !fault;
    notice.textContent = fault;
    showSoFar(taken);
    // Back is the last question that the reader answered, not one that the organisation did.
    const last = taken.findLastIndex((given) => given.explicit);
    const back = document.getElementById("_back");
    back.hidden = last < 0;
    if (last >= 0) back.firstElementChild.setAttribute("href", again(taken, last));
    const heading = step.querySelector("h1");
    document.title = taken.length ? `${heading.textContent} – ${flow.querySelector(".flow-title").textContent}${site}` : `${flow.querySelector(".flow-title").textContent}${site}`;
    if (moved) {
      heading.focus();
      scrollTo(0, 0);
    }
    if (fault) document.getElementById("_status").textContent = fault;
  };

  /** Opens the panel that the address names. */
  const openPanel = () => {
    const panel = document.getElementById(location.hash.slice(1));
    if (panel instanceof HTMLDetailsElement) panel.open = true;
  };

  for (const link of flow.querySelectorAll(".restart")) link.setAttribute("href", "#");
  addEventListener("hashchange", () => {
    // A fragment that names an element, such as that of the skip link, is no step.
    if (location.hash.length > 1 && !location.hash.includes("=")) openPanel();
    else show(true);
  });
  show(false);
  openPanel();
})();
