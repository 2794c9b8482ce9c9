//! Where the query of a finding can be asked again: in Prometheus' own page, and in Grafana where there is one.

use super::Page;
use config::settings::MetricsSource;
use guard::finding::Finding;
use guard::state::State;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use messages::layout::html::text;
use messages::{Context, say};

/// How much is shown before it began to move, and after.
const BEFORE: SignedDuration = SignedDuration::from_mins(20);
const AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Addresses of one query.
#[derive(Debug, Default, PartialEq, Eq)]
struct Elsewhere {
    prometheus: Option<String>,
    grafana: Option<String>,
}

pub(super) fn of(page: &Page, state: &State, finding: &Finding, context: &Context) -> Markup {
    let elsewhere = elsewhere(page, state, finding).unwrap_or_default();
    html! {
        @if elsewhere != Elsewhere::default() {
            p.reports {
                @if let Some(url) = &elsewhere.prometheus {
                    a href=(url) rel="noreferrer" { (text(&say!(context, "page-in-prometheus"))) }
                }
                @if let Some(url) = &elsewhere.grafana {
                    @if elsewhere.prometheus.is_some() { " · " }
                    a href=(url) rel="noreferrer" { (text(&say!(context, "page-in-grafana"))) }
                }
            }
        }
    }
}

/// Nothing where the service, or its source, is not configured any more.
fn elsewhere(page: &Page, state: &State, finding: &Finding) -> Option<Elsewhere> {
    let plan = state.plan();
    let service = page.engine.service(&plan.service, &plan.environment).ok()?;
    let watch = &service.watch;
    let named = watch
        .signals
        .iter()
        .find(|signal| signal.key == finding.signal);
    let source = named.map_or(&watch.source, |signal| watch.source_of(signal));
    let settings = page.settings.get();
    let mut known = settings.metrics.iter();
    let (_, MetricsSource::Prometheus(source)) = known.find(|one| one.0.as_str() == source.name)?;
    let around = (
        finding.onset_at.saturating_sub(BEFORE).ok()?,
        finding.onset_at.saturating_add(AFTER).ok()?,
    );
    let browsed = source.browse_url.as_ref();
    let grafana = source.grafana.as_ref();
    Some(Elsewhere {
        prometheus: browsed.map(|url| in_prometheus(url.as_str(), &finding.query, around)),
        grafana: grafana
            .map(|one| in_grafana(one.url.as_str(), &one.datasource, &finding.query, around)),
    })
}

fn in_prometheus(base: &str, query: &str, (from, to): (Timestamp, Timestamp)) -> String {
    let seconds = to.duration_since(from).as_secs();
    let end = to.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let pairs = [
        ("g0.expr", query),
        ("g0.tab", "0"),
        ("g0.range_input", &format!("{seconds}s")),
        ("g0.end_input", &end),
    ];
    address(base, "/graph", &pairs)
}

fn in_grafana(
    base: &str,
    datasource: &str,
    query: &str,
    (from, to): (Timestamp, Timestamp),
) -> String {
    let millis = |at: Timestamp| at.as_millisecond().to_string();
    let panes = serde_json::json!({ "tawny": {
        "datasource": datasource,
        "queries": [{ "refId": "A", "expr": query, "datasource": { "type": "prometheus", "uid": datasource } }],
        "range": { "from": millis(from), "to": millis(to) },
    }});
    let pairs = [("schemaVersion", "1"), ("panes", &panes.to_string())];
    address(base, "/explore", &pairs)
}

fn address(base: &str, path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("{}{path}?{}", base.trim_end_matches('/'), query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around() -> (Timestamp, Timestamp) {
        let at: Timestamp = "2026-11-21T03:12:00Z".parse().unwrap();
        (at - BEFORE, at + AFTER)
    }

    #[test]
    fn a_query_stays_one_parameter_of_an_address_whatever_is_in_it() {
        let hostile = "up{a=\"b&c\"} # \"><script>";
        let made = in_prometheus("https://prom.example/x/", hostile, around());
        let url = url::Url::parse(&made).unwrap();
        assert_eq!(
            (url.host_str(), url.path()),
            (Some("prom.example"), "/x/graph")
        );
        let pairs: Vec<_> = url.query_pairs().collect();
        assert_eq!(pairs[0], ("g0.expr".into(), hostile.into()));
        assert_eq!(pairs[2].1, "1800s");
        assert_eq!(pairs[3].1, "2026-11-21 03:22:00");
        assert!(!made.contains(['<', '"', ' ']));
    }

    #[test]
    fn grafana_is_asked_for_the_same_query_and_time() {
        let made = in_grafana("https://graphs.example", "prom-1", "up == 0", around());
        let url = url::Url::parse(&made).unwrap();
        let panes = url
            .query_pairs()
            .find(|(name, _)| name == "panes")
            .unwrap()
            .1;
        let panes: serde_json::Value = serde_json::from_str(&panes).unwrap();
        let pane = &panes["tawny"];
        assert_eq!(pane["queries"][0]["expr"], "up == 0");
        assert_eq!(pane["datasource"], "prom-1");
        assert_eq!(
            pane["range"]["from"],
            around().0.as_millisecond().to_string()
        );
    }
}
