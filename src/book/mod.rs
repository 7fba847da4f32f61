//! Stage 3, `book`: from files to a book.
//!
//! It is given the source and the settings and returns a [`Book`]: pages with their front matter and trees,
//! the outline, glossary, contacts, variables and statements, all cross-checked, beside every fault found.
//! Nothing here is HTML, and nothing touches the disk.

pub mod cards;
pub mod cases;
pub mod collation;
pub mod contacts;
pub mod coverage;
pub mod digests;
pub mod flows;
pub mod frame;
pub mod glossary;
pub mod interpretation;
pub mod links;
pub mod outline;
pub mod page;
pub mod pages;
pub mod statements;
pub mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::config::{Config, Lang};
use crate::diagnostic::{Code, Diagnostic, Place, has_errors};
use crate::digest::Digest;
use crate::layer::drift::{self, Drift};
use crate::layer::merge::{Gone, Override};
use crate::layer::{Hidden, Layer, Merge, Stack};
use crate::search::Search;
use crate::source::{Asset, Source, TextFile};

pub use cards::{Card, Cards};
pub use cases::{Cases, Facet, Filter, FilterKey};
pub use contacts::{Contact, Contacts};
pub use coverage::Coverage;
pub use digests::Input;
pub use flows::{Flows, Recorded};
pub use frame::{Frame, Places};
pub use glossary::{Entry, Glossary};
pub use links::Generated;
pub use outline::Outline;
pub use page::{FrontMatter, Kind, Page, Placement};
pub use pages::Parsed;
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
    /// The same pages by language, in the order of ids, and where each stands.
    in_order: BTreeMap<Lang, Vec<Arc<Page>>>,
    places: Arc<Places>,
    /// The ids of drafts that were left out.
    pub left_out: BTreeSet<PageId>,
    /// Order and hierarchy of the pages; the same in every language.
    pub outline: Arc<Outline>,
    /// The glossary by language; the source language's is always there.
    pub glossary: BTreeMap<Lang, Glossary>,
    /// The contacts by language; the source language's are always there.
    pub contacts: BTreeMap<Lang, Contacts>,
    /// The variables by language; the source language's are always there.
    pub variables: BTreeMap<Lang, Variables>,
    /// The statements of the source guidance.
    pub statements: Statements,
    /// Which section, outcome or panel says which statement.
    pub coverage: Arc<Coverage>,
    /// The decision flows, by id.
    pub flows: Flows,
    /// Images and other files, by their path below `content/`.
    pub assets: BTreeMap<Arc<str>, Arc<Asset>>,
    /// The name of the edition.
    pub edition: String,
    /// The layers that the book has been changed by, from the lowest up.
    pub layers: Vec<Arc<Layer>>,
    /// The pages that layers have hidden.
    pub hidden: BTreeMap<PageId, Hidden>,
    /// The sections that layers have taken away.
    pub gone: Gone,
    /// Everything that layers change.
    pub overrides: Vec<Override>,
    /// The overrides that need a look; none are looked for in a book with errors.
    pub drifts: Vec<Drift>,
    /// What was found in layers that only `check` reports.
    pub notes: Vec<Diagnostic>,
    /// Old ids and the page that each leads to now; hidden pages are among them.
    pub aliases: Arc<BTreeMap<PageId, PageId>>,
    /// The pages that opas makes, each with the file that it is made from.
    pub generated: Arc<Vec<(Generated, String)>>,
    /// What lists say of each page, by language.
    pub cards: Arc<BTreeMap<Lang, Cards>>,
    /// The pages that are listed as cases, in reading order.
    listed: Arc<[PageId]>,
    /// The channels that pages name.
    pub channels: Arc<BTreeSet<String>>,
    /// The cases and their filters, by language.
    pub cases: BTreeMap<Lang, Cases>,
    /// The digest of everything that a page's references can lead to.
    pub reach: Option<Digest>,
    /// The digest of all but the texts of pages: of what a [`Frame`] is made from.
    pub heads: Digest,
    /// What can be found, made when it is first asked for.
    search: OnceLock<Arc<Search>>,
    /// What could be found in the book that was last asked.
    searched: Searched,
}

