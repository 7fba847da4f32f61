//! Stage 5, `site`: the set of output files.
//!
//! It is given the book and the theme and returns a [`Site`]: the path of every file and how each is made.
//! Files are made one by one, when they are asked for, so that a large site never lies whole in memory; each
//! comes with its digest and the inputs that it was made from. It never touches the disk.

pub mod paths;

use std::sync::Arc;

use rayon::prelude::*;

use crate::book::{Book, Input};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::render::{self, Inputs, Subject, Theme};
use crate::source::Asset;

/// The bytes of an output.
#[derive(Debug, Clone)]
pub enum Content {
    /// Rendered here.
    Rendered(Vec<u8>),
    /// Passed on from the source or the theme.
    Asset(Arc<Asset>),
}

/// A file of the site.
#[derive(Debug, Clone)]
pub struct Output {
    /// The path below the site's folder, with `/` between its parts.
    pub path: String,
    /// What the file holds.
    pub content: Content,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The parts of the book and the theme that it was made from.
    pub inputs: Inputs,
}

impl Output {
    /// Returns the bytes.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Rendered(bytes) => bytes,
            Content::Asset(asset) => &asset.bytes,
        }
    }
}

/// A file that can be made.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The path below the site's folder, with `/` between its parts.
    pub path: String,
    how: How<'a>,
}

/// How a file is made.
#[derive(Debug)]
enum How<'a> {
    Render(Subject),
    Copy(Input, &'a Arc<Asset>),
}

/// A site, ready to be made and published.
#[derive(Debug)]
pub struct Site<'a> {
    book: &'a Book,
    theme: &'a Theme,
    /// The files, in the order of their paths.
    pub plan: Vec<Planned<'a>>,
}

impl<'a> Site<'a> {
    /// Lists the files of a book's site.
    pub fn new(book: &'a Book, theme: &'a Theme) -> Self {
        let mut plan = Vec::new();
        let mut add = |path: String, how: How<'a>| plan.push(Planned { path, how });
        for lang in &book.config.languages {
            for id in book.outline.order() {
                let subject = Subject::Page(Arc::clone(lang), Arc::clone(id));
                add(paths::page(book, lang, id).into_owned(), How::Render(subject));
            }
            for (page, _) in &book.generated {
                let subject = Subject::Generated(Arc::clone(lang), *page);
                add(paths::generated(book, lang, page.id()), How::Render(subject));
            }
            for alias in book.aliases.keys() {
                let subject = Subject::Redirect(Arc::clone(lang), Arc::clone(alias));
                add(paths::alias(book, lang, alias), How::Render(subject));
            }
            add(paths::generated(book, lang, "404"), How::Render(Subject::NotFound(Arc::clone(lang))));
            if let Some(path) = paths::feed(book, lang) {
                add(path, How::Render(Subject::Feed(Arc::clone(lang))));
            }
        }
        if let Some(path) = paths::site_map(book) {
            add(path.to_owned(), How::Render(Subject::SiteMap));
        }
        for (below, asset) in &book.assets {
            add(paths::asset(book, below), How::Copy(Input::Asset(Arc::clone(below)), asset));
        }
        for (name, asset) in &theme.assets {
            add(format!("assets/{name}"), How::Copy(Input::ThemeAsset(Arc::clone(name)), asset));
        }
        plan.sort_by(|a, b| a.path.cmp(&b.path));
        Site { book, theme, plan }
    }

    /// Makes one file.
    ///
    /// # Errors
    /// Returns a diagnostic (`E034`) when a template fails.
    pub fn make(&self, planned: &Planned<'_>) -> Result<Output, Box<Diagnostic>> {
        let path = planned.path.clone();
        match &planned.how {
            How::Render(subject) => {
                let (bytes, inputs) = render::render(self.book, self.theme, subject, &path)?;
                Ok(Output { path, digest: Digest::of(&bytes), content: Content::Rendered(bytes), inputs })
            }
            How::Copy(input, asset) => Ok(Output {
                path,
                digest: asset.digest,
                content: Content::Asset(Arc::clone(asset)),
                inputs: vec![(input.clone(), Some(asset.digest))],
            }),
        }
    }

    /// Makes all files only to see that they can be made; returns the diagnostics of those that cannot.
    pub fn faults(&self) -> Vec<Diagnostic> {
        let made: Vec<_> = self.plan.par_iter().filter_map(|planned| self.make(planned).err()).collect();
        made.into_iter().map(|fault| *fault).collect()
    }

    /// Makes all files, in the order of their paths.
    ///
    /// # Errors
    /// Returns the diagnostics of all files that could not be made.
    pub fn make_all(&self) -> Result<Vec<Output>, Vec<Diagnostic>> {
        let made: Vec<_> = self.plan.par_iter().map(|planned| self.make(planned)).collect();
        let (outputs, faults): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
        if faults.is_empty() {
            return Ok(outputs.into_iter().flatten().collect());
        }
        Err(faults.into_iter().filter_map(Result::err).map(|fault| *fault).collect())
    }
}
