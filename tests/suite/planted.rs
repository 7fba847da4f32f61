//! Many faults at once: all are found in one run, each where it is, and nothing else is.

use serde_json::Value;

use crate::support::{Book, TODAY, config, digest};

const INDEX: &str = "---
title: Etusivu
pages: [perusteet, asointi]
aliases: [vanha etusivu]
---

Tervetuloa. Lue [perusteet](perusteet/index.md) ja [kohta](asiointi.md#tietosuja).
";

const ASIOINTI: &str = "---
title: Asiointi
kind: tapaus
reviewed: 1.2.2026
sumary: Lyhyesti.
tags: [asiointi, 112]
covers: {tietosuoja: [B02]}
---

## Tietosuoja {#tietosuoja}

Soita numeroon {{ puhelinn }} tai [neuvontaan](contact:neuvota).

#### Liian syvä {#syva}

![](kuva.png)

Tämä on [[digituke|digitukea]].[^1]
";

const PERUSTEET: &str = "---
title: Perusteet
kind: section
---

## Yksi {#yksi}

Numero on {{ puhelin }}. [Paina tästä](javascript:alert(1)).

## Kaksi {#yksi}

<script>alert(1)</script>

![Kaavio](kaavio.png)
";

const SV_ASIOINTI: &str = "---
title: Uträttande av ärenden
op: replace
---

## Dataskydd {#tietosuoja .infered}

Läs [mera](saknas.md) och [lagen][lag].

```klingon
x
```
";

const SV_GLOSSARY: &str = "digituki:
  definition: Digitalt stöd.
  synonymer: [it-stöd]
";

const CONTACTS: &str = "neuvonta:
  name: Neuvonta
  url: javascript:alert(1)
  phone: 029 123
";

/// What is wrong with the book, in order of files and lines.
const PLANTED: [(&str, &str, u64); 25] = [
    ("E012", "content/fi/asiointi.md", 3),
    ("E012", "content/fi/asiointi.md", 4),
    ("E011", "content/fi/asiointi.md", 5),
    ("E012", "content/fi/asiointi.md", 6),
    ("E017", "content/fi/asiointi.md", 7),
    ("E027", "content/fi/asiointi.md", 12),
    ("E025", "content/fi/asiointi.md", 12),
    ("E019", "content/fi/asiointi.md", 14),
    ("E024", "content/fi/asiointi.md", 16),
    ("E026", "content/fi/asiointi.md", 18),
    ("E029", "content/fi/asiointi.md", 18),
    ("E028", "content/fi/contacts.yaml", 3),
    ("E014", "content/fi/index.md", 3),
    ("E015", "content/fi/index.md", 4),
    ("E022", "content/fi/index.md", 7),
    ("E028", "content/fi/perusteet/index.md", 8),
    ("E018", "content/fi/perusteet/index.md", 10),
    ("W001", "content/fi/perusteet/index.md", 12),
    ("E023", "content/fi/perusteet/index.md", 14),
    ("E036", "content/sv/asiointi.md", 3),
    ("E020", "content/sv/asiointi.md", 6),
    ("E021", "content/sv/asiointi.md", 8),
    ("E030", "content/sv/asiointi.md", 8),
    ("W009", "content/sv/asiointi.md", 10),
    ("E011", "content/sv/glossary.yaml", 3),
];

fn book() -> Book {
    Book::empty()
        .file("book.toml", config(&["fi", "sv"]))
        .file("content/fi/index.md", INDEX)
        .file("content/fi/asiointi.md", ASIOINTI)
        .file("content/fi/perusteet/index.md", PERUSTEET)
        .file("content/fi/kuva.png", "x")
        .file("content/fi/glossary.yaml", "digituki:\n  definition: Tukea digiasioissa.\n")
        .file("content/fi/contacts.yaml", CONTACTS)
        .file("content/fi/vars.yaml", "puhelin: 029 123\n")
        .file("content/statements.yaml", "- {id: B01, kind: def, text: Määritelmä.}\n")
        .file("content/sv/asiointi.md", SV_ASIOINTI)
        .file("content/sv/glossary.yaml", SV_GLOSSARY)
}

fn place(line: &Value) -> (String, String, u64) {
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    (text("code"), text("file"), line["line"].as_u64().unwrap_or_default())
}

#[test]
fn a_build_lists_exactly_the_planted_faults_in_order() {
    let run = book().run(&["build", "--message-format", "json"]);
    let found: Vec<_> = run.diagnostics().iter().map(place).collect();
    let planted: Vec<_> = PLANTED.iter().map(|(code, file, line)| ((*code).into(), (*file).into(), *line)).collect();
    assert_eq!(found, planted);
    assert_eq!(run.finished()["errors"], 23);
    assert_eq!(run.finished()["warnings"], 2);
    assert_eq!(run.status, Some(1));
}

#[test]
fn a_check_finds_the_faults_of_a_build_and_what_only_a_check_looks_for() {
    let run = book().run(&["check", "--today", TODAY, "--message-format", "json"]);
    let found: Vec<_> = run.diagnostics().iter().map(place).collect();
    for (code, file, line) in PLANTED {
        assert!(found.contains(&(code.into(), file.into(), line)), "{code} {file}:{line} is missing: {found:#?}");
    }
    let others: Vec<(&str, &str)> = found
        .iter()
        .filter(|(code, file, line)| !PLANTED.contains(&(code.as_str(), file.as_str(), *line)))
        .map(|(code, file, _)| (code.as_str(), file.as_str()))
        .collect();
    let expected = [
        ("W006", "content/fi/index.md"),
        ("W006", "content/fi/perusteet/index.md"),
        ("W007", "content/sv/asiointi.md"),
        ("W007", "content/sv/asiointi.md"),
        ("W003", "content/statements.yaml"),
    ];
    assert_eq!(others.len(), expected.len(), "{others:?}");
    assert!(expected.iter().all(|place| others.contains(place)), "{others:?}");
    let mut sorted = found.clone();
    sorted.sort_by(|a, b| (&a.1, a.2).cmp(&(&b.1, b.2)));
    let places = |list: &[(String, String, u64)]| list.iter().map(|(_, f, l)| (f.clone(), *l)).collect::<Vec<_>>();
    assert_eq!(places(&found), places(&sorted), "ordered by file and line");
}

#[test]
fn every_fault_of_one_front_matter_is_reported_at_its_own_line() {
    let front =
        "---\ntitel: Sivu\nsummary: 12\nkind: cas\nreviewed: eilen\ndraft: ehkä\npages: 3\nowner: [a]\n---\n\nX\n";
    let run = Book::new().file("content/fi/sivu.md", front).run(&["check", "--message-format", "json"]);
    let mut lines: Vec<u64> = run.diagnostics().iter().map(|d| d["line"].as_u64().unwrap()).collect();
    lines.sort_unstable();
    // The missing title is said of the front matter as a whole, which begins on line 2.
    assert_eq!(lines, [2, 2, 3, 4, 5, 6, 7, 8]);
}

/// The line that the one fault of a page is said to be on.
fn line_of_the_fault(front_matter: &str) -> u64 {
    let text = format!("---\n{front_matter}---\n\nTeksti.\n");
    let run = Book::new().file("content/fi/sivu.md", text).run(&["check", "--message-format", "json"]);
    let diagnostics = run.diagnostics();
    assert_eq!(diagnostics.len(), 1, "{run:?}");
    assert_eq!(diagnostics[0]["code"], "E009");
    diagnostics[0]["line"].as_u64().unwrap()
}

#[test]
fn a_duplicate_key_is_reported_where_it_is_repeated() {
    assert_eq!(line_of_the_fault("title: Sivu\nsummary: Yksi.\nsummary: Kaksi.\n"), 4);
}

#[test]
fn a_yaml_tag_is_reported_where_it_stands() {
    assert_eq!(line_of_the_fault("title: Sivu\nsummary: !kova Lyhyesti.\n"), 3);
}

#[test]
fn a_key_that_is_no_text_is_reported_where_it_stands() {
    assert_eq!(line_of_the_fault("title: Sivu\n[a, b]: x\n"), 3);
}

#[test]
fn faults_of_yaml_in_the_front_matter_do_not_hide_those_of_the_body() {
    let text = "---\ntitle: Sivu\ntitle: Sivu\n---\n\n[Muu](muu.md) {{ nimi }}\n";
    assert_eq!(Book::new().file("content/fi/sivu.md", text).codes(), ["E009", "E021", "E027"]);
}

#[test]
fn a_configuration_that_is_no_text_is_said_to_be_that() {
    let book = Book::new().file("book.toml", b"[book]\ntitle = \"T\xe4m\xe4\"\n");
    let run = book.check();
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("not valid UTF-8"), "{}", run.stderr);
}

