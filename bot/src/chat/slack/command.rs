//! What somebody says is carried out as it is everywhere else; the answer is for them alone. What it changes, the
//! thread tells.

use super::CHANNEL;
use super::events::{home_opened, members_changed};
use super::hearing::Hearing;
use super::interaction::{SHARE, confirm};
use super::mention::{Line, mention, slash};
use super::people::Denied;
use super::whisper::Ear;
use crate::orders::{Answer, Said, Speaker};
use guard::approval::Choice;
use guard::order::{Order, parse};
use guard::people::Account;
use messages::layout::slack::{self, Depth, Post};
use messages::{Context, chat};
use serde_json::Value;

impl Hearing {
    /// Takes an event. When this returns, what it asks for is done or refused; who asked is told afterwards.
    pub(super) async fn take_event(&self, payload: &Value) {
        if let Some(line) = mention(payload) {
            self.take_line(line).await;
        } else if let Some(opened) = home_opened(payload) {
            self.show_home(opened).await;
        } else if let Some(group) = members_changed(payload) {
            self.groups.changed(&group);
        }
    }

    /// Takes a slash command in the same way.
    pub(super) async fn take_slash(&self, payload: &Value) {
        if let Some(line) = slash(payload) {
            self.take_line(line).await;
        }
    }

    /// Does what a line says, once. What somebody has to look into first is answered when it is known: Slack does not
    /// wait so long.
    pub(super) async fn take_line(&self, line: Line) {
        if !self.is_new(&line.once) {
            return;
        }
        if matches!(parse(&line.text), Ok(Order::Ask { .. })) {
            let hearing = self.clone();
            tokio::spawn(async move { hearing.take_question(line).await });
            return;
        }
        self.answer_line(line).await;
    }

    async fn take_question(&self, line: Line) {
        let known = self.person(&line.user, line.foreign_team.as_ref()).await;
        if known.is_ok() && self.orders.has_analyst() {
            let context = self.context_for(&line.user, &line.channel).await;
            let looking = slack::sentences(&[chat::looking(&context)], context.locale);
            self.whisper(&Ear::of(&line), &looking).await;
        }
        self.answer_line(line).await;
    }

    async fn answer_line(&self, line: Line) {
        let context = self.context_for(&line.user, &line.channel).await;
        let answered = self.carried(&line, &context).await;
        self.answer_order(Ear::of(&line), answered, &context);
    }

    async fn carried(&self, line: &Line, context: &Context) -> Result<Answer, Denied> {
        let known = self.person(&line.user, line.foreign_team.as_ref()).await;
        let (_, by) = match (known, parse(&line.text)) {
            (Err(Denied::UnknownPerson), Ok(Order::Link(Some(code)))) => {
                let account = Account {
                    platform: CHANNEL.to_owned(),
                    id: line.user.clone(),
                };
                let linked = self.orders.link_account(&account, &code, context.locale);
                return linked.await.map_err(|error| Denied::not_kept(&error));
            }
            (known, _) => known?,
        };
        let (here, incident) = match &line.thread {
            Some(thread) => (
                self.deployment_in(&line.channel, thread).await?,
                self.incident_in(&line.channel, thread).await?,
            ),
            None => (None, None),
        };
        let speaker = Speaker {
            by,
            here,
            incident,
            channel: Some(line.channel.clone()),
            locale: context.locale,
        };
        let answered = self.orders.say(&line.text, &speaker).await;
        answered.map_err(|error| Denied::not_kept(&error))
    }

    /// Takes the press with which somebody says that they mean what they were asked about; whether it was one.
    pub(super) async fn take_confirmation(&self, payload: &Value) -> bool {
        let Some(press) = confirm(payload) else {
            return false;
        };
        let context = self.context_for(&press.user, &press.channel).await;
        let answered = match self.person(&press.user, press.foreign_team.as_ref()).await {
            Ok((_, by)) => {
                let speaker = Speaker {
                    by,
                    here: None,
                    incident: None,
                    channel: Some(press.channel.clone()),
                    locale: context.locale,
                };
                let answered = self.orders.confirm(&press.value, &speaker).await;
                answered.map_err(|error| Denied::not_kept(&error))
            }
            Err(denied) => Err(denied),
        };
        let ear = Ear {
            user: press.user,
            channel: press.channel,
            thread: None,
            response_url: press.response_url,
            replaces: true,
        };
        self.answer_order(ear, answered, &context);
        true
    }

    fn answer_order(&self, ear: Ear, answered: Result<Answer, Denied>, context: &Context) {
        let post = match answered {
            Ok(answer) => shown(&answer, context),
            Err(denied) => {
                tracing::info!(
                    user = ear.user,
                    ?denied,
                    "what was said in Slack does not count"
                );
                let able = self.orders.people().by_role(Choice::Hold);
                let sentences = denied.sentences(&ear.user, Choice::Hold, &able, context);
                slack::sentences(&sentences, context.locale)
            }
        };
        let telling = self.clone();
        tokio::spawn(async move { telling.whisper(&ear, &post).await });
    }
}

fn shown(answer: &Answer, context: &Context) -> Post {
    let mut post = match &answer.said {
        Said::Message(message) => {
            let mut message = message.as_ref().clone();
            // What one person alone sees cannot be edited: its buttons would never go.
            message.buttons.clear();
            slack::message(&message, context.locale, Depth::Full)
        }
        Said::Document(document) => slack::document(document, context.locale),
    };
    if let Some(id) = &answer.confirm {
        post.ask("order.confirm", id, &chat::yes(context));
    }
    if let Some(order) = &answer.share {
        post.ask(SHARE, order, &chat::share(context));
    }
    post
}
