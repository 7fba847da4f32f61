//! opas
pub mod book;
pub mod check;
pub mod cli;
pub mod config;
pub mod data;
pub mod diagnostic;
pub mod digest;
pub mod document;
pub mod pipeline;
pub mod publish;
pub mod render;
pub mod scaffold;
pub mod site;
pub mod source;
pub mod values;
