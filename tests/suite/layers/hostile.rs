//! A layer that wants to break things: nothing that it writes, in whatever field, runs in a page.
//!
//! A case is one attack in one field of the layer [`LAYER`]. Fields that are shown as text can refuse nothing and
//! are tried together; all others one by one, as an edition that is refused says nothing of its other fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use opas::diagnostic::{Code, Diagnostic, has_errors};
use opas::digest::Digest;
use opas::layer::Layer;
use opas::pipeline::Base;
use rayon::prelude::*;

use super::folder;
use crate::edition::{self, Files, Outputs};
use crate::hostile::attacks::{ADDRESSES, ATTACKS, addresses_are_allowed, quoted};
use crate::html;

/// More of what the book's own attacks have: each kind in the forms that an author of a layer would try.
const MORE: [&str; 20] = [
    "<script type=module>import('//x.example/x.js')</script>",
    "<script src=data:text/javascript,alert(1)></script>",
    "<svg><script href=data:,alert(1) /></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1)></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<frameset onload=alert(1)><frame src=//x.example/></frameset>",
    "<object type=text/html data=//x.example/></object>",
    "<applet code=x></applet><embed src=//x.example/x.swf>",
    "<form><input type=image src=//x.example/ formaction=javascript:alert(1)></form>",
    "<textarea autofocus onfocus=alert(1)></textarea><select onchange=alert(1)></select>",
    "<video src=//x.example/x.mp4 onerror=alert(1)></video><audio autoplay src=//x.example/></audio>",
    "<img srcset='//x.example/x.png 1x' alt=x>",
    "<a href='vbscript:msgbox(1)' ping=//x.example/>x</a>",
    "<a href=\"&#x6a;&#x61;vascript&#x3a;alert(1)\">x</a>",
    "<a href=\"java&NewLine;script&colon;alert(1)\">x</a>",
    "<body onload=alert(1)><html onclick=alert(1)>",
    "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">",
    "<dialog open onclose=alert(1)><slot onslotchange=alert(1)></slot></dialog>",
    ":::\n\n<script>alert(1)</script>\n\n:::append {#osa}\n<b onclick=alert(1)>x</b>",
];

/// The layer. `«name»` stands for a field as a quoted text, `‹name›` for one within Markdown.
const LAYER: [(&str, &str); 9] = [
    (
        "overlay.toml",
        "name = «layer: name»\ntitle = «text: title of the layer»\nversion = «text: version»\nowner = «text: owner»\nurl = «layer: url»\nedit-url = «layer: edit-url»\nbased-on = «layer: based-on»\n\n[facts]\n«layer: name of a fact» = «layer: fact»\n\n[brand]\naccent = «layer: accent»\n\n[files]\n«layer: replaced file» = {op = \"replace\", reason = «text: reason of a file»}\n",
    ),
    (
        "content/fi/oma.md",
        "---\ntitle: «text: title»\nsummary: «text: summary»\nkind: case\nafter: «page: after»\nowner: «text: unit»\ntags: [«text: tag»]\nchannels: [«page: channel»]\nsearch-words: [«text: search word»]\naliases: [«page: alias»]\nchanges:\n  - {date: 2026-01-02, note: «text: note of a change»}\nwalks:\n  - {flow: kysely, path: {tuki: ei}, outcome: ohjaa, situation: «text: situation»}\n---\n\n{{ nimi }} {{ uusi }} {{ contact.neuvonta.note }} [{{ nimi }}](contact:neuvonta) [x](contact:piste) [[digituki]] [[oma|{{ nimi }}]]\n\n## {{ nimi }} {#arvo}\n\n‹page: body›\n\nAlku ‹page: running text› loppu.\n",
    ),
    (
        "content/fi/ohjeet.md",
        "---\nop: patch\ntitle: «text: patched title»\nsummary: «text: patched summary»\nowner: «text: patched unit»\ntags: [«text: patched tag»]\nsearch-words: [«text: patched search word»]\n---\n\n:::append {#alku reason=\"‹patch: reason›\"}\nA\n\n‹patch: block›\n\n## ‹patch: heading› {#oma-osa}\n\n[‹patch: text of a link›](index.md '‹patch: title of a link›') ![‹patch: alt›](kuva.png)\n\n[x](‹patch: address›) ![x](‹patch: address of an image›)\n\n| ‹patch: cell› |\n|---|\n| a |\n\n```‹patch: language›\n‹patch: code›\n```\n\n- [ ] ‹patch: item›[^1]\n\n[^1]: ‹patch: footnote›\n\n[x][a]\n\n[a]: ‹patch: reference›\n:::\n\n:::replace-body {#loppu reason=\"Syy\"}\n[[digituki|‹patch: text of a term›]] [[‹patch: term›]]\n:::\n",
    ),
    (
        "content/fi/toinen.md",
        "---\nop: replace\nreason: «text: reason of a page»\ntitle: «text: title of a replacement»\n---\n\n‹page: replacement›\n",
    ),
    ("content/fi/poistuva.md", "---\nop: hide\nreason: «text: reason of hiding»\nredirect: «page: redirect»\n---\n"),
    (
        "content/fi/vars.yaml",
        "nimi: «text: variable»\nuusi: {value: «text: new variable», new: true, reason: «text: reason of a variable»}\n",
    ),
    (
        "content/fi/contacts.yaml",
        "neuvonta:\n  name: «text: name»\n  phone: «text: phone»\n  email: «text: email»\n  address: «text: address»\n  hours: «text: hours»\n  note: «text: note»\npiste:\n  new: true\n  name: «text: name of a new contact»\n  url: «data: url»\n",
    ),
    (
        "content/fi/glossary.yaml",
        "digituki: {op: replace, reason: «text: reason of a term», term: «text: term as shown», definition: Selitys «data: definition in a line», synonyms: [«text: synonym»], see: «data: see»}\noma: {definition: «data: definition»}\n«text: key of a term»: {definition: Toinen.}\n",
    ),
    (
        "content/fi/flows/kysely.patch.yaml",
        "- {op: add-outcome, id: oma, reason: «text: reason of an outcome», outcome: {title: «text: title of an outcome», body: «flow: body», dont: [«flow: dont»], see: [«flow: see»], refer: [«flow: refer»]}}\n- {op: replace-outcome, at: opasta, reason: «text: reason of a replacement», outcome: {title: «text: title of the new outcome», body: «flow: body of the new outcome»}}\n- {op: add-answer, at: tuki, answer: {id: joskus, text: «text: answer», next: missa}}\n- {op: insert-question, id: missa, question: {text: «text: question», help: «flow: help», answers: [{id: a, text: «text: another answer», next: oma}, {id: «flow: id of an answer», text: A, next: «flow: next»}]}}\n",
    ),
];

