//! From a page's tree to the HTML of its body.
//!
//! It is given a document, the page that it stands in and the output it becomes part of, and returns HTML.
//! All text is escaped here; raw HTML in the tree has passed the allowlist already. It reads terms, contacts
//! and values through a [`Tracked`], and reports nothing: whether links lead anywhere was checked before.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use pulldown_cmark_escape::{escape_html, escape_html_body_text};

use super::Tracked;
use super::highlight::highlight;
use crate::book::links::Destination;
use crate::book::{Generated, Page};
use crate::config::Lang;
use crate::document::{
    Alert, Alignment, Block, Definition, Document, Heading, Image, Inline, Item, Link, Table, Target, Term, text,
};
use crate::site::paths;
use crate::values::expand;

/// Where a document is shown.
pub struct Scene<'a> {
    /// The book and theme.
    pub tracked: &'a Tracked<'a>,
    /// The page that the document belongs to; none for texts of data files.
    pub page: Option<&'a Page>,
    /// The language of the site in which it is shown.
    pub shown_in: &'a Lang,
    /// The language of the text itself.
    pub lang: &'a Lang,
    /// The output's path, from which links are relative.
    pub output: &'a str,
}

/// Renders a document with its footnotes.
pub fn document(scene: &Scene<'_>, document: &Document) -> String {
    let mut writer = Writer::new(scene, document);
    writer.sections(document);
    writer.footnotes();
    writer.out
}

/// Renders a document that stands on a page with others: its terms are links to the glossary and open nothing.
pub fn embedded(scene: &Scene<'_>, document: &Document) -> String {
    let mut writer = Writer::new(scene, document);
    writer.terms = Terms::Linked;
    writer.blocks(&document.blocks);
    writer.out
}

/// Renders a document for paper: terms are plain words. As a numbered part of a larger page, its headings are one
/// level deeper, and its ids are its own.
pub fn printed(scene: &Scene<'_>, document: &Document, part: Option<usize>) -> String {
    let mut writer = Writer::new(scene, document);
    writer.terms = Terms::Plain;
    writer.deeper = u8::from(part.is_some());
    writer.prefix = part.map_or_else(String::new, |number| format!("p{number}_"));
    writer.sections(document);
    writer.footnotes();
    writer.out
}

/// Renders the running text of a document's paragraphs, to stand within a line; terms become plain text.
pub fn line(scene: &Scene<'_>, document: &Document) -> String {
    let mut writer = Writer::new(scene, document);
    writer.terms = Terms::Plain;
    for block in &document.blocks {
        if let Block::Paragraph(content) | Block::Plain(content) = block {
            writer.inlines(content);
        }
    }
    writer.out
}

/// Renders one heading's text for lists, without links, terms and footnotes.
pub fn heading_text(scene: &Scene<'_>, content: &[Inline]) -> String {
    let text = text::with_variables(content);
    expand(&text, |name| scene.tracked.value(scene.lang, name)).into_owned()
}

/// Writes `data-label` with a column's name; nothing for a column without one.
fn label_attribute(text: &str) -> String {
    let mut out = String::new();
    if !text.trim().is_empty() {
        out.push_str(" data-label=\"");
        escape_html(&mut out, text.trim()).expect("writing to a string cannot fail");
        out.push('"');
    }
    out
}

pub(super) struct Writer<'a> {
    pub(super) scene: &'a Scene<'a>,
    /// The language of the text that is being written.
    pub(super) lang: &'a Lang,
    /// Whether headings are written as text, as in what a layer has replaced: without ids and levels.
    pub(super) quiet: bool,
    document: &'a Document,
    out: String,
    /// Anchors of the terms whose definition is on the page already.
    defined: BTreeSet<&'a str>,
    /// Labels of the footnotes that have been referred to.
    marked: BTreeSet<&'a str>,
    terms: Terms,
    /// The text of the last heading.
    under: String,
    /// By how many levels headings are deeper than in the document.
    deeper: u8,
    /// What stands before every id.
    pub(super) prefix: String,
}

/// How terms are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Terms {
    /// The first use of each with its definition, which opens.
    Defined,
    /// As links to the glossary.
    Linked,
    /// As plain text.
    Plain,
}

impl<'a> Writer<'a> {
    fn new(scene: &'a Scene<'a>, document: &'a Document) -> Self {
        Writer {
            scene,
            lang: scene.lang,
            quiet: false,
            document,
            out: String::with_capacity(4096),
            defined: BTreeSet::new(),
            marked: BTreeSet::new(),
            terms: Terms::Defined,
            under: String::new(),
            deeper: 0,
            prefix: String::new(),
        }
    }

