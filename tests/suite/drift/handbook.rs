//! Drift under this repository's handbook: its sections are changed one after another, and exactly the overrides
//! that depend on the text that has changed are told.
//!
//! What depends on what is found out here anew, from the texts of the layers and of the handbook alone: a line
//! `:::replace-body {#id}` depends on the section's own text, `replace` and `remove` on the section with its parts,
//! an insertion on the heading that it stands by.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use opas::book::Options;
use opas::diagnostic::{has_errors, json};
use opas::layer::drift::Kind;
use opas::layer::lock::{self, Entry, Lock};
use opas::layer::{Layer, Stack};
use opas::pipeline::{Base, Earlier, Prepared, prepare_edition_again};
use opas::source::Source;

use crate::edition::{self, Files};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A layer with every kind of override, on pages that the shipped layer beside it leaves alone.
const EVERYTHING: [(&str, &str); 10] = [
    ("overlay.toml", "name = \"kaikki\"\ntitle = \"Kaikki\"\nversion = \"1\"\n"),
    (
        "content/fi/asiointi/palvelukanavat.md",
        ":::replace {#puhelin}\n## Oma puhelin {#puhelin}\n\nOma teksti.\n\n### Oma aloitus {#puhelin-aloitus}\n\nOma.\n:::\n\n:::replace-body {#lahella}\nOma teksti.\n:::\n",
    ),
    (
        "content/fi/asiointi/tietosuoja.md",
        ":::before {#liitteet}\nA\n:::\n\n:::after {#liitteet}\nB\n:::\n\n:::prepend {#palvelupiste}\nC\n:::\n\n:::append {#palvelupiste}\nD\n:::\n",
    ),
    (
        "content/fi/asiointi/neuvontavelvollisuus.md",
        ":::replace-body {#}\nOma alku.\n:::\n\n:::after {#}\nOma loppu.\n:::\n\n:::replace-body {#kenelle}\nOma teksti.\n:::\n",
    ),
    ("content/fi/perusteet/soveltaminen.md", ":::remove {#aihe}\n:::\n\n:::append {#lukijat}\nOma lisä.\n:::\n"),
    ("content/fi/perusteet/miksi.md", ":::before {#}\nOma alku.\n:::\n\n:::append {#}\nOma lisä.\n:::\n"),
    (
        "content/fi/huoli-ilmoitus.md",
        "---\nop: replace\nreason: Oma tapa\ntitle: Huoli-ilmoitus meillä\n---\n\nOma alku.\n\n## Milloin {#milloin}\n\n## Miten {#miten}\n\n## Alue {#mille-alueelle}\n\n## Kieltäytyy {#jos-kieltaytyy}\n",
    ),
    ("content/fi/harjoitukset/laitteet.md", "---\nop: hide\nreason: Ei meillä\nredirect: harjoitukset\n---\n"),
    ("content/fi/vars.yaml", "lahde-nimi: Oma lähde\n"),
    ("content/fi/contacts.yaml", "seniorsurf:\n  url: https://oma.example/\n"),
];

/// The files of that layer; those that only have blocks are patches.
fn everything() -> Files {
    let file = |(path, text): (&str, &str)| {
        let front = if text.starts_with(":::") { "---\nop: patch\n---\n\n" } else { "" };
        (path.to_owned(), format!("{front}{text}"))
    };
    EVERYTHING.map(file).into_iter().collect()
}

/// A section of a page of the handbook, or what stands before the first one.
#[derive(Debug, Clone, PartialEq)]
struct Section {
    page: String,
    /// Empty before the first section.
    id: String,
    level: usize,
    /// The numbers of its heading's line, and of its last line before the next heading.
    lines: (usize, usize),
    /// The sections that it is part of, and itself.
    within: Vec<String>,
}

/// Splits a page into its sections.
fn sections(page: &str, text: &str) -> Vec<Section> {
    let lines: Vec<&str> = text.lines().collect();
    let front = 1 + lines.iter().skip(1).position(|line| *line == "---").unwrap();
    let opening =
        Section { page: page.to_owned(), id: String::new(), level: 1, lines: (front, front), within: Vec::new() };
    let mut sections = vec![opening];
    for (number, line) in lines.iter().enumerate().skip(front + 1) {
        let level = line.len() - line.trim_start_matches('#').len();
        if let (true, Some((_, rest))) = (level > 1, line.split_once("{#")) {
            let id = rest.split([' ', '}']).next().unwrap().to_owned();
            let above = sections.iter().rev().find(|section| section.level < level && !section.id.is_empty());
            let mut within = above.map(|section| section.within.clone()).unwrap_or_default();
            within.push(id.clone());
            sections.push(Section { page: page.to_owned(), id, level, lines: (number, number), within });
        }
        sections.last_mut().unwrap().lines.1 = number;
    }
    sections
}

