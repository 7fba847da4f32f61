// The ranker, as src/search/rank.rs does it, line by line. Integers only; `missing` on the shelf says what it lacked.

import type { Analyser } from "./analyse.ts";
import { within } from "./distance.ts";
import type { Entry, Shelf } from "./shelf.ts";
import { words } from "./words.ts";

/** How a word of the query was found, best first. */
export const TIERS = ["exact", "lemma", "joined", "compound", "prefix", "typo"] as const;
const [EXACT, LEMMA, JOINED, COMPOUND, PREFIX, TYPO] = [0, 1, 2, 3, 4, 5] as const;

/** An entry that a word of the query finds. */
export interface Candidate {
  entry: Entry;
  tier: number;
  quality: number;
}

/** A word of the query with what it finds. */
export interface Term {
  text: string;
  weight: number;
  candidates: Candidate[];
}

/** A document that was found. */
export interface Found {
  page: number;
  section: number;
  tier: number;
  weak: boolean;
  score: number;
  coverage: number;
}

const FULL = 64;
const LONGEST_QUERY = 400;
const MOST_TERMS = 16;
const MOST_BEGINNINGS = 16;
const MOST_RESULTS = 100;
const WEAK_BELOW = 24;
const SURE_PART = 27;

const floor = Math.floor;
const length = (text: string): number => text.length;

/** Answers a query from the shelf; nothing while shards are missing that decide what is looked for. */
export function search(
  query: string,
  shelf: Shelf,
  analyser: Analyser,
  keep: Keep = () => true,
): { terms: Term[]; found: Found[] } {
  const terms = new Terms(shelf, analyser).of(query);
  if (shelf.missing.size > 0) return { terms, found: [] };
  const found = rank(terms, shelf, keep);
  return shelf.missing.size > 0 ? { terms, found: [] } : { terms, found };
}

class Terms {
  constructor(private readonly shelf: Shelf, private readonly analyser: Analyser) {}

  of(query: string): Term[] {
    const texts = words([...query].slice(0, LONGEST_QUERY).join("")).slice(0, MOST_TERMS).map((word) => word.text);
    const terms: Term[] = [];
    texts.forEach((text, at) => {
      const isLast = at + 1 === texts.length;
      const candidates = this.forms(text);
      if (at > 0) this.joined(texts[at - 1]! + text, candidates);
      if (!isLast) this.joined(text + texts[at + 1]!, candidates);
      // Without the word's own shards nothing can be said of what else it may be.
      if (this.shelf.missing.size > 0) return;
      if (!candidates.some((candidate) => candidate.quality >= SURE_PART)) this.misspelt(text, candidates);
      const halves = candidates.length === 0 ? this.split(text) : undefined;
      if (halves) {
        terms.push(...halves);
        return;
      }
      if (isLast) this.beginnings(text, candidates);
      terms.push(this.term(text, candidates));
    });
    this.lighten(terms);
    return terms;
  }

  private term(text: string, candidates: Candidate[]): Term {
    const best = Math.min(...candidates.map((candidate) => candidate.tier));
    const known = new Set<Entry>();
    for (const { entry, tier } of candidates) if (tier === best || tier <= LEMMA) known.add(entry);
    const all = this.shelf.manifest?.documents ?? 0;
    let sum = 0;
    for (const entry of known) sum += entry.documents;
    return { text, weight: rarity(all, Math.min(sum, all)), candidates };
  }

  private lighten(terms: Term[]): void {
    const isLight = (term: Term): boolean => this.analyser.isStopWord(term.text);
    if (terms.every(isLight)) return;
    for (const term of terms) if (isLight(term)) term.weight = floor(term.weight / 8);
  }

  private forms(word: string): Candidate[] {
    const best = new Map<Entry, Candidate>();
    for (const hypothesis of this.analyser.hypotheses(word)) {
      for (const [entry, penalty] of this.shelf.byLemma(hypothesis.lemma, this.analyser)) {
        const candidate = form(word, entry, hypothesis.penalty + penalty);
        const known = best.get(entry);
        if (candidate && (!known || candidate.quality > known.quality)) best.set(entry, candidate);
      }
    }
    return [...best.values()].sort((a, b) => inOrder(a.entry, b.entry));
  }

