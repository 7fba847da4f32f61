//! Building again after a change: the same stages, with everything that has not changed used again.
//!
//! It is given a book's folder and then, round after round, word of what has changed in it. Each round reads the
//! changed files, reads the book anew from pages that are parsed already, and makes those outputs one of whose
//! recorded inputs has changed. What comes out is what a clean build would make: the stages are those of
//! `pipeline`, and nothing here decides what depends on what. It never writes; it says what is to be written.

mod ledger;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::book::Options;
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::layer::Stack;
use crate::pipeline::{self, Earlier, Prepared};
use crate::publish::About;
use crate::site::{Output, Plan, Site};
use crate::source::{Changed, Reader};
use ledger::Ledger;

/// A book that is built again and again.
pub struct Workshop {
    reader: Reader,
    options: Options,
    earlier: Earlier,
    ledger: Ledger,
    /// The files of the site as it was last looked at.
    plan: Option<Arc<Plan>>,
    layers: Layers,
    /// The folders of the layers, as the last round found them.
    folders: Vec<PathBuf>,
    /// What the last round was made from; none before the first, and after one in which that could not be told.
    last: Option<Digest>,
}

/// Gives the layers of an edition as the book's settings want them.
pub type Layers = Box<dyn FnMut(&Config) -> Layered + Send>;

/// The layers of an edition, read.
#[derive(Debug)]
pub struct Layered {
    /// Their folders, from the lowest up.
    pub folders: Vec<PathBuf>,
    /// The layers and what was found in reading them; or the faults of a layer without which the edition cannot be put
    /// together.
    pub read: Result<(Stack, Vec<Diagnostic>), Vec<Diagnostic>>,
}

/// What a round came to.
#[derive(Debug)]
pub struct Round {
    /// The files of the book that have changed.
    pub changed: Vec<Arc<str>>,
    /// Everything found.
    pub diagnostics: Vec<Diagnostic>,
    /// What was done about it.
    pub result: Outcome,
}

/// What a round did.
#[derive(Debug)]
pub enum Outcome {
    /// The site is up to date.
    Made(Box<Made>),
    /// The book has errors; what was made before still stands.
    Broken,
    /// `book.toml` has errors, so that nothing else could be read; what was made before still stands.
    Unreadable,
}

/// A site brought up to date.
#[derive(Debug)]
pub struct Made {
    /// What the site was made from.
    pub about: About,
    /// The outputs whose bytes are new.
    pub outputs: Vec<Arc<Output>>,
    /// The paths of outputs that are gone.
    pub removed: Vec<Arc<str>>,
    /// How many outputs were made, whether or not their bytes came out the same.
    pub made: usize,
    /// The book that they were made from.
    pub prepared: Arc<Prepared>,
    /// The folders of its layers, from the lowest up.
    pub folders: Vec<PathBuf>,
}

impl Workshop {
    /// Reads a book's folder.
    pub fn new(root: &Path, options: Options) -> Self {
        Workshop::named(root, "", options)
    }

    /// Reads the folder of a book that messages call `prefix` (empty, or ending in `/`).
    pub fn named(root: &Path, prefix: &str, options: Options) -> Self {
        // Whoever watches the folder speaks of it by its whole path.
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
        Workshop {
            reader: Reader::named(&root, prefix),
            options,
            earlier: Earlier::default(),
            ledger: Ledger::default(),
            plan: None,
            layers: Box::new(|_| Layered { folders: Vec::new(), read: Ok((Stack::base(), Vec::new())) }),
            folders: Vec::new(),
            last: None,
        }
    }

    /// Builds an edition: with layers that are read in every round.
    pub fn with_layers(mut self, layers: Layers) -> Self {
        self.layers = layers;
        self
    }