/// What is changed in a section.
#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    /// A sentence of its own text.
    Sentence,
    /// The words of its heading.
    Heading,
    /// What stands before the first section is headed by the page's title.
    Title,
}

/// Makes one change of a page; none where there is nothing of the kind in the section.
fn change(text: &str, section: &Section, what: What) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (first, last) = section.lines;
    let add = |line: &str| match line.strip_suffix('.') {
        Some(start) => format!("{start} juuri nyt."),
        None => format!("{line} juuri nyt"),
    };
    let is_plain = |line: &&mut String| {
        line.chars().any(char::is_alphabetic) && !line.starts_with(['|', '#', '`', '>', ':', '<', '['])
    };
    match what {
        What::Sentence => lines[first + 1..=last].iter_mut().find(is_plain).map(|line| *line = add(line))?,
        What::Heading if section.id.is_empty() => return None,
        What::Heading => lines[first] = lines[first].replacen(" {#", " nyt {#", 1),
        What::Title if !section.id.is_empty() => return None,
        What::Title => lines.iter_mut().find(|line| line.starts_with("title: ")).map(|line| *line = retitled(line))?,
    }
    Some(lines.join("\n") + "\n")
}

/// A line with a title, quoted or not, with a word more.
fn retitled(line: &str) -> String {
    let (key, title) = line.split_at("title: ".len());
    let (mark, rest) = title.split_at(title.len() - title.trim_start_matches('"').len());
    format!("{key}{mark}Uusi {rest}")
}

/// An override as a layer's files tell it: the page, the section, and the operation.
type Written = (String, String, String);

/// The overrides of pages that a layer's files tell of.
fn written(layer: &Layer) -> Vec<Written> {
    let mut found = Vec::new();
    for (path, file) in layer.source.files.iter().filter(|(path, _)| path.ends_with(".md")) {
        let page = page_id(path.strip_prefix("content/fi/").unwrap());
        let opas::source::File::Text(file) = file else { continue };
        let whole = [("\nop: replace\n", "replace"), ("\nop: hide\n", "remove")];
        let whole = whole.iter().filter(|(mark, _)| file.text.contains(mark));
        found.extend(whole.map(|(_, op)| (page.clone(), String::new(), format!("page {op}"))));
        for line in file.text.lines().filter_map(|line| line.strip_prefix(":::")).filter(|line| !line.is_empty()) {
            let (op, rest) = line.split_once(" {#").unwrap();
            let id = rest.split([' ', '}']).next().unwrap();
            found.push((page.clone(), id.to_owned(), op.to_owned()));
        }
    }
    found
}

/// What has drifted: the address, and whether it is an anchor alone.
type Drifted = BTreeSet<(String, bool)>;

/// What must drift when something in a section has changed.
fn expected(overrides: &[Written], section: &Section, what: What) -> Drifted {
    let told = |(page, id, op): &Written| {
        let (is_it, is_within) = (*id == section.id, section.within.contains(id));
        let is_hit = match op.as_str() {
            _ if *page != section.page => false,
            "page replace" | "page remove" => true,
            "replace" | "remove" => is_within,
            "replace-body" => is_it && what == What::Sentence,
            _ => is_it && what != What::Sentence,
        };
        let is_anchor = !["replace", "remove", "replace-body"].contains(&op.trim_start_matches("page "));
        is_hit.then(|| (address(page, id), is_anchor))
    };
    overrides.iter().filter_map(told).collect()
}

fn address(page: &str, section: &str) -> String {
    if section.is_empty() { page.to_owned() } else { format!("{page}#{section}") }
}

/// The handbook with layers whose overrides are all recorded.
struct Bench {
    source: Source,
    layers: Vec<Arc<Layer>>,
    earlier: Earlier,
}

impl Bench {
    fn new(layers: impl Fn(&Base) -> Vec<Arc<Layer>>) -> Self {
        let (source, faults) = opas::source::read(Path::new(ROOT));
        assert!(faults.is_empty(), "{faults:?}");
        let layers = layers(&edition::base(&source));
        Bench { source, layers, earlier: Earlier::default() }
    }