/// What stands in a field that is not text, when nobody attacks it.
const PLAIN: [(&str, &str); 21] = [
    ("layer: url", "https://oma.example/kirja/"),
    ("layer: edit-url", "https://oma.example/edit/{path}"),
    ("layer: name", "kunta"),
    ("layer: based-on", "testi 1"),
    ("layer: name of a fact", "antaa-tukea"),
    ("layer: fact", "ei"),
    ("layer: accent", "#1f5f3f"),
    ("layer: replaced file", "content/fi/kuva.png"),
    ("page: after", "ohjeet"),
    ("page: channel", "puhelin"),
    ("page: alias", "vanha"),
    ("page: redirect", "oma"),
    ("patch: address", "index.md"),
    ("patch: address of an image", "kuva.png"),
    ("patch: reference", "index.md"),
    ("patch: term", "digituki"),
    ("data: url", "https://oma.example/"),
    ("data: see", "oma"),
    ("flow: see", "oma"),
    ("flow: refer", "piste"),
    ("flow: next", "oma"),
];

/// The fields in which Markdown stands by itself.
const WHOLE: [&str; 4] = ["page: body", "page: running text", "patch: block", "flow: body"];

/// Names of fields with what stands in them.
type Planted<'a> = BTreeMap<&'a str, String>;

/// A piece of a file: text before a field, the mark that opens the field, and its name.
type Piece = (&'static str, &'static str, &'static str);

/// The pieces of a file of the layer, and what stands after the last field.
fn pieces(text: &'static str) -> (Vec<Piece>, &'static str) {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find(['«', '‹']) {
        let (before, field) = rest.split_at(at);
        let (mark, field) = field.split_at(field.chars().next().map_or(0, char::len_utf8));
        let (name, after) = field.split_once(['»', '›']).unwrap();
        pieces.push((before, mark, name));
        rest = after;
    }
    (pieces, rest)
}

/// The names of all fields, in the order of the layer's files.
fn fields() -> Vec<&'static str> {
    LAYER.iter().flat_map(|(_, text)| pieces(text).0).map(|(_, _, name)| name).collect()
}

