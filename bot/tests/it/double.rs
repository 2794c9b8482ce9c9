//! A server that speaks HTTP byte by byte, so that it can also break off, go away and come back.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Without the question mark.
    pub(crate) query: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What to answer.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Http {
        status: u16,
        body: Vec<u8>,
    },
    /// Promises all of it, sends half, and hangs up.
    CutShort(Vec<u8>),
    /// Answers when the gate is opened.
    Later {
        gate: Arc<Semaphore>,
        body: Vec<u8>,
    },
    /// Too much: to be asked again after so many seconds.
    Wait(u64),
    /// It is to be had there.
    Elsewhere(String),
    /// Takes the request and hangs up.
    HangUp,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Http {
            status,
            body: body.to_string().into_bytes(),
        }
    }
}

type Answer = dyn Fn(&Request) -> Reply + Send + Sync;

/// Answers until it is dropped or told to go away.
pub(crate) struct Double {
    address: SocketAddr,
    answer: Arc<Answer>,
    task: Option<JoinHandle<()>>,
}

impl Double {
    pub(crate) async fn start(
        address: SocketAddr,
        answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let mut double = Self {
            address,
            answer: Arc::new(answer),
            task: None,
        };
        double.come_back().await;
        double
    }

    /// Refuses every connection from now on.
    pub(crate) async fn go_away(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // Its listener is closed once the task is gone.
            let _ = task.await;
        }
    }

    /// Answers again, at the same address.
    pub(crate) async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let answer = Arc::clone(&self.answer);
        self.task = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answer)));
            }
        }));
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn serve(mut stream: TcpStream, answer: Arc<Answer>) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    let mut more = String::new();
    let (status, promised, body) = match answer(&request) {
        Reply::Http { status, body } => (status, body.len(), body),
        Reply::CutShort(mut body) => {
            let promised = body.len();
            body.truncate(promised / 2);
            (200, promised, body)
        }
        Reply::Later { gate, body } => {
            drop(gate.acquire().await);
            (200, body.len(), body)
        }
        Reply::Wait(seconds) => {
            more = format!("retry-after: {seconds}\r\n");
            (429, 0, Vec::new())
        }
        Reply::Elsewhere(url) => {
            more = format!("location: {url}\r\n");
            (302, 0, Vec::new())
        }
        Reply::HangUp => return,
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {promised}\r\n{more}connection: close\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&body).await;
    let _ = stream.shutdown().await;
}

/// None when the client leaves before it has asked anything.
async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = bytes[head_end + 4..].to_vec();
    while body.len() < length {
        more(stream, &mut body).await?;
    }
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body,
    })
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 8192];
    let n = stream.read(&mut chunk).await.ok().filter(|n| *n > 0)?;
    bytes.extend_from_slice(&chunk[..n]);
    Some(())
}
