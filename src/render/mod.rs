//! Stage 4, `render`: from the book to the text of each output.
//!
//! It is given the book, the theme and what to make, and returns the bytes together with the inputs that it
//! read. Templates get small contexts of their own: never the book, never the whole tree. It never touches
//! the disk.

mod about;
mod accessibility;
pub mod body;
mod cases;
pub mod channels;
pub mod editions;
mod flows;
pub mod highlight;
mod images;
mod lists;
pub mod machine;
mod print;
mod provenance;
mod search;
mod shell;
pub mod theme;
pub mod tracked;
mod views;

pub use theme::Theme;
pub use tracked::{Inputs, Tracked};

use std::sync::Arc;

use crate::book::{Book, FilterKey, Generated, PageId};
use crate::config::Lang;
use crate::diagnostic::Diagnostic;
use crate::flow::FlowId;

/// What an output is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A page of the book, in the site of a language.
    Page(Lang, PageId),
    /// A section or a case for paper.
    Print(Lang, PageId),
    /// A page that opas makes from data.
    Generated(Lang, Generated),
    /// The cases that share a value of a facet.
    Filter(Lang, FilterKey),
    /// The first page of a flow.
    Flow(Lang, FlowId),
    /// One state of a flow, by its number.
    FlowState(Lang, FlowId, usize),
    /// The diagram of a flow.
    FlowDiagram(Lang, FlowId),
    /// An old id that leads to a page.
    Redirect(Lang, PageId),
    /// The page for addresses that do not exist.
    NotFound(Lang),
    /// The page of search results.
    SearchPage(Lang),
    /// A shard of the search index, by its name.
    Shard(Lang, Arc<str>),
    /// The texts that the browser's search shows.
    SearchTexts(Lang),
    /// The feed of changes.
    Feed(Lang),
    /// The site map.
    SiteMap,
    /// The style sheet with the colours of `[brand]`.
    BrandStyle,
}

/// Bytes set aside for an output, so that most are written without moving them.
const TYPICAL_SIZE: usize = 32 * 1024;

/// Renders one output.
///
/// # Errors
/// Returns a diagnostic (`E034`) when a template fails.
pub fn render(
    book: &Book,
    theme: &Theme,
    subject: &Subject,
    output: &str,
) -> Result<(Vec<u8>, Inputs), Box<Diagnostic>> {
    let tracked = Tracked::new(book, theme);
    if *subject == Subject::BrandStyle {
        let style = tracked.config().brand.style().unwrap_or_default();
        return Ok((style.into_bytes(), tracked.into_inputs()));
    }
    if let Subject::Shard(lang, name) = subject {
        let script = tracked.shard(lang, name);
        return Ok((script, tracked.into_inputs()));
    }
    if let Subject::SearchTexts(lang) = subject {
        let script = search::texts(&tracked, lang);
        return Ok((script, tracked.into_inputs()));
    }
    let (template, context) = match subject {
        Subject::Page(lang, id) => views::page(&tracked, lang, id, output),
        Subject::Print(lang, id) => print::print(&tracked, lang, id, output),
        Subject::Generated(lang, page) => views::generated(&tracked, lang, *page, output),
        Subject::Filter(lang, key) => cases::filter(&tracked, lang, key, output),
        Subject::Flow(lang, id) => flows::flow(&tracked, lang, id, output),
        Subject::FlowState(lang, id, state) => flows::state(&tracked, lang, id, *state, output),
        Subject::FlowDiagram(lang, id) => flows::diagram(&tracked, lang, id, output),
        Subject::Redirect(lang, alias) => views::redirect(&tracked, lang, alias, output),
        Subject::NotFound(lang) => views::not_found(&tracked, lang, output),
        Subject::SearchPage(lang) => search::page(&tracked, lang, output),
        Subject::Feed(lang) => machine::feed(&tracked, lang, output),
        Subject::SiteMap | Subject::BrandStyle | Subject::Shard(..) | Subject::SearchTexts(_) => {
            machine::site_map(&tracked)
        }
    };
    let mut html = Vec::with_capacity(TYPICAL_SIZE);
    let rendered = tracked.tera().render_to(template, &context, &mut html);
    rendered.map_err(|error| Box::new(theme.fault(&error)))?;
    Ok((html, tracked.into_inputs()))
}
