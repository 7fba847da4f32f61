//! The glossary, from `glossary.yaml`.
//!
//! It is given a file of terms with definitions and synonyms, and returns the entries in the language's
//! alphabetical order. A translation names the source language's term and gives its own texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::collation::Collation;
use crate::data::{Data, Node, Part, Places};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document::{self, Document};
use crate::source::TextFile;

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
    places: Places,
}

impl Entry {
    /// Returns the place of the term's key.
    pub fn place(&self) -> Place {
        self.places.of(&[self.key.as_str().into()], Part::Key)
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
}

impl Glossary {
    /// Reads a `glossary.yaml`; `source` is the source language's, whose texts a translation replaces.
    pub fn read(file: &Arc<TextFile>, source: Option<&Glossary>, out: &mut Vec<Diagnostic>) -> Self {
        let Some(data) = Data::of_file(file, out) else { return source.cloned().unwrap_or_default() };
        let mut entries = source.map(|source| source.entries.clone()).unwrap_or_default();
        for (key, node) in data.node().entries(out) {
            let known = entries.iter().position(|entry| entry.key == key);
            if source.is_some() && known.is_none() {
                let fault = Diagnostic::new(Code::E033, format!("the source language has no term `{key}`"));
                let keys = entries.iter().map(|entry| entry.key.as_str());
                out.push(fault.at(node.key_place()).suggest(key, keys));
                continue;
            }
            let base = known.map(|at| &entries[at]);
            let Some(entry) = read_entry(key, &node, &data.places, base, out) else { continue };
            match known {
                Some(at) => entries[at] = entry,
                None => entries.push(entry),
            }
        }
        let lang = file.path.split('/').nth(1).unwrap_or_default();
        Glossary::with_entries(entries, lang, file, out)
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
        Glossary { entries, by_name, file: Some(Arc::clone(file)) }
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

fn read_entry(
    key: &str,
    node: &Node<'_>,
    places: &Places,
    base: Option<&Entry>,
    out: &mut Vec<Diagnostic>,
) -> Option<Entry> {
    node.only(&["term", "definition", "synonyms", "see"], out);
    let definition = match (node.get("definition"), base) {
        (None, Some(base)) => Some((Arc::clone(&base.definition), base.definition_source.clone())),
        _ => node.required("definition", out).and_then(|node| definition(&node, out)),
    };
    let synonyms = node.get("synonyms").map(|node| node.texts(out).into_iter().map(str::to_owned).collect());
    let see = node.get("see").and_then(|see| see.text(out)).map(str::to_owned);
    let term = node.get("term").and_then(|term| term.text(out)).unwrap_or(key);
    let (definition, definition_source) = definition?;
    Some(Entry {
        key: key.to_owned(),
        term: term.trim().to_owned(),
        anchor: base.map_or_else(|| document::slug(key), |base| base.anchor.clone()),
        definition,
        definition_source,
        synonyms: synonyms.or_else(|| base.map(|base| base.synonyms.clone())).unwrap_or_default(),
        see: see.or_else(|| base.and_then(|base| base.see.clone())),
        places: places.clone(),
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
