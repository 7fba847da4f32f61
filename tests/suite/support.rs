//! A book in a temporary folder, and the program run on it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::html;

/// The day that checks are made as of.
pub const TODAY: &str = "2026-11-24";

/// How long any run may take before it is killed.
const LONGEST_RUN: Duration = Duration::from_mins(1);

/// A book in a folder of its own; removed when dropped.
pub struct Book {
    /// Holds the book's folder, so that what a build writes beside the output is seen, too.
    holder: TempDir,
    root: PathBuf,
}

impl Book {
    /// Makes an empty folder.
    pub fn empty() -> Self {
        Book::named("book")
    }

    /// Makes an empty folder of this name.
    pub fn named(name: &str) -> Self {
        let holder = TempDir::new().unwrap();
        let root = holder.path().join(name);
        fs::create_dir(&root).unwrap();
        Book { holder, root }
    }

    /// Makes a book in Finnish with a front page.
    pub fn new() -> Self {
        Book::in_languages(&["fi"])
    }

    /// Copies this repository's handbook.
    pub fn shipped() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let book = Book::empty();
        fs::copy(root.join("book.toml"), book.path("book.toml")).unwrap();
        for folder in ["content", "themes", "tests/search"] {
            copy(&root.join(folder), &book.path(folder));
        }
        book
    }

    /// Makes a book with a front page in the first of these languages.
    pub fn in_languages(languages: &[&str]) -> Self {
        let book = Book::empty();
        book.write("book.toml", config(languages)).write(format!("content/{}/index.md", languages[0]), FRONT_PAGE);
        book
    }

    /// Adds a file.
    pub fn file(self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// Adds a Finnish page with this body; its id is `page`.
    pub fn page(self, body: &str) -> Self {
        self.file("content/fi/page.md", page("Sivu", body))
    }

    /// Writes a file.
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Self {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.root.join(path)).unwrap();
        self
    }

    /// The book's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the book's folder.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// The folder that holds the book's folder and nothing else.
    pub fn holder(&self) -> &Path {
        self.holder.path()
    }

    /// Prepares a run of the program in the book's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_opas"));
        command.args(arguments).current_dir(&self.root).env_remove("NO_COLOR");
        command
    }

    /// Runs the program in the book's folder.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments))
    }

    /// Builds, and expects that to go well.
    pub fn build(&self) -> Run {
        let run = self.run(&["build"]);
        assert_eq!(run.status, Some(0), "{run:?}");
        run
    }

    /// Checks as of a fixed day.
    pub fn check(&self) -> Run {
        self.run(&["check", "--today", TODAY])
    }

    /// The codes that `check` reports, in order.
    pub fn codes(&self) -> Vec<String> {
        let run = self.run(&["check", "--today", TODAY, "--message-format", "json"]);
        run.diagnostics().iter().map(|line| line["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Reads a file of the built site.
    pub fn output(&self, path: &str) -> String {
        let path = self.root.join("public").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Returns whether the built site has a file.
    pub fn has_output(&self, path: &str) -> bool {
        self.root.join("public").join(path).exists()
    }

    /// The body of a built page.
    pub fn body(&self, path: &str) -> String {
        html::body(&self.output(path))
    }

    /// All files of the built site.
    pub fn outputs(&self) -> BTreeMap<String, Content> {
        tree(&self.path("public"))
    }

    /// All HTML pages of the built site.
    pub fn html_outputs(&self) -> BTreeMap<String, String> {
        let pages = self.outputs().into_iter().filter(|(path, _)| path.ends_with(".html"));
        pages.map(|(path, bytes)| (path, String::from_utf8(bytes.0).unwrap())).collect()
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    /// The exit status; none where a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub time: Duration,
}

impl Run {
    /// Runs a command to its end; kills it and fails when it takes too long, and fails where it panicked.
    pub fn of(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().unwrap();
        let stdout = drain(child.stdout.take().unwrap());
        let stderr = drain(child.stderr.take().unwrap());
        let status = wait(&mut child, start, &command);
        let run = Run { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap(), time: start.elapsed() };
        assert!(!run.stderr.contains("panicked"), "{command:?} panicked: {}", run.stderr);
        run
    }

    /// The lines of `--message-format json`; each must be an object.
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        self.stdout.lines().map(parse).collect()
    }

    /// The diagnostics among the lines.
    pub fn diagnostics(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["reason"] == "diagnostic").collect()
    }

    /// The last line, which tells what the run came to.
    pub fn finished(&self) -> Value {
        let last = self.lines().pop().unwrap_or_else(|| panic!("no lines: {self:?}"));
        assert_eq!(last["reason"], "finished", "{last}");
        last
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child, start: Instant, command: &Command) -> Option<i32> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if start.elapsed() > LONGEST_RUN {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{command:?} did not end within {LONGEST_RUN:?}");
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// The front page that books of these tests have by default.
pub const FRONT_PAGE: &str = "---\ntitle: Etusivu\n---\n\nTervetuloa.\n";

/// The `book.toml` that books of these tests have by default.
pub fn config(languages: &[&str]) -> String {
    format!("[book]\nid = \"test\"\nversion = \"1\"\nlanguages = {languages:?}\ntitle = \"Testi\"\n")
}

/// A page of this title and body.
pub fn page(title: &str, body: &str) -> String {
    format!("---\ntitle: {title}\n---\n\n{body}\n")
}

/// The digest that a translation of this page names.
pub fn digest(page: &str) -> String {
    opas::digest::Digest::of(page).short()
}

/// A translation of a source page.
pub fn translation(source: &str, title: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ntranslates: \"{}\"\n---\n\n{body}\n", digest(source))
}

/// The bytes of a file; printed short, so that a failed comparison can be read.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(pub Vec<u8>);

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes {}", self.0.len(), opas::digest::Digest::of(&self.0).short())
    }
}

/// All files below a folder, hidden ones too, by their relative paths.
pub fn tree(folder: &Path) -> BTreeMap<String, Content> {
    paths(folder).into_iter().map(|path| (path.clone(), Content(fs::read(folder.join(path)).unwrap()))).collect()
}

/// The relative paths of all files below a folder, in order.
pub fn paths(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    for path in paths(from) {
        let target = to.join(&path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&path), target).unwrap();
    }
}

/// Expects the text that was found for each folder to be that of its `expected.txt`; with `UPDATE` set, writes it there.
pub fn check_golden(found: impl Iterator<Item = (PathBuf, String)>) {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for (folder, found) in found {
        let path = folder.join("expected.txt");
        if update {
            fs::write(&path, &found).unwrap();
        } else {
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if found != expected {
                let name = folder.file_name().unwrap().display();
                wrong.push(format!("{name}: expected\n{expected}\nbut found\n{found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
