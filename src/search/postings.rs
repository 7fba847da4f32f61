//! Postings: the documents in which a form occurs, and how much it says of each.
//!
//! They are given in the order of documents and stand in chunks, so that after an edit of one page those of a word that
//! is everywhere are not copied as a whole. [`Kept`] are those that the browser gets.

use std::ops::Range;
use std::sync::Arc;

/// The highest impact of a word on a document; six bits.
pub const HIGHEST: u32 = 63;

/// How many documents are kept of a form at most: those that it says most of. Words that are everywhere tell nothing
/// apart, and would make every query heavy.
pub const MOST_POSTINGS: usize = 512;

/// About how many postings stand in a chunk; no chunk holds more than are kept.
const CHUNK: usize = MOST_POSTINGS / 2;

/// How many bits of a document's number say which section of its page it is.
const SECTION_BITS: u32 = 8;

/// How many bits of a posting say how much the form says.
const IMPACT_BITS: u32 = 6;

/// How many sections of a page can be found; the page as a whole is the first.
const MOST_SECTIONS: u32 = 1 << SECTION_BITS;

/// How many pages of a language can be found.
pub const MOST_PAGES: usize = 1 << (u32::BITS - SECTION_BITS - IMPACT_BITS);

/// A document and how much a form says of it, in one number: an index holds millions of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting(u32);

impl Posting {
    /// The highest number of a document.
    pub const LAST_DOCUMENT: u32 = u32::MAX >> IMPACT_BITS;

    /// Makes a posting of a document by its number (see [`documents_of`]) and an impact.
    pub fn new(document: u32, impact: u8) -> Self {
        Posting(document << IMPACT_BITS | u32::from(impact))
    }

    /// Returns the number of the document.
    pub fn document(self) -> u32 {
        self.0 >> IMPACT_BITS
    }

    /// Returns how much the form says of it.
    pub fn impact(self) -> u8 {
        u8::try_from(self.0 & HIGHEST).unwrap_or_default()
    }

    /// Returns the number of the document's page.
    pub fn page(self) -> usize {
        (self.document() >> SECTION_BITS) as usize
    }

    /// Returns the number of the document's section; 0 is the page as a whole.
    pub fn section(self) -> usize {
        (self.document() & (MOST_SECTIONS - 1)) as usize
    }

    /// Returns the same on a page of another number.
    pub fn on(self, page: u32) -> Self {
        Posting::new(page << SECTION_BITS | self.document() & (MOST_SECTIONS - 1), self.impact())
    }
}

/// Returns the numbers of the documents of a page, by the page's number: one for each section that can be found.
pub fn documents_of(page: usize) -> Range<u32> {
    let first = u32::try_from(page).unwrap_or(u32::MAX) << SECTION_BITS;
    first..first + MOST_SECTIONS
}

/// The postings of a form, in the order of documents, which are all different.
#[derive(Debug, Clone, Default)]
pub struct Postings {
    /// None is empty; there is one at most where there are no more postings than are kept.
    chunks: Vec<Arc<[Posting]>>,
    len: usize,
}

/// Divides postings into chunks.
fn in_chunks(postings: &[Posting]) -> impl Iterator<Item = Arc<[Posting]>> {
    let size = if postings.len() <= MOST_POSTINGS { MOST_POSTINGS } else { CHUNK };
    postings.chunks(size).map(Arc::from)
}

