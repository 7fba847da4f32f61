//! Building the tree from pulldown-cmark's events.
//!
//! It is given a file and the range of its Markdown, and returns a [`Document`] with the faults that can be
//! seen in the page alone: headings, footnotes, references, raw HTML, addresses, nesting. It goes on after
//! every fault.

use std::cell::RefCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{
    BlockQuoteKind, BrokenLink, CodeBlockKind, CowStr, Event, LinkType, OffsetIter, Options, Parser, Tag, TagEnd,
};

use super::headings;
use super::html::{self, Container, Dropped};
use super::text::with_variables;
use super::{
    Alert, Block, Definition, Document, Footnote, Heading, Image, Inline, Item, Link, Reference, Referent, Row, Span,
    Table, Target, Term,
};
use crate::config::is_id;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::TextFile;
use crate::values::names_in;

/// How deep blocks and inline text may be nested; far beyond any page, and safe for the stack.
const DEEPEST: usize = 100;

/// Classes that a heading may carry.
const HEADING_CLASSES: [&str; 2] = ["inferred", "locked"];

/// Parses the Markdown in `range` of a file.
///
/// Returns the tree and the faults of the page itself: `E018` to `E020`, `E024`, `E028` to `E031`, `W001`,
/// `W002`.
pub fn parse(file: &Arc<TextFile>, range: Range<usize>) -> (Document, Vec<Diagnostic>) {
    let text = &file.text[range.clone()];
    Builder::run(file, text, Offsets::At(range.start))
}

/// Parses a Markdown text that stands in a value of a YAML file; faults point at `place`.
pub fn parse_fragment(text: &str, place: &Place) -> (Document, Vec<Diagnostic>) {
    Builder::run(&place.file, text, Offsets::Fixed(place.span.clone()))
}

/// Parses a part of a page that is to be put into another one: levels and ids of its headings are checked, and
/// ids made, when it stands there. `notes` is put before the labels of its footnotes, to tell them from the
/// page's own.
pub fn parse_part(file: &Arc<TextFile>, range: Range<usize>, notes: &str) -> (Document, Vec<Diagnostic>) {
    let text = &file.text[range.clone()];
    let (mut document, faults) = Builder::run_part(file, text, Offsets::At(range.start), Some(notes));
    for reference in &mut document.references {
        reference.file = Some(Arc::clone(file));
    }
    (document, faults)
}

/// Returns the extensions of CommonMark that pages are written in.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_WIKILINKS
}

/// How positions in the parsed text become positions in the file.
#[derive(Clone)]
enum Offsets {
    /// The text begins at this offset of the file.
    At(usize),
    /// The text is the value at this range of the file.
    Fixed(Range<usize>),
}

type BrokenCallback<'t> = Box<dyn FnMut(BrokenLink<'t>) -> Option<(CowStr<'t>, CowStr<'t>)> + 't>;

struct Builder<'t> {
    file: Arc<TextFile>,
    text: &'t str,
    offsets: Offsets,
    events: Peekable<OffsetIter<'t, BrokenCallback<'t>>>,
    depth: usize,
    references: Vec<Reference>,
    footnotes: BTreeMap<Box<str>, (Vec<Block>, Range<usize>)>,
    footnote_marks: Vec<(Box<str>, Range<usize>)>,
    dropped: Vec<Dropped>,
    spans: Vec<Span>,
    /// In a part of a page: what stands before the labels of its footnotes.
    notes: Option<&'t str>,
    out: Vec<Diagnostic>,
}

impl<'t> Builder<'t> {
    fn run(file: &Arc<TextFile>, text: &'t str, offsets: Offsets) -> (Document, Vec<Diagnostic>) {
        Builder::run_part(file, text, offsets, None)
    }

