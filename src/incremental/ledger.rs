//! Which outputs there are, and what each was made from.
//!
//! It is given outputs when they are made, with the inputs that were recorded, and says later which of them are
//! out of date: those one of whose inputs has another digest now. It knows no rule about what depends on what.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::book::Input;
use crate::book::digests::{Family, Guard};
use crate::digest::Digest;
use crate::pipeline::Prepared;
use crate::render::tracked;
use crate::site::{How, Output, Planned, Site};

/// Entries that nothing uses any more are cleared away when there are this many, and most are of their kind.
const MOST_UNUSED: usize = 4096;

/// What is known of an output.
#[derive(Debug)]
struct Kept {
    how: How,
    digest: Digest,
    /// Positions of its inputs among the entries.
    inputs: Vec<usize>,
}

/// An input as it was when the site was last up to date.
#[derive(Debug)]
struct Entry {
    input: Input,
    digest: Option<Digest>,
    /// How many outputs were made from it.
    uses: usize,
}

/// Inputs that one look can stand for.
#[derive(Debug)]
struct Group {
    family: Family,
    guard: Option<Guard>,
    /// Positions among the entries.
    members: Vec<usize>,
}

/// The record of all outputs of a site as it was last made.
#[derive(Debug, Default)]
pub struct Ledger {
    outputs: BTreeMap<Arc<str>, Kept>,
    entries: Vec<Entry>,
    positions: HashMap<Input, usize>,
    groups: Vec<Group>,
    families: HashMap<Family, usize>,
    unused: usize,
}

/// What a site needs to be up to date.
#[derive(Debug, Default)]
pub struct Due {
    /// Positions in the site's plan of the files that must be made.
    pub make: Vec<usize>,
    /// Paths of the files that are not part of the site any more.
    pub remove: Vec<Arc<str>>,
}

/// An output as it was last made.
type Known<'k> = (&'k Arc<str>, &'k Kept);

/// How many files are compared one after another at most.
const TOGETHER: usize = 2048;

