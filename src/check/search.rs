//! Whether readers find what they look for: the list of queries that `[check] search` in `book.toml` names.
//!
//! It is given a sound book and returns what is wrong with the list, or how far its score is below what is asked for. Only
//! `build` and `check` ask; the preview does not, as every save would wait for it.

use crate::book::Book;
use crate::config::{BASE, Config, SearchCheck};
use crate::diagnostic::{Code, Diagnostic};
use crate::search::eval::{self, Case, NONSENSE, Scores};
use crate::search::{Index, Searcher};

/// How many queries that miss are named.
const NAMED: usize = 3;

/// The list, read once for all editions.
pub struct Queries<'c> {
    wanted: &'c SearchCheck,
    cases: Vec<Case>,
    faults: Vec<Diagnostic>,
}

impl<'c> Queries<'c> {
    /// Reads the list; none where the settings name none.
    pub fn read(config: &'c Config) -> Option<Self> {
        let wanted = config.search_check.as_ref()?;
        let mut faults = Vec::new();
        let cases = eval::read(&wanted.list, &mut faults);
        Some(Queries { wanted, cases, faults })
    }

    /// Asks every query in the source language of an edition.
    ///
    /// Queries for pages that the edition has hidden are not asked.
    pub fn score(&self, book: &Book) -> Vec<Diagnostic> {
        let mut out = self.faults.clone();
        let Some(index) = book.search().index(book.config.source_lang()) else { return out };
        // What should find nothing does not count here.
        let is_asked = |case: &&Case| {
            case.kind != NONSENSE && (book.edition == BASE || case.pages.iter().any(|page| is_there(index, page)))
        };
        let cases: Vec<&Case> = self.cases.iter().filter(is_asked).collect();
        if book.edition == BASE {
            out.extend(cases.iter().flat_map(|case| unknown_pages(index, case)));
        }
        out.extend(shortfall(self.wanted, &eval::score(&Searcher::new(index), index, &cases)));
        out
    }
}

/// Reports pages and sections that a query should find and that are not there.
pub fn unknown_pages(index: &Index, case: &Case) -> Vec<Diagnostic> {
    let missing = case.pages.iter().filter(|page| !is_there(index, page));
    let fault = |page: &String| {
        let message = format!("there is no page or section `{page}` for “{}” to find", case.query);
        let fault = Diagnostic::new(Code::E021, message).at(case.place.clone());
        let known = index.groups.iter().map(|group| group.page.as_str());
        fault.help("name a page of the book").suggest(page, known)
    };
    missing.map(fault).collect()
}

/// Says how far a score is below what is asked for, if it is.
fn shortfall(wanted: &SearchCheck, scores: &Scores) -> Option<Diagnostic> {
    if scores.all.share(scores.all.three) >= usize::from(wanted.hit3) * 10 {
        return None;
    }
    let message = format!(
        "{} of {} queries of `{}` find their page among the first three results, and book.toml asks for {} %",
        scores.all.three, scores.all.queries, wanted.list.path, wanted.hit3
    );
    let missed = &scores.missed;
    let named: Vec<String> = missed.iter().take(NAMED).map(|(case, _)| format!("“{}”", case.query)).collect();
    let more = if missed.len() > NAMED { format!(" and {} more", missed.len() - NAMED) } else { String::new() };
    let help = format!(
        "give pages `search-words`, or terms `synonyms`, for {}{more}; `opas search --eval {}` lists all",
        named.join(", "),
        wanted.list.path
    );
    Some(Diagnostic::new(Code::E064, message).at(wanted.place.clone()).help(help))
}

/// Returns whether a page is there, or its section: `page` or `page#section`.
fn is_there(index: &Index, address: &str) -> bool {
    let (page, section) = address.split_once('#').map_or((address, None), |(page, section)| (page, Some(section)));
    // The pages are in order.
    let found = index.groups.binary_search_by(|group| group.page.as_str().cmp(page));
    found.is_ok_and(|at| index.groups[at].documents.iter().any(|document| document.section.as_deref() == section))
}
