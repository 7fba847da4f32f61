//! Scoring a list of queries: does each find the page that it should?
//!
//! It is given a YAML list of `{query, kind, page}` and a searcher, and returns how many were found first, among the
//! first three, or not at all. `page` is a page, a `page#section`, or a list of those that are all right; a query of the
//! kind `nonsense` has none, and should find nothing outside the weak tier.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::rank::{Found, Searcher};
use crate::data::{Data, Node, Value};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::TextFile;

use super::Index;

/// The keys of a query.
pub const KEYS: [&str; 3] = ["query", "kind", "page"];

/// The kind of queries that nothing should answer.
pub const NONSENSE: &str = "nonsense";

/// A query with what it should find.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The query.
    pub query: String,
    /// What kind of query it is; any word.
    pub kind: String,
    /// The pages or sections that are right.
    pub pages: Vec<String>,
    /// Where the list says so.
    pub place: Place,
}

/// How queries of one kind, or all, fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// How many queries there are.
    pub queries: usize,
    /// How many had the right page first.
    pub first: usize,
    /// How many had it among the first three.
    pub three: usize,
    /// How many found nothing outside the weak tier.
    pub none: usize,
}

impl Score {
    /// Returns a share in tenths of a per cent, rounded down.
    pub fn share(self, part: usize) -> usize {
        (part * 1000).checked_div(self.queries).unwrap_or(1000)
    }
}

/// The scores of a list.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// All queries that should find something.
    pub all: Score,
    /// By kind.
    pub by_kind: BTreeMap<String, Score>,
    /// The queries that missed the first three (or, for nonsense, were answered), with what they found.
    pub missed: Vec<(Case, Vec<String>)>,
}

/// Reads a list of queries.
pub fn read(file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> Vec<Case> {
    let Some(data) = Data::of_file(file, out) else { return Vec::new() };
    let mut cases = Vec::new();
    let before = out.len();
    let items = data.node().items(out);
    if items.is_empty() && out.len() == before {
        let fault = Diagnostic::new(Code::E013, "this list has no queries").at(Place::whole(file));
        out.push(fault.help("write one at least: `- {query: …, page: …}`"));
    }
    for item in items {
        item.only(&KEYS, out);
        let query = item.required("query", out).and_then(|node| node.text(out));
        let kind = item.get("kind").and_then(|node| node.text(out)).unwrap_or("query");
        let pages = item.get("page").map(|node| pages(&node, out)).unwrap_or_default();
        if pages.is_empty() && kind != NONSENSE {
            let fault = item.fault(Code::E013, "this query does not say which `page` it should find");
            out.push(fault.help("name a page, or give the query the kind `nonsense`"));
            continue;
        }
        let place = item.get("page").map_or_else(|| item.place(), |page| page.place());
        cases.extend(query.map(|query| Case { query: query.to_owned(), kind: kind.to_owned(), pages, place }));
    }
    cases
}

fn pages(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Vec<String> {
    match node.value() {
        Value::List(_) => node.texts(out).into_iter().map(str::to_owned).collect(),
        _ => node.text(out).into_iter().map(str::to_owned).collect(),
    }
}

/// Asks every query.
pub fn score(searcher: &Searcher<'_>, index: &Index, cases: &[&Case]) -> Scores {
    let mut scores = Scores::default();
    let answers: Vec<Vec<Found>> = cases.par_iter().map(|case| searcher.search(&case.query)).collect();
    for (&case, found) in cases.iter().zip(answers) {
        let strong: Vec<&Found> = found.iter().filter(|found| !found.weak).collect();
        let is_right = |found: &Found| {
            let address = address(index, found);
            let page = &index.groups[found.group].page;
            case.pages.iter().any(|right| *right == address || right == page)
        };
        let place = found.iter().position(is_right);
        let score = Score {
            queries: 1,
            first: usize::from(place == Some(0)),
            three: usize::from(place.is_some_and(|place| place < 3)),
            none: usize::from(strong.is_empty()),
        };
        let is_missed = if case.kind == NONSENSE { score.none == 0 } else { score.three == 0 };
        if is_missed {
            let seen = found.iter().take(3).map(|found| address(index, found)).collect();
            scores.missed.push((case.clone(), seen));
        }
        add(scores.by_kind.entry(case.kind.clone()).or_default(), score);
        if case.kind != NONSENSE {
            add(&mut scores.all, score);
        }
    }
    scores
}

fn add(sum: &mut Score, score: Score) {
    sum.queries += score.queries;
    sum.first += score.first;
    sum.three += score.three;
    sum.none += score.none;
}

/// Returns the address of a document, as authors write it: `page` or `page#section`.
pub fn address(index: &Index, found: &Found) -> String {
    let group = &index.groups[found.group];
    match &group.documents[found.section].section {
        Some(section) => format!("{}#{section}", group.page),
        None => group.page.clone(),
    }
}
