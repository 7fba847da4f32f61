//! What layers do to the theme: who may, what comes of it, and what is remembered of it.

use std::fs;

use crate::support::{Book, FRONT_PAGE, TODAY, tree};

const LAYER: &str = "name = \"kunta\"\ntitle = \"Esimerkkikunta\"\nversion = \"1\"\nbase = \"..\"\n";
const BLOCK: &str = "{% extends \"below/base.html\" %}{% block extra_head %}<meta name=\"kunta\" content=\"x\">{% endblock extra_head %}";
const TEMPLATE: &str = "kunta/themes/default/templates/base.html";

/// A book with the layer `kunta`, which changes a template; `trusted` as an edition's `trust-themes` is written.
fn book(trusted: &str) -> Book {
    let editions = format!("\n[editions.e]\nlayers = [\"kunta\"]\ntrust-themes = [{trusted}]\n");
    let config = crate::support::config(&["fi"]) + &editions;
    let book = Book::empty().file("book.toml", config).file("content/fi/index.md", FRONT_PAGE);
    book.file("kunta/overlay.toml", LAYER).file(TEMPLATE, BLOCK)
}

/// Whether the layer's template came into the front page of what these arguments build.
fn is_used(book: &Book, arguments: &[&str]) -> bool {
    let run = book.run(&[&["build", "--out", "out"], arguments].concat());
    assert_eq!(run.status, Some(0), "{run:?}");
    let page = fs::read_to_string(book.path("out/index.html")).unwrap();
    let is_warned = run.stderr.contains("W028");
    let is_used = page.contains("name=\"kunta\"");
    assert!(is_used != is_warned, "{run:?}");
    is_used
}

#[test]
fn templates_of_a_layer_are_used_only_where_it_is_trusted() {
    assert!(is_used(&book("\"kunta\""), &["--edition", "e"]));
    assert!(!is_used(&book(""), &["--edition", "e"]));
    assert!(!is_used(&book("\"kunta\""), &["--layer", "kunta"]));
}

#[test]
fn a_layer_that_is_built_from_its_own_folder_is_trusted() {
    let book = book("");
    let run = book.run(&["build", "--book", "kunta", "--out", "out"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(fs::read_to_string(book.path("out/index.html")).unwrap().contains("name=\"kunta\""));
}

#[test]
fn a_template_that_is_not_trusted_is_not_even_parsed() {
    let book = book("");
    book.write(TEMPLATE, "{% nonsense");
    assert!(!is_used(&book, &["--edition", "e"]));
}

#[test]
fn a_wrong_template_of_a_layer_is_reported_at_its_own_line() {
    let book = book("\"kunta\"");
    book.write(
        TEMPLATE,
        "{% extends \"below/base.html\" %}\n{% block extra_head %}\n{{ shell.no.such }}{% endblock extra_head %}\n",
    );
    let run = book.run(&["build", "--edition", "e"]);
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(run.stderr.contains("E034") && run.stderr.contains("templates/base.html:3:"), "{run:?}");
    assert!(!run.stderr.contains("b0000"), "{run:?}");
    assert!(!book.path("public").exists());
}

#[test]
fn the_base_keeps_its_own_theme_beside_an_edition() {
    let book = book("\"kunta\"");
    book.write("kunta/themes/default/assets/kunta.css", "p { color: red }");
    let run = book.run(&["build", "--all"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    let page = |edition: &str| fs::read_to_string(book.path(format!("public/{edition}/index.html"))).unwrap();
    assert!(page("e").contains("name=\"kunta\"") && !page("base").contains("name=\"kunta\""));
    assert!(book.path("public/e/assets/kunta.css").exists() && !book.path("public/base/assets/kunta.css").exists());
}

#[test]
fn a_change_of_a_block_below_is_drift() {
    let book = book("\"kunta\"");
    let own = "{% extends \"below/page.html\" %}{% block before_body %}<p>Kunta</p>{% endblock before_body %}";
    book.remove(TEMPLATE).write("kunta/themes/default/templates/page.html", own);
    let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/themes/default/templates/page.html");
    let built_in = fs::read_to_string(built_in).unwrap();
    book.write("themes/default/templates/page.html", &built_in);
    let accepted = book.run(&["accept", "--new", "--edition", "e"]);
    assert_eq!(accepted.status, Some(0), "{accepted:?}");
    let codes = || {
        let run = book.run(&["check", "--edition", "e", "--today", TODAY, "--message-format", "json"]);
        run.diagnostics().iter().map(|line| line["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(), [""; 0]);
    // Another block of the template is none of the layer's business.
    book.write("themes/default/templates/page.html", built_in.replace("<article", "<article data-x=\"1\""));
    assert_eq!(codes(), [""; 0]);
    let inner = "{% block before_body %}";
    assert!(built_in.contains(inner));
    book.write("themes/default/templates/page.html", built_in.replace(inner, &format!("{inner}<p>Uusi</p>")));
    assert_eq!(codes(), ["W020"]);
}

#[test]
fn a_replaced_image_drifts_when_the_one_below_changes() {
    let book = book("");
    let (path, own) = ("content/fi/kartta.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>");
    book.remove(TEMPLATE).write(path, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    book.write("content/fi/index.md", format!("{FRONT_PAGE}\n\n![Kartta](kartta.svg)\n"));
    book.write(format!("kunta/{path}"), own);
    book.write("kunta/overlay.toml", format!("{LAYER}\n[files]\n\"{path}\" = {{ op = \"replace\" }}\n"));
    let accepted = book.run(&["accept", "--new", "--edition", "e"]);
    assert_eq!(accepted.status, Some(0), "{accepted:?}");
    assert!(!book.run(&["build", "--edition", "e"]).stderr.contains("W020"));
    book.write(path, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\"/>");
    assert!(book.run(&["build", "--edition", "e"]).stderr.contains("W020"));
}

#[test]
fn a_string_of_a_layer_is_text_and_nothing_else() {
    let book = book("");
    let strings = "next: \"<script>alert(1)</script>\"\ncontents: \"\\\" onclick=\\\"alert(1)\"\n";
    book.remove(TEMPLATE).write("kunta/themes/default/strings/fi.yaml", strings);
    let run = book.run(&["build", "--edition", "e"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(!run.stderr.contains("W028"), "{run:?}");
    for (path, bytes) in tree(&book.path("public")).into_iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8(bytes.0).unwrap();
        assert!(!text.contains("<script>") && !text.contains("\" onclick"), "{path}");
    }
    assert!(book.output("contents.html").contains("onclick=&quot;"));
}
