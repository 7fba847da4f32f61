//! The schemas of decision flows and of what layers change in them.
//!
//! What gives texts alone is a translation; anything else must be a whole flow.

use super::Schema;
use super::parts::{
    ID, STATEMENT_ID, closed, filled, flag, list, matching, named, only, pattern, text, words, words_matching,
};
use crate::flow::patch::OPERATIONS;
use crate::flow::read::{
    ANSWER_KEYS, KEYS, OUTCOME_KEYS, PANEL_KEYS, QUESTION_KEYS, ROW_KEYS, TRANSLATED_ANSWER_KEYS, TRANSLATED_KEYS,
    TRANSLATED_OUTCOME_KEYS, TRANSLATED_PANEL_KEYS, TRANSLATED_QUESTION_KEYS,
};

/// The id of a question, an answer, an outcome or a panel: `--` separates answers in addresses.
const PART_ID: &str = "^(-|(-?[a-z0-9])+-?)$";
/// The address of an answer.
const ANSWER: &str = "^[a-z0-9-]+/[a-z0-9-]+$";

/// Returns the schema of a flow, in the source language and in translations.
pub fn flow() -> Schema {
    let parts = |description, part: Schema| named(description, part).with("propertyNames", pattern(PART_ID));
    let keys = closed("A decision flow, or the texts of its translation.", KEYS, |key| match key {
        "title" => filled("The flow's name."),
        "summary" => filled("One or two sentences for search engines."),
        "start" => matching("The id of the first question. A translation has none.", PART_ID),
        "questions" => parts("The questions, by id.", question(&answers(answer()))),
        "outcomes" => parts("The outcomes, by id: what to do in the end.", outcome()),
        "panels" => parts("What is at hand on every step, by id.", panel()),
        _ => Schema::default(),
    });
    // Asked this way round, a flow whose `start` is missing is told so, and not that each answer is wrong.
    keys.with("if", translation()).with("else", source()).whole("opas: a decision flow")
}

/// Says something of the values of a mapping of the author's own.
fn each(rule: Schema) -> Schema {
    Schema::default().with("additionalProperties", rule)
}

