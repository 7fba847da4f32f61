//! Reading a book's folder.
//!
//! The only module besides `publish` and the command line that touches the disk. Files are read in parallel
//! and collected in the order of their paths, so that the result depends on nothing but the files.

#![expect(clippy::disallowed_methods, reason = "this module reads the book from the disk")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::{Asset, File, Source, TextFile};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;

/// Reads `book.toml`, `content/` and `themes/` below `root`.
///
/// Faults of single files (unreadable, not UTF-8, links out of the book) are diagnostics; the other files are
/// read all the same. A missing `content/` or `book.toml` is not reported here: the later stages know what
/// they need.
pub fn read(root: &Path) -> (Source, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut found = Vec::new();
    let config = root.join("book.toml");
    if config.exists() {
        found.push((Arc::from("book.toml"), config));
    }
    for folder in ["content", "themes"] {
        walk(root, folder, &mut found, &mut diagnostics);
    }
    let read: Vec<_> = found.into_par_iter().map(|(path, disk)| (read_file(&path, &disk), path)).collect();
    let mut source = Source::default();
    for (result, path) in read {
        match result {
            Ok(file) => {
                source.files.insert(path, file);
            }
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    (source, diagnostics)
}

/// Collects the files below `root/folder` as pairs of relative and real path.
fn walk(root: &Path, folder: &str, found: &mut Vec<(Arc<str>, PathBuf)>, out: &mut Vec<Diagnostic>) {
    let start = root.join(folder);
    if !start.exists() {
        return;
    }
    let real_root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let mut entries = WalkDir::new(&start).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) => {
                let is_dir = entry.file_type().is_dir();
                let is_special = !is_dir && !entry.file_type().is_file();
                if is_special {
                    out.push(unreadable(&relative(root, entry.path()), "it is neither a file nor a folder"));
                    continue;
                }
                let skip = match judge(root, &real_root, &entry) {
                    Ok(None) => true,
                    Ok(Some(path)) => {
                        if !is_dir {
                            found.push((path, entry.into_path()));
                        }
                        false
                    }
                    Err(diagnostic) => {
                        out.push(*diagnostic);
                        true
                    }
                };
                if skip && is_dir {
                    entries.skip_current_dir();
                }
            }
            Err(error) => out.push(walk_fault(root, &error)),
        }
    }
}

/// Decides on one entry: its relative path, or `None` for editors' and hidden files.
fn judge(root: &Path, real_root: &Path, entry: &DirEntry) -> Result<Option<Arc<str>>, Box<Diagnostic>> {
    let shown = relative(root, entry.path());
    let Some(name) = entry.file_name().to_str() else {
        let fault = Diagnostic::new(Code::E005, format!("the name of `{shown}` is not valid UTF-8"));
        return Err(Box::new(fault.at(Place::of_path(shown.as_str())).help("rename it")));
    };
    if name.starts_with(['.', '#']) || name.ends_with('~') {
        return Ok(None);
    }
    if entry.path_is_symlink() {
        let leads_out = std::fs::canonicalize(entry.path()).map_or(true, |real| !real.starts_with(real_root));
        if leads_out {
            let fault = Diagnostic::new(Code::E003, format!("the symbolic link `{shown}` leads out of the book"));
            let help = "put a copy of what it leads to into the book";
            return Err(Box::new(fault.at(Place::of_path(shown.as_str())).help(help)));
        }
    }
    Ok(Some(shown.into()))
}

/// Turns an error of the walk into a diagnostic.
fn walk_fault(root: &Path, error: &walkdir::Error) -> Diagnostic {
    let shown = relative(root, error.path().unwrap_or(root));
    if error.loop_ancestor().is_some() {
        let fault = Diagnostic::new(Code::E003, format!("the symbolic link `{shown}` leads back to a folder above it"));
        return fault.at(Place::of_path(shown.as_str())).help("remove the link");
    }
    if error.path().is_some_and(Path::is_symlink) {
        let fault = Diagnostic::new(Code::E003, format!("the symbolic link `{shown}` leads nowhere"));
        return fault.at(Place::of_path(shown.as_str())).help("remove the link, or mend what it leads to");
    }
    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    unreadable(&shown, &reason)
}

fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(Code::E001, format!("`{path}` cannot be read: {reason}"))
        .at(Place::of_path(path))
        .help("mend the permissions, or take the file out of the book")
}

/// Returns the path below the root with `/` between its parts.
fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Reads one file whole.
fn read_file(path: &Arc<str>, disk: &Path) -> Result<File, Box<Diagnostic>> {
    let bytes = std::fs::read(disk).map_err(|error| Box::new(unreadable(path, &error.to_string())))?;
    if !is_text(path) {
        let digest = Digest::of(&bytes);
        return Ok(File::Asset(Arc::new(Asset { path: Arc::clone(path), bytes, digest })));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(File::Text(Arc::new(TextFile::new(Arc::clone(path), text)))),
        Err(error) => {
            let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
            let file = Arc::new(TextFile::new(Arc::clone(path), valid));
            let end = file.text.len();
            let fault = Diagnostic::new(Code::E002, "this file is not valid UTF-8 from here on");
            Err(Box::new(fault.at(Place::new(&file, end..end)).help("save the file as UTF-8")))
        }
    }
}

/// Returns whether opas itself reads a file of this name as text.
fn is_text(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_content = matches!(extension, "md" | "yaml" | "toml");
    is_content || (path.starts_with("themes/") && matches!(extension, "html" | "xml"))
}
