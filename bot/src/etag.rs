//! What a caller has already is not sent again: an `ETag` on every read that went well (RFC 9110, 8.8.3).

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// The longest answer that is looked at, in bytes; ours are far below.
const MOST: usize = 16 * 1024 * 1024;

/// Adds the tag, or answers `304 Not Modified` where the caller named it.
pub(crate) async fn tagged(request: Request, next: Next) -> Response {
    let reads = request.method() == Method::GET;
    let has = request.headers().get(IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if !reads || response.status() != StatusCode::OK || lasts(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let digest = Sha256::digest(&bytes);
    let tag = format!("\"{}\"", hex::encode(&digest[..16]));
    let known = has.as_ref().is_some_and(|has| names(has, &tag));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, tag);
    }
    if !known {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(CONTENT_TYPE);
    Response::from_parts(parts, Body::empty())
}

/// Whether it never ends, so that there is no whole to tag.
fn lasts(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}

/// Whether a list of tags has this one. A weak one is as good here: the comparison is the weak one.
fn names(has: &HeaderValue, tag: &str) -> bool {
    let listed = has.to_str().unwrap_or_default().split(',').map(str::trim);
    let mut bare = listed.map(|one| one.strip_prefix("W/").unwrap_or(one));
    bare.any(|one| one == "*" || one == tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    async fn asked(path: &str, has: Option<&str>) -> Response {
        let answers = get(async || "an answer").post(async || "done");
        let router = Router::new().route("/here", answers).layer(from_fn(tagged));
        let request = Request::get(path);
        let request = match has {
            Some(has) => request.header(IF_NONE_MATCH, has),
            None => request,
        };
        let request = request.body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn what_a_caller_has_already_is_not_sent_again() {
        let first = asked("/here", None).await;
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        let listed = format!("\"other\", W/{tag}");
        for has in [tag.as_str(), &listed, "*"] {
            let again = asked("/here", Some(has)).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{has}");
            assert_eq!(again.headers()[ETAG], tag.as_str());
            let sent = to_bytes(again.into_body(), MOST).await.unwrap();
            assert!(sent.is_empty());
        }
        let other = asked("/here", Some("\"other\"")).await;
        assert_eq!(other.status(), StatusCode::OK);
        let failed = asked("/nowhere", Some("*")).await;
        assert_eq!(failed.status(), StatusCode::NOT_FOUND);
        assert!(!failed.headers().contains_key(ETAG));
    }
}