fn properties<const N: usize>(rules: [(&'static str, Schema); N]) -> Schema {
    Schema::default().with("properties", Schema(rules.map(|(key, rule)| (key, rule.into())).into()))
}

/// What holds besides in the source language: questions have answers, which lead somewhere.
fn source() -> Schema {
    let answers = Schema::default().with("items", Schema::default().require(["next"])).with("minItems", 1);
    let question = properties([("answers", answers)]).require(["answers"]);
    properties([("questions", each(question))]).require(["title", "start", "questions", "outcomes"])
}

/// What holds besides in a translation: it gives texts alone.
fn translation() -> Schema {
    let answers = Schema::default().with("items", only(TRANSLATED_ANSWER_KEYS));
    let texts = properties([("answers", answers)]);
    let names = Schema::default().with("enum", TRANSLATED_QUESTION_KEYS);
    properties([
        ("questions", each(texts.with("propertyNames", names))),
        ("outcomes", each(only(TRANSLATED_OUTCOME_KEYS))),
        ("panels", each(only(TRANSLATED_PANEL_KEYS))),
    ])
    .with("propertyNames", Schema::default().with("enum", TRANSLATED_KEYS))
}

fn question(answers: &Schema) -> Schema {
    let keys = closed("A question.", QUESTION_KEYS, |key| match key {
        "text" => filled("The question."),
        "help" => text("What helps to answer it: Markdown without headings and footnotes."),
        "fact" => filled("The name of a fact about the organisation that answers the question in advance."),
        "answers" => answers.clone(),
        _ => Schema::default(),
    });
    keys.require(["text"])
}

fn answers(answer: Schema) -> Schema {
    list("The answers to choose from.", answer)
}

fn answer() -> Schema {
    let keys = closed("An answer.", ANSWER_KEYS, |key| match key {
        "id" => matching("Its id: lower-case letters a to z, digits and single hyphens.", PART_ID),
        "text" => filled("What it says, as the customer would."),
        "next" => next(),
        "inferred" => flag("Whether it is a conclusion that the source guidance does not draw itself."),
        _ => Schema::default(),
    });
    keys.require(["id", "text"])
}

fn next() -> Schema {
    let description = "Where it leads: the id of a question or an outcome, or rows over earlier answers with an else.";
    list(description, row())
        .or_text("array")
        .with("pattern", PART_ID)
        .with("contains", Schema::default().require(["else"]))
}

fn row() -> Schema {
    let asked = words_matching("The answer that must have been given to this question, or a list.", PART_ID);
    let keys = closed("A row: when, to; or the else.", ROW_KEYS, |key| match key {
        "when" => named("Earlier questions, each with the answer that must have been given.", asked.clone())
            .with("minProperties", 1),
        "to" => matching("The id of the question or outcome that it then leads to.", PART_ID),
        "else" => matching("The id of the question or outcome where no row before fits.", PART_ID),
        _ => Schema::default(),
    });
    keys.with("anyOf", vec![Schema::default().require(["else"]), Schema::default().require(["when", "to"])])
}

fn outcome() -> Schema {
    let keys = closed("An outcome.", OUTCOME_KEYS, |key| match key {
        "title" => filled("Its heading."),
        "body" => text("What to do: Markdown without headings and footnotes."),
        "dont" => list("What not to do, each a text.", text("What not to do.")),
        "see" => see(),
        "refer" => words_matching("Contacts to refer to, by id.", ID),
        "covers" => covered(),
        "inferred" => flag("Whether it is a conclusion that the source guidance does not draw itself."),
        _ => Schema::default(),
    });
    keys.require(["title", "body"])
}

fn panel() -> Schema {
    let keys = closed("A panel.", PANEL_KEYS, |key| match key {
        "title" => filled("Its heading."),
        "body" => text("What it says: Markdown without headings and footnotes."),
        "see" => see(),
        "covers" => covered(),
        _ => Schema::default(),
    });
    keys.require(["title", "body"])
}

fn see() -> Schema {
    words("Pages to read, as page or page#section.")
}

fn covered() -> Schema {
    words_matching("The statements that it says.", STATEMENT_ID)
}

/// Returns the schema of what a layer changes in a flow.
pub fn patch() -> Schema {
    let operations = OPERATIONS.into_iter().map(|(op, keys)| operation(op, keys)).collect::<Vec<_>>();
    let operation = Schema::default().with("description", "An operation on the flow.").with("oneOf", operations);
    list("What a layer changes in a flow: a list of operations.", operation).whole("opas: a layer's patch of a flow")
}

fn operation(op: &'static str, keys: &'static [&'static str]) -> Schema {
    let (description, needed) = about(op);
    let keys = closed(description, keys.iter().copied(), |key| match key {
        "op" => Schema::default().with("description", description).with("const", op),
        "at" => match op {
            "add-answer" => matching("The id of the question.", PART_ID),
            "replace-outcome" => matching("The id of the outcome.", PART_ID),
            _ => matching("The answer, as question/answer.", ANSWER),
        },
        "after" => matching("The id of the answer that the new one stands after; without it, it is the last.", PART_ID),
        "id" => matching("The id of what is added: lower-case letters a to z, digits and single hyphens.", PART_ID),
        "answer" => answer().require(["id", "text", "next"]),
        "question" => {
            let answers = answers(answer().require(["id", "text", "next"])).with("minItems", 1);
            question(&answers).require(["text", "answers"])
        }
        "outcome" => outcome(),
        "next" => next(),
        "reason" if needed.contains(&"reason") => filled("Why the layer changes it."),
        "reason" => text("Why the layer adds it."),
        "over" => words_matching("The layers below whose change this takes the place of.", ID),
        _ => Schema::default(),
    });
    keys.with("required", needed)
}

/// Returns what an operation does, and the keys that it needs.
fn about(op: &str) -> (&'static str, Vec<&'static str>) {
    match op {
        "add-answer" => ("Adds an answer to a question.", vec!["op", "at", "answer"]),
        "insert-question" => ("Adds a question; with at the answer leads to it.", vec!["op", "id", "question"]),
        "replace-outcome" => ("Puts an outcome in the place of another.", vec!["op", "at", "outcome", "reason"]),
        "add-outcome" => ("Adds an outcome.", vec!["op", "id", "outcome"]),
        "set-next" => ("Lets an answer lead elsewhere.", vec!["op", "at", "next", "reason"]),
        "hide-answer" => ("Takes an answer away.", vec!["op", "at", "reason"]),
        _ => ("", vec!["op"]),
    }
}
