//! The book's flows: read, proved, and checked against pages, contacts, terms and statements.
//!
//! It is given the files of flows in all languages and the pages with their walks. What holds within one flow is
//! checked in `flow`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::links::{self, Destination};
use super::pages::Found;
use super::{Book, Page};
use crate::config::{Config, Lang};
use crate::data::{Part, Step};
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::document::{Document, Op};
use crate::flow::{self, At, Checked, Flow, FlowId, Walk};
use crate::layer::merge::Override;
use crate::source::TextFile;
use crate::values::names_in;

/// The flows of a book, by id.
pub type Flows = BTreeMap<FlowId, Checked>;

/// A walk with the page that it stands on.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// The page.
    pub page: &'a Page,
    /// The walk.
    pub walk: &'a Walk,
}

impl Recorded<'_> {
    /// Returns whether it is the walk of a practice case.
    pub fn is_practice(&self) -> bool {
        self.page.front.practice
    }
}

/// Reads all flows: the source language's first, then the texts of the others.
pub fn read(found: &Found, config: &Config, overrides: &mut Vec<Override>, out: &mut Vec<Diagnostic>) -> Flows {
    let source = config.source_lang();
    let mut bases: BTreeMap<FlowId, Flow> = BTreeMap::new();
    for ((_, id), file) in found.flows.iter().filter(|((lang, _), _)| lang == source) {
        bases.extend(flow::base_of(id, source, file, out).map(|flow| (Arc::clone(id), flow)));
    }
    let mut translations: BTreeMap<FlowId, BTreeMap<Lang, Arc<Flow>>> = BTreeMap::new();
    for ((lang, id), file) in found.flows.iter().filter(|((lang, _), _)| lang != source) {
        if let Some(base) = bases.get(id) {
            let flow = flow::translation_of(base, lang, file, out);
            translations.entry(Arc::clone(id)).or_default().insert(Arc::clone(lang), Arc::new(flow));
        } else if !found.flows.contains_key(&(Arc::clone(source), Arc::clone(id))) {
            let message = format!("there is no flow `{id}` in the source language `{source}` to translate");
            let help = format!("write content/{source}/flows/{id}.yaml first, or remove this file");
            out.push(Diagnostic::new(Code::E033, message).at(Place::whole(file)).help(help));
        }
    }
    for (id, files) in &found.flow_patches {
        for file in files {
            patch(file, id, &mut bases, &mut translations, config, overrides, out);
        }
    }
    record_facts(&bases, config, overrides);
    let checked = bases.into_iter().map(|(id, flow)| {
        let translations = translations.remove(&id).unwrap_or_default();
        (id, Checked::new(flow, translations, &config.facts, out))
    });
    let flows: Flows = checked.collect();
    flow::check::facts(flows.values(), &config.facts, out);
    flows
}

/// Applies what a layer changes in a flow, in the source language and in the translations.
fn patch(
    file: &Arc<TextFile>,
    id: &FlowId,
    bases: &mut BTreeMap<FlowId, Flow>,
    translations: &mut BTreeMap<FlowId, BTreeMap<Lang, Arc<Flow>>>,
    config: &Config,
    overrides: &mut Vec<Override>,
    out: &mut Vec<Diagnostic>,
) {
    let source = config.source_lang();
    if *file.lang() != **source {
        let message = format!("a layer changes a flow in the source language `{source}` alone");
        let fault = Diagnostic::new(Code::E095, message).at(Place::whole(file));
        out.push(fault.help(format!("move the file to content/{source}/flows")));
        return;
    }
    if !bases.contains_key(id) {
        let fault = Diagnostic::new(Code::E082, format!("there is no flow `{id}` to change")).at(Place::whole(file));
        let fault = fault.help("name the file as the flow's own, with `.patch` before `.yaml`");
        let known = bases.keys().map(|id| &**id);
        let near = nearest(id, known.clone()).and_then(|near| bases.get(near)).map(|near| Place::whole(&near.file));
        out.push(fault.related_if(near, "the flow of the nearest name").suggest_near(id, known));
    }
    let Some(base) = bases.get_mut(id) else { return };
    let layer = file.layer.clone().unwrap_or_else(|| "".into());
    overrides.extend(flow::patch::apply(base, source, file, out).into_iter().map(|done| Override {
        layer: Arc::clone(&layer),
        address: format!("flows/{id}#{}", done.address),
        op: done.op,
        depends: done.depends,
        own: done.own,
        place: done.place,
        former: None,
    }));
    for flow in translations.get_mut(id).into_iter().flat_map(BTreeMap::values_mut) {
        // What is wrong with the operations has been said of the source language.
        flow::patch::apply(Arc::make_mut(flow), source, file, &mut Vec::new());
    }
}

