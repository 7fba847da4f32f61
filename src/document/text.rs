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
    push_blocks(blocks, false, &mut text);
    text
}

/// Returns the plain text of blocks with their variables as the author wrote them, a line for each block.
pub fn block_text_with_variables(blocks: &[Block]) -> String {
    let mut text = String::new();
    push_blocks(blocks, true, &mut text);
    text
}

/// Calls a function with every piece of running text, from the outside in.
pub fn each_inline<'b>(blocks: &'b [Block], see: &mut impl FnMut(&'b Inline)) {
    for block in blocks {
        match block {
            Block::Heading(heading) => inlines(&heading.content, see),
            Block::Paragraph(content) | Block::Plain(content) => inlines(content, see),
            Block::Quote(inner) | Block::Alert(_, inner) => each_inline(inner, see),
            Block::List { items, .. } => items.iter().for_each(|item| each_inline(&item.blocks, see)),
            Block::Table(table) => {
                let rows = std::iter::once(&table.head).chain(&table.rows);
                rows.flatten().for_each(|cell| inlines(cell, see));
            }
            Block::Definitions(definitions) => {
                for definition in definitions {
                    inlines(&definition.term, see);
                    definition.definitions.iter().for_each(|inner| each_inline(inner, see));
                }
            }
            Block::Code { .. } | Block::Html(_) | Block::Rule => {}
        }
    }
}

fn inlines<'b>(content: &'b [Inline], see: &mut impl FnMut(&'b Inline)) {
    for inline in content {
        see(inline);
        match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strikethrough(inner) => inlines(inner, see),
            Inline::Link(link) => inlines(&link.content, see),
            _ => {}
        }
    }
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

fn push_blocks(blocks: &[Block], variables: bool, text: &mut String) {
    for block in blocks {
        match block {
            Block::Heading(heading) => push_line(&heading.content, variables, text),
            Block::Paragraph(content) | Block::Plain(content) => push_line(content, variables, text),
            Block::Quote(inner) | Block::Alert(_, inner) => push_blocks(inner, variables, text),
            Block::List { items, .. } => items.iter().for_each(|item| push_blocks(&item.blocks, variables, text)),
            Block::Table(table) => {
                let rows = std::iter::once(&table.head).chain(&table.rows);
                rows.flatten().for_each(|cell| push_line(cell, variables, text));
            }
            Block::Code { code, .. } => {
                text.push_str(code);
                text.push('\n');
            }
            Block::Definitions(definitions) => {
                for definition in definitions {
                    push_line(&definition.term, variables, text);
                    definition.definitions.iter().for_each(|inner| push_blocks(inner, variables, text));
                }
            }
            Block::Html(_) | Block::Rule => {}
        }
    }
}

fn push_line(inlines: &[Inline], variables: bool, text: &mut String) {
    push_inlines(inlines, variables, text);
    text.push('\n');
}
