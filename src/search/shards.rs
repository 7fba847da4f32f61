//! The index as files: classic scripts that register themselves, so that they load from `file://` too.
//!
//! It is given an [`Index`] and returns the names of its shards, and the script of each when asked. A query loads the
//! words that begin as its own do, the postings of the forms that it finds, and the documents that it shows:
//!
//! - `index`: the number of documents and how the rest is divided;
//! - `w-PREFIX`: the lexicon's forms that begin so, each with its kind and its number of documents;
//! - `p-NUMBER`: postings, by a hash of a form's first letters, so that the forms of a word lie together;
//! - `d-NUMBER`: what results show of a page;
//! - `facets`: by what results can be narrowed, for the page of results only.
//!
//! Names and contents depend on the book alone. An edit of a text touches the shards of the words that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use serde::Serialize;

use super::documents::Group;
use super::entries::{Changed, Entries, Kind, Slot};
use super::index::Index;
use crate::digest::Digest;

/// The most forms of a shard of the lexicon, before it is divided by one more letter (of at most two).
const MOST_FORMS: usize = 4000;
/// About how many postings a shard holds.
const POSTINGS_A_SHARD: usize = 2048;
/// How many of a form's first letters say in which shard its postings lie.
const HASHED_LETTERS: usize = 7;
/// Into how many parts the entries are divided to sort them.
const PARTS: usize = 4;
/// The most characters of a document that excerpts are made from.
const LONGEST_TEXT: usize = 1600;

/// A digest that is known once the script has been made; taken over while the script stays the same.
type Known = Arc<OnceLock<Digest>>;

/// How an index is divided into files.
#[derive(Debug, Default)]
pub struct Shards {
    /// The prefixes of the lexicon's shards, in order, with the entries that each holds.
    words: Vec<(String, Range<usize>, Known)>,
    /// The lexicon's shards by the names of their prefixes.
    by_name: BTreeMap<String, usize>,
    /// The shards of postings; there are as many as a power of two.
    postings: Vec<Known>,
    /// The entries by the shard that holds their postings: some of them, then some more.
    homes: Vec<Homes>,
    pages: Vec<Known>,
    facets: Known,
    index: Known,
}

/// Entries that follow each other, by the shard that holds their postings.
#[derive(Debug)]
struct Homes {
    /// Their numbers, in the order of the shards and within these of the entries.
    numbers: Vec<u32>,
    /// Where each shard begins among them, and where the last one ends.
    starts: Vec<usize>,
}

/// What is not as in the index before.
pub struct Changes {
    /// For each page, whether what results show of it may have changed.
    pages: Vec<bool>,
    /// Whether what results can be narrowed by may have changed.
    facets: bool,
    /// Whether all postings have, as the pages have other numbers.
    renumbered: bool,
    /// The hashes of forms whose postings have.
    homes: Vec<u32>,
    /// The forms that the lexicon lists with another number of documents, in order.
    forms: Vec<Arc<str>>,
}

impl Changes {
    /// Begins with the pages of the two indexes.
    pub fn new(before: &[Arc<Group>], now: &[Arc<Group>], is_same: bool) -> Self {
        let of_page =
            |(number, group): (usize, &Arc<Group>)| before.get(number).is_none_or(|old| !Arc::ptr_eq(old, group));
        let facets =
            |group: &Arc<Group>| (group.kind, group.layer.is_some(), group.channels.clone(), group.tags.clone());
        let pages: Vec<bool> = now.iter().enumerate().map(of_page).collect();
        let differ = |number: usize| pages[number] && facets(&before[number]) != facets(&now[number]);
        let facets = before.len() != now.len() || (0..now.len()).any(differ);
        Changes { pages, facets, renumbered: !is_same, homes: Vec::new(), forms: Vec::new() }
    }

    /// Notes that an entry has been put in the place of another; they are noted in order.
    pub fn note(&mut self, change: &Changed<'_>) {
        let (before, now) = (change.old, change.now.as_ref());
        if !before.zip(now).is_some_and(|(before, now)| now.keeps_as(before)) {
            self.homes.extend(before.or(now).map(|slot| slot.home));
        }
        if before.map(|slot| slot.documents()) != now.map(|slot| slot.documents()) {
            self.forms.push(Arc::clone(&change.form));
        }
    }

    /// Returns whether a form that begins so is listed otherwise than before.
    fn has_form(&self, prefix: &str) -> bool {
        let at = self.forms.partition_point(|form| **form < *prefix);
        self.forms.get(at).is_some_and(|form| form.starts_with(prefix))
    }
}

