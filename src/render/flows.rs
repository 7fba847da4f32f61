//! The contexts of flows' templates: the first page on which a script steps in place, a page for each state, the
//! diagram, and the walks of cases.
//!
//! It is given a [`Tracked`] and what to show. Everything that a step shows is prepared here; which step follows
//! is asked of the one enumeration in `flow::states`.

use std::sync::Arc;

use serde::Serialize;
use tera::Context;

use super::body::{self, Scene};
use super::shell::{LinkView, Shell, expand};
use super::views::{OwnView, View, context, destination_title};
use super::{Tracked, shell};
use crate::book::links::Destination;
use crate::book::{Contact, Page};
use crate::config::Lang;
use crate::document::Document;
use crate::flow::diagram::{self, Words};
use crate::flow::graph::Given;
use crate::flow::states::{Origin, State};
use crate::flow::{self, Checked, Flow, Graph, States};
use crate::site::paths;

/// How many ways back a step shows at most.
const MOST_BACK: usize = 6;

/// A flow, ready to be shown in a language.
struct Shown<'a> {
    tracked: &'a Tracked<'a>,
    lang: &'a Lang,
    output: &'a str,
    checked: &'a Checked,
    flow: &'a Arc<Flow>,
    graph: &'a Graph,
    states: &'a States,
}

/// What every page of a flow shows.
#[derive(Debug, Serialize)]
struct FlowView {
    id: String,
    title: String,
    summary: Option<String>,
    /// The language of title and summary, where it is not the site's.
    lang: Option<String>,
    /// The flow's first page.
    href: String,
    diagram: String,
    panels: Vec<PanelView>,
}

#[derive(Debug, Serialize)]
struct PanelView {
    id: String,
    title: String,
    body: String,
    see: Vec<LinkView>,
    lang: Option<String>,
}

/// A question or an outcome.
#[derive(Debug, Serialize)]
struct StepView {
    id: String,
    is_outcome: bool,
    heading: String,
    lang: Option<String>,
    /// HTML: what helps to answer, or the advice.
    body: String,
    inferred: bool,
    answers: Vec<AnswerView>,
    /// The answer that a fact gives in advance.
    preset: Option<String>,
    dont: Vec<String>,
    see: Vec<LinkView>,
    refer: Vec<ContactView>,
    /// Whose step it is, where it is an organisation's own.
    own: Option<OwnView<ReplacedView>>,
}

#[derive(Debug, Serialize)]
struct ReplacedView {
    title: String,
    body: String,
    lang: Option<String>,
}

#[derive(Debug, Serialize)]
struct AnswerView {
    id: String,
    text: String,
    lang: Option<String>,
    href: String,
    /// The same step on the flow's first page, for the script; none where it is not known how the reader came here.
    replay: Option<String>,
    inferred: bool,
    /// Whose answer it is, where it is an organisation's own.
    own: Option<OwnView>,
    /// JSON: the rows, for the script.
    next: String,
}

#[derive(Debug, Serialize)]
struct ContactView {
    name: String,
    href: Option<String>,
    is_external: bool,
    lines: Vec<String>,
}

/// An answer that was given.
#[derive(Debug, Serialize)]
struct GivenView {
    question: String,
    answer: String,
    lang: Option<String>,
    href: String,
    /// Whether the organisation gave it in advance.
    own: bool,
}

impl<'a> Shown<'a> {
    fn new(tracked: &'a Tracked<'a>, lang: &'a Lang, id: &str, output: &'a str) -> Self {
        let checked = tracked.flow(id).expect("the site plans pages for flows of the book alone");
        let (graph, states) = checked.sound().expect("a book with errors is not rendered");
        Shown { tracked, lang, output, checked, flow: checked.shown_in(lang), graph, states }
    }

    fn text(&self, own: &Lang, text: &str) -> String {
        expand(self.tracked, own, text)
    }

    /// Returns the language of a text, where it is not the site's.
    fn label(&self, own: &Lang) -> Option<String> {
        (own != self.lang).then(|| own.to_string())
    }

