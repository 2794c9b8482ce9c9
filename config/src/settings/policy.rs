//! How a service is guarded, and at which pace it is released.

use crate::reader::{Reader, Step, shown};
use crate::shape::Shape;
use crate::value::{Value, compare_whole, settings, words};
use crate::yaml::Node;
use guard::ids::InstanceId;
use guard::plan::{Batch, Pacing};
use guard::policy::{Autonomy, BreakGlass, Policy, WhenUnsure};
use guard::verdict::Tier;
use std::time::Duration;

settings! {
    /// How a service is guarded.
    pub struct PolicySettings check sensible {
        /// What Tawny may do on its own. Without it, `rollback` where Tawny deploys, else `observe`.
        autonomy: Option<Autonomy>,
        /// How long a question stays open; halfway people are reminded. Afterwards a pause stays paused, until a
        /// command ends it.
        approval_expiry: Duration = "30m",
        /// How long the whole release is watched after promotion.
        bake: Duration = "30m",
        /// What happens when a step's watch ends without certainty.
        when_unsure: WhenUnsure = "hold",
        /// How long an action may wait for its execution before it is asked again.
        action_expiry: Duration = "10m",
        /// How long after a rollback the cure must show.
        cure_expiry: Duration = "5m",
        /// How strongly a critical alert of somebody else's is answered that names the service and began after the
        /// deployment, where `webhooks` take alerts.
        critical_alert: AlertTier = "pause",
        /// How many people have to agree that a paused release goes on.
        resume_by: People = "1",
        /// How many have to agree that a release goes everywhere at once, before its watch is over.
        promote_by: People = "1",
        /// Whether those who wrote, merged or sent out a change may resume it without somebody else. Where nobody
        /// else could agree, they may.
        author_may_resume: bool = "false",
        /// Who may go past these rules and those of `on_call`, with a reason that everybody is told.
        break_glass: BreakGlass = "operators",
        /// How readily Tawny speaks.
        sensitivity: Sensitivity = "balanced",
    }

    /// At which pace a service is released.
    pub struct PacingSettings check sensible_pace {
        /// The instance that goes first; the first of the list when not said.
        gray: Option<InstanceId>,
        /// How long the gray instance is watched before anything else changes.
        gray_bake: Duration = "5m",
        /// How many instances go at once afterwards: a count (`2`) or a share of all (`25%`).
        batch: Batch = "25%",
        /// How long each batch is watched.
        batch_bake: Duration = "1m",
    }
}

/// How readily Tawny speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// Fewer false alarms, later findings.
    Careful,
    /// The default.
    Balanced,
    /// Earlier findings, more false alarms.
    Eager,
}

words!(Sensitivity {
    "careful" => Sensitivity::Careful, "fewer false alarms, later findings";
    "balanced" => Sensitivity::Balanced, "the default";
    "eager" => Sensitivity::Eager, "earlier findings, more false alarms";
});

/// How strongly an alert is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertTier {
    /// It is noted in the thread.
    Note,
    /// Tier 1.
    Warn,
    /// Tier 2.
    Pause,
}

words!(AlertTier {
    "note" => AlertTier::Note, "noted in the thread, and nothing else";
    "warn" => AlertTier::Warn, "tier 1: a warning";
    "pause" => AlertTier::Pause, "tier 2: pause and ask, as far as `autonomy` allows";
});

words!(Autonomy {
    "observe" => Autonomy::Observe, "says what it would have done";
    "pause" => Autonomy::Pause, "may pause and ask";
    "rollback" => Autonomy::Rollback, "may roll back";
});

words!(BreakGlass {
    "nobody" => BreakGlass::Nobody, "no one";
    "operators" => BreakGlass::Operators, "operators";
    "responders" => BreakGlass::Responders, "responders too";
});

/// How many people an answer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct People(pub u32);

impl Value for People {
    fn shape() -> Shape {
        Shape::Text("1, 2 or 3")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a number of people from 1 to 3";
        let people = reader.text(node, expected)?.parse().ok();
        let people = people.filter(|people| (1..=3).contains(people));
        if people.is_none() {
            reader.wrong(node.at, shown(node), expected);
        }
        people.map(Self)
    }

    compare_whole!();
}

words!(WhenUnsure {
    "hold" => WhenUnsure::Hold, "hold, and ask people";
    "promote" => WhenUnsure::Promote, "go on, and say so";
});

impl PolicySettings {
    /// The domain's policy, with this autonomy where none is set.
    #[must_use]
    pub fn to_policy(&self, default_autonomy: Autonomy) -> Policy {
        Policy {
            autonomy: self.autonomy.unwrap_or(default_autonomy),
            approval_expiry_s: self.approval_expiry.as_secs_f64(),
            bake_s: self.bake.as_secs_f64(),
            when_unsure: self.when_unsure,
            action_expiry_s: self.action_expiry.as_secs_f64(),
            cure_expiry_s: self.cure_expiry.as_secs_f64(),
            critical_alert: match self.critical_alert {
                AlertTier::Note => Tier::Quiet,
                AlertTier::Warn => Tier::Warn,
                AlertTier::Pause => Tier::Pause,
            },
            resume_by: self.resume_by.0,
            promote_by: self.promote_by.0,
            author_may_resume: self.author_may_resume,
            break_glass: self.break_glass,
            fixes: guard::fix::Offered::default(),
        }
    }
}

impl PacingSettings {
    /// The domain's pacing.
    #[must_use]
    pub fn to_pacing(&self) -> Pacing {
        Pacing {
            gray: self.gray.clone(),
            gray_bake_s: self.gray_bake.as_secs_f64(),
            batch: self.batch,
            batch_bake_s: self.batch_bake.as_secs_f64(),
        }
    }
}

fn sensible(policy: &PolicySettings, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let mut fine = true;
    for (field, duration) in [
        ("approval_expiry", policy.approval_expiry),
        ("action_expiry", policy.action_expiry),
        ("cure_expiry", policy.cure_expiry),
    ] {
        if duration < Duration::from_secs(1) {
            fine = false;
            wrong_field(node, field, "at least `1s`", reader);
        }
    }
    fine.then_some(())
}

fn sensible_pace(pacing: &PacingSettings, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if !pacing.gray_bake.is_zero() {
        return Some(());
    }
    wrong_field(
        node,
        "gray_bake",
        "some time to look at the gray instance",
        reader,
    );
    None
}

fn wrong_field(node: &Node, field: &str, expected: &str, reader: &mut Reader<'_>) {
    let value = node.get(field).unwrap_or(node);
    reader.inside(Step::Field(field.to_owned()), |reader| {
        reader.wrong_value(value, expected);
    });
}

impl Value for Batch {
    fn shape() -> Shape {
        Shape::Text("count or percentage")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected =
            "a count of at least 1 (`2`) or a percentage above 0 and at most 100 (`25%`)";
        let text = reader.text(node, expected)?;
        let read = match text.strip_suffix('%') {
            Some(percent) => percent
                .trim()
                .parse()
                .ok()
                .filter(|percent| *percent > 0.0 && *percent <= 100.0)
                .map(Self::Percent),
            None => text
                .parse()
                .ok()
                .filter(|count| *count >= 1)
                .map(Self::Count),
        };
        if read.is_none() {
            reader.wrong(node.at, shown(node), expected);
        }
        read
    }

    compare_whole!();
}
