//! Where people are asked and told, beside the page.

use super::SlackChannel;
use crate::reader::{Reader, Step};
use crate::text::{Secret, WebUrl};
use crate::value::settings;
use crate::yaml::Node;
use guard::ids::{Environment, ServiceName};

settings! {
    /// Chats in which people are asked and told, beside the page.
    pub struct Chat {
        /// Slack.
        slack: Option<Slack>,
    }

    /// A Slack workspace. `tawny slack manifest` makes the app, `docs/slack.md` says how it is installed.
    pub struct Slack check usable {
        /// The bot token of the installed app, `xoxb-…`.
        bot_token: Secret,
        /// What Slack signs with what it sends to `/slack/…`: *Signing Secret* of the app. Not needed with `app_token`.
        signing_secret: Option<Secret>,
        /// The signing secret before, taken as well until the new one is everywhere.
        previous_signing_secret: Option<Secret>,
        /// The app-level token, `xapp-…`, for Socket Mode: Tawny asks Slack, and needs no address that Slack can reach.
        app_token: Option<Secret>,
        /// Where Slack's API is.
        base_url: WebUrl = "https://slack.com/api",
        /// Ids of other workspaces whose people may press buttons too, such as `T024BE7LD`; without them only people of
        /// the workspace in which the app is installed.
        teams: Vec<String> = "[]",
        /// Where what is said: the first entry that fits a deployment counts, and every one with `min_severity` that does.
        channels: Vec<SlackChannel>,
    }
}

impl Slack {
    /// The channel for deployments of a service in an environment: the first entry that fits and takes everything.
    #[must_use]
    pub fn channel_of(
        &self,
        service: &ServiceName,
        environment: &Environment,
    ) -> Option<&SlackChannel> {
        let mut usual = self
            .channels
            .iter()
            .filter(|channel| channel.min_severity.is_none());
        usual.find(|channel| channel.fits(service, environment))
    }

    /// The channel for what concerns a service, wherever that is.
    #[must_use]
    pub fn channel_about(&self, service: &ServiceName) -> Option<&SlackChannel> {
        let about = |channel: &&SlackChannel| {
            channel.services.is_empty() || channel.services.contains(service)
        };
        // One that is for everywhere goes before one that is for some place, and both before one that only listens.
        let rank = |channel: &&SlackChannel| {
            (
                channel.min_severity.is_some(),
                !channel.environments.is_empty(),
            )
        };
        self.channels.iter().filter(about).min_by_key(rank)
    }

    /// The channels that hear of what concerns a service, each once, the usual one first: in an environment, or wherever
    /// that is.
    #[must_use]
    pub fn channels_about(
        &self,
        service: &ServiceName,
        environment: Option<&Environment>,
    ) -> Vec<&SlackChannel> {
        let usual = match environment {
            Some(environment) => self.channel_of(service, environment),
            None => self.channel_about(service),
        };
        let listens = self.channels.iter().filter(|channel| {
            channel.min_severity.is_some()
                && match environment {
                    Some(environment) => channel.fits(service, environment),
                    None => channel.services.is_empty() || channel.services.contains(service),
                }
        });
        let mut found: Vec<&SlackChannel> = Vec::new();
        for channel in usual.into_iter().chain(listens) {
            if found.iter().all(|known| known.channel != channel.channel) {
                found.push(channel);
            }
        }
        found
    }

    /// The channels that listen beside it, each once.
    pub fn listeners(
        &self,
        service: &ServiceName,
        environment: &Environment,
    ) -> Vec<&SlackChannel> {
        let usual = self.channel_of(service, environment);
        let mut found: Vec<&SlackChannel> = Vec::new();
        for channel in self
            .channels
            .iter()
            .filter(|one| one.min_severity.is_some())
        {
            let known = |other: &&SlackChannel| other.channel == channel.channel;
            if channel.fits(service, environment)
                && !usual.iter().any(known)
                && !found.iter().any(known)
            {
                found.push(channel);
            }
        }
        found
    }
}

/// Characters below which a signing secret can be guessed.
const MIN_SECRET: usize = 16;

fn usable(slack: &Slack, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let mut good = Some(());
    let mut wrong = |field: &str, found: &str, expected: &str| {
        let at = node.get(field).map_or(node.at, |value| value.at);
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.wrong(at, found, expected);
        });
        good = None;
    };
    if slack.signing_secret.is_none() && slack.app_token.is_none() {
        wrong(
            "signing_secret",
            "neither `signing_secret` nor `app_token`",
            "one of them, or nobody could press a button",
        );
    }
    let tokens = [
        ("bot_token", Some(&slack.bot_token), "xoxb-"),
        ("app_token", slack.app_token.as_ref(), "xapp-"),
    ];
    for (field, token, start) in tokens {
        let other = |token: &Secret| {
            let token = token.expose();
            (token.starts_with("xox") || token.starts_with("xapp-")) && !token.starts_with(start)
        };
        if token.is_some_and(other) {
            wrong(
                field,
                "another kind of token",
                &format!("one that begins with `{start}`"),
            );
        }
    }
    let secrets = [
        ("signing_secret", slack.signing_secret.as_ref()),
        (
            "previous_signing_secret",
            slack.previous_signing_secret.as_ref(),
        ),
    ];
    for (field, secret) in secrets {
        if secret.is_some_and(|secret| secret.expose().chars().count() < MIN_SECRET) {
            wrong(
                field,
                "a short secret",
                "the signing secret as Slack shows it, of 16 characters or more",
            );
        }
    }
    if slack.channels.is_empty() {
        wrong("channels", "nothing in it", "at least one channel");
    }
    good
}
