//! A page: its front matter, read and checked, and its tree.
//!
//! It is given one Markdown file and returns a [`Page`] with the faults of that file alone.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;

use super::PageId;
use crate::config::{Lang, is_id};
use crate::data::{Data, Node, Part, Places, Step, Value};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::document::{self, Document, Reference};
use crate::flow::{Walk, walk};
use crate::source::TextFile;
use crate::source::front_matter::{self, Missing};

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// An ordinary page.
    #[default]
    Page,
    /// A situation and its solution.
    Case,
    /// The page of a folder.
    Section,
}

impl Kind {
    /// Returns the word in front matter.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Page => "page",
            Kind::Case => "case",
            Kind::Section => "section",
        }
    }
}

/// A dated note about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The day.
    pub date: Date,
    /// What changed.
    pub note: String,
}

/// The statements that one section, or the page as a whole (`None`), covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covers {
    /// The section's id.
    pub section: Option<String>,
    /// The statements' ids, in the author's order.
    pub statements: Vec<String>,
}

/// Where a layer's page stands among the pages of its section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The id of the page that it stands beside.
    pub beside: String,
    /// Whether it stands before that page, and not after it.
    pub before: bool,
}

/// What a page says about itself.
#[derive(Debug, Clone, Default)]
pub struct FrontMatter {
    /// The title; the page's heading of level 1.
    pub title: String,
    /// One or two sentences for lists.
    pub summary: Option<String>,
    /// What the page is.
    pub kind: Kind,
    /// In a section page: the names of its children in order.
    pub pages: Vec<String>,
    /// The unit that answers for the page.
    pub owner: Option<String>,
    /// The day of the last review.
    pub reviewed: Option<Date>,
    /// The day by which it must be reviewed again.
    pub review_by: Option<Date>,
    /// The day of the last change of substance.
    pub updated: Option<Date>,
    /// Dated notes for the list of changes.
    pub changes: Vec<Change>,
    /// Keywords.
    pub tags: Vec<String>,
    /// Channels in which the page is of use.
    pub channels: Vec<String>,
    /// Words by which people look for the page.
    pub search_words: Vec<String>,
    /// Old ids of the page.
    pub aliases: Vec<String>,
    /// Whether the page is left out of ordinary builds.
    pub draft: bool,
    /// The statements that it covers.
    pub covers: Vec<Covers>,
    /// In a translation: the digest of the source page that it was made from.
    pub translates: Option<String>,
    /// In a case: recorded paths through flows.
    pub walks: Vec<Walk>,
    /// Whether the case is a practice case and not one of the source guidance.
    pub practice: bool,
    /// Why layers must not change the page.
    pub locked: Option<String>,
    /// In a layer's page: where it stands.
    pub placement: Option<Placement>,
}

/// Whose front matter is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A page of the book.
    Book,
    /// A page of a layer.
    Layer,
    /// A patch, which only says what changes.
    Patch,
}

/// A page of the book in one language.
#[derive(Debug)]
pub struct Page {
    /// The id.
    pub id: PageId,
    /// The language of the file.
    pub lang: Lang,
    /// The file.
    pub file: Arc<TextFile>,
    /// What it says about itself.
    pub front: FrontMatter,
    /// The body.
    pub document: Document,
    /// The digest of what others show of the page: its id, language, file name and front matter.
    pub head: Digest,
    /// The digest of what links can name on the page: its headings' ids.
    pub anchors: Digest,
    /// Whether a heading marks its section as interpretation.
    pub infers: bool,
    /// The digest of all that the page was made from.
    pub digest: Digest,
    /// The title and the summary, where a layer's stand in place of what was below.
    pub restated: [Option<Restated>; 2],
    places: Option<Places>,
    /// Keys of the front matter that layers have set, each with its places from the lowest layer up, and for lists with
    /// the number of items that were there before.
    patched: BTreeMap<String, Vec<(usize, Places)>>,
    body: Range<usize>,
}

/// A text of the front matter that a layer has put in place of another one.
#[derive(Debug, Clone)]
pub struct Restated {
    /// The layer.
    pub layer: Arc<str>,
    /// The text that was there; none where there was none.
    pub below: Option<String>,
}

/// Keys of front matter; the contract (§6) lists them.
pub const KEYS: [&str; 19] = [
    "title",
    "summary",
    "kind",
    "pages",
    "owner",
    "reviewed",
    "review-by",
    "updated",
    "changes",
    "tags",
    "channels",
    "search-words",
    "aliases",
    "draft",
    "covers",
    "translates",
    "walks",
    "practice",
    "locked",
];
/// Keys that only a layer's pages may have.
pub const LAYER_KEYS: [&str; 6] = ["op", "reason", "redirect", "over", "after", "before"];
/// The words of `kind`.
pub const KINDS: [&str; 3] = ["page", "case", "section"];
/// The keys of an item of `changes`.
pub const CHANGE_KEYS: [&str; 2] = ["date", "note"];

