//! Whether a configuration can work, with every fault at once.

use super::config::{HealthGate, HostsConfig, PackageSources};
use std::collections::BTreeSet;
use std::path::{Component, Path};

/// One fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct BadSetting {
    /// Which field, `instances[1].base_url`.
    pub field: String,
    /// What is wrong with it, and what was expected.
    pub problem: String,
}

impl HostsConfig {
    /// Every fault of this configuration; none when it can work.
    #[must_use]
    pub fn faults(&self) -> Vec<BadSetting> {
        let mut faults = Vec::new();
        let mut say = |field: &str, problem: String| {
            faults.push(BadSetting {
                field: field.to_owned(),
                problem,
            });
        };
        if !self.deploy_path.is_absolute() {
            say(
                "deploy_path",
                format!(
                    "`{}`: expected an absolute path",
                    self.deploy_path.display()
                ),
            );
        }
        if let Some(path) = &self.config_path
            && !usable(path)
        {
            say(
                "config_path",
                format!("`{}`: expected a path without `..`", path.display()),
            );
        }
        if self.start_cmd.trim().is_empty() {
            say(
                "start_cmd",
                "it is empty: expected a shell command".to_owned(),
            );
        }
        if self
            .stop_cmd
            .as_ref()
            .is_some_and(|cmd| cmd.trim().is_empty())
        {
            say(
                "stop_cmd",
                "it is empty: leave it out to stop by SIGTERM".to_owned(),
            );
        }
        if !positive(self.stop_timeout_s) {
            say(
                "stop_timeout_s",
                format!(
                    "{}: expected seconds, above 0 and at most a day",
                    self.stop_timeout_s
                ),
            );
        }
        instances(self, &mut say);
        gate(&self.health, &mut say);
        sources(&self.packages, &mut say);
        faults
    }
}

fn instances(config: &HostsConfig, say: &mut impl FnMut(&str, String)) {
    if config.instances.is_empty() {
        say(
            "instances",
            "the list is empty: expected at least one".to_owned(),
        );
    }
    let mut ids = BTreeSet::new();
    let mut urls = BTreeSet::new();
    for (index, instance) in config.instances.iter().enumerate() {
        if !ids.insert(&instance.id) {
            say(
                &format!("instances[{index}].id"),
                format!("`{}` is named twice", instance.id),
            );
        }
        let field = format!("instances[{index}].base_url");
        let fits = reqwest::Url::parse(&instance.base_url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !fits {
            say(
                &field,
                format!(
                    "`{}`: expected `http://host:port`",
                    instance.base_url.escape_debug()
                ),
            );
        } else if !urls.insert(instance.base_url.trim_end_matches('/')) {
            say(
                &field,
                format!("`{}` is also another instance's", instance.base_url),
            );
        }
        for (key, value) in &instance.env {
            if !variable(key) || value.contains('\0') {
                say(
                    &format!("instances[{index}].env"),
                    format!(
                        "`{}`: expected a variable name of letters, digits and `_` that does not start with `TAWNY_`, and a value without NUL",
                        key.escape_debug()
                    ),
                );
            }
        }
    }
}

fn gate(gate: &HealthGate, say: &mut impl FnMut(&str, String)) {
    let version_path = gate.version_path.as_ref();
    for (field, path) in [("health.path", &gate.path)]
        .into_iter()
        .chain(version_path.map(|path| ("health.version_path", path)))
    {
        if !path.starts_with('/') {
            say(
                field,
                format!(
                    "`{}`: expected a path that starts with `/`",
                    path.escape_debug()
                ),
            );
        }
    }
    if !(100..600).contains(&gate.expected_status) {
        say(
            "health.expected_status",
            format!(
                "{}: expected a status from 100 to 599",
                gate.expected_status
            ),
        );
    }
    if gate.attempts == 0 {
        say("health.attempts", "0: expected at least 1".to_owned());
    }
    for (field, value) in [
        ("health.timeout_s", gate.timeout_s),
        ("health.interval_s", gate.interval_s),
    ] {
        if !positive(value) {
            say(
                field,
                format!("{value}: expected seconds, above 0 and at most a day"),
            );
        }
    }
}

fn sources(packages: &PackageSources, say: &mut impl FnMut(&str, String)) {
    for scheme in &packages.schemes {
        if !matches!(scheme.as_str(), "https" | "http" | "file") {
            say(
                "packages.schemes",
                format!(
                    "`{}`: expected `https`, `http` or `file`",
                    scheme.escape_debug()
                ),
            );
        }
    }
    for directory in &packages.directories {
        if !super::allowed::directory(directory) {
            say(
                "packages.directories",
                format!(
                    "`{}`: expected an http(s) url that ends with `/`",
                    directory.escape_debug()
                ),
            );
        }
    }
    for root in &packages.file_roots {
        if !root.is_absolute() {
            say(
                "packages.file_roots",
                format!("`{}`: expected an absolute path", root.display()),
            );
        }
    }
    if !positive(packages.timeout_s) {
        say(
            "packages.timeout_s",
            format!(
                "{}: expected seconds, above 0 and at most a day",
                packages.timeout_s
            ),
        );
    }
}

fn positive(seconds: f64) -> bool {
    seconds > 0.0 && seconds <= 86_400.0
}

fn usable(path: &Path) -> bool {
    path.components().next().is_some()
        && !path.components().any(|part| part == Component::ParentDir)
}

fn variable(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with("TAWNY_")
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(json: &str) -> HostsConfig {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_seeds_names_are_read_as_aliases() {
        let config = config(
            r#"{"service":"shop","environment":"prod","deployPath":"/srv/shop","configPath":"/etc/shop.yaml",
                "startCmd":"./run","stopCmd":"./stop","machines":[{"id":"a","baseUrl":"http://127.0.0.1:1"}]}"#,
        );
        assert_eq!(config.start_cmd, "./run");
        assert_eq!(config.instances[0].base_url, "http://127.0.0.1:1");
        assert_eq!(config.faults(), []);
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let error = serde_json::from_str::<HealthGate>(r#"{"pathh":"/x"}"#).unwrap_err();
        assert!(
            error.to_string().contains("unknown field `pathh`"),
            "{error}"
        );
    }

    #[test]
    fn every_fault_is_said_at_once_and_names_its_field() {
        let faults = config(
            r#"{"service":"shop","environment":"prod","deploy_path":"srv","start_cmd":" ","stop_timeout_s":0,
                "instances":[{"id":"a","base_url":"ftp://x","env":{"TAWNY_X":"1"}},{"id":"a","base_url":"http://x"}],
                "health":{"path":"healthz","attempts":0},"packages":{"schemes":["gopher"]}}"#,
        )
        .faults();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "deploy_path",
                "start_cmd",
                "stop_timeout_s",
                "instances[0].base_url",
                "instances[0].env",
                "instances[1].id",
                "health.path",
                "health.attempts",
                "packages.schemes"
            ]
        );
    }
}
