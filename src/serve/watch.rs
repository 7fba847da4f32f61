//! Word of changes in a book's folder, in batches.
//!
//! It is given the folder and says what has changed once it has been quiet for a moment, or at the latest after
//! a while: many files saved at once are one change. What only editors see (their temporary files) and what is
//! not read (the output) makes no batch. It never reads a file.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::poll::Poller;
use crate::source::{Changed, is_read, is_read_in_layer};

/// How long it must have been quiet.
const QUIET: Duration = Duration::from_millis(20);

/// How long a batch may grow while changes keep coming.
const LONGEST: Duration = Duration::from_millis(500);

/// How often it is asked whether a folder that has gone is there again.
const AWAITED: Duration = Duration::from_millis(200);

/// Folders below the book's that are watched with all that is in them.
const FOLDERS: [&str; 2] = ["content", "themes"];

/// What comes to the watching thread.
enum Word {
    Event(notify::Result<Event>),
    Seen(Vec<PathBuf>),
    Stop,
}

/// Tells the watch to stop.
#[derive(Clone)]
pub struct Stopper(Sender<Word>);

impl Stopper {
    /// Stops the watch; its next batch is none.
    pub fn stop(&self) {
        // A watch that has ended already needs no word.
        let _ = self.0.send(Word::Stop);
    }
}

/// What has changed, and since when.
#[derive(Debug)]
pub struct Batch {
    /// What has changed.
    pub changed: Changed,
    /// When the first of it was noticed.
    pub since: Instant,
    /// When it was known to be quiet.
    pub until: Instant,
}

/// What watches; it ends when it is dropped.
#[expect(dead_code, reason = "they are only kept alive")]
enum Watching {
    /// The system tells of changes.
    Told(RecommendedWatcher),
    /// We look for them.
    Looking(Poller),
}

/// A folder that is watched.
pub struct Watch {
    root: PathBuf,
    /// The folders of layers.
    layers: Vec<PathBuf>,
    sender: Sender<Word>,
    words: Receiver<Word>,
    is_polling: bool,
    watching: Option<Watching>,
    /// Said to the user once, when watching is not as it should be.
    notice: Option<String>,
}

impl Watch {
    /// Starts to watch the folders of a book and of its layers; with `poll`, by looking at them again and again.
    pub fn new(root: &Path, layers: &[PathBuf], poll: bool) -> Self {
        let (sender, words) = mpsc::channel();
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let (root, layers) = (whole(root), layers.iter().map(|layer| whole(layer)).collect());
        let mut watch = Watch { root, layers, sender, words, is_polling: poll, watching: None, notice: None };
        watch.arm();
        watch
    }

