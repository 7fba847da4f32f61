//! `opas check`: look at everything, write nothing.

#![expect(clippy::disallowed_methods, reason = "only `check` asks for the day")]

use clap::Args;
use jiff::ZonedDateTime;
use jiff::civil::Date;

use super::editions::Opened;
use super::report::{self, Report, count};
use super::{Common, Deny, Status};
use crate::book::Options;
use crate::check::search::Queries;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::json::Finished;
use crate::pipeline::Base;
use crate::site::Site;
use crate::{check, diagnostic};

/// Arguments of `opas check`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas check\n  opas check --today 2027-06-01\n  \
                        opas check --deny warnings --message-format json")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Check drafts too
    #[arg(long)]
    drafts: bool,
    /// Let warnings fail the check
    #[arg(long, value_name = "WHAT", value_enum)]
    deny: Option<Deny>,
    /// The day that review dates are compared with [default: today]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    today: Option<Date>,
}

/// Returns the day that is given, or else today.
pub fn today(given: Option<Date>) -> Date {
    given.unwrap_or_else(|| ZonedDateTime::now().date())
}

pub fn parse_date(text: &str) -> Result<Date, String> {
    let date = text.parse().ok().filter(|_| text.len() == "2026-11-24".len());
    date.ok_or_else(|| "write it as year-month-day, such as 2026-11-24".to_owned())
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let report = Report::new(&arguments.common);
    let today = today(arguments.today);
    let mut finished = Finished::default();
    let (diagnostics, status) = match check(arguments, today, &mut finished) {
        Ok(diagnostics) => {
            let status = report::status(&diagnostics, arguments.deny.is_some());
            (diagnostics, status)
        }
        Err(faults) => (faults, Status::Usage),
    };
    report.stage("book checked");
    report.diagnostics(&diagnostics);
    finished.count(&diagnostics);
    let closing =
        |finished: &Finished| format!("{} checked: {}", count(finished.pages, "page"), report::faults(finished));
    report.finish(finished, closing);
    status
}

/// Checks the editions that are asked for; returns everything found, each thing once.
fn check(arguments: &Arguments, today: Date, finished: &mut Finished) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let opened = Opened::new(&arguments.common, false)?;
    let base = Base::read(&opened.source, opened.found.clone())?;
    let options = Options { drafts: arguments.drafts };
    let queries = Queries::read(&base.ground.config);
    let mut diagnostics = Vec::new();
    for plan in &opened.plans {
        let (stack, found) = plan.stack(&base.ground.config)?;
        let prepared = base.edition(&stack, found, options);
        finished.pages += prepared.pages();
        diagnostics.extend(check::check(&prepared.book, today));
        if !diagnostic::has_errors(&prepared.diagnostics) {
            // The files are made to see that they can be, and thrown away.
            diagnostics.extend(Site::new(&prepared.book, &prepared.theme).faults());
            diagnostics.extend(queries.iter().flat_map(|queries| queries.score(&prepared.book)));
        }
        diagnostics.extend(prepared.diagnostics);
    }
    diagnostic::sort(&mut diagnostics);
    Ok(diagnostics)
}
