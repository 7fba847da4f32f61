//! Which requests the preview answers at all.
//!
//! It is given the head of a request and says what it asks for, or why it is refused. The preview shows texts
//! that may not be public yet to a browser that other sites run in, too: a site elsewhere must not get at them
//! by a name that it lets lead here (DNS rebinding), nor by a request from its own page. It never looks a path
//! up: what it lets through is a name in the site or nothing.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, ORIGIN, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode, Uri, Version};
use percent_encoding::percent_decode_str;

/// The longest path or query that is looked at, in bytes.
const LONGEST_TARGET: usize = 4096;

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The path below the site's root, decoded; empty for the root itself.
    pub path: String,
    /// What stands after `?`, as it was sent.
    pub query: String,
    /// Whether only the head of the answer is wanted.
    pub head_only: bool,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// One line for whoever reads the answer.
    pub reason: &'static str,
}

const fn refuse<T>(status: StatusCode, reason: &'static str) -> Result<T, Refusal> {
    Err(Refusal { status, reason })
}

/// Knows the names by which this server may be asked.
#[derive(Debug, Clone)]
pub struct Guard {
    names: Vec<String>,
    /// Whether any address written as digits is one of ours: so it is when we listen on all of them.
    any_address: bool,
}

impl Guard {
    /// Makes the guard of a server that was told to listen on `host` and does so on `address`.
    pub fn new(host: &str, address: SocketAddr) -> Self {
        let mut names = vec!["localhost".to_owned(), bracketed(address.ip())];
        if address.ip().is_loopback() {
            names.extend(["127.0.0.1".to_owned(), "[::1]".to_owned()]);
        }
        names.push(host.parse().map_or_else(|_| host.to_ascii_lowercase(), bracketed));
        Guard { names, any_address: address.ip().is_unspecified() }
    }

    /// Judges a request by its head.
    ///
    /// # Errors
    /// Says with which status and why it is refused.
    pub fn judge(&self, head: &Parts) -> Result<Wanted, Refusal> {
        let host = self.host(head)?;
        check_origin(&head.headers, host)?;
        if !matches!(head.method, Method::GET | Method::HEAD) {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered");
        }
        let is_empty = |length: &str| length.trim() == "0";
        if head.headers.contains_key(TRANSFER_ENCODING)
            || single(&head.headers, &CONTENT_LENGTH)?.is_some_and(|length| !is_empty(length))
        {
            return refuse(StatusCode::BAD_REQUEST, "a request here has no body");
        }
        let query = head.uri.query().unwrap_or_default();
        if head.uri.path().len() > LONGEST_TARGET || query.len() > LONGEST_TARGET {
            return refuse(StatusCode::URI_TOO_LONG, "this address is too long");
        }
        let path = decode(head.uri.path())?;
        Ok(Wanted { path, query: query.to_owned(), head_only: head.method == Method::HEAD })
    }

    /// Returns the host with which the server was asked, if it may be asked so.
    fn host<'h>(&self, head: &'h Parts) -> Result<&'h str, Refusal> {
        let Some(host) = single(&head.headers, &HOST)? else {
            return refuse(StatusCode::BAD_REQUEST, "the request does not name its host");
        };
        if head.version < Version::HTTP_10 || !self.is_ours(host) {
            return refuse(StatusCode::FORBIDDEN, "this server is not known by that name");
        }
        // A full address in the first line outranks the header.
        match authority(&head.uri) {
            Some(named) if !named.eq_ignore_ascii_case(host) => {
                refuse(StatusCode::BAD_REQUEST, "the request names two hosts")
            }
            _ => Ok(host),
        }
    }

    /// Returns whether `host`, perhaps with a port, is a name of this server.
    ///
    /// The port may be another one: it is, when the preview is reached through a tunnel.
    fn is_ours(&self, host: &str) -> bool {
        let Some(name) = without_port(host) else { return false };
        let name = name.to_ascii_lowercase();
        let is_address = || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        self.names.contains(&name) || (self.any_address && is_address())
    }
}

/// Refuses a request that a page of another site sent.
fn check_origin(headers: &HeaderMap, host: &str) -> Result<(), Refusal> {
    match single(headers, &ORIGIN)? {
        None => Ok(()),
        Some(origin) if origin.strip_prefix("http://").is_some_and(|from| from.eq_ignore_ascii_case(host)) => Ok(()),
        Some(_) => refuse(StatusCode::FORBIDDEN, "other sites get no answer"),
    }
}

/// Returns the value of a header that must not be sent twice.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(value)), None) => Ok(Some(value)),
        _ => refuse(StatusCode::BAD_REQUEST, "a header is sent twice, or is not text"),
    }
}

fn authority(uri: &Uri) -> Option<&str> {
    uri.authority().map(hyper::http::uri::Authority::as_str)
}

/// Returns a host without its port; none where what follows the name is no port.
fn without_port(host: &str) -> Option<&str> {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(end);
    let is_port = |port: &str| !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(name)
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Decodes a path, once.
///
/// Browsers resolve `.` and `..` before they ask, so whoever sends them wants out of the site. That nothing is
/// found by them here does not depend on this check: files are looked up by their whole name.
fn decode(path: &str) -> Result<String, Refusal> {
    let Some(below) = path.strip_prefix('/') else {
        return refuse(StatusCode::BAD_REQUEST, "this is not a path");
    };
    let Ok(below) = percent_decode_str(below).decode_utf8() else {
        return refuse(StatusCode::BAD_REQUEST, "this path is not UTF-8");
    };
    let is_bad = |c: char| c.is_control() || c == '\\';
    let mut parts = below.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        if matches!(part, "." | "..") || (part.is_empty() && !is_last) || part.contains(is_bad) {
            return refuse(StatusCode::BAD_REQUEST, "this path does not name a file of the site");
        }
    }
    Ok(below.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Guard, decode, without_port};

    fn guard(host: &str, address: &str) -> Guard {
        Guard::new(host, address.parse().unwrap())
    }

    #[test]
    fn a_server_on_loopback_is_known_by_the_names_of_loopback() {
        let guard = guard("127.0.0.1", "127.0.0.1:3000");
        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST", "localhost:80"] {
            assert!(guard.is_ours(host), "{host}");
        }
        for host in
            ["", "evil.example", "localhost.evil.example", "192.168.1.5:3000", "localhost:", "localhost:x", "::1"]
        {
            assert!(!guard.is_ours(host), "{host}");
        }
    }

    #[test]
    fn a_server_on_all_addresses_is_known_by_addresses_and_by_no_other_name() {
        let guard = guard("0.0.0.0", "0.0.0.0:3000");
        assert!(
            guard.is_ours("192.168.1.5:3000") && guard.is_ours("[fe80::1]:3000") && guard.is_ours("localhost:3000")
        );
        assert!(!guard.is_ours("evil.example:3000"));
    }

    #[test]
    fn a_port_is_told_from_a_name() {
        assert_eq!(without_port("[::1]:80"), Some("[::1]"));
        assert_eq!(without_port("[::1"), None);
        assert_eq!(without_port("a:b:1"), None);
        assert_eq!(without_port("a:123456"), None);
    }

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(decode("/a%20b/%C3%B6.html").unwrap(), "a b/ö.html");
        assert_eq!(decode("/%252e%252e/x").unwrap(), "%2e%2e/x");
        assert_eq!(decode("/a/").unwrap(), "a/");
        for path in
            ["", "*", "/..", "/%2e%2e/x", "/a//b", "//host/share", "/a%00", "/a%5c..", "/%ff", "/a/./b", "/a%0ab"]
        {
            assert!(decode(path).is_err(), "{path}");
        }
    }
}
