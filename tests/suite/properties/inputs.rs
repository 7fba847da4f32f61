//! An output never changes unless one of the inputs recorded with it has changed: tried with every kind of edit.

use std::collections::{BTreeMap, BTreeSet};

use opas::book::digests::Family;
use opas::diagnostic::has_errors;
use opas::pipeline::Prepared;
use opas::render::tracked;
use opas::site::Output;
use proptest::prelude::*;

use super::{Files, cases, outputs, read};
use crate::support::{FRONT_PAGE, config, page, translation};

/// A small book in two languages in which everything refers to everything.
pub fn base() -> Files {
    let yksi = "---\ntitle: Yksi\nsummary: Ensimmäinen {{ nimi }}.\nowner: Neuvonta\nchannels: [puhelin]\nchanges:\n  - {date: 2026-01-02, note: Yksi muuttui.}\n---\n\n## Alku {#alku}\n\nKatso [kaksi](kaksi.md#kohta), [lyhyt](../lyhyt.md), [kolme](syva/kolme.md), [yhteys](contact:neuvonta) ja [[sana|sanaa]]. {{ nimi }} {{ contact.kirjasto.address }} ![Kuva](../kuva.png) [sanasto](../glossary.yaml#sana) [luettelo](../../statements.yaml#B01)\n\n> [!NOTE]\n> Huomaa.\n";
    let kaksi = "---\ntitle: Kaksi\ncovers: {kohta: [B01]}\nchanges:\n  - {date: 2026-01-02, note: Kaksi muuttui.}\n---\n\n## Kohta {{ nimi }} {#kohta}\n\nTeksti [[sana]] [[toinen]].[^1]\n\n[^1]: Lähde.\n";
    let lyhyt = "---\ntitle: Lyhyt\nsummary: Lyhyesti.\naliases: [vanha, osio/entinen]\nreviewed: 2026-01-01\ntags: [a]\n---\n\nTeksti [osio](osio/index.md).\n";
    let index = "---\ntitle: Etusivu\npages: [osio, lyhyt]\n---\n\nTervetuloa. [Osio](osio/index.md)\n";
    [
        ("book.toml", config(&["fi", "sv"]).replace("title = \"Testi\"", "title = { fi = \"Testi\", sv = \"Test\" }")),
        ("content/fi/index.md", index.to_owned()),
        ("content/fi/lyhyt.md", lyhyt.to_owned()),
        ("content/fi/osio/index.md", "---\ntitle: Osio\nkind: section\npages: [yksi, kaksi]\n---\n\nJohdanto.\n".to_owned()),
        ("content/fi/osio/yksi.md", yksi.to_owned()),
        ("content/fi/osio/kaksi.md", kaksi.to_owned()),
        ("content/fi/osio/syva/kolme.md", "---\ntitle: Kolme\nkind: case\nchannels: [puhelin]\n---\n\nKatso [yksi](../yksi.md#alku) ja [[toinen]].\n".to_owned()),
        ("content/fi/osio/syva/hiljainen.md", page("Hiljainen", "Teksti.")),
        ("content/fi/kuva.png", "kuva".to_owned()),
        ("content/fi/glossary.yaml", "sana:\n  definition: Selitys {{ nimi }}. [Neuvonta](contact:neuvonta)\n  synonyms: [termi]\n  see: osio/kaksi#kohta\ntoinen:\n  definition: Toinen selitys.\n  see: osio/syva/hiljainen\n".to_owned()),
        ("content/fi/contacts.yaml", "neuvonta:\n  name: Neuvonta\n  url: https://esimerkki.fi/\nkirjasto:\n  name: Kirjasto\n  address: Katu 1\n".to_owned()),
        ("content/fi/vars.yaml", "nimi: Opas\n".to_owned()),
        ("content/statements.yaml", "- {id: B01, kind: def, text: Teksti.}\n- {id: B02, kind: must, text: Neuvo.}\n".to_owned()),
        ("content/sv/index.md", translation(index, "Framsida", "Välkommen.")),
        ("content/sv/osio/kaksi.md", translation(kaksi, "Två", "## Avsnitt {#kohta}\n\nText [[sana]].")),
        ("content/sv/glossary.yaml", "sana:\n  term: ord\n  definition: Förklaring.\n".to_owned()),
        ("content/sv/contacts.yaml", "kirjasto:\n  name: Bibliotek\n".to_owned()),
        ("content/sv/vars.yaml", "nimi: Handbok\n".to_owned()),
        ("themes/default/strings/fi.yaml", "note: Huom\n".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect()
}

/// A change of a book, with what it does in words.
pub type Edit = (&'static str, fn(&mut Files));

/// Replaces a text in a file, if both are there.
pub fn replace(files: &mut Files, path: &str, from: &str, to: &str) {
    if let Some(text) = files.get_mut(path) {
        *text = text.replacen(from, to, 1);
    }
}

pub fn insert(files: &mut Files, path: &str, text: &str) {
    files.insert(path.to_owned(), text.to_owned());
}

pub fn append(files: &mut Files, path: &str, text: &str) {
    if let Some(file) = files.get_mut(path) {
        file.push_str(text);
    }
}

/// Moves a file and mends the links that name it.
fn rename(files: &mut Files, from: &str, to: &str, links: &[(&str, &str)]) {
    let Some(text) = files.remove(from) else { return };
    files.insert(to.to_owned(), text);
    for text in files.values_mut() {
        for (from, to) in links {
            *text = text.replace(from, to);
        }
    }
}

pub const EDITS: &[Edit] = &[
    ("a body", |f| replace(f, "content/fi/osio/kaksi.md", "Teksti", "Muuta tekstiä")),
    ("another body", |f| replace(f, "content/fi/osio/syva/kolme.md", "Katso", "Lue")),
    ("the body of the front page", |f| replace(f, "content/fi/index.md", "Tervetuloa", "Hei")),
    ("the body of a translation", |f| replace(f, "content/sv/osio/kaksi.md", "Text", "Annan text")),
    ("a title", |f| replace(f, "content/fi/osio/yksi.md", "title: Yksi", "title: Uusi otsikko")),
    ("the title of a deep page", |f| {
        replace(f, "content/fi/osio/syva/kolme.md", "title: Kolme", "title: Aakkosissa eri paikassa");
    }),
    ("the title of a section", |f| replace(f, "content/fi/osio/index.md", "title: Osio", "title: Luku")),
    ("the title of the front page", |f| replace(f, "content/fi/index.md", "title: Etusivu", "title: Alku")),
    ("the title of a translation", |f| replace(f, "content/sv/osio/kaksi.md", "title: Två", "title: Nummer två")),
    ("a title with a variable", |f| {
        replace(f, "content/fi/osio/kaksi.md", "title: Kaksi", "title: '{{ nimi }} kaksi'");
    }),
    ("a summary", |f| replace(f, "content/fi/osio/yksi.md", "Ensimmäinen", "Uusi lyhennelmä")),
    ("a new summary", |f| replace(f, "content/fi/osio/kaksi.md", "title: Kaksi", "title: Kaksi\nsummary: Tiivis.")),
    ("no summary", |f| replace(f, "content/fi/lyhyt.md", "summary: Lyhyesti.\n", "")),
    ("the order of pages", |f| replace(f, "content/fi/osio/index.md", "[yksi, kaksi]", "[kaksi, yksi]")),
    ("the order at the top", |f| replace(f, "content/fi/index.md", "[osio, lyhyt]", "[lyhyt, osio]")),
    ("no order", |f| replace(f, "content/fi/osio/index.md", "pages: [yksi, kaksi]\n", "")),
    ("a kind", |f| replace(f, "content/fi/osio/yksi.md", "summary:", "kind: case\nsummary:")),
    ("another kind", |f| replace(f, "content/fi/osio/syva/kolme.md", "kind: case", "kind: page")),
    ("an owner", |f| replace(f, "content/fi/osio/yksi.md", "owner: Neuvonta", "owner: Kirjasto")),
    ("the day of review", |f| replace(f, "content/fi/lyhyt.md", "2026-01-01", "2026-02-01")),
    ("channels", |f| replace(f, "content/fi/osio/syva/kolme.md", "[puhelin]", "[kirjasto, puhelin]")),
    ("tags", |f| replace(f, "content/fi/lyhyt.md", "tags: [a]", "tags: [a, b]")),
    ("a note of a change", |f| replace(f, "content/fi/osio/yksi.md", "Yksi muuttui", "Yksi muuttui taas")),
    ("the day of a change", |f| replace(f, "content/fi/osio/kaksi.md", "2026-01-02", "2026-01-03")),
    ("no changes", |f| {
        replace(f, "content/fi/osio/yksi.md", "changes:\n  - {date: 2026-01-02, note: Yksi muuttui.}\n", "");
        replace(f, "content/fi/osio/kaksi.md", "changes:\n  - {date: 2026-01-02, note: Kaksi muuttui.}\n", "");
    }),
    ("changes in a translation", |f| {
        replace(
            f,
            "content/sv/osio/kaksi.md",
            "title: Två",
            "title: Två\nchanges:\n  - {date: 2026-01-02, note: Nytt.}",
        );
    }),
    ("an alias", |f| replace(f, "content/fi/lyhyt.md", "[vanha, osio/entinen]", "[vanha, osio/muinainen]")),
    ("an alias on another page", |f| {
        replace(f, "content/fi/lyhyt.md", "aliases: [vanha, osio/entinen]\n", "");
        replace(f, "content/fi/osio/yksi.md", "owner:", "aliases: [vanha]\nowner:");
    }),
    ("another section covers a statement", |f| {
        replace(f, "content/fi/osio/kaksi.md", "covers: {kohta: [B01]}\n", "");
        replace(f, "content/fi/osio/yksi.md", "owner:", "covers: {alku: [B01, B02]}\nowner:");
    }),
    ("a page covers a statement", |f| replace(f, "content/fi/osio/syva/kolme.md", "kind:", "covers: [B02]\nkind:")),
    ("a heading", |f| replace(f, "content/fi/osio/kaksi.md", "## Kohta", "## Paikka")),
    ("a heading of a translation", |f| replace(f, "content/sv/osio/kaksi.md", "## Avsnitt", "## Ställe")),
    ("a marked heading", |f| replace(f, "content/fi/osio/kaksi.md", "{#kohta}", "{#kohta .inferred}")),
    ("a translation loses a section", |f| {
        replace(f, "content/fi/glossary.yaml", "osio/kaksi#kohta", "osio/kaksi");
        replace(f, "content/sv/osio/kaksi.md", "{#kohta}", "{#muu}");
    }),
    ("a draft", |f| replace(f, "content/fi/lyhyt.md", "title: Lyhyt", "title: Lyhyt\ndraft: true")),
    ("a draft that nothing links to", |f| {
        replace(f, "content/fi/osio/yksi.md", "[kolme](syva/kolme.md)", "kolme");
        replace(f, "content/fi/osio/syva/kolme.md", "kind:", "draft: true\nkind:");
    }),
    ("a draft of a translation", |f| replace(f, "content/sv/osio/kaksi.md", "title: Två", "title: Två\ndraft: true")),
    ("a new page", |f| insert(f, "content/fi/osio/uusi.md", &page("Uusi", "Teksti."))),
    ("a new page at the top", |f| insert(f, "content/fi/uusi.md", &page("Uusi", "Teksti."))),
    ("a new deep page", |f| insert(f, "content/fi/osio/syva/nelja.md", &page("Neljä", "Teksti."))),
    ("a new section", |f| insert(f, "content/fi/osio/syva/index.md", &page("Syvä", "Teksti."))),
    ("a deleted page", |f| {
        f.remove("content/fi/osio/syva/kolme.md");
        replace(f, "content/fi/osio/yksi.md", "[kolme](syva/kolme.md)", "kolme");
    }),
    ("a page becomes a folder page", |f| {
        rename(
            f,
            "content/fi/lyhyt.md",
            "content/fi/lyhyt/index.md",
            &[("../lyhyt.md", "../lyhyt/index.md"), ("[osio](osio/index.md)", "[osio](../osio/index.md)")],
        );
    }),
    ("a deep page becomes a folder page", |f| {
        rename(
            f,
            "content/fi/osio/syva/kolme.md",
            "content/fi/osio/syva/kolme/index.md",
            &[("syva/kolme.md", "syva/kolme/index.md"), ("(../yksi.md", "(../../yksi.md")],
        );
    }),
    ("what the glossary sees becomes a folder page", |f| {
        rename(f, "content/fi/osio/syva/hiljainen.md", "content/fi/osio/syva/hiljainen/index.md", &[]);
    }),
    ("what the glossary sees is translated", |f| {
        insert(f, "content/sv/osio/syva/hiljainen.md", "---\ntitle: Tyst\n---\n");
    }),
    ("a translation becomes a folder page", |f| {
        rename(f, "content/sv/osio/kaksi.md", "content/sv/osio/kaksi/index.md", &[]);
    }),
    ("a new translation", |f| {
        insert(f, "content/sv/osio/yksi.md", "---\ntitle: Ett\n---\n\n## Början {#alku}\n\nText.\n");
    }),
    ("a new translation of a section", |f| insert(f, "content/sv/osio/index.md", "---\ntitle: Del\n---\n\nText.\n")),
    ("a new translation as a folder page", |f| {
        insert(f, "content/sv/lyhyt/index.md", "---\ntitle: Kort\n---\n\nText.\n");
    }),
    ("no translation", |f| drop(f.remove("content/sv/osio/kaksi.md"))),
    ("no translation of the front page", |f| drop(f.remove("content/sv/index.md"))),
    ("a definition", |f| replace(f, "content/fi/glossary.yaml", "Selitys", "Toisin selitetty")),
    ("a definition of a translation", |f| replace(f, "content/sv/glossary.yaml", "Förklaring", "Annan förklaring")),
    ("a term of a translation", |f| replace(f, "content/sv/glossary.yaml", "term: ord", "term: uttryck")),
    ("synonyms", |f| replace(f, "content/fi/glossary.yaml", "[termi]", "[termi, ilmaus]")),
    ("what an entry sees", |f| replace(f, "content/fi/glossary.yaml", "see: osio/kaksi#kohta", "see: lyhyt")),
    ("an entry sees a page instead of its section", |f| {
        replace(f, "content/fi/glossary.yaml", "see: osio/kaksi#kohta", "see: osio/kaksi");
    }),
    ("a new term", |f| append(f, "content/fi/glossary.yaml", "aamu:\n  definition: Alku.\n")),
    ("no glossary in a translation", |f| drop(f.remove("content/sv/glossary.yaml"))),
    ("no glossary at all", |f| {
        f.retain(|path, _| !path.ends_with("glossary.yaml"));
        for text in f.values_mut() {
            *text = text
                .replace("[[sana|sanaa]]", "sanaa")
                .replace("[[sana]]", "sana")
                .replace("[[toinen]]", "toinen")
                .replace("[sanasto](../glossary.yaml#sana)", "");
        }
    }),
    ("the address of a contact", |f| {
        replace(f, "content/fi/contacts.yaml", "https://esimerkki.fi/", "https://esimerkki.fi/uusi");
    }),
    ("a contact without address", |f| replace(f, "content/fi/contacts.yaml", "  url: https://esimerkki.fi/\n", "")),
    ("a contact with a telephone alone", |f| {
        replace(f, "content/fi/contacts.yaml", "url: https://esimerkki.fi/", "phone: 029 123");
    }),
    ("a field of a contact", |f| replace(f, "content/fi/contacts.yaml", "Katu 1", "Katu 2")),
    ("the name of a contact", |f| replace(f, "content/sv/contacts.yaml", "Bibliotek", "Biblioteket")),
    ("a new contact", |f| append(f, "content/fi/contacts.yaml", "uusi:\n  name: Uusi\n")),
    ("the order of contacts", |f| {
        insert(
            f,
            "content/fi/contacts.yaml",
            "kirjasto:\n  name: Kirjasto\n  address: Katu 1\nneuvonta:\n  name: Neuvonta\n  url: https://esimerkki.fi/\n",
        );
    }),
    ("no contacts in a translation", |f| drop(f.remove("content/sv/contacts.yaml"))),
    ("a variable", |f| replace(f, "content/fi/vars.yaml", "Opas", "Ohje")),
    ("a variable of a translation", |f| replace(f, "content/sv/vars.yaml", "Handbok", "Guide")),
    ("no variables in a translation", |f| drop(f.remove("content/sv/vars.yaml"))),
    ("a statement", |f| replace(f, "content/statements.yaml", "Neuvo.", "Neuvo asiakasta.")),
    ("the kind of a statement", |f| replace(f, "content/statements.yaml", "kind: must", "kind: may")),
    ("the order of statements", |f| {
        insert(
            f,
            "content/statements.yaml",
            "- {id: B02, kind: must, text: Neuvo.}\n- {id: B01, kind: def, text: Teksti.}\n",
        );
    }),
    ("the title of the book", |f| replace(f, "book.toml", "fi = \"Testi\"", "fi = \"Toinen\"")),
    ("the version of the book", |f| replace(f, "book.toml", "version = \"1\"", "version = \"2\"")),
    ("a language less", |f| {
        replace(f, "book.toml", "[\"fi\", \"sv\"]", "[\"fi\"]");
        replace(f, "book.toml", "{ fi = \"Testi\", sv = \"Test\" }", "\"Testi\"");
        f.retain(|path, _| !path.starts_with("content/sv"));
    }),
    ("a language more", |f| replace(f, "book.toml", "[\"fi\", \"sv\"]", "[\"fi\", \"sv\", \"en\"]")),
    ("a string", |f| replace(f, "themes/default/strings/fi.yaml", "note: Huom", "note: Muista")),
    ("another string", |f| insert(f, "themes/default/strings/sv.yaml", "glossary: Ordbok\nin-glossary: I ordboken\n")),
    ("a tag of a case", |f| replace(f, "content/fi/osio/syva/kolme.md", "kind: case", "kind: case\ntags: [uusi]")),
    ("a channel of a case", |f| replace(f, "content/fi/osio/syva/kolme.md", "[puhelin]", "[puhelin, kirjasto]")),
    ("a contact that a case refers to", |f| append(f, "content/fi/osio/syva/kolme.md", "[Kirja](contact:kirjasto)\n")),
    ("a case that is none any more", |f| replace(f, "content/fi/osio/syva/kolme.md", "kind: case\n", "")),
    ("another case", |f| replace(f, "content/fi/osio/yksi.md", "owner:", "kind: case\nowner:")),
    ("the colour", |f| append(f, "book.toml", "[brand]\naccent = \"#123456\"\n")),
    ("the accessibility statement", |f| append(f, "book.toml", "[accessibility]\nmethod = \"self\"\n")),
    ("the name of a channel", |f| {
        insert(f, "themes/default/strings/fi.yaml", "note: Huom\nchannel-puhelin: puhelimessa\n");
    }),
    ("how dates are written", |f| insert(f, "themes/default/strings/fi.yaml", "note: Huom\ndate-format: '%Y'\n")),
    ("a template", |f| {
        insert(
            f,
            "themes/default/templates/404.html",
            "{% extends \"base.html\" %}{% block main %}<h1>{{ shell.title }}</h1>{% endblock main %}",
        );
    }),
    ("an asset of the theme", |f| insert(f, "themes/default/assets/oma.png", "x")),
    ("an image", |f| insert(f, "content/fi/kuva.png", "toinen kuva")),
    ("an image of a translation", |f| insert(f, "content/sv/kuva.png", "svensk bild")),
    ("a new file", |f| insert(f, "content/fi/lomake.png", "x")),
    ("a comment", |f| append(f, "content/fi/glossary.yaml", "# huomautus\n")),
];

/// A book that can be built, with its outputs.
struct Built {
    prepared: Prepared,
    outputs: BTreeMap<String, Output>,
}

/// Builds a book; none where it has errors.
fn build(files: &Files) -> Option<Built> {
    let prepared = read(files).ok()?;
    if has_errors(&prepared.diagnostics) {
        return None;
    }
    let outputs = outputs(&prepared).into_iter().map(|output| (output.path.clone(), output)).collect();
    Some(Built { prepared, outputs })
}

/// Lists the outputs whose recorded inputs are as they were, but whose bytes are not.
fn unrecorded(before: &Built, after: &Built) -> Vec<String> {
    let (book, theme) = (&after.prepared.book, &after.prepared.theme);
    let is_same =
        |output: &Output| output.inputs.iter().all(|(input, digest)| tracked::digest(book, theme, input) == *digest);
    let pairs = before.outputs.iter().filter_map(|(path, old)| Some((path, old, after.outputs.get(path)?)));
    pairs.filter(|(_, old, new)| old.bytes() != new.bytes() && is_same(old)).map(|(path, ..)| path.clone()).collect()
}

/// Lists what an edit changes without a recorded input having changed, there and back.
fn unrecorded_both_ways(before: &Built, after: &Built) -> Vec<String> {
    let there = unrecorded(before, after).into_iter();
    let back = unrecorded(after, before).into_iter().map(|path| format!("{path} (undone)"));
    there.chain(back).collect()
}

#[test]
fn recorded_inputs_have_the_digests_that_they_have_now() {
    let built = build(&base()).unwrap();
    for output in built.outputs.values() {
        assert!(!output.inputs.is_empty(), "{}", output.path);
        for (input, digest) in &output.inputs {
            let now = tracked::digest(&built.prepared.book, &built.prepared.theme, input);
            assert_eq!(now, *digest, "{}: {input:?}", output.path);
        }
    }
}

/// Lists the families whose guard is as it was, but one of whose inputs is not.
fn unguarded(before: &Built, after: &Built) -> BTreeSet<String> {
    let (old, new) = (&before.prepared, &after.prepared);
    let inputs = before.outputs.values().flat_map(|output| &output.inputs);
    let changed = inputs.filter(|(input, digest)| tracked::digest(&new.book, &new.theme, input) != *digest);
    let families = changed.map(|(input, _)| input.family());
    let is_same = |family: &Family| {
        let guard = old.book.guard(family);
        guard.is_some() && guard == new.book.guard(family)
    };
    families.filter(is_same).map(|family| format!("{family:?}")).collect()
}

#[test]
fn no_input_changes_while_the_guard_of_its_family_stays() {
    let before = build(&base()).unwrap();
    for (name, edit) in EDITS {
        let mut files = base();
        edit(&mut files);
        let Some(after) = build(&files) else { continue };
        let there = unguarded(&before, &after);
        let back = unguarded(&after, &before);
        assert!(there.is_empty() && back.is_empty(), "{name}: {there:?} {back:?}");
    }
}

#[test]
fn every_edit_leads_from_a_good_book_to_another_good_book() {
    let before = build(&base()).unwrap();
    for (name, edit) in EDITS {
        let mut files = base();
        edit(&mut files);
        assert_ne!(files, base(), "{name} changes a file");
        let faults = || read(&files).map_or_else(|faults| faults, |prepared| prepared.diagnostics);
        if *name == "a draft" {
            // Other pages link to it: an edit that makes a bad book must do no harm, either.
            assert!(build(&files).is_none());
            continue;
        }
        let after = build(&files).unwrap_or_else(|| panic!("{name}: {:#?}", faults()));
        let differs = after.outputs.len() != before.outputs.len()
            || after
                .outputs
                .iter()
                .any(|(path, new)| before.outputs.get(path).is_none_or(|old| old.bytes() != new.bytes()));
        // What a theme does not show is no fault of the edit.
        assert!(differs || ["a comment", "tags", "channels"].contains(name), "{name} changes the site");
    }
}

#[test]
fn no_output_changes_by_one_edit_without_a_recorded_input() {
    let before = build(&base()).unwrap();
    let mut wrong = Vec::new();
    for (name, edit) in EDITS {
        let mut files = base();
        edit(&mut files);
        let Some(after) = build(&files) else { continue };
        let paths = unrecorded_both_ways(&before, &after);
        if !paths.is_empty() {
            wrong.push(format!("{name}: {}", paths.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "changed though all their recorded inputs are as they were:\n{}", wrong.join("\n"));
}

/// A Finnish page, not translated, that links to a section of a page whose translation is given.
fn link_into(translation: (&str, &str)) -> Built {
    let files: Files = [
        ("book.toml", config(&["fi", "sv"]).as_str()),
        ("content/fi/index.md", FRONT_PAGE),
        ("content/fi/lahto.md", &page("Lähtö", "[linkki](kohde.md#kohta)")),
        ("content/fi/kohde.md", &page("Kohde", "## Kohta {#kohta}\n\nTeksti.")),
        translation,
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .collect();
    build(&files).unwrap()
}

#[test]
fn a_link_that_leads_nowhere_is_a_recorded_input_too() {
    let with = link_into(("content/sv/kohde.md", "---\ntitle: Mål\n---\n\n## Avsnitt {#kohta}\n"));
    let without = link_into(("content/sv/kohde.md", "---\ntitle: Mål\n---\n\nText.\n"));
    let elsewhere = link_into(("content/sv/kohde/index.md", "---\ntitle: Mål\n---\n\n## Avsnitt {#kohta}\n"));
    assert_eq!(unrecorded_both_ways(&with, &without), [""; 0]);
    assert_eq!(unrecorded_both_ways(&without, &elsewhere), [""; 0]);
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn no_output_changes_by_several_edits_without_a_recorded_input(
        first in prop::collection::vec(prop::sample::select(EDITS), 0..4),
        second in prop::collection::vec(prop::sample::select(EDITS), 1..3),
    ) {
        let mut files = base();
        let apply = |files: &mut Files, edits: &[Edit]| {
            for (_, edit) in edits {
                edit(files);
            }
        };
        apply(&mut files, &first);
        let before = build(&files);
        apply(&mut files, &second);
        if let (Some(before), Some(after)) = (before, build(&files)) {
            let paths = unrecorded_both_ways(&before, &after);
            let names = |edits: &[Edit]| edits.iter().map(|(name, _)| *name).collect::<Vec<_>>();
            prop_assert!(paths.is_empty(), "after {:?}, {:?} changed {:?} unrecorded", names(&first), names(&second), paths);
        }
    }
}
