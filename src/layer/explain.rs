//! Where a page comes from: the layer, file and lines of each of its blocks.
//!
//! It is given a page of an edition and returns its [`Origin`]s from top to bottom, the places of sections that
//! were taken away among them. It reads what `merge` has recorded and finds nothing out on its own.

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use crate::book::Page;
use crate::data::Part;
use crate::document::{Block, Change, Op};
use crate::source::TextFile;

/// How many characters of a block are quoted.
const QUOTED: usize = 60;

/// Where a block comes from, or who took a section away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The nearest section above, the block's own if it is the heading; none before the first one.
    pub section: Option<String>,
    /// What the block is; `removed` for the place of something that was taken away.
    pub kind: &'static str,
    /// How the block begins in the file; empty for what was taken away.
    pub text: String,
    /// The file.
    pub file: String,
    /// The first line in the file, counted from 1; of what was taken away, the line that says so.
    pub line: usize,
    /// The last line.
    pub last_line: usize,
    /// The layer; none for the book's own text.
    pub layer: Option<String>,
    /// The word of the layer's operation.
    pub op: Option<&'static str>,
    /// The reason that the layer gives.
    pub reason: Option<String>,
    /// How many blocks the operation has taken away.
    pub replaces: usize,
}

/// Where a key of the front matter comes from that a layer has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyOrigin {
    /// The key.
    pub key: String,
    /// The file.
    pub file: String,
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The layer.
    pub layer: Option<String>,
}

/// Returns where the blocks of a page, or of one of its sections, come from.
pub fn blocks(page: &Page, section: Option<&str>) -> Vec<Origin> {
    let document = &page.document;
    let wanted = section.map_or(0..document.blocks.len(), |id| document.section_range(id));
    let level = section.and_then(|id| document.section(id)).map_or(1, |heading| heading.level);
    let mut removals = document.changes.iter().filter(|placed| placed.blocks.is_empty()).peekable();
    let mut origins = Vec::new();
    let mut above = None;
    for at in 0..=document.blocks.len() {
        while let Some(placed) = removals.next_if(|placed| placed.blocks.start <= at) {
            // What was taken away after the last block of a section was part of it, or stood beside it.
            let is_inside = |id: &str| placed.change.level > level || *placed.change.section == *id;
            if wanted.contains(&at) || wanted.end == at && section.is_none_or(is_inside) {
                origins.push(removal(above, &placed.change));
            }
        }
        let Some(block) = document.blocks.get(at) else { break };
        if let Block::Heading(heading) = block
            && heading.is_section
        {
            above = Some(&*heading.id);
        }
        if wanted.contains(&at) {
            let file = document.file_at(at, &page.file);
            let span = &document.spans[at];
            let span = span.start as usize..span.end as usize;
            origins.push(origin(above, block, file, span, document.change_at(at)));
        }
    }
    origins
}

/// Returns where the keys of a page's front matter come from that layers have set.
pub fn keys(page: &Page) -> Vec<KeyOrigin> {
    let origin = |key: &str| {
        let place = page.place(&[key.into()], Part::Key);
        let (key, line) = (key.to_owned(), place.line_column().0);
        KeyOrigin {
            key,
            line,
            file: place.file.path.to_string(),
            layer: place.file.layer.as_ref().map(ToString::to_string),
        }
    };
    page.patched_keys().filter(|key| *key != "op").map(origin).collect()
}

fn origin(
    above: Option<&str>,
    block: &Block,
    file: &Arc<TextFile>,
    span: Range<usize>,
    change: Option<&Arc<Change>>,
) -> Origin {
    let text = file.text[span.clone()].trim();
    let (line, last_line) = lines(file, &span);
    Origin {
        section: above.map(str::to_owned),
        kind: kind(block),
        text: text.lines().next().unwrap_or_default().chars().take(QUOTED).collect(),
        file: file.path.to_string(),
        line,
        last_line,
        layer: change.map(|change| change.layer.to_string()),
        op: change.map(|change| change.op.word()),
        reason: change.and_then(|change| change.reason.clone()),
        replaces: change.map_or(0, |change| change.replaced.len()),
    }
}

fn removal(above: Option<&str>, change: &Change) -> Origin {
    let (line, last_line) = lines(&change.file, &change.span);
    let section = if change.op == Op::Remove { Some(&*change.section) } else { above };
    Origin {
        section: section.map(str::to_owned),
        kind: "removed",
        text: String::new(),
        file: change.file.path.to_string(),
        line,
        last_line,
        layer: Some(change.layer.to_string()),
        op: Some(change.op.word()),
        reason: change.reason.clone(),
        replaces: change.replaced.len(),
    }
}

/// Returns the first and the last line that a range of a file's text stands on, without the space around it.
fn lines(file: &TextFile, span: &Range<usize>) -> (usize, usize) {
    let text = &file.text[span.clone()];
    let start = span.start + (text.len() - text.trim_start().len());
    let first = 1 + file.text[..start.min(span.end)].matches('\n').count();
    (first, first + text.trim().matches('\n').count())
}

fn kind(block: &Block) -> &'static str {
    match block {
        Block::Heading(_) => "heading",
        Block::Paragraph(_) | Block::Plain(_) => "paragraph",
        Block::Quote(_) => "quote",
        Block::Alert(..) => "alert",
        Block::List { .. } => "list",
        Block::Table(_) => "table",
        Block::Code { .. } => "code",
        Block::Definitions(_) => "definitions",
        Block::Html(_) => "html",
        Block::Rule => "rule",
    }
}
