//! What changed in a flow between two versions of a book.
//!
//! It is given both versions and returns the walks that end elsewhere, the states that are new or gone, those whose
//! answers lead elsewhere, and the outcomes that say something else.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Checked;
use super::model::{Flow, Outcome};
use super::walk::{Walk, follow};
use crate::document::text;

/// A change, named by what it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What kind of thing changed: `flow`, `walk`, `state` or `outcome`.
    pub what: &'static str,
    /// The flow.
    pub flow: String,
    /// Which one: a page with the number of the walk, a state's name with the answer, an outcome's id.
    pub at: String,
    /// What it was; none where it is new.
    pub old: Option<String>,
    /// What it is now; none where it is gone.
    pub new: Option<String>,
}

/// A walk with the page that it stands on.
pub type Recorded<'a> = (&'a str, &'a Walk);

/// Lists what changed in one flow; the walks are those of the new version, followed in both.
pub fn changes<'a>(old: &Checked, new: &Checked, walks: impl IntoIterator<Item = Recorded<'a>>) -> Vec<Change> {
    let mut out = Vec::new();
    for (page, walk) in walks {
        let at = format!("{page} ({})", walk.number + 1);
        note(&mut out, "walk", new, at, end(old, walk), end(new, walk));
    }
    let (mut before, after) = (leads(old), leads(new));
    for (key, now) in after {
        let was = before.remove(&key);
        note(&mut out, "state", new, key, was, Some(now));
    }
    for (key, was) in before {
        note(&mut out, "state", new, key, Some(was), None);
    }
    for outcome in &new.flow.outcomes {
        let Some(was) = old.flow.outcome(&outcome.id).filter(|was| says(was) != says(outcome)) else { continue };
        // Where the titles are alike, the text differs: both are shown, so that the change is seen.
        let (was, now) = if was.title == outcome.title {
            (says(was), says(outcome))
        } else {
            (was.title.clone(), outcome.title.clone())
        };
        note(&mut out, "outcome", new, outcome.id.to_string(), Some(was), Some(now));
    }
    out
}

fn note(
    out: &mut Vec<Change>,
    what: &'static str,
    flow: &Checked,
    at: String,
    old: Option<String>,
    new: Option<String>,
) {
    if old != new {
        out.push(Change { what, flow: flow.flow.id.to_string(), at, old, new });
    }
}

/// Returns where a walk ends, or where it stops.
fn end(checked: &Checked, walk: &Walk) -> Option<String> {
    let graph = checked.graph.as_ref()?;
    let path = walk.path.iter().map(|(question, answer)| (&**question, &**answer));
    let trace = follow(&checked.flow, graph, path);
    let name = checked.flow.node_ids().nth(trace.node).unwrap_or_default();
    let ends = trace.stopped.is_none() && graph.is_outcome(trace.node);
    Some(if ends { name.to_owned() } else { format!("stops at {name}") })
}

/// Returns the node that each answer leads to in each state.
fn leads(checked: &Checked) -> BTreeMap<String, String> {
    let Some((_, states)) = checked.sound() else { return BTreeMap::new() };
    let flow: &Flow = &checked.flow;
    let mut leads = BTreeMap::new();
    for (number, steps) in states.steps.iter().enumerate() {
        let name = states.name(flow, number);
        let node = states.list[number].node;
        for (answer, step) in steps.iter().enumerate() {
            let to = flow.node_ids().nth(states.list[step.to].node).unwrap_or_default();
            leads.insert(format!("{name}: {}", flow.questions[node].answers[answer].id), to.to_owned());
        }
    }
    leads
}

/// Returns everything that an outcome says, as one text.
fn says(outcome: &Outcome) -> String {
    let dont = outcome.dont.iter().map(|line| text::block_text(&line.blocks));
    let mut parts = vec![outcome.title.clone(), text::block_text(&outcome.body.blocks)];
    parts.extend(dont);
    parts.extend(outcome.see.iter().chain(&outcome.refer).cloned());
    parts.join("\n")
}
