//! What a run says: diagnostics, one closing line, and a progress bar for long builds.
//!
//! It is given values and prints them: text for people on standard error, JSON on standard output. A reader
//! that goes away early (a broken pipe) is no error.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Color, Common, MessageFormat, Status};
use crate::diagnostic::json::Finished;
use crate::diagnostic::{Code, Diagnostic, Severity, json, text};
use crate::site::Progress;

/// The voice of a run.
pub struct Report {
    format: MessageFormat,
    color: bool,
    verbose: bool,
    quiet: bool,
    start: Instant,
}

impl Report {
    /// Starts a run.
    pub fn new(common: &Common) -> Self {
        let color = match common.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Report {
            format: common.message_format,
            color,
            verbose: common.verbose,
            quiet: common.quiet,
            start: Instant::now(),
        }
    }

    /// Says how long the run has taken until the end of a stage, if that was asked for.
    pub fn stage(&self, name: &str) {
        if self.verbose && self.format == MessageFormat::Text {
            to_stderr(&format!("{:>8.3} s  {name}", self.start.elapsed().as_secs_f64()));
        }
    }

    /// Reports diagnostics.
    pub fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            match self.format {
                MessageFormat::Text => to_stderr(&format!("{}\n", text::render(diagnostic, self.color))),
                MessageFormat::Json => to_stdout(&json::render(diagnostic)),
            }
        }
    }

    /// Reports an error that concerns no file of the book.
    pub fn failure(&self, message: &str) {
        match self.format {
            MessageFormat::Text => to_stderr(&format!("error: {message}")),
            MessageFormat::Json => {
                let line = serde_json::json!({"reason": "failure", "severity": "error", "message": message});
                to_stdout(&line.to_string());
            }
        }
    }

    /// Ends the run: says what it came to. `text` is the closing line for people.
    pub fn finish(&self, mut finished: Finished, text: impl FnOnce(&Finished) -> String) {
        finished.seconds = (self.start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        match self.format {
            MessageFormat::Json => to_stdout(&finished.render()),
            MessageFormat::Text if !self.quiet => to_stdout(&text(&finished)),
            MessageFormat::Text => {}
        }
    }

    /// Shows a progress bar from the second second of a build on, on a terminal.
    pub fn watch(&self, progress: &Arc<Progress>) -> Watch {
        let is_wanted = self.format == MessageFormat::Text && !self.quiet && io::stderr().is_terminal();
        Watch::start(is_wanted.then(|| Arc::clone(progress)))
    }
}

/// Returns how a run with these diagnostics ends.
pub fn status(diagnostics: &[Diagnostic], is_misconfigured: bool, deny_warnings: bool) -> Status {
    let is_unreadable = |diagnostic: &Diagnostic| diagnostic.code == Code::E001;
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if is_misconfigured {
        Status::Usage
    } else if diagnostics.iter().any(is_unreadable) {
        Status::Machine
    } else if diagnostics.iter().any(is_error) || (deny_warnings && !diagnostics.is_empty()) {
        Status::Content
    } else {
        Status::Done
    }
}

/// Returns a number with the noun that goes with it.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn to_stdout(line: &str) {
    // Nobody is left to tell when the reader is gone.
    let _ = writeln!(io::stdout().lock(), "{line}");
}

fn to_stderr(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// A progress bar in a thread of its own; ends when it is dropped.
pub struct Watch {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    fn start(progress: Option<Arc<Progress>>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let thread = progress.map(|progress| {
            let is_over = Arc::clone(&is_over);
            std::thread::spawn(move || show(&progress, &is_over))
        });
        Watch { is_over, thread }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

/// Shows a bar until the build is over, but not before it has taken a second.
fn show(progress: &Progress, is_over: &AtomicBool) {
    let start = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    while !is_over.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(100));
        let total = progress.total.load(Ordering::Relaxed) as u64;
        if start.elapsed() < Duration::from_secs(1) || total == 0 {
            continue;
        }
        let bar = bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files");
            ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(progress.done.load(Ordering::Relaxed) as u64);
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}
