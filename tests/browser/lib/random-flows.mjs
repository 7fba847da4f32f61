// Random decision flows, built by the program and walked in Chromium: whatever the rows of a flow say, every path must
// end in the same outcome for a reader with script, for one without, over HTTP and from a folder. What a path means is
// worked out here, from the flow alone, and never from the pages.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { USUAL, baseOf, openTab, watch } from './browser.mjs';
import { readBook } from './books.mjs';
import { walkInPlace, walkPages } from './walks.mjs';

/**
 * @typedef {{ when?: [number, number], to: number }} Row  Fits where a question was given an answer; without that, always.
 * @typedef {Row[][][]} Shape  The rows of each answer to each question. Nodes from the number of questions on are outcomes.
 * @typedef {{ answers: number[][], end: number }} Path  Pairs of question and answer, and the node they lead to.
 */

/** How many flows are made, of which those that the program finds sound are walked. */
const MADE = 30;
/** How many are walked. */
const WALKED = 6;
const OUTCOMES = 3;
const MOST_PATHS = 80;

/** Numbers below `limit`, the same for the same seed (mulberry32). @param {number} seed @returns {(limit: number) => number} */
function numbers(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** A flow without circles: rows lead to later questions or to outcomes, and ask for earlier answers. @param {(limit: number) => number} below @returns {Shape} */
function shapeOf(below) {
  const questions = 2 + below(5);
  const sizes = Array.from({ length: questions }, () => 1 + below(3));
  return sizes.map((size, question) => Array.from({ length: size }, () => {
    // The next question comes up more often than others, so that few are left out.
    const to = () => (below(2) ? question + 1 : question + 1 + below(questions + OUTCOMES - question - 1));
    /** @type {Row[]} */
    const rows = [];
    for (let left = question > 0 ? below(3) : 0; left > 0; left--) {
      const asked = below(question);
      rows.push({ when: [asked, below(sizes[asked])], to: to() });
    }
    return [...rows, { to: to() }];
  }));
}

/** @param {Shape} shape @param {number} node */
const nameOf = (shape, node) => (node < shape.length ? `k${node}` : `o${node - shape.length}`);

/**
 * The same flow without rows that no path takes, as a writer would leave them out; their questions are written down only
 * where a row is left. @param {Shape} shape @returns {Shape}
 */
function pruned(shape) {
  const taken = new Set();
  pathsOf(shape, (row) => taken.add(row));
  return shape.map((answers) => answers.map((rows) => rows.filter((row) => taken.has(row)).map((row, at, { length }) =>
    (at === length - 1 ? { to: row.to } : row))));
}

/** @param {Shape} shape */
function yamlOf(shape) {
  const row = (/** @type {Row} */ { when, to }) => (when ? `{when: {k${when[0]}: v${when[1]}}, to: ${nameOf(shape, to)}}` : `{else: ${nameOf(shape, to)}}`);
  const used = new Set(shape.flat(2).map(({ to }) => to));
  return [
    'title: Satunnainen vuo', 'start: k0', 'questions:',
    ...shape.flatMap((answers, question) => (answers[0].length === 0 ? [] : [`  k${question}:`, `    text: Kysymys ${question}?`, '    answers:',
      ...answers.flatMap((rows, answer) => [`      - id: v${answer}`, `        text: Vastaus ${answer}`, '        next:', ...rows.map((one) => `          - ${row(one)}`)])])),
    'outcomes:',
    ...Array.from({ length: OUTCOMES }, (_, number) => number).filter((number) => used.has(shape.length + number))
      .map((number) => `  o${number}: {title: Ohje ${number}, body: Tee näin.}`), '',
  ].join('\n');
}

/** Every path, by the plain meaning of the rows. @param {Shape} shape @param {(row: Row) => void} [take] @returns {Path[]} */
function pathsOf(shape, take) {
  /** @type {Path[]} */
  const done = [];
  /** @type {(answers: number[][], node: number) => void} */
  const walk = (answers, node) => {
    if (node >= shape.length) return void done.push({ answers, end: node });
    shape[node].forEach((rows, answer) => {
      const fits = (/** @type {Row} */ { when }) => !when || answers.some(([question, given]) => question === when[0] && given === when[1]);
      const row = /** @type {Row} */ (rows.find(fits));
      take?.(row);
      walk([...answers, [node, answer]], row.to);
    });
  };
  walk([], 0);
  return done;
}

/**
 * Makes a book of sound random flows and builds it.
 * @param {string} opas @param {string} dir @param {number} seed
 */
async function makeBook(opas, dir, seed) {
  const below = numbers(seed);
  const shapes = Array.from({ length: MADE }, () => pruned(shapeOf(below))).filter((shape) => pathsOf(shape).length <= MOST_PATHS);
  const folder = join(dir, 'content/fi/flows');
  await mkdir(folder, { recursive: true });
  await writeFile(join(dir, 'book.toml'), '[book]\nid = "satunnaiset"\nversion = "1"\nlanguages = ["fi"]\ntitle = "Satunnaiset"\n');
  await writeFile(join(dir, 'content/fi/index.md'), '---\ntitle: Etusivu\n---\n\nVuot.\n');
  await Promise.all(shapes.map((shape, number) => writeFile(join(folder, `vuo-${number}.yaml`), yamlOf(shape))));
  const checked = spawnSync(opas, ['check', '--book', dir, '--message-format', 'json'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  /** @type {{ severity?: string, file?: string }[]} */
  const found = checked.stdout.trim().split('\n').map((line) => JSON.parse(line));
  const refused = new Set(found.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  const sound = shapes.map((shape, number) => ({ shape, name: `vuo-${number}` })).filter(({ name }) => !refused.has(`content/fi/flows/${name}.yaml`));
  // Those whose answers matter later come first.
  const conditions = (/** @type {Shape} */ shape) => shape.flat(2).filter(({ when }) => when).length;
  const walked = sound.sort((a, b) => conditions(b.shape) - conditions(a.shape)).slice(0, WALKED);
  const kept = new Set(walked.map(({ name }) => name));
  await Promise.all(shapes.map((_, number) => (kept.has(`vuo-${number}`) ? undefined : rm(join(folder, `vuo-${number}.yaml`)))));
  execFileSync(opas, ['build', '--quiet', '--book', dir, '--out', join(dir, 'out')]);
  assert.ok(walked.length === WALKED && conditions(walked[WALKED - 1].shape) > 0, `only ${walked.length} of ${shapes.length} flows are sound`);
  return { walked, book: await readBook('satunnaiset', join(dir, 'out')) };
}

/**
 * @param {import('./parts.mjs').Stage & { serve: typeof import('./server.mjs').serve }} stage
 * @param {string} opas  The program.
 * @returns {(() => Promise<void>)[]}
 */
export function randomFlows({ browser, report, serve }, opas) {
  return [() => report.timed('random flows', async () => {
    const seed = Number(process.env.OPAS_SEED ?? Date.now() % 2 ** 31);
    const dir = await mkdtemp(join(tmpdir(), 'opas-flows-'));
    /** @type {(place: string, message: string) => void} */
    const fail = (place, message) => report.test('random flows', `${place}, again by OPAS_SEED=${seed}`, [{ check: 'random flows', message }]);
    try {
      const { walked, book } = await makeBook(opas, dir, seed);
      const server = await serve([book]);
      for (const protocol of /** @type {const} */ (['http', 'file'])) {
        for (const javascript of [true, false]) {
          const mode = { ...USUAL, protocol, javascript };
          const base = baseOf(server, book, mode);
          const tab = await openTab(browser, mode);
          const watching = watch(tab, base);
          for (const { shape, name } of walked) {
            const place = `${name} [${protocol}, ${javascript ? 'with' : 'no'} script]`;
            try {
              const paths = pathsOf(shape);
              const ends = paths.map(({ end }) => nameOf(shape, end));
              const written = paths.map(({ answers }) => answers.map(([, answer]) => `v${answer}`));
              if (javascript) {
                await tab.goto(`${base}flows/${name}.html`);
                const taken = await walkInPlace(tab, written);
                assert.deepEqual(taken.map(({ shown, again, stale }) => ({ end: shown.node, again: again.node, stale })), ends.map((end) => ({ end, again: end, stale: false })));
              } else {
                const { reached, visited } = await walkPages(tab, `${base}flows/${name}.html`, written);
                assert.deepEqual(reached.map(({ node }) => node), ends);
                // Every page of a state is one that a path comes through, but the first, which the flow's own page shows too.
                const pages = book.pages.filter(({ path }) => path.startsWith(`flows/${name}/`) && !path.includes('/_'));
                assert.equal(visited, pages.filter(({ path }) => !path.endsWith('/k0.html')).length + 1, 'pages of states');
              }
              report.test('random flows', place, await watching.take());
            } catch (error) {
              fail(place, `${/** @type {Error} */ (error).message.split('\n').slice(0, 12).join(' ')}\n${yamlOf(shape)}`);
            }
          }
          await tab.context().close();
        }
      }
      server.close();
    } catch (error) {
      fail('the book', String(error));
    }
    await rm(dir, { recursive: true, force: true });
  })];
}
