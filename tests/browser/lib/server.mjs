// A static server on a free loopback port. Books stand under a prefix, so that links from the root would break.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.webp': 'image/webp',
  '.ico': 'image/x-icon', '.xml': 'application/xml', '.txt': 'text/plain; charset=utf-8', '.pdf': 'application/pdf',
};

/**
 * Serves each book under `/some/prefix/<name>/`. `?still` holds a redirect page in place, so that it can be looked at;
 * an unknown address gets the book's `404.html`, as web servers are set up to do.
 * @param {import('./books.mjs').Book[]} books
 * @returns {Promise<{ base: (book: import('./books.mjs').Book) => string, close: () => void }>}
 */
export async function serve(books) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, name, path] = /^\/some\/prefix\/([^/]+)\/(.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const book = books.find((one) => one.name === name);
    if (!book) return void response.writeHead(404).end();
    let file = normalize(path === '' || path.endsWith('/') ? `${path}index.html` : path);
    const known = book.files.has(file);
    if (!known) file = '404.html';
    if (!book.files.has(file)) return void response.writeHead(404).end();
    let body = await readFile(join(book.dir, file));
    if (url.searchParams.has('still')) body = Buffer.from(body.toString().replace(/<meta http-equiv="refresh"[^>]*>/i, ''));
    response.writeHead(known ? 200 : 404, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'cache-control': 'max-age=600',
    }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    base: (book) => `http://127.0.0.1:${port}/some/prefix/${book.name}/`,
    close: () => { server.closeAllConnections(); server.close(); },
  };
}
