//! The glossary, from `glossary.yaml`.
//!
//! It is given files of terms with definitions and synonyms, the book's and those of layers, and returns the
//! entries in the language's
//! alphabetical order. A translation names the source language's term and gives its own texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::collation::Collation;
use crate::data::{Node, Part, Places};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document::{self, Document};
use crate::layer::data::{self, Below, Ranked, Unread};
use crate::layer::merge::Override;
use crate::source::TextFile;

/// The keys of a term.
pub const KEYS: [&str; 4] = ["term", "definition", "synonyms", "see"];
/// Keys that a layer's entry may have besides: a term needs no `new`, as terms are united.
pub const LAYER_KEYS: [&str; 3] = ["op", "over", "reason"];

/// A term with its definition.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key in the source language's glossary.
    pub key: String,
    /// The term as shown.
    pub term: String,
    /// The id of its place on the glossary page.
    pub anchor: String,
    /// The definition.
    pub definition: Arc<Document>,
    /// The definition as the author wrote it.
    pub definition_source: String,
    /// Other words for the same thing.
    pub synonyms: Vec<String>,
    /// A page (`page` or `page#section`) that says more.
    pub see: Option<String>,
    /// The layer that wrote it; none for the book.
    pub layer: Option<Arc<str>>,
    /// The definition that the layer's has taken the place of.
    pub replaced: Option<Arc<Document>>,
    /// The place of that layer in the stack.
    rank: usize,
    places: Places,
}

impl Entry {
    /// Returns the place of the term's key.
    pub fn place(&self) -> Place {
        self.places.of(&[self.key.as_str().into()], Part::Key)
    }

    /// Returns the place of the definition.
    pub fn definition_place(&self) -> Place {
        self.places.of(&[self.key.as_str().into(), "definition".into()], Part::Value)
    }

    /// Returns the place of `see`, or of the term where it has none.
    pub fn see_place(&self) -> Place {
        self.places.of(&[self.key.as_str().into(), "see".into()], Part::Value)
    }
}

/// The glossary of one language.
#[derive(Debug, Clone, Default)]
pub struct Glossary {
    entries: Vec<Entry>,
    by_name: BTreeMap<String, usize>,
    /// The file, for messages; none where there is no `glossary.yaml`.
    pub file: Option<Arc<TextFile>>,
    /// What could not be read.
    pub unread: Unread,
}

impl Glossary {
    /// Reads the `glossary.yaml` of a book and its layers; `source` is the source language's, whose texts a
    /// translation replaces.
    pub fn read(
        files: &[Ranked],
        source: Option<&Glossary>,
        changes: &mut Vec<Override>,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut entries = source.map(|source| source.entries.clone()).unwrap_or_default();
        let mut unread = source.map(|source| source.unread.clone()).unwrap_or_default();
        let parsed = data::parse(files, out);
        unread.files |= parsed.len() < files.len();
        for (ranked, data) in parsed {
            for (key, node) in data.node().entries(out) {
                let known = entries.iter().position(|entry| entry.key == key);
                if source.is_some() && known.is_none() {
                    let fault = Diagnostic::new(Code::E033, format!("the source language has no term `{key}`"));
                    let keys = entries.iter().map(|entry| entry.key.as_str());
                    out.push(fault.at(node.key_place()).suggest(key, keys));
                    continue;
                }
                // What a layer says in the source language holds over an older translation of what was there.
                if source.is_some() && known.is_some_and(|at| entries[at].rank > ranked.rank) {
                    continue;
                }
                let base = known.map(|at| &entries[at]);
                let before = changes.len();
                let Ok(base) = may_set(key, &node, &ranked, base, source.is_some(), changes, out) else { continue };
                let Some(entry) = read_entry(key, &node, &data.places, &ranked, base, out) else {
                    unread.keys.insert(key.to_owned());
                    continue;
                };
                changes[before..].iter_mut().for_each(|change| change.own = meaning(&entry));
                match known {
                    Some(at) => entries[at] = entry,
                    None => entries.push(entry),
                }
            }
        }
        let Some(first) = files.first() else { return Glossary::default() };
        Glossary { unread, ..Glossary::with_entries(entries, first.file.lang(), &first.file, out) }
    }

    fn with_entries(mut entries: Vec<Entry>, lang: &str, file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> Self {
        let collation = Collation::new(lang);
        entries.sort_by(|a, b| collation.compare(&a.term, &b.term));
        let mut by_name = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_name.insert(entry.term.to_lowercase(), at);
            by_name.entry(entry.key.to_lowercase()).or_insert(at);
        }
        let mut anchors: BTreeMap<&str, &Entry> = BTreeMap::new();
        for entry in &entries {
            if let Some(other) = anchors.insert(&entry.anchor, entry) {
                let message = format!("the term `{}` cannot be told from another one in addresses", entry.key);
                let fault = Diagnostic::new(Code::E018, message).at(entry.place());
                out.push(fault.related(other.place(), "the other term").help("make one of the two longer"));
            }
        }
        Glossary { entries, by_name, file: Some(Arc::clone(file)), unread: Unread::default() }
    }

    /// Returns the entry of a term, written as its key or as it is shown, in any case of letters.
    pub fn get(&self, term: &str) -> Option<&Entry> {
        self.by_name.get(&term.to_lowercase()).map(|at| &self.entries[*at])
    }

