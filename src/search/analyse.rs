//! Which analyser a language has, and the words that carry no meaning of their own.
//!
//! It is given a language and a word and returns hypotheses. Finnish has rules of its own; Swedish and English are
//! stemmed by Snowball, whose stem is the one hypothesis; every other language is matched as written.

use rust_stemmers::{Algorithm, Stemmer};

use super::finnish::{self, Hypothesis};

/// The analyser of one language.
pub struct Analyser {
    how: How,
    stop_words: Vec<&'static str>,
}

enum How {
    Finnish,
    Stemmer(Stemmer),
    AsWritten,
}

/// Words of questions and of every sentence: they weigh little. As written, since their forms are few.
const FINNISH_STOP_WORDS: &str = include_str!("stop-words/fi.txt");
const SWEDISH_STOP_WORDS: &str = include_str!("stop-words/sv.txt");
const ENGLISH_STOP_WORDS: &str = include_str!("stop-words/en.txt");

impl Analyser {
    /// Returns the analyser of a language.
    pub fn new(lang: &str) -> Self {
        let (how, stop_words) = match lang {
            "fi" => (How::Finnish, FINNISH_STOP_WORDS),
            "sv" => (How::Stemmer(Stemmer::create(Algorithm::Swedish)), SWEDISH_STOP_WORDS),
            "en" => (How::Stemmer(Stemmer::create(Algorithm::English)), ENGLISH_STOP_WORDS),
            _ => (How::AsWritten, ""),
        };
        Analyser { how, stop_words: stop_words.split_whitespace().collect() }
    }

    /// Returns what a word may be a form of, the likeliest first.
    pub fn hypotheses(&self, word: &str) -> Vec<Hypothesis> {
        match &self.how {
            How::Finnish => finnish::analyse(word),
            How::Stemmer(stemmer) => {
                let stem = stemmer.stem(word).into_owned();
                let mut found = vec![Hypothesis { penalty: 0, lemma: word.to_owned() }];
                if stem != word {
                    found.push(Hypothesis { penalty: 1, lemma: stem });
                }
                found
            }
            How::AsWritten => vec![Hypothesis { penalty: 0, lemma: word.to_owned() }],
        }
    }

    /// Returns whether a word says little of what is looked for.
    pub fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(&word)
    }
}
