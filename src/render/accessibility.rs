//! The accessibility statement: what the organisation has said, and what it has left to be said.
//!
//! It is given a [`Tracked`] and puts the parts of the statement into a template's context. Blanks stay blank:
//! the template shows where the organisation has to fill something in.

use serde::Serialize;
use tera::Context;

use super::Tracked;
use super::views::{self, DateView};
use crate::config::{Accessibility, Lang};

/// The parts of the statement that are data.
#[derive(Debug, Serialize)]
struct StatementView {
    organisation: Option<String>,
    /// The address of the site, if the book has one.
    url: Option<String>,
    status: Option<&'static str>,
    /// By reason, in the order of the law's model.
    shortcomings: Vec<ReasonView>,
    /// Whether something is missing that the status asks for.
    lacks_shortcomings: bool,
    method: Option<&'static str>,
    assessed: Option<DateView>,
    made: Option<DateView>,
    updated: Option<DateView>,
    email: Option<String>,
    form: Option<String>,
    phone: Option<String>,
}

/// What is not accessible for one reason.
#[derive(Debug, Serialize)]
struct ReasonView {
    why: &'static str,
    shortcomings: Vec<ShortcomingView>,
}

#[derive(Debug, Serialize)]
struct ShortcomingView {
    what: String,
    criteria: Vec<String>,
}

/// Puts `statement` into the context.
pub fn insert(context: &mut Context, tracked: &Tracked<'_>, lang: &Lang) {
    let config = tracked.config();
    let Some(data) = &config.accessibility else { return };
    let date = |date: Option<_>| date.map(|date| views::date(tracked, lang, date));
    let view = StatementView {
        organisation: data.organisation.as_ref().map(|text| text.get(lang, config.source_lang()).to_owned()),
        url: config.url.clone(),
        status: data.status,
        shortcomings: reasons(data, lang, config.source_lang()),
        lacks_shortcomings: data.blanks().contains(&"shortcomings"),
        method: data.method,
        assessed: date(data.assessed),
        made: date(data.made),
        updated: date(data.updated),
        email: data.feedback.email.clone(),
        form: data.feedback.url.clone(),
        phone: data.feedback.phone.clone(),
    };
    context.insert("statement", &view);
}

fn reasons(data: &Accessibility, lang: &Lang, source_lang: &Lang) -> Vec<ReasonView> {
    let all = data.shortcomings.as_deref().unwrap_or_default();
    let reasons = ["error", "burden", "outside"].map(|why| ReasonView {
        why,
        shortcomings: all
            .iter()
            .filter(|shortcoming| shortcoming.why == why)
            .map(|shortcoming| ShortcomingView {
                what: shortcoming.what.get(lang, source_lang).to_owned(),
                criteria: shortcoming.criteria.clone(),
            })
            .collect(),
    });
    reasons.into_iter().filter(|reason| !reason.shortcomings.is_empty()).collect()
}