impl Page {
    /// Reads one file.
    pub fn read(id: PageId, lang: &Lang, file: &Arc<TextFile>) -> (Self, Vec<Diagnostic>) {
        let mut out = Vec::new();
        let (data, body) = split(file, &mut out);
        let page = Page::of_parts(id, lang, file, (data, body), Whose::Book, &mut out);
        (page, out)
    }

    /// Reads a file whose front matter has been told from its body.
    pub(crate) fn of_parts(
        id: PageId,
        lang: &Lang,
        file: &Arc<TextFile>,
        (data, body): (Option<Data>, Range<usize>),
        whose: Whose,
        all: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut out = std::mem::take(all);
        let front = data.as_ref().map(|data| read(&data.node(), whose, &mut out)).unwrap_or_default();
        let (document, faults) = document::parse(file, body.clone());
        out.extend(faults);
        let page = Page {
            head: Digest::of_parts([&*id, lang, &file.path, &file.text[..body.start]]),
            anchors: anchors(&document),
            infers: infers(&document),
            id,
            lang: Arc::clone(lang),
            file: Arc::clone(file),
            front,
            document,
            digest: Digest::of_parts([lang.as_bytes(), file.below().as_bytes(), file.digest.as_ref()]),
            restated: [None, None],
            patched: BTreeMap::new(),
            places: data.map(|data| data.places),
            body,
        };
        page.check_covered_sections(&mut out);
        for diagnostic in &mut out {
            diagnostic.address.get_or_insert_with(|| page.id.to_string());
        }
        *all = out;
        page
    }

    /// Returns the page with another body and with what a patch says of it, made from one more file.
    pub(crate) fn patched(&self, document: Document, patch: Option<(&FrontMatter, &Data)>, file: &TextFile) -> Self {
        let mut page = Page {
            id: Arc::clone(&self.id),
            lang: Arc::clone(&self.lang),
            file: Arc::clone(&self.file),
            front: self.front.clone(),
            head: if patch.is_some() { Digest::of_parts([self.head, file.digest]) } else { self.head },
            anchors: anchors(&document),
            infers: infers(&document),
            document,
            digest: Digest::of_parts([self.digest.as_ref(), file.below().as_bytes(), file.digest.as_ref()]),
            restated: self.restated.clone(),
            places: self.places.clone(),
            patched: self.patched.clone(),
            body: self.body.clone(),
        };
        if let Some((front, data)) = patch {
            let texts = [("title", Some(self.title().to_owned())), ("summary", self.front.summary.clone())];
            for (restated, (key, below)) in page.restated.iter_mut().zip(texts) {
                let layer = file.layer.as_ref().filter(|_| data.node().get(key).is_some());
                *restated = layer.map(|layer| Restated { layer: Arc::clone(layer), below }).or(restated.take());
            }
            for (key, _) in data.node().entries(&mut Vec::new()) {
                let before = page.front.set(key, front);
                page.patched.entry(key.to_owned()).or_default().push((before, data.places.clone()));
            }
        }
        page
    }

    /// Returns the title, or the id where the title is missing.
    pub fn title(&self) -> &str {
        if self.front.title.is_empty() { &self.id } else { &self.front.title }
    }

    /// Returns the place of a part of the front matter.
    pub fn place(&self, path: &[Step], part: Part) -> Place {
        if let Some((Step::Key(key), rest)) = path.split_first()
            && let Some(layers) = self.patched.get(key)
        {
            if let Some((Step::Item(item), rest)) = rest.split_first() {
                if let Some((before, places)) = layers.iter().rev().find(|(before, _)| item >= before) {
                    let own = [key.as_str().into(), (item - before).into()];
                    return places.of(&own.into_iter().chain(rest.iter().cloned()).collect::<Vec<_>>(), part);
                }
            } else if let Some((_, places)) = layers.last() {
                return places.of(path, part);
            }
        }
        match &self.places {
            Some(places) => places.of(path, part),
            None => Place::whole(&self.file),
        }
    }

    /// Returns the keys of the front matter that layers have set, in the order of the alphabet.
    pub fn patched_keys(&self) -> impl Iterator<Item = &str> {
        self.patched.keys().map(String::as_str)
    }

    /// Returns where the body stands in the file.
    pub fn body_range(&self) -> Range<usize> {
        self.body.clone()
    }

