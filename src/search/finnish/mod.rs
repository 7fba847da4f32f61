//! The Finnish analyser: from a word to the dictionary forms that it may be a form of.
//!
//! It is given one word in lower case and returns up to [`HYPOTHESES`] lemmas, each with a penalty; two words belong
//! together where they share one. There is no dictionary: `rules.txt` says how endings come off, `grade.rs`
//! undoes consonant gradation. The search for lemmas goes through a handful of states (clitic, possessive, case,
//! number, stem, lemma) and keeps the cheapest way to each. The browser has the same engine and reads the same rules;
//! vectors hold the two together, so nothing here may depend on more than the word.

mod grade;
mod rules;

use std::ops::Range;
use std::sync::LazyLock;

use rules::{Rules, Scratch};

/// A possible dictionary form, and how unlikely it is: 0 for the word itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hypothesis {
    /// The sum of the penalties of the rules that led here.
    pub penalty: u8,
    /// The dictionary form.
    pub lemma: String,
}

/// How many hypotheses are kept of a word.
pub const HYPOTHESES: usize = 8;

/// The highest penalty of a hypothesis that is kept.
const HIGHEST: u8 = 16;

/// Words longer than this are no words, and stand for themselves only.
const LONGEST: usize = 64;

/// Lemmas shorter than this are not made; short words stand for themselves.
const SHORTEST: usize = 2;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::parse(include_str!("rules.txt")));

/// Returns the dictionary forms that a word may belong to, the likeliest first; the word itself is among them.
pub fn analyse(word: &str) -> Vec<Hypothesis> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() <= SHORTEST || letters.len() > LONGEST || letters.iter().any(char::is_ascii_digit) {
        return vec![Hypothesis { penalty: 0, lemma: word.to_owned() }];
    }
    let mut places = Places::of(&letters);
    let mut found = places.lemmas();
    let lemma = |range: &Range<usize>| &places.letters[range.clone()];
    found.sort_unstable_by(|(a, of_a), (b, of_b)| a.cmp(b).then_with(|| lemma(of_a).cmp(lemma(of_b))));
    found.truncate(HYPOTHESES);
    let hypothesis = |(penalty, range)| Hypothesis { penalty, lemma: lemma(&range).iter().collect() };
    found.into_iter().map(hypothesis).collect()
}

/// States with the text in each: those that are still to be entered, and those that have been.
struct Places {
    /// All texts, one after another.
    letters: Vec<char>,
    /// All places that a way leads to; the word itself is the first.
    all: Vec<Place>,
    /// By penalty: one more than the number of the last place that is still to be entered; 0 where there is none. Ways are
    /// followed in this order, so that the first way to a place is the cheapest.
    open: [usize; HIGHEST as usize + 1],
    /// There are a few dozen of a word, and most differ in length: looking through them is quicker than hashing.
    entered: Vec<(u8, Range<usize>)>,
}

struct Place {
    state: u8,
    text: Range<usize>,
    /// The next one of the same penalty, as in [`Places::open`].
    next: usize,
}

impl Places {
    /// About how many letters and places come of a word: most need no more room.
    const LETTERS: usize = 512;
    const PLACES: usize = 96;

    /// Begins with a word.
    fn of(word: &[char]) -> Self {
        let mut places = Places {
            letters: Vec::with_capacity(Places::LETTERS),
            all: Vec::with_capacity(Places::PLACES),
            open: [0; HIGHEST as usize + 1],
            entered: Vec::with_capacity(Places::PLACES),
        };
        places.open(0, RULES.start, word);
        places
    }

    /// Follows all rules from the word; returns each lemma with its lowest penalty.
    fn lemmas(&mut self) -> Vec<(u8, Range<usize>)> {
        let rules = &*RULES;
        let word = self.all[0].text.clone();
        let mut found = vec![(0, word.clone())];
        let (mut text, mut scratch) = (Vec::new(), Scratch::default());
        for penalty in 0..=HIGHEST {
            while let Some((state, range)) = self.enter(penalty) {
                text.clear();
                text.extend_from_slice(&self.letters[range.clone()]);
                if state == rules.lemma && text != self.letters[word.clone()] {
                    // It is reached once, by the cheapest way.
                    found.push((penalty + unlikely(&text) + rules.oddness(&text), range));
                }
                rules.step(state, &text, &mut scratch, |next, text, cost| {
                    let penalty = penalty + cost;
                    if penalty <= HIGHEST
                        && text.len() >= SHORTEST
                        && text.iter().any(|letter| grade::is_vowel(*letter))
                    {
                        self.open(penalty, next, text);
                    }
                });
            }
        }
        found
    }

