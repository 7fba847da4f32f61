//! Which book and which editions a command is about.
//!
//! It is given the common arguments, reads the book and says which layers each edition has; it reads the layers
//! of one edition when they are asked for, so that many editions never lie in memory at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::report::Report;
use super::{Common, Status};
use crate::book::Options;
use crate::config::{self, BASE, Config, Lang};
use crate::diagnostic::{self, Code, Diagnostic, Place};
use crate::incremental::{Layered, Workshop};
use crate::layer::{Layer, Stack, manifest};
use crate::pipeline::{Base, Prepared};
use crate::render::editions::Listed;
use crate::source::{self, Source, TextFile};

/// A layer's folder.
#[derive(Debug, Clone)]
struct Folder {
    path: PathBuf,
    /// What messages put before the paths below it: empty, or ending in `/`.
    shown: String,
}

/// An edition that can be put together.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name.
    pub name: String,
    layers: Vec<Folder>,
    trusted: Trusted,
    /// Where its layers are named in `book.toml`.
    place: Option<Place>,
}

/// Whose theme files are used.
#[derive(Debug, Clone)]
enum Trusted {
    /// The layers of these names, with where each is said.
    Named(Vec<(String, Place)>),
    /// The uppermost layer: it is that layer's own folder that is built.
    Own,
}

/// A book with the editions that a command is about.
pub struct Opened {
    /// The folder of the book.
    pub root: PathBuf,
    /// The folder that output goes to by default: the book's, or that of the layer that is built.
    pub home: PathBuf,
    /// What messages put before the paths below the book's folder.
    shown: String,
    /// The files of the book.
    pub source: Source,
    /// What was found in reading them.
    pub found: Vec<Diagnostic>,
    /// The editions, in the order in which they were asked for.
    pub plans: Vec<Plan>,
}

/// Puts the edition together that a command about one edition asks for: the first one.
///
/// # Errors
/// Reports the faults of a configuration, without which nothing else can be read.
pub fn prepare(report: &Report, common: &Common, options: Options) -> Result<Prepared, Status> {
    first(common, options).map_err(|faults| {
        report.diagnostics(&faults);
        Status::Usage
    })
}

/// Does the same for a command that needs an edition without errors.
///
/// # Errors
/// Reports the faults of a configuration, and all that was found in an edition with errors.
pub fn prepare_sound(report: &Report, common: &Common, options: Options) -> Result<Prepared, Status> {
    let prepared = prepare(report, common, options)?;
    if diagnostic::has_errors(&prepared.diagnostics) {
        report.diagnostics(&prepared.diagnostics);
        return Err(Status::Content);
    }
    Ok(prepared)
}

/// Finds the language that is asked for among the book's; the source language where none is.
///
/// # Errors
/// Says which languages the book has.
pub fn language<'a>(config: &'a Config, wanted: Option<&str>) -> Result<&'a Lang, String> {
    let Some(wanted) = wanted else { return Ok(config.source_lang()) };
    config.languages.iter().find(|known| ***known == *wanted).ok_or_else(|| {
        let known: Vec<&str> = config.languages.iter().map(|lang| &**lang).collect();
        format!("the book has no language `{wanted}`; it has {}", known.join(", "))
    })
}

fn first(common: &Common, options: Options) -> Result<Prepared, Vec<Diagnostic>> {
    let opened = Opened::new(common, false)?;
    let base = Base::read(&opened.source, opened.found.clone())?;
    let plan = opened.plans.first().expect("there is always an edition");
    let (stack, found) = plan.stack(&base.ground.config)?;
    Ok(base.edition(&stack, found, options))
}

impl Opened {
    /// Finds and reads the book and lists the editions that are asked for.
    ///
    /// # Errors
    /// Says what is wrong with the arguments, or with a configuration that they name.
    pub fn new(common: &Common, all: bool) -> Result<Self, Vec<Diagnostic>> {
        let mut layers = Vec::new();
        let (root, shown) = base_of(&common.book, &mut layers)?;
        let (source, found) = source::read_as(&root, &shown);
        let own = layers.len();
        layers.reverse();
        layers.extend(common.layer.iter().map(|path| Folder { path: path.clone(), shown: shown_folder(path) }));
        let mut opened = Opened { root, home: common.book.clone(), shown, source, found, plans: Vec::new() };
        if layers.is_empty() {
            opened.plans = opened.named(common, all)?;
            return Ok(opened);
        }
        if all || !common.edition.is_empty() {
            let fault = Diagnostic::new(Code::E080, "a layer's folder has no editions of its own");
            return Err(vec![fault.help("build editions from the book's folder")]);
        }
        let trusted = if own > 0 && common.layer.is_empty() { Trusted::Own } else { Trusted::Named(Vec::new()) };
        opened.plans = vec![Plan { name: String::new(), layers, trusted, place: None }];
        Ok(opened)
    }

