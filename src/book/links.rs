//! Links: what the addresses in pages lead to, and whether it exists.
//!
//! [`Book::resolve`] is the one place that knows what a target means; checking and rendering both ask it. It
//! is given a page and a target and returns a [`Destination`] or a [`Dead`] with what to do.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Book, Contact, Page, PageId};
use crate::config::Lang;
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::document::{Document, Referent, Target};
use crate::render::highlight;

/// A page that opas makes from a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generated {
    /// All pages of the book.
    Contents,
    /// The glossary.
    Glossary,
    /// The contacts.
    Contacts,
    /// The list of dated changes.
    Changes,
    /// Which section says which statement.
    Coverage,
}

impl Generated {
    /// Returns the page's id, which is also its file name without `.html`.
    pub fn id(self) -> &'static str {
        match self {
            Generated::Contents => "contents",
            Generated::Glossary => "glossary",
            Generated::Contacts => "contacts",
            Generated::Changes => "changes",
            Generated::Coverage => "coverage",
        }
    }
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A page, perhaps one of its sections.
    Page {
        /// The language in which it is shown.
        lang: Lang,
        /// The page.
        id: PageId,
        /// The section.
        section: Option<Box<str>>,
    },
    /// A page that opas makes.
    Generated {
        /// Which one.
        page: Generated,
        /// The language in which it is shown.
        lang: Lang,
        /// The entry on it.
        anchor: Option<Box<str>>,
    },
    /// A file that is passed on, by its path below `content/`.
    Asset(Arc<str>),
    /// An address outside the site.
    External(Box<str>),
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dead {
    /// The rule that it breaks.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Dead {
    fn new(code: Code, message: String) -> Self {
        Dead { code, message, help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the nearest known name as help; where none is near, says what the code's rule asks for.
    fn suggest<'a>(self, unknown: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let help = match (nearest(unknown, known), self.code) {
            (Some(name), _) => format!("did you mean `{name}`?"),
            (None, Code::E022) => "link to a heading with an explicit id: `## … {#id}`".to_owned(),
            (None, Code::E023) => {
                "put the image file into the book, and name it relative to this page's file".to_owned()
            }
            (None, Code::E025) => "add it to contacts.yaml, or remove the link".to_owned(),
            (None, Code::E026) => "add it to glossary.yaml, or remove the double brackets".to_owned(),
            (None, Code::E027) => "add it to vars.yaml, or write `\\{{` for the braces themselves".to_owned(),
            (None, _) => "name a file of the book relative to this page's own file, pages by their `.md`".to_owned(),
        };
        self.help(help)
    }
}

impl Book {
    /// Finds what a target in a page leads to.
    ///
    /// `shown_in` is the language of the site in which the page is shown; links stay in it.
    ///
    /// # Errors
    /// Says why the target leads nowhere.
    pub fn resolve(&self, page: &Page, shown_in: &Lang, target: &Target) -> Result<Destination, Dead> {
        match target {
            Target::External(url) => Ok(Destination::External(url.clone())),
            Target::Bad { address, help } => {
                let message = format!("the address `{}` is not allowed", address.escape_debug());
                Err(Dead::new(Code::E028, message).help(*help))
            }
            Target::Anchor(anchor) => {
                check_section(&page.document, &page.id, anchor)?;
                Ok(Destination::Page {
                    lang: Arc::clone(shown_in),
                    id: Arc::clone(&page.id),
                    section: Some(anchor.clone()),
                })
            }
            Target::Contact(id) => self.resolve_contact(shown_in, id),
            Target::File { path, anchor } => self.resolve_file(page, shown_in, path, anchor.as_deref()),
        }
    }

    /// Finds what a link to a contact leads to.
    ///
    /// # Errors
    /// Says that there is no such contact.
    pub fn resolve_contact(&self, lang: &Lang, id: &str) -> Result<Destination, Dead> {
        if let Some(contact) = self.contacts(lang).get(id) {
            Ok(contact_destination(contact, lang))
        } else {
            let dead = Dead::new(Code::E025, format!("there is no contact `{id}`"));
            Err(dead.suggest(id, self.contacts(lang).ids()))
        }
    }

