//! The headings of a page: their levels and their ids.
//!
//! It is given the blocks of a page; it reports levels that jump and ids that stand twice, and gives the
//! headings without an id one made from their text.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{inline_text, with_variables};
use super::{Block, Heading};
use crate::diagnostic::{Code, Diagnostic, Place};

/// Checks ids and levels of the headings at the top of a page (`E018`, `E019`, `E073`); `place` tells where the heading
/// at a position of the blocks stands.
pub fn check(blocks: &[Block], place: impl Fn(usize, &Heading) -> Place, out: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, Place> = BTreeMap::new();
    let mut level = 1;
    let mut above: Option<Place> = None;
    for (at, block) in blocks.iter().enumerate() {
        let Block::Heading(heading) = block else { continue };
        let place = place(at, heading);
        if with_variables(&heading.content).trim().is_empty() {
            let fault = Diagnostic::new(Code::E073, "this heading has no text").at(place.clone());
            out.push(fault.help("write the heading, or take its marks out"));
        }
        if heading.level > level + 1 {
            let message = format!("a heading of level {} follows one of level {level}", heading.level);
            let help = format!("write `{}`", "#".repeat(usize::from(level) + 1));
            let fault = Diagnostic::new(Code::E019, message).at(place.clone()).help(help);
            // Within one file the heading above is easily seen.
            let above = above.filter(|above| above.file.path != place.file.path);
            out.push(fault.related_if(above, "the heading above it"));
        }
        level = heading.level;
        above = Some(place.clone());
        if !heading.is_section {
            continue;
        }
        if let Some(first) = seen.get(&*heading.id) {
            let fault = Diagnostic::new(Code::E018, format!("the id `{}` is used twice", heading.id));
            out.push(fault.at(place).related(first.clone(), "first used here").help("give each section its own id"));
        } else {
            seen.insert(&heading.id, place);
        }
    }
}

/// Gives an id made from the text to the headings that have none.
pub fn give_ids(blocks: &mut [Block]) {
    let headings = || blocks.iter().filter_map(|b| if let Block::Heading(h) = b { Some(h) } else { None });
    let mut taken: BTreeSet<Box<str>> = headings().map(|heading| heading.id.clone()).collect();
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    for block in blocks {
        let Block::Heading(heading) = block else { continue };
        if !heading.id.is_empty() {
            continue;
        }
        let slug = slug(&inline_text(&heading.content));
        let number = next.entry(slug.clone()).or_insert(1);
        let mut id = slug.clone();
        while taken.contains(id.as_str()) {
            *number += 1;
            id = format!("{slug}-{number}");
        }
        taken.insert(id.as_str().into());
        heading.id = id.into();
    }
}

/// Makes an id from a text: lower-case ASCII letters, digits and hyphens; `ä`, `ö`, `å` lose their marks.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars().flat_map(char::to_lowercase) {
        let plain = match character {
            'ä' | 'å' | 'á' | 'à' => 'a',
            'ö' | 'ó' | 'ò' => 'o',
            'é' | 'è' => 'e',
            'ü' => 'u',
            'š' => 's',
            'ž' => 'z',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            slug.push(plain);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "x".to_owned() } else { slug.to_owned() }
}
