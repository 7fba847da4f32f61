//! `opas build`: make the site and publish it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::report::{self, Report, count};
use super::{Common, Deny, Status, in_book};
use crate::book::Options;
use crate::diagnostic::json::Finished;
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::pipeline::{self, Prepared};
use crate::publish::{self, Folder, Manifest};
use crate::site::Site;
use crate::source;

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
    let out = arguments.out.clone().unwrap_or_else(|| in_book(&common.book, "public"));
    let looked = publish::check_folder(&out, &common.book).and_then(|()| Folder::look(&out));
    let folder = match looked {
        Ok(folder) => folder,
        Err(error) => return fail(&report, Finished::default(), &error),
    };
    let options = Options { drafts: arguments.drafts };
    let (source, found) = source::read(&common.book);
    report.stage("files read");
    let inputs = pipeline::inputs(&source, options);
    // A site that was made from the very same files without a warning needs no second look.
    let is_same = |manifest: &&Manifest| manifest.about.inputs == inputs && manifest.about.warnings == 0;
    if found.is_empty()
        && let Some(manifest) = folder.whole().filter(is_same)
    {
        let files_unchanged = manifest.files.len();
        let finished = Finished { pages: manifest.about.pages, editions: 1, files_unchanged, ..Finished::default() };
        report.finish(finished, |finished| summary(&out, finished));
        return Status::Done;
    }
    let prepared = match pipeline::prepare(&source, found, options) {
        Ok(prepared) => prepared,
        Err(faults) => return refuse(&report, Finished::default(), &faults, Status::Usage),
    };
    report.stage("book read");
    let finished = Finished { pages: prepared.pages(), ..Finished::default() };
    let status = report::status(&prepared.diagnostics, arguments.deny.is_some());
    if status != Status::Done {
        return refuse(&report, finished, &prepared.diagnostics, status);
    }
    report.diagnostics(&prepared.diagnostics);
    let status = publish(&report, &prepared, inputs, &folder, finished, |finished| summary(&out, finished));
    // The process ends here; giving every page's memory back one by one would only take time.
    std::mem::forget((prepared, source));
    status
}

/// Makes the site and publishes it; `closing` is the last line of a run that did.
fn publish(
    report: &Report,
    prepared: &Prepared,
    inputs: Digest,
    folder: &Folder,
    mut finished: Finished,
    closing: impl Fn(&Finished) -> String,
) -> Status {
    let site = Site::new(&prepared.book, &prepared.theme);
    let progress = report.progress(site.plan.len());
    let result = folder.publish(&site, &prepared.about(inputs), || progress.advance());
    drop(progress);
    match result {
        Ok(published) => {
            report.stage("site published");
            finished.count(&prepared.diagnostics);
            finished.editions = 1;
            finished.files_written = published.written;
            finished.files_unchanged = published.unchanged;
            report.finish(finished, closing);
            Status::Done
        }
        Err(publish::Error::Content(mut faults)) => {
            diagnostic::sort(&mut faults);
            finished.count(&prepared.diagnostics);
            refuse(report, finished, &faults, Status::Content)
        }
        Err(error) => {
            finished.count(&prepared.diagnostics);
            fail(report, finished, &error)
        }
    }
}

/// Reports that the output folder cannot be used or written.
fn fail(report: &Report, mut finished: Finished, error: &publish::Error) -> Status {
    report.failure(&error.to_string());
    finished.errors += 1;
    report.finish(finished, not_published);
    match error {
        publish::Error::Io { .. } | publish::Error::Changed(_) => Status::Machine,
        _ => Status::Usage,
    }
}

/// Reports why nothing is published, and ends the run.
fn refuse(report: &Report, mut finished: Finished, faults: &[Diagnostic], status: Status) -> Status {
    report.diagnostics(faults);
    finished.count(faults);
    report.finish(finished, not_published);
    status
}

/// Says that the previous site stays.
fn not_published(finished: &Finished) -> String {
    format!("nothing was published: {}", report::faults(finished))
}

/// Says where the site is and what was done.
fn summary(out: &Path, finished: &Finished) -> String {
    format!(
        "{}: {}, {} written, {} unchanged ({:.2} s)",
        out.join("index.html").display(),
        count(finished.pages, "page"),
        count(finished.files_written, "file"),
        finished.files_unchanged,
        finished.seconds,
    )
}
