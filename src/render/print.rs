//! Pages for paper: a section with all its pages on one, and the quick card of a case.
//!
//! It is given a page's id and returns a template's name and its context. Texts are the same as on the pages
//! themselves; terms are plain words, as nothing opens on paper.

use serde::Serialize;

use super::Tracked;
use super::body::{self, Scene};
use super::shell::{self, Shell};
use super::views::{self, DateView, OwnView, View, context};
use crate::book::{Kind, Page, PageId};
use crate::config::Lang;
use crate::site::paths;

/// A page as a part of the printed one.
#[derive(Debug, Serialize)]
struct PartView {
    title: String,
    summary: Option<String>,
    /// Whose the title and the summary are, where layers have replaced them.
    restated: Vec<OwnView>,
    /// The language of the text, where it is not translated.
    lang: Option<String>,
    body: String,
}

/// What the template shows besides the shell.
#[derive(Debug, Serialize)]
struct PrintView {
    /// The way to the page itself.
    page: String,
    is_card: bool,
    own: PartView,
    parts: Vec<PartView>,
    owner: Option<String>,
    reviewed: Option<DateView>,
    /// The first day on which one of the pages is to be looked at again.
    review_by: Option<DateView>,
}

/// Makes the view of a page for paper.
pub fn print(tracked: &Tracked<'_>, lang: &Lang, id: &PageId, output: &str) -> View {
    let page = tracked.body(lang, id).expect("only pages of the book have a page for paper");
    let front = views::facts(tracked, id, page);
    let is_card = front.kind == Kind::Case && !front.practice;
    let name = tracked.string(lang, if is_card { "quick-card" } else { "print-section" });
    let title = format!("{name}: {}", shell::title(tracked, lang, page));
    let shell = Shell::printed(tracked, lang, page, title, output);
    let children = if is_card { &[] } else { tracked.children(lang, id) };
    let numbered = children.iter().zip(1..);
    let pages: Vec<_> = numbered.filter_map(|(card, number)| Some((tracked.body(lang, &card.id)?, number))).collect();
    let reviews = pages.iter().filter_map(|(page, _)| views::facts(tracked, &page.id, page).review_by);
    let review_by = reviews.chain(front.review_by).min();
    let parts = pages.iter().map(|(page, number)| part(tracked, lang, page, Some(*number), output));
    let view = PrintView {
        page: paths::relative(output, &tracked.path(lang, id)),
        is_card,
        own: part(tracked, lang, page, None, output),
        parts: parts.collect(),
        owner: front.owner.clone(),
        reviewed: front.reviewed.map(|day| views::date(tracked, lang, day)),
        review_by: review_by.map(|day| views::date(tracked, lang, day)),
    };
    let mut context = context(tracked, lang, &shell);
    context.insert("print", &view);
    ("print.html", context)
}

fn part(tracked: &Tracked<'_>, lang: &Lang, page: &Page, number: Option<usize>, output: &str) -> PartView {
    let scene = Scene { tracked, page: Some(page), shown_in: lang, lang: &page.lang, output };
    // Of a page among others only the title is shown.
    let shown = if number.is_none() { 2 } else { 1 };
    PartView {
        restated: views::restated(tracked, lang, page).into_iter().take(shown).flatten().collect(),
        title: shell::title(tracked, lang, page),
        summary: page.front.summary.as_deref().map(|summary| shell::expand(tracked, lang, summary)),
        lang: (page.lang != *lang).then(|| page.lang.to_string()),
        body: body::printed(&scene, &page.document, number),
    }
}
