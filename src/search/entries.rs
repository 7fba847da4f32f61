//! The lexicon: all forms of an index with their postings, in the order of form and kind.
//!
//! They are given in order and stand in blocks, so that the next index shares those without a change.

use std::ops::{Deref, Index, Range};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::analyse::Analyser;
use super::compounds::{Piece, Signature};
use super::distance::Letters;
use super::finnish::Hypothesis;
use super::postings::{Kept, MOST_POSTINGS, Posting, Postings};

/// About how many entries stand in a block.
const BLOCK: usize = 64;

/// How many stand in a block at most.
const MOST_IN_BLOCK: usize = 2 * BLOCK;

/// What an entry of the lexicon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A word of the text.
    Whole,
    /// The first or last part of compounds.
    Part,
}

/// A form of the lexicon.
#[derive(Debug)]
pub struct Entry {
    /// The folded form.
    pub form: Arc<str>,
    /// What it is.
    pub kind: Kind,
    /// Where it occurs.
    pub all: Postings,
    /// What it was made from, for the next index.
    pub made: Made,
    /// Those that are kept, where they are not all.
    kept: Option<Arc<Kept>>,
    /// What the form may be a form of, once it has been asked.
    hypotheses: Arc<OnceLock<Vec<Hypothesis>>>,
}

/// What an entry was made from.
#[derive(Debug, Clone)]
pub enum Made {
    /// The pieces of the form, if it is a compound.
    Whole(Vec<Piece>),
    /// What was counted of the part itself, and the compounds that it is a part of, in order.
    Part(Vec<Posting>, Arc<Vec<Arc<str>>>),
}

impl Entry {
    /// Makes an entry; `before` is the one that it takes the place of, with the postings that differ, if these are known.
    pub fn new(form: Arc<str>, kind: Kind, all: Postings, made: Made, before: Option<(&Entry, &[Posting])>) -> Self {
        let as_before = || {
            let (before, differ) = before?;
            let kept = before.kept.as_ref()?;
            (!differ.iter().any(|posting| kept.holds(*posting))).then(|| Arc::clone(kept))
        };
        let kept = (all.len() > MOST_POSTINGS).then(|| as_before().unwrap_or_else(|| Arc::new(Kept::of(&all))));
        Entry { form, kind, all, made, kept, hypotheses: Arc::default() }
    }

    /// Lets the entry know what another one of the same form knows of it.
    pub fn knowing(self, other: Option<&Entry>) -> Self {
        Entry { hypotheses: other.map(|other| Arc::clone(&other.hypotheses)).unwrap_or_default(), ..self }
    }

    /// Returns what the form may be a form of.
    pub fn hypotheses(&self, analyser: &Analyser) -> &[Hypothesis] {
        self.hypotheses.get_or_init(|| analyser.hypotheses(&self.form))
    }

    /// Returns the same, if it has been asked.
    pub fn known_hypotheses(&self) -> Option<&[Hypothesis]> {
        self.hypotheses.get().map(Vec::as_slice)
    }

    /// Returns in how many documents the form occurs, whether they are kept or not.
    pub fn documents(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }

    /// Returns the postings that are kept, in order.
    pub fn postings(&self) -> &[Posting] {
        match &self.kept {
            Some(kept) => &kept.postings,
            None => self.all.as_slice().unwrap_or_default(),
        }
    }

    /// Returns whether two entries keep the same postings.
    pub fn keeps_as(&self, other: &Entry) -> bool {
        match (&self.kept, &other.kept) {
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) => true,
            _ => self.postings() == other.postings(),
        }
    }

    /// Returns the pieces of a word, as places in its form.
    pub fn places(&self) -> &[Piece] {
        match &self.made {
            Made::Whole(pieces) => pieces,
            Made::Part(..) => &[],
        }
    }

    /// Returns the pieces of a word.
    pub fn pieces(&self) -> Vec<&str> {
        self.places().iter().map(|piece| text_of(&self.form, *piece)).collect()
    }
}

/// Returns a piece of a form as a text.
pub fn text_of(form: &str, (start, end): Piece) -> &str {
    &form[start as usize..end as usize]
}

/// An entry with what is asked of all of them.
#[derive(Debug, Clone)]
pub struct Slot {
    entry: Arc<Entry>,
    /// How many postings are kept.
    pub kept: u32,
    /// The letters of the form.
    pub letters: Letters,
    /// The pairs of letters in a word and its lemmas; none for parts.
    pub signature: Signature,
}

impl Slot {
    /// Puts an entry in the lexicon.
    pub fn new(entry: Entry, signature: Signature) -> Self {
        let kept = u32::try_from(entry.postings().len()).unwrap_or(u32::MAX);
        Slot { kept, letters: Letters::of(&entry.form), entry: Arc::new(entry), signature }
    }

    /// Returns what entries are sorted by.
    pub fn key(&self) -> (&str, Kind) {
        (&self.form, self.kind)
    }
}

