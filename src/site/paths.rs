//! Output paths, and relative links between them.
//!
//! The source language lies at the root, the others below their code; `a/b.md` becomes `a/b.html`. Links name
//! files, so that they work from any prefix and from a folder. It is given ids and returns strings.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::book::cases::is_listed;
use crate::book::links::Destination;
use crate::book::outline::FRONT;
use crate::book::{Book, FilterKey, Generated};
use crate::render::machine::{FEED, SITE_MAP};

/// Characters of file names that a URL's path cannot hold as they are (RFC 3986, section 3.3).
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'|')
    .add(b'&')
    .add(b'\'')
    .add(b':');

/// The path of the style sheet with the colours of `[brand]`.
pub const BRAND_STYLE: &str = "assets/brand.css";

/// Returns the folder of a language: empty for the source language, else `sv/`.
pub fn language(book: &Book, lang: &str) -> String {
    if **book.config.source_lang() == *lang { String::new() } else { format!("{lang}/") }
}

/// Returns the output path of a page in a language, given the path of its file.
pub fn of_file(book: &Book, lang: &str, id: &str, file: &str) -> String {
    let is_folder = id != "index" && file.ends_with("/index.md");
    let name = if is_folder { "/index.html" } else { ".html" };
    format!("{}{id}{name}", language(book, lang))
}

/// Returns the output path of a page of the book in a language.
pub fn page<'a>(book: &'a Book, lang: &str, id: &str) -> Cow<'a, str> {
    match book.card(lang, id) {
        Some(card) => Cow::Borrowed(&card.path),
        None => Cow::Owned(alias(book, lang, id)),
    }
}

/// Returns the output path of an old id, or of a hidden page, in a language.
pub fn alias(book: &Book, lang: &str, id: &str) -> String {
    if let Some(hidden) = book.hidden.get(id) {
        return of_file(book, lang, id, hidden.page.file.below());
    }
    format!("{}{id}.html", language(book, lang))
}

/// Returns the output path of a page that opas makes.
pub fn generated(book: &Book, lang: &str, id: &str) -> String {
    format!("{}{id}.html", language(book, lang))
}

/// The most pages that a section may have to be printed as one.
const PRINTED: usize = 200;

/// Returns the output path of a page's version for paper: sections and cases have one.
pub fn print(book: &Book, lang: &str, id: &str) -> Option<String> {
    let is_case = book.source_pages().get(id).is_some_and(|page| is_listed(page));
    let is_section = id != FRONT && (1..=PRINTED).contains(&book.outline.children(id).len());
    (is_case || is_section).then(|| format!("{}print/{id}.html", language(book, lang)))
}

/// Returns the output path of the cases with one value of a facet: `cases--tag=liitteet.html`.
pub fn filter(book: &Book, lang: &str, key: &FilterKey) -> String {
    generated(book, lang, &filter_id(key))
}

/// Returns the id of that page, which no page of the book can have.
pub fn filter_id((facet, value): &FilterKey) -> String {
    format!("{}--{}={value}", Generated::Cases.id(), facet.name())
}

/// Returns the output path of a flow's first page, on which a script steps in place.
pub fn flow(book: &Book, lang: &str, id: &str) -> String {
    format!("{}flows/{id}.html", language(book, lang))
}

/// Returns the output path of the page of one of a flow's states.
pub fn state(book: &Book, lang: &str, flow: &str, name: &str) -> String {
    format!("{}flows/{flow}/{name}.html", language(book, lang))
}

/// Returns the output path of a flow's diagram; no state can have its name.
pub fn diagram(book: &Book, lang: &str, flow: &str) -> String {
    state(book, lang, flow, "_diagram")
}

/// Returns the output path of a shard of the search index.
pub fn shard(book: &Book, lang: &str, name: &str) -> String {
    format!("{}search/{name}.js", language(book, lang))
}

/// Returns the output path of a file, given its path below `content/`.
pub fn asset(book: &Book, below: &str) -> String {
    let (lang, rest) = below.split_once('/').unwrap_or(("", below));
    format!("{}{rest}", language(book, lang))
}

/// Returns the path, or the address outside the site, and the anchor that a destination stands for.
pub fn destination<'d>(book: &'d Book, destination: &'d Destination) -> (Cow<'d, str>, Option<&'d str>) {
    match destination {
        Destination::External(url) => (Cow::Borrowed(&**url), None),
        Destination::Page { lang, id, section } => (page(book, lang, id), section.as_deref()),
        Destination::Generated { page, lang, anchor } => (generated(book, lang, page.id()).into(), anchor.as_deref()),
        Destination::Flow { flow, lang, state: Some(state) } => (self::state(book, lang, flow, state).into(), None),
        Destination::Flow { flow, lang, state: None } => (self::flow(book, lang, flow).into(), None),
        Destination::Asset(below) => (asset(book, below).into(), None),
    }
}

/// Returns the address of a destination as seen from an output.
pub fn href(book: &Book, from: &str, to: &Destination) -> String {
    if let Destination::External(url) = to {
        return url.to_string();
    }
    match destination(book, to) {
        (path, Some(anchor)) if path == from => format!("#{anchor}"),
        (path, Some(anchor)) => format!("{}#{anchor}", relative(from, &path)),
        (path, None) => relative(from, &path),
    }
}

/// Returns the way from one output to the site's root: empty, or `../` as often as needed.
pub fn root(from: &str) -> String {
    "../".repeat(from.matches('/').count())
}

/// Percent-encodes a path for a URL.
pub fn encode(path: &str) -> String {
    utf8_percent_encode(path, ENCODED).to_string()
}

/// Returns the path of the feed of changes in a language; none for a book without address or changes.
pub fn feed(book: &Book, lang: &str) -> Option<String> {
    let has_changes = book.generated.iter().any(|(page, _)| *page == Generated::Changes);
    (book.config.url.is_some() && has_changes).then(|| format!("{}{FEED}", language(book, lang)))
}

/// Returns the path of the site map; none for a book without address.
pub fn site_map(book: &Book) -> Option<&'static str> {
    book.config.url.is_some().then_some(SITE_MAP)
}

/// Returns the relative link from one output to another, percent-encoded.
pub fn relative(from: &str, to: &str) -> String {
    let from_folder = from.rfind('/').map_or("", |at| &from[..=at]);
    let common = from_folder.split_inclusive('/').zip(to.split_inclusive('/')).take_while(|(a, b)| a == b);
    let shared: usize = common.map(|(part, _)| part.len()).sum();
    let up = from_folder[shared..].matches('/').count();
    let rest = &to[shared..];
    format!("{}{}", "../".repeat(up), utf8_percent_encode(rest, ENCODED))
}

#[cfg(test)]
mod tests {
    use super::{relative, root};

    fn check(from: &str, to: &str, expected: &str) {
        assert_eq!(relative(from, to), expected, "{from} -> {to}");
    }

    #[test]
    fn links_are_relative_and_encoded() {
        check("index.html", "a/b.html", "a/b.html");
        check("a/b.html", "a/c.html", "c.html");
        check("a/b.html", "index.html", "../index.html");
        check("a/b/c.html", "a/d/e.html", "../d/e.html");
        check("a/b.html", "a/b.html", "b.html");
        check("ab/x.html", "a/y.html", "../a/y.html");
        check("index.html", "kuva yksi 100%.png", "kuva%20yksi%20100%25.png");
        check("index.html", "työ.png", "ty%C3%B6.png");
        assert_eq!(root("a/b/c.html"), "../../");
    }
}