    fn resolve_file(
        &self,
        page: &Page,
        shown_in: &Lang,
        path: &str,
        anchor: Option<&str>,
    ) -> Result<Destination, Dead> {
        let missing = || Dead::new(Code::E021, format!("`{path}` does not exist")).suggest(path, std::iter::empty());
        let full = join(&page.file.path, path).ok_or_else(|| missing().help("the path leads out of the book"))?;
        let below = full.strip_prefix("content/").ok_or_else(missing)?;
        if below == "statements.yaml" && !self.statements.list().is_empty() {
            return self.generated_destination(Generated::Coverage, shown_in, anchor);
        }
        let (first, rest) = below.split_once('/').ok_or_else(missing)?;
        let lang = self.config.languages.iter().find(|lang| ***lang == *first).ok_or_else(missing)?;
        let own = lang;
        // A link within a file's own language follows the language in which the page is shown.
        let lang = if *lang == page.lang { shown_in } else { lang };
        if let Some(stem) = rest.strip_suffix(".md") {
            let target = self.find_page(own, path, stem, anchor)?;
            // The page shown may be a translation that lacks the section.
            let shown = self.page(lang, &target.id);
            let has = |anchor: &&str| shown.is_some_and(|page| page.document.section(anchor).is_some());
            return Ok(Destination::Page {
                lang: Arc::clone(lang),
                id: Arc::clone(&target.id),
                section: anchor.filter(has).map(Into::into),
            });
        }
        match rest {
            "glossary.yaml" if self.glossary(lang).file.is_some() => {
                self.generated_destination(Generated::Glossary, lang, anchor)
            }
            "contacts.yaml" if self.contacts(lang).file.is_some() => {
                self.generated_destination(Generated::Contacts, lang, anchor)
            }
            _ => self.asset(below).map(Destination::Asset).ok_or_else(|| {
                let known = self.assets.keys().map(|path| &**path);
                missing().suggest(below, known)
            }),
        }
    }

    /// Finds the page and section that a link within a language's files names.
    fn find_page(&self, lang: &Lang, path: &str, stem: &str, anchor: Option<&str>) -> Result<&Arc<Page>, Dead> {
        let id = stem.strip_suffix("/index").unwrap_or(stem);
        let is_there = self.page(lang, id).filter(|page| is_file(&page.file.path, stem));
        let Some(target) = is_there else {
            let dead = Dead::new(Code::E021, format!("the page `{path}` does not exist"));
            if self.left_out.contains(id) {
                return Err(dead.help("that page is a draft; build with --drafts, or remove the link"));
            }
            if let Some(now) = self.aliases.get(id) {
                return Err(dead.help(format!("the page `{id}` is now `{now}`; link to that")));
            }
            if self.page(lang, id).is_some() {
                return Err(dead.help(format!("its file is `{}`", self.source_pages()[id].file.path)));
            }
            let known = self.source_pages().keys().map(|known| &**known);
            return Err(dead.suggest(id, known));
        };
        if let Some(anchor) = anchor {
            check_section(&target.document, id, anchor)?;
        }
        Ok(target)
    }

    fn generated_destination(&self, page: Generated, lang: &Lang, anchor: Option<&str>) -> Result<Destination, Dead> {
        let known: Vec<&str> = match page {
            Generated::Glossary => self.glossary(lang).entries().iter().map(|entry| entry.anchor.as_str()).collect(),
            Generated::Contacts => self.contacts(lang).ids().collect(),
            Generated::Coverage => self.statements.list().iter().map(|statement| statement.id.as_str()).collect(),
            Generated::Contents | Generated::Changes => Vec::new(),
        };
        if let Some(anchor) = anchor
            && !known.contains(&anchor)
        {
            let dead = Dead::new(Code::E022, format!("the {} page has no entry `{anchor}`", page.id()));
            return Err(dead.suggest(anchor, known.into_iter()));
        }
        Ok(Destination::Generated { page, lang: Arc::clone(lang), anchor: anchor.map(Into::into) })
    }

    /// Finds a file below `content/`; a translation may use the source language's files.
    pub fn asset(&self, below: &str) -> Option<Arc<str>> {
        let own = self.assets.get_key_value(below);
        let found = own.or_else(|| {
            let (_, rest) = below.split_once('/')?;
            self.assets.get_key_value(format!("{}/{rest}", self.config.source_lang()).as_str())
        });
        found.map(|(path, _)| Arc::clone(path))
    }

