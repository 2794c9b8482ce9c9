//! Which thresholds of a service's alerts would have been better, in words.

use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::{Fact, Severity};
use crate::say;
use crate::text::Text;
use crate::words::{Arg, duration};
use guard::thresholds::{Advised, MERGED_S, PATIENCE_S};

mod load;
mod rules;

pub(crate) use load::facts as load_facts;

/// The advice as a document.
#[must_use]
pub fn document(advised: &Advised, context: &Context) -> Document {
    let sections = [
        rules::table(advised, context),
        rules::why(advised, context),
        rules::to_judge(advised, context),
        limits(advised, context),
    ];
    Document {
        severity: match advised.enough() {
            None => Severity::Quiet,
            Some(true) => Severity::Good,
            Some(false) => Severity::Warning,
        },
        title: say!(
            context,
            "thresholds-title",
            service = Foreign::from(&advised.service),
            environment = Foreign::from(&advised.environment)
        ),
        headline: headline(advised, context),
        facts: facts(advised, context),
        sections: sections
            .into_iter()
            .filter(|part: &Section| !part.is_empty())
            .collect(),
        footer: say!(context, "thresholds-footer"),
    }
}

fn headline(advised: &Advised, context: &Context) -> Text {
    let totals = advised.totals();
    let (before, after) = (totals.before.wrong, totals.after.wrong);
    let key = match advised.enough() {
        None if advised.rules.is_empty() => "thresholds-headline-empty",
        None => "thresholds-headline-quiet",
        Some(true) => "thresholds-headline-better",
        Some(false) if after < before => "thresholds-headline-not-half",
        Some(false) => "thresholds-headline-none",
    };
    let days = (advised.since.until(advised.until) / 86_400.0).round();
    say!(
        context,
        key,
        before = before,
        after = after,
        days = Arg::Count(days)
    )
}

fn facts(advised: &Advised, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let fact = |key: &'static str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    let totals = advised.totals();
    let counted = |count: usize| Arg::Count(count as f64);
    let mut facts = vec![
        fact(
            "thresholds-fact-time",
            say!(
                words,
                "thresholds-time",
                since = context.date(advised.since.0),
                until = context.date(advised.until.0),
                step = duration(words, advised.step_s as f64)
            ),
        ),
        fact(
            "thresholds-fact-fired",
            say!(
                words,
                "thresholds-fired",
                fired = totals.before.fired,
                real = totals.before.real,
                false = totals.before.wrong,
                open = totals.before.open,
                during = totals.during_deployments
            ),
        ),
        fact(
            "thresholds-fact-truth",
            say!(
                words,
                "thresholds-truth",
                incidents = counted(advised.incidents),
                unjudged = counted(advised.unjudged),
                labels = counted(advised.labels),
                deployments = counted(advised.deployments)
            ),
        ),
    ];
    facts.extend(load::facts(advised.load.as_ref(), context));
    facts
}

fn limits(advised: &Advised, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "thresholds-limits"));
    if advised.rules.is_empty() {
        return section;
    }
    section.body.push(say!(
        words,
        "thresholds-limits-body",
        step = duration(words, advised.step_s as f64),
        merged = duration(words, MERGED_S as f64),
        patience = duration(words, PATIENCE_S as f64)
    ));
    if advised.left_out > 0 {
        let count = Arg::Count(advised.left_out as f64);
        section
            .items
            .push(say!(words, "thresholds-left-out", count = count));
    }
    let missing = advised.missing.iter();
    let said = missing.map(|why| say!(words, "thresholds-missing", why = Foreign::from(why)));
    section.items.extend(said);
    section
}
