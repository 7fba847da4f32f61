//! What a site with an address says to machines: the feed of changes and the site map.

use crate::support::Book;

const CONFIG: &str = r#"[book]
id = "test"
version = "1"
languages = ["fi", "sv"]
title = { fi = "Kirja & kansi", sv = "Bok" }
url = "https://kirja.example/ohje"
"#;

const CHANGED: &str = "---
title: Muuttunut <sivu>
aliases: [vanha]
changes:
  - {date: 2026-01-02, note: \"Ensimmäinen & vanhin\"}
  - {date: 2026-03-04, note: Uusin}
---

x
";

fn book() -> Book {
    let book = Book::in_languages(&["fi", "sv"]);
    book.write("book.toml", CONFIG);
    book.file("content/fi/osio/muuttunut.md", CHANGED)
}

#[test]
fn the_feed_lists_changes_newest_first_with_absolute_addresses() {
    let book = book();
    book.build();
    let feed = book.output("feed.xml");
    assert!(feed.starts_with(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"fi\">"
    ));
    assert!(feed.contains("<updated>2026-03-04T00:00:00Z</updated>\n<author>"), "{feed}");
    assert!(feed.contains("<title>Kirja &amp; kansi: Muutokset</title>"), "{feed}");
    assert!(feed.contains("<title>Muuttunut &lt;sivu&gt;</title>"), "{feed}");
    assert!(feed.contains("href=\"https://kirja.example/ohje/osio/muuttunut.html\""), "{feed}");
    let (newest, oldest) = (feed.find("Uusin").unwrap(), feed.find("Ensimmäinen &amp; vanhin").unwrap());
    assert!(newest < oldest, "{feed}");
    let ids: Vec<&str> = feed.match_indices("<id>").map(|(at, _)| feed[at..].split("</id>").next().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
    for path in ["index.html", "osio/muuttunut.html", "sv/index.html"] {
        let html = book.output(path);
        let href = if path.starts_with("osio/") { "../feed.xml" } else { "feed.xml" };
        assert!(html.contains(&format!("type=\"application/atom+xml\" href=\"{href}\"")), "{path}: {html}");
    }
}

#[test]
fn the_site_map_lists_every_page_once_and_no_redirect() {
    let book = book();
    book.build();
    let map = book.output("sitemap.xml");
    for path in ["index.html", "osio/muuttunut.html", "contents.html", "changes.html", "sv/osio/muuttunut.html"] {
        let address = format!("<loc>https://kirja.example/ohje/{path}</loc>");
        assert_eq!(map.matches(&address).count(), 1, "{path}: {map}");
    }
    assert!(!map.contains("vanha") && !map.contains("404"), "{map}");
}

#[test]
fn a_book_without_an_address_has_neither() {
    let book = Book::new().file("content/fi/muuttunut.md", CHANGED);
    book.build();
    assert!(!book.has_output("feed.xml") && !book.has_output("sitemap.xml"));
    assert!(!book.output("index.html").contains("atom+xml"));
}

#[test]
fn an_edition_has_the_address_that_its_uppermost_layer_names_or_none() {
    let layer = |url: &str| format!("name = \"kunta\"\ntitle = \"Kunta\"\nversion = \"1\"\n{url}");
    let book = book();
    book.write("kunta/overlay.toml", layer(""));
    let run = book.run(&["build", "--layer", book.path("kunta").to_str().unwrap()]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(!book.has_output("feed.xml") && !book.has_output("sitemap.xml"));
    book.write("kunta/overlay.toml", layer("url = \"https://kunta.example/k\"\n"));
    let run = book.run(&["build", "--layer", book.path("kunta").to_str().unwrap()]);
    assert_eq!(run.status, Some(0), "{run:?}");
    let (feed, map) = (book.output("feed.xml"), book.output("sitemap.xml"));
    assert!(feed.contains("https://kunta.example/k/feed.xml") && !feed.contains("kirja.example"), "{feed}");
    assert!(map.contains("<loc>https://kunta.example/k/index.html</loc>") && !map.contains("kirja.example"), "{map}");
}

#[test]
fn a_file_may_not_take_their_names() {
    for name in ["feed.xml", "sitemap.xml"] {
        let book = book().file(format!("content/fi/{name}"), "x");
        let run = book.run(&["build"]);
        assert_eq!(run.status, Some(1), "{name}");
        assert!(run.stderr.contains("E008"), "{name}: {}", run.stderr);
    }
}

#[test]
fn a_redirect_page_leads_to_the_page_in_every_language() {
    let book = Book::in_languages(&["fi", "sv"]);
    let book = book.file("content/fi/osio/index.md", "---\ntitle: Osio\naliases: [vanha]\n---\n\nx\n");
    book.build();
    let html = book.output("vanha.html");
    for href in ["href=\"osio/index.html\"", "href=\"sv/osio/index.html\"", "url=osio/index.html"] {
        assert!(html.contains(href), "{href}: {html}");
    }
}

#[test]
fn the_navigation_shows_a_window_of_a_large_section() {
    let mut book = Book::new().file("content/fi/osio/index.md", "---\ntitle: Osio\n---\n\nx\n");
    for number in 10..60 {
        book = book.file(format!("content/fi/osio/s{number}.md"), format!("---\ntitle: Sivu {number}\n---\n\nx\n"));
    }
    book.build();
    let html = book.output("osio/s40.html");
    let nav = html.split("class=\"site-nav\"").nth(1).unwrap().split("</nav>").next().unwrap();
    assert_eq!(nav.matches("<a href=\"s").count(), 16, "{nav}");
    assert!(nav.contains("<a href=\"s40.html\" aria-current=\"page\">"), "{nav}");
    assert!(nav.contains("<li class=\"more\"><a href=\"index.html\">"), "{nav}");
}
