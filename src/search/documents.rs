//! What can be found: sections of pages, pages as wholes, and terms of the glossary.
//!
//! It is given the book and a language and returns documents as plain text by field. A page's first document stands
//! for the page itself (title, summary, tags, search words, the text before the first section); each section has the
//! text up to the next section. A flow is a page of its own, whose documents are its questions and outcomes.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::book::links::Generated;
use crate::book::{Book, Entry, Input, Kind, Page, Variables};
use crate::config::Lang;
use crate::digest::Digest;
use crate::document::{Block, Inline, Op, text};
use crate::flow::Checked;
use crate::site::paths;

/// What a field says about the document; the more, the more a word in it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Running text.
    Body,
    /// One or two sentences about the page.
    Summary,
    /// Other words for the terms that the document explains.
    Synonyms,
    /// Tags and channels.
    Tags,
    /// Words by which people look for the page.
    SearchWords,
    /// A section's heading.
    Heading,
    /// A page's title, or a term.
    Title,
}

impl Field {
    /// How often a word in this field counts, in tenths.
    pub fn boost(self) -> u32 {
        match self {
            Field::Body => 10,
            Field::Summary => 20,
            Field::Synonyms | Field::Tags => 40,
            Field::SearchWords => 70,
            Field::Heading => 60,
            Field::Title => 80,
        }
    }
}

/// Something that a search can find.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// The section's id; none for a page as a whole.
    pub section: Option<String>,
    /// The heading, for sections.
    pub heading: Option<String>,
    /// The texts that are searched.
    pub fields: Vec<(Field, Arc<str>)>,
    /// The running text, for excerpts.
    pub text: Arc<str>,
    /// The output path, where the document has a page of its own.
    pub path: Option<String>,
    /// The layer that wrote it or something of it, where the page is not a layer's as a whole.
    pub layer: Option<String>,
}

impl Document {
    /// Adds a text that is searched.
    fn add(&mut self, field: Field, text: impl Into<Arc<str>>) {
        self.fields.push((field, text.into()));
    }

    /// Returns the anchor on the page; none for documents that are pages.
    pub fn anchor(&self) -> Option<&str> {
        self.section.as_deref().filter(|_| self.path.is_none())
    }
}

/// Whether a page is likely what a reader wants, or something beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rank {
    /// A page of guidance.
    #[default]
    Guidance,
    /// A list, a term or an exercise: it points to what is wanted, or repeats it.
    Beside,
    /// A step of a flow: it repeats what pages say in full.
    Step,
}

impl Rank {
    /// Returns how much a word on the page counts, in eighths.
    pub fn share(self) -> u32 {
        match self {
            Rank::Guidance => 8,
            Rank::Beside => 7,
            Rank::Step => 6,
        }
    }
}

/// The documents of one output page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// The page's id.
    pub page: String,
    /// The title.
    pub title: String,
    /// The output path.
    pub path: String,
    /// `page`, `case`, `section`, `term` or `flow`.
    pub kind: &'static str,
    /// How likely it is wanted.
    pub rank: Rank,
    /// The language of the texts, where it is not the site's.
    pub lang: Option<Lang>,
    /// The layer that the page comes from; none for the book's own.
    pub layer: Option<String>,
    /// Channels in which the page is of use.
    pub channels: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The page as a whole, then its sections in order.
    pub documents: Vec<Document>,
}

/// How many pages are looked at one after another.
const TOGETHER: usize = 64;

/// What the groups of a language were made from.
#[derive(Debug, Default)]
pub(super) struct MadeFrom {
    /// For each group its page and the page in the source language; none where it is made anew each time.
    pages: Vec<Option<[Arc<Page>; 2]>>,
    /// What all groups were made from besides; none where there are no groups.
    shared: Option<Digest>,
    /// The cards of all pages, which say their paths.
    cards: Option<Digest>,
}

/// A group of before, and what it was made from.
type Known<'k> = (&'k Arc<Group>, &'k Option<[Arc<Page>; 2]>);

/// Returns whether two pages say the same. Most are one, which is seen without a look into them.
fn is_same(a: &Arc<Page>, b: &Arc<Page>) -> bool {
    Arc::ptr_eq(a, b) || a.digest == b.digest
}

