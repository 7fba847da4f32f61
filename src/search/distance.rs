//! How many letters two words differ by, if few.
//!
//! It is given two words and the most edits that count (a letter put in, left out, changed, or two neighbours swapped),
//! and returns the number of edits; none beyond the most.

/// How many letters a word has, and which; some share a bit. It tells most words apart at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letters(u32);

/// The bits that say which letters there are; those above say how many.
const WHICH: u32 = (1 << 24) - 1;

impl Letters {
    /// Returns the letters of a word.
    pub fn of(word: &str) -> Self {
        let (which, count) = word
            .chars()
            .fold((0, 0), |(which, count), letter| (which | 1 << (u32::from(letter) % 24), (count + 1u32).min(255)));
        Letters(count << 24 | which)
    }

    /// Returns whether a word with other letters can be within so many edits: each makes up for one letter that the other
    /// word lacks.
    fn may_be_within(self, other: Letters, most: usize) -> bool {
        let lacks = |one: Letters, other: Letters| (one.0 & !other.0 & WHICH).count_ones();
        let lengths = (self.0 >> 24).abs_diff(other.0 >> 24);
        lengths.max(lacks(self, other)).max(lacks(other, self)) as usize <= most
    }
}

/// A word with its letters.
pub type Lettered<'w> = (&'w str, Letters);

/// Returns a word with its letters.
pub fn lettered(word: &str) -> Lettered<'_> {
    (word, Letters::of(word))
}

/// Returns the number of edits between two words, if it is at most `most`.
pub fn within((one, letters): Lettered<'_>, (other, others): Lettered<'_>, most: usize) -> Option<usize> {
    if !letters.may_be_within(others, most) {
        return None;
    }
    Some(strsim::osa_distance(one, other)).filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::lettered;

    fn within(one: &str, other: &str, most: usize) -> Option<usize> {
        super::within(lettered(one), lettered(other), most)
    }

    proptest! {
        #[test]
        fn letters_tell_no_neighbours_apart(one in "[a-eäö]{0,8}", other in "[a-eäö]{0,8}", most in 1..3usize) {
            let edits = strsim::osa_distance(&one, &other);
            prop_assert_eq!(within(&one, &other, most), Some(edits).filter(|edits| *edits <= most));
        }
    }

    #[test]
    fn edits_are_counted_with_swaps() {
        assert_eq!(within("tunistus", "tunnistus", 2), Some(1));
        assert_eq!(within("tunnsitus", "tunnistus", 2), Some(1));
        assert_eq!(within("tunnistus", "tunnistus", 2), Some(0));
        assert_eq!(within("kissa", "koira", 2), None);
        assert_eq!(within("digituki", "digituen", 2), Some(2));
        assert_eq!(within("äiti", "aiti", 1), Some(1));
    }
}
