//! How many letters two words differ by, if few.
//!
//! It is given two words and the most edits that count (a letter put in, left out, changed, or two neighbours swapped),
//! and returns the number of edits; none beyond the most.

/// Returns the number of edits between two words, if it is at most `most`.
pub fn within(one: &str, other: &str, most: usize) -> Option<usize> {
    if one.chars().count().abs_diff(other.chars().count()) > most {
        return None;
    }
    // Most words are told apart by their letters alone: an edit makes up for one that the other word lacks.
    let (letters, others) = (letters(one), letters(other));
    if (letters & !others).count_ones().max((others & !letters).count_ones()) as usize > most {
        return None;
    }
    Some(strsim::osa_distance(one, other)).filter(|edits| *edits <= most)
}

/// Returns which letters a word has; some share a bit.
fn letters(word: &str) -> u64 {
    word.chars().fold(0, |all, letter| all | 1 << (u32::from(letter) % 64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::within;

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
