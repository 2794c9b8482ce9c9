//! Who is on call, from a calendar in the iCalendar format (RFC 5545).
//!
//! Every event is a shift. Whom it names is on call: those whom it invites, or what it is called. Recurring events are
//! spread out, cancelled ones left out.

use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarParameterName,
    ICalendarProperty, ICalendarStatus,
};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::time::Duration;

/// Bytes of a calendar that are read.
const LONGEST: usize = 4 << 20;
/// Occurrences of events that are made: of one that is daily, 50 years.
const MOST_OCCURRENCES: usize = 20_000;
/// Longest time for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// What is kept before and after the moment for which it is read.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
const AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Somebody's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusive.
    pub until: Timestamp,
    /// By what names and addresses it names them, as they stand there.
    pub names: Vec<String>,
}

/// Where a calendar is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file of this machine.
    File(PathBuf),
    /// An address; it may be a secret itself.
    Url(SecretString),
}

/// Why a calendar cannot be read. Never says the address.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// The file.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The connection.
    #[error("the calendar's server: {0}")]
    Http(String),
    /// Its answer.
    #[error("the calendar's server answers {0}")]
    Status(u16),
    /// More than is read.
    #[error("the calendar is longer than {} MiB", LONGEST >> 20)]
    TooLong,
    /// Something else.
    #[error("this is no calendar in the iCalendar format")]
    NoCalendar,
}

/// Reads a calendar: the shifts around a moment.
///
/// # Errors
/// It cannot be read, or is none.
pub async fn read(place: &Place, now: Timestamp) -> Result<Vec<Shift>, CalendarError> {
    let text = match place {
        Place::File(path) => {
            let read = tokio::fs::read(path).await;
            read.map_err(|error| CalendarError::File {
                path: path.display().to_string(),
                error,
            })?
        }
        Place::Url(url) => fetch(url).await?,
    };
    if text.len() > LONGEST {
        return Err(CalendarError::TooLong);
    }
    shifts(&String::from_utf8_lossy(&text), now)
}

async fn fetch(url: &SecretString) -> Result<Vec<u8>, CalendarError> {
    let said = |error: reqwest::Error| CalendarError::Http(error.without_url().to_string());
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(said)?;
    let answer = client.get(url.expose_secret()).send().await.map_err(said)?;
    if !answer.status().is_success() {
        return Err(CalendarError::Status(answer.status().as_u16()));
    }
    let mut text = Vec::new();
    let mut parts = answer.bytes_stream();
    while let Some(part) = parts.next().await {
        text.extend_from_slice(&part.map_err(said)?);
        if text.len() > LONGEST {
            return Err(CalendarError::TooLong);
        }
    }
    Ok(text)
}

/// The shifts of a calendar around a moment, in order.
///
/// # Errors
/// It is no calendar.
pub fn shifts(text: &str, now: Timestamp) -> Result<Vec<Shift>, CalendarError> {
    let calendar = ICalendar::parse(text).map_err(|_| CalendarError::NoCalendar)?;
    let own_zone = text
        .lines()
        .find_map(|line| line.strip_prefix("X-WR-TIMEZONE:"));
    let own_zone = own_zone.and_then(|zone| zone.trim().parse::<Tz>().ok());
    let zone = own_zone.unwrap_or(Tz::UTC);
    let spread = calendar.expand_dates(zone, MOST_OCCURRENCES);
    for error in &spread.errors {
        tracing::warn!(?error, "an event of the on-call calendar is not understood");
    }
    let (earliest, latest) = (now - BEFORE, now + AFTER);
    let mut shifts: Vec<Shift> = spread
        .events
        .into_iter()
        .filter_map(|event| {
            let component = calendar.component_by_id(event.comp_id)?;
            let of_a_shift = component.component_type == ICalendarComponentType::VEvent
                && component.status() != Some(&ICalendarStatus::Cancelled);
            let event = event.try_into_date_time()?;
            let from = Timestamp::from_second(event.start.timestamp()).ok()?;
            let until = Timestamp::from_second(event.end.timestamp()).ok()?;
            (of_a_shift && from < latest && until > earliest).then(|| Shift {
                from,
                until,
                names: names(component),
            })
        })
        .collect();
    shifts.sort_by_key(|shift| (shift.from, shift.until));
    Ok(shifts)
}

/// Whom it invites, by address and by name; and what it is called.
fn names(component: &ICalendarComponent) -> Vec<String> {
    let mut names = Vec::new();
    for invited in component.properties(&ICalendarProperty::Attendee) {
        names.extend(invited.calendar_address().map(str::to_owned));
        let named = invited.parameter(&ICalendarParameterName::Cn);
        names.extend(named.and_then(|name| name.as_text()).map(str::to_owned));
    }
    let called = component.property(&ICalendarProperty::Summary);
    let called = called.and_then(|entry| entry.values.first()?.as_text());
    names.extend(called.map(str::to_owned));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = include_str!("calendar/oncall.ics");

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    /// Whose shifts these moments fall into.
    fn on_call(moment: &str) -> Vec<String> {
        let now = at(moment);
        let shifts = shifts(OWN, now).unwrap();
        let under_way = shifts
            .iter()
            .filter(|shift| shift.from <= now && now < shift.until);
        under_way.map(|shift| shift.names.join("|")).collect()
    }

    #[test]
    fn a_shift_names_whom_it_invites_and_what_it_is_called() {
        assert_eq!(
            on_call("2026-11-22T03:47:00Z"),
            ["ann@example.com|Ann Ong|On call: payments"]
        );
        assert_eq!(
            on_call("2026-11-22T09:00:00Z"),
            [] as [&str; 0],
            "its end is not part of it"
        );
    }

    #[test]
    fn a_weekly_shift_keeps_its_hour_when_the_clocks_change_and_leaves_out_what_was_left_out() {
        // Mondays from 09:00 to 17:00 in Berlin: in summer from 07:00, in winter from 08:00.
        assert_eq!(on_call("2026-10-19T07:30:00Z"), ["Bo Li - weekly"]);
        assert_eq!(on_call("2026-10-26T07:30:00Z"), [] as [&str; 0]);
        assert_eq!(on_call("2026-10-26T08:30:00Z"), ["Bo Li - weekly"]);
        assert_eq!(
            on_call("2026-11-02T08:30:00Z"),
            [] as [&str; 0],
            "a holiday"
        );
        assert_eq!(
            on_call("2026-11-09T08:30:00Z"),
            ["Cy - for Bo"],
            "another one that day"
        );
    }

    #[test]
    fn what_was_cancelled_and_what_lasts_no_time_is_nobodys() {
        assert_eq!(on_call("2026-12-01T12:00:00Z"), [] as [&str; 0]);
        assert_eq!(on_call("2026-12-24T12:00:00Z"), ["Di - all day"]);
        assert_eq!(on_call("2026-12-25T00:00:01Z"), [] as [&str; 0]);
    }

    #[test]
    fn what_is_no_calendar_is_said_to_be_none() {
        for text in ["", "<html>sign in</html>", "BEGIN:VCARD\r\nEND:VCARD\r\n"] {
            assert!(
                matches!(
                    shifts(text, at("2026-11-22T03:47:00Z")),
                    Err(CalendarError::NoCalendar)
                ),
                "{text}"
            );
        }
    }
}
