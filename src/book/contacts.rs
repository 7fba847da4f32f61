//! Contacts: where customers are sent, from `contacts.yaml`.
//!
//! It is given a file of ids with fields and returns the contacts in the author's order. A translation gives
//! texts only; ids and order come from the source language.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::config::is_id;
use crate::data::{Node, Part, Places};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document::Target;
use crate::layer::data::{self, Below, Entry, Ranked};
use crate::layer::merge::Override;
use crate::source::TextFile;

/// The fields of a contact, all text.
pub const FIELDS: [&str; 7] = ["name", "url", "phone", "email", "address", "hours", "note"];

/// Returns the keys of a contact.
pub fn keys() -> Vec<&'static str> {
    FIELDS.into_iter().chain(["must-fill"]).collect()
}

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
    /// Where each contact comes from, by its id.
    origins: BTreeMap<String, Origin>,
    /// The file, for messages; none where there is no `contacts.yaml`.
    pub file: Option<Arc<TextFile>>,
}

/// Where a contact comes from.
#[derive(Debug, Clone)]
struct Origin {
    /// Where it says that it must be filled in.
    must_fill: Option<Places>,
    places: Places,
    /// Who set each field.
    fields: BTreeMap<&'static str, Setter>,
}

/// The file that a field of a contact comes from.
#[derive(Debug, Clone)]
struct Setter {
    /// Its place in the stack.
    rank: usize,
    /// Its layer; none for the book.
    layer: Option<Arc<str>>,
    /// Where it names the contact.
    place: Place,
}

impl Origin {
    fn place(&self, id: &str) -> Place {
        self.places.of(&[id.into()], Part::Key)
    }
}

impl Contacts {
    /// Reads the `contacts.yaml` of a book and its layers; `source` are the source language's, whose texts a
    /// translation replaces.
    pub fn read(
        files: &[Ranked],
        source: Option<&Contacts>,
        changes: &mut Vec<Override>,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut contacts = source.cloned().unwrap_or_default();
        contacts.file = files.first().map(|ranked| Arc::clone(&ranked.file));
        for (ranked, data) in data::parse(files, out) {
            for (id, node) in data.node().entries(out) {
                if contacts.is_possible(id, &node, source, out) {
                    contacts.set(id, &node, &ranked, &data.places, source, changes, out);
                }
            }
        }
        if source.is_none() {
            contacts.check_filled(out);
        }
        contacts
    }

    /// Reports an id that cannot be, or that the source language does not have.
    fn is_possible(&self, id: &str, node: &Node<'_>, source: Option<&Contacts>, out: &mut Vec<Diagnostic>) -> bool {
        if source.is_some() && self.get(id).is_none() {
            let message = format!("the source language has no contact `{id}`");
            let fault = Diagnostic::new(Code::E033, message).at(node.key_place());
            out.push(fault.suggest(id, self.ids()));
            return false;
        }
        if !is_id(id) {
            let help = "use lower-case letters a to z, digits and hyphens";
            let fault = Diagnostic::new(Code::E012, format!("`{id}` cannot be the id of a contact"));
            out.push(fault.at(node.key_place()).help(help));
            return false;
        }
        true
    }

