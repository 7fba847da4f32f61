//! Reading the book while remembering what was read.
//!
//! Everything that rendering takes from the book or the theme it takes through a [`Tracked`], which notes the
//! [`Input`]s. What an output depends on is thereby recorded when it is made, and is never guessed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Theme, images};
use crate::book::digests;
use crate::book::interpretation::Interpretation;
use crate::book::links::Destination;
use crate::book::{Book, Card, Cases, Contact, Entry, Generated, Input, Page, PageId, Recorded};
use crate::config::{self, Config, Lang};
use crate::digest::Digest;
use crate::document::Target;
use crate::flow::{Checked, Flow};
use crate::layer::Layer;
use crate::site::paths;
use crate::source::TextFile;

/// The inputs of an output with their digests; none for a part that was looked for and is not there.
pub type Inputs = Vec<(Input, Option<Digest>)>;

/// A book and a theme, with a record of the parts that were read.
pub struct Tracked<'a> {
    book: &'a Book,
    theme: &'a Theme,
    /// What was read; with its digest where reading it has told it already.
    inputs: RefCell<BTreeMap<Input, Known>>,
}

/// The digest of an input, if reading it has told it already.
#[derive(Clone, Copy)]
enum Known {
    /// To be asked for.
    Not,
    /// Known; none where there is nothing.
    As(Option<Digest>),
}

impl<'a> Tracked<'a> {
    /// Starts a record.
    pub fn new(book: &'a Book, theme: &'a Theme) -> Self {
        Tracked { book, theme, inputs: RefCell::default() }
    }

    fn note(&self, input: Input) {
        self.inputs.borrow_mut().entry(input).or_insert(Known::Not);
    }

    /// Ends the record.
    pub fn into_inputs(self) -> Inputs {
        let inputs = self.inputs.into_inner();
        let with_digest = |(input, known): (Input, Known)| match known {
            Known::As(digest) => (input, digest),
            Known::Not => {
                let digest = digest(self.book, self.theme, &input);
                (input, digest)
            }
        };
        inputs.into_iter().map(with_digest).collect()
    }

