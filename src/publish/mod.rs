//! Stage 6, `publish`: from the set of files to the disk.
//!
//! It is given a [`Site`] and a folder. It writes the site beside the folder and swaps the whole of it in;
//! files that have not changed are hard-linked and keep their times. A reader never sees half a site, and when
//! anything fails the previous site stays as it was. A folder that is not opas's is refused. Nothing here
//! knows what the files mean.

pub mod manifest;
mod staging;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use walkdir::WalkDir;

pub use manifest::Manifest;

use crate::digest::Digest;
use crate::site::{Output, Site};
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
            Error::Io { action, path, error } => write!(f, "cannot {action} `{}`: {error}", path.display()),
        }
    }
}

impl std::error::Error for Error {}

/// What lies in an output folder before publishing.
#[derive(Debug, Default)]
struct Found {
    manifest: Option<Manifest>,
    manifest_time: Option<SystemTime>,
    /// Files whose name or folder begins with a dot; they are not opas's and are carried over.
    dotfiles: Vec<PathBuf>,
    /// The other files below the folder, with the time of their last change.
    files: BTreeMap<String, SystemTime>,
}

/// Returns the manifest of the site in a folder, if each of its files is there as it was written.
pub fn current(folder: &Path) -> Option<Manifest> {
    let found = look(folder).ok()?;
    let manifest = found.manifest.as_ref()?;
    let intact: bool = manifest.files.par_iter().all(|(path, digest)| is_intact(folder, &found, path, *digest));
    let is_whole = manifest.files.len() + 1 == found.files.len();
    if intact && is_whole { found.manifest } else { None }
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

/// Publishes a site into a folder.
///
/// # Errors
/// [`Error::Foreign`] before anything is touched; [`Error::Io`] with the previous site left as it was.
pub fn publish(site: &Site, manifest: &Manifest, folder: &Path) -> Result<Published, Error> {
    let folder = &real_folder(folder)?;
    let found = look(folder)?;
    let is_same = |output: &Output| {
        let previous = found.manifest.as_ref().and_then(|manifest| manifest.files.get(&output.path));
        previous == Some(&output.digest) && is_intact(folder, &found, &output.path, output.digest)
    };
    let unchanged: Vec<bool> = site.outputs.par_iter().map(is_same).collect();
    let kept = unchanged.iter().filter(|same| **same).count();
    let is_whole = kept == site.outputs.len() && found.files.len() == kept + 1;
    if is_whole && found.manifest.as_ref() == Some(manifest) {
        return Ok(Published { written: 0, unchanged: kept });
    }
    let staging = Staging::new(folder)?;
    make_folders(site, staging.path())?;
    let put = |(output, same): (&Output, &bool)| {
        let target = staging.path().join(&output.path);
        if *same && staging::link(&folder.join(&output.path), &target).is_ok() {
            return Ok(());
        }
        std::fs::write(&target, output.bytes()).map_err(Error::io("write", &target))
    };
    site.outputs.par_iter().zip(&unchanged).map(put).collect::<Result<Vec<()>, Error>>()?;
    for dotfile in &found.dotfiles {
        staging.carry_over(folder, dotfile)?;
    }
    let target = staging.path().join(manifest::NAME);
    std::fs::write(&target, manifest.to_json()).map_err(Error::io("write", &target))?;
    staging.swap(folder)?;
    Ok(Published { written: site.outputs.len() - kept, unchanged: kept })
}

/// Follows a symbolic link at the folder itself, so that the link stays and its target is swapped.
fn real_folder(folder: &Path) -> Result<PathBuf, Error> {
    if folder.is_symlink() {
        return std::fs::canonicalize(folder).map_err(Error::io("follow", folder));
    }
    std::path::absolute(folder).map_err(Error::io("find", folder))
}

/// Looks at an output folder; refuses one that is not opas's.
fn look(folder: &Path) -> Result<Found, Error> {
    let mut found = Found::default();
    if !folder.exists() {
        return Ok(found);
    }
    if !folder.is_dir() {
        return Err(Error::Foreign(folder.to_path_buf()));
    }
    for entry in WalkDir::new(folder).min_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_path_buf();
            Error::Io { action: "read", path, error: error.into() }
        })?;
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        if below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.')) {
            if !entry.file_type().is_dir() {
                found.dotfiles.push(below.to_path_buf());
            }
            continue;
        }
        if entry.file_type().is_dir() {
            continue;
        }
        let metadata = entry.metadata().map_err(|error| Error::Io {
            action: "read",
            path: entry.path().to_path_buf(),
            error: error.into(),
        })?;
        let time = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let path = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        found.files.insert(path, time);
    }
    found.manifest_time = found.files.get(manifest::NAME).copied();
    found.manifest = match found.manifest_time {
        Some(_) => Manifest::read(&folder.join(manifest::NAME)),
        None => None,
    };
    check_ours(folder, &found)?;
    Ok(found)
}

/// Refuses a folder without our manifest that holds files, and one that holds files which the manifest lacks.
fn check_ours(folder: &Path, found: &Found) -> Result<(), Error> {
    let is_foreign = |path: &&String| match &found.manifest {
        Some(manifest) => **path != manifest::NAME && !manifest.files.contains_key(*path),
        None => true,
    };
    match found.files.keys().find(is_foreign) {
        Some(path) => Err(Error::Foreign(folder.join(path))),
        None => Ok(()),
    }
}

/// Returns whether a file is as the manifest says.
///
/// A file that is not newer than the manifest has not been changed since it was published; a newer one is
/// read and compared.
fn is_intact(folder: &Path, found: &Found, path: &str, digest: Digest) -> bool {
    match (found.files.get(path), found.manifest_time) {
        (Some(time), Some(manifest_time)) if *time <= manifest_time => true,
        (Some(_), _) => std::fs::read(folder.join(path)).is_ok_and(|bytes| Digest::of(&bytes) == digest),
        (None, _) => false,
    }
}

/// Makes the folders that the site's files need.
fn make_folders(site: &Site, root: &Path) -> Result<(), Error> {
    let mut last = "";
    for output in &site.outputs {
        let folder = output.path.rfind('/').map_or("", |at| &output.path[..at]);
        if folder != last {
            let path = root.join(folder);
            std::fs::create_dir_all(&path).map_err(Error::io("make the folder", &path))?;
            last = folder;
        }
    }
    Ok(())
}
