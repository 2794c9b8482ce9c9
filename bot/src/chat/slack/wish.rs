//! A press that is the same as an order in words: it asks for a fix, shares an answer, or says what somebody thinks.

use super::interaction::{Pressed, fix, opinion, share};
use super::mention::Line;
use guard::order::{Order, Target, parse};
use serde_json::Value;

/// The order that a pressed button stands for; none when an interaction is anything else.
pub(super) fn wish(payload: &Value) -> Option<Line> {
    if let Some(pressed) = fix(payload) {
        let ours = |order: &Order| {
            matches!(
                order,
                Order::Fix {
                    target: Target::Deployment(_),
                    suspect: Some(_),
                    ..
                }
            )
        };
        return line("fix", &pressed, ours);
    }
    if let Some(pressed) = share(payload) {
        let ours = |order: &Order| {
            matches!(
                order,
                Order::Share {
                    target: Target::Deployment(_),
                    answer: Some(_),
                }
            )
        };
        return line("share", &pressed, ours);
    }
    let ours = |order: &Order| {
        matches!(
            order,
            Order::Blame {
                target: Target::Deployment(_),
                ..
            } | Order::Rate {
                target: Target::Deployment(_),
                ..
            }
        )
    };
    line("opinion", &opinion(payload)?, ours)
}

fn line(what: &str, pressed: &Pressed, ours: impl Fn(&Order) -> bool) -> Option<Line> {
    let Pressed {
        user,
        channel,
        value,
        ..
    } = pressed;
    ours(&parse(value).ok()?).then(|| Line {
        once: format!("{what} {user} {channel} {value} {}", pressed.when()),
        user: user.clone(),
        foreign_team: pressed.foreign_team.clone(),
        channel: channel.clone(),
        thread: None,
        response_url: pressed.response_url.clone(),
        text: value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pressed(name: &str, value: &str) -> Value {
        json!({
            "type": "block_actions",
            "user": { "id": "U1", "team_id": "T1" }, "team": { "id": "T1" },
            "container": { "type": "message", "message_ts": "1.2", "channel_id": "C1" },
            "response_url": "https://hooks.slack.com/actions/x",
            "actions": [{ "type": "button", "action_id": name, "action_ts": "9.1", "value": value }],
        })
    }

    #[test]
    fn a_press_stands_for_the_order_of_one_fix_and_for_no_other_order() {
        let read = wish(&pressed("fix.revert", "revert-pr dep_1 suspect 8615e91aa")).unwrap();
        assert_eq!(read.text, "revert-pr dep_1 suspect 8615e91aa");
        assert_eq!((read.user.as_str(), read.channel.as_str()), ("U1", "C1"));
        for other in [
            "rollback dep_1",
            "revert-pr suspect 8615e91aa",
            "revert-pr dep_1",
            "useful dep_1",
            "freeze",
            "",
        ] {
            assert_eq!(wish(&pressed("fix.revert", other)), None, "{other}");
        }
        let value = "revert-pr dep_1 suspect 8615e91aa";
        assert_eq!(wish(&pressed("answer.hold", value)), None);
    }

    #[test]
    fn a_press_shares_the_answer_that_it_names_and_nothing_else() {
        let read = wish(&pressed("share.answer", "share dep_1 answer 3")).unwrap();
        assert_eq!(read.text, "share dep_1 answer 3");
        for other in [
            "share dep_1",
            "share answer 3",
            "rollback dep_1",
            "ask dep_1 why",
            "",
        ] {
            assert_eq!(wish(&pressed("share.answer", other)), None, "{other}");
        }
    }

    #[test]
    fn a_press_that_says_what_somebody_thinks_does_nothing_else() {
        for value in [
            "it-was 8615e91aa dep_1",
            "not-this dep_1",
            "useful dep_1",
            "not-useful dep_1",
        ] {
            let read = wish(&pressed("opinion.any", value)).unwrap();
            assert_eq!(read.text, value);
        }
        for other in [
            "revert-pr dep_1 suspect 8615e91aa",
            "rollback dep_1",
            "useful",
            "not-this shop",
            "",
        ] {
            assert_eq!(wish(&pressed("opinion.useful", other)), None, "{other}");
        }
    }
}