/// Records what the facts of layers depend on: the questions that they answer, with their answers.
fn record_facts(flows: &BTreeMap<FlowId, Flow>, config: &Config, overrides: &mut Vec<Override>) {
    for (name, fact) in &config.facts {
        let mut questions = flows.values().flat_map(|flow| &flow.questions);
        let Some(question) = questions.find(|question| question.fact.as_ref() == Some(name)) else { continue };
        let answers = question.answers.iter().map(|answer| format!("{}: {}", answer.id, answer.text));
        overrides.push(Override {
            layer: Arc::clone(&fact.layer),
            address: format!("facts#{name}"),
            op: Op::Replace,
            depends: std::iter::once(question.text.clone()).chain(answers).collect::<Vec<_>>().join("\n"),
            own: fact.answer.clone(),
            place: fact.place.clone(),
            former: None,
        });
    }
}

impl Book {
    /// Returns the walks through a flow, in reading order of their pages.
    pub fn walks_of<'b>(&'b self, flow: &'b str) -> impl Iterator<Item = Recorded<'b>> {
        let pages = self.outline.order().iter().filter_map(|id| self.source_pages().get(id));
        let walks = pages.flat_map(|page| page.front.walks.iter().map(move |walk| Recorded { page, walk }));
        walks.filter(move |recorded| recorded.walk.flow == *flow)
    }

    /// Returns the walks through a flow, with those of pages that layers have hidden: they still hold.
    pub fn all_walks_of<'b>(&'b self, flow: &'b str) -> impl Iterator<Item = Recorded<'b>> {
        let hidden = self
            .hidden
            .values()
            .flat_map(|hidden| hidden.page.front.walks.iter().map(move |walk| Recorded { page: &hidden.page, walk }));
        self.walks_of(flow).chain(hidden.filter(move |recorded| recorded.walk.flow == *flow))
    }

    /// Finds what a link to a flow leads to: its first page, or the page of an outcome or question.
    ///
    /// # Errors
    /// Says that there is no such flow or node, or that the node has no page of its own.
    pub fn resolve_flow(&self, lang: &Lang, id: &str, node: Option<&str>) -> Result<Destination, links::Dead> {
        let Some((id, checked)) = self.flows.get_key_value(id) else {
            let known = self.flows.keys().map(|id| &**id);
            return Err(links::Dead::new(Code::E021, format!("there is no flow `{id}`")).suggest(id, known));
        };
        let to = |state| Destination::Flow { flow: Arc::clone(id), lang: Arc::clone(lang), state };
        let (Some(node), Some((_, states))) = (node, checked.sound()) else { return Ok(to(None)) };
        let Some(number) = checked.flow.node_ids().position(|known| known == node) else {
            if let Some(gone) = checked.flow.dropped.get(node) {
                let layer = gone.layer.as_deref().unwrap_or_default();
                let message = format!("`{node}` has been taken out of the flow `{id}` by the layer `{layer}`");
                return Err(links::Dead::taken(Code::E022, message, gone.place()));
            }
            let dead = links::Dead::new(Code::E022, format!("the flow `{id}` has no question or outcome `{node}`"));
            return Err(dead.suggest_or(node, checked.flow.node_ids(), "name a question or an outcome of the flow"));
        };
        let mut of_node = states.of_node(number);
        if let (Some(state), None) = (of_node.next(), of_node.next()) {
            return Ok(to(Some(states.name(&checked.flow, state).into())));
        }
        let message = format!("the question `{node}` is asked in more than one situation");
        let help = "link to the flow itself, to an outcome, or to the question before it";
        Err(links::Dead::new(Code::E022, message).help(help))
    }
}

