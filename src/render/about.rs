//! The page about the handbook: its source, what is interpretation in it, and the layers of the edition.
//!
//! It is given a [`Tracked`] and puts interpretation and layers into a template's context; title, version and
//! source stand in the shell.

use std::sync::Arc;

use serde::Serialize;
use tera::Context;

use super::Tracked;
use super::shell::{LinkView, card_link, expand};
use crate::book::interpretation::{Interpretation, Section};
use crate::config::Lang;
use crate::layer::Layer;
use crate::site::paths;

/// A page or a flow with the parts that are interpretation.
#[derive(Debug, Serialize)]
struct InterpretationView {
    link: LinkView,
    sections: Vec<LinkView>,
    /// How many answers and outcomes of a flow are marked; none for a page.
    marked: Option<usize>,
}

/// A layer of the edition.
#[derive(Debug, Serialize)]
struct AboutLayerView {
    name: String,
    title: String,
    version: String,
    owner: Option<String>,
    /// The id and the version of the book that it was written on.
    based_on: Option<String>,
}

/// Puts `interpretations` and `layers` into the context.
pub fn insert(context: &mut Context, tracked: &Tracked<'_>, lang: &Lang, output: &str) {
    let interpretations = tracked.interpretations(lang);
    let views: Vec<_> = interpretations.iter().map(|part| interpretation(tracked, lang, part, output)).collect();
    context.insert("interpretations", &views);
    let layers: Vec<_> = tracked.layers().iter().map(|layer| about_layer(tracked, lang, layer)).collect();
    context.insert("layers", &layers);
}

fn interpretation(tracked: &Tracked<'_>, lang: &Lang, part: &Interpretation, output: &str) -> InterpretationView {
    match part {
        Interpretation::Page(id, sections) => {
            let link = card_link(tracked, lang, id, output);
            let section = |section: &Section| LinkView {
                lang: (section.lang != *lang).then(|| section.lang.to_string()),
                ..LinkView::new(section.title.clone(), format!("{}#{}", link.href, section.anchor))
            };
            let sections = sections.iter().map(section).collect();
            InterpretationView { link, sections, marked: None }
        }
        Interpretation::Flow(id, marked) => {
            let flow = tracked.flow(id).map(|checked| checked.shown_in(lang));
            let title = flow.map_or_else(|| id.to_string(), |flow| expand(tracked, &flow.lang, &flow.title));
            let href = paths::relative(output, &paths::flow(tracked.paths(), lang, id));
            let lang = flow.filter(|flow| flow.lang != *lang).map(|flow| flow.lang.to_string());
            let link = LinkView { lang, ..LinkView::new(title, href) };
            InterpretationView { link, sections: Vec::new(), marked: Some(*marked) }
        }
    }
}

fn about_layer(tracked: &Tracked<'_>, lang: &Lang, layer: &Arc<Layer>) -> AboutLayerView {
    let manifest = &layer.manifest;
    AboutLayerView {
        name: manifest.name.to_string(),
        title: tracked.layer_title(lang, &manifest.name),
        version: manifest.version.clone(),
        owner: manifest.owner.clone(),
        based_on: manifest.based_on.as_ref().map(|based_on| format!("{} {}", based_on.book, based_on.version)),
    }
}
