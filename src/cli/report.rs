//! What a run says: diagnostics, one closing line, and a progress bar for long builds.
//!
//! It is given values and prints them: diagnostics for people on standard error, the closing line and all
//! JSON on standard output. A reader
//! that goes away early (a broken pipe) is no error.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{Color, Common, MessageFormat, Status};
use crate::diagnostic::json::Finished;
use crate::diagnostic::{self, Code, Diagnostic, json, text};

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
            Color::Auto => {
                io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
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

    /// Says how long the parts of a round took, if that was asked for.
    pub fn times(&self, parts: &[(&str, Duration)]) {
        if self.verbose && self.format == MessageFormat::Text {
            let parts: Vec<_> =
                parts.iter().map(|(name, time)| format!("{name} {:.1} ms", time.as_secs_f64() * 1000.0)).collect();
            to_stderr(&format!("  {}", parts.join(", ")));
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
                to_stdout(&json::failure(message));
            }
        }
    }

    /// Says something that is neither a fault nor the end of the run.
    pub fn say(&self, line: &str) {
        if self.format == MessageFormat::Text && !self.quiet {
            to_stdout(line);
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

    /// Ends one of many rounds: says what it came to. `line` is for people.
    pub fn round(&self, finished: &Finished, line: &str) {
        match self.format {
            MessageFormat::Json => to_stdout(&finished.render()),
            MessageFormat::Text => self.say(line),
        }
    }

    /// Starts a progress bar over a number of things; it shows on a terminal when the build takes over a second.
    pub fn progress(&self, total: usize, things: &str) -> Progress {
        let is_wanted = self.format == MessageFormat::Text && !self.quiet && io::stderr().is_terminal();
        Progress::new(total, things, is_wanted)
    }
}

/// Prints the answer of a command that answers with data.
pub fn answer(text: &str) {
    to_stdout(text);
}

/// Writes data as JSON for an answer.
pub fn pretty(data: &impl Serialize) -> String {
    serde_json::to_string_pretty(data).expect("answers are always valid JSON")
}

/// Returns how a run with these diagnostics ends.
pub fn status(diagnostics: &[Diagnostic], deny_warnings: bool) -> Status {
    let is_unreadable = |diagnostic: &Diagnostic| diagnostic.code == Code::E001;
    if diagnostics.iter().any(is_unreadable) {
        Status::Machine
    } else if diagnostic::has_errors(diagnostics) || (deny_warnings && !diagnostics.is_empty()) {
        Status::Content
    } else {
        Status::Done
    }
}

/// Says how many errors and warnings there were.
pub fn faults(finished: &Finished) -> String {
    format!("{}, {}", count(finished.errors, "error"), count(finished.warnings, "warning"))
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

/// How far a build has come, with a bar that appears when it takes over a second.
pub struct Progress {
    bar: ProgressBar,
    start: Instant,
    done: AtomicU64,
}

impl Progress {
    fn new(total: usize, things: &str, is_wanted: bool) -> Self {
        let bar = if is_wanted { ProgressBar::no_length() } else { ProgressBar::hidden() };
        // Nothing is drawn before the first tick.
        bar.set_length(total as u64);
        if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {things}")) {
            bar.set_style(style);
        }
        Progress { bar, start: Instant::now(), done: AtomicU64::new(0) }
    }

    /// Counts one more.
    pub fn advance(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.start.elapsed() >= Duration::from_secs(1) {
            self.bar.set_position(done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
