//! Variables: the values of `vars.yaml`, and putting them into text.
//!
//! It is given a file of names and texts. Substitution is plain: a value is never read as Markdown or as a
//! template.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::is_id;
use crate::data::{Data, Part, Value};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::TextFile;

/// The variables of one language.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
    data: Option<Data>,
}

impl Variables {
    /// Reads a `vars.yaml`; `source` is the source language's, whose texts a translation replaces.
    pub fn read(file: &Arc<TextFile>, source: Option<&Variables>, out: &mut Vec<Diagnostic>) -> Self {
        let mut variables = source.cloned().unwrap_or_default();
        let data = match Data::from_yaml(file, 0..file.text.len()) {
            Ok(data) => data,
            Err(fault) => {
                out.push(*fault);
                return variables;
            }
        };
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
        variables.data = Some(data);
        variables
    }

    /// Returns the place of a variable's name.
    pub fn place(&self, name: &str) -> Option<Place> {
        self.data.as_ref().map(|data| data.place(&[name.into()], Part::Key))
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

/// Puts values in place of `{{ name }}` in a plain text; unknown names stay as they are.
pub fn expand<'t, 'v>(text: &'t str, value: impl Fn(&str) -> Option<&'v str>) -> Cow<'t, str> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, inner, after)) = next_variable(rest) {
        expanded.push_str(before);
        match value(inner.trim()) {
            Some(found) => expanded.push_str(found),
            None => expanded.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    if rest.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(expanded + rest) }
}

/// Returns the names in the `{{ name }}` of a plain text.
pub fn names_in(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, inner, after)) = next_variable(rest) {
        names.push(inner.trim());
        rest = after;
    }
    names
}

/// Splits a text at its first `{{ name }}` into what is before, inside and after.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find("{{")?;
    let length = text[open + 2..].find("}}")?;
    let close = open + 2 + length;
    Some((&text[..open], &text[open + 2..close], &text[close + 2..]))
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn values_are_put_in_once_and_as_they_are() {
        let value = |name: &str| match name {
            "a" => Some("{{ b }} <i>"),
            "b" => Some("B"),
            _ => None,
        };
        assert_eq!(expand("x {{ a }} y {{b}}", value), "x {{ b }} <i> y B");
        assert_eq!(expand("{{ c }} {{", value), "{{ c }} {{");
    }
}
