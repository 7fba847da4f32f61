//! Stage 7, `serve`: the preview of a book in a browser.
//!
//! It is given the outputs of builds as they change, and answers browsers from them, on this machine alone
//! unless told otherwise. It never writes a file, and it serves nothing that is not part of the site or of the
//! preview itself.

mod answer;
mod body;
mod dress;
mod events;
mod guard;
mod http;
mod media;
mod poll;
mod remarks;
mod shelf;
mod watch;

use std::sync::{PoisonError, RwLock};

use tokio::sync::watch as latest;

pub use http::Server;
pub use remarks::{Editor, Remarks};
pub use shelf::{Fault, Shelf, Shown};
pub use watch::{Batch, Stopper, Watch};

/// What the server and the builds share: what is shown, and word that it has changed.
#[derive(Debug)]
pub struct Preview {
    shelf: RwLock<Shelf>,
    round: latest::Sender<u64>,
}

impl Preview {
    /// Makes the preview of what is on a shelf.
    pub fn new(shelf: Shelf) -> Self {
        Preview { shelf: RwLock::new(shelf), round: latest::channel(0).0 }
    }

    /// Changes what is shown, and tells the browsers.
    pub fn change<T>(&self, change: impl FnOnce(&mut Shelf) -> T) -> T {
        let done = change(&mut self.shelf.write().unwrap_or_else(PoisonError::into_inner));
        self.round.send_modify(|round| *round += 1);
        done
    }

    /// Looks at what is shown.
    fn read<T>(&self, look: impl FnOnce(&Shelf) -> T) -> T {
        look(&self.shelf.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns what tells that something has changed.
    fn rounds(&self) -> latest::Receiver<u64> {
        self.round.subscribe()
    }
}
