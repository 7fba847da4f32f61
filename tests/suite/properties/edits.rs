//! Building again after any edit comes to the same as building anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use opas::book::Options;
use opas::config::Config;
use opas::diagnostic::{self, Diagnostic, has_errors, json};
use opas::incremental::{Layered, Made, Outcome, Round, Workshop};
use opas::layer::{Layer, Stack};
use opas::pipeline::{Base, Prepared, prepare};
use opas::site::{Output, Site};
use opas::source::{self, Changed};
use tempfile::TempDir;

use super::Files;
use super::inputs::{EDITS, Edit, base};
use crate::support::{page, translation};

/// Numbers that look like chance and are the same in every run (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// A file's bytes as the disk has them; text that begins with this is made invalid UTF-8.
const BROKEN: &str = "\u{1}";

/// A book on the disk that is built again and again, and what is known of it.
pub struct Bench {
    folder: TempDir,
    /// The folders of the layers, below the book's.
    layers: &'static [&'static str],
    disk: Files,
    workshop: Workshop,
    shown: BTreeMap<Arc<str>, Arc<Output>>,
}

impl Bench {
    pub fn new(files: &Files) -> Self {
        Bench::with_layers(files, &[])
    }

    /// An edition with these layers.
    pub fn with_layers(files: &Files, layers: &'static [&'static str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut disk = Files::new();
        sync(folder.path(), &mut disk, files);
        let mut workshop = Workshop::new(folder.path(), Options::default());
        if !layers.is_empty() {
            let root = folder.path().to_path_buf();
            let folders: Vec<_> = layers.iter().map(|layer| root.join(layer)).collect();
            workshop = workshop.with_layers(Box::new(move |config| Layered {
                folders: folders.clone(),
                read: stack(&root, layers, config),
            }));
        }
        Bench { folder, layers, disk, workshop, shown: BTreeMap::new() }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Makes the disk hold these files, and builds again.
    pub fn edit(&mut self, files: &Files, told: impl Fn(Vec<PathBuf>) -> Changed) -> Option<Round> {
        let root = self.root().to_path_buf();
        let touched = sync(&root, &mut self.disk, files);
        let round = self.workshop.round(&told(touched), |found| !has_errors(found));
        if let Some(Round { result: Outcome::Made(made), .. }) = &round {
            let Made { outputs, removed, .. } = &**made;
            for path in removed {
                assert!(self.shown.remove(path).is_some(), "{path} was there");
            }
            self.shown.extend(outputs.iter().map(|output| (output.path.as_str().into(), Arc::clone(output))));
        }
        round
    }

    /// Builds anew, and compares.
    pub fn compare(&self, round: Option<&Round>, what: &str) {
        let (found, outputs) = clean(self.root(), self.layers);
        if let Some(round) = round {
            assert_eq!(lines(&round.diagnostics), lines(&found), "{what}: the same is found");
            assert_eq!(matches!(round.result, Outcome::Made(_)), outputs.is_some(), "{what}");
        }
        if let Some(outputs) = outputs {
            let paths: Vec<&str> = outputs.iter().map(|output| output.path.as_str()).collect();
            assert_eq!(self.shown.keys().map(|path| &**path).collect::<Vec<_>>(), paths, "{what}: the same files");
            for output in &outputs {
                assert!(
                    self.shown[output.path.as_str()].bytes() == output.bytes(),
                    "{what}: {} is the same",
                    output.path
                );
            }
        }
    }
}

fn lines(found: &[Diagnostic]) -> Vec<String> {
    found.iter().map(json::render).collect()
}

/// Reads the layers below a book's folder, as the command line does it.
fn stack(root: &Path, layers: &[&str], config: &Config) -> Result<(Stack, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut stack = Stack { edition: "e".to_owned(), ..Stack::default() };
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for folder in layers {
        let shown = format!("{folder}/");
        let (source, unread) = source::read_layer(&root.join(folder), &shown);
        found.extend(unread);
        match Layer::read(source, &shown, config) {
            Ok(layer) => stack.layers.push(Arc::new(layer)),
            Err(found) => faults.extend(found),
        }
    }
    stack.trusted = stack.layers.iter().map(|layer| Arc::clone(&layer.manifest.name)).collect();
    if faults.is_empty() { Ok((stack, found)) } else { Err(faults) }
}

fn read(root: &Path, layers: &[&str]) -> Result<Prepared, Vec<Diagnostic>> {
    let (source, found) = source::read(root);
    if layers.is_empty() {
        return prepare(&source, found, Options::default());
    }
    let base = Base::read(&source, found)?;
    let (stack, found) = stack(root, layers, &base.ground.config)?;
    Ok(base.edition(&stack, found, Options::default()))
}

/// Builds anew; the outputs are none where the book has errors.
fn clean(root: &Path, layers: &[&str]) -> (Vec<Diagnostic>, Option<Vec<Output>>) {
    let prepared = match read(root, layers) {
        Ok(prepared) => prepared,
        Err(faults) => return (faults, None),
    };
    if has_errors(&prepared.diagnostics) {
        return (prepared.diagnostics, None);
    }
    match Site::new(&prepared.book, &prepared.theme).make_all() {
        Ok(outputs) => (prepared.diagnostics, Some(outputs)),
        Err(mut faults) => {
            faults.extend(prepared.diagnostics);
            diagnostic::sort(&mut faults);
            (faults, None)
        }
    }
}

/// Writes and removes files until the disk holds these; returns what was touched.
fn sync(root: &Path, disk: &mut Files, files: &Files) -> Vec<PathBuf> {
    let mut touched = Vec::new();
    for path in disk.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(root.join(path)).unwrap();
        touched.push(root.join(path));
        // A folder that is empty now goes, too.
        let mut folder = root.join(path);
        while folder.pop() && folder != root && fs::remove_dir(&folder).is_ok() {
            touched.push(folder.clone());
        }
    }
    for (path, text) in files.iter().filter(|(path, text)| disk.get(*path) != Some(text)) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match text.strip_prefix(BROKEN) {
            Some(rest) => fs::write(&path, [rest.as_bytes(), b"\xff\xfe"].concat()).unwrap(),
            None => fs::write(&path, text).unwrap(),
        }
        touched.push(path);
    }
    *disk = files.clone();
    touched
}

