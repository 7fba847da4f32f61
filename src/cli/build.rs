//! `opas build`: make the site and publish it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};

use clap::Args;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::editions::{Opened, Plan};
use super::report::{self, Progress, Report, count};
use super::rounds::{self, Rounds};
use super::{Common, Deny, Status, in_book};
use crate::book::Options;
use crate::check::search::Queries;
use crate::diagnostic::json::{self, Finished};
use crate::diagnostic::{self, Diagnostic};
use crate::incremental::Outcome;
use crate::pipeline::Base;
use crate::publish::{self, Folder, Live, Manifest, Published, Shelf};
use crate::render;
use crate::serve::Watch;
use crate::site::Site;

/// How many editions are built at the same time at most: each is in memory as long.
const MOST_AT_ONCE: usize = 4;

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
        None if finished.editions == 0 => format!("nothing was published: {}", report::faults(finished)),
        None => {
            let editions = count(finished.editions, "edition");
            format!("only {editions} published: {}", report::faults(finished))
        }
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
        let is_one = opened.plans.len() == 1 && !all && self.arguments.shard.is_none();
        let bench = Bench {
            arguments: self.arguments,
            report: self.report,
            opened: &opened,
            base: &base,
            queries: Queries::read(&base.ground.config),
            is_one,
        };
        match opened.plans.as_slice() {
            [plan] if is_one => self.take(bench.build(plan, &out))?,
            plans => self.editions(&bench, plans, &out)?,
        }
        // The process ends here; giving every page's memory back one by one would only take time.
        std::mem::forget((base, opened));
        Ok(out)
    }

    /// Builds several editions, a few at a time, each into a folder of its own, and the page that lists them.
    ///
    /// An edition with errors keeps none of the others from being built; the list is written when all are good. They are
    /// reported in their order.
    fn editions(&mut self, bench: &Bench<'_>, plans: &[Plan], out: &Path) -> Result<(), Status> {
        let shelf = publish::check_folder(out, &bench.opened.root).and_then(|()| Shelf::look(out));
        let shelf = shelf.map_err(|error| self.fail(&error))?;
        let shard = self.arguments.shard.unwrap_or(Shard { part: 0, parts: 1 });
        let built: Vec<&Plan> = plans.iter().skip(shard.part).step_by(shard.parts).collect();
        let (senders, receivers): (Vec<_>, Vec<_>) = built.iter().map(|_| mpsc::channel()).unzip();
        let waiting = Mutex::new(built.iter().zip(senders));
        let work = |pool: &ThreadPool| {
            let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
            while let Some((plan, sender)) = next() {
                let built = pool.install(|| bench.build(plan, &out.join(&plan.name)));
                // Nobody waits for it any more where another edition has made the program panic.
                let _ = sender.send(built);
            }
        };
        let pools = pools(built.len()).map_err(|error| {
            self.report.failure(&format!("no threads can be started: {error}"));
            Status::Machine
        })?;
        let mut worst = Status::Done;
        let progress = self.report.progress(built.len(), "editions");
        std::thread::scope(|scope| {
            for pool in &pools {
                scope.spawn(|| work(pool));
            }
            for (plan, built) in built.iter().zip(receivers.iter().flat_map(Receiver::recv)) {
                progress.advance();
                if let Err(status) = self.take(built) {
                    self.report.failure(&format!("the edition `{}` was not published", plan.name));
                    worst = if status as u8 > worst as u8 { status } else { worst };
                }
            }
        });
        drop(progress);
        if worst != Status::Done {
            return Err(worst);
        }
        let config = &bench.base.ground.config;
        let listed: Vec<_> = plans.iter().map(|plan| plan.listed(config)).collect();
        let page = render::editions::page(&bench.base.theme, config, &listed);
        let page = page.map_err(|fault| self.refuse(&[*fault], Status::Content))?;
        let is_new = shelf.publish(&page).map_err(|error| self.fail(&error))?;
        self.finished.files_written += usize::from(is_new);
        self.finished.files_unchanged += usize::from(!is_new);
        Ok(())
    }

    /// Reports what building an edition has come to.
    fn take(&mut self, built: Built) -> Result<(), Status> {
        self.finished.pages += built.pages;
        self.say(&built.found);
        match built.result {
            Ok(published) => {
                self.finished.editions += 1;
                self.finished.files_written += published.written;
                self.finished.files_unchanged += published.unchanged;
                Ok(())
            }
            Err(Failure::Found(status)) => Err(status),
            Err(Failure::Publish(error)) => Err(self.fail(&error)),
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

/// Divides the cores among the editions that are built at the same time: what one core does alone waits for no other.
fn pools(editions: usize) -> Result<Vec<ThreadPool>, ThreadPoolBuildError> {
    let threads = rayon::current_num_threads();
    let at_once = threads.min(MOST_AT_ONCE).min(editions);
    let pool = |number| ThreadPoolBuilder::new().num_threads((threads + number) / at_once).build();
    (0..at_once).map(pool).collect()
}

/// What building an edition has come to.
struct Built {
    /// What was found, in the order in which it is reported.
    found: Vec<Diagnostic>,
    /// The number of its pages.
    pages: usize,
    result: Result<Published, Failure>,
}

/// Why an edition was not published.
enum Failure {
    /// What was found; how the run ends.
    Found(Status),
    /// The output folder cannot be used or written.
    Publish(publish::Error),
}

impl From<publish::Error> for Failure {
    fn from(error: publish::Error) -> Self {
        Failure::Publish(error)
    }
}

/// What all editions are built from.
struct Bench<'a> {
    arguments: &'a Arguments,
    report: &'a Report,
    opened: &'a Opened,
    base: &'a Base,
    queries: Option<Queries<'a>>,
    /// Whether one edition is built by itself.
    is_one: bool,
}

impl Bench<'_> {
    /// Builds one edition into a folder; says nothing of what is found.
    fn build(&self, plan: &Plan, out: &Path) -> Built {
        let mut built = Built { found: Vec::new(), pages: 0, result: Ok(Published::default()) };
        built.result = self.publish(plan, out, &mut built.found, &mut built.pages);
        built
    }

    fn publish(
        &self,
        plan: &Plan,
        out: &Path,
        found: &mut Vec<Diagnostic>,
        pages: &mut usize,
    ) -> Result<Published, Failure> {
        let mut sources = std::iter::once(&*self.opened.root).chain(plan.folders());
        sources.try_for_each(|root| publish::check_folder(out, root))?;
        let folder = Folder::look(out)?;
        let options = Options { drafts: self.arguments.drafts };
        let (stack, unread) = plan.stack(&self.base.ground.config).map_err(|faults| {
            found.extend(faults);
            Failure::Found(Status::Usage)
        })?;
        let inputs = self.base.inputs(&stack, options);
        // A site that was made from the very same files without a warning needs no second look.
        let is_same = |manifest: &&Manifest| manifest.about.inputs == inputs && manifest.about.warnings == 0;
        if unread.is_empty()
            && self.opened.found.is_empty()
            && let Some(manifest) = folder.whole().filter(is_same)
        {
            folder.clean_up();
            *pages = manifest.about.pages;
            return Ok(Published { written: 0, unchanged: manifest.files.len() });
        }
        let prepared = self.base.edition(&stack, unread, options);
        self.stage("book read", plan);
        *pages = prepared.pages();
        found.extend_from_slice(&prepared.diagnostics);
        let status = report::status(&prepared.diagnostics, self.arguments.deny.is_some());
        if status != Status::Done {
            return Err(Failure::Found(status));
        }
        prepared.book.search();
        self.stage("index made", plan);
        let missed: Vec<Diagnostic> = self.queries.iter().flat_map(|queries| queries.score(&prepared.book)).collect();
        if diagnostic::has_errors(&missed) {
            found.extend(missed);
            return Err(Failure::Found(Status::Content));
        }
        let site = Site::new(&prepared.book, &prepared.theme);
        let progress = self.is_one.then(|| self.report.progress(site.plan.len(), "files"));
        let made = || progress.iter().for_each(Progress::advance);
        match folder.publish(&site, &prepared.about(inputs), made) {
            Err(publish::Error::Content(mut faults)) => {
                diagnostic::sort(&mut faults);
                found.extend(faults);
                Err(Failure::Found(Status::Content))
            }
            result => {
                self.stage("site published", plan);
                Ok(result?)
            }
        }
    }

    /// Says how long it has taken until the end of a stage.
    fn stage(&self, name: &str, plan: &Plan) {
        let of_edition = if self.is_one { String::new() } else { format!(": {}", plan.name) };
        self.report.stage(&format!("{name}{of_edition}"));
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
