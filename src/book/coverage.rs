//! Coverage: which section, outcome or panel says which statement.
//!
//! It is given the `covers` of pages and flows and the statements, and returns the places of each statement in reading
//! order. Whether a statement's key term occurs where it is said is asked in `check`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::flows::list_item;
use super::{Flows, Outline, Page, PageId, Statements};
use crate::data::Part;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::flow::FlowId;
use crate::flow::model::Id;

/// A place in the book that says a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covered {
    /// A page.
    Page {
        /// Which one.
        page: PageId,
        /// The section; none where the page as a whole says it.
        section: Option<String>,
    },
    /// An outcome of a flow.
    Outcome {
        /// The flow.
        flow: FlowId,
        /// The outcome.
        id: Id,
    },
    /// A panel of a flow.
    Panel {
        /// The flow.
        flow: FlowId,
        /// The panel.
        id: Id,
    },
}

/// The places of each statement, by its id.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    by_statement: BTreeMap<String, Vec<Covered>>,
}

impl Coverage {
    /// Collects all `covers`; reports ids that are no statements, and `covers` without `statements.yaml`.
    pub fn new(
        pages: &BTreeMap<PageId, Arc<Page>>,
        flows: &Flows,
        statements: &Statements,
        outline: &Outline,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut coverage = Coverage::default();
        for page in outline.order().iter().filter_map(|id| pages.get(id)) {
            for covers in &page.front.covers {
                let covered = Covered::Page { page: Arc::clone(&page.id), section: covers.section.clone() };
                let place = |index: usize| {
                    let mut path = vec!["covers".into()];
                    path.extend(covers.section.as_deref().map(Into::into));
                    path.push(index.into());
                    page.place(&path, Part::Value)
                };
                coverage.add(&covers.statements, &covered, statements, place, &page.id, out);
            }
        }
        for (flow, checked) in flows {
            let address = format!("flows/{flow}");
            for outcome in &checked.flow.outcomes {
                let covered = Covered::Outcome { flow: Arc::clone(flow), id: outcome.id.clone() };
                let place = |index| outcome.at.within(&list_item("covers", index), Part::Value);
                coverage.add(&outcome.covers, &covered, statements, place, &address, out);
            }
            for panel in &checked.flow.panels {
                let covered = Covered::Panel { flow: Arc::clone(flow), id: panel.id.clone() };
                let place = |index| panel.at.within(&list_item("covers", index), Part::Value);
                coverage.add(&panel.covers, &covered, statements, place, &address, out);
            }
        }
        coverage
    }

    /// Notes that a place says statements; reports ids that are none.
    fn add(
        &mut self,
        ids: &[String],
        covered: &Covered,
        statements: &Statements,
        place: impl Fn(usize) -> Place,
        address: &str,
        out: &mut Vec<Diagnostic>,
    ) {
        for (index, id) in ids.iter().enumerate() {
            if statements.get(id).is_some() {
                self.by_statement.entry(id.clone()).or_default().push(covered.clone());
                continue;
            }
            let fault = Diagnostic::new(Code::E017, format!("there is no statement `{id}`"))
                .help("add it to content/statements.yaml, or remove it here");
            let known = statements.list().iter().map(|statement| statement.id.as_str());
            out.push(fault.at(place(index)).address(address).suggest(id, known));
        }
    }

    /// Returns the places that say a statement, in reading order.
    pub fn of(&self, statement: &str) -> &[Covered] {
        self.by_statement.get(statement).map_or(&[], Vec::as_slice)
    }
}