/// What a careless hand does to any file.
fn mischief(files: &mut Files, chance: &mut Chance) -> String {
    let paths: Vec<String> = files.keys().cloned().collect();
    let path = chance.pick(&paths).clone();
    match chance.below(9) {
        0 => {
            files.remove(&path);
            format!("no {path}")
        }
        1 => {
            let text = files.remove(&path).unwrap();
            let to = path.replacen("/fi/", "/fi/siirto/", 1);
            files.insert(to.clone(), text);
            format!("{path} moved to {to}")
        }
        2 => {
            let text = files.get_mut(&path).unwrap();
            let end = text.floor_char_boundary(text.len() / 2);
            text.truncate(end);
            format!("half of {path}")
        }
        3 => {
            files.get_mut(&path).unwrap().insert_str(0, BROKEN);
            format!("{path} is not UTF-8")
        }
        4 => {
            files.get_mut(&path).unwrap().push_str("\n[ei](puuttuu.md) [[outo]] {{ tuntematon }}\n");
            format!("bad references in {path}")
        }
        5 => {
            files.insert(
                "themes/default/templates/page.html".to_owned(),
                "{% extends \"base.html\" %}{% block main %}{{ page.puuttuu.x }}{% endblock main %}".to_owned(),
            );
            "a template that fails".to_owned()
        }
        6 => {
            let folder = ["content/fi/osio/", "content/sv/", "themes/"][chance.below(3)];
            let moved: Vec<_> = files.extract_if(folder.to_owned().., |path, _| path.starts_with(folder)).collect();
            if !folder.starts_with("themes") {
                files.extend(moved.into_iter().map(|(path, text)| (path.replacen("/osio/", "/luku/", 1), text)));
            }
            format!("{folder} moved or gone")
        }
        7 => {
            let name = ["uusi", "osio/lisa", "Iso Nimi", "search", "a/b/c"][chance.below(5)];
            files.insert(format!("content/fi/{name}.md"), page("Uusi", "Teksti. [[sana]]"));
            format!("a new page {name}")
        }
        _ => {
            let source = files.get("content/fi/lyhyt.md").cloned().unwrap_or_default();
            files.insert("content/sv/lyhyt.md".to_owned(), translation(&source, "Kort", "Text."));
            "a new translation".to_owned()
        }
    }
}

/// A book, its layers, and the edits that are made to it.
pub struct Ground {
    pub base: fn() -> Files,
    pub layers: &'static [&'static str],
    /// Lists of edits; each list is as likely as the others.
    pub edits: &'static [&'static [Edit]],
    /// How many edits in ten are careless.
    pub mischief: usize,
}

/// Makes one edit; returns what it was.
fn edit(ground: &Ground, files: &mut Files, chance: &mut Chance) -> String {
    match chance.below(10) {
        // Everything as it was at first: as when a branch is checked out.
        0 => {
            *files = (ground.base)();
            "all as it was".to_owned()
        }
        one if one <= ground.mischief => mischief(files, chance),
        _ => {
            let (name, edit) = {
                let list = *chance.pick(ground.edits);
                chance.pick(list)
            };
            edit(files);
            (*name).to_owned()
        }
    }
}