#[test]
fn a_digest_that_looks_like_a_number_is_read_as_the_help_writes_it() {
    let is_like_a_number = |digest: &str| {
        let parts: Vec<&str> = digest.split('e').collect();
        parts.len() == 2 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let pages = (0..).map(|number| format!("---\ntitle: Etusivu\n---\n\nTervetuloa {number}.\n"));
    let source = pages.into_iter().find(|page| is_like_a_number(&digest(page))).unwrap();
    let translation = format!("---\ntitle: Framsida\ntranslates: {}\n---\n\nHej.\n", digest(&source));
    let book = Book::in_languages(&["fi", "sv"]);
    book.write("content/fi/index.md", &source).write("content/sv/index.md", translation);
    assert_eq!(book.codes(), [""; 0], "{}", digest(&source));
}

#[test]
fn a_stale_translation_is_told_the_digest_to_write() {
    let book = Book::in_languages(&["fi", "sv"]);
    book.write("content/sv/index.md", "---\ntitle: Framsida\ntranslates: 0000000000000000\n---\n\nHej.\n");
    let run = book.check();
    let digest = digest(crate::support::FRONT_PAGE);
    assert!(run.stderr.contains(&format!("translates: {digest}")), "{}", run.stderr);
    book.write("content/sv/index.md", format!("---\ntitle: Framsida\ntranslates: {digest}\n---\n\nHej.\n"));
    assert_eq!(book.codes(), [""; 0]);
}
