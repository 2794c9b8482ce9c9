//! Lines to records: a stack trace belongs to the message above it. What leaves here is redacted.

use super::Sink;
use super::bounds::Window;
use super::line::{Line, Stamp, line};
use guard::redact::redact;
use guard::signatures::{Level, Record};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What is kept of one record, in bytes; lines beyond are forgotten.
const LONGEST: usize = 16 * 1024;
/// What is kept of one line, in bytes.
const LONGEST_LINE: usize = 8 * 1024;
/// Lines of one record.
const MOST_LINES: usize = 200;
/// How far a clock elsewhere may go wrong.
const DRIFT: SignedDuration = SignedDuration::from_secs(60);

/// Within so long the lines of one record are written.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(250);

/// What is open in the record that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    /// A trace of Python: up to the line that says what was thrown.
    Python,
    /// A panic of Go or Rust: up to the next line that surely begins a record.
    Panic,
    /// A key: up to its end.
    Key,
}

/// Joins the lines of one stream, in their order.
#[derive(Debug)]
pub struct Joiner {
    place: String,
    window: Window,
    /// The stream has lines that surely begin a record, so all others go on with one.
    marked: bool,
    open: Open,
    record: Option<Record>,
    lines: usize,
    oldest: Option<Timestamp>,
}

impl Joiner {
    /// For a stream that this instance, pod or file wrote; records from outside the window are left out.
    #[must_use]
    pub fn new(place: impl Into<String>, window: &Window) -> Self {
        Self {
            place: place.into(),
            window: *window,
            marked: false,
            open: Open::Nothing,
            record: None,
            lines: 0,
            oldest: None,
        }
    }

    /// The next line, and when it was written if whoever carried it knows. `level` is what its carrier knows of it.
    pub fn line(
        &mut self,
        text: &str,
        at: Option<Timestamp>,
        level: Option<Level>,
        each: Sink<'_>,
    ) {
        let text = bounded(text);
        let found = line(text);
        if !self.begins(&found, at) {
            self.go_on(&found.text);
            return;
        }
        self.finish(each);
        self.marked |= found.begins;
        self.open = opened(&found.text);
        self.record = Some(Record {
            at: at.or_else(|| self.moment(found.at)),
            level: match found.level {
                Level::Unknown => level.unwrap_or_default(),
                level => level,
            },
            text: found.text.into_owned(),
            place: self.place.clone(),
            times: 1,
        });
        self.lines = 1;
    }

    /// Gives what is left.
    pub fn finish(&mut self, each: Sink<'_>) {
        self.open = Open::Nothing;
        let Some(mut record) = self.record.take() else {
            return;
        };
        // A record without a time is where it is read.
        let inside = record.at.is_none_or(|at| at >= self.window.from);
        if let Some(at) = record.at {
            self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
        }
        // Nobody asks for what is surely no trouble, so it is not worth the time to redact it.
        if !inside || record.level == Level::Info || record.text.is_empty() {
            return;
        }
        record.text = redact(&record.text).into_owned();
        each(record);
    }

    /// The time of the oldest record so far.
    #[must_use]
    pub fn oldest(&self) -> Option<Timestamp> {
        self.oldest
    }

    fn begins(&self, found: &Line<'_>, at: Option<Timestamp>) -> bool {
        let Some(record) = &self.record else {
            return true;
        };
        if self.open == Open::Key {
            return false;
        }
        if found.begins {
            return true;
        }
        if self.open != Open::Nothing || continues(&found.text) {
            return false;
        }
        // A trace that comes out of nowhere is no part of what went well.
        if is_trouble(&found.text) {
            return record.level == Level::Info || !found.text.starts_with("Traceback");
        }
        // The lines of one trace are written at once.
        let apart = at
            .zip(record.at)
            .is_some_and(|(at, first)| at > first + AT_ONCE);
        apart || !self.marked
    }

    fn go_on(&mut self, text: &str) {
        self.open = match self.open {
            Open::Key if text.contains("-----END") => Open::Nothing,
            Open::Python if is_thrown(text) => Open::Nothing,
            Open::Nothing => opened(text),
            open => open,
        };
        let Some(record) = &mut self.record else {
            return;
        };
        if self.lines < MOST_LINES && record.text.len() + text.len() < LONGEST {
            record.text.push('\n');
            record.text.push_str(text);
            self.lines += 1;
        }
    }

    fn moment(&self, stamp: Stamp) -> Option<Timestamp> {
        match stamp {
            Stamp::None => None,
            Stamp::At(at) => Some(at),
            // Most machines keep UTC; where it does not fit, it is some other zone.
            Stamp::Somewhere(told) => {
                let at = told.to_zoned(TimeZone::UTC).ok()?.timestamp();
                let (from, until) = (self.window.from - DRIFT, self.window.until + DRIFT);
                (from..until).contains(&at).then_some(at)
            }
        }
    }
}

/// A line that is too long ends before a word, so that no secret is cut in two.
fn bounded(text: &str) -> &str {
    if text.len() <= LONGEST_LINE {
        return text;
    }
    let cut = &text[..text.floor_char_boundary(LONGEST_LINE)];
    cut.rfind(char::is_whitespace).map_or("", |end| &cut[..end])
}

fn opened(text: &str) -> Open {
    // Where a JSON record holds the whole of it, nothing is open.
    let last = text.lines().last().unwrap_or_default();
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") && !text.contains("-----END") {
        Open::Key
    } else if last.starts_with("Traceback (most recent call last)") {
        Open::Python
    } else if last.starts_with("panic:")
        || last.starts_with("fatal error:")
        || last.starts_with("goroutine ")
        || (last.contains("panicked at ") && last.ends_with(':'))
    {
        Open::Panic
    } else {
        Open::Nothing
    }
}

