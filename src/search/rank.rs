//! The ranker: from a query to documents, best first.
//!
//! It is given an index and a query and returns [`Found`]s with what made them so. All numbers are integers, and
//! nothing depends on the order of a map: the browser's ranker is this one, line by line, and vectors hold the two
//! together. A word of the query finds entries of the lexicon in tiers (the same word, a shared lemma, a part of a
//! compound, words joined or split, one or two edits, the beginning of a word); a document counts the best of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ahash::RandomState;
use rayon::prelude::*;

use super::analyse::Analyser;
use super::distance::{lettered, within};
use super::entries::{Kind, Slot};
use super::finnish::Hypothesis;
use super::index::Index;
use super::words::words;

/// How a word of the query was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The same word.
    Exact,
    /// Another form of the word.
    Lemma,
    /// Words of the query joined, or one split.
    Joined,
    /// A part of a compound.
    Compound,
    /// The beginning of a word.
    Prefix,
    /// A word with one or two letters amiss.
    Typo,
}

impl Tier {
    /// Returns the name in the output of `opas search`.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Exact => "exact",
            Tier::Lemma => "lemma",
            Tier::Joined => "joined",
            Tier::Compound => "compound",
            Tier::Prefix => "prefix",
            Tier::Typo => "typo",
        }
    }
}

/// An entry that a word of the query finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The number of the entry in the index.
    pub entry: usize,
    /// How it was found.
    pub tier: Tier,
    /// How good the match is, up to [`FULL`].
    pub quality: u32,
}

/// The quality of the same word.
pub const FULL: u32 = 64;

/// A word of the query with what it finds.
#[derive(Debug, Clone)]
pub struct Term {
    /// The folded word.
    pub text: String,
    /// How much it counts: the rarer, the more.
    pub weight: u32,
    /// What it finds.
    pub candidates: Vec<Candidate>,
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The number of the page.
    pub group: usize,
    /// The number of the section; 0 is the page as a whole.
    pub section: usize,
    /// The worst tier among the words that count most.
    pub tier: Tier,
    /// Whether it belongs under the heading of possible others.
    pub weak: bool,
    /// The score.
    pub score: u32,
    /// How much of the query it answers, in 64ths.
    pub coverage: u32,
}

/// The most characters and words of a query that are looked at.
pub const LONGEST_QUERY: usize = 400;
const MOST_TERMS: usize = 16;
/// How many forms, the shortest, the word that is being typed may be the beginning of. Each may lie in another shard.
const MOST_BEGINNINGS: usize = 16;
/// The most results.
pub const MOST_RESULTS: usize = 100;
/// Below this coverage (in 64ths) a result is weak.
const WEAK_BELOW: u32 = 24;
/// The quality that a part of a word of the query must have at least, for the word to be split there.
const SURE_PART: u32 = 27;

/// By lemma, the numbers of the entries that may be forms of it, with their penalties.
type ByLemma<'a> = HashMap<&'a str, Vec<(usize, u8)>, RandomState>;

/// An index that can be asked.
pub struct Searcher<'a> {
    index: &'a Index,
    analyser: Analyser,
    by_lemma: ByLemma<'a>,
}

impl<'a> Searcher<'a> {
    /// Makes an index ready to be asked.
    pub fn new(index: &'a Index) -> Self {
        let analyser = Analyser::new(&index.lang);
        let by_lemma = by_lemma(index, &analyser);
        Searcher { index, analyser, by_lemma }
    }

    /// Returns the documents that answer a query, best first.
    pub fn search(&self, query: &str) -> Vec<Found> {
        self.rank(&self.terms(query))
    }

    /// Returns the words of a query with what each finds.
    pub fn terms(&self, query: &str) -> Vec<Term> {
        let query: String = query.chars().take(LONGEST_QUERY).collect();
        let found: Vec<String> = words(&query).take(MOST_TERMS).map(|word| word.text.into_owned()).collect();
        let mut terms = Vec::new();
        let mut at = 0;
        while at < found.len() {
            let is_last = at + 1 == found.len();
            let mut candidates = self.forms(&found[at]);
            let joined = [at.checked_sub(1), (!is_last).then_some(at)].into_iter().flatten();
            for first in joined {
                self.joined(&found[first], &found[first + 1], &mut candidates);
            }
            if !candidates.iter().any(|candidate| candidate.quality >= SURE_PART) {
                self.misspelt(&found[at], &mut candidates);
            }
            if candidates.is_empty()
                && let Some((head, tail)) = self.split(&found[at])
            {
                terms.extend([head, tail]);
                at += 1;
                continue;
            }
            if is_last {
                self.beginnings(&found[at], &mut candidates);
            }
            terms.push(self.term(found[at].clone(), candidates));
            at += 1;
        }
        self.lighten(&mut terms);
        terms
    }

