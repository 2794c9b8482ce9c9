//! Incidents, gathered from the record: of deployments, and of alerts that belong to none.

use engine::{Engine, EngineError, ledger};
use guard::apart::Apart;
use guard::ids::DeploymentId;
use guard::incident::Incident;
use guard::state::State;
use jiff::Timestamp;
use messages::{Context, Text};

/// Deployments, and incidents that belong to none, that are looked at: the last changed ones.
const MOST: u64 = 200;

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

/// The newest incidents, the last one first.
pub(crate) async fn newest(engine: &Engine) -> Result<Vec<Known>, EngineError> {
    let reader = engine.reader();
    let mut found = Vec::new();
    for head in reader.streams("deployment", MOST).await? {
        let Ok(id) = DeploymentId::new(head.stream.id()) else {
            continue;
        };
        match ledger::state(reader, &id).await {
            Ok(state) => found.extend(state.and_then(Known::of_deployment)),
            Err(error) if error.is_erased() => {}
            // One that cannot be read must not hide the others.
            Err(error) if error.is_damage() => engine.note_unreadable(&id, &error),
            Err(error) => return Err(error.into()),
        }
    }
    let apart = ledger::incidents(reader, MOST).await?;
    found.extend(apart.into_iter().filter_map(Known::of_alerts));
    found.sort_by_key(|one| std::cmp::Reverse(one.opened_at));
    Ok(found)
}
