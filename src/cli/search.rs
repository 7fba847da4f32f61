//! `opas search`: what a reader would find, ranked as in the browser, and scores of a list of queries.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::report::{self, Report};
use super::{Common, Status, editions};
use crate::book::Options;
use crate::check::search::unknown_pages;
use crate::config::BASE;
use crate::search::eval::{self, Score, Scores};
use crate::search::rank::Term;
use crate::search::{Found, Index, Searcher};
use crate::site::paths;
use crate::source;

/// Arguments of `opas search`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas search \"asiakas ei pääse kirjautumaan\"\n  \
                        opas search nettipankki --json\n  opas search --eval tests/search/fi.yaml")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// What to look for
    #[arg(required_unless_present = "eval")]
    query: Option<String>,
    /// The language to search in [default: the source language]
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Print an array of results as JSON
    #[arg(long)]
    json: bool,
    /// Say how each word of the query was found
    #[arg(long)]
    explain: bool,
    /// The most results
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Search drafts too
    #[arg(long)]
    drafts: bool,
    /// Score a list of queries with the pages that they should find
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    eval: Option<PathBuf>,
}

/// A result in the output.
#[derive(Serialize)]
struct Result<'a> {
    page: &'a str,
    section: Option<&'a str>,
    title: String,
    url: String,
    kind: &'a str,
    layer: Option<&'a str>,
    tier: &'a str,
    weak: bool,
    score: u32,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let report = Report::new(&arguments.common);
    let prepared = match editions::prepare_sound(&report, &arguments.common, Options { drafts: arguments.drafts }) {
        Ok(prepared) => prepared,
        Err(status) => return status,
    };
    let lang = match editions::language(&prepared.book.config, arguments.lang.as_deref()) {
        Ok(lang) => lang,
        Err(message) => {
            report.failure(&message);
            return Status::Usage;
        }
    };
    report.stage("book read");
    let index = prepared.book.search().index(lang).expect("every language of the book has an index");
    report.stage("index made");
    let searcher = Searcher::new(index);
    if let Some(file) = &arguments.eval {
        let is_base = prepared.book.edition == BASE;
        return evaluate(&report, arguments, (file, is_base), &searcher, index);
    }
    let query = arguments.query.as_deref().unwrap_or_default();
    let found = searcher.search(query);
    let results: Vec<Result> = found.iter().take(arguments.limit).map(|found| result(index, found)).collect();
    report::answer(&if arguments.json { report::pretty(&results) } else { text(&results) });
    if arguments.explain && !arguments.json {
        report::answer(&explain(index, &searcher.terms(query)));
    }
    Status::Done
}

fn result<'a>(index: &'a Index, found: &Found) -> Result<'a> {
    let group = &index.groups[found.group];
    let document = &group.documents[found.section];
    let anchor = document.anchor().map(|anchor| format!("#{anchor}")).unwrap_or_default();
    let path = document.path.as_ref().unwrap_or(&group.path);
    let title = match &document.heading {
        Some(heading) if group.title.is_empty() => heading.clone(),
        Some(heading) => format!("{} – {heading}", group.title),
        None => group.title.clone(),
    };
    Result {
        page: &group.page,
        section: document.section.as_deref(),
        title,
        url: format!("{}{anchor}", paths::encode(path)),
        kind: group.kind,
        layer: document.layer.as_deref().or(group.layer.as_deref()),
        tier: found.tier.name(),
        weak: found.weak,
        score: found.score,
    }
}

/// The results for people: the best, then possible others.
fn text(results: &[Result<'_>]) -> String {
    if results.is_empty() {
        return "nothing found".to_owned();
    }
    let mut lines = Vec::new();
    let mut is_weak = false;
    for result in results {
        if result.weak && !is_weak {
            lines.push("possibly:".to_owned());
            is_weak = true;
        }
        lines.push(format!(
            "{:>6}  {:<8}  {}\n                  {}",
            result.score, result.tier, result.title, result.url
        ));
    }
    lines.join("\n")
}

/// What each word of the query found in the lexicon.
fn explain(index: &Index, terms: &[Term]) -> String {
    let of_term = |term: &Term| {
        let mut candidates = term.candidates.clone();
        candidates.sort_by(|a, b| b.quality.cmp(&a.quality).then(a.entry.cmp(&b.entry)));
        let found: Vec<String> = candidates
            .iter()
            .take(12)
            .map(|found| {
                let entry = &index.entries[found.entry];
                format!("{} ({} {}, in {})", entry.form, found.tier.name(), found.quality, entry.documents())
            })
            .collect();
        format!("{}: weight {}; {}", term.text, term.weight, found.join(", "))
    };
    terms.iter().map(of_term).collect::<Vec<_>>().join("\n")
}

fn evaluate(
    report: &Report,
    arguments: &Arguments,
    (file, is_base): (&std::path::Path, bool),
    searcher: &Searcher<'_>,
    index: &Index,
) -> Status {
    let mut faults = Vec::new();
    if !file.is_file() {
        report.failure(&format!("there is no file `{}`: name a list of queries", file.display()));
        return Status::Usage;
    }
    let list = match source::read_list(file) {
        Ok(list) => list,
        Err(fault) => {
            report.diagnostics(&[*fault]);
            return Status::Machine;
        }
    };
    let cases = eval::read(&list, &mut faults);
    // What an edition hides is found by nobody there.
    if is_base {
        faults.extend(cases.iter().flat_map(|case| unknown_pages(index, case)));
    }
    if !faults.is_empty() {
        report.diagnostics(&faults);
        return Status::Content;
    }
    let scores = eval::score(searcher, index, &cases.iter().collect::<Vec<_>>());
    report::answer(&if arguments.json { as_json(&scores) } else { as_table(&scores) });
    Status::Done
}

fn as_table(scores: &Scores) -> String {
    let per_cent = |tenths: usize| format!("{}.{} %", tenths / 10, tenths % 10);
    let line = |name: &str, score: &Score| {
        let [first, three, none] = [score.first, score.three, score.none].map(|part| per_cent(score.share(part)));
        format!("{name:<12} {:>7} {first:>8} {three:>8} {none:>8}", score.queries)
    };
    let mut lines = vec![format!("{:<12} {:>7} {:>8} {:>8} {:>8}", "kind", "queries", "hit@1", "hit@3", "none")];
    lines.extend(scores.by_kind.iter().map(|(kind, score)| line(kind, score)));
    lines.push(line("all", &scores.all));
    for (case, seen) in &scores.missed {
        let wanted = if case.pages.is_empty() { "nothing".to_owned() } else { case.pages.join(" or ") };
        lines.push(format!("missed ({}): {}\n  wanted {wanted}\n  found  {}", case.kind, case.query, seen.join(", ")));
    }
    lines.join("\n")
}

fn as_json(scores: &Scores) -> String {
    let of_score = |score: &Score| {
        serde_json::json!({
            "queries": score.queries, "hit1": score.first, "hit3": score.three, "none": score.none,
        })
    };
    let kinds: serde_json::Map<String, serde_json::Value> =
        scores.by_kind.iter().map(|(kind, score)| (kind.clone(), of_score(score))).collect();
    let missed: Vec<_> = scores
        .missed
        .iter()
        .map(|(case, seen)| {
            serde_json::json!({"query": case.query, "kind": case.kind, "page": case.pages, "found": seen})
        })
        .collect();
    serde_json::json!({"all": of_score(&scores.all), "kinds": kinds, "missed": missed}).to_string()
}
