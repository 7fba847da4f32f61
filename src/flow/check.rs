//! The proof of a flow: every fault of its structure, and what its walks say.
//!
//! It is given a flow as read and returns the graph and all states where the structure is sound. Every rule has a
//! code of its own (`E040` and on); the contract (§7) lists them.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{Coverage, sample, written};
use super::graph::{Cycle, Graph, Numbers};
use super::model::{At, Flow, Id, Row};
use super::states::{States, TooMany};
use super::walk::{Walk, judge};
use super::{Checked, Fact, Facts};
use crate::book::Page;
use crate::data::Part;
use crate::diagnostic::{Code, Diagnostic};

/// Makes a fault of an item, naming its layer.
fn fault(code: Code, message: String, at: &At) -> Diagnostic {
    let mut fault = Diagnostic::new(code, message).at(at.place());
    fault.layer = at.layer.as_deref().map(str::to_owned);
    fault
}

/// Checks the structure of a flow, and enumerates its states where that is sound.
pub fn prove(flow: &Flow, out: &mut Vec<Diagnostic>) -> (Option<Graph>, Option<States>) {
    let mut found = Vec::new();
    duplicates(flow, &mut found);
    names(flow, &mut found);
    whole(flow, &mut found);
    facts_agree(flow, &mut found);
    let is_broken = !found.is_empty();
    let graph = match Graph::new(flow) {
        Ok(graph) if !is_broken => Some(graph),
        Ok(_) => None,
        Err(cycle) => {
            found.push(of_cycle(flow, &cycle));
            None
        }
    };
    let states = graph.as_ref().and_then(|graph| match States::new(graph) {
        Ok(states) => {
            reached(flow, graph, &states, &mut found);
            Some(states)
        }
        Err(too_many) => {
            found.push(of_budget(flow, &too_many));
            None
        }
    });
    for diagnostic in &mut found {
        diagnostic.address.get_or_insert_with(|| format!("flows/{}", flow.id));
    }
    out.extend(found);
    (graph, states)
}

/// Reports ids that stand twice.
fn duplicates(flow: &Flow, out: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, &At> = BTreeMap::new();
    let questions = flow.questions.iter().map(|question| (&question.id, &question.at));
    let nodes = questions.chain(flow.outcomes.iter().map(|outcome| (&outcome.id, &outcome.at)));
    let mut note = |id: &str, at: &At, other: &At| {
        let mut fault = Diagnostic::new(Code::E047, format!("the id `{id}` stands twice")).at(at.key_place());
        fault.layer = at.layer.as_deref().map(str::to_owned);
        out.push(fault.related(other.key_place(), "the other one").help("give one of the two another id"));
    };
    for (id, at) in nodes {
        match seen.get(&**id) {
            Some(other) => note(id, at, other),
            None => drop(seen.insert(id, at)),
        }
    }
    for question in &flow.questions {
        for (number, answer) in question.answers.iter().enumerate() {
            if let Some(other) = question.answers[..number].iter().find(|other| other.id == answer.id) {
                note(&answer.id, &answer.at, &other.at);
            }
        }
    }
}

/// Reports targets, and questions and answers in `when`, that do not exist; and a start that is no question.
fn names(flow: &Flow, out: &mut Vec<Diagnostic>) {
    let numbers = Numbers::of(flow);
    let (start, at) = &flow.start;
    if flow.question(start).is_none() {
        let message = format!("`start` names `{start}`, which is not a question of this flow");
        let known = flow.questions.iter().map(|question| &*question.id);
        let help = "name the first question";
        out.push(fault(Code::E040, message, at).help(help).suggest(start, known));
    }
    for row in flow.questions.iter().flat_map(|question| &question.answers).flat_map(|answer| &answer.next) {
        if numbers.get(&row.to).is_none() {
            let message = format!("`{}` is neither a question nor an outcome of this flow", row.to);
            let help = "write the question or outcome, or name another one";
            let gone = flow.dropped.get(&row.to).map(At::place);
            let fault = fault(Code::E040, message, &row.at).related_if(gone, "taken out here");
            out.push(fault.help(help).suggest(&row.to, flow.node_ids()));
        }
        conditions(flow, row, out);
    }
}

