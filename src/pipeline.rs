//! The stages in their order: files in memory in, a site and all diagnostics out.
//!
//! ```text
//! source ─▶ config ─▶ book ─▶ render ─▶ site ─▶ publish
//!            document ┘  └─▶ check
//! ```
//!
//! It is given a [`Source`]; it never reads or writes the disk. `build` and `check` both go through here, so
//! that they report the same.

use crate::book::{Book, Options};
use crate::check;
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::publish::Manifest;
use crate::render::Theme;
use crate::site::{self, Progress, Site};
use crate::source::{File, Source};

/// The digest of the program's own sources.
const PROGRAM: &str = env!("OPAS_SOURCES");

/// The name of the book without layers.
pub const BASE: &str = "base";

/// What the pipeline made.
#[derive(Debug)]
pub struct Outcome {
    /// The site; none when there are errors.
    pub site: Option<(Site, Manifest)>,
    /// The number of pages with a file of their own; 0 when the configuration could not be read.
    pub pages: usize,
    /// Everything found, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether `book.toml` is at fault, so that nothing else was looked at.
    pub is_misconfigured: bool,
}

impl Outcome {
    fn misconfigured(mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostic::sort(&mut diagnostics);
        Outcome { site: None, pages: 0, diagnostics, is_misconfigured: true }
    }
}

/// Returns the digest of everything that a site is made from: the files, the options and the program.
pub fn inputs(source: &Source, options: Options) -> Digest {
    let files = source.files.iter().flat_map(|(path, file)| {
        let digest = match file {
            File::Text(text) => text.digest,
            File::Asset(asset) => asset.digest,
        };
        [path.as_bytes().to_vec(), digest.as_ref().to_vec()]
    });
    let options = format!("{options:?}");
    Digest::of_parts([PROGRAM.as_bytes().to_vec(), options.into_bytes()].into_iter().chain(files))
}

/// Makes the site of a book.
///
/// `found` are the diagnostics of reading the source; the outcome has them too.
pub fn build(source: &Source, found: Vec<Diagnostic>, options: Options, progress: &Progress) -> Outcome {
    let (book, theme, mut diagnostics) = match prepare(source, found, options) {
        Ok(prepared) => prepared,
        Err(outcome) => return outcome,
    };
    let pages = count_pages(&book);
    if diagnostic::has_errors(&diagnostics) {
        diagnostic::sort(&mut diagnostics);
        return Outcome { site: None, pages, diagnostics, is_misconfigured: false };
    }
    let (site, faults) = site::make(&book, &theme, progress);
    diagnostics.extend(faults);
    diagnostic::sort(&mut diagnostics);
    let manifest = Manifest {
        book: book.config.id.clone(),
        version: book.config.version.clone(),
        edition: BASE.to_owned(),
        inputs: inputs(source, options),
        pages,
        warnings: diagnostics.len(),
        files: site.outputs.iter().map(|output| (output.path.clone(), output.digest)).collect(),
    };
    let is_good = !diagnostic::has_errors(&diagnostics);
    Outcome { site: is_good.then_some((site, manifest)), pages, diagnostics, is_misconfigured: false }
}

/// Checks a book without making its site.
pub fn check(source: &Source, found: Vec<Diagnostic>, options: Options, today: jiff::civil::Date) -> Outcome {
    let (book, _, mut diagnostics) = match prepare(source, found, options) {
        Ok(prepared) => prepared,
        Err(outcome) => return outcome,
    };
    diagnostics.extend(check::check(&book, today));
    diagnostic::sort(&mut diagnostics);
    Outcome { site: None, pages: count_pages(&book), diagnostics, is_misconfigured: false }
}

/// Reads configuration, theme and book.
fn prepare(
    source: &Source,
    found: Vec<Diagnostic>,
    options: Options,
) -> Result<(Book, Theme, Vec<Diagnostic>), Outcome> {
    let mut diagnostics = found;
    let config = match Config::read(source) {
        Ok(config) => config,
        Err(faults) => return Err(Outcome::misconfigured(faults)),
    };
    let (theme, faults) = Theme::read(source, &config);
    diagnostics.extend(faults);
    let (book, faults) = Book::read(source, config, options);
    diagnostics.extend(faults);
    Ok((book, theme, diagnostics))
}

fn count_pages(book: &Book) -> usize {
    book.pages.values().map(std::collections::BTreeMap::len).sum()
}
