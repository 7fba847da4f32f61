//! The stages in their order: from files in memory to a book with everything found in it.
//!
//! ```text
//! source ─▶ config ─▶ document ─▶ layer ─▶ book ─┬─▶ render ─▶ site ─▶ publish
//!                                                └─▶ check
//! ```
//!
//! It is given a [`Source`]; it never reads or writes the disk. `build` and `check` both begin here, so that
//! they report the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::{Book, Ground, Options, Parsed, Searched};
use crate::config::{self, Config};
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::layer::Stack;
use crate::publish::About;
use crate::render::{Theme, channels};
use crate::source::Source;

/// The digest of the program's own sources.
const PROGRAM: &str = env!("OPAS_SOURCES");

/// The book's own files, read: what all editions stand on.
#[derive(Debug)]
pub struct Base {
    /// The book's files, sorted and parsed.
    pub ground: Ground,
    /// The book's theme.
    pub theme: Arc<Theme>,
    /// The digest of the files.
    digest: Digest,
    /// What was found in reading the files and the theme.
    faults: Vec<Diagnostic>,
    /// What can be found in the edition that was last put together.
    searched: Searched,
}

/// What was made in the round before, to be used again where it is still so.
#[derive(Debug, Default)]
pub struct Earlier {
    parsed: Parsed,
    /// The book's theme, if it had no faults, and the digest of what it was made from.
    theme: Option<(Digest, Arc<Theme>)>,
}

impl Earlier {
    /// Reads the book's theme.
    fn theme(&mut self, source: &Source, config: &Config, out: &mut Vec<Diagnostic>) -> Arc<Theme> {
        let files = source.below("themes").flat_map(|(path, file)| [Digest::of(path), file.digest()]);
        let key = Digest::of_parts(std::iter::once(config.digest).chain(files));
        if let Some((known, theme)) = &self.theme
            && *known == key
        {
            return Arc::clone(theme);
        }
        let (theme, faults) = Theme::read(source, config);
        let theme = Arc::new(theme);
        self.theme = faults.is_empty().then(|| (key, Arc::clone(&theme)));
        out.extend(faults);
        theme
    }
}

/// A book and its theme, ready for a site.
#[derive(Debug)]
pub struct Prepared {
    /// The book.
    pub book: Book,
    /// The theme.
    pub theme: Arc<Theme>,
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
            edition: self.book.edition.clone(),
            inputs,
            pages: self.pages(),
            warnings: self.diagnostics.len(),
        }
    }
}

impl Base {
    /// Reads configuration and theme, and parses the book's files.
    ///
    /// `found` are the diagnostics of reading the source; every edition's have them too.
    ///
    /// # Errors
    /// Returns the faults of `book.toml`, without which nothing else can be read.
    pub fn read(source: &Source, found: Vec<Diagnostic>) -> Result<Self, Vec<Diagnostic>> {
        Base::read_again(source, found, &mut Earlier::default())
    }

    /// Does the same, with what has not changed since it was made.
    fn read_again(source: &Source, found: Vec<Diagnostic>, earlier: &mut Earlier) -> Result<Self, Vec<Diagnostic>> {
        let is_unread = |diagnostic: &&Diagnostic| {
            diagnostic.place.as_ref().is_some_and(|place| place.file.below() == config::FILE)
        };
        if let Some(unread) = found.iter().find(is_unread) {
            return Err(vec![unread.clone()]);
        }
        let config = Config::read(source).map_err(|mut faults| {
            diagnostic::sort(&mut faults);
            faults
        })?;
        let mut diagnostics = found;
        let theme = earlier.theme(source, &config, &mut diagnostics);
        let read = || Ground::read(source, config, &mut earlier.parsed);
        let (ground, digest) = rayon::join(read, || source.digest());
        Ok(Base { ground, theme, digest, faults: diagnostics, searched: Searched::default() })
    }

    /// Puts an edition together.
    ///
    /// `found` are the diagnostics of reading the layers; the result has them too.
    pub fn edition(&self, stack: &Stack, found: Vec<Diagnostic>, options: Options) -> Prepared {
        // What is known of the references of one edition says nothing of another's; most of what is found is the same.
        self.put_together(stack, found, options, &mut Parsed::after(&self.searched))
    }

    fn put_together(&self, stack: &Stack, found: Vec<Diagnostic>, options: Options, parsed: &mut Parsed) -> Prepared {
        let mut diagnostics = self.faults.clone();
        diagnostics.extend(found);
        let (theme, overrides, faults) = self.theme.edition(stack, &self.ground.config);
        diagnostics.extend(faults);
        let (book, faults) = Book::edition(&self.ground, stack, overrides, options, parsed);
        diagnostics.extend(faults);
        channels::check(&book, &theme, &mut diagnostics);
        diagnostic::sort(&mut diagnostics);
        Prepared { book, theme, diagnostics }
    }

    /// Returns the digest of everything that an edition's site is made from: the files, the options and the
    /// program.
    pub fn inputs(&self, stack: &Stack, options: Options) -> Digest {
        of_inputs(self.digest, stack, options)
    }
}

fn of_inputs(source: Digest, stack: &Stack, options: Options) -> Digest {
    let options = Digest::of(format!("{PROGRAM} {options:?}"));
    Digest::of_parts([options, source, stack.digest()])
}

/// Returns the digest of everything that the site of a book without layers is made from.
pub fn inputs(source: &Source, options: Options) -> Digest {
    of_inputs(source.digest(), &Stack::base(), options)
}

/// Reads a book without layers.
///
/// `found` are the diagnostics of reading the source; the result has them too.
///
/// # Errors
/// Returns the faults of `book.toml`, without which nothing else can be read.
pub fn prepare(source: &Source, found: Vec<Diagnostic>, options: Options) -> Result<Prepared, Vec<Diagnostic>> {
    Ok(Base::read(source, found)?.edition(&Stack::base(), Vec::new(), options))
}

/// Reads an edition, with what has not changed since it was made.
///
/// `layers` gives the edition's layers, as the settings want them, and what was found in reading them. Returns the
/// digest of all that the edition is made from, too.
///
/// # Errors
/// Returns the faults of `book.toml` or of a layer's `overlay.toml`, without which nothing else can be read.
pub fn prepare_edition_again(
    source: &Source,
    found: Vec<Diagnostic>,
    options: Options,
    earlier: &mut Earlier,
    layers: impl FnOnce(&Config) -> Result<(Stack, Vec<Diagnostic>), Vec<Diagnostic>>,
) -> Result<(Prepared, Digest), Vec<Diagnostic>> {
    let base = Base::read_again(source, found, earlier)?;
    let (stack, unread) = layers(&base.ground.config)?;
    let prepared = base.put_together(&stack, unread, options, &mut earlier.parsed);
    let inputs = base.inputs(&stack, options);
    // Taking it apart takes time, but nobody need wait for it.
    rayon::spawn(move || drop(base));
    Ok((prepared, inputs))
}
