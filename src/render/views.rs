//! The contexts of the templates, one function for each kind of output.
//!
//! It is given a [`Tracked`] and what to show, and returns a template's name and its context. Contexts hold
//! texts and links only; HTML stands in `shell.nav`, `page.body`, `page.toc`, `contents` and `definition`, and
//! nowhere else.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::fmt::strtime;
use serde::Serialize;
use tera::Context;

use super::Tracked;
use super::body::{self, Scene};
use super::flows::{self, WalkView};
use super::lists::{self, Entry};
use super::shell::{self, LinkView, Shell, card_link, entry_of, expand, link_to};
use super::{about, accessibility, cases, channels};
use crate::book::coverage::Covered;
use crate::book::digests::title_within;
use crate::book::links::Destination;
use crate::book::outline::FRONT;
use crate::book::page::Restated;
use crate::book::{Book, Card, Cards, Generated, Kind, Page, PageId};
use crate::config::Lang;
use crate::site::paths;

/// A template's name with its context.
pub type View = (&'static str, Context);

/// A date for machines and for people.
#[derive(Debug, Serialize)]
pub struct DateView {
    iso: String,
    text: String,
}

/// A page in a list.
#[derive(Debug, Serialize)]
struct CardView {
    title: String,
    href: String,
    summary: Option<String>,
    kind: &'static str,
    channels: Vec<String>,
    /// The language of the texts, where it is not the site's.
    lang: Option<String>,
}

/// Whose a text is, where it is an organisation's own; `R` is what is shown of the text that it takes the place of.
#[derive(Debug, Serialize)]
pub struct OwnView<R = String> {
    pub layer: String,
    /// Says so in words.
    pub label: String,
    pub reason: Option<String>,
    /// What it takes the place of.
    pub replaced: Option<R>,
}

impl<R> OwnView<R> {
    /// Says whose a text is; `key` names the words.
    pub fn new(tracked: &Tracked<'_>, lang: &Lang, layer: &str, key: &str) -> Self {
        let label = tracked.layer_label(lang, key, layer);
        OwnView { layer: layer.to_owned(), label, reason: None, replaced: None }
    }

    /// Adds why.
    pub fn because(self, tracked: &Tracked<'_>, lang: &Lang, reason: Option<&str>) -> Self {
        let reason = reason.map(|reason| tracked.layer_reason(lang, reason));
        OwnView { reason, ..self }
    }
}

/// What the template of a page shows besides the shell.
#[derive(Debug, Serialize)]
struct PageView {
    kind: &'static str,
    summary: Option<String>,
    /// Whose the title and the summary are, where layers have replaced them.
    restated: Vec<OwnView>,
    body: String,
    /// The language of the text, where the page is not translated.
    fallback: Option<String>,
    draft: bool,
    /// HTML: the contents of the page.
    toc: String,
    /// The number of headings of level 2 in it.
    toc_length: usize,
    children: Vec<CardView>,
    previous: Option<LinkView>,
    next: Option<LinkView>,
    owner: Option<String>,
    /// Where the file is edited.
    edit: Option<String>,
    reviewed: Option<DateView>,
    review_by: Option<DateView>,
    updated: Option<DateView>,
    channels: Vec<String>,
    tags: Vec<String>,
    /// Whether it is a practice case.
    practice: bool,
    walks: Vec<WalkView>,
    /// The way to the same on paper: the section with its pages, or the quick card of a case.
    print: Option<String>,
}

/// Makes the context that all templates share.
pub fn context(tracked: &Tracked<'_>, lang: &Lang, shell: &Shell) -> Context {
    let mut context = Context::new();
    context.insert("shell", shell);
    context.insert_value("t", tracked.strings(lang));
    context
}

/// Makes the view of a date in a language.
pub fn date(tracked: &Tracked<'_>, lang: &Lang, date: Date) -> DateView {
    let format = tracked.string(lang, "date-format");
    let text = strtime::format(format, date).unwrap_or_else(|_| date.to_string());
    DateView { iso: date.to_string(), text }
}

/// Makes the view of a page.
pub fn page(tracked: &Tracked<'_>, lang: &Lang, id: &PageId, output: &str) -> View {
    let page = tracked.body(lang, id).expect("every page in the outline has a file in the source language");
    let shell = Shell::page(tracked, lang, page, shell::title(tracked, lang, page), output);
    let scene = Scene { tracked, page: Some(page), shown_in: lang, lang: &page.lang, output };
    let (previous, next) = tracked.neighbours(id);
    let day = |day: Option<Date>| day.map(|day| date(tracked, lang, day));
    let front = facts(tracked, id, page);
    let toc = table_of_contents(&scene, page);
    let view = PageView {
        kind: front.kind.name(),
        summary: page.front.summary.as_deref().map(|summary| expand(tracked, lang, summary)),
        restated: restated(tracked, lang, page).into_iter().flatten().collect(),
        body: body::document(&scene, &page.document),
        fallback: (page.lang != *lang).then(|| page.lang.to_string()),
        draft: page.front.draft,
        toc_length: toc.len(),
        toc: lists::html(&toc, ""),
        children: tracked.children(lang, id).iter().map(|card| card_view(tracked, lang, card, output)).collect(),
        previous: previous.map(|id| card_link(tracked, lang, id, output)),
        next: next.map(|id| card_link(tracked, lang, id, output)),
        owner: front.owner.clone(),
        edit: tracked.edit_link(&page.file),
        reviewed: day(front.reviewed),
        review_by: day(front.review_by),
        updated: day(front.updated),
        channels: front.channels.iter().map(|channel| channels::name(tracked, lang, channel)).collect(),
        tags: page.front.tags.clone(),
        practice: front.practice,
        walks: flows::walks(tracked, lang, source_page(tracked, id, page), output),
        print: tracked.print(lang, id).map(|path| paths::relative(output, &path)),
    };
    let mut context = context(tracked, lang, &shell);
    context.insert("page", &view);
    let template = if front.kind == Kind::Case { "case.html" } else { "page.html" };
    (template, context)
}

/// Says whose the title and whose the summary of a page is, where layers have replaced them.
pub(super) fn restated(tracked: &Tracked<'_>, lang: &Lang, page: &Page) -> [Option<OwnView>; 2] {
    let view = |restated: &Option<Restated>, key: &str| {
        let Restated { layer, below } = restated.as_ref()?;
        let replaced = below.as_deref().map(|below| expand(tracked, &page.lang, below));
        Some(OwnView { replaced, ..OwnView::new(tracked, lang, layer, key) })
    };
    let [title, summary] = &page.restated;
    [view(title, "layer-title"), view(summary, "layer-summary")]
}

/// Returns the front matter that holds for every language: the source page's.
pub fn facts<'a>(tracked: &Tracked<'a>, id: &PageId, page: &'a Page) -> &'a crate::book::FrontMatter {
    &source_page(tracked, id, page).front
}

/// Returns the page of the source language.
fn source_page<'a>(tracked: &Tracked<'a>, id: &PageId, page: &'a Page) -> &'a Page {
    let source_lang = tracked.config().source_lang();
    if page.lang == *source_lang {
        return page;
    }
    tracked.body(source_lang, id).map_or(page, |source| source)
}

fn card_view(tracked: &Tracked<'_>, lang: &Lang, card: &Card, output: &str) -> CardView {
    let LinkView { title, href, lang: text_lang, .. } = link_to(card, lang, output);
    CardView {
        title,
        href,
        summary: card.summary.clone(),
        kind: card.kind.name(),
        channels: card.channels.iter().map(|channel| channels::name(tracked, lang, channel)).collect(),
        lang: text_lang,
    }
}

/// Makes the contents of the page: headings of levels 2 and 3.
fn table_of_contents<'a>(scene: &Scene<'_>, page: &'a Page) -> Vec<Entry<'a>> {
    let mut toc: Vec<Entry<'a>> = Vec::new();
    for heading in page.document.headings().filter(|heading| heading.level <= 3) {
        let title = body::heading_text(scene, &heading.content).into();
        let entry = Entry { title, href: format!("#{}", heading.id), ..Entry::default() };
        match toc.last_mut() {
            Some(last) if heading.level == 3 => last.children.push(entry),
            _ => toc.push(entry),
        }
    }
    toc
}

/// Makes the view of a page that opas makes.
pub fn generated(tracked: &Tracked<'_>, lang: &Lang, page: Generated, output: &str) -> View {
    let title = tracked.string(lang, page.id()).to_owned();
    let shell = Shell::generated(tracked, lang, page.id(), title, output);
    let mut context = context(tracked, lang, &shell);
    let template = match page {
        Generated::Contents => {
            let cards = tracked.outline(lang).cards.get(lang);
            let mut contents = shell::flow_entries(tracked, lang, output);
            contents.extend(cards.into_iter().flat_map(|cards| contents_below(cards, FRONT, lang, output)));
            context.insert("contents", &lists::html(&contents, ""));
            "contents.html"
        }
        Generated::Cases => {
            cases::insert(&mut context, tracked, lang, None, output);
            "cases.html"
        }
        Generated::Glossary => {
            context.insert("entries", &glossary(tracked, lang, output));
            "glossary.html"
        }
        Generated::Contacts => {
            context.insert("contacts", tracked.contacts(lang));
            "contacts.html"
        }
        Generated::Changes => {
            context.insert("changes", &changes(tracked, lang, output));
            "changes.html"
        }
        Generated::Coverage => {
            context.insert("statements", &coverage(tracked, lang, output));
            "coverage.html"
        }
        Generated::Accessibility => {
            accessibility::insert(&mut context, tracked, lang);
            "accessibility.html"
        }
        Generated::About => {
            about::insert(&mut context, tracked, lang, output);
            "about.html"
        }
    };
    (template, context)
}

/// Makes the contents of the book below a page.
fn contents_below<'a>(cards: &'a Cards, id: &str, lang: &Lang, output: &str) -> Vec<Entry<'a>> {
    let Some(children) = cards.children(id) else { return Vec::new() };
    let entries = children
        .cards
        .iter()
        .map(|card| Entry { children: contents_below(cards, &card.id, lang, output), ..entry_of(card, lang, output) });
    entries.collect()
}

