//! TOML: values and positions by `toml_edit`.
//!
//! It is given a text and returns a value or a fault; a position is found by parsing the text again, which
//! happens only when a diagnostic needs one.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike};

use super::{Fault, Part, Step, Value};

/// Parses a text as a TOML document.
pub fn parse(text: &str) -> Result<Value, Fault> {
    match Document::parse(text) {
        Ok(document) => Ok(table(document.as_table())),
        Err(error) => Err(Fault {
            message: format!("this TOML cannot be read: {}", error.message().replace('\n', "; ")),
            span: error.span().unwrap_or(0..0),
        }),
    }
}

fn table(table: &dyn TableLike) -> Value {
    Value::Map(table.iter().map(|(key, item)| (key.to_owned(), convert(item))).collect())
}

fn convert(item: &Item) -> Value {
    use toml_edit::Value as Toml;
    match item {
        Item::None => Value::Null,
        Item::Table(inner) => table(inner),
        Item::ArrayOfTables(tables) => Value::List(tables.iter().map(|inner| table(inner)).collect()),
        Item::Value(value) => match value {
            Toml::String(text) => Value::Text(text.value().clone()),
            Toml::Integer(number) => Value::Number(number.value().to_string()),
            Toml::Float(number) => Value::Number(number.value().to_string()),
            Toml::Boolean(flag) => Value::Bool(*flag.value()),
            Toml::Datetime(date) => Value::Text(date.value().to_string()),
            Toml::Array(items) => Value::List(items.iter().map(|item| convert(&Item::Value(item.clone()))).collect()),
            Toml::InlineTable(inner) => table(inner),
        },
    }
}

/// Finds the byte range of the part at `path`; of its nearest parent where the path does not exist.
pub fn locate(text: &str, path: &[Step], part: Part) -> Range<usize> {
    let Ok(document) = Document::parse(text) else { return 0..0 };
    let mut item = document.as_item();
    let mut found = 0..0;
    for (depth, step) in path.iter().enumerate() {
        let next = match step {
            Step::Key(key) => {
                let entry = item.as_table_like().and_then(|table| table.get_key_value(key));
                entry.map(|(key, value)| (key.span(), value))
            }
            Step::Item(index) => item.get(*index).map(|value| (None, value)),
        };
        let Some((key_span, value)) = next else { break };
        let wants_key = part == Part::Key && depth + 1 == path.len();
        let span = if wants_key { key_span.or_else(|| value.span()) } else { value.span().or(key_span) };
        found = span.unwrap_or(found);
        item = value;
    }
    let end = text[found.clone()].find('\n').map_or(found.end, |at| found.start + at);
    found.start..end
}
