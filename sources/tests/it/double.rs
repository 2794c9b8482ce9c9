//! A server that speaks HTTP byte by byte, so that it can also break off.

use std::sync::{Arc, Mutex, MutexGuard};

use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Header lines in lower case.
    pub(crate) headers: Vec<String>,
    /// Parameters of the URL and of the form.
    pub(crate) params: Vec<(String, String)>,
}

impl Seen {
    pub(crate) fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn has_header(&self, line: &str) -> bool {
        self.headers.iter().any(|h| h == line)
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Http {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// A JSON body packed with gzip, as it stands.
    Gzip(Vec<u8>),
    /// Promises more bytes than it sends, then falls silent.
    Stalls(String),
    /// Promises more bytes than it sends, then hangs up.
    CutShort(String),
    /// Sends without ever saying how much, until the reader has had enough.
    Endless,
    /// Takes the request and stays silent.
    Silence,
    /// Takes the request and hangs up.
    HangUp,
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Http {
            status,
            headers: vec![("content-type", "application/json".into())],
            body: body.into(),
        }
    }

    pub(crate) fn html(status: u16, body: impl Into<String>) -> Self {
        Self::Http {
            status,
            headers: vec![("content-type", "text/html".into())],
            body: body.into(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Http { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }

    /// A successful answer with `data`.
    pub(crate) fn success(data: &str) -> Self {
        Self::json(200, format!(r#"{{"status":"success","data":{data}}}"#))
    }

    /// An instant query's answer without series.
    pub(crate) fn empty() -> Self {
        Self::success(r#"{"resultType":"vector","result":[]}"#)
    }
}

/// Runs until dropped.
pub(crate) struct Double {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Double {
    /// Answers each request with what `answer` says to it and its number from 0.
    pub(crate) async fn start(
        answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let log = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), log.clone()));
            }
        });
        Self { url, seen, task }
    }

    /// Answers with the replies of `script` in turn, the last one for ever.
    pub(crate) async fn script(script: Vec<Reply>) -> Self {
        Self::start(move |_, n| script[n.min(script.len() - 1)].clone()).await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

async fn serve(
    mut stream: TcpStream,
    answer: Arc<impl Fn(&Seen, usize) -> Reply>,
    log: Arc<Mutex<Vec<Seen>>>,
) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    let number = {
        let mut log = lock(&log);
        log.push(request.clone());
        log.len() - 1
    };
    let head = "content-type: application/json\r\nconnection: close\r\n";
    match answer(&request, number) {
        Reply::Http {
            status,
            headers,
            body,
        } => {
            let headers: String = headers
                .iter()
                .map(|(n, v)| format!("{n}: {v}\r\n"))
                .collect();
            let length = body.len();
            let text = format!(
                "HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Reply::Gzip(body) => {
            let length = body.len();
            let text = format!(
                "HTTP/1.1 200 OK\r\n{head}content-encoding: gzip\r\ncontent-length: {length}\r\n\r\n"
            );
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.write_all(&body).await;
        }
        Reply::Stalls(body) => {
            let length = body.len() + 100;
            let text = format!("HTTP/1.1 200 OK\r\n{head}content-length: {length}\r\n\r\n{body}");
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.read(&mut [0; 1]).await;
        }
        Reply::CutShort(body) => {
            let length = body.len() + 100;
            let text = format!("HTTP/1.1 200 OK\r\n{head}content-length: {length}\r\n\r\n{body}");
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Reply::Endless => {
            let text = format!("HTTP/1.1 200 OK\r\n{head}\r\n");
            let mut sent = stream.write_all(text.as_bytes()).await;
            while sent.is_ok() {
                sent = stream.write_all(&[b' '; 4096]).await;
            }
        }
        Reply::Silence => {
            // Ends when the client gives up and closes.
            let _ = stream.read(&mut [0; 1]).await;
        }
        Reply::HangUp => {}
    }
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end;
        }
        let mut chunk = [0; 8192];
        let n = stream.read(&mut chunk).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&chunk[..n]);
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap(), first.next().unwrap());
    let headers: Vec<String> = lines.map(str::to_owned).collect();
    let value = |name: &str| {
        let found = headers
            .iter()
            .find_map(|h| h.strip_prefix(&format!("{name}: ")));
        found.map(str::to_owned)
    };
    let length: usize = value("content-length").map_or(0, |v| v.parse().unwrap());
    let mut body = bytes[head_end + 4..].to_vec();
    while body.len() < length {
        let mut chunk = [0; 8192];
        let n = stream.read(&mut chunk).await.ok().filter(|n| *n > 0)?;
        body.extend_from_slice(&chunk[..n]);
    }
    // A proxy is asked with the whole URL.
    let url = match target.strip_prefix('/') {
        Some(path) => format!("http://double/{path}"),
        None => target.to_owned(),
    };
    let url = Url::parse(&url).unwrap();
    let mut params = pairs(&url);
    if !body.is_empty() {
        let form = value("content-type");
        assert_eq!(form.as_deref(), Some("application/x-www-form-urlencoded"));
        let form = format!("http://double/?{}", String::from_utf8(body).unwrap());
        params.extend(pairs(&Url::parse(&form).unwrap()));
    }
    Some(Seen {
        method: method.to_owned(),
        path: url.path().to_owned(),
        headers,
        params,
    })
}

fn pairs(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().into_owned().collect()
}
