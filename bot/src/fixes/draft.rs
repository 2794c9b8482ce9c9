//! A draft of a model: what it is shown, what of its answer is let through, and how that is tried out.

use super::trial::Trial;
use crate::agent::{Agent, FileDiff, Mending};
use config::settings::DraftCheck;
use futures_util::FutureExt;
use guard::fix::{FixTrouble, How, MOST_CHANGED_LINES, Unusable, off_limits};
use guard::redact::redact;
use guard::state::State;
use messages::Locale;
use platforms::code_host::{Draft, Guilty, Mender, ToMend, patched};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lines of a file that a model is shown whole; of a longer one, those around the hunks.
const WHOLE: usize = 400;
const AROUND: usize = 60;
/// Characters of what a command printed.
const PRINTED: usize = 1000;

/// Who mends the suspect of this deployment.
pub(super) fn mender(
    agent: &Agent,
    state: &State,
    check: Option<&DraftCheck>,
    locale: Locale,
) -> Mender {
    let trial = check.map(|check| Trial {
        command: vec!["sh".into(), "-c".into(), check.command.to_string()],
        timeout: check.timeout,
    });
    let (agent, known) = (agent.clone(), known(state));
    let plan = state.plan();
    let (subject, channel) = (plan.deployment.to_string(), agent.paid_by(plan));
    Mender {
        wants_code: trial.is_some(),
        mends: Arc::new(move |wanted| {
            let (agent, trial) = (agent.clone(), trial.clone());
            let mending = Mending {
                data: shown(&known, &wanted.files),
                locale,
                subject: subject.clone(),
                channel: channel.clone(),
            };
            mend(agent, mending, wanted, trial).boxed()
        }),
    }
}

/// What was judged good.
struct Good {
    files: BTreeMap<String, String>,
    added: usize,
    removed: usize,
}

async fn mend(
    agent: Agent,
    mending: Mending,
    wanted: ToMend,
    trial: Option<Trial>,
) -> Result<Draft, FixTrouble> {
    let (good, why) = agent
        .mend(&mending, |diffs| judge(diffs, &wanted.files))
        .await?;
    let (checked, printed) = match (trial, wanted.code) {
        (Some(trial), Some(code)) => match trial.of(code, good.files.clone()).await {
            Ok(tried) => (Some(tried.good), tail(&tried.printed)),
            Err(error) => {
                tracing::warn!(%error, "a draft could not be tried");
                (None, tail(&error.to_string()))
            }
        },
        _ => (None, String::new()),
    };
    Ok(Draft {
        how: How::Mended {
            files: good.files.len(),
            added: good.added,
            removed: good.removed,
            checked,
            why,
            printed,
        },
        files: good.files,
    })
}

/// What of an answer is let through: all of it, or nothing.
fn judge(diffs: &[FileDiff], files: &[Guilty]) -> Result<Good, Unusable> {
    let mut good = Good {
        files: BTreeMap::new(),
        added: 0,
        removed: 0,
    };
    for diff in diffs {
        let known = files.iter().find(|file| file.path == diff.path);
        let file = known.ok_or(Unusable::Elsewhere)?;
        if off_limits(&file.path) {
            return Err(Unusable::OffLimits);
        }
        let text = good.files.get(&file.path).unwrap_or(&file.text);
        let done = patched(text, &diff.diff)?;
        if done.added.iter().any(|line| redact(line) != line.as_str()) {
            return Err(Unusable::Secret);
        }
        good.added += done.added.len();
        good.removed += done.removed;
        good.files.insert(file.path.clone(), done.text);
    }
    if good.files.is_empty() {
        return Err(Unusable::Nothing);
    }
    if good.added + good.removed > MOST_CHANGED_LINES {
        return Err(Unusable::TooLong);
    }
    Ok(good)
}

/// What the record knows of the harm.
fn known(state: &State) -> Value {
    let cause = state.cause().map(|(cause, _)| cause);
    let accused = cause.and_then(|cause| cause.suspects.first());
    json!({
        "service": state.plan().service,
        "signals_that_moved": cause.map(|cause| &cause.signals),
        "errors_in_the_log": cause.map(|cause| &cause.signatures),
        "change": accused.map(|one| json!({ "commit": one.id, "title": one.title })),
    })
}

