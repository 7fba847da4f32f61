//! opas turns a folder of Markdown and YAML into a static staff handbook.
//!
//! The stages stand in the order of the data: [`source`] reads the files, [`config`] the settings, [`document`]
//! parses Markdown, [`book`] puts the pages together and checks them against each other with the decision
//! [`flow`]s beside them, [`render`] makes HTML,
//! [`site`] lists the files, [`publish`] writes them. [`check`] looks at a book without making a site,
//! [`pipeline`] calls the stages in order, and [`cli`] is the program's face. Each stage takes the value of the
//! one before and returns its own beside a list of [`diagnostic`]s; only `source`, `publish` and `opas new`
//! touch the disk.

pub mod book;
pub mod check;
pub mod cli;
pub mod config;
pub mod data;
pub mod diagnostic;
pub mod digest;
pub mod document;
pub mod flow;
pub mod incremental;
pub mod layer;
pub mod pipeline;
pub mod publish;
pub mod render;
pub mod scaffold;
pub mod schema;
pub mod search;
pub mod serve;
pub mod site;
pub mod source;
pub mod values;
