//! `opas explain`: which layer, file and line every block of a page comes from.

use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::report::{self, Report};
use super::{Common, Status, editions};
use crate::book::{Book, Options, Page};
use crate::diagnostic::nearest;
use crate::layer;
use crate::layer::explain::{self, KeyOrigin, Origin};

/// Arguments of `opas explain`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas explain phone --edition exampletown\n  \
                        opas explain phone#hours --layer ../exampletown --json")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The page, or one section of it; all pages where none is named
    #[arg(value_name = "PAGE[#SECTION]")]
    address: Option<String>,
    /// The language of the page [default: the source language]
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Print an array of pages as JSON
    #[arg(long)]
    json: bool,
}

/// A page in the output.
#[derive(Serialize)]
struct Explained<'a> {
    page: &'a str,
    lang: &'a str,
    title: &'a str,
    hidden: Option<Hidden<'a>>,
    keys: Vec<KeyOrigin>,
    blocks: Vec<Origin>,
}

/// By whom a page has been hidden.
#[derive(Serialize)]
struct Hidden<'a> {
    layer: &'a str,
    redirect: &'a str,
    reason: &'a str,
    file: &'a str,
    line: usize,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let report = Report::new(&arguments.common);
    let prepared = match editions::prepare_sound(&report, &arguments.common, Options { drafts: true }) {
        Ok(prepared) => prepared,
        Err(status) => return status,
    };
    match explain(&prepared.book, arguments) {
        Ok(pages) if arguments.json => {
            report::answer(&report::pretty(&pages));
            Status::Done
        }
        Ok(pages) => {
            report::answer(&pages.iter().map(text).collect::<Vec<_>>().join("\n\n"));
            Status::Done
        }
        Err(message) => {
            report.failure(&message);
            Status::Usage
        }
    }
}

/// Explains what is asked for.
fn explain<'a>(book: &'a Book, arguments: &Arguments) -> Result<Vec<Explained<'a>>, String> {
    let lang = editions::language(&book.config, arguments.lang.as_deref())?;
    let Some(address) = &arguments.address else {
        let ids = book.source_pages().keys();
        let pages = ids.filter_map(|id| book.page(lang, id)).map(|page| of(page, None));
        return Ok(pages.chain(book.hidden.values().map(hidden)).collect());
    };
    let (id, section) = match address.split_once('#') {
        Some((id, section)) => (id, Some(section)),
        None => (&**address, None),
    };
    if let Some(page) = book.hidden.get(id) {
        return Ok(vec![hidden(page)]);
    }
    let Some(page) = book.page(lang, id) else {
        let known = book.source_pages().keys().map(|id| &**id);
        return Err(format!("there is no page `{id}`{}", near(id, known)));
    };
    if let Some(section) = section.filter(|section| page.document.section(section).is_none()) {
        if let Some(change) = book.gone.get(&(Arc::clone(&page.lang), Arc::clone(&page.id), section.into())) {
            let (file, line) = (&change.file.path, change.place().line_column().0);
            let layer = &change.layer;
            return Err(format!("the section `{section}` of `{id}` has been taken away by {layer}, {file}:{line}"));
        }
        let known = page.document.headings().filter(|heading| heading.is_section).map(|heading| &*heading.id);
        return Err(format!("the page `{id}` has no section `{section}`{}", near(section, known)));
    }
    Ok(vec![of(page, section)])
}

fn near<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(unknown, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

fn hidden(page: &layer::Hidden) -> Explained<'_> {
    let (redirect, reason) = (&*page.redirect, &*page.reason);
    let (file, line) = (&*page.place.file.path, page.place.line_column().0);
    let by = Hidden { layer: &page.layer, redirect, reason, file, line };
    Explained { hidden: Some(by), blocks: Vec::new(), ..of(&page.page, None) }
}

fn of<'a>(page: &'a Page, section: Option<&str>) -> Explained<'a> {
    let (keys, blocks) = (explain::keys(page), explain::blocks(page, section));
    Explained { page: &page.id, lang: &page.lang, title: page.title(), hidden: None, keys, blocks }
}

/// A page for people: a line for each block, below the section that it stands in.
fn text(page: &Explained<'_>) -> String {
    let mut lines = vec![format!("{} ({}): {}", page.page, page.lang, page.title)];
    if let Some(Hidden { layer, redirect, reason, file, line }) = &page.hidden {
        lines.push(format!("  hidden by {layer}, {file}:{line}: {reason}; leads to `{redirect}`"));
    }
    for KeyOrigin { key, file, line, layer } in &page.keys {
        lines.push(format!("  {file}:{line}  `{key}`, set by {}", layer.as_deref().unwrap_or("the book")));
    }
    let mut section = &None;
    for block in &page.blocks {
        if block.section != *section {
            section = &block.section;
            lines.push(format!("#{}", section.as_deref().unwrap_or_default()));
        }
        lines.push(block_line(block));
    }
    lines.join("\n")
}

fn block_line(block: &Origin) -> String {
    let Origin { kind, text, file, line, last_line, .. } = block;
    let last = if line == last_line { String::new() } else { format!("-{last_line}") };
    let mut shown = format!("  {file}:{line}{last}  {kind}");
    if let (Some(layer), Some(op)) = (&block.layer, block.op) {
        shown += &format!("  [{layer}: {op}]");
    }
    if let Some(reason) = &block.reason {
        shown += &format!(" ({reason})");
    }
    if text.is_empty() { shown } else { format!("{shown}  {text}") }
}
