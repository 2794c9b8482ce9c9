//! Deliveries of webhooks that GitHub made, and having one come again.

use super::ask::GitHub;
use super::error::CodeHostError;
use super::repository::Repository;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

/// Deliveries of one page.
const PAGE: usize = 100;

/// Whose deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hook {
    /// A webhook of a repository.
    OfRepository {
        /// Which.
        repository: Repository,
        /// The number of the webhook.
        id: u64,
    },
    /// The app's own; asked with the credentials of the app itself.
    OfApp,
}

/// A delivery, or one try of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    /// The number of the try.
    pub id: u64,
    /// The same for all tries.
    pub guid: String,
    /// When.
    pub delivered_at: Timestamp,
    /// What was answered; 0 where nobody did.
    #[serde(default)]
    pub status_code: u16,
}

impl Hook {
    fn path(&self) -> String {
        match self {
            Self::OfRepository { repository, id } => {
                format!("/repos/{repository}/hooks/{id}/deliveries")
            }
            Self::OfApp => "/app/hook/deliveries".to_owned(),
        }
    }
}

impl GitHub {
    /// A page of the last deliveries, the newest first, and where the next page begins, if there is one.
    ///
    /// # Errors
    /// What the host refused.
    pub async fn deliveries(
        &self,
        hook: &Hook,
        cursor: Option<&str>,
    ) -> Result<(Vec<Delivery>, Option<String>), CodeHostError> {
        let mut path = format!("{}?per_page={PAGE}", hook.path());
        if let Some(cursor) = cursor {
            path.push_str("&cursor=");
            path.push_str(cursor);
        }
        let answered = self.page(&path).await?;
        let deliveries = serde_json::from_value(answered.body)
            .map_err(|_| CodeHostError::NotSent(format!("{path}: a strange answer")))?;
        Ok((deliveries, answered.cursor))
    }

    /// Has one come again.
    ///
    /// # Errors
    /// Why not.
    pub async fn redeliver(&self, hook: &Hook, id: u64) -> Result<(), CodeHostError> {
        let path = format!("{}/{id}/attempts", hook.path());
        self.post(&path, &json!({})).await.map(drop)
    }
}
