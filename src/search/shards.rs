//! The index as files: classic scripts that register themselves, so that they load from `file://` too.
//!
//! It is given an [`Index`] and returns the names of its shards, and the script of each when asked. A query loads the
//! words that begin as its own do, the postings of the forms that it finds, and the documents that it shows:
//!
//! - `index`: the number of documents and how the rest is divided;
//! - `w-PREFIX`: the lexicon's forms that begin so, each with its kind and its number of documents;
//! - `p-START`: the postings of forms that follow each other in the lexicon, from the first one that begins so on;
//! - `d-NUMBER`: what results show of a page;
//! - `facets`: by what results can be narrowed, for the page of results only.
//!
//! Names and contents depend on the book alone. An edit of a text touches the shards of the words that changed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use serde::Serialize;

use super::documents::Group;
use super::entries::{Changed, Entries, Kind, Slot};
use super::index::Index;
use super::words::first_of;
use crate::digest::Digest;

/// The most forms of a shard of the lexicon, before it is divided by one more letter (of at most two).
const MOST_FORMS: usize = 4000;
/// The most postings of a shard that can still be divided.
const MOST_IN_SHARD: usize = 1536;
/// How many of the forms' first letters shards of postings are divided by at most. It keeps names of files short.
const DEEPEST: usize = 20;
/// The most characters of a document that excerpts are made from.
const LONGEST_TEXT: usize = 1600;

/// A digest that is known once the script has been made; taken over while the script stays the same.
type Known = Arc<OnceLock<Digest>>;

/// How an index is divided into files.
#[derive(Debug, Default)]
pub struct Shards {
    /// The shards of the lexicon, in order.
    words: Vec<Part>,
    /// The shards of postings, in order: one or more to each of the lexicon's.
    postings: Vec<Part>,
    pages: Vec<Known>,
    facets: Known,
    index: Known,
}

/// Entries that follow each other.
#[derive(Debug)]
struct Part {
    /// What the form of the first one begins with, and that of none before.
    start: String,
    range: Range<usize>,
    /// The form of the last one.
    last: Arc<str>,
    known: Known,
}

impl Part {
    /// Returns whether any of some forms in order lies in the part.
    fn holds_any(&self, forms: &[Arc<str>]) -> bool {
        let at = forms.partition_point(|form| **form < *self.start);
        forms.get(at).is_some_and(|form| *form <= self.last)
    }

    /// Returns whether the part of the same name was the same before, as far as none of the forms that changed lies in it.
    fn is_as(&self, old: &Part, changed: &[Arc<str>]) -> bool {
        self.range.len() == old.range.len() && !old.holds_any(changed) && !self.holds_any(changed)
    }

    /// Returns a part that lies within `old` where it lies now that `old` has become `now`, which holds the same.
    fn moved(&self, old: &Part, now: &Part) -> Part {
        let at = |number: usize| number - old.range.start + now.range.start;
        Part {
            start: self.start.clone(),
            range: at(self.range.start)..at(self.range.end),
            last: Arc::clone(&self.last),
            known: Known::default(),
        }
    }
}

/// What is not as in the index before.
pub struct Changes {
    /// For each page, whether what results show of it may have changed.
    pages: Vec<bool>,
    /// Whether what results can be narrowed by may have changed.
    facets: bool,
    /// Whether all postings have, as the pages have other numbers.
    renumbered: bool,
    /// The forms whose postings have, in order.
    kept: Vec<Arc<str>>,
    /// The forms that the lexicon lists with another number of documents, in order.
    forms: Vec<Arc<str>>,
}

impl Changes {
    /// Begins with the pages of the two indexes.
    pub fn new(before: &[Arc<Group>], now: &[Arc<Group>], is_same: bool) -> Self {
        let of_page =
            |(number, group): (usize, &Arc<Group>)| before.get(number).is_none_or(|old| !Arc::ptr_eq(old, group));
        let facets = |group: &Arc<Group>| (group.kind, Own::of(group), group.channels.clone(), group.tags.clone());
        let pages: Vec<bool> = now.iter().enumerate().map(of_page).collect();
        let differ = |number: usize| pages[number] && facets(&before[number]) != facets(&now[number]);
        let facets = before.len() != now.len() || (0..now.len()).any(differ);
        Changes { pages, facets, renumbered: !is_same, kept: Vec::new(), forms: Vec::new() }
    }

