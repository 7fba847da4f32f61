//! `opas review` on a terminal: one override after the other, each with the question what is to become of it.
//!
//! It is given what has drifted, and reads answers and writes questions. Each decision is saved at once, so that
//! whoever stops in the middle loses nothing; there is no answer that decides several.

use std::io::{self, BufRead, Write};

use jiff::civil::Date;

use super::{Open, Stop};
use crate::cli::Status;
use crate::cli::check::parse_date;
use crate::cli::report::count;
use crate::layer::drift::{Drift, Kind};

/// What somebody decided.
enum Decision {
    Accept(String),
    Record,
    Defer(Date),
    Skip,
    Quit,
}

/// Asks about each override; returns what came of it in one line.
pub fn hold(
    open: &mut Open,
    drifts: &[Drift],
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<String, Stop> {
    let mut decided = 0;
    for (at, drift) in drifts.iter().enumerate() {
        let is_own = drift.change.layer == open.layer;
        let asked = ask(&format!("({}/{}) {}", at + 1, drifts.len(), drift.review()), drift, is_own, input, output);
        let address = &drift.change.address;
        let failed = |error| Stop::Message(Status::Machine, format!("the terminal cannot be used: {error}"));
        match asked.map_err(failed)? {
            Decision::Accept(note) => drop(open.accept(address, &note)),
            Decision::Record => open.record(&drift.change),
            Decision::Defer(until) => drop(open.defer(address, until)),
            Decision::Skip => continue,
            Decision::Quit => break,
        }
        open.save()?;
        decided += 1;
    }
    Ok(format!("{} of {} decided", decided, count(drifts.len(), "override")))
}

/// Shows one override and asks until there is an answer that makes sense; the end of the input is none.
fn ask(
    shown: &str,
    drift: &Drift,
    is_own: bool,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<Decision> {
    writeln!(output, "{shown}")?;
    let choices = match drift.kind {
        _ if !is_own => {
            writeln!(output, "It belongs to a layer below: its own repository keeps the lock.")?;
            "[s]kip, [q]uit"
        }
        Kind::Changed | Kind::Anchor => "[a]ccept with a note, [d]efer until a day, [s]kip, [q]uit",
        Kind::New => "[r]ecord, [s]kip, [q]uit",
        Kind::Removable => "[s]kip, [q]uit",
    };
    loop {
        let Some(answer) = prompt(choices, input, output)? else { return Ok(Decision::Quit) };
        let is_offered = choices.contains(&format!("[{}]", answer.chars().take(1).collect::<String>()));
        let decision = match answer.as_str() {
            _ if !is_offered => None,
            "r" => Some(Decision::Record),
            "s" => Some(Decision::Skip),
            "q" => Some(Decision::Quit),
            "a" => match prompt("What was found", input, output)?.filter(|note| !note.is_empty()) {
                Some(note) => Some(Decision::Accept(note)),
                None => say(output, "Nothing is accepted without a note.")?,
            },
            "d" => match prompt("Until, such as 2027-03-01", input, output)?.map(|day| parse_date(&day)) {
                Some(Ok(day)) => Some(Decision::Defer(day)),
                _ => say(output, "That is not a day; write year-month-day.")?,
            },
            _ => None,
        };
        if let Some(decision) = decision {
            return Ok(decision);
        }
    }
}

fn say(output: &mut impl Write, text: &str) -> io::Result<Option<Decision>> {
    writeln!(output, "{text}")?;
    Ok(None)
}

/// Asks for a line; none at the end of the input.
fn prompt(question: &str, input: &mut impl BufRead, output: &mut impl Write) -> io::Result<Option<String>> {
    write!(output, "{question}: ")?;
    output.flush()?;
    let mut line = String::new();
    let read = input.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}
