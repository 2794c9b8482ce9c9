//! What people say in words is done here, wherever they said it: page, command line, chats.
//!
//! [`Orders::say`] understands a line, finds out what it is about, checks who says it, does it, and answers with a
//! message. What a deployment comes to is told in its thread as always; the answer is for whoever gave the order.

use crate::live::Live;
use crate::people::People;
use config::Settings;
use engine::ledger::LedgerError;
use engine::{Engine, EngineError};
use guard::actor::{Actor, Role};
use guard::ids::{DeploymentId, IncidentId};
use guard::order::{Order, Verb, parse};
use messages::document::Document;
use messages::layout::terminal::{self, Colour};
use messages::model::Message;
use messages::orders::{self, Trouble};
use messages::{BaseUrl, Context, Locale};
use std::sync::Arc;

mod asked;
mod change;
mod close;
mod find;
mod fix;
mod freeze;
mod people;
mod release;
mod show;

use asked::Asked;
pub(crate) use show::Stands;

/// Carries out what people say. Cheap to clone.
#[derive(Clone)]
pub struct Orders {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    settings: Live<Settings>,
    base_url: BaseUrl,
    people: People,
    asked: Asked,
}

/// Who says something, and where.
#[derive(Debug, Clone)]
pub struct Speaker {
    /// Who.
    pub by: Actor,
    /// The deployment in whose thread, or on whose page, they say it.
    pub here: Option<DeploymentId>,
    /// The incident of alerts in whose thread they say it.
    pub incident: Option<IncidentId>,
    /// In which language they are answered.
    pub locale: Locale,
}

/// What is answered.
#[derive(Debug)]
pub enum Said {
    /// A message.
    Message(Box<Message>),
    /// Something longer: a report.
    Document(Box<Document>),
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something was changed.
    Done,
    /// Something was shown.
    Shown,
    /// They are asked whether they mean it: [`Answer::confirm`] tells how to say so.
    Asked,
    /// It could not be done, or they may not.
    Refused,
    /// Nobody knows what they mean.
    NotUnderstood,
}

impl Outcome {
    /// The word on the wire: `done shown asked refused not_understood`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Shown => "shown",
            Self::Asked => "asked",
            Self::Refused => "refused",
            Self::NotUnderstood => "not_understood",
        }
    }
}

/// The answer to an order.
#[derive(Debug)]
pub struct Answer {
    /// The verb, if one was understood.
    pub verb: Option<Verb>,
    /// What is answered.
    pub said: Said,
    /// How it ended.
    pub outcome: Outcome,
    /// The deployment that it was about.
    pub deployment: Option<DeploymentId>,
    /// The opaque id with which they say that they mean it.
    pub confirm: Option<String>,
}

impl Answer {
    fn message(outcome: Outcome, message: Message) -> Self {
        Self::of(outcome, Said::Message(Box::new(message)))
    }

    fn document(document: Document) -> Self {
        Self::of(Outcome::Shown, Said::Document(Box::new(document)))
    }

    fn of(outcome: Outcome, said: Said) -> Self {
        Self {
            verb: None,
            said,
            outcome,
            deployment: None,
            confirm: None,
        }
    }

    fn done(done: &orders::Done, context: &Context) -> Self {
        Self::message(Outcome::Done, orders::done(done, context))
    }

    /// In plain words.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.said {
            Said::Message(message) => terminal::message(message, Colour::Off),
            Said::Document(document) => terminal::document(document, Colour::Off),
        }
    }

    fn about(mut self, deployment: DeploymentId) -> Self {
        self.deployment = Some(deployment);
        self
    }
}

/// Why an order came to nothing.
pub(crate) enum Hindrance {
    /// Something that the person can mend, or has to accept.
    Trouble(Box<Trouble>),
    /// Something that is wrong here.
    Failure(EngineError),
}

impl From<Trouble> for Hindrance {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(Box::new(trouble))
    }
}

impl From<LedgerError> for Hindrance {
    fn from(error: LedgerError) -> Self {
        EngineError::from(error).into()
    }
}

impl From<EngineError> for Hindrance {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::UnknownDeployment(id) => Trouble::NoDeployment(id).into(),
            EngineError::Journal(_)
            | EngineError::Fold { .. }
            | EngineError::Broken(_)
            | EngineError::NotLeading => Self::Failure(error),
            error => Trouble::Other(error.to_string()).into(),
        }
    }
}

type Carried = Result<Answer, Hindrance>;

