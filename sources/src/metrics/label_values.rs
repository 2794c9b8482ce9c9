//! Which values a label has.

use super::attempt::Request;
use super::call::seconds;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::MetricsError;
use super::selector::Selector;

impl Prometheus {
    /// The values of `label` between `start_ms` and `end_ms` (Unix milliseconds)
    /// over the series that match any of `selectors` (empty: all series), sorted.
    ///
    /// # Errors
    /// [`MetricsError`]; an unknown label gives no values and no error.
    pub async fn label_values(
        &self,
        label: &str,
        selectors: &[Selector],
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Answer<Vec<String>>, MetricsError> {
        let mut request = Request::api(&["label", label, "values"]);
        for selector in selectors {
            request = request.param("match[]", selector.to_string());
        }
        request = request
            .param("start", seconds(start_ms))
            .param("end", seconds(end_ms));
        self.call(self.limited(request)).await
    }
}
