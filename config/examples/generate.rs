//! Prints what is generated from the declarations of the fields: `schema`, `reference` or
//! `presets`.

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let text = match std::env::args().nth(1).as_deref() {
        Some("schema") => format!("{:#}\n", config::json_schema()),
        Some("reference") => config::reference_markdown(),
        Some("presets") => config::presets::presets_markdown(),
        _ => return ExitCode::from(3),
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
