//! What holds of layers whatever they change: those that touch different things commute, an empty one changes
//! nothing, what is accepted stays accepted, and every block of a page can be traced.
//!
//! A case is a page of sections as it may come, with changes by two layers that never touch the same thing, so that
//! none of them may be refused. Every block holds one word of its own, by which it is found again.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;

use opas::diagnostic::{Diagnostic, json};
use opas::pipeline::Base;
use proptest::prelude::*;
use serde_json::Value;

use super::{Files, cases};
use crate::edition::{self, Outputs};
use crate::explain::{check_page, explained};
use crate::html;
use crate::support::{Book, Run, TODAY};

/// What a block is called by `explain`, the element that it becomes, and how it is written with a word in it.
const KINDS: [(&str, &str, &str); 9] = [
    ("paragraph", "p", "{} teksti [[digituki]] {{ nimi }}.[^1]\n\n[^1]: Alaviite."),
    ("list", "ul", "- {}\n- kohta"),
    ("list", "ol", "1. {}\n2. kohta\n\n   Jatkuu."),
    ("quote", "blockquote", "> {}"),
    ("alert", "div", "> [!NOTE]\n> {}"),
    ("table", "div", "| {} | b |\n|---|---|\n| c | d |"),
    ("code", "pre", "```text\n{}\n:::\n```"),
    ("definitions", "dl", "{}\n: selitys"),
    ("html", "div", "<div>{}</div>"),
];

/// What a layer may change besides sections; each is a thing of its own.
///
/// Contacts stand in the order in which they are added, so only one of these adds one. Where two layers have a logo
/// or a colour, the uppermost's holds: that is not tried here either.
const THINGS: [(&str, &str); 14] = [
    ("content/fi/vars.yaml", "nimi: Oma nimi\n"),
    ("content/fi/vars.yaml", "uusi: {value: Uusi, new: true}\n"),
    ("content/fi/contacts.yaml", "neuvonta:\n  url: https://oma.example/\n"),
    ("content/fi/contacts.yaml", "kirjasto:\n  hours: arkisin\n"),
    ("content/fi/contacts.yaml", "piste: {value: {name: Piste}, new: true}\n"),
    ("content/fi/glossary.yaml", "digituki:\n  synonyms: [apu]\n"),
    ("content/fi/glossary.yaml", "oma:\n  definition: Oma sana.\n"),
    ("content/fi/oma-1.md", "---\ntitle: Oma yksi\nafter: toinen\n---\n\nm9001 teksti.\n"),
    ("content/fi/oma-2.md", "---\ntitle: Oma kaksi\nafter: toinen\n---\n\nm9002 teksti.\n"),
    ("content/fi/toinen.md", "---\nop: patch\nsummary: Oma tiivistelmä.\ntags: [oma]\n---\n"),
    ("content/fi/kolmas.md", "---\nop: replace\nreason: Oma\ntitle: Toisin\n---\n\nm9003 teksti.\n"),
    ("content/fi/neljas.md", "---\nop: hide\nreason: Oma\nredirect: toinen\n---\n"),
    ("content/fi/flows/kysely.patch.yaml", "- {op: set-next, at: tuki/ei, next: opasta, reason: Oma}\n"),
    (
        "content/fi/flows/kysely.patch.yaml",
        "- {op: replace-outcome, at: ohjaa, outcome: {title: Oma, body: Oma ohje.}, reason: Oma}\n",
    ),
];

const FLOW: &str = "title: Kysymykset
start: laite
questions:
  laite:
    text: Onko laite mukana?
    answers:
      - {id: kylla, text: Kyllä, next: tuki}
      - {id: ei, text: Ei, next: ohjaa}
  tuki:
    text: Annatteko tukea?
    answers:
      - {id: kylla, text: Kyllä, next: opasta}
      - {id: ei, text: Ei, next: ohjaa}
outcomes:
  opasta: {title: Opasta, body: Opasta asiakasta.}
  ohjaa: {title: Ohjaa, body: Ohjaa asiakas eteenpäin.}
";

/// The layers, from the lowest up.
const LAYERS: [(&str, &str); 2] = [("kunta", "Esimerkkikunta"), ("kirjasto", "Esimerkkikirjasto")];

/// A section of the page.
#[derive(Debug, Clone)]
struct Section {
    level: usize,
    kind: usize,
    inferred: bool,
}

/// A change of the page.
#[derive(Debug, Clone)]
struct Change {
    op: &'static str,
    /// The number of the section; none for the page as a whole.
    section: Option<usize>,
    kind: usize,
    /// The number of the layer.
    layer: usize,
}

/// A page, and what the layers change.
#[derive(Debug, Clone)]
struct Case {
    /// What stands before the first section.
    opening: Option<usize>,
    sections: Vec<Section>,
    changes: Vec<Change>,
    /// For each of [`THINGS`] the number of the layer that changes it, if one does.
    things: Vec<Option<usize>>,
}

