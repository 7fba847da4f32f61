//! Drift: what changes under a layer is told, and nothing else is.

mod handbook;

use std::fs;

use crate::support::{Book, Run, TODAY, config};

const LAYER: &str = "name = \"kunta\"\ntitle = \"Esimerkkikunta\"\nversion = \"1\"\n";

/// The sections of the page, in order: id, level, and one sentence of its own.
const SECTIONS: [(&str, usize); 6] = [("yksi", 2), ("kaksi", 2), ("ala", 3), ("kolme", 2), ("osa", 3), ("loppu", 2)];

const PATCH: &str = "---\nop: patch\n---\n\n\
    :::replace-body {#yksi}\nOma yksi.\n:::\n\n\
    :::replace {#kaksi}\n## Oma {#kaksi}\n\nOma kaksi.\n:::\n\n\
    :::append {#kolme}\nOma lisä.\n:::\n\n\
    :::remove {#loppu}\n:::\n";

/// Writes the page, with one more word in the sentence of one section and in the heading of another.
fn write_page(book: &Book, sentence: Option<&str>, heading: Option<&str>) {
    let mut text = "---\ntitle: Ohjeet\n---\n".to_owned();
    for (id, level) in SECTIONS {
        let (marks, title) = ("#".repeat(level), if heading == Some(id) { "Uusi otsikko" } else { "Otsikko" });
        let more = if sentence == Some(id) { " nyt" } else { "" };
        text +=
            &format!("\n{marks} {title} {id} {{#{id}}}\n\nLause \"{id}\" \\\\ pysyy{more}. Arvo on {{{{ nimi }}}}.\n");
    }
    book.write("content/fi/ohjeet.md", text);
}

fn book() -> Book {
    let book = Book::empty();
    book.write("book.toml", format!("{}\n[editions.e]\nlayers = [\"kunta\"]\n", config(&["fi"])));
    book.write("content/fi/index.md", "---\ntitle: Etusivu\n---\n\nTeksti.\n");
    book.write("content/fi/vars.yaml", "nimi: Arvo\nluku: Kolme\n");
    book.write("kunta/overlay.toml", LAYER);
    book.write("kunta/content/fi/ohjeet.md", PATCH);
    book.write("kunta/content/fi/vars.yaml", "luku: Neljä\n");
    write_page(&book, None, None);
    book
}

fn run(book: &Book, arguments: &[&str]) -> Run {
    book.run(&[arguments, &["--edition", "e"]].concat())
}

/// What a check tells of drift: code and address.
fn drifted(book: &Book, today: &str) -> Vec<String> {
    let run = run(book, &["check", "--today", today, "--message-format", "json"]);
    let told = run.diagnostics().into_iter().filter(|line| line["code"].as_str().unwrap().starts_with("W02"));
    told.map(|line| format!("{} {}", line["code"].as_str().unwrap(), line["address"].as_str().unwrap())).collect()
}

