//! What people say of a cause and of its report: kept as labels, by which both are measured.

use super::{Answer, Carried, Orders, Speaker};
use guard::culprit::Culprit;
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::input::Happened;
use guard::order::{Target, Verb};
use messages::orders::{Done, Trouble};

impl Orders {
    /// Which change did it, or that none that came with the deployment did.
    pub(super) async fn blame(
        &self,
        change: Option<String>,
        target: Target,
        note: Option<String>,
        speaker: &Speaker,
    ) -> Carried {
        let (verb, culprit) = match change {
            Some(id) => (Verb::ItWas, Culprit::Change { id }),
            None => (Verb::NotThis, Culprit::NotThisDeployment),
        };
        let state = self.deployment(target, verb, speaker).await?;
        let by = speaker.by.clone();
        let happened = Happened::Named { by, culprit, note };
        self.noted(&state.plan().deployment, happened, speaker)
            .await
    }

    /// Whether the root-cause report was of use.
    pub(super) async fn rate(
        &self,
        useful: bool,
        target: Target,
        note: Option<String>,
        speaker: &Speaker,
    ) -> Carried {
        let verb = if useful {
            Verb::Useful
        } else {
            Verb::NotUseful
        };
        let state = self.deployment(target, verb, speaker).await?;
        let by = speaker.by.clone();
        let happened = Happened::RootCauseRated { by, useful, note };
        self.noted(&state.plan().deployment, happened, speaker)
            .await
    }

    async fn noted(&self, id: &DeploymentId, happened: Happened, speaker: &Speaker) -> Carried {
        let events = self.inner.engine.apply(id, happened).await?;
        if let Some(Event::Refused { refusal, .. }) = events.first() {
            return Err(Trouble::Refused(refusal.clone()).into());
        }
        let context = self.context(speaker.locale);
        Ok(Answer::done(&Done::Noted, &context).about(id.clone()))
    }
}
