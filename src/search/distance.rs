//! How many letters two words differ by, if few.
//!
//! It is given two words and the most edits that count (a letter put in, left out, changed, or two neighbours swapped),
//! and returns the number of edits; none beyond the most.

/// Returns the number of edits between two words, if it is at most `most`.
pub fn within(one: &str, other: &str, most: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > 2 * most {
        return None;
    }
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut this = vec![row + 1];
        for (column, against) in other.iter().enumerate() {
            let mut edits =
                (last[column] + usize::from(letter != against)).min(last[column + 1] + 1).min(this[column] + 1);
            let is_swap = row > 0 && column > 0 && *letter == other[column - 1] && one[row - 1] == *against;
            if is_swap {
                edits = edits.min(before[column - 1] + 1);
            }
            this.push(edits);
        }
        if this.iter().all(|edits| *edits > most) {
            return None;
        }
        before = std::mem::replace(&mut last, this);
    }
    last.last().copied().filter(|edits| *edits <= most)
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
