//! `opas build`: make the site and publish it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::editions::{Opened, Plan};
use super::report::{self, Report, count};
use super::rounds::{self, Rounds};
use super::{Common, Deny, Status, in_book};
use crate::book::Options;
use crate::check;
use crate::diagnostic::json::{self, Finished};
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::incremental::Outcome;
use crate::pipeline::{Base, Prepared};
use crate::publish::{self, Folder, Live, Manifest, Published, Shelf};
use crate::render;
use crate::serve::Watch;
use crate::site::Site;

/// Arguments of `opas build`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas build\n  opas build --out /srv/www/handbook --deny warnings\n  \
                        opas build --edition esimerkkikunta\n  \
                        opas build --all --shard 1/3\n  \
                        opas build --book ../handbook --drafts --message-format json")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The folder that the site goes to [default: `public` in the book's folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Build every edition, each to a folder of its own, with a page that lists them
    #[arg(long, conflicts_with_all = ["edition", "layer"])]
    all: bool,
    /// Of several editions, build only the I-th of N parts
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Shard>,
    /// Build drafts too
    #[arg(long)]
    drafts: bool,
    /// Let warnings fail the build; nothing is published then
    #[arg(long, value_name = "WHAT", value_enum)]
    deny: Option<Deny>,
    /// Build again whenever the book changes, until Ctrl+C
    #[arg(long, conflicts_with_all = ["all", "shard"])]
    watch: bool,
    /// With --watch: look for changes again and again, where the system does not tell of them (network drives)
    #[arg(long, requires = "watch")]
    poll: bool,
}

/// One of several equal parts of the editions.
#[derive(Debug, Clone, Copy)]
struct Shard {
    /// Its number, from 0.
    part: usize,
    parts: usize,
}

/// Reads `I/N`.
fn shard(text: &str) -> Result<Shard, String> {
    let read = || {
        let (part, parts) = text.split_once('/')?;
        let (part, parts): (usize, usize) = (part.parse().ok()?, parts.parse().ok()?);
        (part >= 1 && part <= parts).then(|| Shard { part: part - 1, parts })
    };
    read().ok_or_else(|| "write the part and how many there are, such as 1/3".to_owned())
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    if arguments.watch {
        return watch(arguments);
    }
    let report = Report::new(&arguments.common);
    let mut build = Build { arguments, report: &report, finished: Finished::default(), said: HashSet::new() };
    let (status, closing) = match build.run() {
        Ok(out) => (Status::Done, Some(out)),
        Err(status) => (status, None),
    };
    let Build { finished, .. } = build;
    report.finish(finished, |finished| match closing {
        Some(out) => summary(&out, finished),
        // The previous site stays.
        None => format!("nothing was published: {}", report::faults(finished)),
    });
    status
}

/// Builds again and again, file by file, until Ctrl+C.
fn watch(arguments: &Arguments) -> Status {
    let report = Report::new(&arguments.common);
    let mut build = Build { arguments, report: &report, finished: Finished::default(), said: HashSet::new() };
    let opened = Opened::new(&arguments.common, false).map_err(|faults| build.refuse(&faults, Status::Usage));
    let kept = match opened {
        Ok(opened) if opened.plans.len() > 1 => {
            report.failure("--watch builds one edition: name one with --edition");
            return Status::Usage;
        }
        Ok(opened) => opened.keep(),
        Err(status) => return status,
    };
    let out = arguments.out.clone().unwrap_or_else(|| in_book(&kept.home, "public"));
    let mut sources = std::iter::once(&kept.root).chain(&kept.layers);
    if let Err(error) = sources.try_for_each(|root| publish::check_folder(&out, root)) {
        return build.fail(&error);
    }
    let watch = Watch::new(&kept.root, &kept.layers, arguments.poll);
    let stopper = watch.stopper();
    let (common, deny_warnings) = (arguments.common.clone(), arguments.deny.is_some());
    let options = Options { drafts: arguments.drafts };
    let work = move || {
        let mut live = Live::new(&out)?;
        let rounds = Rounds { deny_warnings, unchanged: "the site stays as it was", names: Vec::new() };
        rounds.run(&Report::new(&common), watch, kept.workshops(options), |_, round| match &round.result {
            Outcome::Made(made) => live.update(&made.about, &made.outputs, &made.removed),
            Outcome::Broken | Outcome::Unreadable => Ok(Published::default()),
        })
    };
    match rounds::beside(work, &stopper, rounds::stopped()) {
        Ok(Some(Err(error))) => build.fail(&error),
        Ok(_) => Status::Done,
        Err(error) => {
            report.failure(&format!("the book cannot be watched: {error}"));
            Status::Machine
        }
    }
}

/// A run, with what it has come to.
struct Build<'a> {
    arguments: &'a Arguments,
    report: &'a Report,
    finished: Finished,
    /// What has been reported: editions have most of their diagnostics in common.
    said: HashSet<String>,
}

