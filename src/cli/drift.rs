//! `opas review`, `accept` and `defer`: what has changed under a layer, and that somebody has looked at it.
//!
//! `review` shows the overrides of all layers of an edition, and asks about each on a terminal. What is decided is
//! written to `overlay.lock` of the uppermost layer alone: the layers below may be somebody else's. There is no way to
//! accept all that has drifted at once.

#![expect(clippy::disallowed_methods, reason = "these commands write overlay.lock")]

mod dialogue;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use super::check::parse_date;
use super::editions::Opened;
use super::report::{self, Report, count};
use super::{Common, MessageFormat, Status};
use crate::book::{Book, Options};
use crate::diagnostic::json::Finished;
use crate::diagnostic::{self, Diagnostic, nearest};
use crate::digest::Digest;
use crate::layer::drift::{Drift, Kind};
use crate::layer::lock::{self, Entry, Key, Lock};
use crate::layer::merge::Override;
use crate::pipeline::Base;

/// Arguments of `opas review`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  opas review --edition exampletown\n  opas review --layer ../exampletown phone#hours"
)]
pub struct Review {
    #[command(flatten)]
    common: Common,
    /// Show only this override
    #[arg(value_name = "ADDRESS")]
    address: Option<String>,
    /// Answer with JSON, and ask nothing
    #[arg(long)]
    json: bool,
}

/// Arguments of `opas accept`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas accept phone#hours --note \"Our hours still hold\"\n  opas accept --new")]
pub struct Accept {
    #[command(flatten)]
    common: Common,
    /// The override that has been looked at
    #[arg(value_name = "ADDRESS", required_unless_present = "new", conflicts_with = "new", requires = "note")]
    address: Option<String>,
    /// What was found in looking at it
    #[arg(long, value_name = "TEXT", conflicts_with = "new")]
    note: Option<String>,
    /// Record the overrides that have no entry yet, and no others
    #[arg(long)]
    new: bool,
}

/// Arguments of `opas defer`.
#[derive(Args)]
#[command(after_help = "Example:\n  opas defer phone#hours --until 2027-03-01")]
pub struct Defer {
    #[command(flatten)]
    common: Common,
    /// The override that is put off
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The day from which `opas check` tells it again
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    until: Date,
}

/// Why a command stops: faults to report, or a message.
enum Stop {
    Faults(Vec<Diagnostic>, Status),
    Message(Status, String),
}

/// What a command came to.
enum Answer {
    /// Overrides that need a look.
    Drifts(Vec<Drift>),
    /// Data as JSON.
    Data(String),
    /// What was done, in a line.
    Done(String),
}

/// An edition, and the lock of its uppermost layer.
struct Open {
    book: Book,
    layer: Arc<str>,
    path: PathBuf,
    lock: Lock,
}

/// Runs `opas review`.
pub fn review(arguments: &Review) -> Status {
    ending(&arguments.common, || {
        let mut open = open(&arguments.common)?;
        let wanted = arguments.address.as_deref();
        if let Some(address) = wanted {
            known(open.book.overrides.iter(), address)?;
        }
        let drifts: Vec<Drift> = open
            .book
            .drifts
            .iter()
            .filter(|it| wanted.is_none_or(|address| it.change.address == address))
            .cloned()
            .collect();
        if arguments.json {
            return Ok(Answer::Data(report::pretty(&drifts.iter().map(Looked::new).collect::<Vec<_>>())));
        }
        let is_text = arguments.common.message_format == MessageFormat::Text && !arguments.common.quiet;
        let is_asked = io::stdin().is_terminal() && io::stdout().is_terminal() && is_text;
        if is_asked && !drifts.is_empty() {
            return dialogue::hold(&mut open, &drifts, &mut io::stdin().lock(), &mut io::stdout()).map(Answer::Done);
        }
        Ok(Answer::Drifts(drifts))
    })
}

/// An override that needs a look, in JSON.
#[derive(Serialize)]
struct Looked<'d> {
    code: &'static str,
    message: String,
    address: &'d str,
    op: &'static str,
    layer: &'d str,
    file: &'d str,
    line: usize,
    /// The text of the book that it was written against; none where nothing of it is known.
    then: Option<&'d str>,
    /// The text of the book as it is.
    now: &'d str,
    /// The layer's own text.
    own: &'d str,
    /// The day until which it is put off.
    until: Option<String>,
}