    /// Returns what is needed to build the editions again and again.
    pub fn keep(self) -> Kept {
        let layers = self.plans.iter().flat_map(Plan::folders).map(Path::to_path_buf).collect();
        Kept { root: self.root, home: self.home, layers, shown: self.shown, plans: self.plans }
    }

    /// Lists the editions of `book.toml` that are asked for; all of them, or the base, where none is.
    fn named(&self, common: &Common, all: bool) -> Result<Vec<Plan>, Vec<Diagnostic>> {
        let base =
            || Plan { name: BASE.to_owned(), layers: Vec::new(), trusted: Trusted::Named(Vec::new()), place: None };
        if !all && common.edition.is_empty() {
            return Ok(vec![base()]);
        }
        let config = Config::read(&self.source)?;
        let plan = |name: &str| Plan::named(name, &config, &self.root);
        if all {
            let named = config.editions.keys().filter_map(|name| plan(name));
            return Ok(std::iter::once(base()).chain(named).collect());
        }
        let mut plans: Vec<Plan> = Vec::new();
        for name in &common.edition {
            if plans.iter().any(|plan| plan.name == *name) {
                continue;
            }
            let found = if name == BASE { Some(base()) } else { plan(name) };
            plans.push(found.ok_or_else(|| vec![unknown_edition(name, &config, self.source.text(config::FILE))])?);
        }
        Ok(plans)
    }
}

/// Says that an edition trusts a layer that it does not have, if it has none of that name.
fn unknown_trust(name: &str, place: &Place, layers: &[Arc<Layer>]) -> Option<Diagnostic> {
    let known: Vec<&str> = layers.iter().map(|layer| &*layer.manifest.name).collect();
    let fault =
        Diagnostic::new(Code::E058, format!("the edition has no layer `{name}` whose theme files it could trust"));
    let help = format!("the names of its layers, as their overlay.toml say them: {}", known.join(", "));
    (!known.contains(&name)).then(|| fault.at(place.clone()).help(help))
}

fn unknown_edition(name: &str, config: &Config, file: Option<&Arc<TextFile>>) -> Diagnostic {
    let known: Vec<&str> = std::iter::once(BASE).chain(config.editions.keys().map(String::as_str)).collect();
    let fault = Diagnostic::new(Code::E080, format!("there is no edition `{name}`")).at_file(file);
    fault.help("name it in `[editions.NAME]`").suggest(name, known)
}

/// A book of which editions are built again and again.
pub struct Kept {
    /// The folder of the book.
    pub root: PathBuf,
    /// The folder that output goes to by default.
    pub home: PathBuf,
    /// The folders of the layers of all editions.
    pub layers: Vec<PathBuf>,
    shown: String,
    plans: Vec<Plan>,
}

impl Kept {
    /// Returns the names of the editions.
    pub fn names(&self) -> Vec<&str> {
        self.plans.iter().map(|plan| &*plan.name).collect()
    }

    /// Reads the book once for each edition. The layers are read in every round, as `book.toml` then names them.
    pub fn workshops(self, options: Options) -> Vec<Workshop> {
        let Kept { root, shown, plans, .. } = self;
        plans.into_iter().map(|plan| plan.workshop(&root, &shown, options)).collect()
    }
}

impl Plan {
    /// Reads the book whose edition this is, to build it again and again.
    fn workshop(self, root: &Path, shown: &str, options: Options) -> Workshop {
        let workshop = Workshop::named(root, shown, options);
        if self.name == BASE {
            return workshop;
        }
        let root = root.to_path_buf();
        workshop.with_layers(Box::new(move |config| {
            let named = if self.name.is_empty() { None } else { Plan::named(&self.name, config, &root) };
            let plan = named.as_ref().unwrap_or(&self);
            Layered { folders: plan.folders().map(Path::to_path_buf).collect(), read: plan.stack(config) }
        }))
    }

    /// Returns the plan of an edition that `book.toml` names.
    fn named(name: &str, config: &Config, root: &Path) -> Option<Self> {
        let edition = config.editions.get(name)?;
        let folder = |path: &String| Folder { path: root.join(path), shown: shown_folder(Path::new(path)) };
        let layers = edition.layers.iter().map(folder).collect();
        let trusted = Trusted::Named(edition.trust_themes.clone());
        Some(Plan { name: name.to_owned(), layers, trusted, place: edition.place.clone() })
    }

