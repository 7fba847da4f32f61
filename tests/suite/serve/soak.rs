//! A day's work in one sitting: memory does not grow with the number of rounds.

use std::fs;

use opas::book::Options;
use opas::diagnostic::has_errors;
use opas::incremental::{Outcome, Workshop};
use opas::source::Changed;

use crate::support::{Book, page};

const ROUNDS: usize = 2000;

/// After so many rounds everything has its size.
const WARM: usize = 400;

/// The memory that this process holds, in kilobytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

/// Alone in its process, or the memory of other tests would be counted, too.
#[test]
#[ignore = "takes a minute, and must run alone: cargo test --test suite serve::soak -- --ignored"]
fn memory_does_not_grow_over_two_thousand_rounds() {
    let book = Book::new();
    for number in 0..20 {
        book.write(format!("content/fi/osa/s{number}.md"), page(&format!("Sivu {number}"), "Teksti."));
    }
    let mut workshop = Workshop::new(book.root(), Options::default());
    let mut shown = std::collections::BTreeMap::new();
    let (mut made, mut warm) = (0, 0);
    for round in 0..ROUNDS {
        // Texts and titles change, links break and are mended, pages come and go; no round is like the one before.
        let path = format!("content/fi/osa/s{}.md", round / 5 % 20);
        let text = match round % 5 {
            0 => Some(page("Sivu", &format!("Teksti {round}."))),
            1 => Some(page(&format!("Otsikko {round}"), "## Kohta {#kohta}\n\n[a](#kohta)")),
            2 => Some(page("Sivu", &format!("[ei](puuttuu-{round}.md)"))),
            3 => None,
            _ => Some(page("Taas", &format!("Teksti {round}."))),
        };
        match text {
            Some(text) => book.write(&path, text),
            None => book.remove(&path),
        };
        let paths = vec![std::path::absolute(book.path(&path)).unwrap()];
        if let Some(round) = workshop.round(&Changed::Paths(paths), |found| !has_errors(found))
            && let Outcome::Made(site) = round.result
        {
            made += 1;
            for path in &site.removed {
                shown.remove(&**path);
            }
            shown.extend(site.outputs.into_iter().map(|output| (output.path.clone(), output)));
        }
        if round == WARM {
            warm = resident();
        }
    }
    let end = resident();
    println!("{made} sites, {warm} kB after {WARM} rounds, {end} kB after {ROUNDS}");
    assert!(made > ROUNDS / 5, "{made} of {ROUNDS} rounds made a site");
    assert!(end < warm + warm / 10, "{warm} kB after {WARM} rounds, {end} kB after {ROUNDS}");
}
