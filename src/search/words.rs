//! From text to words: folding of letters, and what counts as one word.
//!
//! It is given any text and returns words in lower case. The browser does the same to queries; nothing here depends on
//! a locale, and accents are folded by a table of our own, so that both come to the same letters.

use std::borrow::Cow;

/// The most letters of a word that are looked at.
const LONGEST: usize = 64;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word<'t> {
    /// The folded letters, joined where hyphens or dots stood between them: `suomifi`.
    pub text: Cow<'t, str>,
    /// The pieces between hyphens and dots, where there are several: `suomi`, `fi`.
    pub parts: Vec<Cow<'t, str>>,
    /// Where the word stands in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// Returns the words of a text, in order.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let start = rest + text[rest..].find(is_letter)?;
            let plain = after_folded(text, start);
            let mut end = plain;
            while let Some(letter) = text[end..].chars().next() {
                let next = end + letter.len_utf8();
                if !(is_in_word(letter) || joins(letter) && text[next..].starts_with(is_letter)) {
                    break;
                }
                end = after_folded(text, next);
            }
            rest = end;
            let raw = &text[start..end];
            let (text, parts) = if end == plain {
                (raw.into(), Vec::new())
            } else if raw.contains(divides) {
                joined(raw)
            } else {
                (fold(raw), Vec::new())
            };
            let text = cut(text);
            if !text.is_empty() {
                return Some(Word { text, parts, start, end });
            }
        }
    })
}

/// Returns where the common letters and digits end that begin at a place.
fn after_folded(text: &str, start: usize) -> usize {
    text[start..].find(|letter| !is_folded(letter)).map_or(text.len(), |length| start + length)
}

/// Returns whether a character is a letter or digit, of those with four hexadecimal digits.
fn is_letter(letter: char) -> bool {
    is_folded(letter) || letter.is_alphanumeric() && u32::from(letter) <= 0xffff
}

/// Returns whether a character is one of the common letters and digits that stay as they are.
fn is_folded(letter: char) -> bool {
    matches!(letter, 'a'..='z' | 'ä' | 'ö' | '0'..='9')
}

/// Returns whether a character belongs to words: a letter, a digit, an accent of its own, an invisible break.
fn is_in_word(letter: char) -> bool {
    is_letter(letter) || is_mark(letter) || is_invisible(letter)
}

/// Returns whether a character between two letters does not end the word.
fn joins(letter: char) -> bool {
    divides(letter) || is_apostrophe(letter)
}

/// Returns whether a character stands between the pieces of a word.
fn divides(letter: char) -> bool {
    is_hyphen(letter) || matches!(letter, '.' | ':')
}

fn is_hyphen(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}')
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{b4}')
}

fn is_mark(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}')
}

/// Returns the folded letters of a word with hyphens, dots or a colon, joined, and its pieces where there are several.
fn joined(raw: &str) -> (Cow<'_, str>, Vec<Cow<'_, str>>) {
    // An ending after a colon belongs to an abbreviation or a name (VISK § 58): DVV:n, Suomi.fi:ssä.
    let stem = match raw.split_once(':') {
        Some((stem, ending)) if ending.chars().count() <= 6 && !ending.starts_with(|c: char| c.is_ascii_digit()) => {
            stem
        }
        _ => raw,
    };
    let parts: Vec<Cow<'_, str>> = stem.split(divides).map(fold).filter(|part| !part.is_empty()).collect();
    (parts.concat().into(), if parts.len() > 1 { parts } else { Vec::new() })
}

/// Returns the letters of a word that are looked at.
fn cut(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => first_of(text, LONGEST).into(),
        Cow::Owned(mut text) => {
            text.truncate(first_of(&text, LONGEST).len());
            text.into()
        }
    }
}

/// Returns the first letters of a text as a number: texts are in the order of their numbers, those with the same number in
/// the order of the texts. Numbers are compared sooner.
pub fn sort_key(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let count = text.len().min(bytes.len());
    bytes[..count].copy_from_slice(&text.as_bytes()[..count]);
    u64::from_be_bytes(bytes)
}

/// Returns so many characters of a text.
pub fn first_of(text: &str, count: usize) -> &str {
    // Where there are no more bytes, there are no more characters.
    let end = if text.len() > count { text.char_indices().nth(count) } else { None };
    end.map_or(text, |(end, _)| &text[..end])
}

/// Returns letters in lower case without accents; å, ä and ö are letters of their own.
pub fn fold(text: &str) -> Cow<'_, str> {
    if after_folded(text, 0) == text.len() {
        return text.into();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            letter if is_folded(letter) => folded.push(letter),
            'A'..='Z' => folded.push(letter.to_ascii_lowercase()),
            _ => letter.to_lowercase().for_each(|letter| fold_letter(letter, &mut folded)),
        }
    }
    folded.into()
}

/// Adds a letter in lower case without its accents.
fn fold_letter(letter: char, folded: &mut String) {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ā' => folded.push('a'),
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ě' => folded.push('e'),
        'ì' | 'í' | 'î' | 'ï' | 'ī' => folded.push('i'),
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' => folded.push('o'),
        'ù' | 'ú' | 'û' | 'ü' | 'ū' => folded.push('u'),
        'ý' | 'ÿ' => folded.push('y'),
        'ç' | 'č' => folded.push('c'),
        'ñ' | 'ń' => folded.push('n'),
        'š' => folded.push('s'),
        'ž' => folded.push('z'),
        'đ' => folded.push('d'),
        'ø' => folded.push('ö'),
        'æ' => folded.push('ä'),
        'ß' => folded.push_str("ss"),
        '\u{308}' | '\u{30a}' => umlaut(letter, folded),
        letter if is_mark(letter) || is_invisible(letter) || is_apostrophe(letter) => {}
        letter => folded.push(letter),
    }
}

/// Puts a mark of its own on the letter before it: some systems write ä as two characters.
fn umlaut(mark: char, folded: &mut String) {
    let with_mark = match (folded.chars().last(), mark) {
        (Some('a'), '\u{308}') => 'ä',
        (Some('o'), '\u{308}') => 'ö',
        (Some('a'), '\u{30a}') => 'å',
        _ => return,
    };
    folded.pop();
    folded.push(with_mark);
}

#[cfg(test)]
mod tests {
    use super::words;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = words(text).map(|word| word.text).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn words_are_folded_and_joined() {
        check("Digituen ohje, 2. luku!", &["digituen", "ohje", "2", "luku"]);
        check("DVV:n Suomi.fi:ssä", &["dvv", "suomifi"]);
        check("pop-up-ilmoitus Žižek Café", &["popupilmoitus", "zizek", "cafe"]);
        check("a\u{308}iti A\u{30a}bo vaa'an", &["äiti", "åbo", "vaaan"]);
        check("ja/tai --- ... klo 10:30", &["ja", "tai", "klo", "1030"]);
        check("\u{202e}\u{0}<img onerror=x>", &["img", "onerror", "x"]);
    }

    #[test]
    fn pieces_are_kept_beside_the_whole() {
        let found: Vec<_> = words("Suomi.fi-viestit").collect();
        assert_eq!(found[0].text, "suomifiviestit");
        assert_eq!(found[0].parts, ["suomi", "fi", "viestit"]);
    }
}
