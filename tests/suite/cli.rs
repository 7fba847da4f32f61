//! The command line: what it answers, in which form, and how it ends.

use std::fs;
use std::process::{Command, Stdio};

use crate::support::{Book, FRONT_PAGE, Run, page, paths, tree};

const DIAGNOSTIC_KEYS: [&str; 10] =
    ["reason", "code", "severity", "message", "file", "line", "column", "layer", "address", "help"];
const FINISHED_KEYS: [&str; 8] =
    ["reason", "pages", "editions", "files_written", "files_unchanged", "errors", "warnings", "seconds"];

/// A book with an error, a warning of a build and one of a check.
fn faulty_book() -> Book {
    Book::new()
        .page("[muu](muu.md) <font>x</font>")
        .file("content/fi/vanha.md", "---\ntitle: Vanha\nreview-by: 2020-01-01\n---\n")
}

fn book_with_warning() -> Book {
    Book::new().page("<font>x</font>")
}

#[test]
fn a_build_that_goes_well_ends_with_0_even_with_warnings() {
    assert_eq!(Book::new().run(&["build"]).status, Some(0));
    let book = book_with_warning();
    assert_eq!(book.run(&["build"]).status, Some(0));
    assert!(book.has_output("page.html"));
    assert_eq!(book.run(&["check"]).status, Some(0));
}

#[test]
fn faults_of_content_end_with_1() {
    assert_eq!(faulty_book().run(&["build"]).status, Some(1));
    assert_eq!(faulty_book().run(&["check"]).status, Some(1));
}

#[test]
fn denied_warnings_end_with_1_and_publish_nothing() {
    let book = book_with_warning();
    assert_eq!(book.run(&["build", "--deny", "warnings"]).status, Some(1));
    assert!(!book.path("public").exists());
    assert_eq!(book.run(&["check", "--deny", "warnings"]).status, Some(1));
    assert_eq!(Book::new().run(&["check", "--deny", "warnings"]).status, Some(0));
}

#[test]
fn wrong_usage_and_configuration_end_with_2() {
    let book = Book::new();
    for arguments in [
        &["build", "--colour"][..],
        &["biuld"],
        &[],
        &["build", "-q", "-v"],
        &["build", "--deny", "errors"],
        &["check", "--today", "tomorrow"],
        &["check", "--today", "2026-02-30"],
        &["build", "--message-format", "xml"],
        &["build", "--book", "nowhere"],
        &["check", "--book", "content"],
        &["new", "page"],
        &["new", "page", "Iso Kirjain"],
        &["new", "book", "kirja", "--language", "suomi-FI"],
    ] {
        let run = book.run(arguments);
        assert_eq!(run.status, Some(2), "{arguments:?}: {run:?}");
        assert!(!run.stderr.is_empty(), "{arguments:?} says why");
    }
    assert!(!book.path("public").exists());
}

#[test]
fn an_unknown_option_or_command_names_the_nearest() {
    let run = Book::new().run(&["build", "--draft"]);
    assert!(run.stderr.contains("--drafts"), "{}", run.stderr);
    let run = Book::new().run(&["biuld"]);
    assert!(run.stderr.contains("build"), "{}", run.stderr);
}

#[test]
fn a_machine_that_fails_ends_with_3() {
    let book = Book::new().file("tiedosto", "x");
    let run = book.run(&["build", "--out", "tiedosto/public"]);
    assert_eq!(run.status, Some(3), "{run:?}");
    assert!(run.stderr.contains("tiedosto"), "the path is named: {}", run.stderr);
}

#[test]
fn a_file_where_the_output_folder_should_be_is_refused() {
    let book = Book::new().file("public", "x");
    assert_eq!(book.run(&["build"]).status, Some(2));
    assert_eq!(fs::read_to_string(book.path("public")).unwrap(), "x");
}

