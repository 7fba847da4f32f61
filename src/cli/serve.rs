//! `opas serve`: show the book in a browser while it is written.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;

use super::check::{parse_date, today as day};
use super::editions::Opened;
use super::report::Report;
use super::rounds::{self, Rounds};
use super::{Common, Status};
use crate::book::Options;
use crate::incremental::{Outcome, Round, Workshop};
use crate::publish::Published;
use crate::serve::{Editor, Fault, Preview, Remarks, Server, Shelf, Shown, Watch};

/// Arguments of `opas serve`.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[command(after_help = "Examples:\n  opas serve --open\n  opas serve --book ../handbook --drafts --port 8080\n  \
                        opas serve --all --editor \"vscode://file{path}:{line}\"\n\n\
                        Ctrl+C stops it. Nothing is written: `opas build` publishes.")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The port to listen on; the next free one where it is taken
    #[arg(long, value_name = "PORT", default_value = "3000")]
    port: u16,
    /// The address to listen on; other machines can look too unless it is this machine's own
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,
    /// Open the front page in a browser
    #[arg(long)]
    open: bool,
    /// Show drafts too
    #[arg(long)]
    drafts: bool,
    /// Show the book alone and all editions, with a switch between them
    #[arg(long, conflicts_with_all = ["edition", "layer"])]
    all: bool,
    /// The address that opens a file in your editor, with `{path}` and `{line}` [also: `OPAS_EDITOR`]
    #[arg(long, value_name = "URL", value_parser = Editor::read)]
    editor: Option<Editor>,
    /// The day that review dates are compared with [default: today]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    today: Option<Date>,
    /// Look for changes again and again, where the system does not tell of them (network drives)
    #[arg(long)]
    poll: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let report = Report::new(&arguments.common);
    let kept = match Opened::new(&arguments.common, arguments.all) {
        Ok(opened) => opened.keep(),
        Err(faults) => {
            report.diagnostics(&faults);
            return Status::Usage;
        }
    };
    let server = match Server::bind(&arguments.host, arguments.port) {
        Ok(server) => server,
        Err(error) => {
            let Arguments { host, port, .. } = arguments;
            report
                .failure(&format!("cannot listen on {host}, port {port}: {error}; choose another with --host, --port"));
            return Status::Machine;
        }
    };
    let editor = match &arguments.editor {
        Some(editor) => Some(editor.clone()),
        None => match std::env::var("OPAS_EDITOR").ok().filter(|text| !text.is_empty()).map(|text| Editor::read(&text))
        {
            Some(Err(fault)) => {
                report.failure(&format!("OPAS_EDITOR is no address of an editor: {fault}"));
                return Status::Usage;
            }
            editor => editor.and_then(Result::ok),
        },
    };
    let preview = Arc::new(Preview::new(Shelf::new(&kept.names())));
    let address = url(server.address());
    if arguments.port != 0 && server.address().port() != arguments.port {
        report.say(&format!("port {} is taken: using {}", arguments.port, server.address().port()));
    }
    report.say(&format!("{address} (Ctrl+C stops)"));
    if arguments.open
        && let Err(error) = open::that_detached(&address)
    {
        report.failure(&format!("cannot open a browser: {error}"));
    }
    let common = arguments.common.clone();
    let watch = Watch::new(&kept.root, &kept.layers, arguments.poll);
    let stopper = watch.stopper();
    let shown = Arc::clone(&preview);
    let options = Options { drafts: arguments.drafts };
    let names: Vec<String> = kept.names().iter().map(|name| (*name).to_owned()).collect();
    let names = if names.len() > 1 { names } else { Vec::new() };
    let remark = (editor, arguments.today);
    let work = move || {
        let rounds = Rounds { deny_warnings: false, unchanged: "the preview shows the last good site", names };
        show(&common, &rounds, kept.workshops(options), watch, &shown, &remark);
    };
    let main = async {
        if let Err(error) = server.run(preview, rounds::stopped()).await {
            report.failure(&format!("the server failed: {error}"));
        }
    };
    match rounds::beside(work, &stopper, main) {
        Ok(_) => Status::Done,
        Err(error) => {
            report.failure(&format!("the server failed: {error}"));
            Status::Machine
        }
    }
}

/// Builds the editions again and again, and shows them or what is wrong with them.
fn show(
    common: &Common,
    rounds: &Rounds,
    workshops: Vec<Workshop>,
    watch: Watch,
    preview: &Preview,
    (editor, today): &(Option<Editor>, Option<Date>),
) {
    let done = rounds.run(&Report::new(common), watch, workshops, |at, round| {
        preview.change(|shelf| put(shelf.edition(at), round));
        // What is to be said of the pages can wait until they are shown.
        if let Outcome::Made(made) = &round.result {
            let remarks = Remarks::of(&made.prepared.book, &made.folders, day(*today), editor.as_ref());
            preview.change(|shelf| shelf.edition(at).remarks = remarks);
        }
        Ok(Published::default())
    });
    done.expect("nothing is written that could fail");
}

/// Shows of an edition what a round came to.
fn put(shown: &mut Shown, round: &Round) {
    let Outcome::Made(made) = &round.result else {
        shown.faults = round.diagnostics.iter().map(Fault::from).collect();
        return;
    };
    for path in &made.removed {
        shown.remove(path);
    }
    for output in &made.outputs {
        shown.put(Arc::clone(output));
    }
    shown.faults.clear();
}

/// Returns the address to type into a browser.
fn url(address: SocketAddr) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_unspecified() => format!("http://localhost:{port}/"),
        IpAddr::V4(ip) => format!("http://{ip}:{port}/"),
        IpAddr::V6(ip) => format!("http://[{ip}]:{port}/"),
    }
}
