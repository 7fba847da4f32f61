//! Nested lists of links: the navigation, the contents of a page, the contents of the book.
//!
//! It is given entries and returns HTML. These lists are the largest part of what stands around a page, so
//! they are written here, in one go, rather than by templates entry by entry; themes style them.

use std::borrow::Cow;

use pulldown_cmark_escape::{escape_html, escape_html_body_text};

/// How an entry relates to the page that shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    /// Not at all.
    #[default]
    None,
    /// The page lies below it: class `open`.
    Open,
    /// It is the page: `aria-current="page"`.
    Current,
}

/// A link with the links below it.
#[derive(Debug, Default)]
pub struct Entry<'a> {
    /// The text.
    pub title: Cow<'a, str>,
    /// The language of the text, where it is not that of the page around it.
    pub lang: Option<&'a str>,
    /// The address.
    pub href: String,
    /// How it relates to the page.
    pub mark: Mark,
    /// The links below it.
    pub children: Vec<Entry<'a>>,
    /// Whether links below it were left out, so that a last one leads to it: class `more`.
    pub is_cut: bool,
}

/// Writes entries as a list; `more` is the text of the links to what was left out.
pub fn html(entries: &[Entry<'_>], more: &str) -> String {
    let mut out = String::with_capacity(entries.len() * 128);
    list(entries, None, more, &mut out);
    out
}

fn list(entries: &[Entry<'_>], all: Option<&str>, more: &str, out: &mut String) {
    out.push_str("<ul>\n");
    for entry in entries {
        out.push_str("<li>");
        link(entry, out);
        if !entry.children.is_empty() {
            list(&entry.children, entry.is_cut.then_some(entry.href.as_str()), more, out);
        }
        out.push_str("</li>\n");
    }
    if let Some(href) = all {
        out.push_str("<li class=\"more\"><a href=\"");
        escape(href, out);
        out.push_str("\">");
        escape(more, out);
        out.push_str("</a></li>\n");
    }
    out.push_str("</ul>\n");
}

fn link(entry: &Entry<'_>, out: &mut String) {
    out.push_str("<a href=\"");
    escape(&entry.href, out);
    out.push('"');
    if let Some(lang) = entry.lang {
        out.push_str(" lang=\"");
        escape(lang, out);
        out.push('"');
    }
    out.push_str(match entry.mark {
        Mark::None => ">",
        Mark::Open => " class=\"open\">",
        Mark::Current => " aria-current=\"page\">",
    });
    escape_html_body_text(&mut *out, &entry.title).expect("writing to a string cannot fail");
    out.push_str("</a>");
}

fn escape(text: &str, out: &mut String) {
    escape_html(out, text).expect("writing to a string cannot fail");
}