impl Postings {
    /// Keeps postings.
    pub fn of(postings: &[Posting]) -> Self {
        Postings { chunks: in_chunks(postings).collect(), len: postings.len() }
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns all of them.
    pub fn iter(&self) -> impl Iterator<Item = &Posting> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// Returns them as one list, where they are no more than are kept.
    pub fn as_slice(&self) -> Option<&[Posting]> {
        match self.chunks.as_slice() {
            [] => Some(&[]),
            [chunk] => Some(chunk),
            _ => None,
        }
    }

    /// Returns the number of the chunk that holds a document, or would.
    fn chunk_of(&self, document: u32) -> usize {
        let at = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| last.document() < document));
        at.min(self.chunks.len().saturating_sub(1))
    }

    /// Adds those of some documents to `found`.
    pub fn within(&self, documents: &Range<u32>, found: &mut Vec<Posting>) {
        for chunk in self.chunks.iter().skip(self.chunk_of(documents.start)) {
            let start = chunk.partition_point(|posting| posting.document() < documents.start);
            let end = chunk.partition_point(|posting| posting.document() < documents.end);
            found.extend_from_slice(&chunk[start..end]);
            if end < chunk.len() {
                break;
            }
        }
    }

    /// Returns the postings without those of some documents and with others: of a document that is in both the higher
    /// stays. Both lists are in order.
    pub fn changed(&self, gone: &[Range<u32>], come: &[Posting]) -> Self {
        let mut chunks = Vec::with_capacity(self.chunks.len() + 1);
        let (mut gone, mut rest) = (gone, come);
        for (at, chunk) in self.chunks.iter().enumerate() {
            let is_last = at + 1 == self.chunks.len();
            // What comes before the next chunk's first document belongs to this one.
            let end = self.chunks.get(at + 1).map_or(u32::MAX, |next| next[0].document());
            let count = if is_last { rest.len() } else { rest.partition_point(|posting| posting.document() < end) };
            let (own, others) = rest.split_at(count);
            rest = others;
            while gone.first().is_some_and(|range| range.end <= chunk[0].document()) {
                gone = &gone[1..];
            }
            let is_touched = !own.is_empty() || gone.first().is_some_and(|range| range.start < end);
            if !is_touched {
                chunks.push(Arc::clone(chunk));
                continue;
            }
            let is_gone = |document: u32| {
                gone.iter().take_while(|range| range.start <= document).any(|range| range.contains(&document))
            };
            let stay: Vec<Posting> = chunk.iter().filter(|posting| !is_gone(posting.document())).copied().collect();
            chunks.extend(in_chunks(&joined(&stay, own)));
        }
        if self.chunks.is_empty() {
            return Postings::of(come);
        }
        let len = chunks.iter().map(|chunk| chunk.len()).sum();
        if len <= MOST_POSTINGS && chunks.len() > 1 {
            return Postings::of(&chunks.concat());
        }
        Postings { chunks, len }
    }
}

/// Those of a form's many postings that say most, in order; of those that say as much the first.
#[derive(Debug)]
pub struct Kept {
    /// The postings.
    pub postings: Vec<Posting>,
    /// The lowest impact that is kept.
    least: u8,
    /// The last document that is kept with it.
    last: u32,
}

impl Kept {
    /// Chooses among more postings than are kept.
    pub fn of(all: &Postings) -> Self {
        let mut counts = [0; HIGHEST as usize + 1];
        all.iter().for_each(|posting| counts[usize::from(posting.impact())] += 1);
        // How many are kept of those with the lowest impact that is.
        let (mut least, mut room) = (HIGHEST, MOST_POSTINGS);
        while counts[least as usize] < room {
            room -= counts[least as usize];
            least -= 1;
        }
        let mut last = 0;
        let is_kept = |posting: &&Posting| {
            let impact = u32::from(posting.impact());
            let is_least = impact == least && room > 0;
            if is_least {
                room -= 1;
                last = posting.document();
            }
            is_least || impact > least
        };
        let postings = all.iter().filter(is_kept).copied().collect();
        Kept { postings, least: u8::try_from(least).unwrap_or_default(), last }
    }

    /// Returns whether a posting is among the kept ones, or would be if there was one more.
    pub fn holds(&self, posting: Posting) -> bool {
        posting.impact() > self.least || posting.impact() == self.least && posting.document() <= self.last
    }
}

