//! The page of search results, and the texts that the browser's search shows.
//!
//! It is given a language and returns the page, which a script fills, or the script `search/texts.js`: the strings of
//! search, the names of channels and layers, and the ways on where nothing is found. It knows nothing of the index.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Tracked;
use super::shell::{LinkView, Shell, expand};
use super::views::{View, context};
use crate::config::Lang;
use crate::site::paths;

/// What the browser's search shows beside results.
#[derive(Serialize)]
struct Texts<'a> {
    /// Strings of the theme, by key.
    strings: BTreeMap<&'a str, &'a str>,
    /// The names of layers.
    layers: BTreeMap<String, String>,
    /// Where a reader may go on: titles and output paths; flows first.
    ways: Vec<(String, String)>,
    /// The title and the path of the glossary, under which terms stand.
    glossary: Option<(String, String)>,
}

/// Makes the view of the page of search results.
pub fn page(tracked: &Tracked<'_>, lang: &Lang, output: &str) -> View {
    let title = tracked.string(lang, "search").to_owned();
    let shell = Shell::generated(tracked, lang, "search", title, output);
    let mut context = context(tracked, lang, &shell);
    context.insert(
        "ways",
        &ways(tracked, lang)
            .map(|(title, path)| LinkView::new(title, paths::relative(output, &path)))
            .collect::<Vec<_>>(),
    );
    ("search.html", context)
}

/// Makes the script of the texts.
pub fn texts(tracked: &Tracked<'_>, lang: &Lang) -> Vec<u8> {
    let is_shown = |key: &str| key.starts_with("search") || key.starts_with("channel-");
    let strings = tracked.all_strings(lang).iter().filter(|(key, _)| is_shown(key));
    let glossary = tracked.generated().find(|page| *page == crate::book::Generated::Glossary);
    let texts = Texts {
        strings: strings.map(|(key, text)| (key.as_str(), text.as_str())).collect(),
        layers: tracked
            .layers()
            .iter()
            .map(|layer| layer.manifest.name.to_string())
            .map(|name| (name.clone(), tracked.layer_title(lang, &name)))
            .collect(),
        ways: ways(tracked, lang).collect(),
        glossary: glossary.map(|page| generated(tracked, lang, page)),
    };
    let json = serde_json::to_string(&texts).expect("strings are always valid JSON");
    format!("opasSearch(\"texts\",{json});\n").into_bytes()
}

/// The flows of the book, then the pages that opas makes.
fn ways<'a>(tracked: &Tracked<'a>, lang: &Lang) -> impl Iterator<Item = (String, String)> + use<'a> {
    let book = tracked.paths();
    let flows: Vec<_> = tracked
        .flows(lang)
        .map(|flow| (expand(tracked, lang, &flow.title), paths::flow(book, lang, &flow.id)))
        .collect();
    let pages: Vec<_> = tracked.generated().map(|page| generated(tracked, lang, page)).collect();
    flows.into_iter().chain(pages)
}

fn generated(tracked: &Tracked<'_>, lang: &Lang, page: crate::book::Generated) -> (String, String) {
    (tracked.string(lang, page.id()).to_owned(), paths::generated(tracked.paths(), lang, page.id()))
}
