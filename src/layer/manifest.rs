//! The settings of a layer: `overlay.toml`, checked once.
//!
//! It is given the text of `overlay.toml` and the book's languages and returns a [`Manifest`] with every fault
//! found. It knows nothing of the layer's content.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::{self, Brand, Lang, Texts, id_of, texts};
use crate::data::{Data, Node, Value};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::{Source, TextFile};

/// The name of the settings' file.
pub const FILE: &str = "overlay.toml";

/// The book that a layer was written on.
#[derive(Debug, Clone)]
pub struct BasedOn {
    /// The book's id.
    pub book: String,
    /// The book's version at that time.
    pub version: String,
    /// Where the layer says so.
    pub place: Place,
}

/// A fact as a layer gives it.
#[derive(Debug, Clone)]
pub struct OwnFact {
    /// Its name.
    pub name: String,
    /// The id of the answer.
    pub answer: String,
    /// The layers below whose answer it takes the place of.
    pub over: Vec<String>,
    /// Where it is given.
    pub place: Place,
}

/// A file that a layer puts in the place of another one.
#[derive(Debug, Clone)]
pub struct WholeFile {
    /// The layers below whose file it takes the place of.
    pub over: Vec<String>,
    /// Where the layer says so.
    pub place: Place,
}

/// The settings of a layer.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The name, an id.
    pub name: Arc<str>,
    /// The organisation, as readers know it.
    pub title: Texts,
    /// The version, kept by hand.
    pub version: String,
    /// The book that it was written on.
    pub based_on: Option<BasedOn>,
    /// The unit that answers for the layer.
    pub owner: Option<String>,
    /// The address of the site of an edition whose uppermost layer this is.
    pub url: Option<String>,
    /// Where a file of the layer is edited, with `{path}` for its path below the layer's folder.
    pub edit_url: Option<String>,
    /// What the organisation says of itself: answers to flows' questions in advance.
    pub facts: Vec<OwnFact>,
    /// The organisation's look.
    pub brand: Brand,
    /// The files that it replaces whole, by path below the layer's folder.
    pub files: BTreeMap<String, WholeFile>,
    /// The file.
    pub file: Arc<TextFile>,
}

/// The keys of the file.
pub const KEYS: [&str; 11] =
    ["name", "title", "version", "based-on", "base", "owner", "url", "edit-url", "facts", "brand", "files"];
/// The keys of a fact that is more than its answer.
pub const FACT_KEYS: [&str; 3] = ["value", "over", "reason"];
/// The keys of an entry of `[files]`.
pub const FILE_KEYS: [&str; 3] = ["op", "reason", "over"];

impl Manifest {
    /// Reads the settings from a layer's files.
    ///
    /// # Errors
    /// Returns every fault found (all `E004`).
    pub fn read(source: &Source, folder: &str, languages: &[Lang]) -> Result<Self, Vec<Diagnostic>> {
        let Some(file) = source.text(FILE) else {
            let folder = if folder.is_empty() { "." } else { folder.trim_end_matches('/') };
            let message = format!("there is no {FILE} in `{folder}`");
            let help = "name the folder of a layer; `opas new layer NAME` makes one";
            return Err(vec![Diagnostic::new(Code::E004, message).help(help)]);
        };
        let data = Data::from_toml(file).map_err(|fault| vec![*fault])?;
        let mut out = Vec::new();
        match read(&data.node(), source, file, languages, &mut out) {
            Some(manifest) if out.is_empty() => Ok(manifest),
            _ => Err(out),
        }
    }
}

/// Returns the folder that a layer names as the one it is built on, relative to its own, and where it does so, without
/// checking anything else.
pub fn base(source: &Source) -> Option<(String, Place)> {
    let data = Data::from_toml(source.text(FILE)?).ok()?;
    let node = data.node().get("base")?;
    Some((node.text(&mut Vec::new())?.to_owned(), node.place()))
}

/// Returns title and version that a layer names, without checking anything else.
pub fn named(source: &Source, languages: &[Lang]) -> Option<(Texts, String)> {
    let data = Data::from_toml(source.text(FILE)?).ok()?;
    let root = data.node();
    let title = texts(&root.get("title")?, languages, &mut Vec::new());
    Some((title, root.get("version")?.text(&mut Vec::new())?.to_owned()))
}

