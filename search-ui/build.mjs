// Builds the browser's scripts into themes/default/assets. With --check it writes nothing and fails when what is there
// is not what the sources give. The rules and word lists are those that Rust reads, without their comments.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { blake3 } from "@noble/hashes/blake3.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;
const assets = `${here}../themes/default/assets/`;

const texts = {
  name: "texts",
  setup(plugin) {
    plugin.onLoad({ filter: /\.txt$/ }, ({ path }) => {
      const lines = readFileSync(path, "utf8").split("\n");
      const contents = lines.filter((line) => line.trim() && !line.startsWith("#")).join("\n");
      return { contents, loader: "text" };
    });
  },
};

// The digest of the sources stands in the scripts, so that `cargo test` sees without Node when they are too old.
const within = (folder, end) => readdirSync(here + folder).filter((name) => name.endsWith(end)).map((name) => folder + name);
const sources = [
  "build.mjs", "package-lock.json", ...within("src/", ".ts"),
  "../src/search/finnish/rules.txt", ...within("../src/search/stop-words/", ".txt"),
].sort();
const digest = blake3.create();
for (const path of sources) digest.update(readFileSync(here + path)).update(new Uint8Array(1));
const sum = bytesToHex(digest.digest());

const bundle = async (entry) => {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [`src/${entry}.ts`],
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "iife",
    target: "es2022",
    legalComments: "none",
    plugins: [texts],
    write: false,
    banner: { js: `// Built from search-ui/ by build.mjs; do not edit. Sources: ${sum}` },
  });
  return result.outputFiles[0].text;
};

let isStale = false;
for (const [entry, name] of [["loader", "find.js"], ["search", "search.js"]]) {
  const text = await bundle(entry);
  if (!process.argv.includes("--check")) {
    writeFileSync(assets + name, text);
  } else if (readFileSync(assets + name, "utf8") !== text) {
    console.error(`${name} is older than its sources: run \`npm run build\` in search-ui/`);
    isStale = true;
  }
}
process.exitCode = isStale ? 1 : 0;
