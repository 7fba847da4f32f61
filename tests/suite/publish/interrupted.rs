//! Builds that are killed, that run out of space, that meet each other or a reader.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{Mode, OFlags, openat};
use serde_json::Value;

use super::{big_book, book, check_no_leftovers, check_whole, identities, write_version};
use crate::support::{Book, Run, page};

#[test]
fn two_builds_at_once_leave_a_whole_site() {
    let book = big_book(60);
    for round in 0..4 {
        book.write("content/fi/sivu-000.md", page("Sivu 0", &format!("kierros {round}")));
        let children: Vec<_> = (0..3)
            .map(|_| book.command(&["build", "-q"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
            .collect();
        for mut child in children {
            let status = child.wait().unwrap();
            assert!(matches!(status.code(), Some(0 | 3)), "{status:?}");
        }
        check_whole(&book.path("public"));
    }
    book.build();
    check_whole(&book.path("public"));
    check_no_leftovers(&book);
}

#[test]
fn a_killed_build_leaves_the_old_site_or_the_new_one_and_the_next_build_cleans_up() {
    const PAGES: usize = 200;
    const ROUNDS: u32 = 12;
    let book = big_book(PAGES);
    book.build();
    write_version(&book, PAGES, "kaksi");
    let time = book.build().time;
    let mut killed = 0;
    for round in 0..ROUNDS {
        write_version(&book, PAGES, &format!("kierros{round}"));
        let before = book.outputs();
        let mut child = book.command(&["build", "-q"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(time * (round + 1) / (ROUNDS + 1));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        check_whole(&book.path("public"));
        let after = book.outputs();
        let is_new = after["sivu-000.html"] != before["sivu-000.html"];
        assert!(is_new || after == before, "either the old site or the new one");
    }
    assert!(killed >= ROUNDS / 4, "only {killed} of {ROUNDS} builds were caught alive");
    book.build();
    check_whole(&book.path("public"));
    check_no_leftovers(&book);
}

#[test]
fn a_staging_folder_that_a_killed_build_left_is_removed() {
    let book = book();
    book.write(".public.opas-999999-0/index.html", "puolikas");
    book.build();
    check_no_leftovers(&book);
    assert!(!book.output("index.html").contains("puolikas"));
    // The same when the build has nothing to write: the killed one had got as far as removing the old site.
    book.write(".public.opas-999999-0/index.html", "puolikas");
    book.build();
    check_no_leftovers(&book);
}

#[test]
fn a_first_build_that_is_killed_leaves_nothing_or_a_whole_site() {
    let book = big_book(200);
    let time = book.build().time;
    for round in 1..6 {
        fs::remove_dir_all(book.path("public")).unwrap();
        let mut child = book.command(&["build", "-q"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(time * round / 6);
        child.kill().unwrap();
        child.wait().unwrap();
        if book.path("public").exists() {
            check_whole(&book.path("public"));
        }
        book.build();
        check_no_leftovers(&book);
    }
}

/// Reads a file below an open folder.
fn read_at(folder: &File, path: &str) -> std::io::Result<String> {
    let file = openat(folder, path, OFlags::RDONLY, Mode::empty())?;
    let mut text = String::new();
    File::from(file).read_to_string(&mut text)?;
    Ok(text)
}

fn mark_of(html: &str) -> String {
    let at = html.find("versio-").expect("the page bears a mark");
    html[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect()
}

#[test]
fn a_reader_never_misses_a_file_and_never_sees_a_mixture() {
    const PAGES: usize = 8;
    let book = big_book(PAGES);
    book.build();
    let public = book.path("public");
    let is_over = AtomicBool::new(false);
    let (mut reads, mut compared) = (0, 0);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                // By path: there must be a file at every moment, and it must be whole.
                let text = fs::read_to_string(public.join("sivu-001.html")).expect("the file is always there");
                assert!(text.trim_end().ends_with("</html>"), "a whole file");
                reads += 1;
                // As a set: two files read one after the other may straddle a swap, so they are read through one
                // open folder, and count only if that folder was still the site afterwards.
                let folder = File::open(&public).expect("the folder is always there");
                let first = read_at(&folder, "sivu-000.html");
                std::thread::yield_now();
                let last = read_at(&folder, "sivu-007.html");
                let manifest = read_at(&folder, "opas-manifest.json");
                let was_current = fs::metadata(&public).unwrap().ino() == folder.metadata().unwrap().ino();
                if was_current {
                    let (first, last) = (first.unwrap(), last.unwrap());
                    assert_eq!(mark_of(&first), mark_of(&last));
                    let manifest: Value = serde_json::from_str(&manifest.unwrap()).unwrap();
                    let digest = opas::digest::Digest::of(&first).to_string();
                    assert_eq!(manifest["files"]["sivu-000.html"].as_str(), Some(digest.as_str()));
                    compared += 1;
                }
            }
        });
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..30 {
                write_version(&book, PAGES, if round % 2 == 0 { "kaksi" } else { "yksi" });
                book.build();
            }
        }));
        is_over.store(true, Ordering::Relaxed);
        reader.join().unwrap();
        outcome.unwrap();
    });
    assert!(reads > 20 && compared > 5, "{reads} reads, {compared} comparisons");
}

#[test]
fn a_full_disk_leaves_the_previous_site() {
    let book = book().file("content/fi/iso.md", page("Iso", "x"));
    book.build();
    let before = (identities(&book), book.outputs());
    book.write("content/fi/iso.md", page("Iso", &"Pitkä teksti. ".repeat(40_000)));
    // No file may grow beyond 64 KiB; with the signal ignored, writing fails as it does on a full disk.
    let mut command = Command::new("bash");
    command.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$OPAS\" build"]);
    command.env("OPAS", env!("CARGO_BIN_EXE_opas")).current_dir(book.root());
    let run = Run::of(command);
    assert_eq!(run.status, Some(3), "{run:?}");
    assert!(run.stderr.contains("iso.html"), "the file that could not be written is named: {run:?}");
    assert_eq!((identities(&book), book.outputs()), before);
    check_no_leftovers(&book);
    book.build();
    check_whole(&book.path("public"));
}

#[test]
fn a_full_disk_at_the_first_build_leaves_nothing() {
    let book = Book::new().page(&"Pitkä teksti. ".repeat(40_000));
    let mut command = Command::new("bash");
    command.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$OPAS\" build"]);
    command.env("OPAS", env!("CARGO_BIN_EXE_opas")).current_dir(book.root());
    assert_eq!(Run::of(command).status, Some(3));
    assert!(!book.path("public").exists());
    check_no_leftovers(&book);
}
