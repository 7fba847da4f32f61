//! Search: what can be found in a book, and the ranking that `opas search` and the browser share.
//!
//! It is given the book and returns, for each language, an [`Index`]; a [`Searcher`] answers queries from it.
//!
//! 1. `documents` takes sections, pages and terms from the book as plain text.
//! 2. `words` folds and splits text; `analyse` (with `finnish`) says what a word may be a form of.
//! 3. `counting` makes postings of them, `compounds` finds what words are made of, and `index` puts both together, with
//!    what has not changed since the index before.
//! 4. `shards` writes the index as files for the browser.
//! 5. `rank` answers a query; `eval` scores a list of queries with the pages that they should find.
//!
//! Nothing here is HTML, and nothing touches the disk.

pub mod analyse;
mod compounds;
mod counting;
pub mod distance;
pub mod documents;
pub mod entries;
pub mod eval;
pub mod finnish;
pub mod index;
mod postings;
pub mod rank;
pub mod shards;
pub mod words;

use std::collections::BTreeMap;

use crate::book::Book;
use crate::config::Lang;
use crate::digest::Digest;
use documents::MadeFrom;

pub use index::Index;
pub use rank::{Found, Searcher};

/// What can be found in a book, by language.
#[derive(Debug)]
pub struct Search {
    by_lang: BTreeMap<Lang, Index>,
    /// What the index's groups were made from, by language.
    made_from: BTreeMap<Lang, MadeFrom>,
}

impl Search {
    /// Makes the indexes of all languages of a book; what is as in those of `before` is taken over.
    pub fn new(book: &Book, before: Option<&Search>) -> Self {
        let mut search = Search { by_lang: BTreeMap::new(), made_from: BTreeMap::new() };
        let nothing = MadeFrom::default();
        for lang in &book.config.languages {
            let index = before.and_then(|before| before.index(lang));
            let groups = index.map(|index| index.groups.as_slice()).unwrap_or_default();
            let sources = before.and_then(|before| before.made_from.get(lang)).unwrap_or(&nothing);
            let (groups, sources) = documents::collect(book, lang, (groups, sources));
            search.by_lang.insert(Lang::clone(lang), Index::new(lang, groups, index));
            search.made_from.insert(Lang::clone(lang), sources);
        }
        search
    }

    /// Returns the names of the shards of a language.
    pub fn names(&self, lang: &str) -> Vec<String> {
        self.by_lang.get(lang).map(|index| index.shards.names().collect()).unwrap_or_default()
    }

    /// Returns the digest of the names of all shards of a language.
    pub fn division(&self, lang: &str) -> Digest {
        self.by_lang.get(lang).map_or_else(|| Digest::of(""), |index| index.shards.division())
    }

    /// Returns the digest of the script of a shard; none where there is no such shard.
    pub fn digest(&self, lang: &str, name: &str) -> Option<Digest> {
        shards::digest(self.by_lang.get(lang)?, name)
    }

    /// Returns the script of a shard; none where there is no such shard.
    pub fn script(&self, lang: &str, name: &str) -> Option<Vec<u8>> {
        shards::script(self.by_lang.get(lang)?, name)
    }

    /// Returns the index of a language.
    pub fn index(&self, lang: &str) -> Option<&Index> {
        self.by_lang.get(lang)
    }
}
