//! The outline: which page belongs to which section, and in what order.
//!
//! It is given the pages of the source language and derives everything from ids and `pages` lists. A page
//! belongs to the nearest folder page above it; listed children come in their order, the others follow by
//! title.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::collation::Collation;
use super::{Page, PageId};
use crate::data::Part;
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::layer::merge::place;

/// The id of the front page.
pub const FRONT: &str = "index";

/// Order and hierarchy of the pages.
#[derive(Debug, Default)]
pub struct Outline {
    children: BTreeMap<PageId, Vec<PageId>>,
    /// All pages, sections before their children.
    order: Vec<PageId>,
    position: BTreeMap<PageId, usize>,
    digest: Option<Digest>,
}

impl Outline {
    /// Derives the outline; reports names in `pages` that are not children.
    ///
    /// `left_out` are the drafts: they may be listed, and are passed over.
    pub fn new(
        pages: &BTreeMap<PageId, Arc<Page>>,
        left_out: &BTreeSet<PageId>,
        lang: &str,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut children: BTreeMap<PageId, Vec<PageId>> = BTreeMap::new();
        for id in pages.keys().filter(|id| &***id != FRONT) {
            let parent = parent_among(id, |candidate| pages.contains_key(candidate));
            children.entry(parent.into()).or_default().push(Arc::clone(id));
        }
        let collation = Collation::new(lang);
        for (parent, ids) in &mut children {
            let listed = pages.get(parent).map_or_else(Vec::new, |page| listed(page, ids, left_out, out));
            let rank = |id: &PageId| listed.iter().position(|known| known == id).unwrap_or(usize::MAX);
            ids.sort_by(|a, b| {
                let by_title = || collation.compare(pages[a].title(), pages[b].title());
                rank(a).cmp(&rank(b)).then_with(by_title).then_with(|| a.cmp(b))
            });
            place(ids, pages, out);
        }
        for page in pages.values().filter(|page| !children.contains_key(&page.id)) {
            listed(page, &[], left_out, out);
        }
        let mut outline = Outline { children, ..Outline::default() };
        outline.put_in_order(pages);
        outline
    }

    fn put_in_order(&mut self, pages: &BTreeMap<PageId, Arc<Page>>) {
        let mut waiting: Vec<PageId> = pages.get_key_value(FRONT).map(|(id, _)| Arc::clone(id)).into_iter().collect();
        if waiting.is_empty() {
            waiting.extend(self.children(FRONT).iter().rev().cloned());
        }
        while let Some(id) = waiting.pop() {
            waiting.extend(self.children(&id).iter().rev().cloned());
            self.position.insert(Arc::clone(&id), self.order.len());
            self.order.push(id);
        }
        self.digest = Some(Digest::of_parts(self.order.iter().map(|id| id.as_bytes())));
    }

    /// Returns the digest of the pages' order; their hierarchy follows from their ids.
    pub fn digest(&self) -> Digest {
        self.digest.unwrap_or_else(|| Digest::of(""))
    }

    /// Returns the children of a page in order.
    pub fn children(&self, id: &str) -> &[PageId] {
        self.children.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns the section that a page belongs to; none for the front page.
    pub fn parent(&self, id: &str) -> Option<&PageId> {
        if id == FRONT {
            return None;
        }
        let parent = parent_among(id, |candidate| self.position.contains_key(candidate));
        self.position.get_key_value(parent).map(|(id, _)| id)
    }

    /// Returns the sections above a page, from the front page down.
    pub fn ancestors(&self, id: &str) -> Vec<&PageId> {
        let mut ancestors: Vec<&PageId> = std::iter::successors(self.parent(id), |id| self.parent(id)).collect();
        ancestors.reverse();
        ancestors
    }

    /// Returns all pages in reading order.
    pub fn order(&self) -> &[PageId] {
        &self.order
    }

    /// Returns the pages before and after a page in reading order.
    pub fn neighbours(&self, id: &str) -> (Option<&PageId>, Option<&PageId>) {
        match self.position.get(id) {
            Some(&at) => (at.checked_sub(1).and_then(|at| self.order.get(at)), self.order.get(at + 1)),
            None => (None, None),
        }
    }
}

/// Returns the nearest id above `id` that exists, or the front page's.
fn parent_among(id: &str, exists: impl Fn(&str) -> bool) -> &str {
    let mut rest = id;
    while let Some((above, _)) = rest.rsplit_once('/') {
        if exists(above) {
            return above;
        }
        rest = above;
    }
    FRONT
}

/// Resolves a page's `pages` to ids of its children; reports names that are none, or are listed twice.
fn listed(page: &Page, children: &[PageId], left_out: &BTreeSet<PageId>, out: &mut Vec<Diagnostic>) -> Vec<PageId> {
    let prefix = if &*page.id == FRONT { String::new() } else { format!("{}/", page.id) };
    let mut listed: Vec<PageId> = Vec::new();
    for (index, name) in page.front.pages.iter().enumerate() {
        let full = format!("{prefix}{name}");
        let fault = |message: String| {
            let place = page.place(&["pages".into(), index.into()], Part::Value);
            Diagnostic::new(Code::E014, message).at(place).address(&*page.id)
        };
        match children.iter().find(|id| ***id == *full) {
            Some(id) if listed.contains(id) => {
                out.push(fault(format!("`pages` lists `{name}` twice")).help("remove one of the two"));
            }
            Some(id) => listed.push(Arc::clone(id)),
            None if left_out.contains(full.as_str()) => {}
            None => {
                let known = children.iter().map(|id| id.strip_prefix(prefix.as_str()).unwrap_or(id));
                let message = format!("`pages` lists `{name}`, which is not a page of this section");
                let fault = fault(message).help("`pages` lists the direct children of a section by name");
                out.push(fault.suggest(name, known));
            }
        }
    }
    listed
}
