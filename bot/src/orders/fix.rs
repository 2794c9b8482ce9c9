//! Orders for fixes: what did it is undone, or mended, where the code is.

use super::{Answer, Carried, Orders, Speaker};
use crate::fixes;
use guard::approval::Refusal;
use guard::event::Event;
use guard::fix::FixKind;
use guard::order::{Target, Verb};
use messages::orders::{Done, Trouble};

impl Orders {
    pub(super) async fn fix(
        &self,
        kind: FixKind,
        target: Target,
        suspect: Option<String>,
        reason: Option<String>,
        speaker: &Speaker,
    ) -> Carried {
        let verb = match kind {
            FixKind::Revert => Verb::RevertPr,
            FixKind::Hotfix => Verb::HotfixPr,
        };
        let state = self.deployment(target, verb, speaker).await?;
        let id = state.plan().deployment.clone();
        let duty = self.people().duty(&speaker.by, &state).await?;
        let settings = self.inner.settings.get();
        let by = speaker.by.clone();
        let asked = fixes::asked(&settings, &state, by, duty, kind, suspect, reason);
        let events = self.inner.engine.apply(&id, asked).await?;
        if let Some(Event::Refused { refusal, .. }) = events.first() {
            return Err(match refusal {
                Refusal::ChangesUnknown => Trouble::NoCause,
                refusal => Trouble::Refused(refusal.clone()),
            }
            .into());
        }
        let context = self.context(speaker.locale);
        Ok(Answer::done(&Done::Given(verb), &context).about(id))
    }
}
