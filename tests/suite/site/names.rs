//! Names: which may not be, which collide, and how others become links.

use super::{dead_links, decode};
use crate::html;
use crate::support::{Book, page, translation};

#[test]
fn reserved_names_are_refused_for_pages_folders_and_translations() {
    for name in ["search", "404", "flows", "print", "assets", "sv"] {
        for path in
            [format!("content/fi/{name}.md"), format!("content/fi/{name}/index.md"), format!("content/fi/{name}/a.md")]
        {
            let book = Book::in_languages(&["fi", "sv"]).file(&path, page("Sivu", "x"));
            let run = book.run(&["build"]);
            assert_eq!(run.status, Some(1), "{path}");
            assert!(run.stderr.contains("E007"), "{path}: {}", run.stderr);
            assert!(!book.path("public").exists(), "{path}");
        }
    }
    let below = Book::in_languages(&["fi", "sv"])
        .file("content/fi/a/search.md", page("Haku", "x"))
        .file("content/fi/a/sv.md", page("S", "x"));
    below.build();
}

/// Expects each of these books, which would write two things to one path, to be refused before anything is written.
fn check_collisions<'a>(books: impl IntoIterator<Item = (&'a str, Book)>) {
    let mut wrong = Vec::new();
    for (what, book) in books {
        let run = book.run(&["build"]);
        if run.status != Some(1) || !run.stderr.contains("error[E0") || book.path("public").exists() {
            wrong.push(format!("{what}: status {:?} {}{}", run.status, run.stdout, run.stderr));
        }
    }
    assert!(wrong.is_empty(), "not refused:\n{}", wrong.join("\n"));
}

#[test]
fn an_alias_may_not_have_a_reserved_name() {
    check_collisions(["search", "404", "flows/x", "print", "assets/style"].map(|alias| {
        (alias, Book::new().file("content/fi/sivu.md", format!("---\ntitle: Sivu\naliases: ['{alias}']\n---\n")))
    }));
}

#[test]
fn an_alias_may_not_take_the_place_of_a_translation() {
    let source = "---\ntitle: Sivu\naliases: [sv/sivu]\n---\n\nTeksti.\n";
    let swedish = translation(source, "Sida", "Text.");
    let book = Book::in_languages(&["fi", "sv"]);
    let book = book.file("content/fi/sivu.md", source).file("content/sv/sivu.md", swedish);
    check_collisions([("sv/sivu", book)]);
}

#[test]
fn an_asset_may_not_take_the_place_of_a_file_that_opas_makes() {
    let paths = [
        "404.html",
        "contents.html",
        "sivu.html",
        "sv/sivu.html",
        "sv/index.html",
        "sv/404.html",
        "assets/style.css",
        "opas-manifest.json",
    ];
    check_collisions(paths.map(|path| {
        let book = Book::in_languages(&["fi", "sv"]).file("content/fi/sivu.md", page("Sivu", "x"));
        (path, book.file(format!("content/fi/{path}"), "vieras"))
    }));
}

#[test]
fn an_asset_may_not_have_a_reserved_name() {
    check_collisions(
        ["search.html", "flows/kaavio.html", "print/kuva.png", "assets/kuva.png"]
            .map(|path| (path, Book::new().file(format!("content/fi/{path}"), "vieras"))),
    );
}

#[test]
fn an_asset_may_not_stand_where_a_folder_must_be() {
    check_collisions([
        ("sv", Book::in_languages(&["fi", "sv"]).file("content/fi/sv", "x")),
        ("assets", Book::new().file("content/fi/assets", "x")),
        (
            "alias below a file",
            Book::new()
                .file("content/fi/vanha", "x")
                .file("content/fi/sivu.md", "---\ntitle: S\naliases: [vanha/sivu]\n---\n"),
        ),
    ]);
}

#[test]
fn names_with_blanks_and_other_letters_give_links_that_work() {
    let book = Book::new();
    let names = [
        "työ pöytä.png",
        "50 % alennus.pdf",
        "a#b.png",
        "c?d.png",
        "e&f.png",
        "g;h=i.png",
        "ä/ö/å.png",
        "lainaus'.png",
        "(sulut).png",
        "日本.png",
        "a+b.png",
        "x:y.png",
    ];
    let mut body = String::new();
    for name in names {
        book.write(format!("content/fi/kuvat/{name}"), name);
        let encoded: String =
            name.bytes().map(|byte| if byte == b'/' { "/".to_owned() } else { format!("%{byte:02X}") }).collect();
        body.push_str(&format!("[tiedosto](kuvat/{encoded})\n\n"));
    }
    let book = book.file("content/fi/osio/sivu.md", page("Sivu", &body.replace("(kuvat", "(../kuvat")));
    book.build();
    assert_eq!(dead_links(&book), [""; 0]);
    let addresses = html::addresses(&book.body("osio/sivu.html"));
    assert_eq!(addresses.len(), names.len());
    for (address, name) in addresses.iter().zip(names) {
        assert_eq!(decode(address), format!("../kuvat/{name}"));
        assert_eq!(book.output(&format!("kuvat/{name}")), name, "the file itself is passed on as it is");
    }
}
