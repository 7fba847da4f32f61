//! YAML: values by `serde_yaml`, positions by saphyr-parser.
//!
//! This is the only module that knows `serde_yaml`, which is archived upstream and keeps no positions. The
//! positions are looked for only when somebody needs one, and then all of them at once. It never expands aliases
//! for positions.

use std::collections::BTreeSet;
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};

use super::{Fault, Part, Step, Value};

/// Parses a text as one YAML document.
pub fn parse(text: &str) -> Result<Value, Fault> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let parsed = serde_yaml::from_str(text).map_err(|error| fault(text, &error));
    match parsed.and_then(|value| convert(value).map_err(|message| Fault { message, span: 0..0 })) {
        Ok(value) => Ok(value),
        // What serde_yaml refuses beyond syntax it does not place well.
        Err(fault) => Err(Finder::new(text).refused().unwrap_or(fault)),
    }
}

/// Turns an error of `serde_yaml` into a fault with a span of one character.
fn fault(text: &str, error: &serde_yaml::Error) -> Fault {
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or(&full).to_owned();
    let at = error.location().map_or(0, |location| location.index().min(text.len()));
    Fault { message: format!("this YAML cannot be read: {message}"), span: at..at + 1 }
}

/// Turns a value of `serde_yaml` into ours; keys that are numbers or truth values become text.
fn convert(value: serde_yaml::Value) -> Result<Value, String> {
    use serde_yaml::Value as Yaml;
    Ok(match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(flag),
        Yaml::Number(number) => Value::Number(number.to_string()),
        Yaml::String(text) => Value::Text(text),
        Yaml::Sequence(items) => Value::List(items.into_iter().map(convert).collect::<Result<_, _>>()?),
        Yaml::Mapping(mapping) => {
            let mut entries = Vec::with_capacity(mapping.len());
            for (key, value) in mapping {
                let key = match convert(key)? {
                    Value::Text(text) | Value::Number(text) => text,
                    Value::Bool(flag) => flag.to_string(),
                    other => return Err(format!("a key must be text, not {}", other.type_name())),
                };
                entries.push((key, convert(value)?));
            }
            Value::Map(entries)
        }
        Yaml::Tagged(tagged) => return Err(format!("the tag `{}` is not supported", tagged.tag)),
    })
}

/// Looks for what is YAML but not data of ours: a key that stands twice, a key that is no text, a tag.
struct Finder<'a> {
    locator: Locator<'a>,
}

impl<'a> Finder<'a> {
    fn new(text: &'a str) -> Self {
        Finder { locator: Locator::new(text) }
    }

    /// Finds the first such place; none where there is none, or the syntax ends before it.
    fn refused(&mut self) -> Option<Fault> {
        loop {
            match self.locator.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (event, span) => return self.value(&event, span).err(),
            }
        }
    }

    fn fault(&self, message: String, span: Span) -> Fault {
        Fault { message, span: self.locator.bytes(span) }
    }

    /// Walks the value that an event begins; fails at what is looked for, or where the syntax ends.
    fn value(&mut self, event: &Event<'a>, span: Span) -> Result<(), Fault> {
        let tag = match event {
            Event::Scalar(_, _, _, tag) | Event::SequenceStart(_, tag) | Event::MappingStart(_, tag) => tag.as_ref(),
            _ => None,
        };
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            return Err(self.fault(format!("the tag `{}{}` is not supported", tag.handle, tag.suffix), span));
        }
        match event {
            Event::MappingStart(..) => self.mapping(),
            Event::SequenceStart(..) => loop {
                match self.locator.next() {
                    Some((Event::SequenceEnd, _)) | None => return Ok(()),
                    Some((event, span)) => self.value(&event, span)?,
                }
            },
            _ => Ok(()),
        }
    }

    fn mapping(&mut self) -> Result<(), Fault> {
        let mut keys = BTreeSet::new();
        loop {
            match self.locator.next() {
                Some((Event::MappingEnd, _)) | None => return Ok(()),
                Some((Event::Scalar(key, ..), span)) => {
                    if !keys.insert(key.to_string()) {
                        return Err(self.fault(format!("the key `{key}` stands twice"), span));
                    }
                }
                Some((_, span)) => return Err(self.fault("a key must be text".to_owned(), span)),
            }
            let Some((event, span)) = self.locator.next() else { return Ok(()) };
            self.value(&event, span)?;
        }
    }
}

