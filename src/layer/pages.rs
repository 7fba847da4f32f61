//! The pages of a layer as they are written: new ones, replacements, patches, and pages to hide.
//!
//! It is given one Markdown file of a layer and returns a [`LayerPage`] with the faults of that file alone.

use std::ops::Range;
use std::sync::Arc;

use super::patch::{self, Operation};
use crate::book::page::{self, Whose, filled};
use crate::book::{FrontMatter, Page, PageId};
use crate::config::Lang;
use crate::data::{Data, Node, Part, Step};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::TextFile;

/// The words of `op` in front matter.
pub const OPERATIONS: [&str; 3] = ["replace", "hide", "patch"];
/// The keys of a page that hides another.
pub const HIDING_KEYS: [&str; 4] = ["op", "redirect", "reason", "over"];

/// The keys of layers that mean nothing in a page of a layer's own.
pub const MISPLACED_IN_OWN: [&str; 2] = ["redirect", "over"];
/// The keys of layers that mean nothing in a page that replaces another.
pub const MISPLACED_IN_REPLACEMENT: [&str; 1] = ["redirect"];
/// The keys that mean nothing in a patch.
pub const MISPLACED_IN_PATCH: [&str; 4] = ["redirect", "after", "before", "locked"];

/// A page that a layer has hidden.
#[derive(Debug, Clone)]
pub struct Hidden {
    /// The layer.
    pub layer: Arc<str>,
    /// The page that readers are sent to.
    pub redirect: String,
    /// Why.
    pub reason: String,
    /// Where the layer says so.
    pub place: Place,
    /// The page as it is below: its walks still hold.
    pub page: Arc<Page>,
}

/// A file of a layer.
#[derive(Debug)]
pub struct LayerPage {
    /// The page's id.
    pub id: PageId,
    /// The language.
    pub lang: Lang,
    /// The file.
    pub file: Arc<TextFile>,
    /// The front matter; none where it cannot be read.
    pub data: Option<Data>,
    /// What the file does.
    pub what: What,
}

impl LayerPage {
    /// Returns whether it changes a page and is a draft: then the page stays as it is below.
    pub fn is_draft_change(&self) -> bool {
        match &self.what {
            What::Replace(page, _) => page.front.draft,
            What::Patch(front, _) => front.draft,
            _ => false,
        }
    }

    /// Lets the file change another page: the one that has its id as an alias.
    pub fn follow(&mut self, id: &PageId) {
        self.id = Arc::clone(id);
        if let What::Replace(page, _) = &mut self.what {
            page.id = Arc::clone(id);
        }
    }
}

/// What a file of a layer does.
#[derive(Debug)]
pub enum What {
    /// Adds a page.
    Add(Box<Page>),
    /// Puts a page in place of another.
    Replace(Box<Page>, String),
    /// Takes a page away.
    Hide {
        /// The page that readers are sent to.
        redirect: String,
        /// Why.
        reason: String,
    },
    /// Changes a page's front matter and sections.
    Patch(Box<FrontMatter>, Vec<Operation>),
    /// Cannot be used; the fault has been reported.
    Nothing,
}

impl LayerPage {
    /// Reads one file.
    pub fn read(id: &PageId, lang: &Lang, file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> Self {
        let before = out.len();
        let (data, body) = page::split(file, out);
        let op = data.as_ref().and_then(|data| data.node().get("op"));
        let op = op.map(|op| op.choice(&OPERATIONS, out));
        let (data, what) = match (op, data) {
            (None, data) => {
                if let Some(data) = &data {
                    misplaced(&data.node(), &MISPLACED_IN_OWN, "a page of a layer's own", out);
                }
                let page = Page::of_parts(Arc::clone(id), lang, file, (data, body), Whose::Layer, out);
                (None, What::Add(Box::new(page)))
            }
            (Some(op), Some(data)) => {
                let what = operation(op, &data, id, lang, file, body, out);
                (Some(data), what)
            }
            (Some(_), None) => (None, What::Nothing),
        };
        for fault in &mut out[before..] {
            fault.address.get_or_insert_with(|| id.to_string());
        }
        LayerPage { id: Arc::clone(id), lang: Arc::clone(lang), file: Arc::clone(file), data, what }
    }

    /// Returns the place where the file says what it does.
    pub fn place(&self) -> Place {
        self.place_of("op")
    }

    /// Returns the place of a key's value.
    pub fn place_of(&self, key: &str) -> Place {
        let path: [Step; 1] = [key.into()];
        self.data.as_ref().map_or_else(|| Place::whole(&self.file), |data| data.places.of(&path, Part::Value))
    }
}

fn operation(
    op: Option<&str>,
    data: &Data,
    id: &PageId,
    lang: &Lang,
    file: &Arc<TextFile>,
    body: Range<usize>,
    out: &mut Vec<Diagnostic>,
) -> What {
    let node = data.node();
    match op {
        Some("replace") => {
            misplaced(&node, &MISPLACED_IN_REPLACEMENT, "a page that replaces another", out);
            let reason = reason(&node, out);
            let page = Page::of_parts(Arc::clone(id), lang, file, (Some(data.clone()), body), Whose::Layer, out);
            reason.map_or(What::Nothing, |reason| What::Replace(Box::new(page), reason))
        }
        Some("hide") => {
            node.only(&HIDING_KEYS, out);
            let redirect = node.required("redirect", out).and_then(|node| filled(&node, out));
            let text = file.text[body.clone()].trim_start();
            if !text.is_empty() {
                let start = body.end - text.len();
                let end = start + text.find('\n').unwrap_or(text.len());
                let fault = Diagnostic::new(Code::E086, "a page that hides another has no text of its own");
                let help = "take the text out, or write `op: replace`";
                out.push(fault.at(Place::new(file, start..end)).help(help));
            }
            match (redirect, reason(&node, out)) {
                (Some(redirect), Some(reason)) => What::Hide { redirect, reason },
                _ => What::Nothing,
            }
        }
        Some(_) => {
            misplaced(&node, &MISPLACED_IN_PATCH, "a patch", out);
            let front = page::read(&node, Whose::Patch, out);
            let operations = patch::parse(file, body, out);
            What::Patch(Box::new(front), operations)
        }
        None => What::Nothing,
    }
}

/// Reports keys that mean nothing where they stand.
fn misplaced(node: &Node<'_>, keys: &[&str], what: &str, out: &mut Vec<Diagnostic>) {
    for (key, entry) in keys.iter().filter_map(|key| Some((key, node.get(key)?))) {
        let fault = Diagnostic::new(Code::E086, format!("{what} cannot have `{key}`")).at(entry.key_place());
        out.push(fault.help("take the key out"));
    }
}

/// Reads the reason that whoever takes a page away must give.
fn reason(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    node.required("reason", out).and_then(|node| filled(&node, out))
}
