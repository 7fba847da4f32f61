//! The size of images, so that a page keeps their place free until they have loaded.
//!
//! It is given a file's bytes and returns its size in CSS pixels, or nothing where it cannot be told: an SVG
//! without a size, a kind that is not known.

use html5gum::{Token, Tokenizer};

/// Sizes beyond this are taken for nonsense.
const LARGEST: f64 = 100_000.0;

/// Returns the width and the height.
pub fn size(bytes: &[u8]) -> Option<(usize, usize)> {
    match imagesize::blob_size(bytes) {
        Ok(size) => Some((size.width, size.height)).filter(|(width, height)| *width > 0 && *height > 0),
        Err(_) => svg(std::str::from_utf8(bytes).ok()?),
    }
}

/// Reads the size of an SVG from its `width` and `height`, or else from its `viewBox`.
fn svg(text: &str) -> Option<(usize, usize)> {
    let tag = Tokenizer::new(text).flatten().find_map(|token| match token {
        Token::StartTag(tag) => Some(tag),
        _ => None,
    });
    let tag = tag.filter(|tag| *tag.name == b"svg"[..])?;
    let attribute = |name: &[u8]| tag.attributes.iter().find(|(key, _)| key.as_slice() == name).map(|(_, value)| value);
    let text = |name: &[u8]| attribute(name).and_then(|value| std::str::from_utf8(value).ok());
    let length = |name: &[u8]| text(name)?.trim().trim_end_matches("px").parse::<f64>().ok();
    let view_box = || {
        let numbers: Vec<f64> = text(b"viewbox")?.split([' ', ',']).filter_map(|number| number.parse().ok()).collect();
        Some((*numbers.get(2)?, *numbers.get(3)?))
    };
    let (width, height) = length(b"width").zip(length(b"height")).or_else(view_box)?;
    whole(width).zip(whole(height))
}

/// Rounds a length that makes sense.
fn whole(number: f64) -> Option<usize> {
    if (1.0..LARGEST).contains(&number) { format!("{number:.0}").parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::size;

    fn check(text: &str, expected: Option<(usize, usize)>) {
        assert_eq!(size(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn the_size_of_an_svg_is_its_own_or_that_of_its_view_box() {
        check(r#"<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40px"/>"#, Some((120, 40)));
        check(r#"<?xml version="1.0"?><!-- x --><svg viewBox="0 0 24.4 12"></svg>"#, Some((24, 12)));
        check(r#"<svg width="100%" height="100%" viewBox="0,0,10,20"></svg>"#, Some((10, 20)));
        check("<svg></svg>", None);
        check(r#"<svg width="1e30" height="-1"></svg>"#, None);
        check("<p>no image</p>", None);
        check("", None);
    }
}
