//! The drawing of a flow, as SVG that can be read on a phone.
//!
//! It is given a flow with its graph and the words to label it with, and returns the SVG. Questions stand below each
//! other, layer by layer, each answer as a row of its box; lines in the gutter lead from rows to the boxes of later
//! questions, one lane for each question. An outcome stands in the row that leads to it. Colours come from the page
//! around it (`currentColor`). The text table beside it says the same, and is made from the same [`rows`].

use std::fmt::Write as _;

use pulldown_cmark_escape::{escape_html, escape_html_body_text};
use serde::Serialize;

use super::graph::Graph;
use super::model::{Answer, Flow, Row};

/// The width of the drawing, in its own units: a phone's.
const WIDTH: usize = 360;
/// The distance between lanes.
const LANE: usize = 9;
/// The height of a line of text.
const LINE: usize = 17;
/// The space around text in a box.
const PAD: usize = 9;
/// The space between boxes.
const GAP: usize = 18;
/// How wide a letter is taken to be, in tenths; wide enough for most fonts, set with the spacing of WCAG 1.4.12.
const LETTER: usize = 85;
/// The same of a letter in bold.
const BOLD: usize = 95;

/// Words of the theme in the language of the drawing.
#[derive(Debug, Clone, Copy)]
pub struct Words<'w> {
    /// The title of the drawing, for those who do not see it.
    pub title: &'w str,
    /// What an `else` row begins with.
    pub otherwise: &'w str,
    /// What a row with conditions begins with.
    pub when: &'w str,
}

/// One row of an answer, with its texts.
#[derive(Debug, Serialize)]
pub struct RowText {
    /// The number of the question among those drawn, from 1.
    pub number: usize,
    /// The id of the question.
    pub question: String,
    /// The id of the answer.
    pub answer: String,
    /// The text of the answer.
    pub text: String,
    /// Whether where it leads is a conclusion.
    pub inferred: bool,
    /// The condition in words; none where the answer has but one row.
    pub condition: Option<String>,
    /// The id of what it leads to.
    pub to: String,
    /// The title of the outcome, or the text of the question.
    pub to_text: String,
    /// The number of the question that it leads to; none for an outcome.
    pub to_number: Option<usize>,
}

/// Returns the questions in the order of the drawing: layer by layer, by the longest way from the start.
pub fn order(flow: &Flow, graph: &Graph) -> Vec<usize> {
    let mut layer = vec![None; graph.order.len()];
    layer[graph.start] = Some(0);
    for &node in &graph.order {
        let Some(here) = layer[node] else { continue };
        for next in graph.next(node) {
            layer[next] = layer[next].max(Some(here + 1));
        }
    }
    let mut questions: Vec<usize> = (0..flow.questions.len()).filter(|question| layer[*question].is_some()).collect();
    questions.sort_by_key(|question| (layer[*question], *question));
    questions
}

/// Lists all rows with their texts, in the order of the drawing.
pub fn rows(flow: &Flow, graph: &Graph, words: &Words<'_>) -> Vec<RowText> {
    let order = order(flow, graph);
    let number_of = |id: &str| order.iter().position(|question| *flow.questions[*question].id == *id).map(|at| at + 1);
    let mut rows = Vec::new();
    for (at, question) in order.iter().map(|question| &flow.questions[*question]).enumerate() {
        for answer in &question.answers {
            for row in &answer.next {
                let target = flow.question(&row.to).map(|question| &question.text);
                let text = target.or_else(|| flow.outcome(&row.to).map(|outcome| &outcome.title));
                rows.push(RowText {
                    number: at + 1,
                    question: question.id.to_string(),
                    answer: answer.id.to_string(),
                    text: answer.text.clone(),
                    inferred: answer.inferred,
                    condition: condition(flow, answer, row, words),
                    to: row.to.to_string(),
                    to_text: text.cloned().unwrap_or_default(),
                    to_number: number_of(&row.to),
                });
            }
        }
    }
    rows
}

/// Says in words what a row asks for.
fn condition(flow: &Flow, answer: &Answer, row: &Row, words: &Words<'_>) -> Option<String> {
    if answer.next.len() == 1 {
        return None;
    }
    if row.when.is_empty() {
        return Some(words.otherwise.to_owned());
    }
    let parts = row.when.iter().filter_map(|condition| {
        let question = flow.question(&condition.question)?;
        let text = |id: &super::model::Id| {
            question.answers.iter().find(|answer| answer.id == *id).map(|answer| answer.text.as_str())
        };
        let answers: Vec<&str> = condition.answers.iter().filter_map(text).collect();
        Some(format!("{} {}", question.text, answers.join(" / ")))
    });
    Some(format!("{} {}", words.when, parts.collect::<Vec<_>>().join("; ")))
}