fn keys(line: &serde_json::Value) -> Vec<&str> {
    line.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sorted<const N: usize>(mut keys: [&'static str; N]) -> Vec<&'static str> {
    keys.sort_unstable();
    keys.to_vec()
}

#[test]
fn json_has_exactly_the_keys_of_the_contract_and_ends_with_finished() {
    for command in ["build", "check"] {
        let run = faulty_book().run(&[command, "--message-format", "json"]);
        assert_eq!(run.stderr, "", "all is on standard output");
        let lines = run.lines();
        assert!(lines.len() >= 3, "{run:?}");
        let (last, diagnostics) = lines.split_last().unwrap();
        assert_eq!(keys(last), sorted(FINISHED_KEYS));
        assert_eq!(last["reason"], "finished");
        assert!(last["seconds"].is_f64(), "{last}");
        for line in diagnostics {
            assert_eq!(keys(line), sorted(DIAGNOSTIC_KEYS));
            assert_eq!(line["reason"], "diagnostic");
            let severity = if line["code"].as_str().unwrap().starts_with('E') { "error" } else { "warning" };
            assert_eq!(line["severity"], severity);
            assert_eq!(line["layer"], serde_json::Value::Null);
        }
        let count = |severity| diagnostics.iter().filter(|line| line["severity"] == severity).count();
        assert_eq!(last["errors"], count("error"));
        assert_eq!(last["warnings"], count("warning"));
        assert_eq!(last["pages"], 3);
    }
}

#[test]
fn json_says_where_in_the_words_of_the_text_output() {
    let book = Book::new().page("ääkkösiä: [muu](muu.md)");
    let line = book.run(&["check", "--message-format", "json"]).diagnostics().remove(0);
    assert_eq!(line["file"], "content/fi/page.md");
    assert_eq!(line["line"], 5);
    assert_eq!(line["column"], 11, "columns count characters");
    assert_eq!(line["address"], "page");
    assert!(book.check().stderr.contains("content/fi/page.md:5:11"));
}

#[test]
fn json_counts_the_files() {
    let book = Book::new();
    let first = book.run(&["build", "--message-format", "json"]).finished();
    let files = paths(&book.path("public")).len() as u64 - 1;
    assert_eq!(first["files_written"].as_u64(), Some(files));
    assert_eq!(first["files_unchanged"], 0);
    let second = book.run(&["build", "--message-format", "json"]).finished();
    assert_eq!(second["files_written"], 0);
    assert_eq!(second["files_unchanged"].as_u64(), Some(files));
}

#[test]
fn every_json_run_ends_with_finished() {
    let occupied = Book::new().file("public/mine.txt", "x");
    let unconfigured = Book::empty();
    let readonly = Book::new().file("tiedosto", "x");
    for (book, arguments, status) in [
        (&occupied, &["build", "--message-format", "json"][..], 2),
        (&unconfigured, &["build", "--message-format", "json"], 2),
        (&unconfigured, &["check", "--message-format", "json"], 2),
        (&readonly, &["build", "--message-format", "json", "--out", "tiedosto/x"], 3),
        (&readonly, &["build", "--message-format", "json", "--out", "content"], 2),
    ] {
        let run = book.run(arguments);
        assert_eq!(run.status, Some(status), "{arguments:?}");
        assert_eq!(
            run.lines().last().map(|line| line["reason"].clone()),
            Some("finished".into()),
            "{arguments:?}: {run:?}"
        );
    }
}

#[test]
fn quiet_says_nothing_when_all_is_well_and_faults_all_the_same() {
    for command in ["build", "check"] {
        let run = Book::new().run(&[command, "-q"]);
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
        let run = faulty_book().run(&[command, "-q"]);
        assert!(run.stderr.contains("error[E021]"), "{run:?}");
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn verbose_says_how_long_each_stage_took() {
    let run = Book::new().run(&["build", "-v"]);
    assert_eq!(run.status, Some(0));
    assert!(run.stderr.lines().filter(|line| line.contains(" s  ")).count() >= 2, "{run:?}");
    assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
}

#[test]
fn the_closing_line_names_the_front_page() {
    let run = Book::new().build();
    assert!(run.stdout.contains("public/index.html"), "{run:?}");
    assert!(run.stdout.contains("1 page"), "{run:?}");
}

#[test]
fn a_review_date_is_compared_with_the_day_that_is_given() {
    let book = Book::new().file("content/fi/sivu.md", "---\ntitle: Sivu\nreview-by: 2027-03-01\n---\n");
    let is_due = |day: &str| book.run(&["check", "--today", day]).stderr.contains("W005");
    assert!(!is_due("2027-02-28"));
    assert!(!is_due("2027-03-01"), "the day itself is in time");
    assert!(is_due("2027-03-02"));
}

#[test]
fn a_build_does_not_look_at_review_dates() {
    let book = Book::new().file("content/fi/sivu.md", "---\ntitle: Sivu\nreview-by: 2001-01-01\n---\n");
    assert_eq!(book.run(&["build", "--deny", "warnings"]).status, Some(0));
}

#[test]
fn a_check_writes_nothing() {
    let book = faulty_book();
    let before = tree(book.root());
    book.check();
    assert_eq!(tree(book.root()), before);
}

#[test]
fn another_book_is_named_with_book() {
    let book = Book::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_opas"));
    command.args(["build", "--book"]).arg(book.root()).current_dir(elsewhere.path());
    assert_eq!(Run::of(command).status, Some(0));
    assert!(book.has_output("index.html"), "the site goes to the book's own folder");
    assert_eq!(paths(elsewhere.path()), [""; 0]);
}

#[test]
fn out_is_relative_to_the_folder_of_the_caller() {
    let book = Book::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_opas"));
    command.args(["build", "--out", "a/b", "--book"]).arg(book.root()).current_dir(elsewhere.path());
    assert_eq!(Run::of(command).status, Some(0));
    assert!(elsewhere.path().join("a/b/index.html").exists());
    assert!(!book.path("public").exists());
}

#[test]
fn colour_is_on_or_off_as_told_and_off_in_a_pipe() {
    let escape = '\u{1b}';
    assert!(faulty_book().run(&["check", "--color", "always"]).stderr.contains(escape));
    assert!(!faulty_book().run(&["check", "--color", "never"]).stderr.contains(escape));
    assert!(!faulty_book().run(&["check"]).stderr.contains(escape));
    let run = faulty_book().run(&["check", "--color", "always", "--message-format", "json"]);
    assert!(!run.stdout.contains(escape), "JSON has no colour");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let book = Book::new();
    for number in 0..300 {
        book.write(format!("content/fi/sivu-{number}.md"), page("Sivu", "[a](a.md) [b](b.md) [c](c.md)"));
    }
    for (redirection, arguments) in
        [("2>&1", "check"), ("2>&1", "check --message-format json"), ("2>&1", "--help"), ("2>&1", "build -v")]
    {
        let script = format!("\"$OPAS\" {arguments} {redirection} | head -1; echo \"${{PIPESTATUS[0]}}\"");
        let mut command = Command::new("bash");
        command.args(["-c", &script]).env("OPAS", env!("CARGO_BIN_EXE_opas")).current_dir(book.root());
        let run = Run::of(command);
        let lines: Vec<&str> = run.stdout.lines().collect();
        let status: i32 = lines.last().unwrap().parse().unwrap();
        assert!(status == 0 || status == 1, "{arguments}: {run:?}");
        assert!(!run.stdout.contains("panicked") && !run.stderr.contains("panicked"), "{run:?}");
    }
    let mut command = book.command(&["check"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    assert_eq!(command.status().unwrap().code(), Some(1));
}

#[test]
fn a_build_whose_reader_goes_away_still_publishes() {
    let book = Book::new();
    let mut command = Command::new("bash");
    command
        .args(["-c", "\"$OPAS\" build -v 2>&1 | true"])
        .env("OPAS", env!("CARGO_BIN_EXE_opas"))
        .current_dir(book.root());
    Run::of(command);
    assert!(book.has_output("index.html"));
}

#[test]
fn every_help_text_has_an_example_and_goes_to_standard_output() {
    for arguments in [
        &["--help"][..],
        &["build", "--help"],
        &["check", "--help"],
        &["new", "--help"],
        &["new", "book", "--help"],
        &["new", "page", "--help"],
        &["new", "case", "--help"],
    ] {
        let run = Book::new().run(arguments);
        assert_eq!(run.status, Some(0), "{arguments:?}");
        assert_eq!(run.stderr, "");
        assert!(run.stdout.contains("Example"), "{arguments:?}: {}", run.stdout);
        assert!(run.stdout.contains("  opas "), "{arguments:?}: {}", run.stdout);
    }
    let run = Book::new().run(&["--help"]);
    for status in ["0 done", "1 the content", "2 wrong usage", "3 the machine"] {
        assert!(run.stdout.contains(status), "{}", run.stdout);
    }
    assert!(Book::new().run(&["--version"]).stdout.starts_with("opas "));
}

#[test]
fn the_commands_that_are_there_are_the_ones_in_the_help() {
    let run = Book::new().run(&["--help"]);
    for command in ["build", "check", "new"] {
        assert!(run.stdout.contains(&format!("\n  {command} ")), "{}", run.stdout);
    }
}

/// Runs `opas new` and expects it to go well.
fn make(book: &Book, arguments: &[&str]) -> Run {
    let run = book.run(arguments);
    assert_eq!(run.status, Some(0), "{run:?}");
    run
}

#[test]
fn a_new_book_builds_and_checks_without_a_warning() {
    for lang in ["fi", "sv", "en"] {
        let book = Book::empty();
        let run = make(&book, &["new", "book", "kirja", "--language", lang]);
        for line in run.stdout.lines() {
            assert!(book.path(line).exists(), "{line} was said to be made");
        }
        for command in ["check", "build"] {
            let run = book.run(&[command, "--deny", "warnings", "--book", "kirja"]);
            assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{lang}: {run:?}");
        }
        assert!(book.path("kirja/public/index.html").exists());
        assert!(book.path("kirja/public/.gitignore").exists());
    }
}

#[test]
fn a_new_book_in_this_folder_is_named_for_it() {
    let book = Book::named("Oma Käsikirja");
    make(&book, &["new", "book", "."]);
    assert!(fs::read_to_string(book.path("book.toml")).unwrap().contains("id = \"oma-kasikirja\""));
    assert_eq!(book.run(&["check", "--deny", "warnings"]).status, Some(0));
}

#[test]
fn a_new_book_needs_an_empty_folder() {
    let book = Book::empty().file("kirja/muistio.txt", "x");
    let run = book.run(&["new", "book", "kirja"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert_eq!(paths(book.root()), ["kirja/muistio.txt"]);
}

#[test]
fn a_new_book_in_a_language_without_strings_is_refused_or_works() {
    let book = Book::empty();
    let run = book.run(&["new", "book", "kirja", "--language", "de"]);
    if run.status == Some(0) {
        let run = book.run(&["check", "--deny", "warnings", "--book", "kirja"]);
        assert_eq!(run.status, Some(0), "what `new` makes builds without warnings: {run:?}");
    } else {
        assert_eq!(run.status, Some(2), "{run:?}");
    }
}

#[test]
fn new_pages_and_cases_build_and_check_without_a_warning() {
    for what in ["page", "case"] {
        for lang in ["fi", "sv", "en"] {
            let book = Book::in_languages(&[lang]);
            make(&book, &["new", what, "osio/ala-osio/uusi-sivu"]);
            make(&book, &["new", what, "nimetty", "--title", "Otsikko: \"a\" #1 \\ {{"]);
            let run = book.run(&["check", "--deny", "warnings"]);
            assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{what} {lang}");
            book.build();
            assert!(book.output("osio/ala-osio/uusi-sivu.html").contains("Uusi sivu"));
            assert!(book.output("nimetty.html").contains("#1 \\ {{"));
        }
    }
}

#[test]
fn a_new_page_never_overwrites_one() {
    let book = Book::new().file("content/fi/a/index.md", FRONT_PAGE).file("content/fi/b.md", FRONT_PAGE);
    let before = tree(book.root());
    for id in ["a", "a/index", "b", "b.md", "index"] {
        for what in ["page", "case"] {
            let run = book.run(&["new", what, id]);
            assert_eq!(run.status, Some(2), "{what} {id}: {run:?}");
            assert_eq!(tree(book.root()), before, "{what} {id}");
        }
    }
}

#[test]
fn a_new_page_may_not_have_a_name_that_a_build_refuses() {
    for id in ["search", "404", "assets/a", "fi", "../ulkona", "/juuri", "a//b", "a/", "."] {
        let book = Book::new();
        let run = book.run(&["new", "page", id]);
        assert_eq!(run.status, Some(2), "{id}: {run:?}");
        assert_eq!(paths(book.holder()), ["book/book.toml", "book/content/fi/index.md"], "{id}");
    }
}

#[test]
fn a_new_page_may_not_take_an_old_address_or_that_of_a_page_that_opas_makes() {
    let book = Book::new()
        .file("content/fi/glossary.yaml", "sana:\n  definition: Selitys.\n")
        .file("content/fi/tapaus.md", "---\ntitle: Tapaus\nkind: case\naliases: [vanha]\n---\n\nTeksti.\n");
    let before = tree(book.root());
    for (id, reason) in
        [("glossary", "glossary.yaml"), ("cases", "tapaus.md"), ("vanha", "alias"), ("contents", "content/fi")]
    {
        let run = book.run(&["new", "page", id]);
        assert_eq!(run.status, Some(2), "{id}: {run:?}");
        assert!(run.stderr.contains(reason) && run.stderr.contains("choose another id"), "{run:?}");
        assert_eq!(tree(book.root()), before, "{id}");
    }
}

#[test]
fn the_front_page_can_be_made_anew_as_the_help_says() {
    let book = Book::new();
    book.remove("content/fi/index.md");
    assert!(book.check().stderr.contains("opas new page index"));
    make(&book, &["new", "page", "index"]);
    assert_eq!(book.run(&["check", "--deny", "warnings"]).status, Some(0));
}

#[test]
fn a_new_page_outside_of_a_book_says_what_to_do() {
    let book = Book::empty();
    let run = book.run(&["new", "page", "sivu"]);
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("book.toml"), "{}", run.stderr);
    assert_eq!(paths(book.root()), [""; 0]);
}

#[test]
fn a_check_finds_a_template_that_fails_while_it_renders() {
    let book = Book::new().file("themes/default/templates/contents.html", "{{ shell.title | no_such_filter }}\n");
    let late = Book::new().file("themes/default/templates/contents.html", "{{ shell.no.such.thing }}\n");
    for book in [book, late] {
        let (check, build) = (book.check(), book.run(&["build"]));
        assert_eq!((check.status, build.status), (Some(1), Some(1)), "{check:?} {build:?}");
        assert!(check.stderr.contains("error[E034]") && check.stderr.contains("contents.html:1"), "{check:?}");
    }
}

#[test]
fn a_page_whose_review_date_may_pass_has_a_hidden_notice_for_the_script() {
    let page = "---\ntitle: Sivu\nreview-by: 2027-01-31\n---\n\nx\n";
    let book = Book::new().file("content/fi/sivu.md", page);
    book.build();
    let html = book.output("sivu.html");
    assert!(html.contains("id=\"_overdue\" hidden>") && html.contains("datetime=\"2027-01-31\""), "{html}");
    assert!(!book.output("index.html").contains("_overdue"));
    assert!(html.contains("<script defer src=\"assets/opas.js\"></script>"), "{html}");
}

#[test]
fn the_completions_of_every_shell_name_every_command() {
    let book = Book::new();
    let help = book.run(&["--help"]).stdout;
    let (_, listed) = help.split_once("Commands:").unwrap();
    let listed = listed.split_once("Options:").unwrap().0.lines();
    let commands: Vec<&str> =
        listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|name| !name.is_empty()).collect();
    assert!(commands.len() > 10 && commands.contains(&"completions"), "{help}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = book.run(&["completions", shell]);
        assert_eq!(run.status, Some(0), "{run:?}");
        for command in &commands {
            assert!(run.stdout.contains(command), "{shell} does not complete {command}");
        }
        assert!(run.stdout.contains("message-format"), "{shell} does not complete options");
    }
    assert_eq!(book.run(&["completions", "cmd"]).status, Some(2));
}
