//! Running a command: its exit code, or the number that it prints.

use std::ffi::OsString;
use std::process::ExitStatus;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::Found;
use super::record::Outcome;
use crate::child::{Program, inherited};

/// Variables of Tawny's own surroundings that a command gets.
const PASSED_ON: [&str; 3] = ["PATH", "HOME", "LANG"];
/// What is kept of what it prints, in bytes: the last ones, as the last line counts.
const KEPT: usize = 64 * 1024;
/// Commands that run at once, over all probes of this process.
static PLACES: Semaphore = Semaphore::const_new(8);

/// Runs a program in a process group of its own. `Debug` prints no value of a variable.
#[derive(Debug, Clone)]
pub struct CommandCheck {
    /// The program and its arguments. No shell reads them, unless the program is one.
    pub program: Vec<String>,
    /// Variables beside `PATH`, `HOME` and `LANG`; nothing else of Tawny's surroundings is passed on.
    pub env: Vec<(String, SecretString)>,
    /// Where it runs.
    pub dir: std::path::PathBuf,
    /// The exit code that counts as good; none when a number is wanted of its standard output.
    pub good_code: Option<i32>,
}

impl CommandCheck {
    pub(super) async fn attempt(&self, timeout: Duration) -> Found {
        let Ok(_place) = PLACES.acquire().await else {
            return Err("the process is stopping".to_owned());
        };
        let own = self.env.iter();
        let own = own.map(|(name, value)| (name.clone(), OsString::from(value.expose_secret())));
        let program = Program {
            words: &self.program,
            env: inherited(&PASSED_ON).into_iter().chain(own).collect(),
            dir: self.dir.clone(),
            kept: KEPT,
            timeout,
        };
        let ended = program.run().await.map_err(|error| error.to_string())?;
        let Some(status) = ended.status else {
            return Err(format!("not done after {} s", timeout.as_secs_f64()));
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.judge(status, &text(&ended.said), &text(&ended.complained))
    }

    /// The exit code or the number; anything else is a reason.
    fn judge(&self, status: ExitStatus, said: &str, complained: &str) -> Found {
        let ended = match status.code() {
            Some(code) => format!("exit code {code}"),
            None => format!("{status}"),
        };
        let last = complained.trim().lines().last().unwrap_or_default();
        let why = if last.is_empty() {
            String::new()
        } else {
            format!(": {last}")
        };
        match self.good_code {
            Some(good) if status.code() == Some(good) => Ok(Outcome::Good),
            Some(good) => Err(format!("{ended}, expected {good}{why}")),
            None if status.success() => number(said),
            None => Err(format!("{ended}, no number{why}")),
        }
    }
}

/// The last line as a number.
fn number(said: &str) -> Found {
    let last = said.trim().lines().last().unwrap_or_default().trim();
    match last.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Outcome::Number(number)),
        _ => Err(format!("printed `{last}`, expected a number")),
    }
}
