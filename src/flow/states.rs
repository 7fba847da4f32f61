//! The one enumeration: everything that a reader can come to.
//!
//! A state is a node together with those earlier answers that a row from there on may still ask for. Two ways that
//! differ only in answers that no longer matter come to one state. It is given a [`Graph`] and returns all states
//! from the start on, breadth first, so that the way by which a state was first reached is a shortest one.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::graph::{Given, Graph};
use super::model::Flow;
use crate::digest::Digest;

/// How many states a flow may have (contract, §7).
pub const BUDGET: usize = 10_000;

/// How long the name of a state's page may be, so that every file system takes it.
const LONGEST_NAME: usize = 180;

/// A node with the earlier answers that still matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The number of the node.
    pub node: usize,
    /// The answers that still matter, in the order of the questions.
    pub given: Given,
}

/// What an answer does in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The number of the row.
    pub row: usize,
    /// The number of the state that it leads to.
    pub to: usize,
}

/// A way that leads to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The number of the state before.
    pub state: usize,
    /// The number of the answer.
    pub answer: usize,
}

/// All reachable states.
#[derive(Debug, Default)]
pub struct States {
    /// The states, the first one first.
    pub list: Vec<State>,
    /// For each state what each of its answers does; empty for outcomes.
    pub steps: Vec<Vec<Step>>,
    /// For each state the ways to it.
    pub origins: Vec<Vec<Origin>>,
    known: OnceLock<Vec<Given>>,
}

/// Why there are no states: more than the budget.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMany {
    /// The number of the node that has the most states.
    pub node: usize,
    /// How many it has among those found.
    pub states: usize,
    /// The questions whose answers multiply there, each with the number of its answers; most first.
    pub multiply: Vec<(usize, usize)>,
}

impl States {
    /// Enumerates the states.
    ///
    /// # Errors
    /// Returns which questions multiply where there are more than [`BUDGET`].
    pub fn new(graph: &Graph) -> Result<Self, TooMany> {
        let first = State { node: graph.start, given: Vec::new() };
        let mut states = States { list: vec![first.clone()], origins: vec![Vec::new()], ..States::default() };
        let mut numbers = HashMap::from([(first, 0)]);
        let mut at = 0;
        while at < states.list.len() {
            let State { node, given } = states.list[at].clone();
            let mut steps = Vec::new();
            for answer in 0..graph.answers(node).unwrap_or_default() {
                let Some((row, to)) = graph.follow(node, answer, &given) else { continue };
                let next = State { node: to, given: still_given(&given, (node, answer), graph.live(to)) };
                let number = *numbers.entry(next).or_insert_with_key(|next| {
                    states.list.push(next.clone());
                    states.origins.push(Vec::new());
                    states.list.len() - 1
                });
                states.origins[number].push(Origin { state: at, answer });
                steps.push(Step { row, to: number });
            }
            states.steps.push(steps);
            if states.list.len() > BUDGET {
                return Err(states.explain(graph));
            }
            at += 1;
        }
        Ok(states)
    }

    /// Finds the node with the most states, and which questions make them many.
    fn explain(&self, graph: &Graph) -> TooMany {
        let mut counts = vec![0; graph.order.len()];
        self.list.iter().for_each(|state| counts[state.node] += 1);
        let node = graph.order.iter().copied().max_by_key(|node| counts[*node]).unwrap_or_default();
        let is_given = |question: &usize| {
            self.list.iter().any(|state| state.node == node && state.given.iter().any(|(known, _)| known == question))
        };
        let live = graph.live(node).iter().copied().filter(is_given);
        let mut multiply: Vec<(usize, usize)> =
            live.filter_map(|question| Some((question, graph.answers(question)?))).collect();
        multiply.sort_by_key(|(question, answers)| (std::cmp::Reverse(*answers), *question));
        TooMany { node, states: counts[node], multiply }
    }

    /// Returns the number of a state.
    pub fn find(&self, state: &State) -> Option<usize> {
        self.list.iter().position(|known| known == state)
    }

    /// Returns the numbers of the states of a node.
    pub fn of_node(&self, node: usize) -> impl Iterator<Item = usize> {
        self.list.iter().enumerate().filter(move |(_, state)| state.node == node).map(|(number, _)| number)
    }

    /// Returns a shortest way to a state: the questions with their answers.
    pub fn way_to(&self, state: usize) -> Given {
        let mut way = Vec::new();
        let mut at = state;
        // The first origin is the one by which the state was found, from a state that was found before.
        while let Some(origin) = self.origins[at].first() {
            way.push((self.list[origin.state].node, origin.answer));
            at = origin.state;
        }
        way.reverse();
        way
    }

    /// Returns a way from a state to an outcome, by the first answers.
    pub fn way_on(&self, state: usize) -> Given {
        let mut way = Vec::new();
        let mut at = state;
        while let Some(step) = self.steps[at].first() {
            way.push((self.list[at].node, 0));
            at = step.to;
        }
        way
    }

    /// Returns the answers that every way to a state gives, in the order in which they are asked.
    pub fn known(&self, graph: &Graph, state: usize) -> &Given {
        &self.known.get_or_init(|| self.all_known(graph))[state]
    }

    fn all_known(&self, graph: &Graph) -> Vec<Given> {
        let mut rank = vec![0; graph.order.len()];
        graph.order.iter().enumerate().for_each(|(at, node)| rank[*node] = at);
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        order.sort_by_key(|state| rank[self.list[*state].node]);
        let mut known: Vec<Given> = vec![Vec::new(); self.list.len()];
        for state in order {
            let mut common: Option<Given> = None;
            for origin in &self.origins[state] {
                let step = (self.list[origin.state].node, origin.answer);
                let before = &known[origin.state];
                match &mut common {
                    None => common = Some(before.iter().copied().chain([step]).collect()),
                    Some(common) => common.retain(|pair| *pair == step || before.contains(pair)),
                }
            }
            known[state] = common.unwrap_or_default();
        }
        known
    }

    /// Returns the name of a state's page: the node, and its answers where they matter, keys sorted.
    pub fn name(&self, flow: &Flow, state: usize) -> String {
        let State { node, given } = &self.list[state];
        let id = flow.node_ids().nth(*node).unwrap_or_default();
        let pair = |(question, answer): &(usize, usize)| {
            let question = &flow.questions[*question];
            format!("--{}={}", question.id, question.answers[*answer].id)
        };
        let mut pairs: Vec<String> = given.iter().map(pair).collect();
        pairs.sort();
        let full = format!("{id}{}", pairs.concat());
        if full.len() <= LONGEST_NAME {
            return full;
        }
        format!("{}--{}", &id[..id.len().min(LONGEST_NAME / 2)], Digest::of(&full).short())
    }
}

/// Adds an answer and drops those that no longer matter.
fn still_given(given: &Given, new: (usize, usize), live: &[usize]) -> Given {
    let mut kept: Given = given.iter().chain([&new]).filter(|(q, _)| live.binary_search(q).is_ok()).copied().collect();
    kept.sort_unstable();
    kept
}
