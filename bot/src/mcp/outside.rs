//! What tools may read outside: what the services are read from, and nothing by which they are changed.

use engine::services::Service;
use mcp_server::world::{LogPlace, Outside, Place};
use sources::metrics::Manners;

/// Where the services are read.
pub(crate) fn of(services: &[Service]) -> Outside {
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
        };
        let key = (service.name.clone(), service.environment.clone());
        outside.services.insert(key, place);
    }
    outside
}
