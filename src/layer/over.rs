//! The rule of `over`: a change of what another layer has made must name that layer, and no other.
//!
//! It is given the layers that a change names and those whose work it takes the place of, and says how they stand to each
//! other. What is said of it, and where, is for those who ask.

use std::collections::BTreeSet;
use std::sync::Arc;

/// How a change stands to what is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'a> {
    /// Nobody else's work is concerned, or the change names whose it is.
    Meant,
    /// It names a layer whose work is not concerned.
    Needless(&'a str),
    /// It takes the place of this layer's work and does not say so.
    Unsaid(&'a Arc<str>),
}

/// Returns the names of all layers that a change would have to name, each once and in order.
pub fn names<'a>(others: impl Iterator<Item = &'a Arc<str>>) -> String {
    others.map(|name| &**name).collect::<BTreeSet<&str>>().into_iter().collect::<Vec<_>>().join(", ")
}

/// Judges a change that names the layers `over` and takes the place of the work of the layers `others`.
pub fn standing<'a, O>(over: &'a [impl AsRef<str>], others: O) -> Standing<'a>
where
    O: IntoIterator<Item = &'a Arc<str>> + Clone,
{
    let mut names = over.iter().map(AsRef::as_ref);
    if let Some(name) = names.find(|name| !others.clone().into_iter().any(|other| **other == **name)) {
        return Standing::Needless(name);
    }
    let is_unsaid = |other: &&Arc<str>| !over.iter().any(|name| name.as_ref() == &***other);
    others.into_iter().find(is_unsaid).map_or(Standing::Meant, Standing::Unsaid)
}
