//! `overlay.lock`: the text of the book that each override of a layer was written against.
//!
//! It is given the file's text and returns its entries, and turns entries into the text of the file: the same
//! entries always give the same bytes. It knows nothing of what stands in the book now, and never writes the file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;

use super::Layer;
use super::merge::Override;
use crate::data::{Data, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;

/// The name of the file in the layer's folder.
pub const FILE: &str = "overlay.lock";

const OPENING: &str =
    "# The text that each override was written against. Kept by `opas accept` and `opas defer`; commit it.\n";

/// An override's address and the word of its operation.
pub type Key = (String, String);

/// What is known of one override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The text of the book that it was written against.
    pub base: String,
    /// What was noted when changes of that text were accepted, from the first to the last.
    pub notes: Vec<String>,
    /// The day until which a change is put off, and the digest of the text that it led to.
    pub deferred: Option<(Date, Digest)>,
}

/// The entries of a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// The entries.
    pub entries: BTreeMap<Key, Entry>,
}

/// Returns the key that an override has in a lock.
pub fn key(change: &Override) -> Key {
    (change.address.clone(), change.op.word().to_owned())
}

impl Lock {
    /// Lets the entries of pages that have been renamed follow them.
    pub fn follow<'a>(&mut self, overrides: impl Iterator<Item = &'a Override>) {
        for change in overrides {
            let Some(former) = change.former.as_ref().map(|address| (address.clone(), change.op.word().to_owned()))
            else {
                continue;
            };
            if let Some(entry) = self.entries.remove(&former) {
                self.entries.entry(key(change)).or_insert(entry);
            }
        }
    }

    /// Reads the lock of a layer; none where it has no such file, or one that cannot be read, which is reported.
    pub fn read(layer: &Layer, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let file = layer.source.text(FILE)?;
        let data = match Data::from_toml(file) {
            Ok(data) => data,
            Err(fault) => {
                out.push(*fault);
                return None;
            }
        };
        let root = data.node();
        root.only(&["override"], out);
        let items = root.get("override").map(|list| list.items(out)).unwrap_or_default();
        let entries = items.iter().filter_map(|item| entry(item, out)).collect();
        Some(Lock { entries })
    }

    /// Returns the text of the file.
    pub fn render(&self) -> String {
        let mut text = OPENING.to_owned();
        for ((address, op), entry) in &self.entries {
            let digest = Digest::of(&entry.base);
            let _ = write!(text, "\n[[override]]\naddress = {}\nop = {}\n", quoted(address), quoted(op));
            let _ = writeln!(text, "digest = \"{digest}\"\nbase = \"\"\"\n{}\"\"\"", escaped(&entry.base, true));
            if !entry.notes.is_empty() {
                let notes: Vec<String> = entry.notes.iter().map(|note| quoted(note)).collect();
                let _ = writeln!(text, "notes = [{}]", notes.join(", "));
            }
            if let Some((until, digest)) = &entry.deferred {
                let _ = writeln!(text, "deferred-until = \"{until}\"\ndeferred-digest = \"{digest}\"");
            }
        }
        text
    }
}

fn entry(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<(Key, Entry)> {
    node.only(&["address", "op", "digest", "base", "notes", "deferred-until", "deferred-digest"], out);
    let mut required = |key: &str| node.required(key, out).and_then(|node| node.text(out)).map(str::to_owned);
    let (address, op, digest) = (required("address")?, required("op")?, required("digest")?);
    let base = node.get("base").and_then(|node| node.text(out)).unwrap_or_default().to_owned();
    if Digest::of(&base).to_string() != digest {
        let fault = node.fault(Code::E012, format!("the entry of `{address}` has been changed by hand"));
        out.push(
            fault.help("take the file back from version control, or delete the entry and run `opas accept --new`"),
        );
        return None;
    }
    let notes = node.get("notes").map(|notes| notes.texts(out)).unwrap_or_default();
    let notes = notes.into_iter().map(str::to_owned).collect();
    let until = node.get("deferred-until").and_then(|node| node.text(out)).and_then(|text| text.parse().ok());
    let digest = node.get("deferred-digest").and_then(|node| node.text(out)).and_then(Digest::parse);
    Some(((address, op), Entry { base, notes, deferred: until.zip(digest) }))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text, false))
}

/// Escapes a text for a TOML string; line ends stay only in one of several lines.
fn escaped(text: &str, lines: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '"' => escaped.extend(['\\', c]),
            '\n' if lines => escaped.push(c),
            c if c.is_control() => {
                let _ = write!(escaped, "\\u{:04X}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}
