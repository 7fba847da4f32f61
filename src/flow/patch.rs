//! What a layer changes in a flow: `flows/<flow>.patch.yaml`, a list of operations, each with its address.
//!
//! It is given a flow as it is below and one such file, and changes the flow item by item; every new item keeps
//! the layer and the place that it comes from. What only the old way led to is dropped, and remembered, so that a
//! walk that still goes there can say so. Whether the result is sound is asked in `check`, as of any flow.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::model::{Answer, At, Flow, Id, Outcome, Question, Row};
use super::read;
use crate::config::Lang;
use crate::data::{Data, Node};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::document::Op;
use crate::layer::over::{Standing, standing};
use crate::source::TextFile;

/// The operations with the keys that each has.
pub const OPERATIONS: [(&str, &[&str]); 6] = [
    ("add-answer", &["op", "at", "after", "answer", "reason"]),
    ("insert-question", &["op", "id", "at", "question", "reason", "over"]),
    ("replace-outcome", &["op", "at", "outcome", "reason", "over"]),
    ("add-outcome", &["op", "id", "outcome", "reason"]),
    ("set-next", &["op", "at", "next", "reason", "over"]),
    ("hide-answer", &["op", "at", "reason", "over"]),
];

/// What an operation of a patch did, with the text that it depends on.
#[derive(Debug)]
pub struct Done {
    /// `question/answer` or `outcome`.
    pub address: String,
    /// What that is on a page.
    pub op: Op,
    /// What was there, as text; for an answer that is added, the question.
    pub depends: String,
    /// What is there now, as text; empty where it was taken away.
    pub own: String,
    /// Where the layer says so.
    pub place: Place,
}

/// A patch that is being applied.
struct Patch<'a> {
    flow: &'a mut Flow,
    layer: Arc<str>,
    lang: &'a Lang,
    done: Vec<Done>,
}

