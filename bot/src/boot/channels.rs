//! The channels that a configuration asks for.

use super::BootError;
use crate::chat::page::PageChannel;
use crate::chat::slack::{Hearing, SlackChannel, SlackError, SocketMode};
use crate::chat::webhook::WebhookChannel;
use crate::live::Live;
use crate::people::People;
use crate::wire;
use config::Settings;
use engine::clock::Clock;
use engine::handler::Handler;
use journal::Journal;
use messages::BaseUrl;
use std::sync::Arc;

/// Whoever hears of effects; those of them that a changed configuration may change; and who speaks unasked, too.
pub(super) type Channels = (
    Vec<Arc<dyn Handler>>,
    Vec<Arc<WebhookChannel>>,
    Option<Arc<SlackChannel>>,
);

pub(super) fn channels(
    live: &Live<Settings>,
    journal: &Journal,
    base_url: &BaseUrl,
    clock: &Clock,
    people: &People,
) -> Result<Channels, BootError> {
    let settings = live.get();
    let locale = wire::locale(&settings);
    let mut channels: Vec<Arc<dyn Handler>> = vec![Arc::new(PageChannel::new(journal, locale)?)];
    let mut webhooks = Vec::new();
    let mut rounds = None;
    for webhook in &settings.notify.webhooks {
        let channel = WebhookChannel::new(
            webhook.name.as_str(),
            webhook.url.expose().to_owned(),
            webhook.secret.expose(),
            locale,
            Some(base_url.clone()),
        )?;
        let channel = Arc::new(channel);
        webhooks.push(Arc::clone(&channel));
        channels.push(channel);
    }
    if let Some(slack) = &settings.chat.slack {
        let base_url = Some(base_url.clone());
        let channel = SlackChannel::new(slack, live.clone(), journal, base_url, clock.clone())?;
        let channel = channel.calling(people.clone());
        let channel = Arc::new(channel);
        channels.push(Arc::clone(&channel) as Arc<dyn Handler>);
        rounds = Some(channel);
    }
    Ok((channels, webhooks, rounds))
}

/// What listens to Slack by sockets, where a token says so.
pub(super) fn sockets(
    settings: &Settings,
    hearing: &Hearing,
) -> Result<Option<SocketMode>, SlackError> {
    let token = settings
        .chat
        .slack
        .as_ref()
        .and_then(|slack| slack.app_token.as_ref());
    let sockets = token.map(|_| SocketMode::new(hearing.clone()));
    Ok(sockets.transpose()?)
}