    /// Finds the page and section that a plain `page#section` names.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn resolve_address(&self, lang: &Lang, address: &str) -> Result<Destination, Dead> {
        let (id, section) = match address.split_once('#') {
            Some((id, section)) => (id, Some(section)),
            None => (address, None),
        };
        let Some(page) = self.page(lang, id) else {
            let dead = Dead::new(Code::E021, format!("there is no page `{id}`"));
            return Err(dead.suggest(id, self.source_pages().keys().map(|known| &**known)));
        };
        if let Some(section) = section {
            check_section(&page.document, id, section)?;
        }
        Ok(Destination::Page { lang: Arc::clone(lang), id: Arc::clone(&page.id), section: section.map(Into::into) })
    }
}

/// Lists the pages that opas makes for a book, each with the file that it is made from.
pub fn generated(book: &Book) -> Vec<(Generated, String)> {
    let source = book.config.source_lang();
    let mut list = vec![(Generated::Contents, format!("content/{source}"))];
    if book.glossary(source).file.is_some() {
        list.push((Generated::Glossary, format!("content/{source}/glossary.yaml")));
    }
    if book.contacts(source).file.is_some() {
        list.push((Generated::Contacts, format!("content/{source}/contacts.yaml")));
    }
    if book.source_pages().values().any(|page| !page.front.changes.is_empty()) {
        list.push((Generated::Changes, "the pages' `changes`".to_owned()));
    }
    if !book.statements.list().is_empty() {
        list.push((Generated::Coverage, "content/statements.yaml".to_owned()));
    }
    list
}

/// A contact's link leads to its address, or else to its telephone, or else to its entry.
fn contact_destination(contact: &Contact, lang: &Lang) -> Destination {
    match (&contact.url, &contact.phone) {
        (Some(url), _) => Destination::External(url.as_str().into()),
        (None, Some(phone)) => {
            let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
            Destination::External(format!("tel:{digits}").into())
        }
        _ => Destination::Generated {
            page: Generated::Contacts,
            lang: Arc::clone(lang),
            anchor: Some(contact.id.as_str().into()),
        },
    }
}

/// Joins a relative path to the folder of a file; none where it leads above the book.
fn join(file: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// Returns whether a page's file is `content/LANG/STEM.md`.
fn is_file(file: &str, stem: &str) -> bool {
    file.strip_suffix(".md").and_then(|file| file.strip_suffix(stem)).is_some_and(|rest| rest.ends_with('/'))
}

fn check_section(document: &Document, page: &str, id: &str) -> Result<(), Dead> {
    if document.section(id).is_some() {
        return Ok(());
    }
    if document.headings().any(|heading| *heading.id == *id) {
        let dead = Dead::new(Code::E022, format!("the heading `{id}` of the page `{page}` cannot be addressed"));
        return Err(dead.help(format!("give it an explicit id: `## … {{#{id}}}`")));
    }
    let known = document.headings().filter(|heading| heading.is_section).map(|heading| &*heading.id);
    Err(Dead::new(Code::E022, format!("the page `{page}` has no section `{id}`")).suggest(id, known))
}

/// Checks everything that the pages and the glossary refer to.
pub fn check(book: &Book, out: &mut Vec<Diagnostic>) {
    let pages: Vec<&Arc<Page>> = book.pages.values().flat_map(|pages| pages.values()).collect();
    let faults: Vec<Vec<Diagnostic>> = pages.par_iter().map(|page| check_page(book, page)).collect();
    out.extend(faults.into_iter().flatten());
    for (lang, glossary) in &book.glossary {
        for entry in glossary.entries() {
            check_definition(book, lang, &entry.definition, &entry.place(), out);
            if let Some(see) = &entry.see
                && let Err(dead) = book.resolve_address(lang, see)
            {
                out.push(diagnostic(dead, entry.see_place()));
            }
        }
    }
}

fn check_page(book: &Book, page: &Page) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for reference in &page.document.references {
        if let Err(dead) = check_referent(book, page, &reference.to) {
            out.push(diagnostic(dead, page.body_place(&reference.span)));
        }
    }
    let texts = [("title", Some(&page.front.title)), ("summary", page.front.summary.as_ref())];
    for (key, text) in texts {
        for name in crate::values::names_in(text.map_or("", String::as_str)) {
            if let Err(dead) = check_variable(book, &page.lang, name) {
                out.push(diagnostic(dead, page.place(&[key.into()], crate::data::Part::Value)));
            }
        }
    }
    for diagnostic in &mut out {
        diagnostic.address = Some(page.id.to_string());
    }
    out
}

