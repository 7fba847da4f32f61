//! Files of a layer that browsers could run, were they passed on: pages of HTML, scripts, drawings with scripts.
//!
//! It is given a layer that is not trusted and looks at the files beside its pages and at its logo, as a reader
//! who opens one of them by its address has it run in the name of the whole handbook. What passes is a closed
//! list of kinds ([`INERT`]), and drawings (SVG) of nothing but shapes, texts and styles. It never changes a
//! file: a faulty one is told, with what is wrong in it.

use std::ops::Range;
use std::sync::Arc;

use roxmltree::{Document, Node, NodeType};

use super::{Layer, files};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::{Asset, File, TextFile};

/// The kinds of files that a layer may have beside its pages, by the ending of the name; drawings besides.
const INERT: [&str; 27] = [
    "avif", "csv", "doc", "docx", "gif", "ico", "jpeg", "jpg", "mp3", "mp4", "odp", "ods", "odt", "ogg", "pdf", "png",
    "ppt", "pptx", "rtf", "txt", "vtt", "wav", "webm", "webp", "xls", "xlsx", "zip",
];

/// The namespace of drawings (SVG 2, section 5.1.3).
const SVG: &str = "http://www.w3.org/2000/svg";
/// Namespaces whose elements browsers do something with; those of others are data to them.
const ACTIVE: [&str; 2] = ["http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"];

/// The elements of a drawing: those of SVG 2 and of Filter Effects 1 without scripts, links, animation, sound, film
/// and foreign content.
const SHAPES: [&str; 55] = [
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "g",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "metadata",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
    "view",
];
/// Images that may lie within a drawing.
const EMBEDDED: [&str; 4] =
    ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"];

/// Reports the files of a layer that could run (`E099`).
pub fn check(layer: &Layer, out: &mut Vec<Diagnostic>) {
    let content = layer.source.files.iter().filter(|(path, _)| path.starts_with(files::CONTENT));
    let assets = content.filter_map(|(_, file)| if let File::Asset(asset) = file { Some(asset) } else { None });
    for asset in assets.chain(&layer.manifest.brand.logo) {
        if let Err(fault) = is_inert(asset) {
            let fault = Diagnostic { layer: Some(layer.manifest.name.to_string()), ..*fault };
            out.push(fault);
        }
    }
}

fn is_inert(asset: &Asset) -> Result<(), Box<Diagnostic>> {
    let name = asset.path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if INERT.contains(&ending.as_str()) {
        return Ok(());
    }
    let fault = |place: Place, message: String, help: &str| {
        Err(Box::new(Diagnostic::new(Code::E099, message).at(place).help(help.to_owned())))
    };
    let whole = || Place::of_path(Arc::clone(&asset.path));
    if ending != "svg" {
        let message =
            format!("`{name}` is no kind of file that a layer may pass on: it could run in readers' browsers");
        return fault(
            whole(),
            message,
            &format!("take it out; pages may have these beside them: svg, {}", INERT.join(", ")),
        );
    }
    let Ok(text) = std::str::from_utf8(&asset.bytes) else {
        return fault(whole(), format!("the drawing `{name}` is not UTF-8"), "save it again, as plain SVG in UTF-8");
    };
    let file = Arc::new(TextFile::new(Arc::clone(&asset.path), text));
    match what_could_run(&file.text) {
        None => Ok(()),
        Some((what, range)) => {
            let message = format!("the drawing `{name}` is not shapes and texts alone: {what}");
            fault(Place::new(&file, range), message, "take that out, or save the drawing as plain SVG, or as PNG")
        }
    }
}

/// Returns what a drawing has beside shapes, texts and styles, and where.
fn what_could_run(text: &str) -> Option<(String, Range<usize>)> {
    let drawing = match Document::parse(text) {
        Ok(drawing) => drawing,
        Err(error) => {
            let at = offset(text, error.pos());
            return Some((error.to_string(), at..text.len().min(at + 1)));
        }
    };
    // The parser takes every text as UTF-8; browsers go by what the text says of itself.
    if let Some(declared) = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        let head = declared.0.to_ascii_lowercase();
        if head.contains("encoding") && !head.contains("\"utf-8\"") && !head.contains("'utf-8'") {
            return Some(("it says that it is not UTF-8".to_owned(), 0..declared.0.len()));
        }
    }
    if !drawing.root_element().has_tag_name((SVG, "svg")) {
        return Some((
            "it does not begin with `<svg xmlns=\"http://www.w3.org/2000/svg\">`".to_owned(),
            head_of(drawing.root_element()),
        ));
    }
    drawing.descendants().find_map(|node| match node.node_type() {
        NodeType::Element => element(node),
        NodeType::PI => Some(("it has an instruction `<?…?>`".to_owned(), node.range())),
        NodeType::Root | NodeType::Comment | NodeType::Text => None,
    })
}

fn element(node: Node<'_, '_>) -> Option<(String, Range<usize>)> {
    let name = node.tag_name();
    let is_shape = name.namespace() == Some(SVG);
    let is_known = if is_shape {
        SHAPES.contains(&name.name())
    } else {
        name.namespace().is_some_and(|namespace| !namespace.is_empty() && !ACTIVE.contains(&namespace))
    };
    if !is_known {
        return Some((format!("it has the element `<{}>`", name.name()), head_of(node)));
    }
    if is_shape && name.name() == "style" {
        let styles: String = node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect();
        if loads(&styles) {
            return Some(("its styles load something".to_owned(), head_of(node)));
        }
    }
    node.attributes().find_map(|attribute| {
        let (name, value) = (attribute.name(), attribute.value().trim());
        let is_event = name.to_ascii_lowercase().starts_with("on");
        let is_address = ["href", "src", "base"].contains(&name);
        let is_allowed = if is_address {
            value.starts_with('#') || EMBEDDED.iter().any(|start| value.starts_with(start))
        } else {
            !loads(value)
        };
        // Other programs' own notes lie in elements and attributes of their own namespaces, and do nothing.
        let is_note =
            !is_shape || attribute.namespace().is_some_and(|namespace| !namespace.starts_with("http://www.w3.org/"));
        let is_allowed = is_allowed || (is_note && !is_event);
        (is_event || !is_allowed).then(|| (format!("it has the attribute `{name}`"), attribute.range()))
    })
}

