//! Search: what can be found in a book, and the ranking that `opas search` and the browser share.
//!
//! It is given the book and returns, for each language, an [`Index`]; a [`Searcher`] answers queries from it.
//!
//! 1. `documents` takes sections, pages and terms from the book as plain text.
//! 2. `words` folds and splits text; `analyse` (with `finnish`) says what a word may be a form of.
//! 3. `index` counts, finds the parts of compounds, and makes postings with small integers.
//! 4. `shards` writes the index as files for the browser.
//! 5. `rank` answers a query; `eval` scores a list of queries with the pages that they should find.
//!
//! Nothing here is HTML, and nothing touches the disk.

pub mod analyse;
pub mod distance;
pub mod documents;
pub mod eval;
pub mod finnish;
pub mod index;
pub mod rank;
pub mod shards;
pub mod words;

use std::collections::BTreeMap;

use crate::book::Book;
use crate::config::Lang;

pub use index::Index;
pub use rank::{Found, Searcher};

/// What can be found in a book, by language.
#[derive(Debug)]
pub struct Search {
    by_lang: BTreeMap<Lang, Index>,
}

impl Search {
    /// Makes the indexes of all languages of a book.
    pub fn new(book: &Book) -> Self {
        let languages = &book.config.languages;
        let index = |lang: &Lang| (Lang::clone(lang), Index::new(lang, documents::collect(book, lang)));
        Search { by_lang: languages.iter().map(index).collect() }
    }

    /// Returns the names of the shards of a language.
    pub fn names(&self, lang: &str) -> Vec<String> {
        self.by_lang.get(lang).map(shards::names).unwrap_or_default()
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
