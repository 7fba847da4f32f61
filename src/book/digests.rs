//! What an output can be made from, and the digest of each such part.
//!
//! An [`Input`] names a part of the book; [`Book::digest`] says what it is now. An output that records its
//! inputs with their digests is up to date exactly as long as the digests stay the same.

use std::sync::Arc;

use super::coverage::Covered;
use super::links::Destination;
use super::{Book, PageId};
use crate::config::Lang;
use crate::digest::Digest;
use crate::document::Target;
use crate::flow::FlowId;
use crate::site::paths;

/// A part of the book or of the theme that an output was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// `book.toml`.
    Settings,
    /// The templates of the theme.
    Templates,
    /// The theme's strings of a language.
    Strings(Lang),
    /// A file of the theme that is passed on.
    ThemeAsset(Arc<str>),
    /// The file of a page as shown in a language.
    Body(Lang, PageId),
    /// What lists say of a page: title, summary, kind, and whether it is translated.
    Card(Lang, PageId),
    /// The cards of a section's children, in order.
    Children(Lang, PageId),
    /// The output path of a page.
    Path(Lang, PageId),
    /// Which page an old id leads to.
    Alias(PageId),
    /// Which sections a page belongs to.
    Ancestors(PageId),
    /// Which pages stand before and after a page.
    Neighbours(PageId),
    /// The value of a variable or of a contact's field.
    Value(Lang, Arc<str>),
    /// Where a link of a page leads, as shown in a language.
    Link(Lang, PageId, Box<Target>),
    /// Where an address of a data file, `page#section`, leads in a language.
    Address(Lang, Arc<str>),
    /// One contact.
    Contact(Lang, Arc<str>),
    /// One term of the glossary.
    Term(Lang, Arc<str>),
    /// The whole glossary.
    Glossary(Lang),
    /// All contacts.
    Contacts(Lang),
    /// The whole outline with its cards.
    Outline(Lang),
    /// The cases and the filters by which they are found.
    Cases(Lang),
    /// The dated notes of all pages.
    Changes(Lang),
    /// The statements, and which section says which.
    Coverage(Lang),
    /// Which sections and parts of flows are interpretation.
    Interpretations(Lang),
    /// A flow in all languages, with all that is derived from it.
    Flow(FlowId),
    /// The ids and titles of all flows.
    Flows(Lang),
    /// All walks through a flow.
    Walks(FlowId),
    /// A shard of the search index.
    Shard(Lang, Arc<str>),
    /// Which pages opas makes from data files.
    Generated,
    /// The layers: their names, titles and versions.
    Layers,
    /// A file of the book that is passed on.
    Asset(Arc<str>),
}

/// Inputs that stay the same together, so that one look at what they all come from can stand for all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// What follows from the order of the pages.
    Order,
    /// What follows from the order and the cards of a language.
    Cards(Lang),
    /// Where the links of one page lead.
    Links(Lang, PageId),
    /// The shards of the search index.
    Index,
    /// What the front matter of all pages says.
    Heads,
    /// Each is looked at by itself.
    Single,
}

/// The digests of what a family of inputs comes from: while they stay the same, so do all of these.
pub type Guard = [Digest; 2];

impl Input {
    /// Returns the family of an input.
    pub fn family(&self) -> Family {
        match self {
            Input::Ancestors(_) | Input::Neighbours(_) => Family::Order,
            Input::Card(lang, _) | Input::Children(lang, _) | Input::Path(lang, _) | Input::Outline(lang) => {
                Family::Cards(Arc::clone(lang))
            }
            Input::Link(lang, id, _) => Family::Links(Arc::clone(lang), Arc::clone(id)),
            Input::Shard(..) => Family::Index,
            Input::Changes(_) | Input::Walks(_) => Family::Heads,
            _ => Family::Single,
        }
    }
}

