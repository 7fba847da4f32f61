//! Counting: which forms occur in which documents, and how much each says there.
//!
//! It is given pages with their numbers and returns their forms with postings. How much a form says depends on its own
//! document alone, so that an edit of one page changes the postings of that page only.

use std::borrow::Cow;
use std::sync::Arc;

use ahash::RandomState;
use indexmap::IndexMap;
use rayon::prelude::*;

use super::documents::{Field, Group};
use super::postings::{HIGHEST, Posting};
use super::words::words;

/// How many sections of a page can be found.
const MOST_SECTIONS: usize = 255;

/// How many pages are in a run at least.
const PAGES_AT_LEAST: usize = 64;

/// Forms with their postings, in the order of the documents.
pub type Counted = IndexMap<String, Vec<Posting>, RandomState>;

/// What is counted of some pages.
pub struct Counts {
    /// The words, by runs of pages that follow each other.
    pub wholes: Vec<Counted>,
    /// The pieces of words with hyphens or dots. They are few.
    pub parts: Counted,
}

/// Counts the words of some pages, given by their numbers.
pub fn count(groups: &[Arc<Group>], numbers: &[usize]) -> Counts {
    // Each run has its own forms, so that there are few runs, but some more than threads.
    let together = numbers.len().div_ceil(2 * rayon::current_num_threads()).max(PAGES_AT_LEAST);
    let numbered = numbers.par_iter().map(|number| (*number, &*groups[*number])).with_min_len(together);
    let runs: Vec<Counter> = numbered.fold(Counter::default, Counter::with).collect();
    let (wholes, parts): (_, Vec<_>) = runs.into_iter().map(|run| (run.wholes.by_form, run.parts.by_form)).unzip();
    Counts { wholes, parts: parts.into_iter().reduce(joined).unwrap_or_default() }
}

/// Adds the forms of later documents.
fn joined(mut forms: Counted, later: Counted) -> Counted {
    for (form, postings) in later {
        forms.entry(form).or_default().extend(postings);
    }
    forms
}

/// Forms while they are counted.
#[derive(Default)]
struct Forms {
    by_form: Counted,
    /// For each form, by its number, how much it weighs in the document that is being counted.
    weights: Vec<u32>,
    /// The forms that weigh something there.
    touched: Vec<usize>,
}

impl Forms {
    /// Counts a form in the document.
    fn count(&mut self, form: Cow<'_, str>, weight: u32) {
        let known = self.by_form.get_index_of(&*form);
        let number = known.unwrap_or_else(|| self.by_form.insert_full(form.into_owned(), Vec::new()).0);
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
}

/// Returns how much a form says of a document: BM25's saturation, with the document's length against a fixed one, as
/// an average of the book would change every posting with every edit. `share` is the page's, in eighths.
fn impact(weight: u32, length: u32, share: u32) -> u8 {
    // More says no more: the share of the highest impact is the same to the last bit.
    let weight = weight.min(1 << 16);
    let saturation = 15 + (length / 4).min(45);
    u8::try_from((HIGHEST * weight * share / (weight + saturation) / 8).max(1)).unwrap_or(u8::MAX)
}
