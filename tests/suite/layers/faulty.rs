//! Layers that cannot be built: each is refused with its code, and the site of before stays byte for byte.

use std::fs;
use std::os::unix::fs::symlink;

use super::{LAYER, folder, with_layer};
use crate::support::Book;

/// A published edition of the book with a section `alku` that is locked, and a flow.
fn published() -> Book {
    let book = with_layer(&[]);
    let page = fs::read_to_string(book.path("content/fi/ohjeet.md")).unwrap();
    book.write("content/fi/ohjeet.md", page.replace("{#alku}", "{#alku .locked}"));
    let flow = fs::read_to_string(folder().join("flow-set-next/content/fi/flows/kysely.yaml")).unwrap();
    book.write("content/fi/flows/kysely.yaml", flow);
    book.write("content/fi/vars.yaml", "nimi: Perusnimi\npuhelin: {must-fill: true, text: '123'}\n");
    fs::write(book.holder().join("salaisuus.md"), "---\ntitle: Salaisuus\n---\n\nSalainen.\n").unwrap();
    fs::write(book.holder().join("salaisuus.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    let built = book.run(&["build", "--edition", "e"]);
    assert_eq!(built.status, Some(0), "{built:?}");
    book
}

/// Expects a build to be refused with a code, and to leave the output as it was.
fn check_refused(book: &Book, arguments: &[&str], output: &str, code: &str, what: &str) {
    let before = crate::support::tree(&book.path(output));
    assert!(before.len() > 10, "{what}: there is a site");
    let run = book.run(&[&["build"], arguments].concat());
    assert!(matches!(run.status, Some(1 | 2)), "{what}: {run:?}");
    assert!(run.stderr.contains(&format!("error[{code}]")), "{what}: {run:?}");
    assert!(crate::support::tree(&book.path(output)) == before, "{what}: the site is another one");
    let beside: Vec<String> =
        fs::read_dir(book.root()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(beside.iter().all(|name| !name.starts_with('.')), "{what}: {beside:?}");
}

/// Expects a layer with this file to be refused.
fn check_file(path: &str, text: &str, code: &str) {
    let book = published();
    book.write(format!("kunta/{path}"), text);
    check_refused(&book, &["--edition", "e"], "public", code, &format!("{path}: {text}"));
}

fn patch(blocks: &str) -> String {
    format!("---\nop: patch\n---\n\n{blocks}\n")
}

const PAGE: &str = "content/fi/ohjeet.md";
const FLOW: &str = "content/fi/flows/kysely.patch.yaml";

#[test]
fn a_patch_that_matches_nothing_leaves_the_site_as_it_was() {
    check_file(PAGE, &patch(":::append {#alu}\nA\n:::"), "E082");
    check_file(PAGE, &patch(":::append {#loppu}\nA\n:::\n\n:::remove {#ei-ole}\n:::"), "E082");
    check_file(FLOW, "- {op: set-next, at: tuki/eii, next: opasta, reason: A}\n", "E082");
    check_file(FLOW, "- {op: replace-outcome, at: ohja, outcome: {title: A, body: B}, reason: A}\n", "E082");
    check_file("content/fi/vars.yaml", "nimmi: A\n", "E082");
    check_file("content/fi/contacts.yaml", "neuvota:\n  url: https://a.example/\n", "E082");
}

#[test]
fn a_typo_in_a_path_leaves_the_site_as_it_was() {
    check_file("content/fi/ohjet.md", &patch(":::append {#alku}\nA\n:::"), "E082");
    check_file("content/fi/ohjet.md", "---\nop: hide\nredirect: index\nreason: A\n---\n", "E082");
    check_file(
        "content/fi/ohjeet/index.md",
        &patch(":::append {#loppu}\nA\n:::").replace("op: patch", "title: A"),
        "E006",
    );
    check_file("content/fii/ohjeet.md", &patch(":::append {#loppu}\nA\n:::"), "E005");
    check_file("content/fi/flows/kyssely.patch.yaml", "- {op: hide-answer, at: tuki/ei, reason: A}\n", "E082");
    check_file("content/fi/glosary.yaml", "a:\n  definition: A.\n", "E005");
    check_file("content/fi/toinen.md", "---\nop: hide\nredirect: ohjet\nreason: A\n---\n", "E088");
    check_file("content/fi/oma.md", "---\ntitle: A\nafter: ohjet\n---\n", "E090");
    check_file("overlay.toml", &format!("{LAYER}[brand]\nlogo = \"loggo.svg\"\n"), "E072");
    check_file("overlay.toml", "name = \"kunta\"\n", "E004");
}

#[test]
fn a_locked_section_stays_whatever_a_layer_does_to_it() {
    for op in ["replace-body", "prepend", "append"] {
        check_file(PAGE, &patch(&format!(":::{op} {{#alku}}\nA\n:::")), "E085");
    }
    check_file(PAGE, &patch(":::replace {#alku}\n## Alku {#alku}\n\nA\n:::"), "E085");
    check_file(PAGE, &patch(":::remove {#alku}\n:::"), "E085");
    check_file(PAGE, &patch(":::replace {#osa}\n### Osa {#osa}\n\nA\n:::"), "E085");
    check_file(PAGE, &patch(":::append {#osa}\nA\n:::"), "E085");
    check_file(PAGE, &patch(":::replace {#}\nA\n:::"), "E085");
    check_file(PAGE, "---\nop: replace\nreason: A\ntitle: A\n---\n\nA\n", "E085");
    check_file(PAGE, "---\nop: hide\nredirect: index\nreason: A\n---\n", "E085");
}

#[test]
fn other_faults_of_a_layer_leave_the_site_as_it_was() {
    check_file(PAGE, "---\ntitle: A\n---\n", "E081");
    check_file(PAGE, &patch(":::append {#loppu}\nA\n"), "E086");
    check_file("content/fi/vars.yaml", "puhelin: ''\n", "E032");
    check_file("content/fi/vars.yaml", "nimi: {value: A, new: true}\n", "E091");
    check_file("content/fi/glossary.yaml", "digituki:\n  definition: A.\n", "E097");
    check_file("overlay.toml", &format!("{LAYER}based-on = \"muu 1\"\n"), "E093");
    check_file("overlay.toml", &format!("{LAYER}[facts]\nei-ole = \"a\"\n"), "E050");
    let two = |own: &str, other: &str, code: &str| {
        let book = published();
        let config = fs::read_to_string(book.path("book.toml")).unwrap();
        book.write("book.toml", config.replace("[\"kunta\"]", "[\"kunta\", \"kirjasto\"]"));
        book.write("kirjasto/overlay.toml", LAYER.replace("kunta", "kirjasto"));
        book.write(format!("kunta/{PAGE}"), patch(own)).write(format!("kirjasto/{PAGE}"), patch(other));
        check_refused(&book, &["--edition", "e"], "public", code, &format!("{own} and {other}"));
    };
    two(":::replace-body {#loppu}\nA\n:::", ":::replace-body {#loppu}\nB\n:::", "E083");
    two(":::remove {#loppu}\n:::", ":::append {#loppu}\nB\n:::", "E084");
}

#[test]
fn a_circle_of_layers_leaves_the_site_as_it_was() {
    let book = published();
    book.write("kunta/overlay.toml", format!("{LAYER}base = \"..\"\n"));
    let own = book.run(&["build", "--book", "kunta"]);
    assert_eq!(own.status, Some(0), "{own:?}");
    let other = LAYER.replace("kunta", "kirjasto");
    for (kunta, kirjasto) in
        [(".", ".."), ("../kunta", ".."), ("../kirjasto", "../kunta"), ("../kirjasto/../kunta", "..")]
    {
        book.write("kunta/overlay.toml", format!("{LAYER}base = \"{kunta}\"\n"));
        book.write("kirjasto/overlay.toml", format!("{other}base = \"{kirjasto}\"\n"));
        check_refused(&book, &["--book", "kunta"], "kunta/public", "E089", kunta);
    }
    let book = published();
    let config = fs::read_to_string(book.path("book.toml")).unwrap();
    book.write("book.toml", config.replace("[\"kunta\"]", "[\"kunta\", \"./kunta\"]"));
    check_refused(&book, &["--edition", "e"], "public", "E089", "twice in an edition");
}

#[test]
fn a_link_out_of_a_layer_leaves_the_site_as_it_was() {
    for (link, target) in [
        ("kunta/content/fi/oma.md", "../../../../salaisuus.md"),
        ("kunta/content/fi/kuva.svg", "../../../../salaisuus.svg"),
        ("kunta/content/fi/kansio", "../../../../"),
        ("kunta/content/fi/omat.md", "../../../content/fi/ohjeet.md"),
        ("kunta/content/fi/juuri", "/"),
        ("kunta/logo.svg", "../../salaisuus.svg"),
    ] {
        let book = published();
        fs::create_dir_all(book.path("kunta/content/fi")).unwrap();
        symlink(target, book.path(link)).unwrap();
        check_refused(&book, &["--edition", "e"], "public", "E003", link);
    }
}

#[test]
fn a_path_out_of_a_layer_leaves_the_site_as_it_was() {
    let page = |body: &str| format!("---\ntitle: Oma\n---\n\n{body}\n");
    check_file("content/fi/oma.md", &page("[x](../../../../salaisuus.md)"), "E021");
    check_file("content/fi/oma.md", &page("![x](../../../../salaisuus.svg)"), "E023");
    check_file("content/fi/oma.md", &page("![x](%2e%2e/%2e%2e/%2e%2e/%2e%2e/salaisuus.svg)"), "E023");
    check_file("content/fi/oma.md", &page("![x](/etc/passwd)"), "E028");
    check_file("content/fi/oma.md", &page("![x](file:///etc/passwd)"), "E028");
    check_file("overlay.toml", &format!("{LAYER}[brand]\nlogo = \"../../salaisuus.svg\"\n"), "E072");
    check_file("content/fi/toinen.md", "---\nop: hide\nredirect: ../../../salaisuus\nreason: A\n---\n", "E088");
    check_file("content/fi/oma.md", "---\ntitle: A\nafter: ../../../salaisuus\n---\n", "E090");
    check_file("content/fi/oma.md", "---\ntitle: A\naliases: [../../ulos]\n---\n", "E015");
    let outcome =
        "- {op: replace-outcome, at: ohjaa, reason: A, outcome: {title: A, body: B, see: [../../salaisuus]}}\n";
    check_file(FLOW, outcome, "E021");
}

/// The published edition in two languages, with a translation of the page; the settings name both.
fn translated() -> Book {
    let book = published();
    let config = fs::read_to_string(book.path("book.toml")).unwrap();
    let config = config.replace("[\"fi\"]", "[\"fi\", \"sv\"]");
    book.write("book.toml", config.replace("\"Testi\"", "{ fi = \"Testi\", sv = \"Test\" }"));
    let translation = "---\ntitle: Anvisningar\n---\n\n## Början {#alku}\n\nText.\n\n## Slut {#loppu}\n\nText.\n";
    book.write("content/sv/ohjeet.md", translation);
    let built = book.run(&["build", "--edition", "e"]);
    assert_eq!(built.status, Some(0), "{built:?}");
    book
}

/// Expects the edition to be refused with a code, and to be told of these two places.
fn check_both(book: &Book, code: &str, places: [&str; 2]) {
    check_refused(book, &["--edition", "e"], "public", code, places[0]);
    let run = book.run(&["check", "--edition", "e"]);
    let fault = run.stderr.split("\n\n").find(|fault| fault.starts_with(&format!("error[{code}]")));
    let fault = fault.unwrap_or_else(|| panic!("{run:?}"));
    assert!(places.iter().all(|place| fault.contains(place)), "{fault}");
}

#[test]
fn a_section_that_is_locked_is_so_in_every_translation() {
    const HERE: &str = "--> kunta/content/sv/ohjeet.md:";
    const LOCKED: &str = "::: content/fi/ohjeet.md:9:";
    for text in [
        patch(":::replace-body {#alku}\nA\n:::"),
        patch(":::remove {#alku}\n:::"),
        "---\nop: replace\nreason: A\ntitle: A\n---\n\nA\n".to_owned(),
    ] {
        let book = translated();
        book.write("kunta/content/sv/ohjeet.md", text);
        check_both(&book, "E085", [HERE, LOCKED]);
    }
    let book = translated();
    book.remove("content/sv/ohjeet.md").write("kunta/content/sv/ohjeet.md", "---\ntitle: A\n---\n\nA\n");
    check_both(&book, "E085", [HERE, LOCKED]);
    // What is not locked can be changed in the translation, too.
    let book = translated();
    book.write("kunta/content/sv/ohjeet.md", patch(":::replace-body {#loppu}\nA\n:::"));
    assert_eq!(book.run(&["build", "--edition", "e"]).status, Some(0));
}

#[test]
fn a_change_in_the_source_language_takes_away_no_other_layers_translation() {
    let book = translated();
    let config = fs::read_to_string(book.path("book.toml")).unwrap();
    book.write("book.toml", config.replace("[\"kunta\"]", "[\"kunta\", \"kirjasto\"]"));
    book.write("kirjasto/overlay.toml", LAYER.replace("kunta", "kirjasto"));
    book.write("kunta/content/sv/ohjeet.md", patch(":::replace-body {#loppu}\nKommunens text.\n:::"));
    let own = patch(":::replace-body {#loppu}\nKirjaston teksti.\n:::");
    book.write("kirjasto/content/fi/ohjeet.md", &own);
    check_both(&book, "E083", ["--> kirjasto/content/fi/ohjeet.md:5:", "::: kunta/content/sv/ohjeet.md:5:"]);
    // The help says how to go on: the layer says in the translation what is to stand there.
    book.write("kirjasto/content/sv/ohjeet.md", patch(":::replace-body {#loppu over=kunta}\nBibliotekets text.\n:::"));
    let built = book.run(&["build", "--edition", "e"]);
    assert_eq!(built.status, Some(0), "{built:?}");
    assert!(book.output("sv/ohjeet.html").contains("Bibliotekets text."));
}

#[test]
fn a_link_to_a_hidden_page_that_leads_nowhere_names_the_link_and_the_layer() {
    let book = published();
    book.write("kunta/content/fi/toinen.md", "---\nop: hide\nredirect: puuttuu\nreason: A\n---\n");
    check_both(&book, "E021", ["--> content/fi/index.md:5:", "::: kunta/content/fi/toinen.md:3:"]);
    let page = fs::read_to_string(book.path("content/fi/toinen.md")).unwrap();
    book.write("content/fi/toinen.md", page.replace("title", "aliases: [vanha]\ntitle"));
    check_both(&book, "E088", ["--> kunta/content/fi/toinen.md:3:", "::: content/fi/toinen.md:1:"]);
}

#[test]
fn what_another_layer_has_said_in_a_translation_asks_for_over() {
    let files = [
        ("vars.yaml", "nimi: {value: A}\n", "nimi: {value: A, over: kunta}\n"),
        ("contacts.yaml", "neuvonta: {name: A}\n", "neuvonta: {name: A, over: kunta}\n"),
        (
            "glossary.yaml",
            "digituki: {op: replace, definition: A.}\n",
            "digituki: {op: replace, definition: A., over: kunta}\n",
        ),
    ];
    for (file, own, meant) in files {
        let book = translated();
        let config = fs::read_to_string(book.path("book.toml")).unwrap();
        book.write("book.toml", config.replace("[\"kunta\"]", "[\"kunta\", \"kirjasto\"]"));
        book.write("kirjasto/overlay.toml", LAYER.replace("kunta", "kirjasto"));
        let path = format!("content/sv/{file}");
        book.write(format!("kunta/{path}"), own).write(format!("kirjasto/{path}"), own);
        check_both(&book, "E083", [&format!("--> kirjasto/{path}:1:"), &format!("::: kunta/{path}:1:")]);
        book.write(format!("kirjasto/{path}"), meant);
        let built = book.run(&["build", "--edition", "e"]);
        assert_eq!(built.status, Some(0), "{file}: {built:?}");
    }
    // A translation of the book's own is defined anew, too; one of a text that has none is not.
    let book = translated();
    book.write("kunta/content/sv/glossary.yaml", "digituki:\n  definition: Kommunens.\n");
    assert_eq!(book.run(&["build", "--edition", "e"]).status, Some(0));
    book.write("content/sv/glossary.yaml", "digituki:\n  definition: Bokens.\n");
    check_both(&book, "E097", ["--> kunta/content/sv/glossary.yaml:1:", "::: content/sv/glossary.yaml:1:"]);
}
