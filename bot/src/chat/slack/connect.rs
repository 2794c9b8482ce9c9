//! A WebSocket over the HTTP client that everything else goes through: its TLS, its proxies, its names.

use reqwest::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use reqwest::{StatusCode, Upgraded};
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// How long the other side may take to agree.
const AGREES_WITHIN: Duration = Duration::from_secs(15);
/// Bytes of one message: Slack sends the whole message with each press.
const MOST: usize = 1024 * 1024;

pub(super) type Socket = WebSocketStream<Upgraded>;

/// Why there is no socket. The address is not in it: whoever has it can listen.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoSocket {
    #[error("the address is none of a socket")]
    Address,
    #[error("{0}")]
    Http(String),
    #[error("it answered {0} instead of changing the protocol")]
    Status(StatusCode),
    #[error("it does not speak the protocol")]
    NotAccepted,
    #[error("it did not agree in time")]
    TooSlow,
}

/// A client for sockets: only the first version of HTTP can change the protocol.
pub(super) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(AGREES_WITHIN)
        .build()
}

/// Opens a socket at a `ws://` or `wss://` address.
pub(super) async fn connect(http: &reqwest::Client, url: &str) -> Result<Socket, NoSocket> {
    let rest = url.strip_prefix("ws").ok_or(NoSocket::Address)?;
    let key = generate_key();
    let request = http
        .get(format!("http{rest}"))
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, &key);
    let agreed = async {
        let answer = request.send().await.map_err(said)?;
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(NoSocket::Status(answer.status()));
        }
        let accepted = answer.headers().get(SEC_WEBSOCKET_ACCEPT);
        let wanted = derive_accept_key(key.as_bytes());
        if accepted.is_none_or(|accepted| accepted.as_bytes() != wanted.as_bytes()) {
            return Err(NoSocket::NotAccepted);
        }
        answer.upgrade().await.map_err(said)
    };
    let stream = timeout(AGREES_WITHIN, agreed)
        .await
        .map_err(|_| NoSocket::TooSlow)??;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MOST))
        .max_frame_size(Some(MOST));
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
}

fn said(error: reqwest::Error) -> NoSocket {
    NoSocket::Http(error.without_url().to_string())
}
