//! Finding the pages, data files and assets among the source's files, and the names that they may have.
//!
//! It is given the source and returns the pages by language; every file below `content/` is either used or
//! reported.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use ahash::AHashMap;
use rayon::prelude::*;

use super::page::is_page_id;
use super::{Book, Frame, Options, Page, PageId, Searched};
use crate::config::{self, Config, Lang, is_id};
use crate::data::Part;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::document;
use crate::flow::FlowId;
use crate::layer::Hidden;
use crate::layer::data::Ranked;
use crate::layer::merge::Override;
use crate::publish::manifest;
use crate::site::paths;
use crate::source::{Asset, File, Source, TextFile};

/// Data files that a language's folder may hold.
const DATA_FILES: [&str; 3] = ["glossary.yaml", "contacts.yaml", "vars.yaml"];

/// Names that pages and folders at the top of a language must not have, besides the language codes.
pub const RESERVED: [&str; 5] = ["search", "404", "flows", "print", "assets"];

/// The files below `content/`, sorted by what they are.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The pages.
    pub pages: Vec<(Lang, PageId, Arc<TextFile>)>,
    /// The data files by language and name: the book's, then those of the layers from the lowest up.
    pub data: BTreeMap<(Lang, &'static str), Vec<Ranked>>,
    /// The files of flows, by language and id.
    pub flows: BTreeMap<(Lang, FlowId), Arc<TextFile>>,
    /// What layers change in flows, by id, from the lowest layer up.
    pub flow_patches: BTreeMap<FlowId, Vec<Arc<TextFile>>>,
    /// Everything else, by path below `content/`.
    pub assets: BTreeMap<Arc<str>, Arc<Asset>>,
}

impl Found {
    /// Returns the digests of all data files and of the flows with their paths, in order.
    pub fn data_files(&self) -> Vec<Digest> {
        let flows = self.flows.values().chain(self.flow_patches.values().flatten());
        let flows = flows.flat_map(|file| [Digest::of(file.path.as_bytes()), file.digest]);
        self.data.values().flatten().map(|ranked| ranked.file.digest).chain(flows).collect()
    }

    /// Reads one kind of data file in every language; `read` is told the source language's result, too.
    pub fn each<T: Default>(
        &self,
        config: &Config,
        name: &'static str,
        read: impl Fn(&[Ranked], Option<&T>, &mut Vec<Override>, &mut Vec<Diagnostic>) -> T,
        changes: &mut Vec<Override>,
        out: &mut Vec<Diagnostic>,
    ) -> BTreeMap<Lang, T> {
        let mut parts: BTreeMap<Lang, T> = BTreeMap::new();
        for lang in &config.languages {
            let Some(files) = self.data.get(&(Arc::clone(lang), name)) else { continue };
            let part = read(files, parts.get(config.source_lang()), changes, out);
            parts.insert(Arc::clone(lang), part);
        }
        parts.entry(Arc::clone(config.source_lang())).or_default();
        parts
    }
}

/// Sorts the files below `content/`; reports those that are in no language or have impossible names.
pub fn sort_files(source: &Source, config: &Config, out: &mut Vec<Diagnostic>) -> Found {
    let mut found = Found::default();
    for (path, file) in source.below("content") {
        let Some((first, rest)) = path.split_once('/') else {
            if path != "statements.yaml" {
                out.push(stray(file, path));
            } else if file.place().file.layer.is_some() {
                let fault = Diagnostic::new(Code::E005, "a layer has no statements of its own").at(file.place());
                out.push(fault.help("take the file out: the statements are those of the book's source"));
            }
            continue;
        };
        let Some(lang) = config.languages.iter().find(|lang| ***lang == *first) else {
            let message = format!("`content/{first}` is not the folder of one of the book's languages");
            let known = config.languages.iter().map(|lang| &**lang);
            out.push(Diagnostic::new(Code::E005, message).at(file.place()).suggest(first, known));
            continue;
        };
        match file {
            File::Asset(asset) => {
                if let Some(name) = reserved(rest, config) {
                    out.push(reserved_fault(name).at(file.place()));
                }
                found.assets.insert(path.into(), Arc::clone(asset));
            }
            File::Text(text) => sort_text(lang, rest, text, &mut found, out),
        }
    }
    found
}