/// Reports questions without answers, and answers whose rows do not end with an `else`: both would be dead ends.
fn whole(flow: &Flow, out: &mut Vec<Diagnostic>) {
    for question in &flow.questions {
        if question.answers.is_empty() {
            let message = format!("the question `{}` has no answers", question.id);
            let fault = fault(Code::E013, message, &question.at).at(question.at.key_place());
            out.push(fault.help("write `- {id: …, text: …, next: …}`"));
        }
        for answer in &question.answers {
            if answer.next.last().is_none_or(|row| !row.when.is_empty()) {
                // Where a layer leads an answer elsewhere, its rows stand in another file than the answer.
                let elsewhere = answer.next.last().filter(|row| row.at.layer != answer.at.layer);
                let fault = fault(
                    Code::E044,
                    "`next` has no `else` row".to_owned(),
                    elsewhere.map_or(&answer.at, |row| &row.at),
                );
                let fault = match elsewhere {
                    Some(_) => fault,
                    None => fault.at(answer.at.within(&["next".into()], Part::Key)),
                };
                out.push(fault.help("end the rows with `{else: …}`, which holds when no other row matches"));
            }
        }
    }
}

fn conditions(flow: &Flow, row: &Row, out: &mut Vec<Diagnostic>) {
    for condition in &row.when {
        let path = ["when".into(), (&*condition.question).into()];
        let Some(question) = flow.question(&condition.question) else {
            let message = format!("`when` names `{}`, which is not a question of this flow", condition.question);
            let known = flow.questions.iter().map(|question| &*question.id);
            let fault = fault(Code::E045, message, &row.at).at(row.at.within(&path, Part::Key));
            out.push(fault.help("name a question that is asked earlier").suggest(&condition.question, known));
            continue;
        };
        let is_unknown = |id: &&Id| !question.answers.iter().any(|answer| answer.id == **id);
        for id in condition.answers.iter().filter(is_unknown) {
            let message = format!("`when` names the answer `{id}`, which the question `{}` does not have", question.id);
            let known = question.answers.iter().map(|answer| &*answer.id);
            let fault = fault(Code::E045, message, &row.at).at(row.at.within(&path, Part::Value));
            out.push(fault.help("name one of its answers").suggest(id, known));
        }
    }
}

/// Reports questions of one fact that have no answers in common: the fact could not answer both.
fn facts_agree(flow: &Flow, out: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, question) in flow.questions.iter().enumerate() {
        let Some(fact) = question.fact.as_deref() else { continue };
        let other = &flow.questions[*first.entry(fact).or_insert(number)];
        let ids = |question: &super::Question| -> BTreeSet<Id> {
            question.answers.iter().map(|answer| answer.id.clone()).collect()
        };
        if ids(question) != ids(other) {
            let message =
                format!("the fact `{fact}` answers `{}` and `{}`, whose answers differ", other.id, question.id);
            let fault = fault(Code::E050, message, &question.at).at(question.at.key_place());
            out.push(
                fault
                    .related(other.at.key_place(), "the other question")
                    .help("give both questions the same answer ids, or two facts"),
            );
        }
    }
}

fn of_cycle(flow: &Flow, cycle: &Cycle) -> Diagnostic {
    let ids: Vec<&str> = cycle.iter().filter_map(|node| flow.node_ids().nth(*node)).collect();
    let message = format!("the flow goes in a circle: {}", ids.join(" › "));
    let last = &flow.questions[cycle[cycle.len().saturating_sub(2)]];
    let first = ids.first().copied().unwrap_or_default();
    let back = last.answers.iter().flat_map(|answer| &answer.next).find(|row| *row.to == *first);
    let help = "let one of these lead on to another question or to an outcome";
    fault(Code::E042, message, back.map_or(&last.at, |row| &row.at)).help(help)
}

