//! Publishing: the site is whole at every moment, what has not changed stays, and nothing foreign is lost.

mod interrupted;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::support::{Book, Content, FRONT_PAGE, Run, config, page, paths, translation, tree};

/// Longer than the clock of any file system takes to tick: what is changed later has a later time.
const TICK: Duration = Duration::from_millis(20);

/// A small book with a bit of everything.
fn book() -> Book {
    Book::in_languages(&["fi", "sv"])
        .file("content/fi/osio/index.md", page("Osio", "x"))
        .file("content/fi/osio/a.md", page("A", "Katso [b](b.md)."))
        .file("content/fi/osio/b.md", page("B", "x"))
        .file("content/fi/kuva.png", "kuva")
        .file("content/fi/glossary.yaml", "sana:\n  definition: Selitys.\n")
        .file("content/sv/index.md", translation(FRONT_PAGE, "Framsida", "Hej."))
}

/// Inode and time of change of every file of the site.
fn identities(book: &Book) -> BTreeMap<String, (u64, SystemTime)> {
    let public = book.path("public");
    let of = |path: &String| {
        let metadata = fs::metadata(public.join(path)).unwrap();
        (metadata.ino(), metadata.modified().unwrap())
    };
    paths(&public).into_iter().map(|path| (path.clone(), of(&path))).collect()
}