fn read(
    root: &Node<'_>,
    source: &Source,
    file: &Arc<TextFile>,
    languages: &[Lang],
    out: &mut Vec<Diagnostic>,
) -> Option<Manifest> {
    root.only(&KEYS, out);
    let name = root.required("name", out).and_then(|node| id_of(&node, "the name of a layer", out));
    let title = root.required("title", out).map(|node| {
        let title = texts(&node, languages, out);
        title.all().for_each(|text| check_told(&node, "title", text, out));
        title
    });
    let version = root.required("version", out).and_then(|node| {
        let version = node.text(out)?;
        check_told(&node, "version", version, out);
        Some(version)
    });
    let based_on = root.get("based-on").and_then(|node| based_on(&node, out));
    root.get("base").map(|node| node.text(out));
    let owner = root.get("owner").and_then(|node| node.text(out));
    let url = root.get("url").and_then(|node| config::url(&node, out));
    let edit_url = root.get("edit-url").and_then(|node| config::edit_url(&node, out));
    let facts = root.get("facts").map(|node| facts(&node, out)).unwrap_or_default();
    let brand = root.get("brand").map(|node| Brand::read(&node, source, "", out)).unwrap_or_default();
    let files = root.get("files").map(|node| files(&node, out)).unwrap_or_default();
    let name = name?;
    if name == config::BASE {
        let fault = Diagnostic::new(Code::E004, "`base` is the name of the book itself").at(root.get("name")?.place());
        out.push(fault.help("give the layer another name"));
    }
    Some(Manifest {
        name: name.into(),
        title: title?,
        version: version?.to_owned(),
        based_on,
        owner: owner.map(str::to_owned),
        url,
        edit_url,
        facts,
        brand,
        files,
        file: Arc::clone(file),
    })
}

/// Reports a text that cannot be read at all: what a layer is called stands on all that is its own.
fn check_told(node: &Node<'_>, key: &str, text: &str, out: &mut Vec<Diagnostic>) {
    if !text.chars().any(char::is_alphanumeric) {
        let fault = node.fault(Code::E012, format!("`{key}` cannot be `{}`", text.escape_debug()));
        out.push(fault.help("write letters or digits: readers are told by it whose a text is"));
    }
}

fn based_on(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<BasedOn> {
    let text = node.text(out)?;
    match text.split_once(' ') {
        Some((book, version)) if !version.trim().is_empty() => {
            Some(BasedOn { book: book.to_owned(), version: version.trim().to_owned(), place: node.place() })
        }
        _ => {
            let fault = node.fault(Code::E012, format!("`based-on` cannot be `{text}`"));
            out.push(fault.help("write the book's id and its version, such as `digituki 2026.1`"));
            None
        }
    }
}

/// Reads `[facts]`: the id of an answer, or `{value = "…", over = "LAYER"}`.
fn facts(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<OwnFact> {
    let entries = node.entries(out);
    let read = |(name, node): (&str, Node<'_>)| {
        let is_plain = !matches!(node.value(), Value::Map(_));
        if !is_plain {
            node.only(&FACT_KEYS, out);
        }
        let value = if is_plain { Some(node.clone()) } else { node.required("value", out) };
        let over = node.get("over").map(|over| over.texts(out)).unwrap_or_default();
        if let Some(reason) = node.get("reason") {
            reason.text(out);
        }
        let value = value?;
        let answer = value.text(out)?.to_owned();
        let over = over.into_iter().map(str::to_owned).collect();
        Some(OwnFact { name: name.to_owned(), answer, over, place: value.place() })
    };
    entries.into_iter().filter_map(read).collect()
}

/// Reads `[files]`: paths of files with `{op = "replace", reason = "…", over = "LAYER"}`.
fn files(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> BTreeMap<String, WholeFile> {
    let mut files = BTreeMap::new();
    for (path, node) in node.entries(out) {
        node.only(&FILE_KEYS, out);
        let op = node.required("op", out).and_then(|op| op.choice(&["replace"], out));
        if let Some(reason) = node.get("reason") {
            reason.text(out);
        }
        let over = node.get("over").map(|over| over.texts(out)).unwrap_or_default();
        let over = over.into_iter().map(str::to_owned).collect();
        if op.is_some() {
            files.insert(path.to_owned(), WholeFile { over, place: node.key_place() });
        }
    }
    files
}
