//! Putting values into plain text: `{{ name }}`.
//!
//! It is given a text and a way to look values up. Substitution is plain: a value is put in once and as it
//! is, and is never read as Markdown or as a template.

use std::borrow::Cow;

/// Puts values in place of `{{ name }}` in a plain text; unknown names stay as they are.
pub fn expand<'t, 'v>(text: &'t str, value: impl Fn(&str) -> Option<&'v str>) -> Cow<'t, str> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, inner, after)) = next_variable(rest) {
        expanded.push_str(before);
        match value(inner.trim()) {
            Some(found) => expanded.push_str(found),
            None => expanded.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    if rest.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(expanded + rest) }
}

/// Returns the names in the `{{ name }}` of a plain text.
pub fn names_in(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, inner, after)) = next_variable(rest) {
        names.push(inner.trim());
        rest = after;
    }
    names
}

/// Splits a text at its first `{{ name }}` into what is before, inside and after.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find("{{")?;
    let length = text[open + 2..].find("}}")?;
    let close = open + 2 + length;
    Some((&text[..open], &text[open + 2..close], &text[close + 2..]))
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn values_are_put_in_once_and_as_they_are() {
        let value = |name: &str| match name {
            "a" => Some("{{ b }} <i>"),
            "b" => Some("B"),
            _ => None,
        };
        assert_eq!(expand("x {{ a }} y {{b}}", value), "x {{ b }} <i> y B");
        assert_eq!(expand("{{ c }} {{", value), "{{ c }} {{");
    }
}
