//! What the walks exercise: answers, edges (every row, the `else` too) and outcomes.
//!
//! It is given a sound flow and its walks and counts source cases and practice cases apart. For what no walk
//! exercises there is a sample path, which a writer can make a case of.

use super::graph::{Given, Graph};
use super::model::Flow;
use super::states::States;
use super::walk::{Walk, follow};

/// How many walks exercise something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Those of source cases.
    pub source: usize,
    /// Those of practice cases.
    pub practice: usize,
}

impl Count {
    fn add(&mut self, practice: bool) {
        if practice {
            self.practice += 1;
        } else {
            self.source += 1;
        }
    }

    /// Returns whether no walk exercises it.
    pub fn is_none(self) -> bool {
        self.source + self.practice == 0
    }
}

/// A row by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The number of the question.
    pub question: usize,
    /// The number of the answer.
    pub answer: usize,
    /// The number of the row.
    pub row: usize,
}

/// What the walks exercise.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Every row, in the order of the questions.
    pub edges: Vec<(Edge, Count)>,
    /// Every outcome, in the author's order.
    pub outcomes: Vec<Count>,
    /// Every answer, by question and answer.
    pub answers: Vec<Vec<Count>>,
    /// How many walks there are.
    pub walks: Count,
}

impl Coverage {
    /// Follows all walks; those that are at fault exercise what they reach.
    pub fn new<'w>(flow: &Flow, graph: &Graph, walks: impl IntoIterator<Item = (&'w Walk, bool)>) -> Self {
        let mut coverage = Coverage::default();
        for (question, asked) in flow.questions.iter().enumerate() {
            coverage.answers.push(vec![Count::default(); asked.answers.len()]);
            for (answer, given) in asked.answers.iter().enumerate() {
                let rows = (0..given.next.len()).map(|row| (Edge { question, answer, row }, Count::default()));
                coverage.edges.extend(rows);
            }
        }
        coverage.outcomes = vec![Count::default(); flow.outcomes.len()];
        for (walk, practice) in walks {
            coverage.walks.add(practice);
            let path = walk.path.iter().map(|(question, answer)| (&**question, &**answer));
            coverage.add(graph, &follow(flow, graph, path), practice);
        }
        coverage
    }

    fn add(&mut self, graph: &Graph, trace: &super::walk::Trace, practice: bool) {
        for step in &trace.taken {
            let edge = Edge { question: step.question, answer: step.answer, row: step.row };
            if let Ok(at) = self.edges.binary_search_by_key(&edge, |(edge, _)| *edge) {
                self.edges[at].1.add(practice);
            }
            self.answers[step.question][step.answer].add(practice);
        }
        if let Some(outcome) = graph.outcome(trace.node) {
            self.outcomes[outcome].add(practice);
        }
    }

    /// Returns the rows that no walk exercises.
    pub fn uncovered(&self) -> impl Iterator<Item = Edge> {
        self.edges.iter().filter(|(_, count)| count.is_none()).map(|(edge, _)| *edge)
    }

    /// Returns the exercised part of the rows in per cent; a flow without rows has all exercised.
    pub fn percent(&self) -> f64 {
        percent(self.edges.len() - self.uncovered().count(), self.edges.len())
    }
}

/// Returns a part in per cent, with one decimal, rounded down so that only the whole is 100.
pub fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 100.0;
    }
    let tenths = u32::try_from(part * 1000 / whole).unwrap_or(u32::MAX);
    f64::from(tenths) / 10.0
}

/// Returns a path from the start over a row to an outcome, by number; none where nothing reaches the row.
pub fn sample(states: &States, edge: Edge) -> Option<Given> {
    let uses = |state: &usize| {
        let is_there = states.list[*state].node == edge.question;
        is_there && states.steps[*state].get(edge.answer).is_some_and(|step| step.row == edge.row)
    };
    let state = (0..states.list.len()).find(uses)?;
    let mut way = states.way_to(state);
    way.push((edge.question, edge.answer));
    way.extend(states.way_on(states.steps[state][edge.answer].to));
    Some(way)
}

/// Writes a path as in a walk: `{tarve: laite, laite: ei}`.
pub fn written(flow: &Flow, path: &Given) -> String {
    let pair = |(question, answer): &(usize, usize)| {
        let question = &flow.questions[*question];
        format!("{}: {}", question.id, question.answers[*answer].id)
    };
    format!("{{{}}}", path.iter().map(pair).collect::<Vec<_>>().join(", "))
}
