//! Applying layers to the pages and files below them.
//!
//! It is given the parsed pages and the sorted files of the book and one layer after another, and ends with
//! those of the edition, beside a record of every override. Parsed pages that no layer changes stay as they
//! are, shared by all editions. What it finds wrong it reports with the place in the layer and the place below.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::conflicts::{check_keys, check_walks, is_kept, page_is_locked};
use super::data::Ranked;
use super::draft::Draft;
use super::files::{self, Replacing};
use super::pages::{Hidden, LayerPage, What};
use super::patch::Operation;
use super::{Layer, manifest};
use crate::book::page::anchors;
use crate::book::pages::{Found, Pages, beside_folder, check_place_in_book, sort_files};
use crate::book::{FrontMatter, Options, Page, PageId, Placement};
use crate::config::{Config, Lang};
use crate::data::{Data, Part};
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::document::{self, Block, Change, Document, Op, Placed, headings};
use crate::source::{Asset, TextFile};

/// Something of the book that a layer changes, with the text that the change depends on.
#[derive(Debug, Clone)]
pub struct Override {
    /// The layer.
    pub layer: Arc<str>,
    /// What is changed: `page`, `page#section`, `vars.yaml#name`; with `LANG:` before it outside of the source
    /// language.
    pub address: String,
    /// The operation.
    pub op: Op,
    /// The source text that it depends on, as it is below the layer.
    pub depends: String,
    /// The layer's own text; empty where it only takes away.
    pub own: String,
    /// Where the layer says so.
    pub place: Place,
    /// The address by which the layer still names it, where the page has been renamed since.
    pub former: Option<String>,
}

/// Sections that layers have taken away, by language, page and id, each with the change that did it.
pub type Gone = BTreeMap<(Lang, PageId, Box<str>), Arc<Change>>;

/// The pages and files of an edition while layers are applied.
#[derive(Debug)]
pub struct Merge<'a> {
    config: &'a Config,
    options: Options,
    /// The pages.
    pub pages: Pages,
    /// Data files and assets.
    pub found: Found,
    /// The pages that were hidden.
    pub hidden: BTreeMap<PageId, Hidden>,
    /// Everything that layers change.
    pub overrides: Vec<Override>,
    /// What only `check` reports.
    pub notes: Vec<Diagnostic>,
    /// The place of the layer that is being applied in the stack.
    rank: usize,
    /// Sections that were taken away.
    pub gone: Gone,
    /// The layers that the files which are passed on come from, by path.
    owners: BTreeMap<Arc<str>, Arc<str>>,
    /// The pages that the layer names by old ids, with these.
    renamed: BTreeMap<PageId, PageId>,
}

impl<'a> Merge<'a> {
    /// Begins with the book itself.
    pub fn new(config: &'a Config, options: Options, pages: Pages, found: Found) -> Self {
        Merge {
            config,
            options,
            pages,
            found,
            hidden: BTreeMap::new(),
            overrides: Vec::new(),
            notes: Vec::new(),
            rank: 0,
            gone: BTreeMap::new(),
            owners: BTreeMap::new(),
            renamed: BTreeMap::new(),
        }
    }

    /// Applies one layer.
    pub fn apply(&mut self, layer: &Layer, out: &mut Vec<Diagnostic>) {
        self.rank += 1;
        let mut found = sort_files(&layer.source, self.config, out);
        let files = std::mem::take(&mut found.pages);
        let mut read: Vec<LayerPage> =
            files.iter().map(|(lang, id, file)| LayerPage::read(id, lang, file, out)).collect();
        self.renamed.clear();
        for page in &mut read {
            self.follow(page, out);
        }
        read.retain(|page| self.options.drafts || !page.is_draft_change());
        let source = self.config.source_lang();
        read.sort_by_key(|page| page.lang != *source);
        let own: BTreeSet<(Lang, PageId)> =
            read.iter().map(|page| (Arc::clone(&page.lang), Arc::clone(&page.id))).collect();
        let mut patches = Vec::new();
        for page in read {
            if let Some(patch) = self.page(layer, page, &own, out) {
                patches.push(patch);
            }
        }
        self.patch_translations(layer, &patches, &own, out);
        self.take_files(layer, found, out);
    }

