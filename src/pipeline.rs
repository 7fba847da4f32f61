//! The stages in their order: from files in memory to a book with everything found in it.
//!
//! ```text
//! source ─▶ config ─▶ document ─▶ book ─┬─▶ render ─▶ site ─▶ publish
//!                                       └─▶ check
//! ```
//!
//! It is given a [`Source`]; it never reads or writes the disk. `build` and `check` both begin here, so that
//! they report the same.

use std::collections::BTreeMap;

use crate::book::{Book, Options};
use crate::config::{self, Config};
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::publish::About;
use crate::render::Theme;
use crate::source::{File, Source};

/// The digest of the program's own sources.
const PROGRAM: &str = env!("OPAS_SOURCES");

/// The name of the edition without layers.
pub const BASE: &str = "base";

/// A book and its theme, ready for a site.
#[derive(Debug)]
pub struct Prepared {
    /// The book.
    pub book: Book,
    /// The theme.
    pub theme: Theme,
    /// Everything found, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
}

impl Prepared {
    /// Returns the number of pages that have a file of their own.
    pub fn pages(&self) -> usize {
        self.book.pages.values().map(BTreeMap::len).sum()
    }

    /// Returns what a site of this book is made from.
    pub fn about(&self, inputs: Digest) -> About {
        About {
            book: self.book.config.id.clone(),
            version: self.book.config.version.clone(),
            edition: BASE.to_owned(),
            inputs,
            pages: self.pages(),
            warnings: self.diagnostics.len(),
        }
    }
}

/// Returns the digest of everything that a site is made from: the files, the options and the program.
pub fn inputs(source: &Source, options: Options) -> Digest {
    let options = Digest::of(format!("{PROGRAM} {options:?}"));
    let files = source.files.iter().flat_map(|(path, file)| {
        let digest = match file {
            File::Text(text) => text.digest,
            File::Asset(asset) => asset.digest,
        };
        [Digest::of(path.as_bytes()), digest]
    });
    Digest::of_parts(std::iter::once(options).chain(files))
}

/// Reads configuration, theme and book.
///
/// `found` are the diagnostics of reading the source; the result has them too.
///
/// # Errors
/// Returns the faults of `book.toml`, without which nothing else can be read.
pub fn prepare(source: &Source, found: Vec<Diagnostic>, options: Options) -> Result<Prepared, Vec<Diagnostic>> {
    let is_unread =
        |diagnostic: &&Diagnostic| diagnostic.place.as_ref().is_some_and(|place| *place.file.path == *config::FILE);
    if let Some(unread) = found.iter().find(is_unread) {
        return Err(vec![unread.clone()]);
    }
    let config = Config::read(source).map_err(|mut faults| {
        diagnostic::sort(&mut faults);
        faults
    })?;
    let mut diagnostics = found;
    let (theme, faults) = Theme::read(source, &config);
    diagnostics.extend(faults);
    let (book, faults) = Book::read(source, config, options);
    diagnostics.extend(faults);
    diagnostic::sort(&mut diagnostics);
    Ok(Prepared { book, theme, diagnostics })
}
