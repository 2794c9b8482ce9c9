//! Calls of Slack's Web API, and what became of each.

use super::compose::Said;
use super::pace::Pace;
use super::posts::{advice, is_unshowable};
use config::Secret;
use config::settings::Slack;
use messages::layout::slack::Post;
use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// How long Slack may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Peace when Slack asks for it and does not say how long.
const USUAL_PAUSE: Duration = Duration::from_secs(30);

/// How the names of Slack's hosts end.
const KNOWN: [&str; 2] = [".slack.com", ".slack-gov.com"];

/// What is wrong with a call that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum Wrong {
    /// Not sent, or not taken, because there is too much.
    #[error("{method}: Slack wants {} s of peace", .pause.as_secs_f32().ceil())]
    Wait { method: String, pause: Duration },
    /// It never reached Slack.
    #[error("{method}: {error}")]
    NotSent { method: String, error: String },
    /// Nobody knows whether it was done.
    #[error("{method}: {error}")]
    Unknown { method: String, error: String },
    /// Slack says no.
    #[error("{method}: Slack refuses with `{code}`: {}", advice(.code))]
    Refused { method: String, code: String },
}

/// Where a message went.
#[derive(Debug, Deserialize)]
pub(super) struct Posted {
    pub(super) channel: String,
    pub(super) ts: String,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made: {0}")]
pub struct ClientError(String);

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        Self(error.to_string())
    }
}

/// A client of one workspace.
pub(super) struct Api {
    http: reqwest::Client,
    base: String,
    token: Secret,
    pace: Pace,
}

impl Api {
    /// Redirects are not followed: the token goes where it was configured to.
    pub(super) fn new(slack: &Slack) -> Result<Self, ClientError> {
        Ok(Self {
            http: client()?,
            base: slack.base_url.as_str().to_owned(),
            token: slack.bot_token.clone(),
            pace: Pace::default(),
        })
    }

    /// Calls go at another pace.
    pub(super) fn at_pace(&mut self, every: Duration) {
        self.pace = Pace::of(every);
    }

    /// Waits for the turn of a call in a channel.
    pub(super) async fn turn(&self, method: &str, channel: &str) -> Result<(), Wrong> {
        let turn = self.pace.turn(method, channel).await;
        turn.map_err(wait(method))
    }

    /// Posts a message; without its blocks where Slack does not take them.
    pub(super) async fn post(&self, channel: &str, said: &Said<'_>) -> Result<Posted, Wrong> {
        let method = "chat.postMessage";
        let mut arguments = said.arguments(channel);
        let posted = match self.call(method, &arguments).await {
            Err(Wrong::Refused { code, .. }) if is_unshowable(&code) => {
                tracing::error!(
                    code,
                    "Slack does not take the blocks of a message: its text goes alone"
                );
                arguments["blocks"] = json!([]);
                self.call(method, &arguments).await?
            }
            posted => posted?,
        };
        serde_json::from_value(posted).map_err(|error| Wrong::Unknown {
            method: method.to_owned(),
            error: error.to_string(),
        })
    }

    /// A method that reads, or that takes no JSON; not while Slack asked for peace.
    pub(super) async fn ask(
        &self,
        method: &str,
        arguments: &[(&str, &str)],
    ) -> Result<Value, Wrong> {
        let open = self.pace.open(method).await;
        open.map_err(wait(method))?;
        let asked = ask(&self.http, &self.base, &self.token, method, arguments).await;
        self.closed_by(method, asked)
    }

    /// Sends bytes to where Slack wants them: nobody else's address, and without the token.
    pub(super) async fn upload(&self, url: &str, bytes: Vec<u8>) -> Result<(), Wrong> {
        let method = "an upload";
        let unsent = |error: String| Wrong::NotSent {
            method: method.to_owned(),
            error,
        };
        if !is_slacks(url, &self.base) {
            return Err(unsent("the address is none of Slack's".to_owned()));
        }
        let request = self.http.post(url).header("content-type", "image/png");
        let sent = request.timeout(TIMEOUT).body(bytes).send().await;
        let sent = sent.map_err(|error| unsent(error.without_url().to_string()))?;
        let status = sent.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(unsent(format!("Slack answered {status}"))),
        }
    }

    /// Shows something else in a message: both parts, or the blocks would go.
    pub(super) async fn update(&self, channel: &str, ts: &str, post: &Post) -> Result<(), Wrong> {
        let method = "chat.update";
        let mut arguments = update(channel, ts, post);
        match self.call(method, &arguments).await {
            Err(Wrong::Refused { code, .. }) if is_unshowable(&code) => {
                tracing::error!(
                    code,
                    "Slack does not take the blocks of a message: its text goes alone"
                );
                arguments["blocks"] = json!([]);
                self.call(method, &arguments).await.map(drop)
            }
            // An edit may be repeated as often as one likes.
            Err(Wrong::Unknown { method, error }) => Err(Wrong::NotSent { method, error }),
            done => done.map(drop),
        }
    }

    pub(super) async fn call(&self, method: &str, arguments: &Value) -> Result<Value, Wrong> {
        let called = call(&self.http, &self.base, &self.token, method, arguments).await;
        self.closed_by(method, called)
    }

    fn closed_by(&self, method: &str, called: Result<Value, Wrong>) -> Result<Value, Wrong> {
        if let Err(Wrong::Wait { pause, .. }) = &called {
            self.pace.close(method, *pause);
        }
        called
    }
}