/// An entry of the glossary page.
#[derive(Debug, Serialize)]
struct EntryView {
    term: String,
    anchor: String,
    definition: String,
    synonyms: Vec<String>,
    see: Option<LinkView>,
    /// Whose the definition is, where it is an organisation's own.
    own: Option<OwnView>,
}

fn glossary(tracked: &Tracked<'_>, lang: &Lang, output: &str) -> Vec<EntryView> {
    let book = tracked.paths();
    let scene = Scene { tracked, page: None, shown_in: lang, lang, output };
    let entries = tracked.glossary(lang).iter().map(|entry| {
        let see = entry.see.as_deref().and_then(|see| tracked.address(lang, see));
        EntryView {
            term: entry.term.clone(),
            anchor: entry.anchor.clone(),
            definition: body::line(&scene, &entry.definition),
            own: entry.layer.as_deref().map(|layer| OwnView {
                replaced: entry.replaced.as_ref().map(|replaced| body::line(&scene, replaced)),
                ..OwnView::new(tracked, lang, layer, "layer-own")
            }),
            synonyms: entry.synonyms.clone(),
            see: see.map(|destination| {
                LinkView::new(destination_title(tracked, lang, &destination), paths::href(book, output, &destination))
            }),
        }
    });
    entries.collect()
}

