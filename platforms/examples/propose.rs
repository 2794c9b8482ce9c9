//! Opens a request at a code host twice, for `scripts/code_hosts.py`: prints what became of it each time, as JSON.
//!
//! `propose github|gitlab API_URL OWNER/NAME COMMIT revert|hotfix`; the token is in `CODE_TOKEN`. A draft adds a line to the
//! first file that it may touch.
#![allow(clippy::print_stdout, reason = "a program of a script")]

use futures_util::FutureExt;
use guard::event::{Event, Recorded};
use guard::fix::{FixTrouble, How, Unusable, authorise};
use guard::ids::ActionId;
use guard::state::State;
use platforms::code_host::{
    Draft, GitHub, GitLab, Mender, Place, Proposal, ToMend, Way, Words, Written,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, api, repository, commit, fix] = arguments.as_slice() else {
        return Err("expected github|gitlab, API_URL, OWNER/NAME, COMMIT and revert|hotfix".into());
    };
    let way = Way {
        http: reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent("tawny/0")
            .build()?,
        api: reqwest::Url::parse(api)?,
        credentials: Arc::new(|| async { credentials() }.boxed()),
    };
    let proposal = proposal(repository);
    let mut ended = Vec::new();
    for _ in 0..2 {
        let state = asked(commit, fix)?;
        let authority = authorise(&state, &ActionId::new("act_1")?, state.updated_at())?;
        let outcome = if kind == "github" {
            GitHub::new(way.clone())
                .open_fix(&authority, &proposal)
                .await
        } else {
            GitLab::new(way.clone())
                .open_fix(&authority, &proposal)
                .await
        };
        ended.push(match outcome {
            Ok(outcome) => serde_json::to_value(outcome)?,
            Err(error) => json!({ "error": error.to_string() }),
        });
    }
    println!("{}", Value::from(ended));
    Ok(())
}

fn credentials() -> Result<reqwest::header::HeaderMap, String> {
    let token = std::env::var("CODE_TOKEN").map_err(|error| error.to_string())?;
    let bearer = format!("Bearer {token}");
    let bearer = bearer.parse().map_err(|_| "no token".to_owned())?;
    Ok([(reqwest::header::AUTHORIZATION, bearer)]
        .into_iter()
        .collect())
}

/// A deployment of which somebody asked for this fix.
fn asked(commit: &str, fix: &str) -> Result<State, Failed> {
    let requested = json!({
        "event": "deployment_requested", "by": { "kind": "person", "id": "ann", "roles": ["operator"] },
        "plan": {
            "deployment": "dep_1", "service": "shop", "environment": "test", "from": "v1", "from_known_good": true,
            "to": "v2", "package": null, "from_package": null, "reversible": true, "comparison": "canary_vs_stable",
            "steps": [{ "instances": ["a"], "bake_s": 30.0 }],
            "policy": { "autonomy": "pause", "approval_expiry_s": 600.0, "bake_s": 600.0, "when_unsure": "hold",
                "action_expiry_s": 600.0, "cure_expiry_s": 300.0 },
        },
    });
    let wished = json!({
        "event": "fix_requested", "by": "ann", "reason": null,
        "fix": { "id": "act_1", "kind": fix, "suspect": commit, "title": "A change", "not_after": "2100-01-01T00:00:00Z" },
    });
    let mut records = Vec::new();
    for event in [requested, wished] {
        records.push(Recorded {
            revision: records.len() as u64 + 1,
            at: "2026-11-20T12:00:00Z".parse()?,
            event: serde_json::from_value::<Event>(event)?,
        });
    }
    State::fold(&records)?.ok_or_else(|| "no deployment".into())
}

fn proposal(repository: &str) -> Proposal {
    let words: Words = Arc::new(|how: &How| Written {
        title: "A request of Tawny's".to_owned(),
        body: format!("It does this: {how:?}"),
        message: "A commit of Tawny's".to_owned(),
    });
    Proposal {
        place: Place {
            repository: repository.to_owned(),
            web: format!("https://host.example/{repository}"),
            into: None,
        },
        pin: None,
        labels: vec!["tawny".to_owned()],
        words,
        mender: Some(Mender {
            wants_code: false,
            mends: Arc::new(|wanted| async { draft(wanted) }.boxed()),
        }),
    }
}

fn draft(wanted: ToMend) -> Result<Draft, FixTrouble> {
    let first = wanted.files.into_iter().next();
    let first = first.ok_or_else(|| FixTrouble::from(Unusable::Nothing))?;
    Ok(Draft {
        files: BTreeMap::from([(first.path, format!("{}// mended\n", first.text))]),
        how: How::Mended {
            files: 1,
            added: 1,
            removed: 0,
            checked: None,
            why: "It was asked for.".to_owned(),
            printed: String::new(),
        },
    })
}
