//! How each sender is set up: pages made of the code that takes what they send.

use super::sample::sample;
use super::take::{MOST, MOST_OF_GITHUB};
use super::try_out::tried;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use config::settings::WebhookKind;
use config::{Lookup, Settings};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

/// What is particular about one sender.
struct Sender {
    kind: WebhookKind,
    file: &'static str,
    title: &'static str,
    config: &'static str,
    set_up: &'static str,
    understood: &'static str,
    fields: &'static str,
}

const SENDERS: [Sender; 3] = [
    Sender {
        kind: WebhookKind::Github,
        file: "github-webhooks.md",
        title: "GitHub",
        config: "webhooks:
  - name: github
    kind: github
    secret: ${HOOK_SECRET}
    services:
      - when: {repository: acme/shop, environment: production}
        service: shop
",
        set_up: "In the repository or the organisation, under Settings, Webhooks, Add webhook:

- Payload URL: `https://tawny.example.com/hooks/github`
- Content type: `application/json`
- Secret: the one of `tawny.yaml`
- Events: Deployments, Deployment statuses; where you want them Releases, Pushes, Workflow runs; Issue comments, if people are to link their accounts

GitHub does not repeat a delivery that failed. Redeliver it from the list of recent deliveries, or have Tawny look for such
ones every few minutes and ask for them again (up to three days old, five tries each); what was taken before is recognised:

```yaml
code:
  github:
    type: github
    auth: {type: token, token: \"${GITHUB_TOKEN}\"}   # repository webhooks: write; of a GitHub App without `repository`: its own
    redeliver: [{webhook: github, repository: acme/shop, hook: 12345678}]
```

How a deployment stands can be written back to GitHub: with `write_back: [statuses]` beside `auth` as statuses of the
deployment (`in_progress`, then `success`, `failure` or `inactive`) with a link to Tawny's page, which needs the right to
write deployments; with `checks`, as a GitHub App that may write checks, as a check run with the verdict. Each is said
once; a wish for peace (`Retry-After`, rate limits) is heeded, and what was perhaps heard is looked for before it is said
again. Tawny's own statuses come back as webhooks and are ignored.

With `gates`, as a GitHub App that is a deployment protection rule of an environment and may write deployments, Tawny
answers whether a deployment may begin (event `deployment_protection_rule`): no while the service is frozen, and not on top
of a deployment that hurts and about which nobody has decided; else yes. Each question is answered once.",
        understood: "| event | what it does |
|---|---|
| `deployment` | begins a watch of the service |
| `deployment_status` | `success` and `failure` or `error` are noted; one of a deployment that is not known begins it, unless it failed |
| `release`, published | begins a watch where an entry has `on: [release]`; the tag is the version |
| `push` of a tag | the same with `on: [tag]` |
| `workflow_run` that succeeded | the same with `on: [workflow_run]`; the commit is the version |
| `deployment_protection_rule`, requested | is answered where `write_back` has `gates` |
| `issue_comment`, created | a line that is a code of `tawny say link github` links the author's account to who has the code |
| all others | ignored, with the reason |

The version of a deployment is `payload.version`, else its `ref`, else its commit: a `ref` that is the default branch, or
that is no usable version, does not count.",
        fields: "`repository` (`owner/name`), `environment`, `task`, `ref`, `prerelease`, `workflow`",
    },
    Sender {
        kind: WebhookKind::Generic,
        file: "generic-webhooks.md",
        title: "Anything that can post JSON",
        config: "webhooks:
  - name: deploys
    kind: generic
    secret: ${HOOK_SECRET}
",
        set_up: "Sign as [Standard Webhooks](https://www.standardwebhooks.com) says; there are libraries for most languages. By hand:

```sh
id=msg-$(date +%s%N) at=$(date +%s)
body='{\"type\":\"deployment\",\"id\":\"build-17\",\"service\":\"shop\",\"environment\":\"production\",\"version\":\"v2\",\"state\":\"started\"}'
key=$(printf %s \"${HOOK_SECRET#whsec_}\" | base64 -d | od -An -tx1 | tr -d ' \\n')
sig=$(printf %s \"$id.$at.$body\" | openssl dgst -sha256 -mac hmac -macopt \"hexkey:$key\" -binary | base64)
curl -sS https://tawny.example.com/hooks/deploys -H \"webhook-id: $id\" -H \"webhook-timestamp: $at\" \\
  -H \"webhook-signature: v1,$sig\" -H 'content-type: application/json' -d \"$body\"
```

A time stamp more than five minutes off is refused. The same `webhook-id` is the same delivery.",
        understood: "A deployment: `{\"type\": \"deployment\", \"id\", \"service\", \"environment\"?, \"version\", \"state\", \"by\"?, \"reason\"?, \"labels\"?}`.
`id` is yours, and the same for all states of one deployment; `state` is `started`, `succeeded` or `failed`.

An alert: `{\"type\": \"alert\", \"id\", \"name\", \"service\", \"environment\"?, \"status\", \"severity\"?, \"starts_at\", \"summary\"?, \"group\"?, \"labels\"?}`.
`id` is the same for the same alert; alerts of one `group` that belong to no deployment are one incident; `status` is `firing` or `resolved`; `severity` is `critical`, `warning` or `info`;
`starts_at` is RFC 3339.",
        fields: "`service`, `environment`, and everything in `labels`",
    },
    Sender {
        kind: WebhookKind::Alertmanager,
        file: "alertmanager.md",
        title: "Prometheus Alertmanager",
        config: "webhooks:
  - name: alertmanager
    kind: alertmanager
    secret: ${HOOK_SECRET}
",
        set_up: "In `alertmanager.yml`:

```yaml
receivers:
  - name: tawny
    webhook_configs:
      - url: https://tawny.example.com/hooks/alertmanager
        send_resolved: true
        http_config:
          authorization: {credentials_file: /etc/alertmanager/tawny-secret}
```

With `username` in `tawny.yaml` it is `basic_auth: {username: …, password_file: …}` instead. Alertmanager signs nothing: use
TLS, or stay on one machine.",
        understood: "Each alert of a group (version 4 of the webhook). It belongs to a deployment of the service that it names, or of one around
that (`upstream`, `downstream`), which began at most two minutes after the alert and was over for at most an hour when
the alert began. There it joins the incident, the thread, the timeline and the report. A critical one that names the
service and began after the deployment also pauses and asks, as far as the service's `autonomy` and `critical_alert`
allow. What belongs to no deployment is an incident of its own (`/incidents`, `/api/v1/incidents`), which names what was
deployed before; alerts of severity `info` open none, and more than ten in an hour are one storm.

The severity is the label `severity`. An alert that is over never fires again since the same time, in whatever order the
news arrive. More than ten alerts of one deployment within an hour are said to be a storm, once.",
        fields: "all labels of the alert; without entries the label `service`, `app` or `job` must be the name of a service, and `environment` or `env` the environment",
    },
];

