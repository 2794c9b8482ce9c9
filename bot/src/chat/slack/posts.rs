//! Which message shows what, and what Slack's refusals mean for it.

use config::Settings;
use config::settings::SlackChannel;
use guard::ids::{DeploymentId, IncidentId};
use messages::Locale;
use messages::layout::slack::Post;
use sha2::{Digest, Sha256};

pub(super) const PREFIX: &str = "slack/";

/// What the parent of a deployment is kept under in its usual channel.
pub(super) fn parent_key(deployment: &DeploymentId) -> String {
    format!("{PREFIX}{deployment}/parent")
}

const INCIDENT: &str = "slack-incident/";

/// What the message of an incident is kept under that belongs to no deployment, in the first channel that heard of it;
/// in others with their ids behind it.
pub(super) fn incident_key(incident: &IncidentId) -> String {
    format!("{INCIDENT}{incident}")
}

/// What is kept of what was said in an incident's thread about an event.
pub(super) fn incident_said_key(incident: &IncidentId, revision: u64) -> String {
    format!("slack-incident-said/{incident}/{revision}")
}

/// The incident that a message is about.
pub(super) fn incident_of(key: &str) -> Option<IncidentId> {
    let id = key.strip_prefix(INCIDENT)?.split('/').next()?;
    IncidentId::new(id).ok()
}

/// What the pictures of a deployment are kept under.
pub(super) fn picture_key(deployment: &DeploymentId) -> String {
    format!("{PREFIX}{deployment}/picture")
}

/// The deployment that a message is about.
pub(super) fn deployment_of(key: &str) -> Option<DeploymentId> {
    let id = key.strip_prefix(PREFIX)?.split('/').next()?;
    DeploymentId::new(id).ok()
}

/// Of what a message shows: the same twice need not be sent.
pub(super) fn digest(post: &Post) -> String {
    hex::encode(Sha256::digest(post.json().to_string().as_bytes()))
}

/// The language of a channel.
pub(super) fn locale(settings: &Settings, channel: Option<&SlackChannel>) -> Locale {
    let own = channel.and_then(|channel| channel.locale);
    let tag = own.unwrap_or(settings.locale).tag();
    Locale::from_tag(tag).unwrap_or_default()
}

/// Whether a message cannot be edited because it is not there, or not any more ours to edit.
pub(super) fn is_gone(code: &str) -> bool {
    matches!(
        code,
        "message_not_found" | "cant_update_message" | "edit_window_closed" | "thread_not_found"
    )
}

/// Whether the same message will be refused again, whoever sets right what.
pub(super) fn is_hopeless(code: &str) -> bool {
    is_unshowable(code)
        || matches!(
            code,
            "no_text" | "invalid_arguments" | "invalid_json" | "json_not_object"
        )
}

/// Whether the text alone may go where the blocks may not.
pub(super) fn is_unshowable(code: &str) -> bool {
    matches!(
        code,
        "invalid_blocks" | "invalid_blocks_format" | "msg_blocks_too_long" | "msg_too_long"
    )
}

/// What to do about a refusal, for whoever reads the log.
pub(super) fn advice(code: &str) -> &'static str {
    match code {
        "not_in_channel" => "invite the app into the channel: /invite @tawny",
        "channel_not_found" => {
            "there is no such channel, or it is private and the app is not in it: invite it, or mend chat.slack.channels"
        }
        "is_archived" => "the channel is archived: mend chat.slack.channels",
        "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" => {
            "the token is not taken: install the app and mend chat.slack.bot_token"
        }
        "missing_scope" | "no_permission" => {
            "the app lacks a permission: install it anew from `tawny slack manifest`"
        }
        "restricted_action"
        | "restricted_action_thread_only_channel"
        | "restricted_action_read_only_channel" => {
            "who administers the workspace does not let apps post there"
        }
        _ => "see Slack's documentation of the method",
    }
}
