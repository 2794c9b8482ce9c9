//! What Slack tells beside what people say and press.

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Callback {
    event: MembersChanged,
}

#[derive(Deserialize)]
struct MembersChanged {
    #[serde(rename = "type")]
    kind: String,
    subteam_id: String,
}

/// The user group to which somebody came, or which somebody left.
pub(super) fn members_changed(payload: &Value) -> Option<String> {
    let event = Callback::deserialize(payload).ok()?.event;
    (event.kind == "subteam_members_changed").then_some(event.subteam_id)
}
