//! The tests of opas at its users' boundary: files in, the program run, files and messages out.
//!
//! One binary with a module for each side of the program. Only `properties` goes through the library.

mod cli;
mod faults;
mod hostile;
mod html;
mod markdown;
mod planted;
mod properties;
mod publish;
mod site;
mod support;
