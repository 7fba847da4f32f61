//! Colouring code, by class and never by inline style.
//!
//! It is given a language's name and code and returns HTML. The syntaxes (syntect's and those of `two-face`,
//! which knows TOML and other languages of settings) are loaded at the first code block, so that books without
//! code never pay for them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::{SyntaxReference, SyntaxSet};

use crate::digest::Digest;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Names that mean "do not colour this".
const PLAIN: [&str; 3] = ["text", "txt", "plain"];

/// Names that writers use for a language which the syntaxes know by another name.
const ALIASES: [(&str, &str); 4] = [("console", "sh"), ("shell", "sh"), ("jsonc", "json"), ("jsonl", "json")];

/// The prefix of the classes, as the theme's style sheet has them.
const CLASSES: ClassStyle = ClassStyle::SpacedPrefixed { prefix: "hl-" };

fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    let alias = ALIASES.iter().find(|(name, _)| *name == language);
    SYNTAXES.find_syntax_by_token(alias.map_or(language, |(_, known)| known))
}

/// Returns whether a language's name is known.
pub fn knows(language: &str) -> bool {
    PLAIN.contains(&language) || syntax(language).is_some()
}

/// Code that was coloured, by language and text: the editions of a book have most of theirs in common.
static COLOURED: LazyLock<Mutex<HashMap<Digest, Option<Arc<str>>>>> = LazyLock::new(Mutex::default);

/// How much coloured code is kept; a book that has more begins anew.
const MOST: usize = 4096;

/// Colours code line by line, and keeps it for the next edition; none where the language is plain or unknown.
pub fn highlight(language: &str, code: &str) -> Option<Arc<str>> {
    if is_plain(language) {
        return None;
    }
    let key = Digest::of_parts([language, code]);
    let kept = || COLOURED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(coloured) = kept().get(&key) {
        return coloured.clone();
    }
    let coloured: Option<Arc<str>> = colour(language, code).map(Into::into);
    let mut kept = kept();
    if kept.len() >= MOST {
        kept.clear();
    }
    kept.insert(key, coloured.clone());
    coloured
}

fn is_plain(language: &str) -> bool {
    PLAIN.contains(&language) || language.is_empty()
}

/// Colours code; returns none where the language is plain or unknown, or the code defeats its syntax.
fn colour(language: &str, code: &str) -> Option<String> {
    let mut generator = ClassedHTMLGenerator::new_with_class_style(syntax(language)?, &SYNTAXES, CLASSES);
    for line in code.split_inclusive('\n') {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}
