//! Decision flows: what is proved of the shipped one, of random ones, and of very large ones; and `opas flow`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use opas::book::{Book as Read, Options};
use opas::config::Config;
use opas::diagnostic::{Code, Diagnostic};
use opas::flow::model::{Condition, Flow, Row};
use opas::flow::{Checked, Facts, check};
use opas::pipeline::{Prepared, prepare};
use opas::site::Site;
use opas::source::{self, Source};
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::Value;

use crate::html;
use crate::support::{Book, FRONT_PAGE, TODAY, config, page};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The handbook of this repository, read once.
fn handbook() -> Prepared {
    let (source, found) = source::read(Path::new(ROOT));
    prepare(&source, found, Options::default()).unwrap()
}

fn book_of(flow: &str) -> Read {
    let mut source = Source::default();
    source.insert_text("book.toml", &config(&["fi"]));
    source.insert_text("content/fi/index.md", FRONT_PAGE);
    source.insert_text("content/fi/flows/vuo.yaml", flow);
    prepare(&source, Vec::new(), Options::default()).unwrap().book
}

// Mutations of the shipped flow

/// What the build says of a mutated flow: its structure, all walks of the book, and the threshold.
fn faults(book: &Read, flow: Flow) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let id = flow.id.clone();
    let checked = Checked::new(flow, BTreeMap::new(), &Facts::new(), &mut out);
    for page in book.source_pages().values() {
        check::walks(page, false, |_| Some(&checked), &[&id], &mut out);
    }
    let walks = book.walks_of(&id).map(|recorded| (recorded.walk, recorded.is_practice()));
    check::threshold(&checked, walks, 100, &mut out);
    out
}

/// Every flow that differs in one edge: an answer less, a row less, a row that leads to any other node.
fn mutants(flow: &Flow) -> Vec<(String, Flow)> {
    let mut mutants = Vec::new();
    let nodes: Vec<Arc<str>> = flow.node_ids().map(Arc::from).collect();
    for (q, question) in flow.questions.iter().enumerate() {
        for (a, answer) in question.answers.iter().enumerate() {
            let name = format!("{}/{}", question.id, answer.id);
            let mut without = flow.clone();
            without.questions[q].answers.remove(a);
            mutants.push((format!("without {name}"), without));
            for (r, row) in answer.next.iter().enumerate() {
                let mut without = flow.clone();
                without.questions[q].answers[a].next.remove(r);
                mutants.push((format!("{name} without row {r}"), without));
                for to in nodes.iter().filter(|to| **to != row.to) {
                    let mut other = flow.clone();
                    other.questions[q].answers[a].next[r].to = Arc::clone(to);
                    mutants.push((format!("{name} row {r} to {to}"), other));
                }
            }
        }
    }
    mutants
}

#[test]
fn deleting_or_redirecting_any_edge_of_the_shipped_flow_fails() {
    let book = handbook().book;
    let flow = &book.flows["asiakastilanne"].flow;
    assert!(faults(&book, (**flow).clone()).is_empty(), "the flow itself is sound");
    let mutants = mutants(flow);
    // 51 answers less, 52 rows less, and each of the 52 rows to each of the 39 other nodes.
    assert_eq!(mutants.len(), 51 + 52 + 52 * 39);
    let survivors: Vec<String> = mutants
        .into_par_iter()
        .filter(|(_, flow)| faults(&book, flow.clone()).is_empty())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(survivors, [""; 0], "the build does not notice");
}

#[test]
fn a_redirected_edge_in_the_file_fails_the_check_and_names_the_step() {
    let book = Book::shipped();
    let path = "content/fi/flows/asiakastilanne.yaml";
    let text = std::fs::read_to_string(book.path(path)).unwrap();
    book.write(path, text.replace("text: Ei, next: laite-ei-tukea}", "text: Ei, next: laite-virus}"));
    let run = book.check();
    assert_eq!(run.status, Some(1), "{run:?}");
    let wanted = "the walk is to end in `laite-ei-tukea`, but after `laite: ei` the flow ends in `laite-virus`";
    assert!(run.stderr.contains(wanted) && run.stderr.contains("tabletti-ei-toimi.md"), "{run:?}");
}

