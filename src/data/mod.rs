//! Structured data (YAML, TOML) as one kind of value, read with faults that point at their own line.
//!
//! It is given the text of a file or a part of it and returns a [`Data`]: the value and a way to find the
//! place of any part by its path. [`Node`] walks it and reports what is wrong; it goes on after a fault, so
//! that all faults of a file are reported. It never knows what the keys mean.

mod node;
mod toml;
mod yaml;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use node::Node;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::TextFile;

/// A value of a YAML or TOML document.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, as `serde_yaml` or TOML prints it.
    Number(String),
    /// Text, or a TOML date.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A mapping in the author's order; keys are unique.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// Returns the name of the value's type, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// One step of a path into a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// An item of a list, counted from 0.
    Item(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(item: usize) -> Self {
        Step::Item(item)
    }
}

/// Which part of an entry a place shall point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The key, or the item where there is no key.
    Key,
    /// The value.
    Value,
}

/// The formats that data is written in.
#[derive(Debug, Clone)]
enum Format {
    /// With the index of positions, which is made when the first one is asked for: to parse the text again for each
    /// took nine tenths of the reading of a book with a flow.
    Yaml(Arc<OnceLock<yaml::Index>>),
    Toml,
}

/// A parsed document or front matter, with the places of its parts.
#[derive(Debug, Clone)]
pub struct Data {
    root: Arc<Value>,
    /// Where its parts stand; can be kept when the value is no longer needed.
    pub places: Places,
}

/// Where the parts of a document stand in its file.
#[derive(Debug, Clone)]
pub struct Places {
    file: Arc<TextFile>,
    range: Range<usize>,
    format: Format,
}

impl Places {
    /// Returns the part of the file that the document is.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Returns the layer that the file belongs to; none for the book's own.
    pub fn layer(&self) -> Option<&Arc<str>> {
        self.file.layer.as_ref()
    }

    /// Finds the place of the part at `path`; where the path does not exist, that of its nearest parent.
    pub fn of(&self, path: &[Step], part: Part) -> Place {
        let text = &self.file.text[self.range.clone()];
        let span = match &self.format {
            Format::Yaml(index) => index.get_or_init(|| yaml::Index::of(text)).locate(path, part),
            Format::Toml => toml::locate(text, path, part),
        };
        Place::new(&self.file, self.range.start + span.start..self.range.start + span.end)
    }
}

impl Data {
    /// Parses `range` of a file as YAML.
    ///
    /// # Errors
    /// Returns a diagnostic (`E009`) with the place of a syntax error or duplicate key.
    pub fn from_yaml(file: &Arc<TextFile>, range: Range<usize>) -> Result<Self, Box<Diagnostic>> {
        Data::of_yaml(file, range.clone(), Yaml::parse(&file.text[range]))
    }

    fn of_yaml(file: &Arc<TextFile>, range: Range<usize>, yaml: Yaml) -> Result<Self, Box<Diagnostic>> {
        match yaml.0 {
            Ok((root, index)) => {
                let places = Places { file: Arc::clone(file), range, format: Format::Yaml(index) };
                Ok(Data { root, places })
            }
            Err(fault) => {
                let help = "mend it here; a text with `: `, `#` or a quotation mark stands in quotes";
                Err(Box::new(fault.into_diagnostic(Code::E009, file, range.start).help(help)))
            }
        }
    }

    /// Parses a whole file as YAML, once for all editions; reports why it cannot be parsed.
    pub fn of_file(file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let yaml = file.yaml.get_or_init(|| Yaml::parse(&file.text)).clone();
        Data::of_yaml(file, 0..file.text.len(), yaml).map_err(|fault| out.push(*fault)).ok()
    }

    /// Parses a whole file as TOML.
    ///
    /// # Errors
    /// Returns a diagnostic (`E004`) with the place of a syntax error.
    pub fn from_toml(file: &Arc<TextFile>) -> Result<Self, Box<Diagnostic>> {
        match toml::parse(&file.text) {
            Ok(root) => {
                let places = Places { file: Arc::clone(file), range: 0..file.text.len(), format: Format::Toml };
                Ok(Data { root: Arc::new(root), places })
            }
            Err(fault) => {
                let help = "mend it here; texts stand in quotes, and each setting on a line of its own";
                Err(Box::new(fault.into_diagnostic(Code::E004, file, 0).help(help)))
            }
        }
    }

    /// Returns the reader of the whole value.
    pub fn node(&self) -> Node<'_> {
        Node::root(self)
    }

    /// Returns whether the document is in TOML, whose faults are faults of the configuration.
    pub fn is_configuration(&self) -> bool {
        matches!(self.places.format, Format::Toml)
    }
}

/// A text parsed as YAML, whatever file it stands in: the value, and the positions of its parts once they are asked for.
#[derive(Debug, Clone)]
pub struct Yaml(Result<(Arc<Value>, Arc<OnceLock<yaml::Index>>), Fault>);

impl Yaml {
    fn parse(text: &str) -> Self {
        Yaml(yaml::parse(text).map(|root| (Arc::new(root), Arc::default())))
    }
}

/// A fault of syntax, with byte offsets into the parsed text.
#[derive(Debug, Clone)]
struct Fault {
    message: String,
    span: Range<usize>,
}

impl Fault {
    fn into_diagnostic(self, code: Code, file: &Arc<TextFile>, offset: usize) -> Diagnostic {
        let span = self.span.start + offset..self.span.end + offset;
        Diagnostic::new(code, self.message).at(Place::new(file, span))
    }
}
