//! The theme: templates, strings and assets, the built-in ones with the book's own on top.
//!
//! It is given the source and the settings, and returns a [`Theme`]. A file below `themes/<theme>/` of the
//! book takes the place of the built-in file of the same name; what layers do to a theme is in `layered`. It
//! never reads the disk: the built-in theme is part of the program.

mod blocks;
mod layered;

use std::collections::BTreeMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use tera::Tera;

use crate::book::Input;
use crate::config::{Config, Lang};
use crate::data::Data;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::source::{Asset, File, Source, TextFile};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// The name of the built-in theme.
pub const DEFAULT: &str = "default";

/// The language whose built-in strings say which strings there must be.
const MODEL: &str = "en";

/// The texts of a language that templates and pages show, by key.
pub type Strings = BTreeMap<String, String>;

/// A theme, ready to render.
#[derive(Debug)]
pub struct Theme {
    /// The templates.
    pub tera: Tera,
    /// The strings by language.
    pub strings: BTreeMap<Lang, Arc<Strings>>,
    /// The strings as template values.
    pub string_values: BTreeMap<Lang, tera::Value>,
    files: Files,
    templates_digest: Digest,
    strings_digests: BTreeMap<Lang, Digest>,
}

/// The files of a theme, sorted.
#[derive(Debug, Clone, Default)]
struct Files {
    templates: BTreeMap<String, Template>,
    assets: BTreeMap<Arc<str>, Arc<Asset>>,
    /// The string files by language, each on top of the one before.
    strings: BTreeMap<String, Vec<Arc<TextFile>>>,
}

/// A template.
#[derive(Debug, Clone, PartialEq)]
struct Template {
    file: Arc<TextFile>,
    /// Its text where Tera is to read another one than the author wrote: as long, with the same places.
    read_as: Option<String>,
}

/// A file of a theme, by what it is for.
enum Kind<'a> {
    Template(&'a str, Arc<TextFile>),
    Strings(&'a str, Arc<TextFile>),
    Asset(&'a str, Arc<Asset>),
    Unknown,
}

/// Tells what a file of a theme is for by its path below the theme's folder.
fn kind<'a>(path: &'a str, file: &File) -> Kind<'a> {
    match (path.split_once('/'), file) {
        (Some(("templates", name)), File::Text(text)) => Kind::Template(name, Arc::clone(text)),
        (Some(("strings", name)), File::Text(text)) => match name.strip_suffix(".yaml") {
            Some(lang) => Kind::Strings(lang, Arc::clone(text)),
            None => Kind::Unknown,
        },
        (Some(("assets", name)), File::Asset(asset)) => Kind::Asset(name, Arc::clone(asset)),
        _ => Kind::Unknown,
    }
}

impl Template {
    /// Returns the text that Tera is to read.
    fn text(&self) -> &str {
        self.read_as.as_deref().unwrap_or(&self.file.text)
    }
}

impl Files {
    /// Sorts files by their paths below the theme's folder; a later one takes the place of an earlier one.
    fn sort(files: impl Iterator<Item = (String, File)>, out: &mut Vec<Diagnostic>) -> Self {
        let mut sorted = Files::default();
        for (path, file) in files {
            match kind(&path, &file) {
                Kind::Template(name, file) => {
                    sorted.templates.insert(name.to_owned(), Template { file, read_as: None });
                }
                Kind::Strings(lang, file) => sorted.strings.entry(lang.to_owned()).or_default().push(file),
                Kind::Asset(name, asset) => {
                    sorted.assets.insert(Arc::from(name), asset);
                }
                Kind::Unknown => out.push(unknown_file(&path, &file)),
            }
        }
        sorted
    }
}

