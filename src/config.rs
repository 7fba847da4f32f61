//! The settings of a book: `book.toml`, checked once.
//!
//! It is given the text of `book.toml` and returns a [`Config`] or says, key by key, what is wrong. It knows
//! nothing of the content.

pub mod accessibility;
pub mod brand;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::{Data, Node, Value};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::flow::Facts;
use crate::render::theme::DEFAULT;
use crate::source::{LISTS, Source, TextFile};

pub use accessibility::Accessibility;
pub use brand::Brand;

/// The name of the settings' file.
pub const FILE: &str = "book.toml";

/// The tables of the file.
pub const KEYS: [&str; 5] = ["book", "brand", "accessibility", "check", "editions"];
/// The keys of `[book]`.
pub const BOOK_KEYS: [&str; 9] =
    ["id", "version", "languages", "title", "description", "source", "url", "edit-url", "theme"];
/// The keys of `source` in `[book]`.
pub const SOURCE_KEYS: [&str; 2] = ["title", "date"];
/// The keys of `[check]`.
pub const CHECK_KEYS: [&str; 2] = ["flow-coverage", "search"];
/// The keys of `search` in `[check]`.
pub const SEARCH_KEYS: [&str; 2] = ["file", "hit3"];
/// The keys of `[editions.NAME]`.
pub const EDITION_KEYS: [&str; 2] = ["layers", "trust-themes"];

/// A language code, such as `fi`.
pub type Lang = Arc<str>;

/// A text in several languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<Lang, String>);

impl Texts {
    /// Returns the text in a language, or else in the source language.
    pub fn get(&self, lang: &str, source_lang: &str) -> &str {
        let found = self.0.get(lang).or_else(|| self.0.get(source_lang)).or_else(|| self.0.values().next());
        found.map_or("", String::as_str)
    }

    /// Returns the texts in all languages that have one.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

/// The guidance that the book retells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guidance {
    /// Its title.
    pub title: Texts,
    /// Its date as the source itself gives it; none where it gives none.
    pub date: Option<Texts>,
}

/// A named stack of layers over the book.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edition {
    /// Where its layers are named.
    pub place: Option<Place>,
    /// The folders of its layers, relative to the book's, from the lowest up.
    pub layers: Vec<String>,
    /// The names of the layers whose theme files are used, with where each is said.
    pub trust_themes: Vec<(String, Place)>,
}

/// The name of the edition without layers.
pub const BASE: &str = "base";

/// A list of queries, and how many of them must find their page.
#[derive(Debug, Clone)]
pub struct SearchCheck {
    /// The list.
    pub list: Arc<TextFile>,
    /// How many per cent of the queries must have their page among the first three results.
    pub hit3: u8,
    /// Where the settings ask for it.
    pub place: Place,
}

/// The settings of a book.
#[derive(Debug, Clone)]
pub struct Config {
    /// The book's id.
    pub id: String,
    /// The version, kept by hand.
    pub version: String,
    /// The languages; the first is the source language.
    pub languages: Vec<Lang>,
    /// The title.
    pub title: Texts,
    /// One sentence about the book, for search engines and link previews.
    pub description: Option<Texts>,
    /// The guidance that the book retells.
    pub source: Option<Guidance>,
    /// Where the site is published, ending in `/`; needed for the feed and the site map.
    pub url: Option<String>,
    /// Where a file of the book is edited, with `{path}` for its path below the book's folder.
    pub edit_url: Option<String>,
    /// The folder below `themes/` whose files replace those of the built-in theme.
    pub theme: String,
    /// The organisation's look.
    pub brand: Brand,
    /// What the accessibility statement says; without it there is no such page.
    pub accessibility: Option<Accessibility>,
    /// The part of every flow's edges that the walks must exercise, in per cent; none where it is not asked for.
    pub flow_coverage: Option<u8>,
    /// How well a list of queries must be answered; none where it is not asked for.
    pub search_check: Option<SearchCheck>,
    /// What an organisation says about itself: answers to flows' questions in advance. Layers give them; the book
    /// itself has none.
    pub facts: Facts,
    /// The editions besides `base`, by name.
    pub editions: BTreeMap<String, Edition>,
    /// The digest of `book.toml`, of the logo that it names, and of what layers put in their place.
    pub digest: Digest,
}

impl Config {
    /// Returns the source language.
    pub fn source_lang(&self) -> &Lang {
        &self.languages[0]
    }

    /// Returns the title in a language.
    pub fn title(&self, lang: &str) -> &str {
        self.title.get(lang, self.source_lang())
    }

