//! The folder that holds the sites of several editions, each in a folder of its own, with a page that lists them.
//!
//! It is given the page and writes it by rename, after a record of its digest, so that a page of somebody else is
//! never overwritten. The editions' own folders are published like any site.

#![expect(clippy::disallowed_methods, reason = "this module publishes to the disk")]

use std::path::{Path, PathBuf};

use super::{Error, manifest};
use crate::digest::Digest;

/// The name of the record.
pub const NAME: &str = "opas-editions.json";
/// The name of the page.
const PAGE: &str = "index.html";

/// A folder for several editions, as it was found.
#[derive(Debug)]
pub struct Shelf {
    path: PathBuf,
    /// The digest of the page that is there.
    page: Option<Digest>,
}

impl Shelf {
    /// Looks at the folder, which need not exist yet.
    ///
    /// # Errors
    /// [`Error::OneSite`] where it holds the site of one edition; [`Error::Foreign`] where it holds a page that
    /// opas did not write.
    pub fn look(path: &Path) -> Result<Self, Error> {
        if path.join(manifest::NAME).exists() {
            return Err(Error::OneSite(path.to_path_buf()));
        }
        let page = std::fs::read(path.join(PAGE)).ok().map(|bytes| Digest::of(&bytes));
        if page.is_some_and(|page| !recorded(path).contains(&page)) {
            return Err(Error::Foreign(path.join(PAGE)));
        }
        Ok(Shelf { path: path.to_path_buf(), page })
    }

    /// Writes the page, if it is not there already; returns whether it was written.
    ///
    /// # Errors
    /// [`Error::Io`]; the previous page stays then.
    pub fn publish(&self, page: &[u8]) -> Result<bool, Error> {
        let digest = Digest::of(page);
        if self.page == Some(digest) && recorded(&self.path) == [digest] {
            return Ok(false);
        }
        std::fs::create_dir_all(&self.path).map_err(Error::io("make the folder", &self.path))?;
        // A run that ends between the two steps leaves a record that knows both pages.
        let both: Vec<Digest> = self.page.into_iter().chain([digest]).collect();
        self.put(NAME, record(&both).as_bytes())?;
        self.put(PAGE, page)?;
        self.put(NAME, record(&[digest]).as_bytes())?;
        Ok(true)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let target = self.path.join(name);
        let staged = self.path.join(format!(".{name}.opas-{}", std::process::id()));
        std::fs::write(&staged, bytes).map_err(Error::io("write", &staged))?;
        std::fs::rename(&staged, &target).map_err(Error::io("write", &target))
    }
}

/// Returns whether a folder holds several editions.
pub fn is_shelf(path: &Path) -> bool {
    path.join(NAME).exists()
}

fn record(pages: &[Digest]) -> String {
    format!("{}\n", serde_json::json!({ "format": 1, "index": pages }))
}

/// Returns the digests of the pages that opas wrote here.
fn recorded(path: &Path) -> Vec<Digest> {
    let read = || {
        let value: serde_json::Value = serde_json::from_slice(&std::fs::read(path.join(NAME)).ok()?).ok()?;
        Some(value["index"].as_array()?.iter().filter_map(|digest| Digest::parse(digest.as_str()?)).collect())
    };
    read().unwrap_or_default()
}