/// Returns the title of the page, or of its section, that a destination names.
pub(super) fn destination_title(tracked: &Tracked<'_>, lang: &Lang, destination: &Destination) -> String {
    let Destination::Page { id, section, .. } = destination else { return String::new() };
    let Some(page) = tracked.body(lang, id) else { return id.to_string() };
    let heading = section.as_deref().and_then(|section| page.document.section(section));
    match heading {
        Some(heading) => {
            let scene = Scene { tracked, page: Some(page), shown_in: lang, lang: &page.lang, output: "" };
            title_within(&shell::title(tracked, lang, page), &body::heading_text(&scene, &heading.content))
        }
        None => shell::title(tracked, lang, page),
    }
}

/// A day in the list of changes.
#[derive(Debug, Serialize)]
struct ChangeView {
    date: DateView,
    notes: Vec<NoteView>,
}

/// A note of one page.
#[derive(Debug, Serialize)]
struct NoteView {
    note: String,
    /// The language of the note, where it is not translated.
    lang: Option<String>,
    page: LinkView,
}

fn changes(tracked: &Tracked<'_>, lang: &Lang, output: &str) -> Vec<ChangeView> {
    let book = tracked.changes(lang);
    let mut days: BTreeMap<Date, Vec<NoteView>> = BTreeMap::new();
    for (page, change) in book.notes(lang) {
        let own = (page.lang != *lang).then(|| page.lang.to_string());
        let note = NoteView { note: change.note.clone(), lang: own, page: card_link(tracked, lang, &page.id, output) };
        days.entry(change.date).or_default().push(note);
    }
    days.into_iter().rev().map(|(day, notes)| ChangeView { date: date(tracked, lang, day), notes }).collect()
}

