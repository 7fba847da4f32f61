//! Reading a book's folder.
//!
//! The only module besides `publish` and the command line that touches the disk. Files are read in parallel
//! and collected in the order of their paths, so that the result depends on nothing but the files.

#![expect(clippy::disallowed_methods, reason = "this module reads the book from the disk")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::{Asset, File, Reader, Source, TextFile};
use crate::config::brand::IMAGES;
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::digest::Digest;

/// What a book is read from, below its folder, besides the images there.
const PARTS: [&str; 4] = ["book.toml", "content", "themes", LISTS];

/// Where a book's lists of queries lie.
pub const LISTS: &str = "tests/search";

/// What a layer is read from.
const LAYER_PARTS: [&str; 4] = ["overlay.toml", "overlay.lock", FOLDERS[0], FOLDERS[1]];

/// The folders of a layer.
const FOLDERS: [&str; 2] = ["content", "themes"];

/// Reads `book.toml` with the images beside it, `content/`, `themes/` and the lists in `tests/search/` below `root`.
///
/// Faults of single files (unreadable, not UTF-8, links out of the book) are diagnostics; the other files are
/// read all the same. A missing `content/` or `book.toml` is not reported here: the later stages know what
/// they need.
pub fn read(root: &Path) -> (Source, Vec<Diagnostic>) {
    Reader::new(root).into_parts()
}

/// Reads a book whose folder messages call `prefix` (empty, or ending in `/`).
pub fn read_as(root: &Path, prefix: &str) -> (Source, Vec<Diagnostic>) {
    Reader::named(root, prefix).into_parts()
}

/// Reads a layer whose folder messages call `prefix`: `overlay.toml` with the images beside it, `overlay.lock`,
/// `content/` and `themes/`.
///
/// Layers are untrusted: what a symbolic link in one leads to must lie within it.
pub fn read_layer(root: &Path, prefix: &str) -> (Source, Vec<Diagnostic>) {
    let mut walked = Walked::default();
    for part in LAYER_PARTS.map(str::to_owned).into_iter().chain(images(root)) {
        walk(root, &part, &mut walked);
    }
    let (files, mut faults) = read_files(walked);
    faults.extend(misnamed(root));
    named((Source { files: files.into_iter().collect() }, faults), prefix)
}

/// Reports folders of a layer that nothing is read from, where one that is read has nearly the same name and is not there.
fn misnamed(root: &Path) -> Vec<Diagnostic> {
    let missing = FOLDERS.into_iter().filter(|name| !root.join(name).exists());
    let fault = |(name, meant): (String, &str)| {
        let fault = Diagnostic::new(Code::E092, format!("nothing of a layer is read from a folder `{name}`"));
        fault.at(Place::of_path(name)).help(format!("rename it to `{meant}`"))
    };
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut found: Vec<(String, &str)> =
        names.filter_map(|name| nearest(&name, missing.clone()).map(|meant| (name.clone(), meant))).collect();
    found.sort();
    found.into_iter().map(fault).collect()
}

/// Reads the settings of a layer alone.
pub fn read_layer_settings(root: &Path) -> Source {
    let mut walked = Walked::default();
    walk(root, LAYER_PARTS[0], &mut walked);
    Source { files: read_files(walked).0.into_iter().collect() }
}

/// Returns whether a folder is that of a layer.
pub fn is_layer(root: &Path) -> bool {
    root.join(LAYER_PARTS[0]).is_file()
}

/// Calls a folder `prefix` in messages.
pub fn named((mut source, mut faults): (Source, Vec<Diagnostic>), prefix: &str) -> (Source, Vec<Diagnostic>) {
    if prefix.is_empty() {
        return (source, faults);
    }
    source.name(prefix, None);
    for place in faults.iter_mut().filter_map(|fault| fault.place.as_mut()) {
        place.file = Arc::new(place.file.within(prefix, None));
    }
    (source, faults)
}

/// Returns whether a path below the book's folder is one that the book is read from.
pub fn is_read(path: &str) -> bool {
    let is_in = |part: &&str| path.strip_prefix(*part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (PARTS.iter().any(is_in) || is_image(path)) && !path.split('/').skip(1).any(is_hidden)
}

/// Returns whether a path below a layer's folder is one that the layer is read from.
pub fn is_read_in_layer(path: &str) -> bool {
    let mut names = path.split('/');
    names.next().is_some_and(|first| LAYER_PARTS.contains(&first)) && !names.any(is_hidden)
}

/// Lists what there is to read below a book's folder.
pub fn parts(root: &Path) -> Vec<String> {
    PARTS.map(str::to_owned).into_iter().chain(images(root)).collect()
}

/// Lists the images beside the settings, in no order.
fn images(root: &Path) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| is_image(name))
}