impl Shards {
    /// Divides an index of so many pages; the digests of shards that are as before are taken over.
    pub fn new(entries: &Entries, pages: usize, changes: &Changes, before: &Shards) -> Self {
        let total: usize = entries.iter().map(|slot| slot.kept as usize).sum();
        let count = total.div_ceil(POSTINGS_A_SHARD).max(1).next_power_of_two();
        let (words, homes) = rayon::join(|| Shards::words(entries, changes, before), || homes(entries, count));
        let by_name = words.iter().enumerate().map(|(at, (prefix, ..))| (file_name(prefix), at)).collect();

        let mut is_same = vec![count == before.postings.len() && !changes.renumbered; count];
        changes.homes.iter().for_each(|home| is_same[shard_of(*home, count)] = false);
        let old = |at: usize| is_same[at].then(|| Known::clone(&before.postings[at]));
        let postings = (0..count).map(|at| old(at).unwrap_or_default()).collect();

        let old = |at: usize| (!changes.pages[at]).then(|| before.pages.get(at).cloned()).flatten();
        let pages = (0..pages).map(|at| old(at).unwrap_or_default()).collect();
        let facets = if changes.facets { Known::default() } else { Known::clone(&before.facets) };
        Shards { words, by_name, postings, homes, pages, facets, index: Known::default() }
    }

    /// Divides the lexicon.
    fn words(entries: &Entries, changes: &Changes, before: &Shards) -> Vec<(String, Range<usize>, Known)> {
        let mut words = Vec::new();
        divide(entries, String::new(), 0..entries.len(), &mut words);
        let word = |(prefix, range): (String, Range<usize>)| {
            let old = before.by_name.get(&file_name(&prefix)).map(|at| &before.words[*at]);
            let same = old.filter(|(_, old, _)| old.len() == range.len() && !changes.has_form(&prefix));
            (prefix, range, same.map(|(_, _, digest)| Known::clone(digest)).unwrap_or_default())
        };
        words.into_iter().map(word).collect()
    }

    /// Returns the entries that a word, or another form of it, can be among.
    pub fn of_word(&self, word: &str) -> Range<usize> {
        let alike = self.words.iter().filter(|(prefix, ..)| word.starts_with(prefix.as_str()));
        let found = alike.max_by_key(|(prefix, ..)| prefix.len());
        found.map_or(0..0, |(_, range, _)| range.clone())
    }

    /// Returns the names of all shards.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let words = self.words.iter().map(|(prefix, ..)| format!("w-{}", file_name(prefix)));
        let postings = (0..self.postings.len()).map(|number| format!("p-{number}"));
        let pages = (0..self.pages.len()).map(|number| format!("d-{number}"));
        ["index", "facets"].map(str::to_owned).into_iter().chain(words).chain(postings).chain(pages)
    }

    /// Returns the digest of what the names of all shards follow from.
    pub fn division(&self) -> Digest {
        let counts = format!("{} {}", self.postings.len(), self.pages.len());
        Digest::of_parts(self.words.iter().map(|(prefix, ..)| prefix).chain([&counts]))
    }

    /// Returns the numbers of the entries whose postings lie in a shard.
    fn held_by(&self, shard: usize) -> impl Iterator<Item = u32> {
        self.homes.iter().flat_map(move |homes| &homes.numbers[homes.starts[shard]..homes.starts[shard + 1]]).copied()
    }

    fn shard(&self, name: &str) -> Option<(Shard, &Known)> {
        match name.split_once('-') {
            None if name == "index" => Some((Shard::Index, &self.index)),
            None if name == "facets" => Some((Shard::Facets, &self.facets)),
            Some(("w", prefix)) => {
                let (_, range, known) = &self.words[*self.by_name.get(prefix)?];
                Some((Shard::Words(range.clone()), known))
            }
            Some(("p", number)) => {
                let number = number.parse().ok()?;
                Some((Shard::Postings(number), self.postings.get(number)?))
            }
            Some(("d", number)) => {
                let number = number.parse().ok()?;
                Some((Shard::Page(number), self.pages.get(number)?))
            }
            _ => None,
        }
    }
}

/// What a shard holds.
enum Shard {
    Index,
    Facets,
    /// These entries of the lexicon.
    Words(Range<usize>),
    Postings(usize),
    Page(usize),
}

