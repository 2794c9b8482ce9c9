//! Whoever reads a document about a deployment: which one, in which format and language.

use super::caller::Language;
use super::given::{Asked, At};
use super::problem::Problem;
use super::{Api, Caller, show};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use guard::ids::DeploymentId;
use messages::document::Document;
use messages::layout::{markdown, terminal};
use messages::{Context, Locale};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// In which format and language.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// `json` (the default), `markdown`, `terminal`, or `ansi`: a terminal with colours.
    format: Option<String>,
    /// `en` or `zh-CN`; else what the header `Accept-Language` says.
    lang: Option<String>,
}

/// A document with its schema.
#[derive(Serialize)]
pub(super) struct Schemed<T> {
    pub(super) schema: &'static str,
    #[serde(flatten)]
    pub(super) content: T,
}

/// A caller who may read, and what is asked for.
pub(super) struct Reader {
    pub(super) api: Api,
    pub(super) id: DeploymentId,
    pub(super) context: Context,
    wanted: Wanted,
}

impl FromRequestParts<Api> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, api).await?;
        let Ok(Language(locale)) = Language::from_request_parts(parts, api).await;
        let At(id) = At::<String>::from_request_parts(parts, api).await?;
        let Asked(wanted) = Asked::<Wanted>::from_request_parts(parts, api).await?;
        let locale = wanted.locale(locale)?;
        Ok(Self {
            id: DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?,
            context: show::context(api, locale),
            api: api.clone(),
            wanted,
        })
    }
}

impl Reader {
    /// The document as it was asked for; `content` is the same for programs.
    pub(super) fn shown(
        &self,
        document: &Document,
        content: impl Serialize,
    ) -> Result<Response, Problem> {
        self.wanted.shown(document, content)
    }
}

impl Wanted {
    /// In the language that was asked for, or else in this one.
    pub(super) fn locale(&self, usual: Locale) -> Result<Locale, Problem> {
        match &self.lang {
            None => Ok(usual),
            Some(tag) => Locale::from_tag(tag)
                .ok_or_else(|| Problem::bad("lang", format_args!("`{tag}`: expected en or zh-CN"))),
        }
    }

    /// The document as it was asked for; `content` is the same for programs.
    pub(super) fn shown(
        &self,
        document: &Document,
        content: impl Serialize,
    ) -> Result<Response, Problem> {
        Ok(match self.format.as_deref() {
            None | Some("json") => Json(content).into_response(),
            Some("markdown") => {
                let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
                (kind, markdown::document(document)).into_response()
            }
            Some("terminal") => plain(document, terminal::Colour::Off),
            Some("ansi") => plain(document, terminal::Colour::On),
            Some(other) => {
                let detail = format_args!("`{other}`: expected json, markdown, terminal or ansi");
                return Err(Problem::bad("format", detail));
            }
        })
    }
}

fn plain(document: &Document, colour: terminal::Colour) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (kind, terminal::document(document, colour)).into_response()
}
