//! An organisation's look: its logo and its colour, and whether the colour can be read.
//!
//! It is given the table `[brand]` of `book.toml` (a layer's has the same keys) and the files beside it, and
//! returns a [`Brand`]. White text stands on the accent (the header, the first ways in on the front page), so a
//! colour that is too light for it is an error; what dark mode needs is derived from it here.

use std::sync::Arc;

use crate::data::Node;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Asset, File, Source};

/// The keys of the table.
pub const KEYS: [&str; 2] = ["logo", "accent"];

/// Kinds of images that browsers show, by the ending of the file's name.
pub const IMAGES: [&str; 6] = ["svg", "png", "jpg", "jpeg", "webp", "gif"];

/// The least contrast of text (WCAG 2.2, 1.4.3).
pub const TEXT: f64 = 4.5;
/// The least contrast of marks and borders that mean something (WCAG 2.2, 1.4.11).
pub const MARKS: f64 = 3.0;

const WHITE: Colour = Colour([255; 3]);
const BLACK: Colour = Colour([0; 3]);
/// The lightest ground of the built-in theme's dark mode, `--soft`.
const DARK_GROUND: Colour = Colour([0x19, 0x25, 0x2c]);

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads `#rrggbb` or `#rgb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let wide = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        if !wide.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&wide[at..at + 2], 16).ok();
        Some(Colour([part(0)?, part(2)?, part(4)?]))
    }

    /// Returns the contrast with another colour, 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Mixes in `percent` of another colour.
    fn mix(self, other: Colour, percent: u16) -> Colour {
        let part = |at: usize| {
            let mixed = u16::from(self.0[at]) * (100 - percent) + u16::from(other.0[at]) * percent;
            u8::try_from(mixed / 100).unwrap_or(u8::MAX)
        };
        Colour([part(0), part(1), part(2)])
    }

    /// Returns the first mixture with `other` that has this contrast with `ground`.
    fn until(self, other: Colour, ground: Colour, contrast: f64) -> Colour {
        let mixtures = (0..=100).map(|percent| self.mix(other, percent));
        mixtures.into_iter().find(|colour| colour.contrast(ground) >= contrast).unwrap_or(other)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// An organisation's look.
#[derive(Debug, Clone, Default)]
pub struct Brand {
    /// The logo.
    pub logo: Option<Arc<Asset>>,
    /// The colour of the header and of marks; white text can be read on it.
    pub accent: Option<Colour>,
}

impl Brand {
    /// Reads the table; `folder` is the way from the source's root to the folder of its file, empty or ending
    /// in `/`.
    pub fn read(node: &Node<'_>, source: &Source, folder: &str, out: &mut Vec<Diagnostic>) -> Self {
        node.only(&KEYS, out);
        Brand {
            logo: node.get("logo").and_then(|node| logo(&node, source, folder, out)),
            accent: node.get("accent").and_then(|node| accent(&node, out)),
        }
    }

    /// Returns the style sheet that puts the colour in; none without one.
    pub fn style(&self) -> Option<String> {
        let accent = self.accent?;
        let hover = accent.mix(BLACK, 25);
        let dark = accent.until(WHITE, DARK_GROUND, MARKS);
        let dark_hover = accent.until(BLACK, WHITE, TEXT + 2.0);
        Some(format!(
            "@media screen {{\n:root {{ --brand: {accent}; --brand-hover: {hover}; --accent: {accent}; }}\n}}\n\
             @media screen and (prefers-color-scheme: dark) {{\n:root {{ --brand-hover: {dark_hover}; --accent: {dark}; }}\n}}\n"
        ))
    }

    /// Returns the name of the logo in the site's `assets/`.
    pub fn logo_name(&self) -> Option<String> {
        let (_, ending) = self.logo.as_ref()?.path.rsplit_once('.')?;
        Some(format!("logo.{}", ending.to_ascii_lowercase()))
    }
}

fn accent(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<Colour> {
    let text = node.text(out)?;
    let Some(accent) = Colour::parse(text) else {
        let fault = node.fault(Code::E012, format!("`{text}` is not a colour"));
        out.push(fault.help("write it as #rrggbb, such as \"#005a8c\""));
        return None;
    };
    let contrast = accent.contrast(WHITE);
    if contrast >= TEXT {
        return Some(accent);
    }
    let message = format!("white text cannot be read on `{text}`: the contrast is {contrast:.1}, and must be {TEXT}");
    let darker = accent.until(BLACK, WHITE, TEXT);
    let help = format!("take a darker colour, such as the same one darkened: \"{darker}\"");
    out.push(Diagnostic::new(Code::E071, message).at(node.place()).help(help));
    None
}

fn logo(node: &Node<'_>, source: &Source, folder: &str, out: &mut Vec<Diagnostic>) -> Option<Arc<Asset>> {
    let path = node.text(out)?;
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_image = ending.is_some_and(|ending| IMAGES.contains(&ending.as_str()));
    match source.files.get(format!("{folder}{path}").as_str()) {
        Some(File::Asset(asset)) if is_image => Some(Arc::clone(asset)),
        found => {
            let message = match found {
                Some(_) => format!("`{path}` is not an image that browsers show"),
                None => format!("there is no logo `{path}`"),
            };
            let known = source.files.keys().filter_map(|known| known.strip_prefix(folder));
            let known = known.filter(|known| IMAGES.iter().any(|image| known.ends_with(&format!(".{image}"))));
            let help = format!("put an image beside this file and name it: {}", IMAGES.join(", "));
            out.push(Diagnostic::new(Code::E072, message).at(node.place()).help(help).suggest(path, known));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Brand, Colour, DARK_GROUND, MARKS, TEXT, WHITE};

    #[test]
    fn contrast_is_that_of_wcag() {
        let grey = Colour::parse("#767676").unwrap();
        assert!((grey.contrast(WHITE) - 4.54).abs() < 0.01, "{}", grey.contrast(WHITE));
        assert!((Colour::parse("#000").unwrap().contrast(WHITE) - 21.0).abs() < 1e-9);
        assert_eq!(Colour::parse("#12"), None);
        assert_eq!(Colour::parse("#ääk"), None);
    }

    #[test]
    fn what_is_derived_can_be_seen() {
        for text in ["#005a8c", "#000000", "#7a1fa2", "#b3261e", "#2e7d32", "#767676", "#00008b"] {
            let accent = Colour::parse(text).unwrap();
            assert!(accent.contrast(WHITE) >= TEXT, "{text}");
            let style = Brand { accent: Some(accent), logo: None }.style().unwrap();
            let colours: Vec<Colour> =
                style.split(": #").skip(1).map(|rest| Colour::parse(&format!("#{}", &rest[..6])).unwrap()).collect();
            let [brand, hover, light, dark_hover, dark] = colours[..] else { panic!("{style}") };
            assert!(dark.contrast(DARK_GROUND) >= MARKS, "{text}: {dark}");
            assert!(light.contrast(WHITE) >= MARKS, "{text}: {light}");
            for ground in [brand, hover, dark_hover] {
                assert!(ground.contrast(WHITE) >= TEXT, "{text}: {ground}");
            }
        }
    }
}
