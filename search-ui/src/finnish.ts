// The Finnish analyser, as src/search/finnish does it, on the same rules.

import text from "../../src/search/finnish/rules.txt";

/** A possible dictionary form and its penalty. */
export interface Hypothesis {
  penalty: number;
  lemma: string;
}

const HYPOTHESES = 8;
const HIGHEST = 16;
const LONGEST = 64;
const SHORTEST = 2;

const VOWELS = "aeiouyäöå";
const isVowel = (letter: string | undefined): boolean => letter !== undefined && VOWELS.includes(letter);
const isBack = (letter: string): boolean | undefined =>
  "aou".includes(letter) ? true : "äöy".includes(letter) ? false : undefined;
const FRONT: Record<string, string> = { a: "ä", o: "ö", u: "y" };

interface Rule {
  pattern: string;
  kept: number;
  replacement: string;
  isWhole: boolean;
  next: string;
  grade: "" | "+" | "-";
  penalty: number;
}

const rules = parse(text);

function parse(source: string): Map<string, Rule[]> {
  const byState = new Map<string, Rule[]>();
  for (const line of source.split("\n")) {
    const [from, patterns, replacement, to, penalty] = line.split(/\s+/) as [string, string, string, string, string];
    const isWhole = patterns.startsWith("=");
    const targets = to.split(",");
    for (const listed of patterns.replace(/^=/, "").split(",")) {
      from.split(",").forEach((state, at) => {
        const target = targets[at]!;
        const grade = target.endsWith("+") ? "+" : target.endsWith("-") ? "-" : "";
        const rule: Rule = {
          pattern: listed.replace(/[|-]/g, ""),
          kept: listed.includes("|") ? listed.indexOf("|") : 0,
          replacement: replacement.replace(/[|-]/g, ""),
          isWhole,
          next: target.replace(/[+-]$/, ""),
          grade,
          penalty: Number(penalty),
        };
        byState.set(state, [...(byState.get(state) ?? []), rule]);
      });
    }
  }
  return byState;
}

/** Returns whether a letter of the pattern fits the text at a place. */
function fits(wanted: string, text: string, at: number): boolean {
  const letter = text[at]!;
  switch (wanted) {
    case "A":
      return letter === "a" || letter === "ä";
    case "O":
      return letter === "o" || letter === "ö";
    case "U":
      return letter === "u" || letter === "y";
    case "V":
      return isVowel(letter);
    case "C":
      return !isVowel(letter);
    case "L":
      return "lnr".includes(letter);
    case "@":
      return isVowel(letter) && text[at > 1 && text[at - 1] === "h" ? at - 2 : at - 1] === letter;
    default:
      return letter === wanted;
  }
}

function apply(rule: Rule, text: string): string | undefined {
  const from = text.length - rule.pattern.length;
  if (from < 0) return undefined;
  const stem = text.slice(0, from + rule.kept);
  if (rule.isWhole ? from > 0 : stem.length === 0) return undefined;
  let back: boolean | undefined;
  for (let at = 0; at < rule.pattern.length; at += 1) {
    const wanted = rule.pattern[at]!;
    if (!fits(wanted, text, from + at)) return undefined;
    if ("AOU".includes(wanted)) {
      const here = isBack(text[from + at]!);
      if (back !== undefined && back !== here) return undefined;
      back = here;
    }
  }
  if (!rule.replacement) return stem;
  for (let at = stem.length - 1; back === undefined && at >= 0; at -= 1) back = isBack(stem[at]!);
  let ending = "";
  for (const letter of rule.replacement) {
    const low = letter.toLowerCase();
    ending += "AOU".includes(letter) ? (back ? low : FRONT[low]!) : letter;
  }
  return stem + ending;
}

type Pair = readonly [strong: string, weak: string, change: number, leave: number];

const PAIRS: readonly Pair[] = [
  ["kk", "k", 0, 1], ["pp", "p", 0, 1], ["tt", "t", 0, 1], ["gg", "g", 1, 0], ["bb", "b", 1, 0], ["dd", "d", 1, 0],
  ["nk", "ng", 0, 1], ["mp", "mm", 0, 1], ["nt", "nn", 0, 1], ["lt", "ll", 1, 0], ["rt", "rr", 0, 1],
  ["ht", "hd", 0, 1], ["t", "d", 0, 1], ["lp", "lv", 1, 0], ["rp", "rv", 1, 0], ["lk", "lj", 2, 0],
  ["rk", "rj", 2, 0], ["hk", "hj", 2, 0], ["lkk", "lk", 0, 1], ["lpp", "lp", 0, 1], ["ltt", "lt", 0, 1],
  ["rkk", "rk", 0, 1], ["rpp", "rp", 0, 1], ["rtt", "rt", 0, 1], ["nkk", "nk", 0, 1], ["mpp", "mp", 0, 1],
  ["ntt", "nt", 0, 1], ["lk", "l", 2, 0], ["rk", "r", 2, 0], ["hk", "h", 2, 0],
];
const AFTER_VOWEL: readonly Pair[] = [["p", "v", 1, 0], ["k", "", 0, 0]];
const ROUND: Pair = ["k", "v", 0, 1];
const WRONG = 2;