  private joined(text: string, candidates: Candidate[]): void {
    for (const candidate of this.forms(text)) {
      const isNew = candidate.tier <= LEMMA && !candidates.some((known) => known.entry === candidate.entry);
      if (isNew) candidates.push({ ...candidate, tier: JOINED });
    }
  }

  private split(word: string): [Term, Term] | undefined {
    let best: [Term, Term] | undefined;
    let highest = -1;
    const sure = (text: string): Candidate[] => this.forms(text).filter(({ quality }) => quality >= SURE_PART);
    const quality = (found: Candidate[]): number => Math.max(0, ...found.map((candidate) => candidate.quality));
    for (let at = 3; at <= word.length - 3; at += 1) {
      const [head, tail] = [word.slice(0, at), word.slice(at)];
      const [heads, tails] = [sure(head), sure(tail)];
      const worth = quality(heads) + quality(tails);
      if (tails.length === 0 || (heads.length === 0 && tail.length < 5) || highest >= worth) continue;
      highest = worth;
      best = [this.half(head, heads), this.half(tail, tails)];
    }
    return best;
  }

  private half(text: string, candidates: Candidate[]): Term {
    const term = this.term(text, candidates);
    term.weight = floor(term.weight / 2);
    for (const candidate of term.candidates) {
      candidate.tier = Math.max(candidate.tier, JOINED);
      candidate.quality = floor((candidate.quality * 3) / 4);
    }
    return term;
  }

  private beginnings(word: string, candidates: Candidate[]): void {
    if (length(word) < 3) return;
    const found: [number, Entry][] = [];
    for (const entry of this.shelf.entriesLike(word)) {
      if (!entry.isPart && entry.form.startsWith(word)) found.push([entry.form.length - word.length, entry]);
    }
    // The sort is stable, so that entries stay in order.
    found.sort((a, b) => a[0] - b[0]);
    for (const [more, entry] of found.slice(0, MOST_BEGINNINGS)) {
      if (!candidates.some((known) => known.entry === entry)) {
        candidates.push({ entry, tier: PREFIX, quality: 32 - Math.min(more, 14) });
      }
    }
  }

  private misspelt(word: string, candidates: Candidate[]): void {
    const size = length(word);
    if (size < 4 || /^[0-9]*$/.test(word)) return;
    const most = size >= 8 ? 2 : 1;
    const near = size > 4 ? 36 : 20;
    const lemmas = this.analyser.hypotheses(word).map(({ lemma }) => lemma).filter((lemma) => lemma !== word);
    const tried = size > 6 ? lemmas.slice(0, 3) : [];
    for (const entry of this.shelf.entriesLike(word)) {
      if (entry.isPart || (size < 6 && entry.form[0] !== word[0])) continue;
      const edits = within(word, entry.form, most);
      let quality = edits === undefined ? 0 : edits < 2 ? near : 24;
      if (!quality && tried.some((lemma) => within(lemma, entry.form, 1) !== undefined)) quality = 28;
      if (quality && !candidates.some((known) => known.entry === entry)) {
        candidates.push({ entry, tier: TYPO, quality });
      }
    }
  }
}

function form(word: string, entry: Entry, penalty: number): Candidate | undefined {
  if (!entry.isPart && entry.form === word) return { entry, tier: EXACT, quality: FULL };
  if (!entry.isPart && penalty <= 10) return { entry, tier: LEMMA, quality: 58 - 3 * penalty };
  if (entry.isPart && penalty <= 8) return { entry, tier: COMPOUND, quality: 36 - 3 * penalty };
  return undefined;
}

function inOrder(a: Entry, b: Entry): number {
  if (a.form !== b.form) return a.form < b.form ? -1 : 1;
  return Number(a.isPart) - Number(b.isPart);
}

/** The best that a document has for a term: impact times quality, quality, tier. */
type Match = readonly [impact: number, quality: number, tier: number];
const NONE: Match = [0, 0, -1];

