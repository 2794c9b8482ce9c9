//! Which series exist.

use super::attempt::Request;
use super::call::seconds;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::{MetricsError, Problem};
use super::selector::Selector;
use super::value::Labels;

impl Prometheus {
    /// The label sets of all series that match any of `selectors` and had
    /// samples between `start_ms` and `end_ms` (Unix milliseconds; Prometheus
    /// rounds generously to its blocks).
    ///
    /// # Errors
    /// [`MetricsError`]; no match is not one, no selector is.
    pub async fn series(
        &self,
        selectors: &[Selector],
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Answer<Vec<Labels>>, MetricsError> {
        let mut request = Request::api(&["series"]).or_form();
        for selector in selectors {
            request = request.param("match[]", selector.to_string());
        }
        request = request
            .param("start", seconds(start_ms))
            .param("end", seconds(end_ms));
        if selectors.is_empty() {
            let reason = "no selector given, expected at least one".to_owned();
            return Err(self.error(&request, 0, Problem::Unusable(reason)));
        }
        self.call(self.limited(request)).await
    }
}
