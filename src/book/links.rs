//! Links: what the addresses in pages lead to, and whether it exists.
//!
//! [`Book::resolve`] is the one place that knows what a target means; checking and rendering both ask it. It
//! is given a page and a target and returns a [`Destination`] or a [`Dead`] with what to do.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Book, Contact, Page, PageId, Parsed};
use crate::config::Lang;
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::document::{Document, Referent, Target};
use crate::flow::FlowId;
use crate::layer::Hidden;
use crate::render::highlight;

/// A page that opas makes from a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generated {
    /// All pages of the book.
    Contents,
    /// The cases, with filters.
    Cases,
    /// The glossary.
    Glossary,
    /// The contacts.
    Contacts,
    /// The list of dated changes.
    Changes,
    /// Which section says which statement.
    Coverage,
    /// The accessibility statement.
    Accessibility,
    /// The source, what is interpretation, and the layers.
    About,
}

impl Generated {
    /// Returns the page's id, which is also its file name without `.html`.
    pub fn id(self) -> &'static str {
        match self {
            Generated::Contents => "contents",
            Generated::Cases => "cases",
            Generated::Glossary => "glossary",
            Generated::Contacts => "contacts",
            Generated::Changes => "changes",
            Generated::Coverage => "coverage",
            Generated::Accessibility => "accessibility",
            Generated::About => "about",
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
    /// A flow.
    Flow {
        /// Which one.
        flow: FlowId,
        /// The language in which it is shown.
        lang: Lang,
        /// The name of a state's page; none for the flow's first page.
        state: Option<Box<str>>,
    },
    /// A file that is passed on, by its path below `content/`.
    Asset(Arc<str>),
    /// An address outside the site.
    External(Box<str>),
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Dead {
    /// The rule that it breaks.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// The place where a layer took away what the link names.
    pub taken: Option<Place>,
    /// What to do.
    pub help: Option<String>,
}

impl Dead {
    /// Makes one without help.
    pub fn new(code: Code, message: String) -> Self {
        Dead { code, message, taken: None, help: None }
    }

    /// Makes one of something that a layer has taken away.
    pub(super) fn taken(code: Code, message: String, place: Place) -> Self {
        let dead = Dead::new(code, message).help("take the link out, or let it lead to something that is still there");
        Dead { taken: Some(place), ..dead }
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the nearest known name as help; where none is near, says what else to do.
    pub fn suggest_or<'a>(self, unknown: &str, known: impl Iterator<Item = &'a str>, help: &str) -> Self {
        let near = nearest(unknown, known).map(|name| format!("did you mean `{name}`?"));
        self.help(near.unwrap_or_else(|| help.to_owned()))
    }

    /// Names the nearest known name as help; where none is near, says what the code's rule asks for.
    pub fn suggest<'a>(self, unknown: &str, known: impl Iterator<Item = &'a str>) -> Self {
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
                self.check_section(page, anchor)?;
                Ok(Destination::Page {
                    lang: Arc::clone(shown_in),
                    id: Arc::clone(&page.id),
                    section: Some(anchor.clone()),
                })
            }
            Target::Contact(id) => self.resolve_contact(shown_in, id),
            Target::Made(name) => self.resolve_made(shown_in, name),
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

    /// Finds a page that opas makes by its name, as in `opas:contents`.
    fn resolve_made(&self, lang: &Lang, name: &str) -> Result<Destination, Dead> {
        if let Some((page, _)) = self.generated.iter().find(|(page, _)| page.id() == name) {
            return Ok(Destination::Generated { page: *page, lang: Arc::clone(lang), anchor: None });
        }
        let known: Vec<&str> = self.generated.iter().map(|(page, _)| page.id()).collect();
        let help = format!("this book has {}", known.join(", "));
        Err(Dead::new(Code::E021, format!("opas makes no page `{name}` for this book")).help(help))
    }

    fn resolve_file(
        &self,
        page: &Page,
        shown_in: &Lang,
        path: &str,
        anchor: Option<&str>,
    ) -> Result<Destination, Dead> {
        let missing = || Dead::new(Code::E021, format!("`{path}` does not exist")).suggest(path, std::iter::empty());
        let full = join(page.file.below(), path).ok_or_else(|| missing().help("the path leads out of the book"))?;
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
            let is_asked_for = !self.hidden.contains_key(stem.strip_suffix("/index").unwrap_or(stem));
            let has = |anchor: &&str| is_asked_for && shown.is_some_and(|page| page.document.section(anchor).is_some());
            return Ok(Destination::Page {
                lang: Arc::clone(lang),
                id: Arc::clone(&target.id),
                section: anchor.filter(has).map(Into::into),
            });
        }
        if let Some(flow) = super::pages::flow_id(rest) {
            return self.resolve_flow(lang, flow, anchor);
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

    /// Returns the page that stands for one that a layer has hidden.
    fn in_place_of(&self, lang: &str, id: &str) -> Option<&Arc<Page>> {
        self.page(lang, &self.hidden.get(id)?.redirect)
    }

    /// Finds the page and section that a link within a language's files names.
    fn find_page(&self, lang: &Lang, path: &str, stem: &str, anchor: Option<&str>) -> Result<&Arc<Page>, Dead> {
        let id = stem.strip_suffix("/index").unwrap_or(stem);
        if let Some(page) = self.in_place_of(lang, id) {
            return Ok(page);
        }
        let is_there = self.page(lang, id).filter(|page| is_file(page.file.below(), stem));
        let Some(target) = is_there else {
            if let Some(hidden) = self.hidden.get(id) {
                return Err(hidden_page(id, hidden));
            }
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
            self.check_section(target, anchor)?;
        }
        Ok(target)
    }

    /// Reports a section that a page does not have.
    fn check_section(&self, page: &Page, id: &str) -> Result<(), Dead> {
        let (document, of) = (&page.document, &page.id);
        if document.section(id).is_some() {
            return Ok(());
        }
        if let Some(change) = self.gone.get(&(Arc::clone(&page.lang), Arc::clone(of), id.into())) {
            let message =
                format!("the section `{id}` of the page `{of}` has been taken away by the layer `{}`", change.layer);
            return Err(Dead::taken(Code::E022, message, change.place()));
        }
        if document.headings().any(|heading| *heading.id == *id) {
            let dead = Dead::new(Code::E022, format!("the heading `{id}` of the page `{of}` cannot be addressed"));
            return Err(dead.help(format!("give it an explicit id: `## … {{#{id}}}`")));
        }
        let known = document.headings().filter(|heading| heading.is_section).map(|heading| &*heading.id);
        Err(Dead::new(Code::E022, format!("the page `{of}` has no section `{id}`")).suggest(id, known))
    }

    fn generated_destination(&self, page: Generated, lang: &Lang, anchor: Option<&str>) -> Result<Destination, Dead> {
        let known: Vec<&str> = match page {
            Generated::Glossary => self.glossary(lang).entries().iter().map(|entry| entry.anchor.as_str()).collect(),
            Generated::Contacts => self.contacts(lang).ids().collect(),
            Generated::Coverage => self.statements.list().iter().map(|statement| statement.id.as_str()).collect(),
            Generated::Contents
            | Generated::Cases
            | Generated::Changes
            | Generated::Accessibility
            | Generated::About => Vec::new(),
        };
        if let Some(anchor) = anchor
            && !known.contains(&anchor)
        {
            let dead = Dead::new(Code::E022, format!("the {} page has no entry `{anchor}`", page.id()));
            return Err(dead.suggest_or(anchor, known.into_iter(), "name an entry of that page"));
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
        if let Some(page) = self.in_place_of(lang, id) {
            return Ok(Destination::Page { lang: Arc::clone(lang), id: Arc::clone(&page.id), section: None });
        }
        let Some(page) = self.page(lang, id) else {
            if let Some(hidden) = self.hidden.get(id) {
                return Err(hidden_page(id, hidden));
            }
            let dead = Dead::new(Code::E021, format!("there is no page `{id}`"));
            return Err(dead.suggest(id, self.source_pages().keys().map(|known| &**known)));
        };
        if let Some(section) = section {
            self.check_section(page, section)?;
        }
        Ok(Destination::Page { lang: Arc::clone(lang), id: Arc::clone(&page.id), section: section.map(Into::into) })
    }
}

/// Lists the pages that opas makes for a book, each with the file that it is made from; where there are several, the
/// first.
pub fn generated(book: &Book) -> Vec<(Generated, String)> {
    let source = book.config.source_lang();
    let mut list = vec![(Generated::Contents, format!("content/{source}"))];
    if !book.listed.is_empty() {
        let case = book.listed.first().and_then(|id| book.source_pages().get(id));
        list.push((Generated::Cases, case.map_or_else(String::new, |page| page.file.path.to_string())));
    }
    if book.glossary(source).file.is_some() {
        list.push((Generated::Glossary, format!("content/{source}/glossary.yaml")));
    }
    if book.contacts(source).file.is_some() {
        list.push((Generated::Contacts, format!("content/{source}/contacts.yaml")));
    }
    if let Some(page) = book.source_pages().values().find(|page| !page.front.changes.is_empty()) {
        list.push((Generated::Changes, page.file.path.to_string()));
    }
    if !book.statements.list().is_empty() {
        list.push((Generated::Coverage, "content/statements.yaml".to_owned()));
    }
    if book.config.accessibility.is_some() {
        list.push((Generated::Accessibility, crate::config::FILE.to_owned()));
    }
    list.push((Generated::About, crate::config::FILE.to_owned()));
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

/// Says that a page has been hidden by a layer whose redirect leads nowhere.
fn hidden_page(id: &str, hidden: &Hidden) -> Dead {
    let message = format!("the page `{id}` has been hidden by the layer `{}`, and leads nowhere", hidden.layer);
    Dead::taken(Code::E021, message, hidden.place.clone()).help("mend the layer's `redirect`")
}

/// Checks everything that the pages and the glossary refer to; pages known to be sound are passed over.
pub fn check(book: &Book, parsed: &mut Parsed, out: &mut Vec<Diagnostic>) {
    parsed.reaches(book.reach);
    let pages = book.in_order.par_iter().flat_map(|(_, pages)| pages);
    let pages: Vec<&Arc<Page>> = pages.filter(|page| !parsed.is_sound(page)).collect();
    let faults: Vec<Vec<Diagnostic>> = pages.par_iter().map(|page| check_page(book, page)).collect();
    for (page, faults) in pages.into_iter().zip(faults) {
        if faults.is_empty() {
            parsed.found_sound(page);
        }
        out.extend(faults);
    }
    for (lang, glossary) in &book.glossary {
        for entry in glossary.entries() {
            check_fragment(book, lang, &entry.definition, "a definition", &entry.definition_place(), out);
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
            out.push(diagnostic(dead, page.reference_place(reference)));
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

/// Checks a text of a data file, which may link to pages only by contact, section address or outside.
pub fn check_fragment(
    book: &Book,
    lang: &Lang,
    fragment: &Document,
    what: &str,
    place: &Place,
    out: &mut Vec<Diagnostic>,
) {
    for reference in &fragment.references {
        let result = match &reference.to {
            Referent::Term(term) => check_term(book, lang, term),
            Referent::Variable(name) => check_variable(book, lang, name),
            Referent::Link(Target::External(_)) | Referent::CodeLanguage(_) => Ok(()),
            Referent::Link(Target::Contact(id)) => book.resolve_contact(lang, id).map(|_| ()),
            Referent::Link(_) | Referent::Image(_) => {
                let message = format!("{what} can only link to terms, contacts and web addresses");
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
    let no_image = || Dead::new(Code::E023, "this is not an image".to_owned()).suggest("", std::iter::empty());
    // A section or a contact is no image, whether there is one or not.
    if matches!(target, Target::Anchor(_) | Target::Contact(_) | Target::Made(_)) {
        return Err(no_image());
    }
    match book.resolve(page, &page.lang, target) {
        Ok(Destination::Asset(_)) => Ok(()),
        Ok(Destination::External(url)) => {
            let dead = Dead::new(Code::E028, format!("the image `{url}` is outside the book"));
            Err(dead.help("put the image file into the book: pages load nothing from elsewhere"))
        }
        Ok(_) => Err(no_image()),
        Err(dead) if dead.code == Code::E022 => Err(no_image()),
        Err(dead) if dead.code == Code::E021 => {
            let known = book.assets.keys().filter_map(|path| path.rsplit('/').next());
            let name = if let Target::File { path, .. } = target { path.rsplit('/').next() } else { None };
            Err(Dead { code: Code::E023, ..dead }.suggest(name.unwrap_or_default(), known))
        }
        Err(dead) => Err(dead),
    }
}

fn check_term(book: &Book, lang: &Lang, term: &str) -> Result<(), Dead> {
    if book.glossary(lang).get(term).is_some() || book.glossary(lang).unread.may_hold(term) {
        return Ok(());
    }
    let dead = Dead::new(Code::E026, format!("the glossary has no term `{term}`"));
    let known = book.glossary(lang).entries().iter().map(|entry| entry.key.as_str());
    Err(dead.suggest(term, known))
}

/// Checks that a variable has a value.
///
/// # Errors
/// Says that there is no such variable.
pub fn check_variable(book: &Book, lang: &Lang, name: &str) -> Result<(), Dead> {
    let variables = &book.variables[book.config.source_lang()];
    if book.value(lang, name).is_some() || (variables.unread.may_hold(name) && !name.starts_with("contact.")) {
        return Ok(());
    }
    let dead = Dead::new(Code::E027, format!("there is no variable `{name}`"));
    if name.starts_with("contact.") {
        return Err(dead.help("write contact.ID.FIELD, with a field that the contact has"));
    }
    Err(dead.suggest(name, variables.names()))
}

/// Makes a diagnostic of a link that leads nowhere.
pub fn diagnostic(dead: Dead, place: Place) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(dead.code, dead.message).at(place);
    diagnostic = diagnostic.related_if(dead.taken, "taken away here");
    diagnostic.help = dead.help;
    diagnostic
}