    #[expect(clippy::too_many_arguments, reason = "`read` is its only caller")]
    fn set(
        &mut self,
        id: &str,
        node: &Node<'_>,
        ranked: &Ranked,
        places: &Places,
        source: Option<&Contacts>,
        changes: &mut Vec<Override>,
        out: &mut Vec<Diagnostic>,
    ) {
        let (mut value, mut known) = (node.clone(), keys());
        if let Some(layer) = &ranked.file.layer {
            let entry = Entry::read(node, out);
            let below = self.below(id, &entry.value);
            let others = self.origins.iter().map(|(id, origin)| (id.as_str(), origin.place(id)));
            let may_set = match source {
                Some(_) => entry.may_translate("contact", id, layer, below.as_ref(), ranked.file.lang(), out),
                None => entry.may_set("contact", id, layer, below.as_ref(), others, out),
            };
            if !may_set {
                return;
            }
            known = entry.keys(&keys(), out);
            value = entry.value;
            if let Some(below) = below {
                changes.push(data::record(layer, data::address(ranked, source.is_none(), id), &below, &value));
            }
        }
        let found = self.list.iter().position(|contact| contact.id == id);
        let at = found.unwrap_or_else(|| {
            value.required("name", out);
            self.list.push(Contact { id: id.to_owned(), ..Contact::default() });
            self.list.len() - 1
        });
        let before = self.origins.remove(id);
        let must_fill = value.get("must-fill").and_then(|flag| flag.flag(out)).unwrap_or_default();
        let mut origin = Origin {
            must_fill: before
                .as_ref()
                .and_then(|origin| origin.must_fill.clone())
                .or_else(|| must_fill.then(|| places.clone())),
            places: places.clone(),
            fields: before.map(|origin| origin.fields).unwrap_or_default(),
        };
        let older = |field: &str| Some(source?.origins.get(id)?.fields.get(field)?.rank);
        let setter = Setter { rank: ranked.rank, layer: ranked.file.layer.clone(), place: origin.place(id) };
        for (field, text) in read_fields(&value, &known, out) {
            // What a layer says in the source language holds over an older translation of what was there before.
            if older(field).is_none_or(|rank| rank <= ranked.rank) {
                self.list[at].set(field, text);
                origin.fields.insert(field, setter.clone());
            }
        }
        self.origins.insert(id.to_owned(), origin);
    }

    /// Returns what stands under an id: of its fields those that `value` sets anew.
    fn below(&self, id: &str, value: &Node<'_>) -> Option<Below> {
        let (contact, origin) = (self.get(id)?, self.origins.get(id)?);
        let set = || FIELDS.into_iter().filter(|name| value.get(name).is_some());
        let field = |field: &str| format!("{field}: {}", contact.field(field).unwrap_or_default());
        let text: Vec<String> = set().map(field).collect();
        // Layers that set different fields of a contact do not change the same thing.
        let setters = set().filter_map(|name| origin.fields.get(name));
        let layers = setters.filter_map(|setter| Some((setter.layer.clone()?, setter.place.clone())));
        Some(Below::of_layers(layers.collect(), origin.place(id), text.join("\n")))
    }

    /// Reports contacts that must be filled in and have nothing but their name.
    fn check_filled(&self, out: &mut Vec<Diagnostic>) {
        for contact in &self.list {
            let Some(origin) = self.origins.get(&contact.id) else { continue };
            let Some(asked) = &origin.must_fill else { continue };
            let ways = [&contact.url, &contact.phone, &contact.email, &contact.address];
            if ways.iter().all(|way| way.is_none()) {
                let message = format!("the contact `{}` must be filled in", contact.id);
                let help = "write at least one of `url`, `phone`, `email` and `address`";
                let fault = Diagnostic::new(Code::E032, message).at(origin.place(&contact.id));
                let asked = asked.of(&[contact.id.as_str().into()], Part::Key);
                out.push(fault.asked_for_at(asked).help(help));
            }
        }
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

/// Reads the fields that an entry has; `known` are the keys that it may have.
fn read_fields<'a>(node: &Node<'a>, known: &[&str], out: &mut Vec<Diagnostic>) -> Vec<(&'static str, &'a str)> {
    node.only(known, out);
    let mut fields = Vec::new();
    for field in FIELDS {
        let Some(node) = node.get(field) else { continue };
        let Some(text) = node.text(out).map(str::trim) else { continue };
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        if field == "url" && !text.is_empty() && !(is_web && matches!(Target::of(text), Target::External(_))) {
            let help = "write a web address that begins with https://";
            out.push(node.fault(Code::E028, format!("`{text}` cannot be the address of a contact")).help(help));
            continue;
        }
        fields.push((field, text));
    }
    fields
}
