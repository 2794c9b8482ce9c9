//! What GitHub says.

use super::event::{CodeSaid, Deployment, Fields, GateSaid, Said};
use config::settings::DeployEvent;
use engine::told::Phase;
use guard::people::code_said;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Repository {
    name: String,
    full_name: String,
    default_branch: Option<String>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
struct OfDeployment {
    deployment: Made,
    deployment_status: Option<Status>,
    repository: Repository,
}

#[derive(Deserialize)]
struct OfRule {
    action: String,
    environment: String,
    deployment_callback_url: String,
    deployment: Option<Made>,
    repository: Repository,
}

#[derive(Deserialize)]
struct Made {
    id: u64,
    sha: String,
    r#ref: String,
    #[serde(default)]
    task: String,
    environment: String,
    #[serde(default)]
    payload: Value,
    creator: Option<User>,
}

#[derive(Deserialize)]
struct Status {
    state: String,
    description: Option<String>,
    log_url: Option<String>,
}

#[derive(Deserialize)]
struct OfRelease {
    action: String,
    release: Release,
    repository: Repository,
}

#[derive(Deserialize)]
struct Release {
    id: u64,
    tag_name: String,
    #[serde(default)]
    prerelease: bool,
    author: Option<User>,
}

#[derive(Deserialize)]
struct OfPush {
    r#ref: String,
    after: String,
    #[serde(default)]
    deleted: bool,
    repository: Repository,
    sender: Option<User>,
}

#[derive(Deserialize)]
struct OfRun {
    action: String,
    workflow_run: Run,
    repository: Repository,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    name: Option<String>,
    head_sha: String,
    head_branch: Option<String>,
    conclusion: Option<String>,
    #[serde(default)]
    run_attempt: u64,
    actor: Option<User>,
}

#[derive(Deserialize)]
struct OfComment {
    action: String,
    comment: Comment,
}

#[derive(Deserialize)]
struct Comment {
    #[serde(default)]
    body: Option<String>,
    user: Option<Author>,
}

#[derive(Deserialize)]
struct Author {
    login: String,
    r#type: Option<String>,
}

/// What an event says; an error where it is not as GitHub documents it.
pub(super) fn read(event: Option<&str>, body: &str) -> Result<Vec<Said>, serde_json::Error> {
    Ok(vec![match event {
        Some("deployment" | "deployment_status") => deployment(&serde_json::from_str(body)?),
        Some("release") => release(serde_json::from_str(body)?),
        Some("push") => push(serde_json::from_str(body)?),
        Some("workflow_run") => run(serde_json::from_str(body)?),
        Some("deployment_protection_rule") => rule(serde_json::from_str(body)?),
        Some("issue_comment") => comment(serde_json::from_str(body)?),
        Some("ping") => {
            let _: Value = serde_json::from_str(body)?;
            Said::Nothing("ping: the webhook is set up".to_owned())
        }
        other => {
            let _: Value = serde_json::from_str(body)?;
            let event = super::stored::bounded(other.unwrap_or("no event"), 60);
            Said::Nothing(format!("`{event}` is not about a deployment"))
        }
    }])
}

fn fields<const N: usize>(repository: &Repository, more: [(&str, &str); N]) -> Fields {
    let own = [("repository", repository.full_name.as_str())];
    let all = own.into_iter().chain(more);
    all.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn deployment(said: &OfDeployment) -> Said {
    let (made, repository) = (&said.deployment, &said.repository);
    let status = said.deployment_status.as_ref();
    let phase = match status.map(|status| status.state.as_str()) {
        None | Some("pending" | "queued" | "in_progress" | "waiting") => Phase::UnderWay,
        Some("success") => Phase::Succeeded,
        Some("failure" | "error") => Phase::Failed,
        Some(other) => {
            let state = super::stored::bounded(other, 60);
            return Said::Nothing(format!("the state `{state}` says nothing of how it went"));
        }
    };
    let of_payload = match &made.payload {
        Value::Object(payload) => payload.get("version").and_then(Value::as_str),
        _ => None,
    };
    // A branch is no version: what runs is the commit.
    let branch = repository.default_branch.as_deref() == Some(made.r#ref.as_str());
    let name = made.r#ref.strip_prefix("refs/tags/").unwrap_or(&made.r#ref);
    let of_ref = (!branch && !name.starts_with("refs/")).then_some(name);
    let versions = [of_payload, of_ref, Some(made.sha.as_str())];
    Said::Deployment(Deployment {
        fields: fields(
            repository,
            [
                ("environment", &made.environment),
                ("task", &made.task),
                ("ref", &made.r#ref),
            ],
        ),
        event: DeployEvent::Deployment,
        service: repository.name.clone(),
        environment: Some(made.environment.clone()),
        versions: versions.into_iter().flatten().map(str::to_owned).collect(),
        id: format!("{}/{}", repository.full_name, made.id),
        phase,
        by: made.creator.as_ref().map(|user| user.login.clone()),
        reason: status.and_then(|status| status.description.clone()),
        page: status.and_then(|status| status.log_url.clone()),
    })
}

fn rule(said: OfRule) -> Said {
    if said.action != "requested" {
        let action = super::stored::bounded(&said.action, 60);
        return Said::Nothing(format!(
            "a protection rule that is `{action}`, not requested"
        ));
    }
    let repository = said.repository;
    let r#ref = said.deployment.as_ref().map(|made| made.r#ref.as_str());
    Said::Gate(GateSaid {
        about: Deployment {
            fields: fields(
                &repository,
                [
                    ("environment", &said.environment),
                    ("ref", r#ref.unwrap_or_default()),
                ],
            ),
            event: DeployEvent::Deployment,
            service: repository.name,
            environment: Some(said.environment),
            versions: Vec::new(),
            id: said.deployment_callback_url.clone(),
            phase: Phase::UnderWay,
            by: None,
            reason: None,
            page: None,
        },
        repository: repository.full_name,
        callback: said.deployment_callback_url,
    })
}

fn release(said: OfRelease) -> Said {
    if said.action != "published" {
        let action = super::stored::bounded(&said.action, 60);
        return Said::Nothing(format!("a release that is `{action}`, not published"));
    }
    let (release, repository) = (said.release, said.repository);
    let prerelease = release.prerelease.to_string();
    Said::Deployment(Deployment {
        fields: fields(
            &repository,
            [("ref", &release.tag_name), ("prerelease", &prerelease)],
        ),
        event: DeployEvent::Release,
        service: repository.name,
        environment: None,
        id: format!("{}/release/{}", repository.full_name, release.id),
        versions: vec![release.tag_name],
        phase: Phase::UnderWay,
        by: release.author.map(|user| user.login),
        reason: None,
        page: None,
    })
}

fn push(said: OfPush) -> Said {
    let Some(tag) = said.r#ref.strip_prefix("refs/tags/") else {
        return Said::Nothing("a push to a branch".to_owned());
    };
    if said.deleted {
        return Said::Nothing("a tag that is deleted".to_owned());
    }
    let repository = said.repository;
    Said::Deployment(Deployment {
        fields: fields(&repository, [("ref", tag)]),
        event: DeployEvent::Tag,
        service: repository.name,
        environment: None,
        versions: vec![tag.to_owned()],
        id: format!("{}/tag/{tag}/{}", repository.full_name, said.after),
        phase: Phase::UnderWay,
        by: said.sender.map(|user| user.login),
        reason: None,
        page: None,
    })
}

fn run(said: OfRun) -> Said {
    let (run, repository) = (said.workflow_run, said.repository);
    if said.action != "completed" || run.conclusion.as_deref() != Some("success") {
        return Said::Nothing("a workflow run that has not succeeded".to_owned());
    }
    Said::Deployment(Deployment {
        fields: fields(
            &repository,
            [
                ("workflow", run.name.as_deref().unwrap_or_default()),
                ("ref", run.head_branch.as_deref().unwrap_or_default()),
            ],
        ),
        event: DeployEvent::WorkflowRun,
        service: repository.name,
        environment: None,
        versions: vec![run.head_sha],
        id: format!(
            "{}/run/{}/{}",
            repository.full_name, run.id, run.run_attempt
        ),
        phase: Phase::UnderWay,
        by: run.actor.map(|user| user.login),
        reason: None,
        page: None,
    })
}

fn comment(said: OfComment) -> Said {
    // Whoever edits a comment need not be its author.
    if said.action != "created" {
        let action = super::stored::bounded(&said.action, 60);
        return Said::Nothing(format!("a comment that is `{action}`, not created"));
    }
    let code = said.comment.body.as_deref().and_then(code_said);
    let Some(code) = code else {
        return Said::Nothing("a comment in which no code is said".to_owned());
    };
    match said.comment.user {
        // Bots repeat what others say.
        Some(user) if user.r#type.as_deref() == Some("User") => Said::Code(CodeSaid {
            login: user.login,
            code,
        }),
        _ => Said::Nothing("a code that no person says".to_owned()),
    }
}