impl Deref for Slot {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

/// An entry that is not as before.
#[derive(Debug)]
pub struct Changed<'a> {
    /// The folded form.
    pub form: Arc<str>,
    /// What it is.
    pub kind: Kind,
    /// The entry before, if there was one.
    pub old: Option<&'a Slot>,
    /// The entry now; none where it is gone.
    pub now: Option<Slot>,
}

impl Changed<'_> {
    /// Returns what entries are sorted by.
    pub fn key(&self) -> (&str, Kind) {
        (&self.form, self.kind)
    }
}

/// Entries in the order of form and kind.
#[derive(Debug, Default)]
pub struct Entries {
    /// None is empty.
    blocks: Vec<Arc<Vec<Slot>>>,
    /// The number of each block's first entry.
    starts: Vec<usize>,
    len: usize,
}

impl Index<usize> for Entries {
    type Output = Slot;

    fn index(&self, number: usize) -> &Slot {
        let block = self.starts.partition_point(|start| *start <= number) - 1;
        &self.blocks[block][number - self.starts[block]]
    }
}

impl Entries {
    fn of(blocks: Vec<Arc<Vec<Slot>>>) -> Self {
        let mut len = 0;
        let mut start = |block: &Arc<Vec<Slot>>| {
            len += block.len();
            len - block.len()
        };
        let starts = blocks.iter().map(&mut start).collect();
        Entries { blocks, starts, len }
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
    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.blocks.iter().flat_map(|block| block.iter())
    }

    /// Returns all of them, in parallel.
    pub fn par_iter(&self) -> impl ParallelIterator<Item = &Slot> {
        self.blocks.par_iter().flat_map_iter(|block| block.iter())
    }

    /// Returns those with these numbers.
    pub fn range(&self, numbers: Range<usize>) -> impl Iterator<Item = &Slot> {
        let block = self.starts.partition_point(|start| *start <= numbers.start).saturating_sub(1);
        let skipped = numbers.start - self.starts.get(block).copied().unwrap_or_default();
        self.blocks[block..].iter().flat_map(|block| block.iter()).skip(skipped).take(numbers.len())
    }

    /// Returns the number of the first one that does not satisfy a condition which holds for all before it.
    pub fn partition_point(&self, holds: impl Fn(&Slot) -> bool) -> usize {
        let block = self.blocks.partition_point(|block| block.last().is_some_and(&holds));
        let within = self.blocks.get(block).map_or(0, |block| block.partition_point(&holds));
        self.starts.get(block).map_or(self.len, |start| start + within)
    }

    /// Returns an entry, if there is one.
    pub fn find(&self, form: &str, kind: Kind) -> Option<&Slot> {
        let is_before = |slot: &Slot| slot.key() < (form, kind);
        let block = self.blocks.partition_point(|block| block.last().is_some_and(is_before));
        let block = self.blocks.get(block)?;
        let found = block.get(block.partition_point(is_before))?;
        (found.key() == (form, kind)).then_some(found)
    }

    /// Returns other entries in the place of all of them.
    pub fn map(&self, other: impl Fn(&Slot) -> Slot + Sync) -> Self {
        Entries::of(self.blocks.par_iter().map(|block| Arc::new(block.iter().map(&other).collect())).collect())
    }

    /// Returns the entries with others in the place of those that are not as before; `changed` is in order.
    pub fn changed(&self, changed: &[Changed<'_>]) -> Self {
        Entries::of(changed_blocks(&self.blocks, changed))
    }
}

/// Puts entries that are not as before in their places among blocks.
fn changed_blocks(blocks: &[Arc<Vec<Slot>>], changed: &[Changed<'_>]) -> Vec<Arc<Vec<Slot>>> {
    match blocks {
        _ if changed.is_empty() => blocks.to_vec(),
        [] => in_blocks(changed.iter().filter_map(|change| change.now.clone()).collect()),
        [block] => {
            let mut slots = Vec::with_capacity(block.len() + changed.len());
            let mut old = block.iter().peekable();
            for change in changed {
                while let Some(slot) = old.next_if(|slot| slot.key() < change.key()) {
                    slots.push(slot.clone());
                }
                old.next_if(|slot| slot.key() == change.key());
                slots.extend(change.now.clone());
            }
            slots.extend(old.cloned());
            in_blocks(slots)
        }
        _ => {
            let (left, right) = blocks.split_at(blocks.len() / 2);
            let first = right[0][0].key();
            let (before, after) = changed.split_at(changed.partition_point(|change| change.key() < first));
            let (mut all, rest) = rayon::join(|| changed_blocks(left, before), || changed_blocks(right, after));
            all.extend(rest);
            all
        }
    }
}

/// Divides entries into blocks.
fn in_blocks(mut slots: Vec<Slot>) -> Vec<Arc<Vec<Slot>>> {
    match slots.len() {
        0 => Vec::new(),
        1..=MOST_IN_BLOCK => {
            slots.shrink_to_fit();
            vec![Arc::new(slots)]
        }
        _ => slots.par_chunks(BLOCK).map(|slots| Arc::new(slots.to_vec())).collect(),
    }
}
