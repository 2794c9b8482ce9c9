//! Which resources there are.

use crate::caller::Caller;
use crate::error::ToolError;
use crate::record::{self, Deployment};
use crate::tools;
use crate::world::World;
use rmcp::model::{Resource, ResourceTemplate};
use std::sync::LazyLock;

/// Deployments that are listed: the last changed ones.
const LATELY: u64 = 200;
/// Deployments on one page, each with its report and timeline.
const ON_A_PAGE: usize = 20;

const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown";

static TEMPLATES: LazyLock<Vec<ResourceTemplate>> = LazyLock::new(|| {
    let template = |uri: &str, name: &str, title: &str, description: &str, mime: Option<&str>| {
        let template = ResourceTemplate::new(uri, name)
            .with_title(title)
            .with_description(description);
        match mime {
            Some(mime) => template.with_mime_type(mime),
            None => template,
        }
    };
    let mut all = vec![
        template(
            "tawny://services/{service}",
            "service",
            "Service",
            "Environments, running versions, owners, neighbours and signals with their limits.",
            Some(JSON),
        ),
        template(
            "tawny://deployments/{deployment}",
            "deployment",
            "Deployment",
            "How it stands: status, verdict, findings, questions. Subscribe while it runs.",
            Some(JSON),
        ),
        template(
            "tawny://deployments/{deployment}/report{?format}",
            "report",
            "Health report",
            "Before and after, findings, impact, cause, deeds, times; `format` is markdown or json.",
            None,
        ),
        template(
            "tawny://deployments/{deployment}/timeline{?format}",
            "timeline",
            "Timeline",
            "What happened, in order; `format` is markdown or json. Subscribe while it runs.",
            None,
        ),
    ];
    if tools::find("get_evidence").is_some() {
        all.push(template(
            "tawny://evidence/{evidence}",
            "evidence",
            "Evidence",
            "A query as it was sent and what the source answered, as findings cite it.",
            Some(JSON),
        ));
    }
    all
});

/// The templates, in the order in which clients see them.
#[must_use]
pub fn templates() -> &'static [ResourceTemplate] {
    &TEMPLATES
}

/// A page of those that there are for this caller, and where the next one begins: the services, then the deployments that
/// changed last.
///
/// # Errors
/// The cursor is none, or the journal.
pub async fn list(
    world: &World,
    caller: &Caller,
    cursor: Option<&str>,
) -> Result<(Vec<Resource>, Option<String>), ToolError> {
    let (recent, _) = record::recent(world, caller, LATELY).await?;
    let mut found = Vec::new();
    let begin = match cursor {
        None => {
            found.extend(services(world, caller));
            0
        }
        Some(after) => {
            let known = |one: &Deployment| one.state.plan().deployment.as_str() == after;
            let at = recent.iter().position(known);
            // What was listed last was erased meanwhile, or changed so much that it is none of these.
            let at = at.ok_or_else(|| {
                ToolError::argument("cursor", "not known any more: list from the beginning")
            })?;
            at + 1
        }
    };
    let page: Vec<&Deployment> = recent.iter().skip(begin).take(ON_A_PAGE).collect();
    found.extend(page.iter().copied().flat_map(deployment));
    let last = page
        .last()
        .map(|one| one.state.plan().deployment.to_string());
    let more = recent.len() > begin + ON_A_PAGE;
    Ok((found, last.filter(|_| more)))
}

fn services(world: &World, caller: &Caller) -> Vec<Resource> {
    let all = Resource::new("tawny://services", "services")
        .with_title("Services")
        .with_mime_type(JSON);
    let settings = world.settings.get();
    let seen = settings.services.iter();
    let seen = seen.filter(|service| caller.sees_service(&service.name));
    let each = seen.map(|service| {
        Resource::new(
            format!("tawny://services/{}", service.name),
            format!("service {}", service.name),
        )
        .with_mime_type(JSON)
    });
    [all].into_iter().chain(each).collect()
}

fn deployment(one: &Deployment) -> [Resource; 3] {
    let plan = one.state.plan();
    let id = &plan.deployment;
    let uri = format!("tawny://deployments/{id}");
    let title = format!(
        "{} {} in {} ({})",
        plan.service,
        plan.to,
        plan.environment,
        one.state.status().as_str()
    );
    [
        Resource::new(&uri, id.as_str())
            .with_title(title)
            .with_mime_type(JSON),
        Resource::new(format!("{uri}/report"), format!("{id} report")).with_mime_type(MARKDOWN),
        Resource::new(format!("{uri}/timeline"), format!("{id} timeline")).with_mime_type(MARKDOWN),
    ]
}