#[test]
fn the_shipped_flow_is_exercised_as_a_whole_by_cases_and_practice_cases() {
    let book = Book::empty();
    let run = book.run(&["flow", "coverage", "--json", "--book", ROOT]);
    let coverage: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(coverage["questions"], 17);
    for (part, total) in [("edges", 52), ("answers", 51), ("outcomes", 23)] {
        assert_eq!((&coverage[part]["percent"], &coverage[part]["total"]), (&100.0.into(), &total.into()), "{part}");
    }
    assert_eq!(coverage["walks"]["source"], 14, "K1 to K8, K1b, K3b, K4b, K4c, K5b and K7b");
    let handbook = handbook().book;
    assert_eq!(handbook.flows["asiakastilanne"].flow.panels.len(), 3);
    for recorded in handbook.walks_of("asiakastilanne").filter(opas::book::Recorded::is_practice) {
        let words = recorded.walk.situation.as_deref().unwrap_or_default().split_whitespace().count();
        assert!(words >= 10, "{} {}: every practice case has a situation", recorded.page.id, recorded.walk.number);
    }
}

// Random flows

/// A flow of numbers: for each question its answers, for each answer its rows.
type Shape = Vec<Vec<Vec<(Option<(usize, usize)>, usize)>>>;

/// Makes acyclic flows: rows lead to later questions, or to outcomes, and ask for earlier answers.
fn shapes() -> impl Strategy<Value = Shape> {
    let row = (
        prop::option::weighted(0.5, (any::<prop::sample::Index>(), any::<prop::sample::Index>())),
        any::<prop::sample::Index>(),
    );
    let answers = prop::collection::vec(prop::collection::vec(row, 1..4), 1..4);
    prop::collection::vec(answers, 1..8).prop_map(|questions| {
        let sizes: Vec<usize> = questions.iter().map(Vec::len).collect();
        let shape = |(q, answers): (usize, Vec<Vec<_>>)| {
            let rows = |rows: Vec<(Option<(prop::sample::Index, prop::sample::Index)>, prop::sample::Index)>| {
                let last = rows.len() - 1;
                let row = |(r, (when, to)): (
                    usize,
                    (Option<(prop::sample::Index, prop::sample::Index)>, prop::sample::Index),
                )| {
                    // Three outcomes stand behind the questions.
                    let to = q + 1 + to.index(sizes.len() + 3 - q - 1);
                    let when = when.filter(|_| q > 0).map(|(asked, answer)| {
                        let asked = asked.index(q);
                        (asked, answer.index(sizes[asked]))
                    });
                    (when.filter(|_| r < last), to)
                };
                let mut made: Vec<_> = rows.into_iter().enumerate().map(row).collect();
                // A row without condition is the last one.
                let end = made.iter().position(|(when, _)| when.is_none()).unwrap();
                made.truncate(end + 1);
                made
            };
            answers.into_iter().map(rows).collect::<Vec<_>>()
        };
        questions.into_iter().enumerate().map(shape).collect()
    })
}

fn node_name(shape: &Shape, node: usize) -> String {
    if node < shape.len() { format!("k{node}") } else { format!("o{}", node - shape.len()) }
}

