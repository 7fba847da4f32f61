//! Cards: what lists, navigation and links between pages say of a page.
//!
//! It is given the book's pages and outline and returns, for each language, a [`Card`] for every page. Lists
//! are made from cards alone, so that an edit of a page's body touches no other page.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Book, Kind, PageId};
use crate::config::Lang;
use crate::digest::Digest;
use crate::site::paths;

/// What a list says of a page in one language.
#[derive(Debug)]
pub struct Card {
    /// The page's id.
    pub id: PageId,
    /// The title, with values put in.
    pub title: String,
    /// The summary, with values put in.
    pub summary: Option<String>,
    /// What the page is.
    pub kind: Kind,
    /// Channels in which the page is of use.
    pub channels: Vec<String>,
    /// The language of the texts: the source language where the page is not translated.
    pub lang: Lang,
    /// The output path.
    pub path: String,
    /// The digest of all this.
    pub digest: Digest,
}

/// The children of a section, in order.
#[derive(Debug, Default)]
pub struct Children {
    /// Their cards.
    pub cards: Vec<Arc<Card>>,
    /// The digest of the cards in their order.
    pub digest: Option<Digest>,
}

/// The cards of one language.
#[derive(Debug, Default)]
pub struct Cards {
    by_id: HashMap<PageId, Arc<Card>>,
    children: HashMap<PageId, Children>,
    /// The digest of all cards in reading order.
    pub digest: Option<Digest>,
}

impl Cards {
    /// Makes the cards of a language.
    pub fn new(book: &Book, lang: &Lang) -> Self {
        let order = book.outline.order();
        let cards = order.iter().filter_map(|id| Some((Arc::clone(id), Arc::new(card(book, lang, id)?))));
        let by_id: HashMap<PageId, Arc<Card>> = cards.collect();
        let sections = order.iter().filter(|id| !book.outline.children(id).is_empty());
        let children = sections.map(|id| {
            let cards: Vec<_> =
                book.outline.children(id).iter().filter_map(|child| by_id.get(child).cloned()).collect();
            let digest = Some(Digest::of_parts(cards.iter().map(|card| card.digest)));
            (Arc::clone(id), Children { cards, digest })
        });
        let children = children.collect();
        let digest = Some(Digest::of_parts(order.iter().filter_map(|id| by_id.get(id)).map(|card| card.digest)));
        Cards { by_id, children, digest }
    }

    /// Returns the card of a page.
    pub fn get(&self, id: &str) -> Option<&Arc<Card>> {
        self.by_id.get(id)
    }

    /// Returns the cards of a section's children.
    pub fn children(&self, id: &str) -> Option<&Children> {
        self.children.get(id)
    }
}

fn card(book: &Book, lang: &Lang, id: &PageId) -> Option<Card> {
    let page = book.page(lang, id)?;
    let source = book.source_pages().get(id).unwrap_or(page);
    let title = book.expand(lang, page.title()).into_owned();
    let summary = page.front.summary.as_deref().map(|summary| book.expand(lang, summary).into_owned());
    let path = paths::of_file(book, lang, id, page.file.below());
    let channels = source.front.channels.clone();
    let kind = source.front.kind;
    let shown = [title.as_str(), summary.as_deref().unwrap_or_default(), kind.name(), &page.lang, &path, id];
    let digest = Digest::of_parts(shown.into_iter().chain(channels.iter().map(String::as_str)));
    Some(Card { id: Arc::clone(id), title, summary, kind, channels, lang: Arc::clone(&page.lang), path, digest })
}
