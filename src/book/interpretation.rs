//! What of a book is interpretation: sections marked `.inferred`, and answers and outcomes of flows with
//! `inferred: true`.
//!
//! It is given a [`Book`] and returns the marked parts in reading order. It makes no links and no HTML.

use std::collections::BTreeSet;

use super::{Book, PageId};
use crate::config::Lang;
use crate::document::{Block, text};
use crate::flow::FlowId;

/// A section that is interpretation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The id of its heading.
    pub anchor: String,
    /// The text of its heading, with values put in.
    pub title: String,
    /// The language of that text.
    pub lang: Lang,
}

/// The marked parts of a page or of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interpretation {
    /// Sections of a page.
    Page(PageId, Vec<Section>),
    /// A flow, with the number of its marked answers and outcomes.
    Flow(FlowId, usize),
}

impl Book {
    /// Lists what is interpretation, as shown in a language: pages in reading order, then flows by id.
    pub fn interpretations(&self, lang: &str) -> Vec<Interpretation> {
        // Few pages have any, and those are found sooner than every page by its id.
        let pages = [lang, self.config.source_lang()].into_iter().filter_map(|lang| self.in_order.get(lang)).flatten();
        let marked: BTreeSet<&str> = pages.filter(|page| page.infers).map(|page| &*page.id).collect();
        let in_order = self.outline.order().iter().filter(|id| marked.contains(&***id));
        let pages = in_order.filter_map(|id| {
            let sections = self.inferred_sections(lang, id);
            (!sections.is_empty()).then(|| Interpretation::Page(PageId::clone(id), sections))
        });
        let flows = self.flows.iter().filter_map(|(id, checked)| {
            let answers = checked.flow.questions.iter().flat_map(|question| &question.answers);
            let marked = answers.filter(|answer| answer.inferred).count()
                + checked.flow.outcomes.iter().filter(|outcome| outcome.inferred).count();
            (marked > 0).then(|| Interpretation::Flow(FlowId::clone(id), marked))
        });
        pages.chain(flows).collect()
    }

    fn inferred_sections(&self, lang: &str, id: &str) -> Vec<Section> {
        let Some(page) = self.page(lang, id).filter(|page| page.infers) else { return Vec::new() };
        let sections = page.document.blocks.iter().enumerate().filter_map(|(at, block)| {
            let Block::Heading(heading) = block else { return None };
            if !heading.inferred {
                return None;
            }
            // A layer's section may stand in a translation in its own language.
            let own = page.document.change_at(at).map_or("", |change| change.file.lang());
            let lang = self.config.languages.iter().find(|known| ***known == *own).unwrap_or(&page.lang);
            let title = self.expand(lang, &text::with_variables(&heading.content)).into_owned();
            Some(Section { anchor: heading.id.to_string(), title, lang: Lang::clone(lang) })
        });
        sections.collect()
    }
}
