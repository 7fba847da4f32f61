//! Stage 1, `source`: from the disk to files in memory.
//!
//! It is given the folder of a book or of a layer and returns a [`Source`]: `book.toml` or `overlay.toml` with
//! `overlay.lock`, everything below `content/` and everything below `themes/`, and a book's lists of queries, each file whole, texts checked to be UTF-8 with line ends normalised. It never
//! interprets what it reads, apart from telling front matter from body, and it never writes.

mod disk;
pub mod front_matter;
mod reader;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use disk::{LISTS, is_layer, is_read, is_read_in_layer, read, read_as, read_layer, read_layer_settings, read_list};
pub use reader::{Changed, Reader};

use crate::data::Yaml;
use crate::diagnostic::Place;
use crate::digest::Digest;

/// A text file of the book or of a layer.
#[derive(Debug)]
pub struct TextFile {
    /// The path as messages show it, with `/` between its parts.
    pub path: Arc<str>,
    /// The layer that it belongs to; none for the book's own files.
    pub layer: Option<Arc<str>>,
    /// How much of the path leads to the folder of the book or layer.
    prefix: usize,
    /// The text, without a byte order mark and with `\n` as line ends.
    pub text: String,
    /// The digest of the text.
    pub digest: Digest,
    /// The whole text as YAML, once it has been asked for.
    pub yaml: OnceLock<Yaml>,
}

impl TextFile {
    /// Makes a text file from a decoded text; drops a byte order mark, normalises line ends and
    /// replaces NUL characters.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        if text.contains('\r') {
            text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        if text.contains('\0') {
            // As CommonMark wants it (section 2.3).
            text = text.replace('\0', "\u{fffd}");
        }
        let digest = Digest::of(&text);
        TextFile { path: path.into(), layer: None, prefix: 0, digest, text, yaml: OnceLock::new() }
    }

    /// Returns the same file in a folder that messages call `prefix` (empty, or ending in `/`).
    fn within(&self, prefix: &str, layer: Option<&Arc<str>>) -> Self {
        TextFile {
            path: format!("{prefix}{}", self.below()).into(),
            layer: layer.cloned(),
            prefix: prefix.len(),
            text: self.text.clone(),
            digest: self.digest,
            yaml: OnceLock::new(),
        }
    }

    /// Returns the path below the folder of the book or layer: `content/fi/index.md` in either.
    pub fn below(&self) -> &str {
        &self.path[self.prefix..]
    }

    /// Returns the language whose folder the file lies in; empty for files that are in none.
    pub fn lang(&self) -> &str {
        self.below().strip_prefix("content/").and_then(|rest| rest.split_once('/')).map_or("", |(lang, _)| lang)
    }
}

impl PartialEq for TextFile {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.digest == other.digest
    }
}

/// A file that is passed on as it is: an image, a document, a style sheet.
#[derive(Debug)]
pub struct Asset {
    /// The path as messages show it, with `/` between its parts.
    pub path: Arc<str>,
    /// The content.
    pub bytes: Vec<u8>,
    /// The digest of the content.
    pub digest: Digest,
}

/// A file of the book.
#[derive(Debug, Clone)]
pub enum File {
    /// Markdown, YAML, TOML or a template.
    Text(Arc<TextFile>),
    /// Anything else.
    Asset(Arc<Asset>),
}

impl File {
    /// Returns the digest of what the file holds.
    pub fn digest(&self) -> Digest {
        match self {
            File::Text(text) => text.digest,
            File::Asset(asset) => asset.digest,
        }
    }

    /// Returns the place that means the file as a whole.
    pub fn place(&self) -> Place {
        match self {
            File::Text(text) => Place::whole(text),
            File::Asset(asset) => Place::of_path(Arc::clone(&asset.path)),
        }
    }
}

/// All files of a book or of a layer, by path below its folder.
#[derive(Debug, Default)]
pub struct Source {
    /// The files, in the order of their paths.
    pub files: BTreeMap<Arc<str>, File>,
}

impl Source {
    /// Returns the text file at a path.
    pub fn text(&self, path: &str) -> Option<&Arc<TextFile>> {
        match self.files.get(path) {
            Some(File::Text(file)) => Some(file),
            _ => None,
        }
    }

    /// Returns the files below a folder, each with its path below that folder, in order.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a File)> {
        let prefix = format!("{folder}/");
        let start: Arc<str> = prefix.as_str().into();
        self.files
            .range(start..)
            .map_while(move |(path, file)| path.starts_with(&prefix).then(|| (&path[prefix.len()..], file)))
    }

    /// Calls the folder `prefix` (empty, or ending in `/`) in messages, and names the layer that it is.
    pub fn name(&mut self, prefix: &str, layer: Option<&Arc<str>>) {
        for (below, file) in &mut self.files {
            match file {
                File::Text(text) => *text = Arc::new(text.within(prefix, layer)),
                File::Asset(asset) => {
                    let path = format!("{prefix}{below}").into();
                    let (bytes, digest) = (asset.bytes.clone(), asset.digest);
                    *asset = Arc::new(Asset { path, bytes, digest });
                }
            }
        }
    }

    /// Returns the digest of all files with their paths.
    pub fn digest(&self) -> Digest {
        let digests: Vec<Digest> = self.files.values().map(File::digest).collect();
        let files = self.files.keys().zip(&digests).flat_map(|(path, digest)| [path.as_bytes(), digest.as_ref()]);
        Digest::of_parts(files)
    }

    /// Adds a text file; used by tests and by [`read`].
    pub fn insert_text(&mut self, path: &str, text: &str) {
        let file = TextFile::new(path, text);
        self.files.insert(Arc::clone(&file.path), File::Text(Arc::new(file)));
    }

    /// Adds a file that is passed on as it is.
    pub fn insert_asset(&mut self, path: &str, bytes: Vec<u8>) {
        let asset = Asset { path: path.into(), digest: Digest::of(&bytes), bytes };
        self.files.insert(Arc::clone(&asset.path), File::Asset(Arc::new(asset)));
    }
}
