//! `opas build`: make the site and publish it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::report::{self, Report, count};
use super::{Common, Deny, Status};
use crate::book::Options;
use crate::diagnostic::json::Finished;
use crate::site::Progress;
use crate::{pipeline, publish, source};

/// Arguments of `opas build`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas build\n  opas build --out /srv/www/handbook --deny warnings\n  \
                        opas build --book ../handbook --drafts --message-format json")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The folder that the site goes to [default: `public` in the book's folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Build drafts too
    #[arg(long)]
    drafts: bool,
    /// Let warnings fail the build; nothing is published then
    #[arg(long, value_name = "WHAT", value_enum)]
    deny: Option<Deny>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let common = &arguments.common;
    let report = Report::new(common);
    let out = arguments.out.clone().unwrap_or_else(|| common.book.join("public"));
    if let Err(error) = publish::check_folder(&out, &common.book) {
        report.failure(&error.to_string());
        return Status::Usage;
    }
    let options = Options { drafts: arguments.drafts };
    let (source, found) = source::read(&common.book);
    report.stage("files read");
    let index = out.join("index.html");
    let closing = |finished: &Finished| {
        format!(
            "{}: {}, {} written, {} unchanged ({:.2} s)",
            index.display(),
            count(finished.pages, "page"),
            count(finished.files_written, "file"),
            finished.files_unchanged,
            finished.seconds,
        )
    };
    // A site that was made from the very same files without a warning needs no second look.
    let inputs = pipeline::inputs(&source, options);
    let is_current = |manifest: &publish::Manifest| manifest.inputs == inputs && manifest.warnings == 0;
    if found.is_empty()
        && let Some(manifest) = publish::current(&out).filter(is_current)
    {
        let finished = Finished {
            pages: manifest.pages,
            editions: 1,
            files_unchanged: manifest.files.len(),
            ..Finished::default()
        };
        report.finish(finished, closing);
        return Status::Done;
    }
    let progress = Arc::new(Progress::default());
    let watch = report.watch(&progress);
    let outcome = pipeline::build(&source, found, options, &progress);
    drop(watch);
    report.stage("site made");
    report.diagnostics(&outcome.diagnostics);
    let mut finished = Finished { pages: outcome.pages, ..Finished::default() };
    finished.count(&outcome.diagnostics);
    let status = report::status(&outcome.diagnostics, outcome.is_misconfigured, arguments.deny.is_some());
    let (Status::Done, Some((site, manifest))) = (status, &outcome.site) else {
        report.finish(finished, |finished| format!("nothing was published: {}", faults(finished)));
        return status;
    };
    match publish::publish(site, manifest, &out) {
        Ok(published) => {
            report.stage("site published");
            finished.editions = 1;
            finished.files_written = published.written;
            finished.files_unchanged = published.unchanged;
            report.finish(finished, closing);
            Status::Done
        }
        Err(error) => {
            report.failure(&error.to_string());
            match error {
                publish::Error::Io { .. } => Status::Machine,
                publish::Error::Foreign(_) | publish::Error::Sources(_) => Status::Usage,
            }
        }
    }
}

/// Says how many errors and warnings there were.
pub fn faults(finished: &Finished) -> String {
    format!("{}, {}", count(finished.errors, "error"), count(finished.warnings, "warning"))
}
