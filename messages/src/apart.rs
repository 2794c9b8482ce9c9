//! Incidents that belong to no deployment: the one message of each, and what happened to it.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::happened::alert_severity;
use crate::model::{Fact, Link, Message, Severity};
use crate::say;
use crate::text::Text;
use crate::timeline::TimelineLine;
use crate::words::duration;
use guard::alert::{Alert, AlertSeverity, Relation};
use guard::apart::{Apart, ApartEvent, Recent, RecordedApart};

/// Alerts and deployments that a message names.
const MOST: usize = 5;

/// The one message of an incident, as it stands.
#[must_use]
pub fn incident(incident: &Apart, context: &Context) -> Message {
    let mut message = Message::line(severity(incident), headline(incident, context));
    message.facts = facts(incident, context);
    if !incident.storm {
        let named = incident.named.iter().take(MOST);
        message.body = named.map(|alert| alerted(alert, context)).collect();
    }
    message.body.extend(deployed(incident, context));
    message.links = link(incident, context).into_iter().collect();
    message.footer = say!(
        context,
        "apart-footer",
        id = Foreign::from(&incident.id),
        source = Foreign::from(incident.source().unwrap_or_default()),
        updated = context.time(incident.updated_at)
    );
    message
}

/// What is said of an event in the incident's thread, beside the message that shows it as it stands: what somebody did.
#[must_use]
pub fn reply(incident: &Apart, record: &RecordedApart, context: &Context) -> Option<Message> {
    if !matches!(record.event, ApartEvent::Closed { .. }) {
        return None;
    }
    let firing = incident.firing();
    let fires = (firing > 0).then(|| {
        let key = if incident.storm {
            "apart-still-fires-storm"
        } else {
            "apart-still-fires"
        };
        say!(context, key, count = firing)
    });
    Some(Message {
        body: fires.into_iter().collect(),
        ..Message::line(loud(&record.event), happened(&record.event, context))
    })
}

/// How loud it was at its loudest.
#[must_use]
pub fn loudest(incident: &Apart) -> Severity {
    if incident.storm {
        Severity::Alarm
    } else {
        of_alert(incident.severity())
    }
}

/// Everything that happened to an incident, in order.
#[must_use]
pub fn timeline(records: &[RecordedApart], context: &Context) -> Vec<TimelineLine> {
    let mut lines: Vec<TimelineLine> = Vec::new();
    for record in records {
        let before = lines.last().map(|line| line.at);
        let gap_s = before.map(|at| record.at.duration_since(at).as_secs_f64());
        lines.push(TimelineLine {
            revision: record.revision,
            at: record.at,
            time: context.time(record.at),
            text: happened(&record.event, context),
            severity: loud(&record.event),
            gap_s,
            gap: None,
        });
    }
    lines
}

fn happened(event: &ApartEvent, context: &Context) -> Text {
    match event {
        ApartEvent::Opened { alert, .. } | ApartEvent::Joined { alert } => alerted(alert, context),
        ApartEvent::Storm { alerts, .. } => say!(context, "apart-storm", count = *alerts),
        ApartEvent::Counted { key } => {
            say!(
                context,
                "apart-counted",
                since = context.time(key.starts_at)
            )
        }
        ApartEvent::Over { name, .. } => {
            say!(context, "event-alert-over", alert = Foreign::from(name))
        }
        ApartEvent::Resolved {} => say!(context, "apart-resolved"),
        ApartEvent::Reopened {} => say!(context, "apart-reopened"),
        ApartEvent::Closed { by, reason: None } => {
            say!(context, "apart-closed", by = Foreign::from(by))
        }
        ApartEvent::Closed {
            by,
            reason: Some(reason),
        } => say!(
            context,
            "apart-closed-because",
            by = Foreign::from(by),
            reason = Foreign::from(reason)
        ),
        ApartEvent::Refused { by, .. } => {
            say!(context, "apart-refused", by = Foreign::from(by))
        }
    }
}

fn loud(event: &ApartEvent) -> Severity {
    match event {
        ApartEvent::Opened { alert, .. } | ApartEvent::Joined { alert } => of_alert(alert.severity),
        ApartEvent::Storm { .. } => Severity::Alarm,
        ApartEvent::Reopened {} => Severity::Warning,
        ApartEvent::Resolved {} => Severity::Good,
        ApartEvent::Counted { .. }
        | ApartEvent::Over { .. }
        | ApartEvent::Closed { .. }
        | ApartEvent::Refused { .. } => Severity::Quiet,
    }
}

fn of_alert(severity: AlertSeverity) -> Severity {
    if severity == AlertSeverity::Critical {
        Severity::Alarm
    } else {
        Severity::Warning
    }
}

