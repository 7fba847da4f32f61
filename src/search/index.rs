//! The index of one language: which word forms occur in which documents, and how much each says.
//!
//! It is given the documents, and the index of before if there is one, and returns an [`Index`]: forms with their
//! postings. What has not changed since is taken over; the first index is the one that stands on an empty one, so there
//! is one way to make either. Everything that ranking needs later is a small integer here, so that the browser ranks
//! exactly as Rust does. How rare a word is is not part of a posting: it follows from numbers of documents when a query
//! is answered.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use ahash::AHashMap;
use rayon::prelude::*;

use super::analyse::Analyser;
use super::compounds::{Analysed, Piece, Signature, Vouched};
use super::counting::{self, Counted};
use super::documents::Group;
use super::entries::{Changed, Entries, Entry, Kind, Made, Slot, text_of};
use super::finnish::Hypothesis;
use super::postings::{MOST_PAGES, Posting, Postings, documents_of, highest, joined};
use super::shards::{Changes, Shards};
use super::words::sort_key;

/// Up to how many changed pages are looked for one by one among postings.
const FEW: usize = 8;

/// The index of one language.
#[derive(Debug)]
pub struct Index {
    /// The language.
    pub lang: String,
    /// The documents, by page.
    pub groups: Vec<Arc<Group>>,
    /// The number of documents.
    pub documents: u32,
    /// All forms, in the order of form and kind.
    pub entries: Entries,
    /// How the index is divided into files.
    pub shards: Shards,
    /// The words that were asked for.
    pub asked: Arc<Asked>,
    vouched: Vouched,
}

/// Words of queries with what they may be forms of: a list of queries is asked of each edition.
#[derive(Debug, Default)]
pub struct Asked(Mutex<AHashMap<String, Arc<[Hypothesis]>>>);

impl Asked {
    /// Returns what a word may be a form of.
    pub fn hypotheses(&self, analyser: &Analyser, word: &str) -> Arc<[Hypothesis]> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(word) {
            return Arc::clone(found);
        }
        let found: Arc<[Hypothesis]> = analyser.hypotheses(word).into();
        known().insert(word.to_owned(), Arc::clone(&found));
        found
    }
}

impl Index {
    /// Makes the index of a language's documents, whose pages are in order; `before` is one of the same language. Pages
    /// beyond `MOST_PAGES` are not in it.
    pub fn new(lang: &str, mut groups: Vec<Arc<Group>>, before: Option<&Index>) -> Self {
        groups.truncate(MOST_PAGES);
        let nothing = Index {
            lang: lang.to_owned(),
            groups: Vec::new(),
            documents: 0,
            entries: Entries::default(),
            shards: Shards::default(),
            asked: Arc::default(),
            vouched: Vouched::default(),
        };
        let before = before.unwrap_or(&nothing);
        Update { before, analyser: Analyser::new(lang), pages: Pages::new(&before.groups, &groups) }.make(groups)
    }
}

/// The pages of the index before and of the new one, beside each other.
struct Pages {
    /// For each page of before, its number now; none for one that is gone or has changed.
    to: Vec<Option<u32>>,
    /// The pages of before that are gone or have changed.
    gone: Vec<usize>,
    /// The pages that are new or have changed.
    come: Vec<usize>,
    /// Whether all pages that stay have kept their numbers.
    is_same: bool,
}

impl Pages {
    fn new(before: &[Arc<Group>], now: &[Arc<Group>]) -> Self {
        let mut pages = Pages { to: vec![None; before.len()], gone: Vec::new(), come: Vec::new(), is_same: true };
        let mut old = before.iter().enumerate().peekable();
        for (number, group) in now.iter().enumerate() {
            // Most are the same, which is seen sooner than their names are compared.
            let is_before = |other: &Arc<Group>| !Arc::ptr_eq(other, group) && other.page < group.page;
            while let Some((at, _)) = old.next_if(|(_, other)| is_before(other)) {
                pages.gone.push(at);
            }
            match old.next_if(|(_, other)| Arc::ptr_eq(other, group) || other.page == group.page) {
                Some((at, other)) if Arc::ptr_eq(other, group) => {
                    pages.to[at] = u32::try_from(number).ok();
                    pages.is_same &= at == number;
                }
                Some((at, _)) => {
                    pages.gone.push(at);
                    pages.come.push(number);
                }
                None => pages.come.push(number),
            }
        }
        pages.gone.extend(old.map(|(at, _)| at));
        pages
    }