/// What could be found in the book that was last asked, shared by the books that follow each other: the next search takes
/// over what is the same.
pub type Searched = Arc<Mutex<Option<Arc<Search>>>>;

/// The book's own files, sorted and parsed: what all editions stand on.
#[derive(Debug)]
pub struct Ground {
    /// The settings.
    pub config: Config,
    pages: Vec<pages::Alone>,
    found: pages::Found,
    statements: Option<Arc<TextFile>>,
    faults: Vec<Diagnostic>,
}

impl Ground {
    /// Sorts and parses the book's files.
    ///
    /// `parsed` are the pages that were parsed before; those that have not changed are used again.
    pub fn read(source: &Source, config: Config, parsed: &mut Parsed) -> Self {
        let mut faults = Vec::new();
        let mut found = pages::sort_files(source, &config, &mut faults);
        let pages = pages::parse(&mut found, parsed);
        let statements = source.text("content/statements.yaml").cloned();
        Ground { config, pages, found, statements, faults }
    }
}

/// Says that there is no front page, and why, if that is known.
fn no_front_page(lang: &str, left_out: &BTreeSet<PageId>, hidden: Option<&Hidden>) -> Diagnostic {
    let fault = Diagnostic::new(Code::E037, format!("the book has no front page `content/{lang}/index.md`"));
    match hidden {
        Some(hidden) => {
            let fault = fault.at(hidden.place.clone()).related(Place::whole(&hidden.page.file), "the hidden page");
            fault.help("write `op: replace` to have a front page of the layer's own")
        }
        None if left_out.contains("index") => fault.help("take `draft: true` out of it, or build with `--drafts`"),
        None => fault.help("write it with a `title`; `opas new page index` makes one"),
    }
}

impl Book {
    /// Reads and checks the whole book, without layers.
    pub fn read(source: &Source, config: Config, options: Options) -> (Self, Vec<Diagnostic>) {
        Book::read_again(source, config, options, &mut Parsed::default())
    }

    /// Does the same, with the pages that have not changed since they were parsed.
    pub fn read_again(
        source: &Source,
        config: Config,
        options: Options,
        parsed: &mut Parsed,
    ) -> (Self, Vec<Diagnostic>) {
        let ground = Ground::read(source, config, parsed);
        Book::edition(&ground, &Stack::base(), Vec::new(), options, parsed)
    }

