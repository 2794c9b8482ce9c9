//! The incident, what it cost, and what was missing meanwhile.

use super::names;
use super::signals::heads;
use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::model::{Fact, Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::{amount, duration, number};
use guard::incident::{Moment, Turn};
use guard::report::{Contribution, Gap, Impact, Missing, Report};

/// What became of the findings together.
pub(super) fn incident(report: &Report, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "report-incident"));
    if let Some(incident) = &report.incident {
        let standing = names::standing(incident.standing, context);
        section.body.push(if incident.reopened > 0 {
            say!(
                words,
                "incident-reopened-times",
                standing = standing,
                count = incident.reopened
            )
        } else {
            standing
        });
        section.items = incident_items(&incident.moments, context);
    }
    section
}

/// Each moment of an incident.
pub(crate) fn incident_items(moments: &[Moment], context: &Context) -> Vec<Text> {
    let words = context.words();
    let items = moments.iter().map(|moment| {
        let what = match &moment.turn {
            Turn::Opened => say!(words, "turn-opened"),
            Turn::Joined { signal } => {
                say!(words, "turn-joined", signal = Foreign::from(signal))
            }
            Turn::Alerted { alert } => say!(words, "turn-alerted", alert = Foreign::from(alert)),
            Turn::Escalated { tier } => say!(words, "turn-escalated", tier = words.tier(*tier)),
            Turn::Mitigated => say!(words, "turn-mitigated"),
            Turn::Cured => say!(words, "turn-cured"),
            Turn::Recovered => say!(words, "turn-recovered"),
            Turn::Accepted { by } => say!(words, "turn-accepted", by = Foreign::from(by)),
            Turn::Reopened => say!(words, "turn-reopened"),
            Turn::LeftUnresolved => say!(words, "turn-left-unresolved"),
        };
        let at = context.time(moment.at.0);
        say!(words, "report-moment", at = at, what = what)
    });
    items.collect()
}

/// What it cost.
pub(super) fn impact(report: &Report, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-impact"));
    if let Some(impact) = &report.impact {
        section.facts = impact_facts(impact, context);
        if !impact.accounts.is_empty() {
            section.table = Some(accounts(&impact.accounts, context));
        }
    }
    section
}

/// What it cost, label by label.
pub(crate) fn impact_facts(impact: &Impact, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let fact = |key: &str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    let share = |share: f64| amount(words, share, "ratio");
    let failed = match (impact.requests_failed, impact.requests) {
        (Some(failed), Some(all)) => say!(
            words,
            "impact-failed-of",
            failed = number(words, failed.round()),
            all = number(words, all.round())
        ),
        (Some(failed), None) => number(words, failed.round()),
        (None, _) => say!(words, "impact-not-counted"),
    };
    let facts = [
        Some(fact("impact-lasted", duration(words, impact.seconds))),
        Some(fact("impact-failed", failed)),
        impact
            .share_of_traffic
            .map(|part| fact("impact-traffic", share(part))),
        impact
            .users
            .map(|users| fact("impact-users", number(words, users.round()))),
    ];
    facts.into_iter().flatten().collect()
}

fn accounts(accounts: &[Contribution], context: &Context) -> Table {
    let words = context.words();
    let share = |share: f64| amount(words, share, "ratio");
    Table {
        title: Text::default(),
        columns: heads(
            &[
                "impact-column-label",
                "impact-column-value",
                "impact-column-excess",
                "impact-column-share",
                "impact-column-traffic",
                "column-values",
            ],
            context,
        ),
        rows: accounts
            .iter()
            .map(|one| Row {
                cells: vec![
                    Text::foreign(one.label.as_str()),
                    Text::foreign(one.value.as_str()),
                    number(words, one.excess.round()),
                    share(one.share),
                    share(one.of_events),
                    say!(
                        words,
                        "from-to",
                        from = share(one.before),
                        to = share(one.after)
                    ),
                ],
                details: Vec::new(),
            })
            .collect(),
        more: None,
    }
}

/// When something was missing.
pub(super) fn gaps(report: &Report, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-gaps"));
    section.items = report.gaps.iter().map(|one| gap(one, context)).collect();
    section
}

/// One time in which something was missing.
pub(crate) fn gap(gap: &Gap, context: &Context) -> Text {
    let words = context.words();
    let what = match &gap.missing {
        Missing::Source { source } => {
            say!(words, "gap-source", source = Foreign::from(source))
        }
        Missing::Completeness { source } => {
            say!(words, "gap-completeness", source = Foreign::from(source))
        }
        Missing::Measurements => say!(words, "gap-measurements"),
        Missing::Answer => say!(words, "gap-answer"),
        Missing::Decision => say!(words, "gap-decision"),
    };
    let from = context.time(gap.from.0);
    match gap.to {
        Some(to) => say!(
            words,
            "gap",
            from = from,
            to = context.time(to.0),
            duration = duration(words, gap.seconds),
            what = what
        ),
        None => say!(words, "gap-lasting", from = from, what = what),
    }
}