/// A call has to wait for so long.
fn wait(method: &str) -> impl FnOnce(Duration) -> Wrong {
    let method = method.to_owned();
    |pause| Wrong::Wait { method, pause }
}

/// Whether an address is one of Slack's, or below the configured one.
pub(super) fn is_slacks(url: &str, base: &str) -> bool {
    let own = Url::parse(base).map(|base| base.origin());
    Url::parse(url).is_ok_and(|url| {
        let known = |host: &str| KNOWN.iter().any(|known| host.ends_with(known));
        let slacks = url.scheme() == "https" && url.host_str().is_some_and(known);
        slacks || own.is_ok_and(|own| own == url.origin())
    })
}

/// The arguments of `chat.update`.
pub(super) fn update(channel: &str, ts: &str, post: &Post) -> Value {
    json!({
        "channel": channel,
        "ts": ts,
        "text": post.text,
        "blocks": post.blocks,
        "parse": "none",
        "link_names": false,
    })
}

/// A client that follows nobody.
pub(super) fn client() -> Result<reqwest::Client, ClientError> {
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    Ok(client)
}

/// One call of a method.
pub(super) async fn call(
    http: &reqwest::Client,
    base: &str,
    token: &Secret,
    method: &str,
    arguments: &Value,
) -> Result<Value, Wrong> {
    let request = http
        .post(format!("{base}/{method}"))
        .bearer_auth(token.expose())
        .header("content-type", "application/json; charset=utf-8")
        .body(arguments.to_string());
    send(method, request).await
}

/// One call of a method that reads: those take a form, and JSON as if nothing was said.
pub(super) async fn ask(
    http: &reqwest::Client,
    base: &str,
    token: &Secret,
    method: &str,
    arguments: &[(&str, &str)],
) -> Result<Value, Wrong> {
    let request = http
        .post(format!("{base}/{method}"))
        .bearer_auth(token.expose())
        .form(arguments);
    send(method, request).await
}

async fn send(method: &str, request: reqwest::RequestBuilder) -> Result<Value, Wrong> {
    let sent = request.timeout(TIMEOUT).send().await;
    let unknown = |error: String| Wrong::Unknown {
        method: method.to_owned(),
        error,
    };
    let answer = sent.map_err(|error| {
        let unsent = error.is_connect() || error.is_builder();
        let error = error.without_url().to_string();
        match unsent {
            true => Wrong::NotSent {
                method: method.to_owned(),
                error,
            },
            false => unknown(error),
        }
    })?;
    let status = answer.status();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let said = answer.headers().get(RETRY_AFTER);
        let seconds = said.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        return Err(Wrong::Wait {
            method: method.to_owned(),
            pause: seconds.map_or(USUAL_PAUSE, Duration::from_secs),
        });
    }
    if !status.is_success() {
        return Err(unknown(format!("Slack answered {status}")));
    }
    let answer: Value = answer
        .json()
        .await
        .map_err(|error| unknown(error.without_url().to_string()))?;
    understood(method, answer)
}

/// What an answer means.
fn understood(method: &str, answer: Value) -> Result<Value, Wrong> {
    if answer["ok"] == true {
        return Ok(answer);
    }
    let method = method.to_owned();
    // Whatever it is goes into logs: a word of Slack's, and not more.
    let code: String = answer["error"]
        .as_str()
        .unwrap_or("no reason")
        .chars()
        .take(80)
        .collect();
    Err(match code.as_str() {
        "ratelimited" | "rate_limited" | "message_limit_exceeded" => Wrong::Wait {
            method,
            pause: USUAL_PAUSE,
        },
        // Slack says of these that some of it may have been done.
        "fatal_error" | "internal_error" | "request_timeout" => Wrong::Unknown {
            method,
            error: code,
        },
        _ => Wrong::Refused { method, code },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: &str) -> Wrong {
        understood("chat.postMessage", json!({ "ok": false, "error": code })).unwrap_err()
    }

    #[test]
    fn bytes_go_to_slack_and_nowhere_else() {
        let base = "http://127.0.0.1:9/api";
        for (url, good) in [
            ("https://files.slack.com/upload/v1/ABC", true),
            ("http://127.0.0.1:9/upload/1", true),
            ("http://files.slack.com/upload/v1/ABC", false),
            ("https://slack.com.evil.example/upload", false),
            ("https://evilslack.com/upload", false),
            ("http://127.0.0.1:10/upload/1", false),
            ("nonsense", false),
        ] {
            assert_eq!(is_slacks(url, base), good, "{url}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do_and_what_may_have_been_done_is_not_called_undone() {
        assert_eq!(
            of("not_in_channel").to_string(),
            "chat.postMessage: Slack refuses with `not_in_channel`: invite the app into the channel: /invite @tawny"
        );
        assert!(matches!(of("fatal_error"), Wrong::Unknown { .. }));
        assert!(matches!(of("ratelimited"), Wrong::Wait { .. }));
        assert!(matches!(of("invalid_auth"), Wrong::Refused { .. }));
        assert!(understood("x", json!({ "ok": true, "ts": "1" })).is_ok());
        assert!(matches!(
            understood("x", json!("nonsense")),
            Err(Wrong::Refused { .. })
        ));
    }
}