/** Returns a word's variants by gradation, with their penalties; the word as it is comes last. */
function variants(word: string, up: boolean): [string, number][] {
  const end = word.length;
  let last = end - 1;
  while (last >= 0 && !isVowel(word[last])) last -= 1;
  if (last < 0 || (end > 1 && word[end - 1] === word[end - 2])) return [[word, 0]];
  const to = last > 0 && word[last - 1] === word[last] ? last - 1 : last;
  let start = to;
  while (start > 0 && !isVowel(word[start - 1])) start -= 1;
  if (start === 0) return [[word, 0]];
  const here = word.slice(start, to);
  const around = word[start - 1]! + (word[to] ?? "");
  const pairs = [...PAIRS, ...AFTER_VOWEL, ...(around === "uu" || around === "yy" ? [ROUND] : [])];
  const found: [string, number][] = [];
  let left = 0;
  for (const [strong, weak, change, leave] of pairs) {
    const [was, is] = up ? [weak, strong] : [strong, weak];
    if (here === was) {
      found.push([word.slice(0, start) + is + word.slice(to), change]);
      left = Math.max(left, up ? leave : WRONG);
    } else if (up && here === is && here.length > 1) {
      left = WRONG;
    }
  }
  found.push([word, left]);
  return found;
}

/** Returns the dictionary forms that a word may belong to, the likeliest first. */
export function analyse(word: string): Hypothesis[] {
  if (word.length <= SHORTEST || word.length > LONGEST || /[0-9]/.test(word)) return [{ penalty: 0, lemma: word }];
  const found = [...lemmas(word)].map(([lemma, penalty]) => ({ penalty, lemma }));
  found.sort((a, b) => a.penalty - b.penalty || (a.lemma < b.lemma ? -1 : a.lemma > b.lemma ? 1 : 0));
  return found.slice(0, HYPOTHESES);
}

function lemmas(word: string): Map<string, number> {
  const found = new Map([[word, 0]]);
  const reached = new Set<string>();
  const open: [string, string][][] = Array.from({ length: HIGHEST + 1 }, () => []);
  open[0]!.push(["word", word]);
  for (let penalty = 0; penalty <= HIGHEST; penalty += 1) {
    const here = open[penalty]!;
    // What costs nothing is added to the list while it is walked through.
    for (let number = 0; number < here.length; number += 1) {
      const [state, text] = here[number]!;
      const place = `${state} ${text}`;
      if (reached.has(place)) continue;
      reached.add(place);
      if (state === "lemma") {
        const cost = text === word ? 0 : penalty + unlikely(text) + oddness(text);
        found.set(text, Math.min(cost, found.get(text) ?? cost));
      }
      for (const rule of rules.get(state) ?? []) {
        const result = apply(rule, text);
        if (result === undefined) continue;
        const ways: [string, number][] = rule.grade ? variants(result, rule.grade === "+") : [[result, 0]];
        for (const [next, cost] of ways) {
          const sum = penalty + rule.penalty + cost;
          if (sum <= HIGHEST && next.length >= SHORTEST && [...next].some(isVowel)) open[sum]!.push([rule.next, next]);
        }
      }
    }
  }
  return found;
}

function unlikely(lemma: string): number {
  for (let at = 2; at < lemma.length; at += 1) {
    if (lemma[at] === lemma[at - 1] && lemma[at] === lemma[at - 2]) return 9;
  }
  const last = lemma.at(-1)!;
  const endsOddly = !isVowel(last) && !"nstlr".includes(last);
  const backs = [...lemma].map(isBack).filter((back) => back !== undefined);
  const clashes = backs.length > 1 && backs.at(-1) !== backs.at(-2);
  return Number(endsOddly) + 2 * Number(lemma.length === SHORTEST) + Number(clashes);
}

function oddness(lemma: string): number {
  let most = 0;
  for (const rule of rules.get("odd") ?? []) {
    if (rule.penalty > most && apply(rule, lemma) !== undefined) most = rule.penalty;
  }
  return most;
}
