//! What Slack sends: presses, dialogs, events and commands, each signed.

use super::views;
use super::workspace::{CHANNEL, SIGNING, Said, TEAM, Workspace};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;
use std::time::{Duration, Instant};

impl Workspace {
    /// A press of a button as Slack sends it.
    pub(super) fn press(&self, user: &str, team: &str, ts: &str, value: &str) -> Value {
        let mut inner = self.inner.lock().unwrap();
        let path = format!("/actions/{}", inner.response_urls.len());
        inner
            .response_urls
            .insert(path.clone(), (user.to_owned(), 5));
        let choice = value.split('/').nth(1).unwrap_or_default();
        let trigger = inner.triggers.give(user);
        json!({
            "type": "block_actions",
            "api_app_id": "A0TAWNY",
            "team": { "id": TEAM, "domain": "acme" },
            "user": { "id": user, "username": "somebody", "team_id": team },
            "container": { "type": "message", "message_ts": ts, "channel_id": CHANNEL, "is_ephemeral": false },
            "channel": { "id": CHANNEL, "name": "deploys" },
            "trigger_id": trigger,
            "response_url": format!("http://{}{path}", self.address),
            "actions": [{ "type": "button", "block_id": "x", "action_id": format!("answer.{choice}"), "value": value, "action_ts": format!("1.{}", inner.response_urls.len()) }],
        })
    }

    /// The same of a button that is called otherwise, in what they alone see.
    pub(super) fn press_of(&self, name: &str, user: &str, value: &str) -> Value {
        let mut press = self.press(user, TEAM, "1.1", value);
        press["container"]["is_ephemeral"] = json!(true);
        press["actions"][0]["action_id"] = json!(name);
        press
    }

    /// Somebody of the workspace presses: the status of Tawny's answer.
    pub(super) async fn pressed(&self, user: &str, ts: &str, value: &str) -> StatusCode {
        let payload = self.press(user, TEAM, ts, value);
        self.send(&payload, SIGNING, 0).await
    }

    /// Sends an interaction, signed with a secret, with a stamp so many seconds from now.
    pub(super) async fn send(&self, payload: &Value, secret: &str, away: i64) -> StatusCode {
        let body = form(payload);
        let (stamp, signature) = signed(secret, away, &body);
        self.post(&body, &stamp, &signature).await
    }

    pub(super) async fn post(&self, body: &str, stamp: &str, signature: &str) -> StatusCode {
        self.send_to("interactions", body, stamp, signature, 0)
            .await
            .0
    }