    /// Notes that an entry has been put in the place of another; they are noted in order.
    pub fn note(&mut self, change: &Changed<'_>) {
        let (before, now) = (change.old, change.now.as_ref());
        if !before.zip(now).is_some_and(|(before, now)| now.keeps_as(before)) {
            self.kept.push(Arc::clone(&change.form));
        }
        if before.map(|slot| slot.documents()) != now.map(|slot| slot.documents()) {
            self.forms.push(Arc::clone(&change.form));
        }
    }
}

impl Shards {
    /// Divides an index of so many pages; the digests of shards that are as before are taken over.
    pub fn new(entries: &Entries, pages: usize, changes: &Changes, before: &Shards) -> Self {
        let mut words = Vec::new();
        divide(entries, String::new(), 0..entries.len(), &mut words);
        let divided = |part: &mut Part| {
            let old = part_of(&before.words, &part.start);
            let postings = match old.filter(|old| part.is_as(old, &changes.kept)) {
                // What lies within is divided as before, whatever stands before it.
                Some(old) => before.within(old).iter().map(|postings| postings.moved(old, part)).collect(),
                None => divide_postings(entries, part),
            };
            // The lexicon says where shards of postings begin.
            let starts = |old| before.within(old).iter().map(|part| &part.start);
            let old = old.filter(|old| part.is_as(old, &changes.forms));
            if let Some(old) = old.filter(|old| postings.iter().map(|part| &part.start).eq(starts(old))) {
                part.known = Known::clone(&old.known);
            }
            postings
        };
        let mut postings: Vec<Part> = words.par_iter_mut().flat_map_iter(divided).collect();
        for part in postings.iter_mut().filter(|_| !changes.renumbered) {
            let old = part_of(&before.postings, &part.start);
            if let Some(old) = old.filter(|old| part.is_as(old, &changes.kept)) {
                part.known = Known::clone(&old.known);
            }
        }

        let old = |at: usize| (!changes.pages[at]).then(|| before.pages.get(at).cloned()).flatten();
        let pages = (0..pages).map(|at| old(at).unwrap_or_default()).collect();
        let facets = if changes.facets { Known::default() } else { Known::clone(&before.facets) };
        Shards { words, postings, pages, facets, index: Known::default() }
    }

    /// Returns the shards of postings that lie within a shard of the lexicon.
    fn within(&self, words: &Part) -> &[Part] {
        let at = |number| self.postings.partition_point(|part| part.range.start < number);
        &self.postings[at(words.range.start)..at(words.range.end)]
    }

    /// Returns the entries that a word, or another form of it, can be among.
    pub fn of_word(&self, word: &str) -> Range<usize> {
        let alike = self.words.iter().filter(|part| word.starts_with(&part.start));
        let found = alike.max_by_key(|part| part.start.len());
        found.map_or(0..0, |part| part.range.clone())
    }

    /// Returns the names of all shards.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let words = self.words.iter().map(|part| words_name(&part.start));
        let postings = self.postings.iter().map(|part| postings_name(&part.start));
        let pages = (0..self.pages.len()).map(|number| format!("d-{number}"));
        ["index", "facets"].map(str::to_owned).into_iter().chain(words).chain(postings).chain(pages)
    }

    /// Returns the digest of what the names of all shards follow from.
    pub fn division(&self) -> Digest {
        let counts = format!("{} {}", self.words.len(), self.pages.len());
        Digest::of_parts(self.words.iter().chain(&self.postings).map(|part| &part.start).chain([&counts]))
    }

    fn shard(&self, name: &str) -> Option<(Shard<'_>, &Known)> {
        let (kind, rest) = name.split_once('-').unwrap_or((name, ""));
        let part = |parts| part_of(parts, &beginning(rest)?);
        Some(match kind {
            "index" => (Shard::Index, &self.index),
            "facets" => (Shard::Facets, &self.facets),
            "d" => {
                let number = rest.parse().ok()?;
                (Shard::Page(number), self.pages.get(number)?)
            }
            "w" => {
                let part = part(&self.words)?;
                (Shard::Words(part), &part.known)
            }
            "p" => {
                let part = part(&self.postings)?;
                (Shard::Postings(part), &part.known)
            }
            _ => return None,
        })
    }
}

/// What a shard holds.
enum Shard<'a> {
    Index,
    Facets,
    Words(&'a Part),
    Postings(&'a Part),
    /// A page, by its number.
    Page(usize),
}

/// Returns the part with a start; parts are in the order of their starts.
fn part_of<'p>(parts: &'p [Part], start: &str) -> Option<&'p Part> {
    parts.binary_search_by(|part| (*part.start).cmp(start)).ok().map(|at| &parts[at])
}