fn sort_text(lang: &Lang, path: &str, file: &Arc<TextFile>, found: &mut Found, out: &mut Vec<Diagnostic>) {
    if let Some(stem) = path.strip_suffix(".md") {
        let id = match stem.strip_suffix("/index") {
            Some(folder) => folder,
            None => stem,
        };
        if check_name(id, file, out) {
            found.pages.push((Arc::clone(lang), id.into(), Arc::clone(file)));
        }
    } else if let Some(name) = DATA_FILES.iter().find(|name| **name == path) {
        found.data.insert((Arc::clone(lang), name), vec![Ranked { rank: 0, file: Arc::clone(file) }]);
    } else if let (Some(id), Some(_)) = (path.strip_suffix(".patch.yaml").and_then(patched_flow), &file.layer) {
        found.flow_patches.entry(id.into()).or_default().push(Arc::clone(file));
    } else if let Some(id) = flow_id(path) {
        found.flows.insert((Arc::clone(lang), id.into()), Arc::clone(file));
    } else {
        let message = format!("opas does not know what `{path}` is for");
        let fault = Diagnostic::new(Code::E005, message).at(Place::whole(file));
        out.push(fault.suggest(path, DATA_FILES));
    }
}

fn patched_flow(path: &str) -> Option<&str> {
    path.strip_prefix("flows/").filter(|id| is_id(id))
}

/// Returns the id of the flow that a file below a language's folder holds.
pub fn flow_id(path: &str) -> Option<&str> {
    path.strip_prefix("flows/")?.strip_suffix(".yaml").filter(|id| is_id(id))
}

fn check_name(id: &str, file: &Arc<TextFile>, out: &mut Vec<Diagnostic>) -> bool {
    if is_page_id(id) {
        return true;
    }
    let part = id.split('/').find(|part| !is_id(part)).unwrap_or(id);
    let fault = Diagnostic::new(Code::E005, format!("`{part}` cannot be the name of a page or folder"));
    let help =
        format!("rename it with lower-case letters a to z, digits and hyphens, such as `{}`", document::slug(part));
    out.push(fault.at(Place::whole(file)).help(help));
    false
}

fn stray(file: &File, path: &str) -> Diagnostic {
    let fault = Diagnostic::new(Code::E005, format!("opas does not know what `content/{path}` is for"));
    fault.at(file.place()).suggest(path, ["statements.yaml"])
}

/// Pages as they were parsed, by path, to be used again while their files stay the same.
///
/// What a page is depends on its path and its text alone ([`Page::read`]).
#[derive(Debug, Default)]
pub struct Parsed {
    by_path: AHashMap<Arc<str>, Alone>,
    /// The pages, by path and digest of the file, all of whose references led somewhere when the book's reach
    /// was this one.
    sound: AHashMap<Arc<str>, Digest>,
    reach: Option<Digest>,
    /// What could be found in the book of before.
    pub searched: Searched,
    /// What followed from everything but the texts, if that had no faults.
    pub frame: Option<Frame>,
}

/// A page with the faults that it has by itself.
pub type Alone = (Arc<Page>, Arc<[Diagnostic]>);

impl Parsed {
    /// Begins with what could be found in another edition, and nothing else.
    pub fn after(searched: &Searched) -> Self {
        Parsed { searched: Arc::clone(searched), ..Parsed::default() }
    }

    /// Returns what a file was parsed to, if it still says the same.
    fn get(&self, lang: &Lang, id: &PageId, file: &TextFile) -> Option<Alone> {
        let (page, faults) = self.by_path.get(&file.path)?;
        let is_same = page.file.digest == file.digest && page.lang == *lang && page.id == *id;
        is_same.then(|| (Arc::clone(page), Arc::clone(faults)))
    }