impl Theme {
    /// Reads the theme of a book.
    ///
    /// Faults: a template that cannot be parsed (`E034`), strings that are missing (`E035`), a file that is
    /// neither template, string file nor asset (`E005`).
    pub fn read(source: &Source, config: &Config) -> (Self, Vec<Diagnostic>) {
        let mut out = Vec::new();
        let folder = folder(config);
        let own = source.below(&folder).map(|(path, file)| (path.to_owned(), file.clone()));
        let files = Files::sort(built_in().chain(own), &mut out);
        if config.theme != DEFAULT && source.below(&folder).next().is_none() {
            let message = format!("`theme` is `{}`, but there is no folder `{folder}`", config.theme);
            out.push(
                Diagnostic::new(Code::E004, message)
                    .at_file(source.text("book.toml"))
                    .help("make it, or leave the key out"),
            );
        }
        // Channels that a book uses need names (E070); the others do not.
        let model = read_strings(&files.strings[MODEL], &mut Vec::new()).into_keys();
        let model: Vec<String> = model.filter(|key| !key.starts_with("channel-")).collect();
        let mut strings = BTreeMap::new();
        for lang in &config.languages {
            let own = read_strings(files.strings.get(&**lang).map_or(&[], Vec::as_slice), &mut out);
            check_strings(lang, &own, &model, &folder, &mut out);
            strings.insert(Arc::clone(lang), Arc::new(own));
        }
        let tera = parse_templates(&files.templates, &mut out);
        (Theme::new(files, strings, tera), out)
    }

    fn new(files: Files, strings: BTreeMap<Lang, Arc<Strings>>, tera: Tera) -> Self {
        let templates = files.templates.iter().flat_map(|(name, it)| [name.as_bytes(), it.file.digest.as_ref()]);
        let digest = |strings: &Strings| Digest::of_parts(strings.iter().flat_map(|(key, text)| [key, text]));
        Theme {
            templates_digest: Digest::of_parts(templates),
            strings_digests: strings.iter().map(|(lang, it)| (Arc::clone(lang), digest(it))).collect(),
            string_values: strings
                .iter()
                .map(|(lang, it)| (Arc::clone(lang), tera::Value::from_serializable(&**it)))
                .collect(),
            tera,
            strings,
            files,
        }
    }

    /// Returns the files that are passed on, by their path below `assets/`.
    pub fn assets(&self) -> &BTreeMap<Arc<str>, Arc<Asset>> {
        &self.files.assets
    }

    /// Returns the digest of a part of the theme; none for parts of the book.
    pub fn digest(&self, input: &Input) -> Option<Digest> {
        match input {
            Input::Templates => Some(self.templates_digest),
            Input::Strings(lang) => self.strings_digests.get(lang).copied(),
            Input::ThemeAsset(path) => self.files.assets.get(path).map(|asset| asset.digest),
            _ => None,
        }
    }

    /// Returns a string of a language; the key itself where there is none, which the check has reported.
    pub fn string<'a>(&'a self, lang: &str, key: &'a str) -> &'a str {
        self.strings.get(lang).and_then(|strings| strings.get(key)).map_or(key, String::as_str)
    }

    /// Turns an error of a template into a diagnostic with the template's file and place.
    pub fn fault(&self, error: &tera::Error) -> Diagnostic {
        template_fault(&self.files.templates, error)
    }
}

/// Returns the folder of a book's theme, below that of the book or of a layer.
fn folder(config: &Config) -> String {
    format!("themes/{}", config.theme)
}

/// Returns the files of the built-in theme by their paths below its folder.
fn built_in() -> impl Iterator<Item = (String, File)> {
    let mut folders = vec![&BUILT_IN];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        files.extend(folder.files());
    }
    files.sort_by_key(|file| file.path());
    files.into_iter().map(|file| {
        let path = file.path().to_string_lossy().replace('\\', "/");
        let shown: Arc<str> = format!("themes/default/{path}").into();
        let is_text = path.starts_with("templates/") || path.starts_with("strings/");
        let file = match file.contents_utf8() {
            Some(text) if is_text => File::Text(Arc::new(TextFile::new(shown, text))),
            _ => File::Asset(Arc::new(Asset {
                path: shown,
                bytes: file.contents().to_vec(),
                digest: Digest::of(file.contents()),
            })),
        };
        (path, file)
    })
}

fn unknown_file(path: &str, file: &File) -> Diagnostic {
    let help = "a theme has templates/*.html, strings/LANG.yaml and assets/";
    Diagnostic::new(Code::E005, format!("opas does not know what `{path}` in the theme is for"))
        .at(file.place())
        .help(help)
}

