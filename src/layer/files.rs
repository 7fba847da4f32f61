//! Files that a layer puts whole in the place of those below: images and documents, templates, style sheets.
//!
//! It is given one file of a layer and what stands below at the same path, and says whether the layer may put its
//! own there: it has to say so under `[files]` in `overlay.toml`. It never looks into the files.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::merge::Override;
use super::over::{Standing, standing};
use super::{Layer, manifest};
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::document::Op;

/// The part of a layer that holds pages and what lies beside them.
pub const CONTENT: &str = "content/";

/// The part of a layer that holds theme files.
pub const THEMES: &str = "themes/";

/// What stands below a layer at the path of one of its files.
pub struct Below {
    /// The layer that put it there; none for the book and the built-in theme.
    pub layer: Option<Arc<str>>,
    /// The file.
    pub place: Place,
    /// Its text, or a word that changes with its content.
    pub content: String,
}

/// The files of one layer that have been put in the place of others.
pub struct Replacing<'a> {
    layer: &'a Layer,
    /// The beginning of the paths that are looked at here, `content/` or `themes/`.
    part: &'static str,
    done: BTreeSet<String>,
}

impl<'a> Replacing<'a> {
    /// Begins with a layer and the part of its files that is looked at.
    pub fn new(layer: &'a Layer, part: &'static str) -> Self {
        Replacing { layer, part, done: BTreeSet::new() }
    }

    /// Decides whether the layer may put its file at a path, and records that it does; reports why not.
    ///
    /// `path` is below the layer's folder, `place` the layer's file, `own` its text or a word for its content.
    pub fn may_replace(
        &mut self,
        path: &str,
        place: Place,
        own: String,
        below: &Below,
        help: &str,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Override> {
        let name = &self.layer.manifest.name;
        let mut fault = |code, place: Place, message: String, help: String| {
            let mut fault = Diagnostic::new(code, message).at(place).help(help);
            fault.layer = Some(name.to_string());
            out.push(fault.related(below.place.clone(), "the file below"));
        };
        let Some(said) = self.layer.manifest.files.get(path) else {
            fault(Code::E081, place, format!("the file `{path}` is there already"), help.to_owned());
            return None;
        };
        self.done.insert(path.to_owned());
        let other = below.layer.as_ref().filter(|other| *other != name);
        match standing(&said.over, other) {
            Standing::Meant => {}
            Standing::Needless(over) => {
                let message = format!("`over: {over}`, but the layer `{over}` has no file `{path}`");
                fault(Code::E094, said.place.clone(), message, "leave `over` out".to_owned());
                return None;
            }
            Standing::Unsaid(other) => {
                let message = format!("the file `{path}` is the layer `{other}`'s");
                fault(Code::E083, said.place.clone(), message, format!("write `over = \"{other}\"` if that is meant"));
                return None;
            }
        }
        Some(Override {
            layer: Arc::clone(name),
            address: path.to_owned(),
            op: Op::Replace,
            depends: below.content.clone(),
            own,
            place: said.place.clone(),
            former: None,
        })
    }

    /// Reports the lines under `[files]` that came to nothing.
    pub fn finish(self, out: &mut Vec<Diagnostic>) {
        for (path, said) in &self.layer.manifest.files {
            let is_here = path.starts_with(self.part)
                // What belongs to no part is told with the first one.
                || (self.part == CONTENT && !path.starts_with(THEMES));
            if !is_here || self.done.contains(path) {
                continue;
            }
            let has = self.layer.source.files.contains_key(path.as_str());
            let message = if has {
                format!("there is no file `{path}` below the layer to replace")
            } else {
                format!("the layer has no file `{path}` to put in the place of another")
            };
            let known = || self.layer.source.files.keys().map(|path| &**path).filter(|known| known != path);
            let near = nearest(path, known()).map(|near| self.layer.source.files[near].place());
            let fault =
                Diagnostic::new(Code::E082, message).at(said.place.clone()).related_if(near, "the nearest name");
            let help = format!("take the line out of {}, or mend the path", manifest::FILE);
            out.push(fault.help(help).suggest_near(path, known()));
        }
    }
}
