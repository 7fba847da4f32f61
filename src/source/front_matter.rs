//! Telling a page's front matter from its body.
//!
//! It is given the text of a page and returns byte ranges; it never reads the YAML.

use std::ops::Range;

/// Where the parts of a page stand in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The YAML between the two lines of `---`.
    pub yaml: Range<usize>,
    /// The Markdown after them.
    pub body: Range<usize>,
}

/// Why a page's front matter cannot be told from its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The first line is not `---`.
    Start,
    /// No later line is `---`.
    End,
}

/// Splits a page's text; line ends are already `\n`.
///
/// # Errors
/// Says which of the two lines of `---` is missing.
pub fn split(text: &str) -> Result<Parts, Missing> {
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        let is_mark = line.trim_end() == "---";
        match start {
            None if is_mark => start = Some(at + line.len()),
            None => return Err(Missing::Start),
            Some(start) if is_mark => {
                return Ok(Parts { yaml: start..at, body: at + line.len()..text.len() });
            }
            Some(_) => {}
        }
        at += line.len();
    }
    Err(if start.is_some() { Missing::End } else { Missing::Start })
}

#[cfg(test)]
mod tests {
    use super::{Missing, split};

    #[test]
    fn front_matter_ends_at_the_first_line_of_dashes() {
        let text = "---\ntitle: A\n---\nBody\n---\n";
        let parts = split(text).unwrap();
        assert_eq!(&text[parts.yaml], "title: A\n");
        assert_eq!(&text[parts.body], "Body\n---\n");
    }

    #[test]
    fn a_missing_line_of_dashes_is_named() {
        assert_eq!(split("Body"), Err(Missing::Start));
        assert_eq!(split(""), Err(Missing::Start));
        assert_eq!(split("---\ntitle: A\n"), Err(Missing::End));
    }
}
