//! Variables: the values of `vars.yaml`.
//!
//! It is given a file of names and texts and returns the values of one language.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::is_id;
use crate::data::{Data, Part, Places, Value};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::TextFile;

/// The variables of one language.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
    places: Option<Places>,
}

impl Variables {
    /// Reads a `vars.yaml`; `source` is the source language's, whose texts a translation replaces.
    pub fn read(file: &Arc<TextFile>, source: Option<&Variables>, out: &mut Vec<Diagnostic>) -> Self {
        let mut variables = source.cloned().unwrap_or_default();
        let Some(data) = Data::of_file(file, out) else { return variables };
        for (name, node) in data.node().entries(out) {
            if let Some(known) = source
                && !known.values.contains_key(name)
            {
                let message = format!("the source language has no variable `{name}`");
                let fault = Diagnostic::new(Code::E033, message).at(node.key_place());
                out.push(fault.suggest(name, known.values.keys().map(String::as_str)));
                continue;
            }
            if !is_id(name) {
                let message = format!("`{name}` cannot be the name of a variable");
                let help = "use lower-case letters a to z, digits and hyphens";
                out.push(Diagnostic::new(Code::E012, message).at(node.key_place()).help(help));
                continue;
            }
            let Value::Map(_) = node.value() else {
                if let Some(text) = node.text(out) {
                    variables.values.insert(name.to_owned(), text.trim().to_owned());
                }
                continue;
            };
            node.only(&["text", "must-fill"], out);
            let must_fill = node.get("must-fill").and_then(|flag| flag.flag(out)).unwrap_or_default();
            let text = node.get("text").and_then(|text| text.text(out)).unwrap_or_default().trim();
            if must_fill && text.is_empty() {
                let message = format!("the variable `{name}` must be filled in");
                out.push(Diagnostic::new(Code::E032, message).at(node.key_place()).help("write its `text`"));
            }
            variables.values.insert(name.to_owned(), text.to_owned());
        }
        variables.places = Some(data.places);
        variables
    }

    /// Returns the place of a variable's name.
    pub fn place(&self, name: &str) -> Option<Place> {
        self.places.as_ref().map(|places| places.of(&[name.into()], Part::Key))
    }

    /// Returns a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Returns the names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}
