//! Walking a value and reporting what is wrong with it.
//!
//! A [`Node`] is a value together with its path, so that a fault can name its place. Readers take a list of
//! diagnostics, add what they find, and return `None` where there is nothing usable.

use jiff::civil::Date;

use super::{Data, Part, Places, Step, Value};
use crate::diagnostic::{Code, Diagnostic, Place};

/// A value in a document, with the way to it.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    data: &'a Data,
    value: &'a Value,
    path: Vec<Step>,
}

impl<'a> Node<'a> {
    pub(super) fn root(data: &'a Data) -> Self {
        Node { data, value: &data.root, path: Vec::new() }
    }

    /// Returns the value itself.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// Returns the way to the value.
    pub fn path(&self) -> &[Step] {
        &self.path
    }

    /// Returns where the parts of its document stand.
    pub fn places(&self) -> &'a Places {
        &self.data.places
    }

    /// Returns the place of the value.
    pub fn place(&self) -> Place {
        self.data.places.of(&self.path, Part::Value)
    }

    /// Returns the place of the key that the value belongs to.
    pub fn key_place(&self) -> Place {
        self.data.places.of(&self.path, Part::Key)
    }

    /// Makes a fault at this value: `code` in YAML, `E004` in the configuration.
    pub fn fault(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        let code = if self.data.is_configuration() { Code::E004 } else { code };
        Diagnostic::new(code, message).at(self.place())
    }

    fn child(&self, step: impl Into<Step>, value: &'a Value) -> Node<'a> {
        let mut path = self.path.clone();
        path.push(step.into());
        Node { data: self.data, value, path }
    }

    /// Returns the name of the key for messages, or of the document.
    fn name(&self) -> String {
        match self.path.iter().rev().find_map(|step| if let Step::Key(key) = step { Some(key) } else { None }) {
            Some(key) => format!("`{key}`"),
            None => "this file".to_owned(),
        }
    }

    fn wrong_type(&self, wanted: &str) -> Diagnostic {
        let hint = match self.value {
            Value::Bool(_) | Value::Number(_) if wanted.contains("text") => Some("put it in quotes"),
            _ => None,
        };
        let fault =
            self.fault(Code::E012, format!("{} must be {wanted}, but is {}", self.name(), self.value.type_name()));
        match hint {
            Some(hint) => fault.help(hint),
            None => fault,
        }
    }

    /// Returns the value of a key, if the mapping has it and it is not null.
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        let Value::Map(entries) = self.value else { return None };
        let (_, value) = entries.iter().find(|(name, value)| name == key && *value != Value::Null)?;
        Some(self.child(key, value))
    }

    /// Returns the entries of a mapping in the author's order; none where it is null.
    pub fn entries(&self, out: &mut Vec<Diagnostic>) -> Vec<(&'a str, Node<'a>)> {
        match self.value {
            Value::Map(entries) => {
                entries.iter().map(|(key, value)| (key.as_str(), self.child(key.as_str(), value))).collect()
            }
            Value::Null => Vec::new(),
            _ => {
                out.push(self.wrong_type("a mapping"));
                Vec::new()
            }
        }
    }

    /// Returns the items of a list; none where it is null.
    pub fn items(&self, out: &mut Vec<Diagnostic>) -> Vec<Node<'a>> {
        match self.value {
            Value::List(items) => items.iter().enumerate().map(|(index, value)| self.child(index, value)).collect(),
            Value::Null => Vec::new(),
            _ => {
                out.push(self.wrong_type("a list"));
                Vec::new()
            }
        }
    }

    /// Reports every key of a mapping that is not among `known`.
    pub fn only(&self, known: &[&str], out: &mut Vec<Diagnostic>) {
        for (key, node) in self.entries(out) {
            if !known.contains(&key) {
                let code = if self.data.is_configuration() { Code::E004 } else { Code::E011 };
                let fault = Diagnostic::new(code, format!("unknown key `{key}`")).at(node.key_place());
                out.push(fault.suggest(key, known.iter().copied()));
            }
        }
    }

    /// Reads text; other scalars are faults that say to use quotes.
    pub fn text(&self, out: &mut Vec<Diagnostic>) -> Option<&'a str> {
        if let Value::Text(text) = self.value {
            Some(text)
        } else {
            out.push(self.wrong_type("text"));
            None
        }
    }

    /// Returns the value as it stands in the file: what reads as a number may be meant as text.
    pub fn as_written(&self) -> String {
        let place = self.place();
        place.file.text[place.span].trim().to_owned()
    }

    /// Reads true or false.
    pub fn flag(&self, out: &mut Vec<Diagnostic>) -> Option<bool> {
        if let Value::Bool(flag) = self.value {
            Some(*flag)
        } else {
            out.push(self.wrong_type("true or false"));
            None
        }
    }

    /// Reads a list of texts; a bare text is a list of one.
    pub fn texts(&self, out: &mut Vec<Diagnostic>) -> Vec<&'a str> {
        match self.value {
            Value::Text(text) => vec![text],
            _ => self.items(out).iter().filter_map(|item| item.text(out)).collect(),
        }
    }

    /// Reads a date written `2026-11-24`.
    pub fn date(&self, out: &mut Vec<Diagnostic>) -> Option<Date> {
        let text = self.text(out)?;
        match text.parse::<Date>() {
            Ok(date) if text.len() == 10 => Some(date),
            _ => {
                let message = format!("{} must be a date, but is `{text}`", self.name());
                out.push(self.fault(Code::E012, message).help("write it as year-month-day, such as 2026-11-24"));
                None
            }
        }
    }

    /// Reads one of a closed set of words.
    pub fn choice(&self, known: &[&'static str], out: &mut Vec<Diagnostic>) -> Option<&'static str> {
        let text = self.text(out)?;
        let found = known.iter().find(|name| **name == text).copied();
        if found.is_none() {
            let fault = self.fault(Code::E012, format!("{} cannot be `{text}`", self.name()));
            out.push(fault.suggest(text, known.iter().copied()));
        }
        found
    }

    /// Reads a compulsory key, reporting when it is missing.
    pub fn required(&self, key: &str, out: &mut Vec<Diagnostic>) -> Option<Node<'a>> {
        let found = self.get(key);
        if found.is_none() {
            let code = if self.data.is_configuration() { Code::E004 } else { Code::E013 };
            let place = if self.path.is_empty() { self.place() } else { self.key_place() };
            let (sign, what) = if self.data.is_configuration() { (" =", "\"…\"") } else { (":", "…") };
            let fault = Diagnostic::new(code, format!("the key `{key}` is missing")).at(place);
            out.push(fault.help(format!("write `{key}{sign} {what}`")));
        }
        found
    }
}
