//! `opas flow`: walk through a flow, see what the cases exercise, draw it, compare two versions.
//!
//! It reads the book as every command does and asks `flow`. A book with faults elsewhere can still be asked: only the
//! flow itself must be sound, so that a writer sees what is uncovered before it is mended.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::report::{self, Report};
use super::{Common, Status, editions};
use crate::book::{Book, Options};
use crate::document::text;
use crate::flow::coverage::{Count, Coverage, percent, sample, written};
use crate::flow::diagram::{self, Words};
use crate::flow::diff::{self, Change};
use crate::flow::graph::Given;
use crate::flow::walk::{Stop, Trace, follow};
use crate::flow::{Checked, Flow, Graph, States};
use crate::pipeline;
use crate::source;

/// Arguments of `opas flow`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas flow walk\n  opas flow walk --answers tarve=laite,laite=ei\n  \
                        opas flow coverage --json\n  opas flow diagram > flow.svg\n  opas flow diff ../last-year")]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Walk through a flow: question by question, or by answers given at once
    Walk(WalkArguments),
    /// Say which edges, answers and outcomes the walks of the cases exercise
    Coverage(Named),
    /// Draw a flow as SVG
    Diagram(Named),
    /// List what changed in the flows since another version of the book
    Diff(DiffArguments),
}

#[derive(Args)]
struct Named {
    #[command(flatten)]
    common: Common,
    /// The flow [default: the only one]
    flow: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct WalkArguments {
    #[command(flatten)]
    named: Named,
    /// The answers in their order, such as `tarve=laite,laite=ei`
    #[arg(long, value_name = "LIST")]
    answers: Option<String>,
}

#[derive(Args)]
struct DiffArguments {
    #[command(flatten)]
    common: Common,
    /// The folder of the other version
    old: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let result = match &arguments.what {
        What::Walk(arguments) => with_flow(&arguments.named, |shown| walk(shown, arguments)),
        What::Coverage(named) => with_flow(named, |shown| coverage(shown, named.json)),
        What::Diagram(named) => with_flow(named, |shown| diagram(shown, named.json)),
        What::Diff(arguments) => differences(arguments),
    };
    result.unwrap_or_else(|status| status)
}

/// A sound flow of a book.
struct Shown<'a> {
    report: &'a Report,
    book: &'a Book,
    flow: &'a Flow,
    graph: &'a Graph,
    states: &'a States,
}

type Outcome = Result<Status, Status>;

/// Finds the flow that is asked for, and asks.
fn with_flow(named: &Named, ask: impl FnOnce(&Shown<'_>) -> Status) -> Outcome {
    let report = Report::new(&named.common);
    let prepared = editions::prepare(&report, &named.common, Options::default())?;
    let flows = &prepared.book.flows;
    let ids: Vec<&str> = flows.keys().map(|id| &**id).collect();
    let id = match (&named.flow, ids.as_slice()) {
        (Some(id), _) => id.as_str(),
        (None, [only]) => only,
        (None, []) => {
            report.failure("the book has no flow; `opas new flow NAME` makes one");
            return Err(Status::Usage);
        }
        (None, _) => {
            report.failure(&format!("the book has several flows: name one of {}", ids.join(", ")));
            return Err(Status::Usage);
        }
    };
    let Some(checked) = flows.get(id) else {
        report.failure(&format!("the book has no flow `{id}`; it has {}", ids.join(", ")));
        return Err(Status::Usage);
    };
    let Some((graph, states)) = checked.sound() else {
        report.diagnostics(&prepared.diagnostics);
        return Err(Status::Content);
    };
    Ok(ask(&Shown { report: &report, book: &prepared.book, flow: &checked.flow, graph, states }))
}

// Walk

fn walk(shown: &Shown<'_>, arguments: &WalkArguments) -> Status {
    let Some(answers) = &arguments.answers else { return ask(shown, arguments.named.json) };
    let mut path: Vec<(&str, &str)> = Vec::new();
    for pair in answers.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let Some((question, answer)) = pair.split_once('=') else {
            shown.report.failure(&format!("`{pair}` is no answer: write QUESTION=ANSWER"));
            return Status::Usage;
        };
        path.push((question.trim(), answer.trim()));
    }
    let trace = follow(shown.flow, shown.graph, path.iter().copied());
    if let Some(stop) = trace.stopped {
        shown.report.failure(&why(shown.flow, &trace, stop, &path));
        return Status::Usage;
    }
    report::answer(&if arguments.named.json {
        report::pretty(&as_json(shown, &trace))
    } else {
        as_text(shown, &trace)
    });
    Status::Done
}