/// A line of text in a box.
struct Line {
    text: String,
    class: &'static str,
    indent: usize,
}

/// A row of a box that leads to another box.
struct Port {
    y: usize,
    to: usize,
}

/// A question as it is drawn.
struct Drawn {
    top: usize,
    bottom: usize,
    lines: Vec<(usize, Line)>,
    rules: Vec<usize>,
    ports: Vec<Port>,
}

/// Draws a flow.
pub fn svg(flow: &Flow, graph: &Graph, words: &Words<'_>) -> String {
    let rows = rows(flow, graph, words);
    let order = order(flow, graph);
    // Lanes take width from the boxes, and fewer letters a line make longer boxes, but never more lanes.
    let lanes_at = |left: usize| {
        let drawn = place(flow, &order, &rows, left);
        let lanes = lanes(&drawn);
        (drawn, lanes)
    };
    let (_, first) = lanes_at(0);
    let left = (first.iter().flatten().max().map_or(0, |lane| lane + 1) + 1) * LANE + 4;
    let (drawn, lanes) = lanes_at(left);
    let height = drawn.last().map_or(0, |drawn| drawn.bottom) + 4;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"diagram\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"diagram_title\" font-family=\"sans-serif\" font-size=\"13\" fill=\"currentColor\">\n\
         <title id=\"diagram_title\">"
    );
    escape_html_body_text(&mut out, words.title).expect("writing to a string cannot fail");
    out.push_str("</title>\n");
    for (drawn, lane) in drawn.iter().zip(&lanes) {
        arrow(&mut out, drawn, *lane, left);
    }
    for at in &drawn {
        draw(&mut out, at, &drawn, &lanes, left);
    }
    out.push_str("</svg>\n");
    out
}

/// Places the boxes below each other.
fn place(flow: &Flow, order: &[usize], rows: &[RowText], left: usize) -> Vec<Drawn> {
    let room = WIDTH - left - 4 - 2 * PAD;
    let mut top = 4;
    let mut drawn = Vec::new();
    for (at, question) in order.iter().enumerate() {
        let mut box_ = Drawn { top, bottom: 0, lines: Vec::new(), rules: Vec::new(), ports: Vec::new() };
        let mut y = top + PAD;
        let head = format!("{}. {}", at + 1, flow.questions[*question].text);
        for text in wrap(&head, room, BOLD) {
            y += LINE;
            box_.lines.push((y - 4, Line { text, class: "question", indent: 0 }));
        }
        let own: Vec<&RowText> = rows.iter().filter(|row| row.number == at + 1).collect();
        for (number, row) in own.iter().enumerate() {
            let is_first = number == 0 || own[number - 1].answer != row.answer;
            if is_first {
                y += 7;
                box_.rules.push(y);
                y += 3;
            }
            let start = y;
            let mut add = |text: &str, class, indent, letter| {
                for text in wrap(text, room - indent, letter) {
                    y += LINE;
                    box_.lines.push((y - 4, Line { text, class, indent }));
                }
            };
            if is_first {
                add(&row.text, "answer", 0, LETTER);
            }
            if let Some(condition) = &row.condition {
                add(condition, "condition", 12, LETTER);
            }
            let target = match row.to_number {
                Some(number) => format!("→ {number}. {}", row.to_text),
                None => format!("■ {}", row.to_text),
            };
            add(&target, if row.to_number.is_some() { "to-question" } else { "to-outcome" }, 12, BOLD);
            if let Some(to) = row.to_number {
                let middle = if is_first { start + LINE - 8 } else { y + 9 - LINE };
                box_.ports.push(Port { y: middle, to: to - 1 });
            }
        }
        box_.bottom = y + PAD;
        top = box_.bottom + GAP;
        drawn.push(box_);
    }
    drawn
}

