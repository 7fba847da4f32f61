//! What is saved is shown, and published, whatever way it is saved.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::client::{Server, until};
use crate::support::{Book, page, tree};

fn book() -> Book {
    Book::new()
        .file("content/fi/osa/index.md", page("Osa", "Osan teksti."))
        .file("content/fi/osa/sivu.md", page("Sivu", "Vanha teksti."))
}

/// Waits until a page holds a text.
fn shown(server: &Server, path: &str, text: &str) {
    until(text, || String::from_utf8_lossy(&server.get(path).body).contains(text));
}

/// Waits until the terminal tells of a round after the first: a page is shown before that.
fn told(server: &Server) {
    until("the round is told", || server.rounds() > 1);
}

#[test]
fn a_saved_page_is_shown() {
    let book = book();
    let server = Server::start(&book, &[]);
    book.write("content/fi/osa/sivu.md", page("Sivu", "Uusi teksti."));
    shown(&server, "/osa/sivu.html", "Uusi teksti.");
    told(&server);
    let line = server.said().pop().unwrap();
    // The page, the paper that its section is printed on, and three shards of the search.
    assert!(line.starts_with("content/fi/osa/sivu.md: 5 files made, 5 changed ("), "{line}");
}

#[test]
fn a_saved_page_is_shown_when_the_folder_is_only_looked_at() {
    let book = book();
    let server = Server::start(&book, &["--poll"]);
    book.write("content/fi/osa/sivu.md", page("Sivu", "Uusi ja pitempi teksti."));
    shown(&server, "/osa/sivu.html", "Uusi ja pitempi teksti.");
}

#[test]
fn a_page_saved_by_renaming_is_shown_and_the_other_name_is_not() {
    let book = book();
    let server = Server::start(&book, &[]);
    book.write("content/fi/osa/.sivu.md.swp", "x");
    book.write("content/fi/osa/sivu.md~", page("Sivu", "Uusi teksti."));
    fs::rename(book.path("content/fi/osa/sivu.md~"), book.path("content/fi/osa/sivu.md")).unwrap();
    shown(&server, "/osa/sivu.html", "Uusi teksti.");
    told(&server);
    assert_eq!(server.rounds(), 2, "{:?}", server.said());
}

#[test]
fn pages_come_and_go_with_their_files_and_folders() {
    let book = book();
    let server = Server::start(&book, &[]);
    book.write("content/fi/luku/uusi.md", page("Uusi", "Uuden teksti."));
    shown(&server, "/luku/uusi.html", "Uuden teksti.");
    // What is in a new folder is watched, too.
    book.write("content/fi/luku/uusi.md", page("Uusi", "Muuttunut teksti."));
    shown(&server, "/luku/uusi.html", "Muuttunut teksti.");
    fs::rename(book.path("content/fi/luku"), book.path("content/fi/kirja")).unwrap();
    shown(&server, "/kirja/uusi.html", "Muuttunut teksti.");
    assert_eq!(server.get("/luku/uusi.html").status, 404);
    book.remove("content/fi/kirja/uusi.md");
    until("the page is gone", || server.get("/kirja/uusi.html").status == 404);
}

#[test]
fn a_saved_file_of_a_layer_is_shown() {
    let book = book();
    let editions = format!("{}[editions.oma]\nlayers = [\"overlays/oma\"]\n", crate::support::config(&["fi"]));
    book.write("book.toml", editions);
    book.write("overlays/oma/overlay.toml", "name = \"oma\"\ntitle = \"Oma\"\nversion = \"1\"\n");
    let patch = |text: &str| {
        book.write(
            "overlays/oma/content/fi/osa/sivu.md",
            format!("---\nop: patch\n---\n\n:::append {{#}}\n{text}\n:::\n"),
        );
    };
    patch("Oma lisä.");
    let server = Server::start(&book, &["--edition", "oma"]);
    shown(&server, "/osa/sivu.html", "Oma lisä.");
    patch("Toinen lisä.");
    shown(&server, "/osa/sivu.html", "Toinen lisä.");
    book.write("content/fi/osa/sivu.md", page("Sivu", "Uusi teksti."));
    shown(&server, "/osa/sivu.html", "Uusi teksti.");
    assert!(server.get("/osa/sivu.html").text().contains("Toinen lisä."));
}

#[test]
fn a_folder_that_vanishes_is_waited_for() {
    let book = book();
    let server = Server::start(&book, &[]);
    for folder in ["content", "."] {
        let path = book.path(folder).canonicalize().unwrap();
        let aside = path.with_file_name("aside");
        fs::rename(&path, &aside).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        assert!(server.get("/osa/sivu.html").status == 200, "the last good site stays");
        fs::rename(&aside, &path).unwrap();
        let text = format!("Taas täällä: {folder}");
        std::thread::sleep(Duration::from_millis(500));
        book.write("content/fi/osa/sivu.md", page("Sivu", &text));
        shown(&server, "/osa/sivu.html", &text);
    }
}

#[test]
fn a_broken_book_shows_the_last_good_site_and_its_faults_until_it_is_mended() {
    let book = book();
    let server = Server::start(&book, &[]);
    book.write(
        "themes/default/templates/page.html",
        "{% extends \"base.html\" %}\n{% block main %}{{ page.ei.ole }}\n",
    );
    until("the fault is told", || server.event("index.html")["faults"][0]["code"] == "E034");
    let event = server.event("index.html");
    assert_eq!(event["faults"][0]["file"], "themes/default/templates/page.html", "{event}");
    assert!(server.get("/osa/sivu.html").text().contains("Vanha teksti."));
    book.remove("themes/default/templates/page.html");
    until("no fault is told", || server.event("index.html")["faults"].as_array().unwrap().is_empty());
    assert!(server.get("/osa/sivu.html").text().contains("Vanha teksti."));
}