/// Sorts the numbers of entries by the shard that holds their postings.
fn homes(entries: &Entries, shards: usize) -> Vec<Homes> {
    let part = entries.len().div_ceil(PARTS).max(1);
    let of_part = |first: usize| {
        let range = first..(first + part).min(entries.len());
        let mut starts = vec![0; shards + 1];
        entries.range(range.clone()).for_each(|slot| starts[shard_of(slot.home, shards) + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut numbers = vec![0; range.len()];
        for (number, slot) in (u32::try_from(first).unwrap_or(u32::MAX)..).zip(entries.range(range)) {
            let at = &mut next[shard_of(slot.home, shards)];
            numbers[*at] = number;
            *at += 1;
        }
        Homes { numbers, starts }
    };
    (0..entries.len()).step_by(part).collect::<Vec<_>>().into_par_iter().map(of_part).collect()
}

/// Divides a range of entries that begin alike; each shard's entries follow each other.
fn divide(entries: &Entries, prefix: String, range: Range<usize>, shards: &mut Vec<(String, Range<usize>)>) {
    let length = prefix.chars().count();
    if range.is_empty() || range.len() <= MOST_FORMS || length == 2 {
        shards.push((prefix, range));
        return;
    }
    let mut start = range.start;
    while start < range.end {
        let first: String = entries[start].form.chars().take(length + 1).collect();
        // A form that is the prefix alone stands before those that begin with it.
        let is_alone = first.chars().count() == length;
        let is_until = |slot: &Slot| {
            *slot.form < *first || if is_alone { *slot.form == *first } else { slot.form.starts_with(&first) }
        };
        let end = entries.partition_point(is_until).min(range.end);
        divide(entries, first, start..end, shards);
        start = end;
    }
}

/// Returns a prefix as a part of a file name.
fn file_name(prefix: &str) -> String {
    let mut name = String::new();
    for letter in prefix.chars() {
        if letter.is_ascii_lowercase() || letter.is_ascii_digit() {
            name.push(letter);
        } else {
            let _ = write!(name, "_{:x}_", u32::from(letter));
        }
    }
    if name.is_empty() { "all".to_owned() } else { name }
}

/// Returns the hash of a form that says in which shard its postings lie.
pub fn home_of(form: &str) -> u32 {
    let add = |hash: u32, letter: char| hash.wrapping_mul(31).wrapping_add(u32::from(letter));
    let hash = form.chars().take(HASHED_LETTERS).fold(0, add);
    hash ^ (hash >> 15)
}

/// Returns the number of the shard that a hash leads to.
fn shard_of(home: u32, shards: usize) -> usize {
    home as usize & (shards - 1)
}

/// Returns the script of a shard; none where there is no shard of this name.
pub fn script(index: &Index, name: &str) -> Option<Vec<u8>> {
    let (shard, known) = index.shards.shard(name)?;
    let body = match shard {
        Shard::Index => serde_json::to_string(&manifest(index)),
        Shard::Facets => serde_json::to_string(&Facets::new(index)),
        Shard::Words(range) => serde_json::to_string(&lexicon(index, range)),
        Shard::Postings(number) => serde_json::to_string(&postings(index, index.shards.held_by(number))),
        Shard::Page(number) => serde_json::to_string(&page(&index.groups[number])),
    };
    let body = body.expect("strings and numbers are always valid JSON");
    let script = format!("opasSearch(\"{name}\",{body});\n").into_bytes();
    known.get_or_init(|| Digest::of(&script));
    Some(script)
}

/// Returns the digest of a shard's script; none where there is no shard of this name.
pub fn digest(index: &Index, name: &str) -> Option<Digest> {
    let (_, known) = index.shards.shard(name)?;
    match known.get() {
        Some(digest) => Some(*digest),
        None => script(index, name).map(Digest::of),
    }
}

/// What the browser must know of the whole.
#[derive(Serialize)]
struct Manifest<'a> {
    lang: &'a str,
    documents: u32,
    /// The prefixes of the lexicon's shards, with the names of their files.
    words: BTreeMap<&'a str, String>,
    postings: usize,
}

fn manifest(index: &Index) -> Manifest<'_> {
    Manifest {
        lang: &index.lang,
        documents: index.documents,
        words: index.shards.words.iter().map(|(prefix, ..)| (prefix.as_str(), file_name(prefix))).collect(),
        postings: index.shards.postings.len(),
    }
}

