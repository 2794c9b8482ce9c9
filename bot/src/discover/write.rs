//! The configuration that `tawny init` writes, with its comments. Pure.

use super::candidates::{Candidate, Fitting};
use super::examine::{Examined, State};
use super::prefixed::Prefixed;
use messages::Words;
use messages::words::amount;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// How the source is reached. Secrets are told as the configuration will: `${NAME}` or `file:PATH`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Access {
    pub(crate) url: String,
    pub(crate) basic: Option<(String, String)>,
    pub(crate) bearer: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
}

/// Everything that the text is made of.
pub(crate) struct SourceText<'a> {
    pub(crate) access: &'a Access,
    /// What the server calls itself.
    pub(crate) server: &'a str,
    /// Who answers questions.
    pub(crate) person: &'a str,
    /// Where the token of that person is, relative to the configuration.
    pub(crate) token_file: &'a str,
    pub(crate) services: &'a [(Candidate, Duration)],
    /// What was found at the source, by service; empty before it was asked.
    pub(crate) examined: &'a [Examined],
}

/// The text.
pub(crate) fn configuration(source: &SourceText<'_>) -> String {
    let mut text = String::from(
        "# Written by `tawny init`. What more can be said: tawny.example.yaml. After a change: tawny check-config\n\n\
         server:\n  listen: 127.0.0.1:7700          # only this machine; put TLS in front before you listen elsewhere\n  \
         data_dir: tawny-data            # the journal and other files, beside this file\n\n",
    );
    let intervals = intervals(source.services);
    sources(&mut text, source, &intervals);
    let person = quoted(source.person);
    let _ = write!(
        text,
        "\n# Who may answer questions. A token is for the command line: export TAWNY_TOKEN=$(cat {0})\n\
         people:\n  - {{name: {person}, roles: [responder, operator]}}\ntokens:\n  \
         - {{name: {1}, person: {person}, secret: {2}}}\n\nservices:\n",
        source.token_file,
        quoted(&format!("{}-cli", source.person)),
        quoted(&format!("file:{}", source.token_file)),
    );
    for (candidate, interval) in source.services {
        let name = intervals.get(interval).map_or("main", String::as_str);
        let examined = source
            .examined
            .iter()
            .find(|examined| examined.service == candidate.name.as_str());
        service(
            &mut text,
            candidate,
            (intervals.len() > 1).then_some(name),
            examined,
        );
    }
    text
}

/// A source is scraped at one pace; what is scraped at another one is a source of its own.
fn intervals(services: &[(Candidate, Duration)]) -> BTreeMap<Duration, String> {
    let mut all: Vec<Duration> = services.iter().map(|(_, interval)| *interval).collect();
    all.sort();
    all.dedup();
    let named = |(at, interval): (usize, &Duration)| {
        let name = match at {
            0 => "main".to_owned(),
            _ => format!("main-{}", shown(*interval).replace(' ', "")),
        };
        (*interval, name)
    };
    all.iter().enumerate().map(named).collect()
}

fn sources(text: &mut String, source: &SourceText<'_>, intervals: &BTreeMap<Duration, String>) {
    let access = source.access;
    let _ = writeln!(text, "# {}", one_line(source.server));
    text.push_str("metrics:\n");
    for (interval, name) in intervals {
        let _ = writeln!(
            text,
            "  {name}:\n    type: prometheus\n    url: {}",
            quoted(&access.url)
        );
        if let Some((username, password)) = &access.basic {
            let _ = writeln!(
                text,
                "    auth: {{type: basic, username: {}, password: {}}}",
                quoted(username),
                quoted(password)
            );
        }
        if let Some(token) = &access.bearer {
            let _ = writeln!(text, "    auth: {{type: bearer, token: {}}}", quoted(token));
        }
        if !access.headers.is_empty() {
            text.push_str("    headers:\n");
            for (header, value) in &access.headers {
                let _ = writeln!(text, "      {}: {}", quoted(header), quoted(value));
            }
        }
        let _ = writeln!(
            text,
            "    scrape_interval: {}             # as it scrapes now; Tawny looks as often",
            shown(*interval).replace(' ', "")
        );
    }
}

fn service(
    text: &mut String,
    candidate: &Candidate,
    source: Option<&str>,
    examined: Option<&Examined>,
) {
    let _ = writeln!(text, "  # {}", one_line(&about(candidate)));
    let _ = writeln!(text, "  - name: {}", quoted(candidate.name.as_str()));
    text.push_str("    platform: observed            # you deploy and tell Tawny: tawny deploy SERVICE VERSION\n");
    text.push_str("    metrics:\n");
    if let Some(source) = source {
        let _ = writeln!(text, "      source: {source}");
    }
    let _ = writeln!(text, "      selector: {}", quoted(&candidate.selector));
    if candidate.instance_label != "instance" {
        let _ = writeln!(
            text,
            "      instance_label: {}",
            quoted(&candidate.instance_label)
        );
    }
    if let Some(label) = &candidate.version_label {
        let _ = writeln!(text, "      version_label: {}", quoted(label));
    }
    text.push_str("    signals:\n");
    for fitting in &candidate.presets {
        preset(text, fitting, candidate);
    }
    if let Some(prefixed) = &candidate.prefixed {
        written_out(text, prefixed);
    }
    if let Some(examined) = examined {
        seen(text, examined);
    }
    text.push('\n');
}

