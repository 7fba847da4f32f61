//! What the preview shows: the last good site of each edition, and what is wrong with it now.
//!
//! Files lie here by their whole name. A build that fails leaves them as they are and only brings its faults.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::remarks::Remarks;
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

/// What is shown: the editions of the book, each in a folder of its own where there are several.
#[derive(Debug)]
pub struct Shelf {
    editions: Vec<Shown>,
}

/// An edition: its last good site, and what is to be said of it.
#[derive(Debug, Default)]
pub struct Shown {
    /// The name.
    pub name: String,
    /// The folder that it is shown in: empty, or its name and `/`.
    pub folder: String,
    /// What is wrong with it now; nothing, when it was built.
    pub faults: Vec<Fault>,
    /// What is to be said of its pages.
    pub remarks: Remarks,
    files: BTreeMap<Arc<str>, Arc<Output>>,
}

impl Shelf {
    /// Makes an empty shelf for the editions of these names; a single one is shown without a folder.
    pub fn new(names: &[&str]) -> Self {
        let folder = |name: &str| if names.len() > 1 { format!("{name}/") } else { String::new() };
        let shown = |name: &&str| Shown { name: (*name).to_owned(), folder: folder(name), ..Shown::default() };
        Shelf { editions: names.iter().map(shown).collect() }
    }

    /// Returns the editions.
    pub fn editions(&self) -> &[Shown] {
        &self.editions
    }

    /// Returns an edition by its number, to change what is shown of it.
    pub fn edition(&mut self, at: usize) -> &mut Shown {
        &mut self.editions[at]
    }

    /// Returns the edition that a path belongs to, with the rest of the path.
    pub fn of<'p>(&self, path: &'p str) -> Option<(&Shown, &'p str)> {
        self.editions.iter().find_map(|shown| Some((shown, path.strip_prefix(&shown.folder)?)))
    }

    /// Returns whether no build has been good yet.
    pub fn is_empty(&self) -> bool {
        self.editions.iter().all(|shown| shown.files.is_empty())
    }

    /// Returns the file at a path, with its whole path; `index.html` of a folder whose name ends with `/`.
    pub fn find(&self, path: &str) -> Option<(String, &Arc<Output>)> {
        let (shown, below) = self.of(path)?;
        let (below, output) = shown.find(below)?;
        Some((format!("{}{below}", shown.folder), output))
    }

    /// Returns the page that is shown where there is none: that of the nearest folder which has one.
    pub fn not_found(&self, path: &str) -> Option<(String, &Arc<Output>)> {
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

impl Shown {
    /// Returns whether nothing is known of the edition yet: no round has been done.
    pub fn is_untried(&self) -> bool {
        self.files.is_empty() && self.faults.is_empty()
    }

    /// Puts a file in, in the place of one of its name.
    pub fn put(&mut self, output: Arc<Output>) {
        self.files.insert(output.path.as_str().into(), output);
    }

    /// Takes a file out.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// Returns the file at a path below the edition's folder.
    pub fn find(&self, path: &str) -> Option<(&str, &Arc<Output>)> {
        let found = if path.is_empty() || path.ends_with('/') {
            self.files.get_key_value(format!("{path}index.html").as_str())
        } else {
            self.files.get_key_value(path)
        };
        found.map(|(path, output)| (&**path, output))
    }
}
