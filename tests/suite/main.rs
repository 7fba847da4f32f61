//! The tests of opas at its users' boundary: files in, the program run, files and messages out.
//!
//! One binary with a module for each side of the program. Where many
//! books are made in little time, `properties` and `edition` go through the library.

#![allow(clippy::disallowed_methods, reason = "tests make books on the disk and read what is made of them")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "long inputs are easier to read this way")]

mod cli;
mod drift;
mod edition;
mod editions;
mod explain;
mod faults;
mod flow;
mod hostile;
mod html;
mod layer_themes;
mod layers;
mod markdown;
mod planted;
mod properties;
mod publish;
mod review;
mod schema;
mod search;
mod serve;
mod shipped;
mod site;
mod support;
mod theme;
