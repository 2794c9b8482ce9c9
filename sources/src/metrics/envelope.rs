//! The frame of every answer: status, data, error, warnings.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::error::{Problem, shorten};

/// Longest foreign text kept in an error, in characters.
const KEPT_TEXT: usize = 500;

/// What Prometheus answered, with what it had to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    /// The data.
    pub value: T,
    /// Reasons why the data may be incomplete, such as a store that did not answer.
    pub warnings: Vec<String>,
    /// Remarks that do not concern completeness.
    pub infos: Vec<String>,
}

impl<T> Answer<T> {
    /// The same remarks over other data.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        Answer {
            value: change(self.value),
            warnings: self.warnings,
            infos: self.infos,
        }
    }
}

#[derive(Deserialize)]
struct Envelope<T> {
    status: String,
    data: Option<T>,
    #[serde(rename = "errorType")]
    error_type: Option<String>,
    error: Option<String>,
    warnings: Option<Vec<String>>,
    infos: Option<Vec<String>>,
    /// VictoriaMetrics' word for stores that did not answer.
    #[serde(default, rename = "isPartial")]
    is_partial: bool,
}

/// Reads the body of a 2xx answer.
pub(super) fn success<T: DeserializeOwned>(
    status: u16,
    content_type: &str,
    body: &[u8],
) -> Result<Answer<T>, Problem> {
    let envelope: Envelope<T> =
        serde_json::from_slice(body).map_err(|e| unreadable(&e, content_type, body))?;
    // Some proxies turn every status into 200.
    if envelope.status != "success" {
        return Err(refused(status, envelope));
    }
    let Some(value) = envelope.data else {
        return Err(Problem::Shape(
            "status is success but there is no data".into(),
        ));
    };
    let mut warnings = envelope.warnings.unwrap_or_default();
    if envelope.is_partial && warnings.is_empty() {
        warnings.push("the server marked its answer as partial".to_owned());
    }
    Ok(Answer {
        value,
        warnings,
        infos: envelope.infos.unwrap_or_default(),
    })
}

/// `errorType` and `error` of a body that is Prometheus' own error.
pub(super) fn error_of(body: &[u8]) -> Option<(String, String)> {
    let envelope: Envelope<IgnoredAny> = serde_json::from_slice(body).ok()?;
    if envelope.status != "error" {
        return None;
    }
    Some((
        envelope.error_type.unwrap_or_else(|| "unknown".into()),
        shorten(&envelope.error.unwrap_or_default(), KEPT_TEXT),
    ))
}

/// The beginning of any body, fit for an error.
pub(super) fn beginning(body: &[u8]) -> String {
    let end = body.len().min(KEPT_TEXT * 4);
    shorten(&String::from_utf8_lossy(&body[..end]), KEPT_TEXT)
}

fn refused<T>(status: u16, envelope: Envelope<T>) -> Problem {
    Problem::Refused {
        status,
        error_type: envelope.error_type.unwrap_or_else(|| "unknown".into()),
        text: shorten(&envelope.error.unwrap_or_default(), KEPT_TEXT),
    }
}

fn unreadable(error: &serde_json::Error, content_type: &str, body: &[u8]) -> Problem {
    let looks_like_json = body.trim_ascii_start().starts_with(b"{");
    if error.is_eof() && looks_like_json {
        Problem::Truncated(format!("json ends after {} bytes", body.len()))
    } else if error.is_data() {
        Problem::Shape(shorten(&error.to_string(), KEPT_TEXT))
    } else if looks_like_json {
        Problem::Shape(format!(
            "broken json: {}",
            shorten(&error.to_string(), KEPT_TEXT)
        ))
    } else {
        Problem::NotJson {
            content_type: content_type.to_owned(),
            text: beginning(body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Answer<Vec<String>>, Problem> {
        success(200, "application/json", body.as_bytes())
    }

    #[test]
    fn warnings_and_infos_reach_the_caller() {
        let answer = read(r#"{"status":"success","data":["a"],"warnings":["store b is down"],"infos":["not a counter"]}"#).unwrap();
        assert_eq!(answer.value, ["a"]);
        assert_eq!(answer.warnings, ["store b is down"]);
        assert_eq!(answer.infos, ["not a counter"]);
    }

    #[test]
    fn an_answer_that_victoriametrics_marks_as_partial_carries_a_warning() {
        let answer = read(r#"{"status":"success","isPartial":true,"data":["a"]}"#).unwrap();
        assert_eq!(answer.warnings, ["the server marked its answer as partial"]);
        let whole = read(r#"{"status":"success","isPartial":false,"data":["a"]}"#).unwrap();
        assert!(whole.warnings.is_empty());
    }

    #[test]
    fn an_error_in_a_200_is_an_error() {
        let problem =
            read(r#"{"status":"error","errorType":"execution","error":"too many samples"}"#);
        assert_eq!(
            problem.unwrap_err(),
            Problem::Refused {
                status: 200,
                error_type: "execution".into(),
                text: "too many samples".into()
            }
        );
    }

    #[test]
    fn each_broken_body_has_its_own_problem() {
        assert!(matches!(
            read(r#"{"status":"success","data":["a""#),
            Err(Problem::Truncated(_))
        ));
        assert!(matches!(
            read("<html>login</html>"),
            Err(Problem::NotJson { .. })
        ));
        assert!(matches!(read(""), Err(Problem::NotJson { .. })));
        assert!(matches!(
            read(r#"{"status":"success","data":7}"#),
            Err(Problem::Shape(_))
        ));
        assert!(matches!(
            read(r#"{"status":"success"}"#),
            Err(Problem::Shape(_))
        ));
        assert!(matches!(read(r#"{"status";1}"#), Err(Problem::Shape(_))));
    }

    #[test]
    fn victoriametrics_error_shape_is_read() {
        let body = br#"{"status":"error","errorType":"422","error":"unexpected token"}"#;
        assert_eq!(
            error_of(body),
            Some(("422".into(), "unexpected token".into()))
        );
        assert_eq!(error_of(b"<html>"), None);
    }
}
