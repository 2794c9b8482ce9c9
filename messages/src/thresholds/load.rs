//! A usual day of the service.

use crate::context::Context;
use crate::model::Fact;
use crate::say;
use crate::spark::Spark;
use crate::text::Text;
use crate::words::{Arg, number};
use guard::thresholds::{Load, Spike};

pub(crate) fn facts(load: Option<&Load>, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let fact = |key: &'static str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    let Some(load) = load else {
        let unknown = say!(words, "thresholds-load-unknown");
        return vec![fact("thresholds-fact-load-unknown", unknown)];
    };
    let hour = |hour: u8| Text::trusted(format!("{hour:02}"));
    let peak = match load.peak {
        None => say!(words, "thresholds-peak-none"),
        Some(hours) => {
            let within = load.hours.iter().filter(|one| hours.has(one.hour));
            let high = within.map(|one| one.usual).fold(0.0, f64::max);
            say!(
                words,
                "thresholds-peak",
                from = hour(hours.from),
                until = hour(hours.until),
                high = number(words, high)
            )
        }
    };
    let trough = say!(
        words,
        "thresholds-trough",
        hour = hour(load.trough.hour),
        low = number(words, load.trough.usual)
    );
    let mut facts = vec![
        fact("thresholds-fact-load", peak),
        fact("thresholds-fact-trough", trough),
        fact("thresholds-fact-spikes", spikes(&load.spikes, context)),
    ];
    let day: Vec<Option<f64>> = load.hours.iter().map(|one| Some(one.usual)).collect();
    if let Some(line) = Spark::of(&[], &day) {
        facts.push(fact("thresholds-fact-day", Text::spark(line)));
    }
    facts
}

fn spikes(spikes: &[Spike], context: &Context) -> Text {
    let words = context.words();
    if spikes.is_empty() {
        return say!(words, "thresholds-spikes-none");
    }
    let clock = |minutes: u16| {
        let minutes = minutes % 1440;
        Text::trusted(format!("{:02}:{:02}", minutes / 60, minutes % 60))
    };
    let said = spikes.iter().map(|spike| {
        say!(
            words,
            "thresholds-spike",
            from = clock(spike.from_min),
            until = clock(spike.until_min),
            times = Arg::Text(number(words, (spike.times * 10.0).round() / 10.0))
        )
    });
    Text::join(said, &Text::trusted("; "))
}
