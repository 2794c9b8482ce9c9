//! The journal of systemd, by its own program.

use super::bounds::{Bounds, Came, Window};
use super::error::LogError;
use super::{Joiner, Sink};
use guard::redact::redact;
use guard::signatures::Level;
use jiff::Timestamp;
use serde::Deserialize;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

/// The longest line that is taken, in bytes.
const LONGEST: usize = 256 * 1024;

/// A unit of systemd on this machine.
#[derive(Debug, Clone)]
pub struct Journald {
    unit: String,
    program: PathBuf,
}

#[derive(Deserialize)]
struct Entry {
    /// A text, or its bytes where they are none.
    #[serde(rename = "MESSAGE", default)]
    message: Message,
    #[serde(rename = "PRIORITY")]
    priority: Option<String>,
    /// Microseconds.
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    at: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Message {
    Text(String),
    Bytes(Vec<u8>),
    #[default]
    Nothing,
}

impl Journald {
    /// A unit such as `shop.service` or `shop@1`.
    ///
    /// # Errors
    /// [`LogError::Unusable`]: it is no name of a unit.
    pub fn new(unit: impl Into<String>) -> Result<Self, LogError> {
        let unit = unit.into();
        let fits = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
        if unit.is_empty() || unit.len() > 255 || unit.starts_with('-') || !unit.chars().all(fits) {
            return Err(LogError::Unusable(format!(
                "unit `{}` is no name of a unit: expected letters, digits and `:-_.\\@`, such as `shop.service`",
                unit.chars().take(40).collect::<String>()
            )));
        }
        Ok(Self {
            unit,
            program: "journalctl".into(),
        })
    }

    /// By another program that takes the same arguments.
    #[must_use]
    pub fn by(self, program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            ..self
        }
    }

    pub(super) fn place(&self) -> String {
        format!("journald, unit {}", self.unit)
    }

    pub(super) async fn read(
        &mut self,
        window: &Window,
        bounds: &Bounds,
        each: Sink<'_>,
    ) -> Result<Came, LogError> {
        let failed = |error: std::io::Error| LogError::Journald(error.to_string());
        let time = |at: Timestamp| {
            let micros = at.as_microsecond();
            format!(
                "@{}.{:06}",
                micros / 1_000_000,
                micros.rem_euclid(1_000_000)
            )
        };
        let mut child = Command::new(&self.program)
            .args(["--output=json", "--no-pager", "--quiet"])
            .arg("--output-fields=MESSAGE,PRIORITY")
            .arg(format!("--unit={}", self.unit))
            .arg(format!("--since={}", time(window.from)))
            .arg(format!("--until={}", time(window.until)))
            .arg(format!("--lines={}", bounds.lines))
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let (Some(out), Some(mut err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(LogError::Journald("it has no output".to_owned()));
        };
        let mut came = Came::default();
        let mut joiner = Joiner::new(self.unit.clone(), window);
        let mut reader = BufReader::new(out);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut reader)
                .take(LONGEST as u64)
                .read_until(b'\n', &mut line)
                .await
                .map_err(failed)?;
            if read == 0 {
                break;
            }
            came.lines += 1;
            came.bytes += read as u64;
            if let Ok(entry) = serde_json::from_slice::<Entry>(&line) {
                entry.give(window, &mut joiner, each);
            }
            if came.bytes >= bounds.bytes {
                break;
            }
        }
        joiner.finish(each);
        if came.bytes >= bounds.bytes {
            // It tells the oldest first: what is newer was not read. Dropped, it is killed.
            return Ok(Came {
                cut: Some(window.until),
                ..came
            });
        }
        let mut said = Vec::new();
        let _ = (&mut err).take(2000).read_to_end(&mut said).await;
        let status = child.wait().await.map_err(failed)?;
        if !status.success() {
            let said = String::from_utf8_lossy(&said).trim().to_owned();
            return Err(LogError::Journald(format!("{status}: {}", redact(&said))));
        }
        if came.lines >= bounds.lines {
            came.cut = joiner.oldest();
        }
        Ok(came)
    }
}

impl Entry {
    fn give(self, window: &Window, joiner: &mut Joiner, each: Sink<'_>) {
        let micros = self.at.and_then(|at| at.parse().ok());
        let at = micros.and_then(|at| Timestamp::from_microsecond(at).ok());
        // Both ends of its times are included.
        if at.is_some_and(|at| at >= window.until) {
            return;
        }
        let level = self.priority.and_then(|number| match number.as_str() {
            "0" | "1" | "2" => Some(Level::Fatal),
            "3" => Some(Level::Error),
            "4" => Some(Level::Warn),
            // What a service prints without a level is information to systemd.
            _ => None,
        });
        let text = match self.message {
            Message::Text(text) => text,
            Message::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Message::Nothing => return,
        };
        for line in text.lines() {
            joiner.line(line, at, level, each);
        }
    }
}