/// Returns everything that can be found in a language, by page, in order.
///
/// `before` is the same of a book before, whose groups are taken over where they are as they were.
pub(super) fn collect(
    book: &Book,
    lang: &Lang,
    (before, sources): (&[Arc<Group>], &MadeFrom),
) -> (Vec<Arc<Group>>, MadeFrom) {
    let synonyms = Synonyms::new(book, lang);
    let shared = Some(shared(book));
    let known = |page: &str| before.binary_search_by(|group| group.page.as_str().cmp(page)).ok().map(|at| &before[at]);
    let as_before = |group: Group| match known(&group.page).filter(|known| ***known == group) {
        Some(known) => Arc::clone(known),
        None => Arc::new(group),
    };
    let cards = book.cards.get(lang).and_then(|cards| cards.digest);
    let of_page = |source: &Arc<Page>, known: Option<Known<'_>>| {
        let id = &source.id;
        let page = if *lang == source.lang { source } else { book.page(lang, id).unwrap_or(source) };
        let is_at = |group: &Group| group.path == paths::page(book, lang, id);
        let is_as_before = |(group, from): &Known<'_>| {
            from.as_ref().is_some_and(|[own, of_source]| is_same(own, page) && is_same(of_source, source))
                && sources.shared == shared
                && (sources.cards == cards || is_at(group))
        };
        let group = match known.filter(is_as_before) {
            Some((known, _)) => Arc::clone(known),
            None => as_before(group(book, lang, page, &synonyms)),
        };
        (group, Some([Arc::clone(page), Arc::clone(source)]))
    };
    // Both are in order, so that each page finds its group beside it.
    let of_pages = |pages: &[Arc<Page>]| {
        let start = before.partition_point(|group| group.page.as_str() < &*pages[0].id);
        let mut rest = before[start..].iter().zip(&sources.pages[start..]).peekable();
        let beside = |source: &Arc<Page>| {
            let is_of_it =
                |(_, from): &Known<'_>| from.as_ref().is_some_and(|[_, of_source]| Arc::ptr_eq(of_source, source));
            let is_before = |known: &Known<'_>| !is_of_it(known) && *known.0.page < *source.id;
            while rest.next_if(is_before).is_some() {}
            of_page(source, rest.next_if(|known| is_of_it(known) || *known.0.page == *source.id))
        };
        pages.iter().map(beside).collect::<Vec<_>>()
    };
    let pages = book.source_pages_in_order().par_chunks(TOGETHER);
    let (mut groups, mut pages): (Vec<_>, Vec<_>) = pages.flat_map_iter(of_pages).unzip();
    let others = glossary(book, lang).into_iter().chain(book.flows.values().map(|checked| flow(book, lang, checked)));
    // They are few; pages are in order.
    for group in others {
        let at = groups.partition_point(|other: &Arc<Group>| other.page <= group.page);
        groups.insert(at, as_before(group));
        pages.insert(at, None);
    }
    (groups, MadeFrom { pages, shared, cards })
}

/// Returns the digest of what the groups of all pages are made from besides the pages: terms and values.
fn shared(book: &Book) -> Digest {
    let mut parts: Vec<Digest> = book.digest(&Input::Layers).into_iter().collect();
    for lang in &book.config.languages {
        let lists = [Input::Glossary(Arc::clone(lang)), Input::Contacts(Arc::clone(lang))];
        parts.extend(lists.iter().filter_map(|list| book.digest(list)));
        parts.extend(book.variables.get(lang).map(digest_of));
    }
    Digest::of_parts(parts)
}

fn digest_of(variables: &Variables) -> Digest {
    let value = |name| variables.get(name).unwrap_or_default();
    Digest::of_parts(variables.names().flat_map(|name| [name, value(name)]))
}

/// The synonyms of terms, and where each term is explained.
struct Synonyms<'a> {
    book: &'a Book,
    lang: &'a Lang,
    explained: BTreeMap<&'a str, Vec<&'a Entry>>,
}

impl<'a> Synonyms<'a> {
    fn new(book: &'a Book, lang: &'a Lang) -> Self {
        let mut explained: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in book.glossary(lang).entries() {
            if let Some(see) = &entry.see {
                explained.entry(see).or_default().push(entry);
            }
        }
        Synonyms { book, lang, explained }
    }

