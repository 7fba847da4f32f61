//! Coverage: which section says which statement.
//!
//! It is given the pages' `covers` and the statements, and returns the sections of each statement in reading
//! order. Whether a statement's key term occurs where it is said is asked in `check`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Outline, Page, PageId, Statements};
use crate::data::Part;
use crate::diagnostic::{Code, Diagnostic};

/// A place in the book that says a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The page.
    pub page: PageId,
    /// The section; none where the page as a whole says it.
    pub section: Option<String>,
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
        statements: &Statements,
        outline: &Outline,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut coverage = Coverage::default();
        for page in outline.order().iter().filter_map(|id| pages.get(id)) {
            for covers in &page.front.covers {
                for (index, id) in covers.statements.iter().enumerate() {
                    if statements.get(id).is_some() {
                        let covered = Covered { page: Arc::clone(&page.id), section: covers.section.clone() };
                        coverage.by_statement.entry(id.clone()).or_default().push(covered);
                        continue;
                    }
                    let mut path = vec!["covers".into()];
                    path.extend(covers.section.as_deref().map(Into::into));
                    path.push(index.into());
                    let place = page.place(&path, Part::Value);
                    let fault = Diagnostic::new(Code::E017, format!("there is no statement `{id}`"))
                        .help("add it to content/statements.yaml, or remove it here");
                    let known = statements.list().iter().map(|statement| statement.id.as_str());
                    out.push(fault.at(place).address(&*page.id).suggest(id, known));
                }
            }
        }
        coverage
    }

    /// Returns the places that say a statement, in reading order.
    pub fn of(&self, statement: &str) -> &[Covered] {
        self.by_statement.get(statement).map_or(&[], Vec::as_slice)
    }
}
