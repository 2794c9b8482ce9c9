//! Incidents, gathered from the record: of deployments, and of alerts that belong to none.

use engine::{Engine, EngineError, ledger};
use guard::apart::Apart;
use guard::incident::Incident;
use guard::state::State;
use guard::summary::Summary;
use jiff::Timestamp;
use messages::{Context, Text};
use std::cmp::Reverse;
use std::sync::Arc;

/// Incidents that belong to no deployment that are looked at: the last changed ones.
const MOST: u64 = 1000;

/// An incident.
pub(crate) struct Known {
    pub(crate) kind: Kind,
    opened_at: Timestamp,
}

/// Whose incident it is.
pub(crate) enum Kind {
    OfDeployment(Box<State>, Incident),
    OfAlerts(Box<Apart>),
}

impl Known {
    /// One of alerts; none where it is only the memory of one that was over before it was heard.
    pub(crate) fn of_alerts(apart: Apart) -> Option<Self> {
        let opened_at = apart.opened_at?;
        let kind = Kind::OfAlerts(Box::new(apart));
        Some(Self { kind, opened_at })
    }

    /// One of a deployment, if that has one.
    pub(crate) fn of_deployment(state: State) -> Option<Self> {
        let incident = state.incident().cloned()?;
        Some(Self {
            opened_at: incident.opened_at.0,
            kind: Kind::OfDeployment(Box::new(state), incident),
        })
    }

    fn id(&self) -> String {
        match &self.kind {
            Kind::OfDeployment(state, _) => state.plan().deployment.to_string(),
            Kind::OfAlerts(apart) => apart.id.to_string(),
        }
    }

    pub(crate) fn opened_at(&self) -> Timestamp {
        self.opened_at
    }

    pub(crate) fn ended_at(&self) -> Option<Timestamp> {
        match &self.kind {
            Kind::OfDeployment(_, incident) => incident.ended_at.map(|at| at.0),
            Kind::OfAlerts(apart) => apart.resolved_at,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        match &self.kind {
            Kind::OfDeployment(_, incident) => !incident.standing.over(),
            Kind::OfAlerts(apart) => apart.is_open(),
        }
    }

    /// In one line.
    pub(crate) fn headline(&self, context: &Context) -> Text {
        match &self.kind {
            Kind::OfDeployment(state, _) => messages::parent(state, context).headline,
            Kind::OfAlerts(apart) => messages::apart::incident(apart, context).headline,
        }
    }
}

/// Which incidents.
#[derive(Default)]
pub(crate) struct Wanted {
    /// Only those that go on.
    pub(crate) open: bool,
    /// Only those behind this one, in the order of [`newest`].
    pub(crate) behind: Option<Place>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// When an incident began, and its id.
pub(crate) type Place = (Timestamp, String);

/// The newest incidents, the last one first; and the place of the last one, where there are more.
pub(crate) async fn newest(
    engine: &Engine,
    wanted: Wanted,
) -> Result<(Vec<Known>, Option<Place>), EngineError> {
    let hurt = |row: &Arc<Summary>| Some((row.incident?, Arc::clone(row)));
    let hurt = engine.listed(|listing| listing.newest().filter_map(hurt).collect::<Vec<_>>());
    let hurt = hurt.await?.into_iter().map(|(hurt, row)| {
        let place = (hurt.opened_at, row.deployment.to_string());
        (place, hurt.open, Found::OfDeployment(row))
    });
    let apart = ledger::incidents(engine.reader(), MOST).await?.into_iter();
    let apart = apart.filter_map(Known::of_alerts).map(|known| {
        let place = (known.opened_at, known.id());
        (place, known.is_open(), Found::OfAlerts(known))
    });
    let order = |place: &Place| (Reverse(place.0), place.1.clone());
    let behind = wanted.behind.as_ref().map(order);
    let mut all: Vec<_> = hurt
        .chain(apart)
        .filter(|(_, open, _)| *open || !wanted.open)
        .filter(|(place, ..)| behind.as_ref().is_none_or(|behind| order(place) > *behind))
        .collect();
    all.sort_by_cached_key(|(place, ..)| order(place));
    let more = all.len() > wanted.limit;
    all.truncate(wanted.limit);
    let last = all.last().filter(|_| more).map(|(place, ..)| place.clone());
    let mut known = Vec::new();
    for (.., found) in all {
        match found {
            Found::OfAlerts(one) => known.push(one),
            Found::OfDeployment(row) => {
                let states = engine.in_full([row]).await?;
                known.extend(
                    states
                        .iter()
                        .filter_map(|state| Known::of_deployment(State::clone(state))),
                );
            }
        }
    }
    Ok((known, last))
}

enum Found {
    OfDeployment(Arc<Summary>),
    OfAlerts(Known),
}
