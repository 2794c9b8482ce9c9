//! Which server answers.

use serde::Deserialize;

use super::attempt::Request;
use super::client::Prometheus;
use super::error::MetricsError;

/// Version of the server; imitators of the API fill in what they like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildInfo {
    /// Version, such as `2.42.0` or `3.1.0`; VictoriaMetrics claims `2.24.0`, or says nothing.
    #[serde(default)]
    pub version: String,
    /// Commit it was built from.
    #[serde(default)]
    pub revision: String,
    /// Branch it was built from.
    #[serde(default)]
    pub branch: String,
    /// Go version it was built with.
    #[serde(default)]
    pub go_version: String,
}

impl BuildInfo {
    /// The first number of the version.
    #[must_use]
    pub fn major(&self) -> Option<u32> {
        let version = self.version.trim_start_matches('v');
        version.split('.').next()?.parse().ok()
    }
}

impl Prometheus {
    /// The server's own account of its build.
    ///
    /// # Errors
    /// [`MetricsError`]; some imitators lack the endpoint and say 404.
    pub async fn build_info(&self) -> Result<BuildInfo, MetricsError> {
        let answer = self.call(Request::api(&["status", "buildinfo"])).await?;
        Ok(answer.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_version_or_none_is_enough_and_its_major_number_is_read() {
        let info: BuildInfo = serde_json::from_str(r#"{"version":"2.42.0+ds"}"#).unwrap();
        assert_eq!(info.major(), Some(2));
        let odd: BuildInfo = serde_json::from_str(r#"{"version":"main"}"#).unwrap();
        assert_eq!(odd.major(), None);
        let silent: BuildInfo = serde_json::from_str("{}").unwrap();
        assert_eq!(silent.major(), None);
    }
}
