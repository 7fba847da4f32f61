//! Building again and again, for `build --watch` and `serve`: one tidy line a round, until Ctrl+C.
//!
//! It is given a workshop and what to do with each round, and knows neither what a round does nor where its
//! outputs go.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Status;
use super::report::{self, Report, count};
use crate::diagnostic::json::Finished;
use crate::diagnostic::{Diagnostic, json};
use crate::incremental::{Outcome, Round, Workshop};
use crate::publish::{self, Published};
use crate::serve::{Batch, Stopper, Watch};
use crate::source::Changed;

/// How long a round that is under way may take to come to a good end when the program is to stop.
const FAREWELL: Duration = Duration::from_millis(500);

/// How a book is built again and again.
pub struct Rounds {
    pub deny_warnings: bool,
    /// What the closing line says of a site that stays as it was.
    pub unchanged: &'static str,
    /// The names of the editions, where the closing lines say which one they are about; else none.
    pub names: Vec<String>,
}

impl Rounds {
    /// Does the first round and then one for each batch of changes, each for all editions; `take` is given the number of
    /// the edition and what its round came to.
    ///
    /// Ends when the watch is stopped, or with the error that `take` returns.
    pub fn run(
        &self,
        report: &Report,
        mut watch: Watch,
        workshops: Vec<Workshop>,
        mut take: impl FnMut(usize, &Round) -> Result<Published, publish::Error>,
    ) -> Result<(), publish::Error> {
        let mut editions: Vec<(Workshop, Told)> = workshops.into_iter().map(|it| (it, Told::default())).collect();
        let mut since = Instant::now();
        let mut until = since;
        let mut changed = Changed::Paths(Vec::new());
        loop {
            let is_good = |found: &[Diagnostic]| report::status(found, self.deny_warnings) == Status::Done;
            for (at, (workshop, told)) in editions.iter_mut().enumerate() {
                let begun = Instant::now();
                let Some(round) = workshop.round(&changed, is_good) else { continue };
                let built = Instant::now();
                let published = take(at, &round)?;
                report.times(&[("waited", until - since), ("built", built - begun), ("put out", built.elapsed())]);
                told.tell(report, &round, published, since.elapsed(), self.unchanged, self.names.get(at));
                // Taking the book apart takes time, but nobody need wait for it.
                rayon::spawn(move || drop(round));
            }
            watch.follow(editions.iter().flat_map(|(workshop, _)| workshop.folders()));
            if let Some(notice) = watch.notice() {
                report.failure(&notice);
            }
            let Some(batch) = watch.wait() else { return Ok(()) };
            Batch { changed, since, until } = batch;
        }
    }
}

/// What was said already.
#[derive(Default)]
struct Told {
    diagnostics: Vec<String>,
}

impl Told {
    /// Says what a round came to: what is wrong, if that was not said before, and one line.
    fn tell(
        &mut self,
        report: &Report,
        round: &Round,
        published: Published,
        time: Duration,
        unchanged: &str,
        edition: Option<&String>,
    ) {
        let now: Vec<String> = round.diagnostics.iter().map(json::render).collect();
        if now != self.diagnostics {
            report.diagnostics(&round.diagnostics);
            self.diagnostics = now;
        }
        let mut finished = Finished { seconds: time.as_secs_f64(), ..Finished::default() };
        finished.count(&round.diagnostics);
        let edition = edition.map_or_else(String::new, |edition| format!(", edition {edition}"));
        let (what, milliseconds) = (what(&round.changed) + &edition, time.as_millis());
        let line = match &round.result {
            Outcome::Made(made) => {
                finished.pages = made.about.pages;
                finished.editions = 1;
                finished.files_written = published.written;
                finished.files_unchanged = published.unchanged;
                let removed = match made.removed.len() {
                    0 => String::new(),
                    number => format!(", {number} removed"),
                };
                let (made, changed) = (count(made.made, "file"), made.outputs.len());
                format!("{what}: {made} made, {changed} changed{removed} ({milliseconds} ms)")
            }
            Outcome::Broken | Outcome::Unreadable => {
                format!("{what}: {}; {unchanged} ({milliseconds} ms)", report::faults(&finished))
            }
        };
        report.round(&finished, &line);
    }
}

/// Names the files that have changed.
fn what(changed: &[Arc<str>]) -> String {
    match changed {
        [] => "the book".to_owned(),
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    }
}

/// Lets `work` run beside `main` until one of them ends; stops the watch then, and gives `work` a moment.
pub fn beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    stopper: &Stopper,
    main: impl Future<Output = ()>,
) -> std::io::Result<Option<T>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (sender, mut receiver) = tokio::sync::oneshot::channel();
    // Whoever waited for it may have gone.
    std::thread::spawn(move || drop(sender.send(work())));
    Ok(runtime.block_on(async {
        tokio::select! {
            done = &mut receiver => return done.ok(),
            () = main => {}
        }
        stopper.stop();
        tokio::time::timeout(FAREWELL, receiver).await.ok().and_then(Result::ok)
    }))
}

/// Waits for Ctrl+C, or for whatever else asks a program to end.
#[cfg(unix)]
pub async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut end) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = end.recv() => {}
    }
}

/// Waits for Ctrl+C.
#[cfg(not(unix))]
pub async fn stopped() {
    let _ = tokio::signal::ctrl_c().await;
}
