//! How it goes out, and how it goes back: as Tawny does it.

use super::section;
use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use crate::words::{duration, number};
use guard::plan::Batch;
use guard::policy::{Autonomy, WhenUnsure};
use guard::runbook::{OnHosts, Runbook};

pub(super) fn strategy(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let mut section = section("runbook-strategy", context);
    let policy = &runbook.policy;
    if runbook.hosts.is_some() {
        section.items.extend(waves(runbook, context));
    } else {
        section.items.push(say!(
            words,
            "runbook-strategy-observed",
            service = Foreign::from(&runbook.service)
        ));
    }
    section.items.push(say!(
        words,
        "runbook-bake",
        duration = duration(words, policy.bake_s)
    ));
    section.items.push(match policy.autonomy {
        Autonomy::Observe => say!(words, "runbook-autonomy-observe"),
        Autonomy::Pause => say!(words, "runbook-autonomy-pause"),
        Autonomy::Rollback => say!(words, "runbook-autonomy-rollback"),
    });
    section.items.push(match policy.when_unsure {
        WhenUnsure::Hold => say!(words, "runbook-unsure-hold"),
        WhenUnsure::Promote => say!(words, "runbook-unsure-promote"),
    });
    section.items.push(say!(
        words,
        "runbook-question",
        duration = duration(words, policy.approval_expiry_s),
        resume = policy.resume_by,
        promote = policy.promote_by
    ));
    section
}

fn waves(runbook: &Runbook, context: &Context) -> Vec<Text> {
    let words = context.words();
    let pacing = &runbook.pacing;
    let first = pacing.gray.as_ref().map(Foreign::from);
    let first = first.or_else(|| runbook.instances.first().map(Foreign::from));
    let size = match pacing.batch {
        Batch::Count(count) => say!(
            words,
            "runbook-batch-count",
            count = count,
            shown = number(words, f64::from(count))
        ),
        Batch::Percent(percent) => {
            say!(words, "runbook-batch-share", share = number(words, percent))
        }
    };
    vec![
        say!(
            words,
            "runbook-go",
            service = Foreign::from(&runbook.service)
        ),
        say!(
            words,
            "runbook-gray",
            instance = first.map(Text::foreign).unwrap_or_default(),
            duration = duration(words, pacing.gray_bake_s)
        ),
        say!(
            words,
            "runbook-waves",
            size = size,
            duration = duration(words, pacing.batch_bake_s)
        ),
    ]
}

/// Step by step, as the platform does it.
pub(super) fn back(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let service = || Foreign::from(&runbook.service);
    let mut section = section("runbook-back", context);
    match &runbook.hosts {
        Some(hosts) => section.items = steps(runbook, hosts, context),
        None => {
            section.items = vec![
                say!(words, "runbook-back-elsewhere", service = service()),
                say!(words, "runbook-back-tell", service = service()),
            ];
        }
    }
    section.items.push(say!(
        words,
        "runbook-back-cure",
        duration = duration(words, runbook.policy.cure_expiry_s)
    ));
    section.items.push(say!(words, "runbook-back-not-undone"));
    section
}

fn steps(runbook: &Runbook, hosts: &OnHosts, context: &Context) -> Vec<Text> {
    let words = context.words();
    let service = || Foreign::from(&runbook.service);
    let stop = duration(words, hosts.stop_s as f64);
    let patience = u64::from(hosts.attempts) * hosts.interval_s;
    vec![
        say!(words, "runbook-back-order", service = service()),
        if hosts.own_stop {
            say!(words, "runbook-back-stop-own", duration = stop)
        } else {
            say!(words, "runbook-back-stop", duration = stop)
        },
        say!(
            words,
            "runbook-back-start",
            kept = hosts.kept,
            status = number(words, f64::from(hosts.status)),
            duration = duration(words, patience as f64)
        ),
        say!(words, "runbook-back-look", service = service()),
    ]
}
