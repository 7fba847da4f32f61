//! What `opas check` looks at besides what every build validates.
//!
//! It is given a book and a day, and reports review dates, translations, uncovered statements, missing key
//! terms, and things that nothing uses. It never changes anything, and only it knows the day.

mod key_terms;
mod lint;
pub mod search;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::book::coverage::Covered;
use crate::book::links::Destination;
use crate::book::{Book, Page};
use crate::data::{Part, Step};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document::{Document, Op, Referent, Target};
use crate::layer::drift::Drift;
use crate::values::names_in;

/// Checks a whole book as of a day.
pub fn check(book: &Book, today: Date) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for page in book.source_pages().values() {
        review(page, today, &mut out);
    }
    for page in book.pages.values().flat_map(|pages| pages.values()) {
        lint::lint(page, &mut out);
    }
    translations(book, &mut out);
    flow_translations(book, &mut out);
    coverage(book, &mut out);
    unused(book, &mut out);
    accessibility(book, &mut out);
    out.extend(book.notes.iter().cloned());
    // The others have been told with the book's own faults.
    let late = book.drifts.iter().filter(|drift| drift.is_note() || drift.until.is_some());
    out.extend(late.filter(|drift| drift.is_due(Some(today))).map(Drift::diagnostic));
    out
}

/// Reports what the accessibility statement leaves blank, unless the book is a template for organisations.
fn accessibility(book: &Book, out: &mut Vec<Diagnostic>) {
    let Some(statement) = book.config.accessibility.as_ref().filter(|statement| !statement.is_template) else { return };
    for key in statement.blanks() {
        let message = format!("the accessibility statement lacks `{key}`");
        let help = match key {
            "feedback-email" => "write `feedback-email`, `feedback-url` or `feedback-phone`",
            "status" => "write \"full\", \"partial\" or \"none\"",
            "method" => "write \"self\" or \"external\"",
            "assessed" | "made" => "write the day, such as \"2026-11-24\"",
            "shortcomings" => "list what is not accessible, or write `status = \"full\"`",
            _ => "write who answers for the site",
        };
        out.push(Diagnostic::new(Code::W030, message).at(statement.place.clone()).help(help));
    }
}

/// Reports a page whose review date has passed.
fn review(page: &Page, today: Date, out: &mut Vec<Diagnostic>) {
    let Some(due) = page.front.review_by.filter(|due| *due < today) else { return };
    let message = format!("the page was to be reviewed by {due}");
    let place = page.place(&["review-by".into()], Part::Value);
    let help = "read it against its sources, then set `reviewed` and a new `review-by`";
    out.push(Diagnostic::new(Code::W005, message).at(place).address(&*page.id).help(help));
}

/// Reports missing and stale translations.
fn translations(book: &Book, out: &mut Vec<Diagnostic>) {
    for lang in &book.config.languages[1..] {
        let translated = book.pages.get(lang);
        for source in book.source_pages().values() {
            if let Some(page) = translated.and_then(|pages| pages.get(&source.id)) {
                translation(source, page, out);
            } else {
                let message = format!("the page `{}` has no translation into `{lang}`", source.id);
                let path = source.file.below().splitn(3, '/').nth(2).unwrap_or_default();
                let digest = source.file.digest.short();
                let mut change = source.document.changes.iter().map(|placed| placed.change.op);
                let or_replace = if change.next() == Some(Op::ReplacePage) {
                    ", and with `op: replace` if the page below is translated"
                } else {
                    ""
                };
                let help = format!("write content/{lang}/{path} with `translates: {digest}`{or_replace}");
                let fault = Diagnostic::new(Code::W006, message).at(Place::whole(&source.file));
                out.push(fault.address(&*source.id).help(help));
            }
        }
    }
}

