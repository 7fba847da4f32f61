//! What holds for any input, tried with many: through the library, so that many books can be made in little time.

mod edits;
mod inputs;
mod layered;
mod layers;

use std::collections::BTreeMap;

use opas::book::Options;
use opas::diagnostic::{Code, Diagnostic, has_errors, json, text};
use opas::pipeline::{Prepared, prepare};
use opas::site::{Output, Site};
use opas::source::Source;
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::html;
use crate::support::{FRONT_PAGE, config, digest, page};

/// The files of a book, by path.
type Files = BTreeMap<String, String>;

fn read(files: &Files) -> Result<Prepared, Vec<Diagnostic>> {
    let mut source = Source::default();
    for (path, text) in files {
        if path.ends_with(".png") {
            source.insert_asset(path, text.clone().into_bytes());
        } else {
            source.insert_text(path, text);
        }
    }
    prepare(&source, Vec::new(), Options::default())
}

fn outputs(prepared: &Prepared) -> Vec<Output> {
    Site::new(&prepared.book, &prepared.theme).make_all().expect("the built-in templates do not fail")
}

/// How many cases each property is tried with.
fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

// Any text

/// Pieces that Markdown and opas give a meaning.
const MARKDOWN: &[&str] = &[
    "a",
    "ä",
    "sana",
    " ",
    "  ",
    "    ",
    "\n",
    "\n\n",
    "\t",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```",
    "```yaml\n",
    "# ",
    "## ",
    "### ",
    "#### ",
    "{#id}",
    "{#id .inferred}",
    "{#toinen .locked}",
    "- ",
    "1. ",
    "- [ ] ",
    "- [x] ",
    "> ",
    "> [!NOTE]\n",
    "|",
    "| a | b |\n|---|---|\n",
    "[",
    "]",
    "(",
    ")",
    "](",
    "![",
    "[[",
    "]]",
    "[[sana]]",
    "[[sana|",
    "{{",
    "}}",
    "{{ nimi }}",
    "{{ muu }}",
    "\\",
    "\\{{",
    "[^1]",
    "[^1]: ",
    ": ",
    "\n: ",
    "<",
    ">",
    "<b>",
    "</b>",
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<br>",
    "<details>",
    "<td>",
    "</table>",
    "<table>",
    "<svg>",
    "</svg>",
    "<style>",
    "<b title=\"",
    "\"",
    "'",
    "&",
    "&amp;",
    "&#60;",
    "---",
    "***",
    "===",
    "https://a.fi",
    "<https://a.fi>",
    "<a@b.fi>",
    "[a](index.md)",
    "[a](#id)",
    "[a](contact:neuvonta)",
    "![k](kuva.png)",
    "[a]: index.md",
    "[a][a]",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "😀",
    "e\u{301}",
    "\r",
];

const YAML: &[&str] = &[
    "title",
    "summary",
    "kind",
    "pages",
    "reviewed",
    "changes",
    "covers",
    "aliases",
    "draft",
    "translates",
    "tags",
    ":",
    ": ",
    "\n",
    "\n  ",
    "\n- ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "|",
    ">",
    "|\n  ",
    "&a ",
    "*a",
    "!x ",
    "!!str ",
    "#",
    " # ",
    "? ",
    "~",
    "true",
    "2026-01-02",
    "1",
    "ä",
    "sana",
    "title: Sivu\n",
    "kind: case\n",
    "\t",
    "---\n",
    "...\n",
    "%YAML",
    "\u{85}",
    "\\",
    "\"\\u0041\"",
    "<<: ",
    "{{ nimi }}",
];

fn soup(pieces: &'static [&'static str], longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(pieces), 0..longest).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => "\\PC{0,60}",
    ]
}

