//! Whether a key term occurs in a section, in any inflected form.
//!
//! It is given the text of a section and terms in dictionary form. Finnish inflects the end of a word and
//! grades the consonant before it, so two words are taken for the same when they agree up to the stem, with
//! graded consonants made alike; a term may also be the later part of a compound. This is a check for
//! writers, which may let a wrong word pass; it never rejects a right one for its ending.

use crate::book::{Book, Page};
use crate::document::{Block, text};

/// How many letters of a stem must agree at the least.
const SHORTEST_STEM: usize = 3;

/// The words of a section.
pub struct Text {
    words: Vec<String>,
}

impl Text {
    /// Takes the words of a section, or of the whole page with its title and summary.
    pub fn of(book: &Book, page: &Page, section: Option<&str>) -> Self {
        let blocks: &[Block] = match section {
            Some(section) => page.document.section_blocks(section),
            None => &page.document.blocks,
        };
        let mut all = text::block_text(blocks);
        for reference in &page.document.references {
            // Values stand in the text without being part of the tree.
            if let crate::document::Referent::Variable(name) = &reference.to {
                all.push_str(book.value(&page.lang, name).unwrap_or_default());
                all.push('\n');
            }
        }
        if section.is_none() {
            all.push_str(&format!("{}\n{}", page.title(), page.front.summary.as_deref().unwrap_or_default()));
        }
        Text::new(&all)
    }

    fn new(text: &str) -> Self {
        Text { words: words(text) }
    }

    /// Returns whether every word of a term occurs.
    pub fn has(&self, term: &str) -> bool {
        words(term).iter().all(|word| {
            let stem = stem(word);
            self.words.iter().any(|candidate| is_form_of(candidate, word, &stem))
        })
    }
}

/// Splits a text into lower-case words; a hyphen or a full stop inside a word belongs to it.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '.' | ':'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Returns whether a word can be an inflected form of `word`, or a compound that ends in one.
fn is_form_of(candidate: &str, word: &str, stem: &str) -> bool {
    if candidate == word {
        return true;
    }
    let letters = even(candidate);
    letters.starts_with(stem) || (stem.chars().count() > SHORTEST_STEM && letters.contains(stem))
}

/// Returns the part of a word that its forms share, with graded consonants made alike.
fn stem(word: &str) -> String {
    let even = even(word);
    let length = even.chars().count();
    // The last vowel may change, and with it a consonant of the last syllable (käsi, käden; liite, liitteen).
    let kept = length.saturating_sub(if length > 5 { 2 } else { 1 }).max(SHORTEST_STEM.min(length));
    let mut stem: String = even.chars().take(kept).collect();
    while stem.chars().count() > SHORTEST_STEM && stem.ends_with(['t', 'k', 'p', 'd', 'g', 'v', 's']) {
        stem.pop();
    }
    stem
}

/// Makes graded consonants alike (VISK § 41): kk–k, pp–p, tt–t; p–v, t–d, nk–ng, nt–nn, mp–mm, lt–ll, rt–rr;
/// k before a vowel may vanish.
fn even(word: &str) -> String {
    let mut even = String::new();
    let mut characters = word.chars().peekable();
    while let Some(character) = characters.next() {
        let previous = even.chars().last();
        match (previous, character) {
            (Some(last), same) if last == same && "kptnmlrs".contains(same) => {}
            (Some('n'), 'k' | 'g' | 't' | 'd') | (Some('m'), 'p') | (Some('l' | 'r'), 't') => {}
            (_, 'd') => even.push('t'),
            (_, 'v') if previous.is_some() => even.push('p'),
            (Some(last), 'k') if is_vowel(last) && characters.peek().copied().is_some_and(is_vowel) => {}
            (_, other) => even.push(other),
        }
    }
    even
}

fn is_vowel(character: char) -> bool {
    "aeiouyäö".contains(character)
}

#[cfg(test)]
mod tests {
    use super::Text;

    fn check(text: &str, term: &str, expected: bool) {
        assert_eq!(Text::new(text).has(term), expected, "`{term}` in `{text}`");
    }

    #[test]
    fn inflected_and_graded_forms_are_found() {
        check("Digituen tavoite on", "digituki", true);
        check("digitukea annetaan", "digituki", true);
        check("liitteiden skannaus", "liite", true);
        check("oman pankin palvelu", "pankki", true);
        check("Suomi.fi-palvelussa", "Suomi.fi", true);
        check("hyvinvointialueen oma asiakaspalvelu", "hyvinvointialue", true);
        check("vahvan tunnistautumisen välineet", "vahva tunnistautuminen", true);
        check("asiakastietokoneella", "tietokone", true);
        check("lähetä viesti", "viesti", true);
    }

    #[test]
    fn other_words_are_not_taken_for_the_term() {
        check("Digituen tavoite on itsenäinen käyttö", "pankki", false);
        check("asiakas odottaa", "asiointi", false);
        check("kirjasto opastaa", "kunta", false);
        check("", "digituki", false);
    }
}
