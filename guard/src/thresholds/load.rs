//! How much is asked of a service at which hour of the day.

use super::Hours;
use serde::Serialize;

/// Fewer days say nothing of a usual one.
const DAYS: usize = 3;
/// The hours of the peak have so many times the requests of the quietest one, or there is none.
const PEAK: f64 = 1.5;
/// A spike has so many times the requests of the hours around it.
const SPIKE: f64 = 1.8;
/// And on so many of the days.
const MOSTLY: f64 = 0.6;
/// How far around a spike is looked, in seconds, and how close is part of it.
const AROUND_S: i64 = 7200;
const CLOSE_S: i64 = 1800;

/// One hour of the day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HourLoad {
    /// 0 to 23.
    pub hour: u8,
    /// Requests a second on a usual day.
    pub usual: f64,
    /// What nine of ten moments stay below.
    pub high: f64,
}

/// What comes every day at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spike {
    /// Minutes after midnight, UTC.
    pub from_min: u16,
    /// Minutes after midnight; after 1440 it is the next day's.
    pub until_min: u16,
    /// How many times what is asked around it.
    pub times: f64,
}

/// A usual day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Load {
    /// Days that were looked at.
    pub days: usize,
    /// Hour by hour.
    pub hours: Vec<HourLoad>,
    /// The hours in which the most is asked; none where the day is flat.
    pub peak: Option<Hours>,
    /// The hour in which the least is asked.
    pub trough: HourLoad,
    /// What comes every day at the same time.
    pub spikes: Vec<Spike>,
}

impl Load {
    /// From requests a second at regular steps; none where there are too few days.
    #[must_use]
    pub fn of(start_s: i64, step_s: i64, values: &[f64]) -> Option<Self> {
        let step_s = step_s.max(1);
        let at = |place: usize| start_s + i64::try_from(place).unwrap_or_default() * step_s;
        let known: Vec<(i64, f64)> = values
            .iter()
            .enumerate()
            .filter(|(_, value)| value.is_finite())
            .map(|(place, value)| (at(place), *value))
            .collect();
        let mut days: Vec<i64> = known.iter().map(|(at, _)| at.div_euclid(86_400)).collect();
        days.dedup();
        if days.len() < DAYS {
            return None;
        }
        let hours: Option<Vec<HourLoad>> = (0..24).map(|hour| of_hour(&known, hour)).collect();
        let hours = hours?;
        let by_usual = |one: &&HourLoad, other: &&HourLoad| one.usual.total_cmp(&other.usual);
        let trough = *hours.iter().min_by(by_usual)?;
        Some(Self {
            days: days.len(),
            peak: peak(&hours),
            trough,
            spikes: spikes(&known, step_s, days.len()),
            hours,
        })
    }
}

fn of_hour(known: &[(i64, f64)], hour: u8) -> Option<HourLoad> {
    let of_it = known
        .iter()
        .filter(|(at, _)| super::condition::hour_of(*at) == hour);
    let mut values: Vec<f64> = of_it.map(|(_, value)| *value).collect();
    Some(HourLoad {
        hour,
        usual: part(&mut values, 0.5)?,
        high: part(&mut values, 0.9)?,
    })
}

/// The value below which this part of them lies.
fn part(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    values.get((last as f64 * share).round() as usize).copied()
}

/// The hours around the busiest one that are nearer to it than to the quietest.
fn peak(hours: &[HourLoad]) -> Option<Hours> {
    let usual = |hour: u8| hours.get(usize::from(hour)).map_or(0.0, |one| one.usual);
    let top = hours.iter().max_by(|a, b| a.usual.total_cmp(&b.usual))?;
    let low = hours.iter().map(|one| one.usual).fold(top.usual, f64::min);
    if top.usual <= 0.0 || top.usual < PEAK * low {
        return None;
    }
    let bar = low + (top.usual - low) / 2.0;
    let (mut from, mut until) = (top.hour, (top.hour + 1) % 24);
    let mut count = 1;
    while count < 23 && usual((from + 23) % 24) >= bar {
        from = (from + 23) % 24;
        count += 1;
    }
    while count < 23 && usual(until) >= bar {
        until = (until + 1) % 24;
        count += 1;
    }
    Some(Hours { from, until })
}

/// Slots of the day in which more is asked than around them, on most days.
fn spikes(known: &[(i64, f64)], step_s: i64, days: usize) -> Vec<Spike> {
    let slots = usize::try_from(86_400 / step_s).unwrap_or(0);
    let mut by_slot: Vec<Vec<f64>> = vec![Vec::new(); slots];
    for (at, value) in known {
        let slot = usize::try_from(at.rem_euclid(86_400) / step_s).unwrap_or(0);
        if let Some(values) = by_slot.get_mut(slot) {
            values.push(*value);
        }
    }
    let usual: Vec<Option<f64>> = by_slot
        .iter()
        .map(|values| part(&mut values.clone(), 0.5))
        .collect();
    let spiked: Vec<Option<f64>> = (0..slots)
        .map(|slot| {
            let (own, around) = (usual[slot]?, around(&usual, slot, step_s)?);
            let high = by_slot[slot].iter().filter(|v| **v >= SPIKE * around);
            let often = high.count() as f64 >= MOSTLY * days as f64;
            (around > 0.0 && own >= SPIKE * around && often).then_some(own / around)
        })
        .collect();
    joined(&spiked, step_s)
}

/// What is usual around a slot of the day and not close to it.
fn around(usual: &[Option<f64>], slot: usize, step_s: i64) -> Option<f64> {
    let steps = |seconds: i64| usize::try_from(seconds / step_s).unwrap_or(0);
    let (close, far) = (steps(CLOSE_S).max(1), steps(AROUND_S).max(2));
    let (slots, mut near) = (usual.len(), Vec::new());
    for distance in close + 1..=far.min(slots / 2) {
        near.extend(usual[(slot + distance) % slots]);
        near.extend(usual[(slot + slots - distance) % slots]);
    }
    part(&mut near, 0.5)
}

fn joined(spiked: &[Option<f64>], step_s: i64) -> Vec<Spike> {
    let minutes = |slot: usize| {
        let seconds = i64::try_from(slot).unwrap_or(0) * step_s;
        u16::try_from(seconds / 60).unwrap_or(u16::MAX)
    };
    let mut all: Vec<Spike> = Vec::new();
    for (slot, times) in spiked.iter().enumerate() {
        let Some(times) = *times else { continue };
        match all.last_mut() {
            Some(last) if last.until_min == minutes(slot) => {
                last.until_min = minutes(slot + 1);
                last.times = last.times.max(times);
            }
            _ => all.push(Spike {
                from_min: minutes(slot),
                until_min: minutes(slot + 1),
                times,
            }),
        }
    }
    all
}