    /// Lets a change of a page that has been renamed follow it by the page's aliases.
    fn follow(&mut self, page: &mut LayerPage, out: &mut Vec<Diagnostic>) {
        let pages = &self.pages.by_lang[self.config.source_lang()];
        let is_change = !matches!(page.what, What::Add(_) | What::Nothing);
        let is_known = pages.contains_key(&page.id) || self.hidden.contains_key(&page.id);
        if !is_change || is_known || self.pages.left_out.contains(&page.id) {
            return;
        }
        let mut found = pages.values().filter(|other| other.front.aliases.iter().any(|alias| **alias == *page.id));
        let Some(other) = found.next() else { return };
        let message = format!("the page `{}` is now `{}`", page.id, other.id);
        let path = format!("content/{}/{}", page.lang, other.file.below().splitn(3, '/').nth(2).unwrap_or_default());
        let warning = Diagnostic::new(Code::W025, message).at(page.place()).address(&*other.id);
        let warning = warning.related(other.place(&["aliases".into()], Part::Value), "by this alias");
        out.push(warning.help(format!("rename the file to {path}; links in it lead from there")));
        self.renamed.insert(Arc::clone(&other.id), Arc::clone(&page.id));
        page.follow(&Arc::clone(&other.id));
    }

    /// Applies one file of a layer; returns it if it is a patch in the source language.
    fn page(
        &mut self,
        layer: &Layer,
        page: LayerPage,
        own: &BTreeSet<(Lang, PageId)>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<LayerPage> {
        if self.is_hidden(&page, out) {
            return None;
        }
        match page.what {
            What::Add(new) => self.add(layer, *new, out),
            What::Replace(..) => self.replace(layer, page, own, out),
            What::Hide { .. } => self.hide(layer, page, out),
            What::Patch(..) => {
                self.patch(layer, &page, out);
                return (page.lang == *self.config.source_lang()).then_some(page);
            }
            What::Nothing => {}
        }
        None
    }

    /// Reports a change of a page that a layer below has hidden.
    fn is_hidden(&self, page: &LayerPage, out: &mut Vec<Diagnostic>) -> bool {
        let Some(hidden) = self.hidden.get(&page.id) else { return false };
        let message = format!("the page `{}` has been hidden by the layer `{}`", page.id, hidden.layer);
        let fault = Diagnostic::new(Code::E084, message).at(page.place()).address(&*page.id);
        out.push(
            fault.related(hidden.place.clone(), "hidden here").help("take the change out of one of the two layers"),
        );
        true
    }

    fn add(&mut self, layer: &Layer, mut page: Page, out: &mut Vec<Diagnostic>) {
        if page.front.draft && !self.options.drafts {
            self.pages.left_out.insert(Arc::clone(&page.id));
            return;
        }
        check_place_in_book(&page, self.config, out);
        if let Some((id, place)) = self.locked(&page.lang, &page.id).into_iter().next() {
            let what = if id.is_empty() { "page is".to_owned() } else { format!("section `{id}` is") };
            let message = format!("the {what} locked: a layer must not translate the page");
            let fault = Diagnostic::new(Code::E085, message).at(Place::whole(&page.file)).address(&*page.id);
            out.push(fault.related(place, "locked here").help("take the page out: the translation is the book's"));
            return;
        }
        let pages = self.pages.by_lang.entry(Arc::clone(&page.lang)).or_default();
        if let Some(other) = pages.get(&page.id) {
            if other.file.below() != page.file.below() {
                out.push(beside_folder(&page, other));
                return;
            }
            let message =
                format!("the page `{}` is there already, and this one does not say what it does to it", page.id);
            let fault = Diagnostic::new(Code::E081, message).at(Place::whole(&page.file)).address(&*page.id);
            let fault = fault.related(Place::whole(&other.file), "the page below");
            out.push(
                fault.help("write `op: patch` to change sections, `op: replace`, or `op: hide`; or rename the page"),
            );
            return;
        }
        mark_whole(&mut page, layer, Op::AddPage, None, Vec::new());
        pages.insert(Arc::clone(&page.id), Arc::new(page));
    }

    /// Returns the sections that a translation of a page must leave as they are, with the places in the source language
    /// where that is said, and the page as a whole under an empty id; none for the source language, which says it itself.
    fn locked(&self, lang: &Lang, id: &PageId) -> Locked {
        let source = self.config.source_lang();
        let page = self.pages.by_lang[source].get(id).filter(|_| lang != source);
        let headings = page.into_iter().flat_map(|page| page.document.locked().map(move |found| (page, found)));
        let sections = headings.map(|(page, (at, heading))| (heading.id.clone(), place_of(page, at, heading)));
        let whole = page.filter(|page| page.front.locked.is_some());
        sections.chain(whole.map(|page| ("".into(), page.place(&["locked".into()], Part::Value)))).collect()
    }

    /// Returns the page that a file of a layer changes; reports when there is none.
    fn target(&self, page: &LayerPage, out: &mut Vec<Diagnostic>) -> Option<Arc<Page>> {
        let found = self.pages.by_lang.get(&page.lang).and_then(|pages| pages.get(&page.id));
        if found.is_none() && !self.pages.left_out.contains(&page.id) {
            let source = self.pages.by_lang[self.config.source_lang()].get(&page.id);
            let message = if source.is_some() {
                format!("the page `{}` has no translation into `{}` to change", page.id, page.lang)
            } else {
                format!("there is no page `{}` to change", page.id)
            };
            let fault = Diagnostic::new(Code::E082, message).at(page.place()).address(&*page.id);
            let fault = fault.help("name the file as the page's own, or leave `op` out to add a page");
            let pages = self.pages.by_lang.get(&page.lang);
            let known = pages.into_iter().flat_map(BTreeMap::keys).map(|id| &**id);
            let near = nearest(&page.id, known.clone()).and_then(|near| pages?.get(near));
            let fault = match (source, near) {
                (Some(source), _) => fault.related(Place::whole(&source.file), "the page in the source language"),
                (None, Some(near)) => fault.related(Place::whole(&near.file), "the page of the nearest name"),
                (None, None) => fault,
            };
            out.push(fault.suggest_near(&page.id, known));
        }
        found.map(Arc::clone)
    }

    fn replace(&mut self, layer: &Layer, file: LayerPage, own: &BTreeSet<(Lang, PageId)>, out: &mut Vec<Diagnostic>) {
        let Some(below) = self.target(&file, out) else { return };
        let place = file.place();
        if is_kept(layer, &file, &below, &self.locked(&below.lang, &below.id), out) {
            return;
        }
        let over = place.clone();
        let What::Replace(mut page, reason) = file.what else { return };
        check_place_in_book(&page, self.config, out);
        self.record(layer, &page.lang, &page.id, "", Op::ReplacePage, page_text(&below), page_text(&page), over);
        let replaced = below.document.blocks.clone();
        mark_whole(&mut page, layer, Op::ReplacePage, Some(reason), replaced);
        self.forget_sections(&below, &page);
        let source = self.config.source_lang();
        for (lang, pages) in &mut self.pages.by_lang {
            // A replaced page whose translation is not replaced, too, falls back to the source language.
            if page.lang == *source && lang != source && !own.contains(&(Arc::clone(lang), Arc::clone(&page.id))) {
                pages.remove(&page.id);
            }
            if *lang == page.lang {
                pages.remove(&page.id);
            }
        }
        let id = Arc::clone(&page.id);
        self.pages.by_lang.entry(Arc::clone(&page.lang)).or_default().insert(id, Arc::new(*page));
    }

    /// Notes the sections that a page has and the one in its place has not.
    fn forget_sections(&mut self, below: &Page, page: &Page) {
        let Some(Placed { change, .. }) = page.document.changes.first() else { return };
        let sections = below.document.headings().filter(|heading| heading.is_section);
        for heading in sections.filter(|heading| page.document.section(&heading.id).is_none()) {
            let key = (Arc::clone(&page.lang), Arc::clone(&page.id), heading.id.clone());
            self.gone.insert(key, Arc::clone(change));
        }
    }

    fn hide(&mut self, layer: &Layer, file: LayerPage, out: &mut Vec<Diagnostic>) {
        if file.lang != *self.config.source_lang() {
            let message =
                format!("a page is hidden in all languages at once: by a file in `{}`", self.config.source_lang());
            let help = "move this file to the source language's folder";
            out.push(Diagnostic::new(Code::E086, message).at(file.place()).address(&*file.id).help(help));
            return;
        }
        let Some(below) = self.target(&file, out) else { return };
        if is_kept(layer, &file, &below, &Locked::new(), out) {
            return;
        }
        let place = file.place_of("redirect");
        let What::Hide { redirect, reason } = file.what else { return };
        self.record(layer, &file.lang, &file.id, "", Op::Remove, page_text(&below), String::new(), place.clone());
        for pages in self.pages.by_lang.values_mut() {
            pages.remove(&file.id);
        }
        let layer = Arc::clone(&layer.manifest.name);
        let hidden = Hidden { layer, redirect, reason, place, page: below };
        self.hidden.insert(file.id, hidden);
    }

    fn patch(&mut self, layer: &Layer, file: &LayerPage, out: &mut Vec<Diagnostic>) {
        let Some(below) = self.target(file, out) else { return };
        let What::Patch(front, operations) = &file.what else { return };
        let before = out.len();
        let document = self.operate(layer, file, &below, operations, out);
        for fault in &mut out[before..] {
            fault.address.get_or_insert_with(|| file.id.to_string());
        }
        check_walks(layer, file, front, &below, out);
        check_keys(layer, file, &below, &self.locked(&below.lang, &below.id), out);
        let patch = file.data.as_ref().map(|data| (&**front, data));
        self.record_front(layer, file, &below, patch);
        let page = below.patched(document, patch, &file.file);
        let pages = self.pages.by_lang.entry(Arc::clone(&file.lang)).or_default();
        pages.insert(Arc::clone(&file.id), Arc::new(page));
    }

    /// Applies operations to a page, which may be in another language than they are.
    fn operate(
        &mut self,
        layer: &Layer,
        file: &LayerPage,
        below: &Page,
        operations: &[Operation],
        out: &mut Vec<Diagnostic>,
    ) -> Document {
        let is_translated = below.lang == file.lang;
        let mut draft = Draft::new(&below.file, &below.document);
        draft.locked = self.locked(&below.lang, &below.id);
        draft.is_strict = is_translated;
        for operation in operations {
            let place = Place::new(&file.file, operation.span.clone());
            let is_outside = operation.section.is_empty() && operation.op.stands_outside();
            if let Some(fault) = page_is_locked(below, &draft.locked, place, "change it").filter(|_| !is_outside) {
                out.push(fault);
                continue;
            }
            let beside;
            let mut operation = operation;
            if !draft.has(&operation.section) {
                if is_translated {
                    out.push(self.missing(file, below, &draft, operation));
                    continue;
                }
                // The translation lacks the section: what is to be read there stands at the end of the page.
                if operation.op == Op::Remove {
                    continue;
                }
                beside = Operation { op: Op::After, section: String::new(), ..operation.clone() };
                operation = &beside;
            }
            let notes = format!("{}:{}:", layer.manifest.name, operation.body.start);
            let (part, faults) = document::parse_part(&file.file, operation.body.clone(), &notes);
            if is_translated {
                out.extend(faults);
            }
            let own = file.file.text[operation.body.clone()].trim().to_owned();
            let name = &layer.manifest.name;
            let Some(applied) = draft.apply(name, &file.file, operation, below.title(), part, out) else { continue };
            for id in applied.gone {
                let key = (Arc::clone(&below.lang), Arc::clone(&below.id), id);
                self.gone.insert(key, Arc::clone(&applied.change));
            }
            if is_translated {
                let (op, place) = (operation.op, applied.change.place());
                self.record(layer, &below.lang, &below.id, &operation.section, op, applied.depends, own, place);
            }
        }
        draft.finish()
    }

    /// Says that a section is not there, or not there any more.
    fn missing(&self, file: &LayerPage, below: &Page, draft: &Draft<'_>, operation: &Operation) -> Diagnostic {
        let section = &operation.section;
        let place = Place::new(&file.file, operation.span.clone());
        let key = (Arc::clone(&file.lang), Arc::clone(&file.id), section.as_str().into());
        if let Some(change) = self.gone.get(&key) {
            let message = format!("the section `{section}` has been taken away by the layer `{}`", change.layer);
            let fault = Diagnostic::new(Code::E084, message).at(place);
            let fault = fault.related(change.place(), "taken away here");
            return fault.help("take the block out, or name another section");
        }
        let message = format!("the page `{}` has no section `{section}`", file.id);
        let fault = Diagnostic::new(Code::E082, message).at(place).address(&*file.id);
        let fault = fault.related(Place::whole(&below.file), "the page below");
        let fault = fault.help("only headings with an explicit id can be named: `## … {#id}`");
        fault.suggest(section, draft.sections())
    }

    /// Lets what a layer says in the source language alone stand in the translations, too.
    fn patch_translations(
        &mut self,
        layer: &Layer,
        patches: &[LayerPage],
        own: &BTreeSet<(Lang, PageId)>,
        out: &mut Vec<Diagnostic>,
    ) {
        for lang in &self.config.languages[1..] {
            for file in patches.iter().filter(|file| !own.contains(&(Arc::clone(lang), Arc::clone(&file.id)))) {
                let What::Patch(_, operations) = &file.what else { continue };
                let below = self.pages.by_lang.get(lang).and_then(|pages| pages.get(&file.id)).map(Arc::clone);
                let Some(below) = below.filter(|_| !operations.is_empty()) else { continue };
                let before = out.len();
                let document = self.operate(layer, file, &below, operations, out);
                for fault in &mut out[before..] {
                    fault.address = Some(file.id.to_string());
                }
                let page = below.patched(document, None, &file.file);
                self.pages.by_lang.entry(Arc::clone(lang)).or_default().insert(Arc::clone(&file.id), Arc::new(page));
                let message =
                    format!("the layer changes the page `{}` in `{}` but not in `{lang}`", file.id, file.lang);
                let note = Diagnostic::new(Code::W023, message).at(Place::whole(&file.file)).address(&*file.id);
                let path = file.file.below().splitn(3, '/').nth(2).unwrap_or_default().to_owned();
                self.notes.push(note.help(format!("write content/{lang}/{path} with `op: patch` and the same blocks")));
            }
        }
    }

    /// Takes over data files and assets.
    fn take_files(&mut self, layer: &Layer, found: Found, out: &mut Vec<Diagnostic>) {
        for (key, files) in found.data {
            let ranked = files.into_iter().map(|file| Ranked { rank: self.rank, ..file });
            self.found.data.entry(key).or_default().extend(ranked);
        }
        for (id, files) in found.flow_patches {
            self.found.flow_patches.entry(id).or_default().extend(files);
        }
        for ((lang, id), file) in found.flows {
            match self.found.flows.get(&(Arc::clone(&lang), Arc::clone(&id))) {
                Some(below) => {
                    let message = format!("the flow `{id}` is there already in `{lang}`");
                    let mut fault = Diagnostic::new(Code::E081, message).at(Place::whole(&file));
                    fault.layer = Some(layer.manifest.name.to_string());
                    let fault = fault.related(Place::whole(below), "the flow below");
                    out.push(fault.help(format!(
                        "give the layer's own flow another name, or change this one in flows/{id}.patch.yaml"
                    )));
                }
                None => {
                    self.found.flows.insert((lang, id), file);
                }
            }
        }
        let mut replacing = Replacing::new(layer, files::CONTENT);
        for (path, asset) in found.assets {
            if let Some(below) = self.found.assets.get(&path) {
                let whole = format!("{}{path}", files::CONTENT);
                let place = |asset: &Asset| Place::of_path(Arc::clone(&asset.path));
                let content = |asset: &Asset| asset.digest.to_string();
                let layer = self.owners.get(&path).cloned();
                let help = format!("write `[files] \"{whole}\" = {{ op = \"replace\" }}` in {}", manifest::FILE);
                let below = files::Below { layer, place: place(below), content: content(below) };
                let change = replacing.may_replace(&whole, place(&asset), content(&asset), &below, &help, out);
                let Some(change) = change else { continue };
                self.overrides.push(change);
            }
            self.owners.insert(Arc::clone(&path), Arc::clone(&layer.manifest.name));
            self.found.assets.insert(path, asset);
        }
        replacing.finish(out);
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of the record")]
    fn record(
        &mut self,
        layer: &Layer,
        lang: &Lang,
        page: &str,
        section: &str,
        op: Op,
        depends: String,
        own: String,
        place: Place,
    ) {
        let language = if lang == self.config.source_lang() { String::new() } else { format!("{lang}:") };
        let section = if section.is_empty() { String::new() } else { format!("#{section}") };
        let address = format!("{language}{page}{section}");
        let (id, key) = page.split_at(page.find('@').unwrap_or(page.len()));
        let former = self.renamed.get(id).map(|id| format!("{language}{id}{key}{section}"));
        let layer = Arc::clone(&layer.manifest.name);
        self.overrides.push(Override { layer, address, op, depends, own, place, former });
    }

    /// Records the keys of front matter that a patch replaces.
    fn record_front(&mut self, layer: &Layer, file: &LayerPage, below: &Page, patch: Option<(&FrontMatter, &Data)>) {
        let Some((front, _)) = patch else { return };
        let texts = [
            ("title", Some(below.front.title.clone()), Some(front.title.clone()).filter(|title| !title.is_empty())),
            ("summary", below.front.summary.clone(), front.summary.clone()),
            ("owner", below.front.owner.clone(), front.owner.clone()),
        ];
        for (key, depends, own) in texts {
            let Some(own) = own else { continue };
            let page = format!("{}@{key}", file.id);
            let depends = depends.unwrap_or_default();
            self.record(layer, &file.lang, &page, "", Op::ReplaceBody, depends, own, file.place_of(key));
        }
    }

    /// Checks what can only be seen when all layers have been applied: headings, redirects, placements.
    pub fn finish(&mut self, out: &mut Vec<Diagnostic>) {
        if self.rank == 0 {
            return;
        }
        for pages in self.pages.by_lang.values_mut() {
            for page in pages.values_mut().filter(|page| !page.document.changes.is_empty()) {
                if let Some(page) = Arc::get_mut(page) {
                    check_headings(page, out);
                }
            }
        }
        self.check_redirects(out);
        self.pages.left_out.extend(self.hidden.keys().cloned());
    }

    /// Reports redirects that lead nowhere, to a hidden page without end, or in a circle.
    fn check_redirects(&mut self, out: &mut Vec<Diagnostic>) {
        let pages = &self.pages.by_lang[self.config.source_lang()];
        let mut ends = BTreeMap::new();
        for (id, hidden) in &self.hidden {
            let mut seen = vec![&**id];
            let mut to = &*hidden.redirect;
            let fault = |message: String| Diagnostic::new(Code::E088, message).at(hidden.place.clone()).address(&**id);
            let end = loop {
                if seen.contains(&to) {
                    let way = [seen.as_slice(), &[to]].concat().join("` → `");
                    let fault = fault(format!("the redirects of hidden pages go in a circle: `{way}`"));
                    let last = &self.hidden[*seen.last().unwrap_or(&to)];
                    out.push(
                        fault.related(last.place.clone(), "the last one").help("redirect to a page that is not hidden"),
                    );
                    break None;
                }
                match self.hidden.get(to) {
                    Some(next) => {
                        seen.push(to);
                        to = &next.redirect;
                    }
                    None => break Some(to),
                }
            };
            let Some(end) = end else { continue };
            if pages.contains_key(end) {
                ends.insert(Arc::clone(id), end.to_owned());
                continue;
            }
            let fault = fault(format!("the page `{id}` is hidden, but its redirect `{end}` is not a page"));
            let fault = fault.related(Place::whole(&hidden.page.file), "the hidden page");
            let fault = fault.help("name the id of a page that takes its place");
            out.push(fault.suggest_near(end, pages.keys().map(|id| &**id)));
        }
        for (id, end) in ends {
            if let Some(hidden) = self.hidden.get_mut(&id) {
                hidden.redirect = end;
            }
        }
    }
}

/// Sections that are locked, with the places where that is said.
pub type Locked = BTreeMap<Box<str>, Place>;

pub(super) fn place_of(page: &Page, at: usize, heading: &document::Heading) -> Place {
    Place::new(page.document.file_at(at, &page.file), span(&heading.span))
}

/// Says of every block of a page that it comes from a layer.
fn mark_whole(page: &mut Page, layer: &Layer, op: Op, reason: Option<String>, replaced: Vec<Block>) {
    let change = Change {
        layer: Arc::clone(&layer.manifest.name),
        op,
        section: "".into(),
        level: 1,
        reason,
        file: Arc::clone(&page.file),
        span: 0..0,
        replaced,
    };
    let blocks = 0..page.document.blocks.len();
    page.document.changes = vec![Placed { blocks, change: Arc::new(change) }];
}

/// Checks the headings of a page that layers have changed, and makes ids for those that have none.
fn check_headings(page: &mut Page, out: &mut Vec<Diagnostic>) {
    let before = out.len();
    headings::check(&page.document.blocks, |at, heading| place_of(page, at, heading), out);
    for fault in &mut out[before..] {
        fault.address = Some(page.id.to_string());
    }
    for block in &mut page.document.blocks {
        if let Block::Heading(heading) = block
            && !heading.is_section
        {
            heading.id = "".into();
        }
    }
    headings::give_ids(&mut page.document.blocks);
    page.anchors = anchors(&page.document);
}

fn span(span: &document::Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}

/// Returns what a page says: its title, its summary and its text.
fn page_text(page: &Page) -> String {
    let file: &Arc<TextFile> = &page.file;
    let text = Draft::new(file, &page.document).whole_text();
    let parts = [page.title(), page.front.summary.as_deref().unwrap_or_default(), &text];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Places the pages of layers among their neighbours.
///
/// `order` are the children of one section, `placements` what their pages say; a page whose neighbour is not
/// among them is reported (`E090`) and stays where it is.
pub fn place(order: &mut Vec<PageId>, pages: &BTreeMap<PageId, Arc<Page>>, out: &mut Vec<Diagnostic>) {
    let wishes: Vec<(PageId, &Placement)> =
        order.iter().filter_map(|id| Some((Arc::clone(id), pages.get(id)?.front.placement.as_ref()?))).collect();
    let mut waiting: Vec<&(PageId, &Placement)> = Vec::new();
    for wish in &wishes {
        if order.iter().any(|id| **id == *wish.1.beside && *id != wish.0) {
            waiting.push(wish);
            continue;
        }
        let (id, placement) = wish;
        let word = if placement.before { "before" } else { "after" };
        let place = pages[id].place(&[word.into()], crate::data::Part::Value);
        let message = format!("`{word}: {}` does not name a page of the same section", placement.beside);
        let fault = Diagnostic::new(Code::E090, message).at(place).address(&**id);
        let others = || order.iter().filter(|other| *other != id).map(|id| &**id);
        let near = nearest(&placement.beside, others()).map(|near| Place::whole(&pages[near].file));
        let fault =
            fault.related_if(near, "the page of the nearest name").help("name the id of a page beside this one");
        out.push(fault.suggest_near(&placement.beside, others()));
    }
    // A page that waits for another one is placed when that one has been.
    while !waiting.is_empty() {
        let is_ready = |wish: &&(PageId, &Placement)| !waiting.iter().any(|other| *other.0 == *wish.1.beside);
        let Some(at) = waiting.iter().position(is_ready) else {
            let (id, placement) = waiting[0];
            let word = if placement.before { "before" } else { "after" };
            let place = pages[id].place(&[word.into()], crate::data::Part::Value);
            let other = &pages[&*placement.beside];
            let message = format!("the page `{id}` is placed beside a page that is placed beside it");
            let fault = Diagnostic::new(Code::E090, message).at(place).address(&**id);
            let fault = fault.related(Place::whole(&other.file), "the page that it is placed beside");
            out.push(fault.help("place one of them by another page"));
            return;
        };
        let (id, placement) = waiting.remove(at);
        order.retain(|other| other != id);
        let beside = order.iter().position(|other| **other == *placement.beside).unwrap_or_default();
        let mut at = if placement.before { beside } else { beside + 1 };
        // Pages that are placed after the same one stand in the order of their ids.
        let same = |id: &PageId| pages[id].front.placement.as_ref() == Some(placement);
        while !placement.before && order.get(at).is_some_and(same) {
            at += 1;
        }
        order.insert(at, Arc::clone(id));
    }
}
