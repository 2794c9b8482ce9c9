//! Where a deployment is told: in its usual channel, and in those that listen from some severity on.

use super::channel::SlackChannel;
use super::posts::{self, PREFIX, parent_key, picture_key};
use config::Settings;
use config::settings::{MinSeverity, SlackChannel as Entry};
use engine::handler::SayError;
use guard::event::Recorded;
use guard::ids::{DeploymentId, IncidentId};
use guard::state::State;
use messages::Locale;
use messages::model::Severity;

/// One channel in which a deployment is told, as it is at this moment.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) channel: String,
    pub(super) locale: Locale,
    /// Whether details are told in the thread.
    pub(super) threads: bool,
    /// How loud it must be to be told here at all, and to call the channel.
    least: Severity,
    /// Whether it listens beside the usual channel.
    listens: bool,
    /// Whether it is not to be disturbed now.
    pub(super) quiet: bool,
}

/// Whether a deployment is told in a channel where it was not told yet.
pub(super) enum Begins {
    Now,
    /// After the quiet hours.
    Later,
    Not,
}

impl Place {
    /// One for what belongs to no deployment, and the first channel that hears of it or another one.
    pub(super) fn apart(
        channel: &str,
        entry: Option<&Entry>,
        first: bool,
        settings: &Settings,
    ) -> Self {
        Self {
            channel: channel.to_owned(),
            locale: posts::locale(settings, entry),
            threads: entry.is_none_or(|entry| entry.threads),
            least: entry.map_or(Severity::Quiet, |entry| least(entry.min_severity)),
            listens: !first,
            // What hurts is not put off.
            quiet: false,
        }
    }

    /// What the message of an incident is kept under.
    pub(super) fn incident_key(&self, incident: &IncidentId) -> String {
        self.key(&posts::incident_key(incident))
    }

    /// What is kept of what was said in an incident's thread about an event.
    pub(super) fn incident_said_key(&self, incident: &IncidentId, revision: u64) -> String {
        self.key(&posts::incident_said_key(incident, revision))
    }

    /// What the parent of a deployment is kept under. The usual channel's key does not name it: there a deployment is
    /// told on, whatever becomes of the configuration.
    pub(super) fn parent_key(&self, deployment: &DeploymentId) -> String {
        self.key(&parent_key(deployment))
    }

    /// What is kept of what was said about an event.
    pub(super) fn said_key(&self, deployment: &DeploymentId, revision: u64) -> String {
        self.key(&format!("{PREFIX}{deployment}/said/{revision}"))
    }

    /// What is kept of what somebody who looks into an event is looking at.
    pub(super) fn looking_key(&self, deployment: &DeploymentId, revision: u64) -> String {
        self.key(&format!("{PREFIX}{deployment}/looking/{revision}"))
    }

    /// What the pictures of a deployment are kept under.
    pub(super) fn picture_key(&self, deployment: &DeploymentId) -> String {
        self.key(&picture_key(deployment))
    }

    fn key(&self, beginning: &str) -> String {
        if self.listens {
            format!("{beginning}/{}", self.channel)
        } else {
            beginning.to_owned()
        }
    }

    pub(super) fn begins(&self, records: &[Recorded]) -> Begins {
        let loudest = messages::loudest(records);
        if loudest < self.least {
            Begins::Not
        } else if self.quiet && loudest <= Severity::Good {
            Begins::Later
        } else {
            Begins::Now
        }
    }

    /// Whether something so loud may call the channel.
    pub(super) fn hears(&self, severity: Severity) -> bool {
        severity >= self.least
    }

    /// Whether something so loud waits for the end of the quiet hours: what went well does. What somebody answered does
    /// not: they are awake.
    pub(super) fn puts_off(&self, severity: Severity) -> bool {
        self.quiet && severity == Severity::Good
    }
}

impl SlackChannel {
    /// Every channel in which a deployment is told, the usual one first. Where it was told before is where it is told
    /// on.
    pub(super) async fn places(&self, state: &State) -> Result<Vec<Place>, SayError> {
        let settings = self.settings.get();
        let plan = state.plan();
        let Some(slack) = settings.chat.slack.as_ref() else {
            return Ok(Vec::new());
        };
        let now = self.clock.now();
        let place = |channel: &str, entry: Option<&Entry>, listens| Place {
            channel: channel.to_owned(),
            locale: posts::locale(&settings, entry),
            threads: entry.is_none_or(|entry| entry.threads),
            least: entry.map_or(Severity::Quiet, |entry| least(entry.min_severity)),
            listens,
            quiet: entry.is_some_and(|entry| entry.is_quiet(now)),
        };
        let entry_of = |channel: &str, listens: bool| {
            let mut same = slack
                .channels
                .iter()
                .filter(|entry| entry.channel == channel);
            same.find(|entry| entry.min_severity.is_some() == listens)
        };
        let (service, environment) = (&plan.service, &plan.environment);
        let beginning = parent_key(&plan.deployment);
        let known = self.reader.chat_messages_under(&beginning).await;
        let known = known.map_err(|error| SayError::NotSaid(error.to_string()))?;
        let mut places: Vec<Place> = Vec::new();
        for message in known {
            let listens = message.post_key != beginning;
            let usual = slack.channel_of(service, environment);
            let entry = usual
                .filter(|entry| !listens && entry.channel == message.channel)
                .or_else(|| entry_of(&message.channel, listens));
            places.push(place(&message.channel, entry, listens));
        }
        if places.iter().all(|place| place.listens)
            && let Some(entry) = slack.channel_of(service, environment)
            && places.iter().all(|place| place.channel != entry.channel)
        {
            places.insert(0, place(&entry.channel, Some(entry), false));
        }
        for entry in slack.listeners(service, environment) {
            if places.iter().all(|place| place.channel != entry.channel) {
                places.push(place(&entry.channel, Some(entry), true));
            }
        }
        Ok(places)
    }

    pub(super) fn context(&self, state: &State, place: &Place) -> messages::Context {
        messages::Context {
            locale: place.locale,
            now: state.updated_at(),
            base_url: self.base_url.clone(),
        }
    }
}

fn least(severity: Option<MinSeverity>) -> Severity {
    match severity {
        None | Some(MinSeverity::Quiet) => Severity::Quiet,
        Some(MinSeverity::Warning) => Severity::Warning,
        Some(MinSeverity::Alarm) => Severity::Alarm,
        Some(MinSeverity::Critical) => Severity::Critical,
    }
}