    /// Returns the place of a reference.
    pub fn reference_place(&self, reference: &Reference) -> Place {
        let file = reference.file.as_ref().unwrap_or(&self.file);
        Place::new(file, reference.span.start as usize..reference.span.end as usize)
    }

    /// Reports `covers` of sections that the page does not have.
    fn check_covered_sections(&self, out: &mut Vec<Diagnostic>) {
        let known: Vec<&str> =
            self.document.headings().filter(|heading| heading.is_section).map(|heading| &*heading.id).collect();
        for covers in &self.front.covers {
            let Some(section) = &covers.section else { continue };
            if !known.contains(&section.as_str()) {
                let place = self.place(&["covers".into(), section.as_str().into()], Part::Key);
                let message = format!("`covers` names the section `{section}`, which this page does not have");
                out.push(Diagnostic::new(Code::E016, message).at(place).suggest(section, known.iter().copied()));
            }
        }
    }
}

fn infers(document: &Document) -> bool {
    document.headings().any(|heading| heading.inferred)
}

/// Returns the digest of what links can name in a document.
pub(crate) fn anchors(document: &Document) -> Digest {
    Digest::of_parts(document.headings().map(|heading| format!("{}{}", u8::from(heading.is_section), heading.id)))
}

impl FrontMatter {
    /// Takes over one key of a patch: a list is joined to what is there, anything else replaces it. Returns the
    /// number of items that the list had.
    fn set(&mut self, key: &str, patch: &FrontMatter) -> usize {
        match key {
            "title" => self.title.clone_from(&patch.title),
            "summary" => self.summary.clone_from(&patch.summary),
            "kind" => self.kind = patch.kind,
            "owner" => self.owner.clone_from(&patch.owner),
            "reviewed" => self.reviewed = patch.reviewed,
            "review-by" => self.review_by = patch.review_by,
            "updated" => self.updated = patch.updated,
            "draft" => self.draft = patch.draft,
            "practice" => self.practice = patch.practice,
            "pages" => return unite(&mut self.pages, &patch.pages),
            "tags" => return unite(&mut self.tags, &patch.tags),
            "channels" => return unite(&mut self.channels, &patch.channels),
            "search-words" => return unite(&mut self.search_words, &patch.search_words),
            "aliases" => return unite(&mut self.aliases, &patch.aliases),
            "changes" => return unite(&mut self.changes, &patch.changes),
            "covers" => return unite(&mut self.covers, &patch.covers),
            "walks" => return walk::restate(&mut self.walks, &patch.walks),
            _ => {}
        }
        0
    }
}

/// Adds what a list does not have yet; returns the length that it had.
fn unite<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) -> usize {
    let before = list.len();
    list.extend(more.iter().filter(|item| !list.contains(item)).cloned().collect::<Vec<_>>());
    before
}

