//! Stack frames, as the common languages print them.

use serde::{Deserialize, Serialize};

/// A frame of a stack trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The file, as it was printed.
    pub file: String,
    /// The function, if it stands in the same line.
    pub symbol: Option<String>,
    /// The line, if it is told.
    pub line: Option<u32>,
}

/// Frames of all texts, in their order and each once. A symbol in the line before, as Rust and Go print it, is taken.
#[must_use]
pub fn frames(errors: &[String]) -> Vec<Frame> {
    let mut found: Vec<Frame> = Vec::new();
    for error in errors {
        let mut before = "";
        for line in error.lines() {
            if let Some(mut frame) = parse(line) {
                if frame.symbol.is_none() {
                    frame.symbol = symbol_alone(before);
                }
                if !found.contains(&frame) {
                    found.push(frame);
                }
            }
            before = line;
        }
    }
    found
}

/// Whether the file belongs to a library, a language or a system, and not to the service.
#[must_use]
pub fn is_library(file: &str) -> bool {
    const MARKS: [&str; 19] = [
        "node_modules/",
        "site-packages/",
        "dist-packages/",
        "/gems/",
        "/.cargo/",
        "/rustc/",
        "/usr/lib/",
        "/usr/local/lib/",
        "/usr/local/go/",
        "/go/pkg/mod/",
        "/vendor/",
        "node:internal",
        "internal/process",
        "/lib/ruby/",
        "/lib/python",
        "<anonymous>",
        "/deps/",
        "dart:",
        "(native)",
    ];
    MARKS.iter().any(|mark| file.contains(mark))
}

/// The frame in a line of a stack trace, or a place in a file that a message names.
#[must_use]
pub fn parse(line: &str) -> Option<Frame> {
    let line = line.trim();
    if line.len() > 1000 {
        return None;
    }
    python(line)
        .or_else(|| dotnet(line))
        .or_else(|| php(line))
        .or_else(|| elixir(line))
        .or_else(|| ruby(line))
        .or_else(|| jvm(line))
        .or_else(|| anywhere(line))
}

fn frame(file: &str, symbol: Option<&str>, line: Option<u32>) -> Option<Frame> {
    let file = file.trim().trim_start_matches("file://");
    let (_, name) = file.rsplit_once(['/', '\\']).unwrap_or(("", file));
    let kind = name.rsplit_once('.')?.1;
    let known = (1..=6).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_alphanumeric());
    if !known
        || file.contains("://")
        || file.contains(char::is_whitespace)
        || kind.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let symbol = symbol.map(str::trim).filter(|symbol| !symbol.is_empty());
    Some(Frame {
        file: file.replace('\\', "/"),
        symbol: symbol.map(ToOwned::to_owned),
        line,
    })
}

fn number(text: &str) -> Option<u32> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..end)?.parse().ok()
}

/// `File "/app/pay.py", line 12, in charge`
fn python(line: &str) -> Option<Frame> {
    let (file, rest) = line.strip_prefix("File \"")?.split_once("\", line ")?;
    let symbol = rest.split_once(", in ").map(|(_, symbol)| symbol);
    frame(file, symbol, number(rest))
}

/// `at Shop.Pay.Charge(Order order) in /src/Pay.cs:line 12`
fn dotnet(line: &str) -> Option<Frame> {
    let (symbol, place) = line.strip_prefix("at ")?.rsplit_once(") in ")?;
    let (file, at) = place.rsplit_once(":line ")?;
    frame(file, symbol.split('(').next(), number(at))
}

/// `#0 /app/src/Pay.php(12): Shop\Pay->charge()` and `in /app/src/Pay.php on line 12`, `in /app/src/Pay.php:12`
fn php(line: &str) -> Option<Frame> {
    if let Some((before, after)) = line.split_once(" on line ") {
        let file = before.rsplit(" in ").next()?;
        return frame(file, None, number(after));
    }
    let rest = line.strip_prefix('#')?.split_once(' ')?.1;
    let (file, after) = rest.split_once(".php(")?;
    let (at, call) = after.split_once(')')?;
    let symbol = call.trim_start_matches(':').trim().split('(').next();
    frame(&format!("{file}.php"), symbol, number(at))
}

