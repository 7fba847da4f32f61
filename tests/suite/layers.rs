//! Layers: what each operation does to a book, and what holds of all of them.
//!
//! `tests/layers/book` is a small book; every other folder there is laid over it and adds the layers of the edition
//! `e`. `expected.txt` has what `opas check` says and what differs from the book's own pages, line by line.
//! `UPDATE=1 cargo test --test suite layers` writes the expected texts anew; read them before you accept them.

mod faulty;
mod hostile;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Book, TODAY, check_golden, copy, tree};

const LAYER: &str = "name = \"kunta\"\ntitle = \"Esimerkkikunta\"\nversion = \"1\"\n";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layers")
}

fn book_of(case: &str) -> Book {
    let book = Book::empty();
    copy(&folder().join("book"), book.root());
    copy(&folder().join(case), book.root());
    let _ = fs::remove_file(book.path("expected.txt"));
    book
}

/// The book with a layer `kunta` of these files.
fn with_layer(files: &[(&str, &str)]) -> Book {
    let book = book_of("empty");
    for (path, text) in files {
        book.write(format!("kunta/{path}"), text);
    }
    book
}

/// The pages of an edition, each as the lines of what stands in its `main`.
fn pages(book: &Book, edition: &str) -> BTreeMap<String, Vec<String>> {
    let run = book.run(&["build", "--edition", edition, "--out", edition]);
    assert_eq!(run.status, Some(0), "{run:?}");
    // That page tells of the layers themselves, so it is another one in every edition.
    let is_page = |path: &str| path.ends_with(".html") && !path.ends_with("about.html");
    let files = tree(&book.path(edition)).into_iter().filter(|(path, _)| is_page(path));
    let main = |text: &str| {
        let start = text.find("<main").unwrap_or_default();
        let end = text.find("</main>").unwrap_or(text.len());
        text[start..end].lines().map(str::to_owned).collect()
    };
    files.map(|(path, bytes)| (path, main(&String::from_utf8(bytes.0).unwrap()))).collect()
}

/// The lines that are in `new` and not in `old`, and the other way round, in the order of `new`.
fn difference(old: &[String], new: &[String]) -> String {
    let taken = old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {line}\n"));
    let put = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {line}\n"));
    taken.chain(put).collect()
}

fn transcript(case: &str) -> String {
    let book = book_of(case);
    let run = book.run(&["check", "--edition", "e", "--today", TODAY]);
    let mut text = format!("{}{}exit status: {}\n", run.stderr, run.stdout, run.status.unwrap());
    let (base, edition) = (pages(&book, "base"), pages(&book, "e"));
    for path in base.keys().filter(|path| !edition.contains_key(*path)) {
        text += &format!("\ngone: {path}\n");
    }
    for (path, lines) in &edition {
        let before = base.get(path).map_or(&[][..], Vec::as_slice);
        if before != lines.as_slice() {
            text += &format!("\n{path}\n{}", difference(before, lines));
        }
    }
    text
}

#[test]
fn each_operation_does_what_its_golden_text_says() {
    let cases = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let cases = cases.filter(|case| case != "book");
    check_golden(cases.map(|case| (folder().join(&case), transcript(&case))));
}

#[test]
fn an_empty_layer_changes_no_content() {
    let book = book_of("empty");
    assert_eq!(pages(&book, "base"), pages(&book, "e"));
}

#[test]
fn layers_that_touch_different_things_commute() {
    let patch = |block: &str| format!("---\nop: patch\n---\n\n{block}\n");
    let build = |order: &str| {
        let book = book_of("two-layers");
        book.write("kunta/content/fi/ohjeet.md", patch(":::append {#alku}\nKunnan teksti.\n:::"));
        book.write("kirjasto/content/fi/ohjeet.md", patch(":::replace-body {#loppu}\nKirjaston teksti.\n:::"));
        let config = fs::read_to_string(book.path("book.toml")).unwrap();
        book.write("book.toml", config.replace("[\"kunta\", \"kirjasto\"]", order));
        pages(&book, "e")
    };
    assert_eq!(build("[\"kunta\", \"kirjasto\"]"), build("[\"kirjasto\", \"kunta\"]"));
}

