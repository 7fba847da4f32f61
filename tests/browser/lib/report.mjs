// Counts the tests and prints those that failed, each fault once with all the places where it was found.

/** @typedef {import('./browser.mjs').Finding} Finding */

export class Report {
  passed = 0;
  failed = 0;
  /** Faults by their text, each with its places. @type {Map<string, string[]>} */
  #faults = new Map();
  #started = Date.now();
  /** @type {Map<string, { tests: number, failed: number }>} */
  #parts = new Map();
  /** Milliseconds that were spent on each part, in all tabs together. @type {Map<string, number>} */
  #times = new Map();

  /**
   * One test: it passes when nothing was found.
   * @param {string} part  The part of the suite.
   * @param {string} place  The page and how it was opened.
   * @param {Finding[]} findings
   */
  test(part, place, findings) {
    const sum = this.#parts.get(part) ?? { tests: 0, failed: 0 };
    this.#parts.set(part, { tests: sum.tests + 1, failed: sum.failed + (findings.length ? 1 : 0) });
    if (findings.length === 0) return void this.passed++;
    this.failed++;
    for (const { check, message } of findings) {
      const text = `${check}: ${message}`;
      this.#faults.set(text, [...(this.#faults.get(text) ?? []), place]);
    }
  }

  /**
   * Does something, and counts its time to a part.
   * @template T @param {string} part @param {() => Promise<T>} act @returns {Promise<T>}
   */
  async timed(part, act) {
    const began = performance.now();
    try {
      return await act();
    } finally {
      this.#times.set(part, (this.#times.get(part) ?? 0) + performance.now() - began);
    }
  }

  /** Prints everything and closes with the line that machines read. */
  close() {
    for (const [text, places] of this.#faults) {
      console.log(`FAILED ${text}`);
      const unique = [...new Set(places)];
      for (const place of unique.slice(0, 8)) console.log(`    ${place}`);
      if (unique.length > 8) console.log(`    and ${unique.length - 8} more`);
    }
    for (const [part, { tests, failed }] of this.#parts) {
      console.log(`${part}: ${tests} tests, ${failed} failed, ${((this.#times.get(part) ?? 0) / 1000).toFixed(0)} s`);
    }
    console.log(`took ${((Date.now() - this.#started) / 1000).toFixed(0)} s`);
    console.log(`${this.passed} passed, ${this.failed} failed`);
  }
}

/**
 * Runs jobs, `width` of them at a time.
 * @param {(() => Promise<void>)[]} jobs
 * @param {number} width
 */
export async function pool(jobs, width) {
  const queue = [...jobs];
  await Promise.all(Array.from({ length: width }, async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  }));
}
