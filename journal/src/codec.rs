//! Between the journal's events (name, version, JSON) and the domain's types.
//!
//! Fields are only ever added, with a default. A change of meaning gets a new version here, and an
//! upcaster from the one before it; stored events are never rewritten. `tests/golden` holds every
//! version that was ever released, and a test reads them all.

use guard::apart::{ApartEvent, RecordedApart};
use guard::configuration::ConfigurationEvent;
use guard::event::{Event, Recorded};
use guard::lane::LaneEvent;
use guard::people::PeopleEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{JournalError, NewEvent, Reader, StoredEvent, StreamId};

mod known;

use known::KNOWN;
pub use known::known_events;

/// From one version of an event's payload to the next. `UPCASTERS` is empty until a released shape
/// changes its meaning.
struct Upcaster {
    name: &'static str,
    from: u32,
    change: fn(Value) -> Value,
}

const UPCASTERS: &[Upcaster] = &[];

/// A deployment's event as the journal takes it.
///
/// # Errors
/// [`JournalError::Unstorable`] if it would not come back as it is.
pub fn encode(event: &Event) -> Result<NewEvent, JournalError> {
    payload(event.name(), event)
        .map(|payload| NewEvent::new(event.name(), u32::from(event.version()), payload))
}

/// A lane's event as the journal takes it.
///
/// # Errors
/// As [`encode`].
pub fn encode_lane(event: &LaneEvent) -> Result<NewEvent, JournalError> {
    payload(event.name(), event)
        .map(|payload| NewEvent::new(event.name(), u32::from(event.version()), payload))
}

/// An event of the configuration as the journal takes it.
///
/// # Errors
/// As [`encode`].
pub fn encode_configuration(event: &ConfigurationEvent) -> Result<NewEvent, JournalError> {
    payload(event.name(), event)
        .map(|payload| NewEvent::new(event.name(), u32::from(event.version()), payload))
}

/// An event of people's accounts as the journal takes it.
///
/// # Errors
/// As [`encode`].
pub fn encode_people(event: &PeopleEvent) -> Result<NewEvent, JournalError> {
    payload(event.name(), event)
        .map(|payload| NewEvent::new(event.name(), u32::from(event.version()), payload))
}

/// An event of an incident apart as the journal takes it.
///
/// # Errors
/// As [`encode`].
pub fn encode_apart(event: &ApartEvent) -> Result<NewEvent, JournalError> {
    payload(event.name(), event)
        .map(|payload| NewEvent::new(event.name(), u32::from(event.version()), payload))
}

/// A deployment's event as the domain takes it.
///
/// # Errors
/// [`JournalError::Unfoldable`]: unknown, newer, erased or damaged. Never skip it.
pub fn decode(stored: &StoredEvent) -> Result<Recorded, JournalError> {
    let event: Event = typed(stored)?;
    expect_name(stored, event.name())?;
    Ok(Recorded {
        revision: stored.revision.unsigned_abs(),
        at: stored.at,
        event,
    })
}

/// A lane's event as the domain takes it.
///
/// # Errors
/// As [`decode`].
pub fn decode_lane(stored: &StoredEvent) -> Result<LaneEvent, JournalError> {
    let event: LaneEvent = typed(stored)?;
    expect_name(stored, event.name())?;
    Ok(event)
}

/// An event of the configuration as the domain takes it.
///
/// # Errors
/// As [`decode`].
pub fn decode_configuration(stored: &StoredEvent) -> Result<ConfigurationEvent, JournalError> {
    let event: ConfigurationEvent = typed(stored)?;
    expect_name(stored, event.name())?;
    Ok(event)
}

/// An event of people's accounts as the domain takes it.
///
/// # Errors
/// As [`decode`].
pub fn decode_people(stored: &StoredEvent) -> Result<PeopleEvent, JournalError> {
    let event: PeopleEvent = typed(stored)?;
    expect_name(stored, event.name())?;
    Ok(event)
}

/// An event of an incident apart as the domain takes it.
///
/// # Errors
/// As [`decode`].
pub fn decode_apart(stored: &StoredEvent) -> Result<RecordedApart, JournalError> {
    let event: ApartEvent = typed(stored)?;
    expect_name(stored, event.name())?;
    Ok(RecordedApart {
        revision: stored.revision.unsigned_abs(),
        at: stored.at,
        event,
    })
}

/// All events of a deployment's stream, ready to be folded.
///
/// # Errors
/// What the database refused, or as [`decode`].
pub async fn deployment_events(
    reader: &Reader,
    stream: &StreamId,
) -> Result<Vec<Recorded>, JournalError> {
    reader.events(stream, 0).await?.iter().map(decode).collect()
}

/// Writes the value and reads it back: JSON has no NaN, and what is journalled must fold for ever.
fn payload<T: Serialize + DeserializeOwned + PartialEq>(
    name: &'static str,
    event: &T,
) -> Result<Value, JournalError> {
    let unstorable = |problem: String| JournalError::Unstorable { name, problem };
    let payload = serde_json::to_value(event).map_err(|error| unstorable(error.to_string()))?;
    let back: T = serde_json::from_str(&payload.to_string())
        .map_err(|error| unstorable(format!("it would not be read back: {error}")))?;
    if back == *event {
        Ok(payload)
    } else {
        Err(unstorable(
            "it would be read back as another value".to_owned(),
        ))
    }
}

