//! What the preview says of pages besides showing them: which are drafts or past their review, and where the blocks of
//! layers are written.
//!
//! It is given an edition that was built, and a day. Nothing of this is ever part of a site.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::book::Book;
use crate::document::{Change, Document};
use crate::site::paths;
use crate::source::TextFile;

/// How many pages of each kind are named.
const MOST_NAMED: usize = 500;

/// What is said of the pages of an edition, by paths below its folder.
#[derive(Debug, Default)]
pub struct Remarks {
    /// The pages that are drafts.
    pub drafts: Vec<String>,
    /// The pages whose day of review has passed.
    pub expired: Vec<String>,
    /// Where the changes of layers are written, in the order of their labels on the page.
    pub sources: BTreeMap<String, Vec<Written>>,
}

/// Where a layer's change of a page is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The layer.
    layer: String,
    /// The file, as messages show it.
    file: String,
    /// The line, counted from 1.
    line: usize,
    /// The address that opens it in an editor, where one is configured.
    href: Option<String>,
}

/// The address by which an editor opens a file: a text with `{path}`, and `{line}` if it knows lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor(String);

impl Editor {
    /// Reads the address, such as `vscode://file{path}:{line}`.
    ///
    /// # Errors
    /// Says what is wrong with it: no `{path}`, no scheme, or one by which pages would run code or leave the editor.
    pub fn read(text: &str) -> Result<Self, String> {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|c: char| c.is_ascii_lowercase())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        };
        match scheme {
            Some(scheme) if ["javascript", "data", "vbscript", "blob"].contains(&&*scheme) => {
                Err(format!("`{scheme}:` opens no editor"))
            }
            Some(scheme) if is_scheme(&scheme) && text.contains("{path}") => Ok(Editor(text.to_owned())),
            _ => Err("write it with `{path}` and `{line}`, such as vscode://file{path}:{line}".to_owned()),
        }
    }

    fn address(&self, path: &Path, line: usize) -> String {
        let path = path.to_string_lossy().replace('\\', "/");
        // `C:/…` on Windows: addresses of files begin with a slash everywhere.
        let path = if path.starts_with('/') { path } else { format!("/{path}") };
        self.0.replace("{path}", &paths::encode(&path)).replace("{line}", &line.to_string())
    }
}

impl Remarks {
    /// Looks at an edition as of a day; `folders` are those of its layers, from the lowest up.
    pub fn of(book: &Book, folders: &[PathBuf], today: Date, editor: Option<&Editor>) -> Self {
        let mut remarks = Remarks::default();
        for lang in &book.config.languages {
            for id in book.outline.order() {
                let Some(page) = book.page(lang, id) else { continue };
                let path = || paths::page(book, lang, id).into_owned();
                if page.front.draft {
                    remarks.drafts.push(path());
                }
                if page.front.review_by.is_some_and(|day| day < today) {
                    remarks.expired.push(path());
                }
                if !page.document.changes.is_empty() {
                    let written = labelled(&page.document).into_iter().map(|it| written(book, it, folders, editor));
                    remarks.sources.insert(path(), written.collect());
                }
            }
        }
        remarks.drafts.truncate(MOST_NAMED);
        remarks.expired.truncate(MOST_NAMED);
        remarks
    }
}

/// Returns the changes of a document in the order in which a page labels them (`render/provenance.rs`).
fn labelled(document: &Document) -> Vec<&Arc<Change>> {
    let mut changes: Vec<&Arc<Change>> = Vec::new();
    let mut last: Option<&Arc<Change>> = None;
    let mut removals = document.changes.iter().filter(|placed| placed.blocks.is_empty()).peekable();
    for at in 0..=document.blocks.len() {
        let is_end = at == document.blocks.len();
        while let Some(placed) = removals.next_if(|placed| is_end || placed.blocks.start <= at) {
            changes.push(&placed.change);
            last = None;
        }
        let change = document.change_at(at);
        if let Some(change) = change.filter(|change| last.is_none_or(|last| !Arc::ptr_eq(last, change))) {
            changes.push(change);
            last = Some(change);
        }
    }
    changes
}

fn written(book: &Book, change: &Change, folders: &[PathBuf], editor: Option<&Editor>) -> Written {
    let file: &Arc<TextFile> = &change.file;
    let line = change.place().line_column().0;
    let layer = book.layers.iter().position(|layer| layer.manifest.name == change.layer);
    let folder = layer.and_then(|at| folders.get(at));
    let href = editor.zip(folder).map(|(editor, folder)| editor.address(&folder.join(file.below()), line));
    Written { layer: change.layer.to_string(), file: file.path.to_string(), line, href }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Editor;

    #[test]
    fn an_editor_is_told_path_and_line() {
        let editor = Editor::read("vscode://file{path}:{line}").unwrap();
        assert_eq!(editor.address(Path::new("/a b/ä.md"), 7), "vscode://file/a%20b/%C3%A4.md:7");
    }

    #[test]
    fn what_is_no_editor_is_refused() {
        for text in [
            "",
            "{path}",
            "javascript:alert('{path}')",
            "JavaScript:{path}",
            "data:text/html,{path}",
            "code:x",
            "1:{path}",
        ] {
            assert!(Editor::read(text).is_err(), "{text}");
        }
    }
}