fn of_budget(flow: &Flow, too_many: &TooMany) -> Diagnostic {
    let question = |number: usize| &*flow.questions[number].id;
    let multiply: Vec<String> = too_many
        .multiply
        .iter()
        .take(8)
        .map(|(number, values)| format!("`{}` ({values})", question(*number)))
        .collect();
    let id = flow.node_ids().nth(too_many.node).unwrap_or_default();
    let at = flow.questions.get(too_many.node).map_or(&flow.start.1, |question| &question.at);
    let message = format!(
        "the flow has more than 10,000 states: `{id}` alone is met in over {} ways, as the answers to {} multiply",
        too_many.states - 1,
        multiply.join(", ")
    );
    fault(Code::E046, message, at)
        .at(at.key_place())
        .help("ask for fewer earlier answers in `when`, or ask those questions closer to where they matter")
}

/// Reports nodes that nothing reaches, and rows that never match.
fn reached(flow: &Flow, graph: &Graph, states: &States, out: &mut Vec<Diagnostic>) {
    let mut is_reached = vec![false; graph.order.len()];
    let mut used = BTreeSet::new();
    for (state, steps) in states.list.iter().zip(&states.steps) {
        is_reached[state.node] = true;
        used.extend(steps.iter().enumerate().map(|(answer, step)| (state.node, answer, step.row)));
    }
    let named: BTreeSet<usize> = (0..flow.questions.len()).flat_map(|question| graph.next(question)).collect();
    let questions = flow.questions.iter().map(|question| (&question.id, &question.at, "question"));
    let nodes = questions.chain(flow.outcomes.iter().map(|outcome| (&outcome.id, &outcome.at, "outcome")));
    for (number, (id, at, kind)) in nodes.enumerate().filter(|(number, _)| !is_reached[*number]) {
        let is_unnamed = kind == "outcome" && !named.contains(&number);
        let (code, message) = if is_unnamed {
            (Code::E049, format!("nothing leads to the outcome `{id}`"))
        } else {
            (Code::E041, format!("the {kind} `{id}` cannot be reached from the start"))
        };
        let mut fault = Diagnostic::new(code, message).at(at.key_place());
        fault.layer = at.layer.as_deref().map(str::to_owned);
        out.push(fault.help("let an answer lead to it, or remove it"));
    }
    for (question, asked) in flow.questions.iter().enumerate().filter(|(question, _)| is_reached[*question]) {
        for (answer, given) in asked.answers.iter().enumerate() {
            for (number, row) in given.next.iter().enumerate() {
                if !used.contains(&(question, answer, number)) {
                    let what = if row.when.is_empty() { "`else` row" } else { "row" };
                    let message = format!("this {what} of `{}/{}` can never match", asked.id, given.id);
                    let help =
                        "no way to the question gives these answers; remove the row, or make the last one the `else`";
                    out.push(fault(Code::E043, message, &row.at).help(help));
                }
            }
        }
    }
}

/// Reports facts that no question of any flow has, and those whose answer no question has.
pub fn facts<'f>(flows: impl Iterator<Item = &'f Checked>, facts: &Facts, out: &mut Vec<Diagnostic>) {
    let questions = flows.flat_map(|checked| checked.flow.questions.iter().map(|question| (&*checked.flow, question)));
    let questions: Vec<(&Flow, &super::Question)> = questions.collect();
    for (name, Fact { answer, layer, place }) in facts {
        let fault = |message: String| {
            let mut fault = Diagnostic::new(Code::E050, message).at(place.clone());
            fault.layer = Some(layer.to_string());
            fault
        };
        let asking: Vec<_> = questions.iter().filter(|(_, question)| question.fact.as_ref() == Some(name)).collect();
        if asking.is_empty() {
            let known = questions.iter().filter_map(|(_, question)| question.fact.as_deref());
            let fault = fault(format!("no question of a flow has the fact `{name}`"));
            out.push(fault.help("name a fact that a question of a flow has, or remove it").suggest(name, known));
        }
        for (flow, question) in asking {
            if !question.answers.iter().any(|known| *known.id == *answer) {
                let message = format!("the fact `{name}` is `{answer}`, which is no answer to `{}`", question.id);
                let known = question.answers.iter().map(|known| &*known.id);
                let fault = fault(message).related(question.at.key_place(), "the question");
                let gone = flow.dropped.get(format!("{}/{answer}", question.id).as_str());
                let fault = fault.related_if(gone.map(At::place), "taken out here");
                out.push(fault.help("name one of its answers").suggest(answer, known));
            }
        }
    }
}

