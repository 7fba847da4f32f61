//! What the address of a link or an image names.
//!
//! Addresses are told apart by their form alone, as the contract (§6) lists them: source files, sections,
//! contacts, and addresses outside the site. Nothing is looked up here.

use percent_encoding::percent_decode_str;

/// What an address names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A file of the book, as the author wrote it (decoded), relative to the page's own file.
    File {
        /// The relative path.
        path: Box<str>,
        /// The id after `#`, if there is one.
        anchor: Option<Box<str>>,
    },
    /// A section of the same page.
    Anchor(Box<str>),
    /// A contact by its id.
    Contact(Box<str>),
    /// A page that opas makes, by its name.
    Made(Box<str>),
    /// An address outside the site, exactly as written.
    External(Box<str>),
    /// An address that is not allowed, and why.
    Bad {
        /// What the author wrote.
        address: Box<str>,
        /// What to write instead.
        help: &'static str,
    },
}

/// Schemes of addresses that may leave the site.
const SCHEMES: [&str; 5] = ["https", "http", "mailto", "tel", "sms"];

impl Target {
    /// Tells what an address names.
    pub fn of(address: &str) -> Self {
        let bad = |help| Target::Bad { address: address.into(), help };
        if let Some(anchor) = address.strip_prefix('#') {
            return Target::Anchor(decode(anchor));
        }
        if address.is_empty() {
            return bad("write a file of the book, a section, a contact or a web address");
        }
        if address.starts_with("//") {
            return bad("begin a web address with https://");
        }
        if address.starts_with('/') {
            return bad("name the file relative to this page's own file, such as ../page.md");
        }
        if let Some((scheme, rest)) = address.split_once(':')
            && is_scheme(scheme)
        {
            let scheme = scheme.to_ascii_lowercase();
            return match scheme.as_str() {
                "contact" => Target::Contact(rest.into()),
                "opas" => Target::Made(rest.into()),
                known if SCHEMES.contains(&known) && rest.trim_matches(['/', ' ']).is_empty() => {
                    bad("write the whole address")
                }
                known if SCHEMES.contains(&known) => Target::External(address.into()),
                _ => bad("allowed are files of the book, contact:, opas:, https:, http:, mailto:, tel: and sms:"),
            };
        }
        let (path, anchor) = match address.split_once('#') {
            Some((path, anchor)) => (path, Some(decode(anchor))),
            None => (address, None),
        };
        Target::File { path: decode(path), anchor }
    }
}

/// Returns whether the text before a colon is a scheme (RFC 3986, section 3.1) and not a part of a path.
fn is_scheme(text: &str) -> bool {
    // Control characters and blanks are counted in, as browsers pass over them: "java\tscript:" is a scheme.
    let mut characters = text.chars().filter(|c| !c.is_whitespace() && !c.is_control());
    characters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn decode(text: &str) -> Box<str> {
    percent_decode_str(text).decode_utf8_lossy().into()
}

#[cfg(test)]
mod tests {
    use super::Target;

    fn check(address: &str, expected: &str) {
        let found = match Target::of(address) {
            Target::File { path, anchor } => format!("file {path} {anchor:?}"),
            Target::Anchor(id) => format!("anchor {id}"),
            Target::Contact(id) => format!("contact {id}"),
            Target::Made(name) => format!("made {name}"),
            Target::External(url) => format!("external {url}"),
            Target::Bad { .. } => "bad".to_owned(),
        };
        assert_eq!(found, expected, "{address}");
    }

    #[test]
    fn addresses_are_told_apart_by_their_form() {
        check("../a.md#b", "file ../a.md Some(\"b\")");
        check("kuva%20yksi.png", "file kuva yksi.png None");
        check("#kohta", "anchor kohta");
        check("contact:seniorsurf", "contact seniorsurf");
        check("opas:contents", "made contents");
        check("https://a.fi/?x=1&y=2", "external https://a.fi/?x=1&y=2");
        check("tel:+358", "external tel:+358");
    }

    #[test]
    fn dangerous_and_absolute_addresses_are_refused() {
        for address in ["javascript:alert(1)", "JaVaScRiPt:x", "java\tscript:x", "data:text/html,x", "vbscript:x"] {
            check(address, "bad");
        }
        for address in ["//evil.example/x", "/etc/passwd", "", "file:///etc/passwd"] {
            check(address, "bad");
        }
    }
}
