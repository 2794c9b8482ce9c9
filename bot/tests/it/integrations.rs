//! The snippets for other people's pipelines: their own text is run, against a server of the test.

use crate::commands::Ended;
use crate::settings::{ANN, CI, Guarding};
use crate::wait::until;
use crate::world::World;
use reqwest::Method;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A YAML document without anchors and tags; plain scalars stay text, but for null.
fn yaml(text: &str) -> Value {
    let mut events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    loop {
        match events.next().expect("no document") {
            Event::StreamStart | Event::DocumentStart(_) => {}
            first => return node(first, &mut events),
        }
    }
}

fn node<'t>(event: Event<'t>, events: &mut impl Iterator<Item = Event<'t>>) -> Value {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, ..) if text.is_empty() || text == "null" => {
            Value::Null
        }
        Event::Scalar(text, ..) => Value::String(text.into_owned()),
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                match events.next().unwrap() {
                    Event::SequenceEnd => return Value::Array(items),
                    item => items.push(node(item, events)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut fields = Map::new();
            loop {
                let key = match events.next().unwrap() {
                    Event::MappingEnd => return Value::Object(fields),
                    Event::Scalar(key, ..) => key.into_owned(),
                    other => panic!("a key: {other:?}"),
                };
                let first = events.next().unwrap();
                let value = node(first, events);
                assert!(fields.insert(key.clone(), value).is_none(), "{key} twice");
            }
        }
        other => panic!("{other:?}"),
    }
}

