//! What stands around every page: titles, languages, breadcrumbs, navigation, footer.
//!
//! It is given a page's place in the book and returns the values that the base template shows. The navigation
//! holds the way to the page and a window of its neighbours, so that it stays small however large the book.

use serde::Serialize;

use super::Tracked;
use super::lists::{self, Entry, Mark};
use crate::book::outline::FRONT;
use crate::book::{Card, Page, PageId};
use crate::config::Lang;
use crate::site::paths;

/// How many pages of one section the navigation shows at most.
const WINDOW: usize = 16;

/// A link with its text.
#[derive(Debug, Serialize)]
pub struct LinkView {
    pub title: String,
    pub href: String,
    /// The language of the text, where it is not that of the site.
    pub lang: Option<String>,
    /// Whether it leads to the page that shows it.
    pub current: bool,
}

impl LinkView {
    /// Makes a link whose text is in the language of the site.
    pub fn new(title: String, href: String) -> Self {
        LinkView { title, href, lang: None, current: false }
    }
}

/// Another language of the same page.
#[derive(Debug, Serialize)]
pub struct LanguageView {
    pub code: String,
    pub name: String,
    pub href: String,
    pub current: bool,
}

/// The book, as the header and the footer show it.
#[derive(Debug, Serialize)]
pub struct SiteView {
    pub id: String,
    pub title: String,
    pub version: String,
    pub description: Option<String>,
    pub source_title: Option<String>,
    pub source_date: Option<String>,
}

/// What the base template shows.
#[derive(Debug, Serialize)]
pub struct Shell {
    pub lang: String,
    /// The way to the site's root: empty or `../`s.
    pub root: String,
    /// The way to the front page of this language.
    pub home: String,
    pub page_id: String,
    pub title: String,
    pub site: SiteView,
    pub languages: Vec<LanguageView>,
    pub breadcrumbs: Vec<LinkView>,
    /// HTML: the navigation.
    pub nav: String,
    pub footer: Vec<LinkView>,
    pub is_front: bool,
    /// The way to the feed of changes, if there is one.
    pub feed: Option<String>,
}

impl Shell {
    /// Makes the shell of a page that is no page of the book.
    pub fn generated(tracked: &Tracked<'_>, lang: &Lang, id: &str, title: String, output: &str) -> Self {
        let front: PageId = FRONT.into();
        let breadcrumbs = vec![card_link(tracked, lang, &front, output)];
        let path = |lang: &Lang| paths::generated(tracked.paths(), lang, id);
        Shell::new(tracked, lang, id, title, breadcrumbs, navigation(tracked, lang, None, output), output, path)
    }

    /// Makes the shell of a page of the book.
    pub fn page(tracked: &Tracked<'_>, lang: &Lang, page: &Page, title: String, output: &str) -> Self {
        let ancestors = tracked.ancestors(&page.id);
        let breadcrumbs = ancestors.into_iter().map(|id| card_link(tracked, lang, id, output)).collect();
        let nav = navigation(tracked, lang, Some(&page.id), output);
        let path = |lang: &Lang| tracked.path(lang, &page.id).into_owned();
        Shell::new(tracked, lang, &page.id, title, breadcrumbs, nav, output, path)
    }

