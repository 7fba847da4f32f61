//! The index of one language: which word forms occur in which documents, and how much each says.
//!
//! It is given the documents and returns an [`Index`]: forms with their postings. Everything that ranking needs later
//! is a small integer here, so that the browser ranks exactly as Rust does. How rare a word is is not part of a
//! posting: it follows from numbers of documents when a query is answered, so that an edit of one page changes the
//! postings of that page's words only.

use std::collections::{BTreeMap, BTreeSet};

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
        let analyser = Analyser::new(lang);
        let by_group: Vec<Counts> = groups.par_iter().map(counts).collect();
        let mut wholes: BTreeMap<String, Vec<Posting>> = BTreeMap::new();
        let mut parts: BTreeMap<String, BTreeMap<u32, u8>> = BTreeMap::new();
        for (number, counts) in by_group.into_iter().enumerate() {
            let document = |section: usize| u32::try_from(number * 256 + section).unwrap_or(u32::MAX);
            for (form, section, impact) in counts.wholes {
                wholes.entry(form).or_default().push((document(section), impact));
            }
            for (form, section, impact) in counts.parts {
                let known = parts.entry(form).or_default().entry(document(section)).or_default();
                *known = impact.max(*known);
            }
        }
        for (form, pieces) in compounds(&analyser, &wholes) {
            for piece in pieces {
                let postings = parts.entry(piece).or_default();
                for (document, impact) in &wholes[&form] {
                    let known = postings.entry(*document).or_default();
                    *known = (*impact).max(*known);
                }
            }
        }
        let documents = groups.iter().map(|group| group.documents.len()).sum::<usize>();
        let of_wholes = wholes.into_iter().map(|(form, postings)| entry(form, Kind::Whole, postings));
        let of_parts = parts.into_iter().map(|(form, found)| entry(form, Kind::Part, found.into_iter().collect()));
        let mut entries: Vec<Entry> = of_wholes.chain(of_parts).collect();
        entries.sort_by(|a, b| (&a.form, a.kind).cmp(&(&b.form, b.kind)));
        let documents = u32::try_from(documents).unwrap_or(u32::MAX);
        let mut index = Index { lang: lang.to_owned(), groups, documents, entries, division: Division::default() };
        index.division = Division::new(&index);
        index
    }
}

/// Makes an entry, with the postings that say most.
fn entry(form: String, kind: Kind, mut postings: Vec<Posting>) -> Entry {
    let documents = u32::try_from(postings.len()).unwrap_or(u32::MAX);
    if postings.len() > MOST_POSTINGS {
        postings.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        postings.truncate(MOST_POSTINGS);
        postings.sort_unstable();
    }
    Entry { form, kind, documents, postings }
}

/// The forms of one page: form, section, impact.
#[derive(Default)]
struct Counts {
    wholes: Vec<(String, usize, u8)>,
    parts: Vec<(String, usize, u8)>,
}

fn counts(group: &Group) -> Counts {
    let mut counts = Counts::default();
    for (section, document) in group.documents.iter().take(MOST_SECTIONS).enumerate() {
        let mut wholes: BTreeMap<String, u32> = BTreeMap::new();
        let mut parts: BTreeMap<String, u32> = BTreeMap::new();
        let mut length = 0;
        for (field, text) in &document.fields {
            for word in words(text) {
                length += u32::from(*field == Field::Body);
                for part in word.parts.into_iter().filter(|part| part.chars().count() > 1) {
                    *parts.entry(part).or_default() += field.boost();
                }
                *wholes.entry(word.text).or_default() += field.boost();
            }
        }
        let share = group.rank.share();
        let with_impact = |(form, weight)| (form, section, impact(weight, length, share));
        counts.wholes.extend(wholes.into_iter().map(with_impact));
        counts.parts.extend(parts.into_iter().map(with_impact));
    }
    counts
}

/// Returns how much a form says of a document: BM25's saturation, with the document's length against a fixed one, as
/// an average of the book would change every posting with every edit. `share` is the page's, in eighths.
fn impact(weight: u32, length: u32, share: u32) -> u8 {
    // More says no more: the share of the highest impact is the same to the last bit.
    let weight = weight.min(1 << 16);
    let saturation = 15 + (length / 4).min(45);
    u8::try_from((HIGHEST * weight * share / (weight + saturation) / 8).max(1)).unwrap_or(u8::MAX)
}

/// Finds the parts of compounds: for each form, the heads and tails that other words of the book vouch for. A second
/// pass lets the tails of the first vouch, too: `puhelinnumeroita` shows what `vuoronumero` is made of.
fn compounds(analyser: &Analyser, wholes: &BTreeMap<String, Vec<Posting>>) -> Vec<(String, BTreeSet<String>)> {
    let forms: Vec<&String> = wholes.keys().collect();
    let analysed: Vec<Analysed> =
        forms.par_iter().map(|form| Analysed { form, hypotheses: analyser.hypotheses(form) }).collect();
    let vouching = analysed.iter().flat_map(|analysed| &analysed.hypotheses);
    let mut known: BTreeSet<&str> =
        vouching.filter(|found| found.penalty <= VOUCHING).map(|found| found.lemma.as_str()).collect();
    let tails: Vec<&str> = analysed.par_iter().flat_map_iter(|analysed| analysed.tails(&known)).collect();
    known.extend(tails);
    let split = |analysed: &Analysed| {
        let pieces = analysed.pieces(&known);
        (!pieces.is_empty()).then(|| (analysed.form.to_owned(), pieces))
    };
    analysed.par_iter().filter_map(split).collect()
}

/// The shortest part of a compound that another word vouches for, and that nobody does.
const SHORTEST_KNOWN: usize = 3;
const SHORTEST_UNKNOWN: usize = 4;

/// A form with what it may be a form of.
struct Analysed<'a> {
    form: &'a str,
    hypotheses: Vec<Hypothesis>,
}

impl Analysed<'_> {
    /// Returns the lemmas of what follows a long known first part.
    fn tails<'s>(&'s self, known: &BTreeSet<&str>) -> Vec<&'s str> {
        let splits = self.form.char_indices().skip(SHORTEST_KNOWN + 2).map(|(at, _)| at);
        let Some(at) = splits.filter(|at| known.contains(&self.form[..*at])).last() else { return Vec::new() };
        let is_tail = |tail: &&str| tail.chars().count() > SHORTEST_UNKNOWN;
        let likely =
            self.hypotheses.iter().filter(|found| (1..=VOUCHING).contains(&found.penalty) || found.lemma == self.form);
        likely.filter_map(|found| found.lemma.strip_prefix(&self.form[..at])).filter(is_tail).collect()
    }

    /// Returns the parts of the form, if it is a compound: a known first part (as it stands), a known last part (in
    /// the form that the compound's ending gives it), or both; both are best. What follows is split again.
    fn pieces(&self, known: &BTreeSet<&str>) -> BTreeSet<String> {
        let mut pieces = BTreeSet::new();
        let mut start = 0;
        while let Some(at) = self.split(start, known) {
            pieces.insert(self.form[start..at].to_owned());
            pieces.insert(self.form[at..].to_owned());
            start = at;
        }
        pieces
    }

    /// Returns where the rest of the form from `start` on is best split.
    fn split(&self, start: usize, known: &BTreeSet<&str>) -> Option<usize> {
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
