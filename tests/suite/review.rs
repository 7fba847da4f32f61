//! `opas review` on a terminal: what is asked, and what becomes of the answers.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{Book, config};

const LAYER: &str = "name = \"kunta\"\ntitle = \"Esimerkkikunta\"\nversion = \"1\"\n";
const PATCH: &str =
    "---\nop: patch\n---\n\n:::replace-body {#eka}\nOma eka.\n:::\n\n:::replace-body {#toka}\nOma toka.\n:::\n";

fn page(eka: &str, toka: &str) -> String {
    format!("---\ntitle: Ohjeet\n---\n\n## Eka {{#eka}}\n\n{eka}\n\n## Toka {{#toka}}\n\n{toka}\n")
}

/// A book with two drifted overrides.
fn drifted() -> Book {
    let book = Book::empty();
    book.write("book.toml", format!("{}\n[editions.e]\nlayers = [\"kunta\"]\n", config(&["fi"])));
    book.write("content/fi/index.md", "---\ntitle: Etusivu\n---\n\nTeksti.\n");
    book.write("content/fi/ohjeet.md", page("Vanha eka.", "Vanha toka."));
    book.write("kunta/overlay.toml", LAYER).write("kunta/content/fi/ohjeet.md", PATCH);
    assert_eq!(book.run(&["accept", "--new", "--edition", "e"]).status, Some(0));
    book.write("content/fi/ohjeet.md", page("Uusi eka.", "Uusi toka."));
    book
}

/// Runs `opas review` on a terminal of its own, typing these lines; returns what stands there in the end.
fn typed(book: &Book, lines: &str) -> String {
    // `script` (package bsdutils, part of every Debian) lends the program a terminal.
    let command = format!("'{}' review --edition e", env!("CARGO_BIN_EXE_opas"));
    let mut child = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(book.root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` is missing: apt-get install bsdutils");
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    text
}

fn lock(book: &Book) -> String {
    fs::read_to_string(book.path("kunta/overlay.lock")).unwrap()
}

#[test]
fn each_override_is_asked_about_and_decided_by_itself() {
    let book = drifted();
    let text = typed(&book, "a\nEka katsottu\nd\n2027-03-01\n");
    assert!(text.contains("(1/2)") && text.contains("[-Vanha-]{+Uusi+} eka."), "{text}");
    assert!(text.contains("2 of 2 overrides decided"), "{text}");
    let lock = lock(&book);
    assert!(lock.contains("Uusi eka.") && lock.contains("notes = [\"Eka katsottu\"]"), "{lock}");
    assert!(lock.contains("Vanha toka.") && lock.contains("deferred-until = \"2027-03-01\""), "{lock}");
}

#[test]
fn nothing_is_accepted_without_a_note_and_no_day_is_guessed() {
    let book = drifted();
    let before = lock(&book);
    let text = typed(&book, "x\na\n\nd\nsoon\ns\nq\n");
    assert!(text.contains("Nothing is accepted without a note") && text.contains("That is not a day"), "{text}");
    assert!(text.contains("0 of 2 overrides decided"), "{text}");
    assert_eq!(lock(&book), before);
}

#[test]
fn what_was_decided_before_the_end_is_kept() {
    let book = drifted();
    let text = typed(&book, "a\nKatsottu\nq\n");
    assert!(text.contains("1 of 2 overrides decided"), "{text}");
    assert!(lock(&book).contains("Uusi eka.") && lock(&book).contains("Vanha toka."));
}

#[test]
fn a_new_override_is_recorded_when_asked() {
    let book = drifted();
    let more = format!("{PATCH}\n:::append {{#eka}}\nLisä.\n:::\n");
    book.write("content/fi/ohjeet.md", page("Vanha eka.", "Vanha toka.")).write("kunta/content/fi/ohjeet.md", more);
    let text = typed(&book, "a\nr\n");
    assert!(text.contains("1 of 1 override decided"), "{text}");
    assert!(lock(&book).contains("op = \"append\""));
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let book = drifted();
    let run = book.run(&["review", "--edition", "e"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(run.stdout.ends_with("2 overrides to look at\n") && !run.stdout.contains("[a]ccept"), "{run:?}");
}

#[test]
fn an_answer_in_json_has_all_that_is_shown() {
    let book = drifted();
    let run = book.run(&["review", "--edition", "e", "--json"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer.as_array().unwrap().len(), 2);
    let first = &answer[0];
    let texts =
        ["code", "address", "op", "layer", "file", "then", "now", "own"].map(|key| first[key].as_str().unwrap());
    let file = "kunta/content/fi/ohjeet.md";
    let expected = ["W020", "ohjeet#eka", "replace-body", "kunta", file, "Vanha eka.", "Uusi eka.", "Oma eka."];
    assert_eq!(texts, expected);
    assert_eq!((&first["line"], &first["until"]), (&serde_json::json!(5), &serde_json::Value::Null));
}

#[test]
fn blocks_at_one_place_are_looked_at_together() {
    let book = drifted();
    book.write(
        "kunta/content/fi/ohjeet.md",
        "---\nop: patch\n---\n\n:::append {#eka}\nYksi.\n:::\n\n:::append {#eka}\nKaksi.\n:::\n",
    );
    let run = book.run(&["review", "--edition", "e"]);
    assert!(run.stdout.contains("Yksi.") && run.stdout.contains("Kaksi."), "{run:?}");
    assert!(run.stdout.ends_with("1 override to look at\n"), "{run:?}");
}

#[test]
fn with_messages_in_json_each_line_is_an_object_and_the_last_says_that_it_is_finished() {
    let book = drifted();
    let reasons = |arguments: &[&str]| -> Vec<String> {
        let run = book.run(&[arguments, &["--edition", "e", "--message-format", "json"]].concat());
        assert_eq!(run.status, Some(0), "{run:?}");
        let line = |line: &str| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["reason"].as_str().unwrap().to_owned()
        };
        run.stdout.lines().map(line).collect()
    };
    assert_eq!(reasons(&["review"]), ["diagnostic", "diagnostic", "finished"]);
    assert_eq!(reasons(&["accept", "ohjeet#eka", "--note", "Kelpaa."]), ["finished"]);
    assert_eq!(reasons(&["defer", "ohjeet#toka", "--until", "2030-01-01"]), ["finished"]);
}
