//! Stage 5, `site`: the set of output files.
//!
//! It is given the book and the theme and returns a [`Site`]: the path of every file and how each is made.
//! Files are made one by one, when they are asked for, so that a large site never lies whole in memory; each
//! comes with its digest and the inputs that it was made from. It never touches the disk.

pub mod paths;

use std::ops::Deref;
use std::sync::Arc;

use rayon::prelude::*;

use crate::book::{Book, Input};
use crate::config::Lang;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::flow::{Checked, FlowId};
use crate::render::{self, Inputs, Subject, Theme, tracked};
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
pub struct Planned {
    /// The path below the site's folder, with `/` between its parts.
    pub path: String,
    /// How it is made.
    pub how: How,
}

/// How a file is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By rendering.
    Render(Subject),
    /// By passing on what an input is: an asset of the book or of the theme, or the logo of the settings.
    Copy(Input),
}

/// A site, ready to be made and published.
#[derive(Debug)]
pub struct Site<'a> {
    book: &'a Book,
    theme: &'a Theme,
    /// The files, in the order of their paths.
    pub plan: Arc<Plan>,
}

/// The files of a site, in the order of their paths.
#[derive(Debug)]
pub struct Plan {
    files: Vec<Planned>,
    /// The digest of what says which files there are.
    made_from: Digest,
}

impl Deref for Plan {
    type Target = [Planned];

    fn deref(&self) -> &[Planned] {
        &self.files
    }
}

/// Returns the digest of all that says which files there are, and what their paths are.
fn plan_of(book: &Book, theme: &Theme) -> Digest {
    let mut parts = vec![book.config.digest, book.outline.digest()];
    for lang in &book.config.languages {
        parts.extend(book.cards.get(lang).and_then(|cards| cards.digest));
        parts.extend(book.cases.get(lang).and_then(|cases| cases.digest));
        parts.push(book.search().division(lang));
    }
    let aliases = book.aliases.iter().flat_map(|(alias, id)| [&**alias, &**id]);
    let hidden = book.hidden.iter().flat_map(|(id, hidden)| [&**id, hidden.page.file.below()]);
    let generated = book.generated.iter().map(|(page, _)| page.id());
    parts.push(Digest::of_parts(aliases.chain(["\0"]).chain(hidden).chain(["\0"]).chain(generated)));
    parts.push(Digest::of_parts(book.assets.keys().chain(theme.assets().keys()).map(|path| path.as_bytes())));
    parts.extend(book.flows.values().map(|checked| checked.digest));
    Digest::of_parts(parts)
}

/// Lists the pages of a flow in a language: its first one, its diagram, and one for each state.
fn flow(book: &Book, lang: &Lang, id: &FlowId, checked: &Checked) -> Vec<(String, Subject)> {
    let (own, shared) = (|| Arc::clone(lang), || Arc::clone(id));
    let mut pages = vec![
        (paths::flow(book, lang, id), Subject::Flow(own(), shared())),
        (paths::diagram(book, lang, id), Subject::FlowDiagram(own(), shared())),
    ];
    let Some((_, states)) = checked.sound() else { return pages };
    pages.extend((0..states.list.len()).map(|state| {
        let name = states.name(&checked.flow, state);
        (paths::state(book, lang, id, &name), Subject::FlowState(own(), shared(), state))
    }));
    pages
}

impl<'a> Site<'a> {
    /// Lists the files of a book's site.
    pub fn new(book: &'a Book, theme: &'a Theme) -> Self {
        Site::again(book, theme, None)
    }

    /// Does the same; the list of before is taken over if it is still right.
    pub fn again(book: &'a Book, theme: &'a Theme, before: Option<&Arc<Plan>>) -> Self {
        let made_from = plan_of(book, theme);
        let plan = before.filter(|before| before.made_from == made_from);
        let list = || Arc::new(Plan { files: Site::list(book, theme), made_from });
        Site { book, theme, plan: plan.map_or_else(list, Arc::clone) }
    }

