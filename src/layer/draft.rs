//! A page while layers change it: its blocks, each with the change that it comes from.
//!
//! It is given a parsed page and one operation after another with its parsed text, and applies them; what an
//! operation cannot do is reported and leaves the draft as it was. It knows one page only.

use std::ops::Range;
use std::sync::Arc;

use super::merge::Locked;
use super::over;
use super::patch::Operation;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document::text::each_inline;
use crate::document::{Block, Change, Document, Footnote, Heading, Inline, Op, Placed, Reference, Span};
use crate::source::TextFile;

/// A block, or the place of what was removed.
#[derive(Debug, Clone)]
enum Slot {
    Block(Block, Span, Option<Arc<Change>>),
    Gone(Arc<Change>),
}

impl Slot {
    fn change(&self) -> Option<&Arc<Change>> {
        match self {
            Slot::Block(_, _, change) => change.as_ref(),
            Slot::Gone(change) => Some(change),
        }
    }

    fn heading(&self) -> Option<&Heading> {
        match self {
            Slot::Block(Block::Heading(heading), ..) => Some(heading),
            _ => None,
        }
    }
}

/// A page that is being changed.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The page's own file.
    file: &'a Arc<TextFile>,
    /// The sections that are locked in the source language, if this is a translation.
    pub locked: Locked,
    /// Whether the operations are written for this page, and not for the one that it translates: its headings may have
    /// other levels, and other layers have changed it.
    pub is_strict: bool,
    slots: Vec<Slot>,
    footnotes: Vec<Footnote>,
    references: Vec<Reference>,
}

/// Orders the footnotes by their first mark on the page, where what a change replaced is shown before its own text;
/// those that nothing on the page refers to any more go.
fn order_footnotes(document: &mut Document) {
    let mut marks: Vec<Box<str>> = Vec::new();
    let mut see = |inline: &Inline| {
        if let Inline::Footnote(label) = inline {
            marks.push(label.clone());
        }
    };
    let mut changes = document.changes.iter().peekable();
    for at in 0..=document.blocks.len() {
        while let Some(placed) = changes.next_if(|placed| placed.blocks.start <= at) {
            each_inline(&placed.change.replaced, &mut see);
        }
        each_inline(document.blocks.get(at).map_or(&[], std::slice::from_ref), &mut see);
    }
    document.footnotes.iter().for_each(|note| each_inline(&note.blocks, &mut see));
    document.footnotes.retain(|note| marks.contains(&note.label));
    document.footnotes.sort_by_cached_key(|note| marks.iter().position(|label| *label == note.label));
}

/// Where an operation applies.
struct Target {
    /// The position of the section's heading; none for the page as a whole.
    heading: Option<usize>,
    level: u8,
}

/// What an operation did, for the record of overrides.
pub struct Applied {
    /// The source text that it depends on.
    pub depends: String,
    /// The change.
    pub change: Arc<Change>,
    /// The ids of the sections that are there no more.
    pub gone: Vec<Box<str>>,
}

impl<'a> Draft<'a> {
    /// Begins with a document as it is.
    pub fn new(file: &'a Arc<TextFile>, document: &Document) -> Self {
        let mut slots = Vec::with_capacity(document.blocks.len());
        let mut removals = document.changes.iter().filter(|placed| placed.blocks.is_empty()).peekable();
        for (at, block) in document.blocks.iter().enumerate() {
            while let Some(placed) = removals.next_if(|placed| placed.blocks.start <= at) {
                slots.push(Slot::Gone(Arc::clone(&placed.change)));
            }
            slots.push(Slot::Block(block.clone(), document.spans[at].clone(), document.change_at(at).cloned()));
        }
        slots.extend(removals.map(|placed| Slot::Gone(Arc::clone(&placed.change))));
        let (footnotes, references) = (document.footnotes.clone(), document.references.clone());
        Draft { file, locked: Locked::new(), is_strict: true, slots, footnotes, references }
    }

