//! What the readers take, the schemas take, and the other way round: tried with every value of a book in which every key
//! stands, put wrong in many ways.
//!
//! Through the library, so that thousands of books can be read in little time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use opas::book::{Book, Ground, Options, Parsed};
use opas::config::Config;
use opas::diagnostic::{Code, Diagnostic, Severity};
use opas::layer::{Layer, Stack};
use opas::search::eval;
use opas::source::front_matter;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::validator::accepts;
use super::{SCHEMAS, data, each, is_closed, kind_of};
use crate::edition::{Files, source};
use crate::support::{self, TODAY, tree};

const LAYERS: [&str; 2] = ["kunta/", "kirjasto/"];

/// The codes by which readers say that a file has not the form that it must have.
const FORM: [Code; 5] = [Code::E004, Code::E011, Code::E012, Code::E013, Code::E048];

/// What a schema cannot know: what stands in other files, and which languages the book has.
const BEYOND: [&str; 3] =
    ["the key `name` is missing", "the key `definition` is missing", "the text in the source language"];

fn every_key() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema/every-key");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    tree(&folder).into_iter().map(|(path, content)| (path, text(content.0))).collect()
}

/// Reads the book with the layers up to that of a file, and its list of queries; returns all that is found.
///
/// What the upper layers replace is read by no edition that has them.
fn read(files: &Files, path: &str) -> Vec<Diagnostic> {
    let own = files.iter().filter(|(path, _)| !LAYERS.iter().any(|layer| path.starts_with(layer)));
    let book = source(&own.map(|(path, text)| (path.clone(), text.clone())).collect());
    let config = match Config::read(&book) {
        Ok(config) => config,
        Err(faults) => return faults,
    };
    let count = LAYERS.iter().position(|layer| path.starts_with(layer)).map_or(0, |at| at + 1);
    let mut layers = Vec::new();
    for folder in &LAYERS[..count] {
        let own = files.iter().filter_map(|(path, text)| Some((path.strip_prefix(folder)?.to_owned(), text.clone())));
        match Layer::read(source(&own.collect()), folder, &config) {
            Ok(layer) => layers.push(Arc::new(layer)),
            Err(faults) => return faults,
        }
    }
    let stack = Stack { edition: "e".to_owned(), layers, trusted: BTreeSet::new() };
    let ground = Ground::read(&book, config, &mut Parsed::default());
    let (_, mut found) = Book::edition(&ground, &stack, Vec::new(), Options::default(), &mut Parsed::default());
    eval::read(book.text("tests/search/fi.yaml").unwrap(), &mut found);
    found
}

/// Writes data as a file of the same kind as `text`: JSON is YAML, and nearly TOML.
fn write(path: &str, text: &str, data: &Value) -> String {
    if path.ends_with(".md") {
        return format!("---\n{data}\n---\n{}", &text[front_matter::split(text).unwrap().body]);
    }
    match data {
        Value::Object(entries) if path.ends_with(".toml") => {
            entries.iter().map(|(key, value)| format!("{} = {}\n", json!(key), toml(value))).collect()
        }
        _ => data.to_string(),
    }
}

fn toml(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{} = {}", json!(key), toml(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// The places of all values within a value, itself included, as JSON pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, item)| places(item, &format!("{at}/{number}"), out));
        }
        Value::Object(entries) => {
            entries.iter().for_each(|(key, entry)| places(entry, &format!("{at}/{}", key.replace('/', "~1")), out));
        }
        _ => {}
    }
}

/// All that is put in the place of a value. Nothing at all is not among it: readers take it for a key that is left
/// out, while a schema tells the writer that something is missing.
fn wrong(value: &Value) -> Vec<Value> {
    let mut wrong = vec![
        json!(5),
        json!(true),
        json!(""),
        json!("Outo arvo"),
        json!("2026-02-30"),
        json!([]),
        json!(["Outo arvo"]),
        json!([5]),
        json!([[]]),
        json!({}),
        json!({"Outo avain": "arvo"}),
    ];
    if let Value::Object(entries) = value {
        for key in entries.keys() {
            let mut less = entries.clone();
            less.remove(key);
            wrong.push(Value::Object(less));
        }
        let mut more = entries.clone();
        more.insert("Outo avain".to_owned(), json!("arvo"));
        wrong.push(Value::Object(more));
    }
    wrong
}