    /// Returns what tells this watch to stop.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.sender.clone())
    }

    /// Returns what the user should know about the watching, once.
    pub fn notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// Watches these folders of layers from now on. What changed in them before is a change, too.
    pub fn follow<'a>(&mut self, layers: impl Iterator<Item = &'a PathBuf>) {
        let mut wanted: Vec<PathBuf> = layers.cloned().collect();
        wanted.sort();
        wanted.dedup();
        // What is watched already does no harm: an edition that cannot be read for a moment names no layers.
        if wanted.iter().all(|layer| self.layers.contains(layer)) {
            return;
        }
        self.layers.extend(wanted);
        self.layers.sort();
        self.layers.dedup();
        self.watching = None;
        self.arm();
        // Whoever listened to this watch is there: it is ourselves.
        let _ = self.sender.send(Word::Seen(Vec::new()));
    }

    /// Waits for the next batch; none when it was stopped.
    pub fn wait(&mut self) -> Option<Batch> {
        let mut paths: Vec<PathBuf> = Vec::new();
        let mut is_anything = false;
        let mut since: Option<Instant> = None;
        let mut quiet_at = Instant::now();
        loop {
            let word = match since {
                None => self.words.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) => {
                    let until = quiet_at.min(since + LONGEST);
                    self.words.recv_timeout(until.saturating_duration_since(Instant::now()))
                }
            };
            match (word, since) {
                (Ok(Word::Event(event)), _) => {
                    let news = self.judge(event, &mut paths);
                    is_anything |= news == News::Anything;
                    if news != News::Nothing {
                        quiet_at = Instant::now() + QUIET;
                        since = since.or(Some(Instant::now()));
                    }
                }
                (Ok(Word::Seen(seen)), _) => {
                    paths.extend(seen);
                    quiet_at = Instant::now() + QUIET;
                    since = since.or(Some(Instant::now()));
                }
                (Err(RecvTimeoutError::Timeout), Some(since)) => {
                    if is_anything && !self.rearm() {
                        return None;
                    }
                    let changed = if is_anything { Changed::Anything } else { Changed::Paths(paths) };
                    return Some(Batch { changed, since, until: Instant::now() });
                }
                (Ok(Word::Stop) | Err(_), _) => return None,
            }
        }
    }

    /// Says what an event means, and notes its paths.
    fn judge(&self, event: notify::Result<Event>, paths: &mut Vec<PathBuf>) -> News {
        let Ok(event) = event else { return News::Anything };
        if event.need_rescan() {
            return News::Anything;
        }
        let is_reading = match event.kind {
            EventKind::Access(kind) => kind != AccessKind::Close(AccessMode::Write),
            _ => false,
        };
        if is_reading {
            return News::Nothing;
        }
        let mut news = News::Nothing;
        let is_coming_or_going = !matches!(event.kind, EventKind::Modify(kind) if !matches!(kind, ModifyKind::Name(_)));
        for path in event.paths {
            let is_folder = path == self.root || FOLDERS.iter().any(|folder| path == self.root.join(folder));
            let is_known = path.starts_with(&self.root) || self.layers.iter().any(|layer| path.starts_with(layer));
            if (is_coming_or_going && (is_folder || self.layers.contains(&path))) || !is_known {
                news = News::Anything;
            } else if is_source(&self.root, &self.layers, &path) {
                if !is_temporary(&path) {
                    news = news.max(News::Paths);
                }
                paths.push(path);
            }
        }
        news
    }

    /// Watches anew after a watched folder has come or gone; waits for the book's folder. Returns whether to go on.
    fn rearm(&mut self) -> bool {
        self.watching = None;
        while !self.root.is_dir() {
            if let Ok(Word::Stop) = self.words.recv_timeout(AWAITED) {
                return false;
            }
        }
        self.arm();
        true
    }

    /// Begins to watch.
    fn arm(&mut self) {
        if !self.is_polling {
            match self.watcher() {
                Ok(watcher) => {
                    self.watching = Some(Watching::Told(watcher));
                    return;
                }
                Err(error) => self.notice = Some(explain(&error)),
            }
            self.is_polling = true;
        }
        let sender = self.sender.clone();
        // Nobody listens any more when the watch has ended.
        let tell = move |paths| drop(sender.send(Word::Seen(paths)));
        self.watching = Some(Watching::Looking(Poller::new(&self.root, &self.layers, tell)));
    }

    /// Asks the system to tell of changes.
    fn watcher(&self) -> notify::Result<RecommendedWatcher> {
        let sender = self.sender.clone();
        let mut watcher = notify::recommended_watcher(move |event| drop(sender.send(Word::Event(event))))?;
        watcher.watch(&self.root, RecursiveMode::NonRecursive)?;
        let folders = FOLDERS.map(|folder| self.root.join(folder));
        for folder in folders.iter().chain(&self.layers).filter(|folder| folder.is_dir()) {
            watcher.watch(folder, RecursiveMode::Recursive)?;
        }
        Ok(watcher)
    }
}

/// Returns whether the book or one of its layers is read from a path.
pub fn is_source(root: &Path, layers: &[PathBuf], path: &Path) -> bool {
    let below = |folder: &Path| Some(path.strip_prefix(folder).ok()?.to_string_lossy().replace('\\', "/"));
    below(root).is_some_and(|below| is_read(&below))
        || layers.iter().filter_map(|layer| below(layer)).any(|below| is_read_in_layer(&below))
}

/// How much an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum News {
    /// Nothing that concerns the book.
    Nothing,
    /// These paths have changed.
    Paths,
    /// Anything may have changed, and what is watched must be looked for anew.
    Anything,
}

/// Returns whether a path is that of a file that an editor keeps for a moment while it saves. It is looked at
/// with the next change; by then it is gone.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ends = ["___jb_tmp___", "___jb_old___", ".tmp", ".swp", ".swx", ".crdownload", ".part"];
    name == "4913" || ends.iter().any(|end| name.ends_with(end))
}

/// Says why a folder cannot be watched, and what is done instead.
fn explain(error: &notify::Error) -> String {
    match error.kind {
        ErrorKind::MaxFilesWatch => "the system watches no more folders (`sysctl fs.inotify.max_user_watches` is the \
             limit; raise it): looking at the folder again and again instead, as with --poll"
            .to_owned(),
        _ => format!("the folder cannot be watched ({error}): looking at it again and again instead, as with --poll"),
    }
}

#[cfg(test)]
mod tests {
    use super::is_temporary;

    #[test]
    fn what_editors_keep_for_a_moment_is_known() {
        let is_temporary = |path: &str| is_temporary(path.as_ref());
        assert!(is_temporary("content/fi/4913") && is_temporary("content/fi/a.md___jb_tmp___"));
        assert!(!is_temporary("content/fi/a.md") && !is_temporary("content/fi/sivu.png"));
    }
}