/// Reports flows without texts in a language, and texts that a translated flow lacks.
fn flow_translations(book: &Book, out: &mut Vec<Diagnostic>) {
    for (id, checked) in &book.flows {
        for lang in &book.config.languages[1..] {
            let Some(flow) = checked.translations.get(lang) else {
                let message = format!("the flow `{id}` has no translation into `{lang}`");
                let help = format!("write content/{lang}/flows/{id}.yaml with the texts alone, by id");
                out.push(Diagnostic::new(Code::W015, message).at(Place::whole(&checked.flow.file)).help(help));
                continue;
            };
            for (what, at) in flow.untranslated(lang) {
                let message = format!("{what} of the flow `{id}` has no text in `{lang}`");
                let help = format!("write it into content/{lang}/flows/{id}.yaml");
                out.push(Diagnostic::new(Code::W015, message).at(at.key_place()).help(help));
            }
        }
    }
}

/// Reports a translation made from another version of its source, or with other sections.
fn translation(source: &Page, page: &Page, out: &mut Vec<Diagnostic>) {
    let digest = source.file.digest.to_string();
    let is_current = page.front.translates.as_ref().is_some_and(|made_from| digest.starts_with(made_from.as_str()));
    if !is_current {
        let message = match &page.front.translates {
            Some(_) => format!("`{}` has changed since it was translated", source.file.path),
            None => format!("this translation does not say which version of `{}` it was made from", source.file.path),
        };
        let place = page.place(&["translates".into()], Part::Value);
        let help = format!("bring it up to date, then write `translates: {}`", source.file.digest.short());
        out.push(Diagnostic::new(Code::W007, message).at(place).address(&*page.id).help(help));
    }
    let sections = |page: &Page| -> BTreeSet<String> {
        page.document.headings().filter(|heading| heading.is_section).map(|heading| heading.id.to_string()).collect()
    };
    for missing in sections(source).difference(&sections(page)) {
        let message = format!("the translation lacks the section `{missing}`");
        let fault = Diagnostic::new(Code::W007, message).at(Place::whole(&page.file)).address(&*page.id);
        out.push(fault.help("section ids are the same in every language"));
    }
}

/// Reports statements that nothing covers, and sections that do not use a covered statement's key terms.
fn coverage(book: &Book, out: &mut Vec<Diagnostic>) {
    for statement in book.statements.list() {
        let places = book.coverage.of(&statement.id);
        if places.is_empty() {
            let message = format!("no section covers the statement `{}`", statement.id);
            let mut fault = Diagnostic::new(Code::W003, message).help("say it on a page, and name it in `covers`");
            fault.place = book.statements.place(statement);
            out.push(fault);
        }
        for covered in places {
            let Some(said) = said(book, covered) else { continue };
            for term in statement.terms.iter().filter(|term| !said.text.has(term)) {
                let address = &said.address;
                let message = format!("`{address}` covers `{}`, but `{term}` does not occur there", statement.id);
                let fault = Diagnostic::new(Code::W004, message).at(said.place.clone()).address(address.clone());
                out.push(fault.help("say the statement there, or cover it elsewhere"));
            }
        }
    }
}

/// What is said at a place that covers a statement.
struct Said {
    address: String,
    place: Place,
    text: key_terms::Text,
}

/// Reads what is said at a place; none where the section does not exist, which has been reported.
fn said(book: &Book, covered: &Covered) -> Option<Said> {
    let covers = [Step::from("covers")];
    let lang = book.config.source_lang();
    match covered {
        Covered::Page { page, section } => {
            let page = &book.source_pages()[page];
            if let Some(section) = section {
                page.document.section(section)?;
            }
            let text = key_terms::Text::of(book, page, section.as_deref());
            let mut path = covers.to_vec();
            path.extend(section.as_deref().map(Into::into));
            let address = section.as_ref().map_or(page.id.to_string(), |section| format!("{}#{section}", page.id));
            Some(Said { address, place: page.place(&path, Part::Key), text })
        }
        Covered::Outcome { flow, id } => {
            let outcome = book.flows[flow].flow.outcome(id)?;
            let documents = outcome.dont.iter().chain([&outcome.body]).map(|document| &**document);
            // Where to refer is shown, too.
            let contacts = outcome.refer.iter().filter_map(|id| book.contacts(lang).get(id));
            let named =
                contacts.map(|contact| format!("{} {}", contact.name, contact.note.as_deref().unwrap_or_default()));
            let title = format!("{} {}", outcome.title, named.collect::<Vec<_>>().join(" "));
            let text = key_terms::Text::of_data(book, lang, &title, documents);
            Some(Said { address: format!("flows/{flow}#{id}"), place: outcome.at.within(&covers, Part::Key), text })
        }
        Covered::Panel { flow, id } => {
            let panel = book.flows[flow].flow.panels.iter().find(|panel| panel.id == *id)?;
            let text = key_terms::Text::of_data(book, lang, &panel.title, [&*panel.body]);
            Some(Said { address: format!("flows/{flow}#{id}"), place: panel.at.within(&covers, Part::Key), text })
        }
    }
}

