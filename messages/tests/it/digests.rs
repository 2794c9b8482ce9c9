//! What is told once a day.

use crate::slack_rules::{is_inert, is_within_limits, shown};
use crate::story::{context, each_locale, start};
use guard::digest::{Digest, Frozen, Open, Paused, Riskiest, Subject};
use guard::figures::Times;
use guard::ids::{DeploymentId, Environment, ServiceName, Version};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use messages::digest::digest;
use messages::layout::slack::{Depth, message};
use messages::layout::terminal;
use std::fmt::Write;

fn subject(service: &str, version: &str) -> Subject {
    Subject {
        deployment: DeploymentId::new("dep_1").unwrap(),
        service: ServiceName::new(service).unwrap(),
        environment: Environment::new("prod").unwrap(),
        version: Version::new(version).unwrap(),
    }
}

fn times(median_s: f64) -> Option<Times> {
    Some(Times {
        of: 2,
        median_s,
        p90_s: 2.0 * median_s,
    })
}

fn calm() -> Digest {
    Digest::of(
        [],
        Vec::new(),
        (start() - SignedDuration::from_hours(24), start()),
    )
}

/// A day with everything; every foreign field holds this text.
pub(crate) fn busy(text: &str) -> Digest {
    let hour = SignedDuration::from_hours(1);
    let held = Open {
        subject: subject("cart", "v7"),
        since: start() - hour,
        asked_until: None,
    };
    let asked = Open {
        subject: subject("shop", "v3"),
        since: start() - hour / 2,
        asked_until: Some(start() + hour),
    };
    Digest {
        deployments: 12,
        promoted: 9,
        failed: 1,
        paused: Paused {
            deployments: 3,
            real: 1,
            false_alarms: 1,
        },
        rolled_back: vec![subject("shop", "v2"); 10],
        detect: times(4.6),
        decide: times(61.0),
        recover: times(150.0),
        riskiest: Some(Riskiest {
            service: ServiceName::new("shop").unwrap(),
            environment: Environment::new("prod").unwrap(),
            troubled: 2,
            deployments: 5,
        }),
        open: vec![held, asked],
        frozen: vec![
            Frozen {
                service: ServiceName::new("shop").unwrap(),
                environment: Environment::new("prod").unwrap(),
                by: text.to_owned(),
                reason: Some(text.to_owned()),
            };
            2
        ],
        ..calm()
    }
}

#[test]
fn a_digest_says_what_happened_and_what_waits_in_the_time_of_its_readers() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    each_locale("digests", |locale| {
        let context = context(locale);
        let one = Digest {
            deployments: 1,
            promoted: 1,
            ..calm()
        };
        let mut out = String::new();
        for (name, told) in [("busy", busy("ann")), ("one", one), ("nothing", calm())] {
            let said = digest(&told, &zone, &context);
            let post = message(&said, locale, Depth::Short);
            is_within_limits(&post);
            is_inert(&post);
            let _ = writeln!(out, "=== {name}, in Slack\n{}", shown(&post));
            let plain = terminal::message(&said, terminal::Colour::Off);
            let _ = writeln!(out, "--- on a terminal\n{plain}");
        }
        out
    });
}