    /// Returns the entries in alphabetical order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// The keys that say what a term means; a layer that sets one of them makes the term its own.
const DEFINING: [&str; 3] = ["definition", "term", "see"];

/// Says that an entry cannot be used, which has been reported.
struct Refused;

/// Decides whether a file may set a term, and what of the term below stays.
///
/// A layer may add synonyms to any term; it says `op: replace` to define one anew.
fn may_set<'e>(
    key: &str,
    node: &Node<'_>,
    ranked: &Ranked,
    below: Option<&'e Entry>,
    is_translation: bool,
    changes: &mut Vec<Override>,
    out: &mut Vec<Diagnostic>,
) -> Result<Option<&'e Entry>, Refused> {
    let (Some(layer), Some(below)) = (&ranked.file.layer, below) else { return Ok(below) };
    // What there is in the source language alone is translated, and not defined anew.
    if is_translation && below.place().file.lang() != ranked.file.lang() {
        return Ok(Some(below));
    }
    let entry = data::Entry::read(node, out);
    let defines = DEFINING.iter().find(|name| node.get(name).is_some());
    let Some(defines) = defines else { return Ok(Some(below)) };
    if !entry.replaces {
        let message = format!("the term `{key}` is in the glossary already, and this sets its `{defines}` anew");
        let fault = Diagnostic::new(Code::E097, message).at(node.key_place());
        let fault = fault.related(below.place(), "the term below");
        out.push(fault.help("write `op: replace` beside it, or give only `synonyms`, which are joined"));
        return Err(Refused);
    }
    let what = Below::new(below.layer.clone(), below.place(), meaning(below));
    if !entry.may_set("term", key, layer, Some(&what), [], out) {
        return Err(Refused);
    }
    changes.push(data::record(layer, data::address(ranked, !is_translation, key), &what, node));
    Ok(Some(below))
}

/// Returns what a layer that defines a term anew changes, as text that is the same for the same meaning.
fn meaning(entry: &Entry) -> String {
    let see = entry.see.as_deref().unwrap_or_default();
    format!("{}\n{}\n{see}", entry.term, entry.definition_source).trim().to_owned()
}

fn read_entry(
    key: &str,
    node: &Node<'_>,
    places: &Places,
    ranked: &Ranked,
    base: Option<&Entry>,
    out: &mut Vec<Diagnostic>,
) -> Option<Entry> {
    let is_layer = ranked.file.layer.is_some();
    let more: &[&str] = if is_layer { &LAYER_KEYS } else { &[] };
    let known: Vec<&str> = KEYS.into_iter().chain(more.iter().copied()).collect();
    node.only(&known, out);
    let definition = match (node.get("definition"), base) {
        (None, Some(base)) => Some((Arc::clone(&base.definition), base.definition_source.clone())),
        _ => node.required("definition", out).and_then(|node| definition(&node, out)),
    };
    let synonyms: Option<Vec<String>> =
        node.get("synonyms").map(|node| node.texts(out).into_iter().map(str::to_owned).collect());
    let see = node.get("see").and_then(|see| see.text(out)).map(str::to_owned);
    let term = node.get("term").and_then(|term| term.text(out)).or(base.filter(|_| is_layer).map(|base| &*base.term));
    let (definition, definition_source) = definition?;
    let below = base.map(|base| base.synonyms.clone());
    let synonyms = match (synonyms, below) {
        // A layer's synonyms are joined to those below; a translation's stand in their place.
        (Some(own), Some(mut below)) if is_layer => {
            below.extend(own.into_iter().filter(|word| !base.is_some_and(|base| base.synonyms.contains(word))));
            below
        }
        (own, below) => own.or(below).unwrap_or_default(),
    };
    // A layer that only adds synonyms does not make the term its own, and one that keeps the definition leaves its
    // translations as they are.
    let adds = base.filter(|_| is_layer && DEFINING.iter().all(|name| node.get(name).is_none()));
    let keeps = base.filter(|_| is_layer && node.get("definition").is_none());
    let in_place_of = base.filter(|base| is_layer && base.place().file.lang() == ranked.file.lang());
    let replaced = match keeps {
        Some(base) => base.replaced.clone(),
        None => in_place_of.map(|base| Arc::clone(&base.definition)),
    };
    Some(Entry {
        key: key.to_owned(),
        term: term.unwrap_or(key).trim().to_owned(),
        anchor: base.map_or_else(|| document::slug(key), |base| base.anchor.clone()),
        definition,
        definition_source,
        synonyms,
        see: see.or_else(|| base.and_then(|base| base.see.clone())),
        layer: adds.map_or_else(|| ranked.file.layer.clone(), |base| base.layer.clone()),
        replaced,
        rank: keeps.map_or(ranked.rank, |base| base.rank),
        places: adds.map_or_else(|| places.clone(), |base| base.places.clone()),
    })
}

/// Parses a definition, which must be one paragraph, so that it can be shown within a line.
fn definition(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<(Arc<Document>, String)> {
    let text = node.text(out)?.trim();
    let (document, faults) = document::parse_fragment(text, &node.place());
    out.extend(faults);
    if !matches!(document.blocks.as_slice(), [document::Block::Paragraph(_)]) {
        out.push(node.fault(Code::E012, "a definition must be one paragraph of text").help("write it as running text"));
        return None;
    }
    Some((Arc::new(document), text.to_owned()))
}
