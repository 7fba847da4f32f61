//! What layers say in `overlay.toml` beside the book's own settings: facts of the organisation, and its look.
//!
//! It is given a stack and the settings of the book, and changes these as the layers say, from the lowest up.
//! Whether facts and answers exist is asked in `flow`, where the questions are.

use std::sync::Arc;

use super::over::{Standing, standing};
use super::{Layer, Stack};
use crate::config::{Brand, Config};
use crate::diagnostic::{Code, Diagnostic};
use crate::digest::Digest;
use crate::flow::Fact;

impl Stack {
    /// Puts what the layers say into the settings of an edition.
    ///
    /// Logo and colour are each those of the uppermost layer that has one: an organisation that builds on
    /// another's layer has a look of its own. A fact that two layers give needs `over`. The site stands where the
    /// uppermost layer says; the book's address is that of the book alone.
    pub fn settle(&self, config: &mut Config, out: &mut Vec<Diagnostic>) {
        for layer in &self.layers {
            take_facts(layer, config, out);
            take_brand(&layer.manifest.brand, config);
        }
        if let Some(uppermost) = self.layers.last() {
            config.url.clone_from(&uppermost.manifest.url);
            config.digest = Digest::of_parts([config.digest, Digest::of(config.url.as_deref().unwrap_or_default())]);
        }
    }
}

fn take_facts(layer: &Layer, config: &mut Config, out: &mut Vec<Diagnostic>) {
    let name = &layer.manifest.name;
    for own in &layer.manifest.facts {
        let mut fault = |code, message: String, help: String| {
            let mut fault = Diagnostic::new(code, message).at(own.place.clone()).help(help);
            fault.layer = Some(name.to_string());
            if let Some(below) = config.facts.get(&own.name) {
                fault = fault.related(below.place.clone(), "given here");
            }
            out.push(fault);
        };
        let below = config.facts.get(&own.name).map(|fact| &fact.layer);
        match standing(&own.over, below) {
            Standing::Meant => {}
            Standing::Needless(over) => {
                let message = format!("`over: {over}`, but the layer `{over}` does not give the fact `{}`", own.name);
                fault(Code::E094, message, "leave `over` out".to_owned());
                continue;
            }
            Standing::Unsaid(other) => {
                let message = format!("the fact `{}` has been given by the layer `{other}`", own.name);
                let help = format!("write `{{ value = \"{}\", over = \"{other}\" }}` if that is meant", own.answer);
                fault(Code::E083, message, help);
                continue;
            }
        }
        let fact = Fact { answer: own.answer.clone(), layer: Arc::clone(name), place: own.place.clone() };
        config.facts.insert(own.name.clone(), fact);
    }
}

fn take_brand(own: &Brand, config: &mut Config) {
    if let Some(logo) = &own.logo {
        config.brand.logo = Some(Arc::clone(logo));
        config.digest = Digest::of_parts([config.digest, logo.digest]);
    }
    if let Some(accent) = own.accent {
        config.brand.accent = Some(accent);
        config.digest = Digest::of_parts([config.digest, Digest::of(accent.to_string())]);
    }
}
