//! What the layers of an edition do to the theme.
//!
//! It is given the book's theme and the layers, and returns the edition's theme, what was overridden, and what is
//! wrong. Strings are plain texts that any layer may set. Templates and assets decide over the whole page, so that
//! those of a layer are used only where the building side trusts it; those of the others are not even parsed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Files, Kind, Strings, Template, Theme, blocks, folder, kind, parse_templates, unknown_file};
use crate::book::page::filled;
use crate::config::{Config, Lang};
use crate::data::{Data, Node, Value};
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::document::Op;
use crate::layer::data::{self, Entry};
use crate::layer::files::{Below, Replacing, THEMES};
use crate::layer::merge::Override;
use crate::layer::{Layer, Stack, manifest};
use crate::source::{Asset, File, TextFile};

/// What a template of a layer puts before its own name to extend the template below it.
const BELOW: &str = "below/";

/// Strings that say whose a text is: a layer that could set them could hide that it changed anything.
const KEPT: &str = "layer-";

/// The string that becomes the address of a link.
const ADDRESS: &str = "accessibility-authority-url";

/// Returns a template's name as authors write it.
pub fn shown(name: &str) -> &str {
    match name.split_once('/') {
        Some((first, rest)) if is_under(first) => rest,
        _ => name,
    }
}

/// Returns the folder that the templates below a layer are moved to: as long as [`BELOW`].
fn under(rank: usize) -> String {
    format!("b{rank:04}/")
}

fn is_under(folder: &str) -> bool {
    folder.len() + 1 == BELOW.len() && folder.strip_prefix('b').is_some_and(|rank| rank.parse::<usize>().is_ok())
}

impl Theme {
    /// Puts the layers' strings, templates and assets on the theme of the book.
    ///
    /// Faults: a string, block or file that is not there (`E082`) or is there already (`E081`, `E091`), a change of
    /// another layer's (`E083`), strings that say whose a text is (`E085`), files of a layer that is not trusted
    /// (`W028`), and those of [`Theme::read`].
    pub fn edition(self: &Arc<Self>, stack: &Stack, config: &Config) -> (Arc<Self>, Vec<Override>, Vec<Diagnostic>) {
        if stack.layers.iter().all(|layer| layer.source.below("themes").next().is_none()) {
            return (Arc::clone(self), Vec::new(), Vec::new());
        }
        let mut dressing = Dressing {
            files: self.files.clone(),
            strings: self.strings.clone(),
            set: BTreeMap::new(),
            owners: BTreeMap::new(),
            overrides: Vec::new(),
            out: Vec::new(),
            folder: folder(config),
            config,
        };
        for (rank, layer) in stack.layers.iter().enumerate() {
            dressing.apply(layer, rank, stack.trusted.contains(&layer.manifest.name));
        }
        let Dressing { files, strings, overrides, mut out, .. } = dressing;
        let tera = if files.templates == self.files.templates {
            self.tera.clone()
        } else {
            parse_templates(&files.templates, &mut out)
        };
        (Arc::new(Theme::new(files, strings, tera)), overrides, out)
    }
}

/// A theme while layers are put on it.
struct Dressing<'a> {
    files: Files,
    strings: BTreeMap<Lang, Arc<Strings>>,
    /// The strings that layers have set, by language and key, with the layer and the place.
    set: BTreeMap<(Lang, String), (Arc<str>, Place)>,
    /// The layers that templates and assets come from, by path below the theme's folder.
    owners: BTreeMap<String, Arc<str>>,
    overrides: Vec<Override>,
    out: Vec<Diagnostic>,
    folder: String,
    config: &'a Config,
}