fn yaml(shape: &Shape) -> String {
    let mut out = "title: Vuo\nstart: k0\nquestions:\n".to_owned();
    for (q, answers) in shape.iter().enumerate() {
        let _ = writeln!(out, "  k{q}:\n    text: Kysymys {q}?\n    answers:");
        for (a, rows) in answers.iter().enumerate() {
            let _ = writeln!(out, "      - id: v{a}\n        text: Vastaus {a}\n        next:");
            for (when, to) in rows {
                let to = node_name(shape, *to);
                let _ = match when {
                    Some((asked, answer)) => writeln!(out, "          - {{when: {{k{asked}: v{answer}}}, to: {to}}}"),
                    None => writeln!(out, "          - {{else: {to}}}"),
                };
            }
        }
    }
    out.push_str("outcomes:\n");
    for number in 0..3 {
        let _ = writeln!(out, "  o{number}: {{title: Ohje {number}, body: Teksti.}}");
    }
    out
}

/// All paths with the outcome of each, by the plain meaning of the rows; at most this many.
fn paths_of(shape: &Shape, most: usize) -> Vec<(Vec<(usize, usize)>, usize)> {
    let mut done = Vec::new();
    let mut open: Vec<(Vec<(usize, usize)>, usize)> = vec![(Vec::new(), 0)];
    while let Some((path, node)) = open.pop() {
        if node >= shape.len() {
            done.push((path, node));
            if done.len() >= most {
                break;
            }
            continue;
        }
        for (answer, rows) in shape[node].iter().enumerate() {
            let given = |asked: &(usize, usize)| path.contains(asked);
            let (_, to) = rows.iter().find(|(when, _)| when.as_ref().is_none_or(given)).unwrap();
            open.push((path.iter().copied().chain([(node, answer)]).collect(), *to));
        }
    }
    done
}

/// The pages of a flow in memory.
struct Pages(BTreeMap<String, String>);

impl Pages {
    fn of(book: &Read, prepared: &Prepared) -> Self {
        let site = Site::new(book, &prepared.theme);
        let flows = site.plan.iter().filter(|planned| planned.path.starts_with("flows/"));
        Pages(
            flows
                .map(|planned| {
                    let output = site.make(planned).unwrap();
                    (planned.path.clone(), String::from_utf8(output.bytes().to_vec()).unwrap())
                })
                .collect(),
        )
    }

    /// The links of the answers on a page of one state, in order.
    fn answers(&self, path: &str) -> Vec<String> {
        let html = &self.0[path];
        let tags = html::tags(html);
        tags.iter()
            .filter(|tag| tag.get("data-answer").is_some())
            .map(|tag| tag.get("href").unwrap().to_owned())
            .collect()
    }

    fn node(&self, path: &str) -> String {
        let tags = html::tags(&self.0[path]);
        tags.iter().find_map(|tag| tag.get("data-node")).unwrap().to_owned()
    }

    /// Follows answers from page to page, as a reader without script does; returns the node they lead to.
    fn follow(&self, answers: impl Iterator<Item = usize>) -> String {
        let mut path = "flows/vuo/k0.html".to_owned();
        for answer in answers {
            let href = self.answers(&path)[answer].replace("%3D", "=");
            path = format!("flows/vuo/{href}");
        }
        self.node(&path)
    }

