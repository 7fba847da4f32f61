//! JSON Schemas of the files that people write, so that an editor completes and checks while they type.
//!
//! It is given nothing but the readers' own lists of keys and words, so that a schema cannot name a key that its reader
//! refuses, nor lack one that it knows. It returns a [`Schema`] for each kind of file. A schema says what a file may
//! look like; whether its names lead anywhere, only the readers can tell. Nothing here reads a file.

mod data;
mod flow;
mod page;
mod parts;
mod settings;

use serde::{Serialize, Serializer};

pub use data::{contacts, glossary, queries, statements, variables};
pub use flow::{flow, patch};
pub use page::page;
pub use settings::{book, layer};

/// The dialect that the schemas are written in. They keep to what means the same in draft 7, which is as far as some
/// editors read.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A JSON Schema or a part of one: its keywords, in the order in which they are printed.
#[derive(Debug, Clone, Default)]
pub struct Schema(Vec<(&'static str, Part)>);

/// The value of a keyword.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Part {
    Flag(bool),
    Number(usize),
    Text(&'static str),
    Texts(Vec<&'static str>),
    /// A schema, or schemas by name, which are written alike.
    One(Schema),
    Several(Vec<Schema>),
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(keyword, part)| (keyword, part)))
    }
}

impl Schema {
    /// Makes the schema of values of one type.
    fn of(kind: &'static str, description: &'static str) -> Self {
        Schema::default().with("description", description).with("type", kind)
    }

    /// Sets a keyword.
    fn with(mut self, keyword: &'static str, part: impl Into<Part>) -> Self {
        let part = part.into();
        match self.0.iter_mut().find(|(known, _)| *known == keyword) {
            Some((_, known)) => *known = part,
            None => self.0.push((keyword, part)),
        }
        self
    }

    /// Names the keys that must be there.
    fn require<const N: usize>(self, keys: [&'static str; N]) -> Self {
        self.with("required", keys)
    }

    /// Allows plain text beside the mapping or list that it is.
    fn or_text(self, own: &'static str) -> Self {
        self.with("type", ["string", own])
    }

    /// Makes it the schema of a whole document.
    fn whole(self, title: &'static str) -> Self {
        let mut whole = Schema::default().with("$schema", DIALECT).with("title", title);
        whole.0.extend(self.0);
        whole
    }
}

impl From<bool> for Part {
    fn from(flag: bool) -> Self {
        Part::Flag(flag)
    }
}

impl From<usize> for Part {
    fn from(number: usize) -> Self {
        Part::Number(number)
    }
}

impl From<&'static str> for Part {
    fn from(text: &'static str) -> Self {
        Part::Text(text)
    }
}

impl<const N: usize> From<[&'static str; N]> for Part {
    fn from(texts: [&'static str; N]) -> Self {
        Part::Texts(texts.to_vec())
    }
}

impl From<Vec<&'static str>> for Part {
    fn from(texts: Vec<&'static str>) -> Self {
        Part::Texts(texts)
    }
}

impl From<Schema> for Part {
    fn from(schema: Schema) -> Self {
        Part::One(schema)
    }
}

impl From<Vec<Schema>> for Part {
    fn from(schemas: Vec<Schema>) -> Self {
        Part::Several(schemas)
    }
}
