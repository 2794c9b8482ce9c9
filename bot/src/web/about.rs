//! What a service's page says of it beside its deployments: what runs, who froze it, what Tawny may do, what it calls.

use super::Page;
use super::denied::Denied;
use super::overview;
use crate::orders::Stands;
use engine::services::Service;
use guard::ids::ServiceName;
use guard::policy::{Autonomy, Policy, WhenUnsure};
use maud::{Markup, html};
use messages::layout::html::text;
use messages::words::duration;
use messages::{Context, Foreign, Text, say};

/// The environments of a service, each with its own policy; nothing where it is not configured any more.
pub(super) async fn section(
    page: &Page,
    name: &ServiceName,
    context: &Context,
) -> Result<Markup, Denied> {
    let mut services = page.engine.services();
    services.retain(|service| service.name == *name);
    let stand = page.orders().stand(services).await?;
    Ok(html! { @for one in &stand { (environment(one, context)) } })
}

fn environment(one: &Stands, context: &Context) -> Markup {
    let standing = one.said();
    let service = one.service();
    html! {
        section.about {
            h2 {
                bdi { (service.environment) }
                @if let Some(runs) = standing.runs {
                    " " span.runs { (text(&say!(context, "page-runs", version = Foreign::from(runs)))) }
                }
            }
            (overview::frozen(standing.frozen, context))
            ul.policy { @for sentence in policy(service, context) { li { (text(&sentence)) } } }
            (neighbours(service, context))
        }
    }
}

/// What Tawny may do there, in sentences.
fn policy(service: &Service, context: &Context) -> Vec<Text> {
    let words = context.words();
    let policy: &Policy = &service.policy;
    let lasts = |seconds: f64| duration(words, seconds);
    let mut said = vec![match (&service.platform, policy.autonomy) {
        (None, _) => say!(words, "page-policy-watches"),
        (Some(_), Autonomy::Observe) => say!(words, "page-policy-observe"),
        (Some(_), Autonomy::Pause) => say!(words, "page-policy-pause"),
        (Some(_), Autonomy::Rollback) => say!(words, "page-policy-rollback"),
    }];
    said.push(say!(
        words,
        "page-policy-bake",
        lasts = lasts(policy.bake_s)
    ));
    if service.platform.is_none() {
        // Nothing is stopped there, so nothing is asked.
        return said;
    }
    said.push(say!(
        words,
        "page-policy-asks",
        lasts = lasts(policy.approval_expiry_s)
    ));
    said.push(match policy.when_unsure {
        WhenUnsure::Hold => say!(words, "page-policy-unsure-hold"),
        WhenUnsure::Promote => say!(words, "page-policy-unsure-promote"),
    });
    if policy.resume_by > 1 {
        said.push(say!(
            words,
            "page-policy-resume-by",
            people = policy.resume_by
        ));
    }
    said
}

/// What it calls and what calls it, as a small map.
fn neighbours(service: &Service, context: &Context) -> Markup {
    let of = |called: bool| -> Vec<&ServiceName> {
        let all = service.neighbours.iter().filter(|one| one.1 == called);
        all.map(|one| &one.0).collect()
    };
    let (callers, called) = (of(false), of(true));
    html! {
        @if !service.neighbours.is_empty() {
            h3 { (text(&say!(context, "page-neighbours"))) }
            div.map {
                (side(&callers, &say!(context, "page-neighbours-callers")))
                @if !callers.is_empty() { span.arrow aria-hidden="true" { "→" } }
                span.here { bdi { (service.name) } }
                @if !called.is_empty() { span.arrow aria-hidden="true" { "→" } }
                (side(&called, &say!(context, "page-neighbours-called")))
            }
        }
    }
}

fn side(names: &[&ServiceName], label: &Text) -> Markup {
    html! {
        @if !names.is_empty() {
            div {
                p.counts { (text(label)) }
                ul { @for name in names { li { a href={ "/services/" (name) } { bdi { (name) } } } } }
            }
        }
    }
}