    /// Replays answers by the rows in the page that steps in place, as its script does.
    fn replay(&self, path: &[(usize, usize)]) -> String {
        let html = &self.0["flows/vuo.html"];
        let steps = &html[html.find("<template>").unwrap()..];
        let mut node = "k0".to_owned();
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for (question, answer) in path {
            assert_eq!(node, format!("k{question}"));
            given.insert(node.clone(), format!("v{answer}"));
            let step = &steps[steps.find(&format!("data-node=\"{node}\"")).unwrap()..];
            let tags = html::tags(&step[..step.find("</template>").unwrap()]);
            let link = tags.iter().find(|tag| tag.get("data-answer") == Some(&format!("v{answer}"))).unwrap();
            let rows: Value = serde_json::from_str(link.get("data-next").unwrap()).unwrap();
            let fits = |row: &&Value| {
                let mut when = row["when"].as_object().unwrap().iter();
                when.all(|(asked, answers)| {
                    given
                        .get(asked)
                        .is_some_and(|answer| answers.as_array().unwrap().contains(&Value::from(answer.as_str())))
                })
            };
            rows.as_array().unwrap().iter().find(fits).unwrap()["to"].as_str().unwrap().clone_into(&mut node);
        }
        node
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn enumeration_walks_pages_and_script_agree_on_every_path(shape in shapes()) {
        let text = yaml(&shape);
        let mut source = Source::default();
        source.insert_text("book.toml", &config(&["fi"]));
        source.insert_text("content/fi/index.md", FRONT_PAGE);
        source.insert_text("content/fi/flows/vuo.yaml", &text);
        let prepared = prepare(&source, Vec::new(), Options::default()).unwrap();
        // Random rows may never match, and outcomes be unused; what is reached must be right all the same.
        let allowed = [Code::E041, Code::E043, Code::E049];
        prop_assert!(prepared.diagnostics.iter().all(|found| allowed.contains(&found.code)), "{:?}\n{text}", prepared.diagnostics);
        let checked = &prepared.book.flows["vuo"];
        let (graph, states) = checked.sound().unwrap();
        let pages = Pages::of(&prepared.book, &prepared);
        let mut reached = BTreeSet::new();
        for (path, end) in paths_of(&shape, 2000) {
            let wanted = node_name(&shape, end);
            let written: Vec<(String, String)> = path.iter().map(|(q, a)| (format!("k{q}"), format!("v{a}"))).collect();
            let trace = opas::flow::walk::follow(&checked.flow, graph, written.iter().map(|(q, a)| (q.as_str(), a.as_str())));
            prop_assert_eq!(trace.node, end, "walk {:?}\n{}", path, text);
            let mut state = 0;
            for (_, answer) in &path {
                reached.insert(state);
                state = states.steps[state][*answer].to;
            }
            reached.insert(state);
            prop_assert_eq!(states.list[state].node, end, "enumeration {:?}\n{}", path, text);
            prop_assert_eq!(pages.follow(path.iter().map(|(_, answer)| *answer)), wanted.clone(), "pages {:?}\n{}", path, text);
            prop_assert_eq!(pages.replay(&path), wanted, "script {:?}\n{}", path, text);
        }
        if paths_of(&shape, 2001).len() <= 2000 {
            prop_assert_eq!(reached.len(), states.list.len(), "no state is made up\n{}", text);
        }
    }
}

// Large flows

/// A flow of 300 questions, 20 of them answered by facts; the answers to the first two matter to the end.
fn large(first: usize, second: usize) -> String {
    let mut out = "title: Vuo\nstart: k1\nquestions:\n".to_owned();
    let answers = |out: &mut String, number: usize, count: usize| {
        let fact = if number.is_multiple_of(15) { format!("    fact: tieto-{number}\n") } else { String::new() };
        let _ = writeln!(out, "  k{number}:\n    text: Kysymys {number}?\n{fact}    answers:");
        for answer in 0..count {
            let _ = writeln!(out, "      - {{id: v{answer}, text: Vastaus {answer}, next: k{}}}", number + 1);
        }
    };
    answers(&mut out, 1, first);
    answers(&mut out, 2, second);
    for number in 3..300 {
        answers(&mut out, number, 1);
        // Some questions end early.
        let to = if number <= 25 { format!("loppu{number}") } else { format!("k{}", number + 1) };
        let _ = writeln!(out, "      - {{id: muu, text: Muu, next: {to}}}");
    }
    let _ = writeln!(
        out,
        "  k300:\n    text: Viimeinen?\n    fact: tieto-300\n    answers:\n      - id: v0\n        text: Vastaus\n        next:"
    );
    let pairs: Vec<(usize, usize)> = (0..first).flat_map(|a| (0..second).map(move |b| (a, b))).collect();
    for (a, b) in &pairs[1..] {
        let _ = writeln!(out, "          - {{when: {{k1: v{a}, k2: v{b}}}, to: ohje-{a}-{b}}}");
    }
    out.push_str("          - {else: ohje-0-0}\noutcomes:\n");
    for (a, b) in pairs {
        let _ = writeln!(out, "  ohje-{a}-{b}: {{title: Ohje, body: Teksti.}}");
    }
    for number in 3..=25 {
        let _ = writeln!(out, "  loppu{number}: {{title: Loppu, body: Teksti.}}");
    }
    out
}

#[test]
fn a_flow_of_300_questions_and_9000_states_is_sound() {
    let book = book_of(&large(6, 5));
    let checked = &book.flows["vuo"];
    let (_, states) = checked.sound().unwrap();
    assert_eq!(checked.flow.questions.len(), 300);
    assert_eq!(checked.flow.questions.iter().filter(|question| question.fact.is_some()).count(), 20);
    // 1, then 6, then 30 ways through each of 298 questions, 30 outcomes at the end and 23 on the way.
    assert_eq!(states.list.len(), 1 + 6 + 30 * 298 + 30 + 23);
    assert_eq!(states.list.len(), 9000);
}

#[test]
fn a_flow_over_the_budget_names_the_questions_that_multiply() {
    let book = Book::new().file("content/fi/flows/vuo.yaml", large(9, 8));
    let run = book.check();
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("[E046]") && run.stderr.contains("`k1` (9), `k2` (8) multiply"), "{run:?}");
}

