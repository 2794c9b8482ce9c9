//! Prompts: one file each under `prompts/`, in two languages, which fill themselves from the record.
//!
//! What a prompt says is ours; what it is filled with is what tools answer, for the same caller and within bounds, and is
//! marked as data: others wrote some of it.

mod file;
mod fill;

pub use file::{Argument, Filling, Prompt, Type};

use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::world::World;
use messages::Locale;
use rmcp::model::{self, GetPromptResult, JsonObject, PromptArgument};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The argument that every prompt takes beside its own.
pub const LANGUAGE: &str = "language";

const TEXTS: [&str; 6] = [
    include_str!("../../../prompts/post_deploy_health_check.md"),
    include_str!("../../../prompts/incident_root_cause.md"),
    include_str!("../../../prompts/investigate_deployment.md"),
    include_str!("../../../prompts/write_postmortem.md"),
    include_str!("../../../prompts/deployment_runbook.md"),
    include_str!("../../../prompts/alert_threshold_tuning.md"),
];

static ALL: LazyLock<Result<Vec<Prompt>, String>> =
    LazyLock::new(|| TEXTS.iter().map(|text| Prompt::parse(text)).collect());

/// All prompts, in the order in which clients see them.
///
/// # Errors
/// A file of this build is none, which a test rules out.
pub fn all() -> Result<&'static [Prompt], &'static str> {
    match &*ALL {
        Ok(all) => Ok(all),
        Err(error) => Err(error),
    }
}

/// The prompt of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Prompt> {
    all().ok()?.iter().find(|prompt| prompt.name == name)
}

impl Prompt {
    /// As clients see it.
    #[must_use]
    pub fn definition(&self, locale: Locale) -> model::Prompt {
        let own = self.arguments.iter().map(|argument| {
            PromptArgument::new(&argument.name)
                .with_description(argument.said(locale))
                .with_required(argument.required)
        });
        let language = PromptArgument::new(LANGUAGE)
            .with_description("en, zh-CN")
            .with_required(false);
        let arguments = own.chain([language]).collect();
        let description = self.description.of(locale);
        model::Prompt::new(&self.name, Some(description), Some(arguments))
            .with_title(self.title.of(locale))
    }

    /// The prompt with what there is to say about its arguments.
    ///
    /// # Errors
    /// An argument is missing or none of its, or what it is about is not there for this caller.
    pub async fn filled(
        &self,
        world: &World,
        caller: &Caller,
        given: JsonObject,
        call: &Call,
    ) -> Result<GetPromptResult, ToolError> {
        let (given, locale) = self.read(given, call.locale)?;
        let messages = fill::messages(self, world, caller, &given, locale, call).await?;
        let result = GetPromptResult::new(messages);
        Ok(result.with_description(self.description.of(locale)))
    }

    fn read(
        &self,
        given: JsonObject,
        usual: Locale,
    ) -> Result<(BTreeMap<String, String>, Locale), ToolError> {
        let mut read = BTreeMap::new();
        let mut locale = usual;
        for (name, value) in given {
            let Some(text) = value.as_str() else {
                return Err(ToolError::Shape(format!("`{name}`: expected a text")));
            };
            let text = text.trim();
            if name == LANGUAGE {
                locale = Locale::from_tag(text).ok_or_else(|| {
                    ToolError::Shape(format!("`{LANGUAGE}`: expected en or zh-CN"))
                })?;
            } else if self.arguments.iter().any(|one| one.name == name) {
                if !text.is_empty() {
                    read.insert(name, text.to_owned());
                }
            } else {
                let known: Vec<&str> = self.arguments.iter().map(|one| &*one.name).collect();
                let known = known.join(", ");
                return Err(ToolError::Shape(format!(
                    "`{name}` is no argument of `{}`: expected {known}, {LANGUAGE}",
                    self.name
                )));
            }
        }
        let mut missing = self.arguments.iter().filter(|one| one.required);
        match missing.find(|one| !read.contains_key(&one.name)) {
            Some(missing) => Err(ToolError::Shape(format!("`{}` is missing", missing.name))),
            None => Ok((read, locale)),
        }
    }
}