/// Checks the walks of a page.
///
/// Of a page that a layer has hidden (`is_hidden`), nobody walks what needs an answer that a layer has hidden, too.
pub fn walks<'f>(
    page: &Page,
    is_hidden: bool,
    flow_of: impl Fn(&str) -> Option<&'f Checked>,
    ids: &[&str],
    out: &mut Vec<Diagnostic>,
) {
    for walk in &page.front.walks {
        let step = |path: &[crate::data::Step], part| {
            let start = ["walks".into(), walk.number.into()];
            page.place(&start.iter().chain(path).cloned().collect::<Vec<_>>(), part)
        };
        let Some(checked) = flow_of(&walk.flow) else {
            let fault = Diagnostic::new(Code::E052, format!("there is no flow `{}`", walk.flow));
            let fault = fault
                .help("write it in the folder flows, or name another one")
                .suggest(&walk.flow, ids.iter().copied());
            out.push(fault.at(step(&["flow".into()], Part::Value)).address(&*page.id));
            continue;
        };
        let Some((graph, _)) = checked.sound() else { continue };
        let wrong = judge(&checked.flow, graph, walk).filter(|wrong| !(is_hidden && wrong.gone.is_some()));
        let Some(wrong) = wrong else { continue };
        let place = match wrong.step.and_then(|number| walk.path.get(number)) {
            Some((question, _)) => step(&["path".into(), question.as_str().into()], Part::Value),
            None => step(&["outcome".into()], Part::Value),
        };
        let mut fault = Diagnostic::new(wrong.code, wrong.message).at(place).address(&*page.id).help(wrong.help);
        if let Some(gone) = wrong.gone {
            fault.layer = gone.layer.as_deref().map(str::to_owned);
            fault = fault.related(gone.place(), "hidden here");
        } else if let Some(led) = wrong.led {
            let row = &checked.flow.questions[led.question].answers[led.answer].next[led.row];
            fault.layer = row.at.layer.as_deref().map(str::to_owned);
            fault = fault.related(row.at.place(), "where this answer leads");
            if let Some(layer) = &row.at.layer {
                let help = "restate the walk in a patch of this page, with a `reason`";
                fault = fault.help(format!("the layer `{layer}` leads it here: mend that, or {help}"));
            }
        }
        out.push(fault);
    }
}

/// Reports a flow of whose rows the walks exercise fewer than the book asks for.
pub fn threshold<'w>(
    checked: &Checked,
    walks: impl IntoIterator<Item = (&'w Walk, bool)>,
    wanted: u8,
    out: &mut Vec<Diagnostic>,
) {
    let Some((graph, states)) = checked.sound() else { return };
    let flow = &checked.flow;
    let coverage = Coverage::new(flow, graph, walks);
    if coverage.percent() >= f64::from(wanted) {
        return;
    }
    let Some(first) = coverage.uncovered().next() else { return };
    let row = &flow.questions[first.question].answers[first.answer].next[first.row];
    let total = coverage.edges.len();
    let message = format!(
        "the walks exercise {} of {total} edges of the flow ({} %), and book.toml asks for {wanted} %",
        total - coverage.uncovered().count(),
        coverage.percent(),
    );
    let path = sample(states, first).map(|path| written(flow, &path)).unwrap_or_default();
    let help = format!("add a case with the walk {path}; `opas flow coverage` lists what else is uncovered");
    out.push(fault(Code::E057, message, &row.at).address(format!("flows/{}", flow.id)).help(help));
}
