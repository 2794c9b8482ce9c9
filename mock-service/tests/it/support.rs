//! An open shop for one test.

use std::time::Duration;

use mock_service::{Ended, MockServiceError, Options, bind};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) struct OpenShop {
    pub(crate) base: String,
    pub(crate) switch: String,
    pub(crate) client: Client,
    stop: CancellationToken,
    served: JoinHandle<Ended>,
}

pub(crate) fn options() -> Options {
    Options {
        listen: ([127, 0, 0, 1], 0).into(),
        fault_listen: ([127, 0, 0, 1], 0).into(),
        seed: Some(11),
        error_baseline: 0.0,
        ..Options::default()
    }
}

pub(crate) fn client() -> Client {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    Client::builder()
        .timeout(Duration::from_secs(20))
        .no_proxy()
        .build()
        .unwrap()
}

impl OpenShop {
    pub(crate) async fn new() -> Self {
        Self::with(options()).await.unwrap()
    }

    pub(crate) async fn with(options: Options) -> Result<Self, MockServiceError> {
        let bound = bind(options).await?;
        let stop = CancellationToken::new();
        Ok(Self {
            base: format!("http://{}", bound.listen()),
            switch: format!("http://{}/faults", bound.fault_listen()),
            client: client(),
            served: tokio::spawn(bound.serve(stop.clone().cancelled_owned())),
            stop,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Result<Response> {
        self.client.get(format!("{}{path}", self.base)).send().await
    }

    pub(crate) async fn status(&self, path: &str) -> StatusCode {
        self.get(path).await.unwrap().status()
    }

    pub(crate) async fn page(&self) -> String {
        self.get("/metrics").await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn post_fault(&self, body: &Value) -> (StatusCode, Value) {
        self.post_text(&body.to_string()).await
    }

    pub(crate) async fn post_text(&self, body: &str) -> (StatusCode, Value) {
        let request = self.client.post(&self.switch).body(body.to_owned());
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Begins a fault and returns its id.
    pub(crate) async fn begin(&self, body: &Value) -> String {
        let (status, fault) = self.post_fault(body).await;
        assert_eq!(status, StatusCode::CREATED, "{fault}");
        fault["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn list(&self) -> Value {
        let answer = self.client.get(&self.switch).send().await.unwrap();
        answer.json().await.unwrap()
    }

    pub(crate) async fn end(&self, id: &str) -> StatusCode {
        let request = self.client.delete(format!("{}/{id}", self.switch));
        request.send().await.unwrap().status()
    }

    pub(crate) async fn ended(&mut self) -> Ended {
        (&mut self.served).await.unwrap()
    }

    pub(crate) async fn stop(mut self) -> Ended {
        self.stop.cancel();
        self.ended().await
    }
}

/// The value of one series of a metrics page, by its exact name and labels.
pub(crate) fn value(page: &str, series: &str) -> Option<f64> {
    page.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
        .map(|value| value.parse().unwrap())
}

/// Asks again until `done` says so, for at most `limit`.
pub(crate) async fn until<F: Future<Output = bool>>(limit: Duration, done: impl Fn() -> F) {
    let wait = async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(
        tokio::time::timeout(limit, wait).await.is_ok(),
        "not so within {limit:?}"
    );
}
