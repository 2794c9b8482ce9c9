//! What every line and every trace of a deployment bears: which one, of what, where.

use crate::engine::Engine;
use crate::ledger;
use crate::services::Service;
use guard::ids::DeploymentId;
use guard::plan::Plan;
use tracing::Span;
use tracing::field::{Empty, display};

/// Names the deployment in a span that was made with its three fields empty.
pub(crate) fn tell(span: &Span, plan: &Plan) {
    span.record("deployment", display(&plan.deployment));
    span.record("service", display(&plan.service));
    span.record("environment", display(&plan.environment));
}

/// What a watch says besides its looks.
pub(crate) fn watch(plan: &Plan) -> Span {
    let span = tracing::info_span!(parent: None, "watch", deployment = Empty, service = Empty, environment = Empty);
    tell(&span, plan);
    span
}

/// One look at the platform.
pub(crate) fn observe(id: &DeploymentId, service: &Service) -> Span {
    tracing::info_span!(parent: None, "observe", deployment = %id, service = %service.name, environment = %service.environment)
}

/// One look of a watch.
pub(crate) fn tick(plan: &Plan) -> Span {
    let span = tracing::info_span!(parent: None, "tick", deployment = Empty, service = Empty, environment = Empty);
    tell(&span, plan);
    span
}

/// A decision, from its input to its events.
pub(crate) fn decide(id: &DeploymentId) -> Span {
    tracing::info_span!("decide", deployment = %id, service = Empty, environment = Empty)
}

impl Engine {
    /// Completes the span of an effect or an input by the deployment whose stream this is.
    pub(crate) async fn name(&self, span: &Span, stream: &str) {
        if span.is_disabled() {
            return;
        }
        let id = stream.strip_prefix("deployment/");
        let Some(id) = id.and_then(|id| DeploymentId::new(id).ok()) else {
            return;
        };
        let state = match self.live(&id) {
            Some(state) => Some(state),
            // It is over; what is still to be said about it reads its stream anyway.
            None => ledger::state(&self.reader, &id).await.ok().flatten(),
        };
        if let Some(state) = state {
            tell(span, state.plan());
        }
    }
}
