//! What stands around every page: titles, languages, breadcrumbs, navigation, footer.
//!
//! It is given a page's place in the book and returns the values that the base template shows. The navigation
//! holds the way to the page and a window of its neighbours, so that it stays small however large the book.

use serde::Serialize;

use super::Tracked;
use super::lists::{self, Entry, Mark};
use crate::book::outline::FRONT;
use crate::book::{Card, FilterKey, Generated, Page, PageId};
use crate::config::{Brand, Lang};
use crate::site::paths;

/// How many pages of one section the navigation shows at most.
const WINDOW: usize = 16;

/// The height of the logo in the header, in CSS pixels.
const LOGO: usize = 36;

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
    /// The way to the logo, if there is one, and its size.
    pub logo: Option<LogoView>,
    /// The organisation's colour, if it has one.
    pub accent: Option<String>,
    /// The layers that the book has been changed by.
    pub layers: Vec<LayerView>,
}

/// A logo, scaled to the height of the header.
#[derive(Debug, Serialize)]
pub struct LogoView {
    pub href: String,
    pub width: usize,
    pub height: usize,
}

/// A layer, as the footer shows it.
#[derive(Debug, Serialize)]
pub struct LayerView {
    pub name: String,
    pub title: String,
    pub version: String,
}

/// What the base template shows.
#[derive(Debug, Serialize)]
pub struct Shell {
    pub lang: String,
    /// The way to the site's root: empty or `../`s.
    pub root: String,
    /// The way to the front page of this language.
    pub home: String,
    /// The way to the page of search results.
    pub search: String,
    pub page_id: String,
    pub title: String,
    pub site: SiteView,
    pub languages: Vec<LanguageView>,
    pub breadcrumbs: Vec<LinkView>,
    /// HTML: the navigation.
    pub nav: String,
    pub footer: Vec<LinkView>,
    /// The way to the list of cases, if there is one. The navigation leaves it out, as it stands beside the section
    /// of the cases there, and the section leads to it.
    pub cases: Option<String>,
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

    /// Makes the shell of a list of cases that a filter made; where another language has no such filter, its
    /// whole list stands for it.
    pub fn filtered(tracked: &Tracked<'_>, lang: &Lang, title: String, key: &FilterKey, output: &str) -> Self {
        let book = tracked.paths();
        let list = |lang: &Lang| paths::generated(book, lang, Generated::Cases.id());
        let above = tracked.string(lang, Generated::Cases.id()).to_owned();
        let breadcrumbs = vec![
            card_link(tracked, lang, &FRONT.into(), output),
            LinkView::new(above, paths::relative(output, &list(lang))),
        ];
        let path = |lang: &Lang| match tracked.cases(lang).filter(key) {
            Some(_) => paths::filter(book, lang, key),
            None => list(lang),
        };
        let (id, nav) = (paths::filter_id(key), navigation(tracked, lang, None, output));
        Shell::new(tracked, lang, &id, title, breadcrumbs, nav, output, path)
    }

    /// Makes the shell of a page's version for paper.
    pub fn printed(tracked: &Tracked<'_>, lang: &Lang, page: &Page, title: String, output: &str) -> Self {
        let way = tracked.ancestors(&page.id).into_iter().chain([&page.id]);
        let breadcrumbs = way.map(|id| card_link(tracked, lang, id, output)).collect();
        let nav = navigation(tracked, lang, None, output);
        let path = |lang: &Lang| tracked.print(lang, &page.id).unwrap_or_default();
        let id = format!("print/{}", page.id);
        Shell::new(tracked, lang, &id, title, breadcrumbs, nav, output, path)
    }