fn parse_templates(templates: &BTreeMap<String, Template>, out: &mut Vec<Diagnostic>) -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on([".html", ".xml"]);
    let parsed = tera.add_raw_templates(templates.iter().map(|(name, template)| (name.as_str(), template.text())));
    if let Err(error) = parsed {
        let before = out.len();
        // Each template by itself, so that the syntax errors of all are reported.
        for (name, template) in templates {
            let alone = Tera::new().add_raw_template(name, template.text());
            if let Err(error) = alone.as_ref()
                && matches!(error.kind(), tera::ErrorKind::SyntaxError(_))
            {
                out.push(template_fault(templates, error));
            }
        }
        if out.len() == before {
            out.extend(reported(templates, &error));
        }
        if out.len() == before {
            out.push(template_fault(templates, &error));
        }
    }
    tera
}

/// Reads the faults that Tera reports as text, one after another: `error: …` and `--> TEMPLATE:LINE:COLUMN`.
fn reported(templates: &BTreeMap<String, Template>, error: &tera::Error) -> Vec<Diagnostic> {
    let report = error.to_string();
    let mut message = None;
    let mut faults = Vec::new();
    for line in report.lines() {
        if let Some(text) = line.strip_prefix("error: ") {
            message = Some(text);
        } else if let (Some(text), Some(place)) = (message, line.trim_start().strip_prefix("--> ")) {
            message = None;
            faults.extend(reported_place(templates, place).map(|(name, place)| {
                let name = layered::shown(&name);
                let fault = Diagnostic::new(Code::E034, format!("the template `{name}` is wrong: {text}"));
                fault.at(place).help("mend the template")
            }));
        }
    }
    faults
}

/// Turns `TEMPLATE:LINE:COLUMN`, both counted from 1, into the template's name and a place in it.
fn reported_place(templates: &BTreeMap<String, Template>, text: &str) -> Option<(String, Place)> {
    let mut parts = text.rsplitn(3, ':');
    let column: usize = parts.next()?.trim().parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let file = &templates.get(name)?.file;
    let start: usize = file.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let within: usize = file.text[start..].chars().take(column - 1).map(char::len_utf8).sum();
    Some((name.to_owned(), Place::new(file, start + within..start + within + 1)))
}

fn template_fault(templates: &BTreeMap<String, Template>, error: &tera::Error) -> Diagnostic {
    let fault = |message: String| Diagnostic::new(Code::E034, message).help("mend the template");
    match error.kind() {
        tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => {
            let name = layered::shown(report.filename());
            let fault = fault(format!("the template `{name}` is wrong: {}", report.message()));
            match templates.get(report.filename()) {
                Some(template) => fault.at(Place::new(&template.file, report.span().range.clone())),
                None => fault,
            }
        }
        tera::ErrorKind::MissingParent { current, parent } => {
            let name = layered::shown(current);
            let fault = fault(format!("the template `{name}` extends `{parent}`, which does not exist"));
            match templates.get(current) {
                Some(template) => {
                    fault.at(Place::whole(&template.file)).suggest(parent, templates.keys().map(String::as_str))
                }
                None => fault,
            }
        }
        kind => {
            let message = kind.to_string();
            fault(format!("a template is wrong: {}", message.lines().next().unwrap_or_default()))
        }
    }
}

/// Reads string files on top of each other.
fn read_strings(files: &[Arc<TextFile>], out: &mut Vec<Diagnostic>) -> Strings {
    let mut strings = Strings::new();
    for file in files {
        let Some(data) = Data::of_file(file, out) else { continue };
        for (key, node) in data.node().entries(out) {
            if let Some(text) = node.text(out) {
                strings.insert(key.to_owned(), text.to_owned());
            }
        }
    }
    strings
}

fn check_strings(lang: &str, strings: &Strings, model: &[String], folder: &str, out: &mut Vec<Diagnostic>) {
    let missing: Vec<&str> = model.iter().map(String::as_str).filter(|key| !strings.contains_key(*key)).collect();
    if missing.is_empty() {
        return;
    }
    let message = if strings.is_empty() {
        format!("the theme has no strings for the language `{lang}`")
    } else {
        format!("the theme's strings for `{lang}` lack {}", missing.join(", "))
    };
    let help = format!("write them into {folder}/strings/{lang}.yaml; the manual lists all keys");
    out.push(Diagnostic::new(Code::E035, message).help(help));
}
