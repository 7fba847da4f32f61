//! Each rule, broken: `tests/faults/<CODE>-<rule>[-<face>]/` is a book that breaks exactly one, with what
//! `opas check` says about it in `expected.txt`.
//!
//! `UPDATE=1 cargo test --test suite faults` writes the expected texts anew; read them before you accept them.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use opas::diagnostic::Code;

use crate::support::{Book, FRONT_PAGE, Run, TODAY, check_golden, config, copy};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults")
}

/// The names of all fixtures, in order.
fn fixtures() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The code that a fixture is named for; none where no code has this name and title.
fn code_of(fixture: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| {
        let rule = format!("{}-{}", code.name(), code.title());
        fixture.strip_prefix(&rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// Makes the book of a fixture: its files, and what every book needs.
fn book_of(fixture: &str) -> Book {
    let book = Book::empty();
    copy(&folder().join(fixture), book.root());
    let _ = fs::remove_file(book.path("expected.txt"));
    if !book.path("book.toml").exists() && fixture != "E004-bad-configuration-missing" {
        book.write("book.toml", config(&["fi"]));
    }
    let needs_front_page = !fixture.starts_with("E037") && !fixture.starts_with("E004");
    if needs_front_page && !book.path("content/fi/index.md").exists() {
        book.write("content/fi/index.md", FRONT_PAGE);
    }
    add_what_git_cannot_hold(fixture, &book);
    book
}

fn add_what_git_cannot_hold(fixture: &str, book: &Book) {
    match fixture {
        "E001-unreadable-file" => {
            // Not a file without permissions, as the administrator of a machine may read that.
            std::os::unix::net::UnixListener::bind(book.path("content/fi/pistoke.png")).unwrap();
        }
        "E002-not-utf-8" => {
            book.write("content/fi/sivu.md", b"---\ntitle: Sivu\n---\n\nT\xc3\xa4m\xe4 on Latin-1.\n");
        }
        "E003-bad-symlink-outside" => {
            fs::write(book.holder().join("salaisuus.md"), "---\ntitle: Salaisuus\n---\n").unwrap();
            symlink("../../../salaisuus.md", book.path("content/fi/sivu.md")).unwrap();
        }
        "E003-bad-symlink-loop" => {
            fs::create_dir(book.path("content/fi/kansio")).unwrap();
            symlink("..", book.path("content/fi/kansio/takaisin")).unwrap();
        }
        "E003-bad-symlink-layer" => {
            book.remove("kunta/content/fi/oma.md");
            symlink("../../../content/fi/index.md", book.path("kunta/content/fi/toinen.md")).unwrap();
        }
        "E003-bad-symlink-dangling" => symlink("poistettu.md", book.path("content/fi/sivu.md")).unwrap(),
        _ => {}
    }
}

/// A fixture with what a check said about it, to people and to programs.
struct Checked {
    fixture: String,
    text: Run,
    json: Run,
}

/// All fixtures, checked once.
static CHECKED: LazyLock<Vec<Checked>> = LazyLock::new(|| {
    let check = |fixture: String| {
        let book = book_of(&fixture);
        // A fixture about layers has them in the edition `e`.
        let config = fs::read_to_string(book.path("book.toml")).unwrap_or_default();
        let edition: &[&str] = if config.contains("[editions.") { &["--edition", "e"] } else { &[] };
        let run = |more: &[&str]| book.run(&[&["check", "--today", TODAY], edition, more].concat());
        Checked { text: run(&[]), json: run(&["--message-format", "json"]), fixture }
    };
    fixtures().into_iter().map(check).collect()
});

#[test]
fn every_rule_has_a_fixture() {
    let covered: BTreeSet<Code> = fixtures().iter().filter_map(|name| code_of(name)).collect();
    let missing: Vec<&str> = Code::ALL.iter().filter(|code| !covered.contains(code)).map(|code| code.name()).collect();
    assert_eq!(missing, [""; 0], "no fixture breaks these rules");
}

#[test]
fn every_fixture_is_named_for_a_rule() {
    for fixture in fixtures() {
        assert!(code_of(&fixture).is_some(), "{fixture}: no rule has this code and name");
    }
}

#[test]
fn every_fixture_breaks_its_rule_and_no_other() {
    let mut wrong = Vec::new();
    for Checked { fixture, json, .. } in CHECKED.iter() {
        let expected = code_of(fixture).map_or("", Code::name).to_owned();
        let codes: BTreeSet<String> =
            json.diagnostics().iter().map(|line| line["code"].as_str().unwrap().to_owned()).collect();
        if codes != BTreeSet::from([expected]) {
            wrong.push(format!("{fixture}: {codes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_message_is_as_expected() {
    check_golden(CHECKED.iter().map(|Checked { fixture, text, .. }| {
        let found = format!("{}{}exit status: {}\n", text.stderr, text.stdout, text.status.unwrap());
        (folder().join(fixture), found)
    }));
}

#[test]
fn errors_fail_the_check_and_warnings_do_not() {
    let mut wrong = Vec::new();
    for Checked { fixture, text, json } in CHECKED.iter() {
        let expected = match code_of(fixture) {
            Some(Code::E001) => 3,
            // Faults of `book.toml`, and editions that it does not have.
            Some(Code::E004 | Code::E071 | Code::E072 | Code::E080) => 2,
            // A layer whose book cannot be found at all.
            Some(Code::E089) if fixture.ends_with("-base") => 2,
            Some(code) if code.name().starts_with('E') => 1,
            _ => 0,
        };
        if text.status != Some(expected) || json.status != Some(expected) {
            wrong.push(format!("{fixture}: {:?} in place of {expected}", text.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_message_says_what_to_do() {
    let mut silent = Vec::new();
    for Checked { fixture, json, .. } in CHECKED.iter() {
        for line in json.diagnostics() {
            let message = line["message"].as_str().unwrap();
            // A message such as "`draft` must be true or false" says it itself.
            if line["help"].is_null() && !message.contains(" must ") {
                silent.push(format!("{fixture}: {message}"));
            }
        }
    }
    assert!(silent.is_empty(), "no help beside\n{}", silent.join("\n"));
}

#[test]
fn a_fault_between_a_layer_and_what_is_below_it_names_both_places() {
    const BETWEEN: [Code; 12] = [
        Code::E081,
        Code::E082,
        Code::E083,
        Code::E084,
        Code::E085,
        Code::E087,
        Code::E089,
        Code::E091,
        Code::E097,
        Code::E098,
        Code::E054,
        Code::E055,
    ];
    let mut wrong = Vec::new();
    for Checked { fixture, text, .. } in CHECKED.iter() {
        let is_between = code_of(fixture).is_some_and(|code| BETWEEN.contains(&code)) || fixture.starts_with("E032");
        let has_layer =
            folder().join(fixture).join("kunta").exists() || folder().join(fixture).join("kirjasto").exists();
        // Of a page that there is not, and that nothing is called like, there is no other place.
        let is_far = fixture == "E082-unknown-target-page-far";
        let has_both = text.stderr.lines().any(|line| line.trim_start().starts_with("::: "));
        if is_between && has_layer && has_both == is_far {
            wrong.push(fixture);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_message_is_one_line() {
    for Checked { fixture, json, .. } in CHECKED.iter() {
        for line in json.diagnostics() {
            assert!(!line["message"].as_str().unwrap().contains('\n'), "{fixture}: {line}");
        }
    }
}

#[test]
fn text_and_json_name_the_same_place() {
    for Checked { fixture, text, json } in CHECKED.iter() {
        for line in json.diagnostics().iter().filter(|line| !line["file"].is_null()) {
            let place = format!("{}:{}:{}", line["file"].as_str().unwrap(), line["line"], line["column"]);
            assert!(text.stderr.contains(&place), "{fixture}: {place}");
        }
    }
}
