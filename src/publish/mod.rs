//! Stage 6, `publish`: from the set of files to the disk.
//!
//! It is given a [`Site`] and a folder. It writes the site beside the folder and swaps the whole of it in;
//! files that have not changed are hard-linked and keep their times. A reader never sees half a site, and when
//! anything fails the previous site stays as it was. A folder that is not opas's is refused. Nothing here
//! knows what the files mean.

#![expect(clippy::disallowed_methods, reason = "this module publishes to the disk")]

pub mod editions;
mod live;
pub mod manifest;
mod staging;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use rayon::prelude::*;
use walkdir::WalkDir;

pub use editions::Shelf;
pub use live::Live;
pub use manifest::{About, Manifest};

use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::site::{Planned, Site};
use staging::Staging;

/// What publishing came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Files that were written.
    pub written: usize,
    /// Files that were there already with the same bytes.
    pub unchanged: usize,
}

/// Why a site could not be published.
#[derive(Debug)]
pub enum Error {
    /// The folder is not opas's, or holds files that opas did not write; the path is one of them.
    Foreign(PathBuf),
    /// The folder is inside the book's own sources, or holds them.
    Sources(PathBuf),
    /// The folder holds the site of one edition, and several are to be built.
    OneSite(PathBuf),
    /// The folder holds several editions, and one is to be built.
    ManySites(PathBuf),
    /// Another build has published to the folder meanwhile.
    Changed(PathBuf),
    /// Files of the site could not be made.
    Content(Vec<Diagnostic>),
    /// A file operation failed.
    Io {
        /// What was being done, as in "write".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
}

impl Error {
    fn io<'p>(action: &'static str, path: &'p Path) -> impl FnOnce(io::Error) -> Error + use<'p> {
        move |error| Error::Io { action, path: path.to_path_buf(), error }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Foreign(path) => write!(
                f,
                "`{}` was not made by opas, and would be lost: move it away, or build to another folder with --out",
                path.display()
            ),
            Error::Sources(path) => write!(
                f,
                "`{}` holds the book itself or lies among its sources: build to another folder with --out",
                path.display()
            ),
            Error::OneSite(path) => write!(
                f,
                "`{}` holds the site of one edition: build several to another folder with --out",
                path.display()
            ),
            Error::ManySites(path) => write!(
                f,
                "`{}` holds several editions: build one to another folder with --out, or all with --all",
                path.display()
            ),
            Error::Changed(path) => {
                write!(f, "another build has published to `{}` meanwhile: its site stays; build again", path.display())
            }
            Error::Content(faults) => write!(f, "{} of the site's files could not be made", faults.len()),
            Error::Io { action, path, error } => write!(f, "cannot {action} `{}`: {error}", path.display()),
        }
    }
}

impl std::error::Error for Error {}

/// An output folder, as it was found.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    manifest: Option<Manifest>,
    manifest_time: Option<SystemTime>,
    /// Files whose name or folder begins with a dot; they are not opas's and are carried over.
    dotfiles: Vec<PathBuf>,
    /// The other files below the folder, with the time of their last change.
    files: BTreeMap<String, SystemTime>,
}

/// Refuses an output folder that would destroy the book: the book's folder itself, one above it, or one below
/// `content/` or `themes/`.
///
/// # Errors
/// [`Error::Sources`].
pub fn check_folder(folder: &Path, book: &Path) -> Result<(), Error> {
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(out), Ok(book)) = (real(folder), real(book)) else { return Ok(()) };
    let among_sources = ["content", "themes"].iter().any(|sources| out.starts_with(book.join(sources)));
    if book.starts_with(&out) || among_sources {
        return Err(Error::Sources(folder.to_path_buf()));
    }
    Ok(())
}

impl Folder {
    /// Looks at an output folder, which need not exist yet.
    ///
    /// A symbolic link at the folder itself is followed, so that the link stays and its target is swapped.
    ///
    /// # Errors
    /// [`Error::Foreign`] for a folder that is not opas's, [`Error::ManySites`] for one with several editions;
    /// [`Error::Io`] when it cannot be read.
    pub fn look(path: &Path) -> Result<Self, Error> {
        if editions::is_shelf(path) {
            return Err(Error::ManySites(path.to_path_buf()));
        }
        let path = if path.is_symlink() {
            std::fs::canonicalize(path).map_err(Error::io("follow", path))?
        } else {
            std::path::absolute(path).map_err(Error::io("find", path))?
        };
        let mut folder =
            Folder { path, manifest: None, manifest_time: None, dotfiles: Vec::new(), files: BTreeMap::new() };
        if folder.path.exists() {
            folder.read()?;
            folder.check_ours()?;
        }
        Ok(folder)
    }