/// Each page, with the name of its file under `docs/integrations`.
///
/// # Errors
/// What does not fit together any more: an example that cannot be used, a sample that is not understood.
pub fn pages() -> Result<Vec<(&'static str, String)>, String> {
    SENDERS
        .iter()
        .map(|sender| Ok((sender.file, page(sender)?)))
        .collect()
}

/// A configuration around the example, as short as one can be.
const AROUND: &str = "metrics:
  main: {type: prometheus, url: \"http://127.0.0.1:9090\"}
services:
  - {name: shop, platform: observed, metrics: {selector: 'job=\"shop\"'}, signals: [{preset: up}]}
";

fn settings(sender: &Sender) -> Result<Settings, String> {
    let text = format!("{AROUND}{}", sender.config);
    let secret = [("HOOK_SECRET", "whsec_dGhlIHNlY3JldCBvZiB0aGUgcGFnZXM=")];
    let lookup = Lookup::of_variables(&secret);
    config::parse(&text, "tawny.yaml", Path::new("/etc/tawny"), &lookup)
        .map_err(|errors| errors.to_string())
}

/// What the sample of this sender is understood as, and its body.
fn example(sender: &Sender) -> Result<(Value, Value), String> {
    let settings = settings(sender)?;
    let source = settings.webhooks.first().ok_or("no source")?;
    let at = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * 365 * 56);
    let sample = sample(&settings, source, "delivery-1", at).ok_or("no sample")?;
    let mut headers = HeaderMap::new();
    for (name, value) in &sample.headers {
        let value = HeaderValue::from_str(value).map_err(|error| error.to_string())?;
        headers.insert(HeaderName::from_static(name), value);
    }
    let understood = tried(&settings, source, &headers, sample.body.as_bytes());
    let body = serde_json::from_str(&sample.body).map_err(|error| error.to_string())?;
    Ok((body, understood))
}

// Writing to a string cannot fail.
fn page(sender: &Sender) -> Result<String, String> {
    let (body, understood) = example(sender)?;
    let lines = understood["understood"]
        .as_array()
        .ok_or_else(|| understood.to_string())?;
    let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
    let most = match sender.kind {
        WebhookKind::Github => MOST_OF_GITHUB,
        WebhookKind::Generic | WebhookKind::Alertmanager => MOST,
    } / (1024 * 1024);
    let name = sender
        .config
        .lines()
        .nth(1)
        .unwrap_or_default()
        .trim_start_matches("  - name: ");
    let body = serde_json::to_string_pretty(&body).map_err(|error| error.to_string())?;
    let mut page = String::new();
    let Sender {
        title,
        config,
        set_up,
        understood,
        fields,
        ..
    } = sender;
    let _ = write!(
        page,
        "# {title}

Made by `make docs`; do not edit.

## Set it up

In `tawny.yaml` (see `webhooks` in the README's table; `previous_secret` is taken as well while you change it):

```yaml
{config}```

{set_up}

Then see whether it works. The server sends itself a signed sample; nothing follows from it:

```sh
tawny webhooks test {name}
```

What comes in later is listed by `tawny deliveries list`, with what became of it; `tawny deliveries show ID` prints its
body, and `tawny deliveries replay ID` has it handled again.

## What is understood

{understood}

The fields for `when`: {fields}.

## What the sender is answered

| status | when |
|---|---|
| 202 | it is kept, or was kept before; what its form is does not matter. What is not understood goes to quarantine |
| 401 | it does not prove itself with `secret` or `previous_secret` |
| 404 | no such name under `webhooks` |
| 413 | its body is larger than {most} MiB |
| 400, 408 | its body broke off, or took more than ten seconds |
| 503 | it cannot be kept now: too much waits, or the journal is away. Never 429, after which many senders give up |

## An example

```json
{body}
```

is understood as:

```text
{}
```
",
        lines.join("\n")
    );
    Ok(page)
}
