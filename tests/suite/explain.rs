//! Every block of a page can be traced to its layer, file and lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::html::{self, Element};
use crate::support::{Book, Run, config};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The shipped editions: the book, the arguments that choose the edition, and its layers from the lowest up.
const SHIPPED: [(&str, &str, &[&str]); 5] = [
    (".", "base", &[]),
    (".", "esimerkkikunta", &["overlays/esimerkkikunta"]),
    (".", "esimerkin-hyvinvointialue", &["overlays/esimerkin-hyvinvointialue"]),
    (".", "esimerkkikirjasto", &["overlays/esimerkkikunta", "overlays/esimerkkikirjasto"]),
    ("docs", "base", &[]),
];

/// The lines of a file that hold blocks of the page: not front matter, not empty, not the marks of a patch, and
/// not footnotes, which are not shown as blocks.
fn text_lines(text: &str) -> Vec<(u64, &str)> {
    let mut lines = text.lines().zip(1..).map(|(line, number)| (number, line)).skip(1);
    lines.find(|(_, line)| *line == "---").expect("a page has front matter");
    let is_block = |line: &str| !line.trim().is_empty() && !line.starts_with(":::") && !line.starts_with("[^");
    lines.filter(|(_, line)| is_block(line)).collect()
}

fn pages(folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, out);
        } else if path.extension().is_some_and(|end| end == "md") {
            out.push(path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned());
        }
    }
}

#[test]
fn every_block_of_every_page_of_every_shipped_edition_is_accounted_for() {
    for (book, edition, layers) in SHIPPED {
        let mut command = Command::new(env!("CARGO_BIN_EXE_opas"));
        command.args(["explain", "--json", "--book", book, "--edition", edition]).current_dir(ROOT);
        let run = Run::of(command);
        assert_eq!(run.status, Some(0), "{run:?}");
        let explained: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
        let mut seen: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for block in explained.iter().flat_map(|page| page["blocks"].as_array().unwrap()) {
            let file = block["file"].as_str().unwrap();
            let in_layer = layers.iter().find(|layer| file.starts_with(**layer));
            assert_eq!(in_layer.map(|layer| &layer["overlays/".len()..]), block["layer"].as_str(), "{block}");
            let (first, last) = (block["line"].as_u64().unwrap(), block["last_line"].as_u64().unwrap());
            for line in (first..=last).filter(|_| block["kind"] != "removed") {
                assert!(seen.entry(file.to_owned()).or_default().insert(line), "{file}:{line} is in two blocks");
            }
            let text = std::fs::read_to_string(Path::new(ROOT).join(book).join(file)).unwrap();
            let line = text.lines().nth(usize::try_from(first).unwrap() - 1).unwrap();
            assert!(line.trim().starts_with(block["text"].as_str().unwrap()), "{block}: {line}");
        }
        // What stands nowhere in the edition has been taken away, and is in the lock of who took it away.
        let read = |layer: &&str| std::fs::read_to_string(Path::new(ROOT).join(layer).join("overlay.lock")).unwrap();
        let locks: String = layers.iter().map(read).collect::<String>().replace("\\\"", "\"").replace("\\\\", "\\");
        let mut files = Vec::new();
        for folder in [&[book], layers].concat() {
            pages(&Path::new(ROOT).join(folder).join("content"), &mut files);
        }
        assert!(files.len() >= 29, "{files:?}");
        let mut taken = 0;
        for file in files {
            let text = std::fs::read_to_string(Path::new(ROOT).join(&file)).unwrap();
            let below = file.strip_prefix("docs/").unwrap_or(&file);
            let seen = seen.remove(below).unwrap_or_default();
            let lines = text_lines(&text);
            let missing = lines.iter().filter(|(number, _)| !seen.contains(number));
            for (number, line) in missing {
                assert!(locks.contains(line.trim()), "{edition}: {file}:{number} is in no block: {line}");
                taken += 1;
            }
        }
        assert!(seen.is_empty(), "files that are none: {seen:?}");
        assert_eq!(taken > 0, !layers.is_empty(), "{edition}");
    }
}

/// A block as a page shows it: its element, the layer whose group it stands in, and its HTML.
type Shown<'a> = (Element<'a>, Option<String>);

/// The blocks of a page's body, top to bottom. What opas adds of its own is left out: the labels of layers, the
/// text that they replaced, and the footnotes, which are shown at the end wherever they are written.
fn shown_blocks<'a>(body: &'a str, layer: Option<&str>, out: &mut Vec<Shown<'a>>) {
    for element in html::elements(body) {
        let class = element.tag.get("class").unwrap_or_default();
        match class.split(' ').next().unwrap_or_default() {
            "inferred" => shown_blocks(element.inner, layer, out),
            "layer" => {
                let layer = element.tag.get("data-layer").map(str::to_owned);
                shown_blocks(element.inner, layer.as_deref(), out);
            }
            "layer-label" | "layer-note" | "replaced" | "footnotes" => {}
            _ => out.push((element, layer.map(str::to_owned))),
        }
    }
}

