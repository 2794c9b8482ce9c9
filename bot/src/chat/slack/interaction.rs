//! What Slack says of a press. Only what is needed is read: whatever else a message holds, its buttons work.

use guard::approval::Choice;
use guard::ids::ApprovalId;
use messages::layout::slack::views::REASON;
use serde::Deserialize;
use serde_json::Value;

/// A press of a button that answers a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Press {
    pub(super) user: String,
    /// Whether the person belongs to the workspace of the app, or to which other one.
    pub(super) foreign_team: Option<String>,
    pub(super) channel: String,
    pub(super) message: String,
    pub(super) approval: ApprovalId,
    pub(super) choice: Choice,
    /// Whether they mean to go past the rules of who may.
    pub(super) glass: bool,
    pub(super) response_url: Option<String>,
    /// When it was pressed, as Slack calls it: the same press told twice has the same.
    pub(super) at: Option<String>,
    /// What opens a dialog: once, and within three seconds.
    pub(super) trigger: Option<String>,
}

#[derive(Deserialize)]
struct Interaction {
    #[serde(rename = "type")]
    kind: String,
    user: User,
    team: Option<Id>,
    channel: Option<Id>,
    container: Option<Container>,
    response_url: Option<String>,
    trigger_id: Option<String>,
    #[serde(default)]
    actions: Vec<Action>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    team_id: Option<String>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Container {
    message_ts: Option<String>,
    channel_id: Option<String>,
}

#[derive(Deserialize)]
struct Action {
    #[serde(default)]
    action_id: String,
    value: Option<String>,
    action_ts: Option<String>,
}

/// More than any of Slack's ids has.
const ID: usize = 64;

/// Whether it could be an id of Slack's.
pub(super) fn is_id(id: &str) -> bool {
    id.len() <= ID
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// A press of one of our buttons, whatever it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pressed {
    pub(super) user: String,
    pub(super) foreign_team: Option<String>,
    pub(super) channel: String,
    message: String,
    pub(super) value: String,
    pub(super) response_url: Option<String>,
    at: Option<String>,
    trigger: Option<String>,
}

impl Pressed {
    /// When it was pressed, as Slack calls it.
    pub(super) fn when(&self) -> &str {
        self.at.as_deref().unwrap_or(&self.message)
    }
}

/// The press of a button whose name begins so; none when it is anything else.
fn pressed(payload: &Value, name: &str) -> Option<Pressed> {
    let said = Interaction::deserialize(payload).ok()?;
    if said.kind != "block_actions" {
        return None;
    }
    let mut actions = said.actions.into_iter();
    let action = actions.find(|action| action.action_id.starts_with(name))?;
    let container = said.container?;
    let team = said.team.map(|team| team.id);
    let channel = container
        .channel_id
        .or(said.channel.map(|channel| channel.id));
    let press = Pressed {
        foreign_team: said.user.team_id.filter(|own| Some(own) != team.as_ref()),
        user: said.user.id,
        channel: channel?,
        message: container.message_ts?,
        value: action.value?,
        response_url: said.response_url,
        at: action.action_ts,
        trigger: said.trigger_id,
    };
    let ids = [&press.user, &press.channel, &press.message];
    let good = ids.into_iter().all(|id| is_id(id));
    good.then_some(press)
}

/// The answer to a question that an interaction is; none when it is anything else.
pub(super) fn press(payload: &Value) -> Option<Press> {
    let (pressed, glass) = match pressed(payload, "answer.") {
        Some(pressed) => (pressed, false),
        None => (pressed(payload, GLASS)?, true),
    };
    let (approval, choice) = answer(&pressed.value)?;
    Some(Press {
        approval,
        choice,
        glass,
        user: pressed.user,
        foreign_team: pressed.foreign_team,
        channel: pressed.channel,
        message: pressed.message,
        response_url: pressed.response_url,
        at: pressed.at,
        trigger: pressed.trigger,
    })
}

/// The question and the answer that a button or a dialog stands for.
fn answer(value: &str) -> Option<(ApprovalId, Choice)> {
    let (approval, choice) = value.split_once('/')?;
    Some((ApprovalId::new(approval).ok()?, choice.parse().ok()?))
}

/// An answer with its reason, from a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Submission {
    pub(super) user: String,
    pub(super) foreign_team: Option<String>,
    pub(super) view: String,
    pub(super) approval: ApprovalId,
    pub(super) choice: Choice,
    /// Whether it goes past the rules of who may.
    pub(super) glass: bool,
    pub(super) reason: String,
}

/// What dialogs are called that ask for the reason of an answer.
pub(super) const REASON_DIALOG: &str = "answer.reason";
/// And those in which somebody goes past the rules of who may.
pub(super) const GLASS_DIALOG: &str = "answer.glass";
/// The button that leads there.
pub(super) const GLASS: &str = "glass.";

#[derive(Deserialize)]
struct Submitted {
    #[serde(rename = "type")]
    kind: String,
    user: User,
    team: Option<Id>,
    view: View,
}