const OPS: [&str; 7] = ["before", "after", "prepend", "append", "replace", "replace-body", "remove"];

fn any_case() -> impl Strategy<Value = Case> {
    let sections = prop::collection::vec((1usize..4, 0..KINDS.len(), prop::bool::weighted(0.2)), 1..8);
    let change = (prop::sample::select(&OPS), prop::option::weighted(0.85, 0usize..8), 0..KINDS.len(), 0usize..2);
    let changes = prop::collection::vec(change, 0..10);
    let things = prop::collection::vec(prop::option::of(0usize..2), THINGS.len());
    (prop::option::of(0..KINDS.len()), sections, changes, things).prop_map(|(opening, sections, changes, things)| {
        let mut above = 1;
        let sections: Vec<Section> = sections
            .into_iter()
            .map(|(more, kind, inferred)| {
                above = (1 + more).min(above + 1);
                Section { level: above, kind, inferred }
            })
            .collect();
        let mut case = Case { opening, sections, changes: Vec::new(), things };
        for (op, section, kind, layer) in changes {
            let section = section.map(|section| section % case.sections.len());
            let change = Change { op, section, kind, layer };
            // Of a page that is gone as a whole nothing else can be seen.
            if (op, section) != ("remove", None) && case.changes.iter().all(|other| case.are_apart(&change, other)) {
                case.changes.push(change);
            }
        }
        case
    })
}

impl Case {
    /// The sections that a change touches, the page's own text as number 0.
    fn touched(&self, change: &Change) -> Range<usize> {
        let takes_all = ["replace", "remove"].contains(&change.op);
        match change.section {
            None if takes_all => 0..self.sections.len() + 1,
            None => 0..1,
            Some(at) if takes_all => at + 1..self.end(at) + 1,
            Some(at) => at + 1..at + 2,
        }
    }

    /// Where a section with all its parts ends.
    fn end(&self, at: usize) -> usize {
        let ends = |other: &usize| self.sections[*other].level <= self.sections[at].level;
        (at + 1..self.sections.len()).find(ends).unwrap_or(self.sections.len())
    }

    fn are_apart(&self, a: &Change, b: &Change) -> bool {
        let (a, b) = (self.touched(a), self.touched(b));
        a.end <= b.start || b.end <= a.start
    }

    /// The page in a language; its words begin at a number.
    fn page(&self, front: &str, mut word: usize) -> String {
        let mut text = format!("---\ntitle: Sivu\n{front}---\n");
        let mut notes = 0;
        let mut put = |text: &mut String, kind: usize| {
            notes += 1;
            *text += &blocks(kind, &mut word, notes);
        };
        if let Some(kind) = self.opening {
            put(&mut text, kind);
        }
        for (number, section) in self.sections.iter().enumerate() {
            let mark = if section.inferred { " .inferred" } else { "" };
            text += &format!("\n{} w{number} {{#s{number}{mark}}}\n", "#".repeat(section.level));
            put(&mut text, section.kind);
        }
        text
    }

    /// The book below the layers, in two languages.
    fn book(&self) -> Files {
        let page = self.page("", 1);
        let translation = self.page(&format!("translates: \"{}\"\n", crate::support::digest(&page)), 1001);
        let config = "[book]\nid = \"testi\"\nversion = \"1\"\nlanguages = [\"fi\", \"sv\"]\ntitle = \"Testi\"\n\n[editions.e]\nlayers = [\"kunta\", \"kirjasto\"]\n";
        let pages = ["toinen", "kolmas", "neljas"].map(|id| {
            let text = format!(
                "---\ntitle: Sivu {id}\nchanges:\n  - {{date: 2026-01-02, note: Muuttui.}}\n---\n\nm8{} teksti.\n",
                id.len()
            );
            (format!("content/fi/{id}.md"), text)
        });
        let more = [
            ("book.toml", config),
            (
                "content/fi/index.md",
                "---\ntitle: Etusivu\n---\n\nm8001 [sivu](sivu.md) [neljäs](neljas.md) {{ nimi }} [x](contact:neuvonta)\n",
            ),
            ("content/fi/sivu.md", &page),
            ("content/sv/sivu.md", &translation),
            ("content/fi/vars.yaml", "nimi: Nimi\n"),
            (
                "content/fi/contacts.yaml",
                "neuvonta:\n  name: Neuvonta\n  url: https://neuvonta.example/\nkirjasto:\n  name: Kirjasto\n",
            ),
            ("content/fi/glossary.yaml", "digituki:\n  definition: Tukea.\n  synonyms: [it-tuki]\n"),
            ("content/fi/flows/kysely.yaml", FLOW),
        ];
        pages.into_iter().chain(more.map(|(path, text)| (path.to_owned(), text.to_owned()))).collect()
    }

