//! Variables: the values of `vars.yaml`.
//!
//! It is given the files of names and texts of one language, the book's and those of layers, and returns the
//! values of that language.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::is_id;
use crate::data::{Node, Part, Places, Value};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::layer::data::{self, Below, Entry, Ranked, Unread};
use crate::layer::merge::Override;

/// The keys of a variable that is more than its text.
pub const KEYS: [&str; 2] = ["text", "must-fill"];

/// A variable.
#[derive(Debug, Clone)]
struct Variable {
    text: String,
    /// Where it says that it must be filled in.
    must_fill: Option<Places>,
    /// The place in the stack of the file that set it.
    rank: usize,
    layer: Option<Arc<str>>,
    places: Places,
}

/// The variables of one language.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    values: BTreeMap<String, Variable>,
    /// What could not be read.
    pub unread: Unread,
}

impl Variables {
    /// Reads the `vars.yaml` of a book and its layers; `source` are the source language's, whose texts a
    /// translation replaces.
    pub fn read(
        files: &[Ranked],
        source: Option<&Variables>,
        changes: &mut Vec<Override>,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut variables = source.cloned().unwrap_or_default();
        let parsed = data::parse(files, out);
        variables.unread.files |= parsed.len() < files.len();
        for (ranked, data) in parsed {
            for (name, node) in data.node().entries(out) {
                if is_possible(name, &node, source, out) {
                    variables.set(name, &node, &ranked, &data.places, source, changes, out);
                }
                if !variables.values.contains_key(name) {
                    variables.unread.keys.insert(name.to_owned());
                }
            }
        }
        for (name, variable) in variables.values.iter().filter(|(_, it)| it.text.is_empty()) {
            let Some(asked) = &variable.must_fill else { continue };
            let (key, message) = ([name.as_str().into()], format!("the variable `{name}` must be filled in"));
            let fault = Diagnostic::new(Code::E032, message).at(variable.places.of(&key, Part::Key));
            out.push(fault.asked_for_at(asked.of(&key, Part::Key)).help("write its `text`"));
        }
        variables
    }

    #[expect(clippy::too_many_arguments, reason = "`read` is its only caller")]
    fn set(
        &mut self,
        name: &str,
        node: &Node<'_>,
        ranked: &Ranked,
        places: &Places,
        source: Option<&Variables>,
        changes: &mut Vec<Override>,
        out: &mut Vec<Diagnostic>,
    ) {
        let layer = ranked.file.layer.clone();
        let (mut value, mut keys) = (node.clone(), KEYS.to_vec());
        if let Some(layer) = &layer {
            let entry = Entry::read(node, out);
            let below = self.values.get(name).map(|it| it.below(name));
            let known = self.values.iter().map(|(name, it)| (name.as_str(), it.below(name).place));
            let may_set = match source {
                Some(_) => entry.may_translate("variable", name, layer, below.as_ref(), ranked.file.lang(), out),
                None => entry.may_set("variable", name, layer, below.as_ref(), known, out),
            };
            if !may_set {
                return;
            }
            keys = entry.keys(&KEYS, out);
            value = entry.value;
            if let Some(below) = below {
                changes.push(data::record(layer, data::address(ranked, source.is_none(), name), &below, &value));
            }
        }
        let known = source.and_then(|source| source.values.get(name));
        // What a layer says in the source language holds over an older translation of what was there before.
        if known.is_some_and(|known| known.rank > ranked.rank) {
            return;
        }
        let before = self.values.get(name).filter(|_| layer.is_some() || source.is_some());
        let mut must_fill = before.and_then(|it| it.must_fill.clone());
        let text = if let Value::Map(_) = value.value() {
            value.only(&keys, out);
            let is_asked = value.get("must-fill").and_then(|flag| flag.flag(out)).unwrap_or_default();
            must_fill = must_fill.or_else(|| is_asked.then(|| places.clone()));
            value.get("text").and_then(|text| text.text(out)).unwrap_or_default()
        } else {
            let Some(text) = value.text(out) else { return };
            text
        };
        let text = text.trim().to_owned();
        let variable = Variable { text, must_fill, rank: ranked.rank, layer, places: places.clone() };
        self.values.insert(name.to_owned(), variable);
    }

    /// Returns the place of a variable's name.
    pub fn place(&self, name: &str) -> Option<Place> {
        self.values.get(name).map(|it| it.places.of(&[name.into()], Part::Key))
    }

    /// Returns a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|it| it.text.as_str())
    }

    /// Returns the names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

impl Variable {
    fn below(&self, name: &str) -> Below {
        let place = self.places.of(&[name.into()], Part::Key);
        Below::new(self.layer.clone(), place, self.text.clone())
    }
}

/// Reports a name that cannot be, or that the source language does not have.
fn is_possible(name: &str, node: &Node<'_>, source: Option<&Variables>, out: &mut Vec<Diagnostic>) -> bool {
    if let Some(known) = source.filter(|known| !known.values.contains_key(name)) {
        let message = format!("the source language has no variable `{name}`");
        let fault = Diagnostic::new(Code::E033, message).at(node.key_place());
        out.push(fault.suggest(name, known.values.keys().map(String::as_str)));
        return false;
    }
    if !is_id(name) {
        let message = format!("`{name}` cannot be the name of a variable");
        let help = "use lower-case letters a to z, digits and hyphens";
        out.push(Diagnostic::new(Code::E012, message).at(node.key_place()).help(help));
        return false;
    }
    true
}