/// The layer with something planted in fields; the others are harmless.
fn layer(planted: &Planted<'_>) -> Files {
    let fill = |text: &'static str| {
        let (pieces, rest) = pieces(text);
        let fill = |(before, mark, name): &Piece| {
            let plain = PLAIN.iter().find(|(known, _)| known == name).map_or("harmiton", |(_, text)| text);
            let value = planted.get(name).map_or(plain, String::as_str);
            let value = if *mark == "«" { quoted(value) } else { value.to_owned() };
            format!("{before}{value}")
        };
        pieces.iter().map(fill).collect::<String>() + rest
    };
    let mut files: Files = LAYER.iter().map(|(path, text)| ((*path).to_owned(), fill(text))).collect();
    files.insert("content/fi/kuva.png".to_owned(), "kuva".to_owned());
    files
}

/// The book that the layer changes.
fn base() -> Base {
    let (mut source, faults) = opas::source::read(&folder().join("book"));
    assert!(faults.is_empty(), "{faults:?}");
    let config = source.text("book.toml").unwrap().text.replace("[editions.e]\nlayers = [\"kunta\"]\n", "");
    source.insert_text("book.toml", &config.replace("title", "url = \"https://testi.example/\"\ntitle"));
    let flow = std::fs::read_to_string(folder().join("flow-set-next/content/fi/flows/kysely.yaml")).unwrap();
    source.insert_text(
        "content/fi/flows/kysely.yaml",
        &flow.replace("    answers", "    fact: antaa-tukea\n    answers"),
    );
    source.insert_text("content/fi/poistuva.md", "---\ntitle: Poistuva\n---\n\nTeksti.\n");
    source.insert_asset("content/fi/kuva.png", b"vanha".to_vec());
    edition::base(&source)
}

/// Builds the edition of the book with one layer.
fn build(base: &Base, files: &Files) -> Result<Outputs, Vec<Diagnostic>> {
    let layer: Arc<Layer> = edition::layer(base, "kunta", files)?;
    edition::site(&edition::edition(base, &[layer]))
}

/// Elements that do or load something, or that change what others do.
const ACTIVE: [&str; 30] = [
    "script", "style", "link", "meta", "base", "form", "input", "button", "select", "textarea", "iframe", "frame",
    "frameset", "object", "embed", "applet", "portal", "svg", "math", "template", "slot", "noscript", "video", "audio",
    "source", "track", "dialog", "animate", "set", "body",
];

/// Attributes that hold a text of the book in elements of the theme.
const TEXTS: [&str; 6] = ["title", "aria-label", "alt", "popovertarget", "aria-labelledby", "data-label"];

/// The active elements of a page, each with the attributes that say what it does.
fn active(tags: &[html::Tag]) -> BTreeSet<String> {
    let shown = |tag: &html::Tag| {
        let is_text = |name: &str| TEXTS.contains(&name) || name == "content" && tag.get("http-equiv").is_none();
        // A drawing is as high as its texts want it.
        let is_size = |name: &str| tag.name == "svg" && ["height", "viewbox"].contains(&name);
        let attributes = tag.attributes.iter().filter(|(name, _)| !is_text(name) && !is_size(name));
        let attributes: BTreeSet<String> = attributes.map(|(name, value)| format!(" {name}={value:?}")).collect();
        format!("<{}{}>", tag.name, attributes.into_iter().collect::<String>())
    };
    tags.iter().filter(|tag| !tag.is_end && ACTIVE.contains(&tag.name.as_str())).map(shown).collect()
}

/// What the site of the harmless layer has, which those of no other layer may exceed.
struct Known {
    active: BTreeSet<String>,
    xml: BTreeSet<String>,
    /// The files that have been looked at: most are the same in the next case.
    seen: Mutex<BTreeSet<Digest>>,
}

impl Known {
    fn of(outputs: &Outputs) -> Self {
        let active = edition::pages(outputs).flat_map(|(_, page)| active(&html::tags(page))).collect();
        let xml = ["feed.xml", "sitemap.xml"].into_iter().flat_map(|path| names(&outputs[path])).collect();
        let known = Known { active, xml, seen: Mutex::default() };
        known.check("the harmless layer", outputs);
        known
    }

    /// Expects an edition to hold nothing that runs.
    fn check(&self, what: &str, outputs: &Outputs) {
        for (path, bytes) in outputs {
            if !self.seen.lock().unwrap().insert(Digest::of_parts([path.as_bytes(), bytes])) {
                continue;
            }
            let what = format!("{what} in {path}");
            if path.ends_with(".html") {
                self.check_page(&what, path, std::str::from_utf8(bytes).unwrap());
            } else if path.starts_with("search/") {
                is_one_call(&what, bytes);
            } else if path.ends_with(".xml") {
                assert!(names(bytes).is_subset(&self.xml), "{what}");
            }
        }
    }