    /// Returns those of the postings of before whose pages stay, with their numbers of now.
    fn kept<'p>(&self, postings: impl IntoIterator<Item = &'p Posting>) -> Vec<Posting> {
        postings.into_iter().filter_map(|posting| Some(posting.on(self.to[posting.page()]?))).collect()
    }

    /// Returns postings of before, without those of pages that are gone and with others; and which differ, if that is known.
    fn replaced(&self, before: &Postings, come: &[Posting]) -> (Postings, Option<Vec<Posting>>) {
        if !self.is_same || self.gone.len() > FEW {
            return (Postings::of(&joined(&self.kept(before.iter()), come)), None);
        }
        let gone: Vec<Range<u32>> = self.gone.iter().map(|page| documents_of(*page)).collect();
        let mut old = Vec::new();
        for range in &gone {
            before.within(range, &mut old);
        }
        let differ = old.iter().filter(|posting| !come.contains(posting)).copied();
        let differ = differ.chain(come.iter().filter(|posting| !old.contains(posting)).copied()).collect();
        (before.changed(&gone, come), Some(differ))
    }

    /// Returns the same for the postings of an entry of before, if there was one.
    fn with(&self, old: Option<&Slot>, come: &[Posting]) -> (Postings, Option<Vec<Posting>>) {
        match old {
            Some(old) => self.replaced(&old.all, come),
            None => (Postings::of(come), None),
        }
    }

    /// Adds those of the postings of now that lie on pages that have come.
    fn come_among(&self, postings: &Postings, found: &mut Vec<Posting>) {
        if self.come.len() > FEW {
            let has_come = |posting: &&Posting| self.come.binary_search(&posting.page()).is_ok();
            found.extend(postings.iter().filter(has_come));
            return;
        }
        self.come.iter().for_each(|page| postings.within(&documents_of(*page), found));
    }
}

/// Returns the compounds that have come to have a part, and those that have it no more, each in order.
fn gained_and_lost<'a>(events: &[(&str, Event<'a>)]) -> (Vec<&'a Arc<str>>, Vec<&'a Arc<str>>) {
    let (mut gained, mut lost) = (Vec::new(), Vec::new());
    for (_, event) in events {
        match event {
            Event::Gained(compound) => gained.push(&compound.form),
            Event::Lost(compound) => lost.push(&compound.form),
            Event::Touched(_) | Event::Counted => {}
        }
    }
    lost.sort_unstable();
    (gained, lost)
}

/// From the index before to the new one.
struct Update<'a> {
    before: &'a Index,
    analyser: Analyser,
    pages: Pages,
}

/// A word whose entry is made anew: it is on a page that has come or gone, or is divided in another way.
struct Touched<'a> {
    form: Arc<str>,
    /// The entry before, if there was one.
    old: Option<&'a Slot>,
    /// Where it occurs now.
    all: Postings,
    /// The postings that are not as before, if that is known.
    differ: Option<Vec<Posting>>,
    /// Its pieces, where they are not those of before, and the pairs of letters in it and its lemmas.
    divided: Option<(Vec<Piece>, Signature)>,
}

impl Touched<'_> {
    fn has_come(&self) -> bool {
        self.old.is_none() && !self.all.is_empty()
    }

    fn has_gone(&self) -> bool {
        self.old.is_some() && self.all.is_empty()
    }
}

/// What happens to a part of compounds.
#[derive(Clone, Copy)]
enum Event<'a> {
    /// A compound has it as a part now.
    Gained(&'a Touched<'a>),
    /// A compound has it no more.
    Lost(&'a Touched<'a>),
    /// A compound that has it as a part is on a page that has come or gone.
    Touched(&'a Touched<'a>),
    /// It is there by itself.
    Counted,
}

