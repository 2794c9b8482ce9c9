//! Channels of a chat: whose deployments are told there, and when it is quiet.

use super::Locale;
use crate::reader::{Reader, Step};
use crate::value::{settings, words};
use crate::yaml::Node;
use guard::ids::{Environment, ServiceName};
use jiff::Timestamp;
use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;

settings! {
    /// A channel, and whose deployments are told there.
    pub struct SlackChannel check is_id {
        /// The id of the channel, such as `C024BE91L`: in Slack, at the end of the channel's details.
        channel: String,
        /// Of which services; of all when not said.
        services: Vec<ServiceName> = "[]",
        /// In which environments; in all when not said.
        environments: Vec<Environment> = "[]",
        /// How loud it must be. A deployment is told here from the first thing on that is at least so loud, and only what
        /// is at least so loud calls the channel. Incidents of alerts are told likewise, by the loudest of them. An entry that says this listens beside the others: whatever it fits is
        /// told in its usual channel too.
        min_severity: Option<MinSeverity>,
        /// Whether the details are told in the thread of a deployment's message; else only what calls the channel is.
        threads: bool = "true",
        /// The language of the channel; `locale` when not said.
        locale: Option<Locale>,
        /// The time zone of the channel, by its IANA name.
        time_zone: TimeZone = "UTC",
        /// When the channel is not to be disturbed. What goes well and digests wait for the end of it; what needs
        /// somebody, and what gets worse, does not.
        quiet_hours: Vec<QuietHours> = "[]",
        /// What is told once a day. Without it: every day at 09:00, and nothing in a channel with `min_severity`.
        digest: Option<DailyDigest>,
    }

    /// A part of the day in which a channel is quiet.
    pub struct QuietHours {
        /// From when, in the channel's time zone.
        from: Time,
        /// Until when. What is not after `from` is on the next day.
        until: Time,
        /// The days on which it begins; every day when not said.
        days: Vec<Weekday> = "[]",
    }

    /// What is told once a day.
    pub struct DailyDigest {
        /// Whether it is told every day.
        daily: bool = "true",
        /// When, in the channel's time zone.
        at: Time = "09:00",
        /// What is said of a day on which nothing happened.
        when_nothing: WhenNothing = "silent",
        /// Whether what happened is told every hour while an incident is open or deployments are frozen.
        hourly: bool = "true",
    }
}

/// How loud something must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinSeverity {
    /// Everything.
    Quiet,
    /// Worth a look.
    Warning,
    /// It hurts, and is held; or somebody is asked.
    Alarm,
    /// It hurts, and Tawny acts or cannot.
    Critical,
}

words!(MinSeverity {
    "quiet" => MinSeverity::Quiet, "everything, from the beginning";
    "warning" => MinSeverity::Warning, "worth a look: something moved, metrics are missing";
    "alarm" => MinSeverity::Alarm, "it hurts and is held, or somebody is asked";
    "critical" => MinSeverity::Critical, "it hurts, and Tawny rolls back, or cannot";
});

/// What is said of a day on which nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenNothing {
    /// Nothing.
    Silent,
    /// One line.
    Line,
}

words!(WhenNothing {
    "silent" => WhenNothing::Silent, "nothing";
    "line" => WhenNothing::Line, "one line, so that silence is never doubted";
});

impl SlackChannel {
    /// Whether deployments of a service in an environment are told here.
    #[must_use]
    pub fn fits(&self, service: &ServiceName, environment: &Environment) -> bool {
        (self.services.is_empty() || self.services.contains(service))
            && (self.environments.is_empty() || self.environments.contains(environment))
    }

    /// Whether the channel is not to be disturbed at this moment.
    #[must_use]
    pub fn is_quiet(&self, now: Timestamp) -> bool {
        let local = now.to_zoned(self.time_zone.clone()).datetime();
        self.quiet_hours.iter().any(|hours| hours.cover(local))
    }

    /// What is told once a day, as it is meant where nothing is said.
    #[must_use]
    pub fn digest(&self) -> DailyDigest {
        let usual = DailyDigest {
            daily: self.min_severity.is_none(),
            at: Time::constant(9, 0, 0, 0),
            when_nothing: WhenNothing::Silent,
            hourly: self.min_severity.is_none(),
        };
        self.digest.clone().unwrap_or(usual)
    }
}

impl QuietHours {
    /// Whether a moment of the channel's time zone is among them.
    #[must_use]
    pub fn cover(&self, local: DateTime) -> bool {
        let begins = |day: Weekday| self.days.is_empty() || self.days.contains(&day);
        let (today, time) = (local.weekday(), local.time());
        if self.from < self.until {
            return begins(today) && (self.from..self.until).contains(&time);
        }
        (begins(today) && time >= self.from) || (begins(today.previous()) && time < self.until)
    }
}

/// Ids of channels: public, private, and of one person.
fn is_id(channel: &SlackChannel, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let id = &channel.channel;
    let good = (2..=64).contains(&id.len())
        && id.starts_with(['C', 'G', 'D'])
        && id
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if good {
        return Some(());
    }
    let value = node.get("channel").unwrap_or(node);
    reader.inside(Step::Field("channel".to_owned()), |reader| {
        reader.wrong_value(
            value,
            "the id of a channel such as `C024BE91L`, and not its name, which may change",
        );
    });
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: i8, until: i8, days: &[Weekday]) -> QuietHours {
        QuietHours {
            from: Time::constant(from, 0, 0, 0),
            until: Time::constant(until, 0, 0, 0),
            days: days.to_vec(),
        }
    }

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn quiet_hours_that_end_before_they_begin_end_on_the_next_day() {
        let night = hours(22, 7, &[]);
        for quiet in [
            "2026-11-20T22:00",
            "2026-11-20T23:59:59",
            "2026-11-21T06:59:59",
        ] {
            assert!(night.cover(at(quiet)), "{quiet}");
        }
        for loud in [
            "2026-11-20T21:59:59",
            "2026-11-21T07:00",
            "2026-11-21T12:00",
        ] {
            assert!(!night.cover(at(loud)), "{loud}");
        }
        let lunch = hours(12, 13, &[]);
        assert!(lunch.cover(at("2026-11-20T12:30")));
        assert!(!lunch.cover(at("2026-11-20T13:00")));
    }

    #[test]
    fn the_days_are_those_on_which_the_quiet_hours_begin() {
        // The 20th is a Friday.
        let night = hours(22, 7, &[Weekday::Friday]);
        assert!(night.cover(at("2026-11-20T22:30")));
        assert!(night.cover(at("2026-11-21T06:30")));
        assert!(!night.cover(at("2026-11-20T06:30")));
        assert!(!night.cover(at("2026-11-21T22:30")));
        // From midnight to midnight is the whole day.
        let sunday = hours(0, 0, &[Weekday::Sunday]);
        assert!(sunday.cover(at("2026-11-22T00:00")));
        assert!(sunday.cover(at("2026-11-22T23:59")));
        assert!(!sunday.cover(at("2026-11-23T00:00")));
        assert!(!sunday.cover(at("2026-11-21T23:59")));
    }
}