fn finished(book: &Book) -> Value {
    let run = book.run(&["build", "--message-format", "json"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    run.finished()
}

/// Expects a site to be exactly what its manifest says.
fn check_whole(public: &Path) {
    let manifest: Value = serde_json::from_slice(&fs::read(public.join("opas-manifest.json")).unwrap()).unwrap();
    let files = manifest["files"].as_object().unwrap();
    for (path, digest) in files {
        let bytes = fs::read(public.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(Some(opas::digest::Digest::of(bytes).to_string().as_str()), digest.as_str(), "{path}");
    }
    let there: BTreeSet<String> = paths(public)
        .into_iter()
        .filter(|path| path != "opas-manifest.json" && !path.split('/').any(|part| part.starts_with('.')))
        .collect();
    assert_eq!(there, files.keys().cloned().collect::<BTreeSet<_>>());
}

/// Expects nothing to lie beside the site but what the author put there.
fn check_no_leftovers(book: &Book) {
    let beside: Vec<String> = fs::read_dir(book.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("opas-"))
        .collect();
    assert_eq!(beside, [""; 0], "left behind");
}

#[test]
fn a_second_build_writes_nothing() {
    let book = book();
    book.build();
    let (before, bytes) = (identities(&book), book.outputs());
    let folder = fs::metadata(book.path("public")).unwrap().ino();
    let second = finished(&book);
    assert_eq!(second["files_written"], 0);
    assert_eq!(second["files_unchanged"].as_u64(), Some(before.len() as u64 - 1));
    assert_eq!(identities(&book), before);
    assert_eq!(book.outputs(), bytes);
    assert_eq!(fs::metadata(book.path("public")).unwrap().ino(), folder, "nothing was swapped");
    check_no_leftovers(&book);
}

#[test]
fn a_second_build_with_warnings_writes_nothing_and_warns_again() {
    let book = book().page("<font>x</font>");
    let first = book.build();
    let before = identities(&book);
    let second = book.build();
    assert_eq!(first.stderr, second.stderr);
    assert!(second.stderr.contains("W001"));
    assert_eq!(identities(&book), before);
}

#[test]
fn touching_the_sources_changes_nothing() {
    let book = book();
    book.build();
    let before = identities(&book);
    for path in paths(&book.path("content")) {
        let path = book.path("content").join(path);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(finished(&book)["files_written"], 0);
    assert_eq!(identities(&book), before);
}

/// Changes a book, builds again, and expects the files with other bytes to be new and all others to be the same files.
fn check_change(book: &Book, change: impl FnOnce(&Book), changed: &[&str]) {
    book.build();
    let (old, old_bytes) = (identities(book), book.outputs());
    change(book);
    let end = finished(book);
    let (new, new_bytes) = (identities(book), book.outputs());
    let differing: Vec<&str> = new_bytes
        .iter()
        .filter(|(path, bytes)| old_bytes.get(*path) != Some(bytes))
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(differing, changed, "the files that changed");
    for (path, identity) in &new {
        let is_same = old.get(path) == Some(identity);
        assert_eq!(is_same, !differing.contains(&path.as_str()), "{path} is the same file where its bytes are");
    }
    assert_eq!(end["files_written"].as_u64(), Some(differing.len() as u64 - 1), "the manifest is not counted");
    check_whole(&book.path("public"));
    check_no_leftovers(book);
    // An incremental build is a clean build.
    fs::remove_dir_all(book.path("public")).unwrap();
    book.build();
    assert_eq!(book.outputs(), new_bytes, "equal to a clean build");
}

#[test]
fn a_changed_body_changes_its_page_and_its_section_on_paper() {
    check_change(
        &book(),
        |book| {
            book.write("content/fi/osio/b.md", page("B", "y"));
        },
        &[
            "opas-manifest.json",
            "osio/b.html",
            "print/osio.html",
            "search/d-4.js",
            "search/p-_.js",
            "search/w-_.js",
            "sv/osio/b.html",
            "sv/print/osio.html",
            "sv/search/d-4.js",
            "sv/search/p-_.js",
            "sv/search/w-_.js",
        ],
    );
}

#[test]
fn a_changed_image_changes_itself_alone() {
    check_change(
        &book(),
        |book| {
            book.write("content/fi/kuva.png", "toinen");
        },
        &["kuva.png", "opas-manifest.json"],
    );
}

#[test]
fn a_changed_definition_changes_the_glossary_alone() {
    check_change(
        &book(),
        |book| {
            book.write("content/fi/glossary.yaml", "sana:\n  definition: Toinen.\n");
        },
        &[
            "glossary.html",
            "opas-manifest.json",
            "search/d-0.js",
            "search/p-_.js",
            "search/w-_.js",
            "sv/glossary.html",
            "sv/search/d-0.js",
            "sv/search/p-_.js",
            "sv/search/w-_.js",
        ],
    );
}

#[test]
fn a_comment_in_a_data_file_changes_nothing_but_the_manifest() {
    check_change(
        &book(),
        |book| {
            book.write("content/fi/glossary.yaml", "# huomautus\nsana:\n  definition: Selitys.\n");
        },
        &["opas-manifest.json"],
    );
}

#[test]
fn a_changed_translation_changes_its_language_alone() {
    check_change(
        &book(),
        |book| {
            book.write("content/sv/index.md", translation(FRONT_PAGE, "Framsida", "Hej då."));
        },
        &["opas-manifest.json", "sv/index.html", "sv/search/d-1.js", "sv/search/p-_.js", "sv/search/w-_.js"],
    );
}

#[test]
fn a_changed_title_changes_the_pages_that_show_it() {
    let book = book();
    book.write("content/fi/muu.md", page("Muu", "x"));
    book.write("content/fi/muu/sivu.md", page("Kaukana", "x"));
    check_change(
        &book,
        |book| {
            book.write("content/fi/osio/a.md", page("Aa", "Katso [b](b.md)."));
        },
        &[
            "contents.html",
            "opas-manifest.json",
            "osio/a.html",
            "osio/b.html",
            "osio/index.html",
            "print/osio.html",
            "search/d-5.js",
            "search/p-_.js",
            "search/w-_.js",
            "sv/contents.html",
            "sv/osio/a.html",
            "sv/osio/b.html",
            "sv/osio/index.html",
            "sv/print/osio.html",
            "sv/search/d-5.js",
            "sv/search/p-_.js",
            "sv/search/w-_.js",
        ],
    );
}

#[test]
fn a_deleted_page_and_its_folder_disappear() {
    let book = book().file("content/fi/osio/syva/c.md", page("C", "x"));
    book.build();
    assert!(book.has_output("osio/syva/c.html"));
    book.remove("content/fi/osio/syva/c.md");
    book.build();
    assert!(!book.has_output("osio/syva"));
    check_whole(&book.path("public"));
}

#[test]
fn a_page_that_becomes_a_folder_page_moves() {
    let book = book();
    book.build();
    let text = fs::read(book.path("content/fi/osio/b.md")).unwrap();
    book.remove("content/fi/osio/b.md");
    book.write("content/fi/osio/b/index.md", text).write("content/fi/osio/a.md", page("A", "Katso [b](b/index.md)."));
    book.build();
    assert!(book.has_output("osio/b/index.html") && !book.has_output("osio/b.html"));
    check_whole(&book.path("public"));
}

#[test]
fn a_folder_that_is_not_ours_is_refused_and_left_as_it_is() {
    let book = book().file("public/tyot/muistio.txt", "tärkeää").file("public/index.html", "oma sivu");
    let before = tree(book.root());
    let run = book.run(&["build"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(
        run.stderr.contains("index.html") && run.stderr.contains("--out"),
        "says which file and what to do: {run:?}"
    );
    assert_eq!(tree(book.root()), before);
}

#[test]
fn a_folder_with_dotfiles_alone_is_ours_to_take() {
    let book = book().file("public/.gitignore", "*\n!.gitignore\n").file("public/.well-known/security.txt", "x");
    book.build();
    assert_eq!(book.output(".gitignore"), "*\n!.gitignore\n");
    assert_eq!(book.output(".well-known/security.txt"), "x");
}

#[test]
fn a_stray_file_in_our_folder_is_refused_and_kept() {
    let book = book();
    book.build();
    book.write("public/osio/muistio.txt", "tärkeää").write("content/fi/uusi.md", page("Uusi", "x"));
    let before = tree(&book.path("public"));
    let run = book.run(&["build"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.stderr.contains("osio/muistio.txt"), "{run:?}");
    assert_eq!(tree(&book.path("public")), before);
    book.remove("public/osio/muistio.txt");
    book.build();
    assert!(book.has_output("uusi.html"));
}

#[test]
fn a_stray_file_is_refused_even_when_nothing_changed() {
    let book = book();
    book.build();
    book.write("public/muistio.txt", "x");
    assert_eq!(book.run(&["build"]).status, Some(2));
    assert_eq!(book.output("muistio.txt"), "x");
}

#[test]
fn a_forged_manifest_does_not_make_a_folder_ours() {
    let book = book().file("public/opas-manifest.json", "{}").file("public/muistio.txt", "x");
    assert_eq!(book.run(&["build"]).status, Some(2));
    assert_eq!(book.output("muistio.txt"), "x");
}

#[test]
fn dotfiles_are_carried_over() {
    let book = book();
    book.build();
    book.write("public/.gitignore", "*\n")
        .write("public/osio/.htaccess", "Deny from all\n")
        .write("public/.git/HEAD", "x");
    symlink("nowhere", book.path("public/.link")).unwrap();
    book.write("content/fi/osio/a.md", page("A", "toinen"));
    book.build();
    assert_eq!(book.output(".gitignore"), "*\n");
    assert_eq!(book.output("osio/.htaccess"), "Deny from all\n");
    assert_eq!(book.output(".git/HEAD"), "x");
    assert_eq!(fs::read_link(book.path("public/.link")).unwrap(), Path::new("nowhere"));
    assert_eq!(finished(&book)["files_written"], 0, "dotfiles do not make a site differ");
}

#[test]
fn a_file_changed_by_another_hand_is_mended() {
    let book = book();
    book.build();
    let before = book.outputs();
    std::thread::sleep(TICK);
    book.write("public/index.html", "vieras");
    assert_eq!(finished(&book)["files_written"], 1);
    assert_eq!(book.outputs(), before);
    book.remove("public/osio/a.html");
    assert_eq!(finished(&book)["files_written"], 1);
    assert_eq!(book.outputs(), before);
}

#[test]
fn a_file_replaced_by_an_older_one_is_mended() {
    // As `cp -p`, `rsync -t` or unpacking a backup leave it: other bytes under an old time.
    let book = book();
    book.build();
    let before = book.outputs();
    let old = File::create(book.path("backup")).unwrap();
    fs::write(book.path("backup"), "vanha varmuuskopio").unwrap();
    old.set_modified(SystemTime::now() - Duration::from_secs(100_000)).unwrap();
    fs::rename(book.path("backup"), book.path("public/index.html")).unwrap();
    book.build();
    assert_eq!(book.outputs(), before);
}

#[test]
fn a_failed_build_leaves_the_previous_site() {
    let book = book();
    book.build();
    let before = (identities(&book), book.outputs());
    book.write("content/fi/osio/a.md", page("A", "[c](c.md)"));
    assert_eq!(book.run(&["build"]).status, Some(1));
    book.write("content/fi/osio/a.md", page("A", "<font>x</font>"));
    assert_eq!(book.run(&["build", "--deny", "warnings"]).status, Some(1));
    book.write("book.toml", "rikki");
    assert_eq!(book.run(&["build"]).status, Some(2));
    assert_eq!((identities(&book), book.outputs()), before);
    check_no_leftovers(&book);
}

#[test]
fn the_sources_are_never_the_output() {
    let book = book().file("content/fi/tyhja/.keep", "").file("themes/default/strings/fi.yaml", "note: Huom\n");
    let before = tree(book.root());
    for out in
        [".", "content", "content/fi/tyhja", "content/uusi", "themes", "themes/default", "..", "content/../content"]
    {
        let run = book.run(&["build", "--out", out]);
        assert_eq!(run.status, Some(2), "{out}: {run:?}");
        assert_eq!(tree(book.root()), before, "{out}");
    }
    symlink("content", book.path("linkki")).unwrap();
    assert_eq!(book.run(&["build", "--out", "linkki"]).status, Some(2));
    assert_eq!(tree(&book.path("content")).len(), before.keys().filter(|path| path.starts_with("content/")).count());
}

#[test]
fn a_symbolic_link_to_the_output_folder_stays_one() {
    let book = book();
    fs::create_dir(book.path("sivusto")).unwrap();
    symlink("sivusto", book.path("public")).unwrap();
    book.build();
    book.write("content/fi/osio/a.md", page("A", "toinen"));
    book.build();
    assert_eq!(fs::read_link(book.path("public")).unwrap(), Path::new("sivusto"));
    check_whole(&book.path("sivusto"));
    assert_eq!(finished(&book)["files_written"], 0);
    check_no_leftovers(&book);
}

#[test]
fn links_within_the_output_folder_are_foreign() {
    let book = book();
    book.build();
    fs::write(book.holder().join("ulkona.html"), "ulkona").unwrap();
    std::thread::sleep(TICK);
    book.remove("public/index.html");
    symlink(book.holder().join("ulkona.html"), book.path("public/index.html")).unwrap();
    book.write("content/fi/osio/a.md", page("A", "toinen"));
    let run = book.run(&["build"]);
    assert_eq!(fs::read_to_string(book.holder().join("ulkona.html")).unwrap(), "ulkona", "{run:?}");
    if run.status == Some(0) {
        check_whole(&book.path("public"));
        assert!(!book.path("public/index.html").is_symlink());
    }
}

#[test]
fn the_permissions_of_the_folder_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let book = book();
    book.build();
    fs::set_permissions(book.path("public"), fs::Permissions::from_mode(0o750)).unwrap();
    book.write("content/fi/osio/a.md", page("A", "toinen"));
    book.build();
    assert_eq!(fs::metadata(book.path("public")).unwrap().permissions().mode() & 0o777, 0o750);
}

#[test]
fn two_outputs_of_one_book_do_not_disturb_each_other() {
    let book = book();
    book.build();
    assert_eq!(book.run(&["build", "--out", "public/../toinen"]).status, Some(0));
    assert_eq!(tree(&book.path("toinen")), book.outputs());
    book.write("content/fi/osio/a.md", page("A", "muutos"));
    book.build();
    check_whole(&book.path("toinen"));
    assert_ne!(tree(&book.path("toinen")), book.outputs());
}

/// A book of many pages that bear a mark.
fn big_book(pages: usize) -> Book {
    let book = Book::new();
    write_version(&book, pages, "yksi");
    book
}

fn write_version(book: &Book, pages: usize, mark: &str) {
    for number in 0..pages {
        let body = format!("versio-{mark}\n\n{}", "Tämä on sivun teksti. ".repeat(20));
        book.write(format!("content/fi/sivu-{number:03}.md"), page(&format!("Sivu {number}"), &body));
    }
}

/// Builds a copy of a book under other circumstances; returns the site.
fn site_of(prepare: impl FnOnce(&Book), name: &str, environment: &[(&str, &str)]) -> BTreeMap<String, Content> {
    let book = Book::named(name);
    prepare(&book);
    let mut command = book.command(&["build"]);
    command.envs(environment.iter().copied());
    let run = Run::of(command);
    assert_eq!(run.status, Some(0), "{run:?}");
    book.outputs()
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let mut files: Vec<(String, String)> = vec![
        ("book.toml".into(), config(&["fi", "sv"]).replace("title =", "url = \"https://esimerkki.fi/opas\"\ntitle =")),
        ("content/fi/index.md".into(), FRONT_PAGE.into()),
        ("content/sv/index.md".into(), translation(FRONT_PAGE, "Framsida", "Hej.")),
        (
            "content/fi/glossary.yaml".into(),
            "öljy:\n  definition: A.\nÅbo:\n  definition: B.\nasia:\n  definition: C.\n".into(),
        ),
        ("content/fi/contacts.yaml".into(), "b:\n  name: B\na:\n  name: A\n".into()),
        ("content/statements.yaml".into(), "- {id: B01, kind: def, text: T}\n".into()),
    ];
    for number in 0..40 {
        let text = format!(
            "---\ntitle: Sama otsikko\nreviewed: 2026-01-02\ntags: [b, a]\naliases: [vanha-{number}]\nchanges:\n  - {{date: 2026-01-02, note: N{number}}}\n---\n\n[[öljy]] ```x```\n\n```yaml\na: {number}\n```\n"
        );
        files.push((format!("content/fi/osio-{}/sivu-{number}.md", number % 4), text));
    }
    let write_all = |book: &Book, files: &mut dyn Iterator<Item = (&String, String)>| {
        for (path, text) in files {
            book.write(path, text);
        }
    };
    let forwards = |book: &Book| write_all(book, &mut files.iter().map(|(path, text)| (path, text.clone())));
    let backwards = |book: &Book| write_all(book, &mut files.iter().rev().map(|(path, text)| (path, text.clone())));
    let expected = site_of(forwards, "book", &[]);
    assert!(expected.len() > 100);
    for (name, environment) in [
        ("book", &[("RAYON_NUM_THREADS", "1")][..]),
        ("book", &[("RAYON_NUM_THREADS", "7")]),
        ("book", &[("TZ", "Pacific/Kiritimati")]),
        ("book", &[("TZ", "America/Anchorage"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "sv_SE")]),
        ("book", &[("LC_ALL", "C"), ("HOME", "/nonexistent"), ("SOURCE_DATE_EPOCH", "0")]),
        ("Aivan Toinen å", &[]),
    ] {
        assert!(site_of(forwards, name, environment) == expected, "{name} {environment:?}");
    }
    assert!(site_of(backwards, "book", &[]) == expected, "files made in another order");
    let with_other_line_ends = |book: &Book| {
        write_all(book, &mut files.iter().map(|(path, text)| (path, text.replace('\n', "\r\n"))));
    };
    assert!(site_of(with_other_line_ends, "book", &[]) == expected, "other line ends");
}

#[test]
fn the_manifest_names_every_file_with_its_digest_and_no_day() {
    let book = book();
    book.build();
    check_whole(&book.path("public"));
    let manifest: Value = serde_json::from_str(&book.output("opas-manifest.json")).unwrap();
    let keys: Vec<&String> = manifest.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["book", "edition", "files", "format", "inputs", "pages", "version", "warnings"]);
    assert_eq!((manifest["book"].as_str(), manifest["edition"].as_str()), (Some("test"), Some("base")));
}

#[test]
fn a_build_that_changes_one_page_of_many_is_quick() {
    let book = big_book(200);
    book.build();
    book.write("content/fi/sivu-100.md", page("Sivu 100", "muutos"));
    let start = Instant::now();
    assert_eq!(finished(&book)["files_written"], 7, "the page, and six shards of the search");
    assert!(start.elapsed() < Duration::from_secs(20));
}
