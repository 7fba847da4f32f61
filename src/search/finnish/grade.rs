//! Consonant gradation, both ways (VISK § 41-45), vowels and harmony (§ 15-16).
//!
//! It is given letters and tells of the variants that gradation makes possible; which is right nobody can tell without
//! a dictionary.

/// Returns whether a letter is a vowel.
pub fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ä' | 'ö' | 'å')
}

/// Returns whether the last vowels of a word agree in harmony: `a o u` and `ä ö y` do not meet in one stem.
pub fn has_harmony(word: &[char]) -> bool {
    let mut last = word.iter().rev().filter_map(|letter| is_back(*letter));
    match (last.next(), last.next()) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// Returns whether a vowel is a back vowel; none for `e`, `i` and consonants.
pub fn is_back(letter: char) -> Option<bool> {
    match letter {
        'a' | 'o' | 'u' => Some(true),
        'ä' | 'ö' | 'y' => Some(false),
        _ => None,
    }
}

/// A pair of grades: strong, weak, the penalty of changing one into the other, and that of leaving it as it is.
type Pair = (&'static str, &'static str, u8, u8);

/// The two grades of the consonants between two vowels. Where the weak grade is seldom anything but a weak grade
/// (`d`, `ng`, `nn`), leaving it is what costs.
const PAIRS: [Pair; 30] = [
    ("kk", "k", 0, 1),
    ("pp", "p", 0, 1),
    ("tt", "t", 0, 1),
    ("gg", "g", 1, 0),
    ("bb", "b", 1, 0),
    ("dd", "d", 1, 0),
    ("nk", "ng", 0, 1),
    ("mp", "mm", 0, 1),
    ("nt", "nn", 0, 1),
    ("lt", "ll", 1, 0),
    ("rt", "rr", 0, 1),
    ("ht", "hd", 0, 1),
    ("t", "d", 0, 1),
    ("lp", "lv", 1, 0),
    ("rp", "rv", 1, 0),
    ("lk", "lj", 2, 0),
    ("rk", "rj", 2, 0),
    ("hk", "hj", 2, 0),
    ("lkk", "lk", 0, 1),
    ("lpp", "lp", 0, 1),
    ("ltt", "lt", 0, 1),
    ("rkk", "rk", 0, 1),
    ("rpp", "rp", 0, 1),
    ("rtt", "rt", 0, 1),
    ("nkk", "nk", 0, 1),
    ("mpp", "mp", 0, 1),
    ("ntt", "nt", 0, 1),
    ("lk", "l", 2, 0),
    ("rk", "r", 2, 0),
    ("hk", "h", 2, 0),
];

/// Tells `found` of the word itself and its forms with the weak grade undone, each with its penalty: `tue` gives `tuke`,
/// `kadu` gives `katu`.
pub fn strengthened(word: &[char], changed: &mut Vec<char>, found: impl FnMut(&[char], u8)) {
    variants(word, Way::Up, changed, found);
}

/// Tells `found` of the word itself and its forms with the strong grade undone, each with its penalty: `asiakkas` gives
/// `asiakas`.
pub fn weakened(word: &[char], changed: &mut Vec<char>, found: impl FnMut(&[char], u8)) {
    variants(word, Way::Down, changed, found);
}

/// Which grade is looked for.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// From weak to strong.
    Up,
    /// From strong to weak.
    Down,
}

/// The penalty of a cluster that has the other grade than is wanted.
const WRONG: u8 = 2;

fn variants(word: &[char], way: Way, changed: &mut Vec<char>, mut found: impl FnMut(&[char], u8)) {
    let has_long_vowel = word.len() > 1 && word[word.len() - 1] == word[word.len() - 2];
    let Some((start, end)) = cluster(word).filter(|_| !has_long_vowel) else { return found(word, 0) };
    let here = &word[start..end];
    // All letters of the pairs are of one byte.
    let is_here = |letters: &str| letters.len() == here.len() && letters.chars().eq(here.iter().copied());
    let mut left = 0;
    for (strong, weak, change, leave) in PAIRS.iter().copied().chain(single(word, start, end)) {
        let (from, to) = if way == Way::Up { (weak, strong) } else { (strong, weak) };
        if is_here(from) {
            changed.clear();
            changed.extend_from_slice(&word[..start]);
            changed.extend(to.chars());
            changed.extend_from_slice(&word[end..]);
            found(changed, change);
            left = left.max(if way == Way::Up { leave } else { WRONG });
        } else if way == Way::Up && here.len() > 1 && is_here(to) {
            left = WRONG;
        }
    }
    found(word, left);
}

/// Returns the pairs that depend on what stands around: `k` that goes, `k` that becomes `v`, `p` that becomes `v`.
fn single(word: &[char], start: usize, end: usize) -> impl Iterator<Item = Pair> {
    let before = word.get(start.wrapping_sub(1)).copied().filter(|letter| is_vowel(*letter));
    let is_round = matches!((before, word.get(end)), (Some('u'), Some('u')) | (Some('y'), Some('y')));
    let of_vowels = before.map(|_| [("p", "v", 1, 0), ("k", "", 0, 0)]);
    of_vowels.into_iter().flatten().chain(is_round.then_some(("k", "v", 0, 1)))
}

/// Returns where the consonants before the last vowels stand: `tu|k|i`, `asia|kk|as`, `tu||e`.
fn cluster(word: &[char]) -> Option<(usize, usize)> {
    let last = word.iter().rposition(|letter| is_vowel(*letter))?;
    let mut end = last;
    // A long vowel is one syllable; two different ones may have lost a k between them.
    if end > 0 && word[end - 1] == word[end] {
        end -= 1;
    }
    let mut start = end;
    while start > 0 && !is_vowel(word[start - 1]) {
        start -= 1;
    }
    (start > 0).then_some((start, end))
}