    /// Puts layers on the book and checks the whole; `themed` is what they override in the theme.
    ///
    /// The book is returned even when there are faults, so that later stages can report theirs too.
    pub fn edition(
        ground: &Ground,
        stack: &Stack,
        themed: Vec<Override>,
        options: Options,
        parsed: &mut Parsed,
    ) -> (Self, Vec<Diagnostic>) {
        let mut config = ground.config.clone();
        let mut out = ground.faults.clone();
        stack.check(&config, &mut out);
        stack.settle(&mut config, &mut out);
        let pages = pages::collect(&ground.pages, &config, options, &mut out);
        let mut merge = Merge::new(&config, options, pages, ground.found.clone());
        for layer in &stack.layers {
            merge.apply(layer, &mut out);
        }
        merge.finish(&mut out);
        let Merge { mut pages, mut found, hidden, gone, mut overrides, notes, .. } = merge;
        overrides.extend(themed);
        pages::drop_orphans(&mut pages, &config, &mut out);
        let source_lang = Arc::clone(config.source_lang());
        let empty = BTreeMap::new();
        let source_pages = pages.by_lang.get(&source_lang).unwrap_or(&empty);
        if !source_pages.contains_key("index") {
            out.push(no_front_page(&source_lang, &pages.left_out, hidden.get("index")));
        }
        let in_order = pages.by_lang.iter().map(|(lang, pages)| (Arc::clone(lang), pages.values().cloned().collect()));
        let in_order = in_order.collect::<BTreeMap<_, Vec<_>>>();
        let key = frame::key(&config, (&pages, &in_order), &hidden, &found, ground.statements.as_ref());
        let known = parsed.frame.take().filter(|frame| frame.key == key);
        let mut framed = out.len();
        let outline = known.as_ref().map_or_else(
            || Arc::new(Outline::new(source_pages, &pages.left_out, &source_lang, &mut out)),
            |frame| Arc::clone(&frame.outline),
        );
        let aliases = known.as_ref().map_or_else(
            || Arc::new(pages::aliases(source_pages, &hidden, &config, &mut out)),
            |frame| Arc::clone(&frame.aliases),
        );
        framed = out.len() - framed;
        let glossary = found.each(&config, "glossary.yaml", Glossary::read, &mut overrides, &mut out);
        let contacts = found.each(&config, "contacts.yaml", Contacts::read, &mut overrides, &mut out);
        let variables = found.each(&config, "vars.yaml", Variables::read, &mut overrides, &mut out);
        let statements = Statements::read(ground.statements.as_ref(), &mut out);
        let flows = flows::read(&found, &config, &mut overrides, &mut out);
        let before = out.len();
        let coverage = known.as_ref().map_or_else(
            || Arc::new(Coverage::new(source_pages, &flows, &statements, &outline, &mut out)),
            |frame| Arc::clone(&frame.coverage),
        );
        framed += out.len() - before;
        let mut book = Book {
            config,
            in_order,
            places: Arc::default(),
            listed: Arc::default(),
            pages: pages.by_lang,
            left_out: pages.left_out,
            outline,
            glossary,
            contacts,
            variables,
            statements,
            coverage,
            flows,
            assets: std::mem::take(&mut found.assets),
            edition: stack.edition.clone(),
            layers: stack.layers.clone(),
            hidden,
            gone,
            overrides,
            drifts: Vec::new(),
            notes,
            aliases,
            generated: Arc::default(),
            cards: Arc::default(),
            search: OnceLock::new(),
            searched: Arc::clone(&parsed.searched),
            cases: BTreeMap::new(),
            reach: None,
            heads: key,
            channels: Arc::default(),
        };
        book.frame(known.as_ref(), &found);
        book.cases = book.config.languages.iter().map(|lang| (Arc::clone(lang), Cases::new(&book, lang))).collect();
        let mut of_walks = Vec::new();
        rayon::join(|| links::check(&book, parsed, &mut out), || flows::check(&book, &mut of_walks));
        out.append(&mut of_walks);
        let outputs = book.check_outputs(known.as_ref(), &mut out);
        // What has faults is looked at again in each round, so that they are told again.
        parsed.frame = book.framed(outputs).filter(|_| framed == 0);
        if !has_errors(&out) {
            book.drifts = drift::find(&book.overrides, &book.layers, &mut out);
            out.extend(
                book.drifts.iter().filter(|drift| !drift.is_note() && drift.is_due(None)).map(Drift::diagnostic),
            );
        }
        (book, out)
    }

    /// Returns what later rounds may take over.
    fn framed(&self, outputs: Option<Digest>) -> Option<Frame> {
        Some(Frame {
            key: self.heads,
            outline: Arc::clone(&self.outline),
            aliases: Arc::clone(&self.aliases),
            coverage: Arc::clone(&self.coverage),
            generated: Arc::clone(&self.generated),
            cards: Arc::clone(&self.cards),
            cases: Arc::clone(&self.listed),
            channels: Arc::clone(&self.channels),
            places: Arc::clone(&self.places),
            reach: self.reach?,
            outputs,
        })
    }

