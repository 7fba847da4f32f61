//! The texts of new books, pages, cases and flows.
//!
//! It is given names and a language and returns paths with texts, which build without warnings. Writing them
//! is left to the command line.

/// The languages that there are texts for.
pub const LANGUAGES: [&str; 3] = ["fi", "sv", "en"];

/// A file to make: its path below the book's folder, and its text.
pub type NewFile = (String, String);

/// The words of one language.
struct Words {
    book: &'static str,
    welcome: &'static str,
    first_page: &'static str,
    first_id: &'static str,
    begin: &'static str,
    begin_id: &'static str,
    write_here: &'static str,
    situation: [&'static str; 2],
    act: [&'static str; 2],
    avoid: [&'static str; 2],
    refer: [&'static str; 2],
    rules: [&'static str; 2],
    /// Of a flow: its question, two answers, and their outcomes.
    flow: [&'static str; 5],
}

const FINNISH: Words = Words {
    book: "Käsikirja",
    welcome: "Tämä on uuden käsikirjan etusivu. Muokkaa sitä ja lisää sivuja komennolla `opas new page`.",
    first_page: "Ensimmäinen sivu",
    first_id: "ensimmainen-sivu",
    begin: "Toimi näin",
    begin_id: "toimi-nain",
    write_here: "Kirjoita tähän, mitä tehdään ensin.",
    situation: ["Tilanne", "tilanne"],
    act: ["Toimi näin", "toimi-nain"],
    avoid: ["Älä tee näin", "ala-tee"],
    refer: ["Ohjaa tarvittaessa eteenpäin", "ohjaa"],
    rules: ["Säännöt taustalla", "saannot"],
    flow: [
        "Mitä asiakas tarvitsee?",
        "Apua meidän palveluumme",
        "Jotakin muuta",
        "Auta asiakasta",
        "Ohjaa asiakas eteenpäin",
    ],
};

const SWEDISH: Words = Words {
    book: "Handbok",
    welcome: "Det här är den nya handbokens förstasida. Redigera den och lägg till sidor med `opas new page`.",
    first_page: "Första sidan",
    first_id: "forsta-sidan",
    begin: "Gör så här",
    begin_id: "gor-sa-har",
    write_here: "Skriv här vad som görs först.",
    situation: ["Situation", "tilanne"],
    act: ["Gör så här", "toimi-nain"],
    avoid: ["Gör inte så här", "ala-tee"],
    refer: ["Hänvisa vidare vid behov", "ohjaa"],
    rules: ["Reglerna bakom", "saannot"],
    flow: ["Vad behöver kunden?", "Hjälp med vår tjänst", "Något annat", "Hjälp kunden", "Hänvisa kunden vidare"],
};

const ENGLISH: Words = Words {
    book: "Handbook",
    welcome: "This is the front page of a new handbook. Edit it, and add pages with `opas new page`.",
    first_page: "First page",
    first_id: "first-page",
    begin: "Do this",
    begin_id: "do-this",
    write_here: "Write here what is done first.",
    situation: ["Situation", "tilanne"],
    act: ["Do this", "toimi-nain"],
    avoid: ["Do not do this", "ala-tee"],
    refer: ["Refer onward where needed", "ohjaa"],
    rules: ["The rules behind it", "saannot"],
    flow: [
        "What does the customer need?",
        "Help with our service",
        "Something else",
        "Help the customer",
        "Refer the customer onward",
    ],
};

fn words(lang: &str) -> &'static Words {
    match lang {
        "fi" => &FINNISH,
        "sv" => &SWEDISH,
        _ => &ENGLISH,
    }
}

/// Returns the files of a small working book.
pub fn book(id: &str, lang: &str) -> Vec<NewFile> {
    let words = words(lang);
    let config = format!(
        "[book]\nid = \"{id}\"\nversion = \"1\"\nlanguages = [\"{lang}\"]   # the first is the source language\ntitle = \"{}\"\n",
        words.book
    );
    let front = format!(
        "---\ntitle: {}\npages: [{}]\n---\n\n{}\n\n- [{}]({}.md)\n",
        words.book, words.first_id, words.welcome, words.first_page, words.first_id
    );
    let first = format!(
        "---\ntitle: {}\n---\n\n## {} {{#{}}}\n\n{}\n",
        words.first_page, words.begin, words.begin_id, words.write_here
    );
    vec![
        ("book.toml".to_owned(), config),
        (format!("content/{lang}/index.md"), front),
        (format!("content/{lang}/{}.md", words.first_id), first),
        ("public/.gitignore".to_owned(), "*\n!.gitignore\n".to_owned()),
    ]
}

/// Returns the file of a new page.
pub fn page(id: &str, title: Option<&str>, lang: &str) -> NewFile {
    let words = words(lang);
    let text = format!(
        "---\ntitle: {}\n---\n\n## {} {{#{}}}\n\n{}\n",
        quoted(title.unwrap_or(&title_from(id))),
        words.begin,
        words.begin_id,
        words.write_here
    );
    (format!("content/{lang}/{id}.md"), text)
}

/// Returns the file of a new case, with the sections that every case has.
pub fn case(id: &str, title: Option<&str>, lang: &str) -> NewFile {
    let words = words(lang);
    let mut text = format!("---\ntitle: {}\nkind: case\n---\n", quoted(title.unwrap_or(&title_from(id))));
    for [heading, section] in [words.situation, words.act, words.avoid, words.refer, words.rules] {
        text.push_str(&format!("\n## {heading} {{#{section}}}\n\n{}\n", words.write_here));
    }
    (format!("content/{lang}/{id}.md"), text)
}

/// Returns the file of a new flow: one question with two answers.
pub fn flow(id: &str, title: Option<&str>, lang: &str) -> NewFile {
    let words = words(lang);
    let [question, ours, other, help, refer] = words.flow.map(quoted);
    let (title, body) = (quoted(title.unwrap_or(&title_from(id))), quoted(words.write_here));
    let text = format!(
        "title: {title}\nstart: need\nquestions:\n  need:\n    text: {question}\n    answers:\n      \
         - {{id: ours, text: {ours}, next: help}}\n      - {{id: other, text: {other}, next: refer}}\n\
         outcomes:\n  help:\n    title: {help}\n    body: {body}\n  refer:\n    title: {refer}\n    body: {body}\n"
    );
    (format!("content/{lang}/flows/{id}.yaml"), text)
}

/// Returns the files of a new layer on a book: its settings, and a page of its own to begin with.
pub fn layer(name: &str, title: Option<&str>, book: &str, version: &str, lang: &str) -> Vec<NewFile> {
    let title = title.map_or_else(|| title_from(name), str::to_owned);
    // A TOML string may be written as JSON's.
    let settings = format!(
        "# To build it with the others, add to book.toml:\n# [editions.{name}]\n# layers = [\"overlays/{name}\"]\n\
         name = \"{name}\"\ntitle = {}\nversion = \"1\"\nbased-on = {}\nbase = \"../..\"\n",
        quoted(&title),
        quoted(&format!("{book} {version}")),
    );
    let (path, text) = page(name, Some(&title), lang);
    vec![(format!("overlays/{name}/overlay.toml"), settings), (format!("overlays/{name}/{path}"), text)]
}

/// Makes a title from the last part of an id.
fn title_from(id: &str) -> String {
    let id = id.strip_suffix("/index").unwrap_or(id);
    let name = id.rsplit('/').next().unwrap_or(id).replace('-', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Writes a text as a YAML string in double quotes; JSON's strings are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
