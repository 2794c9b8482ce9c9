use crate::support::read;
use config::settings::{CodeHost, GitHubAuth};

fn with(code: &str, repo: &str) -> Result<config::Settings, config::ConfigErrors> {
    read(&format!(
        "metrics: {{main: {{type: prometheus, url: 'http://127.0.0.1:9090'}}}}\n{code}\nservices:\n  - {{name: shop, repo: '{repo}', platform: observed, metrics: {{selector: 'job=\"shop\"'}}}}\n"
    ))
}

fn place(code: &str, repo: &str) -> Option<(String, String)> {
    let settings = with(code, repo).unwrap_or_else(|errors| panic!("{errors}"));
    let (name, _, path) = settings.code_host_of(&settings.services[0])?;
    Some((name.to_string(), path))
}

fn complaint(code: &str, repo: &str) -> String {
    with(code, repo).unwrap_err().to_string()
}

const BOTH: &str = "code: {hub: github, own: {type: github, url: 'https://ghe.example.com'}, lab: {type: gitlab, url: 'https://git.example.com/lab'}}";

#[test]
fn a_repository_is_found_at_the_host_that_its_name_says() {
    let found = |repo: &str| place(BOTH, repo);
    let told = |host: &str, path: &str| Some((host.to_owned(), path.to_owned()));
    assert_eq!(
        found("https://github.com/acme/shop.git"),
        told("hub", "acme/shop")
    );
    assert_eq!(
        found("https://ghe.example.com/acme/shop/"),
        told("own", "acme/shop")
    );
    assert_eq!(
        found("gitlab:acme/team/shop"),
        told("lab", "acme/team/shop")
    );
    assert_eq!(
        found("https://git.example.com/lab/acme/shop"),
        told("lab", "acme/shop")
    );
    // What is at no configured host is only shown, as it always was.
    for nowhere in [
        "https://github.com.evil.example/acme/shop",
        "https://git.example.com/laboratory/acme/shop",
        "https://github.com/acme/../../login",
        "https://github.com/acme",
        "git@github.com:acme/shop",
        "acme/shop",
        "/srv/checkouts/shop",
    ] {
        assert_eq!(found(nowhere), None, "{nowhere}");
    }
    assert_eq!(
        place("code: {hub: github}", "github:acme/shop"),
        told("hub", "acme/shop")
    );
}

#[test]
fn a_repository_without_its_host_or_with_several_is_refused_with_what_to_do() {
    let none = complaint("", "github:acme/shop");
    assert!(
        none.contains("a host under `code` with `type: github`; there is none"),
        "{none}"
    );
    let several = complaint(BOTH, "github:acme/shop");
    assert!(several.contains("the URL of the repository"), "{several}");
    for wrong in [
        "github:acme",
        "github:acme/shop/more",
        "gitlab:../shop",
        "github:acme/sh op",
    ] {
        let error = complaint("code: {hub: github, lab: gitlab}", wrong);
        assert!(
            error.contains("`github:owner/name` or `gitlab:group/name`"),
            "{error}"
        );
    }
}

#[test]
fn addresses_of_the_interfaces_follow_from_those_that_people_open() {
    let settings = with(BOTH, "acme/shop").unwrap();
    let api = |name: &str| {
        let host = settings
            .code
            .iter()
            .find(|(known, _)| known.as_str() == name);
        match host.unwrap().1 {
            CodeHost::GitHub(host) => host.api(),
            CodeHost::GitLab(host) => host.api(),
        }
    };
    assert_eq!(api("hub"), "https://api.github.com");
    assert_eq!(api("own"), "https://ghe.example.com/api/v3");
    assert_eq!(api("lab"), "https://git.example.com/lab/api/v4");
}

#[test]
fn tokens_are_secrets_and_an_app_needs_its_installation() {
    let code = "code: {hub: {type: github, auth: {type: token, token: canary-0123456789}}}";
    let settings = with(code, "github:acme/shop").unwrap();
    let CodeHost::GitHub(host) = settings.code.values().next().unwrap() else {
        panic!("{:?}", settings.code);
    };
    assert!(
        matches!(&host.auth, GitHubAuth::Token(own) if own.token.expose() == "canary-0123456789")
    );
    assert!(!format!("{settings:?}").contains("canary"));
    let code = "code: {hub: {type: github, auth: {type: app, id: '1', installation: mine, key: /etc/tawny/tls/tawny.key}}}";
    let error = complaint(code, "github:acme/shop");
    assert!(error.contains("the number of the installation"), "{error}");
}

#[test]
fn what_is_to_come_again_goes_to_a_webhook_of_github_that_there_is() {
    let code = |webhook: &str| {
        format!(
            "webhooks: [{{name: github, kind: github, secret: a-secret-of-github}}, {{name: alerts, kind: alertmanager, secret: a-secret-of-alerts}}]\n\
             code: {{hub: {{type: github, auth: {{type: token, token: ghp_0123456789}}, redeliver: [{{webhook: {webhook}, repository: acme/shop, hook: 9}}]}}}}"
        )
    };
    with(&code("github"), "github:acme/shop").unwrap_or_else(|errors| panic!("{errors}"));
    let wrong = complaint(&code("githib"), "github:acme/shop");
    for part in [
        "tawny.yaml:3:",
        "code.hub.redeliver[0].webhook",
        "`githib`",
        "a name under `webhooks` of `kind: github`: github",
        "did you mean `github`?",
    ] {
        assert!(wrong.contains(part), "{part}: {wrong}");
    }
    let other = complaint(&code("alerts"), "github:acme/shop");
    assert!(other.contains("`kind: github`"), "{other}");
}
