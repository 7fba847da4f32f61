//! The rule of `over`: a change of what another layer has made must name that layer, and no other.
//!
//! It is given the layers that a change names and the one whose work it takes the place of, and says how the two stand
//! to each other. What is said of it, and where, is for those who ask.

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

/// Judges a change that names the layers `over` and takes the place of the work of `other`, if that is another layer's.
pub fn standing<'a>(over: &'a [impl AsRef<str>], other: Option<&'a Arc<str>>) -> Standing<'a> {
    let mut names = over.iter().map(AsRef::as_ref);
    if let Some(name) = names.find(|name| other.is_none_or(|other| **other != **name)) {
        return Standing::Needless(name);
    }
    other.filter(|_| over.is_empty()).map_or(Standing::Meant, Standing::Unsaid)
}
