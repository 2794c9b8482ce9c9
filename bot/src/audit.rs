//! Who did what, from the record: the newest first.

use guard::audit::{self, Deed};
use guard::event::Event;
use guard::ids::DeploymentId;
use jiff::Timestamp;
use journal::{JournalError, Reader, StoredEvent, codec};

/// Events that are read at a time.
const AT_A_TIME: u64 = 500;
/// Events that are looked at for one answer; more are asked for from where it ended.
const MOST_LOOKED_AT: u64 = 50_000;

/// What to look for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Not before.
    pub(crate) since: Option<Timestamp>,
    /// Only of this name.
    pub(crate) who: Option<String>,
    /// Only before this place in the record.
    pub(crate) before: Option<i64>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// A deed, and where it stands in the record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) seq: i64,
    pub(crate) at: Timestamp,
    /// `deployment/ID`, `lane/SERVICE/ENVIRONMENT`, `incident/ID`, or the configuration's stream.
    pub(crate) stream: String,
    pub(crate) deployment: Option<DeploymentId>,
    pub(crate) deed: Deed,
    /// The event's link in the stream's hash chain.
    pub(crate) hash: String,
}

/// What was found, and where to go on if there may be more.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) entries: Vec<Entry>,
    pub(crate) more_before: Option<i64>,
}

/// The newest deeds. What retention has erased is not there any more; what cannot be read is passed over.
pub(crate) async fn deeds(reader: &Reader, wanted: &Wanted) -> Result<Found, JournalError> {
    let mut found = Found::default();
    let mut before = wanted.before;
    let mut looked_at = 0;
    loop {
        let events = reader.backwards(before, AT_A_TIME).await?;
        let Some(last) = events.last() else {
            return Ok(found);
        };
        before = Some(last.seq);
        looked_at += AT_A_TIME;
        for event in &events {
            name_action(&mut found.entries, event);
            if wanted.since.is_some_and(|since| event.at < since) {
                // Clocks of writers differ a little; the order of commits is what counts.
                return Ok(found);
            }
            found.entries.extend(entry(event).filter(|entry| {
                let who = wanted.who.as_ref();
                who.is_none_or(|who| entry.deed.who == *who)
            }));
            if found.entries.len() >= wanted.limit {
                found.more_before = Some(event.seq);
                return Ok(found);
            }
        }
        if looked_at >= MOST_LOOKED_AT {
            found.more_before = before;
            return Ok(found);
        }
    }
}

/// Who authorised an action did not say which one: its request, right before, did.
fn name_action(entries: &mut [Entry], event: &StoredEvent) {
    let Some(last) = entries
        .last_mut()
        .filter(|_| event.name == "action_requested")
    else {
        return;
    };
    let Ok(Event::ActionRequested { action }) = codec::decode(event).map(|recorded| recorded.event)
    else {
        return;
    };
    if last.deed.which.as_deref() == Some(action.id.as_str()) {
        let instances = action.instances.len();
        let which = format!(
            "{} to {} on {instances}",
            action.kind.as_str(),
            action.version
        );
        last.deed.which = Some(which);
    }
}

fn entry(event: &StoredEvent) -> Option<Entry> {
    event.payload.as_ref()?;
    let deed = match event.stream.kind() {
        "deployment" => audit::deed(&codec::decode(event).ok()?.event)?,
        "lane" => audit::of_lane(&codec::decode_lane(event).ok()?)?,
        "incident" => audit::of_incident(&codec::decode_apart(event).ok()?.event)?,
        "people" => audit::of_people(&codec::decode_people(event).ok()?),
        "configuration" => audit::of_configuration(&codec::decode_configuration(event).ok()?),
        _ => return None,
    };
    let of_deployment = event.stream.kind() == "deployment";
    let deployment = of_deployment.then(|| DeploymentId::new(event.stream.id()).ok());
    Some(Entry {
        seq: event.seq,
        at: event.at,
        stream: event.stream.to_string(),
        deployment: deployment.flatten(),
        deed,
        hash: event.hash.clone(),
    })
}
