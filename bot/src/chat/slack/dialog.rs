//! A dialog that asks for the reason of an answer: opened by a press, sent off as the answer.

use super::api;
use super::hearing::Hearing;
use super::interaction::{GLASS_DIALOG, Press, REASON_DIALOG, Submission};
use super::people::{Denied, granted};
use super::posts::parent_key;
use super::whisper::Ear;
use crate::approvals;
use guard::decide::decide;
use guard::duty::Duty;
use guard::event::Event;
use guard::ids::{ApprovalId, DeploymentId, PersonId};
use guard::input::{Happened, Input};
use guard::state::State;
use jiff::{SignedDuration, Timestamp};
use messages::layout::slack::{self as layout, views};
use messages::{Text, dialog};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// What became of a dialog that was sent off.
type Taken = Result<PersonId, Vec<Text>>;

impl Hearing {
    /// Opens the dialog for a press that needs a reason. What is refused anyhow needs none: it is `false` then, and the
    /// press is to be answered as any other.
    pub(super) async fn asks_why(&self, press: &Press) -> Result<bool, Denied> {
        if !press.glass && !dialog::wants_reason(press.choice) {
            return Ok(false);
        }
        let (_, by) = self
            .person(&press.user, press.foreign_team.as_ref())
            .await?;
        let (_, state) = self.question(&press.approval).await?;
        let id = format!("{}/{}", press.approval, press.choice.as_str());
        if press.glass {
            let context = self.context_for(&press.user, &press.channel).await;
            let asked = dialog::glass(&state, press.choice, &context);
            self.open(press, views::modal(&asked, GLASS_DIALOG, &id))
                .await?;
            return Ok(true);
        }
        let duty = self.orders.people().duty(&by, &state).await;
        let duty = duty.map_err(|error| Denied::not_kept(&error))?;
        let answered = Happened::Answered {
            approval: press.approval.clone(),
            by,
            duty,
            choice: press.choice,
            reason: None,
        };
        if is_refused(&state, answered) {
            return Ok(false);
        }
        let context = self.context_for(&press.user, &press.channel).await;
        let mut buttons = messages::parent(&state, &context).buttons.into_iter();
        let button =
            buttons.find(|one| one.approval == press.approval && one.choice == press.choice);
        let button = button.ok_or(Denied::UnknownQuestion)?;
        let ago = self.engine.measured_ago(&state.plan().deployment);
        let ago = ago.and_then(|ago| SignedDuration::try_from(ago).ok());
        let asked = dialog::reason(&state, &button, ago, &context);
        self.open(press, views::modal(&asked, REASON_DIALOG, &id))
            .await?;
        Ok(true)
    }

    async fn open(&self, press: &Press, view: Value) -> Result<(), Denied> {
        let trigger = press.trigger.as_deref().ok_or(Denied::NoDialog)?;
        let settings = self.settings.get();
        let slack = settings.chat.slack.as_ref().ok_or(Denied::NoDialog)?;
        let (base, token) = (slack.base_url.as_str(), &slack.bot_token);
        let arguments = json!({ "trigger_id": trigger, "view": view });
        let opened = api::call(&self.http, base, token, "views.open", &arguments).await;
        opened.map(drop).map_err(|error| {
            tracing::warn!(%error, "the dialog for a reason was not opened");
            Denied::NoDialog
        })
    }

    /// Takes a dialog that was sent off. Who waits at `answer` shows what is wrong in the dialog; who does not wait so
    /// long any more has closed it, and the person is told.
    pub(super) async fn take_submission(
        &self,
        sent: Submission,
        answer: oneshot::Sender<Option<Value>>,
    ) {
        let once = format!("view {} {}", sent.view, sent.reason);
        if !self.is_new(&once) {
            return;
        }
        let (user, choice) = (&sent.user, sent.choice.as_str());
        match self.submitted(&sent).await {
            Ok(person) => {
                tracing::info!(user, %person, choice, approval = %sent.approval, "answered in Slack, with a reason");
                // Nobody who is gone has to know.
                let _ = answer.send(None);
            }
            Err(why) => {
                tracing::info!(user, choice, approval = %sent.approval, "an answer in Slack does not count");
                self.forget(&once);
                if answer.send(Some(views::wrong(&why))).is_err() {
                    self.tell_later(&sent, &why).await;
                }
            }
        }
    }

    async fn submitted(&self, sent: &Submission) -> Taken {
        let deployment = self.question(&sent.approval).await;
        let channel = match &deployment {
            Ok((id, _)) => self.channel_of(id).await,
            Err(_) => String::new(),
        };
        let context = self.context_for(&sent.user, &channel).await;
        let state = deployment.as_ref().ok().map(|(_, state)| state.clone());
        if sent.reason.chars().count() < dialog::LEAST_REASON as usize {
            return Err(vec![dialog::too_short(dialog::LEAST_REASON, &context)]);
        }
        let answered = async {
            let (person, by) = self.person(&sent.user, sent.foreign_team.as_ref()).await?;
            let (deployment, state) = deployment?;
            let duty = self.orders.people().duty(&by, &state).await;
            let duty = duty.map_err(|error| Denied::not_kept(&error))?;
            let reason = sent.reason.chars().take(dialog::MOST_REASON as usize);
            let happened = Happened::Answered {
                approval: sent.approval.clone(),
                by,
                duty: Duty {
                    break_glass: sent.glass,
                    ..duty
                },
                choice: sent.choice,
                reason: Some(reason.collect()),
            };
            granted(self.engine.apply(&deployment, happened).await)?;
            Ok(person)
        };
        match answered.await {
            Ok(person) => Ok(person),
            Err(denied) => {
                let denied: Denied = denied;
                let able = self.who_can(sent.choice, state.as_ref()).await;
                Err(denied.sentences(&sent.user, sent.choice, &able, &context))
            }
        }
    }

    /// The deployment that asked, as it stands.
    async fn question(&self, approval: &ApprovalId) -> Result<(DeploymentId, State), Denied> {
        let id = approvals::deployment_of(&self.engine, approval).await;
        let id = id.map_err(|error| Denied::not_kept(&error))?;
        let id = id.ok_or(Denied::UnknownQuestion)?;
        let state = self.engine.state(&id).await;
        let state = state.map_err(|error| Denied::not_kept(&error))?;
        Ok((id, state.ok_or(Denied::UnknownQuestion)?))
    }

    /// Where a deployment is told; nothing where it is not.
    async fn channel_of(&self, deployment: &DeploymentId) -> String {
        let known = self.reader.chat_message(&parent_key(deployment)).await;
        let known = known.ok().flatten();
        known.map(|known| known.channel).unwrap_or_default()
    }

    async fn tell_later(&self, sent: &Submission, why: &[Text]) {
        let Ok((deployment, _)) = self.question(&sent.approval).await else {
            return;
        };
        let channel = self.channel_of(&deployment).await;
        let context = self.context_for(&sent.user, &channel).await;
        let ear = Ear {
            user: sent.user.clone(),
            channel,
            thread: None,
            response_url: None,
            replaces: false,
        };
        let post = layout::sentences(why, context.locale);
        self.whisper(&ear, &post).await;
    }
}

/// Whether the domain would refuse it as things stand.
fn is_refused(state: &State, what: Happened) -> bool {
    let input = Input {
        at: Timestamp::now(),
        nonce: engine::clock::nonce(),
        what,
    };
    let events = decide(Some(state), &input);
    events
        .iter()
        .any(|event| matches!(event, Event::Refused { .. }))
}