    #[expect(clippy::too_many_arguments, reason = "the two constructors above are its only callers")]
    fn new(
        tracked: &Tracked<'_>,
        lang: &Lang,
        id: &str,
        title: String,
        breadcrumbs: Vec<LinkView>,
        nav: String,
        output: &str,
        path: impl Fn(&Lang) -> String,
    ) -> Self {
        let config = tracked.config();
        let source_lang = config.source_lang();
        let text = |texts: &crate::config::Texts| texts.get(lang, source_lang).to_owned();
        let languages = config.languages.iter().map(|code| LanguageView {
            code: code.to_string(),
            name: tracked.string(code, "language-name").to_owned(),
            href: paths::relative(output, &path(code)),
            current: code == lang,
        });
        let generated = tracked.generated();
        let footer = generated.map(|page| LinkView {
            current: page.id() == id,
            ..LinkView::new(
                tracked.string(lang, page.id()).to_owned(),
                paths::relative(output, &paths::generated(tracked.paths(), lang, page.id())),
            )
        });
        Shell {
            lang: lang.to_string(),
            root: paths::root(output),
            home: paths::relative(output, &tracked.path(lang, &FRONT.into())),
            page_id: id.to_owned(),
            title,
            site: SiteView {
                id: config.id.clone(),
                title: config.title(lang).to_owned(),
                version: config.version.clone(),
                description: config.description.as_ref().map(text),
                source_title: config.source.as_ref().map(|source| text(&source.title)),
                source_date: config.source.as_ref().and_then(|source| source.date.as_ref()).map(text),
            },
            languages: languages.collect(),
            breadcrumbs,
            nav,
            footer: footer.collect(),
            is_front: id == FRONT,
            feed: paths::feed(tracked.paths(), lang).map(|path| paths::relative(output, &path)),
        }
    }
}

/// Makes a link to a page with its title.
pub fn card_link(tracked: &Tracked<'_>, lang: &Lang, id: &PageId, output: &str) -> LinkView {
    match tracked.card(lang, id) {
        Some(card) => link_to(card, lang, output),
        None => LinkView::new(id.to_string(), String::new()),
    }
}

/// Makes a link to the page of a card.
pub fn link_to(card: &Card, lang: &Lang, output: &str) -> LinkView {
    LinkView {
        lang: (card.lang != *lang).then(|| card.lang.to_string()),
        ..LinkView::new(card.title.clone(), paths::relative(output, &card.path))
    }
}

/// Returns a page's title with the values of variables put in.
pub fn title(tracked: &Tracked<'_>, lang: &Lang, page: &Page) -> String {
    expand(tracked, lang, page.title())
}

/// Puts values into a plain text, noting each.
pub fn expand(tracked: &Tracked<'_>, lang: &Lang, text: &str) -> String {
    crate::values::expand(text, |name| tracked.value(lang, name)).into_owned()
}

/// Makes the navigation: the top level, opened down to the page.
fn navigation(tracked: &Tracked<'_>, lang: &Lang, id: Option<&PageId>, output: &str) -> String {
    let mut way: Vec<&PageId> = id.map(|id| tracked.ancestors(id)).unwrap_or_default();
    way.extend(id);
    let front: PageId = FRONT.into();
    let (entries, _) = level(tracked, lang, &front, way.get(1..).unwrap_or_default(), output);
    lists::html(&entries, tracked.string(lang, "more"))
}

/// Makes one level of the navigation; returns whether entries were left out.
///
/// The top level and the page's own level show a window of their pages, the levels between only the way.
fn level<'a>(
    tracked: &Tracked<'a>,
    lang: &Lang,
    parent: &PageId,
    way: &[&PageId],
    output: &str,
) -> (Vec<Entry<'a>>, bool) {
    let cards = tracked.children(lang, parent);
    let here = way.first().and_then(|next| cards.iter().position(|card| card.id == **next));
    let is_between = way.len() > 1 && **parent != *FRONT;
    let width = if is_between { 1 } else { WINDOW };
    let start = here.unwrap_or(0).saturating_sub(width / 2).min(cards.len().saturating_sub(width));
    let shown = &cards[start..cards.len().min(start + width)];
    let entries = shown.iter().map(|card| {
        let mut entry = entry_of(card, lang, output);
        if way.first().is_some_and(|next| **next == card.id) {
            let rest = way.get(1..).unwrap_or_default();
            entry.mark = if rest.is_empty() { Mark::Current } else { Mark::Open };
            (entry.children, entry.is_cut) = level(tracked, lang, &card.id, rest, output);
        }
        entry
    });
    (entries.collect(), shown.len() < cards.len())
}

/// Makes the entry of a page in a list that is shown in a language.
pub fn entry_of<'a>(card: &'a Card, lang: &Lang, output: &str) -> Entry<'a> {
    Entry {
        title: card.title.as_str().into(),
        lang: (card.lang != *lang).then_some(&*card.lang),
        href: paths::relative(output, &card.path),
        ..Entry::default()
    }
}
