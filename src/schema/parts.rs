//! What schemas are put together from: texts, dates, ids, lists, and mappings with keys of opas or of the author.
//!
//! Each function is given the description that an editor shows and returns the schema of one value, as strict as the
//! method of `Node` that reads it.

use super::Schema;

/// The rule for ids, as `config::is_id` has it.
pub const ID: &str = "^[a-z0-9-]+$";
/// Ids joined by `/`.
pub const PAGE_ID: &str = "^[a-z0-9-]+(/[a-z0-9-]+)*$";
/// A language code.
pub const LANGUAGE: &str = "^[a-z]{2,8}$";
/// The id of a statement.
pub const STATEMENT_ID: &str = "^[A-Za-z0-9.-]+$";

/// Text, which may be empty.
pub fn text(description: &'static str) -> Schema {
    Schema::of("string", description)
}

/// Text that is not empty.
pub fn filled(description: &'static str) -> Schema {
    matching(description, r"\S")
}

/// Text of a certain form.
pub fn matching(description: &'static str, pattern: &'static str) -> Schema {
    text(description).with("pattern", pattern)
}

/// An id.
pub fn id(description: &'static str) -> Schema {
    matching(description, ID)
}

/// A day.
pub fn date(description: &'static str) -> Schema {
    text(description).with("format", "date")
}

/// True or false.
pub fn flag(description: &'static str) -> Schema {
    Schema::of("boolean", description)
}

/// A whole number of per cent.
pub fn per_cent(description: &'static str) -> Schema {
    Schema::of("integer", description).with("minimum", 0).with("maximum", 100)
}

/// One of a closed set of words.
pub fn choice<const N: usize>(description: &'static str, words: [&'static str; N]) -> Schema {
    text(description).with("enum", words)
}

/// A text in the source language, or texts by language.
pub fn by_language(description: &'static str) -> Schema {
    let texts = named(description, Schema::default().with("type", "string")).or_text("object");
    texts.with("propertyNames", pattern(LANGUAGE)).with("minProperties", 1)
}

/// The same, where no text may be empty.
pub fn filled_by_language(description: &'static str) -> Schema {
    let text = Schema::default().with("type", "string").with("pattern", r"\S");
    let texts = named(description, text).or_text("object").with("pattern", r"\S");
    texts.with("propertyNames", pattern(LANGUAGE)).with("minProperties", 1)
}

/// A list of texts, or a single one.
pub fn words(description: &'static str) -> Schema {
    list(description, Schema::default().with("type", "string")).or_text("array")
}

/// A list of texts of a certain form, or a single one.
pub fn words_matching(description: &'static str, form: &'static str) -> Schema {
    let item = Schema::default().with("type", "string").with("pattern", form);
    list(description, item).or_text("array").with("pattern", form)
}

/// A list.
pub fn list(description: &'static str, items: Schema) -> Schema {
    Schema::of("array", description).with("items", items)
}

/// A mapping with keys of the author's own.
pub fn named(description: &'static str, values: Schema) -> Schema {
    Schema::of("object", description).with("additionalProperties", values)
}

/// A mapping with the keys that its reader knows, and no others; `describe` returns the schema of each.
pub fn closed(
    description: &'static str,
    keys: impl IntoIterator<Item = &'static str>,
    describe: impl Fn(&str) -> Schema,
) -> Schema {
    let properties = keys.into_iter().map(|key| (key, describe(key).into())).collect();
    Schema::of("object", description).with("properties", Schema(properties)).with("additionalProperties", false)
}

/// A schema that only asks for a form; it holds for anything but text.
pub fn pattern(form: &'static str) -> Schema {
    Schema::default().with("pattern", form)
}

/// A schema that allows no other keys than these.
pub fn only<const N: usize>(keys: [&'static str; N]) -> Schema {
    Schema::default().with("propertyNames", Schema::default().with("enum", keys))
}