/// `(shop 0.1.0) lib/shop/pay.ex:12: Shop.Pay.charge/2`
fn elixir(line: &str) -> Option<Frame> {
    let rest = if line.starts_with('(') {
        line.split_once(") ")?.1
    } else {
        line
    };
    let end = rest
        .find(".ex:")
        .map(|at| at + 3)
        .or_else(|| rest.find(".exs:").map(|at| at + 4))?;
    let (file, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    let symbol = after
        .split_once(": ")
        .map(|(_, symbol)| symbol.split('/').next().unwrap_or(symbol));
    frame(file, symbol, number(after))
}

/// ``/app/pay.rb:12:in `charge'`` and `/app/pay.rb:12:in 'Pay#charge'`
fn ruby(line: &str) -> Option<Frame> {
    let (place, symbol) = line.split_once(":in ")?;
    let (file, at) = place.rsplit_once(':')?;
    let file = file.trim_start_matches("from ");
    frame(
        file,
        Some(symbol.trim_matches(['`', '\'', '"'])),
        number(at),
    )
}

/// `at com.shop.Pay.charge(Pay.java:12)`; the packages become folders.
fn jvm(line: &str) -> Option<Frame> {
    let (symbol, rest) = line.strip_prefix("at ")?.split_once('(')?;
    let (name, at) = rest.split_once(')')?.0.rsplit_once(':')?;
    let jvm = [".java", ".kt", ".scala", ".groovy", ".clj"]
        .iter()
        .any(|kind| name.ends_with(kind));
    if !jvm || name.contains('/') {
        return None;
    }
    let symbol = symbol.rsplit('/').next()?;
    let parts: Vec<&str> = symbol.split('.').collect();
    let folders = parts.get(..parts.len().saturating_sub(2))?.join("/");
    let file = if folders.is_empty() {
        name.to_owned()
    } else {
        format!("{folders}/{name}")
    };
    frame(&file, Some(symbol), number(at))
}

/// `at charge (/app/pay.js:12:5)`, `src/pay.rs:12:5`, `/app/pay.go:12 +0x1d`, `modules/pay.pp:12 on node x`
fn anywhere(line: &str) -> Option<Frame> {
    for (at, _) in line.match_indices(':') {
        let Some(number) = line.get(at + 1..).and_then(number) else {
            continue;
        };
        let before = line.get(..at)?;
        let outside = |c: char| c.is_whitespace() || "()[]{}\"'`,;=<>".contains(c);
        let file = before.rsplit(outside).next()?;
        let file = file.rsplit_once("package:").map_or(file, |(_, file)| file);
        if !file.contains(['/', '\\']) && !is_source(file) {
            continue;
        }
        let lead = before
            .get(..before.len() - file.len())?
            .trim_end_matches(outside);
        let lead = lead.trim_end_matches("package:").trim_end_matches(outside);
        let symbol = lead
            .strip_prefix("at ")
            .map(|s| s.trim_start_matches("async ").trim_start_matches("new "));
        let symbol = symbol.filter(|s| !s.contains(char::is_whitespace));
        if let Some(found) = frame(file, symbol, Some(number)) {
            return Some(found);
        }
    }
    None
}

/// Whether a name without a folder is a file of code, and not a host.
fn is_source(file: &str) -> bool {
    const KINDS: [&str; 32] = [
        "rs", "go", "java", "kt", "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "vue", "rb", "php",
        "cs", "ex", "exs", "dart", "pp", "erb", "yaml", "yml", "json", "toml", "sql", "scala",
        "swift", "c", "cc", "cpp", "conf", "tf",
    ];
    file.rsplit_once('.')
        .is_some_and(|(_, kind)| KINDS.contains(&kind))
}

/// The line before a place: `  12: shop::pay::charge` of Rust, `main.charge(0xc000)` of Go.
fn symbol_alone(line: &str) -> Option<String> {
    let line = line.trim();
    let line = line
        .split_once(": ")
        .filter(|(n, _)| n.bytes().all(|b| b.is_ascii_digit()))
        .map_or(line, |(_, s)| s);
    let name = line.split('(').next()?.trim();
    let named = name.contains("::") || (name.contains('.') && line.contains('('));
    let plain = !name.is_empty() && !name.contains(char::is_whitespace);
    (named && plain).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(line: &str, file: &str, symbol: Option<&str>, at: u32) {
        let found = parse(line).unwrap();
        assert_eq!(
            (found.file.as_str(), found.symbol.as_deref(), found.line),
            (file, symbol, Some(at))
        );
    }

    #[test]
    fn a_frame_of_each_language_gives_its_file_symbol_and_line() {
        is(
            "  File \"/app/shop/pay.py\", line 12, in charge",
            "/app/shop/pay.py",
            Some("charge"),
            12,
        );
        is(
            "   at Shop.Pay.Charge(Order order) in /src/Shop/Pay.cs:line 12",
            "/src/Shop/Pay.cs",
            Some("Shop.Pay.Charge"),
            12,
        );
        is(
            "#3 /app/src/Pay.php(12): Shop\\Pay->charge(Object(Order))",
            "/app/src/Pay.php",
            Some("Shop\\Pay->charge"),
            12,
        );
        is(
            "PHP Fatal error: oh in /app/src/Pay.php on line 12",
            "/app/src/Pay.php",
            None,
            12,
        );
        is(
            "    (shop 0.1.0) lib/shop/pay.ex:12: Shop.Pay.charge/2",
            "lib/shop/pay.ex",
            Some("Shop.Pay.charge"),
            12,
        );
        is(
            "\tfrom app/models/pay.rb:12:in `charge'",
            "app/models/pay.rb",
            Some("charge"),
            12,
        );
        is(
            "\tat com.shop.pay.Pay.charge(Pay.java:12)",
            "com/shop/pay/Pay.java",
            Some("com.shop.pay.Pay.charge"),
            12,
        );
        is(
            "    at charge (/app/src/pay.js:12:5)",
            "/app/src/pay.js",
            Some("charge"),
            12,
        );
        is(
            "    at async Pay.charge (file:///app/src/pay.ts:12:5)",
            "/app/src/pay.ts",
            Some("Pay.charge"),
            12,
        );
        is(
            "             at ./src/pay.rs:12:5",
            "./src/pay.rs",
            None,
            12,
        );
        is(
            "\t/app/internal/pay/pay.go:12 +0x1d",
            "/app/internal/pay/pay.go",
            None,
            12,
        );
        is(
            "thread 'main' panicked at src/pay.rs:12:5:",
            "src/pay.rs",
            None,
            12,
        );
    }

    #[test]
    fn rust_and_go_name_the_function_in_the_line_before() {
        let rust = "   3: shop::pay::charge\n             at ./src/pay.rs:12:5".to_owned();
        let go = "goroutine 7 [running]:\nshop/pay.Charge(0xc000)\n\t/app/pay/pay.go:12 +0x1d"
            .to_owned();
        let found = frames(&[rust, go]);
        assert_eq!(found[0].symbol.as_deref(), Some("shop::pay::charge"));
        assert_eq!(found[1].symbol.as_deref(), Some("shop/pay.Charge"));
    }

    #[test]
    fn what_is_no_place_in_a_file_gives_no_frame() {
        for line in [
            "",
            "connect to 10.0.0.1:8080 failed",
            "http://shop.example.com:443/x",
            "at 12:30:05",
            "key: value",
            ":::",
            "a/b:",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn libraries_are_told_from_the_service() {
        assert!(is_library("/app/node_modules/express/lib/router.js"));
        assert!(!is_library("/app/src/router.js"));
    }
}
