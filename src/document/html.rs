//! Raw HTML in content: what may pass, and what is dropped.
//!
//! It is given a piece of raw HTML and a stack of the tags that are open in the container, and returns HTML
//! written anew from the tokens that are allowed: a closed list of elements without scripts, styles, forms,
//! frames, links or media, and of attributes without events, ids, classes or styles. Whatever is dropped is
//! reported. Every tag that it lets through is closed again in the same container.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// Elements that may stand in running text.
const INLINE: &[&str] = &[
    "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
];
/// Elements that may stand between blocks as well.
const BLOCK: &[&str] = &[
    "caption",
    "details",
    "div",
    "figcaption",
    "figure",
    "hr",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
];
/// Elements without content.
const VOID: &[&str] = &["br", "hr", "wbr"];
/// Elements whose content is dropped together with them.
const SWALLOWED: &[&str] = &[
    "iframe", "math", "noembed", "noframes", "noscript", "object", "script", "style", "svg", "template", "textarea",
    "title", "xmp",
];

/// A tag that is open in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Open {
    name: String,
    /// Byte offset of the tag in the page.
    at: usize,
}

/// What is reported as dropped: a description and its byte range.
pub type Dropped = (String, std::ops::Range<usize>);

/// The raw HTML that is open in a container.
#[derive(Debug, Default)]
pub struct Container {
    open: Vec<Open>,
    /// The element whose content is being dropped, with its depth.
    swallowing: Option<(String, usize)>,
}

impl Container {
    /// Returns whether what follows belongs to an element that is dropped with its content.
    pub fn is_swallowing(&self) -> bool {
        self.swallowing.is_some()
    }

    /// Closes all tags that are still open at the end of the container.
    pub fn close(&mut self, dropped: &mut Vec<Dropped>) -> String {
        close(&mut self.open, dropped)
    }
}

/// Lets the allowed part of a piece of raw HTML through.
///
/// `at` is the byte offset of `html` in the page; `is_block` says whether it stands between blocks. Open tags
/// are kept in `container`; tags that may only stand in running text are closed at the end of a block piece.
/// In running text a dropped script goes with what follows up to its end, between blocks within its piece.
pub fn filter(html: &str, at: usize, is_block: bool, container: &mut Container, dropped: &mut Vec<Dropped>) -> String {
    let Container { open, swallowing } = container;
    let mut filter = Filter { at, is_block, open, dropped, out: String::new(), swallowing };
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(is_block);
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        filter.token(token);
    }
    let html = filter.finish();
    if is_block {
        container.swallowing = None;
    }
    html
}

fn close(open: &mut Vec<Open>, dropped: &mut Vec<Dropped>) -> String {
    let mut out = String::new();
    while let Some(tag) = open.pop() {
        dropped.push((format!("`<{}>` is not closed", tag.name), tag.at..tag.at + 1));
        out.push_str(&format!("</{}>", tag.name));
    }
    out
}

struct Filter<'a> {
    at: usize,
    is_block: bool,
    open: &'a mut Vec<Open>,
    dropped: &'a mut Vec<Dropped>,
    out: String,
    swallowing: &'a mut Option<(String, usize)>,
}

