//! Stage 3, `book`: from files to a book.
//!
//! It is given the source and the settings and returns a [`Book`]: pages with their front matter and trees,
//! the outline, glossary, contacts, variables and statements, all cross-checked, beside every fault found.
//! Nothing here is HTML, and nothing touches the disk.

pub mod cards;
pub mod collation;
pub mod contacts;
pub mod coverage;
pub mod digests;
pub mod glossary;
pub mod links;
pub mod outline;
pub mod page;
pub mod pages;
pub mod statements;
pub mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::config::{Config, Lang};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Asset, Source};

pub use cards::{Card, Cards};
pub use contacts::{Contact, Contacts};
pub use coverage::Coverage;
pub use digests::Input;
pub use glossary::{Entry, Glossary};
pub use links::Generated;
pub use outline::Outline;
pub use page::{FrontMatter, Kind, Page};
pub use statements::{Statement, Statements};
pub use variables::Variables;

/// A page's id, the same in every language.
pub type PageId = Arc<str>;

/// What a build takes in besides the files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Whether drafts are part of the book.
    pub drafts: bool,
}

/// A book whose parts have been checked against each other.
#[derive(Debug)]
pub struct Book {
    /// The settings.
    pub config: Config,
    /// The pages that have a file of their own, by language and id.
    pub pages: BTreeMap<Lang, BTreeMap<PageId, Arc<Page>>>,
    /// The ids of drafts that were left out.
    pub left_out: BTreeSet<PageId>,
    /// Order and hierarchy of the pages; the same in every language.
    pub outline: Outline,
    /// The glossary by language; the source language's is always there.
    pub glossary: BTreeMap<Lang, Glossary>,
    /// The contacts by language; the source language's are always there.
    pub contacts: BTreeMap<Lang, Contacts>,
    /// The variables by language; the source language's are always there.
    pub variables: BTreeMap<Lang, Variables>,
    /// The statements of the source guidance.
    pub statements: Statements,
    /// Which section says which statement.
    pub coverage: Coverage,
    /// Images and other files, by their path below `content/`.
    pub assets: BTreeMap<Arc<str>, Arc<Asset>>,
    /// Old ids and the page that each leads to now.
    pub aliases: BTreeMap<PageId, PageId>,
    /// The pages that opas makes, each with the file that it is made from.
    pub generated: Vec<(Generated, String)>,
    /// What lists say of each page, by language.
    pub cards: BTreeMap<Lang, Cards>,
}

impl Book {
    /// Reads and checks the whole book.
    ///
    /// The book is returned even when there are faults, so that later stages can report theirs too.
    pub fn read(source: &Source, config: Config, options: Options) -> (Self, Vec<Diagnostic>) {
        let mut out = Vec::new();
        let mut found = pages::sort_files(source, &config, &mut out);
        let pages = pages::read_pages(&mut found, &config, options, &mut out);
        let source_lang = Arc::clone(config.source_lang());
        let empty = BTreeMap::new();
        let source_pages = pages.by_lang.get(&source_lang).unwrap_or(&empty);
        if !source_pages.contains_key("index") {
            let message = format!("the book has no front page `content/{source_lang}/index.md`");
            let help = "write it with a `title`; `opas new page index` makes one";
            out.push(Diagnostic::new(Code::E037, message).help(help));
        }
        let outline = Outline::new(source_pages, &pages.left_out, &source_lang, &mut out);
        let aliases = pages::aliases(source_pages, &config, &mut out);
        let glossary = found.each(&config, "glossary.yaml", Glossary::read, &mut out);
        let contacts = found.each(&config, "contacts.yaml", Contacts::read, &mut out);
        let variables = found.each(&config, "vars.yaml", Variables::read, &mut out);
        let statements = Statements::read(source.text("content/statements.yaml"), &mut out);
        let coverage = Coverage::new(source_pages, &statements, &outline, &mut out);
        let mut book = Book {
            config,
            pages: pages.by_lang,
            left_out: pages.left_out,
            outline,
            glossary,
            contacts,
            variables,
            statements,
            coverage,
            assets: found.assets,
            aliases,
            generated: Vec::new(),
            cards: BTreeMap::new(),
        };
        book.generated = links::generated(&book);
        book.cards = book.config.languages.iter().map(|lang| (Arc::clone(lang), Cards::new(&book, lang))).collect();
        links::check(&book, &mut out);
        pages::check_outputs(&book, &mut out);
        (book, out)
    }

    /// Returns the page with an id in a language, or else in the source language.
    pub fn page(&self, lang: &str, id: &str) -> Option<&Arc<Page>> {
        let own = self.pages.get(lang).and_then(|pages| pages.get(id));
        own.or_else(|| self.pages.get(self.config.source_lang()).and_then(|pages| pages.get(id)))
    }

    /// Returns the pages of the source language.
    pub fn source_pages(&self) -> &BTreeMap<PageId, Arc<Page>> {
        self.pages.get(self.config.source_lang()).expect("the source language always has an entry")
    }

    /// Returns the glossary of a language: texts in that language where there are any.
    pub fn glossary(&self, lang: &str) -> &Glossary {
        of_lang(&self.glossary, lang, &self.config)
    }

    /// Returns the contacts of a language.
    pub fn contacts(&self, lang: &str) -> &Contacts {
        of_lang(&self.contacts, lang, &self.config)
    }

    /// Returns the value of a variable or of a contact's field (`contact.ID.FIELD`) in a language.
    pub fn value(&self, lang: &str, name: &str) -> Option<&str> {
        if let Some(rest) = name.strip_prefix("contact.") {
            let (id, field) = rest.split_once('.')?;
            return self.contacts(lang).get(id)?.field(field);
        }
        of_lang(&self.variables, lang, &self.config).get(name)
    }

    /// Returns the card of a page in a language.
    pub fn card(&self, lang: &str, id: &str) -> Option<&Arc<Card>> {
        self.cards.get(lang)?.get(id)
    }

    /// Puts the values of variables into a plain text such as a title.
    pub fn expand<'t>(&self, lang: &str, text: &'t str) -> std::borrow::Cow<'t, str> {
        crate::values::expand(text, |name| self.value(lang, name))
    }
}

/// Returns a language's part, or else the source language's.
fn of_lang<'a, T>(parts: &'a BTreeMap<Lang, T>, lang: &str, config: &Config) -> &'a T {
    let found = parts.get(lang).or_else(|| parts.get(config.source_lang()));
    found.expect("the source language always has an entry")
}
