//! The statements of the source guidance, from `content/statements.yaml`.
//!
//! It is given one file, a list of numbered duties, rules and facts, and returns them in its order.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::{Data, Node, Part, Places};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::TextFile;

/// The keys of a statement.
pub const KEYS: [&str; 4] = ["id", "kind", "text", "term"];

/// What a statement is; `sit` tells a case's situation.
pub const KINDS: [&str; 9] = ["def", "why", "must", "may", "not", "if", "ref", "ex", "sit"];

/// A numbered duty, rule or fact.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The number, such as `B01` or `K4.05`.
    pub id: String,
    /// What it is: one of [`KINDS`].
    pub kind: &'static str,
    /// What it says, in the book's source language.
    pub text: String,
    /// Words that must occur where it is said.
    pub terms: Vec<String>,
    /// Its position in the file.
    item: usize,
}

/// All statements, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Statements {
    list: Vec<Statement>,
    by_id: BTreeMap<String, usize>,
    places: Option<Places>,
}

impl Statements {
    /// Reads the file, if there is one.
    pub fn read(file: Option<&Arc<TextFile>>, out: &mut Vec<Diagnostic>) -> Self {
        let mut statements = Statements::default();
        let Some(file) = file else { return statements };
        let Some(data) = Data::of_file(file, out) else { return statements };
        for (item, node) in data.node().items(out).into_iter().enumerate() {
            let Some(statement) = read_statement(item, &node, out) else { continue };
            if let Some(first) = statements.get(&statement.id) {
                let first = data.places.of(&[first.item.into()], Part::Value);
                let fault = Diagnostic::new(Code::E018, format!("the statement `{}` is listed twice", statement.id));
                let fault = fault.at(node.place()).related(first, "first listed here");
                out.push(fault.help("give each statement its own id"));
                continue;
            }
            statements.by_id.insert(statement.id.clone(), statements.list.len());
            statements.list.push(statement);
        }
        statements.places = Some(data.places);
        statements
    }

    /// Returns the place of a statement's entry.
    pub fn place(&self, statement: &Statement) -> Option<Place> {
        self.places.as_ref().map(|places| places.of(&[statement.item.into()], Part::Value))
    }

    /// Returns the statement with an id.
    pub fn get(&self, id: &str) -> Option<&Statement> {
        self.by_id.get(id).map(|at| &self.list[*at])
    }

    /// Returns all statements.
    pub fn list(&self) -> &[Statement] {
        &self.list
    }
}

fn read_statement(item: usize, node: &Node<'_>, out: &mut Vec<Diagnostic>) -> Option<Statement> {
    node.only(&KEYS, out);
    let id = node.required("id", out).and_then(|id| id.text(out).map(str::to_owned));
    let kind = node.required("kind", out).and_then(|kind| kind.choice(&KINDS, out));
    let text = node.required("text", out).and_then(|text| text.text(out).map(str::to_owned));
    let terms = node.get("term").map(|term| term.texts(out)).unwrap_or_default();
    let id = id?;
    let is_good = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if !is_good {
        let help = "use letters, digits, full stops and hyphens, such as K4.05";
        out.push(node.fault(Code::E012, format!("`{id}` cannot be the id of a statement")).help(help));
        return None;
    }
    Some(Statement { id, kind: kind?, text: text?, terms: terms.into_iter().map(str::to_owned).collect(), item })
}
