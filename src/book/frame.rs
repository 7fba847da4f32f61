//! What of a book follows from everything but the texts of its pages: order, old ids, coverage, cards.
//!
//! It is kept from one round to the next in [`Parsed`](super::Parsed) and taken over while its [`key`] stays the same, as
//! it does when a text is edited. It never holds anything that a text decides.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ahash::RandomState;
use rayon::prelude::*;

use super::pages::{Found, Pages};
use super::{Cards, Coverage, Generated, Hidden, Outline, Page, PageId};
use crate::config::{Config, Lang};
use crate::digest::Digest;
use crate::source::TextFile;

/// How many pages one digest covers.
const TOGETHER: usize = 512;

/// Where each page stands among those of its language, in the order of ids: looked up far more often than the order
/// changes.
pub type Places = BTreeMap<Lang, HashMap<PageId, usize, RandomState>>;

/// What follows from everything but the texts, without faults.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The digest of what it was made from.
    pub key: Digest,
    /// Order and hierarchy.
    pub outline: Arc<Outline>,
    /// Old ids.
    pub aliases: Arc<BTreeMap<PageId, PageId>>,
    /// Which section says which statement.
    pub coverage: Arc<Coverage>,
    /// The pages that opas makes.
    pub generated: Arc<Vec<(Generated, String)>>,
    /// What lists say of pages.
    pub cards: Arc<BTreeMap<Lang, Cards>>,
    /// The cases, in reading order.
    pub cases: Arc<[PageId]>,
    /// The channels that pages name.
    pub channels: Arc<BTreeSet<String>>,
    /// Where each page stands.
    pub places: Arc<Places>,
    /// What references can lead to.
    pub reach: Digest,
    /// The digest of the filters of cases with which no two outputs had one path, if there are such.
    pub outputs: Option<Digest>,
}

/// Returns the digest of what a frame is made from: settings, the heads and headings of the pages, data files and flows,
/// and which pages and other files there are.
pub fn key(
    config: &Config,
    (pages, in_order): (&Pages, &BTreeMap<Lang, Vec<Arc<Page>>>),
    hidden: &BTreeMap<PageId, Hidden>,
    found: &Found,
    statements: Option<&Arc<TextFile>>,
) -> Digest {
    let data = found.data_files();
    let heads = in_order.iter().map(|(lang, pages)| (lang, heads(pages))).collect::<Vec<_>>();
    let mut parts: Vec<&[u8]> = vec![config.digest.as_ref()];
    for (lang, heads) in &heads {
        parts.extend([b"\0", lang.as_bytes()]);
        parts.extend(heads.iter().map(Digest::as_ref));
    }
    let hidden =
        hidden.iter().flat_map(|(id, hidden)| [id.as_bytes(), hidden.redirect.as_bytes(), hidden.page.head.as_ref()]);
    let assets = found.assets.keys().map(|path| path.as_bytes());
    let left_out = pages.left_out.iter().map(|id| id.as_bytes());
    for list in [hidden.collect::<Vec<_>>(), assets.collect(), left_out.collect()] {
        parts.push(b"\0");
        parts.extend(list);
    }
    parts.extend(statements.map(|file| file.digest.as_ref()));
    parts.extend(data.iter().map(Digest::as_ref));
    Digest::of_parts(parts)
}

/// Returns digests of the heads and headings of pages.
fn heads(pages: &[Arc<Page>]) -> Vec<Digest> {
    let of_some = |pages: &[Arc<Page>]| Digest::of_parts(pages.iter().flat_map(|page| [page.head, page.anchors]));
    pages.par_chunks(TOGETHER).map(of_some).collect()
}