/// Runs a script as the pipeline would: with `tawny` on the path and nothing else of ours.
async fn run(shell: &[&str], script: &str, dir: &Path, vars: &BTreeMap<String, String>) -> Ended {
    let program = Path::new(env!("CARGO_BIN_EXE_tawny"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let ended = Command::new(shell[0])
        .args(&shell[1..])
        .arg(script)
        .current_dir(dir)
        .env_clear()
        .env("PATH", path)
        .env("HOME", dir)
        .envs(vars)
        .output()
        .await
        .unwrap();
    Ended {
        code: ended.status.code().unwrap(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// As GitHub runs the step of a composite action: its expressions filled in from the inputs.
async fn action(world: &World, inputs: &[(&str, &str)]) -> (Ended, String, String) {
    let action = yaml(&text(".github/actions/tawny-gate/action.yml"));
    let declared = action["inputs"].as_object().unwrap();
    let mut given: BTreeMap<&str, String> = declared
        .iter()
        .map(|(name, input)| {
            let default = input["default"].as_str().unwrap_or_default();
            (name.as_str(), default.to_owned())
        })
        .collect();
    for (name, value) in inputs {
        assert!(declared.contains_key(*name), "no input {name}");
        given.insert(name, (*value).to_owned());
    }
    for (name, input) in declared {
        assert!(input["description"].is_string(), "{name}");
        let missing = input["required"] == "true" && given[name.as_str()].is_empty();
        assert!(!missing, "{name} is required");
    }
    let steps = action["runs"]["steps"].as_array().unwrap();
    let [step] = &steps[..] else {
        panic!("{steps:?}")
    };
    assert_eq!(
        (&step["shell"], &action["runs"]["using"]),
        (&json!("bash"), &json!("composite"))
    );
    let dir = tempfile::TempDir::new().unwrap();
    let file = |name: &str| dir.path().join(name);
    let mut vars: BTreeMap<String, String> = BTreeMap::from([
        (
            "GITHUB_OUTPUT".to_owned(),
            file("output").display().to_string(),
        ),
        (
            "GITHUB_STEP_SUMMARY".to_owned(),
            file("summary").display().to_string(),
        ),
        ("RUNNER_TEMP".to_owned(), dir.path().display().to_string()),
    ]);
    for (name, value) in step["env"].as_object().unwrap() {
        let expression = value.as_str().unwrap();
        let input = expression
            .strip_prefix("${{ inputs.")
            .and_then(|rest| rest.strip_suffix(" }}"))
            .unwrap_or_else(|| panic!("{name}: {expression}"));
        vars.insert(name.clone(), given[input].clone());
    }
    vars.insert("TAWNY_URL".to_owned(), world.server.url().to_owned());
    let script = step["run"].as_str().unwrap();
    assert!(
        !script.contains("${{"),
        "an expression in the script could be code"
    );
    // `shell: bash` is this, by GitHub's documentation.
    let shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"];
    let ended = run(&shell, script, dir.path(), &vars).await;
    let read = |name: &str| std::fs::read_to_string(file(name)).unwrap_or_default();
    (ended, read("output"), read("summary"))
}

async fn observed(step_bake_s: u64) -> World {
    let guarding = Guarding {
        step_bake_s,
        ..Guarding::observed()
    };
    let mut world = World::of(&[("shop", 2)], &guarding).await;
    world.prometheus.counts_from_zero();
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    world.promoted_by_hand("shop", "v1").await;
    world
}

/// A world in which Tawny deploys, and bakes end with certainty.
async fn deploying() -> World {
    let guarding = Guarding {
        step_bake_s: 8,
        when_unsure: "hold",
        ..Guarding::default()
    };
    let world = World::of(&[("shop", 2)], &guarding).await;
    world.prometheus.counts_from_zero();
    world.with_first_version().await
}

/// Tells Tawny of a version, as the step before the gate does.
async fn told(world: &mut World, version: &str) {
    let package = world.put("shop", version, crate::packages::SERVES);
    world.deploy("shop", version, &package).await;
}

async fn newest(world: &World) -> Value {
    let (_, all) = world
        .server
        .call(ANN, Method::GET, "deployments?limit=1", None)
        .await;
    all[0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_github_action_tells_of_the_deployment_passes_a_good_one_and_fails_a_bad_one() {
    let mut world = deploying().await;
    let inputs = |version| {
        [
            ("url", "replaced by the test"),
            ("token", CI),
            ("service", "shop"),
            ("version", version),
            ("timeout", "2m"),
        ]
    };
    told(&mut world, "v2").await;
    let (ended, output, summary) = action(&world, &inputs("v2")).await;
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let id = newest(&world).await["id"].as_str().unwrap().to_owned();
    let lines: Vec<&str> = output.lines().collect();
    for line in [
        format!("deployment={id}").as_str(),
        "outcome=healthy",
        "exit_code=0",
    ] {
        assert!(lines.contains(&line), "{line}: {output}");
    }
    assert!(
        summary.contains("v2") && summary.starts_with("**"),
        "{summary}"
    );

    world.prometheus.spoil("v3");
    told(&mut world, "v3").await;
    let (ended, output, summary) = action(&world, &inputs("v3")).await;
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let lines: Vec<&str> = output.lines().collect();
    for line in ["outcome=rolled_back", "verdict=degraded", "exit_code=1"] {
        assert!(lines.contains(&line), "{line}: {output}");
    }
    assert!(summary.contains("errors"), "{summary}");
    let annotated = ended
        .out
        .lines()
        .find(|line| line.starts_with("::error title=Tawny::"));
    assert!(annotated.unwrap().contains("errors"), "{}", ended.out);
    // Every output of the action is one that the gate writes.
    let action = yaml(&text(".github/actions/tawny-gate/action.yml"));
    for (name, output) in action["outputs"].as_object().unwrap() {
        let value = output["value"].as_str().unwrap();
        assert_eq!(value, format!("${{{{ steps.gate.outputs.{name} }}}}"));
        let written = lines
            .iter()
            .any(|line| line.starts_with(&format!("{name}=")));
        assert!(
            written || ["page", "attribution"].contains(&name.as_str()),
            "{name}"
        );
    }
    for (inputs, code) in [
        (
            vec![
                ("url", "u"),
                ("token", "wrong"),
                ("deployment", id.as_str()),
            ],
            3,
        ),
        (
            vec![("url", "u"), ("token", CI), ("deployment", id.as_str())],
            0,
        ),
        (
            vec![("url", "u"), ("token", CI), ("tawny", "tawny-nowhere")],
            3,
        ),
        (vec![("url", "u"), ("token", CI)], 3),
        // What somebody called a branch is a value and no code.
        (
            vec![
                ("url", "u"),
                ("token", CI),
                ("service", "shop"),
                ("version", "$(touch here)"),
                ("timeout", "1s"),
            ],
            3,
        ),
    ] {
        let (ended, output, _) = self::action(&world, &inputs).await;
        assert_eq!(ended.code, code, "{inputs:?}: {}{}", ended.out, ended.err);
        assert!(output.contains(&format!("exit_code={code}")), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_knows_fails_the_action_or_warns_as_it_is_told() {
    let world = observed(600).await;
    let inputs = [
        ("url", "replaced by the test"),
        ("token", CI),
        ("service", "shop"),
        ("version", "v2"),
        ("timeout", "2s"),
    ];
    let (ended, output, _) = action(&world, &inputs).await;
    assert_eq!(ended.code, 2, "{}{}", ended.out, ended.err);
    assert!(output.contains("outcome=under_way"), "{output}");
    let warns = [&inputs[..], &[("unsure", "warn")]].concat();
    let (ended, output, _) = action(&world, &warns).await;
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(
        ended.out.contains("::warning title=Tawny::"),
        "{}",
        ended.out
    );
    assert!(output.contains("exit_code=2"), "{output}");
}

/// What every pipeline sets, and the server of the test.
fn vars(world: &World, own: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut vars = BTreeMap::from([
        ("TAWNY_URL".to_owned(), world.server.url().to_owned()),
        ("TAWNY_TOKEN".to_owned(), CI.to_owned()),
    ]);
    vars.extend(own.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    vars
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_job_of_gitlab_ci_passes_a_good_deployment_and_hands_on_what_it_found() {
    let mut world = deploying().await;
    let file = yaml(&text("docs/integrations/gitlab-ci.yml"));
    let job = &file["tawny"];
    let script: Vec<&str> = job["script"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    let report = job["artifacts"]["reports"]["dotenv"].as_str().unwrap();
    assert_eq!(job["allow_failure"]["exit_codes"], json!(["2"]));
    let dir = tempfile::TempDir::new().unwrap();
    told(&mut world, "v2").await;
    let vars = vars(&world, &[("CI_COMMIT_SHA", "v2")]);
    let ended = run(&["sh", "-ec"], &script.join("\n"), dir.path(), &vars).await;
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let written = std::fs::read_to_string(dir.path().join(report)).unwrap();
    assert!(written.contains("outcome=healthy"), "{written}");
    for line in written.lines() {
        let (name, value) = line.split_once('=').unwrap();
        let fits = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(fits && !value.contains(['"', '\'', ' ']), "{line}");
    }
    assert_eq!(newest(&world).await["to"], "v2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stage_of_jenkins_fails_on_a_bad_deployment_and_archives_the_document() {
    let mut world = deploying().await;
    let file = text("docs/integrations/Jenkinsfile");
    let script = file
        .split("script: '''")
        .nth(1)
        .and_then(|rest| rest.split("'''").next())
        .unwrap();
    assert!(file.contains("if (code == 2)") && file.contains("unstable("));
    let dir = tempfile::TempDir::new().unwrap();
    world.prometheus.spoil("v2");
    told(&mut world, "v2").await;
    let vars = vars(&world, &[("GIT_COMMIT", "v2")]);
    // Jenkins runs `sh -xe`.
    let ended = run(&["sh", "-xec"], script, dir.path(), &vars).await;
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let archived = std::fs::read_to_string(dir.path().join("tawny.json")).unwrap();
    let document: Value = serde_json::from_str(&archived).unwrap();
    assert_eq!(
        (&document["schema"], &document["outcome"]),
        (&json!("tawny.gate/1"), &json!("rolled_back"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hook_of_argo_cd_runs_as_kubernetes_runs_it() {
    let mut world = deploying().await;
    let job = yaml(&text("docs/integrations/argo-cd.yaml"));
    let annotations = &job["metadata"]["annotations"];
    assert_eq!(annotations["argocd.argoproj.io/hook"], "PostSync");
    assert_eq!(
        (&job["kind"], &job["spec"]["backoffLimit"]),
        (&json!("Job"), &json!("0"))
    );
    let container = &job["spec"]["template"]["spec"]["containers"][0];
    let mut values = vars(&world, &[]);
    for var in container["env"].as_array().unwrap() {
        let name = var["name"].as_str().unwrap();
        if name == "VERSION" {
            values.insert(name.to_owned(), var["value"].as_str().unwrap().to_owned());
        }
        assert!(values.contains_key(name), "{name} is not set by the test");
    }
    let version = values["VERSION"].clone();
    told(&mut world, &version).await;
    // Kubernetes fills `$(NAME)` in, and there is no shell.
    let arguments: Vec<String> = container["args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|argument| {
            let argument = argument.as_str().unwrap().to_owned();
            values.iter().fold(argument, |text, (name, value)| {
                text.replace(&format!("$({name})"), value)
            })
        })
        .collect();
    assert!(
        arguments.iter().all(|argument| !argument.contains('$')),
        "{arguments:?}"
    );
    let ended = Command::new(env!("CARGO_BIN_EXE_tawny"))
        .args(&arguments)
        .env_clear()
        .envs(&values)
        .output()
        .await
        .unwrap();
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(0), "{err}");
    assert!(err.contains("runs everywhere"), "{err}");
    let deadline = job["spec"]["activeDeadlineSeconds"].as_str().unwrap();
    assert!(
        deadline.parse::<u32>().unwrap() > 20 * 60,
        "longer than the gate waits"
    );
    until("it is told", async || {
        (newest(&world).await["to"] == version.as_str()).then_some(())
    })
    .await;
}

#[test]
fn each_page_shows_the_very_file_that_is_tested() {
    for (page, file, kind) in [
        ("github-actions.md", "github-actions.yml", "yaml"),
        ("gitlab-ci.md", "gitlab-ci.yml", "yaml"),
        ("jenkins.md", "Jenkinsfile", "groovy"),
        ("argo-cd.md", "argo-cd.yaml", "yaml"),
    ] {
        let page_text = text(&format!("docs/integrations/{page}"));
        let shown = text(&format!("docs/integrations/{file}"));
        let block = format!("```{kind}\n{shown}```\n");
        assert!(
            page_text.contains(&block),
            "{page} shows something else than {file}"
        );
    }
}

#[test]
fn the_workflow_uses_only_inputs_and_outputs_that_the_action_has() {
    let action = yaml(&text(".github/actions/tawny-gate/action.yml"));
    let workflow = yaml(&text("docs/integrations/github-actions.yml"));
    let steps = workflow["jobs"]["deploy"]["steps"].as_array().unwrap();
    let gate = steps.iter().find(|step| step["id"] == "tawny").unwrap();
    assert!(
        gate["uses"]
            .as_str()
            .unwrap()
            .contains("/.github/actions/tawny-gate@")
    );
    for name in gate["with"].as_object().unwrap().keys() {
        assert!(action["inputs"].get(name).is_some(), "{name}");
    }
    let after = steps.last().unwrap()["if"].as_str().unwrap();
    let output = after.split("steps.tawny.outputs.").nth(1).unwrap();
    let output = output.split(' ').next().unwrap();
    assert!(action["outputs"].get(output).is_some(), "{output}");
}
