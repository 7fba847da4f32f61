//! A running preview, and a client that sends bytes as they are.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::Book;

/// How long any answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A preview of a book; stopped when it is dropped.
pub struct Server {
    child: Child,
    pub port: u16,
    said: Arc<Mutex<Vec<String>>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer; none where the connection ended without one.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Some(Answer { status, headers, body: bytes[end + 4..].to_vec() })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

impl Server {
    /// Starts a preview on a free port, unless the arguments name one.
    pub fn start(book: &Book, arguments: &[&str]) -> Self {
        let mut command = book.command(&["serve"]);
        if !arguments.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        Server::of(command, arguments)
    }

    fn of(mut command: Command, arguments: &[&str]) -> Self {
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = Arc::new(Mutex::new(Vec::new()));
        let port = loop {
            let line = lines.next().expect("the preview says its address").unwrap();
            said.lock().unwrap().push(line.clone());
            if let Some((_, rest)) = line.split_once("http://") {
                let address = rest.split('/').next().unwrap();
                break address.rsplit(':').next().unwrap().parse().unwrap();
            }
        };
        let heard = Arc::clone(&said);
        std::thread::spawn(move || lines.for_each(|line| heard.lock().unwrap().push(line.unwrap())));
        let server = Server { child, port, said };
        until("the first round is done", || {
            server.said().iter().any(|line| line.starts_with("the book: ") || line.starts_with("the book, "))
        });
        server
    }

    /// The lines that it has said.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// The number of rounds that it has done.
    pub fn rounds(&self) -> usize {
        self.said().iter().filter(|line| line.ends_with(" ms)")).count()
    }

    /// Sends bytes and leaves the connection open.
    pub fn open(&self, bytes: impl AsRef<[u8]>) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        // A server that refuses early may have closed already.
        let _ = stream.write_all(bytes.as_ref());
        stream
    }

    /// Sends bytes and reads what comes until the end; none where nothing comes.
    pub fn send(&self, bytes: impl AsRef<[u8]>) -> Option<Answer> {
        let mut stream = self.open(bytes);
        let mut answer = Vec::new();
        // An early close can break the connection behind the answer.
        let _ = stream.read_to_end(&mut answer);
        Answer::parse(&answer)
    }

    /// Asks as a browser does.
    pub fn ask(&self, method: &str, path: &str, headers: &[&str]) -> Answer {
        let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let port = self.port;
        let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n{more}\r\n");
        self.send(request).unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// Listens for the first state that a page which is made of these files is told.
    pub fn event(&self, file: &str) -> serde_json::Value {
        let request = format!("GET /_opas/events?of={file} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let mut lines = BufReader::new(self.open(request)).lines().map(Result::unwrap);
        let data = lines.find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).unwrap();
        serde_json::from_str(&data).unwrap()
    }

    /// Sends Ctrl+C, and returns the exit status.
    pub fn interrupt(&mut self) -> Option<i32> {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code()
    }
}

/// Waits until something holds, and fails if it does not in good time.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been stopped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