#[derive(Deserialize)]
struct View {
    id: String,
    callback_id: String,
    private_metadata: String,
    state: Value,
}

/// The dialog that somebody sent off; none when it is anything else.
pub(super) fn submission(payload: &Value) -> Option<Submission> {
    let said = Submitted::deserialize(payload).ok()?;
    let glass = said.view.callback_id == GLASS_DIALOG;
    if said.kind != "view_submission" || !(glass || said.view.callback_id == REASON_DIALOG) {
        return None;
    }
    let (approval, choice) = answer(&said.view.private_metadata)?;
    let reason = said.view.state["values"][REASON][REASON]["value"].as_str();
    let team = said.team.map(|team| team.id);
    let submission = Submission {
        foreign_team: said.user.team_id.filter(|own| Some(own) != team.as_ref()),
        user: said.user.id,
        view: said.view.id,
        approval,
        choice,
        glass,
        reason: reason.unwrap_or_default().trim().to_owned(),
    };
    let good = is_id(&submission.user) && is_id(&submission.view);
    good.then_some(submission)
}

/// Somebody asks for a fix.
pub(super) fn fix(payload: &Value) -> Option<Pressed> {
    pressed(payload, "fix.")
}

/// Somebody says what they think of a cause, or of its report.
pub(super) fn opinion(payload: &Value) -> Option<Pressed> {
    pressed(payload, "opinion.")
}

/// The button with which somebody shows everybody what they were answered.
pub(super) const SHARE: &str = "share.answer";

/// Somebody shows everybody what they were answered.
pub(super) fn share(payload: &Value) -> Option<Pressed> {
    pressed(payload, SHARE)
}

/// Somebody says that they mean what they were asked about.
pub(super) fn confirm(payload: &Value) -> Option<Pressed> {
    pressed(payload, "order.confirm")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pressed() -> Value {
        json!({
            "type": "block_actions",
            "user": { "id": "U1", "username": "ann", "team_id": "T1" },
            "team": { "id": "T1", "domain": "acme" },
            "container": { "type": "message", "message_ts": "1.2", "channel_id": "C1" },
            "channel": { "id": "C1" },
            "message": { "blocks": [{ "type": "block_of_the_year_2030" }] },
            "response_url": "https://hooks.slack.com/actions/x",
            "trigger_id": "1.2.abc",
            "actions": [{ "type": "button", "action_id": "answer.hold", "value": "apr_1/hold" }],
        })
    }

    #[test]
    fn a_press_is_read_whatever_else_the_message_holds() {
        let read = press(&pressed()).unwrap();
        assert_eq!((read.user.as_str(), read.choice), ("U1", Choice::Hold));
        assert_eq!(
            (read.channel.as_str(), read.message.as_str()),
            ("C1", "1.2")
        );
        assert_eq!(read.foreign_team, None);
    }

    #[test]
    fn a_dialog_gives_the_answer_that_it_was_opened_for_and_the_reason() {
        let payload = json!({
            "type": "view_submission",
            "user": { "id": "U1", "team_id": "T2" },
            "team": { "id": "T1" },
            "view": {
                "id": "V1", "callback_id": "answer.reason", "private_metadata": "apr_1/resume",
                "state": { "values": { "reason": { "reason": { "type": "plain_text_input", "value": " so be it " } } } },
            },
        });
        let read = submission(&payload).unwrap();
        assert_eq!(
            (read.choice, read.reason.as_str()),
            (Choice::Resume, "so be it")
        );
        assert_eq!(read.foreign_team.as_deref(), Some("T2"));
        for (pointer, value) in [
            ("/type", json!("view_closed")),
            ("/view/callback_id", json!("another")),
            ("/view/private_metadata", json!("apr_1/explode")),
            ("/view/id", json!("V 1")),
            ("/user", json!(null)),
        ] {
            let mut other = payload.clone();
            *other.pointer_mut(pointer).unwrap() = value;
            assert_eq!(submission(&other), None, "{pointer}");
        }
        let mut empty = payload;
        empty["view"]["state"] = json!({});
        assert_eq!(submission(&empty).unwrap().reason, "");
    }

    #[test]
    fn somebody_of_another_workspace_is_known_as_such() {
        let mut payload = pressed();
        payload["user"]["team_id"] = json!("T2");
        assert_eq!(press(&payload).unwrap().foreign_team.as_deref(), Some("T2"));
    }

    #[test]
    fn what_is_no_press_of_ours_is_none() {
        for (pointer, value) in [
            ("/type", json!("view_submission")),
            ("/user", json!(null)),
            ("/container", json!(null)),
            ("/actions", json!([])),
            ("/actions/0/value", json!("apr_1")),
            ("/actions/0/value", json!("../../etc/hold")),
            ("/actions/0/value", json!("apr_1/explode")),
            ("/actions/0/action_id", json!("else")),
            ("/actions", json!("nonsense")),
            ("/user/id", json!("U1\nnothing to see")),
            ("/container/message_ts", json!("1".repeat(100))),
        ] {
            let mut payload = pressed();
            *payload.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(press(&payload), None, "{pointer} {value}");
        }
    }
}
