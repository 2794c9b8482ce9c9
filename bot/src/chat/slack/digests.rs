//! Digests: each channel's, once a day, and every hour while an incident is open or deployments are frozen.
//!
//! Which time was told last is kept for each channel, so a restart or another leader neither forgets nor doubles one. What
//! was perhaps told is not repeated: the next digest begins where the last one that was surely told ended. So does the one
//! after days on which nobody was there.

use super::api::Wrong;
use super::channel::SlackChannel;
use super::compose::Said;
use super::{CHANNEL, posts};
use crate::digests;
use config::Settings;
use config::settings::{SlackChannel as Entry, WhenNothing};
use engine::{Engine, EngineError};
use guard::digest::Digest;
use guard::ids::{Environment, ServiceName};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use journal::{ChatMessage, JournalError};
use messages::layout::slack::{self, Depth};

const PREFIX: &str = "slack-digest/";
/// No digest reaches further back, however long nobody was there.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Why there is no digest now.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoDigest {
    #[error("the record: {0}")]
    Engine(#[from] EngineError),
    #[error("the journal: {0}")]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Slack(#[from] Wrong),
}

/// Which digest of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Daily,
    Hourly,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Hourly => "hourly",
        }
    }
}

impl SlackChannel {
    /// Tells every channel what is due.
    pub(super) async fn digests(&self, engine: &Engine) {
        let settings = self.settings.get();
        let Some(slack) = settings.chat.slack.as_ref() else {
            return;
        };
        for (at, entry) in slack.channels.iter().enumerate() {
            // Of several entries for one channel the first says when.
            let again = |before: &Entry| before.channel == entry.channel;
            if slack.channels.iter().take(at).any(again) {
                continue;
            }
            for kind in [Kind::Daily, Kind::Hourly] {
                if let Err(error) = self.digest(engine, &settings, entry, kind).await {
                    let (channel, kind) = (&entry.channel, kind.as_str());
                    tracing::warn!(channel, kind, %error, "a digest is not told now");
                }
            }
        }
    }

    async fn digest(
        &self,
        engine: &Engine,
        settings: &Settings,
        entry: &Entry,
        kind: Kind,
    ) -> Result<(), NoDigest> {
        let wishes = entry.digest();
        let now = self.clock.now();
        let due = match kind {
            Kind::Daily if wishes.daily => last_time(now, wishes.at, &entry.time_zone),
            Kind::Hourly if wishes.hourly => last_hour(now, &entry.time_zone),
            Kind::Daily | Kind::Hourly => return Ok(()),
        };
        let mark = format!("{PREFIX}{}/{}", entry.channel, kind.as_str());
        let Some(before) = self.reader.chat_message(&mark).await? else {
            // What was before Tawny came into the channel is not its story.
            return self.told_until(&mark, entry, String::new(), now).await;
        };
        let told = before.digest.parse().unwrap_or(before.posted_at);
        if told >= due || entry.is_quiet(now) {
            return Ok(());
        }
        let since = match kind {
            Kind::Daily => told.max(due - LONGEST),
            Kind::Hourly => told.max(due - HOUR),
        };
        let slack = settings.chat.slack.as_ref();
        let entries: Vec<&Entry> = slack
            .into_iter()
            .flat_map(|slack| &slack.channels)
            .filter(|one| one.channel == entry.channel)
            .collect();
        let wanted = |service: &ServiceName, environment: &Environment| {
            entries.iter().any(|one| one.fits(service, environment))
        };
        let digest = digests::gather(engine, wanted, (since, due)).await?;
        let worth = match kind {
            Kind::Daily => !digest.is_empty() || wishes.when_nothing == WhenNothing::Line,
            // The daily one tells the same.
            Kind::Hourly => {
                let daily = wishes.daily && last_time(now, wishes.at, &entry.time_zone) == due;
                !daily
                    && digest.has_news()
                    && (!digest.open.is_empty() || !digest.frozen.is_empty())
            }
        };
        if !worth {
            return self.told_until(&mark, entry, String::new(), due).await;
        }
        self.tell_once(&mark, settings, entry, &digest).await
    }