    fn list(book: &Book, theme: &Theme) -> Vec<Planned> {
        let mut plan = Vec::new();
        let mut add = |path: String, how: How| plan.push(Planned { path, how });
        for lang in &book.config.languages {
            for id in book.outline.order() {
                let subject = Subject::Page(Arc::clone(lang), Arc::clone(id));
                add(paths::page(book, lang, id).into_owned(), How::Render(subject));
                if let Some(path) = paths::print(book, lang, id) {
                    add(path, How::Render(Subject::Print(Arc::clone(lang), Arc::clone(id))));
                }
            }
            for (page, _) in book.generated.iter() {
                let subject = Subject::Generated(Arc::clone(lang), *page);
                add(paths::generated(book, lang, page.id()), How::Render(subject));
            }
            for filter in &book.cases[lang].filters {
                let subject = Subject::Filter(Arc::clone(lang), filter.key.clone());
                add(paths::filter(book, lang, &filter.key), How::Render(subject));
            }
            for (id, checked) in &book.flows {
                for (path, subject) in flow(book, lang, id, checked) {
                    add(path, How::Render(subject));
                }
            }
            for alias in book.aliases.keys() {
                let subject = Subject::Redirect(Arc::clone(lang), Arc::clone(alias));
                add(paths::alias(book, lang, alias), How::Render(subject));
            }
            add(paths::generated(book, lang, "404"), How::Render(Subject::NotFound(Arc::clone(lang))));
            add(paths::generated(book, lang, "search"), How::Render(Subject::SearchPage(Arc::clone(lang))));
            add(paths::shard(book, lang, "texts"), How::Render(Subject::SearchTexts(Arc::clone(lang))));
            for name in book.search().names(lang) {
                let path = paths::shard(book, lang, &name);
                add(path, How::Render(Subject::Shard(Arc::clone(lang), name.into())));
            }
            if let Some(path) = paths::feed(book, lang) {
                add(path, How::Render(Subject::Feed(Arc::clone(lang))));
            }
        }
        if let Some(path) = paths::site_map(book) {
            add(path.to_owned(), How::Render(Subject::SiteMap));
        }
        if book.config.brand.accent.is_some() {
            add(paths::BRAND_STYLE.to_owned(), How::Render(Subject::BrandStyle));
        }
        if let Some(name) = book.config.brand.logo_name() {
            add(format!("assets/{name}"), How::Copy(Input::Settings));
        }
        for below in book.assets.keys() {
            add(paths::asset(book, below), How::Copy(Input::Asset(Arc::clone(below))));
        }
        for name in theme.assets().keys() {
            add(format!("assets/{name}"), How::Copy(Input::ThemeAsset(Arc::clone(name))));
        }
        plan.sort_by(|a, b| a.path.cmp(&b.path));
        plan
    }

    /// Makes one file.
    ///
    /// # Errors
    /// Returns a diagnostic (`E034`) when a template fails.
    pub fn make(&self, planned: &Planned) -> Result<Output, Box<Diagnostic>> {
        let path = planned.path.clone();
        match &planned.how {
            How::Render(subject) => {
                let (bytes, inputs) = render::render(self.book, self.theme, subject, &path)?;
                Ok(Output { path, digest: Digest::of(&bytes), content: Content::Rendered(bytes), inputs })
            }
            How::Copy(input) => {
                let asset = self.asset(input).expect("the plan names only assets that are there");
                Ok(Output {
                    path,
                    digest: asset.digest,
                    content: Content::Asset(Arc::clone(asset)),
                    inputs: vec![(input.clone(), tracked::digest(self.book, self.theme, input))],
                })
            }
        }
    }

    /// Returns the asset that an input names.
    fn asset(&self, input: &Input) -> Option<&'a Arc<Asset>> {
        match input {
            Input::Asset(below) => self.book.assets.get(below),
            Input::ThemeAsset(name) => self.theme.assets().get(name),
            Input::Settings => self.book.config.brand.logo.as_ref(),
            _ => None,
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