    fn term(&self, text: String, candidates: Vec<Candidate>) -> Term {
        let best = candidates.iter().map(|candidate| candidate.tier).min();
        let counted = |candidate: &&Candidate| Some(candidate.tier) == best || candidate.tier <= Tier::Lemma;
        let known: BTreeSet<usize> = candidates.iter().filter(counted).map(|candidate| candidate.entry).collect();
        let sum: u32 = known.iter().map(|entry| self.index.entries[*entry].documents()).sum();
        let weight = rarity(self.index.documents, sum.min(self.index.documents));
        Term { text, weight, candidates }
    }

    /// Lets words that say little count little, unless the query has no others.
    fn lighten(&self, terms: &mut [Term]) {
        let is_light = |term: &Term| self.analyser.is_stop_word(&term.text);
        if terms.iter().all(is_light) {
            return;
        }
        for term in terms.iter_mut().filter(|term| is_light(term)) {
            term.weight /= 8;
        }
    }

    /// Finds the word itself, its other forms, and compounds that it is a part of.
    fn forms(&self, word: &str) -> Vec<Candidate> {
        let mut best: BTreeMap<usize, Candidate> = BTreeMap::new();
        for hypothesis in &*self.index.asked.hypotheses(&self.analyser, word) {
            for (entry, penalty) in self.by_lemma(&hypothesis.lemma) {
                let Some(candidate) = self.form(word, *entry, hypothesis.penalty + penalty) else { continue };
                let known = best.entry(*entry).or_insert(candidate);
                if candidate.quality > known.quality {
                    *known = candidate;
                }
            }
        }
        best.into_values().collect()
    }

    fn form(&self, word: &str, entry: usize, penalty: u8) -> Option<Candidate> {
        let found = &self.index.entries[entry];
        let penalty = u32::from(penalty);
        let (tier, quality) = match found.kind {
            Kind::Whole if *found.form == *word => (Tier::Exact, FULL),
            Kind::Whole if penalty <= 10 => (Tier::Lemma, 58 - 3 * penalty),
            Kind::Part if penalty <= 8 => (Tier::Compound, 36 - 3 * penalty),
            _ => return None,
        };
        Some(Candidate { entry, tier, quality })
    }

    /// Finds two words of the query written as one.
    fn joined(&self, first: &str, second: &str, candidates: &mut Vec<Candidate>) {
        let joined = format!("{first}{second}");
        let found = self.forms(&joined).into_iter().filter(|candidate| candidate.tier <= Tier::Lemma);
        for candidate in found {
            if !candidates.iter().any(|known| known.entry == candidate.entry) {
                candidates.push(Candidate { tier: Tier::Joined, ..candidate });
            }
        }
    }

    /// Finds the two words that one of the query is made of, each weighing half; the first may be one that the book
    /// does not have.
    fn split(&self, word: &str) -> Option<(Term, Term)> {
        let mut best: Option<(u32, Term, Term)> = None;
        for (at, _) in word.char_indices().skip(3) {
            let (head, tail) = word.split_at(at);
            let length = tail.chars().count();
            if length < 3 {
                break;
            }
            let sure = |word: &str| {
                let mut found = self.forms(word);
                found.retain(|candidate| candidate.quality >= SURE_PART);
                found
            };
            let (heads, tails) = (sure(head), sure(tail));
            let quality = |found: &[Candidate]| found.iter().map(|candidate| candidate.quality).max().unwrap_or(0);
            let worth = quality(&heads) + quality(&tails);
            if tails.is_empty() || (heads.is_empty() && length < 5) || best.as_ref().is_some_and(|best| best.0 >= worth)
            {
                continue;
            }
            best = Some((worth, self.half(head, heads), self.half(tail, tails)));
        }
        best.map(|(_, head, tail)| (head, tail))
    }

    /// Makes a term of one half of a word.
    fn half(&self, text: &str, candidates: Vec<Candidate>) -> Term {
        let mut term = self.term(text.to_owned(), candidates);
        term.weight /= 2;
        for candidate in &mut term.candidates {
            candidate.tier = candidate.tier.max(Tier::Joined);
            candidate.quality = candidate.quality * 3 / 4;
        }
        term
    }