/// Says why answers do not fit.
fn why(flow: &Flow, trace: &Trace, stop: Stop, path: &[(&str, &str)]) -> String {
    let here = flow.node_ids().nth(trace.node).unwrap_or_default();
    match stop {
        Stop::NoAnswer(number) => {
            let (question, answer) = path[number];
            let known =
                flow.question(question).map(|q| q.answers.iter().map(|a| &*a.id).collect::<Vec<_>>().join(", "));
            format!("the question `{question}` has no answer `{answer}`; it has {}", known.unwrap_or_default())
        }
        Stop::Elsewhere(number) => {
            let (question, answer) = path[number];
            let does = if flow.outcome(here).is_some() { "has ended in" } else { "asks" };
            format!("`{question}={answer}` does not fit: the flow {does} `{here}` here")
        }
    }
}

fn as_json(shown: &Shown<'_>, trace: &Trace) -> Value {
    let flow = shown.flow;
    let answers: Vec<Value> = trace
        .taken
        .iter()
        .map(|step| {
            let question = &flow.questions[step.question];
            let answer = &question.answers[step.answer];
            json!({ "question": &*question.id, "answer": &*answer.id, "text": answer.text })
        })
        .collect();
    let outcome = shown.graph.outcome(trace.node).map(|number| {
        let outcome = &flow.outcomes[number];
        let dont: Vec<String> = outcome.dont.iter().map(|line| plain(line)).collect();
        json!({
            "id": &*outcome.id, "title": outcome.title, "body": plain(&outcome.body), "dont": dont,
            "see": outcome.see, "refer": outcome.refer, "covers": outcome.covers, "inferred": outcome.inferred,
        })
    });
    let question = flow.questions.get(trace.node).map(|question| {
        let answers: Vec<Value> =
            question.answers.iter().map(|answer| json!({ "id": &*answer.id, "text": answer.text })).collect();
        json!({ "id": &*question.id, "text": question.text, "answers": answers })
    });
    json!({ "flow": &*flow.id, "answers": answers, "outcome": outcome, "question": question })
}

fn plain(document: &crate::document::Document) -> String {
    text::block_text(&document.blocks).trim().to_owned()
}

fn as_text(shown: &Shown<'_>, trace: &Trace) -> String {
    let mut out = String::new();
    for step in &trace.taken {
        let question = &shown.flow.questions[step.question];
        out.push_str(&format!("{} {}\n", question.text, question.answers[step.answer].text));
    }
    out.push_str(&match shown.graph.outcome(trace.node) {
        Some(number) => outcome_text(shown, number),
        None => question_text(shown.flow, trace.node),
    });
    out.trim_end().to_owned()
}

fn outcome_text(shown: &Shown<'_>, number: usize) -> String {
    let outcome = &shown.flow.outcomes[number];
    let mark = if outcome.inferred { " (inferred)" } else { "" };
    let mut out = format!("\n{}: {}{mark}\n\n{}\n", outcome.id, outcome.title, plain(&outcome.body));
    for line in &outcome.dont {
        out.push_str(&format!("- {}\n", plain(line)));
    }
    let contacts = shown.book.contacts(shown.book.config.source_lang());
    for contact in outcome.refer.iter().filter_map(|id| contacts.get(id)) {
        out.push_str(&format!("→ {} {}\n", contact.name, contact.url.as_deref().unwrap_or_default()));
    }
    for page in &outcome.see {
        out.push_str(&format!("→ {page}\n"));
    }
    out
}

fn question_text(flow: &Flow, node: usize) -> String {
    let question = &flow.questions[node];
    let mut out = format!("\n{}\n", question.text);
    if let Some(help) = &question.help {
        out.push_str(&format!("{}\n", plain(help)));
    }
    for (number, answer) in question.answers.iter().enumerate() {
        out.push_str(&format!("  {}  {} ({})\n", number + 1, answer.text, answer.id));
    }
    out
}

