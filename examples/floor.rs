//! The floor: the least work that any generator of the same site has to do.
//!
//! It is given a book, the finished site of that book and an output folder. It reads every
//! file of the book's `content/`, turns each Markdown file into plain HTML with pulldown-cmark
//! and lets the HTML go, and writes the finished site's own bytes to the output folder under
//! the same names, on all cores. One line of JSON tells the seconds of each step; reading
//! the finished site into memory comes before the clock starts.
//!
//! It has no templates, navigation, checks, highlighting, search or digests, and it never
//! removes anything: the output folder must be missing or empty.
//!
//! ```text
//! cargo run --release --example floor -- BOOK_DIR SITE_DIR OUT_DIR
//! ```

#![expect(clippy::disallowed_methods, reason = "this program copies a site")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Parser;
use pulldown_cmark::{CodeBlockKind, Event, Options, Tag, TagEnd};
use rayon::prelude::*;

/// What the command line says.
#[derive(Parser)]
#[command(about = "Time the least work that building a site takes")]
struct Arguments {
    /// The book, a folder with `content/`.
    book: PathBuf,
    /// The finished site of the book, whose bytes are written again.
    site: PathBuf,
    /// Where the bytes go; missing or empty.
    out: PathBuf,
}

/// The paths of all files below a folder, in the order of their names.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, walkdir::Error> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter(|entry| entry.as_ref().map_or(true, |entry| entry.file_type().is_file()))
        .map(|entry| entry.map(walkdir::DirEntry::into_path))
        .collect()
}

/// The Markdown extensions that opas knows.
fn markdown_options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// Adds text with the characters escaped that HTML gives a meaning.
fn escape(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        html.push_str(&rest[..at]);
        html.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    html.push_str(rest);
}

/// The element of a tag without attributes.
fn element(tag: TagEnd) -> &'static str {
    match tag {
        TagEnd::Paragraph => "p",
        TagEnd::Heading(level) => ["h1", "h2", "h3", "h4", "h5", "h6"][level as usize - 1],
        TagEnd::BlockQuote(_) => "blockquote",
        TagEnd::CodeBlock => "pre",
        TagEnd::List(true) => "ol",
        TagEnd::List(false) => "ul",
        TagEnd::Item => "li",
        TagEnd::DefinitionList => "dl",
        TagEnd::DefinitionListTitle => "dt",
        TagEnd::DefinitionListDefinition => "dd",
        TagEnd::Table => "table",
        TagEnd::TableHead => "thead",
        TagEnd::TableRow => "tr",
        TagEnd::TableCell => "td",
        TagEnd::Emphasis => "em",
        TagEnd::Strong => "strong",
        TagEnd::Strikethrough => "del",
        TagEnd::Link => "a",
        TagEnd::Image => "img",
        _ => "div",
    }
}

/// The plain HTML of a Markdown file.
///
/// The crate builds pulldown-cmark without its own HTML writer, as opas writes events itself;
/// so does this, with one element a tag.
fn plain_html(markdown: &str) -> String {
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    let mut metadata = false;
    for event in pulldown_cmark::Parser::new_ext(markdown, markdown_options()) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => metadata = true,
            Event::End(TagEnd::MetadataBlock(_)) => metadata = false,
            Event::Text(_) if metadata => {}
            Event::Start(tag) => {
                html.push('<');
                html.push_str(element(tag.to_end()));
                match tag {
                    Tag::Heading { id: Some(id), .. } => {
                        html.push_str(" id=\"");
                        escape(&mut html, &id);
                        html.push('"');
                    }
                    Tag::Link { dest_url, .. } => {
                        html.push_str(" href=\"");
                        escape(&mut html, &dest_url);
                        html.push('"');
                    }
                    Tag::CodeBlock(CodeBlockKind::Fenced(language)) => {
                        html.push_str(" class=\"language-");
                        escape(&mut html, &language);
                        html.push('"');
                    }
                    _ => {}
                }
                html.push('>');
            }
            Event::End(tag) => {
                html.push_str("</");
                html.push_str(element(tag));
                html.push_str(">\n");
            }
            Event::Text(text) | Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                escape(&mut html, &text);
            }
            Event::Code(text) => {
                html.push_str("<code>");
                escape(&mut html, &text);
                html.push_str("</code>");
            }
            Event::Html(text) | Event::InlineHtml(text) => html.push_str(&text),
            Event::SoftBreak => html.push('\n'),
            Event::HardBreak => html.push_str("<br>\n"),
            Event::Rule => html.push_str("<hr>\n"),
            Event::TaskListMarker(_) => html.push_str("<input type=\"checkbox\" disabled>"),
        }
    }
    html
}

/// Makes every folder that the files need.
fn make_folders(out: &Path, names: &[PathBuf]) -> std::io::Result<()> {
    let folders: BTreeSet<&Path> = names.iter().filter_map(|name| name.parent()).collect();
    folders.into_iter().try_for_each(|folder| fs::create_dir_all(out.join(folder)))
}

/// Reads the site, then times reading, parsing and writing, and prints the seconds.
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    if arguments.out.exists() && fs::read_dir(&arguments.out)?.next().is_some() {
        return Err(format!("{} is not empty", arguments.out.display()).into());
    }

    let paths = files_below(&arguments.site)?;
    let names = paths
        .iter()
        .map(|path| path.strip_prefix(&arguments.site).map(Path::to_path_buf))
        .collect::<Result<Vec<_>, _>>()?;
    let site: Vec<Vec<u8>> = paths.par_iter().map(fs::read).collect::<Result<_, _>>()?;

    let start = Instant::now();
    let sources = files_below(&arguments.book.join("content"))?;
    let texts: Vec<(bool, Vec<u8>)> = sources
        .par_iter()
        .map(|path| Ok((path.extension().is_some_and(|extension| extension == "md"), fs::read(path)?)))
        .collect::<Result<_, std::io::Error>>()?;
    let read = start.elapsed();

    let html_bytes: usize = texts
        .par_iter()
        .filter(|(markdown, _)| *markdown)
        .map(|(_, text)| std::str::from_utf8(text).map(|text| plain_html(text).len()))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .sum();
    let parsed = start.elapsed();

    make_folders(&arguments.out, &names)?;
    names.par_iter().zip(&site).try_for_each(|(name, bytes)| fs::write(arguments.out.join(name), bytes))?;
    let total = start.elapsed();

    println!(
        "{}",
        serde_json::json!({
            "files": names.len(),
            "bytes": site.iter().map(Vec::len).sum::<usize>(),
            "sources": sources.len(),
            "html_bytes": html_bytes,
            "read_seconds": read.as_secs_f64(),
            "parse_seconds": parsed.as_secs_f64() - read.as_secs_f64(),
            "write_seconds": total.as_secs_f64() - parsed.as_secs_f64(),
            "total_seconds": total.as_secs_f64(),
        })
    );
    Ok(())
}