    /// Finds words that begin with the one being typed.
    fn beginnings(&self, word: &str, candidates: &mut Vec<Candidate>) {
        let length = word.chars().count();
        if length < 3 {
            return;
        }
        let start = self.index.entries.partition_point(|entry| *entry.form < *word);
        let entries =
            self.index.entries.range(start..self.index.entries.len()).take_while(|entry| entry.form.starts_with(word));
        let mut found: Vec<(usize, usize)> = (start..)
            .zip(entries)
            .filter(|(_, entry)| entry.kind == Kind::Whole)
            .map(|(at, entry)| (entry.form.chars().count() - length, at))
            .collect();
        found.sort_unstable();
        for (more, entry) in found.into_iter().take(MOST_BEGINNINGS) {
            if !candidates.iter().any(|known| known.entry == entry) {
                let quality = 32 - u32::try_from(more).unwrap_or(u32::MAX).min(14);
                candidates.push(Candidate { entry, tier: Tier::Prefix, quality });
            }
        }
    }

    /// Finds words with one or two letters amiss.
    fn misspelt(&self, word: &str, candidates: &mut Vec<Candidate>) {
        let length = word.chars().count();
        if length < 4 || word.chars().all(|letter| letter.is_ascii_digit()) {
            return;
        }
        let most = if length >= 8 { 2 } else { 1 };
        let hypotheses = self.index.asked.hypotheses(&self.analyser, word);
        let lemmas: Vec<&str> =
            hypotheses.iter().map(|found| found.lemma.as_str()).filter(|lemma| *lemma != word).take(3).collect();
        // Of short words nearly all have neighbours: those are weak, and other forms are not tried.
        let near = if length > 4 { 36 } else { 20 };
        let lemmas = if length > 6 { lemmas } else { Vec::new() };
        let first = word.chars().next();
        // Only the words that begin as this one does: the browser has no others.
        let range = self.index.shards.of_word(word);
        let (word, lemmas) = (lettered(word), lemmas.into_iter().map(lettered).collect::<Vec<_>>());
        for (entry, found) in range.clone().zip(self.index.entries.range(range)) {
            if found.kind != Kind::Whole || (length < 6 && found.form.chars().next() != first) {
                continue;
            }
            let form = (&*found.form, found.letters);
            let direct = within(word, form, most).map(|edits| if edits < 2 { near } else { 24 });
            let of_lemma = || lemmas.iter().find_map(|lemma| within(*lemma, form, 1)).map(|_| 28);
            let quality = direct.or_else(of_lemma);
            if let Some(quality) = quality
                && !candidates.iter().any(|known| known.entry == entry)
            {
                candidates.push(Candidate { entry, tier: Tier::Typo, quality });
            }
        }
    }

    /// Returns the entries that may be forms of a lemma, with their penalties.
    fn by_lemma(&self, lemma: &str) -> &[(usize, u8)] {
        self.by_lemma.get(lemma).map_or(&[], Vec::as_slice)
    }

    /// Ranks the documents that the terms find.
    fn rank(&self, terms: &[Term]) -> Vec<Found> {
        let total: u32 = terms.iter().map(|term| term.weight).sum();
        if total == 0 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (group, sections) in self.matches(terms) {
            let whole = sections.get(&0);
            let mut best_of_sections = vec![Match::default(); terms.len()];
            for matches in sections.iter().filter(|(section, _)| **section > 0).map(|(_, matches)| matches) {
                for (best, this) in best_of_sections.iter_mut().zip(matches) {
                    *best = best.better(*this);
                }
            }
            let mut of_group = Vec::new();
            for (section, matches) in &sections {
                let shared = if *section == 0 { Some(&best_of_sections) } else { whole };
                let share = if *section == 0 { 2 } else { 3 };
                let effective = (0..terms.len()).map(|at| {
                    let shared = shared.map(|shared| shared[at]).unwrap_or_default();
                    matches[at].better(Match { impact: shared.impact * share / 8, ..shared })
                });
                let effective: Vec<Match> = effective.collect();
                of_group.push(Self::found(group, *section, terms, total, &effective));
            }
            of_group.sort_by(|a, b| b.score.cmp(&a.score).then(a.section.cmp(&b.section)));
            for (rank, result) in of_group.iter_mut().enumerate() {
                result.score = result.score * [8, 5, 4, 3][rank.min(3)] / 8;
            }
            found.extend(of_group.into_iter().take(4));
        }
        found.sort_by(|a, b| (a.weak, b.score, a.group, a.section).cmp(&(b.weak, a.score, b.group, b.section)));
        found.truncate(MOST_RESULTS);
        found
    }

