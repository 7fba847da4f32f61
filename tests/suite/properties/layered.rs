//! Building an edition again comes to the same as building it anew: two layers, a flow, facts, a look.

use opas::source::Changed;

use super::Files;
use super::edits::{Bench, Ground, wander};
use super::inputs::{EDITS, Edit, append, base, insert, replace};

/// The lowest layer first.
const LAYERS: &[&str] = &["overlays/kunta", "overlays/kirjasto"];

const FLOW: &str = "title: Vuo {{ nimi }}
start: tarve
questions:
  tarve:
    text: Mitä?
    answers:
      - {id: laite, text: Laite, next: tuki}
      - {id: muu, text: Muu, next: toinen}
  tuki:
    text: Annatteko tukea?
    fact: antaa-tukea
    answers:
      - {id: kylla, text: Kyllä, next: loppu}
      - {id: ei, text: Ei, next: toinen}
outcomes:
  loppu: {title: Loppu, body: 'Teksti [[sana]].', see: [osio/kaksi], refer: [neuvonta]}
  toinen: {title: Toinen, body: 'Muuta {{ nimi }}.'}
panels:
  huoli: {title: Huoli, body: Katso.}
";

const WALK: &str = "walks:\n  - {flow: vuo, path: {tarve: laite, tuki: ei}, outcome: toinen}\n";

/// The book of `inputs` with a flow, and two layers on it.
fn book() -> Files {
    let mut files = base();
    replace(&mut files, "content/fi/osio/syva/kolme.md", "kind: case\n", &format!("kind: case\n{WALK}"));
    let patch = |block: &str| format!("---\nop: patch\n---\n\n{block}\n");
    let more = [
        ("content/fi/flows/vuo.yaml", FLOW.to_owned()),
        ("content/sv/flows/vuo.yaml", "title: Flöde\nquestions:\n  tarve:\n    text: Vad?\n".to_owned()),
        ("overlays/kunta/overlay.toml", "name = \"kunta\"\ntitle = \"Kunta\"\nversion = \"1\"\n\n[facts]\nantaa-tukea = \"ei\"\n\n[brand]\naccent = \"#1f5f3f\"\n".to_owned()),
        ("overlays/kunta/content/fi/osio/yksi.md", patch(":::append {#alku reason=\"Oma\"}\nKunnan teksti {{ nimi }} [oma](../oma.md) [[kunta]].\n:::")),
        ("overlays/kunta/content/fi/oma.md", "---\ntitle: Oma\nafter: lyhyt\n---\n\nOma sivu. ![Kartta](kartta.png)\n".to_owned()),
        ("overlays/kunta/content/fi/kartta.png", "kartta".to_owned()),
        ("overlays/kunta/content/fi/vars.yaml", "nimi: Kunnan opas\n".to_owned()),
        ("overlays/kunta/content/fi/contacts.yaml", "neuvonta:\n  url: https://kunta.example/\npiste:\n  value: {name: Piste}\n  new: true\n".to_owned()),
        ("overlays/kunta/content/fi/glossary.yaml", "kunta:\n  definition: Kunta.\n".to_owned()),
        ("overlays/kirjasto/overlay.toml", "name = \"kirjasto\"\ntitle = \"Kirjasto\"\nversion = \"2\"\n".to_owned()),
        ("overlays/kirjasto/content/fi/osio/kaksi.md", patch(":::replace-body {#kohta}\nKirjaston teksti.\n:::")),
        ("overlays/kirjasto/content/fi/oma.md", "---\nop: patch\n---\n\n:::append {#}\nKirjaston lisä.\n:::\n".to_owned()),
    ];
    files.extend(more.map(|(path, text)| (path.to_owned(), text)));
    files
}