    /// Forgets which pages are sound if other things can be referred to than before.
    pub fn reaches(&mut self, reach: Option<Digest>) {
        if self.reach != reach {
            self.sound.clear();
            self.reach = reach;
        }
    }

    /// Returns whether all references of a page are known to lead somewhere.
    pub fn is_sound(&self, page: &Page) -> bool {
        self.sound.get(&page.file.path) == Some(&page.digest)
    }

    /// Notes that all references of a page lead somewhere.
    pub fn found_sound(&mut self, page: &Page) {
        self.sound.insert(Arc::clone(&page.file.path), page.digest);
    }

    /// Keeps what was parsed, and nothing else.
    fn keep(&mut self, new: Vec<Alone>, all: &[(Lang, PageId, Arc<TextFile>)]) {
        self.by_path.extend(new.into_iter().map(|alone| (Arc::clone(&alone.0.file.path), alone)));
        if self.by_path.len() > all.len() {
            let paths: HashSet<&str> = all.iter().map(|(_, _, file)| &*file.path).collect();
            self.by_path.retain(|path, _| paths.contains(&**path));
            self.sound.retain(|path, _| paths.contains(&**path));
        }
    }
}

/// The pages of an edition.
#[derive(Debug)]
pub struct Pages {
    /// By language and id.
    pub by_lang: BTreeMap<Lang, BTreeMap<PageId, Arc<Page>>>,
    /// The ids of drafts that were left out.
    pub left_out: BTreeSet<PageId>,
}

/// Reads all pages in parallel, in the order of their files; those that were parsed before are used again.
pub fn parse(found: &mut Found, parsed: &mut Parsed) -> Vec<Alone> {
    let files = std::mem::take(&mut found.pages);
    let read = |(lang, id, file): &(Lang, PageId, Arc<TextFile>)| {
        if let Some(known) = parsed.get(lang, id, file) {
            return (known, false);
        }
        let (page, faults) = Page::read(Arc::clone(id), lang, file);
        ((Arc::new(page), faults.into()), true)
    };
    let read: Vec<(Alone, bool)> = files.par_iter().map(read).collect();
    parsed.keep(read.iter().filter(|(_, is_new)| *is_new).map(|(alone, _)| alone.clone()).collect(), &files);
    read.into_iter().map(|(alone, _)| alone).collect()
}

/// Sorts pages that were read by language and id, without drafts unless they are wanted.
pub fn collect(read: &[Alone], config: &Config, options: Options, out: &mut Vec<Diagnostic>) -> Pages {
    let mut lists: BTreeMap<Lang, Vec<(PageId, Arc<Page>)>> = BTreeMap::new();
    lists.insert(Arc::clone(config.source_lang()), Vec::new());
    let mut left_out = BTreeSet::new();
    for (page, faults) in read {
        out.extend(faults.iter().cloned());
        if page.front.draft && !options.drafts {
            left_out.insert(Arc::clone(&page.id));
            continue;
        }
        check_place_in_book(page, config, out);
        lists.entry(Arc::clone(&page.lang)).or_default().push((Arc::clone(&page.id), Arc::clone(page)));
    }
    let mut by_lang = BTreeMap::new();
    for (lang, mut list) in lists {
        list.sort_by(|a, b| a.0.cmp(&b.0));
        list.dedup_by(|(id, page), (first, other)| {
            let is_taken = id == first;
            if is_taken {
                out.push(beside_folder(page, other));
            }
            is_taken
        });
        // Made from a list in order, a map takes a fraction of the time.
        by_lang.insert(lang, list.into_iter().collect());
    }
    Pages { by_lang, left_out }
}

/// Reports `a.md` beside `a/index.md`: both would be the page `a`.
pub fn beside_folder(page: &Page, other: &Page) -> Diagnostic {
    let message = format!("`{}` and `{}` are both the page `{}`", other.file.path, page.file.path, page.id);
    Diagnostic::new(Code::E006, message)
        .at(Place::whole(&page.file))
        .related(Place::whole(&other.file), "the other file")
        .address(&*page.id)
        .help("keep one of the two; move the text of the other into it")
}