/// Splits the file and parses its front matter; returns the range of the body.
pub(crate) fn split(file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> (Option<Data>, Range<usize>) {
    let whole = 0..file.text.len();
    match front_matter::split(&file.text) {
        Ok(parts) => match Data::from_yaml(file, parts.yaml) {
            Ok(data) => (Some(data), parts.body),
            Err(fault) => {
                out.push(*fault);
                (None, parts.body)
            }
        },
        Err(missing) => {
            let (message, help) = match missing {
                Missing::Start => ("this page has no front matter", "begin the file with `---`, `title: …` and `---`"),
                Missing::End => ("the front matter does not end", "write a line of `---` after the last key"),
            };
            out.push(Diagnostic::new(Code::E010, message).at(Place::whole(file)).help(help));
            let body = if missing == Missing::Start { whole } else { whole.end..whole.end };
            (None, body)
        }
    }
}

/// Reads front matter.
pub(crate) fn read(node: &Node<'_>, whose: Whose, out: &mut Vec<Diagnostic>) -> FrontMatter {
    check_keys(node, whose, out);
    let mut front = FrontMatter::default();
    let title = if whose == Whose::Patch { node.get("title") } else { node.required("title", out) };
    if let Some(title) = title.and_then(|node| filled(&node, out)) {
        front.title = title;
    }
    front.summary = node.get("summary").and_then(|node| filled(&node, out));
    if let Some(kind) = node.get("kind") {
        front.kind = match kind.choice(&KINDS, out) {
            Some("case") => Kind::Case,
            Some("section") => Kind::Section,
            _ => Kind::Page,
        };
    }
    front.owner = node.get("owner").and_then(|node| filled(&node, out));
    front.reviewed = node.get("reviewed").and_then(|node| node.date(out));
    front.review_by = node.get("review-by").and_then(|node| node.date(out));
    front.updated = node.get("updated").and_then(|node| node.date(out));
    front.draft = node.get("draft").and_then(|node| node.flag(out)).unwrap_or_default();
    front.pages = words(node, "pages", out);
    front.tags = words(node, "tags", out);
    front.channels = words(node, "channels", out);
    front.search_words = words(node, "search-words", out);
    front.aliases = words(node, "aliases", out);
    front.changes = changes(node, out);
    front.covers = covers(node, out);
    front.translates = node.get("translates").and_then(|node| digest(&node, out));
    front.walks = walks(node, whose, out);
    front.practice = node.get("practice").and_then(|node| node.flag(out)).unwrap_or_default();
    front.locked = node.get("locked").and_then(|node| filled(&node, out));
    let placement = |key: &str| node.get(key).map(|node| (key == "before", node));
    if let Some((before, node)) = placement("after").or_else(|| placement("before")) {
        front.placement = node.text(out).map(|beside| Placement { beside: beside.to_owned(), before });
    }
    front
}

/// Reports unknown keys, and keys that belong to layers.
fn check_keys(node: &Node<'_>, whose: Whose, out: &mut Vec<Diagnostic>) {
    for (key, entry) in node.entries(out) {
        if LAYER_KEYS.contains(&key) && whose != Whose::Book {
            continue;
        }
        if LAYER_KEYS.contains(&key) {
            let fault =
                Diagnostic::new(Code::E036, format!("`{key}` is only allowed in a layer")).at(entry.key_place());
            out.push(fault.help("remove it, or move the page into a folder with an overlay.toml"));
        } else if !KEYS.contains(&key) {
            let fault = Diagnostic::new(Code::E011, format!("unknown key `{key}`")).at(entry.key_place());
            out.push(fault.suggest(key, KEYS));
        }
    }
}

/// Reads text that is not empty.
pub(crate) fn filled(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    let text = node.text(out)?.trim();
    if text.is_empty() {
        out.push(node.fault(Code::E013, "this value is empty").help("write something, or leave the key out"));
        return None;
    }
    Some(text.to_owned())
}

/// Reads a list of texts.
fn words(node: &Node<'_>, key: &str, out: &mut Vec<Diagnostic>) -> Vec<String> {
    let Some(list) = node.get(key) else { return Vec::new() };
    list.texts(out).into_iter().map(|word| word.trim().to_owned()).collect()
}

fn changes(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Change> {
    let Some(list) = node.get("changes") else { return Vec::new() };
    let mut changes = Vec::new();
    for item in list.items(out) {
        item.only(&CHANGE_KEYS, out);
        let date = item.required("date", out).and_then(|date| date.date(out));
        let note = item.required("note", out).and_then(|note| filled(&note, out));
        if let (Some(date), Some(note)) = (date, note) {
            changes.push(Change { date, note });
        }
    }
    changes
}

fn walks(node: &Node<'_>, whose: Whose, out: &mut Vec<Diagnostic>) -> Vec<Walk> {
    let Some(list) = node.get("walks") else { return Vec::new() };
    let items = list.items(out);
    for answers in items.iter().filter(|_| whose != Whose::Patch).filter_map(|item| item.get(walk::INSTEAD_OF)) {
        let fault =
            Diagnostic::new(Code::E086, "only a patch puts a walk in the place of another").at(answers.key_place());
        out.push(fault.help("take `instead-of` out"));
    }
    items.iter().enumerate().filter_map(|(number, item)| Walk::read(item, number, out)).collect()
}

fn covers(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Covers> {
    let Some(covers) = node.get("covers") else { return Vec::new() };
    let owned = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect();
    if let Value::Map(_) = covers.value() {
        let sections = covers.entries(out);
        let read = |(section, ids): (&str, Node<'_>)| Covers {
            section: Some(section.to_owned()),
            statements: owned(ids.texts(out)),
        };
        return sections.into_iter().map(read).collect();
    }
    vec![Covers { section: None, statements: owned(covers.texts(out)) }]
}

fn digest(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    let text = match node.value() {
        // A digest of digits alone reads as a number in YAML.
        Value::Number(_) => node.as_written(),
        _ => node.text(out)?.to_owned(),
    };
    let is_digest = text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_digest {
        let fault = node.fault(Code::E012, format!("`{text}` is not the digest of a page"));
        out.push(fault.help("`opas check` prints the digest to write here"));
    }
    is_digest.then(|| text.to_ascii_lowercase())
}

/// Returns whether a text is a page id: ids joined by `/`.
pub fn is_page_id(text: &str) -> bool {
    text.split('/').all(is_id)
}
