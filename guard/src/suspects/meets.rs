//! Where the frames of error texts meet what was changed.

use super::frames::{Frame, is_library};
use super::lexical::Counted;
use super::patch::Hunk;
use super::reason::Meets;

/// A frame that meets a change.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meeting {
    /// 0 to 1: the same folder, the file, the function, the line.
    pub(super) strength: f64,
    pub(super) meets: Meets,
    pub(super) frame: usize,
    pub(super) file: usize,
    pub(super) hunk: Option<usize>,
}

/// Lines move between the version that failed and the one of the diff.
const NEAR: u32 = 3;
/// Names of files that say nothing without their folder.
const EVERYWHERE: [&str; 14] = [
    "index.js",
    "index.ts",
    "main.go",
    "main.rs",
    "mod.rs",
    "lib.rs",
    "__init__.py",
    "init.pp",
    "main.py",
    "app.js",
    "server.js",
    "utils.py",
    "index.tsx",
    "config.rb",
];

/// For each change, its meetings, strongest first. A file that many changes touched says less of each.
pub(super) fn meetings(frames: &[Frame], all: &[Counted<'_>]) -> Vec<Vec<Meeting>> {
    let own: Vec<usize> = (0..frames.len())
        .filter(|at| !is_library(&frames[*at].file))
        .collect();
    let mut found: Vec<Vec<Meeting>> = vec![Vec::new(); all.len()];
    for (depth, frame) in own.iter().enumerate() {
        let depth = 1.0 / (1.0 + 0.1 * depth as f64);
        let met: Vec<Option<Meeting>> = all
            .iter()
            .map(|counted| meet(*frame, &frames[*frame], counted))
            .collect();
        let files = met
            .iter()
            .flatten()
            .filter(|meeting| meeting.strength <= FILE)
            .count()
            .max(1);
        for (found, meeting) in found.iter_mut().zip(met) {
            if let Some(mut meeting) = meeting {
                if meeting.strength <= FILE {
                    meeting.strength /= libm::sqrt(files as f64);
                }
                meeting.strength *= depth;
                found.push(meeting);
            }
        }
    }
    for found in &mut found {
        found.sort_by(|one, other| other.strength.total_cmp(&one.strength));
    }
    found
}

const LINE: f64 = 1.0;
const SYMBOL: f64 = 0.85;
const FILE: f64 = 0.6;

fn meet(at: usize, frame: &Frame, counted: &Counted<'_>) -> Option<Meeting> {
    let runs = counted
        .files
        .iter()
        .enumerate()
        .filter(|(_, file)| !file.nature.is_inert());
    let same = runs.filter(|(_, file)| same_file(&frame.file, file.path));
    let meeting = |strength, meets, file, hunk| Meeting {
        strength,
        meets,
        frame: at,
        file,
        hunk,
    };
    let one = |(file, parsed): (usize, &super::lexical::Parsed<'_>)| {
        let line = parsed
            .hunks
            .iter()
            .position(|hunk| frame.line.is_some_and(|line| near(line, hunk)));
        let symbol = parsed.hunks.iter().position(|hunk| {
            frame
                .symbol
                .as_ref()
                .is_some_and(|symbol| says(hunk, symbol))
        });
        match (line, symbol) {
            (Some(hunk), _) => meeting(LINE, Meets::Line, file, Some(hunk)),
            (None, Some(hunk)) => meeting(SYMBOL, Meets::Function, file, Some(hunk)),
            (None, None) => meeting(FILE, Meets::File, file, None),
        }
    };
    same.map(one)
        .max_by(|one, other| one.strength.total_cmp(&other.strength))
}

fn near(line: u32, hunk: &Hunk<'_>) -> bool {
    let (first, last) = hunk.span();
    (first.saturating_sub(NEAR)..=last + NEAR).contains(&line)
}

/// Whether a hunk stands in a function, or changes a line that names it.
fn says(hunk: &Hunk<'_>, symbol: &str) -> bool {
    let last = symbol
        .rsplit(['.', ':', '#', '>', '\\', '/'])
        .next()
        .unwrap_or(symbol);
    let last = last.trim_end_matches(')').trim_end_matches('(');
    let whole = |text: &str| {
        text.match_indices(last).any(|(at, _)| {
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            edge(text[..at].chars().next_back()) && edge(text[at + last.len()..].chars().next())
        })
    };
    last.len() >= 3 && (whole(hunk.heading) || hunk.changed().any(|line| whole(line.text)))
}

/// Whether a printed path and a path of the repository are one file: they end alike.
fn same_file(printed: &str, path: &str) -> bool {
    let alike = printed
        .rsplit('/')
        .zip(path.rsplit('/'))
        .take_while(|(one, other)| one == other)
        .count();
    let name = path.rsplit('/').next().unwrap_or(path);
    let shorter = printed.split('/').count().min(path.split('/').count());
    let anywhere = !printed.contains('/') && EVERYWHERE.contains(&name);
    alike >= 2 || (alike == 1 && shorter == 1 && !anywhere)
}
