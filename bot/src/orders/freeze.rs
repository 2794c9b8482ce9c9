//! Orders about lanes: freeze, unfreeze.

use super::{Answer, Carried, Hindrance, Orders, Speaker};
use engine::ledger;
use engine::services::Service;
use guard::actor::Role;
use guard::order::{Place, Verb};
use messages::orders::Done;

impl Orders {
    /// Stopping is safe: every responder may.
    pub(super) async fn freeze(
        &self,
        place: Option<Place>,
        reason: Option<String>,
        speaker: &Speaker,
    ) -> Carried {
        let lanes = self.lanes(place, speaker).await?;
        self.may_with(speaker, Role::Responder, Verb::Freeze, &lanes)
            .await?;
        let (mut now, mut already) = (Vec::new(), Vec::new());
        for Service {
            name, environment, ..
        } in lanes
        {
            let by = speaker.by.name();
            let engine = &self.inner.engine;
            let frozen = engine.freeze(&name, &environment, by, reason.clone());
            match frozen.await? {
                true => now.push((name, environment)),
                false => already.push((name, environment)),
            }
        }
        let context = self.context(speaker.locale);
        Ok(Answer::done(&Done::Frozen { now, already }, &context))
    }

    pub(super) async fn unfreeze(&self, place: Option<Place>, speaker: &Speaker) -> Carried {
        let lanes = self.lanes(place, speaker).await?;
        self.may_with(speaker, Role::Operator, Verb::Unfreeze, &lanes)
            .await?;
        let mut gone = Vec::new();
        for Service {
            name, environment, ..
        } in lanes
        {
            let by = speaker.by.name();
            let engine = &self.inner.engine;
            if engine.unfreeze(&name, &environment, by).await? {
                gone.push((name, environment));
            }
        }
        let context = self.context(speaker.locale);
        Ok(Answer::done(&Done::Unfrozen(gone), &context))
    }

    /// Whether the speaker may do so with these lanes, else who may; who may not is on record.
    async fn may_with(
        &self,
        speaker: &Speaker,
        role: Role,
        verb: Verb,
        lanes: &[Service],
    ) -> Result<(), Hindrance> {
        let denied = match self.may(speaker, role, verb) {
            Ok(()) => return Ok(()),
            Err(trouble) => trouble,
        };
        let (engine, by) = (&self.inner.engine, speaker.by.name());
        for lane in lanes {
            engine
                .note_refused(&lane.name, &lane.environment, by, verb.as_str())
                .await?;
        }
        Err(denied.into())
    }

    /// The lanes that are meant: that of the thread in which it is said, or all.
    async fn lanes(
        &self,
        place: Option<Place>,
        speaker: &Speaker,
    ) -> Result<Vec<Service>, Hindrance> {
        if let Some(place) = place {
            return Ok(self.services(&place)?);
        }
        let engine = &self.inner.engine;
        let Some(here) = &speaker.here else {
            return Ok(engine.services());
        };
        let state = ledger::state(engine.reader(), here).await?;
        Ok(match state {
            Some(state) => {
                let plan = state.plan();
                vec![engine.service(&plan.service, &plan.environment)?]
            }
            None => engine.services(),
        })
    }
}