fn shown(known: &Value, files: &[Guilty]) -> Vec<(String, Value)> {
    let mut data = vec![("record".to_owned(), known.clone())];
    for file in files {
        let change: Vec<&str> = file.change.lines().collect();
        let value = json!({
            "path": file.path,
            "what_the_change_did": change,
            "the_file_now": numbered(file),
        });
        data.push(("file".to_owned(), value));
    }
    data
}

/// The lines of a file with their numbers: all, or those around what the change did.
fn numbered(file: &Guilty) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().collect();
    let near = hunks(&file.change);
    let wanted = |at: usize| {
        lines.len() <= WHOLE
            || near
                .iter()
                .any(|(from, to)| at + AROUND >= *from && at <= to + AROUND)
    };
    let all = lines.iter().enumerate();
    let some = all.filter(|(at, _)| wanted(at + 1)).take(2 * WHOLE);
    some.map(|(at, line)| format!("{}\t{line}", at + 1))
        .collect()
}

/// Where the hunks of a change are in the file as it left it: first and last line.
fn hunks(change: &str) -> Vec<(usize, usize)> {
    let headers = change.lines().filter_map(|line| line.strip_prefix("@@ "));
    let new = headers.filter_map(|header| header.split(" +").nth(1));
    let of = |new: &str| {
        let mut numbers = new.split([',', ' ']).map_while(|part| part.parse().ok());
        let from: usize = numbers.next()?;
        let count: usize = numbers.next().unwrap_or(1);
        Some((from, from + count))
    };
    new.filter_map(of).collect()
}

/// The end of what was printed, without secrets.
fn tail(printed: &str) -> String {
    let masked = redact(printed);
    let skip = masked.chars().count().saturating_sub(PRINTED);
    masked.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guilty(path: &str, lines: usize) -> Guilty {
        Guilty {
            path: path.to_owned(),
            change: "@@ -1,2 +600,2 @@ def x\n a\n+b\n".to_owned(),
            text: (1..=lines).map(|n| format!("line {n}\n")).collect(),
        }
    }

    fn diff(path: &str, diff: &str) -> FileDiff {
        FileDiff {
            path: path.to_owned(),
            diff: diff.to_owned(),
        }
    }

    #[test]
    fn a_draft_changes_a_few_lines_of_the_suspects_own_files_and_brings_no_secret() {
        let files = [guilty("a.py", 100)];
        let swap = "@@ -2,1 +2,1 @@\n-line 2\n+line two\n";
        let good = judge(&[diff("a.py", swap)], &files).unwrap_or_else(|_| panic!("good"));
        assert_eq!((good.added, good.removed), (1, 1));
        assert!(good.files["a.py"].contains("line 1\nline two\nline 3\n"));
        let token = ["gh", "p_abcdefghijklmnopqrstuvwxyz0123456789"].concat();
        let secret = format!("@@ -2,1 +2,1 @@\n-line 2\n+token = '{token}'\n");
        let long: String = (1..=50).map(|n| format!("-line {n}\n+{n}\n")).collect();
        for (path, text, why) in [
            ("b.py", swap.to_owned(), Unusable::Elsewhere),
            ("a.py", secret, Unusable::Secret),
            (
                "a.py",
                format!("@@ -1,50 +1,50 @@\n{long}"),
                Unusable::TooLong,
            ),
            (
                "a.py",
                "@@ -2,1 +2,1 @@\n-line x\n+y\n".to_owned(),
                Unusable::Apart,
            ),
        ] {
            assert_eq!(judge(&[diff(path, &text)], &files).err(), Some(why));
        }
        assert_eq!(judge(&[], &files).err(), Some(Unusable::Nothing));
        let files = [guilty(".github/workflows/ci.yml", 9)];
        let found = judge(&[diff(".github/workflows/ci.yml", swap)], &files);
        assert_eq!(found.err(), Some(Unusable::OffLimits));
    }

    #[test]
    fn of_a_long_file_what_is_around_the_change_is_shown() {
        let shown = numbered(&guilty("a.py", 2000));
        assert_eq!(shown.first().unwrap(), "540\tline 540");
        assert_eq!(shown.last().unwrap(), "662\tline 662");
        assert_eq!(numbered(&guilty("a.py", 3)).len(), 3);
    }
}