/// Edits of layers, flows, facts and looks; some make a book that cannot be built.
const LAYERED: &[Edit] = &[
    ("a question", |f| replace(f, "content/fi/flows/vuo.yaml", "Mitä?", "Mikä hätänä?")),
    ("an outcome", |f| replace(f, "content/fi/flows/vuo.yaml", "Muuta", "Jotain")),
    ("an answer leads elsewhere", |f| replace(f, "content/fi/flows/vuo.yaml", "next: toinen", "next: loppu")),
    ("an answer leads nowhere", |f| replace(f, "content/fi/flows/vuo.yaml", "next: toinen", "next: puuttuu")),
    ("a panel", |f| replace(f, "content/fi/flows/vuo.yaml", "body: Katso", "body: Lue [osio](../osio/index.md)")),
    ("a text of a flow's translation", |f| replace(f, "content/sv/flows/vuo.yaml", "Vad?", "Vad då?")),
    ("no translation of a flow", |f| drop(f.remove("content/sv/flows/vuo.yaml"))),
    ("another flow", |f| insert(f, "content/fi/flows/toinen.yaml", &FLOW.replace("Vuo", "Toinen"))),
    ("no flow", |f| {
        f.retain(|path, _| !path.contains("/flows/"));
        replace(f, "content/fi/osio/syva/kolme.md", WALK, "");
        replace(f, "overlays/kunta/overlay.toml", "[facts]\nantaa-tukea = \"ei\"\n", "");
    }),
    ("a walk", |f| replace(f, "content/fi/osio/syva/kolme.md", "{tarve: laite, tuki: ei}", "{tarve: muu}")),
    ("a walk that ends elsewhere", |f| replace(f, "content/fi/osio/syva/kolme.md", "tuki: ei", "tuki: kylla")),
    ("a flow patch", |f| {
        insert(
            f,
            "overlays/kirjasto/content/fi/flows/vuo.patch.yaml",
            "- {op: set-next, at: tarve/muu, next: loppu, reason: Oma}\n",
        );
    }),
    ("a fact", |f| replace(f, "overlays/kunta/overlay.toml", "\"ei\"", "\"kylla\"")),
    ("a fact that is no answer", |f| replace(f, "overlays/kunta/overlay.toml", "\"ei\"", "\"ehka\"")),
    ("no fact", |f| replace(f, "overlays/kunta/overlay.toml", "antaa-tukea = \"ei\"\n", "")),
    ("the colour of a layer", |f| replace(f, "overlays/kunta/overlay.toml", "#1f5f3f", "#123456")),
    ("another layer's colour", |f| append(f, "overlays/kirjasto/overlay.toml", "[brand]\naccent = \"#402060\"\n")),
    ("a logo", |f| {
        insert(f, "overlays/kunta/logo.png", "logo");
        replace(f, "overlays/kunta/overlay.toml", "[brand]\n", "[brand]\nlogo = \"logo.png\"\n");
    }),
    ("another logo", |f| insert(f, "overlays/kunta/logo.png", "toinen logo")),
    ("the title of a layer", |f| replace(f, "overlays/kunta/overlay.toml", "\"Kunta\"", "\"Iso kunta\"")),
    ("the version of a layer", |f| replace(f, "overlays/kirjasto/overlay.toml", "\"2\"", "\"3\"")),
    ("a layer of another name", |f| replace(f, "overlays/kirjasto/overlay.toml", "\"kirjasto\"", "\"kirja\"")),
    ("a layer that cannot be read", |f| append(f, "overlays/kirjasto/overlay.toml", "[[\n")),
    ("a layer's block", |f| replace(f, "overlays/kunta/content/fi/osio/yksi.md", "Kunnan teksti", "Kaupungin teksti")),
    ("a layer's other block", |f| replace(f, "overlays/kirjasto/content/fi/osio/kaksi.md", "Kirjaston", "Kirjan")),
    ("a block to another section", |f| replace(f, "overlays/kirjasto/content/fi/osio/kaksi.md", "#kohta", "#muu")),
    ("a block of another kind", |f| replace(f, "overlays/kunta/content/fi/osio/yksi.md", ":::append", ":::prepend")),
    ("the reason of a block", |f| replace(f, "overlays/kunta/content/fi/osio/yksi.md", "\"Oma\"", "\"Oma ohje\"")),
    ("no patch", |f| drop(f.remove("overlays/kirjasto/content/fi/osio/kaksi.md"))),
    ("a layer's page", |f| replace(f, "overlays/kunta/content/fi/oma.md", "Oma sivu", "Oma ohje")),
    ("the title of a layer's page", |f| replace(f, "overlays/kunta/content/fi/oma.md", "title: Oma", "title: Uusi")),
    ("a layer's page stands elsewhere", |f| {
        replace(f, "overlays/kunta/content/fi/oma.md", "after: lyhyt", "before: osio");
    }),
    ("no page of a layer", |f| {
        f.retain(|path, _| !path.ends_with("/oma.md"));
        replace(f, "overlays/kunta/content/fi/osio/yksi.md", "[oma](../oma.md)", "oma");
    }),
    ("another page of a layer", |f| {
        insert(f, "overlays/kirjasto/content/fi/osio/uusi.md", "---\ntitle: Kirjaston sivu\n---\n\nTeksti.\n");
    }),
    ("a page is replaced", |f| {
        insert(
            f,
            "overlays/kirjasto/content/fi/lyhyt.md",
            "---\nop: replace\nreason: Oma\ntitle: Tilalla\n---\n\nKirjaston sivu.\n",
        );
    }),
    ("a page is hidden", |f| {
        insert(
            f,
            "overlays/kirjasto/content/fi/osio/syva/hiljainen.md",
            "---\nop: hide\nreason: Turha\nredirect: osio/kaksi\n---\n",
        );
    }),
    ("a page is hidden without an end", |f| {
        insert(f, "overlays/kirjasto/content/fi/lyhyt.md", "---\nop: hide\nreason: Turha\nredirect: puuttuu\n---\n");
    }),
    ("a layer's image", |f| insert(f, "overlays/kunta/content/fi/kartta.png", "uusi kartta")),
    ("a layer's image in the place of the book's", |f| insert(f, "overlays/kirjasto/content/fi/kuva.png", "oma kuva")),
    ("a layer's variable", |f| replace(f, "overlays/kunta/content/fi/vars.yaml", "Kunnan", "Kaupungin")),
    ("no variable of a layer", |f| drop(f.remove("overlays/kunta/content/fi/vars.yaml"))),
    ("a layer's contact", |f| replace(f, "overlays/kunta/content/fi/contacts.yaml", "kunta.example", "oma.example")),
    ("a layer's term", |f| {
        replace(f, "overlays/kunta/content/fi/glossary.yaml", "definition: Kunta", "definition: Oma");
    }),
    ("a layer defines a term anew", |f| {
        append(f, "overlays/kunta/content/fi/glossary.yaml", "sana:\n  op: replace\n  definition: Kunnan selitys.\n");
    }),
    ("a layer's translation", |f| {
        insert(f, "overlays/kunta/content/sv/oma.md", "---\ntitle: Egen\n---\n\nEgen sida.\n");
    }),
    ("a layer patches a translation", |f| {
        insert(
            f,
            "overlays/kunta/content/sv/osio/kaksi.md",
            "---\nop: patch\n---\n\n:::append {#kohta}\nKommunens text.\n:::\n",
        );
    }),
    ("a layer's string", |f| insert(f, "overlays/kunta/themes/default/strings/fi.yaml", "note: Kunta huomaa\n")),
    ("a layer's template", |f| {
        insert(
            f,
            "overlays/kunta/themes/default/templates/404.html",
            "{% extends \"base.html\" %}{% block main %}<h1>{{ shell.title }}</h1>{% endblock main %}",
        );
    }),
    ("a layer's block of a template", |f| {
        insert(
            f,
            "overlays/kunta/themes/default/templates/page.html",
            "{% extends \"below/page.html\" %}{% block before_body %}{{ super() }}<p>Kunta</p>{% endblock before_body %}",
        );
    }),
    ("another layer's block of the same template", |f| {
        insert(
            f,
            "overlays/kirjasto/themes/default/templates/page.html",
            "{% extends \"below/page.html\" %}{% block before_body %}{{ super() }}<p>Kirjasto</p>{% endblock before_body %}",
        );
    }),
    ("a block that is not there", |f| {
        insert(
            f,
            "overlays/kirjasto/themes/default/templates/page.html",
            "{% extends \"below/page.html\" %}{% block nothing %}{% endblock nothing %}",
        );
    }),
    ("a layer's style sheet", |f| insert(f, "overlays/kunta/themes/default/assets/kunta.css", "p { color: red }")),
    ("a layer's asset in the place of the theme's", |f| {
        insert(f, "overlays/kirjasto/themes/default/assets/icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        append(
            f,
            "overlays/kirjasto/overlay.toml",
            "\n[files]\n\"themes/default/assets/icon.svg\" = { op = \"replace\" }\n",
        );
    }),
    ("a renamed page that a layer changes", |f| {
        if let Some(text) = f.remove("content/fi/osio/yksi.md") {
            let text = text.replacen("---\n", "---\naliases: [osio/yksi]\n", 1);
            insert(f, "content/fi/osio/eka.md", &text);
        }
    }),
    ("no layer at all", |f| f.retain(|path, _| !path.starts_with("overlays/kirjasto"))),
    ("a section that a layer changes is locked", |f| {
        replace(f, "content/fi/osio/kaksi.md", "{#kohta}", "{#kohta .locked}");
    }),
];

#[test]
fn building_an_edition_again_comes_to_the_same_as_building_it_anew() {
    let ground = Ground { base: book, layers: LAYERS, edits: &[EDITS, LAYERED], mischief: 2 };
    wander(&ground, 7, 200);
}

#[test]
fn each_edit_and_its_undoing_come_to_what_a_clean_build_makes() {
    let mut bench = Bench::with_layers(&book(), LAYERS);
    let round = bench.edit(&book(), Changed::Paths);
    bench.compare(round.as_ref(), "at first");
    for (name, edit) in LAYERED {
        let mut files = book();
        edit(&mut files);
        assert_ne!(files, book(), "{name} changes a file");
        let round = bench.edit(&files, Changed::Paths);
        bench.compare(round.as_ref(), name);
        let round = bench.edit(&book(), Changed::Paths);
        bench.compare(round.as_ref(), &format!("{name}, undone"));
    }
}
