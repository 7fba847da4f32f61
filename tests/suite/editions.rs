//! Several editions of one book in one run: where they go, the page that lists them, and parts of the work.

use std::fs;

use crate::support::{Book, FRONT_PAGE, tree};

/// A book with five editions of one small layer each.
fn book() -> Book {
    let book = Book::empty();
    let mut config = "[book]\nid = \"testi\"\nversion = \"1\"\nlanguages = [\"fi\"]\ntitle = \"Testi\"\n".to_owned();
    for name in ["aa", "bb", "cc", "dd", "ee"] {
        config += &format!("[editions.{name}]\nlayers = [\"overlays/{name}\"]\n");
        let title = format!("Esimerkki <{name}>");
        book.write(
            format!("overlays/{name}/overlay.toml"),
            format!("name = \"{name}\"\ntitle = \"{title}\"\nversion = \"7\"\n"),
        );
        book.write(
            format!("overlays/{name}/content/fi/{name}.md"),
            format!("---\ntitle: Oma {name}\n---\n\n```rust\nlet a = 1;\n```\n"),
        );
    }
    book.write("book.toml", config);
    book.write("content/fi/index.md", FRONT_PAGE);
    book
}

fn build(book: &Book, arguments: &[&str]) -> (Option<i32>, String) {
    let run = book.run(&[&["build"], arguments].concat());
    (run.status, run.stderr)
}

#[test]
fn all_editions_stand_each_in_its_folder_and_a_page_lists_them() {
    let book = book();
    let run = book.run(&["build", "--all", "--out", "ulos", "--message-format", "json"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    let finished = run.finished();
    assert_eq!(finished["editions"], 6, "{finished}");
    assert_eq!(finished["pages"], 11, "{finished}");
    let index = fs::read_to_string(book.path("ulos/index.html")).unwrap();
    for name in ["base", "aa", "bb", "cc", "dd", "ee"] {
        assert!(index.contains(&format!("href=\"{name}/index.html\"")), "{name}: {index}");
        assert!(book.path(format!("ulos/{name}/index.html")).exists(), "{name}");
    }
    assert!(index.contains("Esimerkki &lt;aa&gt;</a>, versio 7"), "{index}");
    assert!(!index.contains("<script") && index.contains("Content-Security-Policy"), "{index}");
    assert!(book.path("ulos/aa/aa.html").exists() && !book.path("ulos/bb/aa.html").exists());
    let before = tree(&book.path("ulos"));
    let again = book.run(&["build", "--all", "--out", "ulos", "--message-format", "json"]);
    assert_eq!(again.finished()["files_written"], 0, "{again:?}");
    assert_eq!(tree(&book.path("ulos")), before);
}

#[test]
fn an_edition_of_many_is_the_one_that_is_built_alone() {
    let book = book();
    assert_eq!(build(&book, &["--all", "--out", "kaikki"]).0, Some(0));
    for name in ["base", "cc"] {
        assert_eq!(build(&book, &["--edition", name, "--out", name]).0, Some(0));
        assert_eq!(tree(&book.path(name)), tree(&book.path(format!("kaikki/{name}"))), "{name}");
    }
}

#[test]
fn the_parts_together_are_the_whole() {
    for parts in [1, 3, 7] {
        let book = book();
        assert_eq!(build(&book, &["--all", "--out", "kaikki"]).0, Some(0));
        for part in 1..=parts {
            let shard = format!("{part}/{parts}");
            let (status, errors) = build(&book, &["--all", "--out", "osat", "--shard", &shard]);
            assert_eq!(status, Some(0), "{shard}: {errors}");
        }
        assert_eq!(tree(&book.path("osat")), tree(&book.path("kaikki")), "{parts} parts");
    }
}

#[test]
fn a_part_that_there_is_not_is_refused() {
    let book = book();
    for shard in ["0/3", "4/3", "1", "a/b", "1/0", "-1/3"] {
        let (status, errors) = build(&book, &["--all", &format!("--shard={shard}")]);
        assert_eq!(status, Some(2), "{shard}: {errors}");
    }
    assert!(!book.path("public").exists());
}

#[test]
fn a_broken_edition_stays_as_it_was_and_keeps_none_of_the_others_back() {
    let book = book();
    assert_eq!(build(&book, &["--all", "--out", "ulos"]).0, Some(0));
    let before = tree(&book.path("ulos/bb"));
    book.write("overlays/bb/content/fi/bb.md", "---\ntitle: Oma\n---\n\n[x](puuttuu.md)\n");
    book.write("overlays/cc/overlay.toml", "name = \"cc\"\n");
    book.write("overlays/ee/content/fi/ee.md", "---\ntitle: Uusi\n---\n\nUusi teksti.\n");
    let (status, errors) = build(&book, &["--all", "--out", "ulos"]);
    assert_eq!(status, Some(2), "{errors}");
    assert!(errors.contains("the edition `bb` was not published") && errors.contains("[E021]"), "{errors}");
    assert!(errors.contains("the edition `cc` was not published") && errors.contains("[E004]"), "{errors}");
    assert_eq!(tree(&book.path("ulos/bb")), before);
    assert!(fs::read_to_string(book.path("ulos/ee/ee.html")).unwrap().contains("Uusi teksti."));
}

#[test]
fn what_is_wrong_with_the_book_is_said_once() {
    let book = book();
    book.write("content/fi/sivu.md", "---\ntitle: Sivu\n---\n\n<script>x</script>\n");
    let (status, errors) = build(&book, &["--all"]);
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(errors.matches("[W001]").count(), 1, "{errors}");
}

#[test]
fn one_site_and_several_editions_never_take_each_others_folder() {
    let book = book();
    assert_eq!(build(&book, &[]).0, Some(0));
    let before = tree(&book.path("public"));
    let (status, errors) = build(&book, &["--all"]);
    assert_eq!(status, Some(2), "{errors}");
    assert!(errors.contains("holds the site of one edition"), "{errors}");
    assert_eq!(tree(&book.path("public")), before);
    assert_eq!(build(&book, &["--all", "--out", "kaikki"]).0, Some(0));
    let before = tree(&book.path("kaikki"));
    let (status, errors) = build(&book, &["--out", "kaikki"]);
    assert_eq!(status, Some(2), "{errors}");
    assert!(errors.contains("holds several editions"), "{errors}");
    assert_eq!(tree(&book.path("kaikki")), before);
}

#[test]
fn a_page_of_somebody_else_is_not_overwritten() {
    let book = book();
    book.write("ulos/index.html", "Oma sivu");
    let (status, errors) = build(&book, &["--all", "--out", "ulos"]);
    assert_eq!(status, Some(2), "{errors}");
    assert_eq!(fs::read_to_string(book.path("ulos/index.html")).unwrap(), "Oma sivu");
    assert!(!book.path("ulos/base").exists());
}