/// Returns whether a path is that of an image beside `book.toml`: one of them may be the logo.
fn is_image(path: &str) -> bool {
    let is_image = path.rsplit_once('.').is_some_and(|(_, ending)| IMAGES.contains(&ending));
    is_image && !path.contains('/') && !is_hidden(path)
}

/// What a walk through folders has found.
#[derive(Default)]
pub struct Walked {
    /// The files, as pairs of relative and real path.
    found: Vec<(Arc<str>, PathBuf)>,
    /// What cannot be read.
    faults: Vec<Diagnostic>,
    /// Whether one of the entries was a symbolic link.
    pub has_links: bool,
}

/// Reads the files that were found, in parallel; returns them in order, and all faults.
pub fn read_files(walked: Walked) -> (Vec<(Arc<str>, File)>, Vec<Diagnostic>) {
    let Walked { found, mut faults, .. } = walked;
    let read: Vec<_> = found.into_par_iter().map(|(path, disk)| (read_file(&path, &disk), path)).collect();
    let mut files = Vec::with_capacity(read.len());
    for (result, path) in read {
        match result {
            Ok(file) => files.push((path, file)),
            Err(diagnostic) => faults.push(*diagnostic),
        }
    }
    (files, faults)
}

/// Reads one text file that is no part of a book, such as a list of queries named on the command line.
///
/// # Errors
/// Returns a diagnostic (`E001`, `E002`) when it cannot be read as text.
pub fn read_list(path: &Path) -> Result<Arc<TextFile>, Box<Diagnostic>> {
    let shown: Arc<str> = path.to_string_lossy().into();
    let bytes = std::fs::read(path).map_err(|error| Box::new(unreadable(&shown, &error.to_string())))?;
    as_text(&shown, bytes)
}

/// Collects the files at and below `root/part`.
pub fn walk(root: &Path, part: &str, walked: &mut Walked) {
    let start = root.join(part);
    if start.symlink_metadata().is_err() {
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
                    walked.faults.push(unreadable(&relative(root, entry.path()), "it is neither a file nor a folder"));
                    continue;
                }
                walked.has_links |= entry.path_is_symlink();
                let skip = match judge(root, &real_root, &entry) {
                    Ok(None) => true,
                    Ok(Some(path)) => {
                        if !is_dir {
                            walked.found.push((path, entry.into_path()));
                        }
                        false
                    }
                    Err(diagnostic) => {
                        walked.faults.push(*diagnostic);
                        true
                    }
                };
                if skip && is_dir {
                    entries.skip_current_dir();
                }
            }
            Err(error) => {
                walked.has_links |= error.path().is_some_and(Path::is_symlink);
                walked.faults.push(walk_fault(root, &error));
            }
        }
    }
}

/// Returns whether a name is that of a hidden file, or of one that an editor keeps for itself.
fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '#']) || name.ends_with('~')
}

/// Decides on one entry: its relative path, or `None` for editors' and hidden files.
fn judge(root: &Path, real_root: &Path, entry: &DirEntry) -> Result<Option<Arc<str>>, Box<Diagnostic>> {
    let shown = relative(root, entry.path());
    let Some(name) = entry.file_name().to_str() else {
        let fault = Diagnostic::new(Code::E005, format!("the name of `{shown}` is not valid UTF-8"));
        return Err(Box::new(fault.at(Place::of_path(shown.as_str())).help("rename it")));
    };
    if is_hidden(name) {
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
    joined(path.strip_prefix(root).unwrap_or(path))
}

/// Returns a path with `/` between its parts.
pub fn joined(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Reads one file whole.
fn read_file(path: &Arc<str>, disk: &Path) -> Result<File, Box<Diagnostic>> {
    let bytes = std::fs::read(disk).map_err(|error| Box::new(unreadable(path, &error.to_string())))?;
    if !is_text(path) {
        let digest = Digest::of(&bytes);
        return Ok(File::Asset(Arc::new(Asset { path: Arc::clone(path), bytes, digest })));
    }
    as_text(path, bytes).map(File::Text)
}

/// Reads bytes as text.
fn as_text(path: &Arc<str>, bytes: Vec<u8>) -> Result<Arc<TextFile>, Box<Diagnostic>> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Arc::new(TextFile::new(Arc::clone(path), text))),
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
    let is_content = matches!(extension, "md" | "yaml" | "toml") || path == LAYER_PARTS[1];
    is_content || (path.starts_with("themes/") && matches!(extension, "html" | "xml"))
}
