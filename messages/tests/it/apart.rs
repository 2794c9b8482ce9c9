//! Incidents that belong to no deployment, as people see them.

use crate::story::{context, each_locale, start};
use guard::alert::{Alert, AlertKey, AlertSeverity, AlertStatus, Relation};
use guard::apart::{Apart, ApartEvent, Board, Heard, Recent, RecordedApart};
use guard::ids::{DeploymentId, Environment, IncidentId, ServiceName, Version};
use jiff::SignedDuration;
use messages::Context;
use messages::layout::{markdown, plain};
use messages::model::Message;
use std::fmt::Write;

fn recent(id: &str, service: &str, relation: Relation, undone: bool) -> Recent {
    Recent {
        deployment: DeploymentId::new(id).unwrap(),
        service: ServiceName::new(service).unwrap(),
        environment: Environment::new("prod").unwrap(),
        version: Version::new("v2").unwrap(),
        begun_at: start() - SignedDuration::from_mins(12),
        relation,
        undone,
    }
}

fn heard(text: &str, fingerprint: usize, status: AlertStatus) -> Heard {
    Heard {
        alert: Alert {
            key: AlertKey {
                source: text.to_owned(),
                fingerprint: format!("{text}{fingerprint}"),
                starts_at: start(),
            },
            name: text.to_owned(),
            severity: [AlertSeverity::Critical, AlertSeverity::Warning][fingerprint % 2],
            service: ServiceName::new("shop").unwrap(),
            environment: fingerprint
                .is_multiple_of(2)
                .then(|| Environment::new("prod").unwrap()),
            summary: fingerprint.is_multiple_of(3).then(|| text.to_owned()),
        },
        status,
        group: Some("g".to_owned()),
        recent: vec![
            recent("dep_1", "shop", Relation::Own, false),
            recent("dep_2", "cart", Relation::CalledBy, true),
            recent("dep_3", "front", Relation::Calls, false),
        ],
        opens: IncidentId::new("inc_1").unwrap(),
    }
}

/// An incident of so many alerts, of which so many are over again.
fn records(text: &str, alerts: usize, over: usize) -> Vec<RecordedApart> {
    let mut board = Board::default();
    let firing = (0..alerts).map(|n| heard(text, n, AlertStatus::Firing));
    let ended = (0..over).map(|n| heard(text, n, AlertStatus::Over));
    let mut records: Vec<RecordedApart> = Vec::new();
    for one in firing.chain(ended) {
        let at = start() + SignedDuration::from_secs(records.len() as i64);
        for event in board.hear(&one, at).events {
            let revision = records.len() as u64 + 1;
            records.push(RecordedApart {
                revision,
                at,
                event,
            });
        }
    }
    records
}

fn folded(records: &[RecordedApart]) -> Apart {
    Apart::fold(IncidentId::new("inc_1").unwrap(), records)
}

/// The same, closed by somebody of this name for this reason.
fn closed(text: &str, alerts: usize) -> Vec<RecordedApart> {
    let mut records = records(text, alerts, 1);
    let refused = ApartEvent::Refused {
        by: text.to_owned(),
        wanted: "close".to_owned(),
    };
    let closed = ApartEvent::Closed {
        by: text.to_owned(),
        reason: Some(text.to_owned()),
    };
    for event in [refused, closed] {
        records.push(RecordedApart {
            revision: records.len() as u64 + 1,
            at: start() + SignedDuration::from_secs(90),
            event,
        });
    }
    records
}

/// What is said in its thread.
fn reply(records: &[RecordedApart], context: &Context) -> Message {
    messages::apart::reply(&folded(records), records.last().unwrap(), context).unwrap()
}

/// The messages of incidents of which every foreign text is this.
pub(crate) fn messages(text: &str, context: &Context) -> Vec<Message> {
    let all = [(1, 0), (3, 1), (3, 3), (30, 0), (30, 30)];
    let all = all.map(|(alerts, over)| folded(&records(text, alerts, over)));
    let closed = closed(text, 3);
    let replied = reply(&closed, context);
    all.iter()
        .chain([&folded(&closed)])
        .map(|one| messages::apart::incident(one, context))
        .chain([replied])
        .collect()
}

#[test]
fn an_incident_of_its_own_and_a_storm_as_people_see_them() {
    each_locale("apart", |locale| {
        let context = context(locale);
        let mut shown = String::new();
        let alone = |recent: &[Recent]| {
            let mut first = records("HighErrorRate", 1, 0);
            if let ApartEvent::Opened { recent: known, .. } = &mut first[0].event {
                known.clone_from(&recent.to_vec());
            }
            first
        };
        let mut again = records("HighErrorRate", 2, 2);
        let late = RecordedApart {
            revision: again.len() as u64 + 1,
            at: start() + SignedDuration::from_secs(60),
            event: ApartEvent::Reopened {},
        };
        again.push(late);
        for (title, records) in [
            ("nothing was deployed", alone(&[])),
            ("three alerts, one over", records("HighErrorRate", 3, 1)),
            ("over", records("HighErrorRate", 2, 2)),
            ("again", again),
            ("a storm", records("Down", 14, 0)),
            ("a storm that is over", records("Down", 14, 14)),
            ("closed", closed("HighErrorRate", 3)),
            ("a storm that was closed", closed("Down", 14)),
        ] {
            let incident = folded(&records);
            let message = messages::apart::incident(&incident, &context);
            writeln!(shown, "## {title}\n\n{}\n", plain::message(&message)).unwrap();
            let last = records.last().unwrap();
            if let Some(reply) = messages::apart::reply(&incident, last, &context) {
                writeln!(shown, "{}\n", plain::message(&reply)).unwrap();
            }
            for line in messages::apart::timeline(&records, &context) {
                let severity = line.severity.as_str();
                writeln!(shown, "- {severity}: {}", markdown::text(&line.text)).unwrap();
            }
            shown.push('\n');
        }
        shown
    });
}
