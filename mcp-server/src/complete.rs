//! Completing arguments of prompts and of resource templates, by what there is for this caller.

use crate::caller::Caller;
use crate::error::ToolError;
use crate::prompts::{self, LANGUAGE, Type};
use crate::record;
use crate::resources;
use crate::world::World;
use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};
use std::collections::BTreeSet;

/// Deployments that are looked at: the last changed ones.
const LATELY: u64 = 100;

/// What may be meant by the beginning of an argument; nothing where nothing is known of it.
///
/// # Errors
/// The journal.
pub async fn complete(
    world: &World,
    caller: &Caller,
    asked: &CompleteRequestParams,
) -> Result<CompletionInfo, ToolError> {
    let of = match &asked.r#ref {
        Reference::Prompt(prompt) => of_prompt(&prompt.name, &asked.argument.name),
        Reference::Resource(template) => resources::completes(&template.uri, &asked.argument.name),
        _ => None,
    };
    let service = asked.context.as_ref().and_then(|context| {
        let arguments = context.arguments.as_ref()?;
        arguments.get("service").map(String::as_str)
    });
    let begun = asked.argument.value.to_lowercase();
    let all = match of {
        Some(Of::Type(Type::Deployment)) => deployments(world, caller, &begun).await?,
        Some(Of::Type(Type::Service)) => services(world, caller),
        Some(Of::Type(Type::Environment)) => environments(world, caller, service),
        Some(Of::Type(Type::Signal)) => signals(world, caller, service),
        Some(Of::Language) => vec!["en".to_owned(), "zh-CN".to_owned()],
        Some(Of::Type(Type::Text)) | None => Vec::new(),
    };
    let fits = |value: &String| {
        matches!(of, Some(Of::Type(Type::Deployment))) || value.to_lowercase().starts_with(&begun)
    };
    let mut fitting: Vec<String> = all.into_iter().filter(fits).collect();
    let total = u32::try_from(fitting.len()).ok();
    let more = fitting.len() > CompletionInfo::MAX_VALUES;
    fitting.truncate(CompletionInfo::MAX_VALUES);
    let completion = CompletionInfo::with_pagination(fitting, total, more);
    completion.map_err(|problem| ToolError::argument("value", problem))
}

/// What is completed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    /// One of these.
    Type(Type),
    /// A language.
    Language,
}

fn of_prompt(name: &str, argument: &str) -> Option<Of> {
    let prompt = prompts::find(name)?;
    if argument == LANGUAGE {
        return Some(Of::Language);
    }
    let mut own = prompt.arguments.iter();
    let own = own.find(|own| own.name == argument)?;
    Some(Of::Type(own.r#type))
}

/// Those whose id, service or version begins so, the last changed first.
async fn deployments(
    world: &World,
    caller: &Caller,
    begun: &str,
) -> Result<Vec<String>, ToolError> {
    let (recent, _) = record::recent(world, caller, LATELY).await?;
    let fitting = recent.iter().filter(|one| {
        let plan = one.state.plan();
        let names = [
            plan.deployment.as_str(),
            plan.service.as_str(),
            plan.to.as_str(),
        ];
        names
            .iter()
            .any(|name| name.to_lowercase().starts_with(begun))
    });
    let ids = fitting.map(|one| one.state.plan().deployment.to_string());
    Ok(ids.collect())
}

fn services(world: &World, caller: &Caller) -> Vec<String> {
    let settings = world.settings.get();
    let seen = settings.services.iter();
    let seen = seen.filter(|service| caller.sees_service(&service.name));
    seen.map(|service| service.name.to_string()).collect()
}

fn environments(world: &World, caller: &Caller, service: Option<&str>) -> Vec<String> {
    let settings = world.settings.get();
    let mut found = BTreeSet::new();
    for known in &settings.services {
        if service.is_some_and(|service| service != known.name.as_str()) {
            continue;
        }
        let there = settings.environments_of(known).into_iter();
        let seen = there.filter(|environment| caller.sees(&known.name, environment));
        found.extend(seen.map(|environment| environment.to_string()));
    }
    found.into_iter().collect()
}

fn signals(world: &World, caller: &Caller, service: Option<&str>) -> Vec<String> {
    let settings = world.settings.get();
    let of = settings.services.iter().filter(|known| {
        let named = service.is_none_or(|service| service == known.name.as_str());
        named && caller.sees_service(&known.name)
    });
    let keys: BTreeSet<String> = of
        .flat_map(config::settings::Service::signals)
        .map(|signal| signal.key.to_string())
        .collect();
    keys.into_iter().collect()
}