#[test]
fn a_layer_is_built_from_its_own_folder_by_its_base() {
    let book = with_layer(&[("content/fi/oma.md", "---\ntitle: Oma\n---\n\nOma sivu.\n")]);
    book.write("kunta/overlay.toml", format!("{LAYER}base = \"..\"\n"));
    let run = book.run(&["build", "--book", "kunta"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(book.path("kunta/public/oma.html").exists());
    let manifest = fs::read_to_string(book.path("kunta/public/opas-manifest.json")).unwrap();
    assert!(manifest.contains("\"edition\": \"kunta\""), "{manifest}");
    let named = book.run(&["build", "--layer", "kunta", "--out", "named"]);
    assert_eq!(named.status, Some(0), "{named:?}");
    assert_eq!(fs::read(book.path("named/oma.html")).unwrap(), fs::read(book.path("kunta/public/oma.html")).unwrap());
}

#[test]
fn a_new_layer_builds_without_warnings_and_overwrites_nothing() {
    let book = book_of("empty");
    let made = book.run(&["new", "layer", "uusi-kunta", "--title", "Uusi \"kunta\""]);
    assert_eq!(made.status, Some(0), "{made:?}");
    for arguments in [&["check", "--layer", "overlays/uusi-kunta"][..], &["build", "--book", "overlays/uusi-kunta"]] {
        let run = book.run(&[arguments, &["--deny", "warnings"]].concat());
        assert_eq!(run.status, Some(0), "{run:?}");
    }
    assert!(book.path("overlays/uusi-kunta/public/uusi-kunta.html").exists());
    for name in ["uusi-kunta", "Kunta", "../ulos", "base", "search", ""] {
        let before = tree(&book.path("overlays/uusi-kunta"));
        let refused = book.run(&["new", "layer", name]);
        assert_eq!(refused.status, Some(2), "{name}: {refused:?}");
        assert_eq!(tree(&book.path("overlays/uusi-kunta")), before);
    }
    assert!(!book.holder().join("ulos").exists());
}

#[test]
fn a_flow_patch_of_a_wrong_form_is_a_fault_and_never_a_panic() {
    let flow = fs::read_to_string(folder().join("flow-set-next/content/fi/flows/kysely.yaml")).unwrap();
    let patches = [
        "op: hide-answer",
        "- hide-answer",
        "- {op: nothing}",
        "- {op: hide-answer}",
        "- {op: set-next, at: /, next: x, reason: r}",
        "- {op: hide-answer, at: [tuki], reason: r}",
        "- {op: add-answer, at: tuki, answer: kylla}",
        "- []",
        "- {}",
        "- {op: add-answer, at: tuki, after: puuttuu, answer: {id: a, text: A, next: ohjaa}}",
        "- {op: add-answer, at: tuki, answer: {id: ei, text: A, next: ohjaa}}",
        "- {op: insert-question, id: tuki, question: {text: A, answers: [{id: a, text: A, next: ohjaa}]}}",
        "- {op: insert-question, id: uusi, at: tuki/ei, question: {text: A, answers: [{id: a, text: A, next: tuki}]}}",
        "- {op: add-outcome, id: oma, outcome: {title: A, body: B}}",
        "- {op: set-next, at: tuki/ei, next: puuttuu, reason: r}",
        "- {op: set-next, at: tuki/ei, next: tuki, reason: r}",
        "- {op: replace-outcome, at: tuki, outcome: {title: A, body: B}, reason: r}",
        "- {op: replace-outcome, at: ohjaa, outcome: {title: A, body: B}}",
        "- {op: hide-answer, at: tuki/ei, reason: r, extra: x}",
        "- {op: set-next, at: tuki/ei, next: [{when: {tuki: kylla}, to: opasta}], reason: r}",
        "{",
        "- &a [*a]",
    ];
    for patch in patches {
        let book = with_layer(&[("content/fi/flows/kysely.patch.yaml", patch)]);
        book.write("content/fi/flows/kysely.yaml", &flow);
        let run = book.run(&["build", "--edition", "e"]);
        assert_eq!(run.status, Some(1), "{patch}: {run:?}");
        assert!(run.stderr.contains("kysely.patch.yaml") && !run.stderr.contains("panicked"), "{patch}: {run:?}");
        assert!(!book.path("public").exists(), "{patch}");
    }
}

#[test]
fn an_edition_says_whose_it_is_and_what_it_is_made_of() {
    let settings = "name = \"kunta\"\ntitle = \"Esimerkki & kunta\"\nversion = \"3\"\nowner = \"Oma <yksikkö>\"\n";
    let book = with_layer(&[("overlay.toml", settings)]);
    let config = fs::read_to_string(book.path("book.toml")).unwrap();
    let id = config.lines().find_map(|line| line.strip_prefix("id = ")).unwrap().trim_matches('"').to_owned();
    book.write("kunta/overlay.toml", format!("{settings}based-on = \"{id} 2020.2\"\n"));
    let page = fs::read_to_string(book.path("content/fi/ohjeet.md")).unwrap();
    book.write("content/fi/ohjeet.md", page.replace("{#alku}", "{#alku .inferred}"));
    for edition in ["base", "e"] {
        let run = book.run(&["build", "--edition", edition, "--out", edition]);
        assert_eq!(run.status, Some(0), "{run:?}");
    }
    let read = |path: &str| fs::read_to_string(book.path(path)).unwrap();
    let (base, about, front) = (read("base/about.html"), read("e/about.html"), read("e/index.html"));
    for page in [&base, &about] {
        assert!(page.contains("href=\"ohjeet.html#alku\""), "{page}");
    }
    for text in ["Esimerkki &amp; kunta", "Oma &lt;yksikkö&gt;", "2020.2", "<dd>3</dd>"] {
        assert!(about.contains(text) && !base.contains(text), "{text}: {about}");
    }
    let title = front.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap();
    assert!(title.ends_with(" · Esimerkki &amp; kunta"), "{title}");
    let header = front.split("<header").nth(1).and_then(|rest| rest.split("</header>").next()).unwrap();
    let footer = front.split("<footer").nth(1).and_then(|rest| rest.split("</footer>").next()).unwrap();
    assert!(header.contains(title) && footer.contains(title) && footer.contains("href=\"about.html\""), "{front}");
    assert!(!base.contains(" · Esimerkki"), "{base}");
}

#[test]
fn pages_and_texts_of_layers_lead_to_where_they_are_edited() {
    let layer = "edit-url = \"https://kunta.example/muokkaa?tiedosto={path}\"\n";
    let patch = "---\nop: patch\n---\n\n:::append {#alku}\nMeillä toisin.\n:::\n";
    let own = "---\ntitle: Oma sivu\n---\n\nTeksti.\n";
    let read = |book: &Book| -> BTreeMap<String, String> {
        pages(book, "e").into_iter().map(|(path, lines)| (path, lines.join("\n"))).collect()
    };
    let book = with_layer(&[("content/fi/ohjeet.md", patch), ("content/fi/oma.md", own)]);
    assert!(read(&book).values().all(|page| !page.contains("edit\">")), "nothing is said of where texts are edited");

    let settings = fs::read_to_string(book.path("kunta/overlay.toml")).unwrap();
    book.write("kunta/overlay.toml", format!("{layer}{settings}"));
    let config = fs::read_to_string(book.path("book.toml")).unwrap();
    book.write("book.toml", config.replacen("title =", "edit-url = \"https://kirja.example/{path}\"\ntitle =", 1));
    let shown = read(&book);
    let of_page = |path: &str| format!("<p class=\"edit\"><a href=\"{path}\">Muokkaa sivua</a></p>");
    assert!(shown["index.html"].contains(&of_page("https://kirja.example/content/fi/index.md")), "{shown:?}");
    let patched = &shown["ohjeet.html"];
    assert!(patched.contains(&of_page("https://kirja.example/content/fi/ohjeet.md")), "{patched}");
    let of_block = "<p class=\"layer-edit\"><a href=\"https://kunta.example/muokkaa?tiedosto=content/fi/ohjeet.md\">";
    assert_eq!(patched.matches(of_block).count(), 1, "{patched}");
    let own = &shown["oma.html"];
    assert!(own.contains(&of_page("https://kunta.example/muokkaa?tiedosto=content/fi/oma.md")), "{own}");
    assert!(!own.contains("layer-edit"), "the page as a whole is the layer's: {own}");

    for wrong in ["javascript:alert(1)//{path}", "https://kirja.example/", "//kirja.example/{path}", "https://{path}"] {
        book.write("kunta/overlay.toml", format!("edit-url = \"{wrong}\"\n{settings}"));
        let run = book.run(&["check", "--edition", "e"]);
        assert!(run.status != Some(0) && run.stderr.contains("`edit-url` cannot be"), "{wrong}: {run:?}");
    }
}

#[test]
fn text_after_the_page_is_no_part_of_its_last_section() {
    let after = ":::after {# reason=\"Oma\"}\nKaiken jälkeen.\n:::\n";
    for change in ["replace-body", "append", "prepend"] {
        let patch = format!("---\nop: patch\n---\n\n{after}\n:::{change} {{#loppu reason=\"Oma\"}}\nOma loppu.\n:::\n");
        let page = pages(&with_layer(&[("content/fi/ohjeet.md", &patch)]), "e")["ohjeet.html"].join("\n");
        let (own, last) = (page.find("Oma loppu."), page.find("Kaiken jälkeen."));
        assert!(own.is_some() && own < last, "{change}: {page}");
    }
}

#[test]
fn a_change_that_is_a_draft_waits_for_a_build_with_drafts() {
    let book = book_of("draft-changes");
    let texts = ["Keskeneräinen teksti.", "Keskeneräinen sivu.", "Keskeneräinen oma sivu."];
    let shown = |arguments: &[&str]| {
        let run = book.run(&[&["build", "--edition", "e", "--out", "ulos"], arguments].concat());
        assert_eq!(run.status, Some(0), "{run:?}");
        let site: String = tree(&book.path("ulos"))
            .into_values()
            .map(|content| String::from_utf8_lossy(&content.0).into_owned())
            .collect();
        texts.map(|text| site.contains(text))
    };
    assert_eq!(shown(&[]), [false; 3]);
    assert_eq!(shown(&["--drafts"]), [true; 3]);
}

#[test]
fn a_change_stands_in_a_translation_whose_heading_has_another_level() {
    let book = book_of("translation-not-patched");
    let page = fs::read_to_string(book.path("content/sv/ohjeet.md")).unwrap();
    book.write("content/sv/ohjeet.md", page.replace("### ", "## "));
    let patch = "---\nop: patch\n---\n\n:::replace {#osa reason=\"Oma\"}\n### Osa {#osa}\n\nKunnan osa.\n:::\n";
    book.write("kunta/content/fi/ohjeet.md", patch);
    let shown = pages(&book, "e")["sv/ohjeet.html"].join("\n");
    assert!(shown.contains("Kunnan osa.") && shown.contains("lang=\"fi\""), "{shown}");
}

#[test]
fn labels_of_layers_are_told_apart_on_a_section_for_paper() {
    let patch = "---\nop: patch\n---\n\n:::append {#}\nOma lisä.\n:::\n";
    let book = with_layer(&[("content/fi/osat/eka.md", patch), ("content/fi/osat/toka.md", patch)]);
    book.write("content/fi/osat/index.md", "---\ntitle: Osat\nkind: section\n---\n\nJohdanto.\n");
    for id in ["eka", "toka"] {
        book.write(format!("content/fi/osat/{id}.md"), format!("---\ntitle: Sivu {id}\n---\n\nTeksti.\n"));
    }
    let paper = pages(&book, "e")["print/osat.html"].join("\n");
    let values = |name: &str| -> Vec<String> {
        let opening = format!(" {name}=\"");
        paper.split(&opening).skip(1).filter_map(|part| Some(part.split_once('"')?.0.to_owned())).collect()
    };
    let named = values("aria-labelledby");
    assert_eq!(named.iter().filter(|id| id.contains("_layer_")).count(), 2, "{paper}");
    for id in named {
        assert_eq!(values("id").iter().filter(|other| **other == id).count(), 1, "{id}: {paper}");
    }
}
