//! Single lines of a report, the same in the thread and in the document.

use super::names::code;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::Fact;
use crate::say;
use crate::text::Text;
use crate::words::{amount, duration, number};
use guard::root_cause::{
    Abnormal, Author, Cite, CiteKind, RootCauseReport, Spent, Standing, Stated,
};

/// A statement, with what it is worth and where it can be looked up.
pub(super) fn stated(one: &Stated<Text>, context: &Context) -> Text {
    let text = match one.standing {
        Standing::Supported => one.text.clone(),
        Standing::Hypothesis => say!(context, "root-cause-hypothesis", text = one.text.clone()),
    };
    if one.cites.is_empty() {
        return text;
    }
    let cites = one.cites.iter().map(cite);
    let cites = Text::join(cites, &say!(context, "root-cause-cites-between"));
    say!(context, "root-cause-cited", text = text, cites = cites)
}

/// The same in the thread: what it is worth, and no addresses.
pub(super) fn briefly(one: &Stated<Text>, context: &Context) -> Text {
    match one.standing {
        Standing::Supported => one.text.clone(),
        Standing::Hypothesis => say!(context, "root-cause-hypothesis", text = one.text.clone()),
    }
}

fn cite(cite: &Cite) -> Text {
    match (cite.kind, &cite.path, cite.line) {
        (CiteKind::Evidence | CiteKind::Log, _, _) => Text::code(Foreign::new(&cite.id)),
        (_, None, _) => code(&cite.id),
        (_, Some(path), None) => Text::code(Foreign::new(path)),
        (_, Some(path), Some(line)) => Text::code(Foreign::new(&format!("{path}:{line}"))),
    }
}

/// A query with what it answered.
pub(super) fn query(one: &Abnormal, context: &Context) -> Fact {
    let words = context.words();
    Fact {
        label: match &one.unit {
            Some(unit) => amount(words, one.value, unit),
            None => number(words, one.value),
        },
        value: Text::code(Foreign::new(&one.promql)),
    }
}

/// Who wrote it, and how much of it was checked.
pub(super) fn checked(report: &RootCauseReport<Text>, context: &Context) -> Text {
    let (checked, cut) = (report.checked, report.cut);
    match &report.written_by {
        Author::Rules => say!(context, "root-cause-by-rules", checked = checked),
        Author::Model { name } => say!(
            context,
            "root-cause-by-model",
            model = Foreign::new(name),
            checked = checked,
            cut = cut
        ),
    }
}

/// The same, and in a few words what it cost.
pub(super) fn checked_for(report: &RootCauseReport<Text>, context: &Context) -> Text {
    let said = checked(report, context);
    let Some(spent) = &report.spent else {
        return said;
    };
    let words = context.words();
    let tokens = number(words, (spent.tokens_in + spent.tokens_out) as f64);
    let said = say!(words, "root-cause-for-tokens", said = said, tokens = tokens);
    match &spent.cost {
        None => said,
        Some(cost) => say!(
            words,
            "root-cause-spent-money",
            said = said,
            amount = number(words, cost.amount),
            currency = Foreign::new(&cost.currency)
        ),
    }
}

/// What it cost.
pub(super) fn spent(spent: &Spent, context: &Context) -> Text {
    let words = context.words();
    let count = |of: u64| number(words, of as f64);
    let said = say!(
        words,
        "root-cause-spent",
        endpoint = Foreign::new(&spent.endpoint),
        calls = count(u64::from(spent.calls)),
        steps = count(u64::from(spent.steps)),
        read = count(spent.tokens_in),
        cached = count(spent.tokens_cached),
        written = count(spent.tokens_out),
        duration = duration(words, spent.seconds)
    );
    match &spent.cost {
        None => said,
        Some(cost) => say!(
            words,
            "root-cause-spent-money",
            said = said,
            amount = number(words, cost.amount),
            currency = Foreign::new(&cost.currency)
        ),
    }
}