const better = (one: Match, other: Match): Match =>
  other[0] > one[0] || (other[0] === one[0] && other[1] > one[1]) ? other : one;

/** Whether a page, or one of its sections (0 is the page as a whole), is among what is wanted. */
export type Keep = (page: number, section: number) => boolean;

function rank(terms: Term[], shelf: Shelf, keep: Keep): Found[] {
  const total = terms.reduce((sum, term) => sum + term.weight, 0);
  if (total === 0) return [];
  const found: Found[] = [];
  for (const [page, sections] of matches(terms, shelf)) {
    const whole = sections.get(0);
    const bestOfSections = terms.map(() => NONE);
    for (const [section, of] of sections) {
      if (section > 0) of.forEach((match, at) => (bestOfSections[at] = better(bestOfSections[at]!, match)));
    }
    const ofPage: Found[] = [];
    for (const [section, of] of sections) {
      const [shared, share] = section === 0 ? [bestOfSections, 2] : [whole, 3];
      const effective = of.map((match, at) => {
        const [impact, quality, tier] = shared?.[at] ?? NONE;
        return better(match, [floor((impact * share) / 8), quality, tier]);
      });
      ofPage.push(result(page, section, terms, total, effective));
    }
    ofPage.sort((a, b) => b.score - a.score || a.section - b.section);
    ofPage.filter((one) => keep(page, one.section)).slice(0, 4).forEach((one, at) => {
      one.score = floor((one.score * [8, 5, 4, 3][at]!) / 8);
      found.push(one);
    });
  }
  found.sort((a, b) =>
    Number(a.weak) - Number(b.weak) || b.score - a.score || a.page - b.page || a.section - b.section);
  return found.slice(0, MOST_RESULTS);
}

function matches(terms: Term[], shelf: Shelf): Map<number, Map<number, Match[]>> {
  const all = new Map<number, Map<number, Match[]>>();
  terms.forEach((term, at) => {
    for (const { entry, quality, tier } of term.candidates) {
      const postings = shelf.postingsOf(entry);
      for (let number = 0; number < postings.length; number += 2) {
        const document = postings[number]!;
        const [page, section] = [floor(document / 256), document % 256];
        let sections = all.get(page);
        if (!sections) all.set(page, (sections = new Map()));
        let of = sections.get(section);
        if (!of) sections.set(section, (of = terms.map(() => NONE)));
        of[at] = better(of[at]!, [postings[number + 1]! * quality, quality, tier]);
      }
    }
  });
  return all;
}

function result(page: number, section: number, terms: Term[], total: number, of: Match[]): Found {
  let [score, covered, heaviest, worst] = [0, 0, 0, EXACT as number];
  terms.forEach((term, at) => {
    const [impact, quality, tier] = of[at]!;
    score += floor((term.weight * impact) / FULL);
    covered += term.weight * quality;
    if (tier >= 0 && term.weight >= heaviest) {
      worst = term.weight === heaviest ? Math.max(tier, worst) : tier;
      heaviest = term.weight;
    }
  });
  const coverage = floor(covered / total);
  score = floor((score * (32 + coverage)) / 96);
  return { page, section, tier: worst, weak: coverage < WEAK_BELOW, score, coverage };
}

function rarity(all: number, having: number): number {
  const ratio = floor((16 * (all + 1)) / (having + 1));
  return Math.max(8, Math.max(0, logarithm(ratio) - 48));
}

/** Returns the logarithm to the base 2 in 16ths, rounded down. */
function logarithm(number: number): number {
  const whole = floor(Math.log2(Math.max(1, number)) + 1e-12);
  let scaled = floor(Math.max(1, number) * 2 ** (24 - whole));
  let bits = whole;
  for (let step = 0; step < 4; step += 1) {
    scaled = floor((scaled * scaled) / 2 ** 24);
    bits *= 2;
    if (scaled >= 2 ** 25) {
      scaled = floor(scaled / 2);
      bits += 1;
    }
  }
  return bits;
}
