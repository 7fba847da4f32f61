//! What the accessibility statement says of a site: the organisation's own data.
//!
//! The parts are those of the Finnish Act on the Provision of Digital Services (306/2019) and of the model
//! statement of the European Commission (Implementing Decision (EU) 2018/1523). It is given the table
//! `[accessibility]` of `book.toml` (a layer's has the same keys) and returns an [`Accessibility`]. Nothing is
//! assumed: what is not written is blank, and the page says so.

use jiff::civil::Date;

use super::{Lang, Texts, texts};
use crate::data::Node;
use crate::diagnostic::{Code, Diagnostic, Place};

/// The keys of the table.
pub const KEYS: [&str; 11] = [
    "organisation",
    "status",
    "shortcomings",
    "method",
    "assessed",
    "made",
    "updated",
    "feedback-email",
    "feedback-url",
    "feedback-phone",
    "template",
];

/// The keys of a shortcoming.
pub const SHORTCOMING_KEYS: [&str; 3] = ["what", "why", "criteria"];

/// How far the site meets the requirements.
pub const STATUSES: [&str; 3] = ["full", "partial", "none"];
/// Who assessed it.
pub const METHODS: [&str; 2] = ["self", "external"];
/// Why something is not accessible.
pub const REASONS: [&str; 3] = ["error", "burden", "outside"];

/// A part of the site that is not accessible.
#[derive(Debug, Clone)]
pub struct Shortcoming {
    /// What it is, and what can be used instead.
    pub what: Texts,
    /// `error` (does not meet the requirements), `burden` (disproportionate burden) or `outside` (the law does
    /// not ask for it).
    pub why: &'static str,
    /// The success criteria of WCAG that it fails.
    pub criteria: Vec<String>,
}

/// What the statement says.
#[derive(Debug, Clone)]
pub struct Accessibility {
    /// Who answers for the site.
    pub organisation: Option<Texts>,
    /// `full`, `partial` or `none`.
    pub status: Option<&'static str>,
    /// What is not accessible; none where that has not been written.
    pub shortcomings: Option<Vec<Shortcoming>>,
    /// `self` or `external`.
    pub method: Option<&'static str>,
    /// The day of the assessment.
    pub assessed: Option<Date>,
    /// The day on which the statement was made.
    pub made: Option<Date>,
    /// The day on which it was last reviewed.
    pub updated: Option<Date>,
    /// Where readers report what is not accessible.
    pub feedback: Feedback,
    /// Whether the book is a template that organisations fill in, so that blanks are in order.
    pub is_template: bool,
    /// Where the table stands.
    pub place: Place,
}

/// The ways to report what is not accessible.
#[derive(Debug, Clone, Default)]
pub struct Feedback {
    /// An e-mail address.
    pub email: Option<String>,
    /// A form's address.
    pub url: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
}

impl Accessibility {
    /// Reads the table.
    pub fn read(node: &Node<'_>, languages: &[Lang], out: &mut Vec<Diagnostic>) -> Self {
        node.only(&KEYS, out);
        let text = |key: &str, out: &mut Vec<Diagnostic>| {
            let text = node.get(key).and_then(|node| node.text(out))?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        Accessibility {
            organisation: node.get("organisation").map(|node| texts(&node, languages, out)),
            status: node.get("status").and_then(|node| node.choice(&STATUSES, out)),
            shortcomings: node.get("shortcomings").map(|node| shortcomings(&node, languages, out)),
            method: node.get("method").and_then(|node| node.choice(&METHODS, out)),
            assessed: node.get("assessed").and_then(|node| node.date(out)),
            made: node.get("made").and_then(|node| node.date(out)),
            updated: node.get("updated").and_then(|node| node.date(out)),
            feedback: Feedback {
                email: text("feedback-email", out),
                url: node.get("feedback-url").and_then(|node| web(&node, out)),
                phone: text("feedback-phone", out),
            },
            is_template: node.get("template").and_then(|node| node.flag(out)).unwrap_or_default(),
            place: node.key_place(),
        }
    }

    /// Returns the keys that the statement needs and that are blank.
    pub fn blanks(&self) -> Vec<&'static str> {
        let has_feedback =
            [&self.feedback.email, &self.feedback.url, &self.feedback.phone].iter().any(|way| way.is_some());
        // A site that meets all requirements may still have parts that the law leaves out.
        let needs_shortcomings = self.status != Some("full");
        let parts = [
            ("organisation", self.organisation.is_some()),
            ("status", self.status.is_some()),
            ("shortcomings", !needs_shortcomings || self.shortcomings.as_ref().is_some_and(|list| !list.is_empty())),
            ("method", self.method.is_some()),
            ("assessed", self.assessed.is_some()),
            ("made", self.made.is_some()),
            ("feedback-email", has_feedback),
        ];
        parts.into_iter().filter(|(_, is_there)| !is_there).map(|(key, _)| key).collect()
    }
}

fn shortcomings(node: &Node<'_>, languages: &[Lang], out: &mut Vec<Diagnostic>) -> Vec<Shortcoming> {
    let mut list = Vec::new();
    for item in node.items(out) {
        item.only(&SHORTCOMING_KEYS, out);
        let what = item.required("what", out).map(|node| texts(&node, languages, out));
        let why = item.required("why", out).and_then(|node| node.choice(&REASONS, out));
        let criteria = item.get("criteria").map_or_else(Vec::new, |node| node.texts(out));
        if let (Some(what), Some(why)) = (what, why) {
            list.push(Shortcoming { what, why, criteria: criteria.into_iter().map(str::to_owned).collect() });
        }
    }
    list
}

fn web(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<String> {
    let text = node.text(out)?.trim();
    if text.is_empty() {
        return None;
    }
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    if !is_web || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        let fault = node.fault(Code::E012, format!("`{text}` cannot be the address of a form"));
        out.push(fault.help("write a web address that begins with https://"));
        return None;
    }
    Some(text.to_owned())
}