/// Every file of a book with every value put wrong in every way: the path, what was done, and the data.
fn edits(files: &Files) -> Vec<(&str, String, Value)> {
    let mut edits = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| kind_of(path).is_some()) {
        let whole = data(path, text).unwrap();
        let mut at = Vec::new();
        places(&whole, "", &mut at);
        // A whole file is no value in TOML, and without any key a flow is an empty translation.
        for place in at.iter().filter(|place| !place.is_empty()) {
            for value in wrong(whole.pointer(place).unwrap()) {
                let mut edited = whole.clone();
                let what = format!("{place} = {value}");
                *edited.pointer_mut(place).unwrap() = value;
                edits.push((path.as_str(), what, edited));
            }
        }
    }
    edits
}

/// Says where reader and schema differ over an edit.
fn difference(files: &Files, (path, what, data): &(&str, String, Value)) -> Option<String> {
    let mut files = files.clone();
    let text = write(path, &files[*path], data);
    files.insert((*path).to_owned(), text);
    let found = read(&files, path);
    let is_beyond = |fault: &Diagnostic| BEYOND.iter().any(|known| fault.message.starts_with(known));
    let form = found.iter().find(|fault| FORM.contains(&fault.code) && !is_beyond(fault));
    let is_sound = found.iter().all(|fault| fault.severity == Severity::Warning);
    match (accepts(&SCHEMAS[kind_of(path).unwrap()], data), form) {
        (true, Some(fault)) => {
            Some(format!("{path}: {what}: only the reader refuses it: {} {}", fault.code.name(), fault.message))
        }
        (false, _) if is_sound => Some(format!("{path}: {what}: only the schema refuses it")),
        _ => None,
    }
}

/// Compares reader and schema for one edit of so many.
fn compare(step: usize) {
    let files = every_key();
    let found = read(&files, LAYERS[1]);
    assert!(found.iter().all(|fault| fault.severity == Severity::Warning), "{found:?}");
    let edits: Vec<_> = edits(&files).into_iter().step_by(step).collect();
    assert!(edits.len() > 4000 / step, "{}", edits.len());
    let wrong: Vec<String> = edits.par_iter().filter_map(|edit| difference(&files, edit)).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), edits.len(), wrong.join("\n"));
}

#[test]
fn what_the_readers_take_the_schemas_take_and_the_other_way_round() {
    // A prime, so that it is another kind of wrong value at each place.
    compare(13);
}

#[test]
#[ignore = "the same with every edit, which takes a minute"]
fn what_the_readers_take_the_schemas_take_at_every_place() {
    compare(1);
}

/// Every key of a schema: the description of its mapping, and its name.
fn keys(schema: &Value) -> BTreeSet<(String, String)> {
    let mut keys = BTreeSet::new();
    each(schema, &mut |schema| {
        let Some(Value::Object(properties)) = schema.get("properties").filter(|_| is_closed(schema)) else { return };
        let of = schema["description"].as_str().unwrap();
        keys.extend(properties.keys().map(|key| (of.to_owned(), key.clone())));
    });
    keys
}

/// Adds the keys of a schema that a value has.
fn used(schema: &Value, value: &Value, out: &mut BTreeSet<(String, String)>) {
    for branch in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        if accepts(branch, value) {
            used(branch, value, out);
        }
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema.get("items").is_some()) {
        used(&schema["items"], item, out);
    }
    for (key, entry) in value.as_object().into_iter().flatten() {
        if let Some(known) = schema.get("properties").and_then(|known| known.get(key)) {
            out.insert((schema["description"].as_str().unwrap().to_owned(), key.clone()));
            used(known, entry, out);
        } else if schema.get("additionalProperties").is_some_and(Value::is_object) {
            used(&schema["additionalProperties"], entry, out);
        }
    }
}

#[test]
fn the_book_of_every_key_has_every_key_of_every_schema_and_no_fault() {
    let files = every_key();
    let book = support::Book::empty();
    let mut there: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
    for (path, text) in &files {
        book.write(path, text);
        let Some(kind) = kind_of(path) else { continue };
        let data = data(path, text).unwrap();
        assert!(accepts(&SCHEMAS[kind], &data), "{path}");
        used(&SCHEMAS[kind], &data, there.entry(kind).or_default());
    }
    for (kind, schema) in SCHEMAS.iter() {
        let missing: Vec<_> = keys(schema).difference(&there[kind]).cloned().collect();
        assert_eq!(missing, [], "{kind}");
    }
    let run = book.run(&["check", "--today", TODAY, "--edition", "e", "--message-format", "json"]);
    assert_eq!((run.status, &run.finished()["errors"]), (Some(0), &json!(0)), "{run:?}");
}
