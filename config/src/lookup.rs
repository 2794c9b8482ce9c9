//! Where `${NAME}` and `file:PATH` come from.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;

type Env = dyn Fn(&str) -> Option<String> + Send + Sync;
type ReadFile = dyn Fn(&Path) -> io::Result<String> + Send + Sync;

/// The environment and the files that a configuration may refer to, as two functions, so that
/// reading a configuration is pure and a test needs neither.
pub struct Lookup {
    env: Box<Env>,
    file: Box<ReadFile>,
}

impl Lookup {
    /// The process's own environment and the file system.
    #[must_use]
    pub fn system() -> Self {
        Self::new(
            |name| std::env::var(name).ok(),
            |path| std::fs::read_to_string(path),
        )
    }

    /// Any two functions.
    pub fn new(
        env: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        file: impl Fn(&Path) -> io::Result<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            env: Box::new(env),
            file: Box::new(file),
        }
    }

    /// These variables, and no files.
    #[must_use]
    pub fn of_variables(variables: &[(&str, &str)]) -> Self {
        let variables: BTreeMap<String, String> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self::new(
            move |name| variables.get(name).cloned(),
            |_| Err(io::Error::from(io::ErrorKind::NotFound)),
        )
    }

    /// The value of an environment variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.env)(name)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn file(&self, path: &Path) -> io::Result<String> {
        (self.file)(path)
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup")
    }
}
