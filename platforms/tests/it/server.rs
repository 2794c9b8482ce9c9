//! A package server on this machine.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use guard::plan::Package;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

#[derive(Default)]
struct Shelf {
    packages: Mutex<BTreeMap<String, Vec<u8>>>,
    fetched: AtomicU32,
}

/// Serves until dropped.
pub(crate) struct PackageServer {
    pub(crate) address: SocketAddr,
    shelf: Arc<Shelf>,
    task: JoinHandle<()>,
}

impl PackageServer {
    pub(crate) async fn start() -> Self {
        let shelf = Arc::<Shelf>::default();
        let app = Router::new()
            .route("/p/{name}", get(fetch))
            .route(
                "/moved",
                get(async || Redirect::to("http://elsewhere.example/p/v2")),
            )
            .with_state(Arc::clone(&shelf));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            shelf,
            task,
        }
    }

    /// Puts a package on the shelf and says what it is.
    pub(crate) fn put(&self, name: &str, bytes: Vec<u8>) -> Package {
        let package = crate::release::package(self.url(&format!("p/{name}")), &bytes);
        let mut packages = self.shelf.packages.lock().unwrap();
        packages.insert(name.to_owned(), bytes);
        package
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    pub(crate) fn fetched(&self) -> u32 {
        self.shelf.fetched.load(Ordering::SeqCst)
    }
}

impl Drop for PackageServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn fetch(State(shelf): State<Arc<Shelf>>, Path(name): Path<String>) -> Response {
    shelf.fetched.fetch_add(1, Ordering::SeqCst);
    match shelf.packages.lock().unwrap().get(&name) {
        Some(bytes) => bytes.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Announces `announced` bytes, sends `sent` and hangs up, each time it is asked.
pub(crate) async fn liar(announced: usize, sent: Vec<u8>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/p", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {announced}\r\n\r\n");
            let _ = socket.write_all(head.as_bytes()).await;
            let _ = socket.write_all(&sent).await;
        }
    });
    (url, task)
}
