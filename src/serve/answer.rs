//! From what a request wants to an answer: a file of the site, a part of it, or word that it has not changed.
//!
//! It is given a [`Shelf`] and a request that has passed the guard. Files are found by their whole name among
//! those of the site and nowhere else, so no path leads out of it, and there is nothing to list.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::body::Body;
use super::dress::{self, OWN, dress};
use super::guard::{Refusal, Wanted};
use super::media;
use super::shelf::Shelf;
use crate::digest::Digest;
use crate::site::{Output, paths};

/// The policy of everything that is not a page: an image or document that is opened by itself runs nothing.
const INERT: &str =
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/// The preview's own script and style sheet.
const OWN_FILES: [(&str, &str); 2] =
    [("preview.js", include_str!("client/preview.js")), ("preview.css", include_str!("client/preview.css"))];

/// A file that is to be sent.
struct Sent {
    status: StatusCode,
    media: &'static str,
    policy: Cow<'static, str>,
    tag: Option<String>,
    bytes: Bytes,
}

/// Answers a request.
pub fn answer(shelf: &Shelf, wanted: &Wanted, headers: &HeaderMap) -> Response<Body> {
    if let Some(name) = wanted.path.strip_prefix(OWN) {
        return match OWN_FILES.iter().find(|(own, _)| *own == name) {
            Some((name, text)) => deliver(own_file(name, text), wanted, headers),
            None => plain(StatusCode::NOT_FOUND, "the preview has no such file"),
        };
    }
    if let Some((path, output)) = shelf.find(&wanted.path) {
        return deliver(file(&path, output, StatusCode::OK), wanted, headers);
    }
    if wanted.path.is_empty()
        && let Some(first) = shelf.editions().iter().find(|shown| !shown.folder.is_empty())
    {
        return to_folder(&first.name);
    }
    if shelf.find(&format!("{}/", wanted.path)).is_some() {
        return to_folder(&wanted.path);
    }
    match shelf.not_found(&wanted.path) {
        Some((path, output)) => deliver(file(&path, output, StatusCode::NOT_FOUND), wanted, headers),
        None if shelf.is_empty() => deliver(nothing_yet(), wanted, headers),
        None => plain(StatusCode::NOT_FOUND, "there is no such page"),
    }
}

/// Answers a request that the guard has refused.
pub fn refused(refusal: Refusal) -> Response<Body> {
    let mut response = plain(refusal.status, refusal.reason);
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        set(&mut response, header::ALLOW, "GET, HEAD");
    }
    // What such a client has sent besides is not worth reading.
    set(&mut response, header::CONNECTION, "close");
    response
}

/// Sends the browser from `a` to `a/`, from where the links of `a/index.html` count.
fn to_folder(path: &str) -> Response<Body> {
    let mut response = plain(StatusCode::FOUND, "this page is a folder");
    set(&mut response, header::LOCATION, &format!("/{}/", paths::encode(path)));
    response
}

fn own_file(name: &str, text: &'static str) -> Sent {
    let tag = Some(format!("\"{}\"", Digest::of(text).short()));
    let bytes = Bytes::from_static(text.as_bytes());
    Sent { status: StatusCode::OK, media: media::of(name), policy: INERT.into(), tag, bytes }
}

/// The page that waits for the first good build.
fn nothing_yet() -> Sent {
    let html = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>opas</title></head>\
                <body><main id=\"_main\"><h1>This book has not been built yet</h1>\
                <p>It will be shown here as soon as it builds.</p></main></body></html>";
    let dressed = dress(html, "", None, true);
    Sent {
        status: StatusCode::SERVICE_UNAVAILABLE,
        media: media::of(".html"),
        policy: dressed.policy.into(),
        tag: None,
        bytes: dressed.html.into(),
    }
}

fn file(path: &str, output: &Arc<Output>, status: StatusCode) -> Sent {
    let media = media::of(path);
    let tag = Some(format!("\"{}\"", output.digest.short()));
    let html = if media.starts_with("text/html") { std::str::from_utf8(output.bytes()).ok() } else { None };
    let Some(html) = html else {
        let bytes = Bytes::from_owner(Held(Arc::clone(output)));
        return Sent { status, media, policy: INERT.into(), tag, bytes };
    };
    // A page that stands in for one that is not there has no digest of its own: the browser waits for the other.
    let is_elsewhere = status != StatusCode::OK;
    let dress::Dressed { html, policy } = dress(html, path, (!is_elsewhere).then_some(output.digest), is_elsewhere);
    Sent { status, media, policy: policy.into(), tag, bytes: html.into() }
}

/// Keeps an output alive while it is sent.
struct Held(Arc<Output>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes()
    }
}

