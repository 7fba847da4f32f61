//! The list of rules: one code a rule, with its severity and its name.
//!
//! The manual (`docs/`) explains each with an example, and a test holds the two lists together. Codes are
//! never reused for another rule.

use super::Severity;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident $name:literal,)+) => {
        /// A rule that content can break.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $code,)+
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &[Code] = &[$(Code::$code,)+];

            /// Returns the code as it is printed, such as `E012`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Code::$code => stringify!($code),)+
                }
            }

            /// Returns the rule's name, such as `unknown-key`.
            pub fn title(self) -> &'static str {
                match self {
                    $(Code::$code => $name,)+
                }
            }
        }
    };
}

codes! {
    /// A file or folder of the book cannot be read.
    E001 "unreadable-file",
    /// A text file is not valid UTF-8.
    E002 "not-utf-8",
    /// A symbolic link leads out of the book, into a loop or nowhere.
    E003 "bad-symlink",
    /// `book.toml` is missing or says something that it cannot.
    E004 "bad-configuration",
    /// A file or folder is named with other characters than ids allow.
    E005 "bad-name",
    /// `a.md` stands beside `a/index.md`.
    E006 "page-beside-folder",
    /// A page or folder has a name that opas uses itself.
    E007 "reserved-name",
    /// Two things would be written to one output path.
    E008 "output-collision",
    /// YAML that cannot be parsed.
    E009 "bad-yaml",
    /// A page without front matter, or with one that does not end.
    E010 "no-front-matter",
    /// A key that is not known here.
    E011 "unknown-key",
    /// A value of the wrong type or form.
    E012 "bad-value",
    /// A compulsory key is missing or empty.
    E013 "missing-key",
    /// `pages` names a child that does not exist, or names one twice.
    E014 "unknown-child",
    /// An alias that is not a possible id, or is taken.
    E015 "bad-alias",
    /// `covers` names a section that the page does not have.
    E016 "unknown-covers-section",
    /// `covers` names a statement that `statements.yaml` does not have.
    E017 "unknown-statement",
    /// Two headings of a page have one id.
    E018 "duplicate-id",
    /// A heading's level jumps, or is the level of the page's title.
    E019 "heading-level",
    /// A heading has an id, class or attribute that is not allowed.
    E020 "heading-attribute",
    /// A link to a page or file that does not exist.
    E021 "dead-link",
    /// A link to a section that does not exist or cannot be addressed.
    E022 "dead-anchor",
    /// An image that does not exist in the book.
    E023 "missing-image",
    /// An image without alternative text.
    E024 "no-alt-text",
    /// A contact that `contacts.yaml` does not have.
    E025 "unknown-contact",
    /// A term that `glossary.yaml` does not have.
    E026 "unknown-term",
    /// A variable that neither `vars.yaml` nor a contact's fields have.
    E027 "unknown-variable",
    /// A link or image address of a kind that is not allowed.
    E028 "bad-address",
    /// A footnote that is not defined.
    E029 "unknown-footnote",
    /// A reference-style link whose reference is not defined.
    E030 "unknown-reference",
    /// Text nested deeper than a page can show.
    E031 "nested-too-deep",
    /// A variable or contact that must be filled in is empty.
    E032 "must-fill",
    /// A translation of a page, term, contact or variable that the source language does not have.
    E033 "translation-without-source",
    /// A template that cannot be parsed or rendered.
    E034 "bad-template",
    /// The theme has no strings for a language, or lacks some.
    E035 "missing-strings",
    /// A key that is only allowed in a layer.
    E036 "layer-only-key",
    /// The book has no front page.
    E037 "no-front-page",
    /// A flow leads to a question or outcome that it does not have.
    E040 "unknown-target",
    /// A question or outcome of a flow that cannot be reached.
    E041 "unreachable-node",
    /// A flow that goes in a circle.
    E042 "flow-cycle",
    /// A row of a flow that can never match.
    E043 "row-never-matches",
    /// The rows of an answer do not end with an `else`.
    E044 "missing-else",
    /// `when` names a question or an answer that the flow does not have.
    E045 "unknown-in-when",
    /// A flow with more states than pages can be made for.
    E046 "too-many-states",
    /// Two questions or outcomes of a flow, or two answers of a question, have one id.
    E047 "duplicate-flow-id",
    /// An answer without text.
    E048 "answer-without-text",
    /// An outcome that no answer leads to.
    E049 "unused-outcome",
    /// A fact that cannot answer the questions it is meant for.
    E050 "bad-fact",
    /// A walk through a flow that does not exist.
    E052 "unknown-flow",
    /// A walk that does not answer all that the flow asks.
    E053 "walk-incomplete",
    /// A walk with answers that the flow does not ask for.
    E054 "walk-left-over",
    /// A walk that ends in another outcome than it says.
    E055 "walk-ends-elsewhere",
    /// A walk that names a question, an answer or an outcome that the flow does not have.
    E056 "unknown-in-walk",
    /// Walks that exercise less of a flow than `book.toml` asks for.
    E057 "flow-coverage",
    /// An edition trusts the theme files of a layer that it does not have.
    E058 "unknown-trust",
    /// Fewer queries of a list find their page than `book.toml` asks for.
    E064 "search-score",
    /// A channel that the theme has no name for.
    E070 "unknown-channel",
    /// White text cannot be read on the accent of `[brand]`.
    E071 "brand-contrast",
    /// The logo of `[brand]` does not exist, or is no image.
    E072 "missing-logo",
    /// A heading without text.
    E073 "empty-heading",
    /// An edition that `book.toml` does not have.
    E080 "unknown-edition",
    /// A page of a layer at the path of a page that is there already, without `op`.
    E081 "page-without-op",
    /// A layer changes something that is not there.
    E082 "unknown-target",
    /// Two operations change one thing, and neither says that it means to.
    E083 "conflicting-changes",
    /// A layer changes something that a layer below has taken away.
    E084 "changed-after-removal",
    /// A layer changes a locked section.
    E085 "locked-section",
    /// A patch that cannot be read.
    E086 "bad-patch",
    /// A replacement does not open with the heading of what it replaces.
    E087 "replacement-heading",
    /// A hidden page leads nowhere.
    E088 "bad-redirect",
    /// A layer stands twice in a stack, or is built on itself.
    E089 "layer-cycle",
    /// A layer's page is placed beside a page that is not its neighbour.
    E090 "bad-placement",
    /// A layer adds something under a name that is taken, or forgets to say that it is new.
    E091 "not-new",
    /// A layer has a folder whose name is nearly that of one that is read.
    E092 "misnamed-folder",
    /// A layer was written on another book.
    E093 "wrong-base",
    /// `over` names a layer that changes nothing there.
    E094 "needless-over",
    /// An operation of a layer on a flow that cannot be read or done.
    E095 "bad-flow-patch",
    /// A layer defines a term anew without saying so.
    E097 "term-redefined",
    /// A layer gives a walk another result and does not say why.
    E098 "unexplained-walk",
    /// A file of a layer that is not trusted could run in readers' browsers.
    E099 "active-file",
    /// Raw HTML that is not on the list of what is allowed was dropped.
    W001 "html-dropped",
    /// A footnote that nothing refers to.
    W002 "unused-footnote",
    /// A statement that no section covers.
    W003 "uncovered-statement",
    /// A section covers a statement, but its key term does not occur there.
    W004 "key-term-missing",
    /// A page's review date has passed.
    W005 "review-due",
    /// A page has no translation.
    W006 "untranslated",
    /// A translation was made from an older version of its source page.
    W007 "stale-translation",
    /// A variable, contact, term or file that nothing uses.
    W008 "unused",
    /// A code block in a language that cannot be highlighted.
    W009 "unknown-code-language",
    /// A link whose text does not say where it leads.
    W010 "vague-link",
    /// A sentence with too many words.
    W011 "long-sentence",
    /// A column of a table without a name.
    W012 "nameless-column",
    /// A variable or a term in raw HTML, which is shown as written.
    W013 "reference-in-html",
    /// A flow, or a text of it, that is not translated.
    W015 "untranslated-flow",
    /// The text that a layer replaces or removes has changed since.
    W020 "changed-base",
    /// The heading that a layer's text is placed by has changed since.
    W021 "changed-anchor",
    /// A layer's text is the same as the book's.
    W022 "removable-override",
    /// A layer changes a page in the source language but not its translation.
    W023 "untranslated-change",
    /// An override that `overlay.lock` does not know.
    W024 "unrecorded-override",
    /// A layer names a page by an id that it had before.
    W025 "renamed-page",
    /// Templates or assets of a layer that is not trusted, which are not used.
    W028 "unused-layer-theme",
    /// The accessibility statement lacks a part that the law asks for.
    W030 "blank-accessibility",
}

impl Code {
    /// Returns the severity that the code's letter stands for.
    pub fn severity(self) -> Severity {
        if self.name().starts_with('E') { Severity::Error } else { Severity::Warning }
    }
}
