//! What Slack tells beside what people say and press.

use super::interaction::is_id;
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

/// Somebody looks at the app's own page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) user: String,
    pub(super) once: String,
}

#[derive(Deserialize)]
struct Told {
    event_id: String,
    event: HomeOpened,
}

#[derive(Deserialize)]
struct HomeOpened {
    #[serde(rename = "type")]
    kind: String,
    user: String,
    tab: Option<String>,
}

/// Who opened the page; none when it is anything else, such as their messages with the app.
pub(super) fn home_opened(payload: &Value) -> Option<Opened> {
    let told = Told::deserialize(payload).ok()?;
    let event = told.event;
    let good = event.kind == "app_home_opened"
        && event.tab.as_deref() == Some("home")
        && is_id(&event.user);
    good.then(|| Opened {
        user: event.user,
        once: format!("event {}", told.event_id),
    })
}

/// The user group to which somebody came, or which somebody left.
pub(super) fn members_changed(payload: &Value) -> Option<String> {
    let event = Callback::deserialize(payload).ok()?.event;
    (event.kind == "subteam_members_changed").then_some(event.subteam_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_page_is_opened_by_a_person_and_not_by_looking_at_messages() {
        let mut told = json!({
            "type": "event_callback", "event_id": "Ev1",
            "event": { "type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home" },
        });
        assert_eq!(home_opened(&told).unwrap().user, "U1");
        assert_eq!(members_changed(&told), None);
        told["event"]["tab"] = json!("messages");
        assert_eq!(home_opened(&told), None);
        told["event"] = json!({ "type": "app_home_opened", "user": "U 1", "tab": "home" });
        assert_eq!(home_opened(&told), None);
    }

    #[test]
    fn a_group_that_changed_is_named() {
        let told = json!({ "event": { "type": "subteam_members_changed", "subteam_id": "S1" } });
        assert_eq!(members_changed(&told).as_deref(), Some("S1"));
        assert_eq!(
            members_changed(&json!({ "event": { "type": "subteam_updated", "subteam_id": "S1" } })),
            None
        );
    }
}
