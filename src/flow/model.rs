//! What a flow's file says, as data that can be changed item by item.
//!
//! Every item keeps the file and the place that it comes from, so that a fault, or a layer that changes one
//! item, can be named. Nothing is checked here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::FlowId;
use crate::config::Lang;
use crate::data::{Part, Places, Step};
use crate::diagnostic::Place;
use crate::digest::Digest;
use crate::document::Document;
use crate::source::TextFile;

/// The id of a question, an answer, an outcome or a panel.
pub type Id = Arc<str>;

/// Where an item comes from.
#[derive(Debug, Clone)]
pub struct At {
    places: Places,
    path: Vec<Step>,
    /// The layer that wrote the item; none for the book itself.
    pub layer: Option<Arc<str>>,
}

impl At {
    /// Makes the origin of an item: the layer is that of the file.
    pub fn new(places: &Places, path: &[Step]) -> Self {
        At { places: places.clone(), path: path.to_vec(), layer: places.layer().cloned() }
    }

    /// Returns the place of the item.
    pub fn place(&self) -> Place {
        self.places.of(&self.path, Part::Value)
    }

    /// Returns the place of the item's key.
    pub fn key_place(&self) -> Place {
        self.places.of(&self.path, Part::Key)
    }

    /// Returns the place of something within the item.
    pub fn within(&self, path: &[Step], part: Part) -> Place {
        let full: Vec<Step> = self.path.iter().chain(path).cloned().collect();
        self.places.of(&full, part)
    }
}

/// A flow in one language.
#[derive(Debug, Clone)]
pub struct Flow {
    /// The id.
    pub id: FlowId,
    /// The title.
    pub title: String,
    /// One or two sentences on what it is for.
    pub summary: Option<String>,
    /// The language of title and summary.
    pub lang: Lang,
    /// Where these stand.
    pub written: At,
    /// Whether it is a translation that could not be read, which has been reported.
    pub is_unread: bool,
    /// The id of the first question, with its place.
    pub start: (Id, At),
    /// The questions in the author's order.
    pub questions: Vec<Question>,
    /// The outcomes in the author's order.
    pub outcomes: Vec<Outcome>,
    /// What is at hand on every step.
    pub panels: Vec<Panel>,
    /// What layers have taken out, by `question`, `question/answer` or `outcome`, with where they did.
    pub dropped: BTreeMap<Id, At>,
    /// The file.
    pub file: Arc<TextFile>,
    /// The digest of everything that it was read from.
    pub digest: Digest,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// The id.
    pub id: Id,
    /// The question itself.
    pub text: String,
    /// What helps to answer it.
    pub help: Option<Arc<Document>>,
    /// The fact about the organisation that answers it in advance.
    pub fact: Option<String>,
    /// The answers in the author's order.
    pub answers: Vec<Answer>,
    /// The language of the texts.
    pub lang: Lang,
    /// Where its texts stand, which may be in a translation.
    pub written: At,
    /// Where it comes from.
    pub at: At,
}

/// An answer to a question.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The id, unique within the question.
    pub id: Id,
    /// The text.
    pub text: String,
    /// Where it leads: rows in order, of which the first that matches counts.
    pub next: Vec<Row>,
    /// Whether where it leads is a conclusion and not said by the source guidance.
    pub inferred: bool,
    /// The language of the text.
    pub lang: Lang,
    /// Where its texts stand, which may be in a translation.
    pub written: At,
    /// Where it comes from.
    pub at: At,
}

/// One row of `next`.
#[derive(Debug, Clone)]
pub struct Row {
    /// The earlier answers that it asks for, all of them; empty in the `else` row.
    pub when: Vec<Condition>,
    /// The id of the question or outcome that it leads to.
    pub to: Id,
    /// Where it comes from.
    pub at: At,
}

/// What a row asks of one earlier question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The id of the question.
    pub question: Id,
    /// The ids of the answers of which one must have been given.
    pub answers: Vec<Id>,
}

/// What a flow ends in.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The id.
    pub id: Id,
    /// The title.
    pub title: String,
    /// The advice.
    pub body: Arc<Document>,
    /// What not to do, each a line.
    pub dont: Vec<Arc<Document>>,
    /// Pages to read, as `page` or `page#section`.
    pub see: Vec<String>,
    /// The ids of contacts to refer to.
    pub refer: Vec<String>,
    /// The statements that it says.
    pub covers: Vec<String>,
    /// Whether it is a conclusion and not said by the source guidance.
    pub inferred: bool,
    /// The outcome that a layer has put this one in the place of.
    pub replaced: Option<Arc<Outcome>>,
    /// Why the layer did.
    pub reason: Option<String>,
    /// All that its author wrote, as text.
    pub source: String,
    /// The language of the texts.
    pub lang: Lang,
    /// Where its texts stand, which may be in a translation.
    pub written: At,
    /// Where it comes from.
    pub at: At,
}

/// What is at hand on every step.
#[derive(Debug, Clone)]
pub struct Panel {
    /// The id.
    pub id: Id,
    /// The title.
    pub title: String,
    /// What it says.
    pub body: Arc<Document>,
    /// Pages to read, as `page` or `page#section`.
    pub see: Vec<String>,
    /// The statements that it says.
    pub covers: Vec<String>,
    /// The language of the texts.
    pub lang: Lang,
    /// Where its texts stand, which may be in a translation.
    pub written: At,
    /// Where it comes from.
    pub at: At,
}

impl Flow {
    /// Returns the question with an id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| *question.id == *id)
    }

    /// Returns the outcome with an id.
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| *outcome.id == *id)
    }

    /// Returns the ids of everything that `next` may name.
    pub fn node_ids(&self) -> impl Iterator<Item = &str> {
        let questions = self.questions.iter().map(|question| &*question.id);
        questions.chain(self.outcomes.iter().map(|outcome| &*outcome.id))
    }

    /// Returns all texts that have blocks.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        let help = self.questions.iter().filter_map(|question| question.help.as_deref());
        let outcomes = self.outcomes.iter().flat_map(|o| o.dont.iter().chain([&o.body])).map(|document| &**document);
        help.chain(outcomes).chain(self.panels.iter().map(|panel| &*panel.body))
    }

    /// Returns all texts of one line.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let own = self.summary.iter().chain([&self.title]);
        let questions = self.questions.iter().flat_map(|q| q.answers.iter().map(|a| &a.text).chain([&q.text]));
        let titles = self.outcomes.iter().map(|outcome| &outcome.title);
        let all = own.chain(questions).chain(titles).chain(self.panels.iter().map(|panel| &panel.title));
        all.map(String::as_str)
    }

    /// Lists the items whose texts are not in a language, each named, with the source language's place.
    pub fn untranslated<'f>(&'f self, lang: &'f Lang) -> impl Iterator<Item = (String, &'f At)> {
        let questions = self.questions.iter().map(|q| (&q.lang, format!("the question `{}`", q.id), &q.at));
        let answers = self.questions.iter().flat_map(|question| {
            question.answers.iter().map(|a| (&a.lang, format!("the answer `{}/{}`", question.id, a.id), &a.at))
        });
        let outcomes = self.outcomes.iter().map(|o| (&o.lang, format!("the outcome `{}`", o.id), &o.at));
        let panels = self.panels.iter().map(|p| (&p.lang, format!("the panel `{}`", p.id), &p.at));
        let all = questions.chain(answers).chain(outcomes).chain(panels);
        all.filter(move |(own, ..)| *own != lang && !self.is_unread).map(|(_, what, at)| (what, at))
    }
}
