//! Ordering words as the readers of a language expect: `å`, `ä`, `ö` at the end in Finnish and Swedish.
//!
//! By ICU collation (CLDR data compiled in), so that the order depends on the book's language and never on
//! the machine's locale.

use std::cmp::Ordering;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::Locale;

/// Compares texts in one language.
pub struct Collation(CollatorBorrowed<'static>);

impl Collation {
    /// Makes the ordering of a language; an unknown code gets the root ordering of Unicode.
    pub fn new(lang: &str) -> Self {
        let locale: Locale = lang.parse().unwrap_or(Locale::UNKNOWN);
        let collator = Collator::try_new((&locale).into(), CollatorOptions::default());
        Collation(collator.expect("the collation data is compiled in"))
    }

    /// Compares two texts; texts that are alike in the language are compared by their bytes.
    pub fn compare(&self, a: &str, b: &str) -> Ordering {
        self.0.compare(a, b).then_with(|| a.cmp(b))
    }
}

#[cfg(test)]
mod tests {
    use super::Collation;

    #[test]
    fn finnish_letters_come_last() {
        let mut words = vec!["öljy", "ääni", "Asia", "zoom", "asiakas", "åbo"];
        let finnish = Collation::new("fi");
        words.sort_by(|a, b| finnish.compare(a, b));
        assert_eq!(words, ["Asia", "asiakas", "zoom", "åbo", "ääni", "öljy"]);
    }
}