    /// Reads the settings from the source's `book.toml`.
    ///
    /// # Errors
    /// Returns every fault found (all `E004`).
    pub fn read(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let Some(file) = source.text(FILE) else {
            let help = "run opas in the folder of a book, or name it with --book; `opas new book DIR` makes one";
            return Err(vec![Diagnostic::new(Code::E004, "there is no book.toml here").help(help)]);
        };
        let data = Data::from_toml(file).map_err(|fault| vec![*fault])?;
        let mut out = Vec::new();
        let config = read(&data.node(), source, file, &mut out);
        match config {
            Some(config) if out.is_empty() => Ok(config),
            _ => Err(out),
        }
    }
}

/// Reads the whole document.
fn read(root: &Node<'_>, source: &Source, file: &TextFile, out: &mut Vec<Diagnostic>) -> Option<Config> {
    root.only(&KEYS, out);
    let check = root.get("check");
    if let Some(check) = &check {
        check.only(&CHECK_KEYS, out);
    }
    let flow_coverage = check
        .as_ref()
        .and_then(|check| check.get("flow-coverage"))
        .and_then(|node| per_cent(&node, "flow-coverage", out));
    let search_check = check.and_then(|check| check.get("search")).and_then(|node| search_check(&node, source, out));
    let book = root.required("book", out)?;
    book.only(&BOOK_KEYS, out);
    let languages = languages(&book, out);
    let brand = root.get("brand").map(|node| Brand::read(&node, source, "", out)).unwrap_or_default();
    let accessibility = root.get("accessibility").map(|node| Accessibility::read(&node, &languages, out));
    let logo = brand.logo.as_ref().map(|logo| logo.digest);
    let id = book.required("id", out).and_then(|node| id(&node, out));
    let version = book.required("version", out).and_then(|node| node.text(out));
    let title = book.required("title", out).map(|node| texts(&node, &languages, out));
    let description = book.get("description").map(|node| texts(&node, &languages, out));
    let source = book.get("source").and_then(|node| guidance(&node, &languages, out));
    let url = book.get("url").and_then(|node| url(&node, out));
    let edit_url = book.get("edit-url").and_then(|node| edit_url(&node, out));
    let theme = book.get("theme").and_then(|node| id_of(&node, "a theme's folder", out));
    Some(Config {
        id: id?,
        version: version?.to_owned(),
        languages: if languages.is_empty() { return None } else { languages },
        title: title?,
        description,
        source,
        url,
        edit_url,
        theme: theme.unwrap_or_else(|| DEFAULT.to_owned()),
        brand,
        accessibility,
        flow_coverage,
        search_check,
        facts: Facts::new(),
        editions: editions(root, out),
        digest: logo.map_or(file.digest, |logo| Digest::of_parts([file.digest, logo])),
    })
}

/// Reads a whole number of per cent.
fn per_cent(node: &Node<'_>, key: &str, out: &mut Vec<Diagnostic>) -> Option<u8> {
    let percent = match node.value() {
        Value::Number(number) => number.parse().ok().filter(|percent| *percent <= 100),
        _ => None,
    };
    if percent.is_none() {
        let fault = node.fault(Code::E012, format!("`{key}` must be a whole number of per cent, from 0 to 100"));
        out.push(fault.help(format!("write, for example, `{key} = 90`")));
    }
    percent
}

/// Reads `[check] search`.
fn search_check(node: &Node<'_>, source: &Source, out: &mut Vec<Diagnostic>) -> Option<SearchCheck> {
    node.only(&SEARCH_KEYS, out);
    let hit3 = per_cent(&node.required("hit3", out)?, "hit3", out)?;
    let file = node.required("file", out)?;
    let path = file.text(out)?;
    let Some(list) = source.text(path).filter(|_| path.starts_with(LISTS)) else {
        let fault = file.fault(Code::E012, format!("there is no list of queries at `{path}`"));
        out.push(
            fault.help(format!("lists of queries are YAML files in `{LISTS}/`; write the path from the book's folder")),
        );
        return None;
    };
    Some(SearchCheck { list: Arc::clone(list), hit3, place: node.place() })
}

/// Reads `[editions.NAME]`.
fn editions(root: &Node<'_>, out: &mut Vec<Diagnostic>) -> BTreeMap<String, Edition> {
    let mut editions = BTreeMap::new();
    let Some(node) = root.get("editions") else { return editions };
    for (name, node) in node.entries(out) {
        if !is_id(name) || name == BASE {
            let fault =
                node.fault(Code::E012, format!("`{name}` cannot be the name of an edition")).at(node.key_place());
            let help =
                format!("use lower-case letters a to z, digits and hyphens; `{BASE}` is the book without layers");
            out.push(fault.help(help));
            continue;
        }
        node.only(&EDITION_KEYS, out);
        let layers = node.required("layers", out).map(|layers| layers.texts(out)).unwrap_or_default();
        let layers = layers.into_iter().map(str::to_owned).collect();
        let names = node.get("trust-themes").map(|names| names.items(out)).unwrap_or_default();
        let trust_themes = names.iter().filter_map(|name| Some((name.text(out)?.to_owned(), name.place()))).collect();
        let place = node.get("layers").map(|layers| layers.place());
        editions.insert(name.to_owned(), Edition { place, layers, trust_themes });
    }
    editions
}

