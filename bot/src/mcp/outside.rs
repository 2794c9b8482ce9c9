//! What tools may read outside: what the services are read from, and nothing by which they are changed.

use engine::services::{Part, Service, Watch};
use guard::detect::Use;
use mcp_server::world::{LogPlace, Measured, Measures, Outside, Place, SignalMeasured};
use sources::metrics::Manners;
use std::sync::Arc;

/// Where the services are read.
#[must_use]
pub fn of(services: &[Service]) -> Outside {
    let mut outside = Outside::default();
    for service in services {
        let source = &service.watch.source;
        let guest = || source.gathering.prometheus().for_guests(Manners::default());
        let known = outside.metrics.entry(source.name.clone());
        known.or_insert_with(guest);
        let logs = service.logs.iter().map(|logs| LogPlace {
            open: logs.open.clone(),
            bounds: logs.bounds,
        });
        let place = Place {
            source: source.name.clone(),
            interval: service.watch.interval,
            code: service.code.clone(),
            logs: logs.collect(),
            measures: measures(&service.watch),
        };
        let key = (service.name.clone(), service.environment.clone());
        outside.services.insert(key, place);
    }
    outside
}

/// What a watch that began now would measure.
fn measures(watch: &Watch) -> Measures {
    let watch = watch.clone();
    Arc::new(move || {
        let mut watch = watch.clone();
        Box::pin(async move {
            watch.settle(jiff::Timestamp::now().as_millisecond()).await;
            let signals = watch.signals.iter().map(|signal| SignalMeasured {
                spec: signal.spec.clone(),
                query: signal.query.clone(),
                of_dependency: signal.of_dependency,
            });
            Measured {
                signals: signals.collect(),
                load: load(&watch),
            }
        })
    })
}

/// Requests a second: of the signal that counts them, or of the one that counts how many fail.
fn load(watch: &Watch) -> Option<String> {
    let own = |signal: &&engine::services::Signal| !signal.of_dependency;
    watch.signals.iter().filter(own).find_map(|signal| {
        let all = |part: &Part| *part == Part::Use(Use::Total);
        let load = watch.load.as_ref() == Some(&signal.key);
        let used = signal.series.iter().filter(|(_, part)| load || all(part));
        let rates: Vec<String> = used
            .map(|(selector, _)| format!("sum(rate({selector}[15m]))"))
            .collect();
        (!rates.is_empty()).then(|| rates.join(" + "))
    })
}
