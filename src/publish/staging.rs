//! The folder in which a site is written before it is swapped in.
//!
//! It lies beside the output folder, on the same file system, and is locked while its build lives; one that a
//! killed build left behind is not locked any more, and the next build removes it.

#![expect(clippy::disallowed_methods, reason = "this module publishes to the disk")]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::Error;

/// The ending of the name that an old site has while it stands aside.
const ASIDE: &str = "-old";

/// A staging folder; removed when it is dropped.
#[derive(Debug)]
pub struct Staging {
    path: PathBuf,
    /// Holds the lock; none where the file system has none.
    _lock: Option<File>,
}

impl Staging {
    /// Makes a staging folder beside `folder`, and removes those that killed builds left.
    pub fn new(folder: &Path) -> Result<Self, Error> {
        let parent = folder.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(parent).map_err(Error::io("make the folder", parent))?;
        let prefix = prefix(folder);
        restore_interrupted(parent, &prefix, folder);
        remove_abandoned(folder);
        for attempt in 0..1000 {
            let path = parent.join(format!("{prefix}{}-{attempt}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => {
                    let lock = File::open(&path).ok().filter(|file| file.try_lock().is_ok());
                    return Ok(Staging { path, _lock: lock });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::Io { action: "make the folder", path, error }),
            }
        }
        let error = io::Error::new(io::ErrorKind::AlreadyExists, "too many of its kind are there");
        Err(Error::Io { action: "make a staging folder beside", path: folder.to_path_buf(), error })
    }

    /// Returns the folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes a file that is not opas's over from the old folder.
    pub fn carry_over(&self, folder: &Path, below: &Path) -> Result<(), Error> {
        let target = self.path.join(below);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(Error::io("make the folder", parent))?;
        }
        let source = folder.join(below);
        if source.is_symlink() {
            return copy_symlink(&source, &target).map_err(Error::io("carry over", &source));
        }
        link(&source, &target)
    }

    /// Puts the staged site in the place of the folder; the old one is removed.
    pub fn swap(self, folder: &Path) -> Result<(), Error> {
        if !folder.exists() {
            return std::fs::rename(&self.path, folder).map_err(Error::io("make", folder));
        }
        if let Ok(metadata) = std::fs::metadata(folder) {
            std::fs::set_permissions(&self.path, metadata.permissions()).map_err(Error::io("prepare", &self.path))?;
        }
        match exchange(&self.path, folder) {
            // What is now at the staging path is the old site; dropping removes it.
            Ok(()) => Ok(()),
            Err(error) if is_unsupported(&error) => self.swap_in_two_steps(folder),
            Err(error) => Err(Error::Io { action: "swap in", path: folder.to_path_buf(), error }),
        }
    }

    /// For file systems that cannot exchange two folders: the old one steps aside first.
    fn swap_in_two_steps(&self, folder: &Path) -> Result<(), Error> {
        let mut aside = self.path.clone().into_os_string();
        aside.push(ASIDE);
        let aside = PathBuf::from(aside);
        std::fs::rename(folder, &aside).map_err(Error::io("replace", folder))?;
        if let Err(error) = std::fs::rename(&self.path, folder) {
            std::fs::rename(&aside, folder).map_err(Error::io("restore", folder))?;
            return Err(Error::Io { action: "swap in", path: folder.to_path_buf(), error });
        }
        std::fs::remove_dir_all(&aside).map_err(Error::io("remove", &aside))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.path.exists() {
            // Nothing can be done about a failure here; the next build tries again.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Gives an existing file a second name; copies it where the file system has no such names.
pub fn link(source: &Path, target: &Path) -> Result<(), Error> {
    std::fs::hard_link(source, target)
        .or_else(|_| std::fs::copy(source, target).map(|_| ()))
        .map_err(Error::io("keep", source))
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Returns whether an error says that the file system cannot exchange two folders.
fn is_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput)
}

#[cfg(unix)]
fn copy_symlink(source: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(std::fs::read_link(source)?, target)
}

#[cfg(not(unix))]
fn copy_symlink(source: &Path, target: &Path) -> io::Result<()> {
    std::fs::copy(source, target).map(|_| ())
}

/// Puts an old site back that a killed build had moved aside.
fn restore_interrupted(parent: &Path, prefix: &str, folder: &Path) {
    let Ok(entries) = std::fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(prefix) && name.ends_with(ASIDE) && !folder.exists() {
            // If this fails, the site is made anew all the same.
            let _ = std::fs::rename(entry.path(), folder);
        }
    }
}

/// Returns what the names of all staging folders of an output folder begin with.
fn prefix(folder: &Path) -> String {
    format!(".{}.opas-", folder.file_name().unwrap_or_default().to_string_lossy())
}

/// Removes the staging folders beside `folder` whose build is gone: the lock ends with the process.
pub fn remove_abandoned(folder: &Path) {
    let prefix = prefix(folder);
    let Ok(entries) = std::fs::read_dir(folder.parent().unwrap_or(Path::new("/"))) else { return };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(&prefix) {
            continue;
        }
        let is_abandoned = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_abandoned {
            // A folder that cannot be removed now only takes up space.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
