//! Whether readers find what they look for: the list of queries that `[check] search` in `book.toml` names.
//!
//! It is given a sound book and returns what is wrong with the list, or how far its score is below what is asked for. Only
//! `build` and `check` ask; the preview does not, as every save would wait for it.

use crate::book::Book;
use crate::config::BASE;
use crate::diagnostic::{Code, Diagnostic};
use crate::search::eval::{self, Case, NONSENSE};
use crate::search::{Index, Searcher};

/// How many queries that miss are named.
const NAMED: usize = 3;

/// Asks every query of the list, in the source language; nothing where the book has none.
///
/// Queries for pages that an edition has hidden are not asked there.
pub fn score(book: &Book) -> Vec<Diagnostic> {
    let Some(wanted) = &book.config.search_check else { return Vec::new() };
    let mut out = Vec::new();
    let mut cases = eval::read(&wanted.list, &mut out);
    let Some(index) = book.search().index(book.config.source_lang()) else { return out };
    if book.edition != BASE {
        cases.retain(|case| case.kind == NONSENSE || case.pages.iter().any(|page| is_there(index, page)));
    }
    let scores = eval::score(&Searcher::new(index), index, &cases);
    if scores.all.share(scores.all.three) < usize::from(wanted.hit3) * 10 {
        let message = format!(
            "{} of {} queries of `{}` find their page among the first three results, and book.toml asks for {} %",
            scores.all.three, scores.all.queries, wanted.list.path, wanted.hit3
        );
        let missed: Vec<&Case> =
            scores.missed.iter().map(|(case, _)| case).filter(|case| case.kind != NONSENSE).collect();
        let named: Vec<String> = missed.iter().take(NAMED).map(|case| format!("“{}”", case.query)).collect();
        let more = if missed.len() > NAMED { format!(" and {} more", missed.len() - NAMED) } else { String::new() };
        let help = format!(
            "give pages `search-words`, or terms `synonyms`, for {}{more}; `opas search --eval {}` lists all",
            named.join(", "),
            wanted.list.path
        );
        out.push(Diagnostic::new(Code::E064, message).at(wanted.place.clone()).help(help));
    }
    out
}

fn is_there(index: &Index, page: &str) -> bool {
    let page = page.split('#').next().unwrap_or_default();
    index.groups.iter().any(|group| group.page == page)
}
