//! YAML: values by `serde_yaml`, positions by saphyr-parser.
//!
//! This is the only module that knows `serde_yaml`, which is archived upstream and keeps no positions. The
//! positions are looked for only when a diagnostic needs one. It never expands aliases for positions.

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
        Finder { locator: Locator { parser: Parser::new_from_str(text), text } }
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

/// Finds the byte range of the part at `path`; of its nearest parent where the path does not exist.
pub fn locate(text: &str, path: &[Step], part: Part) -> Range<usize> {
    let mut locator = Locator { parser: Parser::new_from_str(text), text };
    locator.document(path, part).unwrap_or(0..0)
}

/// Walks the events of a document down to a path.
struct Locator<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    text: &'a str,
}

impl<'a> Locator<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next_event()?.ok()
    }

    fn document(&mut self, path: &[Step], part: Part) -> Option<Range<usize>> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (event, span) => return Some(self.value(&event, span, path, part)),
            }
        }
    }

    /// Finds the path in the value that `event` begins.
    fn value(&mut self, event: &Event<'a>, span: Span, path: &[Step], part: Part) -> Range<usize> {
        let here = self.bytes(span);
        let Some((step, rest)) = path.split_first() else {
            return here;
        };
        let found = match event {
            Event::MappingStart(..) => self.in_mapping(step, rest, part),
            Event::SequenceStart(..) => self.in_sequence(step, rest, part),
            _ => None,
        };
        found.unwrap_or(here)
    }

    fn in_mapping(&mut self, step: &Step, rest: &[Step], part: Part) -> Option<Range<usize>> {
        loop {
            let (key, key_span) = self.next()?;
            if key == Event::MappingEnd {
                return None;
            }
            let is_wanted = match (&key, step) {
                (Event::Scalar(name, ..), Step::Key(wanted)) => name == wanted,
                _ => false,
            };
            self.skip(&key)?;
            let (value, value_span) = self.next()?;
            if !is_wanted {
                self.skip(&value)?;
            } else if rest.is_empty() && part == Part::Key {
                return Some(self.bytes(key_span));
            } else {
                let empty = value_span.start.index() == value_span.end.index();
                let span = if empty && rest.is_empty() && !starts_node(&value) { key_span } else { value_span };
                return Some(self.value(&value, span, rest, part));
            }
        }
    }

    fn in_sequence(&mut self, step: &Step, rest: &[Step], part: Part) -> Option<Range<usize>> {
        let mut item = 0;
        loop {
            let (value, span) = self.next()?;
            if value == Event::SequenceEnd {
                return None;
            }
            if *step == Step::Item(item) {
                return Some(self.value(&value, span, rest, part));
            }
            self.skip(&value)?;
            item += 1;
        }
    }

    /// Passes over the rest of the value that `event` began.
    fn skip(&mut self, event: &Event<'a>) -> Option<()> {
        let mut depth = usize::from(starts_node(event));
        while depth > 0 {
            match self.next()?.0 {
                Event::MappingEnd | Event::SequenceEnd => depth -= 1,
                event if starts_node(&event) => depth += 1,
                _ => {}
            }
        }
        Some(())
    }

    /// Turns a span in characters into one in bytes, cut to its first line.
    fn bytes(&self, span: Span) -> Range<usize> {
        let byte = |index: usize| self.text.char_indices().nth(index).map_or(self.text.len(), |(at, _)| at);
        let start = byte(span.start.index());
        let end = byte(span.end.index().max(span.start.index()));
        let line = self.text[start..end].find('\n').map_or(end, |at| start + at);
        start..line
    }
}

/// Returns whether an event begins a value with parts.
fn starts_node(event: &Event<'_>) -> bool {
    matches!(event, Event::MappingStart(..) | Event::SequenceStart(..))
}
