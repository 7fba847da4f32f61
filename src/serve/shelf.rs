//! What the preview shows: the last good site, and what is wrong with the book now.
//!
//! Files lie here by their whole name. A build that fails leaves them as they are and only brings its faults.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::site::Output;

/// A diagnostic as the browser shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    severity: &'static str,
    code: Option<&'static str>,
    message: String,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    /// The line of the file that it is about.
    source: Option<String>,
    layer: Option<String>,
    help: Option<String>,
}

/// The longest line of a file that is quoted, in characters.
const LONGEST_QUOTED: usize = 400;

impl From<&Diagnostic> for Fault {
    fn from(diagnostic: &Diagnostic) -> Self {
        let place = diagnostic.place.as_ref();
        let (line, column) = place.map(crate::diagnostic::Place::line_column).unzip();
        let quoted = place.zip(line).and_then(|(place, line)| place.file.text.lines().nth(line - 1));
        Fault {
            severity: diagnostic.severity.word(),
            code: Some(diagnostic.code.name()),
            message: diagnostic.message.clone(),
            file: place.map(|place| place.file.path.to_string()),
            line,
            column,
            source: quoted.map(|line| line.chars().take(LONGEST_QUOTED).collect()),
            layer: diagnostic.layer.clone(),
            help: diagnostic.help.clone(),
        }
    }
}

impl Fault {
    /// Makes a fault of a message that is about no file of the book.
    pub fn of_message(message: impl Into<String>) -> Self {
        Fault {
            severity: "error",
            code: None,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            source: None,
            layer: None,
            help: None,
        }
    }
}

/// The last good site and the faults of the book.
#[derive(Debug, Default)]
pub struct Shelf {
    files: BTreeMap<Arc<str>, Arc<Output>>,
    faults: Vec<Fault>,
}

impl Shelf {
    /// Puts a file in, in the place of one of its name.
    pub fn put(&mut self, output: Arc<Output>) {
        self.files.insert(output.path.as_str().into(), output);
    }

    /// Takes a file out.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// Says what is wrong with the book now; nothing, when it was built.
    pub fn set_faults(&mut self, faults: Vec<Fault>) {
        self.faults = faults;
    }

    /// Returns what is wrong with the book.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Returns whether no build has been good yet.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns the file at a path; `index.html` of a folder whose name ends with `/`.
    pub fn find(&self, path: &str) -> Option<(&str, &Arc<Output>)> {
        let found = if path.is_empty() || path.ends_with('/') {
            self.files.get_key_value(format!("{path}index.html").as_str())
        } else {
            self.files.get_key_value(path)
        };
        found.map(|(path, output)| (&**path, output))
    }

    /// Returns the page that is shown where there is none: that of the nearest folder which has one.
    pub fn not_found(&self, path: &str) -> Option<(&str, &Arc<Output>)> {
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(found) = self.find(&format!("{above}/404.html")) {
                return Some(found);
            }
            folder = above;
        }
        self.find("404.html")
    }

    /// Returns the digest of the file at a path.
    pub fn digest(&self, path: &str) -> Option<Digest> {
        self.find(path).map(|(_, output)| output.digest)
    }
}