impl Orders {
    /// Carries out orders on this engine.
    #[must_use]
    pub fn new(
        engine: Engine,
        settings: Live<Settings>,
        base_url: BaseUrl,
        people: People,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                engine,
                settings,
                base_url,
                people,
                asked: Asked::default(),
            }),
        }
    }

    /// Who people are, and what they are to a deployment.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.inner.people
    }

    /// Understands a line and does what it wants.
    ///
    /// # Errors
    /// The engine or the journal fails; whatever else is in the way is an answer.
    pub async fn say(&self, text: &str, speaker: &Speaker) -> Result<Answer, EngineError> {
        let context = self.context(speaker.locale);
        match parse(text) {
            Ok(order) => self.give(order, speaker).await,
            Err(why) => {
                let message = orders::not_understood(&why, &context);
                Ok(Answer::message(Outcome::NotUnderstood, message))
            }
        }
    }

    /// Does what an order wants.
    ///
    /// # Errors
    /// The engine or the journal fails; whatever else is in the way is an answer.
    pub async fn give(&self, order: Order, speaker: &Speaker) -> Result<Answer, EngineError> {
        let verb = order.verb();
        let carried = self.carry_out(order, speaker).await;
        self.answered(verb, carried, speaker)
    }

    /// Does what was asked about, as they say that they mean it. It is done once.
    ///
    /// # Errors
    /// The engine or the journal fails; whatever else is in the way is an answer.
    pub async fn confirm(&self, id: &str, speaker: &Speaker) -> Result<Answer, EngineError> {
        let carried = match self.inner.asked.take(id, speaker.by.name()) {
            Ok(release) => self.release(release, speaker).await,
            Err(trouble) => Err(trouble.into()),
        };
        self.answered(Verb::Deploy, carried, speaker)
    }

    fn answered(
        &self,
        verb: Verb,
        carried: Carried,
        speaker: &Speaker,
    ) -> Result<Answer, EngineError> {
        let answer = match carried {
            Ok(answer) => answer,
            Err(Hindrance::Failure(error)) => return Err(error),
            Err(Hindrance::Trouble(trouble)) => {
                let context = self.context(speaker.locale);
                Answer::message(Outcome::Refused, orders::trouble(&trouble, &context))
            }
        };
        let outcome = answer.outcome.as_str();
        let by = speaker.by.name();
        tracing::info!(by, verb = verb.as_str(), outcome, "an order was given");
        Ok(Answer {
            verb: Some(verb),
            ..answer
        })
    }

    async fn carry_out(&self, order: Order, speaker: &Speaker) -> Carried {
        match order {
            Order::Help(about) => {
                let message = orders::help(about, &self.context(speaker.locale));
                Ok(Answer::message(Outcome::Shown, message))
            }
            Order::Status(place) => self.status(place, speaker).await,
            Order::Show(what, target) => self.show(what, target, speaker).await,
            Order::Stats(place) => self.stats(place, speaker).await,
            Order::Do {
                command,
                target,
                reason,
                break_glass,
            } => {
                self.command(command, target, reason, break_glass, speaker)
                    .await
            }
            Order::Fix {
                kind,
                target,
                suspect,
                reason,
            } => self.fix(kind, target, suspect, reason, speaker).await,
            Order::OnCall(place) => self.on_call(place, speaker).await,
            Order::Link(code) => self.link(code, speaker).await,
            Order::Unlink => self.unlink(speaker).await,
            Order::Freeze { place, reason } => self.freeze(place, reason, speaker).await,
            Order::Close { incident, reason } => self.close(incident, reason, speaker).await,
            Order::Unfreeze(place) => self.unfreeze(place, speaker).await,
            Order::Deploy(place, version) => self.ask_release(place, version, speaker).await,
            Order::Watch(place, version) => self.watch(place, version, speaker).await,
        }
    }

    pub(crate) fn context(&self, locale: Locale) -> Context {
        Context {
            locale,
            now: jiff::Timestamp::now(),
            base_url: Some(self.inner.base_url.clone()),
        }
    }

    /// Whether the speaker may, else who may.
    fn may(&self, speaker: &Speaker, role: Role, verb: Verb) -> Result<(), Trouble> {
        let enough = |has: &dyn Fn(Role) -> bool| {
            has(role) || (role == Role::Responder && has(Role::Operator))
        };
        if enough(&|role| speaker.by.has(role)) {
            return Ok(());
        }
        let settings = self.inner.settings.get();
        let able = settings.people.iter();
        let able = able.filter(|person| enough(&|role| person.roles.contains(&role)));
        Err(Trouble::MayNot {
            who: speaker.by.name().to_owned(),
            role,
            verb,
            able: able.map(|person| person.name.to_string()).collect(),
        })
    }
}