/// Applies a file to a flow.
pub fn apply(flow: &mut Flow, lang: &Lang, file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> Vec<Done> {
    let Some(data) = Data::of_file(file, out) else { return Vec::new() };
    let before = out.len();
    let address = format!("flows/{}", flow.id);
    flow.digest = Digest::of_parts([flow.digest, file.digest]);
    let layer = file.layer.clone().unwrap_or_else(|| "".into());
    let mut patch = Patch { flow, layer, lang, done: Vec::new() };
    for node in data.node().items(out) {
        patch.operation(&node, out);
    }
    let at = At::new(data.node().places(), data.node().path());
    let Patch { done, flow, layer, .. } = patch;
    drop_unreached(flow, &layer, &at);
    for fault in &mut out[before..] {
        fault.address.get_or_insert_with(|| address.clone());
    }
    done
}

impl Patch<'_> {
    fn operation(&mut self, node: &Node<'_>, out: &mut Vec<Diagnostic>) {
        let words = OPERATIONS.map(|(word, _)| word);
        let Some(op) = node.required("op", out).and_then(|op| op.choice(&words, out)) else { return };
        let (_, keys) = OPERATIONS.into_iter().find(|(word, _)| *word == op).unwrap_or_default();
        node.only(keys, out);
        match op {
            "add-answer" => self.add_answer(node, out),
            "insert-question" => self.insert_question(node, out),
            "add-outcome" => self.add_outcome(node, out),
            "replace-outcome" => self.replace_outcome(node, out),
            "set-next" => self.set_next(node, out),
            _ => self.hide_answer(node, out),
        };
    }

    fn add_answer(&mut self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
        remark(node, out);
        let at = self.question(&node.required("at", out)?, out)?;
        let answer = read::answer_of(&node.required("answer", out)?, self.lang, out)?;
        let known = &self.flow.questions[at];
        if let Some(other) = known.answers.iter().find(|other| other.id == answer.id) {
            let message = format!("the question `{}` has an answer `{}` already", known.id, answer.id);
            out.push(taken(message, &answer.at, &other.at));
            return None;
        }
        let mut place = known.answers.len();
        if let Some(after) = node.get("after") {
            let id = after.text(out)?;
            let found = known.answers.iter().position(|answer| *answer.id == *id);
            let ids = known.answers.iter().map(|answer| &*answer.id);
            let Some(found) = found else {
                let message = format!("the question `{}` has no answer `{id}`", known.id);
                out.push(missing(message, id, ids, &after, known.at.place()));
                return None;
            };
            place = found + 1;
        }
        self.done.push(Done {
            address: format!("{}/{}", known.id, answer.id),
            op: Op::Append,
            depends: known.text.clone(),
            own: answer.text.clone(),
            place: node.place(),
        });
        self.flow.questions[at].answers.insert(place, answer);
        Some(())
    }

    fn insert_question(&mut self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
        remark(node, out);
        let id = node.required("id", out)?;
        let id = id.text(out)?;
        let question = read::question_of(id, &node.required("question", out)?, self.lang, out)?;
        self.is_free(&question.id, &question.at, out)?;
        if let Some(at) = node.get("at") {
            let (of, answer) = self.answer(&at, out)?;
            self.lead(
                of,
                answer,
                vec![Row { when: Vec::new(), to: question.id.clone(), at: question.at.clone() }],
                node,
                out,
            )?;
        }
        self.flow.questions.push(question);
        Some(())
    }

    fn add_outcome(&mut self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
        remark(node, out);
        let id = node.required("id", out)?;
        let outcome = read::outcome_of(id.text(out)?, &node.required("outcome", out)?, self.lang, out)?;
        self.is_free(&outcome.id, &outcome.at, out)?;
        self.flow.outcomes.push(outcome);
        Some(())
    }

    fn replace_outcome(&mut self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
        let at = node.required("at", out)?;
        let id = at.text(out)?;
        let reason = reason(node, out);
        let Some(below) = self.flow.outcomes.iter().position(|outcome| *outcome.id == *id) else {
            let known = self.flow.outcomes.iter().map(|outcome| &*outcome.id);
            out.push(self.gone(id, &at).unwrap_or_else(|| {
                let message = format!("the flow `{}` has no outcome `{id}`", self.flow.id);
                missing(message, id, known, &at, Place::whole(&self.flow.file))
            }));
            return None;
        };
        let value = node.required("outcome", out)?;
        let mut outcome = read::outcome_of(id, &value, self.lang, out)?;
        let old = &self.flow.outcomes[below];
        self.may_replace(id, &old.at, node, out)?;
        self.done.push(Done {
            address: id.to_owned(),
            op: Op::Replace,
            depends: written(old),
            own: written(&outcome),
            place: node.place(),
        });
        outcome.reason = reason;
        outcome.replaced = Some(Arc::new(old.clone()));
        self.flow.outcomes[below] = outcome;
        Some(())
    }

    fn set_next(&mut self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
        reason(node, out);
        let (question, answer) = self.answer(&node.required("at", out)?, out)?;
        let rows = read::rows(&node.required("next", out)?, out);
        self.lead(question, answer, rows, node, out)
    }

    /// Lets an answer lead elsewhere.
    fn lead(
        &mut self,
        question: usize,
        answer: usize,
        rows: Vec<Row>,
        node: &Node<'_>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<()> {
        let asked = &self.flow.questions[question];
        let old = &asked.answers[answer];
        let address = format!("{}/{}", asked.id, old.id);
        if let Some(row) = old.next.first() {
            self.may_replace(&address, &row.at, node, out)?;
        }
        let (depends, own) = (led(asked, old, &old.next), led(asked, old, &rows));
        self.done.push(Done { address, op: Op::Replace, depends, own, place: node.place() });
        self.flow.questions[question].answers[answer].next = rows;
        Some(())
    }

    fn hide_answer(&mut self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
        reason(node, out);
        let (question, answer) = self.answer(&node.required("at", out)?, out)?;
        let asked = &self.flow.questions[question];
        let old = &asked.answers[answer];
        let address = format!("{}/{}", asked.id, old.id);
        self.may_replace(&address, &old.at, node, out)?;
        if asked.answers.len() == 1 {
            let message = format!("`{address}` is the only answer to its question");
            let fault = Diagnostic::new(Code::E095, message).at(node.place());
            out.push(fault.help("let the answer before the question lead past it, with `set-next`"));
            return None;
        }
        let depends = led(asked, old, &old.next);
        let (asked, old) = (asked.id.clone(), old.id.clone());
        let (op, place) = (Op::Remove, node.place());
        self.done.push(Done { address: address.clone(), op, depends, own: String::new(), place });
        self.flow.questions[question].answers.remove(answer);
        let at = At::new(node.places(), node.path());
        self.flow.dropped.insert(address.as_str().into(), at);
        forget(self.flow, &asked, &old);
        Some(())
    }

    /// Finds the question that an address names.
    fn question(&self, at: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<usize> {
        let id = at.text(out)?;
        let found = self.flow.questions.iter().position(|question| *question.id == *id);
        if found.is_none() {
            let known = self.flow.questions.iter().map(|question| &*question.id);
            out.push(self.gone(id, at).unwrap_or_else(|| {
                let message = format!("the flow `{}` has no question `{id}`", self.flow.id);
                missing(message, id, known, at, Place::whole(&self.flow.file))
            }));
        }
        found
    }

    /// Finds the answer that an address `QUESTION/ANSWER` names.
    fn answer(&self, at: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<(usize, usize)> {
        let text = at.text(out)?;
        let Some((question, answer)) = text.split_once('/') else {
            let fault = Diagnostic::new(Code::E095, format!("`{text}` does not name an answer")).at(at.place());
            out.push(fault.help("write `at: QUESTION/ANSWER`"));
            return None;
        };
        let Some(of) = self.flow.questions.iter().position(|known| *known.id == *question) else {
            let known = self.flow.questions.iter().map(|question| &*question.id);
            out.push(self.gone(question, at).unwrap_or_else(|| {
                let message = format!("the flow `{}` has no question `{question}`", self.flow.id);
                missing(message, question, known, at, Place::whole(&self.flow.file))
            }));
            return None;
        };
        let known = &self.flow.questions[of].answers;
        let found = known.iter().position(|known| *known.id == *answer);
        if found.is_none() {
            let ids = known.iter().map(|answer| &*answer.id);
            out.push(self.gone(text, at).unwrap_or_else(|| {
                let message = format!("the question `{question}` has no answer `{answer}`");
                missing(message, answer, ids, at, self.flow.questions[of].at.place())
            }));
        }
        Some((of, found?))
    }

    /// Says that something has been taken away by a layer below.
    fn gone(&self, address: &str, at: &Node<'_>) -> Option<Diagnostic> {
        let gone = self.flow.dropped.get(address)?;
        let layer = gone.layer.as_deref().unwrap_or_default();
        let message = format!("`{address}` has been taken out of the flow by the layer `{layer}`");
        let fault = Diagnostic::new(Code::E084, message).at(at.place()).related(gone.place(), "taken out here");
        Some(fault.help("take the operation out, or name something that is still there"))
    }

    /// Reports an id that the flow has already.
    fn is_free(&self, id: &Id, at: &At, out: &mut Vec<Diagnostic>) -> Option<()> {
        let questions = self.flow.questions.iter().map(|question| (&question.id, &question.at));
        let mut nodes = questions.chain(self.flow.outcomes.iter().map(|outcome| (&outcome.id, &outcome.at)));
        let other = nodes.find(|(other, _)| *other == id);
        let Some((_, other)) = other else { return Some(()) };
        out.push(taken(format!("the flow `{}` has a question or outcome `{id}` already", self.flow.id), at, other));
        None
    }

    /// Reports a change of what another layer has made, unless `over` names it; and a needless `over`.
    fn may_replace(&self, address: &str, below: &At, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<()> {
        let over = node.get("over").map(|over| over.texts(out)).unwrap_or_default();
        // A flow that a layer has added is nobody's text that it took the place of.
        let added = self.flow.file.layer.as_ref();
        let other = below.layer.as_ref().filter(|other| **other != self.layer && Some(*other) != added);
        match standing(&over, other) {
            Standing::Meant => return Some(()),
            Standing::Needless(name) => {
                let message = format!("`over: {name}`, but the layer `{name}` does not change `{address}`");
                out.push(Diagnostic::new(Code::E094, message).at(node.place()).help("leave `over` out"));
            }
            Standing::Unsaid(other) => {
                let message = format!("`{address}` has been changed by the layer `{other}`");
                let fault =
                    Diagnostic::new(Code::E083, message).at(node.place()).related(below.place(), "changed here");
                out.push(fault.help(format!("write `over: {other}` if that is meant")));
            }
        }
        None
    }
}

/// Reads the reason that whoever changes what the flow says must give.
fn reason(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    node.required("reason", out).and_then(|reason| read::filled(&reason, out))
}

/// Reads the reason that whoever only adds something may give.
fn remark(node: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if let Some(reason) = node.get("reason") {
        reason.text(out);
    }
}

/// Says that there is none of a name; `below` is where the known ones stand.
fn missing<'k>(
    message: String,
    name: &str,
    known: impl Iterator<Item = &'k str>,
    at: &Node<'_>,
    below: Place,
) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let fault = Diagnostic::new(Code::E082, message).at(at.place()).related(below, "where it is looked for");
    fault.help("name one that the flow has").suggest(name, known)
}

fn taken(message: String, at: &At, other: &At) -> Diagnostic {
    let fault = Diagnostic::new(Code::E091, message).at(at.place()).related(other.place(), "it is there already");
    fault.help("give the new one another id")
}

/// Returns an outcome as text that is the same for the same outcome.
fn written(outcome: &Outcome) -> String {
    outcome.source.clone()
}

/// Returns a question, an answer and where it leads as text: another question may turn the answer round.
fn led(question: &Question, answer: &Answer, rows: &[Row]) -> String {
    let line = |row: &Row| {
        let when = row.when.iter().map(|when| format!("{}={} ", when.question, when.answers.join(",")));
        format!("{}{}", when.collect::<String>(), row.to)
    };
    let texts = [question.text.clone(), answer.text.clone()];
    texts.into_iter().chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

/// Takes an answer that is gone out of all conditions; rows that asked for it alone go with it.
fn forget(flow: &mut Flow, question: &str, answer: &str) {
    for row in flow.questions.iter_mut().flat_map(|question| &mut question.answers) {
        row.next.retain_mut(|row| {
            let mut keeps = true;
            for condition in row.when.iter_mut().filter(|condition| *condition.question == *question) {
                condition.answers.retain(|id| **id != *answer);
                keeps &= !condition.answers.is_empty();
            }
            keeps
        });
    }
}

/// Drops what nothing leads to any more after a patch, which stands at `at`. What the layer itself has added stays:
/// that nothing leads to it is its own fault, and is reported.
fn drop_unreached(flow: &mut Flow, layer: &Arc<str>, at: &At) {
    let mut reached: BTreeSet<Id> = BTreeSet::new();
    let mut waiting = vec![flow.start.0.clone()];
    while let Some(id) = waiting.pop() {
        let question = flow.question(&id);
        if reached.insert(id.clone())
            && let Some(question) = question
        {
            waiting.extend(question.answers.iter().flat_map(|answer| &answer.next).map(|row| row.to.clone()));
        }
    }
    let mut dropped: Vec<(Id, Id)> = Vec::new();
    flow.questions.retain(|question| {
        let keeps = reached.contains(&question.id) || question.at.layer.as_ref() == Some(layer);
        if !keeps {
            let answers = question.answers.iter().map(|answer| (question.id.clone(), answer.id.clone()));
            dropped.extend(answers);
            flow.dropped.insert(question.id.clone(), at.clone());
        }
        keeps
    });
    flow.outcomes.retain(|outcome| {
        let keeps = reached.contains(&outcome.id) || outcome.at.layer.as_ref() == Some(layer);
        if !keeps {
            flow.dropped.insert(outcome.id.clone(), at.clone());
        }
        keeps
    });
    for (question, answer) in dropped {
        forget(flow, &question, &answer);
    }
}