/// A statement in the coverage page.
#[derive(Debug, Serialize)]
struct StatementView {
    id: String,
    kind: String,
    text: String,
    places: Vec<LinkView>,
}

fn coverage(tracked: &Tracked<'_>, lang: &Lang, output: &str) -> Vec<StatementView> {
    let book = tracked.coverage(lang);
    let statements = book.statements.list().iter().map(|statement| {
        let places = book.coverage.of(&statement.id).iter().map(|place| said_in(tracked, book, lang, place, output));
        StatementView {
            id: statement.id.clone(),
            kind: tracked.string(lang, kind_key(statement.kind)).to_owned(),
            text: statement.text.clone(),
            places: places.collect(),
        }
    });
    statements.collect()
}

/// Makes the link to a place that says a statement.
fn said_in(tracked: &Tracked<'_>, book: &Book, lang: &Lang, place: &Covered, output: &str) -> LinkView {
    let (title, destination) = match place {
        Covered::Page { page: id, section } => {
            let page = card_link(tracked, lang, id, output).title;
            let heading = section.as_deref().and_then(|section| book.section_title(lang, id, section));
            // A translation may lack the section.
            let anchor = section.as_deref().filter(|_| heading.is_some()).map(Into::into);
            let title = heading.map_or_else(|| page.clone(), |heading| title_within(&page, &heading));
            (title, Destination::Page { lang: Arc::clone(lang), id: Arc::clone(id), section: anchor })
        }
        Covered::Outcome { flow, id } => {
            let state = Some(id.as_ref().into());
            let destination = Destination::Flow { flow: Arc::clone(flow), lang: Arc::clone(lang), state };
            (book.outcome_title(lang, flow, id).unwrap_or_default(), destination)
        }
        Covered::Panel { flow, id } => {
            let destination = Destination::Flow { flow: Arc::clone(flow), lang: Arc::clone(lang), state: None };
            (book.panel_title(lang, flow, id).unwrap_or_default(), destination)
        }
    };
    LinkView::new(title, paths::href(book, output, &destination))
}

/// Returns the key of the string that names a statement's kind.
fn kind_key(kind: &str) -> &'static str {
    match kind {
        "def" => "statement-def",
        "why" => "statement-why",
        "must" => "statement-must",
        "may" => "statement-may",
        "not" => "statement-not",
        "if" => "statement-if",
        "ref" => "statement-ref",
        "ex" => "statement-ex",
        _ => "statement-sit",
    }
}

/// Makes the view of an old id that leads to a page.
pub fn redirect(tracked: &Tracked<'_>, lang: &Lang, alias: &PageId, output: &str) -> View {
    let to = tracked.alias(alias).unwrap_or(alias);
    let link = card_link(tracked, lang, to, output);
    // Two old ids may lead to one page: each redirect has a title of its own.
    let title = format!("{}: {alias}", tracked.string(lang, "moved"));
    let shell = match tracked.body(lang, to) {
        Some(page) => Shell::page(tracked, lang, page, title, output),
        None => Shell::generated(tracked, lang, to, title, output),
    };
    let mut context = context(tracked, lang, &shell);
    context.insert("target", &link);
    ("redirect.html", context)
}

/// Makes the view of the page for addresses that do not exist.
pub fn not_found(tracked: &Tracked<'_>, lang: &Lang, output: &str) -> View {
    let title = tracked.string(lang, "not-found").to_owned();
    let shell = Shell::generated(tracked, lang, "404", title, output);
    let mut context = context(tracked, lang, &shell);
    // A server shows this page at any depth, where relative links lead nowhere.
    let way = |title: &str, path: &str| match &tracked.config().url {
        Some(url) => LinkView::new(title.to_owned(), format!("{url}{}", paths::encode(path))),
        None => LinkView::new(title.to_owned(), paths::relative(output, path)),
    };
    let made = tracked.generated();
    let made =
        made.map(|page| way(tracked.string(lang, page.id()), &paths::generated(tracked.paths(), lang, page.id())));
    let home = way(tracked.string(lang, "home"), &tracked.path(lang, &FRONT.into()));
    context.insert("ways", &std::iter::once(home).chain(made).collect::<Vec<_>>());
    ("404.html", context)
}
