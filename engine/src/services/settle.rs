//! What only a source knows: under which names its signals are read, which instances and versions there are.

use super::{Signal, Source, Watch, load};
use guard::ids::{InstanceId, SignalKey, Version};
use sources::metrics::{Labels, MetricsError, Problem, QueryValue};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What sources are asked before the signals are known.
#[derive(Clone)]
pub struct Open {
    /// Each asks which series there are now, and which there were lately.
    pub queries: Vec<OpenQuery>,
    /// The signals by the answers, one list of label sets for each query.
    pub settle: Settle,
}

/// From what the sources have to what is read: pure, so the same answers give the same signals. Without an
/// answer the usual names stay.
pub type Settle = Arc<dyn Fn(&[Vec<Labels>]) -> Settled + Send + Sync>;

/// One question about what there is.
#[derive(Clone)]
pub struct OpenQuery {
    /// Of now.
    pub now: String,
    /// Of the last hour: for a service that is down at the moment.
    pub lately: String,
    /// Who is asked, if not the watch's own source.
    pub source: Option<Source>,
    /// What was answered; none until then.
    pub answer: Option<Vec<Labels>>,
}

/// The signals of a watch, once the sources were asked.
#[derive(Clone)]
pub struct Settled {
    /// Those that are read.
    pub signals: Vec<Signal>,
    /// Those that the service does not export.
    pub absent: Vec<SignalKey>,
}

/// What came of asking.
#[derive(Debug, Default)]
pub struct Settling {
    /// Whether the signals may be others than before.
    pub changed: bool,
    /// Sources that did not answer, and are asked again: until then their signals have the usual names.
    pub silent: BTreeMap<String, MetricsError>,
}

impl Watch {
    /// Asks the sources what they had at this time (Unix milliseconds), as far as they have not answered yet, and
    /// chooses the signals by it. Asked again for the same time, the answer is the same. A source that refuses
    /// to tell leaves its signals with their usual names.
    pub async fn settle(&mut self, at_ms: i64) -> Settling {
        let Some(open) = &mut self.open else {
            return Settling::default();
        };
        let mut settling = Settling::default();
        for query in &mut open.queries {
            let source = query.source.as_ref().unwrap_or(&self.source);
            if query.answer.is_some() || settling.silent.contains_key(&source.name) {
                continue;
            }
            let answer = match there(source, &query.now, &query.lately, at_ms).await {
                Ok(answer) => answer,
                Err(error) if refuses(&error) => {
                    tracing::warn!(source = source.name, %error, "a metrics source does not tell which metrics it has");
                    Vec::new()
                }
                Err(error) => {
                    settling.silent.insert(source.name.clone(), error);
                    continue;
                }
            };
            query.answer = Some(answer);
            settling.changed = true;
        }
        if settling.changed {
            self.choose();
        }
        settling
    }

    fn choose(&mut self) {
        let Some(open) = &self.open else { return };
        let answers: Vec<Vec<Labels>> = open
            .queries
            .iter()
            .map(|query| query.answer.clone().unwrap_or_default())
            .collect();
        let whole = open.queries.iter().all(|query| query.answer.is_some());
        let settled = (open.settle)(&answers);
        // The choice names the sources as they were when the watch was configured.
        let before = self.clone();
        self.signals = settled.signals;
        self.absent = settled.absent;
        self.load = load(&self.signals);
        if whole {
            self.open = None;
        }
        self.renew(&before);
    }

    /// The instances that the metrics show at this time (Unix milliseconds), in the order of their names.
    ///
    /// # Errors
    /// The source does not answer.
    pub async fn members_at(&self, at_ms: i64) -> Result<Vec<InstanceId>, MetricsError> {
        let Some(query) = &self.members else {
            return Ok(Vec::new());
        };
        let found = labels(&self.source, query, at_ms).await?;
        let names: BTreeSet<InstanceId> = found
            .iter()
            .filter_map(|labels| self.instance_of(labels, &self.instance_label))
            .collect();
        Ok(names.into_iter().collect())
    }

    /// The versions that the metrics show at this time (Unix milliseconds).
    ///
    /// # Errors
    /// The source does not answer.
    pub async fn versions_at(&self, at_ms: i64) -> Result<BTreeSet<Version>, MetricsError> {
        let Some((label, query)) = &self.versions else {
            return Ok(BTreeSet::new());
        };
        let found = labels(&self.source, query, at_ms).await?;
        let versions = found.iter().filter_map(|labels| labels.get(label));
        Ok(versions
            .filter_map(|text| Version::new(text.clone()).ok())
            .collect())
    }
}

