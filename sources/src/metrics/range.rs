//! Values at regular steps.

use std::time::Duration;

use super::attempt::Request;
use super::call::seconds;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::{MetricsError, Problem};
use super::value::{QueryValue, Series};

impl Prometheus {
    /// Evaluates `query` (PromQL) from `start_ms` to `end_ms` (Unix milliseconds,
    /// both included) every `step`. Prometheus gives at most 11,000 points a
    /// series and refuses more as `bad_data`.
    ///
    /// # Errors
    /// [`MetricsError`]; an empty result is not one.
    pub async fn range(
        &self,
        query: &str,
        start_ms: i64,
        end_ms: i64,
        step: Duration,
    ) -> Result<Answer<Vec<Series>>, MetricsError> {
        let request = Request::api(&["query_range"])
            .or_form()
            .param("query", query)
            .param("start", seconds(start_ms))
            .param("end", seconds(end_ms))
            .param("step", step.as_secs_f64().to_string());
        let request = self.limited(request);
        if step.is_zero() || end_ms < start_ms {
            let reason = format!(
                "range from {start_ms} to {end_ms} every {} s, expected a start before the end and a step above 0",
                step.as_secs_f64()
            );
            return Err(self.error(&request, 0, Problem::Unusable(reason)));
        }
        let answer = self.call::<QueryValue>(request.clone()).await?;
        self.matrix(&request, answer)
    }

    /// The series of an answer that must be a matrix.
    pub(super) fn matrix(
        &self,
        request: &Request,
        answer: Answer<QueryValue>,
    ) -> Result<Answer<Vec<Series>>, MetricsError> {
        if let QueryValue::Matrix(series) = answer.value {
            return Ok(Answer {
                value: series,
                warnings: answer.warnings,
                infos: answer.infos,
            });
        }
        let reason = format!("result is a {}, expected a matrix", answer.value.kind());
        Err(self.error(request, 1, Problem::Shape(reason)))
    }
}
