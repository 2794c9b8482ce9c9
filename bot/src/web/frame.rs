//! What surrounds every page.

use super::language::Language;
use super::session::Visitor;
use axum::response::Html;
use maud::{DOCTYPE, Markup, html};
use messages::layout::html::text;
use messages::layout::plain;
use messages::{Foreign, Locale, Text, say};

/// How often a page without scripts is loaded again, in seconds.
const RELOAD_S: u32 = 10;

/// The frame of a page.
pub(super) struct Frame<'a> {
    pub(super) language: Language,
    /// Beside `Tawny` in the title.
    pub(super) title: Option<Text>,
    pub(super) visitor: Option<&'a Visitor>,
    /// Whether the page shows something that changes.
    pub(super) fresh: bool,
    /// Whether it only has times, to be shown in the reader's zone.
    pub(super) timed: bool,
    /// Where the links that change the language lead.
    pub(super) path: String,
    /// Whoever has a link to what is shown, and nothing else.
    pub(super) guest: Option<&'a Guest>,
    /// Whether whoever reads it has nowhere else to go.
    pub(super) alone: bool,
}

/// What surrounds a page that somebody sees by a link to one deployment.
pub(super) struct Guest {
    /// Where it is told that something happened; none where what is shown does not change.
    pub(super) live: Option<String>,
    /// Under which name the browser remembers what was seen: the page's address is a secret.
    pub(super) seen: String,
    /// Who shows it, and until when.
    pub(super) words: Text,
}

impl Frame<'_> {
    /// A page for nobody in particular.
    pub(super) fn bare(language: Language) -> Self {
        Self {
            language,
            title: None,
            visitor: None,
            fresh: false,
            timed: false,
            path: String::from("/"),
            guest: None,
            alone: false,
        }
    }
}

/// A page that shows something that changes, to whoever is logged in.
pub(super) fn fresh(
    language: Language,
    visitor: &Visitor,
    title: Text,
    path: String,
    body: &Markup,
) -> Html<String> {
    let around = Frame {
        language,
        title: Some(title),
        visitor: Some(visitor),
        fresh: true,
        timed: false,
        path,
        guest: None,
        alone: false,
    };
    Html(frame(&around, body).into_string())
}

/// A page for whoever has a link to it.
pub(super) fn guest(
    language: Language,
    guest: &Guest,
    title: Text,
    path: String,
    body: &Markup,
) -> Html<String> {
    let around = Frame {
        language,
        title: Some(title),
        visitor: None,
        fresh: guest.live.is_some(),
        timed: guest.live.is_none(),
        path,
        guest: Some(guest),
        alone: true,
    };
    Html(frame(&around, body).into_string())
}

/// A whole document.
pub(super) fn frame(frame: &Frame<'_>, body: &Markup) -> Markup {
    let language = frame.language;
    let name = say!(language, "page-name");
    html! {
        (DOCTYPE)
        html lang=(language.0.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title {
                    @if let Some(title) = &frame.title { (plain::text(title)) " · " }
                    (plain::text(&name))
                }
                link rel="stylesheet" href="/assets/style.css";
                link rel="icon" href="/assets/owl.svg";
                @if frame.timed { script src="/assets/fresh.js" defer data-still {} }
                @if frame.fresh {
                    script src="/assets/fresh.js" defer {}
                    script src="/assets/chart.js" defer {}
                    noscript { meta http-equiv="refresh" content=(RELOAD_S); }
                }
            }
            body data-live=[frame.guest.and_then(|guest| guest.live.as_ref())] data-seen=[frame.guest.map(|guest| &guest.seen)] {
                a.skip href="#main" { (text(&say!(language, "page-skip"))) }
                header {
                    @if frame.alone { span.name { (text(&name)) } } @else { a.name href="/" { (text(&name)) } }
                    @if frame.visitor.is_some() { (places(frame)) }
                    @if !frame.alone || frame.guest.is_some() { nav { (languages(frame)) (person(frame)) } }
                }
                p.stale role="status" { (text(&say!(language, "page-stale"))) }
                @if let Some(guest) = frame.guest { aside.guest { (text(&guest.words)) } }
                main #main tabindex="-1" { (body) }
            }
        }
    }
}

/// Where one can go, and what one can look for.
fn places(frame: &Frame<'_>) -> Markup {
    let places = [
        ("/", say!(frame.language, "page-overview")),
        ("/approvals", say!(frame.language, "page-approvals")),
        ("/incidents", say!(frame.language, "page-incidents")),
        ("/statistics", say!(frame.language, "page-statistics")),
    ];
    html! {
        nav.places aria-label=(plain::text(&say!(frame.language, "page-places"))) {
            @for (path, words) in &places {
                a href=(path) aria-current=[(frame.path == *path).then_some("page")] { (text(words)) }
            }
            form method="get" action="/search" role="search" {
                input type="search" name="q" aria-label=(plain::text(&say!(frame.language, "page-search")))
                    placeholder=(plain::text(&say!(frame.language, "page-search")));
            }
        }
    }
}

fn languages(frame: &Frame<'_>) -> Markup {
    html! {
        @for locale in Locale::ALL {
            @if locale != frame.language.0 {
                a href={ (frame.path) "?lang=" (locale.tag()) } lang=(locale.tag()) { (locale.own_name()) }
            }
        }
    }
}

fn person(frame: &Frame<'_>) -> Markup {
    html! {
        @if let Some(visitor) = frame.visitor {
            span { (text(&say!(frame.language, "page-person", name = Foreign::from(visitor.actor.name())))) }
            form method="post" action="/logout" {
                (form_token(visitor))
                button.quiet { (text(&say!(frame.language, "page-logout"))) }
            }
        }
    }
}

/// The field that proves that a form is this session's own.
pub(super) fn form_token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="form_token" value=(visitor.form_token); }
}