    async fn send_to(
        &self,
        path: &str,
        body: &str,
        stamp: &str,
        signature: &str,
        retry: i64,
    ) -> (StatusCode, String) {
        let begun = Instant::now();
        let sent = self
            .http
            .post(format!("http://{}/slack/{path}", self.tawny))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", stamp)
            .header("x-slack-signature", signature)
            .header("x-slack-retry-num", retry)
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(3), "{took:?}");
        (sent.status(), sent.text().await.unwrap())
    }

    /// Sends an event so often, each time with a signature of its own.
    pub(super) async fn tell(&self, event: &Value, times: i64) -> String {
        let body = event.to_string();
        let mut said = String::new();
        for time in 0..times {
            let (stamp, signature) = signed(SIGNING, -time, &body);
            let (status, answer) = self
                .send_to("events", &body, &stamp, &signature, time)
                .await;
            assert_eq!(status, 200);
            said = answer;
        }
        said
    }

    /// A slash command as Slack sends it, and what it is answered.
    pub(super) async fn command(&self, user: &str, text: &str) -> StatusCode {
        let body = {
            let mut inner = self.inner.lock().unwrap();
            let number = inner.response_urls.len();
            let path = format!("/actions/{number}");
            let url = format!("http://{}{path}", self.address);
            inner.response_urls.insert(path, (user.to_owned(), 5));
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([
                    ("command", "/tawny"),
                    ("text", text),
                    ("user_id", user),
                    ("team_id", TEAM),
                    ("channel_id", CHANNEL),
                    ("response_url", &url),
                    ("trigger_id", &format!("1.2.{number}")),
                    ("api_app_id", "A0TAWNY"),
                ])
                .finish()
        };
        let (stamp, signature) = signed(SIGNING, 0, &body);
        let answer = self.send_to("commands", &body, &stamp, &signature, 0).await;
        // What is in the answer would be seen before it is checked who asks.
        assert_eq!(answer.1, "");
        answer.0
    }

    /// A press of the button with which somebody means what they were asked about.
    pub(super) fn confirm(&self, user: &str, value: &str) -> Value {
        let mut payload = self.press(user, TEAM, "1.2", &format!("{value}/confirm"));
        payload["container"]["is_ephemeral"] = json!(true);
        payload["actions"][0]["action_id"] = json!("order.confirm");
        payload["actions"][0]["value"] = json!(value);
        payload
    }

    /// From now on nothing that was pressed before opens a dialog.
    pub(super) fn triggers_expire(&self) {
        self.inner.lock().unwrap().triggers.expire();
    }

    /// Somebody sends a dialog off, with this reason: what Slack would do with the answer.
    pub(super) async fn submit(&self, user: &str, dialog: &Said, reason: &str) -> Value {
        let payload = self.submission(user, dialog, reason);
        let body = form(&payload);
        let (stamp, signature) = signed(SIGNING, 0, &body);
        let (status, answer) = self
            .send_to("interactions", &body, &stamp, &signature, 0)
            .await;
        assert_eq!(status, 200);
        views::answer(&answer)
    }

    /// The same as Slack sends it.
    pub(super) fn submission(&self, user: &str, dialog: &Said, reason: &str) -> Value {
        let inner = self.inner.lock().unwrap();
        let view = inner.triggers.view(&dialog.ts);
        json!({
            "type": "view_submission",
            "team": { "id": TEAM, "domain": "acme" },
            "user": { "id": user, "username": "somebody", "team_id": TEAM },
            "api_app_id": "A0TAWNY",
            "trigger_id": "9.9.9",
            "view": views::filled(view, &dialog.ts, reason),
            "response_urls": [],
        })
    }

    /// Somebody opens a tab of the app.
    pub(super) fn opens(&self, user: &str, tab: &str) -> Value {
        let mut inner = self.inner.lock().unwrap();
        inner.events += 1;
        json!({
            "type": "event_callback", "event_id": format!("Ev{}", inner.events), "team_id": TEAM,
            "event": { "type": "app_home_opened", "user": user, "channel": "D0HOME", "tab": tab },
        })
    }

    /// Somebody speaks to Tawny.
    pub(super) fn mention(&self, user: &str, thread: Option<&str>, text: &str) -> Value {
        let mut inner = self.inner.lock().unwrap();
        inner.events += 1;
        let number = inner.events;
        let mut event = json!({
            "type": "app_mention", "user": user, "team": TEAM, "text": format!("<@U0TAWNY> {text}"),
            "channel": CHANNEL, "ts": format!("1800000000.{number:06}"),
        });
        if let Some(thread) = thread {
            event["thread_ts"] = json!(thread);
        }
        json!({
            "type": "event_callback", "event_id": format!("Ev{number}"), "team_id": TEAM,
            "api_app_id": "A0TAWNY", "event": event, "event_time": 1_800_000_000,
        })
    }
}

/// An interaction as a form.
pub(super) fn form(payload: &Value) -> String {
    let payload = payload.to_string();
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &payload)
        .finish()
}

/// Stamp and signature of a body, as another library takes them for Slack's.
pub(super) fn signed(secret: &str, away: i64, body: &str) -> (String, String) {
    let stamp = (jiff::Timestamp::now().as_second() + away).to_string();
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("v0:{stamp}:{body}"));
    let signature = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
    if away.abs() < 300 {
        let judge = SlackEventSignatureVerifier::new(&secret.to_owned().into());
        judge.verify(&signature, body, &stamp).unwrap();
    }
    (stamp, signature)
}
