//! What the record knows of the past that alerts are held against.

use crate::error::ToolError;
use crate::world::World;
use guard::event::Event;
use guard::ids::{Environment, ServiceName};
use guard::incident::Standing;
use guard::report::Report;
use guard::thresholds::{AlertLabel, Period, Truth};
use jiff::Timestamp;
use journal::ledger;
use std::collections::{BTreeMap, BTreeSet};

/// Incidents of no deployment that are looked at: the last changed ones.
const MOST: u64 = 500;

/// What is known since a moment.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// Incidents that were confirmed.
    pub(crate) real: Vec<Period>,
    /// Incidents that nobody judged.
    pub(crate) open: Vec<Period>,
    /// While the service was deployed and watched.
    pub(crate) deployments: Vec<Period>,
    /// What people said of alerts.
    pub(crate) labels: Vec<AlertLabel>,
    /// Alerts that Tawny was told of: how many of each name.
    pub(crate) told: BTreeMap<String, u32>,
}

pub(crate) async fn past(
    world: &World,
    service: &ServiceName,
    environment: &Environment,
    since: Timestamp,
    now: Timestamp,
) -> Result<Past, ToolError> {
    let mut past = Past::default();
    let mut told = BTreeSet::new();
    for (id, _) in ledger::deployments_of(&world.reader, service, environment).await? {
        let records = match ledger::records(&world.reader, &id).await {
            Ok(records) => records,
            // What retention has erased, or what is damaged, hides nothing else.
            Err(error) if error.is_erased() || error.is_damage() => continue,
            Err(error) => return Err(error.into()),
        };
        let Ok(Some(report)) = Report::of(&records) else {
            continue;
        };
        if report.updated_at.0 < since {
            continue;
        }
        past.deployed(&report, now);
        told.extend(records.iter().filter_map(|record| match &record.event {
            Event::AlertJoined { alert, .. } => Some((alert.name.clone(), alert.key.clone())),
            _ => None,
        }));
    }
    for apart in ledger::incidents(&world.reader, MOST).await? {
        let named = apart.named.into_iter();
        let own = named.filter(|alert| {
            let there = alert.environment.as_ref();
            alert.service == *service && there.is_none_or(|there| there == environment)
        });
        told.extend(own.map(|alert| (alert.name, alert.key)));
    }
    for (name, key) in told {
        if key.starts_at >= since {
            *past.told.entry(name).or_default() += 1;
        }
    }
    let lane = ledger::lane(&world.reader, service, environment).await?;
    let young = |label: &&AlertLabel| label.until.unwrap_or(label.from) >= since;
    past.labels = lane.labels().iter().filter(young).cloned().collect();
    Ok(past)
}

impl Past {
    /// What a deployment says: its time, and its incident as people judged it.
    fn deployed(&mut self, report: &Report, now: Timestamp) {
        let period = |from: Timestamp, until: Timestamp| Period {
            from_s: from.as_second(),
            until_s: until.as_second(),
        };
        let whole = period(report.requested_at.0, report.updated_at.0);
        self.deployments.push(whole);
        let judged = report.judged.as_deref();
        match (&report.incident, judged) {
            (_, Some("false_alarm" | "fine")) => {}
            (None, Some("real" | "missed")) => self.real.push(whole),
            (None, _) => {}
            (Some(incident), _) => {
                let ended = incident.ended_at.map_or(now, |at| at.0);
                let own = period(incident.began_at.0, ended);
                // That going back cured it confirms it as well as a person could.
                if judged.is_some() || incident.standing == Standing::Cured {
                    self.real.push(own);
                } else {
                    self.open.push(own);
                }
            }
        }
    }

    /// What is true of one alert. Who called another alert true has not said that this one was.
    pub(crate) fn truth(&self, alert: &str) -> Truth {
        let mut truth = Truth {
            real: self.real.clone(),
            open: self.open.clone(),
            dismissed: Vec::new(),
        };
        for label in &self.labels {
            let period = label.period();
            let own = label.alert.as_deref().is_none_or(|named| named == alert);
            match (own, label.real) {
                (true, true) => truth.real.push(period),
                (true, false) => truth.dismissed.push(period),
                (false, true) => truth.open.push(period),
                (false, false) => {}
            }
        }
        truth
    }
}
