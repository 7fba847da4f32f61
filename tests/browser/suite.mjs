// Runs the suite over built books: `node suite.mjs handbook=DIR kitchen=DIR languages=DIR`. `run` builds them first.
// `--only pages,markup,journeys,flows,faults,preview` runs some parts, `--journey TEXT` the journeys with TEXT in their name,
// `--page TEXT` only pages with TEXT in their name.
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { nameOf, readBook } from './lib/books.mjs';
import { Tabs, launch } from './lib/browser.mjs';
import { Report, pool } from './lib/report.mjs';
import { serve } from './lib/server.mjs';
import { faults, looks, markups, readJourneys, travels } from './lib/parts.mjs';
import { previews } from './lib/preview.mjs';
import { randomFlows } from './lib/random-flows.mjs';
import expected from './bad/expected.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: 'pages,markup,journeys,flows,faults,preview' },
    opas: { type: 'string', default: '' },
    journey: { type: 'string', default: '' },
    page: { type: 'string', default: '' },
  },
});
const parts = values.only.split(',');
const books = await Promise.all(positionals.map((pair) => {
  const [name, dir] = pair.split('=');
  return readBook(name, resolve(dir));
}));
const bad = await readBook('bad', fileURLToPath(new URL('./bad', import.meta.url)));
const report = new Report();
const server = await serve([...books, bad]);
const browser = await launch();
const stage = { browser, tabs: new Tabs(browser), server, report };

for (const book of books) book.pages = book.pages.filter((built) => nameOf(built).includes(values.page));
const journeys = await readJourneys();
const wanted = parts.includes('journeys') ? journeys.filter(({ name }) => name.includes(values.journey)) : [];
// Journeys that stay on their page are made while it is looked at.
const onTheWay = parts.includes('pages') ? wanted.filter(({ stays }) => stays) : [];
// Long jobs that mostly wait come first, so that none is left alone at the end.
const jobs = [
  ...parts.includes('flows') ? randomFlows({ ...stage, serve }, values.opas) : [],
  ...parts.includes('preview') ? previews(stage, values.opas) : [],
  ...parts.includes('pages') ? await looks(stage, books, onTheWay) : [],
  ...travels(stage, books, wanted.filter((journey) => !onTheWay.includes(journey))),
  ...parts.includes('faults') ? faults(stage, bad, journeys, expected) : [],
  ...parts.includes('markup') ? markups(stage, books) : [],
];
await pool(jobs.map((job) => async () => {
  try {
    await job();
  } catch (error) {
    report.test('suite', 'a job', [{ check: 'broken', message: String(error) }]);
  }
}), Number(process.env.OPAS_TABS ?? 6));
await browser.close();
server.close();
report.close();
process.exitCode = report.failed ? 1 : 0;
