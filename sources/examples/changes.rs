//! Asks a code host what changed between two versions, for `scripts/code_hosts.py`: prints JSON.
//!
//! `changes github|gitlab API_URL OWNER/NAME FROM TO`; the token is in `CODE_TOKEN`.
#![allow(clippy::print_stdout, reason = "a program of a script")]

use secrecy::SecretString;
use sources::code::{Bounds, Changes, CodeError, GitHub, GitHubAuth, GitLab, HostConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, api, path, from, to] = arguments.as_slice() else {
        return Err("expected github|gitlab, API_URL, OWNER/NAME, FROM and TO".into());
    };
    let config = HostConfig::new("https://host.example", api);
    let token = SecretString::from(std::env::var("CODE_TOKEN")?);
    let bounds = Bounds::default();
    let told = match (kind.as_str(), path.split_once('/')) {
        ("github", Some((owner, name))) => {
            let host = GitHub::new(config, &GitHubAuth::Token(token))?;
            host.repository(owner, name)
                .changes(from, to, &bounds)
                .await
        }
        _ => {
            let host = GitLab::new(config, Some(&token))?;
            host.repository(path).changes(from, to, &bounds).await
        }
    };
    println!("{}", shown(&told));
    Ok(())
}

fn shown(told: &Result<Changes, CodeError>) -> serde_json::Value {
    let told = match told {
        Ok(told) => told,
        Err(error) => return serde_json::json!({"error": error.to_string()}),
    };
    let changes = told.changes.iter().map(|one| {
        let files = one.files.iter().map(|file| {
            serde_json::json!({"path": file.path, "how": format!("{:?}", file.how), "patch": file.patch})
        });
        let request = one.request.as_ref().map(|request| {
            serde_json::json!({"number": request.number, "title": request.title, "merger": request.merger})
        });
        serde_json::json!({
            "id": one.id, "title": one.title, "author": one.author, "request": request,
            "files": files.collect::<Vec<_>>(),
        })
    });
    serde_json::json!({
        "relation": format!("{:?}", told.relation), "changes": changes.collect::<Vec<_>>(),
        "gone": told.gone.len(), "missing": format!("{:?}", told.missing), "cut": told.cut, "requests": told.requests,
    })
}
