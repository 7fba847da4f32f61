//! The cases of a book, and the filters by which a reader finds them: channel, tag, and contact referred to.
//!
//! It is given the pages and returns, for each language, the cases in reading order and a [`Filter`] for each
//! value that occurs. Each filter becomes a page of its own, so that it works as a link without a script, and
//! its address stays as long as the value does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Book, FrontMatter, Kind, Page, PageId};
use crate::digest::Digest;
use crate::document::{Referent, Target, slug};

/// By what cases are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// The channel in which the case is met.
    Channel,
    /// A tag.
    Tag,
    /// A contact that the case refers to.
    Referral,
}

impl Facet {
    /// All facets, in the order in which they are shown.
    pub const ALL: [Facet; 3] = [Facet::Channel, Facet::Tag, Facet::Referral];

    /// Returns the word in addresses, and in the theme's strings after `cases-by-`.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Channel => "channel",
            Facet::Tag => "tag",
            Facet::Referral => "referral",
        }
    }
}

/// A facet and one of its values as it stands in an address. Values that differ in case or accents only are one.
pub type FilterKey = (Facet, Arc<str>);

/// The cases that share a value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The facet and the value.
    pub key: FilterKey,
    /// The value as the author wrote it: a channel, a tag, a contact's id.
    pub value: String,
    /// The cases, in reading order.
    pub cases: Vec<PageId>,
}

/// The cases of one language.
#[derive(Debug, Default)]
pub struct Cases {
    /// All of them, in reading order.
    pub all: Vec<PageId>,
    /// The filters, by facet; within one in the order of their addresses.
    pub filters: Vec<Filter>,
    /// The digest of all this, with the cards and the names that are shown.
    pub digest: Option<Digest>,
}

impl Cases {
    /// Collects the cases as shown in a language. The cards must be there.
    pub fn new(book: &Book, lang: &str) -> Self {
        let cases: Vec<_> = book.listed.iter().filter_map(|id| Some((id, book.source_pages().get(id)?))).collect();
        let mut filters: BTreeMap<FilterKey, Filter> = BTreeMap::new();
        for (id, source) in &cases {
            let shown = book.page(lang, id).unwrap_or(source);
            for (facet, value) in values(book, source, tags(source, shown)) {
                let key: FilterKey = (facet, slug(value).into());
                let new = || Filter { key: key.clone(), value: value.to_owned(), cases: Vec::new() };
                let filter = filters.entry(key.clone()).or_insert_with(new);
                if filter.cases.last() != Some(id) {
                    filter.cases.push(Arc::clone(id));
                }
            }
        }
        let all: Vec<PageId> = cases.into_iter().map(|(id, _)| Arc::clone(id)).collect();
        let mut cases = Cases { all, filters: filters.into_values().collect(), digest: None };
        cases.digest = Some(cases.digest_in(book, lang));
        cases
    }

    /// Returns the filter with a key.
    pub fn filter(&self, key: &FilterKey) -> Option<&Filter> {
        self.filters.iter().find(|filter| filter.key == *key)
    }

    fn digest_in(&self, book: &Book, lang: &str) -> Digest {
        let cards = self.all.iter().filter_map(|id| book.card(lang, id)).map(|card| card.digest);
        let filters = self.filters.iter().map(|filter| {
            let name = book.contacts(lang).get(&filter.value).map(|contact| contact.name.as_str());
            Digest::of(format!("{:?} {} {:?} {name:?}", filter.key, filter.value, filter.cases))
        });
        Digest::of_parts(cards.chain(filters))
    }
}

/// Returns whether a page stands in the list of cases; practice cases stand in sections of their own.
pub fn is_listed(page: &Page) -> bool {
    page.front.kind == Kind::Case && !page.front.practice
}

/// Returns the tags that a case is shown with: the translation's own, or else the source page's.
fn tags<'a>(source: &'a Page, shown: &'a Page) -> &'a [String] {
    let FrontMatter { tags, .. } = &shown.front;
    if tags.is_empty() { &source.front.tags } else { tags }
}

/// Returns all that a case can be found by.
fn values<'a>(book: &'a Book, page: &'a Page, tags: &'a [String]) -> Vec<(Facet, &'a str)> {
    let channels = page.front.channels.iter().map(|channel| (Facet::Channel, channel.as_str()));
    let tags = tags.iter().map(|tag| (Facet::Tag, tag.as_str()));
    let contacts = referrals(book, page).into_iter().map(|contact| (Facet::Referral, contact));
    channels.chain(tags).chain(contacts).filter(|(_, value)| !value.is_empty()).collect()
}

/// Returns the ids of the contacts that a page links to or puts in by their fields, and of those to which the
/// outcomes of its walks refer.
fn referrals<'a>(book: &'a Book, page: &'a Page) -> BTreeSet<&'a str> {
    let named = page.document.references.iter().filter_map(|reference| contact_of(&reference.to));
    let outcomes =
        page.front.walks.iter().filter_map(|walk| book.flows.get(walk.flow.as_str())?.flow.outcome(&walk.outcome));
    named.chain(outcomes.flat_map(|outcome| outcome.refer.iter().map(String::as_str))).collect()
}

fn contact_of(referent: &Referent) -> Option<&str> {
    match referent {
        Referent::Link(Target::Contact(id)) => Some(id),
        Referent::Variable(name) => name.strip_prefix("contact.")?.split_once('.').map(|(id, _)| id),
        _ => None,
    }
}