    /// Notes that a way leads to a place.
    fn open(&mut self, penalty: u8, state: u8, text: &[char]) {
        let start = self.letters.len();
        self.letters.extend_from_slice(text);
        let last = &mut self.open[usize::from(penalty)];
        self.all.push(Place { state, text: start..self.letters.len(), next: *last });
        *last = self.all.len();
    }

    /// Enters a place of this penalty that has not been entered before. Returns its state and where its text is; none where
    /// there is no such place.
    fn enter(&mut self, penalty: u8) -> Option<(u8, Range<usize>)> {
        loop {
            let last = &mut self.open[usize::from(penalty)];
            let Place { state, text, next } = &self.all[last.checked_sub(1)?];
            *last = *next;
            let letters = &self.letters[text.clone()];
            if !self.entered.iter().any(|(known, of)| known == state && self.letters[of.clone()] == *letters) {
                self.entered.push((*state, text.clone()));
                return Some((*state, text.clone()));
            }
        }
    }
}

/// Returns a penalty for what Finnish dictionary forms do not look like (VISK § 11, 15, 38).
fn unlikely(lemma: &[char]) -> u8 {
    let last = lemma[lemma.len() - 1];
    if lemma.windows(3).any(|three| three[0] == three[1] && three[1] == three[2]) {
        return 9;
    }
    let ends_oddly = !grade::is_vowel(last) && !matches!(last, 'n' | 's' | 't' | 'l' | 'r');
    u8::from(ends_oddly) + 2 * u8::from(lemma.len() == SHORTEST) + u8::from(!grade::has_harmony(lemma))
}

#[cfg(test)]
mod tests {
    use super::analyse;

    fn has(form: &str, lemma: &str) {
        let found = analyse(form);
        assert!(found.iter().any(|hypothesis| hypothesis.lemma == lemma), "{form} -> {lemma}: {found:?}");
    }

    #[test]
    fn gradation_is_undone_both_ways() {
        has("digituen", "digituki");
        has("digitukea", "digituki");
        has("asiakkaalla", "asiakas");
        has("asiakasta", "asiakas");
        has("laitteiden", "laite");
        has("laitetta", "laite");
        has("kaupungissa", "kaupunki");
        has("puvun", "puku");
        has("tarpeen", "tarve");
    }

    #[test]
    fn nouns_of_all_types_come_to_their_nominative() {
        has("vastausten", "vastaus");
        has("vastauksia", "vastaus");
        has("mahdollisuuksia", "mahdollisuus");
        has("mahdollisuutta", "mahdollisuus");
        has("puhelimella", "puhelin");
        has("ihmisille", "ihminen");
        has("käsissä", "käsi");
        has("kättä", "käsi");
        has("viestejä", "viesti");
        has("palveluihin", "palvelu");
        has("tunnuksensa", "tunnus");
        has("kalliimpaa", "kallis");
        has("turvallisesti", "turvallinen");
        has("internetistä", "internet");
    }

    #[test]
    fn verbs_come_to_their_infinitive() {
        has("autetaan", "auttaa");
        has("auttoi", "auttaa");
        has("autan", "auttaa");
        has("luetaan", "lukea");
        has("tarvitsee", "tarvita");
        has("haluaisin", "haluta");
        has("halusi", "haluta");
        has("opettelee", "opetella");
        has("pääsevät", "päästä");
        has("saadaan", "saada");
        has("tavannut", "tavata");
        has("ohjaaminen", "ohjata");
        has("tunnistautumaan", "tunnistautua");
        has("onkohan", "on");
    }

    #[test]
    fn nothing_is_too_odd() {
        for word in ["", "a", "ab", "123", "ssssssssss", "ääääääääää", "n", &"aa".repeat(500)] {
            assert_eq!(analyse(word)[0].lemma, word);
        }
    }
}
