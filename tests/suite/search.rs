//! The search of the site: its files, what stands on a page before any script runs, and the built scripts.

use std::path::Path;

use crate::support::{Book, config, page};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The files with an ending in a folder, as `search-ui/build.mjs` names them.
fn within(folder: &str, end: &str) -> Vec<String> {
    let files = std::fs::read_dir(Path::new(ROOT).join("search-ui").join(folder)).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(end)).map(|name| format!("{folder}{name}")).collect()
}

#[test]
fn the_built_scripts_are_those_of_their_sources() {
    let mut sources =
        vec!["build.mjs".to_owned(), "package-lock.json".to_owned(), "../src/search/finnish/rules.txt".to_owned()];
    sources.extend(within("src/", ".ts"));
    sources.extend(within("../src/search/stop-words/", ".txt"));
    sources.sort();
    let mut hasher = blake3::Hasher::new();
    for source in &sources {
        hasher.update(&std::fs::read(Path::new(ROOT).join("search-ui").join(source)).unwrap()).update(&[0]);
    }
    let sum = hasher.finalize().to_hex();
    for name in ["find.js", "search.js"] {
        let script = std::fs::read_to_string(Path::new(ROOT).join("themes/default/assets").join(name)).unwrap();
        let stands = script.lines().next().is_some_and(|line| line.ends_with(&format!("Sources: {sum}")));
        assert!(stands, "{name} is older than its sources: run `npm ci && npm run build` in search-ui/");
    }
}

/// A book with a page for each of two queries, and a threshold that both must meet.
fn asked(hit3: u8, queries: &str) -> Book {
    let check = format!("\n[check]\nsearch = {{ file = \"tests/search/fi.yaml\", hit3 = {hit3} }}\n");
    let editions = "\n[editions.oma]\nlayers = [\"oma\"]\n";
    Book::in_languages(&["fi"])
        .file("book.toml", config(&["fi"]) + &check + editions)
        .file("content/fi/tulostin.md", page("Tulostin", "Näin tulostat lomakkeen."))
        .file("content/fi/skanneri.md", page("Skanneri", "Näin skannaat kuvan."))
        .file("tests/search/fi.yaml", queries)
        .file(
            "oma/overlay.toml",
            "name = \"oma\"\ntitle = \"Oma\"\nversion = \"1\"\nbased-on = \"test 1\"\nowner = \"Me\"\n",
        )
        .file("oma/content/fi/skanneri.md", "---\nop: hide\nredirect: tulostin\nreason: Ei skanneria.\n---\n")
}

const QUERIES: &str = "- {query: lomakkeet, page: tulostin}\n- {query: kuvia, page: skanneri}\n";

#[test]
fn a_list_of_queries_is_a_check_of_the_build() {
    let book = asked(100, QUERIES);
    assert_eq!(book.build().status, Some(0), "{:?}", book.check());
    let before = book.outputs();
    book.write("tests/search/fi.yaml", format!("{QUERIES}- {{query: printteri, page: tulostin}}\n"));
    for run in [book.run(&["build"]), book.check()] {
        assert_eq!(run.status, Some(1), "{run:?}");
        assert!(run.stderr.contains("[E064]: 2 of 3 queries") && run.stderr.contains("“printteri”"), "{run:?}");
    }
    assert!(book.outputs() == before, "nothing is published");
    book.write(
        "content/fi/tulostin.md",
        "---\ntitle: Tulostin\nsearch-words: [printteri]\n---\n\nNäin tulostat lomakkeen.\n",
    );
    assert_eq!(book.build().status, Some(0));
}

