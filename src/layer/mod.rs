//! Stage `layer`: organisations' own changes on top of the book.
//!
//! It is given the files of a layer ([`Layer::read`]) and, from `book`, the parsed pages and data files of
//! everything below it; [`merge`] applies the layer's operations to the parsed documents, never to text, and
//! keeps where each block comes from. It never makes HTML and never touches the disk. Layers are untrusted:
//! their Markdown passes the same allowlist as the book's, and their theme files are used only if the building
//! side says so.

mod active;
mod conflicts;
pub mod data;
mod draft;
pub mod drift;
pub mod explain;
pub mod files;
pub mod lock;
pub mod manifest;
pub mod merge;
pub mod over;
mod pages;
pub mod patch;
mod settings;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use manifest::Manifest;
pub use merge::Merge;
pub use pages::{HIDING_KEYS, Hidden, MISPLACED_IN_OWN, MISPLACED_IN_PATCH, MISPLACED_IN_REPLACEMENT, OPERATIONS};

use crate::config::{BASE, Config};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::source::Source;

/// A layer: its settings and its files.
#[derive(Debug)]
pub struct Layer {
    /// The settings.
    pub manifest: Manifest,
    /// The files.
    pub source: Source,
    /// What messages call its folder; empty, or ending in `/`.
    pub folder: String,
}

impl Layer {
    /// Reads the settings of a layer, given its files and what messages call its folder.
    ///
    /// # Errors
    /// Returns the faults of `overlay.toml`, without which the layer cannot be used.
    pub fn read(mut source: Source, folder: &str, config: &Config) -> Result<Self, Vec<Diagnostic>> {
        let manifest = Manifest::read(&source, folder, &config.languages)?;
        source.name(folder, Some(&manifest.name));
        Ok(Layer { manifest, source, folder: folder.to_owned() })
    }
}

/// The layers of an edition, from the lowest up.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    /// The edition's name.
    pub edition: String,
    /// The layers.
    pub layers: Vec<Arc<Layer>>,
    /// The names of the layers whose theme files are used.
    pub trusted: BTreeSet<Arc<str>>,
}

impl Stack {
    /// Returns the stack without layers.
    pub fn base() -> Self {
        Stack { edition: BASE.to_owned(), ..Stack::default() }
    }

    /// Returns the digest of all that the layers hold.
    pub fn digest(&self) -> Digest {
        let layers = self.layers.iter().flat_map(|layer| {
            let is_trusted = if self.trusted.contains(&layer.manifest.name) { "trusted" } else { "" };
            [Digest::of(&*layer.manifest.name), layer.source.digest(), Digest::of(is_trusted)]
        });
        Digest::of_parts(std::iter::once(Digest::of(&self.edition)).chain(layers))
    }

    /// Reports layers that stand twice in the stack, those that were written on another book, and files that could run
    /// of those that are not trusted.
    pub fn check(&self, config: &Config, out: &mut Vec<Diagnostic>) {
        for (at, layer) in self.layers.iter().enumerate() {
            let manifest = &layer.manifest;
            if !self.trusted.contains(&manifest.name) {
                active::check(layer, out);
            }
            if let Some(first) = self.layers[..at].iter().find(|other| other.manifest.name == manifest.name) {
                let message = format!("the layer `{}` stands twice in the edition `{}`", manifest.name, self.edition);
                let fault = Diagnostic::new(Code::E089, message).at(Place::whole(&manifest.file));
                let fault = fault.related(Place::whole(&first.manifest.file), "the other one");
                out.push(fault.help("name each layer once, and give each its own name"));
            }
            if let Some(based_on) = manifest.based_on.as_ref().filter(|based_on| based_on.book != config.id) {
                let message =
                    format!("the layer was written on the book `{}`, but this is `{}`", based_on.book, config.id);
                let fault = Diagnostic::new(Code::E093, message).at(based_on.place.clone());
                out.push(fault.help("build it on its own book, or mend `based-on`"));
            }
        }
    }
}