/// Sends a file, or the part of it that is asked for, or word that the browser has it already.
fn deliver(sent: Sent, wanted: &Wanted, headers: &HeaderMap) -> Response<Body> {
    let length = sent.bytes.len();
    let is_whole = sent.status == StatusCode::OK;
    let tag = sent.tag.as_deref();
    let mut status = sent.status;
    let mut bytes = sent.bytes;
    let mut content_range = None;
    if is_whole && is_known(headers, tag) {
        status = StatusCode::NOT_MODIFIED;
        bytes = Bytes::new();
    } else if is_whole && let Some(part) = part(headers, tag, length) {
        if let Ok(range) = part {
            status = StatusCode::PARTIAL_CONTENT;
            content_range = Some(format!("bytes {}-{}/{length}", range.start, range.end - 1));
            bytes = bytes.slice(range);
        } else {
            status = StatusCode::RANGE_NOT_SATISFIABLE;
            content_range = Some(format!("bytes */{length}"));
            bytes = Bytes::new();
        }
    }
    let sent_length = bytes.len();
    let body = if wanted.head_only { Body::empty() } else { Body::whole(bytes) };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if status != StatusCode::NOT_MODIFIED {
        set(&mut response, header::CONTENT_TYPE, sent.media);
        set(&mut response, header::CONTENT_LENGTH, &sent_length.to_string());
        set(&mut response, header::ACCEPT_RANGES, "bytes");
    }
    if let Some(tag) = tag {
        set(&mut response, header::ETAG, tag);
    }
    if let Some(range) = content_range {
        set(&mut response, header::CONTENT_RANGE, &range);
    }
    protect(&mut response, &sent.policy);
    response
}

/// Answers with one line of text.
pub fn plain(status: StatusCode, line: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::whole(Bytes::from_static(line.as_bytes())));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    protect(&mut response, INERT);
    response
}

/// Sets the headers that every answer has.
pub fn protect(response: &mut Response<Body>, policy: &str) {
    set(response, header::CONTENT_SECURITY_POLICY, policy);
    set(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(response, header::REFERRER_POLICY, "no-referrer");
    // Other sites may not load what is shown here, not even as a script or an image.
    set(response, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(response, header::CACHE_CONTROL, "no-cache");
}

fn set(response: &mut Response<Body>, name: HeaderName, value: &str) {
    // A value with a control character, from a theme's policy say, is left out rather than sent.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Returns whether the browser already has what would be sent (RFC 9110, 13.1.2).
fn is_known(headers: &HeaderMap, tag: Option<&str>) -> bool {
    let Some(tag) = tag else { return false };
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|known| {
        known.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    })
}

/// No byte of a file is in the part that was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Unsatisfiable;

/// Returns the part of a file that is asked for; none where the whole is to be sent (RFC 9110, 14.2).
fn part(headers: &HeaderMap, tag: Option<&str>, length: usize) -> Option<Result<Range<usize>, Unsatisfiable>> {
    if headers.get(header::IF_RANGE).is_some_and(|known| known.to_str().ok() != tag) {
        return None;
    }
    range(headers.get(header::RANGE)?.to_str().ok()?, length)
}

/// Reads one range of bytes; several at once are answered with the whole, as the standard allows.
fn range(text: &str, length: usize) -> Option<Result<Range<usize>, Unsatisfiable>> {
    let (start, end) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| -> Option<usize> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than fit mean: beyond any end.
        is_number.then(|| text.parse().unwrap_or(usize::MAX))
    };
    let range = match (start, end) {
        ("", last) => length.saturating_sub(number(last)?)..length,
        (start, "") => number(start)?..length,
        (start, end) => {
            let (start, end) = (number(start)?, number(end)?);
            if end < start {
                return None;
            }
            start..end.saturating_add(1).min(length)
        }
    };
    Some(if range.start < range.end { Ok(range) } else { Err(Unsatisfiable) })
}

#[cfg(test)]
mod tests {
    use super::{Unsatisfiable, range};

    #[test]
    fn a_range_is_cut_to_the_file() {
        assert_eq!(range("bytes=0-4", 10), Some(Ok(0..5)));
        assert_eq!(range("bytes=5-", 10), Some(Ok(5..10)));
        assert_eq!(range("bytes=-3", 10), Some(Ok(7..10)));
        assert_eq!(range("bytes=-30", 10), Some(Ok(0..10)));
        assert_eq!(range("bytes=8-99999999999999999999999", 10), Some(Ok(8..10)));
    }

    #[test]
    fn a_range_beyond_the_end_is_unsatisfiable() {
        assert_eq!(range("bytes=10-", 10), Some(Err(Unsatisfiable)));
        assert_eq!(range("bytes=-0", 10), Some(Err(Unsatisfiable)));
        assert_eq!(range("bytes=0-0", 0), Some(Err(Unsatisfiable)));
    }

    #[test]
    fn what_is_no_range_is_passed_over() {
        for text in ["bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "items=0-1", "bytes=0-1,3-4", "bytes=+1-2"] {
            assert_eq!(range(text, 10), None, "{text}");
        }
    }
}