/// Returns whether styles, or one value of them, reach for something outside of the drawing.
fn loads(styles: &str) -> bool {
    let styles = styles.to_ascii_lowercase();
    // An escape could write any of the words below in another way.
    let has_escape = styles.contains('\\');
    let mut addresses = styles.split("url(").skip(1).map(|rest| rest.trim_start().trim_start_matches(['"', '\'']));
    has_escape
        || ["@import", "image(", "image-set(", "src(", "javascript:"].iter().any(|word| styles.contains(word))
        || addresses.any(|address| !address.starts_with('#'))
}

/// The bytes of an element's first tag, as far as its name.
fn head_of(node: Node<'_, '_>) -> Range<usize> {
    let start = node.range().start;
    start..node.range().end.min(start + 1 + node.tag_name().name().len())
}

fn offset(text: &str, at: roxmltree::TextPos) -> usize {
    let row = usize::try_from(at.row).unwrap_or(1).max(1);
    let line: usize = text.split_inclusive('\n').take(row - 1).map(str::len).sum();
    let rest = &text[line.min(text.len())..];
    let col = usize::try_from(at.col).unwrap_or(1).max(1);
    line + rest.char_indices().nth(col - 1).map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::what_could_run;

    fn drawing(inner: &str) -> String {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">{inner}</svg>")
    }

    #[test]
    fn what_drawing_programs_save_passes() {
        for inner in [
            "<title>Kartta</title><g fill=\"url(#a)\"><path d=\"M0 0h4\"/></g><text x=\"1\">ä<tspan>ö</tspan></text>",
            "<style>.a{fill:#123;clip-path:url(#b)} .b{fill:url( '#c' )}</style><use xlink:href=\"#a\"/><use href=\"#a\"/>",
            "<image href=\"data:image/png;base64,AAAA\"/>",
            "<n:view xmlns:n=\"http://n.example/\" n:file=\"C:\\a.svg\"/>",
            "<metadata><r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><r:a r:resource=\"http://x.example/\"/></r:RDF></metadata>",
            "<svg:g xmlns:svg=\"http://www.w3.org/2000/svg\"><svg:rect/></svg:g><!-- <script/> --><desc><![CDATA[<script>]]></desc>",
        ] {
            assert_eq!(what_could_run(&drawing(inner)), None, "{inner}");
        }
        assert_eq!(what_could_run(&format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", drawing("<g/>"))), None);
    }

    #[test]
    fn what_could_run_does_not() {
        for inner in [
            "<script>alert(1)</script>",
            "<s:script xmlns:s=\"http://www.w3.org/2000/svg\">alert(1)</s:script>",
            "<g xmlns:s=\"http://www.w3.org/2000/&#115;vg\"><s:script/></g>",
            "<h:script xmlns:h=\"http://www.w3.org/1999/xhtml\">alert(1)</h:script>",
            "<script xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<m:math xmlns:m=\"http://www.w3.org/1998/Math/MathML\"/>",
            "<none xmlns=\"\"/>",
            "<foreignObject><p/></foreignObject>",
            "<a href=\"javascript:alert(1)\"><text>x</text></a>",
            "<set attributeName=\"href\" to=\"javascript:alert(1)\"/>",
            "<animate attributeName=\"onload\" values=\"alert(1)\"/>",
            "<handler xmlns:ev=\"http://www.w3.org/2001/xml-events\" ev:event=\"load\"/>",
            "<g onload=\"alert(1)\"/>",
            "<g onbegin=\"alert(1)\"/>",
            "<use href=\"data:image/svg+xml;base64,AAAA#a\"/>",
            "<use xlink:href=\"//x.example/a.svg#a\"/>",
            "<image href=\"https://x.example/a.png\"/>",
            "<image href=\"java&#9;script:alert(1)\"/>",
            "<feImage href=\"https://x.example/a.png\"/>",
            "<g xml:base=\"javascript:alert(1)//\"/>",
            "<style>@import '//x.example/a.css';</style>",
            "<style>@im<!-- -->port '//x.example/a.css';</style>",
            "<style><![CDATA[a{fill:url(//x.example)}]]></style>",
            "<style>a{fill:u\\72l(//x.example)}</style>",
            "<g style=\"fill:url(https://x.example/a)\"/>",
            "<g fill=\"url('https://x.example/a')\"/>",
            "<?xml-stylesheet href=\"//x.example/a.css\"?>",
            "<g>&nbsp;</g>",
            "<g",
        ] {
            assert!(what_could_run(&drawing(inner)).is_some(), "{inner}");
        }
        for text in [
            "",
            "<svg/>",
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(1)</script></html>",
            "<!DOCTYPE svg [<!ENTITY x \"<script/>\">]><svg xmlns=\"http://www.w3.org/2000/svg\">&x;</svg>",
            "<?xml-stylesheet href=\"a.css\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<?xml version=\"1.0\" encoding=\"ISO-2022-JP\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "plain text",
        ] {
            let fault = what_could_run(text);
            assert!(fault.as_ref().is_some_and(|(_, range)| text.get(range.clone()).is_some()), "{text}: {fault:?}");
        }
    }
}
