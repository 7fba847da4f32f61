//! The program `opas`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    opas::cli::run()
}