    fn read(&mut self) -> Result<(), Error> {
        if !self.path.is_dir() {
            return Err(Error::Foreign(self.path.clone()));
        }
        for entry in WalkDir::new(&self.path).min_depth(1).sort_by_file_name() {
            let entry = entry.map_err(|error| self.walk_error(error))?;
            let below = entry.path().strip_prefix(&self.path).unwrap_or(entry.path());
            if is_hidden(below) {
                if !entry.file_type().is_dir() {
                    self.dotfiles.push(below.to_path_buf());
                }
            } else if !entry.file_type().is_dir() {
                let metadata = entry.metadata().map_err(|error| self.walk_error(error))?;
                let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                self.files.insert(parts.join("/"), last_touched(&metadata));
            }
        }
        self.manifest_time = self.files.get(manifest::NAME).copied();
        if self.manifest_time.is_some() {
            self.manifest = Manifest::read(&self.path.join(manifest::NAME));
        }
        Ok(())
    }

    fn walk_error(&self, error: walkdir::Error) -> Error {
        let path = error.path().unwrap_or(&self.path).to_path_buf();
        Error::Io { action: "read", path, error: error.into() }
    }

    /// Refuses a folder without our manifest that holds files, and files that the manifest does not list.
    fn check_ours(&self) -> Result<(), Error> {
        let is_foreign = |path: &&String| match &self.manifest {
            Some(manifest) => **path != manifest::NAME && !manifest.files.contains_key(*path),
            None => true,
        };
        match self.files.keys().find(is_foreign) {
            Some(path) => Err(Error::Foreign(self.path.join(path))),
            None => Ok(()),
        }
    }

    /// Returns the manifest of the site in the folder, if each of its files is there as it was written.
    pub fn whole(&self) -> Option<&Manifest> {
        let manifest = self.manifest.as_ref()?;
        let has_all = manifest.files.len() + 1 == self.files.len();
        let intact = || manifest.files.par_iter().all(|(path, digest)| self.is_intact(path, *digest));
        (has_all && intact()).then_some(manifest)
    }

    /// Removes what a killed build has left beside a whole site: it may have been killed after its swap.
    pub fn clean_up(&self) {
        staging::remove_abandoned(&self.path);
    }

    /// Returns whether a file is there with a digest.
    ///
    /// A file that is older than the manifest has not been changed since it was published; a newer one is read
    /// and compared.
    fn is_intact(&self, path: &str, digest: Digest) -> bool {
        let is_listed = self.manifest.as_ref().is_some_and(|manifest| manifest.files.get(path) == Some(&digest));
        match (self.files.get(path), self.manifest_time) {
            (Some(time), Some(manifest_time)) if is_listed && *time < manifest_time => true,
            (Some(_), Some(_)) if is_listed => {
                std::fs::read(self.path.join(path)).is_ok_and(|bytes| Digest::of(&bytes) == digest)
            }
            _ => false,
        }
    }

    /// Makes a site's files and publishes them here; `made` is called after each file.
    ///
    /// # Errors
    /// [`Error::Content`] when files cannot be made, and [`Error::Io`]; the previous site stays as it was.
    pub fn publish(&self, site: &Site<'_>, about: &About, made: impl Fn() + Sync) -> Result<Published, Error> {
        let staged = Staged { site, folder: self, staging: Mutex::new(None) };
        let put = |planned: &Planned| {
            let result = staged.put(planned);
            made();
            result
        };
        let put: Vec<(Digest, bool)> = collect(site.plan.par_iter().map(put).collect())?;
        let unchanged = put.iter().filter(|(_, same)| *same).count();
        let files = site.plan.iter().zip(&put).map(|(planned, (digest, _))| (planned.path.clone(), *digest));
        let manifest = Manifest { about: about.clone(), files: files.collect() };
        let published = Published { written: put.len() - unchanged, unchanged };
        let is_whole = published.written == 0 && self.files.len() == unchanged + 1;
        if is_whole && self.manifest.as_ref() == Some(&manifest) {
            self.clean_up();
            return Ok(published);
        }
        let root = staged.path()?;
        let keep = |(planned, (_, same)): (&Planned, &(Digest, bool))| {
            if *same { staging::link(&self.path.join(&planned.path), &root.join(&planned.path)) } else { Ok(()) }
        };
        collect(site.plan.par_iter().zip(&put).map(keep).collect())?;
        let target = root.join(manifest::NAME);
        std::fs::write(&target, manifest.to_json()).map_err(Error::io("write", &target))?;
        if Manifest::read(&self.path.join(manifest::NAME)) != self.manifest {
            return Err(Error::Changed(self.path.clone()));
        }
        if let Some(staging) = staged.staging.into_inner().unwrap_or_else(PoisonError::into_inner) {
            for dotfile in &self.dotfiles {
                staging.carry_over(&self.path, dotfile)?;
            }
            staging.swap(&self.path)?;
            // Removing the old site has touched the files that both had; the manifest must stay the newest.
            if let Ok(file) = File::open(self.path.join(manifest::NAME)) {
                // If this fails, the next build reads the files instead of trusting their times.
                let _ = touch(&file);
            }
        }
        Ok(published)
    }
}