/// Returns the digest of everything that the references of a page can lead to, besides the page itself.
///
/// `data` are the digests of the data files.
pub fn reach(book: &Book, data: &[Digest]) -> Digest {
    let mut parts: Vec<&[u8]> = vec![book.config.digest.as_ref()];
    for (lang, pages) in &book.pages {
        parts.push(lang.as_bytes());
        for (id, page) in pages {
            parts.extend([id.as_bytes(), page.file.path.as_bytes(), page.anchors.as_ref()]);
        }
    }
    let statements = book.statements.list().iter().map(|statement| statement.id.as_bytes());
    let generated = book.generated.iter().map(|(page, _)| page.id().as_bytes());
    let assets = book.assets.keys().map(|path| path.as_bytes());
    let hidden = book.hidden.iter().flat_map(|(id, hidden)| [id.as_bytes(), hidden.redirect.as_bytes()]);
    for list in [statements.collect::<Vec<_>>(), generated.collect(), assets.collect(), hidden.collect()] {
        parts.push(b"\0");
        parts.extend(list);
    }
    parts.extend(data.iter().map(Digest::as_ref));
    Digest::of_parts(parts)
}

impl Book {
    /// Returns the guard of a family of inputs; none where each has to be looked at.
    pub fn guard(&self, family: &Family) -> Option<Guard> {
        match family {
            Family::Order => Some([self.outline.digest(), self.outline.digest()]),
            Family::Cards(lang) => Some([self.cards.get(lang)?.digest?, self.outline.digest()]),
            Family::Links(lang, id) => Some([self.page(lang, id)?.digest, self.reach?]),
            Family::Heads => Some([self.heads, self.outline.digest()]),
            Family::Index | Family::Single => None,
        }
    }

    /// Returns the digest of a part of the book as it is now; none for parts that do not exist, and for those
    /// of the theme.
    pub fn digest(&self, input: &Input) -> Option<Digest> {
        match input {
            Input::Settings => Some(self.config.digest),
            Input::Body(lang, id) => self.page(lang, id).map(|page| page.digest),
            Input::Card(lang, id) => self.card(lang, id).map(|card| card.digest),
            Input::Children(lang, id) => match self.cards.get(lang)?.children(id) {
                Some(children) => children.digest,
                None => Some(Digest::of("")),
            },
            Input::Path(lang, id) => self.card(lang, id).map(|card| Digest::of(&card.path)),
            Input::Alias(alias) => self.aliases.get(alias).map(|id| Digest::of(id.as_bytes())),
            Input::Ancestors(id) => Some(Digest::of_parts(self.outline.ancestors(id).iter().map(|id| id.as_bytes()))),
            Input::Neighbours(id) => {
                let (previous, next) = self.outline.neighbours(id);
                Some(Digest::of_parts([previous, next].map(|id| id.map_or("", |id| &**id))))
            }
            Input::Value(lang, name) => self.value(lang, name).map(Digest::of),
            Input::Link(lang, id, target) => {
                let page = self.page(lang, id)?;
                Some(of_link(self, &self.resolve(page, lang, target).ok()?))
            }
            Input::Address(lang, address) => Some(of_link(self, &self.resolve_address(lang, address).ok()?)),
            Input::Contact(lang, id) => self.contacts(lang).get(id).map(of_serialized),
            Input::Contacts(lang) => Some(of_serialized(&self.contacts(lang).list())),
            Input::Term(lang, term) => self.glossary(lang).get(term).map(entry),
            Input::Glossary(lang) => Some(Digest::of_parts(self.glossary(lang).entries().iter().map(entry))),
            Input::Outline(lang) => self.cards.get(lang)?.digest,
            Input::Cases(lang) => self.cases.get(lang)?.digest,
            Input::Changes(lang) => {
                let notes = self.notes(lang);
                Some(Digest::of_parts(
                    notes.map(|(page, change)| format!("{} {} {} {}", page.id, page.lang, change.date, change.note)),
                ))
            }
            Input::Coverage(lang) => {
                let lines = self.statements.list().iter().map(|statement| {
                    let places = self.coverage.of(&statement.id).iter().map(|place| {
                        let title = match place {
                            Covered::Page { page, section } => {
                                section.as_deref().and_then(|section| self.section_title(lang, page, section))
                            }
                            Covered::Outcome { flow, id } => self.outcome_title(lang, flow, id),
                            Covered::Panel { flow, id } => self.panel_title(lang, flow, id),
                        };
                        format!("{place:?} {title:?}")
                    });
                    format!("{} {} {} {:?}", statement.id, statement.kind, statement.text, places.collect::<Vec<_>>())
                });
                Some(Digest::of_parts(lines))
            }
            Input::Interpretations(lang) => Some(Digest::of(format!("{:?}", self.interpretations(lang)))),
            Input::Flow(id) => self.flows.get(id).map(|checked| checked.digest),
            Input::Flows(lang) => Some(Digest::of_parts(self.flows.iter().flat_map(|(id, checked)| {
                let flow = checked.shown_in(lang);
                [id.to_string(), flow.lang.to_string(), self.expand(lang, &flow.title).into_owned()]
            }))),
            Input::Walks(id) => Some(Digest::of_parts(
                self.walks_of(id)
                    .map(|recorded| format!("{} {} {:?}", recorded.page.id, recorded.is_practice(), recorded.walk)),
            )),
            Input::Shard(lang, name) => self.search().digest(lang, name),
            Input::Generated => Some(Digest::of_parts(self.generated.iter().map(|(page, _)| page.id()))),
            Input::Layers => Some(Digest::of_parts(self.layers.iter().map(|layer| layer.manifest.file.digest))),
            Input::Asset(path) => self.assets.get(path).map(|asset| asset.digest),
            Input::Templates | Input::Strings(_) | Input::ThemeAsset(_) => None,
        }
    }