/// Where the values of a document stand.
#[derive(Debug)]
pub struct Index {
    /// None where the document does not even begin.
    root: Option<Spot>,
}

/// Where a value stands, and its parts.
#[derive(Debug)]
struct Spot {
    span: Range<usize>,
    parts: Parts,
}

#[derive(Debug)]
enum Parts {
    None,
    List(Vec<Spot>),
    Map(Vec<Entry>),
}

#[derive(Debug)]
struct Entry {
    key: Box<str>,
    key_span: Range<usize>,
    value: Spot,
    /// Whether nothing is written as its value.
    is_empty: bool,
}

impl Index {
    /// Finds all places of a document, up to where its syntax ends.
    pub fn of(text: &str) -> Self {
        Index { root: Locator::new(text).document() }
    }

    /// Returns the byte range of the part at `path`; of its nearest parent where the path does not exist.
    pub fn locate(&self, path: &[Step], part: Part) -> Range<usize> {
        self.root.as_ref().map_or(0..0, |root| root.locate(path, part))
    }
}

impl Spot {
    fn locate(&self, path: &[Step], part: Part) -> Range<usize> {
        let Some((step, rest)) = path.split_first() else { return self.span.clone() };
        let found = match (&self.parts, step) {
            (Parts::Map(entries), Step::Key(key)) => {
                let is_key = |entry: &Entry| rest.is_empty() && (part == Part::Key || entry.is_empty);
                entries.iter().find(|entry| *entry.key == **key).map(|entry| match entry {
                    entry if is_key(entry) => entry.key_span.clone(),
                    entry => entry.value.locate(rest, part),
                })
            }
            (Parts::List(items), Step::Item(item)) => items.get(*item).map(|item| item.locate(rest, part)),
            _ => None,
        };
        found.unwrap_or_else(|| self.span.clone())
    }
}

/// Walks the events of a document.
struct Locator<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    text: &'a str,
    /// Where each character of the text begins, as the parser counts characters.
    characters: Vec<usize>,
}

impl<'a> Locator<'a> {
    fn new(text: &'a str) -> Self {
        let characters = text.char_indices().map(|(at, _)| at).collect();
        Locator { parser: Parser::new_from_str(text), text, characters }
    }

    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next_event()?.ok()
    }

    fn document(&mut self) -> Option<Spot> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (event, span) => return Some(self.value(&event, span)),
            }
        }
    }

    /// Finds the places in the value that `event` begins.
    fn value(&mut self, event: &Event<'a>, span: Span) -> Spot {
        let parts = match event {
            Event::MappingStart(..) => Parts::Map(self.mapping()),
            Event::SequenceStart(..) => Parts::List(self.sequence()),
            _ => Parts::None,
        };
        Spot { span: self.bytes(span), parts }
    }

    fn mapping(&mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        while let Some((name, key_span)) = self.next().filter(|(event, _)| *event != Event::MappingEnd) {
            // A key that is no scalar has parts, which lead nowhere.
            self.value(&name, key_span);
            let Some((event, span)) = self.next() else { break };
            let value = self.value(&event, span);
            if let Event::Scalar(key, ..) = name {
                let is_empty = span.start.index() == span.end.index() && matches!(value.parts, Parts::None);
                entries.push(Entry { key: (*key).into(), key_span: self.bytes(key_span), value, is_empty });
            }
        }
        entries
    }

    fn sequence(&mut self) -> Vec<Spot> {
        let mut items = Vec::new();
        while let Some((event, span)) = self.next().filter(|(event, _)| *event != Event::SequenceEnd) {
            items.push(self.value(&event, span));
        }
        items
    }

    /// Turns a span in characters into one in bytes, cut to its first line.
    fn bytes(&self, span: Span) -> Range<usize> {
        let byte = |index: usize| self.characters.get(index).copied().unwrap_or(self.text.len());
        let start = byte(span.start.index());
        let end = byte(span.end.index().max(span.start.index()));
        let line = self.text[start..end].find('\n').map_or(end, |at| start + at);
        start..line
    }
}
