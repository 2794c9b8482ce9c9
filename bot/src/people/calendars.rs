//! Calendars of who is on call, read again and again, and remembered for a while where they cannot be.

use crate::live::Live;
use config::Settings;
use config::settings::OnCall as List;
use config::text::Name;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use sources::calendar::{self, Place, Shift};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// So long what was read last is believed where it cannot be read again.
const BELIEVED: SignedDuration = SignedDuration::from_hours(1);
/// How often it is looked whether one is due.
const PULSE: Duration = Duration::from_secs(1);

/// What was read last.
#[derive(Debug, Default)]
pub(super) struct Calendars {
    read: Mutex<BTreeMap<Name, Read>>,
}

#[derive(Debug, Clone)]
struct Read {
    /// Where it was read: a changed place is another calendar.
    from: String,
    tried_at: Timestamp,
    /// When it was last read well, and what it said.
    known: Option<(Timestamp, Arc<[Shift]>)>,
    error: Option<String>,
}

impl Calendars {
    /// The shifts of a calendar, or why they are not known.
    pub(super) fn shifts(&self, list: &Name, now: Timestamp) -> Result<Arc<[Shift]>, String> {
        let all = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(read) = all.get(list) else {
            return Err("the calendar has not been read yet".to_owned());
        };
        match (&read.known, &read.error) {
            (Some((at, shifts)), _) if now.duration_since(*at) < BELIEVED => Ok(shifts.clone()),
            (_, Some(error)) => Err(error.clone()),
            (_, None) => Err("the calendar has not been read for an hour".to_owned()),
        }
    }

    /// Reads them when they are due, until told to stop.
    pub(super) async fn follow(&self, settings: &Live<Settings>, stop: CancellationToken) {
        loop {
            let settings = settings.get();
            for list in &settings.on_call {
                let now = Timestamp::now();
                if self.is_due(list, now) {
                    self.read(list, now).await;
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PULSE) => {}
            }
        }
    }

    fn is_due(&self, list: &List, now: Timestamp) -> bool {
        let Some(from) = place(list).map(|place| identity(&place)) else {
            return false;
        };
        let all = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&list.name).filter(|read| read.from == from);
        known.is_none_or(|read| now.duration_since(read.tried_at).unsigned_abs() >= list.refresh)
    }

    async fn read(&self, list: &List, now: Timestamp) {
        let Some(place) = place(list) else { return };
        let answer = calendar::read(&place, now).await;
        let from = identity(&place);
        let mut all = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.remove(&list.name).filter(|read| read.from == from);
        let worked = before.as_ref().is_none_or(|read| read.error.is_none());
        let read = match answer {
            Ok(shifts) => Read {
                from,
                tried_at: now,
                known: Some((now, shifts.into())),
                error: None,
            },
            Err(error) => {
                if worked {
                    tracing::warn!(list = %list.name, %error, "who is on call cannot be read");
                }
                Read {
                    from,
                    tried_at: now,
                    known: before.and_then(|read| read.known),
                    error: Some(error.to_string()),
                }
            }
        };
        all.insert(list.name.clone(), read);
    }
}

fn place(list: &List) -> Option<Place> {
    let file = list.calendar.clone().map(Place::File);
    file.or_else(|| {
        let url = list.calendar_url.as_ref()?;
        Some(Place::Url(SecretString::from(url.expose())))
    })
}

/// What tells two places apart; never shown.
fn identity(place: &Place) -> String {
    use secrecy::ExposeSecret;
    match place {
        Place::File(path) => path.display().to_string(),
        Place::Url(url) => url.expose_secret().to_owned(),
    }
}
