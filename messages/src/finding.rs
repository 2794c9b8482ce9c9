//! A finding in words: in half a line, in a sentence, in a table.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Fact, Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::{amount, change, duration, interval, number};
use guard::finding::{Circumstance, Finding, Scope};
use guard::state::{Cure, FindingRecord, State};
use std::cmp::Reverse;

/// Findings that a message shows at most; the page's thread and the timeline have them all.
const MOST_ROWS: usize = 12;
/// Circumstances that are told of one finding.
const MOST_CIRCUMSTANCES: usize = 4;

/// `errors 0.2 % → 31 % since 03:12:00`.
pub(crate) fn short(finding: &Finding, context: &Context) -> Text {
    let words = context.words();
    let (baseline, current) = ends(finding, context);
    let signal = Foreign::from(&finding.signal);
    let since = context.time(finding.onset_at);
    match &finding.scope {
        Scope::Group => say!(
            words,
            "finding-short",
            signal = signal,
            baseline = baseline,
            current = current,
            since = since
        ),
        Scope::Instance(instance) => say!(
            words,
            "finding-short-instance",
            signal = signal,
            instance = Foreign::from(instance),
            baseline = baseline,
            current = current,
            since = since
        ),
    }
}

/// Everything that decided, in one sentence.
pub(crate) fn sentence(finding: &Finding, context: &Context) -> Text {
    let words = context.words();
    let said = say!(
        words,
        "finding-sentence",
        short = short(finding, context),
        effect = change(words, finding.effect, &finding.unit),
        interval = interval(words, finding.interval, &finding.unit),
        window = duration(words, finding.window_s),
        confidence = confidence(finding.confidence, context),
        comparison = words.comparison(finding.comparison),
        attribution = words.attribution(finding.attribution)
    );
    match meanwhile(finding, context) {
        Some(circumstances) => say!(
            words,
            "finding-meanwhile",
            said = said,
            circumstances = circumstances
        ),
        None => said,
    }
}

/// What else was going on, if anything was.
fn meanwhile(finding: &Finding, context: &Context) -> Option<Text> {
    let told = finding.circumstances.iter().take(MOST_CIRCUMSTANCES);
    let told = told.map(|one| circumstance(one, &finding.unit, context));
    (!finding.circumstances.is_empty()).then(|| context.words().clauses(told))
}

fn circumstance(circumstance: &Circumstance, unit: &str, context: &Context) -> Text {
    let words = context.words();
    match circumstance {
        Circumstance::Older { since, level } => say!(
            words,
            "circumstance-older",
            level = amount(words, *level, unit),
            since = context.time(*since)
        ),
        Circumstance::MoreTraffic { before, now, since } => say!(
            words,
            "circumstance-traffic",
            before = amount(words, *before, "per_second"),
            now = amount(words, *now, "per_second"),
            since = context.time(*since)
        ),
        Circumstance::Neighbour(neighbour) => {
            let key = if neighbour.called {
                "circumstance-called"
            } else {
                "circumstance-caller"
            };
            say!(
                words,
                key,
                service = Foreign::from(&neighbour.service),
                version = Foreign::from(&neighbour.version),
                deployment = Foreign::from(&neighbour.deployment),
                at = context.time(neighbour.at)
            )
        }
    }
}

fn ends(finding: &Finding, context: &Context) -> (Text, Text) {
    let words = context.words();
    (
        amount(words, finding.baseline, &finding.unit),
        amount(words, finding.current, &finding.unit),
    )
}

// Rounding must not turn "nearly sure" into "sure".
fn confidence(share: f64, context: &Context) -> Text {
    let words = context.words();
    if share >= 0.9999 {
        return say!(words, "confidence-highest");
    }
    let percent = (share.clamp(0.0, 1.0) * 10_000.0).floor() / 100.0;
    // `number` keeps three digits, which is one too few between 99.9 and 99.99.
    let shown = if percent > 99.9 {
        Text::trusted("99.9")
    } else {
        number(words, percent)
    };
    say!(words, "unit-percent", number = shown)
}

/// The findings that stand and that nobody has accepted, the gravest first.
pub(crate) fn pressing(state: &State) -> Vec<&FindingRecord> {
    let mut records: Vec<_> = state
        .open_findings()
        .filter(|record| !record.accepted)
        .collect();
    records.sort_by_key(|record| Reverse(gravity(&record.finding)));
    records
}

