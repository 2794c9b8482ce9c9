//! In which language an error speaks, and so in which files its cause can stand.

use super::lexical::Counted;
use super::patch::Side;

/// Marks of an error text, and the endings of files of which it may tell.
const TONGUES: [(&[&str], &[&str]); 13] = [
    (
        &[
            "panicked at",
            "called `Option::unwrap",
            "called `Result::unwrap",
            "thread 'main'",
        ],
        &["rs"],
    ),
    (
        &[
            "goroutine ",
            "nil pointer dereference",
            "panic: runtime error",
        ],
        &["go"],
    ),
    (
        &[
            "Traceback (most recent",
            "AttributeError:",
            "KeyError:",
            "ImportError",
            "ModuleNotFoundError",
            "IndentationError",
        ],
        &["py"],
    ),
    (
        &[
            "NullPointerException",
            "ClassNotFoundException",
            "java.lang.",
            "NoClassDefFoundError",
            "Caused by: ",
        ],
        &["java", "kt", "scala", "groovy", "gradle", "xml"],
    ),
    (
        &[
            "NoMethodError",
            "undefined method",
            "NilClass",
            "uninitialized constant",
            "ActiveRecord::",
        ],
        &["rb", "erb", "rake", "haml", "pp"],
    ),
    (
        &[
            "is not a function",
            "Cannot read propert",
            "is not defined",
            "of undefined",
            "UnhandledPromise",
            "ReferenceError",
            "Assertion Failed",
        ],
        &["js", "mjs", "ts", "tsx", "jsx", "vue", "hbs", "svelte"],
    ),
    (
        &[
            "PHP Fatal",
            "PHP Warning",
            "Call to undefined method",
            "Uncaught Error",
        ],
        &["php", "twig"],
    ),
    (
        &[
            "System.NullReferenceException",
            "System.ArgumentException",
            "System.InvalidOperation",
        ],
        &["cs", "cshtml"],
    ),
    (
        &["FunctionClauseError", "** (", "ArithmeticError"],
        &["ex", "exs", "eex", "heex"],
    ),
    (
        &[
            "Null check operator",
            "is not a subtype",
            "NoSuchMethodError",
        ],
        &["dart", "java", "kt"],
    ),
    (
        &[
            "mapping values are not allowed",
            "cannot start any token",
            "did not find expected",
            "yaml:",
            "YAML",
        ],
        &["yaml", "yml"],
    ),
    (
        &[
            "sequential scan",
            "Seq Scan",
            "syntax error at or near",
            "violates ",
            "no such column",
            "Unknown column",
            "does not exist at character",
        ],
        &["sql"],
    ),
    (
        &["nginx: [emerg]", "limit_req", "upstream prematurely"],
        &["conf", "erb", "tmpl", "j2"],
    ),
];

/// The endings of files of which the errors speak.
pub(super) fn tongues(errors: &[String]) -> Vec<&'static str> {
    let spoken = TONGUES.iter().filter(|(marks, _)| {
        errors
            .iter()
            .any(|error| marks.iter().any(|mark| error.contains(mark)))
    });
    spoken
        .flat_map(|(_, endings)| endings.iter().copied())
        .collect()
}

/// 1 where the change touches a file of which the errors speak, 0.3 where no error speaks in any tongue.
pub(super) fn tongue(spoken: &[&str], counted: &Counted<'_>) -> f64 {
    if spoken.is_empty() {
        return 0.0;
    }
    let about = counted.files.iter().any(|file| {
        let kind = file.path.rsplit_once('.').map(|(_, kind)| kind);
        !file.nature.is_inert() && kind.is_some_and(|kind| spoken.contains(&kind))
    });
    f64::from(u8::from(about))
}

/// Something in the added lines that a reader of the file stumbles over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stumble {
    /// A tab in YAML, outside of quotes.
    TabInYaml,
    /// A character outside ASCII.
    NotAscii,
    /// A mark of a merge conflict.
    Conflict,
}

/// What the errors say of such a thing.
pub(super) fn stumbles(errors: &[String]) -> Vec<Stumble> {
    let said = |marks: &[&str]| {
        errors.iter().any(|error| {
            let error = error.to_lowercase();
            marks.iter().any(|mark| error.contains(mark))
        })
    };
    let mut found = Vec::new();
    if said(&[
        "\\t",
        "(tab)",
        "cannot start any token",
        "tabs are not allowed",
        "found a tab",
    ]) {
        found.push(Stumble::TabInYaml);
    }
    if said(&[
        "invalid byte",
        "us-ascii",
        "codec can't",
        "utf-8",
        "non-ascii",
        "illegal character",
        "invalid character",
    ]) {
        found.push(Stumble::NotAscii);
    }
    if said(&["<<<<<<<", ">>>>>>>", "syntax error", "parse error"]) {
        found.push(Stumble::Conflict);
    }
    found
}

/// Where the change has what the errors stumbled over: file and hunk.
pub(super) fn stumbled(over: &[Stumble], counted: &Counted<'_>) -> Option<(usize, usize)> {
    if over.is_empty() {
        return None;
    }
    let has = |path: &str, text: &str| {
        over.iter().any(|stumble| match stumble {
            Stumble::TabInYaml => {
                let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
                yaml && text
                    .split(['#', '"', '\''])
                    .next()
                    .is_some_and(|bare| bare.contains('\t'))
            }
            Stumble::NotAscii => !text.is_ascii(),
            Stumble::Conflict => text.starts_with("<<<<<<< ") || text.starts_with(">>>>>>> "),
        })
    };
    let files = counted
        .files
        .iter()
        .enumerate()
        .filter(|(_, file)| !file.nature.is_inert());
    files
        .flat_map(|(at, file)| {
            file.hunks
                .iter()
                .enumerate()
                .map(move |(hunk, lines)| (at, hunk, file.path, lines))
        })
        .find(|(_, _, path, hunk)| {
            hunk.lines
                .iter()
                .any(|line| line.side == Side::Added && has(path, line.text))
        })
        .map(|(file, hunk, ..)| (file, hunk))
}