fn severity(incident: &Apart) -> Severity {
    if incident.is_open() {
        loudest(incident)
    } else if incident.closed.is_some() {
        // Nobody knows whether it is well.
        Severity::Quiet
    } else {
        Severity::Good
    }
}

fn headline(incident: &Apart, context: &Context) -> Text {
    let open = incident.is_open();
    let closed = incident.closed.as_ref();
    let by = closed.map_or_else(|| Foreign::from(""), |closed| Foreign::from(&closed.by));
    if incident.storm {
        let source = Foreign::from(incident.source().unwrap_or_default());
        let key = match (open, closed) {
            (true, _) => "apart-headline-storm",
            (false, None) => "apart-headline-storm-over",
            (false, Some(_)) => "apart-headline-storm-closed",
        };
        let count = incident.joined();
        return say!(context, key, source = source, count = count, by = by);
    }
    let first = incident.named.first();
    let key = match (open, closed, incident.reopened > 0) {
        (true, _, false) => "apart-headline",
        (true, _, true) => "apart-headline-again",
        (false, None, _) => "apart-headline-over",
        (false, Some(_), _) => "apart-headline-closed",
    };
    let alert = first.map_or_else(|| Foreign::from(""), |alert| Foreign::from(&alert.name));
    let service = first.map_or_else(|| Foreign::from(""), |alert| Foreign::from(&alert.service));
    say!(
        context,
        key,
        alert = alert,
        service = service,
        by = by,
        more = incident.joined().saturating_sub(1)
    )
}

fn facts(incident: &Apart, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let mut facts = Vec::new();
    if let Some(opened_at) = incident.opened_at {
        facts.push(Fact {
            label: say!(words, "apart-fact-since"),
            value: context.time(opened_at),
        });
        if let Some(resolved_at) = incident.resolved_at {
            let lasted = resolved_at.duration_since(opened_at).as_secs_f64();
            facts.push(Fact {
                label: say!(words, "apart-fact-lasted"),
                value: duration(words, lasted.max(0.0)),
            });
        }
    }
    let closed = incident.closed.as_ref();
    if let Some(reason) = closed.and_then(|closed| closed.reason.as_ref()) {
        facts.push(Fact {
            label: say!(words, "apart-fact-reason"),
            value: Foreign::from(reason).into(),
        });
    }
    facts.push(Fact {
        label: say!(words, "apart-fact-alerts"),
        value: say!(
            words,
            "apart-alerts",
            count = incident.joined(),
            firing = incident.firing()
        ),
    });
    facts
}

fn alerted(alert: &Alert, context: &Context) -> Text {
    let key = match (&alert.environment, &alert.summary) {
        (Some(_), Some(_)) => "apart-alert-there-said",
        (Some(_), None) => "apart-alert-there",
        (None, Some(_)) => "apart-alert-said",
        (None, None) => "apart-alert",
    };
    let place = alert.environment.as_ref();
    let place = place.map_or_else(|| Foreign::from(""), Foreign::from);
    say!(
        context,
        key,
        severity = alert_severity(alert.severity, context),
        alert = Foreign::from(&alert.name),
        service = Foreign::from(&alert.service),
        environment = place,
        since = context.time(alert.key.starts_at),
        summary = Foreign::from(alert.summary.as_deref().unwrap_or_default())
    )
}

/// What was deployed lately, a sentence each, the likeliest to matter first.
fn deployed(incident: &Apart, context: &Context) -> Vec<Text> {
    let Some(first) = incident.named.first() else {
        return Vec::new();
    };
    if incident.recent.is_empty() {
        return vec![say!(context, "apart-nothing-deployed")];
    }
    let recent = incident.recent.iter().take(MOST);
    let recent = recent.map(|recent| deployment(recent, first, context));
    [say!(context, "apart-deployed")]
        .into_iter()
        .chain(recent)
        .collect()
}

fn deployment(recent: &Recent, alert: &Alert, context: &Context) -> Text {
    let words = context.words();
    let key = match recent.relation {
        Relation::Own => "apart-recent-own",
        Relation::CalledBy => "apart-recent-called",
        Relation::Calls => "apart-recent-caller",
    };
    let before = alert.key.starts_at.duration_since(recent.begun_at);
    let said = say!(
        words,
        key,
        service = Foreign::from(&recent.service),
        environment = Foreign::from(&recent.environment),
        version = Foreign::from(&recent.version),
        deployment = Foreign::from(&recent.deployment),
        before = duration(words, before.as_secs_f64().max(0.0))
    );
    if recent.undone {
        return say!(words, "apart-undone", said = said);
    }
    said
}

fn link(incident: &Apart, context: &Context) -> Option<Link> {
    let base = context.base_url.as_ref()?;
    Some(Link {
        label: say!(context, "apart-link"),
        // An id is letters, digits, `-` and `_`, so it needs no escaping.
        url: format!("{}/incidents/{}", base.as_str(), incident.id),
    })
}
