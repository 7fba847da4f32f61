//! What compounds are made of, as far as the book's own words show it.
//!
//! It is given forms with what each may be a form of, and says which of their pieces other words of the book vouch for.
//! [`Vouched`] holds the words that do. It is kept from one index to the next, so that after an edit only those forms
//! are looked at again that a word which came or went can be a piece of ([`Signature`]).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use ahash::AHashMap;
use rayon::prelude::*;

use super::analyse::Analyser;
use super::entries::Entry;
use super::finnish::Hypothesis;

/// The most of a word's penalty with which it vouches for a part of a compound.
const VOUCHING: u8 = 3;

/// The shortest part of a compound that another word vouches for, and that nobody does.
const SHORTEST_KNOWN: usize = 3;
const SHORTEST_UNKNOWN: usize = 4;

/// Into how many maps the words are divided, so that an edit copies few of them.
const STRIPES: usize = 1024;

/// A piece of a form: where it begins and ends, in bytes.
pub type Piece = (u32, u32);

/// A form with what it may be a form of.
pub struct Analysed<'a> {
    form: &'a str,
    hypotheses: Cow<'a, [Hypothesis]>,
}

impl<'a> Analysed<'a> {
    /// Analyses a form.
    pub fn new(analyser: &Analyser, form: &'a str) -> Self {
        Analysed { form, hypotheses: analyser.hypotheses(form).into() }
    }

    /// Analyses the form of an entry, unless that has been asked already.
    pub fn of(analyser: &Analyser, entry: &'a Entry) -> Self {
        match entry.known_hypotheses() {
            Some(known) => Analysed { form: &entry.form, hypotheses: known.into() },
            None => Analysed::new(analyser, &entry.form),
        }
    }

    /// Returns the lemmas for which the form vouches.
    fn lemmas(&self) -> impl Iterator<Item = &str> {
        self.hypotheses.iter().filter(|found| found.penalty <= VOUCHING).map(|found| found.lemma.as_str())
    }

    /// Returns the lemmas of what follows a long first part that is itself a word of the book: `puhelinnumeroita`
    /// shows what `vuoronumero` is made of.
    fn tails(&self, vouched: &Vouched) -> Vec<&str> {
        let count = self.form.chars().count().saturating_sub(SHORTEST_KNOWN + 2);
        let mut splits = self.form.char_indices().rev().take(count).map(|(at, _)| at);
        let Some(at) = splits.find(|at| vouched.has(Role::Lemma, &self.form[..*at])) else { return Vec::new() };
        let is_tail = |tail: &&str| tail.chars().count() > SHORTEST_UNKNOWN;
        let likely =
            self.hypotheses.iter().filter(|found| (1..=VOUCHING).contains(&found.penalty) || found.lemma == self.form);
        likely.filter_map(|found| found.lemma.strip_prefix(&self.form[..at])).filter(is_tail).collect()
    }

    /// Returns the parts of the form, if it is a compound: a known first part (as it stands), a known last part (in
    /// the form that the compound's ending gives it), or both; both are best. What follows is split again. No two are
    /// the same word.
    pub fn pieces(&self, vouched: &Vouched) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut start = 0;
        while let Some(at) = self.split(start, vouched) {
            pieces.extend([(start, at), (at, self.form.len())]);
            start = at;
        }
        pieces.sort_unstable_by_key(|(start, end)| &self.form[*start..*end]);
        pieces.dedup_by_key(|(start, end)| &self.form[*start..*end]);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        pieces.into_iter().map(|(start, end)| (offset(start), offset(end))).collect()
    }

    /// Returns where the rest of the form from `start` on is best split.
    fn split(&self, start: usize, vouched: &Vouched) -> Option<usize> {
        let rest = &self.form[start..];
        let length = rest.chars().count();
        let mut best = None;
        for (number, (at, _)) in rest.char_indices().enumerate().skip(SHORTEST_KNOWN) {
            let tail = length - number;
            if tail < SHORTEST_KNOWN {
                break;
            }
            let whole = &self.form[..start + at];
            let knows_head = vouched.contains(&rest[..at]);
            if !knows_head && best.is_some_and(|(known, _)| known >= 100 + tail) {
                continue;
            }
            let knows_tail =
                |found: &Hypothesis| found.lemma.strip_prefix(whole).is_some_and(|tail| vouched.contains(tail));
            let worth = match (knows_head, self.hypotheses.iter().any(knows_tail)) {
                // Both are best, and each further place leaves less of the last part.
                (true, true) => return Some(start + at),
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

    /// Returns what the form and its lemmas have in them.
    pub fn signature(&self) -> Signature {
        let all = Signature::of(self.form);
        self.hypotheses.iter().fold(all, |all, found| all.and(Signature::of(after_shared(self.form, &found.lemma))))
    }
}

/// Returns what of a lemma is not as in the form, with the letter before it.
fn after_shared<'l>(form: &str, lemma: &'l str) -> &'l str {
    let letters = form.chars().zip(lemma.char_indices());
    let last_shared = letters.take_while(|(of_form, (_, letter))| of_form == letter).last();
    &lemma[last_shared.map_or(0, |(_, (at, _))| at)..]
}

/// Which pairs of letters occur in a text, by a hash of each. A word can only be a piece of a form whose signature holds
/// the word's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signature(u128);

impl Signature {
    /// Returns the pairs of letters of a text.
    pub fn of(text: &str) -> Self {
        let pairs = text.chars().zip(text.chars().skip(1));
        let bit = |(a, b): (char, char)| {
            let hash = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            1u128 << (hash >> 57)
        };
        Signature(pairs.fold(0, |all, pair| all | bit(pair)))
    }

