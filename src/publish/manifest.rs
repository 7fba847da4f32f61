//! The manifest of a published site: every file with its digest, and what the site was made from.
//!
//! It marks a folder as opas's. It is the same for the same input, whatever the machine and the day.

#![expect(clippy::disallowed_methods, reason = "this module reads what was published")]

use std::collections::BTreeMap;
use std::path::Path;

use crate::digest::Digest;

/// The manifest's file name.
pub const NAME: &str = "opas-manifest.json";

/// The form of the file; raised when it changes, so that an older one is read as if it were not there.
const FORMAT: u32 = 1;

/// What a site was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The book's id.
    pub book: String,
    /// The book's version.
    pub version: String,
    /// The edition.
    pub edition: String,
    /// The digest of everything that the site was made from, the program included.
    pub inputs: Digest,
    /// The number of pages.
    pub pages: usize,
    /// The number of warnings that the build gave.
    pub warnings: usize,
}

/// What a published site is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// What it was made from.
    pub about: About,
    /// The digest of every file, by path; the manifest itself is not among them.
    pub files: BTreeMap<String, Digest>,
}

impl Manifest {
    /// Returns the file's text.
    pub fn to_json(&self) -> String {
        let value = serde_json::json!({
            "format": FORMAT,
            "book": self.about.book,
            "version": self.about.version,
            "edition": self.about.edition,
            "inputs": self.about.inputs,
            "pages": self.about.pages,
            "warnings": self.about.warnings,
            "files": self.files,
        });
        let mut text = serde_json::to_string_pretty(&value).expect("strings and numbers are always valid JSON");
        text.push('\n');
        text
    }

    /// Reads a manifest; none if it is not one of this format.
    pub fn read(path: &Path) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
        if value["format"] != FORMAT {
            return None;
        }
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let number = |key: &str| value[key].as_u64().and_then(|number| usize::try_from(number).ok());
        let files = value["files"].as_object()?.iter();
        let about = About {
            book: text("book")?,
            version: text("version")?,
            edition: text("edition")?,
            inputs: Digest::parse(value["inputs"].as_str()?)?,
            pages: number("pages")?,
            warnings: number("warnings")?,
        };
        let files = files.map(|(path, digest)| Some((path.clone(), Digest::parse(digest.as_str()?)?)));
        Some(Manifest { about, files: files.collect::<Option<_>>()? })
    }
}
