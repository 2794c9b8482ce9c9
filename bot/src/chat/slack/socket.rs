//! Socket Mode: Tawny opens a socket to Slack and hears over it what Slack would otherwise send to an address.
//!
//! Slack ends each socket after a while and says so before: the next one is open before the old one closes, and what
//! still comes over the old one is heard.

use super::api::{self, Wrong};
use super::connect::{self, Socket};
use super::hearing::Hearing;
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// Slack waits three seconds for an acknowledgement.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(2);
/// Slack pings every few seconds; a socket that is silent for so long is dead.
const SILENT: Duration = Duration::from_secs(60);
/// How long the old socket is listened to beside the next one, if nobody closes it.
const LEAVES_WITHIN: Duration = Duration::from_secs(30);
/// Between two tries, at first and at last; and how long a socket lives that was worth opening.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// What listens at sockets. Cheap to clone.
#[derive(Clone)]
pub(crate) struct SocketMode {
    hearing: Hearing,
    http: reqwest::Client,
}

/// What came over a socket.
#[derive(Debug, Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    envelope_id: Option<String>,
    #[serde(default)]
    payload: Value,
    #[serde(default)]
    reason: String,
    /// Whether what is acknowledged may say something.
    #[serde(default)]
    accepts_response_payload: bool,
}

/// An envelope that was heard, and what is to be shown.
struct Acknowledged {
    id: String,
    shown: Option<Value>,
}

impl Acknowledged {
    fn text(self) -> String {
        let mut text = json!({ "envelope_id": self.id });
        if let Some(shown) = self.shown {
            text["payload"] = shown;
        }
        text.to_string()
    }
}

/// Why there is no socket, and how long Slack wants peace.
struct Unopened {
    why: String,
    pause: Duration,
}

impl Unopened {
    fn because(why: &dyn std::fmt::Display) -> Self {
        Self {
            why: why.to_string(),
            pause: Duration::ZERO,
        }
    }
}

impl SocketMode {
    /// Listens with the HTTP client that everything else uses.
    pub(crate) fn new(hearing: Hearing) -> Result<Self, api::ClientError> {
        let http = connect::client().map_err(api::ClientError::from)?;
        Ok(Self { hearing, http })
    }

    /// Keeps a socket open until it is told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut open = JoinSet::new();
        let mut wait = SHORTEST;
        while !stop.is_cancelled() {
            let begun = Instant::now();
            match self.open().await {
                Ok(socket) => {
                    let (leaving, left) = oneshot::channel();
                    open.spawn(self.clone().attend(socket, leaving));
                    tokio::select! {
                        _ = left => {}
                        () = stop.cancelled() => break,
                    }
                }
                Err(Unopened { why, pause }) => {
                    wait = wait.max(pause);
                    tracing::warn!(
                        why,
                        ?wait,
                        "no socket to Slack: its buttons are not heard here until there is one"
                    );
                }
            }
            if begun.elapsed() < SHORTEST {
                tokio::select! {
                    () = sleep(wait) => {}
                    () = stop.cancelled() => break,
                }
                wait = (wait * 2).min(LONGEST).max(SHORTEST);
            } else {
                wait = SHORTEST;
            }
            while open.try_join_next().is_some() {}
        }
        open.shutdown().await;
    }

    async fn open(&self) -> Result<Socket, Unopened> {
        let settings = self.hearing.settings.get();
        let slack = settings.chat.slack.as_ref();
        let token = slack.and_then(|slack| Some((slack, slack.app_token.as_ref()?)));
        let (slack, token) = token.ok_or_else(|| Unopened::because(&"there is no app_token"))?;
        let base = slack.base_url.as_str();
        let opened = api::call(&self.http, base, token, "apps.connections.open", &json!({})).await;
        let opened = opened.map_err(|wrong| Unopened {
            pause: match wrong {
                Wrong::Wait { pause, .. } => pause,
                _ => Duration::ZERO,
            },
            why: wrong.to_string(),
        })?;
        let url = opened["url"].as_str().unwrap_or_default();
        let socket = connect::connect(&self.http, url).await;
        socket.map_err(|error| Unopened::because(&error))
    }

    /// Hears one socket to its end; `leaving` ends when the next one should be opened.
    async fn attend(self, mut socket: Socket, leaving: oneshot::Sender<()>) {
        let mut leaving = Some(leaving);
        let mut until: Option<Instant> = None;
        let (acknowledge, mut acknowledged) = mpsc::unbounded_channel::<Acknowledged>();
        loop {
            let patience = until.map_or(SILENT, |until| {
                until.saturating_duration_since(Instant::now())
            });
            tokio::select! {
                Some(heard) = acknowledged.recv() => {
                    if socket.send(Message::text(heard.text())).await.is_err() {
                        break;
                    }
                }
                heard = timeout(patience, socket.next()) => match heard {
                    Ok(Some(Ok(Message::Text(text)))) => {
                        if self.hear(&text, &acknowledge) {
                            // Whoever waits for this opens the next one.
                            leaving.take();
                            until = Some(Instant::now() + LEAVES_WITHIN);
                        }
                    }
                    // A ping is answered by the socket itself, with what is sent next.
                    Ok(Some(Ok(Message::Ping(_)))) => {
                        if socket.flush().await.is_err() {
                            break;
                        }
                    }
                    Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => break,
                    Ok(Some(Ok(_))) => {}
                },
            }
        }
        let _ = timeout(SHORTEST, socket.close(None)).await;
    }

    /// Hears one message; whether Slack will end this socket.
    fn hear(&self, text: &str, acknowledge: &mpsc::UnboundedSender<Acknowledged>) -> bool {
        let Ok(envelope) = serde_json::from_str::<Envelope>(text) else {
            tracing::info!("Slack said something over its socket that is not understood");
            return false;
        };
        match (envelope.kind.as_str(), envelope.envelope_id) {
            ("hello", _) => {
                tracing::info!("Slack's socket is open");
                false
            }
            ("disconnect", _) => {
                let reason = envelope.reason.chars().take(40).collect::<String>();
                tracing::info!(reason, "Slack will close a socket: the next one is opened");
                true
            }
            (kind, Some(id)) => {
                let (hearing, kind) = (self.hearing.clone(), kind.to_owned());
                let acknowledge = acknowledge.clone();
                tokio::spawn(async move {
                    let may_say = envelope.accepts_response_payload;
                    let shown = hearing.envelope(&kind, envelope.payload).await;
                    let shown = shown.filter(|_| may_say);
                    // A socket that is gone needs none.
                    let _ = acknowledge.send(Acknowledged { id, shown });
                });
                false
            }
            _ => false,
        }
    }
}

impl Hearing {
    /// Hears what is in an envelope; what takes longer goes on, as Slack would show a failure to whoever pressed.
    async fn envelope(&self, kind: &str, payload: Value) -> Option<Value> {
        let hearing = self.clone();
        let taking = match kind {
            "interactive" => return self.interaction(payload, ACKNOWLEDGED_WITHIN).await,
            "events_api" => tokio::spawn(async move { hearing.take_event(&payload).await }),
            "slash_commands" => tokio::spawn(async move { hearing.take_slash(&payload).await }),
            _ => return None,
        };
        let _ = timeout(ACKNOWLEDGED_WITHIN, taking).await;
        None
    }
}