/// Gives each question that something leads to a lane that is free from its first row to its box.
fn lanes(drawn: &[Drawn]) -> Vec<Option<usize>> {
    let mut spans: Vec<(usize, usize, usize)> = Vec::new();
    for (to, target) in drawn.iter().enumerate() {
        let ports = drawn.iter().flat_map(|from| &from.ports).filter(|port| port.to == to);
        if let Some(first) = ports.map(|port| port.y).min() {
            spans.push((first, target.top, to));
        }
    }
    // Short ways lie next to the boxes.
    spans.sort_by_key(|(from, to, number)| (to - from, *number));
    let mut taken: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut lanes = vec![None; drawn.len()];
    for (from, to, number) in spans {
        let is_free =
            |lane: &Vec<(usize, usize)>| lane.iter().all(|(start, end)| to + LINE < *start || from > *end + LINE);
        let lane = taken.iter().position(is_free).unwrap_or_else(|| {
            taken.push(Vec::new());
            taken.len() - 1
        });
        taken[lane].push((from, to));
        lanes[number] = Some(lane);
    }
    lanes
}

/// Returns where a lane lies.
fn x_of(lane: usize, left: usize) -> usize {
    left.saturating_sub((lane + 1) * LANE + 4)
}

/// Draws the head of the lane that leads into a box.
fn arrow(out: &mut String, drawn: &Drawn, lane: Option<usize>, left: usize) {
    let Some(lane) = lane else { return };
    let (x, y) = (x_of(lane, left), drawn.top + PAD + LINE - 8);
    let _ = writeln!(
        out,
        "<path d=\"M{x} {} V{} Q{x} {y} {} {y} H{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"></path>\
         <path d=\"M{} {} L{left} {y} L{} {} Z\"></path>",
        drawn.top,
        y - 4,
        x + 4,
        left - 4,
        left - 6,
        y - 4,
        left - 6,
        y + 4
    );
}

/// Draws a box with its text, and the lines from its rows into their lanes.
fn draw(out: &mut String, at: &Drawn, drawn: &[Drawn], lanes: &[Option<usize>], left: usize) {
    let _ = writeln!(
        out,
        "<rect x=\"{left}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\" fill=\"none\" stroke=\"currentColor\"></rect>",
        at.top,
        WIDTH - left - 2,
        at.bottom - at.top
    );
    for y in &at.rules {
        let right = WIDTH - 2;
        let _ =
            writeln!(out, "<path d=\"M{left} {y} H{right}\" stroke=\"currentColor\" stroke-opacity=\".35\"></path>");
    }
    for port in &at.ports {
        let Some(lane) = lanes[port.to] else { continue };
        let (x, y, end) = (x_of(lane, left), port.y, drawn[port.to].top);
        let _ = writeln!(
            out,
            "<path d=\"M{left} {y} H{} Q{x} {y} {x} {} V{end}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"></path>\
             <circle cx=\"{left}\" cy=\"{y}\" r=\"3\"></circle>",
            x + 4,
            y + 4
        );
    }
    for (y, line) in &at.lines {
        let weight = if matches!(line.class, "question" | "to-outcome") { " font-weight=\"700\"" } else { "" };
        let style = if line.class == "condition" { " font-style=\"italic\"" } else { "" };
        let _ = write!(out, "<text x=\"{}\" y=\"{y}\" class=\"", left + PAD + line.indent);
        escape_html(&mut *out, line.class).expect("writing to a string cannot fail");
        let _ = write!(out, "\"{weight}{style}>");
        escape_html_body_text(&mut *out, &line.text).expect("writing to a string cannot fail");
        out.push_str("</text>\n");
    }
}

/// Breaks a text into lines that fit a width; `letter` is the width of a letter in tenths.
fn wrap(text: &str, room: usize, letter: usize) -> Vec<String> {
    let most = (room * 10 / letter).max(8);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word.to_owned();
        let length = |text: &str| text.chars().count();
        if !line.is_empty() && length(&line) + 1 + length(&word) > most {
            lines.push(std::mem::take(&mut line));
        }
        while length(&word) > most {
            // A word that fits no line is cut where the line ends.
            let rest = word.split_off(word.char_indices().nth(most - 1).map_or(word.len(), |(at, _)| at));
            lines.push(format!("{word}-"));
            word = rest;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text = "Onko asiakkaalla vahvan tunnistautumisen välineet? Epäjärjestelmällistyttämättömyys.";
        for room in [60, 100, 300] {
            let lines = wrap(text, room, 70);
            assert!(lines.iter().all(|line| line.chars().count() <= (room / 7).max(8)), "{lines:?}");
            let joined = lines.join(" ").replace("- ", "").replace(' ', "");
            assert_eq!(joined, text.replace(' ', ""));
        }
    }
}
