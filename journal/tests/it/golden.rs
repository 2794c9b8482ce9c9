//! `tests/golden/events.jsonl` holds every version of every event that was ever released, with every
//! shape its fields can take. Lines are added, never changed: they are what is in people's journals.

use std::collections::BTreeSet;

use guard::apart::{Apart, ApartEvent, RecordedApart};
use guard::configuration::ConfigurationEvent;
use guard::event::{Event, Recorded};
use guard::ids::IncidentId;
use guard::lane::{Lane, LaneEvent};
use guard::people::PeopleEvent;
use guard::state::{State, Status};
use journal::codec::{
    decode, decode_apart, decode_configuration, decode_lane, decode_people, encode, encode_apart,
    encode_configuration, encode_lane, encode_people, known_events,
};
use journal::{Journal, JournalOptions, NewEvent, StoredEvent, StreamId, Transaction};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{Bench, Engine, Postgres, Sqlite, deployment, options, start};

fn golden() -> Vec<StoredEvent> {
    include_str!("../golden/events.jsonl")
        .lines()
        .zip(1..)
        .map(|(line, n)| {
            let line: Value = serde_json::from_str(line).unwrap();
            StoredEvent {
                seq: n,
                stream: deployment("golden"),
                revision: n,
                name: line["name"].as_str().unwrap().to_owned(),
                version: u32::try_from(line["version"].as_u64().unwrap()).unwrap(),
                at: start(),
                payload: Some(line["payload"].clone()),
                hash: String::new(),
            }
        })
        .collect()
}

fn is_lane(event: &StoredEvent) -> bool {
    event.name.starts_with("lane_")
}

fn is_configuration(event: &StoredEvent) -> bool {
    event.name.starts_with("configuration_")
}

fn is_of_people(event: &StoredEvent) -> bool {
    event.name.starts_with("people_")
}

fn is_apart(event: &StoredEvent) -> bool {
    event.name.starts_with("incident_")
}

/// Of lanes and of deployments; what happens to the configuration is not folded, and the others are elsewhere.
fn folded() -> (Vec<StoredEvent>, Vec<StoredEvent>) {
    let elsewhere = [is_configuration, is_of_people, is_apart];
    golden()
        .into_iter()
        .filter(|event| !elsewhere.iter().any(|is| is(event)))
        .partition(is_lane)
}

/// Everything the old payload says, the new one says too; it may say more.
fn keeps(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => old
            .iter()
            .all(|(key, value)| new.get(key).is_some_and(|new| keeps(value, new))),
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| keeps(old, new))
        }
        _ => old == new,
    }
}

#[test]
fn every_released_event_is_read_and_nothing_it_said_is_lost() {
    for stored in golden() {
        let again: NewEvent = if is_lane(&stored) {
            encode_lane(&decode_lane(&stored).unwrap()).unwrap()
        } else if is_apart(&stored) {
            encode_apart(&decode_apart(&stored).unwrap().event).unwrap()
        } else if is_configuration(&stored) {
            encode_configuration(&decode_configuration(&stored).unwrap()).unwrap()
        } else if is_of_people(&stored) {
            encode_people(&decode_people(&stored).unwrap()).unwrap()
        } else {
            encode(&decode(&stored).unwrap().event).unwrap()
        };
        assert_eq!(again.name, stored.name);
        let newest = known_events()
            .into_iter()
            .find(|(name, _)| *name == stored.name)
            .unwrap()
            .1;
        assert_eq!(
            again.version, newest,
            "{}: what is written is the newest version",
            again.name
        );
        if stored.version == newest {
            let old = stored.payload.unwrap();
            assert!(
                keeps(&old, &again.payload),
                "\n   {old}\nbecame {}",
                again.payload
            );
        }
    }
}

#[test]
fn the_golden_file_has_every_version_of_every_event_that_can_be_written() {
    let golden: BTreeSet<(String, u32)> = golden()
        .into_iter()
        .map(|event| (event.name, event.version))
        .collect();
    let known: BTreeSet<(String, u32)> = known_events()
        .into_iter()
        .flat_map(|(name, newest)| (1..=newest).map(move |version| (name.clone(), version)))
        .collect();
    assert_eq!(golden, known);
    let mut written: BTreeSet<String> = variants::<Event>().into_iter().collect();
    written.extend(
        variants::<LaneEvent>()
            .into_iter()
            .map(|name| format!("lane_{name}")),
    );
    written.extend(
        variants::<ApartEvent>()
            .into_iter()
            .map(|name| format!("incident_{name}")),
    );
    written.extend(
        variants::<ConfigurationEvent>()
            .into_iter()
            .map(|name| format!("configuration_{name}")),
    );
    written.extend(
        variants::<PeopleEvent>()
            .into_iter()
            .map(|name| format!("people_{name}")),
    );
    let named: BTreeSet<String> = known_events().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        written, named,
        "a new event needs its line in codec.rs and in the golden file"
    );
}