    /// The files of a layer.
    fn layer(&self, number: usize) -> Files {
        let (name, title) = LAYERS[number];
        let mut files = empty_layer(name, title);
        let mut word = 100 * (number + 1);
        let mut patch = String::new();
        for change in self.changes.iter().filter(|change| change.layer == number) {
            patch += &self.block(change, &mut word);
        }
        if !patch.is_empty() {
            files.insert("content/fi/sivu.md".to_owned(), format!("---\nop: patch\n---\n{patch}"));
        }
        for ((path, text), _) in THINGS.iter().zip(&self.things).filter(|(_, layer)| **layer == Some(number)) {
            *files.entry((*path).to_owned()).or_default() += text;
        }
        files
    }

    /// A block of a patch. What is put beside a section has sometimes a heading of its own.
    fn block(&self, change: &Change, word: &mut usize) -> String {
        let id = change.section.map(|at| format!("s{at}")).unwrap_or_default();
        let level = change.section.map_or(2, |at| self.sections[at].level);
        let opens_anew = change.op == "replace" && change.section.is_some();
        let has_own = ["before", "after"].contains(&change.op) && change.kind.is_multiple_of(2);
        let mut text = String::new();
        if opens_anew || has_own {
            *word += 1;
            let own = if opens_anew { id.clone() } else { format!("oma-{word}") };
            text += &format!("{} m{word} {{#{own}}}\n", "#".repeat(level));
        }
        if change.op != "remove" {
            text += &blocks(change.kind, word, 1);
        }
        format!("\n:::{} {{#{id} reason=\"Syy\"}}\n{}\n:::\n", change.op, text.trim())
    }
}

/// Two blocks, each with the next word: a paragraph, so that no two lists become one, and one of a kind.
fn blocks(kind: usize, word: &mut usize, note: usize) -> String {
    let mut next = |kind: usize| {
        *word += 1;
        let text = KINDS[kind].2.replace("{}", &format!("m{word}"));
        text.replace("[^1]", &format!("[^{kind}-{note}-{word}]"))
    };
    let (first, second) = (next(0), next(kind));
    format!("\n{first}\n\n{second}\n")
}

fn empty_layer(name: &str, title: &str) -> Files {
    let settings = format!("name = \"{name}\"\ntitle = \"{title}\"\nversion = \"7\"\n");
    Files::from([("overlay.toml".to_owned(), settings)])
}

/// The site of an edition with these layers, the lowest first.
fn site(base: &Base, layers: &[Files]) -> Result<Outputs, Vec<Diagnostic>> {
    let names = layers.iter().map(|files| files["overlay.toml"].split('"').nth(1).unwrap());
    let layers: Result<Vec<_>, _> = names.zip(layers).map(|(name, files)| edition::layer(base, name, files)).collect();
    edition::site(&edition::edition(base, &layers?))
}

/// The site, where nothing may be wrong.
fn sound(base: &Base, layers: &[Files]) -> Outputs {
    let told = |faults: Vec<Diagnostic>| faults.iter().map(json::render).collect::<Vec<_>>().join("\n");
    site(base, layers).unwrap_or_else(|faults| panic!("{}\n{layers:#?}", told(faults)))
}

/// A site without what tells of the layers as such, all of which depends on which there are and in what order. That
/// is exactly: the name of the uppermost layer's organisation, which follows the book's wherever that stands; the
/// layers with their versions in the foot of each page; the list of them on the page about the book; and their names
/// among the texts of the search.
fn content(outputs: &Outputs) -> BTreeMap<String, String> {
    let plain = |(path, bytes): (&String, &Vec<u8>)| {
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        for (_, title) in LAYERS {
            text = text.replace(&format!(" · {title}"), "");
        }
        while let Some(at) = text.find(" <span class=\"layer-version\">") {
            let end = at + text[at..].find("</span>").unwrap() + "</span>".len();
            text.replace_range(at..end, "");
        }
        if let (true, Some(at)) = (path.ends_with("search/texts.js"), text.find("\"layers\":{")) {
            let end = at + text[at..].find("},").unwrap() + "},".len();
            text.replace_range(at..end, "");
        }
        if path.ends_with("about.html") {
            let at = text.rfind("<h2>").unwrap();
            let end = at + text[at..].find("</div>\n</main>").or(text[at..].find("</main>")).unwrap();
            text.replace_range(at..end, "");
        }
        (path.clone(), text)
    };
    outputs.iter().map(plain).collect()
}

