//! The JSON Schemas that `opas schema` prints: they say what the readers of the files say.
//!
//! `tests/schema/every-key` is a book with two layers in which every key of every schema stands.

mod agreement;
mod validator;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use opas::data::{Data, Value as Read};
use opas::source::{TextFile, front_matter};
use serde_json::{Map, Value};

use crate::support::{Book, paths};
use validator::faults;

const KINDS: [&str; 10] =
    ["book", "layer", "page", "flow", "flow-patch", "glossary", "contacts", "vars", "statements", "queries"];

/// The schemas as they are printed, by kind.
static SCHEMAS: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(|| {
    let book = Book::empty();
    let print = |kind: &'static str| {
        let run = book.run(&["schema", kind]);
        assert_eq!((run.status, &*run.stderr), (Some(0), ""), "{kind}");
        assert!(run.stdout.ends_with("}\n"), "{kind}: {}", run.stdout);
        (kind, serde_json::from_str(&run.stdout).unwrap())
    };
    KINDS.into_iter().map(print).collect()
});

/// The kind of file that lies at a path; none where opas has no schema for it.
fn kind_of(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    match name {
        "book.toml" => Some("book"),
        "overlay.toml" => Some("layer"),
        "glossary.yaml" => Some("glossary"),
        "contacts.yaml" => Some("contacts"),
        "vars.yaml" => Some("vars"),
        "statements.yaml" => Some("statements"),
        _ if name.ends_with(".patch.yaml") => Some("flow-patch"),
        _ if name.ends_with(".yaml") && path.contains("/flows/") => Some("flow"),
        _ if name.ends_with(".yaml") && path.contains("tests/search/") => Some("queries"),
        _ if name.ends_with(".md") && path.contains("content/") => Some("page"),
        _ => None,
    }
}

/// The data of a file as its reader sees it; none where it has none that can be read.
fn data(path: &str, text: &str) -> Option<Value> {
    let file = Arc::new(TextFile::new(path, text));
    let data = if path.ends_with(".toml") {
        Data::from_toml(&file)
    } else if path.ends_with(".md") {
        Data::from_yaml(&file, front_matter::split(&file.text).ok()?.yaml)
    } else {
        Data::from_yaml(&file, 0..file.text.len())
    };
    Some(json(data.ok()?.node().value()))
}

