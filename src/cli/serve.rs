//! `opas serve`: show the book in a browser while it is written.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use clap::Args;

use super::editions::Opened;
use super::report::Report;
use super::rounds::{self, Rounds};
use super::{Common, Status};
use crate::book::Options;
use crate::incremental::{Outcome, Round, Workshop};
use crate::publish::Published;
use crate::serve::{Fault, Preview, Server, Shelf, Watch};

/// Arguments of `opas serve`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas serve --open\n  opas serve --book ../handbook --drafts --port 8080\n\n\
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
    /// Look for changes again and again, where the system does not tell of them (network drives)
    #[arg(long)]
    poll: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let report = Report::new(&arguments.common);
    let kept = match Opened::new(&arguments.common, false) {
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
    let preview = Arc::new(Preview::default());
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
    let work = move || show(&common, kept.workshop(options), watch, &shown);
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

/// Builds the book again and again, and shows it or what is wrong with it.
fn show(common: &Common, workshop: Workshop, watch: Watch, preview: &Preview) {
    let rounds = Rounds { deny_warnings: false, unchanged: "the preview shows the last good site" };
    let done = rounds.run(&Report::new(common), watch, workshop, |round| {
        preview.change(|shelf| put(shelf, round));
        Ok(Published::default())
    });
    done.expect("nothing is written that could fail");
}

/// Puts on the shelf what a round came to.
fn put(shelf: &mut Shelf, round: &Round) {
    let Outcome::Made(made) = &round.result else {
        shelf.set_faults(round.diagnostics.iter().map(Fault::from).collect());
        return;
    };
    for path in &made.removed {
        shelf.remove(path);
    }
    for output in &made.outputs {
        shelf.put(Arc::clone(output));
    }
    shelf.set_faults(Vec::new());
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