#[test]
fn many_files_at_once_are_one_change_or_two() {
    let book = book();
    let server = Server::start(&book, &[]);
    // They are written beside the book and then put into it, which takes no time even on a busy machine.
    let name = |number: usize| format!("s{number}.md");
    for number in 0..500 {
        fs::write(book.holder().join(name(number)), page(&format!("Sivu {number}"), "Teksti.")).unwrap();
    }
    for number in 0..500 {
        let (from, to) = (book.holder().join(name(number)), book.path("content/fi/osa").join(name(number)));
        fs::rename(from, to).unwrap();
    }
    shown(&server, "/osa/s499.html", "Teksti.");
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.rounds() <= 3, "{:?}", server.said());
}

/// A build that watches; stopped when it is dropped.
struct Watching {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Watching {
    fn start(book: &Book) -> Self {
        let mut command = book.command(&["build", "--watch"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let (lines, heard) = (BufReader::new(child.stdout.take().unwrap()).lines(), Arc::clone(&said));
        std::thread::spawn(move || lines.for_each(|line| heard.lock().unwrap().push(line.unwrap())));
        let watching = Watching { child, said };
        watching.rounds(1);
        watching
    }

    /// Waits for the end of a round.
    fn rounds(&self, number: usize) {
        until("the round is done", || self.said.lock().unwrap().len() >= number);
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Expects the published site to be what a clean build makes, manifest and all.
fn assert_clean(book: &Book) {
    let out = book.holder().join("clean");
    let run = book.run(&["build", "--out", out.to_str().unwrap()]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert_eq!(tree(&book.path("public")), tree(&out));
}

#[test]
fn a_watching_build_keeps_the_site_as_a_clean_build_would_make_it() {
    let book = book();
    book.build();
    let watching = Watching::start(&book);
    assert_clean(&book);
    // Each edit is one word to whoever watches, even on a busy machine: what is new is put in by its name.
    let put = |path: &str, text: String| {
        let beside = book.holder().join("beside");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, book.path(path)).unwrap();
    };
    let folder = book.holder().join("uusi");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("sivu.md"), page("Toinen", "Teksti.")).unwrap();
    let edits: [&dyn Fn(); 5] = [
        &|| put("content/fi/osa/sivu.md", page("Sivu", "Uusi teksti.")),
        &|| fs::rename(&folder, book.path("content/fi/uusi")).unwrap(),
        &|| put("book.toml", crate::support::config(&["fi", "sv"])),
        &|| fs::rename(book.path("content/fi/uusi"), book.path("content/fi/vanha")).unwrap(),
        &|| fs::remove_file(book.path("content/fi/vanha/sivu.md")).unwrap(),
    ];
    for (number, edit) in edits.iter().enumerate() {
        edit();
        watching.rounds(number + 2);
        assert_clean(&book);
    }
    // Its own output has not been taken for a change.
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(watching.said.lock().unwrap().len(), edits.len() + 1, "{:?}", watching.said);
}

#[test]
fn a_watching_build_writes_no_file_that_has_not_changed() {
    let book = book();
    book.build();
    let time = |path: &str| fs::metadata(book.path("public").join(path)).unwrap().modified().unwrap();
    let before = (time("index.html"), time("opas-manifest.json"));
    let watching = Watching::start(&book);
    assert_eq!((time("index.html"), time("opas-manifest.json")), before);
    book.write("content/fi/osa/sivu.md", page("Sivu", "Uusi teksti."));
    watching.rounds(2);
    assert_eq!(time("index.html"), before.0);
    assert!(book.output("osa/sivu.html").contains("Uusi teksti."));
}

#[test]
fn a_watching_build_keeps_the_site_of_a_book_that_breaks() {
    let book = book();
    let watching = Watching::start(&book);
    let before = book.outputs();
    book.write("content/fi/osa/sivu.md", page("Sivu", "[ei](puuttuu.md)"));
    watching.rounds(2);
    let last = watching.said.lock().unwrap()[1].clone();
    assert!(last.contains("1 error, 0 warnings; the site stays as it was"), "{last}");
    assert_eq!(book.outputs(), before);
}

#[test]
fn a_watching_build_ends_in_good_order() {
    let book = book();
    let mut watching = Watching::start(&book);
    let killed = Command::new("kill").args(["-INT", &watching.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(watching.child.wait().unwrap().code(), Some(0));
    let beside: Vec<_> = fs::read_dir(book.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!beside.iter().any(|name| name.to_string_lossy().starts_with(".public")), "{beside:?}");
    assert_clean(&book);
}

#[test]
fn ctrl_c_in_the_middle_of_a_build_leaves_no_half_site() {
    let book = book();
    for number in 0..200 {
        book.write(format!("content/fi/osa/s{number}.md"), page(&format!("Sivu {number}"), "Teksti."));
    }
    // At the very start, while the book is read, while pages are made, and while they are written.
    for milliseconds in [0, 30, 100, 250, 600] {
        let mut command = book.command(&["build", "--watch"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let status = child.wait().unwrap();
        // Without a status it was stopped by the system before it could listen.
        assert!(matches!(status.code(), Some(0) | None), "after {milliseconds} ms: {status:?}");
        // Whatever is there is known to the next build, which makes it whole.
        book.build();
        assert_clean(&book);
        fs::remove_dir_all(book.path("public")).unwrap();
    }
}

#[test]
fn a_watching_build_refuses_a_folder_that_is_not_its_own() {
    let book = book().file("public/oma.txt", "x");
    let run = book.run(&["build", "--watch"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.stderr.contains("was not made by opas"), "{run:?}");
}
