//! Reading a flow's file: the structure from the source language, texts alone from the others.
//!
//! It is given one file and returns a [`Flow`] with the faults of that file's form. Whether ids name anything is
//! asked in `check`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::FlowId;
use super::model::{Answer, At, Condition, Flow, Id, Outcome, Panel, Question, Row};
use crate::config::{Lang, is_id};
use crate::data::{Data, Node, Value};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{self, Block, Document};
use crate::source::TextFile;

/// The keys of a flow.
pub const KEYS: [&str; 6] = ["title", "summary", "start", "questions", "outcomes", "panels"];
/// The keys of a question.
pub const QUESTION_KEYS: [&str; 4] = ["text", "help", "fact", "answers"];
/// The keys of an answer.
pub const ANSWER_KEYS: [&str; 4] = ["id", "text", "next", "inferred"];
/// The keys of a row of `next`.
pub const ROW_KEYS: [&str; 3] = ["when", "to", "else"];
/// The keys of an outcome.
pub const OUTCOME_KEYS: [&str; 7] = ["title", "body", "dont", "see", "refer", "covers", "inferred"];
/// The keys of a panel.
pub const PANEL_KEYS: [&str; 4] = ["title", "body", "see", "covers"];

/// The keys of a translation, which gives texts alone.
pub const TRANSLATED_KEYS: [&str; 5] = ["title", "summary", "questions", "outcomes", "panels"];
/// The keys of a question in a translation.
pub const TRANSLATED_QUESTION_KEYS: [&str; 3] = ["text", "help", "answers"];
/// The keys of an answer in a translation.
pub const TRANSLATED_ANSWER_KEYS: [&str; 2] = ["id", "text"];
/// The keys of an outcome in a translation.
pub const TRANSLATED_OUTCOME_KEYS: [&str; 3] = ["title", "body", "dont"];
/// The keys of a panel in a translation.
pub const TRANSLATED_PANEL_KEYS: [&str; 2] = ["title", "body"];

/// What reading an item needs to know.
struct Context<'a> {
    lang: &'a Lang,
}

