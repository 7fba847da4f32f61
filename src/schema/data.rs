//! The schemas of lists and names: glossary, contacts, variables, statements, and queries.
//!
//! One schema holds for the book, for its translations and for layers. What only one of them must have is not asked for.

use super::Schema;
use super::parts::{
    ID, STATEMENT_ID, choice, closed, filled, flag, list, matching, named, pattern, text, words, words_matching,
};
use crate::book::{contacts, glossary, statements, variables};
use crate::layer::data;
use crate::search::eval::{self, NONSENSE};

/// Returns the schema of `glossary.yaml`.
pub fn glossary() -> Schema {
    let keys = glossary::KEYS.into_iter().chain(glossary::LAYER_KEYS);
    let term = closed("A term.", keys, |key| match key {
        "term" => text("The term as it is shown, if it is not the key. Translations need it."),
        "definition" => filled("One paragraph of Markdown, which may link to terms, contacts and web addresses."),
        "synonyms" => words("Other words for the same thing, by which it is found too."),
        "see" => text("The page that says more, as page or page#section."),
        key => layer_key(key),
    });
    named("The terms of the handbook, by term.", term).whole("opas: glossary.yaml")
}

/// Returns the schema of `contacts.yaml`.
pub fn contacts() -> Schema {
    let fields = closed("The fields, beside new.", contacts::keys(), field);
    let contact = closed("A contact.", contacts::keys().into_iter().chain(data::KEYS), |key| match key {
        "value" => fields.clone(),
        key if data::KEYS.contains(&key) => layer_key(key),
        key => field(key),
    });
    named("Where customers are sent, by id.", beside_value(contact))
        .with("propertyNames", pattern(ID))
        .whole("opas: contacts.yaml")
}

fn field(key: &str) -> Schema {
    match key {
        "name" => text("The name. A new contact needs it."),
        "url" => matching(
            "A web address that begins with https:// or http://; kept exactly as written.",
            r"^\s*(https?://|$)",
        ),
        "phone" => text("The telephone number."),
        "email" => text("The e-mail address."),
        "address" => text("The street address."),
        "hours" => text("The opening hours."),
        "note" => text("What the contact is for."),
        "must-fill" => flag("Whether it is an error that the contact has no url, phone, email or address."),
        _ => Schema::default(),
    }
}

/// Returns the schema of `vars.yaml`.
pub fn variables() -> Schema {
    let value = closed("The text, beside new.", variables::KEYS, variable).or_text("object");
    let keys = variables::KEYS.into_iter().chain(data::KEYS);
    let entry = closed("The text, or a mapping with it.", keys, |key| match key {
        "value" => value.clone(),
        key if data::KEYS.contains(&key) => layer_key(key),
        key => variable(key),
    });
    named("The variables of the handbook, by name.", beside_value(entry).or_text("object"))
        .with("propertyNames", pattern(ID))
        .whole("opas: vars.yaml")
}

fn variable(key: &str) -> Schema {
    match key {
        "text" => text("The text that stands in place of the variable."),
        "must-fill" => flag("Whether it is an error that the text is empty."),
        _ => Schema::default(),
    }
}

/// What a layer may say beside a value.
fn layer_key(key: &str) -> Schema {
    match key {
        "new" => flag("In a layer: whether the book does not have this yet."),
        "op" => choice("In a layer: that this takes the place of what is there.", ["replace"]),
        "over" => words_matching("In a layer: the layers below whose change this takes the place of.", ID),
        "reason" => text("In a layer: why."),
        _ => Schema::default(),
    }
}

/// Says that beside a `value` only a layer's keys may stand.
fn beside_value(entry: Schema) -> Schema {
    let names = Schema::default().with("enum", data::KEYS);
    let rule = Schema::default().with("propertyNames", names);
    entry.with("if", Schema::default().with("type", "object").require(["value"])).with("then", rule)
}

/// Returns the schema of `statements.yaml`.
pub fn statements() -> Schema {
    let statement = closed("A statement of the source guidance.", statements::KEYS, |key| match key {
        "id" => matching("Its number: letters, digits, full stops and hyphens, such as K4.05.", STATEMENT_ID),
        "kind" => choice(
            "What it is: a definition, reason, duty, permission, limit, condition, referral, example or situation.",
            statements::KINDS,
        ),
        "text" => text("What it says, in the source language."),
        "term" => words("Words in dictionary form that must occur where the statement is said."),
        _ => Schema::default(),
    });
    list("The source guidance as numbered statements.", statement.require(["id", "kind", "text"]))
        .whole("opas: statements.yaml")
}

/// Returns the schema of a list of queries.
pub fn queries() -> Schema {
    let query = closed("A query with what it should find.", eval::KEYS, |key| match key {
        "query" => text("The query, as a reader would type it."),
        "kind" => {
            text("What kind of query it is, for the counts: any word. Queries of the kind nonsense find nothing.")
        }
        "page" => words("The page or page#section that is right, or a list of those that are."),
        _ => Schema::default(),
    });
    let kind = Schema(vec![("kind", Schema::default().with("const", NONSENSE).into())]);
    let is_nonsense = Schema::default().with("properties", kind).require(["kind"]);
    let page = Schema(vec![("page", Schema::default().with("minItems", 1).into())]);
    let with_page = Schema::default().with("properties", page).require(["page"]);
    list(
        "Queries with the pages that they should find.",
        query.require(["query"]).with("if", is_nonsense).with("else", with_page),
    )
    .whole("opas: a list of queries")
}