/// The elements that a kind of block can become.
fn elements_of(kind: &str) -> Vec<&'static str> {
    let elements = match kind {
        "heading" => "h2 h3 h4 h5 h6",
        "paragraph" => "p",
        "quote" => "blockquote",
        "list" => "ul ol",
        "code" => "pre",
        "definitions" => "dl",
        "rule" => "hr",
        // Tables and alerts stand in a `div`; of raw HTML that is all that these tests have.
        _ => "div",
    };
    elements.split(' ').collect()
}

/// Expects every block of a page to be the one that `explain` tells of at the same place; calls `check` with what
/// stands in the file and in the page.
pub fn check_page(root: &Path, page: &Value, html: &str, mut check: impl FnMut(&str, &str)) {
    let body = html::body(html);
    let mut shown = Vec::new();
    shown_blocks(&body, None, &mut shown);
    let told: Vec<&Value> =
        page["blocks"].as_array().unwrap().iter().filter(|block| block["kind"] != "removed").collect();
    assert_eq!(shown.len(), told.len(), "{}: {body}\n{told:#?}", page["page"]);
    for ((element, layer), block) in shown.iter().zip(told) {
        let kind = block["kind"].as_str().unwrap();
        assert!(elements_of(kind).contains(&element.tag.name.as_str()), "{block}: <{}>", element.tag.name);
        assert_eq!(layer.as_deref(), block["layer"].as_str(), "{block}");
        let file = block["file"].as_str().unwrap();
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let line = |key: &str| usize::try_from(block[key].as_u64().unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let lines = &lines[line("line") - 1..line("last_line")];
        assert!(lines[0].trim().starts_with(block["text"].as_str().unwrap()), "{block}: {lines:?}");
        check(&lines.join("\n"), element.inner);
    }
}

/// What `explain` tells of all pages of an edition in a language.
pub fn explained(mut command: Command, arguments: &[&str]) -> Vec<Value> {
    command.args(["explain", "--json"]).args(arguments);
    let run = Run::of(command);
    assert_eq!(run.status, Some(0), "{run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

/// A line of Markdown as it is read: without marks, and without addresses, ids and the keys of terms.
fn plain(line: &str) -> String {
    let line = line.trim_start();
    if line.starts_with("```") || line.starts_with("> [!") {
        return String::new();
    }
    let (number, rest) = line.split_at(line.find(|c: char| !c.is_ascii_digit()).unwrap_or(0));
    let mut text = if rest.starts_with(". ") { rest.to_owned() } else { format!("{number}{rest}") };
    for (open, close) in [("](", ")"), ("{#", "}"), ("[^", "]"), ("[[", "|")] {
        let mut from = 0;
        while let Some(at) = text[from..].find(open).map(|at| from + at) {
            let end = text[at..].find(close).map(|end| at + end + close.len());
            match end.filter(|end| !text[at..*end - 1].contains("]]")) {
                Some(end) => text.replace_range(at..end, " "),
                None => from = at + open.len(),
            }
        }
    }
    text
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Builds an edition of the handbook; calls a function with what is told of each of its pages, and the page.
fn each_page(edition: &str, mut see: impl FnMut(&Value, &str)) {
    let folder = tempfile::TempDir::new().unwrap();
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_opas"));
        command.current_dir(ROOT);
        command
    };
    let mut build = command();
    build.args(["build", "-q", "--edition", edition, "--out"]).arg(folder.path().join("site"));
    let built = Run::of(build);
    assert_eq!(built.status, Some(0), "{built:?}");
    for page in explained(command(), &["--edition", edition]).into_iter().filter(|page| page["hidden"].is_null()) {
        let id = page["page"].as_str().unwrap();
        let paths = [format!("site/{id}.html"), format!("site/{id}/index.html")].map(|path| folder.path().join(path));
        let path = paths.iter().find(|path| path.exists()).unwrap_or_else(|| panic!("{id} is nowhere"));
        see(&page, &std::fs::read_to_string(path).unwrap());
    }
}

#[test]
fn every_block_of_every_page_of_the_handbook_has_the_words_of_the_lines_that_it_is_traced_to() {
    for (_, edition, layers) in SHIPPED.into_iter().filter(|(book, ..)| *book == ".") {
        let (mut all, mut own) = (0, 0);
        each_page(edition, |page, html| {
            check_page(Path::new(ROOT), page, html, |lines, shown| {
                let shown = html::without(shown, &["definition", "mark", "alert-title", "footnote"]);
                let shown = words(&html::text(&shown.replace('<', " <")));
                let written: Vec<String> = lines.lines().flat_map(|line| words(&plain(line))).collect();
                // What a variable holds is not in the text.
                assert!(shown == written || lines.contains("{{"), "{edition}: {shown:?} are not {written:?}");
                all += 1;
            });
            own += page["blocks"].as_array().unwrap().iter().filter(|block| !block["layer"].is_null()).count();
        });
        assert!(all > 250 && own >= 2 * layers.len(), "{edition}: {all} blocks, {own} of layers");
    }
}

fn layered() -> Book {
    let book = Book::empty();
    book.write("book.toml", format!("{}\n[editions.e]\nlayers = [\"kunta\"]\n", config(&["fi"])));
    book.write("content/fi/index.md", "---\ntitle: Etusivu\n---\n\nTeksti.\n");
    book.write("content/fi/vanha.md", "---\ntitle: Vanha\n---\n\nTeksti.\n");
    let page =
        "---\ntitle: Ohjeet\n---\n\nAlku.\n\n## Yksi {#yksi}\n\nLause.\n\n- a\n- b\n\n## Kaksi {#kaksi}\n\nPois.\n";
    book.write("content/fi/ohjeet.md", page);
    book.write("kunta/overlay.toml", "name = \"kunta\"\ntitle = \"Kunta\"\nversion = \"1\"\n");
    let patch = "---\nop: patch\nsummary: Meidän ohjeemme.\n---\n\n\
        :::append {#yksi reason=\"Oma tapa\"}\nOma\nlisä.\n:::\n\n:::remove {#kaksi}\n:::\n";
    book.write("kunta/content/fi/ohjeet.md", patch);
    let hide = "---\nop: hide\nredirect: index\nreason: Meillä ei ole tätä.\n---\n";
    book.write("kunta/content/fi/vanha.md", hide);
    book
}

fn explain(arguments: &[&str]) -> Run {
    layered().run(&[&["explain", "--edition", "e"], arguments].concat())
}

#[test]
fn a_page_is_explained_block_by_block_with_what_was_taken_away() {
    let run = explain(&["ohjeet"]);
    let expected = "ohjeet (fi): Ohjeet\n  \
        kunta/content/fi/ohjeet.md:3  `summary`, set by kunta\n  \
        content/fi/ohjeet.md:5  paragraph  Alku.\n\
        #yksi\n  \
        content/fi/ohjeet.md:7  heading  ## Yksi {#yksi}\n  \
        content/fi/ohjeet.md:9  paragraph  Lause.\n  \
        content/fi/ohjeet.md:11-12  list  - a\n  \
        kunta/content/fi/ohjeet.md:7-8  paragraph  [kunta: append] (Oma tapa)  Oma\n\
        #kaksi\n  \
        kunta/content/fi/ohjeet.md:11  removed  [kunta: remove]\n";
    assert_eq!(run.stdout, expected, "{run:?}");
}

#[test]
fn a_section_is_explained_alone_and_as_json() {
    let run = explain(&["ohjeet#yksi", "--json"]);
    let pages: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let blocks = pages[0]["blocks"].as_array().unwrap();
    let lines: Vec<u64> = blocks.iter().map(|block| block["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [7, 9, 11, 7], "{pages:?}");
    assert_eq!((&blocks[3]["layer"], &blocks[3]["op"]), (&"kunta".into(), &"append".into()));
}

#[test]
fn a_hidden_page_names_who_hid_it_and_why() {
    let run = explain(&["vanha"]);
    let expected =
        "vanha (fi): Vanha\n  hidden by kunta, kunta/content/fi/vanha.md:3: Meillä ei ole tätä.; leads to `index`\n";
    assert_eq!(run.stdout, expected, "{run:?}");
}

#[test]
fn all_pages_are_explained_with_those_that_are_hidden() {
    let run = explain(&["--json"]);
    let pages: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let named: Vec<(&str, bool)> =
        pages.iter().map(|page| (page["page"].as_str().unwrap(), page["hidden"].is_null())).collect();
    assert_eq!(named, [("index", true), ("ohjeet", true), ("vanha", false)]);
}

#[test]
fn a_section_that_is_gone_names_who_took_it_away() {
    let run = explain(&["ohjeet#kaksi"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.stderr.contains("taken away by kunta, kunta/content/fi/ohjeet.md:11"), "{run:?}");
}

#[test]
fn an_unknown_page_or_section_names_the_nearest() {
    for (address, near) in [("ohjet", "did you mean `ohjeet`?"), ("ohjeet#yks", "did you mean `yksi`?")] {
        let run = explain(&[address]);
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(near), "{run:?}");
    }
    assert_eq!(explain(&["ohjeet", "--lang", "ruotsi"]).status, Some(2));
}