fn gravity(finding: &Finding) -> (bool, bool, guard::finding::Budget) {
    (finding.hard_limit_crossed, finding.severe, finding.budget)
}

/// All findings of a deployment, the pressing ones first; none when there was none.
pub(crate) fn table(state: &State, context: &Context) -> Option<Table> {
    let mut records: Vec<_> = state.findings().collect();
    records.sort_by_key(|record| {
        (
            record.ended_at.is_some(),
            record.accepted,
            Reverse(gravity(&record.finding)),
        )
    });
    table_of(
        &records,
        matches!(state.cure(), Cure::Confirmed { .. }),
        context,
    )
}

/// A table of these findings; `cured` when a rollback is proven to have helped.
pub(crate) fn table_of(
    records: &[&FindingRecord],
    cured: bool,
    context: &Context,
) -> Option<Table> {
    if records.is_empty() {
        return None;
    }
    let words = context.words();
    let heads = [
        "column-signal",
        "column-where",
        "column-values",
        "column-effect",
        "column-since",
        "column-standing",
    ];
    let left_out = records.len().saturating_sub(MOST_ROWS);
    Some(Table {
        title: say!(words, "table-findings"),
        columns: heads.map(|head| words.text(head, Vec::new())).into(),
        rows: records
            .iter()
            .take(MOST_ROWS)
            .map(|record| row(record, cured, context))
            .collect(),
        more: (left_out > 0).then(|| say!(words, "and-more", count = left_out)),
    })
}

fn row(record: &FindingRecord, cured: bool, context: &Context) -> Row {
    let words = context.words();
    let finding = &record.finding;
    let (baseline, current) = ends(finding, context);
    let effect = say!(
        words,
        "effect-with-interval",
        effect = change(words, finding.effect, &finding.unit),
        interval = interval(words, finding.interval, &finding.unit)
    );
    Row {
        cells: vec![
            Text::foreign(&finding.signal),
            words.scope(&finding.scope),
            say!(words, "from-to", from = baseline, to = current),
            effect,
            context.time(finding.onset_at),
            standing(record, cured, context),
        ],
        details: details(finding, context),
    }
}

fn standing(record: &FindingRecord, cured: bool, context: &Context) -> Text {
    let words = context.words();
    let text = match record.ended_at {
        Some(at) => say!(words, "finding-ended", at = context.time(at)),
        None if cured => say!(words, "finding-cured"),
        None if record.accepted => say!(words, "finding-accepted"),
        None if record.finding.hard_limit_crossed => say!(words, "finding-limit"),
        None if record.finding.severe => say!(words, "finding-severe"),
        None => say!(words, "finding-open"),
    };
    // The first opening and the first ending are its life; more is flapping.
    if record.changes > 2 {
        say!(
            words,
            "finding-flapping",
            standing = text,
            count = record.changes / 2 + 1
        )
    } else {
        text
    }
}

fn details(finding: &Finding, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let because = say!(
        words,
        "finding-basis",
        comparison = words.comparison(finding.comparison),
        window = duration(words, finding.window_s),
        confidence = confidence(finding.confidence, context),
        attribution = words.attribution(finding.attribution)
    );
    let mut details = vec![
        Fact {
            label: say!(words, "fact-basis"),
            value: because,
        },
        Fact {
            label: say!(words, "fact-query"),
            value: Text::code(&finding.query),
        },
    ];
    if let Some(value) = meanwhile(finding, context) {
        let label = say!(words, "fact-meanwhile");
        details.push(Fact { label, value });
    }
    if let Some(evidence) = &finding.evidence {
        details.push(Fact {
            label: say!(words, "fact-evidence"),
            value: Text::foreign(evidence),
        });
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::plain;
    use crate::locale::Locale;

    #[test]
    fn confidence_is_never_rounded_up_to_certainty() {
        let context = Context {
            locale: Locale::En,
            now: jiff::Timestamp::UNIX_EPOCH,
            base_url: None,
        };
        for (share, wanted) in [
            (1.0, "over 99.99 %"),
            (0.9999, "over 99.99 %"),
            (0.999_899, "99.9 %"),
            (0.9996, "99.9 %"),
            (0.95, "95 %"),
            (0.0, "0 %"),
        ] {
            assert_eq!(plain::text(&confidence(share, &context)), wanted, "{share}");
        }
    }
}