/// Checks what flows refer to, the walks of all pages, and how much of the flows they exercise.
pub fn check(book: &Book, out: &mut Vec<Diagnostic>) {
    for checked in book.flows.values() {
        references(book, &checked.flow, book.config.source_lang(), out);
        for (lang, flow) in &checked.translations {
            references(book, flow, lang, out);
        }
        if let Some(wanted) = book.config.flow_coverage {
            let walks = book.all_walks_of(&checked.flow.id).map(|recorded| (recorded.walk, recorded.is_practice()));
            flow::check::threshold(checked, walks, wanted, out);
        }
    }
    let ids: Vec<&str> = book.flows.keys().map(|id| &**id).collect();
    let shown = book.source_pages().values().map(|page| (page, false));
    for (page, is_hidden) in shown.chain(book.hidden.values().map(|hidden| (&hidden.page, true))) {
        flow::check::walks(page, is_hidden, |id| book.flows.get(id), &ids, out);
    }
}

/// Checks the texts of a flow in one language, and in the source language `see`, `refer` and `covers`.
fn references(book: &Book, flow: &Flow, lang: &Lang, out: &mut Vec<Diagnostic>) {
    let is_source = lang == book.config.source_lang();
    let text = |text: &str, place: Place, out: &mut Vec<Diagnostic>| {
        for name in names_in(text) {
            if let Err(dead) = links::check_variable(book, lang, name) {
                out.push(links::diagnostic(dead, place.clone()));
            }
        }
    };
    let body = |document: &Document, place: Place, out: &mut Vec<Diagnostic>| {
        links::check_fragment(book, lang, document, "a text of a flow", &place, out);
    };
    let see = |list: &[String], at: &At, out: &mut Vec<Diagnostic>| {
        for (number, address) in list.iter().enumerate().filter(|_| is_source) {
            if let Err(dead) = book.resolve_address(lang, address) {
                out.push(links::diagnostic(dead, at.within(&list_item("see", number), Part::Value)));
            }
        }
    };
    let within = |at: &At, key: &str| at.within(&[key.into()], Part::Value);
    let concern = |id: &str, before: usize, out: &mut Vec<Diagnostic>| {
        for fault in &mut out[before..] {
            fault.address = Some(format!("flows/{}#{id}", flow.id));
        }
    };
    text(&flow.title, within(&flow.written, "title"), out);
    text(flow.summary.as_deref().unwrap_or_default(), within(&flow.written, "summary"), out);
    for question in &flow.questions {
        let before = out.len();
        text(&question.text, within(&question.written, "text"), out);
        question.help.iter().for_each(|help| body(help, within(&question.written, "help"), out));
        question.answers.iter().for_each(|answer| text(&answer.text, within(&answer.written, "text"), out));
        concern(&question.id, before, out);
    }
    for outcome in &flow.outcomes {
        let before = out.len();
        text(&outcome.title, within(&outcome.written, "title"), out);
        body(&outcome.body, within(&outcome.written, "body"), out);
        for (number, line) in outcome.dont.iter().enumerate() {
            body(line, outcome.written.within(&list_item("dont", number), Part::Value), out);
        }
        see(&outcome.see, &outcome.at, out);
        for (number, id) in outcome.refer.iter().enumerate().filter(|_| is_source) {
            if let Err(dead) = book.resolve_contact(lang, id) {
                out.push(links::diagnostic(dead, outcome.at.within(&list_item("refer", number), Part::Value)));
            }
        }
        concern(&outcome.id, before, out);
    }
    for panel in &flow.panels {
        let before = out.len();
        text(&panel.title, within(&panel.written, "title"), out);
        body(&panel.body, within(&panel.written, "body"), out);
        see(&panel.see, &panel.at, out);
        concern(&panel.id, before, out);
    }
}

/// Returns the path of an item of a list within a flow's item.
pub fn list_item(key: &str, number: usize) -> [Step; 2] {
    [key.into(), number.into()]
}
