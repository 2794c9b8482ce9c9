//! Whether it is there at all.

use super::attempt::Request;
use super::client::Prometheus;
use super::error::{MetricsError, Problem};

impl Prometheus {
    /// Succeeds when the server answers: its health page, or a trivial query
    /// where a front-end has no such page.
    ///
    /// # Errors
    /// [`MetricsError`] with the reason why it cannot be used.
    pub async fn healthy(&self) -> Result<(), MetricsError> {
        let page = Request {
            path: vec!["-".into(), "healthy".into()],
            params: Vec::new(),
            form_allowed: false,
        };
        match self.fetch(&page).await {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(
                    *error.problem,
                    Problem::Status {
                        status: 404 | 405,
                        ..
                    }
                ) =>
            {
                let query = Request::api(&["query"]).param("query", "vector(1)");
                self.fetch(&query).await.map(|_| ())
            }
            Err(error) => Err(error),
        }
    }
}