/// The line that ends a trace of Python.
fn is_thrown(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(char::is_whitespace)
        && !text.starts_with("Traceback")
        && !text.starts_with("During handling")
        && !text.starts_with("The above exception")
}

fn continues(text: &str) -> bool {
    const OPENINGS: [&str; 14] = [
        "Caused by",
        "... ",
        "at ",
        "from ",
        "File \"",
        "goroutine ",
        "created by ",
        "stack backtrace:",
        "note: ",
        "During handling of",
        "The above exception",
        "Suppressed:",
        "--- End of",
        "exit status",
    ];
    text.is_empty()
        || text.starts_with(char::is_whitespace)
        || text.starts_with(['}', ')', ']'])
        || OPENINGS.iter().any(|opening| text.starts_with(opening))
        || (text.starts_with('#') && text[1..].starts_with(|c: char| c.is_ascii_digit()))
}

fn is_trouble(text: &str) -> bool {
    const TROUBLE: [&str; 8] = [
        "Traceback (most recent call last)",
        "panic:",
        "fatal error:",
        "Exception in thread",
        "Unhandled exception",
        "Uncaught ",
        "PHP Fatal error",
        "Segmentation fault",
    ];
    TROUBLE.iter().any(|opening| text.starts_with(opening)) || text.contains(" panicked at ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window() -> Window {
        Window {
            from: "2026-11-22T03:00:00Z".parse().unwrap(),
            until: "2026-11-22T04:00:00Z".parse().unwrap(),
        }
    }

    fn read(text: &str) -> Vec<Record> {
        let mut found = Vec::new();
        let mut joiner = Joiner::new("shop-1", &window());
        for line in text.lines() {
            joiner.line(line, None, None, &mut |record| found.push(record));
        }
        joiner.finish(&mut |record| found.push(record));
        found
    }

    fn texts(text: &str) -> Vec<String> {
        read(text).into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn a_trace_of_each_language_is_one_record_with_its_message() {
        let python = "2026-11-22T03:04:05Z ERROR request failed\nTraceback (most recent call last):\n  File \"shop/cart.py\", line 9, in show\n    x[0]\nIndexError: list index out of range\n2026-11-22T03:04:06Z ERROR next";
        assert_eq!(texts(python).len(), 2, "{:?}", texts(python));
        let java = "2026-11-22T03:04:05Z ERROR boom\njava.lang.IllegalStateException: empty\n\tat com.shop.Cart.total(Cart.java:9)\n\t... 12 more\nCaused by: java.io.IOException: x\n\tat com.shop.Db.get(Db.java:3)";
        assert_eq!(texts(java).len(), 1, "{:?}", texts(java));
        let go = "panic: runtime error: index out of range [0]\n\ngoroutine 7 [running]:\nmain.show(0xc000)\n\t/app/cart.go:9 +0x1d\nmain.main()\n\t/app/main.go:3 +0x20\nexit status 2";
        assert_eq!(texts(go).len(), 1, "{:?}", texts(go));
        let rust = "thread 'main' panicked at src/cart.rs:9:5:\nindex out of bounds\nstack backtrace:\n   0: shop::cart::show\n             at ./src/cart.rs:9:5\nnote: run with `RUST_BACKTRACE=full`";
        assert_eq!(texts(rust).len(), 1, "{:?}", texts(rust));
        let ruby =
            "E, [2026] boom\ncart.rb:9:in `show': oh (RuntimeError)\n\tfrom app.rb:3:in `get'";
        assert!(texts(ruby).iter().any(|one| one.contains("from app.rb:3")));
    }

    #[test]
    fn lines_without_any_mark_are_records_of_their_own() {
        let found = texts(
            "connection refused\nconnection refused\nTraceback (most recent call last):\n  File \"x.py\", line 1, in y\nValueError: z\nconnection refused",
        );
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[1].ends_with("ValueError: z"), "{}", found[1]);
    }

    #[test]
    fn a_panic_after_a_good_line_is_no_part_of_it() {
        let found = read(
            "2026-11-22T03:04:05Z INFO open\npanic: oh\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:3 +0x20",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].text.starts_with("panic: oh"), "{found:?}");
    }

    #[test]
    fn what_leaves_is_redacted_also_a_key_of_many_lines() {
        let key = ["-----BEGIN PRIVATE", " KEY-----"].concat();
        let end = ["-----END PRIVATE", " KEY-----"].concat();
        let found = texts(&format!(
            "ERROR cannot parse {key}\nMIIabc\nMIIdef\n{end}\nERROR db postgres://a:hunter2@db"
        ));
        assert_eq!(found, ["cannot parse •••", "db postgres://•••@db"]);
    }

    #[test]
    fn what_is_older_than_the_window_and_what_is_no_trouble_is_left_out() {
        let found = texts(
            "2026-11-22T02:00:00Z ERROR old\n2026-11-22T03:04:05Z INFO fine\n2026-11-22T03:04:05Z WARN new",
        );
        assert_eq!(found, ["new"]);
    }

    #[test]
    fn records_and_lines_are_bounded_and_no_secret_is_cut_in_two() {
        let long = format!(
            "ERROR {} password=hunter2",
            "x ".repeat(LONGEST_LINE / 2 - 12)
        );
        let found = texts(&long);
        assert!(found[0].len() <= LONGEST_LINE, "{}", found[0].len());
        assert!(
            !found[0].contains("hunter"),
            "{}",
            &found[0][found[0].len() - 40..]
        );
        let tall = format!("ERROR boom\n{}", "  at x (y.js:1:2)\n".repeat(5000));
        let found = texts(&tall);
        assert_eq!(found.len(), 1);
        assert!(found[0].len() < LONGEST);
    }
}
