//! Gives the program a digest of its own sources, so that a site made by another version is never taken for
//! current, and rebuilds it when a file of the built-in theme comes or goes.

#![expect(clippy::disallowed_methods, reason = "the build script reads the sources")]

use std::path::{Path, PathBuf};

fn main() {
    let mut files = Vec::new();
    for folder in ["src", "themes"] {
        println!("cargo:rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files);
    }
    files.push(PathBuf::from("Cargo.lock"));
    println!("cargo:rerun-if-changed=Cargo.lock");
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for file in &files {
        let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
        hasher.update(file.to_string_lossy().replace('\\', "/").as_bytes());
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    println!("cargo:rustc-env=OPAS_SOURCES={}", hasher.finalize().to_hex());
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a listed file can be read").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
