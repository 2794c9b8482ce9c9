//! The six moments by which people tell an incident.

use crate::action::ActionKind;
use crate::at::At;
use crate::event::{Event, Recorded};
use crate::incident::Standing;
use crate::report::Report;
use serde::Serialize;

/// When what happened. What did not happen, or not yet, has no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Milestones {
    /// The deployment began to change instances; before, when it was asked for.
    pub deploy_began_at: Option<At>,
    /// The new version ran everywhere.
    pub deploy_ended_at: Option<At>,
    /// The first signal began to move, estimated.
    pub first_anomaly_at: Option<At>,
    /// That was said; by whoever said it first.
    pub alerted_at: Option<At>,
    /// The way back was asked for.
    pub rollback_asked_at: Option<At>,
    /// It hurt no more.
    pub recovered_at: Option<At>,
}

impl Milestones {
    /// The moments of a report; `records` are its deployment's events.
    #[must_use]
    pub fn of(report: &Report, records: &[Recorded]) -> Self {
        let first = |wanted: &dyn Fn(&Event) -> bool| {
            let found = records.iter().find(|record| wanted(&record.event));
            found.map(|record| At(record.at))
        };
        let incident = report.incident.as_ref();
        let began = first(&|event| {
            matches!(
                event,
                Event::ActionAuthorised { .. } | Event::InstanceChanged { .. }
            )
        });
        let alerted = first(&|event| {
            matches!(
                event,
                Event::FindingOpened { .. } | Event::AlertJoined { .. }
            )
        });
        let back = report
            .deeds
            .iter()
            .find(|deed| deed.action == ActionKind::RollBack);
        let over = incident.and_then(|incident| match incident.standing {
            Standing::Cured | Standing::Recovered => incident.ended_at,
            Standing::Open | Standing::Mitigated | Standing::Accepted | Standing::Unresolved => {
                None
            }
        });
        Self {
            deploy_began_at: Some(began.unwrap_or(report.requested_at)),
            deploy_ended_at: first(&|event| matches!(event, Event::Promoted { .. })),
            first_anomaly_at: incident.map(|incident| incident.began_at),
            alerted_at: incident.and(alerted),
            rollback_asked_at: back.map(|deed| deed.at),
            recovered_at: over,
        }
    }

    /// All of them in the order of an incident that went as one would expect, with the words on the wire.
    #[must_use]
    pub fn all(&self) -> [(&'static str, Option<At>); 6] {
        [
            ("deploy_began", self.deploy_began_at),
            ("deploy_ended", self.deploy_ended_at),
            ("first_anomaly", self.first_anomaly_at),
            ("alerted", self.alerted_at),
            ("rollback_asked", self.rollback_asked_at),
            ("recovered", self.recovered_at),
        ]
    }
}