    fn check_page(&self, what: &str, path: &str, page: &str) {
        let tags = html::tags(page);
        let mut hazards = html::hazards_of(page, &tags);
        // Pages of flows have templates of steps, and a drawing, of opas's own.
        hazards.retain(|found| !(path.starts_with("flows/") && ["<template>", "<svg>"].contains(&found.as_str())));
        assert_eq!(hazards, [""; 0], "{what}");
        let more: Vec<_> = active(&tags).difference(&self.active).cloned().collect();
        assert!(more.is_empty(), "{what}: {more:?}");
        assert_eq!(html::imbalance_of(&tags), None, "{what}");
        addresses_are_allowed(what, &html::addresses_of(&tags));
    }
}

fn names(xml: &[u8]) -> BTreeSet<String> {
    html::tags(std::str::from_utf8(xml).unwrap()).into_iter().map(|tag| tag.name).collect()
}

/// Expects a script of the search to be one call with data alone.
fn is_one_call(what: &str, script: &[u8]) {
    let text = std::str::from_utf8(script).unwrap().trim_end();
    let inner = text.strip_prefix("opasSearch(").and_then(|rest| rest.strip_suffix(");").or(rest.strip_suffix(')')));
    let inner = inner.unwrap_or_else(|| panic!("{what}: {text}"));
    serde_json::from_str::<serde_json::Value>(&format!("[{inner}]")).unwrap_or_else(|error| panic!("{what}: {error}"));
}

fn attacks() -> Vec<&'static str> {
    let attacks: Vec<&str> = ATTACKS.into_iter().chain(ADDRESSES).chain(MORE).collect();
    assert_eq!(attacks.iter().collect::<BTreeSet<_>>().len(), attacks.len(), "each attack is another one");
    attacks
}

/// An attack with a word after it, by which it is found again.
fn marked(attack: &str, field: usize) -> String {
    format!("{attack} merkki{field}x")
}

/// Texts that no reader sees: why a thing is another one is for those who keep the layer.
const SILENT: [&str; 5] = [
    "text: reason of a file",
    "text: reason of hiding",
    "text: reason of a variable",
    "text: reason of a term",
    "text: reason of an outcome",
];

#[test]
fn no_field_of_a_layer_that_is_shown_as_text_carries_anything_that_runs() {
    let base = base();
    let texts: Vec<&str> = fields().into_iter().filter(|field| field.starts_with("text: ")).collect();
    let plant = |attack: &str| texts.iter().zip(0..).map(|(field, number)| (*field, marked(attack, number))).collect();
    let known = Known::of(&build(&base, &layer(&plant("harmiton"))).unwrap());
    let cases = attacks().into_par_iter().map(|attack| {
        let outputs = build(&base, &layer(&plant(attack))).unwrap_or_else(|faults| panic!("{attack}: {faults:?}"));
        known.check(attack, &outputs);
        let all: Vec<_> = outputs.values().map(|bytes| String::from_utf8_lossy(bytes)).collect();
        let is_shown = |field: usize| all.iter().any(|text| text.contains(&format!("merkki{field}x")));
        let silent: Vec<&str> =
            texts.iter().enumerate().filter(|(at, _)| !is_shown(*at)).map(|(_, field)| *field).collect();
        assert_eq!(silent, SILENT, "{attack}");
        texts.len()
    });
    let cases: usize = cases.sum();
    assert!(cases >= 3000, "{cases} cases");
}

#[test]
fn no_other_field_of_a_layer_carries_anything_that_runs() {
    let base = base();
    let known = Known::of(&build(&base, &layer(&Planted::new())).unwrap());
    let others: Vec<&str> = fields().into_iter().filter(|field| !field.starts_with("text: ")).collect();
    // Where whole Markdown stands, each attack is tried; in each of the other fields every fourth one.
    let is_tried = |field: usize, attack: usize| WHOLE.contains(&others[field]) || (field + attack).is_multiple_of(4);
    let attacks = attacks();
    let pairs = (0..others.len()).flat_map(|field| (0..attacks.len()).map(move |attack| (field, attack)));
    let cases: Vec<(usize, usize)> = pairs.filter(|(field, attack)| is_tried(*field, *attack)).collect();
    let refused = cases.par_iter().filter(|(field, attack)| {
        let (field, attack) = (others[*field], attacks[*attack]);
        let what = format!("{attack} as {field}");
        let built = build(&base, &layer(&Planted::from([(field, attack.to_owned())])));
        match &built {
            Ok(outputs) => known.check(&what, outputs),
            Err(faults) => assert!(has_errors(faults), "{what}: {faults:?}"),
        }
        built.is_err()
    });
    let refused = refused.count();
    let built = cases.len() - refused;
    assert!(built >= 400 && refused >= 200, "{built} built, {refused} refused");
}