    fn run_part(
        file: &Arc<TextFile>,
        text: &'t str,
        offsets: Offsets,
        notes: Option<&'t str>,
    ) -> (Document, Vec<Diagnostic>) {
        let broken = std::rc::Rc::new(RefCell::new(Vec::new()));
        let sink = std::rc::Rc::clone(&broken);
        let callback: BrokenCallback<'t> = Box::new(move |link: BrokenLink<'t>| {
            if matches!(link.link_type, LinkType::Reference | LinkType::Collapsed) {
                sink.borrow_mut().push((link.reference.to_string(), link.span));
            }
            None
        });
        let parser = Parser::new_with_broken_link_callback(text, options(), Some(callback));
        let mut builder = Builder {
            file: Arc::clone(file),
            text,
            offsets,
            events: parser.into_offset_iter().peekable(),
            depth: 0,
            references: Vec::new(),
            footnotes: BTreeMap::new(),
            footnote_marks: Vec::new(),
            dropped: Vec::new(),
            spans: Vec::new(),
            notes,
            out: Vec::new(),
        };
        let blocks = builder.blocks();
        for (reference, span) in broken.take() {
            let help = Some(format!("write `[{reference}]: address` on a line of its own"));
            builder.fault(Code::E030, format!("the reference `{reference}` is not defined"), span).help = help;
        }
        builder.finish(blocks)
    }

    // Places and faults

    fn span(&self, range: &Range<usize>) -> Range<usize> {
        match &self.offsets {
            Offsets::At(start) => range.start + start..range.end + start,
            Offsets::Fixed(fixed) => fixed.clone(),
        }
    }

    fn short_span(&self, range: &Range<usize>) -> Span {
        let span = self.span(range);
        u32::try_from(span.start).unwrap_or(u32::MAX)..u32::try_from(span.end).unwrap_or(u32::MAX)
    }

    fn fault(&mut self, code: Code, message: String, range: Range<usize>) -> &mut Diagnostic {
        let place = Place::new(&self.file, self.span(&range));
        self.out.push(Diagnostic::new(code, message).at(place));
        self.out.last_mut().expect("a diagnostic has just been pushed")
    }

    fn refer(&mut self, to: Referent, range: &Range<usize>) {
        let span = self.short_span(range);
        self.references.push(Reference { to, span, file: None });
    }

    /// Notes the variables of a plain text, such as a link's tooltip.
    fn refer_variables(&mut self, text: &str, range: &Range<usize>) {
        for name in names_in(text) {
            self.refer(Referent::Variable(name.into()), range);
        }
    }

    // Blocks

    /// Reads blocks up to the end of the container, which is consumed.
    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open = Container::default();
        while let Some((event, range)) = self.events.peek() {
            let range = range.clone();
            if is_inline(event) {
                let content = self.inlines();
                blocks.push(Block::Plain(content));
                self.note_spans(&range, blocks.len());
                continue;
            }
            let Some((event, _)) = self.events.next() else { break };
            match event {
                Event::End(_) => break,
                Event::Start(tag) => self.block(tag, range.clone(), &mut blocks, &mut open),
                Event::Rule => blocks.push(Block::Rule),
                _ => {}
            }
            self.note_spans(&range, blocks.len());
        }
        let closing = open.close(&mut self.dropped);
        if !closing.is_empty() {
            blocks.push(Block::Html(closing.into()));
            self.note_spans(&(self.text.len()..self.text.len()), blocks.len());
        }
        blocks
    }

    /// Notes where the blocks at the top of the page stand, of which there are `count` now.
    fn note_spans(&mut self, range: &Range<usize>, count: usize) {
        if self.depth == 0 {
            let span = self.short_span(range);
            self.spans.resize(count, span);
        }
    }

    /// Reads the blocks of an inner container, or passes over it when it is nested too deep.
    fn inner(&mut self, range: &Range<usize>) -> Vec<Block> {
        if self.depth >= DEEPEST {
            self.too_deep(range);
            return Vec::new();
        }
        self.depth += 1;
        let blocks = self.blocks();
        self.depth -= 1;
        blocks
    }

    fn too_deep(&mut self, range: &Range<usize>) {
        let mut open = 1;
        while open > 0 {
            match self.events.next() {
                Some((Event::Start(_), _)) => open += 1,
                Some((Event::End(_), _)) => open -= 1,
                Some(_) => {}
                None => break,
            }
        }
        let help = format!("nest at most {DEEPEST} levels of lists, quotations and emphasis");
        self.fault(Code::E031, "this is nested too deep".to_owned(), range.clone()).help = Some(help);
    }

    fn block(&mut self, tag: Tag<'t>, range: Range<usize>, blocks: &mut Vec<Block>, open: &mut Container) {
        match tag {
            Tag::Paragraph => {
                let content = self.container_inlines();
                blocks.push(Block::Paragraph(content));
            }
            Tag::Heading { level, id, classes, attrs } => {
                let id = id.map(|id| id.to_string());
                let classes: Vec<String> = classes.iter().map(ToString::to_string).collect();
                let attributes: Vec<String> = attrs.iter().map(|(name, _)| name.to_string()).collect();
                let heading = self.heading(level as u8, id, &classes, &attributes, range);
                blocks.push(Block::Heading(Box::new(heading)));
            }
            Tag::BlockQuote(kind) => {
                let inner = self.inner(&range);
                blocks.push(match kind {
                    Some(kind) => Block::Alert(alert(kind), inner),
                    None => Block::Quote(inner),
                });
            }
            Tag::CodeBlock(kind) => blocks.push(self.code(&kind, &range)),
            Tag::HtmlBlock => {
                let html = self.html_block(&range, open);
                if !html.trim().is_empty() {
                    blocks.push(Block::Html(html.into()));
                }
            }
            Tag::List(start) => {
                let items = self.items(&range);
                blocks.push(Block::List { start, items });
            }
            Tag::FootnoteDefinition(label) => {
                let inner = self.inner(&range);
                self.define_footnote(&label, inner, range);
            }
            Tag::DefinitionList => {
                let definitions = self.definitions();
                blocks.push(Block::Definitions(definitions));
            }
            Tag::Table(alignments) => {
                let table = self.table(alignments);
                blocks.push(Block::Table(Box::new(table)));
            }
            // Items, rows and cells are read by their containers; metadata blocks are not enabled.
            _ => {
                self.inner(&range);
            }
        }
    }

    fn heading(
        &mut self,
        level: u8,
        id: Option<String>,
        classes: &[String],
        attributes: &[String],
        range: Range<usize>,
    ) -> Heading {
        let content = self.container_inlines();
        for class in classes.iter().filter(|class| !HEADING_CLASSES.contains(&class.as_str())) {
            let fault = self.fault(Code::E020, format!("a heading cannot have the class `{class}`"), range.clone());
            *fault = fault.clone().suggest(class, HEADING_CLASSES);
        }
        for attribute in attributes {
            let message = format!("a heading cannot have the attribute `{attribute}`");
            self.fault(Code::E020, message, range.clone()).help = Some("write {#id} or {#id .inferred}".to_owned());
        }
        let id = id.filter(|id| {
            let good = is_id(id);
            if !good {
                let message = format!("`{id}` cannot be the id of a section");
                let help = "use lower-case letters a to z, digits and hyphens".to_owned();
                self.fault(Code::E020, message, range.clone()).help = Some(help);
            }
            good
        });
        if level == 1 {
            let help = Some("the page's title is level 1; write `##`".to_owned());
            self.fault(Code::E019, "a heading in the text cannot be of level 1".to_owned(), range.clone()).help = help;
        }
        if self.depth > 0 && id.is_some() {
            let message = "a heading in a list, quotation or footnote cannot open a section".to_owned();
            let help = Some("leave its id out, or move it to the left edge of the page".to_owned());
            self.fault(Code::E020, message, range.clone()).help = help;
        }
        Heading {
            level,
            is_section: id.is_some(),
            id: id.unwrap_or_default().into(),
            inferred: classes.iter().any(|class| class == "inferred"),
            locked: classes.iter().any(|class| class == "locked"),
            content,
            span: self.short_span(&range),
        }
    }

    fn code(&mut self, kind: &CodeBlockKind<'t>, range: &Range<usize>) -> Block {
        let mut code = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Text(text) => code.push_str(&text),
                Event::End(TagEnd::CodeBlock) => break,
                _ => {}
            }
        }
        let language: Box<str> = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or_default().into(),
            CodeBlockKind::Indented => "".into(),
        };
        if !language.is_empty() {
            self.refer(Referent::CodeLanguage(language.clone()), range);
        }
        Block::Code { language, code: code.into() }
    }

    fn html_block(&mut self, range: &Range<usize>, open: &mut Container) -> String {
        let mut raw = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Html(part) | Event::Text(part) => raw.push_str(&part),
                Event::End(TagEnd::HtmlBlock) => break,
                _ => {}
            }
        }
        self.as_written(&raw, range.start);
        html::filter(&raw, range.start, true, open, &mut self.dropped)
    }

    /// Reports variables and terms in raw HTML: nothing is put in their places there.
    fn as_written(&mut self, raw: &str, start: usize) {
        for (open, close) in [("{{", "}}"), ("[[", "]]")] {
            let mut from = 0;
            while let Some(at) = raw[from..].find(open).map(|at| from + at) {
                let Some(end) = raw[at..].find(close).map(|end| at + end + close.len()) else { break };
                from = end;
                if raw[at..end].contains('\n') {
                    continue;
                }
                let message = format!("`{}` stands in raw HTML, where it is shown as written", &raw[at..end]);
                let help = Some("leave a line empty after the tag before it, so that it is Markdown".to_owned());
                self.fault(Code::W013, message, start + at..start + end).help = help;
            }
        }
    }

    fn items(&mut self, range: &Range<usize>) -> Vec<Item> {
        let mut items = Vec::new();
        if self.depth >= DEEPEST {
            self.too_deep(range);
            return items;
        }
        while let Some((Event::Start(Tag::Item), range)) = self.events.next() {
            let task = match self.events.peek() {
                Some((Event::TaskListMarker(done), _)) => Some(*done),
                _ => None,
            };
            if task.is_some() {
                self.events.next();
            }
            items.push(Item { task, blocks: self.inner(&range) });
        }
        items
    }

    fn definitions(&mut self) -> Vec<Definition> {
        let mut definitions: Vec<Definition> = Vec::new();
        while let Some((Event::Start(tag), range)) = self.events.next() {
            if tag == Tag::DefinitionListTitle {
                let term = self.container_inlines();
                definitions.push(Definition { term, definitions: Vec::new() });
            } else {
                let blocks = self.inner(&range);
                if let Some(last) = definitions.last_mut() {
                    last.definitions.push(blocks);
                }
            }
        }
        definitions
    }

    fn table(&mut self, alignments: Vec<super::Alignment>) -> Table {
        let mut table = Table { alignments, head: Row::new(), rows: Vec::new() };
        while let Some((Event::Start(tag), _)) = self.events.next() {
            let mut row = Row::new();
            while let Some((Event::Start(Tag::TableCell), _)) = self.events.next() {
                row.push(self.container_inlines());
            }
            match tag {
                Tag::TableHead => table.head = row,
                _ => table.rows.push(row),
            }
        }
        table
    }

    fn define_footnote(&mut self, label: &str, blocks: Vec<Block>, range: Range<usize>) {
        let marked = self.marked(label);
        if let Entry::Vacant(free) = self.footnotes.entry(marked) {
            free.insert((blocks, range));
            return;
        }
        let help = Some("give each footnote a label of its own".to_owned());
        self.fault(Code::E018, format!("the footnote `{label}` is defined twice"), range).help = help;
    }

    // Running text

    /// Reads running text and the end of its container.
    fn container_inlines(&mut self) -> Vec<Inline> {
        let content = self.inlines();
        self.events.next();
        content
    }

    /// Reads running text up to the next event that is none, which is not consumed.
    fn inlines(&mut self) -> Vec<Inline> {
        let mut run = Run::default();
        let mut open = Container::default();
        while let Some((event, _)) = self.events.peek() {
            if !is_inline(event) {
                break;
            }
            let Some((event, range)) = self.events.next() else { break };
            self.inline(event, range, &mut run, &mut open);
        }
        let closing = open.close(&mut self.dropped);
        if !closing.is_empty() {
            run.push(Inline::Html(closing.into()));
        }
        self.end_run(run)
    }

    fn inline(&mut self, event: Event<'t>, range: Range<usize>, run: &mut Run, open: &mut Container) {
        if open.is_swallowing() && !matches!(event, Event::InlineHtml(_) | Event::Html(_) | Event::Start(_)) {
            return;
        }
        match event {
            Event::Text(text) => run.text(self.text, &text, range),
            Event::SoftBreak => run.text(self.text, "\n", range),
            Event::HardBreak => run.push(Inline::Break),
            Event::Code(code) => run.push(Inline::Code(code.as_ref().into())),
            Event::InlineHtml(raw) | Event::Html(raw) => {
                self.as_written(&raw, range.start);
                let html = html::filter(&raw, range.start, false, open, &mut self.dropped);
                if !html.is_empty() {
                    run.push(Inline::Html(html.into()));
                }
            }
            Event::FootnoteReference(label) => {
                let label = self.marked(&label);
                self.footnote_marks.push((label.clone(), range));
                run.push(Inline::Footnote(label));
            }
            Event::Start(tag) => {
                if self.depth >= DEEPEST {
                    self.too_deep(&range);
                    return;
                }
                self.depth += 1;
                let inline = self.styled(tag, &range);
                self.depth -= 1;
                if !open.is_swallowing() {
                    run.push(inline);
                }
            }
            _ => {}
        }
    }

    fn styled(&mut self, tag: Tag<'t>, range: &Range<usize>) -> Inline {
        match tag {
            Tag::Strong => Inline::Strong(self.container_inlines()),
            Tag::Strikethrough => Inline::Strikethrough(self.container_inlines()),
            Tag::Link { link_type: LinkType::WikiLink { .. }, dest_url, .. } => {
                // In a table the bar is escaped, `[[term\|text]]`, and the backslash is left at the term.
                let term: Box<str> = dest_url.trim_end_matches('\\').trim().into();
                self.refer(Referent::Term(term.clone()), range);
                Inline::Term(Box::new(Term { term, content: self.container_inlines() }))
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                let target = match link_type {
                    LinkType::Email => Target::External(format!("mailto:{dest_url}").into()),
                    _ => Target::of(&dest_url),
                };
                self.refer(Referent::Link(target.clone()), range);
                self.refer_variables(&title, range);
                let content = self.container_inlines();
                Inline::Link(Box::new(Link { target, title: title.as_ref().into(), content }))
            }
            Tag::Image { dest_url, title, .. } => {
                let target = Target::of(&dest_url);
                self.refer(Referent::Image(target.clone()), range);
                self.refer_variables(&title, range);
                let alt = with_variables(&self.container_inlines());
                if alt.trim().is_empty() {
                    let help = "say between the square brackets what the image shows: ![…](image.png)".to_owned();
                    let message = "this image has no alternative text".to_owned();
                    self.fault(Code::E024, message, range.clone()).help = Some(help);
                }
                Inline::Image(Box::new(Image { target, title: title.as_ref().into(), alt: alt.into() }))
            }
            _ => Inline::Emphasis(self.container_inlines()),
        }
    }

    /// Turns the gathered pieces into inline nodes, with variables told from text.
    fn end_run(&mut self, run: Run) -> Vec<Inline> {
        let mut inlines = Vec::with_capacity(run.pieces.len());
        for piece in run.pieces {
            match piece {
                Piece::Node(inline) => inlines.push(inline),
                Piece::Text { text, start, literal } => {
                    self.find_footnote_marks(&text, start, literal);
                    self.split_variables(&text, start, literal, &mut inlines);
                }
            }
        }
        inlines
    }

    /// Reports `[^label]` in plain text: the parser leaves marks without a footnote as they are.
    fn find_footnote_marks(&mut self, text: &str, start: usize, literal: bool) {
        let from = usize::from(literal && !text.is_empty());
        for (at, _) in text.match_indices("[^").filter(|(at, _)| *at >= from) {
            let label = text[at + 2..].split([']', '[', ' ', '\n']).next().unwrap_or_default();
            if !label.is_empty() && text[at + 2 + label.len()..].starts_with(']') {
                self.undefined_footnote(label, start + at..start + at + label.len() + 3);
            }
        }
    }

    /// Splits `a {{ name }} b` into text, variable and text; an escaped `\{{` stays text.
    fn split_variables(&mut self, text: &str, start: usize, literal: bool, inlines: &mut Vec<Inline>) {
        let mut rest = 0;
        let mut search = usize::from(literal && !text.is_empty());
        while let Some(open) = text.get(search..).and_then(|tail| tail.find("{{")).map(|at| at + search) {
            let Some(close) = text[open..].find("}}").map(|at| at + open) else { break };
            // The nearest opening before the end is the one that it closes.
            let open = text[open..close].rfind("{{").map_or(open, |at| at + open);
            let name = text[open + 2..close].trim();
            if name.contains(['{', '\n']) || name.is_empty() {
                search = close + 2;
                continue;
            }
            if open > rest {
                inlines.push(Inline::Text(text[rest..open].into()));
            }
            self.refer(Referent::Variable(name.into()), &(start + open..start + close + 2));
            inlines.push(Inline::Variable(name.into()));
            rest = close + 2;
            search = rest;
        }
        if rest < text.len() {
            inlines.push(Inline::Text(text[rest..].into()));
        }
    }

    // The end

    fn finish(mut self, mut blocks: Vec<Block>) -> (Document, Vec<Diagnostic>) {
        for (what, range) in std::mem::take(&mut self.dropped) {
            let help = Some("write it as Markdown, or leave it out; the manual lists what may pass".to_owned());
            self.fault(Code::W001, format!("raw HTML was dropped: {what}"), range).help = help;
        }
        let footnotes = self.order_footnotes();
        if self.notes.is_none() {
            let place =
                |_, heading: &Heading| Place::new(&self.file, heading.span.start as usize..heading.span.end as usize);
            headings::check(&blocks, place, &mut self.out);
            headings::give_ids(&mut blocks);
        }
        self.references.sort_by_key(|reference| reference.span.start);
        let references = self.references;
        (Document { blocks, footnotes, references, spans: self.spans, changes: Vec::new() }, self.out)
    }

    /// Returns a footnote's label as it is told from those of other parts of the page.
    fn marked(&self, label: &str) -> Box<str> {
        format!("{}{label}", self.notes.unwrap_or_default()).into()
    }

    /// Returns a footnote's label as the author wrote it.
    fn unmarked<'l>(&self, label: &'l str) -> &'l str {
        label.strip_prefix(self.notes.unwrap_or_default()).unwrap_or(label)
    }

    fn undefined_footnote(&mut self, label: &str, range: Range<usize>) {
        let label = self.unmarked(label);
        let help = Some(format!("write `[^{label}]: …` on a line of its own"));
        self.fault(Code::E029, format!("the footnote `{label}` is not defined"), range).help = help;
    }

    /// Orders the footnotes by their first mark; reports marks without footnote and footnotes without mark.
    fn order_footnotes(&mut self) -> Vec<Footnote> {
        let mut footnotes = Vec::new();
        let mut seen = BTreeSet::new();
        for (label, range) in std::mem::take(&mut self.footnote_marks) {
            if !seen.insert(label.clone()) {
                continue;
            }
            match self.footnotes.remove(&label) {
                Some((blocks, _)) => footnotes.push(Footnote { label, blocks }),
                None => self.undefined_footnote(&label, range),
            }
        }
        for (label, (_, range)) in std::mem::take(&mut self.footnotes) {
            let label = self.unmarked(&label).to_owned();
            let help = Some(format!("put `[^{label}]` into the text, or remove the footnote"));
            self.fault(Code::W002, format!("nothing refers to the footnote `{label}`"), range).help = help;
        }
        footnotes
    }
}

