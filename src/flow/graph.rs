//! A flow by number: questions first, then outcomes, with the rows of each answer and what still matters where.
//!
//! It is given a flow whose ids all name something and which has no cycle, and never looks at texts.

use std::collections::HashMap;

use super::model::{Flow, Row};

/// A row by number.
#[derive(Debug, Clone)]
pub struct Edge {
    /// What it asks of earlier answers: the question with the answers of which one must have been given.
    tests: Vec<(usize, Vec<usize>)>,
    /// The number of the node that it leads to.
    pub to: usize,
}

/// Answers that were given, by the number of the question, in its order.
pub type Given = Vec<(usize, usize)>;

/// A flow by number.
#[derive(Debug)]
pub struct Graph {
    /// By question, answer and row.
    edges: Vec<Vec<Vec<Edge>>>,
    /// For each node the questions whose answers a row from there on may ask for, in order.
    live: Vec<Vec<usize>>,
    /// All nodes, each before those that it leads to.
    pub order: Vec<usize>,
    /// The first question.
    pub start: usize,
}

/// Why there is no graph: the nodes of a cycle, from one back to itself.
pub type Cycle = Vec<usize>;

/// The numbers of nodes by id.
pub struct Numbers<'a>(HashMap<&'a str, usize>);

impl<'a> Numbers<'a> {
    /// Numbers the nodes of a flow; of two with one id the first counts.
    pub fn of(flow: &'a Flow) -> Self {
        let mut numbers = HashMap::new();
        for (number, id) in flow.node_ids().enumerate() {
            numbers.entry(id).or_insert(number);
        }
        Numbers(numbers)
    }

    /// Returns the number of a node.
    pub fn get(&self, id: &str) -> Option<usize> {
        self.0.get(id).copied()
    }
}

impl Graph {
    /// Numbers a flow. Rows that name nothing are left out: they have been reported.
    ///
    /// # Errors
    /// Returns a cycle, if there is one.
    pub fn new(flow: &Flow) -> Result<Self, Cycle> {
        let numbers = Numbers::of(flow);
        let edge = |row: &Row| {
            let test = |condition: &super::model::Condition| {
                let question = numbers.get(&condition.question)?;
                let answers = &flow.questions.get(question)?.answers;
                let number = |id: &super::model::Id| answers.iter().position(|answer| answer.id == *id);
                Some((question, condition.answers.iter().filter_map(number).collect()))
            };
            Some(Edge { tests: row.when.iter().map(test).collect::<Option<_>>()?, to: numbers.get(&row.to)? })
        };
        let edges: Vec<Vec<Vec<Edge>>> = flow
            .questions
            .iter()
            .map(|question| question.answers.iter().map(|a| a.next.iter().filter_map(edge).collect()).collect())
            .collect();
        let start = numbers.get(&flow.start.0).unwrap_or_default();
        let order = in_order(&edges, flow.questions.len() + flow.outcomes.len())?;
        let live = live(&edges, &order);
        Ok(Graph { edges, live, order, start })
    }

    /// Returns the rows of an answer.
    pub fn rows(&self, question: usize, answer: usize) -> &[Edge] {
        &self.edges[question][answer]
    }

    /// Returns the number of answers of a question; none for an outcome.
    pub fn answers(&self, node: usize) -> Option<usize> {
        self.edges.get(node).map(Vec::len)
    }

    /// Returns whether a node is an outcome.
    pub fn is_outcome(&self, node: usize) -> bool {
        node >= self.edges.len()
    }

    /// Returns the number of an outcome among the outcomes.
    pub fn outcome(&self, node: usize) -> Option<usize> {
        node.checked_sub(self.edges.len())
    }

    /// Returns the number of the node of an outcome.
    pub fn node_of_outcome(&self, outcome: usize) -> usize {
        self.edges.len() + outcome
    }

    /// Returns the earlier questions whose answers still matter at a node, in order.
    pub fn live(&self, node: usize) -> &[usize] {
        &self.live[node]
    }

    /// Finds the row that an answer takes after earlier answers, and where it leads.
    pub fn follow(&self, question: usize, answer: usize, given: &Given) -> Option<(usize, usize)> {
        let was_given = |(asked, answers): &(usize, Vec<usize>)| {
            let found = given.iter().find(|(known, _)| known == asked).map(|(_, answer)| *answer);
            let found = if *asked == question { Some(answer) } else { found };
            found.is_some_and(|answer| answers.contains(&answer))
        };
        let rows = self.rows(question, answer);
        let row = rows.iter().position(|edge| edge.tests.iter().all(was_given))?;
        Some((row, rows[row].to))
    }

    /// Lists the nodes that a node leads to, each once, in the order of its rows.
    pub fn next(&self, node: usize) -> Vec<usize> {
        successors(&self.edges, node)
    }
}

fn successors(edges: &[Vec<Vec<Edge>>], node: usize) -> Vec<usize> {
    let mut next = Vec::new();
    for edge in edges.get(node).into_iter().flatten().flatten() {
        if !next.contains(&edge.to) {
            next.push(edge.to);
        }
    }
    next
}

/// Puts all nodes in an order in which each stands before those that it leads to.
fn in_order(edges: &[Vec<Vec<Edge>>], nodes: usize) -> Result<Vec<usize>, Cycle> {
    let mut is_done = vec![false; nodes];
    let mut is_open = vec![false; nodes];
    let mut order = Vec::with_capacity(nodes);
    for first in 0..nodes {
        if is_done[first] {
            continue;
        }
        // A stack of our own: a flow may be as deep as it has questions.
        let mut stack = vec![(first, successors(edges, first), 0)];
        is_open[first] = true;
        while let Some((node, next, at)) = stack.last_mut() {
            if let Some(&to) = next.get(*at) {
                *at += 1;
                if is_open[to] {
                    let mut cycle: Vec<usize> = stack.iter().map(|(node, ..)| *node).skip_while(|n| *n != to).collect();
                    cycle.push(to);
                    return Err(cycle);
                }
                if !is_done[to] {
                    is_open[to] = true;
                    stack.push((to, successors(edges, to), 0));
                }
            } else {
                let node = *node;
                (is_open[node], is_done[node]) = (false, true);
                order.push(node);
                stack.pop();
            }
        }
    }
    order.reverse();
    Ok(order)
}

/// Finds for each node which answers a row from there on may ask for: liveness over an acyclic graph.
fn live(edges: &[Vec<Vec<Edge>>], order: &[usize]) -> Vec<Vec<usize>> {
    let mut live: Vec<Vec<bool>> = vec![Vec::new(); order.len()];
    for &node in order.iter().rev() {
        let mut here = vec![false; edges.len()];
        for edge in edges.get(node).into_iter().flatten().flatten() {
            edge.tests.iter().for_each(|(question, _)| here[*question] = true);
            for (mark, is_live) in here.iter_mut().zip(&live[edge.to]) {
                *mark |= is_live;
            }
        }
        if let Some(own) = here.get_mut(node) {
            *own = false;
        }
        live[node] = here;
    }
    let numbers = |marks: Vec<bool>| marks.iter().enumerate().filter(|(_, mark)| **mark).map(|(at, _)| at).collect();
    live.into_iter().map(numbers).collect()
}