    /// Returns the text of a section's heading in a language, with values put in.
    pub fn section_title(&self, lang: &str, id: &str, section: &str) -> Option<String> {
        let page = self.page(lang, id)?;
        let heading = page.document.section(section)?;
        let text = crate::document::text::with_variables(&heading.content);
        Some(self.expand(&page.lang, &text).into_owned())
    }
}

impl Book {
    /// Returns the title of an outcome in a language, after that of its flow.
    pub fn outcome_title(&self, lang: &str, flow: &str, id: &str) -> Option<String> {
        let flow = self.flows.get(flow)?.shown_in(lang);
        let outcome = flow.outcome(id)?;
        Some(self.expand(lang, &title_within(&flow.title, &outcome.title)).into_owned())
    }

    /// Returns the title of a panel in a language, after that of its flow.
    pub fn panel_title(&self, lang: &str, flow: &str, id: &str) -> Option<String> {
        let flow = self.flows.get(flow)?.shown_in(lang);
        let panel = flow.panels.iter().find(|panel| *panel.id == *id)?;
        Some(self.expand(lang, &title_within(&flow.title, &panel.title)).into_owned())
    }
}

/// Returns the title of a part after that of the whole; where that is a question, no colon follows.
pub fn title_within(whole: &str, part: &str) -> String {
    let colon = if whole.ends_with(['?', '!', '.', '…']) { "" } else { ":" };
    format!("{whole}{colon} {part}")
}

/// Returns the digest of where a link leads.
pub fn of_link(book: &Book, destination: &Destination) -> Digest {
    let (path, anchor) = paths::destination(book, destination);
    Digest::of_parts([path.as_ref(), anchor.unwrap_or_default()])
}

fn of_serialized(value: &impl serde::Serialize) -> Digest {
    Digest::of(serde_json::to_vec(value).expect("a contact is always valid JSON"))
}

fn entry(entry: &super::Entry) -> Digest {
    let synonyms = entry.synonyms.join("\u{1}");
    let see = entry.see.as_deref().unwrap_or_default();
    let layer = entry.layer.as_deref().unwrap_or_default();
    let replaced = entry.replaced.as_ref().map(|document| format!("{:?}", document.blocks)).unwrap_or_default();
    Digest::of_parts([&entry.key, &entry.term, &entry.definition_source, &synonyms, see, layer, &replaced])
}
