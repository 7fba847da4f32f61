//! The index of one language: which word forms occur in which documents, and how much each says.
//!
//! It is given the documents and returns an [`Index`]: forms with their postings. Everything that ranking needs later
//! is a small integer here, so that the browser ranks exactly as Rust does. How rare a word is is not part of a
//! posting: it follows from numbers of documents when a query is answered, so that an edit of one page changes the
//! postings of that page's words only.

use ahash::{AHashSet, RandomState};
use indexmap::IndexMap;
use rayon::prelude::*;

use super::analyse::Analyser;
use super::documents::{Field, Group};
use super::finnish::Hypothesis;
use super::shards::Division;
use super::words::words;

/// The highest impact of a word on a document; six bits.
pub const HIGHEST: u32 = 63;

/// How many documents are kept of a form at most: those that it says most of. Words that are everywhere tell nothing
/// apart, and would make every query heavy.
pub const MOST_POSTINGS: usize = 1000;

/// How many sections of a page can be found.
const MOST_SECTIONS: usize = 255;

/// The most of a word's penalty with which it vouches for a part of a compound.
const VOUCHING: u8 = 3;

/// What an entry of the lexicon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A word of the text.
    Whole,
    /// The first or last part of compounds.
    Part,
}

/// A document and how much a form says of it. The document is the number of its page times 256 and that of its section.
pub type Posting = (u32, u8);

/// A form of the lexicon.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The folded form.
    pub form: String,
    /// What it is.
    pub kind: Kind,
    /// In how many documents it occurs, whether they are kept or not.
    pub documents: u32,
    /// The documents, in order.
    pub postings: Vec<Posting>,
}

/// The index of one language.
#[derive(Debug)]
pub struct Index {
    /// The language.
    pub lang: String,
    /// The documents, by page.
    pub groups: Vec<Group>,
    /// The number of documents.
    pub documents: u32,
    /// All forms, in the order of form and kind.
    pub entries: Vec<Entry>,
    /// How the index is divided into files.
    pub division: Division,
}

impl Index {
    /// Makes the index of a language's documents.
    pub fn new(lang: &str, groups: Vec<Group>) -> Self {
        let numbered = groups.par_iter().enumerate().with_min_len(PAGES_AT_LEAST);
        let counter = numbered.fold(Counter::default, Counter::with).reduce(Counter::default, Counter::join);
        let wholes = counter.wholes.in_order();
        let parts = parts(&Analyser::new(lang), &wholes, counter.parts);
        let documents = groups.iter().map(|group| group.documents.len()).sum::<usize>();
        let of_wholes = wholes.into_par_iter().map(|(form, postings)| entry(form, Kind::Whole, postings));
        let of_parts = parts.into_par_iter().map(|(form, postings)| entry(form, Kind::Part, postings));
        let mut entries: Vec<Entry> = of_wholes.chain(of_parts).collect();
        entries.par_sort_unstable_by(|a, b| (&a.form, a.kind).cmp(&(&b.form, b.kind)));
        let documents = u32::try_from(documents).unwrap_or(u32::MAX);
        let mut index = Index { lang: lang.to_owned(), groups, documents, entries, division: Division::default() };
        index.division = Division::new(&index);
        index
    }
}

/// How many pages are counted together at least, before what was counted is joined.
const PAGES_AT_LEAST: usize = 64;

/// Makes an entry, with the postings that say most.
fn entry(form: String, kind: Kind, mut postings: Vec<Posting>) -> Entry {
    let documents = u32::try_from(postings.len()).unwrap_or(u32::MAX);
    if postings.len() > MOST_POSTINGS {
        let says_more = |a: &Posting, b: &Posting| b.1.cmp(&a.1).then(a.0.cmp(&b.0));
        postings.select_nth_unstable_by(MOST_POSTINGS, says_more);
        postings.truncate(MOST_POSTINGS);
        postings.sort_unstable();
    }
    Entry { form, kind, documents, postings }
}

/// Forms with their postings, in the order of the documents.
#[derive(Default)]
struct Forms {
    by_form: IndexMap<String, Vec<Posting>, RandomState>,
    /// For each form, by its number, how much it weighs in the document that is being counted.
    weights: Vec<u32>,
    /// The forms that weigh something there.
    touched: Vec<usize>,
}