/// Returns the reserved name that a path below a language's folder begins with.
pub fn reserved<'p>(path: &'p str, config: &Config) -> Option<&'p str> {
    let first = path.split('/').next().unwrap_or_default();
    let name = first.strip_suffix(".html").unwrap_or(first);
    let is_language = config.languages.iter().any(|lang| **lang == *name);
    (is_language || RESERVED.contains(&name) || name == manifest::NAME).then_some(name)
}

fn reserved_fault(name: &str) -> Diagnostic {
    let message = format!("the name `{name}` is reserved at the top of the book");
    Diagnostic::new(Code::E007, message).help("give the page, file or folder another name")
}

/// Reports a reserved name, and a page of the source language that says it is a translation.
pub fn check_place_in_book(page: &Page, config: &Config, out: &mut Vec<Diagnostic>) {
    if let Some(name) = reserved(&page.id, config) {
        out.push(reserved_fault(name).at(Place::whole(&page.file)).address(&*page.id));
    }
    if page.front.translates.is_some() && page.lang == *config.source_lang() {
        let place = page.place(&["translates".into()], Part::Key);
        let fault = Diagnostic::new(Code::E012, "a page in the source language translates nothing").at(place);
        out.push(fault.address(&*page.id).help("remove `translates`"));
    }
}

/// Takes out translations whose source page does not exist; reports them unless the source is a draft.
pub fn drop_orphans(pages: &mut Pages, config: &Config, out: &mut Vec<Diagnostic>) {
    let Pages { by_lang, left_out } = pages;
    if by_lang.len() < 2 {
        return;
    }
    let source_ids: BTreeSet<PageId> = by_lang[config.source_lang()].keys().cloned().collect();
    for (lang, pages) in by_lang.iter_mut().filter(|(lang, _)| *lang != config.source_lang()) {
        pages.retain(|id, page| {
            if source_ids.contains(id) {
                return true;
            }
            if !left_out.contains(id) {
                let source = config.source_lang();
                let message = format!("there is no page `{id}` in the source language `{source}` to translate");
                let fault = Diagnostic::new(Code::E033, message).at(Place::whole(&page.file)).address(&**id);
                out.push(fault.help(format!("write content/{source}/{id}.md first, or remove content/{lang}/{id}.md")));
            }
            false
        });
    }
    left_out.retain(|id| !source_ids.contains(id));
}

/// Collects the aliases of the source language's pages.
pub fn aliases(
    pages: &BTreeMap<PageId, Arc<Page>>,
    hidden: &BTreeMap<PageId, Hidden>,
    config: &Config,
    out: &mut Vec<Diagnostic>,
) -> BTreeMap<PageId, PageId> {
    let mut aliases: BTreeMap<PageId, PageId> = BTreeMap::new();
    for page in pages.values() {
        for (index, alias) in page.front.aliases.iter().enumerate() {
            let place = page.place(&["aliases".into(), index.into()], Part::Value);
            let fault = |message: String| Diagnostic::new(Code::E015, message).at(place.clone()).address(&*page.id);
            if !is_page_id(alias) || alias == "index" {
                let help = "write the old path below the language's folder, without `.md`";
                out.push(fault(format!("`{alias}` cannot be the id of a page")).help(help));
            } else if let Some(name) = reserved(alias, config) {
                let message = format!("the alias `{alias}` begins with the reserved name `{name}`");
                out.push(fault(message).help("remove the alias"));
            } else if pages.contains_key(alias.as_str()) {
                let help = "remove the alias, or rename that page";
                out.push(fault(format!("the alias `{alias}` is the id of a page that exists")).help(help));
            } else if let Some(hidden) = hidden.get(alias.as_str()) {
                let message =
                    format!("the alias `{alias}` is the id of a page that the layer `{}` hides", hidden.layer);
                let fault = fault(message).related(hidden.place.clone(), "hidden here");
                out.push(fault.help("remove the alias, or let the layer's `redirect` name this page"));
            } else if let Some(other) = aliases.insert(alias.as_str().into(), Arc::clone(&page.id)) {
                let help = "keep it on one of the two pages";
                out.push(fault(format!("the alias `{alias}` is also one of the page `{other}`")).help(help));
            }
        }
    }
    for (id, hidden) in hidden {
        let to: PageId = hidden.redirect.as_str().into();
        // What is wrong with the hidden page's own aliases is told where it is shown.
        let is_free =
            |alias: &str| is_page_id(alias) && reserved(alias, config).is_none() && !pages.contains_key(alias);
        for alias in hidden.page.front.aliases.iter().filter(|alias| is_free(alias)) {
            aliases.entry(alias.as_str().into()).or_insert_with(|| Arc::clone(&to));
        }
        aliases.insert(Arc::clone(id), to);
    }
    aliases
}

