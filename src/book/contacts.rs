//! Contacts: where customers are sent, from `contacts.yaml`.
//!
//! It is given a file of ids with fields and returns the contacts in the author's order. A translation gives
//! texts only; ids and order come from the source language.

use std::sync::Arc;

use serde::Serialize;

use crate::config::is_id;
use crate::data::{Data, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::Target;
use crate::source::TextFile;

/// The fields of a contact, all text.
pub const FIELDS: [&str; 7] = ["name", "url", "phone", "email", "address", "hours", "note"];

/// A place or service that customers are sent to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The web address, exactly as written.
    pub url: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The street address.
    pub address: Option<String>,
    /// The opening hours.
    pub hours: Option<String>,
    /// What it is for.
    pub note: Option<String>,
}

impl Contact {
    /// Returns a field by its name; none if it is empty or there is no such field.
    pub fn field(&self, field: &str) -> Option<&str> {
        match field {
            "name" => Some(&self.name),
            "url" => self.url.as_deref(),
            "phone" => self.phone.as_deref(),
            "email" => self.email.as_deref(),
            "address" => self.address.as_deref(),
            "hours" => self.hours.as_deref(),
            "note" => self.note.as_deref(),
            _ => None,
        }
    }

    fn set(&mut self, field: &str, text: &str) {
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        match field {
            "name" => self.name = text.unwrap_or_default(),
            "url" => self.url = text,
            "phone" => self.phone = text,
            "email" => self.email = text,
            "address" => self.address = text,
            "hours" => self.hours = text,
            _ => self.note = text,
        }
    }
}

/// The contacts of one language, in the author's order.
#[derive(Debug, Clone, Default)]
pub struct Contacts {
    list: Vec<Contact>,
    /// The file, for messages; none where there is no `contacts.yaml`.
    pub file: Option<Arc<TextFile>>,
}

impl Contacts {
    /// Reads a `contacts.yaml`; `source` is the source language's, whose texts a translation replaces.
    pub fn read(file: &Arc<TextFile>, source: Option<&Contacts>, out: &mut Vec<Diagnostic>) -> Self {
        let mut contacts = source.cloned().unwrap_or_default();
        contacts.file = Some(Arc::clone(file));
        let Some(data) = Data::of_file(file, out) else { return contacts };
        for (id, node) in data.node().entries(out) {
            let known = contacts.list.iter().position(|contact| contact.id == id);
            if source.is_some() && known.is_none() {
                let message = format!("the source language has no contact `{id}`");
                let fault = Diagnostic::new(Code::E033, message).at(node.key_place());
                out.push(fault.suggest(id, contacts.list.iter().map(|contact| contact.id.as_str())));
            } else if !is_id(id) {
                let help = "use lower-case letters a to z, digits and hyphens";
                let fault = Diagnostic::new(Code::E012, format!("`{id}` cannot be the id of a contact"));
                out.push(fault.at(node.key_place()).help(help));
            } else if let Some(known) = known {
                read_fields(&node, &mut contacts.list[known], out);
            } else {
                node.required("name", out);
                let mut contact = Contact { id: id.to_owned(), ..Contact::default() };
                read_fields(&node, &mut contact, out);
                check_filled(&node, &contact, out);
                contacts.list.push(contact);
            }
        }
        contacts
    }

    /// Returns the contact with an id.
    pub fn get(&self, id: &str) -> Option<&Contact> {
        self.list.iter().find(|contact| contact.id == id)
    }

    /// Returns all contacts.
    pub fn list(&self) -> &[Contact] {
        &self.list
    }

    /// Returns the ids.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|contact| contact.id.as_str())
    }
}

fn read_fields(node: &Node<'_>, contact: &mut Contact, out: &mut Vec<Diagnostic>) {
    let known: Vec<&str> = FIELDS.into_iter().chain(["must-fill"]).collect();
    node.only(&known, out);
    for field in FIELDS {
        let Some(node) = node.get(field) else { continue };
        let Some(text) = node.text(out).map(str::trim) else { continue };
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        if field == "url" && !text.is_empty() && !(is_web && matches!(Target::of(text), Target::External(_))) {
            let help = "write a web address that begins with https://";
            out.push(node.fault(Code::E028, format!("`{text}` cannot be the address of a contact")).help(help));
            continue;
        }
        contact.set(field, text);
    }
}

/// Reports a contact that must be filled in and has nothing but its name.
fn check_filled(node: &Node<'_>, contact: &Contact, out: &mut Vec<Diagnostic>) {
    let must_fill = node.get("must-fill").and_then(|flag| flag.flag(out)).unwrap_or_default();
    let ways = [&contact.url, &contact.phone, &contact.email, &contact.address];
    if must_fill && ways.iter().all(|way| way.is_none()) {
        let message = format!("the contact `{}` must be filled in", contact.id);
        let help = "write at least one of `url`, `phone`, `email` and `address`";
        out.push(Diagnostic::new(Code::E032, message).at(node.key_place()).help(help));
    }
}
