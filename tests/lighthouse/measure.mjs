// Measures pages with Lighthouse: `node measure.mjs SITE`. The pages are served compressed, as servers do it.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import lighthouse from 'lighthouse';
import * as launcher from 'chrome-launcher';

const PAGES = ['index.html', 'asiointi/tietosuoja.html', 'tapaukset/huijausviesti.html', 'cases.html', 'glossary.html'];
/** The least score of each category. */
const LEAST = { accessibility: 100, 'best-practices': 100, performance: 98 };
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json' };

const site = process.argv[2];
const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)).slice(1) || 'index.html';
  try {
    const body = gzipSync(await readFile(join(site, path)));
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'content-encoding': 'gzip', 'cache-control': 'max-age=31536000' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const chrome = await launcher.launch({ chromeFlags: ['--headless', '--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] });
let passed = 0;
let failed = 0;
for (const page of PAGES) {
  const result = await lighthouse(`http://127.0.0.1:${server.address().port}/${page}`, { port: chrome.port, output: 'json', logLevel: 'error', onlyCategories: Object.keys(LEAST) });
  for (const [name, least] of Object.entries(LEAST)) {
    const category = result.lhr.categories[name];
    const score = Math.round((category.score ?? 0) * 100);
    const good = score >= least;
    if (good) passed++; else failed++;
    console.log(`${good ? 'passed' : 'FAILED'} ${page} ${name}: ${score}`);
    if (!good || score < 100) {
      for (const { id, weight } of category.auditRefs) {
        const audit = result.lhr.audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 0.9) console.log(`    ${id}: ${audit.title} ${audit.displayValue ?? ''}`);
      }
    }
  }
}
await chrome.kill();
server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