// Facts

/// A fact as a layer gives it.
fn fact(answer: &str) -> opas::flow::Fact {
    let place = opas::diagnostic::Place::of_path("overlay.toml");
    opas::flow::Fact { answer: answer.to_owned(), layer: "kunta".into(), place }
}

#[test]
fn a_fact_passes_its_question_and_changes_nothing_in_the_enumeration() {
    let (source, _) = source::read(Path::new(ROOT));
    let plain = handbook();
    let mut config = Config::read(&source).unwrap();
    config.facts.insert("antaa-yleista-digitukea".to_owned(), fact("ei"));
    let (book, found) = Read::read(&source, config, Options::default());
    assert!(found.is_empty(), "{found:?}");
    let (_, states) = book.flows["asiakastilanne"].sound().unwrap();
    assert_eq!(states.list, plain.book.flows["asiakastilanne"].sound().unwrap().1.list);
    let pages = Pages::of(&book, &plain);
    let first = pages.answers("flows/asiakastilanne/tarve.html");
    assert!(first.contains(&"laite-ei-tukea.html".to_owned()), "the question about devices is passed: {first:?}");
    let outcome = html::text(&pages.0["flows/asiakastilanne/laite-ei-tukea.html"]);
    assert!(outcome.contains("oman organisaation vastaus"), "{outcome}");
    let question = html::text(&pages.0["flows/asiakastilanne/laite.html"]);
    assert!(question.contains("Organisaatiosi on vastannut tähän jo"), "it can be changed: {question}");
    assert!(pages.0["flows/asiakastilanne.html"].contains("data-node=\"laite\" data-preset=\"ei\""));
}

#[test]
fn facts_that_fit_no_question_are_faults() {
    let (source, _) = source::read(Path::new(ROOT));
    for (name, answer) in [("antaa-digitukea", "kylla"), ("antaa-yleista-digitukea", "joskus")] {
        let mut config = Config::read(&source).unwrap();
        config.facts.insert(name.to_owned(), fact(answer));
        let (_, found) = Read::read(&source, config, Options::default());
        assert!(!found.is_empty() && found.iter().all(|fault| fault.code == Code::E050), "{name}: {found:?}");
        assert!(found.iter().all(|fault| fault.help.is_some()));
    }
}

// What a layer may do to the model