impl<'d> Looked<'d> {
    fn new(drift: &'d Drift) -> Self {
        let Override { layer, address, op, depends, own, place, .. } = &drift.change;
        let diagnostic = drift.diagnostic();
        Looked {
            code: diagnostic.code.name(),
            message: diagnostic.message,
            address,
            op: op.word(),
            layer,
            file: &place.file.path,
            line: place.line_column().0,
            then: matches!(drift.kind, Kind::Changed | Kind::Anchor).then_some(drift.old.as_str()),
            now: depends,
            own,
            until: drift.until.map(|until| until.to_string()),
        }
    }
}

/// Runs `opas accept`.
pub fn accept(arguments: &Accept) -> Status {
    ending(&arguments.common, || {
        let mut open = open(&arguments.common)?;
        let taken = match &arguments.address {
            Some(address) => {
                open.known(address)?;
                let note = arguments.note.as_deref().unwrap_or_default().trim();
                if note.is_empty() {
                    return Err(Stop::Message(Status::Usage, "the note is empty: say what was found".to_owned()));
                }
                open.accept(address, note)
            }
            None => open.record_new(),
        };
        open.save()?;
        Ok(Answer::Done(format!("{} recorded in {}", count(taken, "override"), open.path.display())))
    })
}

/// Runs `opas defer`.
pub fn defer(arguments: &Defer) -> Status {
    ending(&arguments.common, || {
        let mut open = open(&arguments.common)?;
        open.known(&arguments.address)?;
        let taken = open.defer(&arguments.address, arguments.until);
        open.save()?;
        Ok(Answer::Done(format!("{} put off until {}", count(taken, "override"), arguments.until)))
    })
}

/// Runs a command and reports how it ended.
fn ending(common: &Common, run: impl FnOnce() -> Result<Answer, Stop>) -> Status {
    let report = Report::new(common);
    match run() {
        Ok(Answer::Drifts(drifts)) if common.message_format == MessageFormat::Json => {
            let found: Vec<Diagnostic> = drifts.iter().map(Drift::diagnostic).collect();
            let mut finished = Finished::default();
            report.diagnostics(&found);
            finished.count(&found);
            report.finish(finished, |_| String::new());
            Status::Done
        }
        Ok(Answer::Drifts(drifts)) => {
            let closing = format!("{} to look at", count(drifts.len(), "override"));
            let texts: Vec<String> = drifts.iter().map(Drift::review).chain([closing]).collect();
            report::answer(&texts.join("\n"));
            Status::Done
        }
        Ok(Answer::Data(text)) => {
            report::answer(&text);
            Status::Done
        }
        Ok(Answer::Done(text)) => {
            report.finish(Finished::default(), |_| text);
            Status::Done
        }
        Err(Stop::Faults(faults, status)) => {
            report.diagnostics(&faults);
            status
        }
        Err(Stop::Message(status, message)) => {
            report.failure(&message);
            status
        }
    }
}

/// Puts the edition together that is asked for, and reads the lock of its uppermost layer.
fn open(common: &Common) -> Result<Open, Stop> {
    let usage = |faults| Stop::Faults(faults, Status::Usage);
    let opened = Opened::new(common, false).map_err(usage)?;
    let base = Base::read(&opened.source, opened.found.clone()).map_err(usage)?;
    let plan = opened.plans.first().expect("there is always an edition");
    let (stack, found) = plan.stack(&base.ground.config).map_err(usage)?;
    let (Some(top), Some(folder)) = (stack.layers.last(), plan.folders().last()) else {
        let message = "the book alone has no overrides: name an edition with --edition, or a layer with --layer";
        return Err(Stop::Message(Status::Usage, message.to_owned()));
    };
    let prepared = base.edition(&stack, found, Options { drafts: true });
    if diagnostic::has_errors(&prepared.diagnostics) {
        let errors = prepared.diagnostics;
        return Err(Stop::Faults(errors, Status::Content));
    }
    let (book, layer) = (prepared.book, Arc::clone(&top.manifest.name));
    let mut lock = Lock::read(top, &mut Vec::new()).unwrap_or_default();
    lock.follow(book.overrides.iter().filter(|change| change.layer == layer));
    Ok(Open { book, layer, path: folder.join(lock::FILE), lock })
}

