//! The plain text of a tree: for headings, alternative texts, checks and, later, the search index.
//!
//! It is given nodes and appends to a string; markup, footnote marks and raw HTML leave no trace.

use super::{Block, Inline};

/// Returns the plain text of running text.
pub fn inline_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    push_inlines(inlines, false, &mut text);
    text
}

/// Returns the plain text of running text with its variables as the author wrote them, `{{ name }}`.
pub fn with_variables(inlines: &[Inline]) -> String {
    let mut text = String::new();
    push_inlines(inlines, true, &mut text);
    text
}

/// Returns the plain text of blocks, a line for each.
pub fn block_text(blocks: &[Block]) -> String {
    let mut text = String::new();
    push_blocks(blocks, &mut text);
    text
}

fn push_inlines(inlines: &[Inline], variables: bool, text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(part) | Inline::Code(part) => text.push_str(part),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strikethrough(inner) => {
                push_inlines(inner, variables, text);
            }
            Inline::Link(link) => push_inlines(&link.content, variables, text),
            Inline::Image(image) => text.push_str(&image.alt),
            Inline::Term(term) => push_inlines(&term.content, variables, text),
            Inline::Break => text.push('\n'),
            Inline::Variable(name) if variables => text.push_str(&format!("{{{{ {name} }}}}")),
            Inline::Variable(_) | Inline::Footnote(_) | Inline::Html(_) => {}
        }
    }
}

fn push_blocks(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Heading(heading) => push_line(&heading.content, text),
            Block::Paragraph(content) | Block::Plain(content) => push_line(content, text),
            Block::Quote(inner) | Block::Alert(_, inner) => push_blocks(inner, text),
            Block::List { items, .. } => items.iter().for_each(|item| push_blocks(&item.blocks, text)),
            Block::Table(table) => {
                let rows = std::iter::once(&table.head).chain(&table.rows);
                rows.flatten().for_each(|cell| push_line(cell, text));
            }
            Block::Code { code, .. } => {
                text.push_str(code);
                text.push('\n');
            }
            Block::Definitions(definitions) => {
                for definition in definitions {
                    push_line(&definition.term, text);
                    definition.definitions.iter().for_each(|inner| push_blocks(inner, text));
                }
            }
            Block::Html(_) | Block::Rule => {}
        }
    }
}

fn push_line(inlines: &[Inline], text: &mut String) {
    push_inlines(inlines, false, text);
    text.push('\n');
}
