//! How many letters two words differ by, if few.
//!
//! It is given two words and the most edits that count (a letter put in, left out, changed, or two neighbours swapped),
//! and returns the number of edits; none beyond the most.

/// Returns the number of edits between two words, if it is at most `most`.
pub fn within(one: &str, other: &str, most: usize) -> Option<usize> {
    if one.chars().count().abs_diff(other.chars().count()) > most {
        return None;
    }
    Some(strsim::osa_distance(one, other)).filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use super::within;

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
