//! Telling browsers what has changed: server-sent events (HTML standard, 9.2).
//!
//! It is given the files that a page is made of and says, at once and after every build, what the digest of each
//! is now and what is wrong with the book. A browser compares that with what it shows; so nothing is lost when
//! a connection breaks, or the server is started again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use tokio::sync::{mpsc, watch};

use super::remarks::Written;
use super::shelf::{Fault, Shelf, Shown};
use super::{Preview, answer, body::Body};
use crate::site::paths;

/// The path below the root.
pub const PATH: &str = "_opas/events";

/// How often something is sent when nothing happens, so that a broken connection is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many files one page may ask for.
const MOST_FILES: usize = 200;

/// How many faults are told; the terminal has all of them.
const MOST_FAULTS: usize = 50;

/// What is told.
#[derive(Serialize)]
struct State<'a> {
    /// The digest of each file that was asked for; none where there is no such file.
    files: BTreeMap<&'a str, Option<String>>,
    faults: &'a [Fault],
    /// How many more faults there are.
    more: usize,
    /// The editions, where there are several.
    editions: Vec<Way<'a>>,
    /// Where the changes of layers on the first of the files are written, in the order of their labels.
    sources: &'a [Written],
    /// The pages that are drafts.
    drafts: Vec<String>,
    /// The pages whose day of review has passed.
    expired: Vec<String>,
}

/// The way to an edition: to the same page in it, or else to its front page.
#[derive(Serialize)]
struct Way<'a> {
    name: &'a str,
    href: String,
    /// Whether the page that asks belongs to it.
    current: bool,
}

/// Answers with a stream of states.
pub fn follow(preview: &Arc<Preview>, query: &str, mut stopped: watch::Receiver<bool>) -> Response<Body> {
    let files = files(query);
    let (sender, receiver) = mpsc::channel(4);
    let mut rounds = preview.rounds();
    let preview = Arc::clone(preview);
    tokio::spawn(async move {
        let mut told = String::new();
        loop {
            rounds.mark_unchanged();
            if let Some(now) = preview.read(|shelf| state(shelf, &files)).filter(|now| *now != told) {
                if sender.send(format!("retry: 500\ndata: {now}\n\n").into()).await.is_err() {
                    return;
                }
                told = now;
            }
            tokio::select! {
                changed = rounds.changed() => if changed.is_err() { return },
                _ = stopped.changed() => return,
                () = sender.closed() => return,
                () = tokio::time::sleep(HEARTBEAT) => {
                    if sender.send(Bytes::from_static(b":\n\n")).await.is_err() {
                        return;
                    }
                }
            }
        }
    });
    let mut response = Response::new(Body::Stream(receiver));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    answer::protect(&mut response, "default-src 'none'");
    response
}

/// Reads the files that are asked for: `of=PATH&of=PATH`.
fn files(query: &str) -> Vec<String> {
    let named = query.split('&').filter_map(|part| part.strip_prefix("of="));
    let decoded = named.filter_map(|path| Some(percent_decode_str(path).decode_utf8().ok()?.into_owned()));
    decoded.take(MOST_FILES).collect()
}

/// Says what the files are now; nothing before the first round of their edition, so that a page which is open when the
/// preview is started again is not loaded anew for files that are only not made yet.
fn state(shelf: &Shelf, files: &[String]) -> Option<String> {
    let digest = |path: &String| shelf.digest(path).map(|digest| digest.short());
    let here = files.first().map_or("", String::as_str);
    let (shown, below) = shelf.of(here).or_else(|| Some((shelf.editions().first()?, "")))?;
    if shown.is_untried() {
        return None;
    }
    let told = &shown.faults[..shown.faults.len().min(MOST_FAULTS)];
    let within = |paths: &[String]| paths.iter().map(|path| format!("{}{path}", shown.folder)).collect();
    let page = shown.find(below).map_or(below, |(path, _)| path);
    let state = State {
        files: files.iter().map(|path| (path.as_str(), digest(path))).collect(),
        faults: told,
        more: shown.faults.len() - told.len(),
        editions: ways(shelf, shown, page),
        sources: shown.remarks.sources.get(page).map_or(&[], Vec::as_slice),
        drafts: within(&shown.remarks.drafts),
        expired: within(&shown.remarks.expired),
    };
    Some(serde_json::to_string(&state).expect("strings and numbers are always valid JSON"))
}

/// Returns the ways from a page of an edition to the others; none where there is one edition.
fn ways<'a>(shelf: &'a Shelf, shown: &Shown, page: &str) -> Vec<Way<'a>> {
    let editions = shelf.editions();
    let way = |edition: &'a Shown| {
        let to = if edition.find(page).is_some() { page } else { "" };
        let href = format!("/{}", paths::encode(&format!("{}{to}", edition.folder)));
        Way { name: &edition.name, href, current: edition.name == shown.name }
    };
    if editions.len() > 1 { editions.iter().map(way).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn the_query_names_files() {
        assert_eq!(files("of=a%2Fb.html&x=1&of=c%20d.css"), ["a/b.html", "c d.css"]);
        assert!(files("").is_empty());
    }
}
