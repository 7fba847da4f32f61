//! Prints what words may be forms of, for the oracle in `tests/oracle` and for the browser's tests.
//!
//! It is given words on standard input, one a line, and a language as its argument (`fi` by default). For each it
//! prints the word, then `PENALTY LEMMA` for each hypothesis, with tabs between.

use std::io::{BufRead, Write, stdin, stdout};

use opas::search::analyse::Analyser;

fn main() -> std::io::Result<()> {
    let lang = std::env::args().nth(1).unwrap_or_else(|| "fi".to_owned());
    let analyser = Analyser::new(&lang);
    let mut out = stdout().lock();
    for word in stdin().lock().lines() {
        let word = word?;
        write!(out, "{word}")?;
        for found in analyser.hypotheses(&word) {
            write!(out, "\t{} {}", found.penalty, found.lemma)?;
        }
        writeln!(out)?;
    }
    Ok(())
}