    fn scene(&self, own: &'a Lang) -> Scene<'a> {
        Scene { tracked: self.tracked, page: None, shown_in: self.lang, lang: own, output: self.output }
    }

    fn html(&self, own: &'a Lang, document: &Document) -> String {
        body::embedded(&self.scene(own), document)
    }

    fn line(&self, own: &'a Lang, document: &Document) -> String {
        body::line(&self.scene(own), document)
    }

    fn see(&self, list: &[String]) -> Vec<LinkView> {
        let book = self.tracked.paths();
        let found = list.iter().filter_map(|address| self.tracked.address(self.lang, address));
        let links = found.map(|destination| {
            let title = destination_title(self.tracked, self.lang, &destination);
            LinkView::new(title, paths::href(book, self.output, &destination))
        });
        links.collect()
    }

    fn contact(&self, id: &str) -> Option<ContactView> {
        let destination = self.tracked.contact(self.lang, id)?;
        let contact: &Contact = self.tracked.paths().contacts(self.lang).get(id)?;
        let lines = [&contact.phone, &contact.email, &contact.address, &contact.hours, &contact.note];
        let href = paths::href(self.tracked.paths(), self.output, &destination);
        Some(ContactView {
            name: contact.name.clone(),
            is_external: matches!(destination, Destination::External(_)) && href.starts_with("http"),
            href: Some(href),
            lines: lines.into_iter().flatten().cloned().collect(),
        })
    }

    fn view(&self) -> FlowView {
        let panels = self.flow.panels.iter().map(|panel| PanelView {
            id: panel.id.to_string(),
            title: self.text(&panel.lang, &panel.title),
            body: self.html(&panel.lang, &panel.body),
            see: self.see(&panel.see),
            lang: self.label(&panel.lang),
        });
        let book = self.tracked.paths();
        let at = |path: String| paths::relative(self.output, &path);
        FlowView {
            id: self.flow.id.to_string(),
            title: self.text(&self.flow.lang, &self.flow.title),
            summary: self.flow.summary.as_deref().map(|summary| self.text(&self.flow.lang, summary)),
            lang: self.label(&self.flow.lang),
            href: at(paths::flow(book, self.lang, &self.flow.id)),
            diagram: at(paths::diagram(book, self.lang, &self.flow.id)),
            panels: panels.collect(),
        }
    }

    /// Returns the link to a state's page.
    fn to_state(&self, state: usize) -> String {
        let name = self.states.name(&self.checked.flow, state);
        paths::relative(self.output, &paths::state(self.tracked.paths(), self.lang, &self.flow.id, &name))
    }

    /// Passes the questions that facts answer.
    fn past_presets(&self, mut state: usize) -> usize {
        while let Some(answer) = self.checked.presets.get(&self.states.list[state].node) {
            let Some(step) = self.states.steps[state].get(*answer) else { break };
            state = step.to;
        }
        state
    }

    /// Makes the step of a node; answers lead on from `state`, if there is one.
    fn step(&self, node: usize, state: Option<usize>) -> StepView {
        match self.graph.outcome(node) {
            Some(outcome) => self.outcome(outcome),
            None => self.question(node, state),
        }
    }

    fn question(&self, node: usize, state: Option<usize>) -> StepView {
        let question = &self.flow.questions[node];
        let way = state.and_then(|state| self.whole_way_to(state));
        let answers = question.answers.iter().enumerate().map(|(number, answer)| AnswerView {
            id: answer.id.to_string(),
            text: self.text(&answer.lang, &answer.text),
            lang: self.label(&answer.lang),
            href: state.map_or_else(String::new, |state| {
                self.to_state(self.past_presets(self.states.steps[state][number].to))
            }),
            replay: way.as_ref().zip(state).map(|(way, state)| self.replay(way, state, number)),
            inferred: answer.inferred,
            own: self.own_answer(question, answer),
            next: rows(answer),
        });
        let preset = self.checked.presets.get(&node).map(|answer| question.answers[*answer].id.to_string());
        StepView {
            id: question.id.to_string(),
            is_outcome: false,
            heading: self.text(&question.lang, &question.text),
            lang: self.label(&question.lang),
            body: question.help.as_deref().map(|help| self.html(&question.lang, help)).unwrap_or_default(),
            inferred: false,
            answers: answers.collect(),
            preset,
            dont: Vec::new(),
            see: Vec::new(),
            refer: Vec::new(),
            own: self.own(&question.at),
        }
    }

    /// Returns the answers that lead to a state, where there is but one way to it.
    fn whole_way_to(&self, state: usize) -> Option<Given> {
        let known = self.states.known(self.graph, state);
        let mut node = self.graph.start;
        let mut given = Given::new();
        for (question, answer) in known {
            if *question != node {
                return None;
            }
            node = self.graph.follow(node, *answer, &given)?.1;
            given.push((*question, *answer));
        }
        (node == self.states.list[state].node).then_some(given)
    }

    /// Returns the address of a step on the flow's first page: the answers so far, one more, and the outcome if they
    /// lead to one.
    fn replay(&self, way: &Given, state: usize, answer: usize) -> String {
        let steps = way.iter().copied().chain([(self.states.list[state].node, answer)]).map(|(question, answer)| {
            let question = &self.flow.questions[question];
            format!("{}={}", question.id, question.answers[answer].id)
        });
        let next = self.states.list[self.past_presets(self.states.steps[state][answer].to)].node;
        let outcome = self.graph.outcome(next).map(|outcome| format!("result={}", self.flow.outcomes[outcome].id));
        let fragment: Vec<String> = steps.chain(outcome).collect();
        let first = paths::relative(self.output, &paths::flow(self.tracked.paths(), self.lang, &self.flow.id));
        format!("{first}#{}", fragment.join("&"))
    }

    fn outcome(&self, number: usize) -> StepView {
        let outcome = &self.flow.outcomes[number];
        StepView {
            id: outcome.id.to_string(),
            is_outcome: true,
            heading: self.text(&outcome.lang, &outcome.title),
            lang: self.label(&outcome.lang),
            body: self.html(&outcome.lang, &outcome.body),
            inferred: outcome.inferred,
            answers: Vec::new(),
            preset: None,
            dont: outcome.dont.iter().map(|line| self.line(&outcome.lang, line)).collect(),
            see: self.see(&outcome.see),
            refer: outcome.refer.iter().filter_map(|id| self.contact(id)).collect(),
            own: self.own_outcome(outcome),
        }
    }

    /// Says whose an item is.
    fn own<R>(&self, at: &flow::At) -> Option<OwnView<R>> {
        Some(OwnView::new(self.tracked, self.lang, at.layer.as_deref()?, "layer-own"))
    }

    /// Says whose an answer is, or where it leads, unless its question says so already.
    fn own_answer(&self, question: &flow::Question, answer: &flow::Answer) -> Option<OwnView> {
        let mut origins = std::iter::once(&answer.at).chain(answer.next.first().map(|row| &row.at));
        self.own(origins.find(|at| at.layer.is_some() && at.layer != question.at.layer)?)
    }

    /// Says whose the question of a row is, whose its answer, and whose the outcome that it leads to.
    fn owns(&self, row: &diagram::RowText) -> [Option<OwnView>; 3] {
        let question = self.flow.question(&row.question);
        let answer = question.and_then(|question| question.answers.iter().find(|answer| *answer.id == *row.answer));
        let own_answer = question.zip(answer).and_then(|(question, answer)| self.own_answer(question, answer));
        let outcome = self.flow.outcome(&row.to);
        [question.and_then(|it| self.own(&it.at)), own_answer, outcome.and_then(|it| self.own(&it.at))]
    }

    /// Says whose an outcome is, why, and what it takes the place of.
    fn own_outcome(&self, outcome: &'a flow::Outcome) -> Option<OwnView<ReplacedView>> {
        let own = self.own(&outcome.at)?.because(self.tracked, self.lang, outcome.reason.as_deref());
        let replaced = outcome.replaced.as_deref().map(|below| ReplacedView {
            title: self.text(&below.lang, &below.title),
            body: self.html(&below.lang, &below.body),
            lang: self.label(&below.lang),
        });
        Some(OwnView { replaced, ..own })
    }

    /// Lists the answers that every way to a state gives, each with the page where it can be changed.
    fn so_far(&self, state: usize) -> Vec<GivenView> {
        let known = self.states.known(self.graph, state);
        let given = known.iter().enumerate().map(|(at, (question, answer))| {
            let asked = &self.flow.questions[*question];
            let given = &asked.answers[*answer];
            // The state in which it was asked has of the answers before it those that mattered there.
            let live = self.graph.live(*question);
            let mut before: Vec<_> = known[..at].iter().copied().filter(|(q, _)| live.contains(q)).collect();
            before.sort_unstable();
            let asked_at = self.states.find(&State { node: *question, given: before });
            let asked_at = asked_at.or_else(|| self.states.of_node(*question).next());
            GivenView {
                question: self.text(&asked.lang, &asked.text),
                answer: self.text(&given.lang, &given.text),
                lang: self.label(&asked.lang),
                href: asked_at.map(|state| self.to_state(state)).unwrap_or_default(),
                own: self.checked.presets.get(question) == Some(answer),
            }
        });
        given.collect()
    }

    /// Lists the steps before a state, each once; questions that facts answer are passed.
    fn back(&self, state: usize) -> Vec<LinkView> {
        let mut before: Vec<usize> = Vec::new();
        let mut waiting: Vec<usize> = vec![state];
        while let Some(at) = waiting.pop() {
            for Origin { state, answer } in &self.states.origins[at] {
                if self.checked.presets.get(&self.states.list[*state].node) == Some(answer) && *state != 0 {
                    waiting.push(*state);
                } else if !before.contains(state) {
                    before.push(*state);
                }
            }
        }
        before.sort_unstable();
        let links = before.into_iter().take(MOST_BACK).map(|state| {
            let question = &self.flow.questions[self.states.list[state].node];
            let title = self.titled(state, &self.text(&question.lang, &question.text));
            LinkView { lang: self.label(&question.lang), ..LinkView::new(title, self.to_state(state)) }
        });
        links.collect()
    }

    /// Adds to a heading the answers that tell a state from others of its node.
    fn titled(&self, state: usize, heading: &str) -> String {
        let given = &self.states.list[state].given;
        if given.is_empty() {
            return heading.to_owned();
        }
        let answers = given.iter().map(|(question, answer)| {
            let answer = &self.flow.questions[*question].answers[*answer];
            self.text(&answer.lang, &answer.text)
        });
        format!("{heading} ({})", answers.collect::<Vec<_>>().join(", "))
    }
}

/// Writes the rows of an answer for the script.
fn rows(answer: &flow::Answer) -> String {
    let row = |row: &flow::Row| {
        let when: serde_json::Map<String, serde_json::Value> = row
            .when
            .iter()
            .map(|condition| {
                let answers: Vec<&str> = condition.answers.iter().map(|id| &**id).collect();
                (condition.question.to_string(), answers.into())
            })
            .collect();
        serde_json::json!({ "when": when, "to": &*row.to })
    };
    serde_json::Value::from(answer.next.iter().map(row).collect::<Vec<_>>()).to_string()
}

/// Makes the view of a flow's first page, with every node for the script.
pub fn flow(tracked: &Tracked<'_>, lang: &Lang, id: &str, output: &str) -> View {
    let shown = Shown::new(tracked, lang, id, output);
    let view = shown.view();
    let shell = Shell::generated(tracked, lang, &format!("flows/{id}"), view.title.clone(), output);
    let mut context = context(tracked, lang, &shell);
    let first = shown.past_presets(0);
    let all = shown.graph.order.iter().map(|node| shown.step(*node, None));
    context.insert("steps", &all.collect::<Vec<_>>());
    add_state(&shown, &mut context, &view, first);
    context.insert("start", &*shown.flow.start.0);
    ("flow.html", context)
}

/// Makes the view of one state.
pub fn state(tracked: &Tracked<'_>, lang: &Lang, id: &str, state: usize, output: &str) -> View {
    let shown = Shown::new(tracked, lang, id, output);
    let view = shown.view();
    let step = shown.step(shown.states.list[state].node, Some(state));
    let title = format!("{} – {}", shown.titled(state, &step.heading), view.title);
    let name = shown.states.name(&shown.checked.flow, state);
    let mut shell = Shell::generated(tracked, lang, &format!("flows/{id}/{name}"), title, output);
    shell
        .breadcrumbs
        .push(LinkView { lang: view.lang.clone(), ..LinkView::new(view.title.clone(), view.href.clone()) });
    let mut context = context(tracked, lang, &shell);
    add_state(&shown, &mut context, &view, state);
    ("flow-state.html", context)
}

fn add_state(shown: &Shown<'_>, context: &mut Context, view: &FlowView, state: usize) {
    context.insert("step", &shown.step(shown.states.list[state].node, Some(state)));
    context.insert("so_far", &shown.so_far(state));
    context.insert("back", &shown.back(state));
    context.insert("flow", view);
}

/// Makes the view of a flow's diagram with the table that says the same.
pub fn diagram(tracked: &Tracked<'_>, lang: &Lang, id: &str, output: &str) -> View {
    let shown = Shown::new(tracked, lang, id, output);
    let view = shown.view();
    let title = format!("{}: {}", tracked.string(lang, "flow-diagram"), view.title);
    let words = Words {
        title: &title,
        otherwise: tracked.string(lang, "flow-otherwise"),
        when: tracked.string(lang, "flow-when"),
    };
    let rows = diagram::rows(shown.flow, shown.graph, &words);
    let svg = diagram::svg(shown.flow, shown.graph, &words);
    let order = diagram::order(shown.flow, shown.graph);
    let questions: Vec<_> = order
        .iter()
        .map(|question| {
            let question = &shown.flow.questions[*question];
            LinkView {
                lang: shown.label(&question.lang),
                ..LinkView::new(question.text.clone(), question.id.to_string())
            }
        })
        .collect();
    let owns: Vec<[Option<OwnView>; 3]> = rows.iter().map(|row| shown.owns(row)).collect();
    let links: Vec<String> = rows
        .iter()
        .map(|row| {
            if row.to_number.is_some() {
                return format!("#node_{}", row.to);
            }
            paths::relative(output, &paths::state(tracked.paths(), lang, id, &row.to))
        })
        .collect();
    let mut shell = Shell::generated(tracked, lang, &format!("flows/{id}/_diagram"), title.clone(), output);
    shell
        .breadcrumbs
        .push(LinkView { lang: view.lang.clone(), ..LinkView::new(view.title.clone(), view.href.clone()) });
    let mut context = context(tracked, lang, &shell);
    context.insert("svg", &svg);
    context.insert("rows", &rows);
    context.insert("links", &links);
    context.insert("owns", &owns);
    context.insert("questions", &questions);
    context.insert("coverage", &coverage(&shown));
    context.insert("flow", &view);
    ("flow-diagram.html", context)
}

/// How much the cases exercise.
#[derive(Debug, Serialize)]
struct CoverageView {
    edges: usize,
    exercised: usize,
    source: usize,
    practice: usize,
}

fn coverage(shown: &Shown<'_>) -> CoverageView {
    let walks = shown.tracked.walks(&shown.flow.id).map(|recorded| (recorded.walk, recorded.is_practice()));
    let coverage = flow::Coverage::new(&shown.checked.flow, shown.graph, walks);
    CoverageView {
        edges: coverage.edges.len(),
        exercised: coverage.edges.len() - coverage.uncovered().count(),
        source: coverage.walks.source,
        practice: coverage.walks.practice,
    }
}

/// A walk on a case page.
#[derive(Debug, Serialize)]
pub struct WalkView {
    situation: Option<String>,
    /// Whose the walk is, where a layer has put it on a page that is not its own.
    own: Option<OwnView>,
    /// The flow's first page, where the script replays the walk.
    replay: String,
    /// The flow's first page, for those who want to try themselves.
    start: String,
    flow: String,
    steps: Vec<GivenView>,
    outcome: LinkView,
}

/// Says whose a walk is, and why a layer gives it another result; the walks of a layer's own page are the page's.
fn own_walk(tracked: &Tracked<'_>, lang: &Lang, walk: &flow::Walk, page: &Page) -> Option<OwnView> {
    let layer = walk.layer.as_ref().filter(|layer| page.file.layer.as_ref() != Some(*layer))?;
    let own = OwnView::new(tracked, lang, layer, "layer-walk");
    Some(own.because(tracked, lang, walk.reason.as_deref()))
}

/// Makes the walks of a page; `page` is the one of the source language, which holds them.
pub fn walks(tracked: &Tracked<'_>, lang: &Lang, page: &Page, output: &str) -> Vec<WalkView> {
    let view = |walk: &flow::Walk| {
        let checked = tracked.flow(&walk.flow)?;
        let (graph, _) = checked.sound()?;
        let shown = Shown::new(tracked, lang, &walk.flow, output);
        let path = walk.path.iter().map(|(question, answer)| (&**question, &**answer));
        let trace = flow::walk::follow(&checked.flow, graph, path);
        let start = paths::relative(output, &paths::flow(tracked.paths(), lang, &walk.flow));
        let outcome = shown.flow.outcome(&walk.outcome)?;
        let mut state = 0;
        let mut steps = Vec::new();
        let mut fragment = String::new();
        for step in &trace.taken {
            let question = &shown.flow.questions[step.question];
            let answer = &question.answers[step.answer];
            fragment.push_str(&format!("{}={}&", question.id, answer.id));
            steps.push(GivenView {
                question: shown.text(&question.lang, &question.text),
                answer: shown.text(&answer.lang, &answer.text),
                lang: shown.label(&question.lang),
                href: shown.to_state(state),
                own: false,
            });
            state = shown.states.steps[state][step.answer].to;
        }
        Some(WalkView {
            own: own_walk(tracked, lang, walk, page),
            situation: walk.situation.as_deref().map(|text| shell::expand(tracked, &page.lang, text)),
            replay: format!("{start}#{fragment}result={}", walk.outcome),
            start,
            flow: shown.text(&shown.flow.lang, &shown.flow.title),
            steps,
            outcome: LinkView {
                lang: shown.label(&outcome.lang),
                ..LinkView::new(shown.text(&outcome.lang, &outcome.title), shown.to_state(state))
            },
        })
    };
    page.front.walks.iter().filter_map(view).collect()
}
