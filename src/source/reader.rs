//! Reading a book's folder, and reading again only what has changed.
//!
//! It is given the folder, and later the paths at which something happened; it keeps the [`Source`] equal to
//! what reading the whole folder would give. Files whose text stays the same stay the same values.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{self, Walked};
use super::{File, Source};
use crate::diagnostic::Diagnostic;

/// What has changed in a book's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// Something at or below these paths, which begin with the book's folder.
    Paths(Vec<PathBuf>),
    /// Anything.
    Anything,
}

/// A book's folder and what was read from it.
#[derive(Debug)]
pub struct Reader {
    root: PathBuf,
    /// What messages put before the paths below the folder.
    prefix: String,
    source: Source,
    faults: Vec<Diagnostic>,
    /// Whether a symbolic link was met: then one file may stand at several paths.
    has_links: bool,
}

impl Reader {
    /// Reads the folder.
    pub fn new(root: &Path) -> Self {
        Reader::named(root, "")
    }

    /// Reads a folder that messages call `prefix` (empty, or ending in `/`).
    pub fn named(root: &Path, prefix: &str) -> Self {
        let (root, prefix) = (root.to_path_buf(), prefix.to_owned());
        let mut reader = Reader { root, prefix, source: Source::default(), faults: Vec::new(), has_links: false };
        reader.read_all();
        reader
    }

    /// Returns the files.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the faults of single files.
    pub fn faults(&self) -> &[Diagnostic] {
        &self.faults
    }

    /// Returns the files and the faults.
    pub fn into_parts(self) -> (Source, Vec<Diagnostic>) {
        (self.source, self.faults)
    }

    /// Reads again what has changed; returns the paths of the files that are new, gone or different.
    pub fn reread(&mut self, changed: &Changed) -> Vec<Arc<str>> {
        let parts = match changed {
            // What has a name that is no text is told of by its folder's walk.
            Changed::Paths(paths) if !self.has_links && paths.iter().all(|path| path.to_str().is_some()) => {
                let below = paths.iter().filter_map(|path| path.strip_prefix(&self.root).ok());
                topmost(below.map(disk::joined).filter(|path| disk::is_read(path)).collect())
            }
            _ => return self.read_all(),
        };
        let mut changed = self.read(&parts);
        if self.has_links && !changed.is_empty() {
            // The same file may have changed under another name, too.
            changed.extend(self.read_all());
        }
        changed
    }

    /// Reads everything.
    fn read_all(&mut self) -> Vec<Arc<str>> {
        self.has_links = false;
        let mut parts = disk::parts(&self.root);
        // What was there and is gone is a part, too.
        let known = self.source.files.keys().map(|path| &**path).chain(self.faults.iter().filter_map(path_of));
        parts.extend(known.filter(|path| !path.contains('/')).map(str::to_owned));
        self.read(&topmost(parts))
    }

    /// Reads what is at and below some paths, in the place of what was known of them.
    fn read(&mut self, parts: &[String]) -> Vec<Arc<str>> {
        let mut walked = Walked::default();
        let mut known: BTreeMap<Arc<str>, File> = BTreeMap::new();
        let mut had_faults = Vec::new();
        for part in parts {
            disk::walk(&self.root, part, &mut walked);
            known.extend(self.take(part));
            let (within, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.faults)
                .into_iter()
                .partition(|fault| path_of(fault).is_some_and(|path| is_within(path, part)));
            self.faults = others;
            had_faults.extend(within);
        }
        self.has_links |= walked.has_links;
        let (files, faults) = disk::read_files(walked);
        let read = Source { files: files.into_iter().collect() };
        let (Source { files }, faults) = disk::named((read, faults), &self.prefix);
        let mut changed = Vec::new();
        for (path, file) in files {
            let file = match known.remove(&path) {
                Some(old) if old.digest() == file.digest() => old,
                _ => {
                    changed.push(Arc::clone(&path));
                    file
                }
            };
            self.source.files.insert(path, file);
        }
        changed.extend(known.into_keys());
        let text =
            |faults: &[Diagnostic]| faults.iter().map(|fault| (fault.code, fault.message.clone())).collect::<Vec<_>>();
        if text(&had_faults) != text(&faults) {
            changed.extend(faults.iter().chain(&had_faults).filter_map(path_of).map(Arc::from));
        }
        self.faults.extend(faults);
        changed.sort();
        changed.dedup();
        changed
    }

    /// Takes out the files at and below a path.
    fn take(&mut self, part: &str) -> Vec<(Arc<str>, File)> {
        let from: Arc<str> = part.into();
        let within = self.source.files.range(from..).map(|(path, _)| path).take_while(|path| path.starts_with(part));
        let within: Vec<Arc<str>> = within.filter(|path| is_within(path, part)).cloned().collect();
        within.into_iter().filter_map(|path| self.source.files.remove_entry(&path)).collect()
    }
}

fn path_of(fault: &Diagnostic) -> Option<&str> {
    fault.place.as_ref().map(|place| place.file.below())
}

/// Returns whether a path is another one, or lies below it.
fn is_within(path: &str, part: &str) -> bool {
    path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Leaves out the paths that lie below others.
fn topmost(mut paths: Vec<String>) -> Vec<String> {
    paths.sort();
    let mut kept: Vec<String> = Vec::new();
    for path in paths {
        if !kept.iter().any(|above| is_within(&path, above)) {
            kept.push(path);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::topmost;

    #[test]
    fn a_path_below_another_is_read_with_it() {
        let paths = ["content/fi/a.md", "content/fi", "content/fi-x", "content/fi/a.md"].map(str::to_owned);
        assert_eq!(topmost(paths.to_vec()), ["content/fi", "content/fi-x"]);
    }
}
