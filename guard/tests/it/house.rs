//! The files of the house.

use std::fs;
use std::path::{Path, PathBuf};

/// What is not ours, or is made from something else.
const NOT_OURS: [&str; 3] = ["target", ".git", ".tawny"];

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A text of the workspace, by its path below the root.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A file of the house.
pub(crate) struct File {
    /// Its path below the root, with slashes.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

impl File {
    /// Whether it is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it is there for tests alone.
    pub(crate) fn is_test(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
    }

    /// The text without the inline tests at its end.
    pub(crate) fn product(&self) -> &str {
        let end = self.text.find("#[cfg(test)]\nmod tests {");
        self.text.get(..end.unwrap_or(self.text.len())).unwrap()
    }

    /// The text without lines that are comments.
    pub(crate) fn code(&self) -> String {
        let lines = self.text.lines();
        let code = lines.filter(|line| !line.trim_start().starts_with("//"));
        code.flat_map(|line| [line, "\n"]).collect()
    }
}

/// Every text file of the house.
pub(crate) fn files() -> Vec<File> {
    let mut found = Vec::new();
    walk(root(), &mut found);
    assert!(found.len() > 300, "only {} files", found.len());
    found
}

fn walk(folder: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push(File {
                path: below_root(&path),
                text,
            });
        }
    }
}

fn below_root(path: &Path) -> String {
    let below: PathBuf = path.strip_prefix(root()).unwrap().to_owned();
    below.to_string_lossy().replace('\\', "/")
}
