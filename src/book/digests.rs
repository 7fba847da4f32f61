//! What an output can be made from, and the digest of each such part.
//!
//! An [`Input`] names a part of the book; [`Book::digest`] says what it is now. An output that records its
//! inputs with their digests is up to date exactly as long as the digests stay the same.

use std::sync::Arc;

use super::links::Destination;
use super::{Book, PageId};
use crate::config::Lang;
use crate::digest::Digest;
use crate::document::Target;
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
    /// The dated notes of all pages.
    Changes(Lang),
    /// The statements, and which section says which.
    Coverage(Lang),
    /// Which pages opas makes from data files.
    Generated,
    /// A file of the book that is passed on.
    Asset(Arc<str>),
}

impl Book {
    /// Returns the digest of a part of the book as it is now; none for parts that do not exist, and for those
    /// of the theme.
    pub fn digest(&self, input: &Input) -> Option<Digest> {
        match input {
            Input::Settings => Some(self.config.digest),
            Input::Body(lang, id) => {
                self.page(lang, id).map(|page| Digest::of_parts([page.lang.as_bytes(), page.file.digest.as_ref()]))
            }
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
            Input::Contact(lang, id) => self.contacts(lang).get(id).map(of_serialized),
            Input::Contacts(lang) => Some(of_serialized(&self.contacts(lang).list())),
            Input::Term(lang, term) => self.glossary(lang).get(term).map(entry),
            Input::Glossary(lang) => Some(Digest::of_parts(self.glossary(lang).entries().iter().map(entry))),
            Input::Outline(lang) => self.cards.get(lang)?.digest,
            Input::Changes(lang) => {
                let notes = self.outline.order().iter().filter_map(|id| self.page(lang, id)).flat_map(|page| {
                    page.front.changes.iter().map(|change| format!("{} {} {}", page.id, change.date, change.note))
                });
                Some(Digest::of_parts(notes))
            }
            Input::Coverage(lang) => {
                let lines = self.statements.list().iter().map(|statement| {
                    let places = self.coverage.of(&statement.id).iter().map(|place| {
                        let heading = place.section.as_deref().map(|id| self.section_title(lang, &place.page, id));
                        format!("{}#{:?} {:?}", place.page, place.section, heading)
                    });
                    format!("{} {} {} {:?}", statement.id, statement.kind, statement.text, places.collect::<Vec<_>>())
                });
                Some(Digest::of_parts(lines))
            }
            Input::Generated => Some(Digest::of_parts(self.generated.iter().map(|(page, _)| page.id()))),
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
    Digest::of_parts([&entry.key, &entry.term, &entry.definition_source, &synonyms, see])
}
