//! What is answered instead of the page, and why.

use super::Page;
use super::frame::{self, Frame};
use super::language::Language;
use super::oidc;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use engine::EngineError;
use engine::ledger::LedgerError;
use guard::approval::Refusal;
use journal::JournalError;
use messages::layout::html;
use messages::{Context, Foreign, say, words};

/// Why not.
#[derive(Debug)]
pub(super) enum Denied {
    /// The request names a host that is not this page's.
    Host,
    /// The form comes from another site.
    Origin,
    /// Nobody is logged in.
    NoSession,
    /// The link is unknown, used or too old.
    Link,
    /// The form is not of this session.
    FormToken,
    /// The form is incomplete or garbled.
    BadForm,
    /// There is nothing at this address.
    NoPage,
    /// There is no such deployment.
    NotFound,
    /// There is no such service.
    NoService,
    /// Nothing was measured under that name.
    NoSignal,
    /// Too many look on.
    Full,
    /// Nothing was ever found of this deployment.
    NoIncident,
    /// The answer was refused; it is on record.
    Refused(Refusal),
    /// What was wanted was not done, for this reason.
    NotDone(messages::Text),
    /// This process does not lead.
    NotLeading,
    /// The attempt to log in is not one of this browser, or is over.
    LoginOver,
    /// The identity provider let nobody in; the log has it.
    Provider,
    /// The identity provider knows them, the configuration does not.
    Stranger,
    /// Nobody made such a link to a deployment, or that is long ago.
    ShareUnknown,
    /// Its time is over.
    ShareExpired,
    /// Somebody ended it.
    ShareRevoked,
    /// It is opened too often.
    TooFast,
    /// Something broke; the log has it.
    Broken,
}

impl From<JournalError> for Denied {
    fn from(error: JournalError) -> Self {
        tracing::error!(%error, "the page cannot read or write the journal");
        Self::Broken
    }
}

impl From<LedgerError> for Denied {
    fn from(error: LedgerError) -> Self {
        EngineError::from(error).into()
    }
}

impl From<EngineError> for Denied {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::NotLeading => Self::NotLeading,
            EngineError::UnknownDeployment(_) => Self::NotFound,
            error => {
                tracing::error!(%error, "the page cannot be served");
                Self::Broken
            }
        }
    }
}

impl Denied {
    fn status(&self) -> StatusCode {
        match self {
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::Origin | Self::FormToken | Self::Stranger => StatusCode::FORBIDDEN,
            Self::NoSession | Self::Link | Self::LoginOver => StatusCode::UNAUTHORIZED,
            Self::Provider => StatusCode::BAD_GATEWAY,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::NoPage | Self::NotFound | Self::NoService | Self::NoSignal | Self::NoIncident => {
                StatusCode::NOT_FOUND
            }
            Self::Refused(
                Refusal::MissingRole { .. }
                | Refusal::NotAPerson { .. }
                | Refusal::MachineJudges { .. }
                | Refusal::MayNotFix { .. }
                | Refusal::MayNotShare { .. }
                | Refusal::MayNotJudge { .. },
            ) => StatusCode::FORBIDDEN,
            Self::Refused(_) | Self::NotDone(_) => StatusCode::CONFLICT,
            Self::ShareUnknown => StatusCode::NOT_FOUND,
            Self::ShareExpired | Self::ShareRevoked => StatusCode::GONE,
            Self::TooFast => StatusCode::TOO_MANY_REQUESTS,
            Self::NotLeading | Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether searching would help.
    fn may_be_found(&self) -> bool {
        matches!(
            self,
            Self::NoPage | Self::NotFound | Self::NoService | Self::NoIncident
        )
    }

    /// Whether it is about a link to one deployment.
    fn is_of_a_link(&self) -> bool {
        matches!(
            self,
            Self::ShareUnknown | Self::ShareExpired | Self::ShareRevoked | Self::TooFast
        )
    }

    /// Whether logging in would help.
    fn may_log_in(&self) -> bool {
        matches!(self, Self::NoSession | Self::Link | Self::LoginOver)
    }

    fn text(&self, context: &Context) -> messages::Text {
        match self {
            Self::Host => say!(context, "denied-host"),
            Self::Origin => say!(context, "denied-origin"),
            Self::NoSession => say!(context, "denied-no-session"),
            Self::Link => say!(context, "denied-link"),
            Self::FormToken => say!(context, "denied-form-token"),
            Self::BadForm => say!(context, "denied-bad-form"),
            Self::NoPage => say!(context, "denied-no-page"),
            Self::NotFound => say!(context, "denied-not-found"),
            Self::NoService => say!(context, "denied-no-service"),
            Self::NoSignal => say!(context, "denied-no-signal"),
            Self::Full => say!(context, "denied-full"),
            Self::NoIncident => say!(context, "denied-no-incident"),
            Self::Refused(refusal) => words::refusal(refusal, context),
            Self::NotDone(why) => why.clone(),
            Self::NotLeading => say!(context, "denied-not-leading"),
            Self::LoginOver => say!(context, "denied-login-over"),
            Self::Provider => say!(context, "denied-provider"),
            Self::Stranger => say!(context, "denied-stranger"),
            Self::ShareUnknown => say!(context, "denied-share-unknown"),
            Self::ShareExpired => say!(context, "denied-share-expired"),
            Self::ShareRevoked => say!(context, "denied-share-revoked"),
            Self::TooFast => say!(context, "denied-too-fast"),
            Self::Broken => say!(context, "denied-broken"),
        }
    }

    /// As a page in the reader's language.
    pub(super) fn page(self, page: &Page, language: Language) -> DeniedPage {
        self.page_before(page, language, None)
    }

    /// The same for somebody who wanted to go to this path.
    pub(super) fn page_before(
        self,
        page: &Page,
        language: Language,
        then: Option<&str>,
    ) -> DeniedPage {
        let settings = page.settings.get();
        let oidc = settings.server.oidc.as_ref().filter(|_| self.may_log_in());
        let text = self.text(&page.context(language.0));
        let body = maud::html! {
            article.message.warning {
                h1 { (html::text(&text)) }
                @if let Some(oidc) = oidc {
                    @let name = Foreign::from(oidc.name.as_str());
                    @let there = format!("{}?then={}", oidc::BEGIN, then.unwrap_or("/"));
                    p { a.button href=(there) { (html::text(&say!(language, "page-log-in-with", name = name))) } }
                }
                @if self.may_be_found() {
                    p { a href="/search" { (html::text(&say!(language, "page-search"))) } }
                }
                // Under a foreign name no link of this page should be followed; whoever has a link to one deployment has no
                // place to go back to.
                @if !matches!(self, Self::Host) && !self.is_of_a_link() {
                    p { a href="/" { (html::text(&say!(language, "page-back"))) } }
                }
            }
        };
        let frame = Frame {
            alone: self.is_of_a_link(),
            ..Frame::bare(language)
        };
        let markup = frame::frame(&frame, &body);
        DeniedPage {
            status: self.status(),
            markup,
        }
    }
}

/// An answer of this kind, ready to be sent.
#[derive(Debug)]
pub(super) struct DeniedPage {
    status: StatusCode,
    markup: maud::Markup,
}

impl IntoResponse for DeniedPage {
    fn into_response(self) -> Response {
        (self.status, Html(self.markup.into_string())).into_response()
    }
}