/// Checks a definition, which may link to pages only by contact, section address or outside.
fn check_definition(book: &Book, lang: &Lang, definition: &Document, place: &Place, out: &mut Vec<Diagnostic>) {
    for reference in &definition.references {
        let result = match &reference.to {
            Referent::Term(term) => check_term(book, lang, term),
            Referent::Variable(name) => check_variable(book, lang, name),
            Referent::Link(Target::External(_)) | Referent::CodeLanguage(_) => Ok(()),
            Referent::Link(Target::Contact(id)) if book.contacts(lang).get(id).is_some() => Ok(()),
            Referent::Link(_) | Referent::Image(_) => {
                let message = "a definition can only link to terms, contacts and web addresses".to_owned();
                Err(Dead::new(Code::E021, message).help("name the page in `see`"))
            }
        };
        if let Err(dead) = result {
            out.push(diagnostic(dead, place.clone()));
        }
    }
}

fn check_referent(book: &Book, page: &Page, referent: &Referent) -> Result<(), Dead> {
    match referent {
        Referent::Link(target) => book.resolve(page, &page.lang, target).map(|_| ()),
        Referent::Image(target) => check_image(book, page, target),
        Referent::Term(term) => check_term(book, &page.lang, term),
        Referent::Variable(name) => check_variable(book, &page.lang, name),
        Referent::CodeLanguage(language) if highlight::knows(language) => Ok(()),
        Referent::CodeLanguage(language) => {
            let dead = Dead::new(Code::W009, format!("code in `{language}` cannot be highlighted"));
            Err(dead.help("write a known language, such as yaml, or `text`"))
        }
    }
}

fn check_image(book: &Book, page: &Page, target: &Target) -> Result<(), Dead> {
    match book.resolve(page, &page.lang, target) {
        Ok(Destination::Asset(_)) => Ok(()),
        Ok(Destination::External(url)) => {
            let dead = Dead::new(Code::E028, format!("the image `{url}` is outside the book"));
            Err(dead.help("put the image file into the book: pages load nothing from elsewhere"))
        }
        Ok(_) => Err(Dead::new(Code::E023, "this is not an image".to_owned()).suggest("", std::iter::empty())),
        Err(dead) if dead.code == Code::E021 => {
            let known = book.assets.keys().filter_map(|path| path.rsplit('/').next());
            let name = if let Target::File { path, .. } = target { path.rsplit('/').next() } else { None };
            Err(Dead { code: Code::E023, ..dead }.suggest(name.unwrap_or_default(), known))
        }
        Err(dead) => Err(dead),
    }
}

fn check_term(book: &Book, lang: &Lang, term: &str) -> Result<(), Dead> {
    if book.glossary(lang).get(term).is_some() {
        return Ok(());
    }
    let dead = Dead::new(Code::E026, format!("the glossary has no term `{term}`"));
    let known = book.glossary(lang).entries().iter().map(|entry| entry.key.as_str());
    Err(dead.suggest(term, known))
}

fn check_variable(book: &Book, lang: &Lang, name: &str) -> Result<(), Dead> {
    if book.value(lang, name).is_some() {
        return Ok(());
    }
    let dead = Dead::new(Code::E027, format!("there is no variable `{name}`"));
    if name.starts_with("contact.") {
        return Err(dead.help("write contact.ID.FIELD, with a field that the contact has"));
    }
    let variables = &book.variables[book.config.source_lang()];
    Err(dead.suggest(name, variables.names()))
}

fn diagnostic(dead: Dead, place: Place) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(dead.code, dead.message).at(place);
    diagnostic.help = dead.help;
    diagnostic
}