    /// The words for the terms that a page or section explains, by the glossary.
    fn of_address(&self, address: &str) -> impl Iterator<Item = (Field, Arc<str>)> + use<'_> {
        let entries = self.explained.get(address).into_iter().flatten();
        entries.map(|entry| (Field::Synonyms, format!("{}\n{}", entry.term, entry.synonyms.join("\n")).into()))
    }

    /// The words for the terms that a text links to.
    fn of_blocks(&self, blocks: &[Block]) -> Vec<(Field, Arc<str>)> {
        let mut terms = Vec::new();
        text::each_inline(blocks, &mut |inline| {
            if let Inline::Term(term) = inline
                && let Some(entry) = self.book.glossary(self.lang).get(&term.term)
                && !terms.contains(&entry.key.as_str())
            {
                terms.push(entry.key.as_str());
            }
        });
        let entries = terms.iter().filter_map(|key| self.book.glossary(self.lang).get(key));
        entries.map(|entry| (Field::Body, entry.synonyms.join("\n").into())).collect()
    }
}

fn group(book: &Book, lang: &Lang, page: &Page, synonyms: &Synonyms<'_>) -> Group {
    let expand = |text: &str| book.expand(&page.lang, text).into_owned();
    let mut documents = Vec::new();
    let (intro, sections) = split(&page.document.blocks);
    let page_layer = layer_of(page);
    let layer_within = |blocks: Range<usize>| {
        let changes = blocks.rev().find_map(|at| page.document.change_at(at));
        changes.filter(|_| page_layer.is_none()).map(|change| change.layer.to_string())
    };
    let mut whole = document(book, page, intro, synonyms);
    let restated = page.restated.iter().flatten().last().map(|restated| restated.layer.to_string());
    whole.layer = restated.filter(|_| page_layer.is_none()).or_else(|| layer_within(0..intro.len()));
    let summary: Option<Arc<str>> = page.front.summary.as_deref().map(|summary| expand(summary).into());
    whole.add(Field::Title, expand(page.title()));
    whole.fields.extend(summary.iter().map(|summary| (Field::Summary, Arc::clone(summary))));
    whole.add(Field::Tags, page.front.tags.join("\n"));
    whole.add(Field::Tags, page.front.channels.join("\n"));
    whole.add(Field::SearchWords, page.front.search_words.join("\n"));
    whole.fields.extend(synonyms.of_address(&page.id));
    if whole.text.is_empty() {
        whole.text = summary.unwrap_or_default();
    }
    documents.push(whole);
    let mut end = intro.len();
    for blocks in sections {
        let start = end;
        end += blocks.len();
        let Some(Block::Heading(heading)) = blocks.first() else { continue };
        let mut found = document(book, page, &blocks[1..], synonyms);
        let title = expand(&text::with_variables(&heading.content));
        found.add(Field::Heading, title.as_str());
        found.fields.extend(synonyms.of_address(&format!("{}#{}", page.id, heading.id)));
        found.section = Some(heading.id.to_string());
        found.heading = Some(title);
        found.layer = layer_within(start..end);
        documents.push(found);
    }
    let source = book.source_pages().get(&page.id).map_or(&page.front, |source| &source.front);
    Group {
        page: page.id.to_string(),
        title: expand(page.title()),
        path: paths::page(book, lang, &page.id).into_owned(),
        kind: source.kind.name(),
        rank: if source.kind == Kind::Section || source.practice { Rank::Beside } else { Rank::Guidance },
        lang: (page.lang != *lang).then(|| Lang::clone(&page.lang)),
        layer: page_layer,
        channels: source.channels.clone(),
        tags: page.front.tags.clone(),
        documents,
    }
}

/// Returns the layer that a page comes from as a whole.
fn layer_of(page: &Page) -> Option<String> {
    let mut changes = page.document.changes.iter().map(|placed| &placed.change);
    let own = changes.rfind(|change| matches!(change.op, Op::AddPage | Op::ReplacePage));
    own.map(|change| change.layer.to_string())
}

/// Splits a page before its first section and at every further one.
fn split(blocks: &[Block]) -> (&[Block], Vec<&[Block]>) {
    let is_start = |block: &Block| matches!(block, Block::Heading(heading) if heading.is_section);
    let starts: Vec<usize> = (0..blocks.len()).filter(|at| is_start(&blocks[*at])).collect();
    let first = starts.first().copied().unwrap_or(blocks.len());
    let ends = starts.iter().skip(1).copied().chain([blocks.len()]);
    (&blocks[..first], starts.iter().copied().zip(ends).map(|(start, end)| &blocks[start..end]).collect())
}

fn document(book: &Book, page: &Page, blocks: &[Block], synonyms: &Synonyms<'_>) -> Document {
    let mut fields = synonyms.of_blocks(blocks);
    let text = plain(book, &page.lang, blocks);
    fields.push((Field::Body, Arc::clone(&text)));
    Document { fields, text, ..Document::default() }
}