/// Divides a range of entries that begin alike; each shard's entries follow each other.
fn divide(entries: &Entries, prefix: String, range: Range<usize>, shards: &mut Vec<Part>) {
    let length = prefix.chars().count();
    if range.is_empty() || range.len() <= MOST_FORMS || length == 2 {
        shards.extend(part(entries, prefix, range));
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

/// Makes a part of some entries, if there are any.
fn part(entries: &Entries, start: String, range: Range<usize>) -> Option<Part> {
    let last = Arc::clone(&entries[range.clone().last()?].form);
    Some(Part { start, range, last, known: Known::default() })
}

/// Divides the postings of a shard of the lexicon. Where a shard begins follows from how many postings lie on either side
/// of a letter: an edit moves no other boundary than those around it.
fn divide_postings(entries: &Entries, words: &Part) -> Vec<Part> {
    let slots: Vec<&Slot> = entries.range(words.range.clone()).collect();
    let mut starts = Vec::new();
    halve(&slots, 0, &mut starts);
    let ends = starts.iter().copied().skip(1).chain([slots.len()]);
    let start = |at: usize| {
        let Some(before) = at.checked_sub(1) else { return words.start.clone() };
        let form = &slots[at].form;
        form.chars().take(shared(&slots[before].form, form) + 1).collect()
    };
    let range = |at: usize, end: usize| words.range.start + at..words.range.start + end;
    starts.iter().zip(ends).filter_map(|(at, end)| part(entries, start(*at), range(*at, end))).collect()
}

/// Divides entries, of which the first has a number, until each part has few postings: at the highest bit in which the
/// letters differ that follow what the first and the last form have in common. Adds the numbers of the parts' first entries.
fn halve(slots: &[&Slot], number: usize, starts: &mut Vec<usize>) {
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return };
    let alike = first.form.chars().zip(last.form.chars()).take_while(|(a, b)| a == b).count();
    let mut sums = slots.iter().scan(0, |sum, slot| {
        *sum += slot.kept as usize;
        Some(*sum)
    });
    if first.form == last.form || alike >= DEEPEST || sums.all(|sum| sum <= MOST_IN_SHARD) {
        starts.push(number);
        return;
    }
    // A form that ends there comes first.
    let letter = |slot: &Slot| slot.form.chars().nth(alike).map_or(0, |letter| u32::from(letter) + 1);
    let (first, last) = (letter(first), letter(last));
    let bit = (first ^ last).ilog2();
    let middle = last >> bit << bit;
    let at = slots.partition_point(|slot| letter(slot) < middle);
    halve(&slots[..at], number, starts);
    halve(&slots[at..], number + at, starts);
}

/// Returns how many letters two forms have in common at the start, as far as the lexicon makes use of it.
fn shared(before: &str, form: &str) -> usize {
    // JavaScript counts a letter beyond these as two.
    let is_shared = |(a, b): &(char, char)| a == b && *a <= '\u{ffff}';
    before.chars().zip(form.chars()).take_while(is_shared).count().min(25)
}

fn words_name(prefix: &str) -> String {
    format!("w-{}", file_name(prefix))
}

fn postings_name(start: &str) -> String {
    format!("p-{}", file_name(start))
}

/// Returns the beginning of a form as a part of a file name.
fn file_name(beginning: &str) -> String {
    let mut name = String::new();
    for letter in beginning.chars() {
        if letter.is_ascii_lowercase() || letter.is_ascii_digit() {
            name.push(letter);
        } else {
            let _ = write!(name, "_{:x}_", u32::from(letter));
        }
    }
    if name.is_empty() { "_".to_owned() } else { name }
}

/// Returns the beginning of which a part of a file name was made.
fn beginning(name: &str) -> Option<String> {
    let mut beginning = String::new();
    for (at, run) in name.split('_').enumerate() {
        match (at % 2, run) {
            (0, run) => beginning.push_str(run),
            (_, "") => {}
            (_, code) => beginning.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?),
        }
    }
    Some(beginning)
}

/// Returns the script of a shard; none where there is no shard of this name.
pub fn script(index: &Index, name: &str) -> Option<Vec<u8>> {
    let (shard, known) = index.shards.shard(name)?;
    let body = match shard {
        Shard::Index => serde_json::to_string(&manifest(index)),
        Shard::Facets => serde_json::to_string(&Facets::new(index)),
        Shard::Words(part) => serde_json::to_string(&lexicon(index, part)),
        Shard::Postings(part) => serde_json::to_string(&postings(index, part)),
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
    /// The prefixes of the lexicon's shards.
    words: Vec<&'a str>,
}

fn manifest(index: &Index) -> Manifest<'_> {
    Manifest {
        lang: &index.lang,
        documents: index.documents,
        words: index.shards.words.iter().map(|part| part.start.as_str()).collect(),
    }
}