fn about(candidate: &Candidate) -> String {
    let count = candidate.instances.len();
    let some: Vec<&str> = candidate
        .instances
        .iter()
        .take(3)
        .map(String::as_str)
        .collect();
    let more = if count > some.len() { ", …" } else { "" };
    let versions = match (&candidate.version_label, candidate.versions.is_empty()) {
        (Some(label), false) => {
            let some: Vec<&str> = candidate
                .versions
                .iter()
                .take(3)
                .map(String::as_str)
                .collect();
            format!("; version {} by the label `{label}`", some.join(", "))
        }
        _ => "; no label tells its version".to_owned(),
    };
    let noun = if count == 1 { "instance" } else { "instances" };
    format!("{count} {noun} ({}{more}){versions}", some.join(", "))
}

fn preset(text: &mut String, fitting: &Fitting, candidate: &Candidate) {
    let _ = write!(text, "      - preset: {}", fitting.preset.as_str());
    let Some((selector, label)) = &fitting.place else {
        let _ = writeln!(
            text,
            "{:1$}# {2}",
            "",
            16_usize.saturating_sub(fitting.preset.as_str().len()),
            fitting.preset.about()
        );
        return;
    };
    let _ = writeln!(text, "\n        selector: {}", quoted(selector));
    if *label != candidate.instance_label {
        let _ = writeln!(text, "        instance_label: {}", quoted(label));
    }
}

/// The signals of `http`, under names of the service's own.
fn written_out(text: &mut String, prefixed: &Prefixed) {
    if let Some((requests, status)) = &prefixed.requests {
        if let Some(status) = status {
            let _ = writeln!(
                text,
                "      - key: errors\n        kind: ratio\n        bad: {}\n        total: {requests}\n        \
                 warn_limit: 1%\n        hard_limit: 5%",
                quoted(&format!("{requests}{{{status}=~\"5..\"}}"))
            );
        }
        let _ = writeln!(
            text,
            "      - key: throughput\n        kind: throughput\n        selector: {requests}"
        );
    }
    if let Some((metric, scale)) = &prefixed.duration {
        let _ = writeln!(
            text,
            "      - key: latency\n        kind: histogram\n        metric: {metric}\n        quantile: 0.95\n        \
             warn_limit: 1s\n        hard_limit: 2s"
        );
        if (scale - 1.0).abs() > f64::EPSILON {
            let _ = writeln!(
                text,
                "        scale: {scale}                # the metric is in milliseconds"
            );
        }
    }
}

/// What a watch would see, as comments.
fn seen(text: &mut String, examined: &Examined) {
    for signal in &examined.signals {
        let said = match (&signal.why, signal.state) {
            (Some(why), State::Blind | State::Doubtful) => one_line(why),
            _ => {
                let normal = signal.baseline.map_or_else(String::new, |baseline| {
                    format!("now {}, ", in_unit(baseline, &signal.unit))
                });
                let visible = signal.visible.iter().rev().find_map(|visible| {
                    let effect = visible.effect?;
                    Some(format!(
                        "sees a change of {} in {}",
                        in_unit(effect, &signal.unit),
                        span(visible.after_s)
                    ))
                });
                format!(
                    "{normal}{}",
                    visible.unwrap_or_else(|| "what it could see is not known yet".to_owned())
                )
            }
        };
        let _ = writeln!(text, "      #   {}: {said}", signal.key);
    }
    if !examined.absent.is_empty() {
        let _ = writeln!(
            text,
            "      #   not exported, so left out: {}",
            examined.absent.join(", ")
        );
    }
}

/// A value in its unit, in English.
pub(crate) fn in_unit(value: f64, unit: &str) -> String {
    let said = amount(Words::new(messages::Locale::En), value, unit);
    let pieces = said.pieces().iter().map(|piece| match piece {
        messages::Piece::Words(words) => words.as_str(),
        _ => "",
    });
    pieces.collect()
}

/// A span in the shortest whole unit: `90 s`, `5 min`.
pub(crate) fn span(seconds: f64) -> String {
    if seconds >= 120.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{seconds:.0} s")
    }
}

fn shown(interval: Duration) -> String {
    humantime::format_duration(interval).to_string()
}

/// Text of the source inside a comment must not end it.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A YAML scalar in single quotes, which know no escapes but their own.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'))
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
            .contains(&text.to_lowercase().as_str());
    if plain {
        return text.to_owned();
    }
    format!("'{}'", one_line(text).replace('\'', "''"))
}