    /// Posts it unless somebody has begun to.
    async fn tell_once(
        &self,
        mark: &str,
        settings: &Settings,
        entry: &Entry,
        digest: &Digest,
    ) -> Result<(), NoDigest> {
        let context = messages::Context {
            locale: posts::locale(settings, Some(entry)),
            now: digest.until,
            base_url: self.base_url.clone(),
        };
        let message = messages::digest::digest(digest, &entry.time_zone, &context);
        let post = slack::message(&message, context.locale, Depth::Short);
        self.api.turn("chat.postMessage", &entry.channel).await?;
        let claim = format!("{mark}/{}", digest.until.as_second());
        let kept = |key: &str, message: String| ChatMessage {
            post_key: key.to_owned(),
            platform: CHANNEL.to_owned(),
            channel: entry.channel.clone(),
            message,
            digest: digest.until.to_string(),
            posted_at: self.clock.now(),
        };
        if !self
            .writer
            .claim_chat_message(kept(&claim, String::new()))
            .await?
        {
            return Ok(());
        }
        match self.api.post(&entry.channel, &Said::news(&post)).await {
            Ok(posted) => self.told_until(mark, entry, posted.ts, digest.until).await,
            Err(wrong @ Wrong::Unknown { .. }) => {
                tracing::warn!(
                    channel = entry.channel,
                    "a digest was perhaps told: the next one tells it too"
                );
                Err(wrong.into())
            }
            Err(Wrong::Refused { method, code }) if posts::is_hopeless(&code) => {
                tracing::error!(
                    method,
                    code,
                    "Slack refuses a digest for good: it is not told"
                );
                self.told_until(mark, entry, String::new(), digest.until)
                    .await
            }
            Err(wrong) => {
                self.writer.forget_chat_message(&claim).await?;
                Err(wrong.into())
            }
        }
    }

    /// Notes until when a channel knows everything, and forgets who was about to tell it.
    async fn told_until(
        &self,
        mark: &str,
        entry: &Entry,
        message: String,
        until: Timestamp,
    ) -> Result<(), NoDigest> {
        let known = ChatMessage {
            post_key: mark.to_owned(),
            platform: CHANNEL.to_owned(),
            channel: entry.channel.clone(),
            message,
            digest: until.to_string(),
            posted_at: self.clock.now(),
        };
        self.writer.put_chat_message(known).await?;
        for claim in self.reader.chat_messages_under(&format!("{mark}/")).await? {
            let older = claim.digest.parse().is_ok_and(|at: Timestamp| at < until);
            if older {
                self.writer.forget_chat_message(&claim.post_key).await?;
            }
        }
        Ok(())
    }
}

/// When it was so late last, in this zone: today, or yesterday. On a day that skips the time, as much later.
fn last_time(now: Timestamp, time: Time, zone: &TimeZone) -> Timestamp {
    let today = now.to_zoned(zone.clone()).date();
    let at = |day: jiff::civil::Date| {
        let zoned = day.to_datetime(time).to_zoned(zone.clone());
        zoned.map(|zoned| zoned.timestamp())
    };
    let times = [at(today), at(today.saturating_sub(1.day()))];
    times
        .into_iter()
        .flatten()
        .find(|at| *at <= now)
        .unwrap_or(now)
}

fn last_hour(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let local = now.to_zoned(zone.clone());
    let into = i64::from(local.minute()) * 60 + i64::from(local.second());
    let whole = Timestamp::from_second(now.as_second() - into);
    whole.unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_of_the_day_is_that_of_the_zone_whatever_its_clocks_do() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let nine = Time::constant(9, 0, 0, 0);
        let last = |now: &str| last_time(at(now), nine, &berlin).to_string();
        // Summer time ends on the 25th of October.
        assert_eq!(last("2026-10-24T07:00:00Z"), "2026-10-24T07:00:00Z");
        assert_eq!(last("2026-10-25T07:59:59Z"), "2026-10-24T07:00:00Z");
        assert_eq!(last("2026-10-25T08:00:00Z"), "2026-10-25T08:00:00Z");
        // Half past two is skipped on the 28th of March.
        let half = Time::constant(2, 30, 0, 0);
        let skipped = last_time(at("2027-03-28T12:00:00Z"), half, &berlin);
        assert_eq!(skipped.to_string(), "2027-03-28T01:30:00Z");
    }

    #[test]
    fn hours_are_whole_where_the_zone_is_half_an_hour_off() {
        let india = TimeZone::get("Asia/Kolkata").unwrap();
        let hour = last_hour(at("2026-11-20T04:45:10Z"), &india);
        assert_eq!(hour.to_string(), "2026-11-20T04:30:00Z");
    }
}