    fn and(self, other: Signature) -> Self {
        Signature(self.0 | other.0)
    }

    /// Returns whether a word with the other signature can occur.
    pub fn holds(self, other: Signature) -> bool {
        self.0 & other.0 == other.0
    }
}

/// As what a word is vouched for.
#[derive(Clone, Copy)]
enum Role {
    /// A word may be a form of it.
    Lemma,
    /// It follows a known word in a compound.
    Tail,
}

/// Words for which others vouch, with how many do in each role.
#[derive(Debug, Clone)]
pub struct Vouched {
    stripes: Vec<Arc<Stripe>>,
}

/// A word with the number of its map, and whether one more vouches for it or one less.
type Change<'w> = (u16, &'w str, bool);

/// Words with how many vouch for each as a lemma and as a tail.
type Stripe = AHashMap<Box<str>, [u32; 2]>;

impl Default for Vouched {
    fn default() -> Self {
        Vouched { stripes: vec![Arc::default(); STRIPES] }
    }
}

/// Returns the number of the map in which a word is.
fn stripe_of(word: &str) -> u16 {
    let bytes = word.as_bytes();
    let at = |at: usize| bytes.get(at).copied().map_or(0, usize::from);
    let (length, middle) = (bytes.len(), bytes.len() / 2);
    let hash = at(0) * 31 + at(1) * 131 + at(middle) * 17 + at(length.wrapping_sub(1)) * 257 + length * 61;
    u16::try_from(hash % STRIPES).unwrap_or_default()
}

impl Vouched {
    /// Returns whether any word vouches for this one.
    pub fn contains(&self, word: &str) -> bool {
        self.stripes[usize::from(stripe_of(word))].contains_key(word)
    }

    fn has(&self, role: Role, word: &str) -> bool {
        self.stripes[usize::from(stripe_of(word))].get(word).is_some_and(|counts| counts[role as usize] > 0)
    }

    /// Takes forms in and out. Returns the words that are vouched for now and were not, or were and are not; they are not
    /// asked for (`is_first`) when there was no word before.
    ///
    /// `beginning_with` lists the forms that stay and begin with a word: it may let others vouch for what follows.
    pub fn change(
        &mut self,
        analyser: &Analyser,
        come: &[&Analysed<'_>],
        gone: &[&Analysed<'_>],
        is_first: bool,
        beginning_with: impl Fn(&str) -> Vec<Arc<str>>,
    ) -> Vec<String> {
        let before = self.clone();
        let [came, went] =
            [come, gone].map(|list| list.par_iter().flat_map_iter(|form| form.lemmas()).collect::<Vec<&str>>());
        let mut differ = self.count(Role::Lemma, &came, &went, is_first);
        let followed: BTreeSet<Arc<str>> = differ.iter().flat_map(|word| beginning_with(word)).collect();
        let followed: Vec<Analysed<'_>> = followed.iter().map(|form| Analysed::new(analyser, form)).collect();
        let followed: Vec<&Analysed<'_>> = followed.iter().collect();
        let (mut came, mut went) = (tails(come, self), tails(gone, &before));
        came.extend(tails(&followed, self));
        went.extend(tails(&followed, &before));
        differ.extend(self.count(Role::Tail, &came, &went, is_first));
        differ.retain(|word| before.contains(word) != self.contains(word));
        differ.sort_unstable();
        differ.dedup();
        differ
    }

    /// Counts words in one role; returns those whose count came from nothing or to nothing.
    fn count<'w>(&mut self, role: Role, came: &[&'w str], went: &[&'w str], is_first: bool) -> Vec<String> {
        let came = came.par_iter().map(|word| (stripe_of(word), *word, true));
        let went = went.par_iter().map(|word| (stripe_of(word), *word, false));
        let mut all: Vec<Change<'w>> = came.chain(went).collect();
        all.par_sort_unstable_by_key(|(stripe, ..)| *stripe);
        let mut by_stripe: Vec<&[Change<'w>]> = vec![&[]; STRIPES];
        for changes in all.chunk_by(|a, b| a.0 == b.0) {
            by_stripe[usize::from(changes[0].0)] = changes;
        }
        let role = role as usize;
        let of_stripe = |(stripe, changes): (&mut Arc<Stripe>, &[Change<'w>])| {
            let mut first: AHashMap<&'w str, u32> = AHashMap::new();
            if changes.is_empty() {
                return Vec::new();
            }
            let map = Arc::make_mut(stripe);
            for (_, word, is_more) in changes.iter().copied() {
                let counts = match map.get_mut(word) {
                    Some(counts) => counts,
                    None => map.entry(word.into()).or_default(),
                };
                if !is_first {
                    first.entry(word).or_insert(counts[role]);
                }
                counts[role] = if is_more { counts[role] + 1 } else { counts[role].saturating_sub(1) };
                if *counts == [0; 2] {
                    map.remove(word);
                }
            }
            let is_there = |word: &str| map.get(word).is_some_and(|counts| counts[role] > 0);
            let mut differ: Vec<String> = first
                .into_iter()
                .filter(|(word, before)| (*before > 0) != is_there(word))
                .map(|(word, _)| word.to_owned())
                .collect();
            differ.sort_unstable();
            differ
        };
        self.stripes.par_iter_mut().zip(by_stripe).map(of_stripe).flatten_iter().collect()
    }
}

/// Returns what follows a known first part in some forms.
fn tails<'f>(forms: &[&'f Analysed<'_>], vouched: &Vouched) -> Vec<&'f str> {
    forms.par_iter().flat_map_iter(|form| form.tails(vouched)).collect()
}