/// Expects two sites to have the same files with the same text.
fn check_same(a: &Outputs, b: &Outputs) {
    let (a, b) = (content(a), content(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (path, text) in &a {
        let at = text.bytes().zip(b[path].bytes()).take_while(|(a, b)| a == b).count();
        let around = |text: &str| {
            let start = text.floor_char_boundary(at.saturating_sub(100));
            text[start..].chars().take(200).collect::<String>()
        };
        assert!(*text == b[path], "{path} is another one: {:?} and {:?}", around(text), around(&b[path]));
    }
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn layers_that_touch_different_things_commute(case in any_case()) {
        let base = edition::base(&edition::source(&case.book()));
        let [kunta, kirjasto] = [case.layer(0), case.layer(1)];
        check_same(&sound(&base, &[kunta.clone(), kirjasto.clone()]), &sound(&base, &[kirjasto, kunta]));
    }

    #[test]
    fn an_empty_layer_changes_no_byte_of_content_wherever_it_stands(case in any_case(), at in 0usize..2) {
        let base = edition::base(&edition::source(&case.book()));
        let empty = empty_layer(LAYERS[1].0, LAYERS[1].1);
        check_same(&sound(&base, &[]), &sound(&base, std::slice::from_ref(&empty)));
        let layer = case.layer(0);
        let both = if at == 0 { [empty, layer.clone()] } else { [layer.clone(), empty] };
        check_same(&sound(&base, &[layer]), &sound(&base, &both));
    }
}

#[test]
fn an_empty_layer_changes_no_byte_of_the_handbooks_content() {
    let (source, faults) = opas::source::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(faults.is_empty(), "{faults:?}");
    let base = edition::base(&source);
    check_same(&sound(&base, &[]), &sound(&base, &[empty_layer(LAYERS[0].0, LAYERS[0].1)]));
}

impl Case {
    /// The book with both layers on the disk.
    fn on_disk(&self) -> Book {
        let book = Book::empty();
        for (path, text) in self.book() {
            book.write(path, text);
        }
        for (number, (name, _)) in LAYERS.iter().enumerate() {
            for (path, text) in self.layer(number) {
                book.write(format!("{name}/{path}"), text);
            }
        }
        book
    }
}

fn done(book: &Book, arguments: &[&str]) -> Run {
    let run = book.run(arguments);
    assert_eq!(run.status, Some(0), "{arguments:?}: {run:?}");
    run
}

/// Expects `accept --new` to change nothing that readers see, and nothing to have drifted after it.
fn check_accepted(book: &Book, tops: &[&[&str]]) {
    let edition = *tops.last().unwrap();
    let built = || {
        done(book, &[&["build", "-q"], edition].concat());
        let mut files = book.outputs();
        // The locks are files of the layers, so the digest of all inputs is another one.
        files.remove("opas-manifest.json").unwrap();
        files
    };
    let before = built();
    for top in tops {
        done(book, &[&["accept", "--new"], *top].concat());
    }
    let locks = || LAYERS.map(|(name, _)| fs::read(book.path(name).join("overlay.lock")).unwrap());
    let recorded = locks();
    assert_eq!(built(), before);
    for top in tops {
        let check = [&["check", "--today", TODAY, "--message-format", "json"], *top].concat();
        let told = done(book, &check).diagnostics();
        let is_drift = |line: &&Value| ["W020", "W021", "W022", "W024"].iter().any(|code| line["code"] == *code);
        let drifted: Vec<_> = told.iter().filter(is_drift).collect();
        assert!(drifted.is_empty(), "{drifted:?}");
        let again = done(book, &[&["accept", "--new"], *top].concat());
        assert!(again.stdout.starts_with("0 overrides recorded"), "{again:?}");
    }
    assert_eq!(locks(), recorded);
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn what_has_been_accepted_builds_the_same_bytes_and_has_not_drifted(case in any_case()) {
        check_accepted(&case.on_disk(), &[&["--layer", "kunta"], &["--edition", "e"]]);
    }
}

/// The word by which a block is found again.
fn own_words(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| {
            word.len() > 1 && ["m", "w"].contains(&&word[..1]) && word[1..].bytes().all(|b| b.is_ascii_digit())
        })
        .collect()
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn every_block_of_a_page_is_traced_to_the_lines_that_it_is_written_in(case in any_case()) {
        let book = case.on_disk();
        done(&book, &["build", "-q", "--edition", "e"]);
        let mut count = 0;
        for lang in ["fi", "sv"] {
            for page in explained(book.command(&[]), &["--edition", "e", "--lang", lang]).iter().filter(|page| page["hidden"].is_null()) {
                let folder = if page["lang"] == "fi" { "" } else { "sv/" };
                let html = book.output(&format!("{folder}{}.html", page["page"].as_str().unwrap()));
                check_page(book.root(), page, &html, |lines, shown| {
                    let text = html::text(&shown.replace('<', " <"));
                    let own = own_words(&text);
                    assert_eq!((own.len(), own_words(lines)), (1, own.clone()), "{lines}: {shown}");
                    count += 1;
                });
            }
        }
        assert!(count > case.sections.len(), "{count} blocks");
    }
}