fn id(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    id_of(node, "an id", out)
}

/// Reads an id; `what` says in messages what it is.
pub fn id_of(node: &Node<'_>, what: &str, out: &mut Vec<Diagnostic>) -> Option<String> {
    let text = node.text(out)?;
    if is_id(text) {
        return Some(text.to_owned());
    }
    let help = "use lower-case letters a to z, digits and hyphens";
    out.push(node.fault(Code::E012, format!("`{text}` cannot be {what}")).help(help));
    None
}

/// Returns whether a text is an id: lower-case ASCII letters, digits and hyphens.
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn languages(book: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Lang> {
    let Some(node) = book.required("languages", out) else { return Vec::new() };
    let mut languages: Vec<Lang> = Vec::new();
    for item in node.items(out) {
        let Some(code) = item.text(out) else { continue };
        let is_code = (2..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_code {
            let fault = item.fault(Code::E012, format!("`{code}` is not a language code"));
            out.push(fault.help("write two or three lower-case letters, such as fi"));
        } else if languages.iter().any(|known| **known == *code) {
            out.push(item.fault(Code::E012, format!("the language `{code}` is listed twice")));
        } else {
            languages.push(code.into());
        }
    }
    if matches!(node.value(), Value::List(items) if items.is_empty()) {
        let fault = node.fault(Code::E012, "`languages` must list at least the source language");
        out.push(fault.help("write, for example, `languages = [\"fi\"]`"));
    }
    languages
}

/// Reads a plain text (source language) or a table of texts by language.
pub fn texts(node: &Node<'_>, languages: &[Lang], out: &mut Vec<Diagnostic>) -> Texts {
    let mut texts = Texts::default();
    if let Value::Text(text) = node.value() {
        texts.0.insert(languages.first().cloned().unwrap_or_else(|| "".into()), text.clone());
        return texts;
    }
    let known: Vec<&str> = languages.iter().map(|lang| &**lang).collect();
    node.only(&known, out);
    for lang in languages {
        let found = node.get(lang).and_then(|text| text.text(out));
        if let Some(text) = found {
            texts.0.insert(Arc::clone(lang), text.to_owned());
        }
    }
    if let Some(source_lang) = languages.first()
        && !texts.0.contains_key(source_lang)
        && matches!(node.value(), Value::Map(_))
    {
        let fault = node.fault(Code::E013, format!("the text in the source language `{source_lang}` is missing"));
        out.push(fault.help(format!("write `{source_lang} = \"…\"`")));
    }
    texts
}

fn guidance(node: &Node<'_>, languages: &[Lang], out: &mut Vec<Diagnostic>) -> Option<Guidance> {
    node.only(&SOURCE_KEYS, out);
    let title = texts(&node.required("title", out)?, languages, out);
    let date = node.get("date").map(|date| texts(&date, languages, out));
    Some(Guidance { title, date })
}

/// What stands for the path of a file in `edit-url`.
pub const EDITED: &str = "{path}";

/// Reads `edit-url`, of the book or of a layer.
pub fn edit_url(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    let text = node.text(out)?;
    let rest = after_scheme(text).filter(|rest| !rest.starts_with(['/', '{']));
    if rest.is_none_or(|rest| !rest.contains(EDITED) || rest.contains([' ', '"', '<', '>', '\\'])) {
        let fault = node.fault(Code::E012, format!("`edit-url` cannot be `{text}`"));
        let example = "https://git.example.org/handbook/edit/main/{path}";
        out.push(fault.help(format!("write where files are edited, with `{EDITED}` in it, such as `{example}`")));
        return None;
    }
    Some(text.to_owned())
}

fn after_scheme(address: &str) -> Option<&str> {
    address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))
}

/// Reads `url`, of the book or of a layer.
pub fn url(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    let text = node.text(out)?;
    if after_scheme(text).is_none_or(|rest| rest.is_empty() || rest.contains(['?', '#', ' ', '"', '<', '>'])) {
        let fault = node.fault(Code::E012, format!("`url` cannot be `{text}`"));
        out.push(fault.help("write the address of the site's front page, beginning with https://"));
        return None;
    }
    Some(format!("{}/", text.trim_end_matches('/')))
}
