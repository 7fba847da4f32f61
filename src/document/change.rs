//! What a layer did at one place of a page.
//!
//! A document that layers have changed keeps, beside its blocks, which of them come from which layer and what
//! stood there before. Only `layer` makes these; the other stages read them to label text and to name places.

use std::ops::Range;
use std::sync::Arc;

use super::{Block, Document};
use crate::diagnostic::Place;
use crate::source::TextFile;

/// What an operation does; the contract (§8) lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// The page is the layer's own.
    AddPage,
    /// The page stands in place of another one.
    ReplacePage,
    /// Text before a section.
    Before,
    /// Text after a section with all its parts.
    After,
    /// Text after a section's heading.
    Prepend,
    /// Text after a section's own text, before its first subsection.
    Append,
    /// Text in place of a section with all its parts.
    Replace,
    /// Text in place of a section's own text.
    ReplaceBody,
    /// Nothing in place of a section with all its parts.
    Remove,
}

impl Op {
    /// The operations that a patch may hold, by the words that they are written with.
    pub const IN_PATCHES: [(&str, Op); 7] = [
        ("before", Op::Before),
        ("after", Op::After),
        ("prepend", Op::Prepend),
        ("append", Op::Append),
        ("replace", Op::Replace),
        ("replace-body", Op::ReplaceBody),
        ("remove", Op::Remove),
    ];

    /// Returns the word that the operation is written with.
    pub fn word(self) -> &'static str {
        match self {
            Op::AddPage => "add",
            Op::ReplacePage => "replace",
            other => Op::IN_PATCHES.iter().find(|(_, op)| *op == other).map_or("", |(word, _)| word),
        }
    }

    /// Returns whether the operation takes something away.
    pub fn takes_away(self) -> bool {
        matches!(self, Op::ReplacePage | Op::Replace | Op::ReplaceBody | Op::Remove)
    }

    /// Returns whether the operation's text stands outside of the section that it names.
    pub fn stands_outside(self) -> bool {
        matches!(self, Op::Before | Op::After)
    }
}

/// One operation of a layer on a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The layer.
    pub layer: Arc<str>,
    /// What it does.
    pub op: Op,
    /// The section that it names; empty for the page as a whole.
    pub section: Box<str>,
    /// The level of that section's heading; 1 for the page as a whole.
    pub level: u8,
    /// Why.
    pub reason: Option<String>,
    /// The file that it is written in.
    pub file: Arc<TextFile>,
    /// Where the operation is named in that file.
    pub span: Range<usize>,
    /// What stood there before.
    pub replaced: Vec<Block>,
}

impl Change {
    /// Returns the place where the operation is written.
    pub fn place(&self) -> Place {
        Place::new(&self.file, self.span.clone())
    }
}

/// Which blocks of a document come from a change; none for a removal, which only has a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The blocks' positions.
    pub blocks: Range<usize>,
    /// What put them there.
    pub change: Arc<Change>,
}

impl Document {
    /// Returns the change that a block comes from; none for the page's own text.
    pub fn change_at(&self, block: usize) -> Option<&Arc<Change>> {
        self.changes.iter().find(|placed| placed.blocks.contains(&block)).map(|placed| &placed.change)
    }

    /// Returns the file that a block stands in, given the file of the page.
    pub fn file_at<'a>(&'a self, block: usize, page: &'a Arc<TextFile>) -> &'a Arc<TextFile> {
        self.change_at(block).map_or(page, |change| &change.file)
    }

    /// Returns whether text that a layer put beside a section begins at a block, and with it a section of this
    /// level ends.
    pub(super) fn is_barrier(&self, block: usize, level: u8) -> bool {
        let begins = |placed: &Placed| placed.blocks.start == block && !placed.blocks.is_empty();
        let ends = |change: &Change| change.op.stands_outside() && change.level <= level;
        self.changes.iter().any(|placed| begins(placed) && ends(&placed.change))
    }
}
