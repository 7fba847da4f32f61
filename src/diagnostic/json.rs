//! Turns diagnostics and the end of a run into one JSON object a line, for programs.
//!
//! The keys are part of the contract. It is given values and returns strings; it never prints.

use serde::Serialize;

use super::{Diagnostic, Severity};

/// The line that a diagnostic becomes.
#[derive(Serialize)]
struct DiagnosticLine<'a> {
    reason: &'static str,
    code: Option<&'static str>,
    severity: &'static str,
    message: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    layer: Option<&'a str>,
    address: Option<&'a str>,
    help: Option<&'a str>,
}

/// Renders one diagnostic as a JSON line, without the line end.
pub fn render(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.place.as_ref();
    let (line, column) = place.map(super::Place::line_column).unzip();
    to_line(&DiagnosticLine {
        reason: "diagnostic",
        code: Some(diagnostic.code.name()),
        severity: diagnostic.severity.word(),
        message: &diagnostic.message,
        file: place.map(|place| place.file.path.as_ref()),
        line,
        column,
        layer: diagnostic.layer.as_deref(),
        address: diagnostic.address.as_deref(),
        help: diagnostic.help.as_deref(),
    })
}

/// Renders an error that breaks no rule of content, such as a full disk: a diagnostic without code and place.
pub fn failure(message: &str) -> String {
    to_line(&DiagnosticLine {
        reason: "diagnostic",
        code: None,
        severity: Severity::Error.word(),
        message,
        file: None,
        line: None,
        column: None,
        layer: None,
        address: None,
        help: None,
    })
}

/// What a run came to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Finished {
    /// Pages of the book, over all languages, that have a source of their own.
    pub pages: usize,
    /// Editions built.
    pub editions: usize,
    /// Files written.
    pub files_written: usize,
    /// Files that were there already with the same bytes.
    pub files_unchanged: usize,
    /// Errors reported.
    pub errors: usize,
    /// Warnings reported.
    pub warnings: usize,
    /// Wall-clock seconds of the run.
    pub seconds: f64,
}

impl Finished {
    /// Adds diagnostics to the errors and warnings.
    pub fn count(&mut self, diagnostics: &[Diagnostic]) {
        let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
        self.errors += errors;
        self.warnings += diagnostics.len() - errors;
    }

    /// Renders the end of a run as a JSON line, without the line end.
    pub fn render(&self) -> String {
        #[derive(Serialize)]
        struct FinishedLine<'a> {
            reason: &'static str,
            #[serde(flatten)]
            finished: &'a Finished,
        }
        to_line(&FinishedLine { reason: "finished", finished: self })
    }
}

/// Serialises a value whose serialisation cannot fail.
fn to_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a struct of strings and numbers is always valid JSON")
}
