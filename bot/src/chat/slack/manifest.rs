//! The app as Slack makes it: what Tawny uses, and nothing else.

use super::mention::EXPLAIN;
use slack_morphism::{
    SlackAppManifest, SlackAppManifestDisplayInformation, SlackAppManifestFeatures,
    SlackAppManifestFeaturesAppHome, SlackAppManifestFeaturesBotUser,
    SlackAppManifestFeaturesShortcut, SlackAppManifestFeaturesSlashCommand,
    SlackAppManifestOAuthConfig, SlackAppManifestOAuthConfigScopes, SlackAppManifestSettings,
    SlackAppManifestSettingsEventSubscriptions, SlackAppManifestSettingsInteractivity,
    SlackShortcutType,
};
use url::Url;

/// To post, edit and answer, to show pictures, to hear who speaks to it, to speak people's languages and to know who belongs to a user
/// group. Nobody else's messages are read.
const SCOPES: [&str; 6] = [
    "chat:write",
    "app_mentions:read",
    "commands",
    "files:write",
    "users:read",
    "usergroups:read",
];
/// What Slack tells beside presses.
const EVENTS: [&str; 3] = ["app_mention", "app_home_opened", "subteam_members_changed"];

/// The manifest for an app that is sent to an address, or for one that is asked by sockets.
#[must_use]
pub fn manifest(name: &str, public_url: Option<&Url>) -> SlackAppManifest {
    let at = |path: &str| {
        let url = public_url?;
        let base = url.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{path}")).ok()
    };
    let interactivity =
        SlackAppManifestSettingsInteractivity::new(true).opt_request_url(at("/slack/interactions"));
    let events = EVENTS.iter().map(|event| (*event).to_owned().into());
    let events = SlackAppManifestSettingsEventSubscriptions::new()
        .opt_request_url(at("/slack/events"))
        .with_bot_events(events.collect());
    let settings = SlackAppManifestSettings::new()
        .with_event_subscriptions(events)
        .with_interactivity(interactivity)
        .with_org_deploy_enabled(false)
        .with_socket_mode_enabled(public_url.is_none());
    let scopes = SCOPES.iter().map(|scope| (*scope).to_owned().into());
    let scopes = SlackAppManifestOAuthConfigScopes::new().with_bot(scopes.collect());
    let display = SlackAppManifestDisplayInformation::new(name.to_owned()).with_description(
        "Watches every deployment: warns, pauses and asks, rolls back".to_owned(),
    );
    let bot = SlackAppManifestFeaturesBotUser::new(name.to_owned(), true);
    let command = SlackAppManifestFeaturesSlashCommand::new(
        "/tawny".to_owned(),
        "Ask or tell Tawny; `help` shows what".to_owned(),
    );
    let command = command
        .with_usage_hint("help".to_owned())
        .with_should_escape(false)
        .opt_url(at("/slack/commands"));
    let shortcut = SlackAppManifestFeaturesShortcut::new(
        "Explain this deployment".to_owned(),
        EXPLAIN.to_owned().into(),
        "Which change did it, and why it is suspected".to_owned(),
        SlackShortcutType::Message,
    );
    let home = SlackAppManifestFeaturesAppHome::new()
        .with_home_tab_enabled(true)
        // A channel may be one person's messages with the app: they are told there, and answer elsewhere.
        .with_messages_tab_enabled(true)
        .with_messages_tab_read_only_enabled(true);
    let features = SlackAppManifestFeatures::new()
        .with_app_home(home)
        .with_bot_user(bot)
        .with_slash_commands(vec![command])
        .with_shortcuts(vec![shortcut]);
    SlackAppManifest::new(display)
        .with_features(features)
        .with_oauth_config(SlackAppManifestOAuthConfig::new().with_scopes(scopes))
        .with_settings(settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_app_by_sockets_has_no_address_and_the_other_one_the_paths_that_are_served() {
        let sockets = serde_json::to_value(manifest("tawny", None)).unwrap();
        assert_eq!(
            sockets,
            json!({
                "display_information": {
                    "name": "tawny",
                    "description": "Watches every deployment: warns, pauses and asks, rolls back",
                },
                "features": {
                    "app_home": {
                        "home_tab_enabled": true,
                        "messages_tab_enabled": true,
                        "messages_tab_read_only_enabled": true,
                    },
                    "bot_user": { "display_name": "tawny", "always_online": true },
                    "shortcuts": [{
                        "name": "Explain this deployment",
                        "callback_id": "explain",
                        "description": "Which change did it, and why it is suspected",
                        "type": "message",
                    }],
                    "slash_commands": [{
                        "command": "/tawny",
                        "description": "Ask or tell Tawny; `help` shows what",
                        "usage_hint": "help",
                        "should_escape": false,
                    }],
                },
                "oauth_config": { "scopes": { "bot": SCOPES } },
                "settings": {
                    "event_subscriptions": { "bot_events": EVENTS },
                    "interactivity": { "is_enabled": true },
                    "org_deploy_enabled": false,
                    "socket_mode_enabled": true,
                },
            })
        );
        let url = Url::parse("https://tawny.example.com/prefix/").unwrap();
        let served = serde_json::to_value(manifest("owl", Some(&url))).unwrap();
        assert_eq!(served["settings"]["socket_mode_enabled"], false);
        assert_eq!(
            served["settings"]["interactivity"]["request_url"],
            "https://tawny.example.com/prefix/slack/interactions"
        );
    }
}
