//! Drift: overrides whose text in the book is no longer the one that they were written against.
//!
//! It is given what the layers of an edition override and their locks, and returns what needs a person's eye,
//! with the words for it. It decides nothing about days: who reports asks [`Drift::is_due`].

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use similar::{ChangeTag, TextDiff};

use super::Layer;
use super::lock::{self, Entry, Lock};
use super::merge::Override;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::document::Op;

/// Why an override needs a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The text that it replaces or removes has changed.
    Changed,
    /// The heading that it is placed by has changed.
    Anchor,
    /// It says what the book says.
    Removable,
    /// The layer's lock has no entry of it.
    New,
}

/// An override that needs a look.
#[derive(Debug, Clone)]
pub struct Drift {
    /// Why.
    pub kind: Kind,
    /// The override, with the text of the book as it is now.
    pub change: Override,
    /// The text of the book as it was.
    pub old: String,
    /// The day until which somebody has put it off.
    pub until: Option<Date>,
}

/// Finds what has drifted; faults of the locks are reported.
pub fn find(overrides: &[Override], layers: &[Arc<Layer>], out: &mut Vec<Diagnostic>) -> Vec<Drift> {
    let mut locks: BTreeMap<&str, Lock> = BTreeMap::new();
    for layer in layers {
        let name = &layer.manifest.name;
        if let Some(mut lock) = Lock::read(layer, out) {
            lock.follow(overrides.iter().filter(|change| change.layer == *name));
            locks.insert(name, lock);
        }
    }
    // Several blocks at one place have one entry in the lock: they are looked at together.
    let mut together: Vec<Override> = Vec::new();
    let mut places: BTreeMap<(Arc<str>, lock::Key), usize> = BTreeMap::new();
    for change in overrides {
        let at = *places.entry((Arc::clone(&change.layer), lock::key(change))).or_insert(together.len());
        match together.get_mut(at) {
            Some(first) => first.own = format!("{}\n\n{}", first.own, change.own),
            None => together.push(change.clone()),
        }
    }
    together.iter().filter_map(|change| of(change, locks.get(&*change.layer))).collect()
}

fn of(change: &Override, lock: Option<&Lock>) -> Option<Drift> {
    let drift = |kind, old: &str, until| Some(Drift { kind, change: change.clone(), old: old.to_owned(), until });
    let replaces = matches!(change.op, Op::Replace | Op::ReplaceBody | Op::ReplacePage);
    if replaces && change.own.trim() == change.depends.trim() {
        return drift(Kind::Removable, "", None);
    }
    // A layer that keeps no lock has not asked to be told.
    match lock?.entries.get(&lock::key(change)) {
        None => drift(Kind::New, "", None),
        Some(Entry { base, .. }) if *base == change.depends => None,
        Some(entry) => {
            let kind = if change.op.takes_away() { Kind::Changed } else { Kind::Anchor };
            let now = Digest::of(&change.depends);
            // What was put off was this change; another one on top of it is told at once.
            let until = entry.deferred.filter(|(_, digest)| *digest == now).map(|(until, _)| until);
            drift(kind, &entry.base, until)
        }
    }
}

impl Drift {
    /// Returns whether it is to be told on a day; without one, whether it is to be told whatever the day.
    pub fn is_due(&self, today: Option<Date>) -> bool {
        self.until.is_none_or(|until| today.is_some_and(|today| until <= today))
    }

    /// Returns whether only `check` tells it: the text of the book is whole, and the layer's stands where it stood.
    pub fn is_note(&self) -> bool {
        self.kind == Kind::Anchor
    }

    /// Says it as a diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        let address = &self.change.address;
        let changed = || compare(&self.old, &self.change.depends);
        let anchor = if address.starts_with("flows/") { "question" } else { "heading" };
        let accept = format!("then `opas accept {address} --note \"…\"`");
        let (code, message, help) = match self.kind {
            Kind::Changed => (
                Code::W020,
                format!("the text that `{}` of `{address}` was written against has changed", self.change.op.word()),
                format!("the book now: {}; see `opas review`, mend the layer's text, {accept}", changed()),
            ),
            Kind::Anchor => (
                Code::W021,
                format!("the {anchor} that `{}` at `{address}` is placed by has changed", self.change.op.word()),
                format!("the book now: {}; see whether the text still belongs there, {accept}", changed()),
            ),
            Kind::Removable => (
                Code::W022,
                format!("the layer's text of `{address}` is the same as the book's"),
                "take the override out: the book says it already".to_owned(),
            ),
            Kind::New => (
                Code::W024,
                format!("overlay.lock has no entry of `{}` of `{address}`", self.change.op.word()),
                "run `opas accept --new`, and commit overlay.lock".to_owned(),
            ),
        };
        let mut diagnostic = Diagnostic::new(code, message).at(self.change.place.clone()).address(address).help(help);
        diagnostic.layer = Some(self.change.layer.to_string());
        diagnostic
    }

    /// Says it at length, with the old text, the new one and the layer's.
    pub fn review(&self) -> String {
        let Override { layer, address, op, depends, own, place, .. } = &self.change;
        let diagnostic = self.diagnostic();
        let mut text = format!("{} {}\n", diagnostic.code.name(), diagnostic.message);
        text += &format!("  {address} ({}) of {layer}, {}:{}\n", op.word(), place.file.path, place.line_column().0);
        let mut part = |title: &str, body: &str| {
            if !body.is_empty() {
                text += &format!("\n  {title}:\n");
                for line in body.lines() {
                    text += format!("    {line}").trim_end();
                    text.push('\n');
                }
            }
        };
        if matches!(self.kind, Kind::Changed | Kind::Anchor) {
            part("the book then", &self.old);
            part("the book now", depends);
            part("what changed", &words(&self.old, depends));
        }
        part("the layer", own);
        if let Some(until) = self.until {
            text += &format!("\n  put off until {until}\n");
        }
        text
    }
}

/// Returns what has changed from one text to another, word by word: `[-gone-]` and `{+new+}`.
pub fn words(old: &str, new: &str) -> String {
    let diff = TextDiff::from_words(old, new);
    let mut text = String::new();
    let mut open = ChangeTag::Equal;
    let close = |tag| match tag {
        ChangeTag::Equal => "",
        ChangeTag::Delete => "-]",
        ChangeTag::Insert => "+}",
    };
    for change in diff.iter_all_changes() {
        if change.tag() != open {
            text += close(open);
            open = change.tag();
            text += match open {
                ChangeTag::Equal => "",
                ChangeTag::Delete => "[-",
                ChangeTag::Insert => "{+",
            };
        }
        text += change.value();
    }
    text + close(open)
}

/// Returns the first lines that have changed, on one line.
fn compare(old: &str, new: &str) -> String {
    const LONGEST: usize = 200;
    let text = words(old, new);
    let lines: Vec<&str> =
        text.lines().map(str::trim).filter(|line| line.contains("[-") || line.contains("{+")).collect();
    let text = lines.join(" … ");
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).collect::<String>() + "…" }
}
