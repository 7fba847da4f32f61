//! Counting: which forms occur in which documents, and how much each says there.
//!
//! It is given pages with their numbers and returns their forms with postings. How much a form says depends on its own
//! document alone, so that an edit of one page changes the postings of that page only.

use std::ops::Range;
use std::sync::Arc;

use ahash::AHashMap;
use compact_str::CompactString;
use rayon::prelude::*;

use super::documents::{Field, Group};
use super::postings::{HIGHEST, Posting, documents_of};
use super::words::{sort_key, words};

/// How many pages are in a run at least.
const PAGES_AT_LEAST: usize = 64;

/// Forms in order, each with its postings in the order of the documents.
#[derive(Default)]
pub struct Counted {
    /// Each form, and where its postings are.
    forms: Vec<(CompactString, Range<usize>)>,
    postings: Vec<Posting>,
}

impl Counted {
    /// Returns all forms with their postings.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Posting])> {
        self.forms.iter().map(|(form, range)| (form.as_str(), &self.postings[range.clone()]))
    }

    /// Returns the postings of a form.
    pub fn get(&self, form: &str) -> &[Posting] {
        let at = self.forms.binary_search_by(|(other, _)| other.as_str().cmp(form));
        at.map(|at| &self.postings[self.forms[at].1.clone()]).unwrap_or_default()
    }
}

/// What is counted of some pages, by runs of pages that follow each other.
pub struct Counts {
    /// The words.
    pub wholes: Vec<Counted>,
    /// The pieces of words with hyphens or dots. They are few.
    pub parts: Vec<Counted>,
}

/// Counts the words of some pages, given by their numbers.
pub fn count(groups: &[Arc<Group>], numbers: &[usize]) -> Counts {
    // Each run has its own forms, so that there are few runs, but some more than threads.
    let together = numbers.len().div_ceil(2 * rayon::current_num_threads()).max(PAGES_AT_LEAST);
    let run = |numbers: &[usize]| {
        let counter = numbers.iter().map(|number| (*number, &*groups[*number])).fold(Counter::default(), Counter::with);
        (counter.wholes.counted(), counter.parts.counted())
    };
    let (wholes, parts) = numbers.par_chunks(together).map(run).unzip();
    Counts { wholes, parts }
}

/// Forms while they are counted.
#[derive(Default)]
struct Forms {
    numbers: AHashMap<CompactString, u32>,
    /// For each form, by its number, how much it weighs in the document that is being counted.
    weights: Vec<u32>,
    /// The forms that weigh something there.
    touched: Vec<u32>,
    /// What has been counted, document after document: how much a form says, whose number stands in the place of the
    /// document's.
    found: Vec<Posting>,
    /// The documents in order, each with where its part of `found` ends.
    ends: Vec<(u32, usize)>,
}

impl Forms {
    /// Counts a form in the document.
    fn count(&mut self, form: &str, weight: u32) {
        let known = self.numbers.get(form).copied();
        let number = known.unwrap_or_else(|| {
            let number = u32::try_from(self.weights.len()).unwrap_or(u32::MAX).min(Posting::LAST_DOCUMENT);
            self.numbers.insert(form.into(), number);
            self.weights.push(0);
            number
        });
        let weighs = &mut self.weights[number as usize];
        if *weighs == 0 {
            self.touched.push(number);
        }
        *weighs += weight;
    }

    /// Ends the document: each of its forms says something of it.
    fn end(&mut self, document: u32, length: u32, share: u32) {
        for number in self.touched.drain(..) {
            let weight = std::mem::take(&mut self.weights[number as usize]);
            self.found.push(Posting::new(number, impact(weight, length, share)));
        }
        self.ends.push((document, self.found.len()));
    }

    /// Puts what has been counted in the order of the forms.
    fn counted(self) -> Counted {
        let with_key = |(form, number): (CompactString, u32)| (sort_key(&form), form, number);
        let mut in_order: Vec<(u64, CompactString, u32)> = self.numbers.into_iter().map(with_key).collect();
        in_order.sort_unstable();
        let mut counts = self.weights;
        self.found.iter().for_each(|found| counts[found.document() as usize] += 1);
        let mut next = vec![0; counts.len()];
        let mut end = 0;
        let mut range = |(_, form, number): (u64, CompactString, u32)| {
            let start = end;
            next[number as usize] = start;
            end += counts[number as usize] as usize;
            (form, start..end)
        };
        let forms = in_order.into_iter().map(&mut range).collect();
        let mut postings = vec![Posting::default(); self.found.len()];
        let mut start = 0;
        for (document, end) in self.ends {
            for found in &self.found[start..end] {
                let at = &mut next[found.document() as usize];
                postings[*at] = Posting::new(document, found.impact());
                *at += 1;
            }
            start = end;
        }
        Counted { forms, postings }
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
    fn with(mut self, (page, group): (usize, &Group)) -> Self {
        for (number, document) in documents_of(page).zip(&group.documents) {
            let mut length = 0;
            for (field, text) in &document.fields {
                for word in words(text) {
                    length += u32::from(*field == Field::Body);
                    for part in word.parts.iter().filter(|part| part.chars().count() > 1) {
                        self.parts.count(part, field.boost());
                    }
                    self.wholes.count(&word.text, field.boost());
                }
            }
            self.wholes.end(number, length, group.rank.share());
            self.parts.end(number, length, group.rank.share());
        }
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
