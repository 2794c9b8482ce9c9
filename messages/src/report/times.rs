//! How long things took, beside what they should.

use super::signals::heads;
use crate::context::Context;
use crate::document::Section;
use crate::model::{Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::duration;
use guard::report::Report;

/// What takes less is done at once, in seconds.
const AT_ONCE_S: f64 = 0.001;

/// A row for each part of the way that was gone.
pub(super) fn times(report: &Report, context: &Context) -> Section {
    let words = context.words();
    let times = &report.times;
    let mut section = Section::new(say!(words, "report-times"));
    let decide = match times.decided_by_people {
        Some(true) => "time-decide-people",
        _ => "time-decide-policy",
    };
    let rows: Vec<Row> = [
        ("time-first-instance", times.to_first_instance_s, None),
        ("time-promoted", times.to_promoted_s, None),
        ("time-detect", times.to_detect_s, Some(times.goal_detect_s)),
        (decide, times.to_decide_s, None),
        ("time-roll-back", times.to_roll_back_s, None),
        ("time-prove", times.to_prove_s, None),
        (
            "time-recover",
            times.to_recover_s,
            Some(times.goal_recover_s),
        ),
    ]
    .into_iter()
    .filter_map(|(key, took, goal)| row(key, took?, goal, context))
    .collect();
    if !rows.is_empty() {
        section.table = Some(Table {
            title: section.title.clone(),
            columns: heads(
                &["time-column-what", "time-column-took", "time-column-goal"],
                context,
            ),
            rows,
            more: None,
        });
    }
    section
}

fn row(key: &str, took: f64, goal: Option<f64>, context: &Context) -> Option<Row> {
    let words = context.words();
    let goal = match goal {
        None => say!(words, "report-nothing"),
        Some(goal) if took <= goal => {
            say!(words, "time-goal-met", goal = duration(words, goal))
        }
        Some(goal) => say!(words, "time-goal-missed", goal = duration(words, goal)),
    };
    let what: Text = words.text(key, Vec::new());
    let shown = if took < AT_ONCE_S {
        say!(words, "time-at-once")
    } else {
        duration(words, took)
    };
    Some(Row {
        cells: vec![what, shown, goal],
        details: Vec::new(),
    })
}
