//! The page that lists the editions of one build.
//!
//! It is given the names and titles of the editions and writes one page without a site of its own: its style is
//! that of the first edition.

use serde::Serialize;

use super::Theme;
use crate::config::Config;
use crate::diagnostic::Diagnostic;

/// An edition in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name, which is that of its folder.
    pub name: String,
    /// What readers call it.
    pub title: String,
    /// The version of its uppermost layer, or of the book.
    pub version: String,
}

/// Makes the page, in the source language.
///
/// # Errors
/// Returns a diagnostic (`E034`) when the template fails.
pub fn page(theme: &Theme, config: &Config, editions: &[Listed]) -> Result<Vec<u8>, Box<Diagnostic>> {
    let lang = config.source_lang();
    let mut context = tera::Context::new();
    context.insert("lang", &**lang);
    context.insert("title", config.title(lang));
    context.insert("t", &theme.strings.get(lang).map(|strings| &**strings));
    context.insert("editions", &editions);
    context.insert("assets", &editions.first().map(|first| format!("{}/assets/", first.name)));
    let mut html = Vec::new();
    let rendered = theme.tera.render_to("editions.html", &context, &mut html);
    rendered.map_err(|error| Box::new(theme.fault(&error)))?;
    Ok(html)
}
