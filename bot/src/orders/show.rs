//! Orders that change nothing.

use super::{Answer, Carried, Hindrance, Orders, Outcome, Speaker};
use crate::{reports, spending, trust};
use engine::services::Service;
use engine::{EngineError, ledger};
use guard::ids::DeploymentId;
use guard::lane::Lane;
use guard::order::{Place, Shown, Target, Verb};
use guard::state::State;
use messages::Context;
use messages::document::Document;
use messages::orders::{self, SPENT_DAYS, Standing, Trouble};
use std::sync::Arc;

/// How a service stands.
pub(crate) struct Stands {
    service: Service,
    lane: Arc<Lane>,
    last: Option<Arc<State>>,
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
            last: self.last.as_deref(),
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
        let engine = &self.inner.engine;
        let known = engine.listed(|listing| {
            let of = |service: Service| {
                let lane = listing.lane(&service.name, &service.environment);
                let last = lane.and_then(|lane| {
                    let waits = lane.queue().next();
                    listing.get(lane.holder().or(lane.newest()).or(waits)?)
                });
                (service, lane.cloned(), last.cloned())
            };
            services.into_iter().map(of).collect::<Vec<_>>()
        });
        let mut all = Vec::new();
        for (service, lane, last) in known.await? {
            let last = engine.in_full(last).await?.pop();
            let lane = lane.unwrap_or_else(|| {
                Arc::new(Lane::empty(
                    service.name.clone(),
                    service.environment.clone(),
                ))
            });
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
        let only = place.as_ref().map(|place| place.service.clone());
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
        let days = jiff::SignedDuration::from_hours(24 * i64::from(SPENT_DAYS));
        let since = context
            .now
            .checked_sub(days)
            .unwrap_or(jiff::Timestamp::MIN);
        let currency = self.inner.settings.get().agent.currency.clone();
        let spent = spending::gather(engine, only.as_ref(), since, &currency).await?;
        Ok(Answer::document(orders::stats(all, &spent.all, &context)))
    }
}

/// The deployment as its thread begins, without what can be pressed: that is asked there.
fn parent(state: &State, context: &Context) -> Answer {
    let mut message = messages::parent(state, context);
    message.buttons.clear();
    Answer::message(Outcome::Shown, message).about(state.plan().deployment.clone())
}