fn alert(kind: BlockQuoteKind) -> Alert {
    match kind {
        BlockQuoteKind::Note => Alert::Note,
        BlockQuoteKind::Tip => Alert::Tip,
        BlockQuoteKind::Important => Alert::Important,
        BlockQuoteKind::Warning => Alert::Warning,
        BlockQuoteKind::Caution => Alert::Caution,
    }
}

/// Returns whether an event belongs to running text.
fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Text(_)
        | Event::Code(_)
        | Event::InlineHtml(_)
        | Event::FootnoteReference(_)
        | Event::SoftBreak
        | Event::HardBreak => true,
        Event::Start(tag) => matches!(
            tag,
            Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Link { .. }
                | Tag::Image { .. }
                | Tag::Superscript
                | Tag::Subscript
        ),
        _ => false,
    }
}

/// Pieces of running text, with neighbouring texts joined.
#[derive(Default)]
struct Run {
    pieces: Vec<Piece>,
    /// Where the last text ends in the source, if the next may be joined to it.
    text_end: Option<usize>,
}

enum Piece {
    Node(Inline),
    Text {
        text: String,
        start: usize,
        /// Whether the first character was escaped.
        literal: bool,
    },
}

impl Run {
    fn push(&mut self, inline: Inline) {
        self.pieces.push(Piece::Node(inline));
        self.text_end = None;
    }

    fn text(&mut self, source: &str, text: &str, range: Range<usize>) {
        let literal = source[..range.start].ends_with('\\');
        let joins = self.text_end == Some(range.start) && !literal;
        match self.pieces.last_mut() {
            Some(Piece::Text { text: last, .. }) if joins => last.push_str(text),
            _ => self.pieces.push(Piece::Text { text: text.to_owned(), start: range.start, literal }),
        }
        let is_verbatim = source.get(range.clone()) == Some(text);
        self.text_end = is_verbatim.then_some(range.end);
    }
}
