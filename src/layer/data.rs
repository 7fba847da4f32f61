//! What layers' data files may change: variables, contacts, terms and strings by their keys.
//!
//! It is given one entry of a layer's file and what stands below under the same key, and says whether the layer
//! may set it. The readers in `book` keep the values; nothing here knows what they mean.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::merge::Override;
use super::over::{Standing, standing};
use crate::data::{Data, Node, Value};
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::document::Op;
use crate::source::TextFile;

/// A data file with its place in the stack: 0 for the book's own, then the layers from the lowest up.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// The place in the stack.
    pub rank: usize,
    /// The file.
    pub file: Arc<TextFile>,
}

/// An entry of a layer's data file.
pub struct Entry<'a> {
    /// The value itself.
    pub value: Node<'a>,
    /// Whether the layer says that the key is new.
    pub is_new: bool,
    /// Whether the layer says that it replaces what is there.
    pub replaces: bool,
    over: Vec<&'a str>,
    node: Node<'a>,
}

/// What stands below a layer under a key.
pub struct Below {
    /// The layers that it comes from, each with the place where it is set; none for the book.
    layers: Vec<(Arc<str>, Place)>,
    /// Where it is set.
    pub place: Place,
    /// Its text, as an override depends on it.
    pub text: String,
}

impl Below {
    /// Describes what one file has set, the book's or a layer's.
    pub fn new(layer: Option<Arc<str>>, place: Place, text: String) -> Self {
        let layers = layer.map(|layer| (layer, place.clone())).into_iter().collect();
        Below { layers, place, text }
    }

    /// Describes what several layers have set in parts.
    pub fn of_layers(layers: Vec<(Arc<str>, Place)>, place: Place, text: String) -> Self {
        Below { layers, place, text }
    }
}

/// Keys that a layer's entry may have besides those of its kind.
pub const KEYS: [&str; 5] = ["value", "new", "op", "over", "reason"];

impl<'a> Entry<'a> {
    /// Reads an entry: `{value: …, new: true}`, or the value itself with such keys beside its own.
    pub fn read(node: &Node<'a>, out: &mut Vec<Diagnostic>) -> Self {
        let flag =
            |key: &str, out: &mut Vec<Diagnostic>| node.get(key).and_then(|node| node.flag(out)).unwrap_or_default();
        let is_new = flag("new", out);
        let replaces = node.get("op").and_then(|op| op.choice(&["replace"], out)).is_some();
        let over = node.get("over").map(|over| over.texts(out)).unwrap_or_default();
        if let Some(reason) = node.get("reason") {
            reason.text(out);
        }
        let value = node.get("value").unwrap_or_else(|| node.clone());
        Entry { value, is_new, replaces, over, node: node.clone() }
    }

