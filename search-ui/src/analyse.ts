// Which analyser a language has, as src/search/analyse.rs does it.

import { stemmer as swedish } from "@orama/stemmers/swedish";
import { stem as english } from "porter2";

import englishStopWords from "../../src/search/stop-words/en.txt";
import finnishStopWords from "../../src/search/stop-words/fi.txt";
import swedishStopWords from "../../src/search/stop-words/sv.txt";
import { analyse, type Hypothesis } from "./finnish.ts";

export type { Hypothesis };

/** The analyser of one language. */
export interface Analyser {
  hypotheses(word: string): Hypothesis[];
  isStopWord(word: string): boolean;
}

const stemmed = (stem: (word: string) => string) => (word: string): Hypothesis[] => {
  const found = [{ penalty: 0, lemma: word }];
  const lemma = stem(word);
  if (lemma !== word) found.push({ penalty: 1, lemma });
  return found;
};

/** Returns the analyser of a language; each word is analysed once. */
export function analyserOf(lang: string): Analyser {
  const plain = (word: string): Hypothesis[] => [{ penalty: 0, lemma: word }];
  const kinds: Record<string, [(word: string) => Hypothesis[], string]> = {
    fi: [analyse, finnishStopWords],
    sv: [stemmed(swedish), swedishStopWords],
    en: [stemmed(english), englishStopWords],
  };
  const [analyseWord, list] = kinds[lang] ?? [plain, ""];
  const stopWords = new Set(list.split(/\s+/));
  const known = new Map<string, Hypothesis[]>();
  return {
    hypotheses(word) {
      let found = known.get(word);
      if (!found) known.set(word, (found = analyseWord(word)));
      return found;
    },
    isStopWord: (word) => word !== "" && stopWords.has(word),
  };
}