    fn build(&mut self) -> Prepared {
        let stack = Stack { edition: "e".to_owned(), layers: self.layers.clone(), ..Stack::default() };
        let options = Options { drafts: true };
        let layers = |_: &_| Ok((stack, Vec::new()));
        let (prepared, _) =
            prepare_edition_again(&self.source, Vec::new(), options, &mut self.earlier, layers).unwrap();
        let told = || prepared.diagnostics.iter().map(json::render).collect::<Vec<_>>().join("\n");
        assert!(!has_errors(&prepared.diagnostics), "{}", told());
        prepared
    }

    fn drifted(&mut self) -> Drifted {
        let drifts = self.build().book.drifts;
        let told = |drift: &opas::layer::drift::Drift| {
            assert!(matches!(drift.kind, Kind::Changed | Kind::Anchor), "{drift:?}");
            (drift.change.address.clone(), drift.kind == Kind::Anchor)
        };
        drifts.iter().map(told).collect()
    }

    /// Changes every section of every page in turn: each override drifts at some time, and only at its time.
    fn wander(&mut self) {
        let mut overrides: Vec<Written> = self.layers.iter().flat_map(|layer| written(layer)).collect();
        let pages: Vec<Arc<str>> = self.source.below("content/fi").map(|(path, _)| path.into()).collect();
        let (mut met, mut all) = (Drifted::new(), 0);
        for path in pages.iter().filter(|path| path.ends_with(".md")) {
            let file = format!("content/fi/{path}");
            let text = self.source.text(&file).unwrap().text.clone();
            for section in sections(&page_id(path), &text) {
                for what in [What::Sentence, What::Heading, What::Title] {
                    let Some(changed) = change(&text, &section, what) else { continue };
                    assert_ne!(changed, text, "{section:?}");
                    self.source.insert_text(&file, &changed);
                    let found = self.drifted();
                    assert_eq!(found, expected(&overrides, &section, what), "{what:?} of {section:?}");
                    met.extend(found);
                    all += 1;
                }
            }
            self.source.insert_text(&file, &text);
        }
        assert!(self.drifted().is_empty(), "everything is as it was");
        // A change of a page that another layer has added cannot drift under the handbook.
        overrides.retain(|(page, ..)| pages.iter().any(|path| page_id(path) == *page));
        let met: BTreeSet<String> = met.into_iter().map(|(address, _)| address).collect();
        assert_eq!(met, overrides.iter().map(|(page, id, _)| address(page, id)).collect());
        assert!(all > 250, "{all} changes");
    }
}

/// The id of the page in a file below a language's folder.
fn page_id(path: &str) -> String {
    let stem = path.strip_suffix(".md").unwrap_or(path);
    stem.strip_suffix("/index").unwrap_or(stem).to_owned()
}

fn shipped(base: &Base, name: &str) -> Arc<Layer> {
    let folder = format!("overlays/{name}");
    let (source, faults) = opas::source::read_layer(&Path::new(ROOT).join(&folder), &format!("{folder}/"));
    assert!(faults.is_empty(), "{faults:?}");
    Arc::new(Layer::read(source, &format!("{folder}/"), &base.ground.config).unwrap())
}

#[test]
fn each_section_of_the_handbook_drifts_exactly_the_overrides_that_depend_on_it() {
    let layers = |base: &Base| ["esimerkkikunta", "esimerkkikirjasto"].map(|name| shipped(base, name)).to_vec();
    Bench::new(layers).wander();
}

#[test]
fn each_section_of_the_handbook_drifts_exactly_the_overrides_of_every_kind_that_depend_on_it() {
    let mut files = everything();
    let layers = |base: &Base, files: &Files| {
        vec![shipped(base, "esimerkin-hyvinvointialue"), edition::layer(base, "kaikki", files).unwrap()]
    };
    let recorded = Bench::new(|base| layers(base, &files)).build().book.overrides;
    let own = recorded.iter().filter(|change| &*change.layer == "kaikki");
    let entry = |base: &str| Entry { base: base.to_owned(), notes: Vec::new(), deferred: None };
    let entries = own.map(|change| (lock::key(change), entry(&change.depends))).collect();
    files.insert(lock::FILE.to_owned(), Lock { entries }.render());
    Bench::new(|base| layers(base, &files)).wander();
}
