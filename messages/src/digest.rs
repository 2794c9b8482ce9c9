//! What is told once a day: what happened, and what waits for somebody.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Fact, Link, Message, Row, Severity, Table};
use crate::orders::place;
use crate::say;
use crate::text::Text;
use crate::words::duration;
use guard::digest::{Digest, Frozen, Open, Subject};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Of each kind, so many are named.
const MOST: usize = 8;

/// A digest for people of this time zone.
#[must_use]
pub fn digest(digest: &Digest, zone: &TimeZone, context: &Context) -> Message {
    let asked = digest.open.iter().any(|open| open.asked_until.is_some());
    let severity = if asked {
        Severity::Warning
    } else {
        Severity::Quiet
    };
    let headline = say!(
        context,
        "digest-headline",
        since = local(digest.since, zone),
        what = in_short(digest, context)
    );
    let link = context.base_url.as_ref().map(|base| Link {
        label: say!(context, "digest-link"),
        url: base.as_str().to_owned(),
    });
    Message {
        facts: facts(digest, context),
        table: open(&digest.open, zone, context),
        links: link.into_iter().collect(),
        footer: say!(
            context,
            "digest-footer",
            zone = Foreign::new(zone.iana_name().unwrap_or("UTC"))
        ),
        ..Message::line(severity, headline)
    }
}

fn in_short(digest: &Digest, context: &Context) -> Text {
    let mut parts = vec![match digest.deployments {
        0 => say!(context, "digest-nothing"),
        count => say!(context, "digest-deployments", count = count),
    }];
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let paused = digest.paused.deployments;
    if paused > 0 {
        parts.push(say!(context, "digest-paused", count = paused));
    }
    if !digest.rolled_back.is_empty() {
        let back = count(digest.rolled_back.len());
        parts.push(say!(context, "digest-rolled-back", count = back));
    }
    if !digest.open.is_empty() {
        let open = count(digest.open.len());
        parts.push(say!(context, "digest-open", count = open));
    }
    context.words().listed(parts)
}

fn facts(digest: &Digest, context: &Context) -> Vec<Fact> {
    let fact = |label: &'static str, value: Text| Fact {
        label: context.words().text(label, Vec::new()),
        value,
    };
    let mut facts = Vec::new();
    let (count, promoted, failed) = (digest.deployments, digest.promoted, digest.failed);
    if count > 0 {
        let said = match failed {
            0 => say!(
                context,
                "digest-of-deployments",
                count = count,
                promoted = promoted
            ),
            failed => say!(
                context,
                "digest-of-deployments-failed",
                count = count,
                promoted = promoted,
                failed = failed
            ),
        };
        facts.push(fact("digest-fact-deployments", said));
    }
    let paused = digest.paused;
    if paused.deployments > 0 {
        let judged = paused.real + paused.false_alarms;
        let said = say!(
            context,
            "digest-judged",
            count = paused.deployments,
            real = paused.real,
            wrong = paused.false_alarms,
            open = paused.deployments.saturating_sub(judged)
        );
        facts.push(fact("digest-fact-paused", said));
    }
    if !digest.rolled_back.is_empty() {
        let each = digest.rolled_back.iter().map(|one| subject(one, context));
        facts.push(fact("digest-fact-rolled-back", some(each, context)));
    }
    facts.extend(times(digest, context).map(|said| fact("digest-fact-times", said)));
    if let Some(riskiest) = &digest.riskiest {
        let said = say!(
            context,
            "digest-riskiest",
            place = place(&riskiest.service, &riskiest.environment),
            troubled = riskiest.troubled,
            count = riskiest.deployments
        );
        facts.push(fact("digest-fact-riskiest", said));
    }
    if !digest.frozen.is_empty() {
        let each = digest.frozen.iter().map(|one| frozen(one, context));
        facts.push(fact("digest-fact-frozen", some(each, context)));
    }
    facts
}

fn times(digest: &Digest, context: &Context) -> Option<Text> {
    let words = context.words();
    let median = |seconds: f64| duration(words, seconds);
    let mut parts = Vec::new();
    if let Some(detect) = &digest.detect {
        parts.push(say!(words, "digest-detect", time = median(detect.median_s)));
    }
    if let Some(decide) = &digest.decide {
        parts.push(say!(words, "digest-decide", time = median(decide.median_s)));
    }
    if let Some(recover) = &digest.recover {
        parts.push(say!(
            words,
            "digest-recover",
            time = median(recover.median_s)
        ));
    }
    (!parts.is_empty()).then(|| words.listed(parts))
}

fn subject(subject: &Subject, context: &Context) -> Text {
    say!(
        context,
        "digest-subject",
        place = place(&subject.service, &subject.environment),
        version = Foreign::from(&subject.version)
    )
}

fn frozen(frozen: &Frozen, context: &Context) -> Text {
    let said = say!(
        context,
        "digest-frozen",
        place = place(&frozen.service, &frozen.environment),
        by = Foreign::new(&frozen.by)
    );
    match &frozen.reason {
        Some(reason) => say!(
            context,
            "reason-given",
            said = said,
            reason = Foreign::new(reason)
        ),
        None => said,
    }
}

/// The first of them, and how many more there are.
fn some(each: impl ExactSizeIterator<Item = Text>, context: &Context) -> Text {
    let rest = each.len().saturating_sub(MOST);
    let listed = context.words().clauses(each.take(MOST));
    match rest {
        0 => listed,
        rest => say!(context, "listed-and-more", listed = listed, count = rest),
    }
}

fn open(open: &[Open], zone: &TimeZone, context: &Context) -> Option<Table> {
    if open.is_empty() {
        return None;
    }
    let rest = open.len().saturating_sub(MOST);
    Some(Table {
        title: say!(context, "digest-table-open"),
        columns: vec![
            say!(context, "digest-column-deployment"),
            say!(context, "digest-column-waits"),
        ],
        rows: open
            .iter()
            .take(MOST)
            .map(|one| Row {
                cells: vec![subject(&one.subject, context), waits(one, zone, context)],
                details: Vec::new(),
            })
            .collect(),
        more: (rest > 0).then(|| say!(context, "and-more", count = rest)),
    })
}

fn waits(open: &Open, zone: &TimeZone, context: &Context) -> Text {
    let since = local(open.since, zone);
    match open.asked_until {
        Some(until) => say!(
            context,
            "digest-asked",
            since = since,
            until = local(until, zone)
        ),
        None => say!(context, "digest-held", since = since),
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> Text {
    let local = at.to_zoned(zone.clone());
    Text::time(at, local.strftime("%Y-%m-%d %H:%M").to_string())
}
