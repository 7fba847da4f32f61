// A book is a folder that opas built; its pages are the HTML files in it.
import { readFile, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * @typedef {object} Built  One HTML file of a built book.
 * @property {Book} book
 * @property {string} path  Inside the book, with `/`.
 * @property {string} html
 * @property {boolean} redirect  Whether it sends the reader on at once.
 *
 * @typedef {object} Book
 * @property {string} name
 * @property {string} dir
 * @property {Set<string>} files  All files of the book, with `/`.
 * @property {Built[]} pages
 */

/**
 * Reads a built book from the disk.
 * @param {string} name
 * @param {string} dir
 * @returns {Promise<Book>}
 */
export async function readBook(name, dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1).split(sep).join('/')).sort();
  /** @type {Book} */
  const book = { name, dir, files: new Set(files), pages: [] };
  for (const path of files.filter((file) => file.endsWith('.html'))) {
    const html = await readFile(join(dir, path), 'utf8');
    book.pages.push({ book, path, html, redirect: /<meta http-equiv="refresh"/i.test(html) });
  }
  return book;
}

/**
 * The name of a page in reports and in journeys: `kitchen/osat/teksti.html`.
 * @param {Built} page
 */
export const nameOf = (page) => `${page.book.name}/${page.path}`;
