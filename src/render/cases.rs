//! The case list, whole or with one filter applied.
//!
//! It is given a [`Tracked`] and a filter, and returns the template's context. Each filter is a page of its own
//! and links to all the others, so that the list needs no script.

use std::sync::Arc;

use serde::Serialize;
use tera::Context;

use super::shell::{LinkView, Shell, link_to};
use super::views::{View, context};
use super::{Tracked, channels};
use crate::book::{Card, Facet, Filter, FilterKey, Generated};
use crate::config::Lang;
use crate::site::paths;

/// How many values of a facet are shown before those of a single case are put aside.
const SHORT: usize = 8;

/// The filters of one facet.
#[derive(Debug, Serialize)]
struct FacetView {
    /// The facet's word, which ids and strings are made of.
    facet: &'static str,
    title: String,
    filters: Vec<FilterView>,
    /// What only one case has, where there are many values: a second list.
    rare: Vec<FilterView>,
}

/// A filter as a link.
#[derive(Debug, Serialize)]
struct FilterView {
    title: String,
    href: String,
    count: usize,
    current: bool,
}

/// A case in the list.
#[derive(Debug, Serialize)]
struct CaseView {
    page: LinkView,
    summary: Option<String>,
    channels: Vec<String>,
    referrals: Vec<String>,
}

/// Makes the view of the cases that share a value.
pub fn filter(tracked: &Tracked<'_>, lang: &Lang, key: &FilterKey, output: &str) -> View {
    let title = match tracked.cases(lang).filter(key) {
        Some(filter) => {
            let facet = tracked.string(lang, facet_key(key.0)).to_lowercase();
            format!("{}, {facet}: {}", tracked.string(lang, Generated::Cases.id()), name(tracked, lang, filter))
        }
        None => tracked.string(lang, Generated::Cases.id()).to_owned(),
    };
    let shell = Shell::filtered(tracked, lang, title, key, output);
    let mut context = context(tracked, lang, &shell);
    insert(&mut context, tracked, lang, Some(key), output);
    ("cases.html", context)
}

/// Puts the list into a context: `facets`, `cases`, `all` (the way to the whole list, where a filter is applied).
pub fn insert(context: &mut Context, tracked: &Tracked<'_>, lang: &Lang, key: Option<&FilterKey>, output: &str) {
    let cases = tracked.cases(lang);
    let applied = key.and_then(|key| cases.filter(key));
    let shown = applied.map_or(&cases.all, |filter| &filter.cases);
    let facets = Facet::ALL.map(|facet| {
        let links = links(tracked, lang, facet, key, output);
        let is_long = links.len() > SHORT;
        let (rare, filters) = links.into_iter().partition(|link| is_long && link.count == 1 && !link.current);
        FacetView { facet: facet.name(), title: tracked.string(lang, facet_key(facet)).to_owned(), filters, rare }
    });
    let facets: Vec<FacetView> =
        facets.into_iter().filter(|facet| !(facet.filters.is_empty() && facet.rare.is_empty())).collect();
    let views = shown.iter().filter_map(|id| tracked.paths().card(lang, id)).map(|card| {
        let referrals = cases.filters.iter().filter(|filter| filter.key.0 == Facet::Referral);
        let own = referrals.filter(|filter| filter.cases.contains(&card.id));
        case(tracked, lang, card, own.map(|filter| name(tracked, lang, filter)).collect(), output)
    });
    context.insert("facets", &facets);
    context.insert("cases", &views.collect::<Vec<_>>());
    let all = paths::generated(tracked.paths(), lang, Generated::Cases.id());
    context.insert("all", &applied.map(|_| paths::relative(output, &all)));
}

fn case(tracked: &Tracked<'_>, lang: &Lang, card: &Arc<Card>, referrals: Vec<String>, output: &str) -> CaseView {
    CaseView {
        page: link_to(card, lang, output),
        summary: card.summary.clone(),
        channels: card.channels.iter().map(|channel| channels::name(tracked, lang, channel)).collect(),
        referrals,
    }
}

/// Makes the links of a facet, the most common value first.
fn links(
    tracked: &Tracked<'_>,
    lang: &Lang,
    facet: Facet,
    current: Option<&FilterKey>,
    output: &str,
) -> Vec<FilterView> {
    let filters = tracked.cases(lang).filters.iter().filter(|filter| filter.key.0 == facet);
    let links = filters.map(|filter| FilterView {
        title: name(tracked, lang, filter),
        href: paths::relative(output, &paths::filter(tracked.paths(), lang, &filter.key)),
        count: filter.cases.len(),
        current: current == Some(&filter.key),
    });
    let mut links: Vec<FilterView> = links.collect();
    // The sort is stable: what is as common stays in the order of the addresses.
    links.sort_by_key(|link| std::cmp::Reverse(link.count));
    links
}

/// Returns the name of a filter's value in a language.
fn name(tracked: &Tracked<'_>, lang: &Lang, filter: &Filter) -> String {
    match filter.key.0 {
        Facet::Channel => channels::name(tracked, lang, &filter.value),
        Facet::Tag => filter.value.clone(),
        Facet::Referral => {
            let contact = tracked.paths().contacts(lang).get(&filter.value);
            contact.map_or_else(|| filter.value.clone(), |contact| contact.name.clone())
        }
    }
}

/// Returns the key of the string that names a facet.
fn facet_key(facet: Facet) -> &'static str {
    match facet {
        Facet::Channel => "cases-by-channel",
        Facet::Tag => "cases-by-tag",
        Facet::Referral => "cases-by-referral",
    }
}