    /// Returns, for each page and section, the best match of every term.
    fn matches(&self, terms: &[Term]) -> BTreeMap<usize, BTreeMap<usize, Vec<Match>>> {
        let mut all: BTreeMap<usize, BTreeMap<usize, Vec<Match>>> = BTreeMap::new();
        for (at, term) in terms.iter().enumerate() {
            for candidate in &term.candidates {
                for posting in self.index.entries[candidate.entry].postings() {
                    let matches = all.entry(posting.page()).or_default().entry(posting.section());
                    let matches = matches.or_insert_with(|| vec![Match::default(); terms.len()]);
                    let this = Match {
                        impact: u32::from(posting.impact()) * candidate.quality,
                        quality: candidate.quality,
                        tier: Some(candidate.tier),
                    };
                    matches[at] = matches[at].better(this);
                }
            }
        }
        all
    }

    fn found(group: usize, section: usize, terms: &[Term], total: u32, matches: &[Match]) -> Found {
        let mut score = 0;
        let mut covered = 0;
        let mut heaviest = (0, Tier::Exact);
        for (term, found) in terms.iter().zip(matches) {
            score += term.weight * found.impact / FULL;
            covered += term.weight * found.quality;
            if let Some(tier) = found.tier
                && term.weight >= heaviest.0
            {
                heaviest = (term.weight, if term.weight == heaviest.0 { tier.max(heaviest.1) } else { tier });
            }
        }
        let coverage = covered / total;
        Found {
            group,
            section,
            tier: heaviest.1,
            weak: coverage < WEAK_BELOW,
            score: score * (32 + coverage) / 96,
            coverage,
        }
    }
}

/// The best that a document has for a term.
#[derive(Debug, Clone, Copy, Default)]
struct Match {
    /// Impact times quality.
    impact: u32,
    quality: u32,
    tier: Option<Tier>,
}

impl Match {
    /// Returns the one that says more; of equals the better tier.
    fn better(self, other: Match) -> Match {
        let mine = (self.impact, self.quality);
        let others = (other.impact, other.quality);
        if others > mine { other } else { self }
    }
}

/// Finds the entries that may be forms of each lemma.
fn by_lemma<'a>(index: &'a Index, analyser: &Analyser) -> ByLemma<'a> {
    let analyse = |slot: &'a Slot| (slot, slot.hypotheses(analyser));
    let analysed: Vec<(&'a Slot, &'a [Hypothesis])> = index.entries.par_iter().map(analyse).collect();
    // A form has about as many lemmas.
    let mut all: ByLemma<'a> = HashMap::with_capacity_and_hasher(4 * index.entries.len(), RandomState::default());
    for (number, (slot, found)) in analysed.into_iter().enumerate() {
        for Hypothesis { lemma, penalty } in found.iter().filter(|found| begin_alike(&slot.form, &found.lemma)) {
            all.entry(lemma).or_default().push((number, *penalty));
        }
    }
    all
}

/// Returns whether a form and a lemma have the first two letters in common, by which shards are found.
fn begin_alike(form: &str, lemma: &str) -> bool {
    form.chars().take(2).eq(lemma.chars().take(2))
}

/// Returns how much a word counts that so many of all documents have: the logarithm of their ratio, in 16ths.
fn rarity(all: u32, with: u32) -> u32 {
    let ratio = 16 * (u64::from(all) + 1) / (u64::from(with) + 1);
    logarithm(ratio).saturating_sub(48).max(8)
}

/// Returns the logarithm to the base 2 in 16ths, rounded down, by squaring (no floating point, so that the browser's is
/// the same).
fn logarithm(number: u64) -> u32 {
    let whole = number.max(1).ilog2();
    // The number scaled to 1 to 2, with 24 bits after the point.
    let mut scaled = if whole > 24 { number >> (whole - 24) } else { number.max(1) << (24 - whole) };
    let mut result = whole;
    for _ in 0..4 {
        scaled = (scaled * scaled) >> 24;
        result <<= 1;
        if scaled >= 1 << 25 {
            scaled >>= 1;
            result |= 1;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::logarithm;

    #[test]
    fn logarithms_are_in_sixteenths() {
        assert_eq!(logarithm(1), 0);
        assert_eq!(logarithm(2), 16);
        assert_eq!(logarithm(3), 25);
        assert_eq!(logarithm(1024), 160);
        assert_eq!(logarithm(1 << 40), 640);
    }
}
