//! Looking at a folder again and again, where the system does not tell of changes: network drives, mostly.
//!
//! It is given a folder and says which of its files are new, gone or touched. It looks at times to the finest
//! degree and at sizes, so that two saves within one second are two changes; it never reads a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use walkdir::WalkDir;

use super::watch::is_source;

/// How long it rests after each look.
const REST: Duration = Duration::from_millis(400);

/// What tells one state of a file from another.
type Mark = (Option<SystemTime>, u64);

/// Looks at a folder until it is dropped.
pub struct Poller {
    is_over: Arc<AtomicBool>,
}

impl Poller {
    /// Begins to look; `tell` is given what has changed since the last look.
    pub fn new(root: &Path, layers: &[PathBuf], tell: impl Fn(Vec<PathBuf>) + Send + 'static) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (root, layers, over) = (root.to_path_buf(), layers.to_vec(), Arc::clone(&is_over));
        let mut seen = look(&root, &layers);
        std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                std::thread::sleep(REST);
                let now = look(&root, &layers);
                let changed = differences(&seen, &now);
                seen = now;
                if !changed.is_empty() && !over.load(Ordering::Relaxed) {
                    tell(changed);
                }
            }
        });
        Poller { is_over }
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Marks every file that the book and its layers may be read from.
fn look(root: &Path, layers: &[PathBuf]) -> BTreeMap<PathBuf, Mark> {
    let is_wanted = |path: &Path| {
        path == root || layers.iter().any(|layer| layer.starts_with(path)) || is_source(root, layers, path)
    };
    let folders = std::iter::once(root).chain(layers.iter().map(PathBuf::as_path));
    let walk = |folder| WalkDir::new(folder).follow_links(true).into_iter();
    let entries = folders.flat_map(|folder| walk(folder).filter_entry(|entry| is_wanted(entry.path())));
    let files = entries.flatten().filter(|entry| !entry.file_type().is_dir());
    let marked = files.map(|entry| {
        let mark = entry.metadata().map_or((None, 0), |metadata| (metadata.modified().ok(), metadata.len()));
        (entry.into_path(), mark)
    });
    marked.collect()
}

/// Lists what is in one and not, or not the same, in the other.
fn differences(before: &BTreeMap<PathBuf, Mark>, now: &BTreeMap<PathBuf, Mark>) -> Vec<PathBuf> {
    let new = now.iter().filter(|(path, mark)| before.get(*path) != Some(mark));
    let gone = before.iter().filter(|(path, _)| !now.contains_key(*path));
    new.chain(gone).map(|(path, _)| path.clone()).collect()
}