#[test]
fn a_flow_that_was_changed_in_memory_is_proved_like_one_from_a_file() {
    let book = handbook().book;
    let flow = &book.flows["asiakastilanne"].flow;
    let mut dead_end = (**flow).clone();
    dead_end.questions[0].answers.clear();
    assert!(faults(&book, dead_end).iter().any(|fault| fault.code == Code::E013));
    let mut conditional = (**flow).clone();
    let answer = &mut conditional.questions[0].answers[0];
    let when = vec![Condition { question: "tarve".into(), answers: vec!["viesti".into()] }];
    answer.next = vec![Row { when, to: answer.next[0].to.clone(), at: answer.at.clone() }];
    assert!(faults(&book, conditional).iter().any(|fault| fault.code == Code::E044));
}

// The command

const SMALL: &str = "title: Vuo\nstart: tarve\nquestions:\n  tarve:\n    text: Mitä tarvitset?\n    answers:\n      \
    - {id: apu, text: Apua, next: kenen}\n      - {id: muu, text: Muuta, next: muu-ohje}\n  kenen:\n    text: Kenen asia on?\n    answers:\n      \
    - {id: oma, text: Oma, next: ohje}\n      - {id: muun, text: Muun, next: muu-ohje, inferred: true}\noutcomes:\n  \
    ohje: {title: Ohje, body: Tee näin., dont: [Älä tee noin.]}\n  muu-ohje: {title: Muu ohje, body: Tee toisin., inferred: true}\n";

fn small() -> Book {
    let case = "---\ntitle: Tapaus\nkind: case\nwalks:\n  - {flow: vuo, path: {tarve: apu, kenen: oma}, outcome: ohje}\n---\n\nTeksti.\n";
    let practice = "---\ntitle: Harjoitus\nkind: case\npractice: true\nwalks:\n  - {flow: vuo, path: {tarve: muu}, outcome: muu-ohje, situation: Asiakas kysyy muuta.}\n---\n\nTeksti.\n";
    Book::new()
        .file("content/fi/flows/vuo.yaml", SMALL)
        .file("content/fi/tapaus.md", case)
        .file("content/fi/harjoitus.md", practice)
}

