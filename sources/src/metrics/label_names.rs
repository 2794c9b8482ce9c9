//! Which labels series have.

use super::attempt::Request;
use super::call::seconds;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::MetricsError;

impl Prometheus {
    /// The labels, between `start_ms` and `end_ms` (Unix milliseconds), of the series that match `selector` (PromQL),
    /// sorted.
    ///
    /// # Errors
    /// [`MetricsError`]; no match is not one.
    pub async fn label_names(
        &self,
        selector: &str,
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Answer<Vec<String>>, MetricsError> {
        let request = Request::api(&["labels"])
            .or_form()
            .param("match[]", selector)
            .param("start", seconds(start_ms))
            .param("end", seconds(end_ms));
        self.call(self.limited(request)).await
    }
}
