//! What is shipped with the program: the handbook and the manual.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use opas::diagnostic::Code;

use crate::support::{Run, tree};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn opas(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opas"));
    command.args(arguments).current_dir(ROOT);
    Run::of(command)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// Builds a shipped book into a temporary folder and returns the folder.
fn build(book: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    let run = opas(&["build", "--book", book, "--out", out.to_str().unwrap(), "--deny", "warnings"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    folder
}

#[test]
fn the_handbook_and_the_manual_have_nothing_to_complain_of() {
    for book in [".", "docs"] {
        let run = opas(&["check", "--book", book, "--deny", "warnings", "--today", "2026-11-24"]);
        assert_eq!(run.status, Some(0), "{book}: {run:?}");
    }
}

const EDITIONS: [&str; 3] = ["esimerkkikunta", "esimerkin-hyvinvointialue", "esimerkkikirjasto"];

#[test]
fn the_example_editions_have_nothing_to_complain_of() {
    for edition in EDITIONS {
        let run = opas(&["check", "--deny", "warnings", "--today", "2026-11-25", "--edition", edition]);
        assert_eq!(run.status, Some(0), "{edition}: {run:?}");
    }
}

#[test]
fn the_example_layers_keep_a_lock_and_nothing_has_drifted_under_them() {
    for edition in EDITIONS {
        let lock = read(&format!("overlays/{edition}/overlay.lock"));
        assert!(lock.contains("[[override]]"), "{edition}");
        let run = opas(&["review", "--edition", edition]);
        assert_eq!((run.status, &*run.stdout), (Some(0), "0 overrides to look at\n"), "{edition}: {run:?}");
    }
}

#[test]
fn an_example_layer_is_its_edition_when_it_is_built_in_its_own_folder() {
    for edition in EDITIONS {
        let (named, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folder = |dir: &tempfile::TempDir| dir.path().join("site").to_str().unwrap().to_owned();
        let first = opas(&["build", "--edition", edition, "--out", &folder(&named)]);
        let second = opas(&["build", "--book", &format!("overlays/{edition}"), "--out", &folder(&own)]);
        assert_eq!((first.status, second.status), (Some(0), Some(0)), "{first:?} {second:?}");
        let files = |dir: &tempfile::TempDir| -> Vec<(String, Vec<u8>)> {
            let files = tree(&dir.path().join("site")).into_iter().map(|(path, file)| (path, file.0));
            files.filter(|(path, _)| path != "opas-manifest.json").collect()
        };
        assert_eq!(files(&named), files(&own), "{edition}");
    }
}

#[test]
fn the_fact_of_an_example_layer_passes_its_question() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("site");
    let run = opas(&["build", "--edition", "esimerkkikunta", "--out", out.to_str().unwrap()]);
    assert_eq!(run.status, Some(0), "{run:?}");
    let start = std::fs::read_to_string(out.join("flows/asiakastilanne/tarve.html")).unwrap();
    assert!(start.contains("laite-syy.html") && !start.contains("\"laite.html"), "{start}");
    let own = std::fs::read_to_string(out.join("assets/brand.css")).unwrap();
    assert!(own.contains("#1f5f3f"), "{own}");
}

#[test]
fn the_manual_explains_every_code_with_an_example() {
    let text = read("docs/content/en/diagnostics/errors.md") + &read("docs/content/en/diagnostics/warnings.md");
    for code in Code::ALL {
        let heading = format!("## {} {} {{#{}}}", code.name(), code.title(), code.name().to_lowercase());
        let (_, section) = text.split_once(&heading).unwrap_or_else(|| panic!("the manual lacks `{heading}`"));
        let section = section.split("\n## E0").next().unwrap().split("\n## W0").next().unwrap();
        assert!(section.contains("```"), "{} has no example", code.name());
        assert!(section.contains(&format!("[{}]", code.name())), "{} does not show its message", code.name());
    }
    let count = text.matches("\n## E0").count() + text.matches("\n## W0").count();
    assert_eq!(count, Code::ALL.len(), "the manual explains codes that there are not");
}

#[test]
fn the_handbook_has_all_statements_of_the_source() {
    let folder = build(".");
    let coverage = std::fs::read_to_string(folder.path().join("site/coverage.html")).unwrap();
    let rows = coverage.matches("<tr id=").count();
    assert_eq!(rows, 131);
    let places = coverage.split("<tr id=").skip(1).filter(|row| row.contains("<li><a href=")).count();
    assert_eq!(places, rows, "a statement is said nowhere");
    let numbers: BTreeSet<&str> =
        coverage.split("<tr id=\"").skip(1).map(|row| row.split('"').next().unwrap()).collect();
    for number in ["A01", "E13", "H08", "L04", "K1.12", "K2.07", "K3.08", "K4.09", "K5.06", "K6.13", "K7.09", "K8.02"] {
        assert!(numbers.contains(number), "{number}");
    }
}

#[test]
fn the_four_links_reach_the_reader_byte_for_byte() {
    let folder = build(".");
    for page in ["contacts.html", "ohjaaminen.html"] {
        let html = std::fs::read_to_string(folder.path().join("site").join(page)).unwrap();
        for link in [
            "https://www.suomi.fi/haku?ct=palvelupisteet&p=0&q=digituki%20TAI%20asiointipiste%20TAI%20yhteispalvelu&sl=false",
            "https://www.suomi.fi/kartta/palvelupaikat/sivusto-haku?lat=7208914.928988555&lon=454714.3975&zoom=1&q=digituki%20TAI%20asiointipiste%20TAI%20yhteispalvelu",
            "https://www.seniorsurf.fi/opastuspaikat",
            "https://palvelukartta.hel.fi/fi/",
        ] {
            let href = format!("href=\"{}\"", link.replace('&', "&amp;"));
            assert!(html.contains(&href), "{page} lacks {href}");
        }
    }
}

#[test]
fn the_eight_cases_have_their_sections_in_one_order() {
    let folder = Path::new(ROOT).join("content/fi/tapaukset");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        if !text.contains("\nkind: case\n") {
            continue;
        }
        cases += 1;
        let order = ["{#tilanne}", "{#toimi-nain}", "{#ala-tee", "{#ohjaa}", "{#saannot}"].map(|id| text.find(id));
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?} in {text}");
    }
    assert_eq!(cases, 8);
}

#[test]
fn the_strings_of_the_theme_have_the_same_keys_in_every_language() {
    let keys = |lang: &str| -> BTreeSet<String> {
        let text = read(&format!("themes/default/strings/{lang}.yaml"));
        let keys = text.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key.to_owned());
        keys.filter(|key| !key.starts_with("channel-")).collect()
    };
    assert_eq!(keys("fi"), keys("en"));
    assert_eq!(keys("sv"), keys("en"));
}