/// Returns an error that names the nearest where there is no override of an address.
fn known<'a>(overrides: impl Iterator<Item = &'a Override>, address: &str) -> Result<(), Stop> {
    let addresses: Vec<&str> = overrides.map(|change| &*change.address).collect();
    if addresses.contains(&address) {
        return Ok(());
    }
    let near = nearest(address, addresses.into_iter()).map(|near| format!("; did you mean `{near}`?"));
    let message = format!("the layer overrides nothing at `{address}`{}", near.unwrap_or_default());
    Err(Stop::Message(Status::Usage, message))
}

impl Open {
    /// Returns an error where the uppermost layer has nothing to decide at an address and one below has, or where there
    /// is no such override.
    fn known(&self, address: &str) -> Result<(), Stop> {
        let below = self.book.drifts.iter().find(|it| it.change.address == address && it.change.layer != self.layer);
        if let Some(below) = below.filter(|_| self.drifted(address).is_empty()) {
            let message = format!(
                "`{address}` waits for a decision in the layer `{}`, and not in `{}`: take it there, with `--layer` and its folder",
                below.change.layer, self.layer
            );
            return Err(Stop::Message(Status::Usage, message));
        }
        known(self.own(), address)
    }

    /// Returns the overrides of the uppermost layer.
    fn own(&self) -> impl Iterator<Item = &Override> {
        self.book.overrides.iter().filter(|change| change.layer == self.layer)
    }

    /// Returns those at an address that have drifted or have no entry, each with the text of the book as it is.
    fn drifted(&self, address: &str) -> Vec<(Key, String)> {
        let mut all = BTreeMap::new();
        for change in self.own().filter(|change| change.address == address) {
            all.entry(lock::key(change)).or_insert_with(|| change.depends.clone());
        }
        all.retain(|key, base| self.lock.entries.get(key).is_none_or(|entry| entry.base != *base));
        all.into_iter().collect()
    }

    /// Takes the text of the book as it is for that which the overrides at an address are written against; returns how
    /// many there are.
    fn accept(&mut self, address: &str, note: &str) -> usize {
        let taken = self.drifted(address);
        for (key, base) in &taken {
            let mut notes = self.lock.entries.remove(key).map(|entry| entry.notes).unwrap_or_default();
            notes.push(note.to_owned());
            self.lock.entries.insert(key.clone(), Entry { base: base.clone(), notes, deferred: None });
        }
        taken.len()
    }

    /// Records one override as it is.
    fn record(&mut self, change: &Override) {
        let entry = Entry { base: change.depends.clone(), notes: Vec::new(), deferred: None };
        self.lock.entries.insert(lock::key(change), entry);
    }

    /// Puts off the overrides at an address that have an entry; returns how many there are.
    fn defer(&mut self, address: &str, until: Date) -> usize {
        let mut taken = 0;
        for (key, base) in self.drifted(address) {
            if let Some(entry) = self.lock.entries.get_mut(&key) {
                entry.deferred = Some((until, Digest::of(&base)));
                taken += 1;
            }
        }
        taken
    }

    /// Records the overrides without an entry; returns how many.
    fn record_new(&mut self) -> usize {
        let before = self.lock.entries.len();
        let fresh: Vec<(Key, String)> = self.own().map(|change| (lock::key(change), change.depends.clone())).collect();
        for (key, base) in fresh {
            let entry = Entry { base, notes: Vec::new(), deferred: None };
            self.lock.entries.entry(key).or_insert(entry);
        }
        self.lock.entries.len() - before
    }

    /// Writes the lock, without the entries of overrides that are no more.
    fn save(&mut self) -> Result<(), Stop> {
        let keys: Vec<Key> = self.own().map(lock::key).collect();
        self.lock.entries.retain(|key, _| keys.contains(key));
        let beside = self.path.with_extension("lock.new");
        // What lies there may be a link that somebody put into the layer: it goes, and is never written through.
        let _ = std::fs::remove_file(&beside);
        let create = || std::fs::OpenOptions::new().write(true).create_new(true).open(&beside);
        let written = create().and_then(|mut file| file.write_all(self.lock.render().as_bytes()));
        let written = written.and_then(|()| std::fs::rename(&beside, &self.path));
        written.map_err(|error| {
            Stop::Message(Status::Machine, format!("`{}` cannot be written: {error}", self.path.display()))
        })
    }
}