/// Reads the flow of the source language; none where there is nothing usable.
pub fn base_of(id: &FlowId, lang: &Lang, file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> Option<Flow> {
    let data = Data::of_file(file, out)?;
    let root = data.node();
    root.only(&KEYS, out);
    let context = Context { lang };
    let title = root.required("title", out).and_then(|node| filled(&node, out));
    let summary = root.get("summary").and_then(|node| filled(&node, out));
    let start = root.required("start", out).and_then(|node| Some((node.text(out)?.into(), node.origin())));
    let questions = root.required("questions", out).map(|node| context.questions(&node, out));
    let outcomes = root.required("outcomes", out).map(|node| context.outcomes(&node, out));
    let panels = root.get("panels").map(|node| context.panels(&node, out)).unwrap_or_default();
    Some(Flow {
        id: Arc::clone(id),
        title: title?,
        summary,
        lang: Arc::clone(lang),
        written: root.origin(),
        is_unread: false,
        start: start?,
        questions: questions?,
        outcomes: outcomes?,
        panels,
        dropped: BTreeMap::new(),
        file: Arc::clone(file),
        digest: file.digest,
    })
}

/// Reads one question.
pub fn question_of(id: &str, node: &Node<'_>, lang: &Lang, out: &mut Vec<Diagnostic>) -> Option<Question> {
    Context { lang }.question(id, node, out)
}

/// Reads one answer.
pub fn answer_of(node: &Node<'_>, lang: &Lang, out: &mut Vec<Diagnostic>) -> Option<Answer> {
    Context { lang }.answer(node, out)
}

/// Reads one outcome.
pub fn outcome_of(id: &str, node: &Node<'_>, lang: &Lang, out: &mut Vec<Diagnostic>) -> Option<Outcome> {
    Context { lang }.outcome(id, node, out)
}

/// Reads text that is not empty.
pub fn filled(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    let text = node.text(out)?.trim();
    if text.is_empty() {
        out.push(node.fault(Code::E013, "this value is empty").help("write something, or leave the key out"));
        return None;
    }
    Some(text.to_owned())
}

/// Checks that a key or value can be an id; `--` separates answers in addresses.
fn id_of(text: &str, node: &Node<'_>, what: &str, out: &mut Vec<Diagnostic>) -> Option<Id> {
    if is_id(text) && !text.contains("--") {
        return Some(text.into());
    }
    let fault = Diagnostic::new(Code::E012, format!("`{text}` cannot be the id of {what}")).at(node.key_place());
    out.push(fault.help("use lower-case letters a to z, digits and single hyphens"));
    None
}

/// Parses a text that may have several blocks, but neither headings nor footnotes.
fn document(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<Arc<Document>> {
    let text = node.text(out)?.trim();
    let (document, faults) = document::parse_fragment(text, &node.place());
    out.extend(faults);
    if document.blocks.iter().any(|block| matches!(block, Block::Heading(_))) || !document.footnotes.is_empty() {
        let fault = node.fault(Code::E012, "a text of a flow can have neither headings nor footnotes");
        out.push(fault.help("write paragraphs and lists; the title is the heading"));
    }
    Some(Arc::new(document))
}

fn documents(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Arc<Document>> {
    node.items(out).iter().filter_map(|item| document(item, out)).collect()
}

fn words(node: &Node<'_>, key: &str, out: &mut Vec<Diagnostic>) -> Vec<String> {
    let Some(list) = node.get(key) else { return Vec::new() };
    list.texts(out).into_iter().map(|word| word.trim().to_owned()).collect()
}

impl Context<'_> {
    fn questions(&self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Question> {
        let entries = node.entries(out);
        entries.into_iter().filter_map(|(id, node)| self.question(id, &node, out)).collect()
    }

    fn question(&self, id: &str, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<Question> {
        node.only(&QUESTION_KEYS, out);
        let id = id_of(id, node, "a question", out);
        let text = node.required("text", out).and_then(|text| filled(&text, out));
        let help = node.get("help").and_then(|help| document(&help, out));
        let fact = node.get("fact").and_then(|fact| filled(&fact, out));
        let answers = node
            .required("answers", out)
            .map(|list| list.items(out).iter().filter_map(|item| self.answer(item, out)).collect());
        Some(Question {
            id: id?,
            text: text?,
            help,
            fact,
            answers: answers?,
            lang: Arc::clone(self.lang),
            written: node.origin(),
            at: node.origin(),
        })
    }

    fn answer(&self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<Answer> {
        node.only(&ANSWER_KEYS, out);
        let id = node.required("id", out).and_then(|id| id_of(id.text(out)?, &id, "an answer", out));
        let text = answer_text(node, out);
        let next = node.required("next", out).map(|next| rows(&next, out));
        let inferred = node.get("inferred").and_then(|flag| flag.flag(out)).unwrap_or_default();
        let (lang, written) = (Arc::clone(self.lang), node.origin());
        Some(Answer { id: id?, text: text?, next: next?, inferred, lang, written, at: node.origin() })
    }

    fn outcomes(&self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Outcome> {
        let entries = node.entries(out);
        entries.into_iter().filter_map(|(id, node)| self.outcome(id, &node, out)).collect()
    }

    fn outcome(&self, id: &str, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<Outcome> {
        node.only(&OUTCOME_KEYS, out);
        let id = id_of(id, node, "an outcome", out);
        let title = node.required("title", out).and_then(|title| filled(&title, out));
        let body = node.required("body", out).and_then(|body| document(&body, out));
        Some(Outcome {
            id: id?,
            title: title?,
            body: body?,
            dont: node.get("dont").map(|list| documents(&list, out)).unwrap_or_default(),
            see: words(node, "see", out),
            refer: words(node, "refer", out),
            covers: words(node, "covers", out),
            inferred: node.get("inferred").and_then(|flag| flag.flag(out)).unwrap_or_default(),
            replaced: None,
            reason: None,
            source: crate::layer::data::text(node.value()),
            lang: Arc::clone(self.lang),
            written: node.origin(),
            at: node.origin(),
        })
    }

    fn panels(&self, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Panel> {
        let entries = node.entries(out);
        entries.into_iter().filter_map(|(id, node)| self.panel(id, &node, out)).collect()
    }

    fn panel(&self, id: &str, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<Panel> {
        node.only(&PANEL_KEYS, out);
        let id = id_of(id, node, "a panel", out);
        let title = node.required("title", out).and_then(|title| filled(&title, out));
        let body = node.required("body", out).and_then(|body| document(&body, out));
        let (see, covers) = (words(node, "see", out), words(node, "covers", out));
        let (lang, written) = (Arc::clone(self.lang), node.origin());
        Some(Panel { id: id?, title: title?, body: body?, see, covers, lang, written, at: node.origin() })
    }
}

/// Reads the text of an answer, which has a rule of its own: an answer that says nothing cannot be chosen.
fn answer_text(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    let found = node.get("text").filter(|text| !matches!(text.value(), Value::Text(text) if text.trim().is_empty()));
    if let Some(text) = found {
        return text.text(out).map(|text| text.trim().to_owned());
    }
    let name = node.get("id").and_then(|id| id.text(&mut Vec::new()));
    let message = format!("the answer `{}` has no text", name.unwrap_or_default());
    out.push(
        Diagnostic::new(Code::E048, message).at(node.place()).help("write `text: …`, as the customer would say it"),
    );
    None
}

/// Reads `next`: an id, or rows over earlier answers of which the last is the `else`.
pub fn rows(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Row> {
    if let Value::Text(to) = node.value() {
        return vec![Row { when: Vec::new(), to: to.as_str().into(), at: node.origin() }];
    }
    let items = node.items(out);
    let mut rows = Vec::new();
    let mut has_else = false;
    for item in &items {
        item.only(&ROW_KEYS, out);
        if has_else {
            let fault = Diagnostic::new(Code::E043, "a row after the `else` can never match").at(item.place());
            out.push(fault.help("move it before the `else`, or remove it"));
            break;
        }
        if let Some(otherwise) = item.get("else") {
            has_else = true;
            let to = otherwise.text(out).unwrap_or_default();
            rows.push(Row { when: Vec::new(), to: to.into(), at: item.origin() });
            continue;
        }
        let when = item.required("when", out).map(|when| conditions(&when, out));
        let to = item.required("to", out).and_then(|to| to.text(out));
        if let (Some(when), Some(to)) = (when, to) {
            rows.push(Row { when, to: to.into(), at: item.origin() });
        }
    }
    rows
}

fn conditions(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<Condition> {
    let entries = node.entries(out);
    if entries.is_empty() && matches!(node.value(), Value::Map(_) | Value::Null) {
        let fault = node.fault(Code::E012, "`when` asks for nothing");
        out.push(fault.help("write `when: {question: answer}`, or make the row the `else`"));
    }
    let read = |(question, node): (&str, Node<'_>)| Condition {
        question: question.into(),
        answers: node.texts(out).into_iter().map(Id::from).collect(),
    };
    entries.into_iter().map(read).collect()
}

/// Reads a translation: texts by id, put into a copy of the source language's flow.
pub fn translation_of(base: &Flow, lang: &Lang, file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> Flow {
    let mut flow = base.clone();
    flow.digest = file.digest;
    let Some(data) = Data::of_file(file, out) else { return Flow { is_unread: true, ..flow } };
    let root = data.node();
    root.only(&TRANSLATED_KEYS, out);
    if let Some(title) = root.get("title").and_then(|title| filled(&title, out)) {
        (flow.title, flow.lang, flow.written) = (title, Arc::clone(lang), root.origin());
    }
    if let Some(summary) = root.get("summary").and_then(|summary| filled(&summary, out)) {
        flow.summary = Some(summary);
    }
    each(&root, "questions", &mut flow.questions, |q| &q.id, out, |q, node, out| question_texts(q, node, lang, out));
    each(
        &root,
        "outcomes",
        &mut flow.outcomes,
        |o| &o.id,
        out,
        |outcome, node, out| {
            node.only(&TRANSLATED_OUTCOME_KEYS, out);
            if let Some(title) = node.required("title", out).and_then(|title| filled(&title, out)) {
                (outcome.title, outcome.lang) = (title, Arc::clone(lang));
            }
            if let Some(body) = node.required("body", out).and_then(|body| document(&body, out)) {
                outcome.body = body;
            }
            outcome.written = node.origin();
            outcome.dont = node.get("dont").map(|list| documents(&list, out)).unwrap_or_default();
        },
    );
    each(
        &root,
        "panels",
        &mut flow.panels,
        |p| &p.id,
        out,
        |panel, node, out| {
            node.only(&TRANSLATED_PANEL_KEYS, out);
            panel.written = node.origin();
            if let Some(title) = node.required("title", out).and_then(|title| filled(&title, out)) {
                (panel.title, panel.lang) = (title, Arc::clone(lang));
            }
            if let Some(body) = node.required("body", out).and_then(|body| document(&body, out)) {
                panel.body = body;
            }
        },
    );
    flow
}

/// Visits the translated items of one kind; reports ids that the source language does not have.
fn each<T>(
    root: &Node<'_>,
    key: &str,
    items: &mut [T],
    id: impl Fn(&T) -> &Id,
    out: &mut Vec<Diagnostic>,
    mut read: impl FnMut(&mut T, &Node<'_>, &mut Vec<Diagnostic>),
) {
    let Some(list) = root.get(key) else { return };
    for (name, node) in list.entries(out) {
        match items.iter().position(|item| **id(item) == *name) {
            Some(at) => read(&mut items[at], &node, out),
            None => out.push(unknown(name, &node, &items.iter().map(|item| &**id(item)).collect::<Vec<_>>())),
        }
    }
}

fn unknown(name: &str, node: &Node<'_>, known: &[&str]) -> Diagnostic {
    let fault = Diagnostic::new(Code::E033, format!("the source language's flow has no `{name}`"));
    fault.at(node.key_place()).suggest(name, known.iter().copied())
}

fn question_texts(question: &mut Question, node: &Node<'_>, lang: &Lang, out: &mut Vec<Diagnostic>) {
    node.only(&TRANSLATED_QUESTION_KEYS, out);
    if let Some(text) = node.required("text", out).and_then(|text| filled(&text, out)) {
        (question.text, question.lang, question.written) = (text, Arc::clone(lang), node.origin());
        question.help = node.get("help").and_then(|help| document(&help, out));
    }
    let Some(list) = node.get("answers") else { return };
    for item in list.items(out) {
        item.only(&TRANSLATED_ANSWER_KEYS, out);
        let Some(id) = item.required("id", out).and_then(|id| id.text(out)) else { continue };
        let Some(text) = answer_text(&item, out) else { continue };
        if let Some(answer) = question.answers.iter_mut().find(|answer| *answer.id == *id) {
            (answer.text, answer.lang, answer.written) = (text, Arc::clone(lang), item.origin());
        } else {
            let known: Vec<&str> = question.answers.iter().map(|answer| &*answer.id).collect();
            out.push(unknown(id, &item, &known));
        }
    }
}

impl Node<'_> {
    /// Returns where the value comes from, to be kept.
    fn origin(&self) -> At {
        At::new(self.places(), self.path())
    }
}
