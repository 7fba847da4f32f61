//! What a template extends, and the text of its blocks, as they stand in its source.
//!
//! It is given a template's text and returns places in it. It knows of tags no more than where they begin and end;
//! whether a template is right is for Tera to say.

use std::collections::BTreeMap;
use std::ops::Range;

/// Returns the tags of a template with their places: what stands between `{%` and `%}`, without hyphens and spaces.
fn tags(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("{%").map(|found| at + found) {
        // A comment ends where it says so; tags in it are none.
        if let Some(comment) = text[at..found].find("{#").map(|comment| at + comment) {
            match text[comment..].find("#}") {
                Some(end) => at = comment + end + 2,
                None => return tags,
            }
            continue;
        }
        let Some(end) = text[found..].find("%}").map(|end| found + end + 2) else { return tags };
        let inner = text[found + 2..end - 2].trim_matches('-').trim();
        tags.push((found..end, inner));
        at = end;
    }
    tags
}

/// Returns the name of the template that a template extends, and where the name stands, without its quotes.
pub fn parent(text: &str) -> Option<(Range<usize>, &str)> {
    let (place, _) = tags(text).into_iter().find(|(_, tag)| tag.split_whitespace().next() == Some("extends"))?;
    let tag = &text[place.clone()];
    let quote = tag.find(['"', '\''])?;
    let name = tag[quote + 1..].split(['"', '\'']).next()?;
    let start = place.start + quote + 1;
    Some((start..start + name.len(), name))
}

/// Returns the blocks of a template by their names: where each tag stands, and the text up to its end.
pub fn blocks(text: &str) -> BTreeMap<&str, (Range<usize>, &str)> {
    let mut blocks = BTreeMap::new();
    let mut open: Vec<(Range<usize>, &str)> = Vec::new();
    for (place, tag) in tags(text) {
        let mut words = tag.split_whitespace();
        match (words.next(), words.next()) {
            (Some("block"), Some(name)) => open.push((place, name)),
            (Some("endblock"), _) => {
                if let Some((start, name)) = open.pop() {
                    let inner = &text[start.end..place.start];
                    blocks.insert(name, (start, inner));
                }
            }
            _ => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_found_with_its_place() {
        let text = "{# {% extends \"x\" %} #}\n{%- extends 'below/page.html' -%}";
        let (place, name) = parent(text).unwrap();
        assert_eq!((name, &text[place]), ("below/page.html", "below/page.html"));
        assert!(parent("{% block a %}{% endblock %}").is_none());
    }

    #[test]
    fn blocks_may_stand_in_one_another() {
        let text = "{% block a %}1{% block b -%} 2 {%- endblock b %}3{% endblock %}{# {% block c %} #}";
        let found = blocks(text);
        assert_eq!(found["a"].1, "1{% block b -%} 2 {%- endblock b %}3");
        assert_eq!(found["b"].1, " 2 ");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn what_has_no_end_is_no_block() {
        assert!(blocks("{% block a %}{% block").is_empty());
        assert!(blocks("{% endblock %}{# {% block a %}").is_empty());
    }
}
