//! What a file of a layer must not change of a page, or only if it says so.
//!
//! It is given a file of a layer and the page below it, and reports what the file may not do there: with the place in
//! the file and the place of what it comes into conflict with. What blocks of a patch may do is decided in `draft`.

use std::collections::BTreeSet;

use super::Layer;
use super::merge::{Locked, place_of};
use super::over;
use super::pages::LayerPage;
use crate::book::{FrontMatter, Page};
use crate::data::Part;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document::Op;
use crate::flow::walk::{INSTEAD_OF, Walk};

/// Keys of front matter that a patch replaces; the others are lists, which are joined.
const REPLACED: [&str; 9] =
    ["title", "summary", "kind", "owner", "reviewed", "review-by", "updated", "draft", "practice"];

/// Reports walks that come out otherwise than those below, without a reason, and those in place of walks that are not there.
pub(super) fn check_walks(
    layer: &Layer,
    file: &LayerPage,
    front: &FrontMatter,
    below: &Page,
    out: &mut Vec<Diagnostic>,
) {
    let place_within = |walk: &Walk, key: &str| {
        let path = ["walks".into(), walk.number.into(), key.into()];
        file.data.as_ref().map_or_else(|| file.place(), |data| data.places.of(&path, Part::Value))
    };
    let is_there = |walk: &Walk| below.front.walks.iter().any(|old| walk.restates(old));
    for walk in front.walks.iter().filter(|walk| walk.instead_of.is_some() && !is_there(walk)) {
        let fault = Diagnostic::new(Code::E082, format!("the page has no walk with these answers in `{}`", walk.flow));
        let fault = fault.at(place_within(walk, INSTEAD_OF)).address(&*file.id);
        let help = "write all answers of the walk below, as its `path` has them, or leave `instead-of` out";
        out.push(fault.related(below.place(&["walks".into()], Part::Value), "the walks below").help(help));
    }
    for walk in front.walks.iter().filter(|walk| walk.reason.as_ref().is_none_or(String::is_empty)) {
        let Some(old) = below.front.walks.iter().find(|old| walk.restates(old) && walk.differs(old)) else { continue };
        let message = format!(
            "the layer `{}` lets this walk end in `{}` instead of `{}`, and does not say why",
            layer.manifest.name, walk.outcome, old.outcome
        );
        let fault = Diagnostic::new(Code::E098, message).at(place_within(walk, "outcome")).address(&*file.id);
        let old = below.place(&["walks".into(), old.number.into(), "outcome".into()], Part::Value);
        out.push(fault.related(old, "the walk below").help("write `reason: …` into the walk"));
    }
}

/// Reports what keeps a page from being taken away: locked sections, and changes of other layers that the
/// file does not name in `over`.
pub(super) fn is_kept(
    layer: &Layer,
    file: &LayerPage,
    below: &Page,
    locked: &Locked,
    out: &mut Vec<Diagnostic>,
) -> bool {
    let before = out.len();
    let place = file.place();
    let own = below.document.locked().next().map(|(at, heading)| (&heading.id, place_of(below, at, heading)));
    let is_locked = below.front.locked.is_some() || locked.contains_key("");
    if !is_locked
        && let Some((id, locked)) = own.or_else(|| locked.iter().next().map(|(id, place)| (id, place.clone())))
    {
        let message = format!("the section `{id}` is locked: layers must not take it away");
        let fault = Diagnostic::new(Code::E085, message).at(place.clone()).address(&*file.id);
        let fault = fault.related(locked, "locked here");
        out.push(fault.help("write `op: patch`, and leave the section as it is"));
    }
    out.extend(page_is_locked(below, locked, place.clone(), "take it away"));
    let over = over(file, out);
    let mut seen = BTreeSet::new();
    let changes = || below.document.changes.iter().map(|placed| &placed.change);
    let others = || changes().filter(|change| change.op != Op::AddPage && change.layer != layer.manifest.name);
    let names = over::names(others().map(|change| &change.layer));
    let names = if names.contains(',') { format!("[{names}]") } else { names };
    for change in others() {
        let is_meant = over.iter().any(|name| **name == *change.layer);
        if !is_meant && seen.insert(&change.layer) {
            let message = format!("this takes away what the layer `{}` changed", change.layer);
            let fault = Diagnostic::new(Code::E083, message).at(place.clone()).address(&*file.id);
            let help = format!("write `over: {names}` in the front matter if that is meant");
            out.push(fault.related(change.place(), "changed here").help(help));
        }
    }
    for name in over.iter().filter(|name| !below.document.changes.iter().any(|placed| *placed.change.layer == ***name))
    {
        let message = format!("`over: {name}`, but the layer `{name}` changes nothing on this page");
        let fault = Diagnostic::new(Code::E094, message).at(file.place_of("over")).address(&*file.id);
        out.push(fault.help("leave `over` out"));
    }
    out.len() > before
}

/// Says that a page is locked as a whole, if it is: itself, or the page that it translates.
pub(super) fn page_is_locked(below: &Page, locked: &Locked, place: Place, what: &str) -> Option<Diagnostic> {
    let own = below.front.locked.is_some().then(|| below.place(&["locked".into()], Part::Value));
    let said = own.or_else(|| locked.get("").cloned())?;
    let message = format!("the page `{}` is locked: layers must not {what}", below.id);
    let fault = Diagnostic::new(Code::E085, message).at(place).address(&*below.id).related(said, "locked here");
    Some(fault.help("write your own text `before {#}` or `after {#}`, or a page of your own"))
}

/// Reports keys of front matter that a locked page keeps, those that another layer has set, unless the file names it in
/// `over`; and a needless `over`.
pub(super) fn check_keys(layer: &Layer, file: &LayerPage, below: &Page, locked: &Locked, out: &mut Vec<Diagnostic>) {
    let Some(data) = &file.data else { return };
    if let Some(key) = REPLACED.iter().find(|key| data.node().get(key).is_some()) {
        let place = data.places.of(&[(*key).into()], Part::Key);
        out.extend(page_is_locked(below, locked, place, &format!("set its `{key}`")));
    }
    let over = over(file, out);
    let mut met = BTreeSet::new();
    for key in below.patched_keys().filter(|key| REPLACED.contains(key) && data.node().get(key).is_some()) {
        let place = below.place(&[key.into()], Part::Key);
        let other = place.file.layer.clone().filter(|other| *other != layer.manifest.name);
        let Some(other) = other else { continue };
        if !over.iter().any(|name| **name == *other) {
            let message = format!("the layer `{other}` has set `{key}` of this page");
            let fault = Diagnostic::new(Code::E083, message).at(data.places.of(&[key.into()], Part::Key));
            let fault = fault.address(&*file.id).related(place, "set here");
            out.push(fault.help(format!("write `over: {other}` in the front matter if that is meant")));
        }
        met.insert(other.to_string());
    }
    for name in over.iter().filter(|name| !met.contains(*name)) {
        let message = format!("`over: {name}`, but the layer `{name}` sets none of these keys");
        let fault = Diagnostic::new(Code::E094, message).at(file.place_of("over")).address(&*file.id);
        out.push(fault.help("leave `over` out"));
    }
}

/// Returns the layers whose changes the front matter of a file says to replace knowingly.
fn over(file: &LayerPage, out: &mut Vec<Diagnostic>) -> Vec<String> {
    let over = file.data.as_ref().and_then(|data| Some(data.node().get("over")?.texts(out)));
    over.unwrap_or_default().into_iter().map(Into::into).collect()
}