    /// Returns the folders of the layers, from the lowest up, as the last round found them.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Does a round; none where no file says anything else than before.
    ///
    /// `is_good` says of what was found whether the book can be built.
    pub fn round(&mut self, changed: &Changed, is_good: impl Fn(&[Diagnostic]) -> bool) -> Option<Round> {
        let own = self.reader.reread(changed);
        if own.is_empty() && self.folders.is_empty() && self.last.is_some() {
            return None;
        }
        let (source, faults) = (self.reader.source(), self.reader.faults().to_vec());
        let (layers, folders) = (&mut self.layers, &mut self.folders);
        let read = pipeline::prepare_edition_again(source, faults, self.options, &mut self.earlier, |config| {
            let Layered { folders: found, read } = layers(config);
            let whole = |folder: PathBuf| std::path::absolute(&folder).unwrap_or(folder);
            *folders = found.into_iter().map(whole).collect();
            read
        });
        let last = self.last;
        self.last = Some(read.as_ref().map_or_else(|faults| of_faults(faults), |(_, inputs)| *inputs));
        if own.is_empty() && self.last == last {
            return None;
        }
        let changed = if own.is_empty() { self.in_layers(changed) } else { own };
        let (mut prepared, inputs) = match read {
            Ok(read) => read,
            Err(diagnostics) => return Some(Round { changed, diagnostics, result: Outcome::Unreadable }),
        };
        let mut diagnostics = std::mem::take(&mut prepared.diagnostics);
        let prepared = Arc::new(prepared);
        let result = if is_good(&diagnostics) {
            let about = About { warnings: diagnostics.len(), ..prepared.about(inputs) };
            self.make(&prepared, about)
        } else {
            Err(Vec::new())
        };
        // Taking the book apart takes time, but nobody need wait for it.
        rayon::spawn(move || drop(prepared));
        let result = match result {
            Ok(made) => Outcome::Made(Box::new(made)),
            Err(faults) => {
                diagnostics.extend(faults);
                diagnostic::sort(&mut diagnostics);
                Outcome::Broken
            }
        };
        Some(Round { changed, diagnostics, result })
    }

    /// Names the files of layers among those that have changed.
    fn in_layers(&self, changed: &Changed) -> Vec<Arc<str>> {
        let Changed::Paths(paths) = changed else { return Vec::new() };
        let name = |path: &PathBuf| {
            let folder = self.folders.iter().find(|folder| path.starts_with(folder))?;
            let below = path.strip_prefix(folder.parent().unwrap_or(folder)).ok()?;
            Some(Arc::from(below.to_string_lossy().replace('\\', "/")))
        };
        let mut names: Vec<Arc<str>> = paths.iter().filter_map(name).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Makes what is out of date.
    fn make(&mut self, prepared: &Arc<Prepared>, about: About) -> Result<Made, Vec<Diagnostic>> {
        // Making the index takes about as long as looking at everything that needs none.
        let (stale, _) = rayon::join(|| self.ledger.stale(prepared), || prepared.book.search());
        let site = Site::again(&prepared.book, &prepared.theme, self.plan.as_ref());
        self.plan = Some(Arc::clone(&site.plan));
        let due = self.ledger.due(prepared, &site, stale);
        let made: Vec<_> = due.make.par_iter().map(|at| site.make(&site.plan[*at])).collect();
        let mut outputs = Vec::with_capacity(made.len());
        let mut faults = Vec::new();
        for result in made {
            match result {
                Ok(output) => outputs.push(Arc::new(output)),
                Err(fault) => faults.push(*fault),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let made = outputs.len();
        let mut differs = self.ledger.settle(prepared, &site, &due, &outputs).into_iter();
        outputs.retain(|_| differs.next() == Some(true));
        let (prepared, folders) = (Arc::clone(prepared), self.folders.clone());
        Ok(Made { about, outputs, removed: due.remove, made, prepared, folders })
    }
}

/// Returns a digest that tells one list of faults from another.
fn of_faults(faults: &[Diagnostic]) -> Digest {
    Digest::of_parts(faults.iter().map(crate::diagnostic::json::render))
}
