//! The methods that tell something: they read a form, and nothing else.

use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const METHODS: [&str; 4] = [
    "usergroups.users.list",
    "users.info",
    "chat.getPermalink",
    "files.getUploadURLExternal",
];

/// What there is to tell.
pub(super) struct Known<'a> {
    pub(super) groups: &'a BTreeMap<String, Vec<String>>,
    pub(super) languages: &'a BTreeMap<String, &'static str>,
}

/// About whom or what it was asked, and the answer; or what is wrong with the call.
pub(super) fn read(
    method: &str,
    fields: &BTreeMap<String, String>,
    known: &Known<'_>,
) -> Result<(String, Value), String> {
    let field = |name: &str| {
        let value = fields.get(name);
        value.cloned().ok_or_else(|| format!("no {name}"))
    };
    match method {
        "usergroups.users.list" => {
            let group = field("usergroup")?;
            let answer = match known.groups.get(&group) {
                Some(users) => json!({ "ok": true, "users": users }),
                None => json!({ "ok": false, "error": "no_such_subteam" }),
            };
            Ok((group, answer))
        }
        "users.info" => {
            let user = field("user")?;
            if field("include_locale")? != "true" {
                return Err("without the language".to_owned());
            }
            let locale = known.languages.get(&user).unwrap_or(&"en-US");
            let answer = json!({ "ok": true, "user": { "id": user, "locale": locale } });
            Ok((user, answer))
        }
        "chat.getPermalink" => {
            let (channel, ts) = (field("channel")?, field("message_ts")?);
            let at = ts.replace('.', "");
            let answer = json!({
                "ok": true, "channel": channel, "permalink": format!("https://acme.slack.com/archives/{channel}/p{at}"),
            });
            Ok((ts, answer))
        }
        other => Err(format!("{other} is not known")),
    }
}
