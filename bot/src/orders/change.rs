//! Orders about a deployment that is there.

use super::{Answer, Carried, Orders, Speaker};
use guard::event::Event;
use guard::input::{Command, Happened};
use guard::order::{Order, Target};
use messages::orders::{Done, Trouble};

impl Orders {
    pub(super) async fn command(
        &self,
        command: Command,
        target: Target,
        reason: Option<String>,
        speaker: &Speaker,
    ) -> Carried {
        let order = Order::Do {
            command,
            target: target.clone(),
            reason: None,
        };
        let verb = order.verb();
        let state = self.deployment(target, verb, speaker).await?;
        let id = state.plan().deployment.clone();
        let happened = Happened::Commanded {
            by: speaker.by.clone(),
            command,
            reason,
        };
        // Who may is decided with everything else that decides.
        let events = self.inner.engine.apply(&id, happened).await?;
        if let Some(Event::Refused { refusal, .. }) = events.first() {
            return Err(Trouble::Refused(refusal.clone()).into());
        }
        let context = self.context(speaker.locale);
        Ok(Answer::done(&Done::Given(verb), &context).about(id))
    }
}