/// Returns the running text of blocks.
fn plain(book: &Book, lang: &str, blocks: &[Block]) -> Arc<str> {
    book.expand(lang, &text::block_text_with_variables(blocks)).trim().into()
}

/// The glossary's terms, each a document of the page that opas makes of them.
fn glossary(book: &Book, lang: &Lang) -> Option<Group> {
    if !book.generated.iter().any(|(page, _)| *page == Generated::Glossary) {
        return None;
    }
    let id = Generated::Glossary.id();
    let terms = book.glossary(lang).entries().iter().map(|entry| {
        let text = plain(book, lang, &entry.definition.blocks);
        Document {
            section: Some(entry.anchor.clone()),
            heading: Some(entry.term.clone()),
            fields: vec![
                (Field::Title, entry.term.as_str().into()),
                (Field::Synonyms, entry.synonyms.join("\n").into()),
                (Field::Body, Arc::clone(&text)),
            ],
            text,
            path: None,
            layer: entry.layer.as_deref().map(str::to_owned),
        }
    });
    Some(Group {
        page: id.to_owned(),
        title: String::new(),
        path: paths::generated(book, lang, id),
        kind: "term",
        rank: Rank::Beside,
        documents: std::iter::once(Document::default()).chain(terms).collect(),
        ..Group::default()
    })
}

/// A flow's questions, with their answers, and its outcomes; each opens at the first situation that leads to it.
fn flow(book: &Book, lang: &Lang, checked: &Checked) -> Group {
    let flow = checked.shown_in(lang);
    let expand = |text: &str| book.expand(lang, text).into_owned();
    let plain = |document: &crate::document::Document| plain(book, lang, &document.blocks);
    let summary: Arc<str> = flow.summary.as_deref().map(expand).unwrap_or_default().into();
    let whole = Document {
        fields: vec![(Field::Title, expand(&flow.title).into()), (Field::Summary, Arc::clone(&summary))],
        text: summary,
        ..Document::default()
    };
    let questions = flow.questions.iter().map(|question| {
        let answers: Vec<String> = question.answers.iter().map(|answer| expand(&answer.text)).collect();
        let help = question.help.as_deref().map(plain).unwrap_or_default();
        let answers = answers.join("\n");
        let text = format!("{answers}\n{help}");
        let origins =
            question.answers.iter().flat_map(|it| [&it.at].into_iter().chain(it.next.iter().map(|it| &it.at)));
        let layer = std::iter::once(&question.at).chain(origins).find_map(|at| at.layer.as_deref());
        (&question.id, expand(&question.text), vec![(Field::Summary, answers.into())], text, layer)
    });
    let outcomes = flow.outcomes.iter().map(|outcome| {
        let donts: Vec<Arc<str>> = outcome.dont.iter().map(|dont| plain(dont)).collect();
        let text = format!("{}\n{}", plain(&outcome.body), donts.join("\n"));
        (&outcome.id, expand(&outcome.title), Vec::new(), text, outcome.at.layer.as_deref())
    });
    let page_layer = checked.flow.file.layer.as_deref().map(str::to_owned);
    let documents = questions.chain(outcomes).map(|(id, heading, mut fields, text, layer)| {
        let text: Arc<str> = text.trim().into();
        fields.extend([(Field::Heading, heading.as_str().into()), (Field::Body, Arc::clone(&text))]);
        let path = state_path(book, lang, checked, id);
        let layer = layer.filter(|_| page_layer.is_none()).map(str::to_owned);
        Document { section: Some(id.to_string()), heading: Some(heading), fields, text, path, layer }
    });
    Group {
        page: format!("flows/{}", flow.id),
        title: expand(&flow.title),
        path: paths::flow(book, lang, &flow.id),
        kind: "flow",
        rank: Rank::Step,
        lang: (flow.lang != *lang).then(|| Lang::clone(&flow.lang)),
        documents: std::iter::once(whole).chain(documents).collect(),
        layer: page_layer.clone(),
        ..Group::default()
    }
}

/// Returns the path of the first state of a question or outcome.
fn state_path(book: &Book, lang: &Lang, checked: &Checked, id: &str) -> Option<String> {
    let (_, states) = checked.sound()?;
    let node = checked.flow.node_ids().position(|known| *known == *id)?;
    let state = states.of_node(node).next()?;
    Some(paths::state(book, lang, &checked.flow.id, &states.name(&checked.flow, state)))
}
