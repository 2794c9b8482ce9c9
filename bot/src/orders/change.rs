//! Orders about a deployment that is there.

use super::{Answer, Carried, Hindrance, Orders, Speaker};
use guard::approval::{Choice, Refusal, can_be_broken};
use guard::duty::Duty;
use guard::event::Event;
use guard::input::{Command, Happened};
use guard::order::{Order, Target};
use guard::state::State;
use messages::orders::{Done, Trouble};

impl Orders {
    pub(super) async fn command(
        &self,
        command: Command,
        target: Target,
        reason: Option<String>,
        break_glass: bool,
        speaker: &Speaker,
    ) -> Carried {
        let order = Order::Do {
            command,
            target: target.clone(),
            reason: None,
            break_glass,
        };
        let verb = order.verb();
        let state = self.deployment(target, verb, speaker).await?;
        let id = state.plan().deployment.clone();
        let duty = self.people().duty(&speaker.by, &state).await?;
        let happened = Happened::Commanded {
            by: speaker.by.clone(),
            duty: Duty {
                break_glass,
                ..duty
            },
            command,
            reason,
        };
        // Who may is decided with everything else that decides.
        let events = self.inner.engine.apply(&id, happened).await?;
        if let Some(Event::Refused { refusal, .. }) = events.first() {
            return Err(self.denied(refusal, command, &state).await?.into());
        }
        let context = self.context(speaker.locale);
        Ok(Answer::done(&Done::Given(verb), &context).about(id))
    }

    /// The refusal, with who may where it is about the person.
    async fn denied(
        &self,
        refusal: &Refusal,
        command: Command,
        state: &State,
    ) -> Result<Trouble, Hindrance> {
        let choice = command.as_choice().unwrap_or(Choice::Hold);
        if !can_be_broken(refusal) {
            return Ok(Trouble::Refused(refusal.clone()));
        }
        Ok(Trouble::NotTheirs {
            refusal: refusal.clone(),
            able: self.people().who_may(choice, state).await?,
        })
    }
}
