//! The names of channels: the theme's strings `channel-NAME`, which are the fixed set that pages may use.
//!
//! It is given a channel's word and returns its name in a language; [`check`] reports words without one.

use super::{Theme, Tracked};
use crate::book::Book;
use crate::config::Lang;
use crate::data::Part;
use crate::diagnostic::{Code, Diagnostic};

/// The beginning of the strings' keys.
const KEY: &str = "channel-";

/// Returns a channel's name in a language; the word itself where there is none, which the check has reported.
pub fn name(tracked: &Tracked<'_>, lang: &Lang, channel: &str) -> String {
    let strings = tracked.strings(lang);
    let name = strings.get_from_path(&format!("{KEY}{channel}")).and_then(|value| value.as_str().map(str::to_owned));
    name.unwrap_or_else(|| channel.to_owned())
}

/// Reports channels that have no name in one of the book's languages (`E070`).
pub fn check(book: &Book, theme: &Theme, out: &mut Vec<Diagnostic>) {
    let is_named = |channel: &String| book.config.languages.iter().all(|lang| has_name(theme, lang, channel));
    if book.channels.iter().all(is_named) {
        return;
    }
    for page in book.pages.values().flat_map(|pages| pages.values()) {
        for (index, channel) in page.front.channels.iter().enumerate() {
            let has_name = |lang: &&Lang| has_name(theme, lang, channel);
            let Some(lang) = book.config.languages.iter().find(|lang| !has_name(lang)) else { continue };
            let place = page.place(&["channels".into(), index.into()], Part::Value);
            let fault = |message: String| Diagnostic::new(Code::E070, message).at(place.clone()).address(&*page.id);
            let file = format!("themes/{}/strings/{lang}.yaml", book.config.theme);
            out.push(if has_name(&book.config.source_lang()) {
                let help = format!("write `{KEY}{channel}: …` into {file}");
                fault(format!("the channel `{channel}` has no name in the language `{lang}`")).help(help)
            } else {
                let known = theme.strings[book.config.source_lang()].keys().filter_map(|key| key.strip_prefix(KEY));
                let help = format!("a channel of your own gets its name by `{KEY}{channel}: …` in {file}");
                fault(format!("there is no channel `{channel}`")).help(help).suggest(channel, known)
            });
        }
    }
}

fn has_name(theme: &Theme, lang: &Lang, channel: &str) -> bool {
    theme.strings[lang].contains_key(&format!("{KEY}{channel}"))
}