/// Compares a part of a plan, whose first file has a position, with the outputs between whose paths it lies.
fn due_among(
    known: &[Known<'_>],
    (first, plan): (usize, &[Planned]),
    is_stale: &(impl Fn(&Kept) -> bool + Sync),
) -> Due {
    if plan.len() > TOGETHER {
        let (left, right) = plan.split_at(plan.len() / 2);
        let (before, after) = known.split_at(known.partition_point(|(path, _)| ***path < *right[0].path));
        let (mut due, rest) = rayon::join(
            || due_among(before, (first, left), is_stale),
            || due_among(after, (first + left.len(), right), is_stale),
        );
        due.make.extend(rest.make);
        due.remove.extend(rest.remove);
        return due;
    }
    let mut due = Due::default();
    let mut known = known.iter().peekable();
    for (at, planned) in (first..).zip(plan) {
        while let Some((path, _)) = known.next_if(|(path, _)| ***path < *planned.path) {
            due.remove.push(Arc::clone(path));
        }
        let kept = known.next_if(|(path, _)| ***path == *planned.path);
        if !kept.is_some_and(|(_, kept)| kept.how == planned.how && !is_stale(kept)) {
            due.make.push(at);
        }
    }
    due.remove.extend(known.map(|(path, _)| Arc::clone(path)));
    due
}

impl Ledger {
    /// Says what must be made and removed, so that the outputs are those of this site.
    ///
    /// `stale` is what [`stale`](Ledger::stale) has found.
    pub fn due(&self, prepared: &Prepared, site: &Site<'_>, mut stale: Vec<usize>) -> Due {
        stale.extend(self.stale_among(prepared, |family| *family == Family::Index));
        let mut is_entry_stale = vec![false; self.entries.len()];
        for at in &stale {
            is_entry_stale[*at] = true;
        }
        let is_stale = |kept: &Kept| !stale.is_empty() && kept.inputs.iter().any(|at| is_entry_stale[*at]);
        let known: Vec<Known<'_>> = self.outputs.iter().collect();
        due_among(&known, (0, &site.plan), &is_stale)
    }

    /// Returns the positions of the entries that have another digest now. The shards of the search index are not among
    /// them: the index can be made meanwhile.
    pub fn stale(&self, prepared: &Prepared) -> Vec<usize> {
        self.stale_among(prepared, |family| *family != Family::Index)
    }

    fn stale_among(&self, prepared: &Prepared, is_wanted: impl Fn(&Family) -> bool + Sync) -> Vec<usize> {
        let (book, theme) = (&prepared.book, &prepared.theme);
        let of_group = |group: &Group| {
            let guard = book.guard(&group.family);
            let is_same = guard.is_some() && guard == group.guard;
            let members = if is_same { &[] } else { group.members.as_slice() };
            let is_stale = |at: &&usize| {
                let entry = &self.entries[**at];
                entry.uses > 0 && tracked::digest(book, theme, &entry.input) != entry.digest
            };
            members.par_iter().filter(is_stale).copied().collect::<Vec<usize>>()
        };
        self.groups.par_iter().filter(|group| is_wanted(&group.family)).flat_map_iter(of_group).collect()
    }

    /// Takes in what has been made and removed; returns which of the made outputs hold other bytes than before.
    ///
    /// All outputs are up to date with the book after this, so the digests of all inputs are those of now.
    pub fn settle(&mut self, prepared: &Prepared, site: &Site<'_>, due: &Due, made: &[Arc<Output>]) -> Vec<bool> {
        for path in &due.remove {
            self.forget(path);
        }
        let mut differs = Vec::with_capacity(made.len());
        for (at, output) in due.make.iter().zip(made) {
            let before = self.forget(&output.path);
            differs.push(before != Some(output.digest));
            let inputs = output.inputs.iter().map(|(input, digest)| self.note(input, *digest)).collect();
            let how = site.plan[*at].how.clone();
            self.outputs.insert(output.path.as_str().into(), Kept { how, digest: output.digest, inputs });
        }
        self.groups.par_iter_mut().for_each(|group| group.guard = prepared.book.guard(&group.family));
        if self.unused > MOST_UNUSED && self.unused > self.entries.len() / 2 {
            self.clear_unused();
        }
        differs
    }

    /// Notes that an output was made from an input; returns the input's position.
    fn note(&mut self, input: &Input, digest: Option<Digest>) -> usize {
        let at = self.positions.get(input).copied().unwrap_or_else(|| self.add(input));
        let entry = &mut self.entries[at];
        if entry.uses == 0 {
            self.unused -= 1;
        }
        entry.uses += 1;
        entry.digest = digest;
        at
    }

    /// Adds an entry that nothing uses yet.
    fn add(&mut self, input: &Input) -> usize {
        let at = self.entries.len();
        self.entries.push(Entry { input: input.clone(), digest: None, uses: 0 });
        self.unused += 1;
        self.positions.insert(input.clone(), at);
        let family = input.family();
        let group = self.families.get(&family).copied().unwrap_or_else(|| {
            self.groups.push(Group { family: family.clone(), guard: None, members: Vec::new() });
            self.families.insert(family, self.groups.len() - 1);
            self.groups.len() - 1
        });
        self.groups[group].members.push(at);
        at
    }

    /// Takes an output out; returns its digest.
    fn forget(&mut self, path: &str) -> Option<Digest> {
        let kept = self.outputs.remove(path)?;
        for at in kept.inputs {
            self.entries[at].uses -= 1;
            if self.entries[at].uses == 0 {
                self.unused += 1;
            }
        }
        Some(kept.digest)
    }

    /// Builds the record anew without entries that nothing uses.
    fn clear_unused(&mut self) {
        let old = std::mem::take(self);
        let guards: HashMap<Family, Option<Guard>> =
            old.groups.into_iter().map(|group| (group.family, group.guard)).collect();
        for (path, mut kept) in old.outputs {
            let entries = kept.inputs.iter().map(|at| &old.entries[*at]);
            kept.inputs = entries.map(|entry| self.note(&entry.input, entry.digest)).collect();
            self.outputs.insert(path, kept);
        }
        for group in &mut self.groups {
            group.guard = guards.get(&group.family).copied().flatten();
        }
    }
}
