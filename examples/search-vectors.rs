//! Prints what Rust finds, for the browser's tests in `search-ui/test`.
//!
//! It is given a book's folder and a language as arguments, and queries on standard input, one a line. For each it
//! prints a line of JSON: the query and its results as page, section, tier, whether they are weak, and score.

use std::io::{BufRead, Write, stdin, stdout};
use std::path::Path;

use opas::book::Options;
use opas::search::Searcher;
use opas::{pipeline, source};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a book's folder")?;
    let lang = arguments.next().ok_or("name a language")?;
    let (source, found) = source::read(Path::new(&folder));
    let prepared = pipeline::prepare(&source, found, Options::default()).map_err(|_| "the book cannot be read")?;
    let index = prepared.book.search().index(&lang).ok_or("the book has no such language")?;
    let searcher = Searcher::new(index);
    let mut out = stdout().lock();
    for query in stdin().lock().lines() {
        let query = query?;
        let found = searcher.search(&query);
        let results: Vec<_> = found
            .iter()
            .map(|found| (found.group, found.section, found.tier.name(), found.weak, found.score))
            .collect();
        writeln!(out, "{}", serde_json::to_string(&(query, results))?)?;
    }
    Ok(())
}