/// Asks question by question; `b` goes back, `q` ends. Whatever is read that is no answer is asked again.
fn ask(shown: &Shown<'_>, as_data: bool) -> Status {
    let mut path: Vec<(String, String)> = Vec::new();
    let mut lines = io::stdin().lock().lines();
    loop {
        let trace = follow(shown.flow, shown.graph, path.iter().map(|(q, a)| (q.as_str(), a.as_str())));
        let Some(question) = shown.flow.questions.get(trace.node) else {
            report::answer(&if as_data { report::pretty(&as_json(shown, &trace)) } else { as_text(shown, &trace) });
            return Status::Done;
        };
        prompt(&question_text(shown.flow, trace.node));
        let Some(Ok(line)) = lines.next() else {
            shown.report.failure("the input ended before the flow did");
            return Status::Usage;
        };
        match line.trim() {
            "q" => return Status::Done,
            "b" => drop(path.pop()),
            text => {
                let number = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                let by_number = number.and_then(|number| question.answers.get(number));
                let by_id = || question.answers.iter().find(|answer| *answer.id == *text);
                match by_number.or_else(by_id) {
                    Some(answer) => path.push((question.id.to_string(), answer.id.to_string())),
                    None => prompt("Write the number of an answer, b for back, or q to end.\n"),
                }
            }
        }
    }
}

/// Questions go to standard error, so that the answer alone is on standard output.
fn prompt(text: &str) {
    // Nobody is left to ask when the reader is gone; the input ends then, too.
    let _ = write!(io::stderr().lock(), "{text}> ");
}

// Coverage

fn coverage(shown: &Shown<'_>, as_data: bool) -> Status {
    let walks = shown.book.walks_of(&shown.flow.id).map(|recorded| (recorded.walk, recorded.is_practice()));
    let coverage = Coverage::new(shown.flow, shown.graph, walks);
    report::answer(&if as_data {
        report::pretty(&coverage_json(shown, &coverage))
    } else {
        coverage_text(shown, &coverage)
    });
    Status::Done
}

/// A row with its names: question, answer, the number of the row where there are several, target.
fn row_names(shown: &Shown<'_>, edge: crate::flow::coverage::Edge) -> (String, String) {
    let question = &shown.flow.questions[edge.question];
    let answer = &question.answers[edge.answer];
    let which = if answer.next.len() > 1 { format!("[{}]", edge.row + 1) } else { String::new() };
    (format!("{}/{}{which}", question.id, answer.id), answer.next[edge.row].to.to_string())
}

/// The exercised part of a list, as numbers.
fn part<'c>(counts: impl Iterator<Item = &'c Count>) -> (usize, usize) {
    counts.fold((0, 0), |(done, all), count| (done + usize::from(!count.is_none()), all + 1))
}

fn coverage_json(shown: &Shown<'_>, coverage: &Coverage) -> Value {
    let flow = shown.flow;
    let total = |(done, all): (usize, usize)| json!({ "exercised": done, "total": all, "percent": percent(done, all) });
    let edges: Vec<Value> = coverage
        .edges
        .iter()
        .map(|(edge, count)| {
            let (name, to) = row_names(shown, *edge);
            let path = if count.is_none() { sample(shown.states, *edge).map(|path| pairs(flow, &path)) } else { None };
            json!({ "edge": name, "to": to, "source": count.source, "practice": count.practice, "sample": path })
        })
        .collect();
    let outcomes: Vec<Value> = flow
        .outcomes
        .iter()
        .zip(&coverage.outcomes)
        .map(|(outcome, count)| json!({ "outcome": &*outcome.id, "source": count.source, "practice": count.practice }))
        .collect();
    json!({
        "flow": &*flow.id,
        "walks": { "source": coverage.walks.source, "practice": coverage.walks.practice },
        "questions": flow.questions.len(),
        "states": shown.states.list.len(),
        "edges": total(part(coverage.edges.iter().map(|(_, count)| count))),
        "answers": total(part(coverage.answers.iter().flatten())),
        "outcomes": total(part(coverage.outcomes.iter())),
        "by-edge": edges,
        "by-outcome": outcomes,
    })
}

fn pairs(flow: &Flow, path: &Given) -> Value {
    let pair = |(question, answer): &(usize, usize)| {
        let question = &flow.questions[*question];
        json!({ "question": &*question.id, "answer": &*question.answers[*answer].id })
    };
    path.iter().map(pair).collect()
}

