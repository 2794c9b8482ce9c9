//! How far a service's alarms have earned trust, in words.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::{Words, amount, number};
use guard::policy::Autonomy;
use guard::trust::{
    BAR_TO_PAUSE, BAR_TO_ROLL_BACK, Causes, HORIZON, Ledger, Share, Suggestion, TooMuch,
};

/// What was judged and what it shows, in sentences; `deployments` is how many there were in the same time.
#[must_use]
pub fn sentences(ledger: &Ledger, deployments: u32, context: &Context) -> Vec<Text> {
    vec![
        say!(
            context,
            "trust-counts",
            judged = ledger.judged(),
            deployments = deployments,
            days = u32::try_from(HORIZON.as_hours() / 24).unwrap_or(u32::MAX),
            real = ledger.real,
            wrong = ledger.false_alarms,
            missed = ledger.missed,
            fine = ledger.fine
        ),
        share(
            ledger.precision(),
            "trust-precision",
            "trust-precision-none",
            context,
        ),
        share(
            ledger.recall(),
            "trust-recall",
            "trust-recall-none",
            context,
        ),
    ]
}

/// How often it was right which change did it, in sentences; none before anybody said which one it was.
#[must_use]
pub fn causes(causes: &Causes, context: &Context) -> Vec<Text> {
    let said = |key, share: Option<Share>| share.map(|known| share_of(&known, key, context));
    let sentences = [
        said("trust-cause-first", causes.top_1()),
        said("trust-cause-three", causes.top_3()),
        said("trust-cause-acquitted", causes.acquittals()),
        said("trust-cause-accused", causes.accusations()),
        said("trust-reports-useful", causes.reports()),
    ];
    sentences.into_iter().flatten().collect()
}

fn share(share: Option<Share>, key: &'static str, none: &'static str, context: &Context) -> Text {
    let words = context.words();
    match share {
        None => words.text(none, Vec::new()),
        Some(share) => share_of(&share, key, context),
    }
}

fn share_of(share: &Share, key: &'static str, context: &Context) -> Text {
    let words = context.words();
    say!(
        words,
        key,
        part = share.part,
        of = share.of,
        share = percent(words, share.value()),
        interval = interval(words, share)
    )
}

/// Precision and recall with their intervals; no rows before anything was judged.
#[must_use]
pub fn table(ledger: &Ledger, context: &Context) -> Table {
    let words = context.words();
    let row = |key, share: Option<Share>| {
        share.map(|share| Row {
            cells: vec![
                words.text(key, Vec::new()),
                percent(words, share.value()),
                interval(words, &share),
                say!(words, "trust-of", part = share.part, of = share.of),
            ],
            details: Vec::new(),
        })
    };
    let rows = [
        row("trust-row-precision", ledger.precision()),
        row("trust-row-recall", ledger.recall()),
    ];
    Table {
        title: say!(words, "trust-title"),
        columns: [
            "trust-column-measure",
            "trust-column-share",
            "trust-column-interval",
            "trust-column-judged",
        ]
        .map(|key| words.text(key, Vec::new()))
        .into(),
        rows: rows.into_iter().flatten().collect(),
        more: None,
    }
}

/// What follows for a service that has this autonomy now.
#[must_use]
pub fn suggestion(
    suggestion: &Suggestion,
    has: Autonomy,
    ledger: &Ledger,
    context: &Context,
) -> Text {
    let words = context.words();
    let precision = ledger.precision();
    let end = |end: fn(&Share) -> f64| percent(words, precision.as_ref().map_or(0.0, end));
    match suggestion {
        Suggestion::Raise { to } => say!(
            words,
            "trust-raise",
            from = autonomy(has),
            to = autonomy(*to),
            low = end(|share| share.low),
            bar = percent(words, bar(*to))
        ),
        Suggestion::Lower {
            to,
            because: TooMuch::FalseAlarms { bar },
        } => say!(
            words,
            "trust-lower-false-alarms",
            from = autonomy(has),
            to = autonomy(*to),
            high = end(|share| share.high),
            bar = percent(words, *bar)
        ),
        Suggestion::Lower {
            to,
            because: TooMuch::WronglyUndone,
        } => say!(
            words,
            "trust-lower-undone",
            from = autonomy(has),
            to = autonomy(*to),
            at = ledger
                .wrongly_undone_at
                .map_or_else(Text::default, |at| context.time(at))
        ),
        Suggestion::Wait { until } => say!(
            words,
            "trust-wait",
            to = autonomy(Autonomy::Rollback),
            until = context.time(*until)
        ),
        Suggestion::Keep if has == Autonomy::Observe => {
            say!(words, "trust-only-watched", autonomy = autonomy(has))
        }
        Suggestion::Keep => say!(words, "trust-keep", autonomy = autonomy(has)),
        Suggestion::NotEnough { more, proves } if *proves == has => say!(
            words,
            "trust-unproven",
            autonomy = autonomy(has),
            more = *more
        ),
        Suggestion::NotEnough { more, proves } => say!(
            words,
            "trust-not-enough",
            has = autonomy(has),
            autonomy = autonomy(*proves),
            more = *more
        ),
    }
}

fn bar(autonomy: Autonomy) -> f64 {
    match autonomy {
        Autonomy::Observe => 0.0,
        Autonomy::Pause => BAR_TO_PAUSE,
        Autonomy::Rollback => BAR_TO_ROLL_BACK,
    }
}

/// As it is written in the configuration.
fn autonomy(autonomy: Autonomy) -> Text {
    Text::code(Foreign::new(autonomy.as_str()))
}

fn percent(words: Words, share: f64) -> Text {
    amount(words, (share * 100.0).round() / 100.0, "ratio")
}

fn interval(words: Words, share: &Share) -> Text {
    let end = |share: f64| number(words, (share * 100.0).round());
    let range = say!(words, "range", low = end(share.low), high = end(share.high));
    say!(words, "unit-percent", number = range)
}