fn recorded() -> Book {
    let book = book();
    let run = run(&book, &["accept", "--new"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    book
}

#[test]
fn what_is_recorded_has_not_drifted_and_is_the_same_bytes_again() {
    let book = recorded();
    assert_eq!(drifted(&book, TODAY), [""; 0]);
    let lock = fs::read(book.path("kunta/overlay.lock")).unwrap();
    assert_eq!(run(&book, &["accept", "--new"]).status, Some(0));
    assert_eq!(fs::read(book.path("kunta/overlay.lock")).unwrap(), lock);
}

#[test]
fn one_sentence_drifts_exactly_the_overrides_that_depend_on_it() {
    let book = recorded();
    for (id, _) in SECTIONS {
        write_page(&book, Some(id), None);
        let expected: &[&str] = match id {
            "yksi" => &["W020 ohjeet#yksi"],
            "kaksi" | "ala" => &["W020 ohjeet#kaksi"],
            "loppu" => &["W020 ohjeet#loppu"],
            _ => &[],
        };
        assert_eq!(drifted(&book, TODAY), expected, "the sentence of {id}");
    }
}

#[test]
fn one_heading_drifts_exactly_the_overrides_that_depend_on_it() {
    let book = recorded();
    for (id, _) in SECTIONS {
        write_page(&book, None, Some(id));
        let expected: &[&str] = match id {
            "kaksi" | "ala" => &["W020 ohjeet#kaksi"],
            "kolme" => &["W021 ohjeet#kolme"],
            "loppu" => &["W020 ohjeet#loppu"],
            _ => &[],
        };
        assert_eq!(drifted(&book, TODAY), expected, "the heading of {id}");
    }
}

#[test]
fn line_ends_and_values_of_variables_are_no_drift_but_an_overridden_variable_is() {
    let book = recorded();
    let page = fs::read_to_string(book.path("content/fi/ohjeet.md")).unwrap();
    book.write("content/fi/ohjeet.md", page.replace('\n', "\r\n"));
    book.write("content/fi/vars.yaml", "nimi: Toinen\nluku: Kolme\n");
    assert_eq!(drifted(&book, TODAY), [""; 0]);
    book.write("content/fi/vars.yaml", "nimi: Toinen\nluku: Viisi\n");
    assert_eq!(drifted(&book, TODAY), ["W020 vars.yaml#luku"]);
}

#[test]
fn an_accepted_change_is_told_no_more_and_the_others_still_are() {
    let book = recorded();
    let page = |text: &str| text.replace("Lause", "Virke");
    let text = fs::read_to_string(book.path("content/fi/ohjeet.md")).unwrap();
    book.write("content/fi/ohjeet.md", page(&text));
    assert_eq!(drifted(&book, TODAY).len(), 3);
    // Recording what is new takes none of them.
    assert_eq!(run(&book, &["accept", "--new"]).status, Some(0));
    assert_eq!(drifted(&book, TODAY).len(), 3);
    assert_eq!(run(&book, &["accept", "ohjeet#yksi", "--note", "Oma teksti pätee \"yhä\""]).status, Some(0));
    assert_eq!(drifted(&book, TODAY), ["W020 ohjeet#kaksi", "W020 ohjeet#loppu"]);
    let lock = fs::read_to_string(book.path("kunta/overlay.lock")).unwrap();
    assert!(lock.contains("notes = [\"Oma teksti pätee \\\"yhä\\\"\"]"), "{lock}");
}

#[test]
fn a_deferred_change_is_silent_until_its_day_unless_the_text_changes_again() {
    let book = recorded();
    write_page(&book, Some("yksi"), None);
    assert_eq!(run(&book, &["defer", "ohjeet#yksi", "--until", "2027-03-01"]).status, Some(0));
    assert_eq!(drifted(&book, "2027-02-28"), [""; 0]);
    assert_eq!(drifted(&book, "2027-03-01"), ["W020 ohjeet#yksi"]);
    assert_eq!(run(&book, &["build", "--deny", "warnings"]).status, Some(0), "a build does not know the day");
    write_page(&book, Some("yksi"), Some("yksi"));
    assert_eq!(drifted(&book, "2027-02-28"), [""; 0], "the heading is not part of the section's own text");
    let text = fs::read_to_string(book.path("content/fi/ohjeet.md")).unwrap();
    book.write("content/fi/ohjeet.md", text.replace("pysyy nyt", "pysyy taas"));
    assert_eq!(drifted(&book, "2027-02-28").len(), 1);
}

#[test]
fn a_build_tells_what_has_changed_and_can_be_denied() {
    let book = recorded();
    write_page(&book, Some("yksi"), None);
    let told = run(&book, &["build"]);
    assert!(told.stderr.contains("warning[W020]") && told.stderr.contains("{+"), "{told:?}");
    assert_eq!(run(&book, &["build", "--deny", "warnings"]).status, Some(1));
}

#[test]
fn review_shows_the_old_text_the_new_one_and_the_layers() {
    let book = recorded();
    write_page(&book, Some("yksi"), None);
    let shown = run(&book, &["review"]);
    let expected = "W020 the text that `replace-body` of `ohjeet#yksi` was written against has changed\n  \
        ohjeet#yksi (replace-body) of kunta, kunta/content/fi/ohjeet.md:5\n\n  \
        the book then:\n    Lause \"yksi\" \\\\ pysyy. Arvo on {{ nimi }}.\n\n  \
        the book now:\n    Lause \"yksi\" \\\\ pysyy nyt. Arvo on {{ nimi }}.\n\n  \
        what changed:\n    Lause \"yksi\" \\\\ [-pysyy.-]{+pysyy nyt.+} Arvo on {{ nimi }}.\n\n  \
        the layer:\n    Oma yksi.\n\n1 override to look at\n";
    assert_eq!(shown.stdout, expected);
    assert_eq!(run(&book, &["review", "ohjeet#kaksi"]).stdout, "0 overrides to look at\n");
}

#[test]
fn an_unknown_address_names_the_nearest_and_changes_nothing() {
    let book = recorded();
    let lock = fs::read(book.path("kunta/overlay.lock")).unwrap();
    let refused = run(&book, &["accept", "ohjeet#yks", "--note", "A"]);
    assert_eq!(refused.status, Some(2));
    assert!(refused.stderr.contains("did you mean `ohjeet#yksi`?"), "{refused:?}");
    assert_eq!(run(&book, &["accept", "ohjeet#yksi"]).status, Some(2), "a note is compulsory");
    assert_eq!(book.run(&["accept", "--new"]).status, Some(2), "the book alone has no overrides");
    assert_eq!(fs::read(book.path("kunta/overlay.lock")).unwrap(), lock);
}

#[test]
fn a_lock_that_was_changed_by_hand_is_an_error() {
    let book = recorded();
    let lock = fs::read_to_string(book.path("kunta/overlay.lock")).unwrap();
    book.write("kunta/overlay.lock", lock.replace("pysyy", "muuttuu"));
    let run = run(&book, &["check"]);
    assert_ne!(run.status, Some(0));
    assert!(run.stderr.contains("changed by hand") && run.stderr.contains("kunta/overlay.lock"), "{run:?}");
}

/// The book in which the page that the layer changes has been renamed, with the old id as an alias.
fn renamed() -> Book {
    let book = recorded();
    let text = fs::read_to_string(book.path("content/fi/ohjeet.md")).unwrap();
    let text = text.replacen("title: Ohjeet\n", "title: Ohjeet\naliases: [ohjeet]\n", 1);
    book.remove("content/fi/ohjeet.md").write("content/fi/opastus.md", text);
    book
}

#[test]
fn a_change_of_a_renamed_page_follows_it_by_its_alias() {
    let book = renamed();
    assert_eq!(drifted(&book, TODAY), ["W025 opastus"]);
    let built = run(&book, &["build"]);
    assert_eq!(built.status, Some(0), "{built:?}");
    assert!(book.output("opastus.html").contains("Oma yksi."));
}

#[test]
fn what_a_lock_knows_of_a_renamed_page_is_not_lost() {
    let book = renamed();
    let path = book.path("content/fi/opastus.md");
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replace("Lause \"yksi\" \\\\ pysyy", "Lause \"yksi\" \\\\ muuttuu");
    assert_ne!(text, changed);
    fs::write(&path, changed).unwrap();
    assert_eq!(drifted(&book, TODAY), ["W025 opastus", "W020 opastus#yksi"]);
    let accepted = run(&book, &["accept", "opastus#yksi", "--note", "Katsottu"]);
    assert_eq!(accepted.status, Some(0), "{accepted:?}");
    let lock = fs::read_to_string(book.path("kunta/overlay.lock")).unwrap();
    assert!(lock.contains("opastus#kaksi") && !lock.contains("ohjeet#"), "{lock}");
    // The file is renamed, too: nothing is left to be told, and nothing is new.
    fs::rename(book.path("kunta/content/fi/ohjeet.md"), book.path("kunta/content/fi/opastus.md")).unwrap();
    assert_eq!(drifted(&book, TODAY), [""; 0]);
}

#[test]
fn a_fact_drifts_when_its_question_changes() {
    let book = recorded();
    let flow = |question: &str| {
        format!(
            "title: Reitti\nstart: eka\nquestions:\n  eka:\n    text: {question}\n    fact: tuki\n    answers:\n      \
             - {{id: kylla, text: Kyllä, next: loppu}}\n      - {{id: ei, text: Ei, next: loppu}}\noutcomes:\n  \
             loppu: {{title: Loppu, body: Valmis.}}\n"
        )
    };
    book.write("content/fi/flows/reitti.yaml", flow("Annatteko tukea?"));
    book.write("kunta/overlay.toml", format!("{LAYER}\n[facts]\ntuki = \"kylla\"\n"));
    assert_eq!(drifted(&book, TODAY), ["W024 facts#tuki"]);
    assert_eq!(run(&book, &["accept", "--new"]).status, Some(0));
    assert_eq!(drifted(&book, TODAY), [""; 0]);
    book.write("content/fi/flows/reitti.yaml", flow("Annatteko tukea myös kotona?"));
    assert_eq!(drifted(&book, TODAY), ["W020 facts#tuki"]);
}

const FLOW: &str = "title: Reitti\nstart: eka\nquestions:\n  eka:\n    text: Onko laite rikki?\n    answers:\n      \
                    - {id: kylla, text: Kyllä, next: loppu}\n      - {id: ei, text: Ei, next: loppu}\noutcomes:\n  \
                    loppu: {title: Loppu, body: Valmis.}\n  muu: {title: Muu, body: Muu.}\n";

#[test]
fn what_a_layer_changes_in_a_flow_drifts_when_the_question_or_the_answer_changes() {
    let book = recorded();
    let flow = FLOW.replace("Ei, next: loppu", "Ei, next: muu");
    book.write("content/fi/flows/reitti.yaml", &flow);
    let patch = "- {op: add-answer, at: eka, answer: {id: ehka, text: Ehkä, next: loppu}}\n\
                 - {op: set-next, at: eka/kylla, next: muu, reason: Näin meillä.}\n";
    book.write("kunta/content/fi/flows/reitti.patch.yaml", patch);
    assert_eq!(drifted(&book, TODAY), ["W024 flows/reitti#eka/ehka", "W024 flows/reitti#eka/kylla"]);
    assert_eq!(run(&book, &["accept", "--new"]).status, Some(0));
    assert_eq!(drifted(&book, TODAY), [""; 0]);
    let both: &[&str] = &["W021 flows/reitti#eka/ehka", "W020 flows/reitti#eka/kylla"];
    for (from, to, expected) in [
        ("Onko laite rikki?", "Toimiiko laite?", both),
        ("text: Kyllä", "text: Ei toimi", &both[1..]),
        ("Kyllä, next: loppu", "Kyllä, next: muu", &["W022 flows/reitti#eka/kylla"]),
        ("text: Ei,", "text: En tiedä,", &[]),
        ("body: Valmis.", "body: Lopussa.", &[]),
    ] {
        book.write("content/fi/flows/reitti.yaml", flow.replace(from, to));
        assert_eq!(drifted(&book, TODAY), expected, "{from}");
    }
}

#[test]
fn an_answer_that_a_layer_has_taken_out_drifts_when_its_question_changes() {
    let book = recorded();
    book.write("content/fi/flows/reitti.yaml", FLOW.replace("Ei, next: loppu", "Ei, next: muu"));
    let patch = "- {op: hide-answer, at: eka/ei, reason: Ei meillä.}\n";
    book.write("kunta/content/fi/flows/reitti.patch.yaml", patch);
    assert_eq!(run(&book, &["accept", "--new"]).status, Some(0));
    assert_eq!(drifted(&book, TODAY), [""; 0]);
    book.write(
        "content/fi/flows/reitti.yaml",
        FLOW.replace("rikki?", "ehjä?").replace("Ei, next: loppu", "Ei, next: muu"),
    );
    assert_eq!(drifted(&book, TODAY), ["W020 flows/reitti#eka/ei"]);
}

#[test]
fn a_replaced_page_drifts_by_all_that_it_says_and_is_removable_where_it_says_the_same() {
    let book = recorded();
    let page = |summary: &str, op: &str| format!("---\ntitle: Sivu\nsummary: {summary}\n{op}---\n\nTeksti.\n");
    book.write("content/fi/sivu.md", page("Näin ennen.", ""));
    book.write("content/fi/glossary.yaml", "digituki:\n  definition: Tuki.\n");
    book.write("kunta/content/fi/sivu.md", page("Näin ennen.", "op: replace\nreason: Näin.\n"));
    book.write("kunta/content/fi/glossary.yaml", "digituki:\n  definition: Tuki.\n  op: replace\n");
    assert_eq!(drifted(&book, TODAY), ["W022 glossary.yaml#digituki", "W022 sivu"]);
    book.write("kunta/content/fi/sivu.md", page("Näin meillä.", "op: replace\nreason: Näin.\n"));
    book.write("kunta/content/fi/glossary.yaml", "digituki:\n  definition: Apu.\n  op: replace\n");
    assert_eq!(run(&book, &["accept", "--new"]).status, Some(0));
    assert_eq!(drifted(&book, TODAY), [""; 0]);
    book.write("content/fi/sivu.md", page("Näin nyt.", ""));
    assert_eq!(drifted(&book, TODAY), ["W020 sivu"]);
}

#[test]
fn an_override_of_a_lower_layer_is_decided_about_there() {
    let book = recorded();
    let config = fs::read_to_string(book.path("book.toml")).unwrap();
    book.write("book.toml", config.replace("[\"kunta\"]", "[\"kunta\", \"kirjasto\"]"));
    book.write("kirjasto/overlay.toml", LAYER.replace("kunta", "kirjasto"));
    let patch = "---\nop: patch\n---\n\n:::replace-body {#yksi over=kunta}\nKirjaston yksi.\n:::\n";
    book.write("kirjasto/content/fi/ohjeet.md", patch);
    assert_eq!(run(&book, &["accept", "--new"]).status, Some(0));
    write_page(&book, Some("yksi"), None);
    for arguments in [&["accept", "ohjeet#yksi", "--note", "A"][..], &["defer", "ohjeet#yksi", "--until", "2027-03-01"]]
    {
        let refused = run(&book, arguments);
        assert_eq!(refused.status, Some(2), "{refused:?}");
        assert!(refused.stderr.contains("in the layer `kunta`, and not in `kirjasto`"), "{refused:?}");
    }
    let there = book.run(&["accept", "ohjeet#yksi", "--note", "A", "--layer", "kunta"]);
    assert_eq!(there.status, Some(0), "{there:?}");
    assert_eq!(drifted(&book, TODAY), [""; 0]);
}

#[test]
fn a_lock_is_never_written_through_a_link() {
    let book = book();
    let target = book.holder().join("muu");
    fs::write(&target, "Oma teksti").unwrap();
    std::os::unix::fs::symlink(&target, book.path("kunta/overlay.lock.new")).unwrap();
    assert_eq!(run(&book, &["accept", "--new"]).status, Some(0));
    assert_eq!(fs::read_to_string(&target).unwrap(), "Oma teksti");
    assert!(fs::symlink_metadata(book.path("kunta/overlay.lock")).unwrap().is_file());
}
