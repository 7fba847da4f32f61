//! `opas check`: look at everything, write nothing.

use clap::Args;
use jiff::ZonedDateTime;
use jiff::civil::Date;

use super::build::faults;
use super::report::{self, Report, count};
use super::{Common, Deny, Status};
use crate::book::Options;
use crate::diagnostic::json::Finished;
use crate::{pipeline, source};

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

fn parse_date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write it as year-month-day, such as 2026-11-24".to_owned())
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let report = Report::new(&arguments.common);
    let (source, found) = source::read(&arguments.common.book);
    let today = arguments.today.unwrap_or_else(|| ZonedDateTime::now().date());
    let options = Options { drafts: arguments.drafts };
    let outcome = pipeline::check(&source, found, options, today);
    report.stage("book checked");
    report.diagnostics(&outcome.diagnostics);
    let mut finished = Finished { pages: outcome.pages, ..Finished::default() };
    finished.count(&outcome.diagnostics);
    report.finish(finished, |finished| format!("{} checked: {}", count(finished.pages, "page"), faults(finished)));
    report::status(&outcome.diagnostics, outcome.is_misconfigured, arguments.deny.is_some())
}
