//! What the preview adds to a page on its way to the browser: its script, and the policy that lets it work.
//!
//! It is given the HTML of a built page and returns that of the preview. Built pages forbid every connection,
//! in a policy of their own; a page can only be forbidden more by a header, so the preview takes the policy out
//! of the page, adds what its script needs, and sends it as a header. Nothing of this is ever written to a site.

use std::fmt::Write as _;

use pulldown_cmark_escape::escape_html;

use crate::digest::Digest;
use crate::site::paths;

/// The folder of the preview's own files; no id may begin with an underscore, so no page has this name.
pub const OWN: &str = "_opas/";

/// How a page's own policy begins in the default theme, and in themes made from it.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"";

/// The policy of a page that has none of its own.
const PLAIN: &str = "default-src 'self'; base-uri 'none'; form-action 'self'";

/// A page as the preview sends it.
pub struct Dressed {
    /// The HTML.
    pub html: String,
    /// The content security policy that goes with it.
    pub policy: String,
}

/// Dresses a page; `path` is its file in the site and `digest` that of the built page.
///
/// `is_elsewhere` says that the page is sent in the place of another, so that its links must count from its own folder.
pub fn dress(html: &str, path: &str, digest: Option<Digest>, is_elsewhere: bool) -> Dressed {
    let (before, own, after) = split_policy(html);
    let mut added = String::new();
    if is_elsewhere {
        let folder = path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"));
        added.push_str("<base href=\"/");
        // Writing to a string cannot fail.
        let _ = escape_html(&mut added, &paths::encode(&folder));
        added.push_str("\">");
    }
    added.push_str("<script defer src=\"/_opas/preview.js\" data-page=\"");
    let _ = escape_html(&mut added, path);
    let _ = write!(added, "\" data-digest=\"{}\"></script>", digest.map_or_else(String::new, |digest| digest.short()));
    let mut out = String::with_capacity(html.len() + added.len());
    out.push_str(before);
    // At the place of the policy, or else at the start of the head: the base must stand before all links.
    let after = if own.is_some() {
        after
    } else {
        let head = after.find("<head>").map_or(0, |at| at + "<head>".len());
        out.push_str(&after[..head]);
        &after[head..]
    };
    out.push_str(&added);
    out.push_str(after);
    Dressed { html: out, policy: policy(own.unwrap_or(PLAIN), is_elsewhere) }
}

/// Splits a page into what stands before its policy, the policy, and what stands after it.
fn split_policy(html: &str) -> (&str, Option<&str>, &str) {
    let found = html.find(POLICY).and_then(|at| {
        let start = at + POLICY.len();
        let end = start + html[start..].find('"')?;
        let rest = end + html[end..].find('>')? + 1;
        Some((&html[..at], Some(&html[start..end]), &html[rest..]))
    });
    found.unwrap_or(("", None, html))
}

/// Adds to a policy what the preview's script needs.
fn policy(own: &str, is_elsewhere: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in own.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        parts.push(match part.split_whitespace().next() {
            Some("trusted-types") => format!("{part} opas-preview"),
            Some("base-uri") if is_elsewhere => "base-uri 'self'".to_owned(),
            Some("connect-src") => continue,
            _ => part.to_owned(),
        });
    }
    parts.push("connect-src 'self'".to_owned());
    parts.push("frame-ancestors 'none'".to_owned());
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::dress;

    #[test]
    fn the_policy_moves_to_the_header_and_lets_the_preview_connect() {
        let html = "<!doctype html><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
                    content=\"default-src 'none'; base-uri 'none'; trusted-types opas\"><title>A</title></head>";
        let dressed = dress(html, "a/b&c.html", None, false);
        assert_eq!(
            dressed.policy,
            "default-src 'none'; base-uri 'none'; trusted-types opas opas-preview; connect-src 'self'; frame-ancestors 'none'"
        );
        assert_eq!(
            dressed.html,
            "<!doctype html><head><meta charset=\"utf-8\"><script defer src=\"/_opas/preview.js\" \
             data-page=\"a/b&amp;c.html\" data-digest=\"\"></script><title>A</title></head>"
        );
    }

    #[test]
    fn a_page_without_policy_gets_one() {
        let dressed = dress("<p>x", "x.html", None, true);
        assert!(dressed.policy.starts_with("default-src 'self'; base-uri 'self'"), "{}", dressed.policy);
        assert!(dressed.html.starts_with("<base href=\"/\"><script") && dressed.html.ends_with("<p>x"));
    }
}
