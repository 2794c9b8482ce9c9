//! Calls to the service below.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::dice::Dice;
use crate::metrics::{CodeLabels, Metrics};
use crate::{MockServiceError, web};

/// How long the shop waits for the service below.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Median answer of the partner that is simulated when there is no URL.
const PARTNER_SECONDS: f64 = 0.006;
/// Median delay of a call that the fault slows.
const SLOW_SECONDS: f64 = 1.0;

pub(crate) struct Downstream {
    base: Option<(reqwest::Client, String)>,
    dice: Arc<Dice>,
    metrics: Arc<Metrics>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Trouble {
    /// Nobody answered, or the answer was an error.
    Failed,
    TimedOut,
}

impl Downstream {
    pub(crate) fn new(
        url: Option<&str>,
        dice: Arc<Dice>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, MockServiceError> {
        let base = match url {
            Some(url) => Some((web::client(TIMEOUT)?, url.trim_end_matches('/').to_owned())),
            None => None,
        };
        Ok(Self {
            base,
            dice,
            metrics,
        })
    }

    /// Calls the service below; `harmed` is the share of calls that fail or slow.
    pub(crate) async fn call(&self, product: u32, harmed: f64) -> Result<(), Trouble> {
        let since = Instant::now();
        let code = match tokio::time::timeout(TIMEOUT, self.exchange(product, harmed)).await {
            Ok(code) => code,
            Err(_) => "timeout".to_owned(),
        };
        let seconds = since.elapsed().as_secs_f64();
        self.metrics.downstream_seconds.observe(seconds);
        let outcome = match code.as_str() {
            "timeout" => Err(Trouble::TimedOut),
            "error" => Err(Trouble::Failed),
            code if code.starts_with('5') => Err(Trouble::Failed),
            _ => Ok(()),
        };
        let labels = CodeLabels { code };
        self.metrics
            .downstream_requests
            .get_or_create(&labels)
            .inc();
        outcome
    }

    async fn exchange(&self, product: u32, harmed: f64) -> String {
        if self.dice.chance(harmed) {
            if self.dice.chance(0.5) {
                return "503".to_owned();
            }
            let delay = self.dice.lognormal(SLOW_SECONDS, 0.5);
            sleep(Duration::from_secs_f64(delay)).await;
        }
        let Some((client, base)) = &self.base else {
            let seconds = self.dice.lognormal(PARTNER_SECONDS, 0.4);
            sleep(Duration::from_secs_f64(seconds)).await;
            return "200".to_owned();
        };
        match client
            .get(format!("{base}/products/{product}"))
            .send()
            .await
        {
            Ok(answer) => {
                let code = answer.status().as_u16().to_string();
                // Read to the end, or the connection cannot be used again.
                match answer.bytes().await {
                    Ok(_) => code,
                    Err(_) => "error".to_owned(),
                }
            }
            Err(error) if error.is_timeout() => "timeout".to_owned(),
            Err(_) => "error".to_owned(),
        }
    }
}
