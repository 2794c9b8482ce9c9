//! What was done, and what people were asked.

use super::signals::heads;
use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::happened::names as listed;
use crate::model::{Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::duration;
use guard::report::{Deed, Ended, Question, QuestionEnd, Report, Word};

/// Every action, on whose word, and how it ended.
pub(super) fn deeds(report: &Report, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-deeds"));
    if !report.deeds.is_empty() {
        section.table = Some(Table {
            title: section.title.clone(),
            columns: heads(
                &[
                    "deed-column-what",
                    "deed-column-word",
                    "deed-column-at",
                    "deed-column-took",
                    "deed-column-end",
                ],
                context,
            ),
            rows: report.deeds.iter().map(|one| deed(one, context)).collect(),
            more: None,
        });
    }
    section
}

fn deed(deed: &Deed, context: &Context) -> Row {
    let words = context.words();
    let what = say!(
        words,
        "deed-what",
        action = words.action(Some(deed.action)),
        version = Foreign::from(&deed.version),
        done = deed.done,
        count = deed.instances
    );
    let took = deed.ended_at.map_or_else(
        || say!(words, "report-nothing"),
        |end| duration(words, deed.at.until(end).max(0.0)),
    );
    Row {
        cells: vec![
            what,
            why(deed, context),
            context.time(deed.at.0),
            took,
            end(&deed.ended, context),
        ],
        details: Vec::new(),
    }
}

fn why(deed: &Deed, context: &Context) -> Text {
    let words = context.words();
    let word = match &deed.word {
        Word::Pacing { who } => say!(words, "word-pacing", who = Foreign::from(who)),
        Word::Policy => say!(words, "word-policy"),
        Word::Answer { who } => say!(words, "word-answer", who = Foreign::from(who)),
        Word::Command { who } => say!(words, "word-command", who = Foreign::from(who)),
        Word::Nobody => say!(words, "word-nobody"),
    };
    let word = if deed.because.is_empty() {
        word
    } else {
        let signals = deed.because.iter().map(|s| Text::foreign(s.as_str()));
        let signals = listed(signals, deed.because.len(), context);
        say!(words, "word-because", word = word, signals = signals)
    };
    match &deed.reason {
        Some(reason) => say!(
            words,
            "reason-given",
            said = word,
            reason = Foreign::from(reason)
        ),
        None => word,
    }
}

fn end(ended: &Ended, context: &Context) -> Text {
    let words = context.words();
    match ended {
        Ended::Requested => say!(words, "deed-requested"),
        Ended::Running => say!(words, "deed-running"),
        Ended::Done => say!(words, "deed-done"),
        Ended::Verified => say!(words, "deed-verified"),
        Ended::Failed { error } => say!(words, "deed-failed", why = Foreign::from(error)),
        Ended::Stale { why } => say!(words, "deed-stale", why = Foreign::from(why)),
        Ended::Stopped => say!(words, "deed-stopped"),
    }
}

/// Every question, and how it ended.
pub(super) fn questions(report: &Report, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-questions"));
    let all = report.questions.iter();
    section.items = all.map(|one| question(one, context)).collect();
    section
}

fn question(question: &Question, context: &Context) -> Text {
    let words = context.words();
    let asked = context.time(question.asked_at.0);
    let took = duration(words, question.seconds.unwrap_or(0.0));
    match &question.end {
        QuestionEnd::Open => say!(
            words,
            "question-open",
            asked = asked,
            until = context.time(question.expires_at.0)
        ),
        QuestionEnd::Answered { who, choice, .. } => say!(
            words,
            "question-answered",
            asked = asked,
            who = Foreign::from(who),
            choice = words.choice(*choice),
            duration = took
        ),
        QuestionEnd::Expired { .. } => {
            say!(words, "question-expired", asked = asked, duration = took)
        }
        QuestionEnd::Withdrawn { .. } => {
            say!(words, "question-withdrawn", asked = asked, duration = took)
        }
    }
}