impl Dressing<'_> {
    fn apply(&mut self, layer: &Layer, rank: usize, is_trusted: bool) {
        let mut replacing = Replacing::new(layer, THEMES);
        let mut untrusted = None;
        let within = format!("{}/", self.folder);
        for (path, file) in layer.source.below("themes") {
            let whole = format!("{THEMES}{path}");
            let Some(path) = whole.strip_prefix(&within) else {
                self.elsewhere(layer, &whole, file);
                continue;
            };
            match kind(path, file) {
                Kind::Strings(lang, file) => self.take_strings(lang, &file),
                Kind::Unknown => self.out.push(unknown_file(path, file)),
                _ if !is_trusted => untrusted = untrusted.or(Some(file)),
                Kind::Template(name, text) => self.take_template(layer, rank, name, &text, &mut replacing),
                Kind::Asset(name, asset) => self.take_asset(layer, name, asset, &mut replacing),
            }
        }
        if let Some(file) = untrusted {
            self.refuse(layer, file);
        } else {
            replacing.finish(&mut self.out);
        }
    }

    /// Says that templates and assets of a layer are not used.
    fn refuse(&mut self, layer: &Layer, file: &File) {
        let name = &layer.manifest.name;
        let message = format!("the templates and assets of the layer `{name}` are not used: it is not trusted");
        let mut warning = Diagnostic::new(Code::W028, message).at(file.place());
        warning.layer = Some(name.to_string());
        let help = format!("take them out, or write `trust-themes = [\"{name}\"]` into the edition in book.toml");
        self.out.push(warning.help(help));
    }

    fn elsewhere(&mut self, layer: &Layer, path: &str, file: &File) {
        let message = format!("`{path}` is not in the folder of the book's theme");
        let mut fault = Diagnostic::new(Code::E005, message).at(file.place());
        fault.layer = Some(layer.manifest.name.to_string());
        self.out.push(fault.help(format!("move it into {}/", self.folder)));
    }

    fn take_asset(&mut self, layer: &Layer, name: &str, asset: Arc<Asset>, replacing: &mut Replacing<'_>) {
        let path = format!("assets/{name}");
        if let Some(below) = self.files.assets.get(name) {
            let below = self.below(&path, asset_place(below), below.digest.to_string());
            if !self.may_replace(&path, asset_place(&asset), asset.digest.to_string(), &below, replacing, "") {
                return;
            }
        }
        self.owners.insert(path, Arc::clone(&layer.manifest.name));
        self.files.assets.insert(name.into(), asset);
    }

    fn take_template(
        &mut self,
        layer: &Layer,
        rank: usize,
        name: &str,
        file: &Arc<TextFile>,
        replacing: &mut Replacing<'_>,
    ) {
        let path = format!("templates/{name}");
        let own = format!("{BELOW}{name}");
        let parent = blocks::parent(&file.text).filter(|(_, parent)| parent.starts_with(BELOW));
        let mut template = Template { file: Arc::clone(file), read_as: None };
        match (parent, self.files.templates.get(name).cloned()) {
            (Some((place, _)), Some(below)) if template.file.text[place.clone()] == own => {
                if !self.record_blocks(layer, name, &template) {
                    return;
                }
                let moved = format!("{}{name}", under(rank));
                let mut text = template.file.text.clone();
                text.replace_range(place, &moved);
                template.read_as = Some(text);
                self.files.templates.insert(moved, below);
            }
            (Some((place, parent)), _) => {
                let message = format!("there is no template `{parent}` to extend in `{name}`");
                let fault = Diagnostic::new(Code::E082, message).at(Place::new(&template.file, place));
                let help = format!("a template extends the one that it stands on: `{own}`, if there is one");
                let near = nearest(name, self.files.templates.keys().map(String::as_str));
                let near = near.map(|near| Place::whole(&self.files.templates[near].file));
                self.out.push(fault.related_if(near, "the nearest name").help(help));
                return;
            }
            (None, Some(below)) => {
                let below = self.below(&path, Place::whole(&below.file), below.file.text.clone());
                let (place, text) = (Place::whole(&template.file), template.file.text.clone());
                let hint =
                    format!("begin with `{{% extends \"{own}\" %}}` to change blocks; to replace the whole file, ");
                if !self.may_replace(&path, place, text, &below, replacing, &hint) {
                    return;
                }
            }
            (None, None) => {}
        }
        self.owners.insert(path, Arc::clone(&layer.manifest.name));
        self.files.templates.insert(name.to_owned(), template);
    }

    /// Records the blocks of a template that stand in place of blocks below it; reports those that do not, and returns
    /// whether there are none.
    fn record_blocks(&mut self, layer: &Layer, name: &str, template: &Template) -> bool {
        let faults = self.out.len();
        for (block, (place, own)) in blocks::blocks(&template.file.text) {
            let place = Place::new(&template.file, place);
            match self.block(name, block) {
                Ok(depends) => self.overrides.push(Override {
                    layer: Arc::clone(&layer.manifest.name),
                    address: format!("{}/templates/{name}#{block}", self.folder),
                    op: Op::ReplaceBody,
                    depends: depends.trim().to_owned(),
                    own: own.trim().to_owned(),
                    place,
                    former: None,
                }),
                Err(known) => {
                    let message = format!("the template `{name}` has no block `{block}`");
                    let below = Place::whole(&self.files.templates[name].file);
                    let fault = Diagnostic::new(Code::E082, message).at(place).related(below, "the template below");
                    self.out.push(fault.suggest(block, known.iter().map(String::as_str)));
                }
            }
        }
        self.out.len() == faults
    }

    /// Returns the text of a block of a template as it is so far, or all blocks that it has.
    fn block(&self, name: &str, block: &str) -> Result<String, Vec<String>> {
        let mut known = Vec::new();
        let mut next = Some(name.to_owned());
        // Templates that extend each other in a circle are for Tera to report.
        for _ in 0..=self.files.templates.len() {
            let Some(template) = next.and_then(|name| self.files.templates.get(&name)) else { break };
            let blocks = blocks::blocks(template.text());
            if let Some((_, text)) = blocks.get(block) {
                return Ok((*text).to_owned());
            }
            known.extend(blocks.into_keys().map(str::to_owned));
            next = blocks::parent(template.text()).map(|(_, parent)| parent.to_owned());
        }
        Err(known)
    }

    fn below(&self, path: &str, place: Place, content: String) -> Below {
        Below { layer: self.owners.get(path).cloned(), place, content }
    }

    fn may_replace(
        &mut self,
        path: &str,
        place: Place,
        own: String,
        below: &Below,
        replacing: &mut Replacing<'_>,
        hint: &str,
    ) -> bool {
        let whole = format!("{}/{path}", self.folder);
        let help = format!("{hint}write `[files] \"{whole}\" = {{ op = \"replace\" }}` in {}", manifest::FILE);
        let change = replacing.may_replace(&whole, place, own, below, &help, &mut self.out);
        let may = change.is_some();
        self.overrides.extend(change);
        may
    }

    /// Sets strings of a language; those of a language that the book does not have wait for one that has it.
    fn take_strings(&mut self, lang: &str, file: &Arc<TextFile>) {
        let Some(lang) = self.config.languages.iter().find(|known| ***known == *lang) else { return };
        let Some(layer) = file.layer.clone() else { return };
        let Some(data) = Data::of_file(file, &mut self.out) else { return };
        let known = Arc::clone(&self.strings[lang]);
        let places = self.files.strings.get(&**lang).into_iter().flatten();
        let files: Vec<Data> = places.filter_map(|file| Data::of_file(file, &mut Vec::new())).collect();
        let mut strings = (*known).clone();
        for (key, node) in data.node().entries(&mut self.out) {
            let entry = Entry::read(&node, &mut self.out);
            if let Value::Map(_) = node.value() {
                node.only(&data::KEYS, &mut self.out);
            }
            let place = |key: &str, text| Some(self.string_below(lang, key, Some(text), &files)?.place);
            let others = known.iter().filter_map(|(key, text)| Some((key.as_str(), place(key, text)?)));
            let below = self.string_below(lang, key, known.get(key), &files);
            let mut found = Vec::new();
            let may_set = is_free(key, &node, below.as_ref(), &mut found)
                && entry.may_set("string", key, &layer, below.as_ref(), others, &mut found);
            self.out.extend(found);
            if !may_set {
                continue;
            }
            let Some(text) = filled(&entry.value, &mut self.out) else { continue };
            if key == ADDRESS && !(text.starts_with("https://") || text.starts_with("http://")) {
                let fault = entry.value.fault(Code::E012, format!("`{key}` must be an address, but is `{text}`"));
                self.out.push(fault.help("write it with `https://`"));
                continue;
            }
            if let Some(below) = below {
                let source = self.config.source_lang();
                let language = if lang == source { String::new() } else { format!("{lang}:") };
                let address = format!("{language}strings.yaml#{key}");
                self.overrides.push(data::record(&layer, address, &below, &entry.value));
            }
            self.set.insert((Arc::clone(lang), key.to_owned()), (Arc::clone(&layer), node.key_place()));
            strings.insert(key.to_owned(), text);
        }
        self.strings.insert(Arc::clone(lang), Arc::new(strings));
    }

    /// Returns what stands below a layer under a string's key.
    fn string_below(&self, lang: &Lang, key: &str, text: Option<&String>, files: &[Data]) -> Option<data::Below> {
        let text = text?.clone();
        if let Some((layer, place)) = self.set.get(&(Arc::clone(lang), key.to_owned())) {
            return Some(data::Below::new(Some(Arc::clone(layer)), place.clone(), text));
        }
        let place = files.iter().rev().find_map(|data| Some(data.node().get(key)?.key_place()))?;
        Some(data::Below::new(None, place, text))
    }
}

/// Reports a string that layers must not set.
fn is_free(key: &str, node: &Node<'_>, below: Option<&data::Below>, out: &mut Vec<Diagnostic>) -> bool {
    let is_kept = key.starts_with(KEPT);
    if is_kept {
        let message = format!("the string `{key}` says whose a text is: layers must not change it");
        let fault = Diagnostic::new(Code::E085, message).at(node.key_place());
        let fault = fault.related_if(below.map(|below| below.place.clone()), "the string below");
        out.push(fault.help("take it out; the book's own theme may set it"));
    }
    !is_kept
}

fn asset_place(asset: &Asset) -> Place {
    Place::of_path(Arc::clone(&asset.path))
}
