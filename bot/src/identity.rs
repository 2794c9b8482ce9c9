//! Identity providers: what they sign is checked here, and whom it names is looked up.

mod keys;
mod ring;

pub(crate) use keys::{Expected, Keys};

use config::Settings;
use guard::ids::PersonId;
use serde_json::{Map, Value};

/// The person under `people` whom a claim names, by name or by address.
pub(crate) fn person(
    settings: &Settings,
    claim: &str,
    claims: &Map<String, Value>,
) -> Option<PersonId> {
    let named = claims.get(claim).and_then(Value::as_str)?;
    if !vouched_for(claim, claims) {
        return None;
    }
    let mut people = settings.people.iter();
    let found = people.find(|person| {
        let mut addresses = person.emails.iter();
        person.name.as_str() == named || addresses.any(|known| known.eq_ignore_ascii_case(named))
    });
    found.map(|person| person.name.clone())
}

/// Whether the provider stands by an address: where anybody may sign up, anybody may claim one.
fn vouched_for(claim: &str, claims: &Map<String, Value>) -> bool {
    claim != "email" || claims.get("email_verified") != Some(&Value::Bool(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_that_the_provider_does_not_stand_by_names_nobody() {
        let vouched = |claim: &str, said: &Value| {
            said.as_object()
                .is_some_and(|claims| vouched_for(claim, claims))
        };
        assert!(vouched("email", &json!({})));
        assert!(vouched("email", &json!({"email_verified": true})));
        assert!(!vouched("email", &json!({"email_verified": false})));
        assert!(vouched("sub", &json!({"email_verified": false})));
    }
}
