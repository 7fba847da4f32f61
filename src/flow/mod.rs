//! Decision flows: questions that lead to outcomes, proved when the book is read.
//!
//! It is given `flows/<flow>.yaml` and the walks of case pages. [`model`] is what a file says, [`graph`] the same
//! by number, and [`states`] the one enumeration of everything that a reader can come to; [`check`], [`coverage`],
//! [`diff`], [`diagram`] and the static pages all ask these. [`walk`] follows recorded answers. Nothing here is
//! HTML but the drawing of a diagram, nothing touches the disk, and facts of an organisation never change an
//! enumeration: they only pass questions for a reader.

pub mod check;
pub mod coverage;
pub mod diagram;
pub mod diff;
pub mod graph;
pub mod model;
pub mod patch;
pub mod read;
pub mod states;
pub mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use coverage::Coverage;
pub use graph::Graph;
pub use model::{Answer, At, Flow, Outcome, Panel, Question, Row};
pub use read::{base_of, translation_of};
pub use states::{State, States};
pub use walk::Walk;

use crate::config::Lang;
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;

/// A flow's id: the name of its file without `.yaml`.
pub type FlowId = Arc<str>;

/// Facts of an organisation by name.
pub type Facts = BTreeMap<String, Fact>;

/// What an organisation says of itself: an answer in advance.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The id of the answer.
    pub answer: String,
    /// The layer that says so.
    pub layer: Arc<str>,
    /// Where it says so.
    pub place: Place,
}

/// A flow that was checked, with all that is derived from it.
#[derive(Debug)]
pub struct Checked {
    /// The flow in the source language.
    pub flow: Arc<Flow>,
    /// The flow with the texts of other languages; those that have a file.
    pub translations: BTreeMap<Lang, Arc<Flow>>,
    /// The flow by number; none where its structure has errors.
    pub graph: Option<Graph>,
    /// All reachable states; none where the structure has errors or there are too many.
    pub states: Option<States>,
    /// The answers that facts give in advance, by the number of the question.
    pub presets: BTreeMap<usize, usize>,
    /// The digest of the files, in all languages, and of the facts.
    pub digest: Digest,
}

impl Checked {
    /// Checks a flow and enumerates its states.
    pub fn new(flow: Flow, translations: BTreeMap<Lang, Arc<Flow>>, facts: &Facts, out: &mut Vec<Diagnostic>) -> Self {
        let (graph, states) = check::prove(&flow, out);
        let presets = graph.as_ref().map(|_| presets(&flow, facts)).unwrap_or_default();
        let digests = std::iter::once(flow.digest).chain(translations.values().map(|flow| flow.digest));
        let used = presets.iter().map(|(question, answer)| Digest::of(format!("{question}={answer}")));
        let digest = Digest::of_parts(digests.chain(used));
        Checked { flow: Arc::new(flow), translations, graph, states, presets, digest }
    }

    /// Returns the flow with the texts of a language.
    pub fn shown_in(&self, lang: &str) -> &Arc<Flow> {
        self.translations.get(lang).unwrap_or(&self.flow)
    }

    /// Returns graph and states, where the flow is sound.
    pub fn sound(&self) -> Option<(&Graph, &States)> {
        self.graph.as_ref().zip(self.states.as_ref())
    }
}

/// Finds the answers that facts give; facts that fit no answer have been reported.
fn presets(flow: &Flow, facts: &Facts) -> BTreeMap<usize, usize> {
    let of = |(at, question): (usize, &Question)| {
        let answer = &*facts.get(question.fact.as_deref()?)?.answer;
        Some((at, question.answers.iter().position(|known| *known.id == *answer)?))
    };
    flow.questions.iter().enumerate().filter_map(of).collect()
}
