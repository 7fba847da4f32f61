//! What a site says to machines: the site map and the feed of changes.
//!
//! Both need absolute addresses, so they are made only for a book with a `url`. It is given a [`Tracked`] and
//! returns a template's name and its context, as `views` does for pages. No date but the author's is in them.

use std::collections::BTreeSet;

use serde::Serialize;
use tera::Context;

use super::Tracked;
use super::views::View;
use crate::book::Generated;
use crate::config::Lang;
use crate::site::paths;

/// The file name of the feed in each language's folder.
pub const FEED: &str = "feed.xml";
/// The file name of the site map.
pub const SITE_MAP: &str = "sitemap.xml";

/// An entry of the feed.
#[derive(Debug, Serialize)]
struct FeedEntry {
    id: String,
    title: String,
    date: String,
    address: String,
    note: String,
}

/// Returns the address of an output; relative where the book has none.
fn address(tracked: &Tracked<'_>, path: &str) -> String {
    format!("{}{}", tracked.config().url.as_deref().unwrap_or_default(), paths::encode(path))
}

/// Makes the view of the site map: all pages of all languages, in reading order.
pub fn site_map(tracked: &Tracked<'_>) -> View {
    let mut addresses = Vec::new();
    for lang in &tracked.config().languages {
        let book = tracked.outline(lang);
        let pages = book.outline.order().iter().map(|id| paths::page(book, lang, id).into_owned());
        let generated = tracked.generated().map(|page| paths::generated(book, lang, page.id()));
        let flows = tracked.flows(lang).map(|flow| paths::flow(book, lang, &flow.id));
        addresses.extend(pages.chain(generated).chain(flows).map(|path| address(tracked, &path)));
    }
    let mut context = Context::new();
    context.insert("addresses", &addresses);
    ("sitemap.xml", context)
}

/// Makes the view of the feed of changes (Atom, RFC 4287), newest first.
pub fn feed(tracked: &Tracked<'_>, lang: &Lang, output: &str) -> View {
    let book = tracked.changes(lang);
    let mut entries: Vec<FeedEntry> = Vec::new();
    let mut ids = BTreeSet::new();
    for (page, change) in book.notes(lang) {
        let Some(card) = tracked.card(lang, &page.id) else { continue };
        let address = address(tracked, &card.path);
        let mut id = format!("{address}#{}-{}", change.date, crate::document::slug(&change.note));
        while !ids.insert(id.clone()) {
            id.push_str("-again");
        }
        let title = card.title.clone();
        entries.push(FeedEntry { id, title, date: change.date.to_string(), address, note: change.note.clone() });
    }
    // The sort is stable: within a day the notes stay in reading order.
    entries.sort_by(|a, b| b.date.cmp(&a.date));
    let mut context = Context::new();
    context.insert_value("t", tracked.strings(lang));
    context.insert("lang", &**lang);
    context.insert("title", &tracked.site_title(lang));
    context.insert("address", &address(tracked, output));
    context.insert("page", &address(tracked, &paths::generated(book, lang, Generated::Changes.id())));
    context.insert("updated", &entries.first().map(|entry| entry.date.clone()));
    context.insert("entries", &entries);
    ("feed.xml", context)
}