/// The variants of an enum, from what serde says to a wrong one.
fn variants<T: DeserializeOwned>() -> Vec<String> {
    let error = serde_json::from_value::<T>(json!({"event": "?"}))
        .err()
        .unwrap()
        .to_string();
    // Two are said as "expected `a` or `b`".
    let (_, list) = error.split_once("expected ").unwrap();
    list.trim_start_matches("one of ")
        .replace(" or ", ", ")
        .split(", ")
        .map(|name| name.trim_matches('`').to_owned())
        .collect()
}

#[test]
fn the_golden_events_fold() {
    let (lane, deployment) = folded();
    // The other shapes of a beginning are no second beginning.
    let mut records: Vec<Recorded> = deployment
        .iter()
        .map(|event| decode(event).unwrap())
        .collect();
    records.drain(1..3);
    for (record, revision) in records.iter_mut().zip(1..) {
        record.revision = revision;
    }
    let state = State::fold(&records).unwrap().unwrap();
    assert_eq!(state.status(), Status::Superseded);
    assert_eq!(state.revision(), records.len() as u64);
    assert_eq!(state.plan().to.as_str(), "v2");
    assert_eq!(state.actions().count(), 3);
    assert_eq!(state.approvals().count(), 4);

    let plan = state.plan();
    let mut folded = Lane::empty(plan.service.clone(), plan.environment.clone());
    for (event, revision) in lane.iter().zip(1..) {
        folded.push(&decode_lane(event).unwrap(), revision, event.at);
    }
    assert_eq!(folded.holder(), None);
    assert_eq!(folded.last_good().unwrap().as_str(), "v2");
    assert!(folded.take(&plan.deployment).is_ok(), "unfrozen");

    let apart: Vec<RecordedApart> = golden()
        .iter()
        .filter(|event| is_apart(event))
        .map(|event| decode_apart(event).unwrap())
        .collect();
    let apart = Apart::fold(IncidentId::new("inc_1").unwrap(), &apart);
    assert_eq!((apart.joined(), apart.firing()), (3, 2));
    assert_eq!(
        (apart.storm, apart.reopened, apart.is_open()),
        (true, 2, true)
    );
}

#[tokio::test]
async fn golden_events_come_out_of_sqlite_as_they_went_in() {
    come_out_as_they_went_in::<Sqlite>().await;
}

#[tokio::test]
async fn golden_events_come_out_of_postgresql_as_they_went_in() {
    come_out_as_they_went_in::<Postgres>().await;
}

async fn come_out_as_they_went_in<E: Engine>() {
    let bench = Bench::<E>::new().await;
    let (stream, lane) = (deployment("dep_1"), StreamId::lane("shop", "prod").unwrap());
    let (lane_golden, golden) = folded();
    let events: Vec<Event> = golden
        .iter()
        .map(|event| decode(event).unwrap().event)
        .collect();
    let lane_events: Vec<LaneEvent> = lane_golden
        .iter()
        .map(|event| decode_lane(event).unwrap())
        .collect();
    let transaction = Transaction::at(bench.now())
        .append(
            &stream,
            0,
            events.iter().map(|event| encode(event).unwrap()).collect(),
        )
        .append(
            &lane,
            0,
            lane_events
                .iter()
                .map(|event| encode_lane(event).unwrap())
                .collect(),
        );
    bench.writer.append(transaction).await.unwrap();
    let read = journal::codec::deployment_events(&bench.reader, &stream)
        .await
        .unwrap();
    let read: Vec<Event> = read.into_iter().map(|record| record.event).collect();
    assert_eq!(read, events);

    // And a build that knows them all may write.
    bench.journal.close().await.unwrap();
    let knowing = JournalOptions {
        known_events: Some(known_events()),
        ..options(&bench.clock)
    };
    Journal::open(&bench.place.url, knowing)
        .await
        .unwrap()
        .writer()
        .unwrap();
}