    /// Reports outputs that have one path. Returns the digest of the filters of cases, if there are none.
    fn check_outputs(&self, known: Option<&Frame>, out: &mut Vec<Diagnostic>) -> Option<Digest> {
        let filters = Digest::of_parts(self.cases.values().filter_map(|cases| cases.digest));
        if known.is_some_and(|frame| frame.outputs == Some(filters)) {
            return Some(filters);
        }
        let before = out.len();
        pages::check_outputs(self, out);
        (out.len() == before).then_some(filters)
    }

    /// Finds out what the cards say and what references can lead to, or takes it over.
    fn frame(&mut self, known: Option<&Frame>, found: &pages::Found) {
        if let Some(frame) = known {
            self.generated = Arc::clone(&frame.generated);
            self.cards = Arc::clone(&frame.cards);
            self.listed = Arc::clone(&frame.cases);
            self.channels = Arc::clone(&frame.channels);
            self.places = Arc::clone(&frame.places);
            self.reach = Some(frame.reach);
            return;
        }
        let place = |(place, page): (usize, &Arc<Page>)| (Arc::clone(&page.id), place);
        let of_lang =
            |(lang, pages): (&Lang, &Vec<Arc<Page>>)| (Arc::clone(lang), pages.iter().enumerate().map(place).collect());
        self.places = Arc::new(self.in_order.iter().map(of_lang).collect());
        let is_case = |id: &&PageId| self.source_pages().get(*id).is_some_and(|page| cases::is_listed(page));
        self.listed = self.outline.order().iter().filter(is_case).cloned().collect();
        let pages = self.pages.values().flat_map(BTreeMap::values);
        self.channels = Arc::new(pages.flat_map(|page| page.front.channels.iter().cloned()).collect());
        self.generated = Arc::new(links::generated(self));
        let cards = self.config.languages.iter().map(|lang| (Arc::clone(lang), Cards::new(self, lang)));
        self.cards = Arc::new(cards.collect());
        self.reach = Some(digests::reach(self, &found.data_files()));
    }

    /// Returns the page with an id in a language, or else in the source language.
    pub fn page(&self, lang: &str, id: &str) -> Option<&Arc<Page>> {
        self.own_page(lang, id).or_else(|| self.own_page(self.config.source_lang(), id))
    }

    /// Returns the page with an id in a language.
    fn own_page(&self, lang: &str, id: &str) -> Option<&Arc<Page>> {
        match self.places.get(lang) {
            Some(places) => self.in_order.get(lang)?.get(*places.get(id)?),
            None => self.pages.get(lang)?.get(id),
        }
    }

    /// Returns the pages of the source language in the order of their ids.
    pub fn source_pages_in_order(&self) -> &[Arc<Page>] {
        self.in_order.get(self.config.source_lang()).map(Vec::as_slice).unwrap_or_default()
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

    /// Returns the search indexes of all languages; they are made when first asked for.
    pub fn search(&self) -> &Search {
        self.search.get_or_init(|| {
            let last = || self.searched.lock().unwrap_or_else(PoisonError::into_inner);
            // Another edition may stand on the same one at this time.
            let before = last().clone();
            let search = Arc::new(Search::new(self, before.as_deref()));
            drop(before);
            let before = last().replace(Arc::clone(&search));
            // Taking the one before apart takes time, but nobody need wait for it.
            rayon::spawn(move || drop(before));
            search
        })
    }

    /// Returns the dated notes in reading order, each with its page; a translation without any has its source
    /// page's, in that language.
    pub fn notes(&self, lang: &str) -> impl Iterator<Item = (&Arc<Page>, &page::Change)> {
        let shown = self.outline.order().iter().filter_map(move |id| {
            let page = self.page(lang, id)?;
            Some(if page.front.changes.is_empty() { self.source_pages().get(id)? } else { page })
        });
        shown.flat_map(|page| page.front.changes.iter().map(move |change| (page, change)))
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
