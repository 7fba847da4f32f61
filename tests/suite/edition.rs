//! Editions put together in memory, through the library: many of them in little time.

use std::collections::BTreeMap;
use std::sync::Arc;

use opas::book::Options;
use opas::diagnostic::{Diagnostic, has_errors};
use opas::layer::{Layer, Stack};
use opas::pipeline::{Base, Prepared};
use opas::site::Site;
use opas::source::Source;

/// The files of a book or of a layer, by path.
pub type Files = BTreeMap<String, String>;

/// The pages and other files of a site, by path.
pub type Outputs = BTreeMap<String, Vec<u8>>;

/// Reads files as the program reads those of a folder.
pub fn source(files: &Files) -> Source {
    let mut source = Source::default();
    for (path, text) in files {
        let is_text = [".md", ".yaml", ".toml", ".lock"].iter().any(|ending| path.ends_with(ending));
        if is_text || path.starts_with("themes/") {
            source.insert_text(path, text);
        } else {
            source.insert_asset(path, text.clone().into_bytes());
        }
    }
    source
}

/// Reads a book's own files.
pub fn base(source: &Source) -> Base {
    Base::read(source, Vec::new()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// Reads a layer that messages call by the name of its folder.
pub fn layer(base: &Base, folder: &str, files: &Files) -> Result<Arc<Layer>, Vec<Diagnostic>> {
    Layer::read(source(files), &format!("{folder}/"), &base.ground.config).map(Arc::new)
}

/// Puts an edition together from the lowest layer up.
pub fn edition(base: &Base, layers: &[Arc<Layer>]) -> Prepared {
    let stack = Stack { edition: "e".to_owned(), layers: layers.to_vec(), ..Stack::default() };
    base.edition(&stack, Vec::new(), Options::default())
}

/// Puts an edition together whose layers the building side trusts.
pub fn trusting(base: &Base, layers: &[Arc<Layer>]) -> Prepared {
    let trusted = layers.iter().map(|layer| Arc::clone(&layer.manifest.name)).collect();
    let stack = Stack { edition: "e".to_owned(), layers: layers.to_vec(), trusted };
    base.edition(&stack, Vec::new(), Options::default())
}

/// Makes the site of an edition; its faults where it has errors.
pub fn site(prepared: &Prepared) -> Result<Outputs, Vec<Diagnostic>> {
    if has_errors(&prepared.diagnostics) {
        return Err(prepared.diagnostics.clone());
    }
    let outputs = Site::new(&prepared.book, &prepared.theme).make_all()?;
    Ok(outputs.into_iter().map(|output| (output.path.clone(), output.bytes().to_vec())).collect())
}

/// The HTML pages among the files of a site.
pub fn pages(outputs: &Outputs) -> impl Iterator<Item = (&str, &str)> {
    let is_page = |path: &&String| path.ends_with(".html");
    outputs.keys().filter(is_page).map(|path| (&**path, std::str::from_utf8(&outputs[path]).unwrap()))
}
