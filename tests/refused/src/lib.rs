//! For tests: programs that must not compile, and the compiler's reasons.
//!
//! They are compiled against the libraries that the calling test itself was built with. A project of their own would
//! compile each of their dependencies once more, which took CI longer than any test of this workspace.

use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{fs, io};

/// One library as it lies beside the test: its name in programs, and its file.
type Library<'a> = (&'a str, PathBuf);

/// What the compiler says to each program `*.rs` of the folder, as text to be pinned: for every error its code, place,
/// message and labels. The programs see `libraries`; `control.rs` is one of them, and must compile: it shows that the
/// others do not fail for want of something else.
///
/// # Errors
/// Files cannot be read, no compiler runs, a program compiles, or the control does not.
pub fn reasons(folder: &Path, libraries: &[&str]) -> io::Result<String> {
    let mut programs: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    programs.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    programs.sort();
    let control = folder.join("control.rs");
    let seen = that_fit(&control, libraries)?;
    let mut told = String::new();
    for program in programs.iter().filter(|program| **program != control) {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let said = compile(program, &seen)?;
        if said.is_empty() {
            return Err(io::Error::other(format!("{name} compiles")));
        }
        let _ = writeln!(told, "{name}\n{said}");
    }
    Ok(told)
}

/// The newest of each library with which the control compiles: several lie there where it was built in several ways,
/// and only some of them know each other.
fn that_fit<'a>(control: &Path, libraries: &[&'a str]) -> io::Result<Vec<Library<'a>>> {
    let mut ways: Vec<Vec<Library<'a>>> = vec![Vec::new()];
    for name in libraries {
        let files = newest_first(name)?;
        ways = files
            .iter()
            .flat_map(|file| {
                ways.iter().map(|way| {
                    let mut way = way.clone();
                    way.push((*name, file.clone()));
                    way
                })
            })
            .collect();
    }
    let mut said = format!("one of {libraries:?} is not built");
    for way in ways {
        said = compile(control, &way)?;
        if said.is_empty() {
            return Ok(way);
        }
    }
    let control = control.display();
    Err(io::Error::other(format!(
        "{control} does not compile:\n{said}"
    )))
}

/// The folder in which cargo lays what a test is linked with, and the test.
fn beside() -> io::Result<PathBuf> {
    let mut path = std::env::current_exe()?;
    path.pop();
    Ok(path)
}

fn newest_first(library: &str) -> io::Result<Vec<PathBuf>> {
    let prefix = format!("lib{library}-");
    let mut found: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(beside()?)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(&prefix) && name.ends_with(".rlib") {
            found.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    found.sort();
    Ok(found.into_iter().rev().map(|(_, path)| path).collect())
}

/// The errors of a program; empty if it compiles.
fn compile(program: &Path, libraries: &[Library<'_>]) -> io::Result<String> {
    let mut rustc =
        Command::new(std::env::var_os("RUSTC").map_or_else(|| "rustc".into(), PathBuf::from));
    rustc.args(["--edition=2024", "--crate-type=bin", "--emit=metadata"]);
    rustc.args(["--error-format=json", "-Awarnings", "-L"]);
    rustc.arg(format!("dependency={}", beside()?.display()));
    // A folder, for whatever file is named as output is replaced.
    let made = tempfile::tempdir()?;
    rustc.arg("--out-dir").arg(made.path());
    for (name, file) in libraries {
        rustc.arg(format!("--extern={name}={}", file.display()));
    }
    let output = rustc.arg(program).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let errors: String = said.lines().filter_map(error).collect();
    if errors.is_empty() && !output.status.success() {
        return Err(io::Error::other(said.into_owned()));
    }
    Ok(errors)
}

fn error(line: &str) -> Option<String> {
    let said: Value = serde_json::from_str(line).ok()?;
    let code = said["code"]["code"].as_str()?;
    (said["level"] == "error").then_some(())?;
    let mut told = format!("  {code}: {}\n", short(said["message"].as_str()?));
    for span in said["spans"].as_array()? {
        if span["is_primary"] == true {
            let label = span["label"].as_str().unwrap_or("here");
            let _ = writeln!(told, "    line {}: {}", span["line_start"], short(label));
        }
    }
    Some(told)
}

/// A reason names all fields of a large struct: which ones is not why it is refused.
fn short(text: &str) -> String {
    const BETWEEN: &str = "`, `";
    match (text.find(BETWEEN), text.rfind(BETWEEN)) {
        (Some(first), Some(last)) if text.matches(BETWEEN).count() > 7 => {
            format!("{}`, …, `{}", &text[..first], &text[last + BETWEEN.len()..])
        }
        _ => text.to_owned(),
    }
}
