//! What a model writes beside what rules say, where whoever reads it asks for that.

use super::Api;
use crate::prose;
use guard::root_cause::{Ended, Known};
use messages::Context;
use messages::document::Document;
use messages::prose::{Prose, with};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Whether a model is to write.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct InWords {
    /// Have a model write beside what rules say, from the same data and held against them; it costs, within the bounds of
    /// `agent`. Without a model, or where nothing came of it, that is said and the rules' text stands.
    prose: Option<bool>,
}

/// The same with what a model wrote.
#[derive(Serialize)]
pub(super) struct WithProse<T> {
    #[serde(flatten)]
    content: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    prose: Option<ProseView>,
}

#[derive(Serialize)]
struct ProseView {
    text: String,
    model: String,
    checked: u32,
    cut: u32,
    #[serde(flatten)]
    ended: Ended,
}

/// What is to be written, and against what it is held.
pub(super) struct Task<'t> {
    pub(super) task: &'static str,
    pub(super) subject: &'t str,
    pub(super) known: Known,
}

impl InWords {
    /// The document and the data, with what a model wrote if that is wanted.
    pub(super) async fn beside<T: Serialize>(
        &self,
        api: &Api,
        task: Task<'_>,
        document: Document,
        content: T,
        context: &Context,
    ) -> (Document, WithProse<T>) {
        if self.prose != Some(true) {
            let prose = None;
            return (document, WithProse { content, prose });
        }
        // What cannot be put into JSON cannot be answered either, and is no data for a model.
        let data = serde_json::to_value(&content).unwrap_or_default();
        let Task {
            task,
            subject,
            known,
        } = task;
        let written = prose::of(&api.agent, task, subject, context.locale, &data, known).await;
        let document = with(document, &written, context);
        let Prose {
            text,
            model,
            checked,
            cut,
            ended,
        } = written;
        let prose = Some(ProseView {
            text,
            model,
            checked,
            cut,
            ended,
        });
        (document, WithProse { content, prose })
    }
}
