// Holds the browser's search to Rust's: hypotheses of every word, and ranked results of the lists of queries and of
// generated ones. Usage: node test/same.mjs BOOK LANG SITE QUERIES.yaml… (run by test/run).
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { build } from "esbuild";

const here = new URL("..", import.meta.url).pathname;
const [book, lang, site, target, ...lists] = process.argv.slice(2);
const GENERATED = 2000;

const texts = {
  name: "texts",
  setup(plugin) {
    plugin.onLoad({ filter: /\.txt$/ }, ({ path }) => {
      const lines = readFileSync(path, "utf8").split("\n").filter((line) => line.trim() && !line.startsWith("#"));
      return { contents: lines.join("\n"), loader: "text" };
    });
  },
};
const bundled = await build({
  absWorkingDir: here, stdin: { contents: `
    export { search, TIERS } from "./src/rank.ts"; export { Shelf } from "./src/shelf.ts";
    export { analyserOf } from "./src/analyse.ts"; export { words } from "./src/words.ts";`, resolveDir: here, loader: "ts" },
  bundle: true, format: "esm", write: false, plugins: [texts], target: "es2022",
});
const { search, TIERS, Shelf, analyserOf, words } = await import(
  `data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].text).toString("base64")}`);

const shelf = new Shelf();
const sizes = new Map();
const load = (name) => {
  const text = readFileSync(`${site}/search/${name}.js`, "utf8");
  sizes.set(name, text.length);
  // The scripts call one function; here it is ours.
  new Function("opasSearch", text)((shard, body) => shelf.add(shard, body));
};
load("index");
const analyser = analyserOf(lang);
const ask = (query) => {
  for (let round = 0; round < 12; round += 1) {
    shelf.missing.clear();
    const { found } = search(query, shelf, analyser);
    if (shelf.missing.size === 0) {
      return found.map((one) => [one.page, one.section, TIERS[one.tier], one.weak, one.score]);
    }
    [...shelf.missing].forEach(load);
  }
  throw new Error(`no end of shards for: ${query}`);
};

// Generated queries: words of the site as they are, misspelt, cut, joined, in two and threes, by a fixed generator.
let seed = 12345;
const random = (below) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % below;
};
for (const file of readdirSync(`${site}/search`)) load(file.replace(/\.js$/, ""));
const forms = [...new Set(readdirSync(`${site}/search`).filter((file) => file.startsWith("p-")).flatMap((file) =>
  [...readFileSync(`${site}/search/${file}`, "utf8").matchAll(/(?:",?"|\\n)([^\\" +]+)[ +]/g)].map((match) => match[1])))].sort();
const pick = () => forms[random(forms.length)];
const mutate = (word) => {
  const at = random(word.length);
  const letter = "aeioutnskl"[random(10)];
  return [
    word, word, word.slice(0, Math.max(3, at)), word.slice(0, at) + letter + word.slice(at), word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + (word[at + 1] ?? "") + word[at] + word.slice(at + 2), word + pick(), `${word}kin`, `${word}nsa`, word.toUpperCase(),
  ][random(10)];
};
const generated = Array.from({ length: GENERATED }, () =>
  Array.from({ length: 1 + random(4) }, () => mutate(pick())).join([" ", "-", " ", ": "][random(4)]));
const listed = lists.flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/query: "([^"]*)"/g)].map((match) => match[1]));
const odd = ["", " ", "<img src=x onerror=alert(1)>", "\u202edigituki", "a\u0308iti", "ÄÖÅ", "digituki\u0000", "🙂 digituki", "x".repeat(500), "Ａ", "ß", "İstanbul"];
const queries = [...listed, ...generated, ...odd].map((query) => query.replace(/[\r\n]/g, " "));

const run = (example, args, input) =>
  execFileSync(`${target}/debug/examples/${example}`, args, { input, maxBuffer: 1 << 30 }).toString("utf8").trimEnd().split("\n");
let faults = 0;
const fault = (text) => {
  faults += 1;
  if (faults < 20) console.error(text);
};

const tested = [...new Set([...forms, ...queries.flatMap((query) => words(query).map((word) => word.text))])];
for (const line of run("analyse", [lang], tested.join("\n"))) {
  const [word, ...expected] = line.split("\t");
  const ours = analyser.hypotheses(word).map(({ penalty, lemma }) => `${penalty} ${lemma}`);
  if (ours.join("|") !== expected.join("|")) fault(`hypotheses of ${word}\n  Rust    ${expected}\n  browser ${ours}`);
}
const vectors = run("search-vectors", [book, lang], queries.join("\n")).map((line) => JSON.parse(line));
vectors.forEach(([query, expected], at) => {
  const ours = JSON.stringify(ask(query));
  if (query !== queries[at] || ours !== JSON.stringify(expected)) {
    fault(`results of ${JSON.stringify(query)}\n  Rust    ${JSON.stringify(expected).slice(0, 300)}\n  browser ${ours.slice(0, 300)}`);
  }
});
console.log(`${lang}: ${tested.length} words and ${vectors.length} queries (${listed.length} listed), ${faults} differ`);
process.exitCode = faults === 0 && vectors.length === queries.length ? 0 : 1;
