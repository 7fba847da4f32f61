//! Stage 2, `document`: from Markdown to a tree.
//!
//! It is given the body of one page and returns a [`Document`]: blocks, inline text, and a list of everything
//! that refers to something outside the page. Each node of the tree that can be at fault keeps its place. It
//! knows nothing of other pages: whether a link leads anywhere is decided in `book`.

pub mod change;
pub mod headings;
mod html;
mod parse;
pub mod target;
pub mod text;

use std::ops::Range;
use std::sync::Arc;

pub use change::{Change, Op, Placed};
pub use headings::slug;
pub use parse::{options, parse, parse_fragment, parse_part};
pub use target::Target;

use crate::source::TextFile;

/// A range of bytes in the page's file.
pub type Span = Range<u32>;

/// A parsed page body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// The blocks from top to bottom, without footnotes.
    pub blocks: Vec<Block>,
    /// The footnotes, in the order in which the text first refers to them.
    pub footnotes: Vec<Footnote>,
    /// Everything that refers to something else, in the order of the text.
    pub references: Vec<Reference>,
    /// Where each of the blocks stands in its file.
    pub spans: Vec<Span>,
    /// Which of the blocks come from layers, in order; empty on a page that no layer changes.
    pub changes: Vec<Placed>,
}

/// A footnote.
#[derive(Debug, Clone, PartialEq)]
pub struct Footnote {
    /// The author's label.
    pub label: Box<str>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A block of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading.
    Heading(Box<Heading>),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// The text of a tight list item or a cell: inline text without a paragraph of its own.
    Plain(Vec<Inline>),
    /// A quotation.
    Quote(Vec<Block>),
    /// An alert, such as `> [!NOTE]`.
    Alert(Alert, Vec<Block>),
    /// A list; `start` is the first number of an ordered one.
    List {
        /// The first number; none for bullets.
        start: Option<u64>,
        /// The items.
        items: Vec<Item>,
    },
    /// A table.
    Table(Box<Table>),
    /// A code block with the language that the author named.
    Code {
        /// The first word after the fence; empty if there is none.
        language: Box<str>,
        /// The code.
        code: Box<str>,
    },
    /// Terms with their definitions.
    Definitions(Vec<Definition>),
    /// Raw HTML that passed the allowlist, balanced within its container.
    Html(Box<str>),
    /// A thematic break.
    Rule,
}

/// A heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// The level, 2 to 6.
    pub level: u8,
    /// The id: the author's, or one made from the text, which cannot be addressed.
    pub id: Box<str>,
    /// Whether the author gave the id, so that the heading opens a section.
    pub is_section: bool,
    /// Whether the section is marked as interpretation (`.inferred`).
    pub inferred: bool,
    /// Whether layers must not change the section (`.locked`).
    pub locked: bool,
    /// The text.
    pub content: Vec<Inline>,
    /// The whole heading in the file.
    pub span: Span,
}

/// The kinds of alert, as on GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// Worth knowing.
    Note,
    /// Makes things easier.
    Tip,
    /// Must not be missed.
    Important,
    /// Something bad can happen.
    Warning,
    /// Something bad will happen.
    Caution,
}

impl Alert {
    /// Returns the name, as in class names and strings.
    pub fn name(self) -> &'static str {
        match self {
            Alert::Note => "note",
            Alert::Tip => "tip",
            Alert::Important => "important",
            Alert::Warning => "warning",
            Alert::Caution => "caution",
        }
    }
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// For a task: whether it is done.
    pub task: Option<bool>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// How the cells of a column are aligned.
pub use pulldown_cmark::Alignment;

/// A row of a table, as its cells.
pub type Row = Vec<Vec<Inline>>;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The alignment of each column.
    pub alignments: Vec<Alignment>,
    /// The header row.
    pub head: Row,
    /// The other rows.
    pub rows: Vec<Row>,
}

/// A term of a definition list with what defines it.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The term.
    pub term: Vec<Inline>,
    /// One or more definitions.
    pub definitions: Vec<Vec<Block>>,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    /// Text; `\n` stands for a soft line break.
    Text(Box<str>),
    /// A code span.
    Code(Box<str>),
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Struck-out text.
    Strikethrough(Vec<Inline>),
    /// A link.
    Link(Box<Link>),
    /// An image.
    Image(Box<Image>),
    /// A glossary term (`[[term|text]]`).
    Term(Box<Term>),
    /// A value to put in (`{{ name }}`).
    Variable(Box<str>),
    /// A footnote's mark, by its label.
    Footnote(Box<str>),
    /// A hard line break.
    Break,
    /// A raw HTML tag that passed the allowlist, balanced within its container.
    Html(Box<str>),
}

/// A link.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Where it leads.
    pub target: Target,
    /// The author's tooltip.
    pub title: Box<str>,
    /// The text.
    pub content: Vec<Inline>,
}

/// An image.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Where it lies.
    pub target: Target,
    /// The author's tooltip.
    pub title: Box<str>,
    /// The alternative text.
    pub alt: Box<str>,
}

/// A use of a glossary term.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The term as the author named it.
    pub term: Box<str>,
    /// The text shown, in any inflected form.
    pub content: Vec<Inline>,
}

/// Something in a page that refers to something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// What it refers to.
    pub to: Referent,
    /// Where it stands in the file.
    pub span: Span,
    /// The file; none where it is the page's own.
    pub file: Option<Arc<TextFile>>,
}

/// What a reference refers to.
#[derive(Debug, Clone, PartialEq)]
pub enum Referent {
    /// A link's target.
    Link(Target),
    /// An image's target.
    Image(Target),
    /// A glossary term.
    Term(Box<str>),
    /// A variable.
    Variable(Box<str>),
    /// The language of a code block.
    CodeLanguage(Box<str>),
}

impl Document {
    /// Returns the headings at the top of the document, in order; the ones in quotations or lists are text.
    pub fn headings(&self) -> impl Iterator<Item = &Heading> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Heading(heading) => Some(&**heading),
            _ => None,
        })
    }

    /// Returns the headings that lock their sections, each with its position among the blocks.
    pub fn locked(&self) -> impl Iterator<Item = (usize, &Heading)> {
        self.blocks.iter().enumerate().filter_map(|(at, block)| match block {
            Block::Heading(heading) if heading.locked => Some((at, &**heading)),
            _ => None,
        })
    }

    /// Returns the heading of the section with an id.
    pub fn section(&self, id: &str) -> Option<&Heading> {
        self.headings().find(|heading| heading.is_section && *heading.id == *id)
    }

    /// Returns the blocks of a section: its heading and all up to the next heading of its or a higher level.
    pub fn section_blocks(&self, id: &str) -> &[Block] {
        &self.blocks[self.section_range(id)]
    }

    /// Returns the positions of those blocks; an empty range where there is no such section.
    pub fn section_range(&self, id: &str) -> Range<usize> {
        let is_start = |block: &Block| matches!(block, Block::Heading(h) if h.is_section && *h.id == *id);
        let Some(start) = self.blocks.iter().position(is_start) else { return 0..0 };
        let Block::Heading(heading) = &self.blocks[start] else { return 0..0 };
        let ends = |at: &usize| match &self.blocks[*at] {
            Block::Heading(next) if next.level <= heading.level => true,
            _ => self.is_barrier(*at, heading.level),
        };
        let end = (start + 1..self.blocks.len()).find(ends).unwrap_or(self.blocks.len());
        start..end
    }
}
