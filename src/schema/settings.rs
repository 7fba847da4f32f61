//! The schemas of `book.toml` and of `overlay.toml`.

use super::Schema;
use super::parts::{
    ID, LANGUAGE, by_language, choice, closed, date, filled, filled_by_language, flag, id, list, matching, named,
    pattern, per_cent, text, words, words_matching,
};
use crate::config::accessibility::{self, METHODS, REASONS, SHORTCOMING_KEYS, STATUSES};
use crate::config::{self, BASE, BOOK_KEYS, CHECK_KEYS, EDITION_KEYS, SEARCH_KEYS, SOURCE_KEYS, brand};
use crate::layer::manifest::{self, FACT_KEYS, FILE_KEYS};

/// A colour as `#rrggbb` or `#rgb`.
const COLOUR: &str = "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$";

/// Returns the schema of `book.toml`.
pub fn book() -> Schema {
    let tables = closed("The settings of a book.", config::KEYS, |key| match key {
        "book" => book_table(),
        "brand" => look(),
        "accessibility" => statement(),
        "check" => check(),
        "editions" => editions(),
        _ => Schema::default(),
    });
    tables.require(["book"]).whole("opas: book.toml")
}

fn book_table() -> Schema {
    let keys = closed("What the book is.", BOOK_KEYS, |key| match key {
        "id" => id("The book's name for programs: lower-case letters a to z, digits and hyphens."),
        "version" => text("The version, kept by hand, as text: \"2026.1\". Readers see it in the footer."),
        "languages" => list(
            "Language codes of two to eight lower-case letters. The first is the source language.",
            Schema::default().with("type", "string").with("pattern", LANGUAGE),
        )
        .with("minItems", 1)
        .with("uniqueItems", true),
        "title" => by_language("The title of the handbook: a text, or a table of texts by language."),
        "description" => {
            by_language("One sentence for search engines and link previews: a text, or a table of texts by language.")
        }
        "source" => source(),
        "url" => url("The address of the published front page. With it there are a feed of changes and a site map."),
        "edit-url" => edit_url(),
        "theme" => id("The folder below themes/ whose files are put on top of the built-in theme."),
        _ => Schema::default(),
    });
    keys.require(["id", "version", "languages", "title"])
}

fn url(what: &'static str) -> Schema {
    matching(what, "^https?://[^?# \"<>]+$")
}

