//! What tools may read outside: what the services are read from, and nothing by which they are changed.

use engine::services::Service;
use mcp_server::world::{LogPlace, Outside, Place};

/// Where the services are read.
pub(crate) fn of(services: &[Service]) -> Outside {
    let mut outside = Outside::default();
    for service in services {
        let source = &service.watch.source;
        let client = source.gathering.prometheus().clone();
        outside.metrics.insert(source.name.clone(), client);
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
