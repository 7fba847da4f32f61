//! Whether a key term occurs in a section, in any inflected form.
//!
//! It is given the text of a section and terms in dictionary form. Finnish inflects the end of a word and
//! grades the consonant before it, so a word is taken for a form of the term when it begins with one of the
//! term's stems; a term may also be the last part of a compound. This is a check for writers: it may let a
//! wrong word pass that begins in the same way.

use crate::book::{Book, Page};
use crate::document::{Block, Document, Referent, text};

/// Stems shorter than this do not count inside a longer word.
const SHORTEST_INNER_STEM: usize = 4;

/// The longest that case, possessive and clitic endings come to together.
const LONGEST_ENDING: usize = 9;

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
            if let Referent::Variable(name) = &reference.to {
                all.push_str(book.value(&page.lang, name).unwrap_or_default());
                all.push('\n');
            }
        }
        if section.is_none() {
            all.push_str(&format!("{}\n{}", page.title(), page.front.summary.as_deref().unwrap_or_default()));
        }
        Text::new(&all)
    }

    /// Takes the words of texts of a data file: plain ones, and documents.
    pub fn of_data<'d>(
        book: &Book,
        lang: &str,
        title: &str,
        documents: impl IntoIterator<Item = &'d Document>,
    ) -> Self {
        let mut all = format!("{}\n", book.expand(lang, title));
        for document in documents {
            all.push_str(&text::block_text(&document.blocks));
            for reference in &document.references {
                if let Referent::Variable(name) = &reference.to {
                    all.push_str(book.value(lang, name).unwrap_or_default());
                }
            }
            all.push('\n');
        }
        Text::new(&all)
    }

    fn new(text: &str) -> Self {
        Text { words: words(text) }
    }

    /// Returns whether every word of a term occurs.
    pub fn has(&self, term: &str) -> bool {
        words(term).iter().all(|word| {
            let stems = stems(word);
            let is_word = |candidate: &String| candidate.split(['-', ':']).next() == Some(word) || candidate == word;
            self.words.iter().any(|candidate| is_word(candidate) || stems.iter().any(|stem| is_form(candidate, stem)))
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

/// Returns whether a word is a stem with an ending, or a compound whose last part is.
fn is_form(candidate: &str, stem: &str) -> bool {
    let is_long = stem.chars().count() >= SHORTEST_INNER_STEM;
    candidate.match_indices(stem).any(|(at, _)| {
        let ending = &candidate[at + stem.len()..];
        (at == 0 || is_long) && ending.chars().count() <= LONGEST_ENDING
    })
}

/// Returns the stems that a word's forms begin with.
///
/// Rules after the inflection types of VISK (§ 41 to 64, consonant gradation and stems).
fn stems(word: &str) -> Vec<String> {
    if let Some(rest) = word.strip_suffix("nen") {
        return vec![rest.to_owned()];
    }
    if let Some(rest) = word.strip_suffix("si").filter(|rest| rest.ends_with(is_vowel)) {
        return ["si", "de", "te", "t"].map(|ending| format!("{rest}{ending}")).to_vec();
    }
    // A plural such as `tunnukset` shares its stem with the other cases: `tunnuksia`, `tunnuksilla`.
    let word = word.strip_suffix('t').filter(|rest| rest.ends_with(is_vowel)).unwrap_or(word);
    let Some(last) = word.chars().last() else { return Vec::new() };
    let body = &word[..word.len() - last.len_utf8()];
    if !is_vowel(last) {
        return vec![body.to_owned()];
    }
    let mut stems = vec![body.to_owned()];
    for (strong, weak) in GRADES {
        if let Some(rest) = body.strip_suffix(strong) {
            // The longest pair that fits is the one that grades.
            stems.push(if weak.is_empty() { weak_without_k(rest, last) } else { format!("{rest}{weak}") });
            break;
        }
    }
    if last == 'e' {
        let inverse = GRADES.iter().filter(|(_, weak)| !weak.is_empty());
        stems.extend(inverse.filter_map(|(strong, weak)| Some(format!("{}{strong}", body.strip_suffix(weak)?))));
    }
    stems
}

/// Strong and weak grades of consonants (VISK § 41), longer ones first.
const GRADES: [(&str, &str); 14] = [
    ("kk", "k"),
    ("pp", "p"),
    ("tt", "t"),
    ("nk", "ng"),
    ("nt", "nn"),
    ("mp", "mm"),
    ("lt", "ll"),
    ("rt", "rr"),
    ("sk", "sk"),
    ("st", "st"),
    ("tk", "tk"),
    ("t", "d"),
    ("p", "v"),
    ("k", ""),
];

/// Returns the weak stem of a word whose `k` vanishes: the vowel stays, so that the stem is not too short.
fn weak_without_k(rest: &str, last: char) -> String {
    format!("{rest}{}", if last == 'i' { 'e' } else { last })
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
        check("viranomaisen on tarjottava tukea", "viranomainen", true);
        check("viranomaisen on tarjottava tukea", "tuki", true);
        check("laitteiden korjaamista", "korjaaminen", true);
        check("uuden laitteen", "uusi", true);
        check("osaamisen ja ajan rajat", "osaaminen", true);
        check("mikään ei pyydä pankkitunnuksia", "pankkitunnukset", true);
    }

    #[test]
    fn other_words_are_not_taken_for_the_term() {
        check("Digituen tavoite on itsenäinen käyttö", "pankki", false);
        check("asiakas odottaa", "asiointi", false);
        check("kirjasto opastaa", "kunta", false);
        check("digiopastaja neuvoo", "digituki", false);
        check("tullut viesti", "tuki", false);
        check("", "digituki", false);
    }
}