fn coverage_text(shown: &Shown<'_>, coverage: &Coverage) -> String {
    let flow = shown.flow;
    let names: Vec<(String, String)> = coverage.edges.iter().map(|(edge, _)| row_names(shown, *edge)).collect();
    let width = |list: &mut dyn Iterator<Item = usize>| list.max().unwrap_or_default();
    let left = width(&mut names.iter().map(|(name, _)| name.len())).max("edge".len());
    let right = width(&mut names.iter().map(|(_, to)| to.len())).max("leads to".len());
    let mut out = format!("{:left$}  {:right$}  source  practice\n", "edge", "leads to");
    for ((edge, count), (name, to)) in coverage.edges.iter().zip(&names) {
        out.push_str(&format!("{name:left$}  {to:right$}  {:>6}  {:>8}", count.source, count.practice));
        if count.is_none() {
            let path = sample(shown.states, *edge).map(|path| written(flow, &path)).unwrap_or_default();
            out.push_str(&format!("  not exercised, for example {path}"));
        }
        out.push('\n');
    }
    out.push('\n');
    let missing = flow.outcomes.iter().zip(&coverage.outcomes).filter(|(_, count)| count.is_none());
    for (outcome, _) in missing {
        out.push_str(&format!("no walk ends in the outcome `{}`\n", outcome.id));
    }
    let line =
        |name: &str, (done, all): (usize, usize)| format!("{name}: {done} of {all} ({} %)\n", percent(done, all));
    out.push_str(&line("edges", part(coverage.edges.iter().map(|(_, count)| count))));
    out.push_str(&line("answers", part(coverage.answers.iter().flatten())));
    out.push_str(&line("outcomes", part(coverage.outcomes.iter())));
    out.push_str(&format!(
        "walks: {} of source cases, {} of practice cases; {} states",
        coverage.walks.source,
        coverage.walks.practice,
        shown.states.list.len()
    ));
    out
}

// Diagram

fn diagram(shown: &Shown<'_>, as_data: bool) -> Status {
    let words = Words { title: &shown.flow.title, otherwise: "else", when: "when" };
    report::answer(&if as_data {
        report::pretty(&json!({ "flow": &*shown.flow.id, "rows": diagram::rows(shown.flow, shown.graph, &words) }))
    } else {
        diagram::svg(shown.flow, shown.graph, &words)
    });
    Status::Done
}

// Diff

fn differences(arguments: &DiffArguments) -> Outcome {
    let report = Report::new(&arguments.common);
    let new = editions::prepare(&report, &arguments.common, Options::default())?;
    let (source, found) = source::read(&arguments.old);
    let old = pipeline::prepare(&source, found, Options::default()).map_err(|faults| {
        report.diagnostics(&faults);
        Status::Usage
    })?;
    let mut changes = Vec::new();
    for (id, checked) in &new.book.flows {
        match old.book.flows.get(id) {
            Some(before) => changes.extend(changed(&new.book, before, checked)),
            None => changes.push(whole(checked, None, Some("new"))),
        }
    }
    for (id, checked) in old.book.flows.iter().filter(|(id, _)| !new.book.flows.contains_key(*id)) {
        changes.push(Change { flow: id.to_string(), ..whole(checked, Some("there"), None) });
    }
    report::answer(&if arguments.json {
        report::pretty(&changes)
    } else if changes.is_empty() {
        "nothing changed in the flows".to_owned()
    } else {
        changes.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(Status::Done)
}

fn changed(book: &Book, old: &Checked, new: &Checked) -> Vec<Change> {
    diff::changes(old, new, book.walks_of(&new.flow.id).map(|recorded| (&*recorded.page.id, recorded.walk)))
}

fn whole(checked: &Checked, old: Option<&str>, new: Option<&str>) -> Change {
    let id = checked.flow.id.to_string();
    Change { what: "flow", flow: id.clone(), at: id, old: old.map(Into::into), new: new.map(Into::into) }
}

fn line(change: &Change) -> String {
    let side = |text: &Option<String>| text.as_deref().unwrap_or("–").replace('\n', " ");
    format!("{} {} {}: {} → {}", change.flow, change.what, change.at, side(&change.old), side(&change.new))
}
