// From text to words, as src/search/words.rs does it.

const LONGEST = 64;

/** A word of a text, with where it stands (in UTF-16 units). */
export interface Word {
  text: string;
  start: number;
  end: number;
}

const LETTER = /[\p{Alphabetic}\p{N}]/u;

const isLetter = (letter: string): boolean => letter.length === 1 && LETTER.test(letter);
const isHyphen = (letter: string): boolean => "-\u2010\u2011\u2013".includes(letter);
const isApostrophe = (letter: string): boolean => "'\u2019\u00b4".includes(letter);
const isMark = (letter: string): boolean => letter >= "\u0300" && letter <= "\u036f" && letter.length === 1;
const isInvisible = (letter: string): boolean => "\u00ad\u200b\u200c\u200d\u2060".includes(letter);
const isInWord = (letter: string): boolean => isLetter(letter) || isMark(letter) || isInvisible(letter);
const joins = (letter: string): boolean =>
  isHyphen(letter) || isApostrophe(letter) || letter === "." || letter === ":";

/** Returns the words of a text, in order. */
export function words(text: string): Word[] {
  const letters = [...text];
  const found: Word[] = [];
  let at = 0;
  let index = 0;
  while (index < letters.length) {
    const letter = letters[index]!;
    if (!isLetter(letter)) {
      at += letter.length;
      index += 1;
      continue;
    }
    const start = at;
    let raw = "";
    while (index < letters.length) {
      const here = letters[index]!;
      const goesOn = isInWord(here) || (joins(here) && isLetter(letters[index + 1] ?? " "));
      if (!goesOn) break;
      raw += here;
      at += here.length;
      index += 1;
    }
    const folded = word(raw);
    if (folded) found.push({ text: folded, start, end: at });
  }
  return found;
}

/** Makes a word of its characters; empty where nothing is left of them. */
function word(raw: string): string {
  const colon = raw.indexOf(":");
  const ending = colon < 0 ? "" : raw.slice(colon + 1);
  const isEnding = colon >= 0 && [...ending].length <= 6 && !/^[0-9]/.test(ending);
  const stem = isEnding ? raw.slice(0, colon) : raw;
  const folded = fold([...stem].filter((letter) => !isHyphen(letter) && letter !== "." && letter !== ":").join(""));
  return [...folded].slice(0, LONGEST).join("");
}

const FOLDED: Record<string, string> = {};
for (const [to, from] of [
  ["a", "àáâãā"], ["e", "èéêëēě"], ["i", "ìíîïī"], ["o", "òóôõō"], ["u", "ùúûüū"], ["y", "ýÿ"], ["c", "çč"],
  ["n", "ñń"], ["s", "š"], ["z", "ž"], ["d", "đ"], ["ö", "ø"], ["ä", "æ"], ["ss", "ß"],
] as const) {
  for (const letter of from) FOLDED[letter] = to;
}

/** Returns letters in lower case without accents; å, ä and ö are letters of their own. */
export function fold(text: string): string {
  let folded = "";
  for (const upper of text) {
    for (const letter of upper.toLowerCase()) {
      if (letter === "\u0308" || letter === "\u030a") {
        const last = folded.at(-1);
        const marked = letter === "\u0308" ? { a: "ä", o: "ö" }[last ?? ""] : last === "a" ? "å" : undefined;
        if (marked) folded = folded.slice(0, -1) + marked;
      } else if (!(isMark(letter) || isInvisible(letter) || isApostrophe(letter))) {
        folded += FOLDED[letter] ?? letter;
      }
    }
  }
  return folded;
}