fn book_around(path: &str, text: String) -> Files {
    let mut files: Files = [
        ("book.toml", config(&["fi"])),
        ("content/fi/index.md", FRONT_PAGE.to_owned()),
        ("content/fi/vars.yaml", "nimi: Opas\n".to_owned()),
        ("content/fi/glossary.yaml", "sana:\n  definition: Selitys.\n".to_owned()),
        ("content/fi/contacts.yaml", "neuvonta:\n  name: Neuvonta\n".to_owned()),
        ("content/fi/kuva.png", "x".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect();
    files.insert(path.to_owned(), text);
    files
}

/// Expects every diagnostic to point into its file and to be printable.
fn check_places(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        let related = diagnostic.related.iter().map(|(place, _)| place);
        for place in diagnostic.place.iter().chain(related) {
            let text = &place.file.text;
            let (line, column) = place.line_column();
            let lines: Vec<&str> = text.split('\n').collect();
            assert!((1..=lines.len()).contains(&line), "{diagnostic:?}: line {line} of {}", lines.len());
            assert!(column <= lines[line - 1].chars().count() + 1, "{diagnostic:?}: column {column}");
        }
        check_span(diagnostic);
        assert!(text::render(diagnostic, false).contains(diagnostic.code.name()));
        serde_json::from_str::<serde_json::Value>(&json::render(diagnostic)).unwrap();
    }
}

/// Expects what a diagnostic about a reference marks in a page's body to be that reference.
fn check_span(diagnostic: &Diagnostic) {
    let Some(place) = &diagnostic.place else { return };
    let marked = &place.file.text[place.span.clone()];
    // Of a text in YAML only the value as a whole is known; so it is with variables in titles.
    let front = opas::source::front_matter::split(&place.file.text).map_or(0, |parts| parts.body.start);
    if !place.file.path.ends_with(".md") || place.span.start < front {
        return;
    }
    let starts: &[char] = match diagnostic.code {
        Code::E027 => &['{'],
        Code::E026 | Code::E029 => &['['],
        Code::E021 | Code::E022 | Code::E025 => &['[', '<'],
        Code::E023 | Code::E024 => &['!'],
        _ => return,
    };
    assert!(marked.starts_with(starts), "{diagnostic:?} marks {marked:?}");
}

/// Expects a book to be read without a panic, and to be built well where it has no errors.
fn check_survives(files: &Files) {
    let prepared = match read(files) {
        Ok(prepared) => prepared,
        Err(faults) => return check_places(&faults),
    };
    check_places(&prepared.diagnostics);
    if has_errors(&prepared.diagnostics) {
        return;
    }
    for output in outputs(&prepared).iter().filter(|output| output.path.ends_with(".html")) {
        let page = std::str::from_utf8(output.bytes()).unwrap();
        assert_eq!(html::imbalance(page), None, "{}: {}", output.path, page);
        assert_eq!(html::hazards(page), [""; 0], "{}", output.path);
        let mut ids = html::values(page, "id");
        ids.sort();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "ids are unique in {}: {page}", output.path);
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_text_is_a_body(body in soup(MARKDOWN, 40)) {
        check_survives(&book_around("content/fi/sivu.md", page("Sivu", &body)));
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_text_is_a_file_of_a_page(text in soup(YAML, 30)) {
        check_survives(&book_around("content/fi/sivu.md", text.clone()));
        check_survives(&book_around("content/fi/sivu.md", format!("---\n{text}\n---\n\nTeksti.\n")));
        check_survives(&book_around("content/fi/sivu.md", format!("---\ntitle: Sivu\n{text}\n---\n\nTeksti.\n")));
    }

    #[test]
    fn any_text_is_a_data_file(text in soup(YAML, 30)) {
        for path in ["content/fi/glossary.yaml", "content/fi/contacts.yaml", "content/fi/vars.yaml", "content/statements.yaml", "book.toml", "themes/default/strings/fi.yaml"] {
            check_survives(&book_around(path, text.clone()));
        }
    }

    #[test]
    fn any_text_is_a_definition_title_or_value(text in soup(MARKDOWN, 15)) {
        let quoted = serde_json::Value::from(text.as_str()).to_string();
        check_survives(&book_around("content/fi/glossary.yaml", format!("sana:\n  definition: {quoted}\n  term: {quoted}\n")));
        check_survives(&book_around("content/fi/sivu.md", format!("---\ntitle: {quoted}\nsummary: {quoted}\n---\n")));
        check_survives(&book_around("content/fi/vars.yaml", format!("nimi: {quoted}\n")));
        check_survives(&book_around("content/fi/contacts.yaml", format!("neuvonta:\n  name: {quoted}\n  note: {quoted}\n")));
    }

    #[test]
    fn a_template_is_text_that_may_be_wrong(text in soup(&["{{", "}}", "{%", "%}", "{#", "#}", " shell.title ", "shell", " if ", " endif ", " for x in shell.nav ", " endfor ", "block", " a ", "\n", "|", "safe", "\"", "é", "<p>", "{% block main %}", "{% endblock main %}", "{% extends \"base.html\" %}"], 12)) {
        let files = book_around("themes/default/templates/404.html", text);
        if let Ok(prepared) = read(&files) {
            check_places(&prepared.diagnostics);
            if !has_errors(&prepared.diagnostics) {
                // It may fail while it is rendered; then it says so.
                if let Err(faults) = Site::new(&prepared.book, &prepared.theme).make_all() {
                    check_places(&faults);
                }
            }
        }
    }
}

#[test]
fn the_digest_of_a_page_is_that_of_its_text_without_mark_and_with_plain_line_ends() {
    let text = page("Sivu", "Teksti.");
    let with_mark = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let mut source = Source::default();
    source.insert_text("content/fi/a.md", &with_mark);
    assert_eq!(source.text("content/fi/a.md").unwrap().digest.short(), digest(&text));
}