impl Forms {
    /// Counts a form in the document.
    fn count(&mut self, form: String, weight: u32) {
        let entry = self.by_form.entry(form);
        let number = entry.index();
        entry.or_default();
        if number == self.weights.len() {
            self.weights.push(0);
        }
        if self.weights[number] == 0 {
            self.touched.push(number);
        }
        self.weights[number] += weight;
    }

    /// Ends the document: each of its forms gets a posting.
    fn end(&mut self, document: u32, length: u32, share: u32) {
        for number in self.touched.drain(..) {
            let weight = std::mem::take(&mut self.weights[number]);
            self.by_form[number].push((document, impact(weight, length, share)));
        }
    }

    /// Adds the forms of later documents.
    fn join(&mut self, later: Forms) {
        for (form, postings) in later.by_form {
            self.by_form.entry(form).or_default().extend(postings);
        }
    }

    fn in_order(self) -> Vec<(String, Vec<Posting>)> {
        let mut forms: Vec<_> = self.by_form.into_iter().collect();
        forms.par_sort_unstable_by(|a, b| a.0.cmp(&b.0));
        forms
    }
}

/// What is counted of pages that follow each other.
#[derive(Default)]
struct Counter {
    wholes: Forms,
    /// The pieces of words with hyphens or dots.
    parts: Forms,
}

impl Counter {
    /// Counts one page more.
    fn with(mut self, (number, group): (usize, &Group)) -> Self {
        for (section, document) in group.documents.iter().take(MOST_SECTIONS).enumerate() {
            let mut length = 0;
            for (field, text) in &document.fields {
                for word in words(text) {
                    length += u32::from(*field == Field::Body);
                    for part in word.parts.into_iter().filter(|part| part.chars().count() > 1) {
                        self.parts.count(part, field.boost());
                    }
                    self.wholes.count(word.text, field.boost());
                }
            }
            let document = u32::try_from(number * 256 + section).unwrap_or(u32::MAX);
            self.wholes.end(document, length, group.rank.share());
            self.parts.end(document, length, group.rank.share());
        }
        self
    }

    /// Adds what was counted of the pages that follow.
    fn join(mut self, later: Counter) -> Self {
        if self.wholes.by_form.is_empty() {
            return later;
        }
        self.wholes.join(later.wholes);
        self.parts.join(later.parts);
        self
    }
}

/// Returns how much a form says of a document: BM25's saturation, with the document's length against a fixed one, as
/// an average of the book would change every posting with every edit. `share` is the page's, in eighths.
fn impact(weight: u32, length: u32, share: u32) -> u8 {
    // More says no more: the share of the highest impact is the same to the last bit.
    let weight = weight.min(1 << 16);
    let saturation = 15 + (length / 4).min(45);
    u8::try_from((HIGHEST * weight * share / (weight + saturation) / 8).max(1)).unwrap_or(u8::MAX)
}

/// Finds the parts of compounds and adds them to the `counted` ones; a document's posting of a part is the highest of
/// those that lead to it.
fn parts(analyser: &Analyser, wholes: &[(String, Vec<Posting>)], counted: Forms) -> Vec<(String, Vec<Posting>)> {
    let forms: Vec<&str> = wholes.iter().map(|(form, _)| form.as_str()).collect();
    let pieces = compounds(analyser, &forms);
    let mut parts = counted.by_form;
    let mut found: IndexMap<&str, Vec<usize>, RandomState> = IndexMap::default();
    for (piece, whole) in pieces {
        found.entry(piece).or_default().push(whole);
    }
    for piece in found.keys() {
        if !parts.contains_key(*piece) {
            parts.insert((*piece).to_owned(), Vec::new());
        }
    }
    let with_compounds = |(form, mut postings): (String, Vec<Posting>)| {
        if let Some(compounds) = found.get(form.as_str()) {
            postings.extend(compounds.iter().flat_map(|number| &wholes[*number].1));
            postings.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
            postings.dedup_by_key(|(document, _)| *document);
        }
        (form, postings)
    };
    parts.into_iter().collect::<Vec<_>>().into_par_iter().map(with_compounds).collect()
}

