//! Reading the text as a reader would: links that do not say where they lead, sentences that are too long,
//! table columns without a name.
//!
//! It is given a page and walks the events of its Markdown, which carry places; it reports warnings only and
//! knows words and limits for Finnish, Swedish and English. Other languages get the limits of English and no
//! list of words.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::book::Page;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document;

/// What a language calls too long and too vague.
struct Limits {
    /// The most words that a sentence may have. Finnish says in one word what others say in two: the
    /// recommendation is fifteen to twenty, and what is reported here is far beyond it.
    words: usize,
    /// Link texts that mean nothing out of their place (WCAG 2.2, 2.4.4 and 2.4.9), in lower case.
    vague: &'static [&'static str],
}

const FINNISH: Limits = Limits {
    words: 25,
    vague: &[
        "tästä",
        "tässä",
        "täällä",
        "täältä",
        "tänne",
        "tämä",
        "linkki",
        "linkistä",
        "klikkaa tästä",
        "lue lisää",
        "lisää",
    ],
};
const SWEDISH: Limits =
    Limits { words: 35, vague: &["här", "klicka här", "länk", "länken", "läs mer", "mer", "denna", "den här"] };
const ENGLISH: Limits =
    Limits { words: 40, vague: &["here", "click here", "this", "link", "this link", "read more", "more"] };
const OTHER: Limits = Limits { words: 40, vague: &[] };

fn limits(lang: &str) -> &'static Limits {
    match lang {
        "fi" => &FINNISH,
        "sv" => &SWEDISH,
        "en" => &ENGLISH,
        _ => &OTHER,
    }
}

/// Reads one page.
pub fn lint(page: &Page, out: &mut Vec<Diagnostic>) {
    let body = page.body_range();
    let mut reader = Reader {
        page,
        start: body.start,
        limits: limits(&page.lang),
        run: Run::default(),
        link: None,
        header: None,
        is_header: false,
        is_code: false,
        out,
    };
    for (event, range) in Parser::new_ext(&page.file.text[body], document::options()).into_offset_iter() {
        reader.event(&event, range);
    }
    reader.end_run();
}

/// The running text of a paragraph, an item or a cell, with where its pieces stand in the body.
#[derive(Default)]
struct Run {
    text: String,
    /// Offsets into the text, each with its offset into the body.
    pieces: Vec<(usize, usize)>,
}

impl Run {
    fn push(&mut self, text: &str, at: usize) {
        self.pieces.push((self.text.len(), at));
        self.text.push_str(text);
    }

    /// Returns where a place of the text stands in the body.
    fn place(&self, at: usize) -> usize {
        let piece = self.pieces.iter().rev().find(|(start, _)| *start <= at);
        piece.map_or(0, |(start, body)| body + at - start)
    }
}

struct Reader<'a> {
    page: &'a Page,
    /// Where the body begins in the file.
    start: usize,
    limits: &'static Limits,
    run: Run,
    /// The text of the link being read.
    link: Option<String>,
    /// The text of the header cell being read.
    header: Option<String>,
    is_header: bool,
    is_code: bool,
    out: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn warn(&mut self, code: Code, message: String, range: &Range<usize>, help: &str) {
        let place = Place::new(&self.page.file, self.start + range.start..self.start + range.end);
        self.out.push(Diagnostic::new(code, message).at(place).address(&*self.page.id).help(help));
    }

    fn event(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Text(text) | Event::Code(text) if !self.is_code => self.text(text, range.start),
            Event::SoftBreak | Event::HardBreak => self.text(" ", range.start),
            Event::Start(Tag::Link { .. }) => self.link = Some(String::new()),
            Event::End(TagEnd::Link) => self.end_link(&range),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Image { .. })
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Image) => {}
            Event::Start(tag) => {
                self.end_run();
                match tag {
                    Tag::CodeBlock(_) => self.is_code = true,
                    Tag::TableHead => self.is_header = true,
                    Tag::TableCell if self.is_header => self.header = Some(String::new()),
                    _ => {}
                }
            }
            Event::End(tag) => {
                self.end_run();
                match tag {
                    TagEnd::CodeBlock => self.is_code = false,
                    TagEnd::TableHead => self.is_header = false,
                    TagEnd::TableCell => self.end_header(&range),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        self.run.push(text, at);
        for part in [&mut self.link, &mut self.header].into_iter().flatten() {
            part.push_str(text);
        }
    }

    /// Reports a link without text, or with one that does not say where it leads.
    fn end_link(&mut self, range: &Range<usize>) {
        let Some(text) = self.link.take() else { return };
        let text = text.trim();
        let bare = text.trim_end_matches(['.', ',', ':', '!', '»', '>']).trim().to_lowercase();
        let help = "write what the reader finds there, such as the title of the page";
        if text.is_empty() {
            self.warn(Code::W010, "this link has no text".to_owned(), range, help);
        } else if self.limits.vague.contains(&bare.as_str()) {
            self.warn(Code::W010, format!("the link text `{text}` does not say where the link leads"), range, help);
        }
    }

    /// Reports a column without a name.
    fn end_header(&mut self, range: &Range<usize>) {
        let is_empty = self.header.take().is_some_and(|text| text.trim().is_empty());
        if is_empty {
            let help = "name the column: screen readers say its name with each cell";
            self.warn(Code::W012, "this column of the table has no name".to_owned(), range, help);
        }
    }

    /// Reports the sentences of the text read so far that are too long.
    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        for sentence in sentences(&run.text) {
            let words = run.text[sentence.clone()].split_whitespace().count();
            if words > self.limits.words {
                let message = format!("this sentence has {words} words");
                let help =
                    format!("make two or more of it; at most {} words can be taken in at once", self.limits.words);
                let range = run.place(sentence.start)..run.place(sentence.end.saturating_sub(1)) + 1;
                self.warn(Code::W011, message, &range, &help);
            }
        }
    }
}

/// Splits a text into sentences: a sentence ends at a sign that a blank and a capital letter, or nothing, follow.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = text.len() - text.trim_start().len();
    for (at, sign) in text.char_indices().filter(|(_, sign)| matches!(sign, '.' | '!' | '?')) {
        let end = at + sign.len_utf8();
        let rest = &text[end..];
        let next = rest.trim_start();
        let is_end = next.is_empty() || (next.len() < rest.len() && next.starts_with(char::is_uppercase));
        if is_end && end > start {
            sentences.push(start..end);
            start = text.len() - next.len();
        }
    }
    if start < text.trim_end().len() {
        sentences.push(start..text.trim_end().len());
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn a_sentence_ends_where_a_capital_letter_follows() {
        let text = " Kysy esim. nimeä. Kerro! Miksi, ks. ohje 2.1 loppu";
        let found: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["Kysy esim. nimeä.", "Kerro!", "Miksi, ks. ohje 2.1 loppu"]);
        assert!(sentences("  ").is_empty());
    }
}
