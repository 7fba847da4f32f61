//! Findings about the author's files, as values.
//!
//! Every stage returns its own value beside a list of [`Diagnostic`]s; this module defines them, their
//! codes and their order. It is given places in files that are already in memory. It never decides
//! whether a run fails and never prints: [`text`] and [`json`] turn diagnostics into strings.

pub mod code;
pub mod json;
pub mod text;

use std::ops::Range;
use std::sync::Arc;

pub use code::Code;

use crate::source::TextFile;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The site cannot be published.
    Error,
    /// The site can be published, but something needs a writer's attention.
    Warning,
}

impl Severity {
    /// Returns the word that is printed and that stands in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A range of bytes in one file of the book.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The file, with its text.
    pub file: Arc<TextFile>,
    /// Byte offsets into the file's text.
    pub span: Range<usize>,
}

impl Place {
    /// Makes a place; offsets beyond the end of the text are cut to it and moved to character borders.
    pub fn new(file: &Arc<TextFile>, span: Range<usize>) -> Self {
        let text = &file.text;
        let floor = |at: usize| text.floor_char_boundary(at.min(text.len()));
        let start = floor(span.start);
        Place { file: Arc::clone(file), span: start..floor(span.end).max(start) }
    }

    /// Makes a place that means a file whose text is not known, by its path.
    pub fn of_path(path: impl Into<Arc<str>>) -> Self {
        Place::whole(&Arc::new(TextFile::new(path, "")))
    }

    /// Makes a place that means the file as a whole.
    pub fn whole(file: &Arc<TextFile>) -> Self {
        Place::new(file, 0..0)
    }

    /// Returns the line and the column of the start, both counted from 1, columns in characters.
    pub fn line_column(&self) -> (usize, usize) {
        let before = &self.file.text[..self.span.start];
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// One finding: which rule, how grave, where, and what to do.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule that was broken.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// One line in terms of the author's text.
    pub message: String,
    /// Where it is; `None` only when no file is concerned.
    pub place: Option<Place>,
    /// Other places that belong to the finding, each with a short label.
    pub related: Vec<(Place, String)>,
    /// The layer that it concerns; `None` for the book itself.
    pub layer: Option<String>,
    /// The address (`page`, `page#section`) that it concerns.
    pub address: Option<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Makes a diagnostic with the severity that its code carries.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            place: None,
            related: Vec::new(),
            layer: None,
            address: None,
            help: None,
        }
    }

    /// Sets the place, and the layer that its file belongs to.
    pub fn at(mut self, place: Place) -> Self {
        self.layer = place.file.layer.as_deref().map(str::to_owned);
        self.place = Some(place);
        self
    }

    /// Sets the place to a file as a whole, if there is one.
    pub fn at_file(mut self, file: Option<&Arc<TextFile>>) -> Self {
        self.place = file.map(Place::whole);
        self
    }

    /// Adds a second place with a label.
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Points at where a thing is asked for as well, unless the diagnostic stands there itself.
    pub fn asked_for_at(self, place: Place) -> Self {
        if self.place.as_ref() == Some(&place) { self } else { self.related(place, "asked for here") }
    }

    /// Adds a second place with a label, if there is one.
    pub fn related_if(self, place: Option<Place>, label: &str) -> Self {
        match place {
            Some(place) => self.related(place, label),
            None => self,
        }
    }

    /// Sets the address that it concerns.
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the nearest known name as help; where none is near, the help stays as it is.
    pub fn suggest_near<'a>(self, unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(unknown, known.into_iter()) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// Names the nearest known name as help, or lists the known ones when there are few.
    pub fn suggest<'a>(self, unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match nearest(unknown, known.iter().copied()) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None if known.is_empty() => self,
            None if known.len() <= 24 => self.help(format!("known are: {}", known.join(", "))),
            None => self,
        }
    }
}

/// Returns the known name nearest to `unknown`, if one is near enough to be meant.
pub fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (unknown.chars().count() / 3).max(1);
    known
        .map(|name| (strsim::damerau_levenshtein(unknown, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Sorts diagnostics by file, place and code, and drops exact repetitions.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    let key = |d: &Diagnostic| {
        let place = d.place.as_ref();
        (place.map(|place| place.file.path.clone()), place.map(|place| place.span.start), d.code, d.message.clone())
    };
    diagnostics.sort_by_cached_key(key);
    diagnostics.dedup_by_key(|d| key(d));
}

/// Returns whether any of the diagnostics is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}