fn typed<T: DeserializeOwned>(stored: &StoredEvent) -> Result<T, JournalError> {
    let newest = KNOWN
        .iter()
        .find(|(name, _)| *name == stored.name)
        .map(|(_, newest)| *newest);
    let Some(newest) = newest else {
        return Err(unfoldable(stored, "this build does not know the type"));
    };
    if stored.version > newest {
        return Err(unfoldable(
            stored,
            &format!("this build knows up to version {newest}"),
        ));
    }
    let Some(payload) = stored.payload.clone() else {
        return Err(unfoldable(stored, "its payload was erased by retention"));
    };
    let payload = upcast(UPCASTERS, stored, payload, newest)?;
    serde_json::from_value(payload).map_err(|error| unfoldable(stored, &error.to_string()))
}

fn upcast(
    upcasters: &[Upcaster],
    stored: &StoredEvent,
    mut payload: Value,
    newest: u32,
) -> Result<Value, JournalError> {
    for version in stored.version..newest {
        let step = upcasters
            .iter()
            .find(|upcaster| upcaster.name == stored.name && upcaster.from == version)
            .ok_or_else(|| unfoldable(stored, &format!("no way from version {version} onwards")))?;
        payload = (step.change)(payload);
    }
    Ok(payload)
}

/// The payload carries its own tag; a row whose name says something else was changed by hand.
fn expect_name(stored: &StoredEvent, name: &str) -> Result<(), JournalError> {
    if stored.name == name {
        Ok(())
    } else {
        Err(unfoldable(
            stored,
            &format!("its payload is that of a {name}"),
        ))
    }
}

fn unfoldable(stored: &StoredEvent, problem: &str) -> JournalError {
    JournalError::Unfoldable {
        stream: stored.stream.clone(),
        revision: stored.revision,
        name: stored.name.clone(),
        version: stored.version,
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stored(version: u32) -> StoredEvent {
        StoredEvent {
            seq: 7,
            stream: StreamId::deployment("d").unwrap(),
            revision: 3,
            name: "metrics_lost".to_owned(),
            version,
            at: jiff::Timestamp::UNIX_EPOCH,
            payload: Some(json!({"event": "metrics_lost", "source": "prom", "error": "refused"})),
            hash: String::new(),
        }
    }

    #[test]
    fn an_old_version_climbs_to_the_newest_step_by_step() {
        let steps = [
            Upcaster {
                name: "metrics_lost",
                from: 1,
                change: |mut payload| {
                    payload["error"] =
                        json!(format!("{} at first", payload["error"].as_str().unwrap()));
                    payload
                },
            },
            Upcaster {
                name: "metrics_lost",
                from: 2,
                change: |mut payload| {
                    payload["error"] =
                        json!(format!("{}, then", payload["error"].as_str().unwrap()));
                    payload
                },
            },
        ];
        let payload = |stored: &StoredEvent| stored.payload.clone().unwrap();
        let from_1 = upcast(&steps, &stored(1), payload(&stored(1)), 3).unwrap();
        assert_eq!(from_1["error"], "refused at first, then");
        let from_2 = upcast(&steps, &stored(2), payload(&stored(2)), 3).unwrap();
        assert_eq!(from_2["error"], "refused, then");
        let hole = upcast(&steps[1..], &stored(1), payload(&stored(1)), 3).unwrap_err();
        assert!(
            hole.to_string().contains("no way from version 1 onwards"),
            "{hole}"
        );
    }

    #[test]
    fn what_cannot_be_folded_is_an_error_that_names_the_event() {
        let unknown = StoredEvent {
            name: "owl_hooted".to_owned(),
            ..stored(1)
        };
        let erased = StoredEvent {
            payload: None,
            ..stored(1)
        };
        let damaged = StoredEvent {
            payload: Some(json!({"event": "metrics_lost"})),
            ..stored(1)
        };
        let swapped = StoredEvent {
            name: "metrics_back".to_owned(),
            ..stored(1)
        };
        for (event, says) in [
            (
                unknown,
                "a owl_hooted of version 1: this build does not know the type",
            ),
            (
                stored(2),
                "a metrics_lost of version 2: this build knows up to version 1",
            ),
            (erased, "its payload was erased by retention"),
            (damaged, "missing field `source`"),
            (swapped, "its payload is that of a metrics_lost"),
        ] {
            let error = decode(&event).unwrap_err().to_string();
            assert!(error.starts_with("event 3 of deployment/d is"), "{error}");
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_number_that_json_cannot_hold_is_refused_before_it_is_written() {
        let captured = |history_s| Event::BaselineCaptured {
            history_s,
            blind: Vec::new(),
        };
        encode(&captured(0.1 + 0.2)).unwrap();
        for number in [f64::NAN, f64::INFINITY] {
            let error = encode(&captured(number)).unwrap_err().to_string();
            assert!(
                error.contains("a baseline_captured cannot be journalled"),
                "{error}"
            );
        }
    }
}
