//! The record and the metrics, read by this process itself beside no server.

use super::Place;
use crate::{mcp, wire};
use config::{Live, Lookup};
use guard::actor::Actor;
use guard::ids::PersonId;
use journal::{Journal, JournalOptions};
use mcp_server::world::Clock;
use mcp_server::{Caller, World};
use messages::BaseUrl;
use std::path::Path;

/// What can be read with this configuration. Nothing is written: a server may be writing.
pub(super) async fn world(place: &Place) -> Result<(World, Journal), String> {
    let path = place.config.as_deref().unwrap_or(Path::new("tawny.yaml"));
    let settings = config::load(path, &Lookup::system())
        .map_err(|errors| format!("the configuration cannot be used:\n{errors}"))?;
    let url = wire::journal_url(&settings).map_err(|error| error.to_string())?;
    let services = wire::services(&settings).map_err(|error| error.to_string())?;
    let options = JournalOptions {
        known_events: Some(journal::codec::known_events()),
        ..JournalOptions::default()
    };
    let journal = Journal::open_read_only(&url, options).await;
    let journal = journal.map_err(|error| format!("journal: {error}"))?;
    let public = settings.server.public_url.as_ref();
    let page = public.and_then(|url| BaseUrl::new(url.as_str()).ok());
    let world = World {
        reader: journal.reader(),
        inbox: None,
        settings: Live::new(settings),
        outside: Live::new(mcp::outside::of(&services)),
        page,
        clock: Clock::default(),
        histories: std::sync::Arc::default(),
    };
    Ok((world, journal))
}

/// Whoever began this process: they can read the files that it reads.
pub(super) fn caller() -> Caller {
    let actor = match PersonId::new("local") {
        Ok(id) => Actor::Machine { id, roles: vec![] },
        Err(_) => Actor::Policy,
    };
    Caller::reader("local", actor)
}
