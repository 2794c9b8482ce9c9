//! Orders that change nothing.

use super::{Answer, Carried, Hindrance, Orders, Outcome, Speaker};
use crate::{reports, trust};
use engine::services::Service;
use engine::{EngineError, ledger};
use guard::ids::DeploymentId;
use guard::lane::Lane;
use guard::order::{Place, Shown, Target, Verb};
use guard::state::State;
use messages::Context;
use messages::document::Document;
use messages::orders::{self, Standing, Trouble};

/// How a service stands.
pub(crate) struct Stands {
    service: Service,
    lane: Lane,
    last: Option<State>,
}

impl Stands {
    /// The service as it is configured.
    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// The same, to be said.
    pub(crate) fn said(&self) -> Standing<'_> {
        Standing {
            service: &self.service.name,
            environment: &self.service.environment,
            runs: self.lane.current().map(|(version, _)| version),
            frozen: self.lane.frozen(),
            last: self.last.as_ref(),
        }
    }
}

impl Orders {
    pub(super) async fn status(&self, place: Option<Place>, speaker: &Speaker) -> Carried {
        let context = self.context(speaker.locale);
        if let (None, Some(_)) = (&place, &speaker.here) {
            let state = self.deployment(Target::Here, Verb::Status, speaker).await?;
            return Ok(parent(&state, &context));
        }
        let services = match &place {
            Some(place) => self.services(place)?,
            None => self.inner.engine.services(),
        };
        let stand = self.stand(services).await?;
        if let [
            Stands {
                lane,
                last: Some(last),
                ..
            },
        ] = &stand[..]
            && lane.frozen().is_none()
        {
            return Ok(parent(last, &context));
        }
        let all: Vec<Standing<'_>> = stand.iter().map(Stands::said).collect();
        let message = orders::status(&all, &context);
        Ok(Answer::message(Outcome::Shown, message))
    }

    /// How services stand.
    pub(crate) async fn stand(&self, services: Vec<Service>) -> Result<Vec<Stands>, EngineError> {
        let reader = self.inner.engine.reader();
        let mut all = Vec::new();
        for service in services {
            let last = self.newest(&service.name, &service.environment).await?;
            let lane = ledger::lane(reader, &service.name, &service.environment).await?;
            all.push(Stands {
                service,
                lane,
                last,
            });
        }
        Ok(all)
    }

    pub(super) async fn show(&self, what: Shown, target: Target, speaker: &Speaker) -> Carried {
        let verb = guard::order::Order::Show(what, target.clone()).verb();
        let state = self.deployment(target, verb, speaker).await?;
        let id = state.plan().deployment.clone();
        let context = self.context(speaker.locale);
        let document = match what {
            Shown::Report => self.report(&id, &context).await?,
            Shown::Timeline => {
                let records = ledger::records(self.inner.engine.reader(), &id).await?;
                orders::timeline(&state, &records, &context)
            }
            Shown::Why => {
                let (cause, _) = state.cause().ok_or(Trouble::NoCause)?;
                messages::cause::document(cause, &state, &context)
            }
        };
        Ok(Answer::document(document).about(id))
    }

    async fn report(&self, id: &DeploymentId, context: &Context) -> Result<Document, Hindrance> {
        let told = reports::of(&self.inner.engine, id).await?;
        let told = told.ok_or_else(|| Trouble::NoDeployment(id.clone()))?;
        Ok(messages::report::report(&told.report, context))
    }

    pub(super) async fn stats(&self, place: Option<Place>, speaker: &Speaker) -> Carried {
        let engine = &self.inner.engine;
        let context = self.context(speaker.locale);
        let services = match place {
            Some(place) => [self.services(&place).map(|_| place.service)?].into(),
            None => trust::services(engine).await?,
        };
        let mut told = Vec::new();
        for service in services {
            if let Some(known) = trust::of_service(engine, &service, context.now).await? {
                told.push((service, known));
            }
        }
        let all = told
            .iter()
            .map(|(service, known)| (service, known.deployments, &known.ledger));
        Ok(Answer::document(orders::stats(all, &context)))
    }
}

/// The deployment as its thread begins, without what can be pressed: that is asked there.
fn parent(state: &State, context: &Context) -> Answer {
    let mut message = messages::parent(state, context);
    message.buttons.clear();
    Answer::message(Outcome::Shown, message).about(state.plan().deployment.clone())
}
