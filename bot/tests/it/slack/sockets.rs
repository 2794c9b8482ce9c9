//! Slack's end of Socket Mode.

use crate::wait::until;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

/// What one end sends; none is to go without a word.
type Outgoing = mpsc::UnboundedSender<Option<Message>>;

#[derive(Default)]
struct Inner {
    /// Every socket there ever was, and whether it is open.
    all: Vec<(Outgoing, bool)>,
    tickets: BTreeSet<String>,
    /// The socket and the envelope that was acknowledged over it.
    acknowledged: Vec<(usize, String)>,
    /// What was said with the acknowledgement.
    answers: std::collections::BTreeMap<String, Value>,
    faults: Vec<String>,
}

pub(super) struct Sockets {
    inner: Arc<Mutex<Inner>>,
    task: JoinHandle<()>,
}

impl Sockets {
    pub(super) async fn start(address: SocketAddr) -> Self {
        let inner: Arc<Mutex<Inner>> = Arc::default();
        let listener = TcpListener::bind(address).await.unwrap();
        let serving = Arc::clone(&inner);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&serving)));
            }
        });
        Self { inner, task }
    }

    /// Waits until so many sockets were opened, and says which of them are open now.
    pub(super) async fn opened(&self, count: usize) -> Vec<bool> {
        until("a socket is opened", async || {
            let inner = self.inner.lock().unwrap();
            let open = inner.all.iter().map(|(_, open)| *open).collect::<Vec<_>>();
            (open.len() >= count).then_some(open)
        })
        .await
    }

    pub(super) fn say(&self, socket: usize, said: &str) {
        let inner = self.inner.lock().unwrap();
        inner.all[socket].0.send(Some(Message::text(said))).unwrap();
    }

    /// Sends an envelope and waits until it is acknowledged over the same socket.
    pub(super) async fn deliver(&self, socket: usize, kind: &str, id: &str, payload: &Value) {
        let envelope = json!({
            "type": kind, "envelope_id": id, "payload": payload,
            "accepts_response_payload": kind == "interactive",
        });
        self.say(socket, &envelope.to_string());
        until("it is acknowledged", async || {
            let inner = self.inner.lock().unwrap();
            let done = (socket, id.to_owned());
            inner.acknowledged.contains(&done).then_some(())
        })
        .await;
    }

    /// What was said with the acknowledgement of an envelope; null where nothing was.
    pub(super) fn answer(&self, id: &str) -> Value {
        let inner = self.inner.lock().unwrap();
        inner.answers[id].clone()
    }

    /// Goes without a word.
    pub(super) fn drop_line(&self, socket: usize) {
        let inner = self.inner.lock().unwrap();
        inner.all[socket].0.send(None).unwrap();
    }

    /// Each envelope was acknowledged once, and nothing else was said.
    pub(super) fn all_is_well(&self) {
        let inner = self.inner.lock().unwrap();
        assert_eq!(inner.faults, [""; 0]);
        let ids: BTreeSet<_> = inner.acknowledged.iter().map(|(_, id)| id).collect();
        assert_eq!(
            ids.len(),
            inner.acknowledged.len(),
            "{:?}",
            inner.acknowledged
        );
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, inner: Arc<Mutex<Inner>>) {
    let tickets = Arc::clone(&inner);
    // A ticket is good for one socket.
    #[allow(clippy::result_large_err, reason = "the library says so")]
    let fresh = move |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let ticket = request.uri().query().unwrap_or_default().to_owned();
        if tickets.lock().unwrap().tickets.insert(ticket) {
            Ok(response)
        } else {
            Err(ErrorResponse::new(Some("used".to_owned())))
        }
    };
    let Ok(mut socket) = accept_hdr_async(stream, fresh).await else {
        return;
    };
    let (outgoing, mut to_send) = mpsc::unbounded_channel();
    let at = {
        let mut inner = inner.lock().unwrap();
        inner.all.push((outgoing, true));
        inner.all.len() - 1
    };
    let hello = json!({ "type": "hello", "num_connections": 1, "connection_info": { "app_id": "A0TAWNY" } });
    let _ = socket.send(Message::text(hello.to_string())).await;
    let _ = socket.send(Message::Ping("ping".into())).await;
    loop {
        tokio::select! {
            said = to_send.recv() => match said.flatten() {
                Some(message) => { let _ = socket.send(message).await; }
                None => break,
            },
            heard = socket.next() => match heard {
                Some(Ok(Message::Text(text))) => {
                    let said: Value = serde_json::from_str(&text).unwrap_or_default();
                    let mut inner = inner.lock().unwrap();
                    match said["envelope_id"].as_str() {
                        Some(id) => {
                            inner.answers.insert(id.to_owned(), said["payload"].clone());
                            inner.acknowledged.push((at, id.to_owned()));
                        }
                        None => inner.faults.push(text.to_string()),
                    }
                }
                Some(Ok(Message::Pong(_) | Message::Ping(_))) => {}
                _ => break,
            },
        }
    }
    inner.lock().unwrap().all[at].1 = false;
}
