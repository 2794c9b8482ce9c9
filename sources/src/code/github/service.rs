//! The way from octocrab to the host: all that octocrab sends goes by an errand, with its bounds and its manners.

use super::account::Account;
use crate::code::remote::{Errand, Fault};
use http::{Request, Response};
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use reqwest::{Body, Url};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

/// Says that a page follows, on answers that go to octocrab.
pub(super) const NEXT: &str = "x-tawny-next";

/// What octocrab sends requests with.
struct Carrier {
    errand: Arc<Errand>,
    account: Arc<Account>,
}

/// Octocrab over an errand. Must be called within a tokio runtime.
pub(super) fn octocrab(errand: Arc<Errand>, account: Arc<Account>) -> Octocrab {
    let built = OctocrabBuilder::new_empty()
        .with_service(Carrier { errand, account })
        .with_auth(AuthState::None)
        .build();
    match built {
        Ok(octocrab) => octocrab,
        Err(never) => match never {},
    }
}

impl Service<Request<OctoBody>> for Carrier {
    type Response = Response<Body>;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Fault>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<OctoBody>) -> Self::Future {
        let (errand, account) = (self.errand.clone(), self.account.clone());
        Box::pin(async move {
            let url = url(&errand, request.uri())?;
            let mut credentials = account.credentials(&errand).await?;
            let method = request.method();
            let mut reply = errand.ask(method.clone(), url.clone(), &credentials).await;
            let unknown = matches!(&reply, Err(Fault::Refused { status: 401, .. }));
            if unknown && account.refused(&credentials).await {
                credentials = account.credentials(&errand).await?;
                reply = errand.ask(method.clone(), url, &credentials).await;
            }
            let reply = reply?;
            let mut response = Response::new(Body::from(reply.body));
            if reply.next {
                let yes = http::HeaderValue::from_static("1");
                response.headers_mut().insert(NEXT, yes);
            }
            Ok(response)
        })
    }
}

/// Octocrab gives paths; whatever else it were to give, the errand refuses.
fn url(errand: &Errand, uri: &http::Uri) -> Result<Url, Fault> {
    if uri.authority().is_some() {
        let text = uri.to_string();
        return Url::parse(&text).map_err(|_| Fault::Unusable(format!("`{text}` is no URL")));
    }
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    errand.url(path)
}