    /// Returns the keys that the value may have: its `own`, and those of layers unless they stand beside a `value`,
    /// where nothing else may stand.
    pub fn keys<'k>(&self, own: &[&'k str], out: &mut Vec<Diagnostic>) -> Vec<&'k str> {
        if self.node.get("value").is_some() {
            self.node.only(&KEYS, out);
            return own.to_vec();
        }
        own.iter().copied().chain(KEYS).collect()
    }

    /// Decides whether a layer may set a key; reports why not.
    ///
    /// `what` is the kind of thing in messages, `known` the keys that there are, each with its place.
    pub fn may_set<'k>(
        &self,
        what: &str,
        key: &str,
        layer: &Arc<str>,
        below: Option<&Below>,
        known: impl IntoIterator<Item = (&'k str, Place)>,
        out: &mut Vec<Diagnostic>,
    ) -> bool {
        let place = self.node.key_place();
        match below {
            None if self.is_new => true,
            None => {
                let message = format!("there is no {what} `{key}` to change");
                let fault = Diagnostic::new(Code::E082, message).at(place);
                let fault = fault.help("write `new: true` beside its `value` if it is the layer's own");
                let known: Vec<(&str, Place)> = known.into_iter().collect();
                let near = nearest(key, known.iter().map(|(known, _)| *known));
                let place = known.iter().find(|(known, _)| Some(*known) == near).map(|(_, place)| place.clone());
                let fault = fault.related_if(place, "the nearest name");
                out.push(fault.suggest_near(key, known.iter().map(|(known, _)| *known)));
                false
            }
            Some(below) if self.is_new => {
                let fault = Diagnostic::new(Code::E091, format!("the {what} `{key}` is not new")).at(place);
                let fault = fault.related(below.place.clone(), "it is there already");
                out.push(fault.help("leave `new` out to change it, or choose another name"));
                false
            }
            Some(below) => self.is_meant(what, key, layer, below, out),
        }
    }

    /// Decides whether a layer may translate a key, which the source language has: what another layer has said in the same
    /// language asks for `over`; what there is in the source language alone is translated freely.
    pub fn may_translate(
        &self,
        what: &str,
        key: &str,
        layer: &Arc<str>,
        below: Option<&Below>,
        lang: &str,
        out: &mut Vec<Diagnostic>,
    ) -> bool {
        let Some(below) = below else { return true };
        let is_said = |(_, place): &&(Arc<str>, Place)| place.file.lang() == lang;
        let layers = below.layers.iter().filter(is_said).cloned().collect();
        let said = Below::of_layers(layers, below.place.clone(), below.text.clone());
        self.is_meant(what, key, layer, &said, out)
    }

    /// Reports a change of what another layer has changed, unless it is named in `over`; and a needless `over`.
    fn is_meant(&self, what: &str, key: &str, layer: &Arc<str>, below: &Below, out: &mut Vec<Diagnostic>) -> bool {
        let place = self.node.key_place();
        let others = below.layers.iter().map(|(other, _)| other).filter(|other| *other != layer);
        match standing(&self.over, others) {
            Standing::Meant => true,
            Standing::Needless(name) => {
                let message = format!("`over: {name}`, but the layer `{name}` does not set the {what} `{key}`");
                out.push(Diagnostic::new(Code::E094, message).at(place).help("leave `over` out"));
                false
            }
            Standing::Unsaid(other) => {
                let message = format!("the {what} `{key}` has been set by the layer `{other}`");
                let set = below.layers.iter().find(|(layer, _)| layer == other).map(|(_, place)| place.clone());
                let fault = Diagnostic::new(Code::E083, message).at(place).related_if(set, "set here");
                let is_map = matches!(self.node.value(), Value::Map(_));
                let over = if is_map {
                    format!("over: {other}` beside it")
                } else {
                    format!("{{value: …, over: {other}}}`")
                };
                out.push(fault.help(format!("write `{over} if that is meant")));
                false
            }
        }
    }
}

/// Returns the address of a key in a data file: `vars.yaml#name`, with `LANG:` before it outside of the source
/// language.
pub fn address(ranked: &Ranked, is_source: bool, key: &str) -> String {
    let language = if is_source { String::new() } else { format!("{}:", ranked.file.lang()) };
    let name = ranked.file.below().rsplit('/').next().unwrap_or_default();
    format!("{language}{name}#{key}")
}

/// Returns an override of what stands at an address of a data file.
pub fn record(layer: &Arc<str>, address: String, below: &Below, own: &Node<'_>) -> Override {
    Override {
        layer: Arc::clone(layer),
        address,
        op: Op::Replace,
        depends: below.text.clone(),
        own: text(own.value()),
        place: own.key_place(),
        former: None,
    }
}

/// Returns a value as text that is the same for the same value.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(text) | Value::Text(text) => text.trim().to_owned(),
        Value::List(items) => items.iter().map(text).collect::<Vec<_>>().join("\n"),
        Value::Map(entries) => {
            let line = |(key, value): &(String, Value)| format!("{key}: {}", text(value));
            entries.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

/// What of data files could not be read, which has been reported: that it is missing is no other fault.
#[derive(Debug, Clone, Default)]
pub struct Unread {
    /// Whether one of the files could not be parsed.
    pub files: bool,
    /// The keys of entries that could not be read.
    pub keys: BTreeSet<String>,
}

impl Unread {
    /// Returns whether an entry may be among it.
    pub fn may_hold(&self, key: &str) -> bool {
        self.files || self.keys.contains(key)
    }
}

/// Parses each of the files of a stack; those that cannot be parsed are reported and left out.
pub fn parse(files: &[Ranked], out: &mut Vec<Diagnostic>) -> Vec<(Ranked, Data)> {
    files.iter().filter_map(|ranked| Some((ranked.clone(), Data::of_file(&ranked.file, out)?))).collect()
}