async fn there(
    source: &Source,
    now: &str,
    lately: &str,
    at_ms: i64,
) -> Result<Vec<Labels>, MetricsError> {
    let found = labels(source, now, at_ms).await?;
    if found.is_empty() {
        labels(source, lately, at_ms).await
    } else {
        Ok(found)
    }
}

/// Whether it answers, but not to this.
fn refuses(error: &MetricsError) -> bool {
    matches!(
        *error.problem,
        Problem::Refused { .. } | Problem::TooLarge { .. }
    )
}

/// The label sets of an instant query's answer.
async fn labels(source: &Source, query: &str, at_ms: i64) -> Result<Vec<Labels>, MetricsError> {
    let prometheus = source.gathering.prometheus();
    Ok(match prometheus.instant(query, at_ms).await?.value {
        QueryValue::Vector(series) => series.into_iter().map(|one| one.labels).collect(),
        QueryValue::Matrix(_) | QueryValue::Scalar(_) | QueryValue::String(_) => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use guard::detect::{Direction, Sensitivity, SignalKind, SignalSpec};
    use sources::metrics::{Gathering, Prometheus, PrometheusConfig};
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    fn source(name: &str, url: String) -> Source {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut config = PrometheusConfig::new(url);
        config.retry.total = Duration::from_millis(200);
        Source {
            name: name.to_owned(),
            gathering: Gathering::new(Prometheus::new(config).unwrap()),
        }
    }

    fn signal(key: &str, source: &Source) -> Signal {
        Signal {
            key: SignalKey::new(key).unwrap(),
            spec: SignalSpec::new(key, SignalKind::Throughput, Direction::Down),
            series: Vec::new(),
            query: String::new(),
            on_failure: None,
            expression: None,
            source: Some(source.clone()),
            scale: 1.0,
            instance_label: None,
            together: false,
            of_dependency: false,
        }
    }

    /// A watch in which one preset is read in `other`, and is chosen by the names that are there.
    fn watch(main: &Source, other: &Source) -> Watch {
        let captured = other.clone();
        let settle = move |answers: &[Vec<Labels>]| {
            let names = answers[0]
                .iter()
                .filter_map(|labels| labels.get("__name__"));
            let signals: Vec<Signal> = names.map(|name| signal(name, &captured)).collect();
            let usual = vec![signal("usual", &captured)];
            Settled {
                signals: if signals.is_empty() { usual } else { signals },
                absent: Vec::new(),
            }
        };
        Watch {
            source: main.clone(),
            interval: Duration::from_secs(5),
            instance_label: "instance".to_owned(),
            instance_names: Vec::new(),
            signals: vec![signal("usual", other)],
            probes: Vec::new(),
            load: None,
            baseline: Duration::from_secs(60),
            sensitivity: Sensitivity::default(),
            open: Some(Open {
                queries: vec![OpenQuery {
                    now: "now".to_owned(),
                    lately: "lately".to_owned(),
                    source: Some(other.clone()),
                    answer: None,
                }],
                settle: Arc::new(settle),
            }),
            absent: Vec::new(),
            members: None,
            versions: None,
        }
    }

    /// Answers every query with one series of this name, until dropped.
    async fn server(metric: &'static str) -> (String, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let body = format!(
            r#"{{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{{"__name__":"{metric}"}},"value":[1,"1"]}}]}}}}"#
        );
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 4096];
                let _ = stream.read(&mut asked).await;
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all((head + &body).as_bytes()).await;
            }
        });
        (url, task)
    }

    fn keys(watch: &Watch) -> Vec<&str> {
        watch.signals.iter().map(|one| one.key.as_str()).collect()
    }

    #[tokio::test]
    async fn a_source_that_is_silent_keeps_the_usual_names_and_is_asked_again_where_it_is_after_a_reload()
     {
        let nobody = "http://127.0.0.1:9".to_owned();
        let main = source("main", nobody.clone());
        let mut watch = watch(&main, &source("other", nobody));
        let settling = watch.settle(1000).await;
        assert!(!settling.changed && settling.silent.contains_key("other"));
        assert_eq!(keys(&watch), ["usual"]);

        let (url, server) = server("found").await;
        let moved = source("other", url);
        let mut now = self::watch(&main, &moved);
        now.open = None;
        watch.renew(&now);
        let settling = watch.settle(1000).await;
        assert!(settling.changed && settling.silent.is_empty());
        assert_eq!(keys(&watch), ["found"]);
        assert!(watch.open.is_none());
        assert_eq!(watch.load.as_ref().map(SignalKey::as_str), Some("found"));
        // What was chosen is read where the source is now.
        let base = |source: &Source| source.gathering.prometheus().base_url();
        assert_eq!(base(watch.source_of(&watch.signals[0])), base(&moved));
        let again = watch.settle(1000).await;
        assert!(!again.changed, "it is settled once");
        server.abort();
    }
}