/// Makes edits one after another; after each, building again must come to the same as building anew.
pub fn wander(ground: &Ground, seed: u64, edits: usize) {
    let mut chance = Chance(seed);
    let mut files = (ground.base)();
    let mut bench = Bench::with_layers(&files, ground.layers);
    let round = bench.edit(&files, Changed::Paths);
    bench.compare(round.as_ref(), "at first");
    let mut made = 0;
    for number in 0..edits {
        let what = format!("seed {seed}, edit {number}: {}", edit(ground, &mut files, &mut chance));
        // Word of a change can be vaguer than what changed, or be about what did not change at all.
        let (precision, more) = (chance.below(4), chance.below(3) == 0);
        let root = bench.root().to_path_buf();
        let round = bench.edit(&files, |mut touched| {
            if more {
                touched.extend(
                    ["content/fi/index.md", "content/fi/ei-ole.md", "public/x.html"].map(|path| root.join(path)),
                );
            }
            match precision {
                0 => Changed::Anything,
                1 => Changed::Paths(
                    touched
                        .iter()
                        .map(|path| path.parent().unwrap().to_path_buf())
                        .filter(|path| *path != root)
                        .chain(touched.clone())
                        .collect(),
                ),
                _ => Changed::Paths(touched),
            }
        });
        bench.compare(round.as_ref(), &what);
        made += usize::from(matches!(round, Some(Round { result: Outcome::Made(_), .. })));
    }
    assert!(made > edits / 10, "seed {seed}: {made} of {edits} edits led to a good book");
}

#[test]
fn building_again_comes_to_the_same_as_building_anew() {
    let ground = Ground { base, layers: &[], edits: &[EDITS], mischief: 3 };
    for seed in 0..4 {
        wander(&ground, seed, 60);
    }
}

/// Returns the paths that a round made anew after one edit of the base book.
fn made_by(edit: impl Fn(&mut Files)) -> (usize, Vec<String>) {
    let mut files = base();
    let mut bench = Bench::new(&files);
    bench.edit(&files, Changed::Paths);
    edit(&mut files);
    let round = bench.edit(&files, Changed::Paths).expect("a file has changed");
    let Outcome::Made(made) = round.result else { panic!("{:?}", lines(&round.diagnostics)) };
    (made.made, made.outputs.iter().map(|output| output.path.clone()).collect())
}

#[test]
fn an_edit_of_a_body_makes_that_page_and_what_prints_it() {
    let edit = |files: &mut Files| {
        let text = files.get_mut("content/fi/osio/syva/kolme.md").unwrap();
        text.push_str("\nUusi kappale.\n");
    };
    // The page is shown in both languages; it is a case with a quick card, in a section that is printed as one.
    let (made, paths) = made_by(edit);
    // Of the search, what it shows of the page, and the shards of the words: one for each kind in a book so small.
    let pages = [
        "osio/syva/kolme.html",
        "print/osio.html",
        "print/osio/syva/kolme.html",
        "search/d-6.js",
        "search/p-_.js",
        "search/w-_.js",
    ];
    let translated = pages.map(|path| format!("sv/{path}"));
    assert_eq!(paths, [pages.map(str::to_owned), translated].concat());
    assert_eq!(made, paths.len(), "nothing else is made");
}

#[test]
fn an_edit_of_a_style_sheet_makes_no_page() {
    let (made, paths) = made_by(|files| {
        files.insert("themes/default/assets/style.css".to_owned(), "body { color: red }".to_owned());
    });
    assert_eq!((made, paths), (1, vec!["assets/style.css".to_owned()]));
}

#[test]
fn an_edit_of_a_title_makes_what_shows_the_title() {
    let (made, paths) = made_by(|files| {
        let text = files.get_mut("content/fi/osio/syva/hiljainen.md").unwrap();
        *text = text.replace("title: Hiljainen", "title: Hiljaa");
    });
    assert!(paths.contains(&"osio/syva/hiljainen.html".to_owned()) && paths.contains(&"contents.html".to_owned()));
    // Pages of the same section list it; those of the other language do, too, as it is not translated.
    assert!(
        !paths.contains(&"lyhyt.html".to_owned()) && !paths.contains(&"sv/glossary-x.html".to_owned()),
        "{paths:?}"
    );
    assert!(made <= paths.len() + 2, "{made} made, {paths:?} changed");
}

#[test]
fn a_file_that_says_the_same_makes_no_round() {
    let files = base();
    let mut bench = Bench::new(&files);
    bench.edit(&files, Changed::Paths);
    let round = bench.edit(&files, |_| Changed::Anything);
    assert!(round.is_none());
}
