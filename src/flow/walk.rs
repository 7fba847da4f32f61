//! Walks: recorded answers, and what comes of them.
//!
//! It is given a graph and the answers of a walk in their order, and returns where they lead, or the step at which
//! the flow goes another way than the walk.

use std::sync::Arc;

use super::graph::{Given, Graph};
use super::model::{At, Flow};
use crate::data::{Node, Value};
use crate::diagnostic::{Code, Diagnostic};

/// The keys of a walk.
pub const KEYS: [&str; 6] = ["flow", "path", "outcome", "situation", "reason", INSTEAD_OF];

/// The key by which a patch names the answers of the walk that its own takes the place of.
pub const INSTEAD_OF: &str = "instead-of";

/// Questions with their answers, in the order in which they are asked.
pub type Path = Vec<(String, String)>;

/// A walk in a page's front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// The id of the flow.
    pub flow: String,
    /// The answers.
    pub path: Path,
    /// The outcome that it must end in.
    pub outcome: String,
    /// What the customer says or does, in a sentence or two.
    pub situation: Option<String>,
    /// Why a layer gives the walk another result.
    pub reason: Option<String>,
    /// The answers of the walk below that a layer's takes the place of, where its own do not tell.
    pub instead_of: Option<Path>,
    /// The layer that gives the walk; none for the book.
    pub layer: Option<Arc<str>>,
    /// Its number in the list of its page.
    pub number: usize,
}

impl Walk {
    /// Reads one item of `walks`.
    pub fn read(node: &Node<'_>, number: usize, out: &mut Vec<Diagnostic>) -> Option<Self> {
        node.only(&KEYS, out);
        let text = |key: &str, out: &mut Vec<Diagnostic>| node.get(key)?.text(out).map(|text| text.trim().to_owned());
        let flow = node.required("flow", out).and_then(|flow| flow.text(out));
        let outcome = node.required("outcome", out).and_then(|outcome| outcome.text(out));
        let path = node.required("path", out).and_then(|path| path_of(&path, out));
        let instead_of = node.get(INSTEAD_OF).and_then(|path| path_of(&path, out));
        let (situation, reason) = (text("situation", out), text("reason", out));
        let layer = node.places().layer().cloned();
        Some(Walk {
            flow: flow?.to_owned(),
            path: path?,
            outcome: outcome?.to_owned(),
            situation,
            reason,
            instead_of,
            layer,
            number,
        })
    }
}

fn path_of(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<Path> {
    let steps = node.entries(out).into_iter().map(|(question, answer)| {
        // An answer such as `no` is a truth value in YAML, but means itself.
        let is_word = matches!(answer.value(), Value::Bool(_) | Value::Number(_));
        let answer = if is_word { answer.as_written() } else { answer.text(out)?.to_owned() };
        Some((question.to_owned(), answer))
    });
    steps.collect()
}

impl Walk {
    /// Returns whether this walk takes the place of another: the one that it names, or the same answers with others between
    /// them, or those up to where the flow now ends.
    pub fn restates(&self, other: &Walk) -> bool {
        if let Some(answers) = &self.instead_of {
            return self.flow == other.flow && *answers == other.path;
        }
        let mut own = self.path.iter();
        let has_all = other.path.iter().all(|step| own.any(|known| known == step));
        self.flow == other.flow && !self.path.is_empty() && (has_all || other.path.starts_with(&self.path))
    }

    /// Returns whether it comes out otherwise than another one.
    pub fn differs(&self, other: &Walk) -> bool {
        self.path != other.path || self.outcome != other.outcome
    }
}

/// Adds a layer's walks to those of a page; those that they restate go. Returns the number of the first.
pub fn restate(walks: &mut Vec<Walk>, new: &[Walk]) -> usize {
    let first = walks.iter().map(|walk| walk.number + 1).max().unwrap_or_default();
    walks.retain(|walk| !new.iter().any(|new| new.restates(walk)));
    walks.extend(new.iter().map(|walk| Walk { number: walk.number + first, ..walk.clone() }));
    first
}

/// One step of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The number of the question.
    pub question: usize,
    /// The number of the answer.
    pub answer: usize,
    /// The number of the row that matched.
    pub row: usize,
}

/// Where answers led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The steps that were taken.
    pub taken: Vec<Taken>,
    /// The node that they led to.
    pub node: usize,
    /// What stopped them before their end.
    pub stopped: Option<Stop>,
}

/// Why a walk stopped before its answers were used up; the number is that of the answer that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The flow asks another question here, or has ended.
    Elsewhere(usize),
    /// There is no such answer to the question.
    NoAnswer(usize),
}

impl Trace {
    /// Returns the answers that were given.
    pub fn given(&self) -> Given {
        self.taken.iter().map(|step| (step.question, step.answer)).collect()
    }
}