    /// Reads the layers.
    ///
    /// # Errors
    /// Returns the faults of a layer's `overlay.toml`, without which the edition cannot be put together.
    pub fn stack(&self, config: &Config) -> Result<(Stack, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut stack = Stack { edition: self.name.clone(), ..Stack::default() };
        let mut found = Vec::new();
        let mut faults = Vec::new();
        for folder in &self.layers {
            let (source, unread) = source::read_layer(&folder.path, &folder.shown);
            found.extend(unread);
            match Layer::read(source, &folder.shown, config) {
                Ok(layer) => stack.layers.push(Arc::new(layer)),
                Err(found) => faults.extend(found),
            }
        }
        if !faults.is_empty() {
            for fault in faults.iter_mut().filter(|fault| fault.place.is_none()) {
                fault.place.clone_from(&self.place);
            }
            return Err(found.into_iter().chain(faults).collect());
        }
        let mut names = stack.layers.iter().map(|layer| Arc::clone(&layer.manifest.name));
        stack.trusted = match &self.trusted {
            Trusted::Named(trusted) => {
                found.extend(trusted.iter().filter_map(|(name, place)| unknown_trust(name, place, &stack.layers)));
                names.filter(|name| trusted.iter().any(|(known, _)| **known == **name)).collect()
            }
            Trusted::Own => names.next_back().into_iter().collect::<BTreeSet<_>>(),
        };
        if let (true, Some(last)) = (self.name.is_empty(), stack.layers.last()) {
            stack.edition = last.manifest.name.to_string();
        }
        Ok((stack, found))
    }

    /// Says how lists name the edition, by the settings of its uppermost layer.
    pub fn listed(&self, config: &Config) -> Listed {
        let lang = config.source_lang();
        let top = self.layers.last();
        let top = top.and_then(|top| manifest::named(&source::read_layer_settings(&top.path), &config.languages));
        let (title, version) = match top {
            Some((title, version)) => (title.get(lang, lang).to_owned(), version),
            None => (config.title(lang).to_owned(), config.version.clone()),
        };
        Listed { name: self.name.clone(), title, version }
    }

    /// Returns the folders of the layers, from the lowest up.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.layers.iter().map(|folder| &*folder.path)
    }
}

/// Finds the book that a folder is built on: the folder itself, or what the `base` of its `overlay.toml` leads
/// to; collects the layers on the way, and returns what messages call the book's folder.
fn base_of(folder: &Path, layers: &mut Vec<Folder>) -> Result<(PathBuf, String), Vec<Diagnostic>> {
    let mut root = folder.to_path_buf();
    let mut shown = String::new();
    let mut seen = Vec::new();
    let mut last = None;
    while source::is_layer(&root) {
        let (source, _) = source::read_layer(&root, &shown);
        let file = source.text(manifest::FILE);
        let real = std::path::absolute(&root).unwrap_or_else(|_| root.clone());
        let real = real.canonicalize().unwrap_or(real);
        if seen.contains(&real) {
            let message = "this layer is built on itself: its `base` leads back to it";
            let fault = Diagnostic::new(Code::E089, message).at_file(file);
            let fault = fault.related_if(last.map(|(_, place)| place), "its `base` leads back");
            return Err(vec![fault.help("let `base` lead to the book, or to a layer below")]);
        }
        seen.push(real);
        layers.push(Folder { path: root.clone(), shown: shown.clone() });
        let Some((base, place)) = manifest::base(&source) else {
            let message = "this layer does not say which book it is built on";
            let fault = Diagnostic::new(Code::E004, message);
            let fault = match file {
                Some(file) => fault.at(Place::whole(file)),
                None => fault,
            };
            let help = "write `base = \"PATH\"`, or build it from the book's folder with --layer";
            return Err(vec![fault.help(help)]);
        };
        shown = shown_folder(&Path::new(&shown).join(&base));
        root = root.join(&base);
        last = Some((base, place));
    }
    if let Some((base, place)) = last.filter(|_| !root.join(config::FILE).exists()) {
        let fault =
            Diagnostic::new(Code::E004, format!("`base` leads to `{base}`, where there is neither a book nor a layer"));
        return Err(vec![fault.at(place).help("name the folder of the book, relative to the layer's own")]);
    }
    Ok((root, shown))
}

/// Returns what messages put before the paths below a folder.
fn shown_folder(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.trim_end_matches('/').trim_start_matches("./");
    if text.is_empty() || text == "." { String::new() } else { format!("{text}/") }
}
