//! Where text comes from, shown to readers: the blocks of layers stand in groups that say so in words, and the
//! text that they replaced can be opened beside them.
//!
//! It is given a document and writes its top blocks, with interpretation wrapped and marked. It reads the names
//! of layers through a `Tracked`.

use std::sync::Arc;

use super::body::Writer;
use crate::document::{Block, Change, Document, Op};

/// The group of a layer's blocks that is being written.
#[derive(Default)]
pub(super) struct Groups<'a> {
    /// The change whose blocks are being written.
    open: Option<&'a Arc<Change>>,
    /// The change whose label was written last.
    labelled: Option<&'a Arc<Change>>,
    /// How many labels there are.
    labels: usize,
    /// The levels of the marked sections that are being written.
    inferred: Vec<u8>,
}

impl<'a> Writer<'a> {
    /// Writes the top blocks of a document.
    pub(super) fn sections(&mut self, document: &'a Document) {
        let mut groups = Groups::default();
        let mut removals = document.changes.iter().filter(|placed| placed.blocks.is_empty()).peekable();
        for (at, block) in document.blocks.iter().enumerate() {
            while let Some(placed) = removals.next_if(|placed| placed.blocks.start <= at) {
                self.end_inferred(&mut groups, placed.change.level);
                self.removal(&mut groups, &placed.change);
            }
            let change = document.change_at(at);
            self.begin_block(&mut groups, block, change);
            self.block(block);
        }
        for placed in removals {
            self.end_inferred(&mut groups, placed.change.level);
            self.removal(&mut groups, &placed.change);
        }
        self.end_inferred(&mut groups, 0);
        self.end_group(&mut groups);
    }

    /// Ends and begins what must end and begin before a block.
    fn begin_block(&mut self, groups: &mut Groups<'a>, block: &'a Block, change: Option<&'a Arc<Change>>) {
        let is_other = !is_same(groups.open, change);
        if let Some(change) = change.filter(|change| is_other && change.op.stands_outside()) {
            self.end_inferred(groups, change.level);
        }
        if let Block::Heading(heading) = block {
            self.end_inferred(groups, heading.level);
            if heading.inferred {
                self.end_group(groups);
                groups.inferred.push(heading.level);
                self.push("<div class=\"inferred\">\n");
            }
        }
        if !is_same(groups.open, change) {
            self.end_group(groups);
            if let Some(change) = change {
                self.begin_group(groups, change);
            }
        }
    }

    /// Ends the marked sections of a level and below.
    fn end_inferred(&mut self, groups: &mut Groups<'a>, level: u8) {
        while groups.inferred.last().is_some_and(|open| *open >= level) {
            self.end_group(groups);
            groups.inferred.pop();
            self.push("</div>\n");
        }
    }

    fn begin_group(&mut self, groups: &mut Groups<'a>, change: &'a Arc<Change>) {
        let is_labelled = is_same(groups.labelled, Some(change));
        if !is_labelled {
            groups.labels += 1;
        }
        self.push("<div class=\"layer\" role=\"group\"");
        self.attribute("data-layer", &change.layer);
        self.attribute("aria-labelledby", &self.label_id(groups));
        let lang = change.file.lang();
        let other =
            self.scene.tracked.config().languages.iter().find(|known| ***known == *lang && **known != *self.scene.lang);
        if let Some(other) = other {
            self.attribute("lang", other);
            self.lang = other;
        }
        self.push(">\n");
        groups.open = Some(change);
        if !is_labelled {
            groups.labelled = Some(change);
            let is_page = matches!(change.op, Op::AddPage | Op::ReplacePage);
            self.layer_label(groups, change, if is_page { "layer-page" } else { "layer-own" });
            if !is_page {
                self.edit_link(change);
            }
            if other.is_some() {
                self.line_of("layer-note", "layer-untranslated");
            }
            self.replaced(change);
        }
    }

    fn end_group(&mut self, groups: &mut Groups<'a>) {
        if groups.open.take().is_some() {
            self.lang = self.scene.lang;
            self.push("</div>\n");
        }
    }

    /// Writes the place of a section that a layer has taken away.
    fn removal(&mut self, groups: &mut Groups<'a>, change: &'a Arc<Change>) {
        self.end_group(groups);
        groups.labels += 1;
        groups.labelled = None;
        self.push("<div class=\"layer removed\" role=\"group\"");
        self.attribute("data-layer", &change.layer);
        self.attribute("aria-labelledby", &self.label_id(groups));
        self.push(">\n");
        self.layer_label(groups, change, "layer-removed");
        self.replaced(change);
        self.push("</div>\n");
    }

    /// Writes the way to where a layer's text is edited; that of a whole page stands with the facts of the page.
    fn edit_link(&mut self, change: &Change) {
        let Some(address) = self.scene.tracked.edit_link(&change.file) else { return };
        self.push("<p class=\"layer-edit\"");
        self.label_lang();
        self.push("><a");
        self.attribute("href", &address);
        self.push(">");
        self.text(self.string("layer-edit"));
        self.push("</a></p>\n");
    }

    /// Returns the id of the label that was begun last; pages for paper have several documents on them.
    fn label_id(&self, groups: &Groups<'a>) -> String {
        format!("{}_layer_{}", self.prefix, groups.labels)
    }

    fn layer_label(&mut self, groups: &Groups<'a>, change: &Change, key: &'a str) {
        let label = self.scene.tracked.layer_label(self.scene.shown_in, key, &change.layer);
        self.push("<p class=\"layer-label\"");
        self.attribute("id", &self.label_id(groups));
        self.label_lang();
        self.push(">");
        self.text(&label);
        self.push("</p>\n");
    }

    /// Writes a text of the theme as a paragraph.
    fn line_of(&mut self, class: &str, key: &'a str) {
        let text = self.string(key);
        self.push("<p");
        self.attribute("class", class);
        self.label_lang();
        self.push(">");
        self.text(text);
        self.push("</p>\n");
    }

    /// Writes the text that a change has replaced, closed at first.
    fn replaced(&mut self, change: &'a Change) {
        if change.replaced.is_empty() {
            return;
        }
        self.push("<details class=\"replaced\">\n<summary");
        self.label_lang();
        self.push(">");
        self.text(self.string("layer-replaced"));
        self.push("</summary>\n");
        if let Some(reason) = &change.reason {
            let reason = self.scene.tracked.layer_reason(self.scene.shown_in, reason);
            self.push("<p class=\"layer-note\"");
            self.label_lang();
            self.push(">");
            self.text(&reason);
            self.push("</p>\n");
        }
        let lang = std::mem::replace(&mut self.lang, self.scene.lang);
        let was_quiet = std::mem::replace(&mut self.quiet, true);
        if lang != self.scene.lang {
            self.push("<div");
            self.attribute("lang", self.scene.lang);
            self.push(">\n");
        }
        self.blocks(&change.replaced);
        if lang != self.scene.lang {
            self.push("</div>\n");
        }
        self.quiet = was_quiet;
        self.lang = lang;
        self.push("</details>\n");
    }
}

fn is_same(a: Option<&Arc<Change>>, b: Option<&Arc<Change>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}