impl<'a> Update<'a> {
    fn make(self, groups: Vec<Arc<Group>>) -> Index {
        let before = self.before;
        let come = counting::count(&groups, &self.pages.come);
        let gone = counting::count(&before.groups, &self.pages.gone);
        let mut touched = self.touched(&come.wholes, &gone.wholes);
        let parts = (come.parts, gone.parts);
        // Taking it apart takes time, but nobody need wait for it; what follows needs the memory.
        rayon::spawn(move || drop((come.wholes, gone.wholes)));
        let vouched = self.divide(&mut touched);
        let changed_parts = self.parts(&touched, (&parts.0, &parts.1));
        let changed = changed(touched, changed_parts);
        self.assemble(groups, vouched, &changed)
    }

    /// Returns the words of the pages that have come or gone, in order, with where they occur now.
    fn touched(&self, come: &[Counted], gone: &[Counted]) -> Vec<Touched<'a>> {
        let come = come.par_iter().flat_map_iter(Counted::iter);
        let gone = gone.par_iter().flat_map_iter(|run| run.iter().map(|(form, _)| (form, &[][..])));
        let mut lists: Vec<(&str, &[Posting])> = come.chain(gone).collect();
        // A stable sort leaves the runs in their order.
        lists.par_sort_by(|a, b| a.0.cmp(b.0));
        let by_form: Vec<&[(&str, &[Posting])]> = lists.chunk_by(|a, b| a.0 == b.0).collect();
        let touched = |new: &mut Vec<Posting>, lists: &[(&str, &[Posting])]| {
            let form = lists[0].0;
            new.clear();
            for (_, postings) in lists {
                new.extend_from_slice(postings);
            }
            let old = self.before.entries.find(form, Kind::Whole);
            let form = old.map_or_else(|| form.into(), |old| Arc::clone(&old.form));
            let (all, differ) = self.pages.with(old, new);
            Touched { form, old, all, differ, divided: None }
        };
        by_form.into_par_iter().map_with(Vec::new(), touched).collect()
    }

    /// Finds the pieces of the words that have come, and of those that are divided in another way now, which join the
    /// touched ones in their order. Returns the words that others vouch for now.
    fn divide(&self, touched: &mut Vec<Touched<'a>>) -> Vouched {
        let analysed = |is_wanted: fn(&Touched<'a>) -> bool| -> Vec<(usize, Analysed<'_>)> {
            let wanted = touched.par_iter().enumerate().filter(|(_, touched)| is_wanted(touched));
            wanted.map(|(at, touched)| (at, Analysed::new(&self.analyser, &touched.form))).collect()
        };
        let (come, gone) = (analysed(Touched::has_come), analysed(Touched::has_gone));
        let (vouched, differ) = self.vouched(touched, &come, &gone);
        // Each is let go of where it has been divided, which takes time.
        let of_come = come.into_par_iter().map(|(at, form)| (at, (form.pieces(&vouched), form.signature())));
        let of_come: Vec<(usize, (Vec<Piece>, Signature))> = of_come.collect();
        let of_others = self.divided_anew(&differ, &vouched);
        for (at, divided) in of_come {
            touched[at].divided = Some(divided);
        }
        let count = touched.len();
        for (old, pieces) in of_others {
            let found = touched[..count].binary_search_by(|touched| touched.form.cmp(&old.form));
            let at = found.unwrap_or_else(|_| {
                let (form, (all, differ)) = (Arc::clone(&old.form), self.pages.replaced(&old.all, &[]));
                touched.push(Touched { form, old: Some(old), all, differ, divided: None });
                touched.len() - 1
            });
            touched[at].divided = Some((pieces, old.signature));
        }
        // Those that have been in order already cost nothing.
        touched.sort_by(|a, b| a.form.cmp(&b.form));
        vouched
    }

    /// Returns the words that others vouch for now, and those of which that is new or no more.
    fn vouched(
        &self,
        touched: &[Touched<'_>],
        come: &[(usize, Analysed<'_>)],
        gone: &[(usize, Analysed<'_>)],
    ) -> (Vouched, Vec<String>) {
        let before = self.before;
        let is_gone = |form: &str| gone.binary_search_by(|(at, _)| (*touched[*at].form).cmp(form)).is_ok();
        let beginning_with = |word: &str| {
            let start = before.entries.partition_point(|slot| *slot.form < *word);
            let alike =
                before.entries.range(start..before.entries.len()).take_while(|slot| slot.form.starts_with(word));
            let wholes = alike.filter(|slot| slot.kind == Kind::Whole && !is_gone(&slot.form));
            wholes.map(|slot| Arc::clone(&slot.form)).collect()
        };
        let mut vouched = before.vouched.clone();
        let [come, gone] = [come, gone].map(|list| list.iter().map(|(_, analysed)| analysed).collect::<Vec<_>>());
        let differ = vouched.change(&self.analyser, &come, &gone, before.entries.is_empty(), beginning_with);
        (vouched, differ)
    }

    /// Returns the words of before that have other pieces now, with these.
    fn divided_anew(&self, differ: &[String], vouched: &Vouched) -> Vec<(&'a Slot, Vec<Piece>)> {
        let differ: Vec<Signature> = differ.iter().map(|word| Signature::of(word)).collect();
        let may_be = |slot: &&Slot| {
            // Parts have no signature; what an entry is lies farther away in memory.
            differ.iter().any(|signature| slot.signature.holds(*signature)) && slot.kind == Kind::Whole
        };
        let divided = |slot: &'a Slot| {
            let pieces = Analysed::of(&self.analyser, slot).pieces(vouched);
            (pieces != slot.places()).then_some((slot, pieces))
        };
        self.before.entries.par_iter().filter(may_be).filter_map(divided).collect()
    }

    /// Returns the parts of compounds that are not as before, in order.
    fn parts(&self, touched: &[Touched<'_>], (counted, gone): (&[Counted], &[Counted])) -> Vec<Changed<'a>> {
        let mut events: Vec<(&str, Event<'_>)> = Vec::new();
        let counted_forms = counted.iter().chain(gone).flat_map(Counted::iter);
        events.extend(counted_forms.map(|(form, _)| (form, Event::Counted)));
        for compound in touched {
            let Touched { form, old, all, divided, .. } = compound;
            let before = old.map(|old| old.pieces()).unwrap_or_default();
            let now = match divided {
                _ if all.is_empty() => Vec::new(),
                Some((pieces, _)) => pieces.iter().map(|piece| text_of(form, *piece)).collect(),
                None => before.clone(),
            };
            let lost = before.iter().filter(|piece| !now.contains(piece));
            events.extend(lost.map(|piece| (*piece, Event::Lost(compound))));
            events.extend(now.iter().map(|piece| {
                (*piece, if before.contains(piece) { Event::Touched(compound) } else { Event::Gained(compound) })
            }));
        }
        events.par_sort_by_cached_key(|(piece, _)| (sort_key(piece), *piece));
        let by_piece: Vec<&[(&str, Event<'_>)]> = events.chunk_by(|a, b| a.0 == b.0).collect();
        by_piece.into_par_iter().map(|events| self.part(events, counted, touched)).collect()
    }

    /// Makes the entry of a part anew.
    fn part(&self, events: &[(&str, Event<'_>)], counted: &[Counted], touched: &[Touched<'_>]) -> Changed<'a> {
        let form = events[0].0;
        let old = self.before.entries.find(form, Kind::Part);
        let (old_counted, mut compounds) = match old.map(|old| &old.made) {
            Some(Made::Part(counted, compounds)) => (counted.as_slice(), Arc::clone(compounds)),
            _ => (&[][..], Arc::default()),
        };
        let new_counted: Vec<Posting> = counted.iter().flat_map(|run| run.get(form)).copied().collect();
        let own = joined(&self.pages.kept(old_counted), &new_counted);
        // A compound that is gone leaves nothing on the pages that stay; one that is divided in another way may.
        let is_grown = !events.iter().any(|(_, event)| matches!(event, Event::Lost(lost) if !lost.all.is_empty()));
        let (gained, lost) = gained_and_lost(events);
        if !lost.is_empty() {
            Arc::make_mut(&mut compounds).retain(|form| lost.binary_search(&form).is_err());
        }
        if !gained.is_empty() {
            let compounds = Arc::make_mut(&mut compounds);
            compounds.extend(gained.into_iter().cloned());
            compounds.sort_unstable();
        }
        let (all, differ) = if is_grown {
            let mut come = new_counted;
            for (_, event) in events {
                match event {
                    Event::Gained(compound) => come.extend(compound.all.iter()),
                    Event::Touched(compound) => self.pages.come_among(&compound.all, &mut come),
                    Event::Lost(_) | Event::Counted => {}
                }
            }
            self.pages.with(old, &highest(come))
        } else {
            let mut all = own.clone();
            for form in &*compounds {
                let now = touched.binary_search_by(|touched| touched.form.cmp(form)).ok().map(|at| &touched[at].all);
                match (now, self.before.entries.find(form, Kind::Whole)) {
                    (Some(postings), _) => all.extend(postings.iter()),
                    (None, Some(still)) => all.extend(self.pages.kept(still.all.iter())),
                    (None, None) => {}
                }
            }
            (Postings::of(&highest(all)), None)
        };
        let form = old.map_or_else(|| form.into(), |old| Arc::clone(&old.form));
        let is_there = !own.is_empty() || !compounds.is_empty();
        let before = old.zip(differ.as_deref()).map(|(old, differ)| (&**old, differ));
        let made = Made::Part(own, compounds);
        let entry = || Entry::new(Arc::clone(&form), Kind::Part, all, made, before).knowing(old.map(|old| &**old));
        let now = is_there.then(entry).map(|entry| Slot::new(entry, Signature::default()));
        Changed { form, kind: Kind::Part, old, now }
    }

    /// Puts the entries that are not as before among those that are.
    fn assemble(self, groups: Vec<Arc<Group>>, vouched: Vouched, changed: &[Changed<'_>]) -> Index {
        let (before, pages) = (self.before, &self.pages);
        let mut changes = Changes::new(&before.groups, &groups, pages.is_same);
        for change in changed {
            changes.note(change);
        }
        let renumbered = |slot: &Slot| {
            let made = match &slot.made {
                Made::Whole(pieces) => Made::Whole(pieces.clone()),
                Made::Part(counted, compounds) => Made::Part(pages.kept(counted), Arc::clone(compounds)),
            };
            let all = Postings::of(&pages.kept(slot.all.iter()));
            let entry = Entry::new(Arc::clone(&slot.form), slot.kind, all, made, None);
            Slot::new(entry.knowing(Some(slot)), slot.signature)
        };
        let still = (!pages.is_same).then(|| before.entries.map(renumbered));
        let entries = still.as_ref().unwrap_or(&before.entries).changed(changed);
        let documents = groups.iter().map(|group| group.documents.len()).sum::<usize>();
        let documents = u32::try_from(documents).unwrap_or(u32::MAX);
        let shards = Shards::new(&entries, groups.len(), &changes, &before.shards);
        let (lang, asked) = (before.lang.clone(), Arc::clone(&before.asked));
        Index { lang, groups, documents, entries, shards, asked, vouched }
    }
}

/// Returns all entries that are not as before, in order.
fn changed<'a>(touched: Vec<Touched<'a>>, parts: Vec<Changed<'a>>) -> Vec<Changed<'a>> {
    let whole = |Touched { form, old, all, differ, divided }: Touched<'a>| {
        let as_before = || old.map(|old| (old.places().to_vec(), old.signature)).unwrap_or_default();
        let now = (!all.is_empty()).then(|| {
            let (pieces, signature) = divided.unwrap_or_else(as_before);
            let before = old.zip(differ.as_deref()).map(|(old, differ)| (&**old, differ));
            let entry = Entry::new(Arc::clone(&form), Kind::Whole, all, Made::Whole(pieces), before);
            Slot::new(entry.knowing(old.map(|old| &**old)), signature)
        });
        Changed { form, kind: Kind::Whole, old, now }
    };
    let mut changed: Vec<_> = touched.into_par_iter().map(whole).chain(parts).collect();
    // A stable sort merges the two lists.
    changed.sort_by(|a, b| a.key().cmp(&b.key()));
    changed
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{Index, MOST_PAGES};
    use crate::search::documents::{Document, Field, Group};
    use crate::search::shards;

    /// Words of which some are parts of others, or vouch for them.
    const WORDS: [&str; 22] = [
        "digituki",
        "digi",
        "tuki",
        "tukea",
        "tuen",
        "puhelin",
        "puhelimella",
        "puhelinnumero",
        "puhelinnumeroita",
        "numero",
        "vuoronumero",
        "vuoro",
        "asiakas",
        "asiakaspalvelu",
        "asiakaspalvelussa",
        "palvelu",
        "palveluja",
        "palvelupiste",
        "piste",
        "suomi.fi-viestit",
        "viesti",
        "x",
    ];

    /// The pages of a book, by number: the words of each, by their numbers.
    type Words = std::collections::BTreeMap<usize, Vec<usize>>;

    fn groups(pages: &Words, before: &[Arc<Group>]) -> Vec<Arc<Group>> {
        let group = |(number, words): (&usize, &Vec<usize>)| {
            let document = |words: &[usize]| {
                let mut text: String = words.iter().flat_map(|word| [WORDS[*word], " "]).collect();
                text.push_str("ja");
                let text: Arc<str> = text.into();
                Document { fields: vec![(Field::Body, Arc::clone(&text))], text, ..Document::default() }
            };
            let documents = (0..4).map(|section| document(&words[section.min(words.len())..])).collect();
            Arc::new(Group { page: format!("sivu-{number:05}"), kind: "page", documents, ..Group::default() })
        };
        let known = |group: Arc<Group>| before.iter().find(|known| **known == group).cloned().unwrap_or(group);
        pages.iter().map(group).map(known).collect()
    }

    fn scripts(index: &Index) -> Vec<(String, Vec<u8>)> {
        index.shards.names().map(|name| (name.clone(), shards::script(index, &name).unwrap())).collect()
    }

    /// Expects the index that stands on one before to be the one that stands on none, with the digests of its scripts.
    fn follows(before: &Index, pages: &Words) -> Index {
        let groups = groups(pages, &before.groups);
        let anew = Index::new("fi", groups.clone(), None);
        let index = Index::new("fi", groups, Some(before));
        for name in index.shards.names() {
            assert_eq!(shards::digest(&index, &name), shards::digest(&anew, &name), "{name}");
        }
        assert_eq!(scripts(&index), scripts(&anew));
        index
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn an_index_that_follows_edits_is_the_one_made_anew(
            edits in prop::collection::vec((0..12usize, prop::option::of(prop::collection::vec(0..WORDS.len(), 0..6))), 1..12),
        ) {
            let mut pages = Words::new();
            let mut index = Index::new("fi", Vec::new(), None);
            for (page, words) in edits {
                match words {
                    Some(words) => pages.insert(page, words),
                    None => pages.remove(&page),
                };
                index = follows(&index, &pages);
            }
        }
    }

    #[test]
    fn a_page_that_moves_within_reach_comes() {
        let page = |number: usize| {
            let text: Arc<str> = if number == MOST_PAGES { "viimeinen" } else { "" }.into();
            let document = Document { fields: vec![(Field::Body, text)], ..Document::default() };
            Arc::new(Group { page: format!("sivu-{number:06}"), documents: vec![document], ..Group::default() })
        };
        let mut groups: Vec<_> = (0..=MOST_PAGES).map(page).collect();
        let full = Index::new("fi", groups.clone(), None);
        assert_eq!((full.groups.len(), full.entries.len()), (MOST_PAGES, 0));
        groups.remove(0);
        let index = Index::new("fi", groups, Some(&full));
        assert_eq!(index.entries[0].postings()[0].page(), MOST_PAGES - 1);
    }

    #[test]
    fn words_that_are_everywhere_follow_edits_too() {
        let mut pages: Words = (0..400).map(|page| (page, vec![page % 7, 12, page % 19, 13])).collect();
        let mut index = Index::new("fi", groups(&pages, &[]), None);
        for (page, words) in [(3, vec![13]), (399, vec![]), (200, vec![0, 1, 2, 13, 13, 13]), (5, vec![12, 13])] {
            pages.insert(page, words);
            index = follows(&index, &pages);
        }
        pages.remove(&77);
        pages.insert(1000, vec![14, 20]);
        index = follows(&index, &pages);
        pages.retain(|page, _| page % 3 == 0);
        follows(&index, &pages);
    }
}