/// Reports two things that would be written to one output path.
pub fn check_outputs(book: &Book, out: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<String, (String, Place)> = BTreeMap::new();
    let mut claim = |path: String, what: String, place: Place, out: &mut Vec<Diagnostic>| {
        // File systems that ignore case would make one file of two.
        match taken.get(&path.to_lowercase()) {
            Some((other, other_place)) => {
                let fault =
                    Diagnostic::new(Code::E008, format!("{what} and {other} would both be written to `{path}`"));
                let fault = fault.at(place).related(other_place.clone(), "the other one");
                out.push(fault.help("rename one of them"));
            }
            None => {
                taken.insert(path.to_lowercase(), (what, place));
            }
        }
    };
    for (generated, file) in book.generated.iter() {
        let what = format!("the page that opas makes from `{file}`");
        claim(format!("{}.html", generated.id()), what, Place::of_path(file.as_str()), out);
    }
    for filter in &book.cases[book.config.source_lang()].filters {
        let path = paths::filter(book, book.config.source_lang(), &filter.key);
        claim(path, format!("the cases filtered by `{}`", filter.value), Place::of_path(config::FILE), out);
    }
    let machine = paths::feed(book, book.config.source_lang()).into_iter().chain(paths::site_map(book).map(Into::into));
    for path in machine {
        claim(path.clone(), format!("opas's own `{path}`"), Place::of_path(config::FILE), out);
    }
    for page in book.source_pages().values() {
        let what = format!("the page `{}`", page.id);
        claim(paths::of_file(book, &page.lang, &page.id, page.file.below()), what, Place::whole(&page.file), out);
    }
    for (alias, id) in book.aliases.iter() {
        let has = |page: &&Arc<Page>| page.front.aliases.iter().any(|own| **own == **alias);
        let page = book.source_pages().get(id).filter(has);
        let page = page.or_else(|| book.hidden.values().map(|hidden| &hidden.page).find(has));
        let place = book.hidden.get(alias).map(|hidden| hidden.place.clone());
        let place = place.or_else(|| Some(page?.place(&["aliases".into()], Part::Key)));
        let place = place.unwrap_or_else(|| Place::of_path(config::FILE));
        claim(paths::alias(book, book.config.source_lang(), alias), format!("the alias `{alias}`"), place, out);
    }
    for (path, asset) in &book.assets {
        claim(
            paths::asset(book, path),
            format!("the file `{}`", asset.path),
            Place::of_path(Arc::clone(&asset.path)),
            out,
        );
    }
    check_folders(&taken, out);
}

/// Reports a file whose path another output needs as a folder.
fn check_folders(taken: &BTreeMap<String, (String, Place)>, out: &mut Vec<Diagnostic>) {
    for (path, (what, place)) in taken {
        let folder = format!("{path}/");
        let inside = taken.range(folder.clone()..).next().filter(|(other, _)| other.starts_with(&folder));
        if let Some((other, (inner, inner_place))) = inside {
            let message = format!("{what} would be written to `{path}`, where {inner} needs a folder for `{other}`");
            let fault = Diagnostic::new(Code::E008, message).at(place.clone());
            out.push(fault.related(inner_place.clone(), "the other one").help("rename one of them"));
        }
    }
}