    /// Returns the document as it is now.
    pub fn finish(self) -> Document {
        let mut document = Document { footnotes: self.footnotes, references: self.references, ..Document::default() };
        for slot in self.slots {
            let at = document.blocks.len();
            match slot {
                Slot::Gone(change) => document.changes.push(Placed { blocks: at..at, change }),
                Slot::Block(block, span, change) => {
                    document.blocks.push(block);
                    document.spans.push(span);
                    match (document.changes.last_mut(), change) {
                        (Some(last), Some(change)) if last.blocks.end == at && Arc::ptr_eq(&last.change, &change) => {
                            last.blocks.end = at + 1;
                        }
                        (_, Some(change)) => document.changes.push(Placed { blocks: at..at + 1, change }),
                        (_, None) => {}
                    }
                }
            }
        }
        order_footnotes(&mut document);
        document
    }

    /// Returns the ids of the sections.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().filter_map(Slot::heading).filter(|heading| heading.is_section).map(|heading| &*heading.id)
    }

    /// Returns whether there is a section with this id; the page as a whole always is.
    pub fn has(&self, section: &str) -> bool {
        section.is_empty() || self.sections().any(|id| id == section)
    }

    /// Returns the file that the block at a position stands in.
    fn file_at(&self, at: usize) -> &Arc<TextFile> {
        self.slots[at].change().map_or(self.file, |change| &change.file)
    }

    fn heading_place(&self, at: usize) -> Place {
        match self.slots[at].heading() {
            Some(heading) => Place::new(self.file_at(at), heading.span.start as usize..heading.span.end as usize),
            None => Place::whole(self.file),
        }
    }

    fn target(&self, section: &str) -> Option<Target> {
        if section.is_empty() {
            return Some(Target { heading: None, level: 1 });
        }
        let is_it = |slot: &Slot| slot.heading().is_some_and(|heading| heading.is_section && *heading.id == *section);
        let at = self.slots.iter().position(is_it)?;
        Some(Target { heading: Some(at), level: self.slots[at].heading()?.level })
    }

    /// Returns where a section with all its parts ends.
    fn end(&self, target: &Target) -> usize {
        let Some(start) = target.heading else { return self.slots.len() };
        let ends = |at: &usize| match &self.slots[*at] {
            Slot::Gone(change) => change.level <= target.level && change.op == Op::Remove,
            slot @ Slot::Block(..) => {
                let beside = slot.change().filter(|change| change.op.stands_outside() && change.level <= target.level);
                beside.is_some_and(|change| !self.continues(*at, change))
                    || slot.heading().is_some_and(|heading| heading.level <= target.level)
            }
        };
        (start + 1..self.slots.len()).find(ends).unwrap_or(self.slots.len())
    }

    /// Returns whether the slot before a position comes from the same change.
    fn continues(&self, at: usize, change: &Arc<Change>) -> bool {
        at.checked_sub(1).and_then(|at| self.slots[at].change()).is_some_and(|last| Arc::ptr_eq(last, change))
    }

    /// Returns where a section's own text begins and ends: before its first subsection.
    fn own(&self, target: &Target) -> Range<usize> {
        let start = target.heading.map_or(0, |at| at + 1);
        let ends = |at: &usize| match &self.slots[*at] {
            Slot::Gone(change) => change.op == Op::Remove,
            slot @ Slot::Block(..) => {
                // What stands before the page as a whole stands before its own text, and after a section only what is
                // outside of all.
                let is_outside = |change: &Arc<Change>| {
                    change.op.stands_outside() && !(change.section.is_empty() && target.heading.is_none())
                };
                slot.heading().is_some() || slot.change().is_some_and(is_outside)
            }
        };
        let end = (start..self.slots.len()).find(ends).unwrap_or(self.slots.len());
        start..end
    }

    /// Returns the source text of slots.
    fn text(&self, range: Range<usize>) -> String {
        let mut pieces: Vec<(Arc<TextFile>, Range<usize>)> = Vec::new();
        for at in range {
            let Slot::Block(_, span, _) = &self.slots[at] else { continue };
            let span = span.start as usize..span.end as usize;
            let file = self.file_at(at);
            match pieces.last_mut() {
                Some((last, piece)) if Arc::ptr_eq(last, file) && piece.end <= span.start => piece.end = span.end,
                _ => pieces.push((Arc::clone(file), span)),
            }
        }
        let texts: Vec<&str> = pieces.iter().map(|(file, span)| file.text[span.clone()].trim_end()).collect();
        texts.join("\n\n")
    }

    /// Returns the source text of the whole page.
    pub fn whole_text(&self) -> String {
        self.text(0..self.slots.len())
    }

    fn blocks(&self, range: Range<usize>) -> Vec<Block> {
        let block = |slot: &Slot| match slot {
            Slot::Block(block, ..) => Some(block.clone()),
            Slot::Gone(_) => None,
        };
        self.slots[range].iter().filter_map(block).collect()
    }

    /// Applies an operation; none where it cannot be, which is reported.
    pub fn apply(
        &mut self,
        layer: &Arc<str>,
        file: &Arc<TextFile>,
        operation: &Operation,
        title: &str,
        part: Document,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Applied> {
        let target = self.target(&operation.section)?;
        let place = Place::new(file, operation.span.clone());
        let before = out.len();
        let range = self.range(operation.op, &target, &operation.section);
        self.check_locked(operation, &target, &range, &place, out);
        if operation.op.takes_away() {
            self.check_conflicts(layer, operation, &range, &place, out);
        } else if let Some(name) = operation.over.first().filter(|_| self.is_strict) {
            let message = format!("`over={name}`, but `{}` takes nothing away", operation.op.word());
            out.push(Diagnostic::new(Code::E094, message).at(place.clone()).help("leave `over` out"));
        }
        if self.is_strict && operation.op == Op::Replace && !operation.section.is_empty() {
            self.check_opening(operation, &target, &part, file, &place, out);
        }
        if out.len() > before {
            return None;
        }
        let depends = match (operation.op.takes_away(), target.heading) {
            (true, _) => self.text(range.clone()),
            (false, Some(at)) => self.text(at..at + 1),
            (false, None) => title.to_owned(),
        };
        let change = Arc::new(Change {
            layer: Arc::clone(layer),
            op: operation.op,
            section: operation.section.as_str().into(),
            level: target.level,
            reason: operation.reason.clone(),
            file: Arc::clone(file),
            span: operation.span.clone(),
            replaced: self.blocks(range.clone()),
        });
        let gone = self.put(range, part, &change);
        Some(Applied { depends, change, gone })
    }

    /// Returns what an operation replaces; an empty range is where its text goes.
    fn range(&self, op: Op, target: &Target, section: &str) -> Range<usize> {
        let own = self.own(target);
        let start = target.heading.unwrap_or(0);
        let beside = |op: Op, from: usize| {
            let is_such =
                |slot: &Slot| slot.change().is_some_and(|change| change.op == op && *change.section == *section);
            from + self.slots[from..].iter().take_while(|slot| is_such(slot)).count()
        };
        match op {
            Op::Before => {
                let at = if target.heading.is_none() { beside(op, 0) } else { start };
                at..at
            }
            Op::After => {
                let at = beside(op, self.end(target));
                at..at
            }
            Op::Prepend => {
                let first = if target.heading.is_none() { beside(Op::Before, own.start) } else { own.start };
                let at = beside(op, first);
                at..at
            }
            Op::Append => own.end..own.end,
            Op::ReplaceBody => own,
            Op::Replace | Op::Remove | Op::AddPage | Op::ReplacePage => start..self.end(target),
        }
    }

    /// Puts a part in the place of a range; returns the sections that are there no more.
    fn put(&mut self, range: Range<usize>, part: Document, change: &Arc<Change>) -> Vec<Box<str>> {
        let spans = part.spans.into_iter();
        let mut new: Vec<Slot> = part
            .blocks
            .into_iter()
            .zip(spans)
            .map(|(block, span)| Slot::Block(block, span, Some(Arc::clone(change))))
            .collect();
        if new.is_empty() {
            new.push(Slot::Gone(Arc::clone(change)));
        }
        let before: Vec<Box<str>> = self.sections().map(Into::into).collect();
        self.slots.splice(range, new);
        self.footnotes.extend(part.footnotes);
        self.references.extend(part.references);
        before.into_iter().filter(|id| !self.has(id)).collect()
    }

    /// Reports operations on locked sections: the section itself, one around it, or one that would be taken away.
    fn check_locked(
        &self,
        operation: &Operation,
        target: &Target,
        range: &Range<usize>,
        place: &Place,
        out: &mut Vec<Diagnostic>,
    ) {
        let mut level = if operation.op.stands_outside() { target.level } else { target.level + 1 };
        let around = (0..=target.heading.unwrap_or(0)).rev().filter(|at| {
            let Some(heading) = self.slots.get(*at).and_then(Slot::heading) else { return false };
            let is_around = target.heading.is_some() && heading.level < level;
            if is_around {
                level = heading.level;
            }
            is_around
        });
        let around: Vec<usize> = around.collect();
        let inside = if operation.op.takes_away() { range.clone() } else { 0..0 };
        let locked = |at: usize| {
            let heading = self.slots[at].heading()?;
            let elsewhere = || self.locked.get(&heading.id).filter(|_| heading.is_section).cloned();
            let place = if heading.locked { Some(self.heading_place(at)) } else { elsewhere() };
            Some((&heading.id, place?))
        };
        let Some((id, locked)) = around.into_iter().chain(inside).find_map(locked) else { return };
        let message = format!("the section `{id}` is locked: layers must not change it");
        let fault = Diagnostic::new(Code::E085, message).at(place.clone());
        let fault = fault.related(locked, "locked here");
        out.push(fault.help("write your own text `before` or `after` the section"));
    }

    /// Reports what an operation would take away of another layer, or of its own patch, without saying so.
    fn check_conflicts(
        &self,
        layer: &Arc<str>,
        operation: &Operation,
        range: &Range<usize>,
        place: &Place,
        out: &mut Vec<Diagnostic>,
    ) {
        let mut met: Vec<&Arc<Change>> = Vec::new();
        for change in self.slots[range.clone()].iter().filter_map(Slot::change) {
            if change.op != Op::AddPage && !met.iter().any(|other| Arc::ptr_eq(other, change)) {
                met.push(change);
            }
        }
        let word = operation.op.word();
        let names = over::names(met.iter().map(|change| &change.layer).filter(|name| *name != layer));
        let names = if names.contains(',') { format!("\"{names}\"") } else { names };
        for change in &met {
            let is_meant = operation.over.iter().any(|name| **name == *change.layer);
            if change.layer == *layer {
                let message = format!("this `{word}` takes away what the layer itself puts there");
                let fault = Diagnostic::new(Code::E083, message).at(place.clone());
                out.push(fault.related(change.place(), "put there").help("keep one of the two blocks"));
            } else if !is_meant {
                let message = format!("this `{word}` takes away what the layer `{}` changed", change.layer);
                let fault = Diagnostic::new(Code::E083, message).at(place.clone());
                let help = if self.is_strict {
                    format!("write `over={names}` if that is meant")
                } else {
                    "write a patch of the translation, too, that says what is meant".to_owned()
                };
                out.push(fault.related(change.place(), "changed here").help(help));
            }
        }
        for name in operation.over.iter().filter(|_| self.is_strict) {
            if !met.iter().any(|change| *change.layer == **name) {
                let message = format!("`over={name}`, but the layer `{name}` changes nothing here");
                out.push(Diagnostic::new(Code::E094, message).at(place.clone()).help("leave `over` out"));
            }
        }
    }

    /// Reports a replacement that does not open with a heading of the same level and id.
    fn check_opening(
        &self,
        operation: &Operation,
        target: &Target,
        part: &Document,
        file: &Arc<TextFile>,
        place: &Place,
        out: &mut Vec<Diagnostic>,
    ) {
        let section = &operation.section;
        let is_same =
            |heading: &Heading| heading.level == target.level && heading.is_section && *heading.id == **section;
        let place = match part.blocks.first() {
            Some(Block::Heading(heading)) if is_same(heading) => return,
            Some(Block::Heading(heading)) => Place::new(file, heading.span.start as usize..heading.span.end as usize),
            _ => place.clone(),
        };
        let message = format!("the replacement of `{section}` does not open with a heading of its level and id");
        let fault = Diagnostic::new(Code::E087, message).at(place);
        let heading = target.heading.map(|at| self.heading_place(at));
        let fault = fault.related_if(heading, "the heading that it replaces");
        let marks = "#".repeat(usize::from(target.level));
        out.push(fault.help(format!("begin with `{marks} … {{#{section}}}`, or use `replace-body`")));
    }
}