    /// Returns the book for what follows from ids alone: paths, and where a link leads.
    pub fn paths(&self) -> &'a Book {
        self.book
    }

    /// Reads the settings.
    pub fn config(&self) -> &'a Config {
        self.note(Input::Settings);
        &self.book.config
    }

    /// Reads the templates.
    pub fn tera(&self) -> &'a tera::Tera {
        self.note(Input::Templates);
        &self.theme.tera
    }

    /// Reads the strings of a language as a template value.
    pub fn strings(&self, lang: &Lang) -> tera::Value {
        self.note(Input::Strings(Arc::clone(lang)));
        self.theme.string_values.get(lang).cloned().unwrap_or_else(|| tera::Value::from_serializable(&()))
    }

    /// Reads one string of a language.
    pub fn string(&self, lang: &Lang, key: &'a str) -> &'a str {
        self.note(Input::Strings(Arc::clone(lang)));
        self.theme.string(lang, key)
    }

    /// Reads a page with its body.
    pub fn body(&self, lang: &Lang, id: &PageId) -> Option<&'a Arc<Page>> {
        self.note(Input::Body(Arc::clone(lang), Arc::clone(id)));
        self.book.page(lang, id)
    }

    /// Reads what lists say of a page.
    pub fn card(&self, lang: &Lang, id: &PageId) -> Option<&'a Arc<Card>> {
        self.note(Input::Card(Arc::clone(lang), Arc::clone(id)));
        self.book.card(lang, id)
    }

    /// Reads the output path of a page.
    pub fn path(&self, lang: &Lang, id: &PageId) -> Cow<'a, str> {
        self.note(Input::Path(Arc::clone(lang), Arc::clone(id)));
        paths::page(self.book, lang, id)
    }

    /// Reads the output path of a page's version for paper; none where it has none.
    pub fn print(&self, lang: &Lang, id: &PageId) -> Option<String> {
        self.note(Input::Card(Arc::clone(lang), Arc::clone(id)));
        self.note(Input::Children(Arc::clone(lang), Arc::clone(id)));
        paths::print(self.book, lang, id)
    }

    /// Reads which page an old id leads to.
    pub fn alias(&self, alias: &PageId) -> Option<&'a PageId> {
        self.note(Input::Alias(Arc::clone(alias)));
        self.book.aliases.get(alias)
    }

    /// Reads the cards of a section's children.
    pub fn children(&self, lang: &Lang, id: &PageId) -> &'a [Arc<Card>] {
        self.note(Input::Children(Arc::clone(lang), Arc::clone(id)));
        let children = self.book.cards.get(lang).and_then(|cards| cards.children(id));
        children.map_or(&[], |children| children.cards.as_slice())
    }

    /// Reads the sections above a page.
    pub fn ancestors(&self, id: &PageId) -> Vec<&'a PageId> {
        self.note(Input::Ancestors(Arc::clone(id)));
        self.book.outline.ancestors(id)
    }

    /// Reads the pages before and after a page.
    pub fn neighbours(&self, id: &PageId) -> (Option<&'a PageId>, Option<&'a PageId>) {
        self.note(Input::Neighbours(Arc::clone(id)));
        self.book.outline.neighbours(id)
    }

    /// Reads a variable or a contact's field.
    pub fn value(&self, lang: &Lang, name: &str) -> Option<&'a str> {
        self.note(Input::Value(Arc::clone(lang), name.into()));
        self.book.value(lang, name)
    }

    /// Finds where a link of a page leads.
    pub fn link(&self, page: &Page, shown_in: &Lang, target: &Target) -> Option<Destination> {
        let destination = self.book.resolve(page, shown_in, target).ok();
        let input = Input::Link(Arc::clone(shown_in), Arc::clone(&page.id), Box::new(target.clone()));
        let digest = destination.as_ref().map(|destination| digests::of_link(self.book, destination));
        self.inputs.borrow_mut().insert(input, Known::As(digest));
        destination
    }

    /// Finds where an address of a data file, `page#section`, leads.
    pub fn address(&self, lang: &Lang, address: &str) -> Option<Destination> {
        self.note(Input::Address(Arc::clone(lang), address.into()));
        self.book.resolve_address(lang, address).ok()
    }

    /// Finds where a link to a contact leads.
    pub fn contact(&self, lang: &Lang, id: &str) -> Option<Destination> {
        self.note(Input::Contact(Arc::clone(lang), id.into()));
        self.book.resolve_contact(lang, id).ok()
    }

    /// Reads the size of an image of the book, by its path below `content/`.
    pub fn image_size(&self, below: &Arc<str>) -> Option<(usize, usize)> {
        self.note(Input::Asset(Arc::clone(below)));
        images::size(&self.book.assets.get(below)?.bytes)
    }

    /// Reads all contacts.
    pub fn contacts(&self, lang: &Lang) -> &'a [Contact] {
        self.note(Input::Contacts(Arc::clone(lang)));
        self.book.contacts(lang).list()
    }

    /// Reads a term of the glossary.
    pub fn term(&self, lang: &Lang, term: &str) -> Option<&'a Entry> {
        self.note(Input::Term(Arc::clone(lang), term.into()));
        self.book.glossary(lang).get(term)
    }

    /// Reads the whole glossary.
    pub fn glossary(&self, lang: &Lang) -> &'a [Entry] {
        self.note(Input::Glossary(Arc::clone(lang)));
        self.book.glossary(lang).entries()
    }

    /// Reads the outline with all cards.
    pub fn outline(&self, lang: &Lang) -> &'a Book {
        self.note(Input::Outline(Arc::clone(lang)));
        self.book
    }

    /// Reads the cases with their filters; their cards and the names of contacts are part of it.
    pub fn cases(&self, lang: &Lang) -> &'a Cases {
        self.note(Input::Cases(Arc::clone(lang)));
        &self.book.cases[lang]
    }

    /// Reads the dated notes and the titles of the pages that have some.
    pub fn changes(&self, lang: &Lang) -> &'a Book {
        self.note(Input::Changes(Arc::clone(lang)));
        self.book
    }

    /// Reads the statements and which section says which.
    pub fn coverage(&self, lang: &Lang) -> &'a Book {
        self.note(Input::Coverage(Arc::clone(lang)));
        self.book
    }

    /// Reads what is interpretation.
    pub fn interpretations(&self, lang: &Lang) -> Vec<Interpretation> {
        self.note(Input::Interpretations(Arc::clone(lang)));
        self.book.interpretations(lang)
    }

    /// Reads a flow with all that is derived from it.
    pub fn flow(&self, id: &str) -> Option<&'a Checked> {
        self.note(Input::Flow(id.into()));
        self.book.flows.get(id)
    }

    /// Reads ids and titles of all flows.
    pub fn flows(&self, lang: &Lang) -> impl Iterator<Item = &'a Arc<Flow>> + use<'a> {
        self.note(Input::Flows(Arc::clone(lang)));
        let lang = Arc::clone(lang);
        self.book.flows.values().map(move |checked| checked.shown_in(&lang))
    }

    /// Reads all walks through a flow.
    pub fn walks(&self, id: &'a str) -> impl Iterator<Item = Recorded<'a>> + use<'a> {
        self.note(Input::Walks(id.into()));
        self.book.walks_of(id)
    }

    /// Reads the layers that the book has been changed by.
    pub fn layers(&self) -> &'a [Arc<Layer>] {
        self.note(Input::Layers);
        &self.book.layers
    }

    /// Reads the name by which readers know a layer.
    pub fn layer_title(&self, lang: &Lang, name: &str) -> String {
        let layer = self.layers().iter().find(|layer| *layer.manifest.name == *name);
        let title = layer.map(|layer| layer.manifest.title.get(lang, self.book.config.source_lang()));
        title.unwrap_or(name).to_owned()
    }

    /// Says in words whose a text is; `key` names the theme's words.
    pub fn layer_label(&self, lang: &Lang, key: &str, layer: &str) -> String {
        self.string(lang, key).replace("{name}", &self.layer_title(lang, layer))
    }

    /// Says in words why a layer changes something.
    pub fn layer_reason(&self, lang: &Lang, reason: &str) -> String {
        self.string(lang, "layer-reason").replace("{reason}", reason)
    }

    /// Reads where a file of the book or of a layer is edited, if it is said.
    pub fn edit_link(&self, file: &TextFile) -> Option<String> {
        let form = match &file.layer {
            None => self.config().edit_url.as_deref(),
            Some(name) => {
                let layer = self.layers().iter().find(|layer| layer.manifest.name == *name)?;
                layer.manifest.edit_url.as_deref()
            }
        };
        Some(form?.replace(config::EDITED, &paths::encode(file.below())))
    }

    /// Reads the name of the handbook: the book's title, and whose edition it is where layers stand on it.
    pub fn site_title(&self, lang: &Lang) -> String {
        let title = self.config().title(lang);
        match self.layers().last() {
            Some(top) => format!("{title} · {}", self.layer_title(lang, &top.manifest.name)),
            None => title.to_owned(),
        }
    }

    /// Reads all strings of a language.
    pub fn all_strings(&self, lang: &Lang) -> &'a crate::render::theme::Strings {
        self.note(Input::Strings(Arc::clone(lang)));
        &self.theme.strings[lang]
    }

    /// Reads a shard of the search index, as the script that the browser loads.
    pub fn shard(&self, lang: &Lang, name: &Arc<str>) -> Vec<u8> {
        let search = self.book.search();
        let script = search.script(lang, name);
        let input = Input::Shard(Arc::clone(lang), Arc::clone(name));
        self.inputs.borrow_mut().insert(input, Known::As(search.digest(lang, name)));
        script.unwrap_or_default()
    }

    /// Reads which pages opas makes from data files.
    pub fn generated(&self) -> impl Iterator<Item = Generated> + use<'a> {
        self.note(Input::Generated);
        self.book.generated.iter().map(|(page, _)| *page)
    }
}

/// Returns what an input is now; none if it does not exist any more.
pub fn digest(book: &Book, theme: &Theme, input: &Input) -> Option<Digest> {
    book.digest(input).or_else(|| theme.digest(input))
}
