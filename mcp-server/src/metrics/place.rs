//! Where a caller's question goes, and what it may see there.

use super::promql::{Narrow, Query};
use crate::caller::Caller;
use crate::error::ToolError;
use crate::world::World;
use guard::ids::{Environment, ServiceName};
use sources::metrics::{Prometheus, Selector};
use std::str::FromStr;
use std::time::Duration;

/// A source of which it is not known is taken to scrape so often, where the cost of a query is counted.
const USUAL_SCRAPE: Duration = Duration::from_secs(15);

/// A metric source, for one caller.
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) prometheus: Prometheus,
    /// How often it scrapes, if that is known.
    pub(crate) interval: Option<Duration>,
    /// Matchers that pick the service's series, if one was named.
    pub(crate) service: Option<String>,
}

/// Finds the source by its name or by a service's.
pub(crate) fn place(
    world: &World,
    caller: &Caller,
    service: Option<&str>,
    environment: Option<&str>,
    source: Option<&str>,
) -> Result<Place, ToolError> {
    let outside = world.outside.get();
    let settings = world.settings.get();
    let service = service.map(ServiceName::new).transpose()?;
    let environment = environment.map(Environment::new).transpose()?;
    if service.is_none() && !caller.sees_all() {
        return Err(ToolError::argument(
            "service",
            "this client sees some services alone: name one of them, and the query is narrowed to its series",
        ));
    }
    let mut named = None;
    if let Some(service) = &service {
        let unknown = || ToolError::unknown_service(service.as_str());
        let known = settings.services.iter().find(|one| one.name == *service);
        let known = known
            .filter(|_| caller.sees_service(service))
            .ok_or_else(unknown)?;
        let mut environments = settings.environments_of(known).into_iter();
        let environment = environments
            .find(|one| {
                environment.as_ref().is_none_or(|wanted| wanted == one)
                    && caller.sees_environment(one)
            })
            .ok_or_else(|| {
                ToolError::argument(
                    "environment",
                    "the service has no such environment that this client sees",
                )
            })?;
        let matchers = settings.matchers_of(known, &environment).to_string();
        named = Some((
            matchers,
            outside.services.get(&(service.clone(), environment)),
        ));
    }
    let of_service = named.as_ref().and_then(|(_, place)| *place);
    let mut names = outside.metrics.keys();
    let name = match (source, of_service, names.next(), names.next()) {
        (Some(name), _, _, _) => name.to_owned(),
        (None, Some(place), _, _) => place.source.clone(),
        (None, None, Some(only), None) => only.clone(),
        (None, None, None, _) => {
            return Err(ToolError::Absent(
                "no metric source is configured".to_owned(),
            ));
        }
        (None, None, Some(_), Some(_)) => {
            let all: Vec<&str> = outside.metrics.keys().map(String::as_str).collect();
            return Err(ToolError::argument(
                "source",
                format!("there are several, name one: {}", all.join(", ")),
            ));
        }
    };
    let prometheus = outside.metrics.get(&name).cloned();
    let prometheus = prometheus.ok_or_else(|| {
        let all: Vec<&str> = outside.metrics.keys().map(String::as_str).collect();
        ToolError::argument(
            "source",
            format!("there is no `{name}`; there are: {}", all.join(", ")),
        )
    })?;
    let of_source = outside
        .services
        .values()
        .filter(|place| place.source == name);
    let interval = of_service.map(|place| place.interval);
    let interval = interval.or_else(|| of_source.map(|place| place.interval).min());
    Ok(Place {
        name,
        prometheus,
        interval,
        service: named.map(|(matchers, _)| matchers),
    })
}

impl Place {
    /// How often a series has a sample, in seconds.
    pub(crate) fn scrape_s(&self) -> f64 {
        self.interval.unwrap_or(USUAL_SCRAPE).as_secs_f64().max(0.1)
    }

    /// What picks the service's series, if one was named.
    pub(crate) fn scope(&self) -> Option<Selector> {
        let matchers = self.service.as_ref()?;
        Selector::from_str(&format!("{{{matchers}}}")).ok()
    }

    /// The query as it is asked: where a service is named, every selector is narrowed to its series.
    pub(crate) fn narrowed(&self, query: Query) -> Result<Query, ToolError> {
        let Some(service) = &self.service else {
            return Ok(query);
        };
        let unusable = |problem: String| {
            tracing::error!(
                problem,
                matchers = service,
                "the matchers of a service cannot be used"
            );
            ToolError::Failed
        };
        let by = Narrow::read(service).map_err(unusable)?;
        let narrowed = query.narrowed(&by);
        // What is sent must be what was narrowed, whatever its printing did to it.
        let read = Query::read(narrowed.text()).ok();
        read.filter(|read| read.holds_everywhere(&by))
            .ok_or_else(|| {
                tracing::error!(query = narrowed.text(), "a query cannot be narrowed");
                ToolError::argument(
                    "query",
                    "it cannot be narrowed to the service's series: write it in a simpler way",
                )
            })
    }
}