/// The forms of a shard, a line each: how many letters it shares with the one before (as a letter from `A`, or from `a`
/// where a shard of postings begins), the rest, then the number of documents, with `+` before it where the form is a part
/// of compounds.
fn lexicon(index: &Index, words: &Part) -> String {
    let mut lines = String::new();
    let mut before = "";
    let mut begins = index.shards.within(words).iter().peekable();
    for (number, entry) in words.range.clone().zip(index.entries.range(words.range.clone())) {
        let shared = shared(before, &entry.form);
        let rest: String = entry.form.chars().skip(shared).collect();
        let mark = if entry.kind == Kind::Part { "+" } else { " " };
        let first = if begins.next_if(|part| part.range.start == number).is_some() { b'a' } else { b'A' };
        lines.push(char::from(first + u8::try_from(shared).unwrap_or_default()));
        let _ = writeln!(lines, "{rest}{mark}{}", entry.documents());
        before = &entry.form;
    }
    lines
}

/// The postings of a shard, a line for each of its forms: the form, ` ` or `+` as in the lexicon, and the postings.
fn postings(index: &Index, part: &Part) -> String {
    let mut lines = String::new();
    for entry in index.entries.range(part.range.clone()) {
        let mark = if entry.kind == Kind::Part { "+" } else { " " };
        let _ = write!(lines, "{}{mark}", entry.form);
        let mut before = 0;
        for posting in entry.postings() {
            push_number(posting.page() - before, &mut lines);
            push_number(posting.section(), &mut lines);
            lines.push(char::from(DIGITS[usize::from(posting.impact())]));
            before = posting.page();
        }
        lines.push('\n');
    }
    lines
}

/// Digits of six bits that need no escape in a string.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Writes a number in digits of five bits, the lowest first; all but the last have the sixth bit.
fn push_number(mut number: usize, text: &mut String) {
    while number >= 32 {
        text.push(char::from(DIGITS[number & 31 | 32]));
        number >>= 5;
    }
    text.push(char::from(DIGITS[number]));
}

/// By what results can be narrowed: values, and for each page the numbers of those that it has.
#[derive(Serialize, Default)]
struct Facets<'a> {
    kinds: Vec<&'a str>,
    channels: Vec<&'a str>,
    tags: Vec<&'a str>,
    /// By page: the kind, what of it a layer wrote, the channels, the tags.
    pages: Vec<(usize, Own, Vec<usize>, Vec<usize>)>,
}

/// What of a page a layer wrote.
#[derive(Serialize, PartialEq)]
#[serde(untagged)]
enum Own {
    /// All of it, as 1; or nothing, as 0.
    Page(u8),
    /// These of its sections, of which 0 is the page as a whole.
    Sections(Vec<usize>),
}

impl Own {
    fn of(group: &Group) -> Self {
        let own = group.documents.iter().enumerate().filter(|(_, document)| document.layer.is_some());
        match own.map(|(at, _)| at).collect::<Vec<_>>() {
            _ if group.layer.is_some() => Own::Page(1),
            sections if sections.is_empty() => Own::Page(0),
            sections => Own::Sections(sections),
        }
    }
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
            (kind, Own::of(group), numbers(&facets.channels, &group.channels), numbers(&facets.tags, &group.tags))
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
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<&'a str>,
    text: &'a str,
}

fn page(group: &Group) -> PageView<'_> {
    let documents = group.documents.iter().map(|document| DocumentView {
        anchor: document.anchor(),
        path: document.path.as_deref(),
        heading: document.heading.as_deref(),
        layer: document.layer.as_deref(),
        text: first_of(&document.text, LONGEST_TEXT),
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
    use super::{beginning, file_name, push_number, shared};

    #[test]
    fn numbers_and_names_are_as_the_browser_reads_them() {
        let written = |number| {
            let mut text = String::new();
            push_number(number, &mut text);
            text
        };
        assert_eq!([written(0), written(31), written(32), written(1000)], ["A", "f", "gB", "of"]);
        assert_eq!([file_name("ä"), file_name("k1"), file_name("")], ["_e4_", "k1", "_"]);
        for start in ["", "k1", "äö", "työ", "\u{1d4b6}a"] {
            assert_eq!(beginning(&file_name(start)).as_deref(), Some(start));
        }
        assert_eq!([shared("digituki", "digituen"), shared("\u{1d4b6}a", "\u{1d4b6}b")], [6, 0]);
    }
}
