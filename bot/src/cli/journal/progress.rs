//! How far a long run is, on standard error: a bar for people, nothing for pipes.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{BufRead, IsTerminal, Read, Write};
use std::time::Duration;

/// A bar over so many steps; without an end when that is not known.
pub(super) fn bar(what: &'static str, steps: Option<u64>) -> ProgressBar {
    let bar = match steps {
        Some(steps) => ProgressBar::new(steps),
        None => ProgressBar::no_length(),
    };
    let shape = if steps.is_some() {
        "{msg} {bar:30} {human_pos} of {human_len}, {eta} to go"
    } else {
        "{msg} {spinner} {human_pos}, {elapsed}"
    };
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template(shape) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar.with_message(what)
}

/// Counts the lines that are written.
pub(super) struct Lines<W> {
    pub(super) out: W,
    pub(super) bar: ProgressBar,
}

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        let lines = bytes.iter().take(written).filter(|byte| **byte == b'\n');
        self.bar.inc(lines.count() as u64);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// Counts the bytes that are read.
pub(super) struct Bytes<R> {
    pub(super) from: R,
    pub(super) bar: ProgressBar,
}

impl<R: BufRead> Read for Bytes<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(into)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bytes<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.from.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.bar.inc(amount as u64);
        self.from.consume(amount);
    }
}
