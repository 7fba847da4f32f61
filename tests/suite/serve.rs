//! The preview: what browsers get, and what nobody gets.

mod client;
mod hostile;
mod soak;
mod watching;

use std::net::TcpListener;

use crate::support::{Book, page};
use client::Server;

/// A book with an image, a page in a folder, and a name that needs encoding.
fn book() -> Book {
    Book::new()
        .file("content/fi/osa/index.md", page("Osa", "Osan teksti."))
        .file("content/fi/osa/sivu.md", page("Sivu", "Sivun teksti."))
        .file("content/fi/kuva yksi.png", b"0123456789")
}

#[test]
fn files_of_the_site_come_with_their_types() {
    let server = Server::start(&book(), &[]);
    for (path, media) in [
        ("/", "text/html; charset=utf-8"),
        ("/osa/sivu.html", "text/html; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/opas.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/kuva%20yksi.png", "image/png"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(media), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"), "{path}");
    }
}

#[test]
fn nothing_is_written() {
    let book = book();
    let server = Server::start(&book, &[]);
    assert_eq!(server.get("/").status, 200);
    drop(server);
    assert!(!book.path("public").exists());
}

#[test]
fn a_page_is_the_built_one_with_the_preview_in_it() {
    let book = book();
    book.build();
    let built = book.output("osa/sivu.html");
    let server = Server::start(&book, &[]);
    let shown = server.get("/osa/sivu.html").text();
    let (start, rest) = built.split_once("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let (_, end) = rest.split_once('>').unwrap();
    assert!(shown.starts_with(start) && shown.ends_with(end), "{shown}");
    assert!(shown.contains("<script defer src=\"/_opas/preview.js\""), "{shown}");
    assert!(!built.contains("_opas/"), "{built}");
}

#[test]
fn the_policy_of_the_page_stays_and_lets_the_preview_connect() {
    let server = Server::start(&book(), &[]);
    let policy = server.get("/").header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn a_folder_leads_to_its_page_and_is_never_listed() {
    let server = Server::start(&book(), &[]);
    let answer = server.get("/osa");
    assert_eq!((answer.status, answer.header("location")), (302, Some("/osa/")));
    assert!(server.get("/osa/").text().contains("Osan teksti"));
    assert_eq!(server.get("/assets/").status, 404);
    assert_eq!(server.get("/assets").status, 404);
}

#[test]
fn an_unknown_address_gets_the_page_for_it() {
    let server = Server::start(&book(), &[]);
    let answer = server.get("/osa/muu.html");
    assert_eq!(answer.status, 404);
    let text = answer.text();
    assert!(text.contains("content=\"404\"") && text.contains("<base href=\"/\">"), "{text}");
}

#[test]
fn what_the_browser_has_is_not_sent_again() {
    let server = Server::start(&book(), &[]);
    let tag = server.get("/").header("etag").unwrap().to_owned();
    let again = server.ask("GET", "/", &[&format!("If-None-Match: \"x\", W/{tag}")]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(server.ask("GET", "/", &["If-None-Match: \"x\""]).status, 200);
}

#[test]
fn a_part_of_a_file_can_be_asked_for() {
    let server = Server::start(&book(), &[]);
    let part = |header: &str| server.ask("GET", "/kuva%20yksi.png", &[header]);
    let answer = part("Range: bytes=2-4");
    assert_eq!((answer.status, answer.body.as_slice()), (206, &b"234"[..]));
    assert_eq!(answer.header("content-range"), Some("bytes 2-4/10"));
    assert_eq!(part("Range: bytes=-2").body, b"89");
    assert_eq!(part("Range: bytes=50-").status, 416);
    assert_eq!(part("Range: bytes=0-1,4-5").body, b"0123456789");
    let stale = server.ask("GET", "/kuva%20yksi.png", &["Range: bytes=2-4", "If-Range: \"old\""]);
    assert_eq!((stale.status, stale.body.len()), (200, 10));
}

#[test]
fn head_gets_the_head_alone() {
    let server = Server::start(&book(), &[]);
    let answer = server.ask("HEAD", "/kuva%20yksi.png", &[]);
    assert_eq!((answer.status, answer.header("content-length"), answer.body.len()), (200, Some("10"), 0));
}

#[test]
fn a_taken_port_leads_to_the_next_one() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let server = Server::start(&book(), &["--port", &port.to_string()]);
    assert!(server.port > port && server.get("/").status == 200);
    assert!(server.said().iter().any(|line| line.contains(&format!("port {port} is taken"))), "{:?}", server.said());
}

#[test]
fn ctrl_c_stops_it_in_good_order() {
    let mut server = Server::start(&book(), &[]);
    assert_eq!(server.get("/").status, 200);
    let listening = server.open("GET /_opas/events?of=index.html HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(server.interrupt(), Some(0));
    drop(listening);
}

#[test]
fn drafts_are_shown_only_when_asked_for() {
    let book = book().file("content/fi/luonnos.md", "---\ntitle: Luonnos\ndraft: true\n---\n\nKesken.\n");
    assert_eq!(Server::start(&book, &[]).get("/luonnos.html").status, 404);
    assert!(Server::start(&book, &["--drafts"]).get("/luonnos.html").text().contains("Kesken."));
}

#[test]
fn a_book_that_does_not_build_is_served_with_its_faults() {
    let book = book().page("[ei](puuttuu.md)");
    let server = Server::start(&book, &[]);
    assert_eq!(server.get("/").status, 503);
    let event = server.event("index.html");
    assert_eq!(event["faults"][0]["code"], "E021", "{event}");
    assert_eq!(event["faults"][0]["file"], "content/fi/page.md", "{event}");
    assert_eq!(event["faults"][0]["line"], 5, "{event}");
}

#[test]
fn a_browser_is_told_the_digests_of_its_files() {
    let server = Server::start(&book(), &[]);
    let event = server.event("index.html");
    let tag = server.get("/").header("etag").unwrap().trim_matches('"').to_owned();
    assert_eq!(event["files"]["index.html"], tag.as_str(), "{event}");
}

/// A book with the edition `kunta`, whose layer hides a page and changes another.
fn editions() -> Book {
    let config = crate::support::config(&["fi"]) + "\n[editions.kunta]\nlayers = [\"kunta\"]\n";
    book()
        .file("book.toml", config)
        .file("kunta/overlay.toml", "name = \"kunta\"\ntitle = \"Esimerkkikunta\"\nversion = \"1\"\n")
        .file("kunta/content/fi/osa/sivu.md", "---\nop: hide\nredirect: index\nreason: Ei meillä\n---\n")
        .file("kunta/content/fi/index.md", "---\nop: patch\n---\n\n:::append {#}\nKunnan lisä.\n:::\n")
}

#[test]
fn several_editions_are_shown_each_in_its_folder() {
    let book = editions();
    let server = Server::start(&book, &["--all"]);
    let is_there = || server.get("/kunta/").status == 200;
    client::until("the second edition is built", is_there);
    let answer = server.get("/");
    assert_eq!((answer.status, answer.header("location")), (302, Some("/base/")));
    assert!(server.get("/kunta/index.html").text().contains("Kunnan lisä."));
    assert!(!server.get("/base/index.html").text().contains("Kunnan lisä."));
    assert_eq!(server.get("/kunta").header("location"), Some("/kunta/"));
    let missing = server.get("/kunta/ei/ole.html");
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("<base href=\"/kunta/\">"), "links count from the edition's own folder");
    assert_eq!(server.get("/muu/").status, 404);
}

#[test]
fn a_page_leads_to_itself_in_the_other_editions_or_to_their_front_page() {
    let book = editions();
    let server = Server::start(&book, &["--edition", "base", "--edition", "kunta", "--editor", "ed:{path}?{line}"]);
    client::until("the second edition is built", || server.get("/kunta/").status == 200);
    let ways = |file: &str| {
        let event = server.event(file);
        let ways = event["editions"].as_array().unwrap().clone();
        ways.into_iter().map(|way| way["href"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ways("base/osa/index.html"), ["/base/osa/index.html", "/kunta/osa/index.html"]);
    assert_eq!(ways("base/kuva%20yksi.png")[1], "/kunta/kuva%20yksi.png");
    let event = server.event("kunta/index.html");
    assert_eq!(event["sources"][0]["file"], "kunta/content/fi/index.md", "{event}");
    assert_eq!(event["sources"][0]["line"], 5, "{event}");
    assert!(event["sources"][0]["href"].as_str().unwrap().ends_with("/kunta/content/fi/index.md?5"), "{event}");
    assert_eq!(server.event("base/index.html")["sources"].as_array().unwrap().len(), 0);
}

#[test]
fn faults_of_one_edition_are_told_in_that_edition_alone() {
    let book = editions().file("kunta/content/fi/osa/index.md", "---\nop: patch\n---\n\n:::append {#ei}\nX\n:::\n");
    let server = Server::start(&book, &["--all"]);
    client::until("both are tried", || server.rounds() == 2);
    assert_eq!(server.event("kunta/index.html")["faults"][0]["code"], "E082");
    assert_eq!(server.event("base/index.html")["faults"].as_array().unwrap().len(), 0);
    assert_eq!(server.get("/base/").status, 200);
}

#[test]
fn drafts_and_late_reviews_are_told_as_of_the_day() {
    let page = "---\ntitle: Luonnos\ndraft: true\nreview-by: 2026-05-05\n---\n\nKesken.\n";
    let book = book().file("content/fi/luonnos.md", page);
    let told = |day: &str| {
        let server = Server::start(&book, &["--drafts", "--today", day]);
        client::until("remarks are made", || server.event("index.html")["drafts"][0] == "luonnos.html");
        server.event("index.html")["expired"].as_array().unwrap().len()
    };
    assert_eq!((told("2026-05-05"), told("2026-05-06")), (0, 1));
}

#[test]
fn what_is_no_address_of_an_editor_is_refused() {
    for editor in ["code", "javascript:alert('{path}')"] {
        let run = book().run(&["serve", "--editor", editor]);
        assert_eq!(run.status, Some(2), "{run:?}");
    }
}