/// Sets a file's time of change to now, by the clock that stamps files: a finer one would run ahead of it.
#[cfg(unix)]
fn touch(file: &File) -> io::Result<()> {
    use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    Ok(futimens(file, &Timestamps { last_access: now, last_modification: now })?)
}

/// Sets a file's time of change to now.
#[cfg(not(unix))]
fn touch(file: &File) -> io::Result<()> {
    file.set_modified(SystemTime::now())
}

/// Returns when a file was last changed in any way: its content, or what stands under its name.
#[cfg(unix)]
fn last_touched(metadata: &std::fs::Metadata) -> SystemTime {
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;
    // A file that an older one took the place of keeps the older time of change, but not the status change's.
    let seconds = Duration::from_secs(u64::try_from(metadata.ctime()).unwrap_or_default());
    let nanoseconds = Duration::from_nanos(u64::try_from(metadata.ctime_nsec()).unwrap_or_default());
    let changed = SystemTime::UNIX_EPOCH + seconds + nanoseconds;
    changed.max(metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH))
}

/// Returns when a file's content was last changed.
#[cfg(not(unix))]
fn last_touched(metadata: &std::fs::Metadata) -> SystemTime {
    metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Returns whether a path has a part that begins with a dot.
fn is_hidden(below: &Path) -> bool {
    below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
}

/// The staging folder of a site, made when the first file is to be written.
struct Staged<'a> {
    site: &'a Site<'a>,
    folder: &'a Folder,
    staging: Mutex<Option<Staging>>,
}

impl Staged<'_> {
    /// Returns the staging folder's path.
    fn path(&self) -> Result<PathBuf, Error> {
        let mut staging = self.staging.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(staging) = &*staging {
            return Ok(staging.path().to_path_buf());
        }
        let new = Staging::new(&self.folder.path)?;
        let path = new.path().to_path_buf();
        *staging = Some(new);
        make_folders(self.site, &path)?;
        Ok(path)
    }

    /// Makes one file, and writes it if it is not there already; returns its digest and whether it was.
    fn put(&self, planned: &Planned) -> Result<(Digest, bool), Error> {
        let output = self.site.make(planned).map_err(|fault| Error::Content(vec![*fault]))?;
        let same = self.folder.is_intact(&output.path, output.digest);
        if !same {
            let target = self.path()?.join(&output.path);
            std::fs::write(&target, output.bytes()).map_err(Error::io("write", &target))?;
        }
        Ok((output.digest, same))
    }
}

/// Collects results; all faults of content together, or else the first other error.
fn collect<T>(results: Vec<Result<T, Error>>) -> Result<Vec<T>, Error> {
    let mut good = Vec::with_capacity(results.len());
    let mut faults = Vec::new();
    let mut other = None;
    for result in results {
        match result {
            Ok(value) => good.push(value),
            Err(Error::Content(found)) => faults.extend(found),
            Err(error) => other = other.or(Some(error)),
        }
    }
    match other {
        _ if !faults.is_empty() => Err(Error::Content(faults)),
        Some(error) => Err(error),
        None => Ok(good),
    }
}

/// Makes the folders that the site's files need.
fn make_folders(site: &Site<'_>, root: &Path) -> Result<(), Error> {
    let mut last = "";
    for planned in site.plan.iter() {
        let folder = planned.path.rfind('/').map_or("", |at| &planned.path[..at]);
        if folder != last {
            let path = root.join(folder);
            std::fs::create_dir_all(&path).map_err(Error::io("make the folder", &path))?;
            last = folder;
        }
    }
    Ok(())
}
