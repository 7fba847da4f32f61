//! Stage 5, `site`: the set of output files.
//!
//! It is given the book and the theme and returns a [`Site`]: every file with its path, bytes, digest and the
//! inputs that it was made from. Files are made in parallel; the set is in the order of its paths. It never
//! touches the disk.

pub mod paths;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    Text(String),
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
            Content::Text(text) => text.as_bytes(),
            Content::Asset(asset) => &asset.bytes,
        }
    }
}

/// A site, ready to be published.
#[derive(Debug, Default)]
pub struct Site {
    /// The files, in the order of their paths.
    pub outputs: Vec<Output>,
}

/// How far a build has come; read by the progress bar.
#[derive(Debug, Default)]
pub struct Progress {
    /// Outputs to make.
    pub total: AtomicUsize,
    /// Outputs made.
    pub done: AtomicUsize,
}

/// What is to be made.
enum Job<'a> {
    Render(Subject),
    Copy(Input, &'a Arc<Asset>),
}

/// Makes all outputs of a book.
pub fn make(book: &Book, theme: &Theme, progress: &Progress) -> (Site, Vec<Diagnostic>) {
    let jobs = jobs(book, theme);
    progress.total.store(jobs.len(), Ordering::Relaxed);
    let made: Vec<_> = jobs
        .into_par_iter()
        .map(|(path, job)| {
            let output = make_one(book, theme, path, job);
            progress.done.fetch_add(1, Ordering::Relaxed);
            output
        })
        .collect();
    let mut site = Site::default();
    let mut out = Vec::new();
    for result in made {
        match result {
            Ok(output) => site.outputs.push(output),
            Err(diagnostic) => out.push(*diagnostic),
        }
    }
    site.outputs.sort_by(|a, b| a.path.cmp(&b.path));
    (site, out)
}

fn make_one(book: &Book, theme: &Theme, path: String, job: Job<'_>) -> Result<Output, Box<Diagnostic>> {
    match job {
        Job::Render(subject) => {
            let (text, inputs) = render::render(book, theme, &subject, &path)?;
            Ok(Output { path, digest: Digest::of(&text), content: Content::Text(text), inputs })
        }
        Job::Copy(input, asset) => Ok(Output {
            path,
            digest: asset.digest,
            content: Content::Asset(Arc::clone(asset)),
            inputs: vec![(input, asset.digest)],
        }),
    }
}

/// Lists what is to be made, with each output's path.
fn jobs<'a>(book: &'a Book, theme: &'a Theme) -> Vec<(String, Job<'a>)> {
    let mut jobs = Vec::new();
    for lang in &book.config.languages {
        for id in book.outline.order() {
            let subject = Subject::Page(Arc::clone(lang), Arc::clone(id));
            jobs.push((paths::page(book, lang, id), Job::Render(subject)));
        }
        for (page, _) in book.generated() {
            let subject = Subject::Generated(Arc::clone(lang), page);
            jobs.push((paths::generated(book, lang, page.id()), Job::Render(subject)));
        }
        for (alias, id) in &book.aliases {
            let subject = Subject::Redirect(Arc::clone(lang), Arc::clone(alias), Arc::clone(id));
            jobs.push((paths::page(book, lang, alias), Job::Render(subject)));
        }
        jobs.push((paths::generated(book, lang, "404"), Job::Render(Subject::NotFound(Arc::clone(lang)))));
    }
    for (below, asset) in &book.assets {
        jobs.push((paths::asset(book, below), Job::Copy(Input::Asset(Arc::clone(below)), asset)));
    }
    for (name, asset) in &theme.assets {
        let input = Input::ThemeAsset(Arc::clone(name));
        jobs.push((format!("assets/{name}"), Job::Copy(input, asset)));
    }
    jobs
}
