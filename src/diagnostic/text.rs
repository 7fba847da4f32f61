//! Turns diagnostics into text for people: message, <file:line:column>, the source line with a caret, help.
//!
//! It is given one diagnostic and whether to colour it, and returns a string. It never prints.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Place, Severity};

/// Lines longer than this are not quoted: a 10 MB line would flood the terminal.
const LONGEST_QUOTED_LINE: usize = 400;

/// Renders one diagnostic; with `color`, as ANSI escapes.
pub fn render(diagnostic: &Diagnostic, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.name());
    let mut group = Group::with_title(title);
    if let Some(place) = &diagnostic.place {
        group = quote(group, place, AnnotationKind::Primary, None);
    }
    for (place, label) in &diagnostic.related {
        group = quote(group, place, AnnotationKind::Context, Some(label));
    }
    if let Some(address) = &diagnostic.address {
        group = group.element(Level::NOTE.message(format!("concerns {address}")));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let report = [group];
    renderer.decor_style(DecorStyle::Ascii).render(&report)
}

/// Adds the quoted lines of a place to the report.
fn quote<'a>(group: Group<'a>, place: &'a Place, kind: AnnotationKind, label: Option<&'a String>) -> Group<'a> {
    let text = &place.file.text;
    let path = place.file.path.as_ref();
    let (line, column) = place.line_column();
    let start = text[..place.span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[place.span.start..].find('\n').map_or(text.len(), |at| place.span.start + at);
    if text.is_empty() || end - start > LONGEST_QUOTED_LINE {
        return group.element(Origin::path(path).line(line).char_column(column));
    }
    let span = place.span.start - start..place.span.end.min(end) - start;
    let annotation: Annotation<'a> = kind.span(span).label(label.map(String::as_str));
    group.element(Snippet::source(&text[start..end]).path(path).line_start(line).annotation(annotation))
}