impl Filter<'_> {
    fn token(&mut self, token: Token<usize>) {
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                match self.swallowing.as_mut() {
                    Some((swallowed, depth)) => *depth += usize::from(*swallowed == name),
                    None => self.start(&name, &tag),
                }
            }
            Token::EndTag(tag) => self.end(&text(&tag.name), tag.span.start),
            Token::String(part) if self.swallowing.is_none() => {
                escape(&text(&part.value), &mut self.out);
            }
            Token::String(_) | Token::Comment(_) | Token::Error(_) => {}
            Token::Doctype(doctype) => {
                self.drop("`<!DOCTYPE>` is not allowed here".to_owned(), doctype.span.start);
            }
        }
    }

    fn drop(&mut self, what: String, start: usize) {
        self.dropped.push((what, self.at + start..self.at + start + 1));
    }

    fn start(&mut self, name: &str, tag: &StartTag<usize>) {
        let allowed = INLINE.contains(&name) || (self.is_block && BLOCK.contains(&name));
        if !allowed {
            self.drop(format!("`<{name}>` is not allowed here"), tag.span.start);
            if SWALLOWED.contains(&name) && !tag.self_closing {
                *self.swallowing = Some((name.to_owned(), 1));
            }
            return;
        }
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in &tag.attributes {
            let (attribute, value) = (text(attribute), text(&value.value));
            if is_allowed_attribute(name, &attribute, &value) {
                self.out.push_str(&format!(" {attribute}=\""));
                escape(&value, &mut self.out);
                self.out.push('"');
            } else {
                self.drop(format!("`{attribute}` on `<{name}>` is not allowed"), tag.span.start);
            }
        }
        self.out.push('>');
        if !VOID.contains(&name) {
            self.open.push(Open { name: name.to_owned(), at: self.at + tag.span.start });
        }
    }

    fn end(&mut self, name: &str, start: usize) {
        if let Some((swallowed, depth)) = self.swallowing.as_mut() {
            *depth -= usize::from(swallowed == name);
            if *depth == 0 {
                *self.swallowing = None;
            }
        } else if self.open.last().is_some_and(|tag| tag.name == name) {
            self.open.pop();
            self.out.push_str(&format!("</{name}>"));
        } else if INLINE.contains(&name) || BLOCK.contains(&name) {
            self.drop(format!("`</{name}>` closes nothing that is open here"), start);
        }
    }

    /// Closes running-text tags, which must not reach over the blocks that follow.
    fn finish(mut self) -> String {
        let keep = self.open.iter().position(|tag| self.is_block && INLINE.contains(&tag.name.as_str()));
        if let Some(keep) = keep {
            let mut rest = self.open.split_off(keep);
            self.out.push_str(&close(&mut rest, self.dropped));
        }
        self.out
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Escapes text for HTML content and attribute values.
fn escape(text: &str, out: &mut String) {
    pulldown_cmark_escape::escape_html(out, text).expect("writing to a string cannot fail");
}

fn is_allowed_attribute(element: &str, attribute: &str, value: &str) -> bool {
    match attribute {
        "title" => true,
        "lang" => value.len() <= 20 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        "dir" => matches!(value, "ltr" | "rtl" | "auto"),
        "open" => element == "details" && value.is_empty(),
        "datetime" => matches!(element, "time" | "ins" | "del"),
        "scope" => element == "th" && matches!(value, "row" | "col" | "rowgroup" | "colgroup"),
        "colspan" | "rowspan" => {
            matches!(element, "td" | "th") && value.parse::<u16>().is_ok_and(|count| (1..=100).contains(&count))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Container, filter};

    fn check(html: &str, is_block: bool, expected: &str, reports: usize) {
        let (mut container, mut dropped) = (Container::default(), Vec::new());
        let mut found = filter(html, 0, is_block, &mut container, &mut dropped);
        found.push_str(&container.close(&mut dropped));
        assert_eq!(found, expected, "{html}");
        assert_eq!(dropped.len(), reports, "{html}: {dropped:?}");
    }

    #[test]
    fn harmless_tags_pass() {
        check("<kbd>", false, "<kbd></kbd>", 1);
        check(
            "<details open>\n<summary>A &amp; B</summary>\n",
            true,
            "<details open=\"\">\n<summary>A &amp; B</summary>\n</details>",
            1,
        );
        check("<abbr title='a \"b\"'>x</abbr>", true, "<abbr title=\"a &quot;b&quot;\">x</abbr>", 0);
        check("a<br/>b", true, "a<br>b", 0);
        check("<!-- a note -->", true, "", 0);
    }

    #[test]
    fn scripts_and_their_content_are_dropped() {
        check("<script>alert('<b>')</script>after", true, "after", 1);
        check("<svg><svg></svg><a onclick=x></svg>x", true, "x", 1);
        check("<img src=x onerror=alert(1)>", true, "", 1);
        check("<b onclick=x style=y>t</b>", true, "<b>t</b>", 2);
        check("<a href='javascript:x'>t</a>", true, "t", 1);
        check("<iframe src=x></iframe>", true, "", 1);
        check("<style>@import x</style>", true, "", 1);
    }

    #[test]
    fn tags_never_reach_out_of_their_container() {
        check("</div></b>", true, "", 2);
        check("<b><i></b></i>", true, "<b><i></i></b>", 2);
        check("<div>", false, "", 1);
    }
}