fn edit_url() -> Schema {
    let what = "Where a file is edited, with {path} in the place of its path in this folder. Pages and the text of layers link there.";
    matching(what, r#"^https?://[^/{ "<>\\][^ "<>\\]*\{path\}[^ "<>\\]*$"#)
}

fn source() -> Schema {
    let keys = closed("The guidance that the book retells.", SOURCE_KEYS, |key| match key {
        "title" => by_language("Its title: a text, or a table of texts by language."),
        "date" => by_language("Its date as the source gives it, as text; left out if it gives none."),
        _ => Schema::default(),
    });
    keys.require(["title"])
}

fn look() -> Schema {
    closed("The organisation's look.", brand::KEYS, |key| match key {
        "logo" => text("The logo: an image (svg, png, jpg, jpeg, webp or gif) beside this file."),
        "accent" => matching("The colour of the header and of marks, as #rrggbb. White text stands on it.", COLOUR),
        _ => Schema::default(),
    })
}

fn statement() -> Schema {
    closed("What the accessibility statement says.", accessibility::KEYS, |key| match key {
        "organisation" => by_language("Who answers for the site: a text, or a table of texts by language."),
        "status" => choice("Whether the site meets the requirements: wholly, in part or not at all.", STATUSES),
        "shortcomings" => list("What is not accessible.", shortcoming()),
        "method" => choice("Who assessed the site: the organisation itself, or somebody else.", METHODS),
        "assessed" => date("The day of the assessment."),
        "made" => date("The day on which the statement was made."),
        "updated" => date("The day on which the statement was last reviewed."),
        "feedback-email" => text("The e-mail address to which readers report what is not accessible."),
        "feedback-url" => matching("The address of a form for such reports.", r"^\s*(https?://\S*)?\s*$"),
        "feedback-phone" => text("The telephone number for such reports."),
        "template" => flag("Whether others take this book as their base, so that blanks are in order."),
        _ => Schema::default(),
    })
}

fn shortcoming() -> Schema {
    let keys = closed("Something that is not accessible.", SHORTCOMING_KEYS, |key| match key {
        "what" => by_language("What it is, and what can be used instead: a text, or a table of texts by language."),
        "why" => choice(
            "Why: it fails the requirements, it would be a disproportionate burden, or the law does not ask for it.",
            REASONS,
        ),
        "criteria" => words("The success criteria of WCAG that it fails, such as \"1.1.1\"."),
        _ => Schema::default(),
    });
    keys.require(["what", "why"])
}

fn check() -> Schema {
    closed("What must hold besides for the book to be built.", CHECK_KEYS, |key| match key {
        "flow-coverage" => per_cent("How many per cent of each flow's edges the walks of the cases must exercise."),
        "search" => closed("How well a list of queries must be answered.", SEARCH_KEYS, |key| match key {
            "file" => matching(
                "The list: a YAML file in tests/search/, by its path from the book's folder.",
                "^tests/search/",
            ),
            "hit3" => per_cent("How many per cent of the queries must have their page among the first three results."),
            _ => Schema::default(),
        })
        .require(["file", "hit3"]),
        _ => Schema::default(),
    })
}

fn editions() -> Schema {
    let edition = closed("A stack of layers over the book.", EDITION_KEYS, |key| match key {
        "layers" => words("The folders of the layers, from this file's folder, the lowest first."),
        "trust-themes" => words("The names of the layers whose theme files are used."),
        _ => Schema::default(),
    });
    let names = pattern(ID).with("not", Schema::default().with("const", BASE));
    named("The editions besides base, by name.", edition.require(["layers"])).with("propertyNames", names)
}

/// Returns the schema of `overlay.toml`.
pub fn layer() -> Schema {
    let keys = closed("The settings of a layer.", manifest::KEYS, |key| match key {
        "name" => id("The layer's name: lower-case letters a to z, digits and hyphens; not base.")
            .with("not", Schema::default().with("const", BASE)),
        "title" => filled_by_language("The organisation, as readers know it: a text, or a table of texts by language."),
        "version" => filled("The version, kept by hand, as text: \"1\"."),
        "based-on" => matching("The id and the version of the book that it was written on.", r"^[^ ]* .*\S"),
        "base" => text("What `opas build` in this folder builds on: the folder of a book or of another layer."),
        "owner" => text("The unit that answers for the layer."),
        "url" => url("The address of the front page of an edition whose uppermost layer this is."),
        "edit-url" => edit_url(),
        "facts" => named("What the organisation says of itself: answers to flows' questions, by fact.", fact()),
        "brand" => look(),
        "files" => named("The files that are replaced whole, by their path in this folder.", file()),
        _ => Schema::default(),
    });
    keys.require(["name", "title", "version"]).whole("opas: overlay.toml")
}

fn fact() -> Schema {
    let keys = closed("The id of an answer, or a table with it.", FACT_KEYS, |key| match key {
        "value" => text("The id of the answer."),
        "over" => words_matching("The layers below whose answer this takes the place of.", ID),
        "reason" => text("Why."),
        _ => Schema::default(),
    });
    keys.require(["value"]).or_text("object")
}

fn file() -> Schema {
    let keys = closed("What is done with the file.", FILE_KEYS, |key| match key {
        "over" => words_matching("The layers below whose file this takes the place of.", ID),
        "op" => choice("What is done: the file here takes the place of the one below.", ["replace"]),
        "reason" => text("Why."),
        _ => Schema::default(),
    });
    keys.require(["op"])
}
