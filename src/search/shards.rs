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

use serde::Serialize;

use super::documents::Group;
use super::index::{Index, Kind};

/// The most forms of a shard of the lexicon, before it is divided by one more letter (of at most two).
const MOST_FORMS: usize = 4000;
/// About how many postings a shard holds.
const POSTINGS_A_SHARD: usize = 2048;
/// How many of a form's first letters say in which shard its postings lie.
const HASHED_LETTERS: usize = 7;
/// The most characters of a document that excerpts are made from.
const LONGEST_TEXT: usize = 1600;

/// How an index is divided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Division {
    /// The prefixes of the lexicon's shards, in order, with the entries that each holds.
    pub words: Vec<(String, Range<usize>)>,
    /// The entries of each shard of postings, in order; there are as many shards as a power of two.
    pub postings: Vec<Vec<usize>>,
}

impl Division {
    /// Divides an index.
    pub fn new(index: &Index) -> Self {
        let mut words = Vec::new();
        divide(index, String::new(), 0..index.entries.len(), &mut words);
        let total: usize = index.entries.iter().map(|entry| entry.postings.len()).sum();
        let mut postings = vec![Vec::new(); total.div_ceil(POSTINGS_A_SHARD).max(1).next_power_of_two()];
        for (number, entry) in index.entries.iter().enumerate() {
            let shard = shard_of(&entry.form, postings.len());
            postings[shard].push(number);
        }
        Division { words, postings }
    }

    /// Returns the entries that a word, or another form of it, can be among.
    pub fn of_word(&self, word: &str) -> Range<usize> {
        let alike = self.words.iter().filter(|(prefix, _)| word.starts_with(prefix.as_str()));
        let found = alike.max_by_key(|(prefix, _)| prefix.len());
        found.map_or(0..0, |(_, range)| range.clone())
    }
}

/// Returns the names of all shards.
pub fn names(index: &Index) -> Vec<String> {
    let words = index.division.words.iter().map(|(prefix, _)| format!("w-{}", file_name(prefix)));
    let postings = (0..index.division.postings.len()).map(|number| format!("p-{number}"));
    let pages = (0..index.groups.len()).map(|number| format!("d-{number}"));
    ["index", "facets"].map(str::to_owned).into_iter().chain(words).chain(postings).chain(pages).collect()
}

/// Divides a range of entries that begin alike; each shard's entries follow each other.
fn divide(index: &Index, prefix: String, range: Range<usize>, shards: &mut Vec<(String, Range<usize>)>) {
    let length = prefix.chars().count();
    if range.is_empty() || range.len() <= MOST_FORMS || length == 2 {
        shards.push((prefix, range));
        return;
    }
    let mut start = range.start;
    while start < range.end {
        let first: String = index.entries[start].form.chars().take(length + 1).collect();
        let same = |entry: &super::index::Entry| entry.form.chars().take(length + 1).eq(first.chars());
        let end = start + index.entries[start..range.end].iter().take_while(|entry| same(entry)).count();
        divide(index, first, start..end, shards);
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

/// Returns the number of the shard that holds a form's postings.
pub fn shard_of(form: &str, shards: usize) -> usize {
    let add = |hash: u32, letter: char| hash.wrapping_mul(31).wrapping_add(u32::from(letter));
    let hash = form.chars().take(HASHED_LETTERS).fold(0, add);
    (hash ^ (hash >> 15)) as usize & (shards - 1)
}

/// Returns the script of a shard; none where there is no shard of this name.
pub fn script(index: &Index, name: &str) -> Option<Vec<u8>> {
    let body = match name.split_once('-') {
        None if name == "index" => serde_json::to_string(&manifest(index)),
        None if name == "facets" => serde_json::to_string(&Facets::new(index)),
        Some(("w", prefix)) => {
            let (_, range) = index.division.words.iter().find(|(known, _)| file_name(known) == prefix)?;
            serde_json::to_string(&lexicon(index, range.clone()))
        }
        Some(("p", number)) => {
            let number: usize = number.parse().ok()?;
            serde_json::to_string(&postings(index, index.division.postings.get(number)?))
        }
        Some(("d", number)) => {
            let number: usize = number.parse().ok()?;
            serde_json::to_string(&page(index.groups.get(number)?))
        }
        _ => return None,
    };
    let body = body.expect("strings and numbers are always valid JSON");
    Some(format!("opasSearch(\"{name}\",{body});\n").into_bytes())
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
        words: index.division.words.iter().map(|(prefix, _)| (prefix.as_str(), file_name(prefix))).collect(),
        postings: index.division.postings.len(),
    }
}

/// The forms of a shard, a line each: how many letters it shares with the one before (as a letter from `A`), the rest,
/// then the number of documents, with `+` before it where the form is a part of compounds.
fn lexicon(index: &Index, range: Range<usize>) -> String {
    let mut lines = String::new();
    let mut before = "";
    for entry in &index.entries[range] {
        let shared = before.chars().zip(entry.form.chars()).take_while(|(a, b)| a == b).count().min(25);
        let rest: String = entry.form.chars().skip(shared).collect();
        let mark = if entry.kind == Kind::Part { "+" } else { " " };
        lines.push(char::from(b'A' + u8::try_from(shared).unwrap_or_default()));
        let _ = writeln!(lines, "{rest}{mark}{}", entry.documents);
        before = &entry.form;
    }
    lines
}

/// The postings of a shard, a line for each of its forms: the form, ` ` or `+` as in the lexicon, and the postings.
fn postings(index: &Index, entries: &[usize]) -> String {
    let mut lines = String::new();
    for entry in entries.iter().map(|number| &index.entries[*number]) {
        let mark = if entry.kind == Kind::Part { "+" } else { " " };
        let _ = write!(lines, "{}{mark}", entry.form);
        let mut before = 0;
        for (document, impact) in &entry.postings {
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
        let page = |group: &Group| {
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
    use super::{file_name, push_number, shard_of};

    #[test]
    fn numbers_and_names_are_as_the_browser_reads_them() {
        let written = |number| {
            let mut text = String::new();
            push_number(number, &mut text);
            text
        };
        assert_eq!([written(0), written(31), written(32), written(1000)], ["A", "f", "gB", "of"]);
        assert_eq!([file_name("ä"), file_name("k1"), file_name("")], ["_e4_", "k1", "all"]);
        assert_eq!(shard_of("digituki", 1), 0);
        assert_eq!(shard_of("digitukea", 64), shard_of("digitukeva", 64));
    }
}