/// Follows answers from the start as far as they fit.
pub fn follow<'p>(flow: &Flow, graph: &Graph, path: impl IntoIterator<Item = (&'p str, &'p str)>) -> Trace {
    let mut trace = Trace { taken: Vec::new(), node: graph.start, stopped: None };
    let mut given = Given::new();
    for (number, (question, answer)) in path.into_iter().enumerate() {
        let here = flow.questions.get(trace.node).filter(|here| *here.id == *question);
        let Some(here) = here else {
            trace.stopped = Some(Stop::Elsewhere(number));
            break;
        };
        let answer = here.answers.iter().position(|known| *known.id == *answer);
        let step = answer.and_then(|answer| Some((answer, graph.follow(trace.node, answer, &given)?)));
        let Some((answer, (row, to))) = step else {
            trace.stopped = Some(Stop::NoAnswer(number));
            break;
        };
        trace.taken.push(Taken { question: trace.node, answer, row });
        given.push((trace.node, answer));
        trace.node = to;
    }
    trace
}

/// A rule that a walk breaks.
#[derive(Debug)]
pub struct Fault {
    /// Which.
    pub code: Code,
    /// What is wrong, naming the step.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The step of the walk at which it shows; none where it is the outcome.
    pub step: Option<usize>,
    /// The question and answer that led the other way.
    pub led: Option<Taken>,
    /// Where a layer took the answer out that the walk gives.
    pub gone: Option<At>,
}

/// Says what is wrong with a walk; none where it ends as it says.
pub fn judge(flow: &Flow, graph: &Graph, walk: &Walk) -> Option<Fault> {
    unknown(flow, walk).or_else(|| diverged(flow, graph, walk))
}

/// Looks for names that the flow does not have.
fn unknown(flow: &Flow, walk: &Walk) -> Option<Fault> {
    let fault = |message: String, name: &str, known: Vec<&str>, step| {
        let suggested = Diagnostic::new(Code::E056, "").help("name one that the flow has");
        let help = suggested.suggest(name, known).help.unwrap_or_default();
        Some(Fault { code: Code::E056, message, help, step, led: None, gone: None })
    };
    for (number, (question, answer)) in walk.path.iter().enumerate() {
        let dropped = |address: &str| flow.dropped.contains_key(address);
        if dropped(question) || dropped(&format!("{question}/{answer}")) {
            continue;
        }
        let Some(known) = flow.question(question) else {
            let ids = flow.questions.iter().map(|known| &*known.id).collect();
            return fault(format!("the flow `{}` has no question `{question}`", flow.id), question, ids, Some(number));
        };
        if !known.answers.iter().any(|known| *known.id == **answer) {
            let ids = known.answers.iter().map(|known| &*known.id).collect();
            return fault(format!("the question `{question}` has no answer `{answer}`"), answer, ids, Some(number));
        }
    }
    if flow.outcome(&walk.outcome).is_none() && !flow.dropped.contains_key(&*walk.outcome) {
        let ids = flow.outcomes.iter().map(|known| &*known.id).collect();
        return fault(format!("the flow `{}` has no outcome `{}`", flow.id, walk.outcome), &walk.outcome, ids, None);
    }
    None
}

/// Looks for the step at which the flow goes another way.
fn diverged(flow: &Flow, graph: &Graph, walk: &Walk) -> Option<Fault> {
    let trace = follow(flow, graph, walk.path.iter().map(|(question, answer)| (&**question, &**answer)));
    let led = trace.taken.last().copied();
    let name = flow.node_ids().nth(trace.node).unwrap_or_default();
    let after = match led {
        Some(step) => {
            let question = &flow.questions[step.question];
            format!("after `{}: {}`", question.id, question.answers[step.answer].id)
        }
        None => "at the start".to_owned(),
    };
    let fault =
        |code, message, help: &str, step| Some(Fault { code, message, help: help.to_owned(), step, led, gone: None });
    let ends = graph.is_outcome(trace.node);
    match trace.stopped {
        Some(Stop::Elsewhere(number) | Stop::NoAnswer(number)) => {
            let (question, answer) = &walk.path[number];
            if let Some(gone) = flow.dropped.get(format!("{question}/{answer}").as_str()) {
                let layer = gone.layer.as_deref().unwrap_or_default();
                let message =
                    format!("{after} there is no answer `{question}: {answer}`: the layer `{layer}` hides it");
                let help = "put another walk in its place in a patch of this page, with `instead-of` and a `reason`, or \
                            leave the answer in";
                let fault = fault(Code::E054, message, help, Some(number));
                return fault.map(|fault| Fault { gone: Some(gone.clone()), ..fault });
            }
            let is_answered = walk.path[number..].iter().any(|(question, _)| *question == name);
            if !ends && !is_answered {
                let message = format!("{after} the flow asks `{name}`, which the walk does not answer");
                return fault(Code::E053, message, "add the answer to the walk, or mend the flow", Some(number));
            }
            let does = if ends { "ends in" } else { "asks" };
            let message = format!("{after} the flow {does} `{name}`, so that `{question}: {answer}` is left over");
            fault(Code::E054, message, "remove the answer from the walk, or mend the flow", Some(number))
        }
        None if !ends => {
            let message = format!("{after} the flow asks `{name}`, which the walk does not answer");
            fault(Code::E053, message, "add the answer to the walk, or mend the flow", walk.path.len().checked_sub(1))
        }
        None if *name != *walk.outcome => {
            let message = format!("the walk is to end in `{}`, but {after} the flow ends in `{name}`", walk.outcome);
            let help = "mend the flow; or, if the new outcome is meant, write it into the walk";
            fault(Code::E055, message, help, walk.path.len().checked_sub(1))
        }
        None => None,
    }
}