/// Finds what forms are made of: the heads and tails that other words of the book vouch for, each with the number of the
/// form. A second pass lets the tails of the first vouch, too: `puhelinnumeroita` shows what `vuoronumero` is made of.
fn compounds<'a>(analyser: &Analyser, forms: &[&'a str]) -> Vec<(&'a str, usize)> {
    let analysed: Vec<Analysed<'a>> =
        forms.par_iter().map(|form| Analysed { form, hypotheses: analyser.hypotheses(form) }).collect();
    let vouching = analysed.iter().flat_map(|analysed| &analysed.hypotheses);
    let mut known: AHashSet<&str> =
        vouching.filter(|found| found.penalty <= VOUCHING).map(|found| found.lemma.as_str()).collect();
    let tails: Vec<&str> = analysed.par_iter().flat_map_iter(|analysed| analysed.tails(&known)).collect();
    known.extend(tails);
    let pieces = |(number, analysed): (usize, &Analysed<'a>)| {
        analysed.pieces(&known).into_iter().map(move |piece| (piece, number))
    };
    analysed.par_iter().enumerate().flat_map_iter(pieces).collect()
}

/// The shortest part of a compound that another word vouches for, and that nobody does.
const SHORTEST_KNOWN: usize = 3;
const SHORTEST_UNKNOWN: usize = 4;

/// A form with what it may be a form of.
struct Analysed<'a> {
    form: &'a str,
    hypotheses: Vec<Hypothesis>,
}

impl<'a> Analysed<'a> {
    /// Returns the lemmas of what follows a long known first part.
    fn tails<'s>(&'s self, known: &AHashSet<&str>) -> Vec<&'s str> {
        let splits = self.form.char_indices().skip(SHORTEST_KNOWN + 2).map(|(at, _)| at);
        let Some(at) = splits.filter(|at| known.contains(&self.form[..*at])).last() else { return Vec::new() };
        let is_tail = |tail: &&str| tail.chars().count() > SHORTEST_UNKNOWN;
        let likely =
            self.hypotheses.iter().filter(|found| (1..=VOUCHING).contains(&found.penalty) || found.lemma == self.form);
        likely.filter_map(|found| found.lemma.strip_prefix(&self.form[..at])).filter(is_tail).collect()
    }

    /// Returns the parts of the form, if it is a compound: a known first part (as it stands), a known last part (in
    /// the form that the compound's ending gives it), or both; both are best. What follows is split again.
    fn pieces(&self, known: &AHashSet<&str>) -> Vec<&'a str> {
        let mut pieces = Vec::new();
        let mut start = 0;
        while let Some(at) = self.split(start, known) {
            pieces.extend([&self.form[start..at], &self.form[at..]]);
            start = at;
        }
        pieces.sort_unstable();
        pieces.dedup();
        pieces
    }

    /// Returns where the rest of the form from `start` on is best split.
    fn split(&self, start: usize, known: &AHashSet<&str>) -> Option<usize> {
        let rest = &self.form[start..];
        let length = rest.chars().count();
        let mut best = None;
        for (number, (at, _)) in rest.char_indices().enumerate().skip(SHORTEST_KNOWN) {
            let tail = length - number;
            if tail < SHORTEST_KNOWN {
                break;
            }
            let whole = &self.form[..start + at];
            let knows_tail =
                |found: &Hypothesis| found.lemma.strip_prefix(whole).is_some_and(|tail| known.contains(tail));
            let worth = match (known.contains(&rest[..at]), self.hypotheses.iter().any(knows_tail)) {
                (true, true) => 200 + tail,
                (true, false) if tail >= SHORTEST_UNKNOWN && number >= SHORTEST_UNKNOWN => 100 + number,
                (false, true) if tail > SHORTEST_UNKNOWN => 100 + tail,
                _ => continue,
            };
            if best.is_none_or(|(known, _)| worth > known) {
                best = Some((worth, start + at));
            }
        }
        best.map(|(_, at)| at)
    }
}