#[test]
fn words_of_a_layer_find_what_they_stand_for_in_its_edition_alone() {
    let book = asked(100, QUERIES);
    book.write("content/fi/glossary.yaml", "digituki:\n  definition: Tukea asiointiin.\n  synonyms: [it-tuki]\n");
    book.write("oma/content/fi/tulostin.md", "---\nop: patch\nsearch-words: [printteri]\n---\n");
    book.write("oma/content/fi/glossary.yaml", "digituki:\n  synonyms: [laiteapu]\n");
    for (query, found) in [("printteri", "tulostin.html"), ("laiteapu", "glossary.html#digituki")] {
        for (edition, is_found) in [("base", false), ("oma", true)] {
            let run = book.run(&["search", query, "--edition", edition]);
            assert_eq!(run.stdout.contains(found), is_found, "{query} in {edition}: {run:?}");
        }
    }
    // Synonyms are joined: those of the book find the term in both.
    let run = book.run(&["search", "it-tuki", "--edition", "oma"]);
    assert!(run.stdout.contains("glossary.html#digituki"), "{run:?}");
}

#[test]
fn an_edition_is_not_asked_for_pages_that_it_hides() {
    let book = asked(100, QUERIES);
    let run = book.run(&["build", "--edition", "oma"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    let book = asked(100, "- {query: kuvia, page: skaneri}\n");
    assert_eq!(book.run(&["build"]).status, Some(1), "a page that is nowhere is a fault of the list");
}

#[test]
fn faults_of_a_list_are_named_with_their_lines() {
    let book = asked(50, "- {query: lomakkeet}\n- {qery: kuvia, page: skanneri}\n");
    let run = book.check();
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("tests/search/fi.yaml:1:") && run.stderr.contains("tests/search/fi.yaml:2:"),
        "{run:?}"
    );
}

#[test]
fn a_result_says_whose_it_is_section_by_section() {
    let flow = "title: Reitti\nstart: eka\nquestions:\n  eka:\n    text: Onko laite rikki?\n    answers:\n      \
                - {id: kylla, text: Kyllä, next: loppu}\n      - {id: ei, text: Ei, next: loppu}\noutcomes:\n  \
                loppu: {title: Lopputulos, body: Valmis.}\n";
    let patch = "---\nop: patch\n---\n\n:::append {#kaksi}\nKunnan vahtimestari.\n:::\n";
    let new = "- {op: replace-outcome, at: loppu, outcome: {title: Kunnan lopputulos, body: Näin.}, reason: Oma}\n";
    let book = Book::in_languages(&["fi"])
        .file("book.toml", config(&["fi"]) + "\n[editions.oma]\nlayers = [\"oma\"]\n")
        .file("content/fi/laite.md", page("Laite", "## Yksi {#yksi}\n\nAvain.\n\n## Kaksi {#kaksi}\n\nLukko.\n"))
        .file("content/fi/glossary.yaml", "sana:\n  definition: Tavallinen selitys.\n")
        .file("content/fi/flows/reitti.yaml", flow)
        .file("oma/overlay.toml", "name = \"oma\"\ntitle = \"Kunta\"\nversion = \"1\"\n")
        .file("oma/content/fi/laite.md", patch)
        .file("oma/content/fi/glossary.yaml", "kuntasana:\n  definition: Toinen selitys.\n")
        .file("oma/content/fi/flows/reitti.patch.yaml", new);
    for (query, section, layer) in [
        ("avain", "yksi", None),
        ("lukko", "kaksi", Some("oma")),
        ("vahtimestari", "kaksi", Some("oma")),
        ("sana", "sana", None),
        ("kuntasana", "kuntasana", Some("oma")),
        ("lopputulos", "loppu", Some("oma")),
        ("rikki", "eka", None),
    ] {
        let run = book.run(&["search", query, "--edition", "oma", "--json"]);
        assert_eq!(run.status, Some(0), "{run:?}");
        let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(
            (found[0]["section"].as_str(), found[0]["layer"].as_str()),
            (Some(section), layer),
            "{query}: {found}"
        );
    }
    assert_eq!(book.run(&["build", "--edition", "oma"]).status, Some(0));
    let facets = book.output("search/facets.js");
    assert!(facets.contains("[2]"), "of the page `laite` the second section: {facets}");
}
