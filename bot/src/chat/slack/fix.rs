//! A press that asks for a fix: the same as its order in words.

use super::interaction::{Pressed, fix};
use super::mention::Line;
use guard::order::{Order, Target, parse};
use serde_json::Value;

/// The order that a pressed button stands for; none when an interaction is anything else.
pub(super) fn wish(payload: &Value) -> Option<Line> {
    let pressed = fix(payload)?;
    let order = parse(&pressed.value).ok()?;
    let ours = matches!(
        &order,
        Order::Fix {
            target: Target::Deployment(_),
            suspect: Some(_),
            ..
        }
    );
    ours.then(|| line(pressed))
}

fn line(pressed: Pressed) -> Line {
    let Pressed {
        user,
        channel,
        value,
        ..
    } = &pressed;
    Line {
        once: format!("fix {user} {channel} {value} {}", pressed.when()),
        user: pressed.user.clone(),
        foreign_team: pressed.foreign_team.clone(),
        channel: pressed.channel.clone(),
        thread: None,
        response_url: pressed.response_url.clone(),
        text: pressed.value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_press_stands_for_the_order_of_one_fix_and_for_no_other_order() {
        let mut payload = json!({
            "type": "block_actions",
            "user": { "id": "U1", "team_id": "T1" }, "team": { "id": "T1" },
            "container": { "type": "message", "message_ts": "1.2", "channel_id": "C1" },
            "response_url": "https://hooks.slack.com/actions/x",
            "actions": [{ "type": "button", "action_id": "fix.revert", "action_ts": "9.1",
                "value": "revert-pr dep_1 suspect 8615e91aa" }],
        });
        let read = wish(&payload).unwrap();
        assert_eq!(read.text, "revert-pr dep_1 suspect 8615e91aa");
        assert_eq!((read.user.as_str(), read.channel.as_str()), ("U1", "C1"));
        for other in [
            "rollback dep_1",
            "revert-pr suspect 8615e91aa",
            "revert-pr dep_1",
            "freeze",
            "",
        ] {
            payload["actions"][0]["value"] = json!(other);
            assert_eq!(wish(&payload), None, "{other}");
        }
        payload["actions"][0]["action_id"] = json!("answer.hold");
        assert_eq!(wish(&payload), None);
    }
}
