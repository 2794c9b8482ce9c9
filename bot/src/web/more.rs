//! Lists page by page, for people: a link to what is behind.

use super::denied::Denied;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::{Context, say};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The place in a list behind which a page begins; a link that leads nowhere is none of ours.
pub(super) fn place<T: DeserializeOwned>(behind: Option<&str>) -> Result<Option<T>, Denied> {
    crate::cursor::read(behind).map_err(|_| Denied::NotFound)
}

/// The link to the next page, where there is one: the same place with the same questions.
pub(super) fn link<T: Serialize>(
    path: &str,
    asked: &[(&str, &str)],
    next: Option<&T>,
    context: &Context,
) -> Markup {
    let address = next.map(|next| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(asked);
        query.append_pair("behind", &crate::cursor::of(next));
        format!("{path}?{}", query.finish())
    });
    html! {
        @if let Some(address) = address {
            p.more { a href=(address) rel="next" { (text(&say!(context, "page-more"))) } }
        }
    }
}
