//! The schema of front matter: of pages, and of what layers do with pages.

use super::Schema;
use super::parts::{
    ID, PAGE_ID, STATEMENT_ID, choice, closed, date, filled, flag, id, list, matching, named, only, pattern, text,
    words, words_matching,
};
use crate::book::page::{CHANGE_KEYS, KEYS, KINDS, LAYER_KEYS};
use crate::flow::walk;
use crate::layer::{HIDING_KEYS, MISPLACED_IN_OWN, MISPLACED_IN_PATCH, MISPLACED_IN_REPLACEMENT, OPERATIONS};

/// Returns the schema of front matter.
pub fn page() -> Schema {
    let keys = closed("The front matter of a page.", KEYS.into_iter().chain(LAYER_KEYS), |key| {
        if LAYER_KEYS.contains(&key) { layer_key(key) } else { key_of_page(key) }
    });
    let op = |op: &'static str| {
        let properties = Schema(vec![("op", Schema::default().with("const", op).into())]);
        Schema::default().with("properties", properties).require(["op"])
    };
    let without_op = || without(["op"]);
    let rules = vec![
        when(without_op(), Schema::default().require(["title"])),
        when(without_op(), without(MISPLACED_IN_OWN)),
        when(op("replace"), Schema::default().require(["title", "reason"])),
        when(op("replace"), without(MISPLACED_IN_REPLACEMENT)),
        when(op("hide"), only(HIDING_KEYS).require(["redirect", "reason"])),
        when(op("patch"), without(MISPLACED_IN_PATCH)),
    ];
    keys.with("allOf", rules).whole("opas: front matter of a page")
}

/// Has none of these keys.
fn without<const N: usize>(keys: [&'static str; N]) -> Schema {
    let rules: Vec<Schema> =
        keys.into_iter().map(|key| Schema::default().with("not", Schema::default().require([key]))).collect();
    Schema::default().with("allOf", rules)
}

fn when(condition: Schema, rule: Schema) -> Schema {
    Schema::default().with("if", condition).with("then", rule)
}

fn key_of_page(key: &str) -> Schema {
    match key {
        "title" => filled("The heading of level 1, and the name in lists. May hold {{ variables }}."),
        "summary" => filled("One or two sentences under the title, in lists, and for search engines."),
        "kind" => {
            choice("What the page is: an ordinary page, a situation with its solution, or a folder's page.", KINDS)
        }
        "pages" => words_matching("In a section page: the names of its children in order.", ID),
        "owner" => filled("The unit that answers for the page."),
        "reviewed" => date("The day of the last review."),
        "review-by" => date("The day by which the page must be reviewed again."),
        "updated" => date("The day of the last change of substance."),
        "changes" => list("Dated notes for the list of changes and the feed.", change()),
        "tags" => words("Keywords."),
        "channels" => words("The service channels in which the page is of use: names that the theme has a string for."),
        "search-words" => words("Words by which people look for the page and that its text does not use."),
        "aliases" => words_matching("Old ids of the page, which lead to it.", PAGE_ID),
        "draft" => flag("Whether ordinary builds leave the page out."),
        "covers" => covers(),
        "translates" => {
            Schema::of("string", "In a translation: the digest of the source page, as `opas check` prints it.")
                .with("type", ["string", "number"])
                .with("pattern", "^[0-9A-Fa-f]{8,}$")
                // A digest of digits alone reads as a number in YAML.
                .with("minimum", 10_000_000)
        }
        "walks" => list("In a case: recorded paths through decision flows.", walk()),
        "locked" => filled("Why layers must not change the page, such as the law that it says."),
        "practice" => flag("Whether the case is a practice case, counted apart from those of the source."),
        _ => Schema::default(),
    }
}

fn layer_key(key: &str) -> Schema {
    match key {
        "op" => choice(
            "In a layer: what this file does with the page at the same path below. Without it the page is new.",
            OPERATIONS,
        ),
        "reason" => filled("In a layer: why the page is replaced or hidden."),
        "redirect" => matching("In a layer, beside op: hide: the id of the page that readers are sent to.", PAGE_ID),
        "over" => words_matching("In a layer: the layers below whose changes this takes the place of.", ID),
        "after" => {
            matching("In a layer's new page: the id of the page that it stands after, in the same section.", PAGE_ID)
        }
        "before" => {
            matching("In a layer's new page: the id of the page that it stands before, in the same section.", PAGE_ID)
        }
        _ => Schema::default(),
    }
}

fn change() -> Schema {
    let keys = closed("What changed on a day.", CHANGE_KEYS, |key| match key {
        "date" => date("The day."),
        "note" => filled("What changed."),
        _ => Schema::default(),
    });
    keys.require(["date", "note"])
}

fn covers() -> Schema {
    let description = "The statements that the page covers: a list for the page as a whole, or lists by section.";
    words_matching(description, STATEMENT_ID)
        .with("type", ["string", "array", "object"])
        .with("propertyNames", pattern(ID))
        .with("additionalProperties", words_matching("The statements that the section covers.", STATEMENT_ID))
}

fn walk() -> Schema {
    let keys = closed("Answers that must lead to an outcome.", walk::KEYS, |key| match key {
        "flow" => id("The flow: the name of its file without .yaml."),
        "path" => path(),
        "outcome" => id("The id of the outcome that the answers must lead to."),
        "situation" => text("What the customer says or does, in a sentence or two."),
        "reason" => text("In a layer: why it gives the walk another result."),
        "instead-of" => {
            path().with("description", "In a patch: the answers of the walk that this one takes the place of.")
        }
        _ => Schema::default(),
    });
    keys.require(["flow", "path", "outcome"])
}

fn path() -> Schema {
    // An answer such as `true` is no text in YAML, but means itself.
    let answer = Schema::default().with("type", ["string", "boolean", "number"]);
    named("The answers, each after its question, in the order in which they are asked.", answer)
}
