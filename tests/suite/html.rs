//! Reading the HTML that opas writes, strictly: by a tokenizer, never by searching text.

use std::ops::Range;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

/// A tag with its attributes, values decoded.
#[derive(Debug, Clone)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub is_end: bool,
    pub span: Range<usize>,
}

impl Tag {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Elements that have no end tag.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// All tags of a text, as a browser would see them.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut tags = Vec::new();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => tags.push(Tag {
                name: text(&tag.name),
                attributes: tag.attributes.iter().map(|(name, value)| (text(name), text(&value.value))).collect(),
                is_end: false,
                span: tag.span.start..tag.span.end,
            }),
            Token::EndTag(tag) => tags.push(Tag {
                name: text(&tag.name),
                attributes: Vec::new(),
                is_end: true,
                span: tag.span.start..tag.span.end,
            }),
            _ => {}
        }
    }
    tags
}

/// The text outside of tags, with character references decoded.
pub fn text(html: &str) -> String {
    let mut out = String::new();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        if let Token::String(part) = token {
            out.push_str(&String::from_utf8_lossy(&part.value));
        }
    }
    out
}

/// Says what keeps a text from being balanced: a tag left open, or an end tag without a start.
pub fn imbalance(html: &str) -> Option<String> {
    imbalance_of(&tags(html))
}

/// Does the same with the tags of a text.
pub fn imbalance_of(tags: &[Tag]) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for tag in tags {
        if VOID.contains(&tag.name.as_str()) {
            continue;
        }
        if !tag.is_end {
            open.push(&tag.name);
        } else if open.pop() != Some(&tag.name) {
            return Some(format!("`</{}>` at {:?} does not close the innermost tag", tag.name, tag.span));
        }
    }
    open.pop().map(|name| format!("`<{name}>` is not closed"))
}

/// An element with what is in it.
#[derive(Debug, Clone)]
pub struct Element<'a> {
    pub tag: Tag,
    pub inner: &'a str,
}

/// The outermost elements of a balanced text, in order.
pub fn elements(html: &str) -> Vec<Element<'_>> {
    let (mut elements, mut open, mut depth) = (Vec::new(), None, 0);
    for tag in tags(html) {
        let is_void = VOID.contains(&tag.name.as_str());
        if tag.is_end {
            depth -= 1;
            if let Some(first) = open.take_if(|_: &mut Tag| depth == 0) {
                let inner = &html[first.span.end..tag.span.start];
                elements.push(Element { tag: first, inner });
            }
        } else if depth == 0 && is_void {
            elements.push(Element { tag, inner: "" });
        } else if !is_void {
            depth += 1;
            open.get_or_insert(tag);
        }
    }
    elements
}

/// A balanced text without the elements of some classes.
pub fn without(html: &str, classes: &[&str]) -> String {
    let (mut out, mut from, mut depth) = (String::new(), 0, 0);
    for tag in tags(html) {
        let is_void = VOID.contains(&tag.name.as_str());
        let class = tag.get("class").unwrap_or_default();
        if depth > 0 {
            depth = if tag.is_end { depth - 1 } else { depth + usize::from(!is_void) };
            from = tag.span.end;
        } else if !tag.is_end && !is_void && class.split(' ').any(|class| classes.contains(&class)) {
            out += &html[from..tag.span.start];
            depth = 1;
        }
    }
    out + &html[from..]
}

/// The content of the one `<div class="body">`.
pub fn body(html: &str) -> String {
    let tags = tags(html);
    let is_body = |tag: &Tag| tag.name == "div" && tag.get("class") == Some("body");
    let first = tags.iter().position(is_body).expect("the page has a body");
    assert_eq!(tags.iter().filter(|tag| is_body(tag)).count(), 1, "a page has one body");
    let mut depth = 0;
    for tag in tags[first..].iter().filter(|tag| tag.name == "div") {
        depth += if tag.is_end { -1 } else { 1 };
        if depth == 0 {
            return html[tags[first].span.end..tag.span.start].trim().to_owned();
        }
    }
    panic!("the body does not end: {html}");
}

/// All values of an attribute in a page.
pub fn values(html: &str, attribute: &str) -> Vec<String> {
    tags(html).iter().filter_map(|tag| tag.get(attribute).map(str::to_owned)).collect()
}