/// What the pages refer to.
#[derive(Default)]
struct Used<'a> {
    terms: BTreeSet<&'a str>,
    variables: BTreeSet<&'a str>,
    contacts: BTreeSet<&'a str>,
    assets: BTreeSet<Arc<str>>,
}

impl<'a> Used<'a> {
    fn add(&mut self, book: &'a Book, page: Option<&Page>, document: &'a Document) {
        for reference in &document.references {
            match &reference.to {
                Referent::Term(term) => {
                    let lang = page.map_or(book.config.source_lang(), |page| &page.lang);
                    self.terms.extend(book.glossary(lang).get(term).map(|entry| entry.key.as_str()));
                }
                Referent::Variable(name) => self.add_variable(name),
                Referent::Link(Target::Contact(id)) => {
                    self.contacts.insert(id);
                }
                Referent::Link(target) | Referent::Image(target) => {
                    let found = page.map(|page| book.resolve(page, &page.lang, target));
                    if let Some(Ok(Destination::Asset(path))) = found {
                        self.assets.insert(path);
                    }
                }
                Referent::CodeLanguage(_) => {}
            }
        }
    }

    fn add_variable(&mut self, name: &'a str) {
        match name.strip_prefix("contact.").and_then(|rest| rest.split_once('.')) {
            Some((id, _)) => self.contacts.insert(id),
            None => self.variables.insert(name),
        };
    }
}

/// Reports variables and files that nothing uses.
///
/// Terms and contacts are shown on pages of their own, so that each is of use without a link to it.
fn unused(book: &Book, out: &mut Vec<Diagnostic>) {
    let mut used = Used::default();
    for page in book.pages.values().flat_map(|pages| pages.values()) {
        used.add(book, Some(page), &page.document);
        let texts = [page.front.title.as_str(), page.front.summary.as_deref().unwrap_or_default()];
        texts.into_iter().flat_map(names_in).for_each(|name| used.add_variable(name));
    }
    for entry in book.glossary.values().flat_map(super::book::glossary::Glossary::entries) {
        used.add(book, None, &entry.definition);
    }
    for checked in book.flows.values() {
        for flow in checked.translations.values().chain([&checked.flow]) {
            flow.documents().for_each(|document| used.add(book, None, document));
            flow.texts().flat_map(names_in).for_each(|name| used.add_variable(name));
        }
    }
    let variables = &book.variables[book.config.source_lang()];
    for name in variables.names().filter(|name| !used.variables.contains(name)) {
        let mut fault = Diagnostic::new(Code::W008, format!("nothing uses the variable `{name}`"));
        fault.place = variables.place(name);
        out.push(fault.help(format!("write `{{{{ {name} }}}}` where it belongs, or remove it")));
    }
    for (path, asset) in book.assets.iter().filter(|(path, _)| !used.assets.contains(*path)) {
        let fault = Diagnostic::new(Code::W008, format!("nothing links to the file `{path}`"));
        out.push(fault.at(Place::of_path(Arc::clone(&asset.path))).help("link to it, or remove it"));
    }
}