fn json(value: &Read) -> Value {
    match value {
        Read::Null => Value::Null,
        Read::Bool(flag) => Value::Bool(*flag),
        Read::Number(number) => serde_json::from_str(number).unwrap(),
        Read::Text(text) => Value::String(text.clone()),
        Read::List(items) => items.iter().map(json).collect(),
        Read::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

/// The files with a schema at and below a folder of the repository, each with its kind and its data.
fn files(folder: &str) -> Vec<(&'static str, Value, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let read = |path: String| {
        let text = std::fs::read_to_string(root.join(&path)).ok()?;
        let path = format!("{folder}/{path}");
        Some((kind_of(&path)?, data(&path, &text)?, path))
    };
    paths(&root).into_iter().filter_map(read).collect()
}

/// Calls `visit` for every schema within a schema, itself included.
fn each<'s>(schema: &'s Value, visit: &mut impl FnMut(&'s Map<String, Value>)) {
    match schema {
        Value::Object(entries) => {
            visit(entries);
            entries.values().for_each(|schema| each(schema, visit));
        }
        Value::Array(schemas) => schemas.iter().for_each(|schema| each(schema, visit)),
        _ => {}
    }
}

/// Whether a schema says that a mapping has these keys and no others.
fn is_closed(schema: &Map<String, Value>) -> bool {
    schema.get("additionalProperties") == Some(&Value::Bool(false))
}

#[test]
fn every_kind_names_its_dialect_and_its_title() {
    for (kind, schema) in SCHEMAS.iter() {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{kind}");
        assert!(schema["title"].as_str().unwrap().starts_with("opas: "), "{kind}");
    }
}

#[test]
fn the_help_names_every_kind() {
    let help = Book::empty().run(&["schema", "--help"]).stdout;
    let listed: Vec<&str> = help.lines().filter_map(|line| line.trim().strip_prefix("- ")?.split(':').next()).collect();
    assert_eq!(listed, KINDS, "{help}");
}

#[test]
fn a_kind_that_there_is_not_is_wrong_usage() {
    let book = Book::empty();
    for arguments in [&["schema"][..], &["schema", "sivu"], &["schema", "Page"], &["schema", "page", "flow"]] {
        let run = book.run(arguments);
        assert_eq!((run.status, &*run.stdout), (Some(2), ""), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let book = Book::empty();
    let mut command = book.command(&["schema", "flow-patch"]);
    assert_eq!(command.stdout(writer).status().unwrap().code(), Some(0));
}

#[test]
fn every_key_is_described_in_a_sentence() {
    for (kind, schema) in SCHEMAS.iter() {
        each(schema, &mut |schema| {
            let Some(Value::Object(properties)) = schema.get("properties").filter(|_| is_closed(schema)) else {
                return;
            };
            for (key, schema) in properties {
                let description = schema["description"].as_str().unwrap_or_else(|| panic!("{kind}: {key}"));
                assert!(description.ends_with('.') && description.len() < 120, "{kind}: {key}: {description}");
            }
        });
    }
}

#[test]
fn every_shipped_file_is_valid() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let folders = [
        "content",
        "overlays",
        "docs",
        "tests/search",
        "tests/layers",
        "tests/browser/kitchen",
        "tests/browser/languages",
    ];
    for (kind, data, path) in folders.iter().flat_map(|folder| files(folder)) {
        *counts.entry(kind).or_default() += 1;
        wrong.extend(faults(&SCHEMAS[kind], &data).into_iter().map(|fault| format!("{path}{fault}")));
    }
    let book = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("book.toml")).unwrap();
    wrong.extend(faults(&SCHEMAS["book"], &data("book.toml", &book).unwrap()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(counts.keys().copied().collect::<BTreeSet<_>>(), KINDS.into(), "{counts:?}");
}

#[test]
fn what_opas_new_makes_is_valid() {
    let book = Book::empty();
    for arguments in [
        &["new", "book", "kirja"][..],
        &["new", "page", "sivu", "--book", "kirja"],
        &["new", "case", "tapaus", "--book", "kirja"],
        &["new", "flow", "vuo", "--book", "kirja"],
        &["new", "layer", "kunta", "--book", "kirja"],
    ] {
        assert_eq!(book.run(arguments).status, Some(0), "{arguments:?}");
    }
    let mut kinds = BTreeSet::new();
    for path in paths(book.root()) {
        let Some(kind) = kind_of(&path) else { continue };
        let text = std::fs::read_to_string(book.path(&path)).unwrap();
        assert_eq!(faults(&SCHEMAS[kind], &data(&path, &text).unwrap()), [""; 0], "{path}");
        kinds.insert(kind);
    }
    assert_eq!(kinds, ["book", "flow", "layer", "page"].into());
}

/// The fixtures of `faults` whose fault is one of form, which a schema can see; those of the others it cannot.
const REFUSED: &[&str] = &[
    "E004-bad-configuration-flow-coverage",
    "E004-bad-configuration-id",
    "E004-bad-configuration-language",
    "E004-bad-configuration-layer",
    "E004-bad-configuration-layer-title",
    "E004-bad-configuration-missing-key",
    "E004-bad-configuration-search",
    "E004-bad-configuration-unknown-key",
    "E004-bad-configuration-url",
    "E004-bad-configuration-wrong-type",
    "E011-unknown-key",
    "E011-unknown-key-beside-value",
    "E011-unknown-key-changes",
    "E011-unknown-key-contacts",
    "E011-unknown-key-glossary",
    "E012-bad-value-contact-id",
    "E012-bad-value-date",
    "E012-bad-value-day",
    "E012-bad-value-draft",
    "E012-bad-value-flow-text",
    "E012-bad-value-kind",
    "E012-bad-value-statement-kind",
    "E012-bad-value-tag",
    "E012-bad-value-tags",
    "E012-bad-value-title",
    "E012-bad-value-translates",
    "E012-bad-value-variable",
    "E013-missing-key",
    "E013-missing-key-change-note",
    "E013-missing-key-empty",
    "E013-missing-key-empty-front-matter",
    "E015-bad-alias",
    "E028-bad-address-contact",
    "E036-layer-only-key",
    "E044-missing-else",
    "E048-answer-without-text",
    "E086-bad-patch-over",
    "E086-bad-patch-placement",
    "E086-bad-patch-redirect",
    "E095-bad-flow-patch",
];

#[test]
fn the_planted_faults_of_form_are_refused_and_no_others() {
    let mut refused = BTreeSet::new();
    let mut wrong = Vec::new();
    for (kind, data, path) in files("tests/faults") {
        let faults = faults(&SCHEMAS[kind], &data);
        if let Some(fault) = faults.first() {
            let fixture = path.split('/').nth(2).unwrap().to_owned();
            wrong.push(format!("{path}{fault}"));
            refused.insert(fixture);
        }
    }
    let expected: BTreeSet<String> = REFUSED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(refused, expected, "{}", wrong.join("\n"));
}