/// The addresses that a page names: links, images, scripts, style sheets.
pub fn addresses(html: &str) -> Vec<String> {
    addresses_of(&tags(html))
}

/// Does the same with the tags of a page.
pub fn addresses_of(tags: &[Tag]) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags {
        for name in ["href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href"] {
            found.extend(tag.get(name).map(str::to_owned));
        }
        if tag.get("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh")) {
            let content = tag.get("content").unwrap_or_default();
            found.extend(content.split_once("url=").map(|(_, url)| url.to_owned()));
        }
    }
    found
}

/// The first tag with this name and this value of an attribute.
pub fn find(html: &str, name: &str, attribute: &str, value: &str) -> Option<Tag> {
    tags(html).into_iter().find(|tag| tag.name == name && tag.get(attribute) == Some(value))
}

/// What the page's `<meta name="opas-page">` says.
pub fn page_id(html: &str) -> String {
    let meta = find(html, "meta", "name", "opas-page").expect("every page names its id");
    meta.get("content").unwrap().to_owned()
}

/// What `<html lang>` says.
pub fn lang(html: &str) -> String {
    let html = tags(html).into_iter().find(|tag| tag.name == "html").expect("a page has <html>");
    html.get("lang").unwrap_or_default().to_owned()
}

/// The address that a link with this `rel` leads to.
pub fn rel(html: &str, rel: &str) -> Option<String> {
    let tags = tags(html);
    let tag = tags.iter().find(|tag| tag.name == "a" && tag.get("rel") == Some(rel))?;
    tag.get("href").map(str::to_owned)
}

/// Everything in a page that could run code or load something from elsewhere.
pub fn hazards(html: &str) -> Vec<String> {
    hazards_of(html, &tags(html))
}

/// Does the same with the page's tags.
pub fn hazards_of(html: &str, tags: &[Tag]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, tag) in tags.iter().enumerate().filter(|(_, tag)| !tag.is_end) {
        match tag.name.as_str() {
            "script" => {
                let end = tags.get(at + 1).filter(|end| end.is_end && end.name == "script");
                let is_empty = end.is_some_and(|end| html[tag.span.end..end.span.start].trim().is_empty());
                if tag.get("src").is_none() || !is_empty {
                    found.push("a script in the page".to_owned());
                }
            }
            "style" | "iframe" | "frame" | "object" | "embed" | "base" | "svg" | "math" | "template" | "noscript"
            | "video" | "audio" | "applet" | "portal" | "marquee" => found.push(format!("<{}>", tag.name)),
            _ => {}
        }
        for (name, value) in &tag.attributes {
            let plain: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            let plain = plain.to_ascii_lowercase();
            let runs = ["javascript:", "vbscript:", "data:"].iter().any(|scheme| plain.starts_with(scheme));
            let is_address = ["href", "src", "action", "formaction", "xlink:href", "srcset"].contains(&name.as_str());
            if name.starts_with("on") || name == "style" || name == "srcdoc" || (is_address && runs) {
                found.push(format!("<{} {name}=\"{value}\">", tag.name));
            }
            if tag.get("http-equiv").is_some() && name == "content" && plain.contains("javascript:") {
                found.push(format!("<{} {name}=\"{value}\">", tag.name));
            }
        }
    }
    found
}

#[test]
fn hazards_are_seen() {
    assert!(hazards("<p>onclick=x <a href=\"a.html\">javascript:</a><script src=\"a.js\"></script>").is_empty());
    for bad in [
        "<script>x</script>",
        "<p onclick=x>",
        "<p/ONCLICK=x>",
        "<p style='x'>",
        "<a href=' java\tscript:x'>",
        "<a href='&#106;avascript:x'>",
        "<svg/onload=x>",
        "<base href=x>",
        "<img src=data:x>",
    ] {
        assert!(!hazards(bad).is_empty(), "{bad}");
    }
}

#[test]
fn imbalance_is_seen() {
    assert_eq!(imbalance("<p>a<br><b>c</b></p>"), None);
    assert!(imbalance("<p><b></p></b>").is_some());
    assert!(imbalance("<p>").is_some());
    assert!(imbalance("</p>").is_some());
}
