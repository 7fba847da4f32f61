//! The site as a whole: its files, its links, its languages, its order.

mod machine;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use crate::html;
use crate::support::{Book, FRONT_PAGE, config, page, paths, translation};

/// A book in three languages with everything that a book can hold; Swedish in part, English hardly.
fn rich_book() -> Book {
    let index = "---\ntitle: Etusivu\npages: [asiointi, perusteet, tapaukset]\n---\n\nLue [[digituki|digituesta]] sivulta [asiointi](asiointi.md#tietosuoja).\n";
    let asiointi = "---\ntitle: Asiointi\nsummary: Miten asioidaan & <ohjataan>.\nowner: Neuvonta\nreviewed: 2026-01-02\nreview-by: 2027-01-02\nupdated: 2026-01-03\ntags: [asiointi]\nchannels: [puhelin]\naliases: [vanha/asiointi, asioiminen]\nchanges:\n  - {date: 2026-01-03, note: Uusi sivu.}\n---\n\n## Tietosuoja {#tietosuoja}\n\nKatso [määritelmä](perusteet/maaritelma.md#maaritelma), [kuva](kuvat/työ 100% & #1.png) ja [tapaus](tapaukset/puhelin.md).\n\n![Kaavio](<kuvat/kaavio å.svg>)\n\n[Neuvonta](contact:neuvonta) {{ nimi }}\n";
    let asiointi = asiointi.replace("(kuvat/työ 100% & #1.png)", "(<kuvat/työ 100%25 & %231.png>)");
    let perusteet = page("Perusteet", "Johdanto. [Sanasto](../glossary.yaml) [Kattavuus](../../statements.yaml#B01)");
    let maaritelma = "---\ntitle: Määritelmä\nkind: page\ncovers: {maaritelma: [B01]}\n---\n\n## Määritelmä {#maaritelma}\n\nDigituki on [tukea](../asiointi.md).[^1]\n\n[^1]: Lähde.\n";
    let case = "---\ntitle: Puhelin ei toimi\nkind: case\nchannels: [puhelin, kirjasto]\n---\n\n## Tilanne {#tilanne}\n\n[Takaisin](index.md) [etusivulle](../index.md) [[palvelu]]\n\n## Toimi näin {#toimi}\n\nx\n\n## Säännöt {#saannot}\n\nx\n";
    Book::empty()
        .file("book.toml", "[book]\nid = \"test\"\nversion = \"1.0\"\nlanguages = [\"fi\", \"sv\", \"en\"]\ntitle = { fi = \"Käsikirja\", sv = \"Handbok\", en = \"Handbook\" }\ndescription = { fi = \"Kuvaus\" }\nsource = { title = { fi = \"Ohje\" }, date = \"2026\" }\n")
        .file("content/fi/index.md", index)
        .file("content/fi/asiointi.md", &asiointi)
        .file("content/fi/perusteet/index.md", &perusteet)
        .file("content/fi/perusteet/maaritelma.md", maaritelma)
        .file("content/fi/tapaukset/index.md", "---\ntitle: Tapaukset\nkind: section\n---\n")
        .file("content/fi/tapaukset/puhelin.md", case)
        .file("content/fi/kuvat/työ 100% & #1.png", "x")
        .file("content/fi/kuvat/kaavio å.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
        .file("content/fi/glossary.yaml", "digituki:\n  definition: Tukea. [Neuvonta](contact:kirjasto)\n  synonyms: [atk-apu]\n  see: perusteet/maaritelma#maaritelma\npalvelu:\n  definition: Selitys.\n")
        .file("content/fi/contacts.yaml", "neuvonta:\n  name: Neuvonta\n  url: https://esimerkki.fi/?a=1&b=2\n  email: a@b.fi\nkirjasto:\n  name: Kirjasto\n  address: Katu 1\n")
        .file("content/fi/vars.yaml", "nimi: Opas\n")
        .file("content/statements.yaml", "- {id: B01, kind: def, text: Digituki on tukea., term: digituki}\n- {id: K4.05, kind: must, text: Neuvo.}\n")
        .file("content/sv/index.md", translation(index, "Framsida", "Läs om [[digituki]] i [ärenden](asiointi.md#tietosuoja). [Suomeksi](../fi/index.md)"))
        .file("content/sv/asiointi.md", translation(&asiointi, "Ärenden", "## Dataskydd {#tietosuoja}\n\n[definition](perusteet/maaritelma.md#maaritelma)"))
        .file("content/sv/glossary.yaml", "digituki:\n  term: digitalt stöd\n  definition: Stöd.\n")
        .file("content/sv/contacts.yaml", "neuvonta:\n  name: Rådgivning\n")
        .file("content/en/index.md", translation(index, "Front page", "Read [this](asiointi.md)."))
}

/// Resolves a relative link from an output; none where it leaves the site.
fn resolve(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

/// Follows every link of a site; returns the ones that lead nowhere.
fn dead_links(book: &Book) -> Vec<String> {
    let files: BTreeSet<String> = paths(&book.path("public")).into_iter().collect();
    let pages = book.html_outputs();
    let anchors: BTreeMap<&String, BTreeSet<String>> =
        pages.iter().map(|(path, html)| (path, html::values(html, "id").into_iter().collect())).collect();
    let mut dead = Vec::new();
    for (path, html) in &pages {
        for address in html::addresses(html) {
            if ["https://", "http://", "mailto:", "tel:", "sms:"].iter().any(|scheme| address.starts_with(scheme)) {
                continue;
            }
            let (file, anchor) = address.split_once('#').map_or((address.as_str(), None), |(f, a)| (f, Some(a)));
            let file = file.split('?').next().unwrap_or_default();
            let target =
                if file.is_empty() { Some(path.clone()) } else { resolve(path, file).map(|file| decode(&file)) };
            let is_there = target.as_ref().is_some_and(|target| files.contains(target));
            // A fragment with answers is a step of a flow, whose page replays it.
            let is_step =
                |anchor: &str| anchor.contains('=') && target.as_ref().is_some_and(|t| t.starts_with("flows/"));
            let has_anchor = anchor.is_none_or(|anchor| {
                if is_step(anchor) {
                    return true;
                }
                target.as_ref().and_then(|target| anchors.get(target)).is_some_and(|ids| ids.contains(&decode(anchor)))
            });
            if address.starts_with('/') || address.contains(':') || !is_there || !has_anchor {
                dead.push(format!("{path}: {address}"));
            }
        }
    }
    dead
}

#[test]
fn every_page_has_its_path() {
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/a/b.md", page("B", "x"))
        .file("content/fi/c/index.md", page("C", "x"))
        .file("content/fi/c/d/e.md", page("E", "x"))
        .file("content/fi/c/kuva.png", "x")
        .file("content/sv/c/kuva.png", "y");
    book.build();
    let mut expected: Vec<String> = Vec::new();
    for prefix in ["", "sv/"] {
        let pages = [
            "404.html",
            "a/b.html",
            "about.html",
            "c/d/e.html",
            "c/index.html",
            "contents.html",
            "index.html",
            "print/c.html",
            "search.html",
            "search/d-0.js",
            "search/d-1.js",
            "search/d-2.js",
            "search/d-3.js",
            "search/facets.js",
            "search/index.js",
            "search/p-_.js",
            "search/texts.js",
            "search/w-_.js",
        ];
        expected.extend(pages.into_iter().chain(["c/kuva.png"]).map(|path| format!("{prefix}{path}")));
    }
    expected.push("opas-manifest.json".to_owned());
    expected.sort();
    let found: Vec<String> =
        paths(&book.path("public")).into_iter().filter(|path| !path.starts_with("assets/")).collect();
    assert_eq!(found, expected);
}

#[test]
fn pages_made_from_data_are_there_when_their_data_is() {
    let book = rich_book();
    book.build();
    for name in ["contents", "about", "glossary", "contacts", "changes", "coverage", "404"] {
        for (lang, prefix) in [("fi", ""), ("sv", "sv/"), ("en", "en/")] {
            let html = book.output(&format!("{prefix}{name}.html"));
            assert_eq!((html::page_id(&html).as_str(), html::lang(&html).as_str()), (name, lang));
        }
    }
    let glossary = book.output("glossary.html");
    assert!(glossary.contains("atk-apu") && glossary.contains("perusteet/maaritelma.html#maaritelma"), "{glossary}");
    let swedish = html::text(&book.output("sv/glossary.html"));
    assert!(swedish.contains("digitalt stöd") && swedish.contains("Stöd."), "{swedish}");
    let contacts = book.output("sv/contacts.html");
    assert!(contacts.contains("Rådgivning") && contacts.contains("https://esimerkki.fi/?a=1&amp;b=2"), "{contacts}");
    let changes = book.output("changes.html");
    assert!(changes.contains("Uusi sivu.") && changes.contains("datetime=\"2026-01-03\""), "{changes}");
    let coverage = book.output("coverage.html");
    assert!(
        coverage.contains("href=\"perusteet/maaritelma.html#maaritelma\"") && coverage.contains("K4.05"),
        "{coverage}"
    );
    let plain = Book::new();
    plain.build();
    for name in ["glossary", "contacts", "changes", "coverage"] {
        assert!(!plain.has_output(&format!("{name}.html")), "{name} without data");
    }
}

#[test]
fn every_link_of_a_site_leads_somewhere_within_it() {
    let book = rich_book();
    book.build();
    let dead = dead_links(&book);
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn every_link_of_this_repositorys_handbook_leads_somewhere() {
    let book = Book::shipped();
    book.build();
    let dead = dead_links(&book);
    assert!(dead.is_empty(), "{}", dead.join("\n"));
    for (path, html) in book.html_outputs() {
        let mut hazards = html::hazards(&html);
        // Pages of flows have templates of steps, and a drawing, of opas's own.
        hazards.retain(|hazard| !(path.starts_with("flows/") && ["<template>", "<svg>"].contains(&hazard.as_str())));
        assert_eq!(hazards, [""; 0], "{path}");
        assert_eq!(html::imbalance(&html), None, "{path}");
    }
}

#[test]
fn ids_are_unique_on_every_page() {
    let book = rich_book();
    book.build();
    for (path, html) in book.html_outputs() {
        let mut ids = html::values(&html, "id");
        ids.sort();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}");
    }
}

#[test]
fn no_page_has_inline_scripts_or_styles_and_all_forbid_them() {
    let book = rich_book();
    book.build();
    for (path, html) in book.html_outputs() {
        assert_eq!(html::hazards(&html), [""; 0], "{path}");
        assert_eq!(html::imbalance(&html), None, "{path}");
        let meta = html::find(&html, "meta", "http-equiv", "Content-Security-Policy").expect(&path);
        let policy = meta.get("content").unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        let tags = html::tags(&html);
        let first_load = tags.iter().position(|tag| tag.get("src").is_some() || tag.name == "link").unwrap();
        let policy_at = tags.iter().position(|tag| tag.get("http-equiv") == Some("Content-Security-Policy")).unwrap();
        assert!(policy_at < first_load, "{path}: the policy comes before what it governs");
        assert!(tags.iter().all(|tag| tag.get("integrity").is_none()), "{path}: `integrity` breaks file://");
    }
}

#[test]
fn the_style_sheet_loads_nothing() {
    let book = Book::new();
    book.build();
    for (path, bytes) in book.outputs().into_iter().filter(|(path, _)| path.ends_with(".css")) {
        let text = String::from_utf8(bytes.0).unwrap();
        assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("//fonts"), "{path}");
        assert!(!text.contains("@import"), "{path}");
    }
}

#[test]
fn every_page_says_its_language_and_id() {
    let book = rich_book();
    book.build();
    for (lang, prefix) in [("fi", ""), ("sv", "sv/"), ("en", "en/")] {
        for (id, path) in [
            ("index", "index.html"),
            ("asiointi", "asiointi.html"),
            ("perusteet", "perusteet/index.html"),
            ("perusteet/maaritelma", "perusteet/maaritelma.html"),
        ] {
            let html = book.output(&format!("{prefix}{path}"));
            assert_eq!(html::lang(&html), lang, "{prefix}{path}");
            assert_eq!(html::page_id(&html), id, "{prefix}{path}");
        }
    }
}

#[test]
fn a_page_without_translation_is_shown_in_the_source_language_under_a_notice() {
    let book = rich_book();
    book.build();
    let fallback = book.output("sv/perusteet/maaritelma.html");
    let tags = html::tags(&fallback);
    let body = tags.iter().position(|tag| tag.get("class") == Some("body")).unwrap();
    let mut langs: Vec<&str> = Vec::new();
    let mut open: Vec<(&str, bool)> = Vec::new();
    for tag in &tags[..=body] {
        if ["meta", "link", "input", "img", "br", "hr"].contains(&tag.name.as_str()) {
            continue;
        }
        if tag.is_end {
            let (_, had_lang) = open.pop().unwrap();
            if had_lang {
                langs.pop();
            }
        } else {
            open.push((&tag.name, tag.get("lang").is_some()));
            langs.extend(tag.get("lang"));
        }
    }
    assert_eq!(langs, ["sv", "fi"], "the text says its own language, in a page that says the site's");
    assert_eq!(html::lang(&fallback), "sv");
    let strings =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/themes/default/strings/sv.yaml")).unwrap();
    let text = strings.lines().find_map(|line| line.strip_prefix("not-translated: ")).unwrap();
    assert!(html::text(&fallback).contains(text.trim_matches('"')), "{text}");
    assert!(!html::text(&book.output("sv/asiointi.html")).contains(text.trim_matches('"')));
}

#[test]
fn links_of_a_page_stay_in_the_language_in_which_it_is_shown() {
    let book = rich_book();
    book.build();
    let addresses = html::addresses(&book.body("sv/perusteet/maaritelma.html"));
    assert!(addresses.contains(&"../asiointi.html".to_owned()), "{addresses:?}");
    let front = html::addresses(&book.body("sv/index.html"));
    assert!(
        front.contains(&"asiointi.html#tietosuoja".to_owned()) && front.contains(&"../index.html".to_owned()),
        "{front:?}"
    );
}

/// A Finnish page whose link meets a Swedish translation; the Finnish page itself is not translated.
fn book_with_link_into_translation(link: &str, target: &str, swedish: (&str, &str)) -> Book {
    let source = page("Kohde", "## Kohta {#kohta}\n\nTeksti.");
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/lahto.md", page("Lähtö", &format!("[linkki]({link})")))
        .file(target, &source)
        .file(swedish.0, translation(&source, "Mål", swedish.1));
    book.build();
    book
}

#[test]
fn a_fallback_pages_link_survives_a_translation_without_the_section() {
    let book =
        book_with_link_into_translation("kohde.md#kohta", "content/fi/kohde.md", ("content/sv/kohde.md", "Text."));
    let addresses = html::addresses(&book.body("sv/lahto.html"));
    assert_eq!(addresses, ["kohde.html"], "without the section, but to the page");
    assert_eq!(dead_links(&book), [""; 0]);
}

#[test]
fn a_fallback_pages_link_survives_a_translation_in_another_kind_of_file() {
    let book = book_with_link_into_translation(
        "kohde.md#kohta",
        "content/fi/kohde.md",
        ("content/sv/kohde/index.md", "## Avsnitt {#kohta}\n\nText."),
    );
    let addresses = html::addresses(&book.body("sv/lahto.html"));
    assert_eq!(addresses.len(), 1, "the link is still there");
    assert_eq!(dead_links(&book), [""; 0]);
}

#[test]
fn the_coverage_page_of_a_translation_without_the_section_has_no_dead_link() {
    let source = "---\ntitle: Sivu\ncovers: {kohta: [B01]}\n---\n\n## Kohta {#kohta}\n\nTeksti.\n";
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/sivu.md", source)
        .file("content/sv/sivu.md", translation(source, "Sida", "Text."))
        .file("content/statements.yaml", "- {id: B01, kind: def, text: Teksti.}\n");
    book.build();
    assert_eq!(dead_links(&book), [""; 0]);
}

#[test]
fn a_glossary_entry_that_sees_a_section_which_a_translation_lacks_has_no_dead_link() {
    let source = page("Sivu", "## Kohta {#kohta}\n\nTeksti.");
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/sivu.md", &source)
        .file("content/sv/sivu.md", translation(&source, "Sida", "Text."))
        .file("content/fi/glossary.yaml", "sana:\n  definition: Selitys.\n  see: sivu#kohta\n");
    book.build();
    assert_eq!(dead_links(&book), [""; 0]);
}

#[test]
fn an_alias_becomes_a_page_that_leads_to_the_new_one() {
    let book = rich_book();
    book.build();
    for (path, target) in [
        ("asioiminen.html", "asiointi.html"),
        ("vanha/asiointi.html", "../asiointi.html"),
        ("sv/asioiminen.html", "asiointi.html"),
        ("en/vanha/asiointi.html", "../asiointi.html"),
    ] {
        let html = book.output(path);
        let refresh = html::find(&html, "meta", "http-equiv", "refresh").expect("a redirect");
        assert_eq!(refresh.get("content"), Some(format!("0; url={target}").as_str()), "{path}");
        let links: Vec<String> = html::tags(&html)
            .iter()
            .filter(|tag| tag.name == "a")
            .filter_map(|tag| tag.get("href").map(str::to_owned))
            .collect();
        assert!(links.contains(&target.to_owned()), "{path} has a link for those whose browser does not follow");
    }
}

#[test]
fn an_alias_of_a_former_folder_page_answers_at_its_old_address() {
    // `a/index.md` was published as `a/index.html`; its alias must answer there, too.
    let book = Book::new();
    book.write("content/fi/vanha/index.md", page("Vanha", "x")).build();
    let old: BTreeSet<String> =
        paths(&book.path("public")).into_iter().filter(|path| path.starts_with("vanha")).collect();
    book.remove("content/fi/vanha/index.md");
    book.write("content/fi/uusi.md", "---\ntitle: Uusi\naliases: [vanha/index]\n---\n").build();
    for path in old {
        assert!(book.has_output(&path), "{path}");
    }
}

#[test]
fn listed_pages_come_first_and_the_others_by_title_as_the_language_sorts_them() {
    let book = Book::new()
        .file("content/fi/index.md", "---\ntitle: Etusivu\npages: [z, osio]\n---\n")
        .file("content/fi/z.md", page("Zorro", "x"))
        .file("content/fi/a.md", page("Öljy", "x"))
        .file("content/fi/b.md", page("Åbo", "x"))
        .file("content/fi/c.md", page("Ääni", "x"))
        .file("content/fi/d.md", page("asia", "x"))
        .file("content/fi/osio/index.md", "---\ntitle: Osio\npages: [y]\n---\n")
        .file("content/fi/osio/x.md", page("A", "x"))
        .file("content/fi/osio/y.md", page("B", "x"));
    book.build();
    let mut order = vec!["index.html".to_owned()];
    while let Some(next) = html::rel(&book.output(order.last().unwrap()), "next") {
        order.push(resolve(order.last().unwrap(), &next).unwrap());
        assert!(order.len() < 20);
    }
    assert_eq!(
        order,
        [
            "index.html",
            "z.html",
            "osio/index.html",
            "osio/y.html",
            "osio/x.html",
            "d.html",
            "b.html",
            "c.html",
            "a.html"
        ]
    );
    for pair in order.windows(2) {
        let back = html::rel(&book.output(&pair[1]), "prev").unwrap();
        assert_eq!(resolve(&pair[1], &back).unwrap(), pair[0]);
    }
    assert_eq!(html::rel(&book.output("index.html"), "prev"), None);
}

#[test]
fn drafts_are_left_out_unless_asked_for() {
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/luonnos.md", "---\ntitle: Luonnos\ndraft: true\naliases: [vanha]\n---\n\nx\n")
        .file("content/sv/luonnos.md", "---\ntitle: Utkast\n---\n\nx\n")
        .file("content/fi/muu.md", page("Muu", "x"));
    book.build();
    for path in ["luonnos.html", "sv/luonnos.html", "vanha.html"] {
        assert!(!book.has_output(path), "{path}");
    }
    assert!(book.html_outputs().values().all(|html| !html.contains("Luonnos")), "nothing speaks of a draft");
    assert_eq!(book.run(&["build", "--drafts"]).status, Some(0));
    for path in ["luonnos.html", "sv/luonnos.html", "vanha.html"] {
        assert!(book.has_output(path), "{path}");
    }
    book.build();
    assert!(!book.has_output("luonnos.html"), "and out again");
}

#[test]
fn a_draft_translation_is_left_out_and_the_source_is_shown() {
    let source = page("Sivu", "Teksti.");
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/sivu.md", &source)
        .file("content/sv/sivu.md", "---\ntitle: Sida\ndraft: true\n---\n\nText.\n");
    book.build();
    assert!(book.body("sv/sivu.html").contains("Teksti."));
}

#[test]
fn navigation_stays_small_in_a_section_of_500_pages() {
    let book = Book::new().file("content/fi/osio/index.md", page("Osio", "x"));
    for number in 0..500 {
        book.write(format!("content/fi/osio/sivu-{number:03}.md"), page(&format!("Sivun otsikko on {number}"), "x"));
    }
    book.build();
    for path in ["osio/sivu-000.html", "osio/sivu-250.html", "osio/sivu-499.html", "index.html", "404.html"] {
        let html = book.output(path);
        assert!(html.len() < 30_000, "{path} has {} bytes", html.len());
    }
    let middle = book.output("osio/sivu-250.html");
    let current = html::tags(&middle).into_iter().find(|tag| tag.get("aria-current") == Some("page")).unwrap();
    assert_eq!(current.get("href"), Some("sivu-250.html"), "the page itself is in its navigation");
}

#[test]
fn hidden_files_and_those_of_editors_are_passed_over() {
    let book = Book::new();
    for path in [
        ".git/x",
        "content/fi/.DS_Store",
        "content/fi/index.md~",
        "content/fi/.index.md.swp",
        "content/fi/#index.md#",
        "content/.idea/x.md",
    ] {
        book.write(path, "---\nrikki");
    }
    assert_eq!(book.codes(), [""; 0]);
    book.build();
    assert!(book.outputs().keys().all(|path| !path.contains(".DS") && !path.contains('~') && !path.contains('#')));
}

#[test]
fn a_translation_uses_the_source_languages_images_or_its_own() {
    let source = page("Sivu", "![A](a.png) ![B](b.png)");
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/sivu.md", &source)
        .file("content/fi/a.png", "fi")
        .file("content/fi/b.png", "fi")
        .file("content/sv/b.png", "sv")
        .file("content/sv/sivu.md", translation(&source, "Sida", "![A](a.png) ![B](b.png)"));
    book.build();
    assert_eq!(html::addresses(&book.body("sv/sivu.html")), ["../a.png", "b.png"]);
    assert_eq!(dead_links(&book), [""; 0]);
}

#[test]
fn a_theme_in_the_book_replaces_single_files() {
    let book = Book::new()
        .file("themes/default/assets/style.css", "body{}")
        .file("themes/default/assets/oma.svg", "<svg/>")
        .file("themes/default/strings/fi.yaml", "note: Oma huomio\n")
        .file("themes/default/templates/404.html", "<!doctype html><title>{{ shell.title }}</title>")
        .page("> [!NOTE]\n> x");
    book.build();
    assert_eq!(book.output("assets/style.css"), "body{}");
    assert!(book.has_output("assets/oma.svg") && book.has_output("assets/icon.svg"));
    assert!(book.body("page.html").contains("Oma huomio"));
    assert!(book.output("404.html").starts_with("<!doctype html><title>"));
}

#[test]
fn a_template_that_fails_while_rendering_is_an_error_at_its_place() {
    let book = Book::new().file("themes/default/templates/404.html", "<p>\n{{ shell.missing.deeper }}\n");
    let run = book.run(&["build", "--message-format", "json"]);
    assert_eq!(run.status, Some(1));
    let fault = &run.diagnostics()[0];
    assert_eq!((fault["code"].as_str(), fault["line"].as_u64()), (Some("E034"), Some(2)), "{fault}");
    assert!(!book.path("public").exists());
}

#[test]
fn the_front_page_of_another_language_is_reached_from_every_page() {
    let book = rich_book();
    book.build();
    for (path, sv) in [
        ("index.html", "sv/index.html"),
        ("perusteet/maaritelma.html", "../sv/perusteet/maaritelma.html"),
        ("404.html", "sv/404.html"),
        ("glossary.html", "sv/glossary.html"),
    ] {
        assert!(html::addresses(&book.output(path)).contains(&sv.to_owned()), "{path}");
    }
}

#[test]
fn the_day_of_building_leaves_no_trace() {
    // Dates in pages are the author's; the build has no day of its own. The program never asks for one while building.
    let book = rich_book();
    book.build();
    let year = "2026-11";
    for (path, html) in book.html_outputs() {
        assert!(!html.contains(year), "{path} holds a date that no author wrote");
    }
}

#[test]
fn the_default_book_has_one_page() {
    let book = Book::empty().file("book.toml", config(&["fi"])).file("content/fi/index.md", FRONT_PAGE);
    let run = book.run(&["build", "--message-format", "json"]);
    assert_eq!(run.finished()["pages"], 1);
    assert_eq!(run.finished()["editions"], 1);
}