impl Build<'_> {
    /// Builds the editions; returns the folder that they went to.
    fn run(&mut self) -> Result<PathBuf, Status> {
        let all = self.arguments.all;
        let opened = Opened::new(&self.arguments.common, all).map_err(|faults| self.refuse(&faults, Status::Usage))?;
        let out = self.arguments.out.clone().unwrap_or_else(|| in_book(&opened.home, "public"));
        self.report.stage("files read");
        let base =
            Base::read(&opened.source, opened.found.clone()).map_err(|faults| self.refuse(&faults, Status::Usage))?;
        match opened.plans.as_slice() {
            [plan] if !all && self.arguments.shard.is_none() => self.edition(&opened, &base, plan, &out)?,
            plans => self.editions(&opened, &base, plans, &out)?,
        }
        // The process ends here; giving every page's memory back one by one would only take time.
        std::mem::forget((base, opened));
        Ok(out)
    }

    /// Builds several editions, one after another, each into a folder of its own, and the page that lists them.
    ///
    /// An edition with errors keeps none of the others from being built; the list is written when all are good.
    fn editions(&mut self, opened: &Opened, base: &Base, plans: &[Plan], out: &Path) -> Result<(), Status> {
        let shelf = publish::check_folder(out, &opened.root).and_then(|()| Shelf::look(out));
        let shelf = shelf.map_err(|error| self.fail(&error))?;
        let mut worst = Status::Done;
        let shard = self.arguments.shard.unwrap_or(Shard { part: 0, parts: 1 });
        for plan in plans.iter().skip(shard.part).step_by(shard.parts) {
            if let Err(status) = self.edition(opened, base, plan, &out.join(&plan.name)) {
                self.report.failure(&format!("the edition `{}` was not published", plan.name));
                worst = if status as u8 > worst as u8 { status } else { worst };
            }
        }
        if worst != Status::Done {
            return Err(worst);
        }
        let listed: Vec<_> = plans.iter().map(|plan| plan.listed(&base.ground.config)).collect();
        let page = render::editions::page(&base.theme, &base.ground.config, &listed);
        let page = page.map_err(|fault| self.refuse(&[*fault], Status::Content))?;
        let is_new = shelf.publish(&page).map_err(|error| self.fail(&error))?;
        self.finished.files_written += usize::from(is_new);
        self.finished.files_unchanged += usize::from(!is_new);
        Ok(())
    }

    /// Builds one edition into a folder.
    fn edition(&mut self, opened: &Opened, base: &Base, plan: &Plan, out: &Path) -> Result<(), Status> {
        let mut sources = std::iter::once(&*opened.root).chain(plan.folders());
        let looked = sources.try_for_each(|root| publish::check_folder(out, root));
        let folder = looked.and_then(|()| Folder::look(out)).map_err(|error| self.fail(&error))?;
        let options = Options { drafts: self.arguments.drafts };
        let (stack, found) = plan.stack(&base.ground.config).map_err(|faults| self.refuse(&faults, Status::Usage))?;
        let inputs = base.inputs(&stack, options);
        // A site that was made from the very same files without a warning needs no second look.
        let is_same = |manifest: &&Manifest| manifest.about.inputs == inputs && manifest.about.warnings == 0;
        if found.is_empty()
            && opened.found.is_empty()
            && let Some(manifest) = folder.whole().filter(is_same)
        {
            folder.clean_up();
            self.finished.pages += manifest.about.pages;
            self.finished.files_unchanged += manifest.files.len();
            self.finished.editions += 1;
            return Ok(());
        }
        let prepared = base.edition(&stack, found, options);
        self.report.stage("book read");
        self.finished.pages += prepared.pages();
        let status = report::status(&prepared.diagnostics, self.arguments.deny.is_some());
        if status != Status::Done {
            return Err(self.refuse(&prepared.diagnostics, status));
        }
        self.say(&prepared.diagnostics);
        prepared.book.search();
        self.report.stage("index made");
        let found = check::search::score(&prepared.book);
        if diagnostic::has_errors(&found) {
            return Err(self.refuse(&found, Status::Content));
        }
        self.publish(&prepared, inputs, &folder)
    }

    /// Makes the site and publishes it.
    fn publish(&mut self, prepared: &Prepared, inputs: Digest, folder: &Folder) -> Result<(), Status> {
        let site = Site::new(&prepared.book, &prepared.theme);
        let progress = self.report.progress(site.plan.len());
        let result = folder.publish(&site, &prepared.about(inputs), || progress.advance());
        drop(progress);
        match result {
            Ok(published) => {
                self.report.stage("site published");
                self.finished.editions += 1;
                self.finished.files_written += published.written;
                self.finished.files_unchanged += published.unchanged;
                Ok(())
            }
            Err(publish::Error::Content(mut faults)) => {
                diagnostic::sort(&mut faults);
                Err(self.refuse(&faults, Status::Content))
            }
            Err(error) => Err(self.fail(&error)),
        }
    }

    /// Reports that the output folder cannot be used or written.
    fn fail(&mut self, error: &publish::Error) -> Status {
        self.report.failure(&error.to_string());
        self.finished.errors += 1;
        match error {
            publish::Error::Io { .. } | publish::Error::Changed(_) => Status::Machine,
            _ => Status::Usage,
        }
    }

    /// Reports why nothing is published.
    fn refuse(&mut self, faults: &[Diagnostic], status: Status) -> Status {
        self.say(faults);
        status
    }

    /// Reports diagnostics, each once.
    fn say(&mut self, found: &[Diagnostic]) {
        let is_new = |diagnostic: &&Diagnostic| self.said.insert(json::render(diagnostic));
        let found: Vec<Diagnostic> = found.iter().filter(is_new).cloned().collect();
        self.report.diagnostics(&found);
        self.finished.count(&found);
    }
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
