//! What the journal knows of the deployments that are replayed: how they ended, and what people said.

use guard::approval::{Choice, Question, Standing};
use guard::judgement::Judgement;
use guard::state::State;
use guard::trust::Case;
use journal::{Journal, JournalError, JournalOptions, StreamId};
use std::collections::BTreeMap;

/// The most deployments that are looked up, the last changed first.
const MOST: u64 = 1000;

/// What the journal knows of a deployment.
pub(super) struct Known {
    pub(super) outcome: String,
    pub(super) label: Option<Label>,
}

/// What people said, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) judgement: Judgement,
    /// `judgement`, or `answer`: nobody judged, and it is read from what was answered to the alarm.
    pub(super) from: &'static str,
}

impl Label {
    /// For a table.
    pub(super) fn words(self) -> String {
        let word = self.judgement.as_str().replace('_', " ");
        match self.from {
            "judgement" => word,
            _ => format!("{word} (by their answer)"),
        }
    }
}

/// How deployments ended and what people said. A journal that cannot be read has nothing to add.
pub(super) async fn known(url: &str) -> BTreeMap<String, Known> {
    match read(url).await {
        Ok(known) => known,
        Err(error) => {
            tracing::debug!(%error, "the journal adds nothing to the backtest");
            BTreeMap::new()
        }
    }
}

async fn read(url: &str) -> Result<BTreeMap<String, Known>, JournalError> {
    let options = JournalOptions {
        known_events: Some(journal::codec::known_events()),
        ..JournalOptions::default()
    };
    let journal = Journal::open_read_only(url, options).await?;
    let reader = journal.reader();
    let mut found = BTreeMap::new();
    for head in reader.streams("deployment", MOST).await? {
        let stream: &StreamId = &head.stream;
        // One that was erased or cannot be read must not hide the others.
        let Ok(records) = journal::codec::deployment_events(&reader, stream).await else {
            continue;
        };
        if let Ok(Some(state)) = State::fold(&records) {
            let known = Known {
                outcome: state.status().as_str().to_owned(),
                label: label(&state),
            };
            found.insert(stream.id().to_owned(), known);
        }
    }
    drop(reader);
    journal.close().await?;
    Ok(found)
}

fn label(state: &State) -> Option<Label> {
    let said = Case::of(state).map(|case| Label {
        judgement: case.judgement,
        from: "judgement",
    });
    let answered = || {
        answered(state).map(|judgement| Label {
            judgement,
            from: "answer",
        })
    };
    said.or_else(answered)
}

/// Of an alarm that nobody judged: who went back took it for real, and who went on for false.
fn answered(state: &State) -> Option<Judgement> {
    state
        .approvals()
        .filter(|record| record.approval.question == Question::Degraded)
        .filter_map(|record| match &record.standing {
            Standing::Answered { choice, .. } => Some(*choice),
            _ => None,
        })
        .find_map(|choice| match choice {
            Choice::Rollback => Some(Judgement::Real),
            Choice::Resume | Choice::Promote => Some(Judgement::FalseAlarm),
            Choice::Hold | Choice::Abandon | Choice::Pause => None,
        })
}

/// How what would be raised agrees with what people said: the label, and whether there would be an alarm.
pub(super) fn agreement(rows: &[(Judgement, bool)]) -> Option<String> {
    let counted = |wanted: Judgement, words: &str| {
        let of: Vec<bool> = rows
            .iter()
            .filter(|(judgement, _)| *judgement == wanted)
            .map(|(_, raised)| *raised)
            .collect();
        let raised = of.iter().filter(|raised| **raised).count();
        (!of.is_empty()).then(|| format!("{raised} of {} {words}", of.len()))
    };
    let parts: Vec<String> = [
        (Judgement::Real, "that were real"),
        (Judgement::FalseAlarm, "that were false alarms"),
        (Judgement::Missed, "whose harm was missed"),
        (Judgement::Fine, "that were fine"),
    ]
    .into_iter()
    .filter_map(|(judgement, words)| counted(judgement, words))
    .collect();
    (!parts.is_empty()).then(|| format!("it would raise an alarm in {}", parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_counted_for_each_thing_that_people_said() {
        use Judgement::{FalseAlarm, Fine, Real};
        let rows = [
            (Real, true),
            (Real, false),
            (FalseAlarm, false),
            (Fine, false),
        ];
        assert_eq!(
            agreement(&rows).unwrap(),
            "it would raise an alarm in 1 of 2 that were real, 0 of 1 that were false alarms, 0 of 1 that were fine"
        );
        assert_eq!(agreement(&[]), None);
    }
}
