//! Orders about incidents of alerts: close.

use super::{Answer, Carried, Hindrance, Orders, Speaker};
use engine::{Closing, EngineError, ledger};
use guard::actor::Role;
use guard::apart::Apart;
use guard::ids::{DeploymentId, IncidentId};
use guard::order::Verb;
use messages::orders::{Done, Trouble};

impl Orders {
    /// Whoever closes too early is told with the next alert: every responder may.
    pub(super) async fn close(
        &self,
        incident: Option<IncidentId>,
        reason: Option<String>,
        speaker: &Speaker,
    ) -> Carried {
        let id = match incident.or_else(|| speaker.incident.clone()) {
            Some(id) => id,
            None => self.only_open_incident().await?,
        };
        let engine = &self.inner.engine;
        let by = speaker.by.name();
        if let Err(denied) = self.may(speaker, Role::Responder, Verb::Close) {
            let wanted = Verb::Close.as_str();
            engine.note_incident_refused(&id, by, wanted).await?;
            return Err(denied.into());
        }
        match engine.close_incident(&id, by, reason).await? {
            Some(Closing::Done(_)) => {}
            Some(Closing::Over(_)) => return Err(Trouble::IncidentOver(id).into()),
            None => return Err(self.no_incident(id).await?.into()),
        }
        tracing::warn!(incident = %id, by, "an incident was closed by hand");
        let context = self.context(speaker.locale);
        Ok(Answer::done(&Done::Closed(id), &context))
    }

    async fn only_open_incident(&self) -> Result<IncidentId, Hindrance> {
        let reader = self.inner.engine.reader();
        let open = reader.open_streams("incident").await;
        let open = open.map_err(EngineError::from)?.into_iter();
        let mut open: Vec<IncidentId> = open
            .filter_map(|head| IncidentId::new(head.stream.id()).ok())
            .collect();
        match (open.pop(), open.is_empty()) {
            (None, _) => Err(Trouble::NoOpenIncident.into()),
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                open.push(last);
                Err(Trouble::WhichIncident(open).into())
            }
        }
    }

    /// Why there is none of this id.
    async fn no_incident(&self, id: IncidentId) -> Result<Trouble, EngineError> {
        let Ok(deployment) = DeploymentId::new(id.as_str()) else {
            return Ok(Trouble::NoIncident(id));
        };
        let state = ledger::state(self.inner.engine.reader(), &deployment).await?;
        Ok(match state {
            Some(_) => Trouble::EndsWith(deployment),
            None => Trouble::NoIncident(id),
        })
    }

    /// Whether somebody would be listened to who wants to close this.
    pub(crate) fn may_close(&self, incident: &Apart, speaker: &Speaker) -> bool {
        incident.is_open() && self.may(speaker, Role::Responder, Verb::Close).is_ok()
    }
}
