//! Requests that want what they must not have, or the server's whole attention.

use std::io::Write;

use super::client::Server;
use crate::support::Book;

/// A book beside a secret, one of whose names leads out of the site.
fn book() -> Book {
    let book = Book::new();
    std::fs::write(book.holder().join("secret.txt"), "SECRET").unwrap();
    book.write("content/fi/.hidden", "SECRET").write("book-secret.txt", "SECRET");
    book.write("themes/default/assets/notes~", "SECRET");
    book
}

/// Paths that lead nowhere in the site.
const PATHS: [&str; 44] = [
    "/../secret.txt",
    "/../../secret.txt",
    "/./../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/%2E%2E/secret.txt",
    "/.%2e/secret.txt",
    "/%2e./secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/%252e%252e/secret.txt",
    "/%252e%252e%252fsecret.txt",
    "/%25252e%25252e/secret.txt",
    "/..%255csecret.txt",
    "/..\\secret.txt",
    "/..%5csecret.txt",
    "/%5c..%5csecret.txt",
    "/assets\\style.css",
    "/assets%5cstyle.css",
    "/index.html%00",
    "/index.html%00.png",
    "/%00",
    "//secret.txt",
    "//localhost/secret.txt",
    "/\\\\localhost\\c$\\secret.txt",
    "/%5c%5clocalhost%5cc$%5csecret.txt",
    "///etc/passwd",
    "//etc/passwd",
    "/etc/passwd",
    "/proc/self/environ",
    "/C:/secret.txt",
    "/c:%5csecret.txt",
    "/file:///etc/passwd",
    "/..;/secret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/%e0%80%ae%e0%80%ae/secret.txt",
    "/%uff0e%uff0e/secret.txt",
    "/book-secret.txt",
    "/book.toml",
    "/content/fi/index.md",
    "/.hidden",
    "/assets/notes~",
    "/_opas/../secret.txt",
];

/// Hosts and origins that are not ours; each stands in a request of its own.
const STRANGERS: [&str; 16] = [
    "Host: evil.example",
    "Host: evil.example:PORT",
    "Host: localhost.evil.example:PORT",
    "Host: 127.0.0.1.evil.example",
    "Host: 192.168.0.1:PORT",
    "Host: 0.0.0.0:PORT",
    "Host: 2130706433",
    "Host: localhost:PORT:1",
    "Host: localhost@evil.example",
    "Host: ",
    "Host: localhost\r\nHost: evil.example",
    "Host: localhost:PORT\r\nOrigin: http://evil.example",
    "Host: localhost:PORT\r\nOrigin: null",
    "Host: localhost:PORT\r\nOrigin: https://localhost:PORT",
    "Host: localhost:PORT\r\nOrigin: http://localhost:1",
    "Host: localhost:PORT\r\nOrigin: http://localhost:PORT\r\nOrigin: http://evil.example",
];

const METHODS: [&str; 12] =
    ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "LOCK", "get", "HACK", "QUERY"];

fn assert_refused(server: &Server, request: &[u8]) {
    let shown = String::from_utf8_lossy(&request[..request.len().min(200)]).into_owned();
    if let Some(answer) = server.send(request) {
        assert!((400..=505).contains(&answer.status), "{shown} got {}", answer.status);
        assert!(!String::from_utf8_lossy(&answer.body).contains("SECRET"), "{shown}");
    }
}

fn assert_alive(server: &Server) {
    let answer = server.get("/");
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("Tervetuloa"));
}

#[test]
fn no_path_leads_out_of_the_site() {
    let server = Server::start(&book(), &[]);
    for path in PATHS {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assert_refused(&server, request.as_bytes());
    }
    assert_alive(&server);
}

#[test]
fn a_symbolic_link_out_of_the_book_is_not_followed() {
    let book = book();
    std::os::unix::fs::symlink(book.holder().join("secret.txt"), book.path("content/fi/linkki.txt")).unwrap();
    let server = Server::start(&book, &[]);
    assert_refused(&server, b"GET /linkki.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

#[test]
fn other_hosts_and_origins_get_nothing() {
    let server = Server::start(&book(), &[]);
    for headers in STRANGERS {
        let headers = headers.replace("PORT", &server.port.to_string());
        assert_refused(&server, format!("GET / HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n").as_bytes());
    }
    assert_refused(&server, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert_refused(&server, b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let own = server.ask("GET", "/", &[&format!("Origin: http://localhost:{}", server.port)]);
    assert_eq!(own.status, 200);
    assert_alive(&server);
}

#[test]
fn only_get_and_head_are_answered() {
    let server = Server::start(&book(), &[]);
    for method in METHODS {
        for target in ["/", "/_opas/events"] {
            let request = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assert_refused(&server, request.as_bytes());
        }
    }
    assert_eq!(server.ask("POST", "/", &[]).header("allow"), Some("GET, HEAD"));
    assert_alive(&server);
}

#[test]
fn what_is_no_request_is_refused() {
    let server = Server::start(&book(), &[]);
    let head = "Host: localhost\r\nConnection: close\r\n";
    let requests = [
        "GET\r\n\r\n".to_owned(),
        "GET /\r\n\r\n".to_owned(),
        format!("GET / HTTP/9.9\r\n{head}\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\0\u{5}\u{1}hello".to_owned(),
        format!("GET / HTTP/1.1\r\n{head}Content-Length: 5\r\n\r\nhello"),
        format!("GET / HTTP/1.1\r\n{head}Content-Length: 99999999999999999999\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{head}Content-Length: -1\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{head}Bad Name: x\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{head}X: a\0b\r\n\r\n"),
        format!("GET * HTTP/1.1\r\n{head}\r\n"),
        format!("GET index.html HTTP/1.1\r\n{head}\r\n"),
    ];
    for request in requests {
        assert_refused(&server, request.as_bytes());
    }
    assert_alive(&server);
}

#[test]
fn huge_requests_are_refused() {
    let server = Server::start(&book(), &[]);
    let long = "a".repeat(100_000);
    let many = "X: y\r\n".repeat(5_000);
    let requests = [
        format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET /?{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"),
        format!("{long} / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET /{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "b".repeat(5_000)),
        format!("GET /_opas/events?{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "of=a&".repeat(1_000)),
    ];
    for request in requests {
        assert_refused(&server, request.as_bytes());
    }
    assert_alive(&server);
}

#[test]
fn slow_requests_do_not_keep_others_waiting() {
    let server = Server::start(&book(), &[]);
    let mut slow: Vec<_> = (0..300).map(|_| server.open("GET / HTTP/1.1\r\nHost: loc")).collect();
    assert_alive(&server);
    for stream in &mut slow {
        let _ = stream.write_all(b"a");
    }
    assert_alive(&server);
}

#[test]
fn a_request_that_never_ends_is_cut_off() {
    let server = Server::start(&book(), &[]);
    assert!(server.send("GET / HTTP/1.1\r\nHost: localhost\r\n").is_none_or(|answer| answer.status == 408));
    assert_alive(&server);
}