/// Joins postings, each in order of documents that are all different; of one document that is in both the highest stays.
pub fn joined(postings: &[Posting], more: &[Posting]) -> Vec<Posting> {
    let mut all = Vec::with_capacity(postings.len() + more.len());
    let mut rest = postings;
    for posting in more {
        let before = rest.partition_point(|other| other.document() < posting.document());
        all.extend_from_slice(&rest[..before]);
        rest = &rest[before..];
        let same = rest.first().filter(|other| other.document() == posting.document());
        all.push(same.map_or(*posting, |other| *posting.max(other)));
        rest = &rest[usize::from(same.is_some())..];
    }
    all.extend_from_slice(rest);
    all
}

/// Puts postings in order; of those of one document the highest stays.
pub fn highest(mut postings: Vec<Posting>) -> Vec<Posting> {
    // A stable sort makes use of lists that are in order and only stand one after another.
    postings.sort();
    // The last one of a document is the highest.
    postings.dedup_by(|next, posting| {
        let is_same = next.document() == posting.document();
        if is_same {
            *posting = *next;
        }
        is_same
    });
    postings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{HIGHEST, Kept, MOST_PAGES, MOST_POSTINGS, Posting, Postings, documents_of, highest};

    #[test]
    fn a_posting_holds_the_last_section_of_the_last_page() {
        let last = documents_of(MOST_PAGES - 1).last().unwrap();
        let posting = Posting::new(last, u8::try_from(HIGHEST).unwrap());
        assert_eq!((last, posting.document()), (Posting::LAST_DOCUMENT, last));
        assert_eq!((posting.page(), posting.section(), posting.impact()), (MOST_PAGES - 1, 255, 63));
        assert_eq!(posting.on(2), Posting::new(2 * 256 + 255, 63));
    }

    fn postings(most: usize) -> impl Strategy<Value = Vec<Posting>> {
        let posting = (0..6000u32, 1..=63u8).prop_map(|(document, impact)| Posting::new(document, impact));
        prop::collection::vec(posting, 0..most).prop_map(highest)
    }

    proptest! {
        #[test]
        fn a_change_in_chunks_is_one_in_a_list(
            (old, come) in (postings(3000), postings(60)),
            starts in prop::collection::btree_set(0..200u32, 0..4),
        ) {
            let gone: Vec<_> = starts.iter().map(|page| page * 30..page * 30 + 30).collect();
            let changed = Postings::of(&old).changed(&gone, &come);
            let mut expected: Vec<Posting> =
                old.iter().filter(|posting| !gone.iter().any(|range| range.contains(&posting.document()))).copied().collect();
            expected.extend(&come);
            prop_assert_eq!(changed.iter().copied().collect::<Vec<_>>(), highest(expected));
            prop_assert_eq!(changed.len(), changed.iter().count());
            prop_assert_eq!(changed.as_slice().is_some(), changed.len() <= MOST_POSTINGS);
            for range in &gone {
                let mut found = Vec::new();
                changed.within(range, &mut found);
                let expected: Vec<Posting> = come.iter().filter(|posting| range.contains(&posting.document())).copied().collect();
                prop_assert_eq!(found, expected);
            }
        }

        #[test]
        fn what_is_kept_stays_while_nothing_that_it_holds_changes(old in postings(5000), come in postings(20)) {
            prop_assume!(old.len() > MOST_POSTINGS + 100);
            let all = Postings::of(&old);
            let kept = Kept::of(&all);
            prop_assert_eq!(kept.postings.len(), MOST_POSTINGS);
            let least = kept.postings.iter().map(|posting| posting.impact()).min();
            let mut dropped = all.iter().filter(|posting| !kept.postings.contains(posting));
            prop_assert!(dropped.all(|posting| Some(posting.impact()) <= least));
            let mut known: Vec<Posting> = Vec::new();
            for posting in &come {
                all.within(&(posting.document()..posting.document() + 1), &mut known);
            }
            let changed = all.changed(&[], &come);
            let touches = come.iter().chain(&known).any(|posting| kept.holds(*posting));
            prop_assert!(touches || Kept::of(&changed).postings == kept.postings);
        }
    }
}
