//! One value per series, at one time.

use super::attempt::Request;
use super::call::seconds;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::MetricsError;
use super::value::QueryValue;

impl Prometheus {
    /// Evaluates `query` (PromQL) at `at_ms` (Unix milliseconds).
    ///
    /// # Errors
    /// [`MetricsError`]; an empty result is not one.
    pub async fn instant(
        &self,
        query: &str,
        at_ms: i64,
    ) -> Result<Answer<QueryValue>, MetricsError> {
        let request = Request::api(&["query"])
            .or_form()
            .param("query", query)
            .param("time", seconds(at_ms));
        self.call(self.limited(request)).await
    }
}
