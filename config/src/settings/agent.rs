//! The analyst: which models are asked, what they may cost, and how their servers differ.

use super::ClientTls;
use crate::reader::{Reader, Step};
use crate::text::{JsonObject, Name, Proxy, Secret, WebUrl};
use crate::value::{settings, words};
use crate::yaml::Node;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

settings! {
    /// The analyst: a model that looks into what hurts, by Tawny's own reading tools, and explains it. It decides nothing.
    pub struct Agent check told_apart {
        /// Servers that speak OpenAI's chat completions. The first is asked; the others when it cannot be reached, refuses or is overloaded. Without one, no model is asked.
        endpoints: Vec<ModelEndpoint> = "[]",
        /// What models cost, by their name. What has no price is bounded by tokens and not by money.
        prices: BTreeMap<String, ModelPrice> = "{}",
        /// In which currency prices and bounds are.
        currency: String = "USD",
        /// Bounds of one investigation.
        incident: IncidentBounds = "{}",
        /// Bounds of a day, in UTC, of all servers together.
        day: DayBounds = "{}",
        /// Bounds of a day for each channel in which people ask, or which reads the report.
        channel: ChannelBounds = "{}",
        /// Hosts to which links of a model are let through, beside Tawny's own page and the code hosts.
        link_hosts: Vec<String> = "[]",
    }

    /// A server that answers for a model.
    pub struct ModelEndpoint {
        /// What it is called in reports and metrics.
        name: Name,
        /// Base URL, as in `https://api.openai.com/v1`: `/chat/completions` comes below it. Redirects are not followed.
        url: WebUrl,
        /// The model, as the server calls it.
        model: String,
        /// The key, sent as `Authorization: Bearer`.
        key: Option<Secret>,
        /// Further headers, such as `api-key`. Values are treated as secrets.
        headers: BTreeMap<String, Secret> = "{}",
        /// Longest silence: before an answer begins, and between two parts of it.
        timeout: Duration = "60s",
        /// Most tokens of one answer, what the model thinks included.
        answer_tokens: NonZeroU32 = "6000",
        /// How much the model can read at once, in tokens.
        context_tokens: NonZeroU32 = "120000",
        /// Whom to trust, and the client certificate to show.
        tls: ClientTls = "{}",
        /// How it is reached: `environment` as `HTTPS_PROXY` and the like say, `direct`, or the URL of a proxy. Treated as a secret, since it may hold a password.
        proxy: Proxy = "environment",
        /// In what the server differs from OpenAI's own. `tawny agent test` finds most of it out.
        quirks: ModelQuirks = "{}",
    }

    /// In what a server differs from OpenAI's own.
    pub struct ModelQuirks {
        /// The field that bounds an answer: `max_completion_tokens`, or `max_tokens` for most other servers.
        max_tokens_field: String = "max_completion_tokens",
        /// The role of what Tawny says to the model.
        system_role: SystemRole = "system",
        /// How the form of an answer is asked for. What has the wrong form is sent back with the reason, at most twice.
        answers: AnswerForm = "json_schema",
        /// Whether the form of an answer may be asked for beside tools. When not, it is asked for in a request without them.
        answers_beside_tools: bool = "true",
        /// Whether the model may call several tools at once. When not, the server is told so by `parallel_tool_calls`.
        parallel_tools: bool = "true",
        /// Whether answers come in parts, so that a silence is noticed early.
        stream: bool = "true",
        /// Whether a stream is asked for its token counts. When not, they are estimated.
        stream_usage: bool = "true",
        /// Further fields of every request.
        body: JsonObject = "'{}'",
    }

    /// What a model costs for a million tokens.
    pub struct ModelPrice {
        /// Read.
        input: f64,
        /// Read again out of the server's cache; as `input` when not said.
        cached: Option<f64>,
        /// Written.
        output: f64,
    }

    /// Bounds of one investigation. At a bound the model is asked once for what it has; what stands then is said to be in part.
    pub struct IncidentBounds {
        /// Requests to a model.
        steps: NonZeroU32 = "12",
        /// Tokens, read and written.
        tokens: u64 = "300000",
        /// Money.
        money: Option<f64>,
        /// Time.
        time: Duration = "3m",
    }

    /// Bounds of a day.
    pub struct DayBounds {
        /// Tokens, read and written.
        tokens: u64 = "5000000",
        /// Money.
        money: Option<f64>,
    }

    /// Bounds of a day for each channel.
    pub struct ChannelBounds {
        /// Tokens, read and written.
        tokens: u64 = "2000000",
        /// Money.
        money: Option<f64>,
    }
}

/// The role of what Tawny says to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemRole {
    /// `system`.
    System,
    /// `developer`.
    Developer,
    /// `user`, for models that know no other.
    User,
}

words!(SystemRole {
    "system" => SystemRole::System, "as most servers have it";
    "developer" => SystemRole::Developer, "as OpenAI's newer models have it";
    "user" => SystemRole::User, "for models that know no other";
});

/// How the form of an answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerForm {
    /// By a schema that the server enforces.
    JsonSchema,
    /// As some JSON object; the schema is in the text.
    JsonObject,
    /// In the text alone.
    Text,
}

words!(AnswerForm {
    "json_schema" => AnswerForm::JsonSchema, "by a schema that the server enforces";
    "json_object" => AnswerForm::JsonObject, "as some JSON object; the schema is in the text";
    "text" => AnswerForm::Text, "in the text alone";
});

impl Agent {
    /// Whether a model is asked at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.endpoints.is_empty()
    }
}

fn told_apart(agent: &Agent, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let mut good = Some(());
    for (index, endpoint) in agent.endpoints.iter().enumerate() {
        let mut earlier = agent.endpoints.iter().take(index);
        if earlier.any(|other| other.name == endpoint.name) {
            reader.inside(Step::Field("endpoints".to_owned()), |reader| {
                let expected = "a name of its own for each endpoint";
                reader.wrong(node.at, format!("`{}` twice", endpoint.name), expected);
            });
            good = None;
        }
    }
    good
}
