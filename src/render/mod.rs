//! Stage 4, `render`: from the book to the text of each output.
//!
//! It is given the book, the theme and what to make, and returns the bytes together with the inputs that it
//! read. Templates get small contexts of their own: never the book, never the whole tree. It never touches
//! the disk.

pub mod body;
pub mod highlight;
mod lists;
pub mod machine;
mod shell;
pub mod theme;
pub mod tracked;
mod views;

pub use theme::Theme;
pub use tracked::{Inputs, Tracked};

use crate::book::{Book, Generated, PageId};
use crate::config::Lang;
use crate::diagnostic::Diagnostic;

/// What an output is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A page of the book, in the site of a language.
    Page(Lang, PageId),
    /// A page that opas makes from data.
    Generated(Lang, Generated),
    /// An old id that leads to a page.
    Redirect(Lang, PageId),
    /// The page for addresses that do not exist.
    NotFound(Lang),
    /// The feed of changes.
    Feed(Lang),
    /// The site map.
    SiteMap,
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
    let (template, context) = match subject {
        Subject::Page(lang, id) => views::page(&tracked, lang, id, output),
        Subject::Generated(lang, page) => views::generated(&tracked, lang, *page, output),
        Subject::Redirect(lang, alias) => views::redirect(&tracked, lang, alias, output),
        Subject::NotFound(lang) => views::not_found(&tracked, lang, output),
        Subject::Feed(lang) => machine::feed(&tracked, lang, output),
        Subject::SiteMap => machine::site_map(&tracked),
    };
    let mut html = Vec::with_capacity(TYPICAL_SIZE);
    let rendered = tracked.tera().render_to(template, &context, &mut html);
    rendered.map_err(|error| Box::new(theme.fault(&error)))?;
    Ok((html, tracked.into_inputs()))
}