/// Names of files that would end an attribute or a tag, or be an address of their own.
const NAMES: [&str; 9] = [
    "\"onerror=alert(1).png",
    "'><script>alert(1)<script>.png",
    "javascript:alert(1).png",
    "<b onclick=alert(1)>.png",
    "&quot;onload=alert(1).png",
    "a\nb onerror=alert(1).png",
    "%22onerror=alert(1).png",
    "` onerror=alert(1).png",
    "kuva.png?x=<script>.png",
];

#[test]
fn no_name_of_a_layers_file_carries_anything_that_runs() {
    let base = base();
    let known = Known::of(&build(&base, &layer(&Planted::new())).unwrap());
    for name in NAMES {
        let address = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        let mut files = layer(&Planted::from([("page: body", format!("![kuva]({address}) [x]({address})"))]));
        files.insert(format!("content/fi/{name}"), "kuva".to_owned());
        match build(&base, &files) {
            Ok(outputs) => known.check(name, &outputs),
            Err(faults) => assert!(has_errors(&faults), "{name}: {faults:?}"),
        }
    }
}

#[test]
fn a_drawing_of_a_layer_is_only_ever_an_image_of_a_page() {
    let base = base();
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>piirros-merkki</title></svg>";
    let outputs = build(&base, &with_drawing(drawing)).unwrap();
    let mut shown = 0;
    for (path, page) in edition::pages(&outputs) {
        for tag in html::tags(page) {
            let names =
                tag.attributes.iter().any(|(_, value)| value.ends_with("logo.svg") || value.ends_with("kartta.svg"));
            assert!(!names || tag.name == "img", "{path}: {tag:?}");
            shown += usize::from(names);
        }
        assert!(!page.contains("piirros-merkki"), "{path}: the drawing is not put into the page");
    }
    assert!(shown > edition::pages(&outputs).count(), "the logo stands on every page");
}

/// The layer with a drawing beside its page and as its logo.
fn with_drawing(drawing: &str) -> Files {
    let mut files = layer(&Planted::from([("page: body", "![kartta](kartta.svg)".to_owned())]));
    files.insert("content/fi/kartta.svg".to_owned(), drawing.to_owned());
    files.insert("logo.svg".to_owned(), drawing.to_owned());
    let settings = files.get_mut("overlay.toml").unwrap();
    *settings = settings.replace("[brand]\n", "[brand]\nlogo = \"logo.svg\"\n");
    files
}

#[test]
fn each_attack_in_a_drawing_is_refused_where_it_would_run() {
    let base = base();
    // What is a comment or a text in XML runs nowhere in a drawing.
    let inner = attacks().into_iter().filter(|attack| attack.contains('<') && !attack.starts_with("<!"));
    for attack in inner {
        // As they stand most are not even XML, so each is also closed.
        for drawing in [format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{attack}</svg>"), attack.to_owned()] {
            let faults = build(&base, &with_drawing(&drawing)).err().unwrap_or_else(|| panic!("passes: {drawing}"));
            let refused = faults.iter().filter(|fault| fault.code == Code::E099).count();
            assert_eq!(refused, 2, "beside the page and as the logo: {drawing}: {faults:?}");
        }
    }
}

/// Names of files that browsers run, or may take for something that they run.
const RUNNING: [&str; 16] = [
    "sivu.html",
    "sivu.htm",
    "sivu.xhtml",
    "sivu.xht",
    "sivu.shtml",
    "skripti.js",
    "skripti.mjs",
    "koodi.wasm",
    "tyyli.css",
    "data.xml",
    "muunnos.xsl",
    "sivu.mhtml",
    "piirros.svgz",
    "ohjelma.swf",
    "ilman-paatetta",
    "KIRJAIMET.HTML",
];

#[test]
fn a_file_of_a_layer_that_could_run_passes_only_where_the_layer_is_trusted() {
    let base = base();
    let active = "<html xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(1)</script></html>";
    for name in RUNNING {
        let mut files = layer(&Planted::new());
        files.insert(format!("content/fi/{name}"), active.to_owned());
        let faults = build(&base, &files).unwrap_err();
        assert!(faults.iter().any(|fault| fault.code == Code::E099), "{name}: {faults:?}");
        let kunta: Arc<Layer> = edition::layer(&base, "kunta", &files).unwrap();
        let trusting = edition::trusting(&base, &[kunta]);
        let outputs = edition::site(&trusting).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert!(outputs.keys().any(|path| path.ends_with(name)), "{name}");
    }
}