    /// Makes the shell of a page of the book.
    pub fn page(tracked: &Tracked<'_>, lang: &Lang, page: &Page, title: String, output: &str) -> Self {
        let ancestors = tracked.ancestors(&page.id);
        let breadcrumbs = ancestors.into_iter().map(|id| card_link(tracked, lang, id, output)).collect();
        let nav = navigation(tracked, lang, Some(&page.id), output);
        let path = |lang: &Lang| tracked.path(lang, &page.id).into_owned();
        Shell::new(tracked, lang, &page.id, title, breadcrumbs, nav, output, path)
    }

    #[expect(clippy::too_many_arguments, reason = "the constructors above are its only callers")]
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
        let way = |page: Generated| paths::relative(output, &paths::generated(tracked.paths(), lang, page.id()));
        let footer = tracked.generated().map(|page| LinkView {
            current: page.id() == id,
            ..LinkView::new(tracked.string(lang, page.id()).to_owned(), way(page))
        });
        Shell {
            lang: lang.to_string(),
            root: paths::root(output),
            home: paths::relative(output, &tracked.path(lang, &FRONT.into())),
            search: paths::relative(output, &paths::generated(tracked.paths(), lang, "search")),
            page_id: id.to_owned(),
            title,
            site: SiteView {
                id: config.id.clone(),
                title: tracked.site_title(lang),
                version: config.version.clone(),
                description: config.description.as_ref().map(text),
                source_title: config.source.as_ref().map(|source| text(&source.title)),
                layers: layers(tracked, lang),
                source_date: config.source.as_ref().and_then(|source| source.date.as_ref()).map(text),
                logo: logo(&config.brand, output),
                accent: config.brand.accent.map(|accent| accent.to_string()),
            },
            languages: languages.collect(),
            breadcrumbs,
            nav,
            footer: footer.collect(),
            cases: tracked.generated().find(|page| *page == Generated::Cases).map(way),
            is_front: id == FRONT,
            feed: paths::feed(tracked.paths(), lang).map(|path| paths::relative(output, &path)),
        }
    }
}

/// Scales the logo to the header: its size is known before it has loaded, so that nothing moves.
fn logo(brand: &Brand, output: &str) -> Option<LogoView> {
    let (name, logo) = brand.logo_name().zip(brand.logo.as_ref())?;
    let (width, height) = super::images::size(&logo.bytes).unwrap_or((LOGO, LOGO));
    let width = (width * LOGO).div_ceil(height.max(1)).clamp(1, LOGO * 6);
    Some(LogoView { href: format!("{}assets/{name}", paths::root(output)), width, height: LOGO })
}

/// Lists the layers of the edition.
fn layers(tracked: &Tracked<'_>, lang: &Lang) -> Vec<LayerView> {
    let view = |layer: &std::sync::Arc<crate::layer::Layer>| LayerView {
        name: layer.manifest.name.to_string(),
        title: tracked.layer_title(lang, &layer.manifest.name),
        version: layer.manifest.version.clone(),
    };
    tracked.layers().iter().map(view).collect()
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
    let (pages, _) = level(tracked, lang, &front, way.get(1..).unwrap_or_default(), output);
    let mut entries = flow_entries(tracked, lang, output);
    entries.extend(pages);
    lists::html(&entries, tracked.string(lang, "more"))
}

/// Makes the entries of the flows, which stand before the pages: they are where a reader begins.
pub fn flow_entries<'a>(tracked: &Tracked<'a>, lang: &Lang, output: &str) -> Vec<Entry<'a>> {
    let entries = tracked.flows(lang).map(|flow| {
        let path = paths::flow(tracked.paths(), lang, &flow.id);
        let is_below = output.strip_prefix(path.trim_end_matches(".html")).is_some_and(|rest| rest.starts_with('/'));
        Entry {
            title: expand(tracked, &flow.lang, &flow.title).into(),
            lang: (flow.lang != *lang).then_some(&*flow.lang),
            href: paths::relative(output, &path),
            mark: if path == output {
                Mark::Current
            } else if is_below {
                Mark::Open
            } else {
                Mark::None
            },
            ..Entry::default()
        }
    });
    entries.collect()
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
