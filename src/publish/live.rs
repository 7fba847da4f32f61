//! A published site that is kept up to date file by file.
//!
//! It is given the outputs that are new and the paths that are gone. Each file takes the place of the old one by
//! one rename, so a reader sees a file of the old site or of the new one, never half of either; the files
//! together need not be of one moment.

#![expect(clippy::disallowed_methods, reason = "this module publishes to the disk")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::manifest::{self, About, Manifest};
use super::staging::Staging;
use super::{Error, Folder, Published};
use crate::site::Output;

/// A published site that is being kept up to date.
#[derive(Debug)]
pub struct Live {
    folder: Folder,
    /// What the manifest on the disk lists; empty before the first update.
    manifest: Option<Manifest>,
    /// When the manifest was written.
    time: Option<SystemTime>,
    /// Where files are written before they are renamed.
    staging: Staging,
    written: u64,
    /// Whether nothing has been updated yet: what the folder holds may be of another book.
    is_first: bool,
}

impl Live {
    /// Takes a folder over.
    ///
    /// # Errors
    /// [`Error::Foreign`] for a folder that is not opas's; [`Error::Io`].
    pub fn new(path: &Path) -> Result<Self, Error> {
        let folder = Folder::look(path)?;
        let staging = Staging::new(&folder.path)?;
        std::fs::create_dir_all(&folder.path).map_err(Error::io("make the folder", &folder.path))?;
        let (manifest, time) = (folder.manifest.clone(), folder.manifest_time);
        Ok(Live { folder, manifest, time, staging, written: 0, is_first: true })
    }

    /// Writes what is new and removes what is gone.
    ///
    /// The manifest is true at every moment, in the sense that the next build relies on: it lists every file that
    /// is there, and no digest that a file does not have yet.
    ///
    /// # Errors
    /// [`Error::Changed`] when another build has published here meanwhile. [`Error::Io`]; what was done up to then
    /// stays, and the next build mends it.
    pub fn update(&mut self, about: &About, outputs: &[Arc<Output>], removed: &[Arc<str>]) -> Result<Published, Error> {
        if self.manifest_time() != self.time {
            return Err(Error::Changed(self.folder.path.clone()));
        }
        let is_first = self.is_first;
        let old = self.manifest.take();
        let mut is_new = old.as_ref().is_none_or(|old| old.about != *about);
        let empty = || Manifest { about: about.clone(), files: BTreeMap::new() };
        let mut manifest = old.unwrap_or_else(empty);
        let mut stale: Vec<String> = removed.iter().map(ToString::to_string).collect();
        if is_first {
            // All outputs are given: whatever else the folder's site had is gone.
            let is_there = |path: &&String| outputs.binary_search_by(|output| output.path.cmp(path)).is_err();
            stale.extend(manifest.files.keys().filter(is_there).cloned());
        }
        let is_intact = |output: &Output| is_first && self.folder.is_intact(&output.path, output.digest);
        let (same, new): (Vec<_>, Vec<_>) = outputs.iter().partition(|output| is_intact(output));
        if new.iter().any(|output| !manifest.files.contains_key(&output.path)) {
            let mut wider = manifest.clone();
            for output in &new {
                wider.files.entry(output.path.clone()).or_insert(output.digest);
            }
            self.write(manifest::NAME, wider.to_json().as_bytes())?;
        }
        for path in &stale {
            self.remove(path)?;
            is_new |= manifest.files.remove(path).is_some();
        }
        for output in &new {
            self.write(&output.path, output.bytes())?;
        }
        for output in outputs {
            is_new |= manifest.files.insert(output.path.clone(), output.digest) != Some(output.digest);
        }
        manifest.about = about.clone();
        if is_new || !new.is_empty() {
            self.write(manifest::NAME, manifest.to_json().as_bytes())?;
        }
        self.manifest = Some(manifest);
        self.is_first = false;
        self.time = self.manifest_time();
        Ok(Published { written: new.len(), unchanged: same.len() })
    }

    /// Returns when the manifest was last touched.
    fn manifest_time(&self) -> Option<SystemTime> {
        let metadata = std::fs::metadata(self.folder.path.join(manifest::NAME)).ok()?;
        Some(super::last_touched(&metadata))
    }

    /// Puts a file in the place of the one of its name.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        self.written += 1;
        let staged = self.staging.path().join(self.written.to_string());
        let target = self.folder.path.join(path);
        std::fs::write(&staged, bytes).map_err(Error::io("write", &staged))?;
        let renamed = std::fs::rename(&staged, &target).or_else(|_| {
            // The folder may be missing, or stand where a file was before.
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::rename(&staged, &target)
        });
        renamed.map_err(Error::io("write", &target))
    }

    /// Removes a file, and the folders that are empty without it.
    fn remove(&self, path: &str) -> Result<(), Error> {
        let target = self.folder.path.join(path);
        match std::fs::remove_file(&target) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Io { action: "remove", path: target, error });
            }
            _ => {}
        }
        let mut folder = target;
        while folder.pop() && folder != self.folder.path && std::fs::remove_dir(&folder).is_ok() {}
        Ok(())
    }
}