    pub(super) fn push(&mut self, html: &str) {
        self.out.push_str(html);
    }

    pub(super) fn text(&mut self, text: &str) {
        escape_html_body_text(&mut self.out, text).expect("writing to a string cannot fail");
    }

    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        escape_html(&mut self.out, value).expect("writing to a string cannot fail");
        self.out.push('"');
    }

    pub(super) fn string(&self, key: &'a str) -> &'a str {
        self.scene.tracked.string(self.scene.shown_in, key)
    }

    /// Marks a text of the theme with its language, where the text around it is in another.
    pub(super) fn label_lang(&mut self) {
        if self.scene.shown_in != self.lang {
            self.attribute("lang", self.scene.shown_in);
        }
    }

    // Blocks

    pub(super) fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    pub(super) fn block(&mut self, block: &'a Block) {
        match block {
            Block::Heading(heading) => self.heading(heading),
            Block::Paragraph(content) => {
                self.push("<p>");
                self.inlines(content);
                self.push("</p>\n");
            }
            Block::Plain(content) => {
                self.inlines(content);
                self.push("\n");
            }
            Block::Quote(inner) => {
                self.push("<blockquote>\n");
                self.blocks(inner);
                self.push("</blockquote>\n");
            }
            Block::Alert(alert, inner) => self.alert(*alert, inner),
            Block::List { start, items } => self.list(*start, items),
            Block::Table(table) => self.table(table),
            Block::Code { language, code } => self.code(language, code),
            Block::Definitions(definitions) => self.definitions(definitions),
            Block::Html(html) => {
                self.push(html);
                self.push("\n");
            }
            Block::Rule => self.push("<hr>\n"),
        }
    }

    fn heading(&mut self, heading: &'a Heading) {
        if self.quiet {
            self.push("<p class=\"was-heading\"><b>");
            let before = std::mem::replace(&mut self.terms, Terms::Plain);
            self.inlines(&heading.content);
            self.terms = before;
            self.push("</b></p>\n");
            return;
        }
        let level = (heading.level + self.deeper).min(6);
        let _ = write!(self.out, "<h{level}");
        if !heading.id.is_empty() {
            let id = format!("{}{}", self.prefix, heading.id);
            self.attribute("id", &id);
        }
        self.push(">");
        let before = std::mem::replace(&mut self.terms, Terms::Plain);
        self.under = heading_text(self.scene, &heading.content);
        self.inlines(&heading.content);
        self.terms = before;
        if heading.inferred {
            self.push(" <span class=\"mark\"");
            self.label_lang();
            self.push(">");
            self.text(self.string("inferred"));
            self.push("</span>");
        }
        let _ = writeln!(self.out, "</h{level}>");
    }

    fn alert(&mut self, alert: Alert, inner: &'a [Block]) {
        let name = alert.name();
        let _ = write!(self.out, "<div class=\"alert {name}\" role=\"note\">\n<p class=\"alert-title\"");
        self.label_lang();
        self.push(">");
        self.text(self.string(name));
        self.push("</p>\n");
        self.blocks(inner);
        self.push("</div>\n");
    }

    fn list(&mut self, start: Option<u64>, items: &'a [Item]) {
        match start {
            None if items.iter().any(|item| item.task.is_some()) => self.push("<ul class=\"tasks\">\n"),
            None => self.push("<ul>\n"),
            Some(1) => self.push("<ol>\n"),
            Some(start) => {
                let _ = writeln!(self.out, "<ol start=\"{start}\">");
            }
        }
        for item in items {
            self.push("<li>");
            if let Some(done) = item.task {
                let (sign, key) = if done { ("☑", "task-done") } else { ("☐", "task-open") };
                self.push("<span class=\"task\" role=\"img\"");
                self.attribute("aria-label", self.string(key));
                let _ = write!(self.out, ">{sign}</span> ");
            }
            self.item(&item.blocks);
            self.push("</li>\n");
        }
        self.push(if start.is_some() { "</ol>\n" } else { "</ul>\n" });
    }

    /// Writes an item; the text of a tight one gets no line of its own.
    fn item(&mut self, blocks: &'a [Block]) {
        for (index, block) in blocks.iter().enumerate() {
            match block {
                Block::Plain(content) => self.inlines(content),
                other => {
                    if index > 0 {
                        self.push("\n");
                    }
                    self.block(other);
                }
            }
        }
    }

    fn table(&mut self, table: &'a Table) {
        self.push("<div class=\"table\" role=\"group\" tabindex=\"0\"");
        let name = self.string("table");
        let label = if self.under.is_empty() { name.to_owned() } else { format!("{name}: {}", self.under) };
        self.attribute("aria-label", &label);
        self.push(">\n<table>\n<thead>\n<tr>");
        for (column, cell) in table.head.iter().enumerate() {
            self.cell("th", table.alignments.get(column), " scope=\"col\"", cell);
        }
        // Where a narrow screen stacks the cells, each says its column's name.
        let labels = table.head.iter().map(|cell| heading_text(self.scene, cell));
        let labels: Vec<String> = labels.map(|text| label_attribute(&text)).collect();
        self.push("</tr>\n</thead>\n<tbody>\n");
        for row in &table.rows {
            self.push("<tr>");
            for (column, cell) in row.iter().enumerate() {
                self.cell("td", table.alignments.get(column), labels.get(column).map_or("", String::as_str), cell);
            }
            self.push("</tr>\n");
        }
        self.push("</tbody>\n</table>\n</div>\n");
    }

    fn cell(&mut self, element: &str, alignment: Option<&Alignment>, attributes: &str, content: &'a [Inline]) {
        let class = match alignment {
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            _ => "",
        };
        let _ = write!(self.out, "<{element}{attributes}{class}>");
        self.inlines(content);
        let _ = write!(self.out, "</{element}>");
    }

    fn code(&mut self, language: &str, code: &str) {
        self.push("<pre tabindex=\"0\"><code");
        if !language.is_empty() {
            self.attribute("class", &format!("language-{language}"));
        }
        self.push(">");
        match highlight(language, code) {
            Some(html) => self.push(&html),
            None => self.text(code),
        }
        self.push("</code></pre>\n");
    }

    fn definitions(&mut self, definitions: &'a [Definition]) {
        self.push("<dl>\n");
        for definition in definitions {
            self.push("<dt>");
            self.inlines(&definition.term);
            self.push("</dt>\n");
            for blocks in &definition.definitions {
                self.push("<dd>");
                self.item(blocks);
                self.push("</dd>\n");
            }
        }
        self.push("</dl>\n");
    }

    /// Writes the footnotes with links back to their first marks.
    fn footnotes(&mut self) {
        if self.document.footnotes.is_empty() {
            return;
        }
        // The footnotes of a part are no landmark: several of one name could not be told apart.
        let element = if self.prefix.is_empty() { "section" } else { "div" };
        let _ = write!(self.out, "<{element} class=\"footnotes\"");
        if element == "section" {
            self.attribute("aria-label", self.string("footnotes"));
        }
        self.push(">\n<ol>\n");
        for (index, footnote) in self.document.footnotes.iter().enumerate() {
            let number = index + 1;
            let prefix = self.prefix.clone();
            let _ = writeln!(self.out, "<li id=\"{prefix}fn_{number}\">");
            self.blocks(&footnote.blocks);
            let _ = write!(self.out, "<a class=\"back\" href=\"#{prefix}fnref_{number}\"");
            let label = self.string("footnote-back").replace("{n}", &number.to_string());
            self.attribute("aria-label", &label);
            self.push(">↩</a></li>\n");
        }
        let _ = write!(self.out, "</ol>\n</{element}>\n");
    }

    // Running text

    fn inlines(&mut self, inlines: &'a [Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => self.text(text),
                Inline::Code(code) => {
                    self.push("<code>");
                    self.text(code);
                    self.push("</code>");
                }
                Inline::Emphasis(inner) => self.element("em", inner),
                Inline::Strong(inner) => self.element("strong", inner),
                Inline::Strikethrough(inner) => self.element("del", inner),
                Inline::Link(link) => self.link(link),
                Inline::Image(image) => self.image(image),
                Inline::Term(term) => self.term(term),
                Inline::Variable(name) => {
                    let value = self.scene.tracked.value(self.lang, name).unwrap_or_default();
                    self.text(value);
                }
                Inline::Footnote(label) => self.footnote_mark(label),
                Inline::Break => self.push("<br>\n"),
                Inline::Html(html) => self.push(html),
            }
        }
    }

    fn element(&mut self, name: &str, inner: &'a [Inline]) {
        let _ = write!(self.out, "<{name}>");
        self.inlines(inner);
        let _ = write!(self.out, "</{name}>");
    }

    fn destination(&self, target: &Target) -> Option<Destination> {
        match (self.scene.page, target) {
            (Some(page), target) => self.scene.tracked.link(page, self.scene.shown_in, target),
            (None, Target::External(url)) => Some(Destination::External(url.clone())),
            (None, Target::Contact(id)) => self.scene.tracked.contact(self.scene.shown_in, id),
            (None, _) => None,
        }
    }

    fn href(&self, destination: &Destination) -> String {
        paths::href(self.scene.tracked.paths(), self.scene.output, destination)
    }

    /// Puts values into a plain text.
    fn expand(&self, text: &str) -> String {
        expand(text, |name| self.scene.tracked.value(self.lang, name)).into_owned()
    }

    /// Writes a tooltip, if there is one.
    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            let title = self.expand(title);
            self.attribute("title", &title);
        }
    }

    fn link(&mut self, link: &'a Link) {
        let Some(destination) = self.destination(&link.target) else {
            self.inlines(&link.content);
            return;
        };
        let href = self.href(&destination);
        self.push("<a");
        self.attribute("href", &href);
        if matches!(destination, Destination::External(_)) && href.starts_with("http") {
            self.push(" rel=\"external noopener\"");
        }
        self.title(&link.title);
        self.push(">");
        self.inlines(&link.content);
        self.push("</a>");
    }

    fn image(&mut self, image: &'a Image) {
        let Some(destination) = self.destination(&image.target) else {
            self.text(&image.alt);
            return;
        };
        let href = self.href(&destination);
        self.push("<img");
        self.attribute("src", &href);
        let alt = self.expand(&image.alt);
        self.attribute("alt", &alt);
        if let Destination::Asset(below) = &destination
            && let Some((width, height)) = self.scene.tracked.image_size(below)
        {
            let _ = write!(self.out, " width=\"{width}\" height=\"{height}\"");
        }
        self.title(&image.title);
        self.push(" loading=\"lazy\">");
    }

    /// Writes a term: at its first use with a definition that opens, later as a link to the glossary.
    fn term(&mut self, term: &'a Term) {
        let entry = if self.terms == Terms::Plain { None } else { self.scene.tracked.term(self.lang, &term.term) };
        let Some(entry) = entry else {
            self.inlines(&term.content);
            return;
        };
        let glossary = Destination::Generated {
            page: Generated::Glossary,
            lang: Arc::clone(self.scene.shown_in),
            anchor: Some(entry.anchor.as_str().into()),
        };
        let href = self.href(&glossary);
        if self.terms == Terms::Linked || !self.defined.insert(&entry.anchor) {
            self.push("<a class=\"term\"");
            self.attribute("href", &href);
            self.push(">");
            self.inlines(&term.content);
            self.push("</a>");
            return;
        }
        let id = &entry.anchor;
        let _ = write!(self.out, "<button type=\"button\" class=\"term\" popovertarget=\"term_{id}\">");
        self.inlines(&term.content);
        let _ = write!(self.out, "</button><span class=\"definition\" id=\"term_{id}\" popover><b>");
        self.text(&entry.term);
        self.push("</b> ");
        let scene = Scene { page: None, ..*self.scene };
        let definition = line(&scene, &entry.definition);
        self.push(&definition);
        if let Some(layer) = &entry.layer {
            self.push(" <span class=\"layer-label\"");
            self.attribute("data-layer", layer);
            self.label_lang();
            self.push(">");
            self.text(&self.scene.tracked.layer_label(self.scene.shown_in, "layer-own", layer));
            self.push("</span>");
        }
        self.push(" <a");
        self.attribute("href", &href);
        self.label_lang();
        self.push(">");
        self.text(self.string("in-glossary"));
        self.push("</a></span>");
    }

    fn footnote_mark(&mut self, label: &'a str) {
        let Some(index) = self.document.footnotes.iter().position(|footnote| *footnote.label == *label) else {
            return;
        };
        let number = index + 1;
        let prefix = &self.prefix;
        let id = if self.marked.insert(label) { format!(" id=\"{prefix}fnref_{number}\"") } else { String::new() };
        let _ = write!(self.out, "<sup><a class=\"footnote\"{id} href=\"#{prefix}fn_{number}\"");
        let label = self.string("footnote").replace("{n}", &number.to_string());
        self.attribute("aria-label", &label);
        let _ = write!(self.out, ">{number}</a></sup>");
    }
}