fn json(book: &Book, arguments: &[&str]) -> Value {
    let run = book.run(arguments);
    assert_eq!(run.status, Some(0), "{run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_walk_by_answers_ends_in_its_outcome_or_shows_the_next_question() {
    let book = small();
    let ended = json(&book, &["flow", "walk", "--answers", "tarve=apu,kenen=oma", "--json"]);
    assert_eq!((&ended["outcome"]["id"], &ended["question"]), (&"ohje".into(), &Value::Null));
    assert_eq!(ended["outcome"]["dont"][0], "Älä tee noin.");
    let open = json(&book, &["flow", "walk", "vuo", "--answers", "tarve=apu", "--json"]);
    assert_eq!((&open["outcome"], &open["question"]["id"]), (&Value::Null, &"kenen".into()));
    let text = book.run(&["flow", "walk", "--answers", "tarve=muu"]);
    assert!(text.stdout.contains("muu-ohje: Muu ohje (inferred)"), "{text:?}");
    for (answers, wanted) in [
        ("tarve=avu", "has no answer `avu`; it has apu, muu"),
        ("kenen=oma", "the flow asks `tarve` here"),
        ("tarve=muu,kenen=oma", "the flow has ended in `muu-ohje` here"),
        ("tarve", "write QUESTION=ANSWER"),
    ] {
        let run = book.run(&["flow", "walk", "--answers", answers]);
        assert!(run.status == Some(2) && run.stderr.contains(wanted), "{run:?}");
    }
}

#[test]
fn a_walk_in_the_terminal_takes_numbers_ids_and_back() {
    let book = small();
    let mut command = book.command(&["flow", "walk"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all("nolla\n2x\napu\nb\n1\n2\n".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let (said, asked) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{said} {asked}");
    assert!(said.contains("muu-ohje: Muu ohje"), "{said}");
    assert_eq!(asked.matches("Write the number of an answer").count(), 2, "{asked}");
    assert_eq!(asked.matches("Kenen asia on?").count(), 2, "{asked}");
}

#[test]
fn coverage_counts_source_and_practice_cases_apart_and_gives_samples() {
    let book = small();
    let coverage = json(&book, &["flow", "coverage", "--json"]);
    assert_eq!(coverage["walks"], serde_json::json!({ "source": 1, "practice": 1 }));
    assert_eq!(coverage["edges"], serde_json::json!({ "exercised": 3, "total": 4, "percent": 75.0 }));
    let edges = coverage["by-edge"].as_array().unwrap();
    let missing: Vec<&Value> = edges.iter().filter(|edge| !edge["sample"].is_null()).collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0]["edge"], "kenen/muun");
    assert_eq!(missing[0]["sample"][1], serde_json::json!({ "question": "kenen", "answer": "muun" }));
    let text = book.run(&["flow", "coverage"]).stdout;
    assert!(text.contains("not exercised, for example {tarve: apu, kenen: muun}"), "{text}");
    assert!(text.contains("walks: 1 of source cases, 1 of practice cases; 4 states"), "{text}");
}

#[test]
fn the_diagram_and_its_data_say_the_same() {
    let book = small();
    let svg = book.run(&["flow", "diagram"]).stdout;
    let rows = json(&book, &["flow", "diagram", "--json"]);
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>") && !svg.contains("style="), "{svg}");
    let words = html::text(&svg).split_whitespace().collect::<Vec<_>>().join(" ");
    let rows = rows["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let (text, to) = (row["text"].as_str().unwrap(), row["to_text"].as_str().unwrap());
        assert!(words.contains(text) && words.contains(to), "{row} in {words}");
    }
    book.build();
    let page = book.output("flows/vuo/_diagram.html");
    assert!(page.contains("<svg ") && html::text(&page).contains("Kenen asia on?"), "{page}");
    assert_eq!(page.matches("<tr").count(), 1 + 4);
}

#[test]
fn a_diff_lists_walks_and_states_that_lead_elsewhere() {
    let (old, new) = (small(), small());
    let folder = old.root().to_str().unwrap().to_owned();
    assert_eq!(json(&new, &["flow", "diff", &folder, "--json"]), Value::Array(Vec::new()));
    new.write(
        "content/fi/flows/vuo.yaml",
        SMALL
            .replace("text: Oma, next: ohje", "text: Oma, next: muu-ohje")
            .replace("text: Muun, next: muu-ohje", "text: Muun, next: ohje")
            .replace("Tee toisin.", "Tee ihan toisin."),
    );
    let changes = json(&new, &["flow", "diff", &folder, "--json"]);
    let found: Vec<(&str, &str)> =
        changes.as_array().unwrap().iter().map(|c| (c["what"].as_str().unwrap(), c["at"].as_str().unwrap())).collect();
    assert_eq!(
        found,
        [("walk", "tapaus (1)"), ("state", "kenen: muun"), ("state", "kenen: oma"), ("outcome", "muu-ohje")]
    );
    let text = new.run(&["flow", "diff", &folder]).stdout;
    assert!(text.contains("vuo walk tapaus (1): ohje → muu-ohje"), "{text}");
}

#[test]
fn a_new_flow_builds_without_warnings_in_every_language() {
    for lang in ["fi", "sv", "en"] {
        let book = Book::in_languages(&[lang]);
        let run = book.run(&["new", "flow", "mista-on-kyse", "--title", "Mistä: \"on\" kyse?"]);
        assert_eq!(run.status, Some(0), "{run:?}");
        let run = book.run(&["check", "--deny", "warnings", "--today", TODAY]);
        assert_eq!(run.status, Some(0), "{run:?}");
        assert_eq!(book.run(&["new", "flow", "mista-on-kyse"]).status, Some(2), "never over one that is there");
        assert_eq!(book.run(&["new", "flow", "Väärä"]).status, Some(2));
    }
}

#[test]
fn commands_say_which_flow_is_meant() {
    let none = Book::new();
    assert!(none.run(&["flow", "coverage"]).stderr.contains("the book has no flow"));
    let two = small().file("content/fi/flows/toinen.yaml", SMALL);
    assert!(two.run(&["flow", "coverage"]).stderr.contains("name one of toinen, vuo"));
    assert!(two.run(&["flow", "walk", "vou"]).stderr.contains("no flow `vou`"));
    let broken = Book::new().file("content/fi/flows/vuo.yaml", SMALL.replace("next: ohje}", "next: kolmas}"));
    let run = broken.run(&["flow", "coverage"]);
    assert!(run.status == Some(1) && run.stderr.contains("[E040]"), "{run:?}");
}

// Pages

#[test]
fn a_case_shows_its_walks_and_a_practice_case_is_marked() {
    let book = small();
    book.build();
    let case = book.output("tapaus.html");
    assert!(case.contains("href=\"flows/vuo.html#tarve=apu&amp;kenen=oma&amp;result=ohje\""), "{case}");
    assert!(html::text(&case).contains("Kulje tämä tapaus vuossa"), "{case}");
    let practice = html::text(&book.output("harjoitus.html"));
    assert!(practice.contains("Harjoitus") && practice.contains("Asiakas kysyy muuta."), "{practice}");
    assert!(!practice.contains("Tapausesimerkki"), "{practice}");
}

#[test]
fn a_flow_is_shown_in_the_site_of_every_language_with_the_language_of_each_text() {
    let book = Book::in_languages(&["fi", "sv"])
        .file("content/fi/flows/vuo.yaml", SMALL)
        .file(
            "content/sv/flows/vuo.yaml",
            "title: Flöde\nquestions:\n  tarve:\n    text: Vad behövs?\n    answers: [{id: apu, text: Hjälp}]\n",
        )
        .file("content/sv/index.md", page("Framsida", "Välkommen."));
    assert_eq!(book.run(&["build"]).status, Some(0));
    let swedish = book.output("sv/flows/vuo/tarve.html");
    let text = html::text(&swedish);
    assert!(text.contains("Vad behövs?") && text.contains("Hjälp") && text.contains("Muuta"), "{text}");
    assert!(swedish.contains("<span class=\"text\" lang=\"fi\">Muuta</span>"), "{swedish}");
    assert!(book.has_output("sv/flows/vuo/ohje.html") && book.has_output("sv/flows/vuo/_diagram.html"));
}

#[test]
fn the_name_of_a_state_is_short_however_many_answers_matter() {
    let questions = 40;
    let mut flow = "title: Vuo\nstart: kysymys-0\nquestions:\n".to_owned();
    for number in 0..questions {
        let _ = writeln!(
            flow,
            "  kysymys-{number}:\n    text: Kysymys {number}?\n    answers:\n      - {{id: kylla, text: Kyllä, next: kysymys-{}}}",
            number + 1
        );
    }
    let when: Vec<String> = (0..questions).map(|number| format!("kysymys-{number}: kylla")).collect();
    let _ = writeln!(
        flow,
        "  kysymys-{questions}:\n    text: Loppu?\n    answers:\n      - {{id: kylla, text: Kyllä, next: ohje}}"
    );
    flow.push_str("outcomes:\n  ohje: {title: Ohje, body: Teksti.}\n");
    let last = format!("next: [{{when: {{{}}}, to: ohje}}, {{else: ohje}}]", when.join(", "));
    let flow = flow.replace("text: Kyllä, next: ohje", &format!("text: Kyllä, {last}"));
    // The `else` can never match here; the names are made all the same.
    let book = book_of(&flow);
    let checked = &book.flows["vuo"];
    let (_, states) = checked.sound().unwrap();
    let names: BTreeSet<String> = (0..states.list.len()).map(|state| states.name(&checked.flow, state)).collect();
    assert_eq!(names.len(), states.list.len(), "every state has a name of its own");
    assert!(names.iter().all(|name| name.len() <= 180), "{names:?}");
}