/// The forms of a shard, a line each: how many letters it shares with the one before (as a letter from `A`), the rest,
/// then the number of documents, with `+` before it where the form is a part of compounds.
fn lexicon(index: &Index, range: Range<usize>) -> String {
    let mut lines = String::new();
    let mut before = "";
    for entry in index.entries.range(range) {
        let shared = before.chars().zip(entry.form.chars()).take_while(|(a, b)| a == b).count().min(25);
        let rest: String = entry.form.chars().skip(shared).collect();
        let mark = if entry.kind == Kind::Part { "+" } else { " " };
        lines.push(char::from(b'A' + u8::try_from(shared).unwrap_or_default()));
        let _ = writeln!(lines, "{rest}{mark}{}", entry.documents());
        before = &entry.form;
    }
    lines
}

/// The postings of a shard, a line for each of its forms: the form, ` ` or `+` as in the lexicon, and the postings.
fn postings(index: &Index, entries: impl Iterator<Item = u32>) -> String {
    let mut lines = String::new();
    for entry in entries.map(|number| &index.entries[number as usize]) {
        let mark = if entry.kind == Kind::Part { "+" } else { " " };
        let _ = write!(lines, "{}{mark}", entry.form);
        let mut before = 0;
        for (document, impact) in entry.postings() {
            let (page, section) = (document >> 8, document & 255);
            push_number(page - before, &mut lines);
            push_number(section, &mut lines);
            lines.push(char::from(DIGITS[usize::from(*impact)]));
            before = page;
        }
        lines.push('\n');
    }
    lines
}

/// Digits of six bits that need no escape in a string.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Writes a number in digits of five bits, the lowest first; all but the last have the sixth bit.
fn push_number(mut number: u32, text: &mut String) {
    while number >= 32 {
        text.push(char::from(DIGITS[(number & 31 | 32) as usize]));
        number >>= 5;
    }
    text.push(char::from(DIGITS[number as usize]));
}

/// By what results can be narrowed: values, and for each page the numbers of those that it has.
#[derive(Serialize, Default)]
struct Facets<'a> {
    kinds: Vec<&'a str>,
    channels: Vec<&'a str>,
    tags: Vec<&'a str>,
    /// By page: the kind, whether a layer wrote it, the channels, the tags.
    pages: Vec<(usize, u8, Vec<usize>, Vec<usize>)>,
}

impl<'a> Facets<'a> {
    fn new(index: &'a Index) -> Self {
        let mut facets = Facets::default();
        let sorted = |values: BTreeSet<&'a str>| values.into_iter().collect::<Vec<_>>();
        facets.kinds = sorted(index.groups.iter().map(|group| group.kind).collect());
        facets.channels = sorted(index.groups.iter().flat_map(|group| &group.channels).map(String::as_str).collect());
        facets.tags = sorted(index.groups.iter().flat_map(|group| &group.tags).map(String::as_str).collect());
        let numbers = |known: &[&str], values: &[String]| {
            values.iter().filter_map(|value| known.binary_search(&value.as_str()).ok()).collect::<Vec<_>>()
        };
        let page = |group: &Arc<Group>| {
            let kind = facets.kinds.binary_search(&group.kind).unwrap_or_default();
            let layer = u8::from(group.layer.is_some());
            (kind, layer, numbers(&facets.channels, &group.channels), numbers(&facets.tags, &group.tags))
        };
        facets.pages = index.groups.iter().map(page).collect();
        facets
    }
}

/// What results show of a page.
#[derive(Serialize)]
struct PageView<'a> {
    path: &'a str,
    title: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<&'a str>,
    documents: Vec<DocumentView<'a>>,
}

/// What results show of a document.
#[derive(Serialize)]
struct DocumentView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<&'a str>,
    text: String,
}

fn page(group: &Group) -> PageView<'_> {
    let documents = group.documents.iter().map(|document| DocumentView {
        anchor: document.anchor(),
        path: document.path.as_deref(),
        heading: document.heading.as_deref(),
        text: document.text.chars().take(LONGEST_TEXT).collect(),
    });
    PageView {
        path: &group.path,
        title: &group.title,
        kind: group.kind,
        lang: group.lang.as_deref(),
        layer: group.layer.as_deref(),
        documents: documents.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{file_name, home_of, push_number, shard_of};

    #[test]
    fn numbers_and_names_are_as_the_browser_reads_them() {
        let written = |number| {
            let mut text = String::new();
            push_number(number, &mut text);
            text
        };
        assert_eq!([written(0), written(31), written(32), written(1000)], ["A", "f", "gB", "of"]);
        assert_eq!([file_name("ä"), file_name("k1"), file_name("")], ["_e4_", "k1", "all"]);
        assert_eq!(shard_of(home_of("digituki"), 1), 0);
        assert_eq!(shard_of(home_of("digitukea"), 64), shard_of(home_of("digitukeva"), 64));
    }
}
