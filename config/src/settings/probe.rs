//! Probes: what Tawny asks itself, beside what metrics say.

use crate::reader::{Reader, Step};
use crate::text::{Command, InstanceVars, ProbeHost, ProbePort, ProbeUrl, Secret, Status};
use crate::value::{settings, tagged};
use crate::yaml::Node;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

tagged! {
    /// What a probe does.
    pub enum Probe {
        /// Asks a web address; good is the expected status.
        Http(HttpProbe) = "http",
        /// Opens a connection; good is that it opens.
        Tcp(TcpProbe) = "tcp",
        /// Runs a command; good is its exit code, or it prints a number.
        Command(CommandProbe) = "command",
    }
}

tagged! {
    /// What a command says.
    pub enum Expects {
        /// Whether all is well, by its exit code.
        ExitCode(ExitCode) = "exit_code",
        /// A number on its standard output, which is judged as a gauge.
        Number(PrintedNumber) = "number",
    }
}

settings! {
    /// Asks a web address. Redirects are not followed.
    pub struct HttpProbe check own_time_http {
        /// What is asked for, by GET. With `{base_url}`, `{host}`, `{port}` or `{instance}` in it, each instance is asked by itself.
        url: ProbeUrl,
        /// The status that counts as good.
        expected_status: Status = "200",
        /// Headers to send. Values are treated as secrets.
        headers: BTreeMap<String, Secret> = "{}",
        /// Longest time for one attempt, the answer's body included.
        timeout: Duration = "5s",
        /// Attempts, the first included, before one check counts as failed; between them it waits 1 s, 2 s, 4 s…
        retries: NonZeroU32 = "3",
        /// How often it is checked.
        interval: Duration = "15s",
    }

    /// Opens a connection.
    pub struct TcpProbe check own_time_tcp {
        /// Name or address. With `{host}` or `{instance}` in it, each instance is tried by itself.
        host: ProbeHost,
        /// Port, or `{port}` for the one of each instance.
        port: ProbePort,
        /// Longest time for one attempt.
        timeout: Duration = "5s",
        /// Attempts, the first included, before one check counts as failed; between them it waits 1 s, 2 s, 4 s…
        retries: NonZeroU32 = "3",
        /// How often it is checked.
        interval: Duration = "15s",
    }

    /// Runs a command by `sh -c`.
    pub struct CommandProbe check own_time_command {
        /// The command. It gets `PATH`, `HOME`, `LANG` and `env`, and nothing else of Tawny's environment.
        run: Command,
        /// What it says.
        expects: Expects = "exit_code",
        /// Whether it runs once for each instance, with `TAWNY_INSTANCE`, `TAWNY_BASE_URL`, `TAWNY_HOST` and `TAWNY_PORT` as far as they are known.
        per_instance: bool = "false",
        /// Variables for it. Values are treated as secrets.
        env: BTreeMap<String, Secret> = "{}",
        /// Where it runs; relative to this file. Without it, the directory of this file.
        dir: PathBuf = ".",
        /// Longest time for one attempt; then it and what it started are killed.
        timeout: Duration = "10s",
        /// Attempts, the first included, before one check counts as failed; between them it waits 1 s, 2 s, 4 s…
        retries: NonZeroU32 = "3",
        /// How often it is checked.
        interval: Duration = "15s",
    }

    /// Whether all is well, by the exit code.
    pub struct ExitCode {
        /// The code that counts as good.
        code: u8 = "0",
    }

    /// A number on standard output.
    pub struct PrintedNumber check one_side {
        /// The hard limit above: the signal gets worse upwards.
        max: Option<Number>,
        /// The hard limit below: the signal gets worse downwards.
        min: Option<Number>,
    }
}

/// Any finite number, also below zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(pub f64);

impl crate::value::Value for Number {
    fn shape() -> crate::shape::Shape {
        crate::shape::Shape::Number {
            min: f64::MIN,
            max: f64::MAX,
        }
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(node, "a number")?;
        let read = text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite());
        if read.is_none() {
            reader.wrong_value(node, "a number");
        }
        read.map(Self)
    }

    crate::value::compare_whole!();
}

impl Probe {
    /// Whether each instance is probed by itself; otherwise the service as a whole.
    #[must_use]
    pub fn per_instance(&self) -> bool {
        match self {
            Self::Http(http) => http.url.per_instance(),
            Self::Tcp(tcp) => tcp.host.per_instance() || tcp.port == ProbePort::OfInstance,
            Self::Command(command) => command.per_instance,
        }
    }

    /// Whether it needs to know an instance's address, not only its name.
    #[must_use]
    pub fn needs_address(&self) -> bool {
        match self {
            Self::Http(http) => http.url.needs_address(),
            Self::Tcp(tcp) => tcp.host.needs_address() || tcp.port == ProbePort::OfInstance,
            Self::Command(_) => false,
        }
    }

    /// The printed number that it gives; none when it says good or bad.
    #[must_use]
    pub fn number(&self) -> Option<&PrintedNumber> {
        match self {
            Self::Command(CommandProbe {
                expects: Expects::Number(number),
                ..
            }) => Some(number),
            _ => None,
        }
    }

    /// How often it is checked.
    #[must_use]
    pub fn interval(&self) -> Duration {
        match self {
            Self::Http(http) => http.interval,
            Self::Tcp(tcp) => tcp.interval,
            Self::Command(command) => command.interval,
        }
    }

    /// What it does, in a few words for people: `GET http://…`, `tcp host:port`, `sh -c …`. No secret.
    #[must_use]
    pub fn told(&self, vars: &InstanceVars<'_>) -> String {
        match self {
            Self::Http(http) => format!("GET {}", http.url.fill(vars)),
            Self::Tcp(tcp) => match tcp.port.fill(vars) {
                Some(port) => format!("tcp {}:{port}", tcp.host.fill(vars)),
                None => format!("tcp {}", tcp.host.fill(vars)),
            },
            Self::Command(command) => format!("sh -c {}", command.run),
        }
    }
}

fn own_time_http(probe: &HttpProbe, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    own_time(probe.timeout, probe.interval, node, reader)
}

fn own_time_tcp(probe: &TcpProbe, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    own_time(probe.timeout, probe.interval, node, reader)
}

fn own_time_command(probe: &CommandProbe, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let mut fine = own_time(probe.timeout, probe.interval, node, reader).is_some();
    for name in probe.env.keys() {
        if variable(name) {
            continue;
        }
        fine = false;
        let env = node.get("env").unwrap_or(node);
        let at = env.entries().iter().find(|entry| entry.key == *name);
        reader.inside(Step::Field("env".to_owned()), |reader| {
            reader.wrong(
                at.map_or(env.at, |entry| entry.at),
                format!("`{}`", crate::reader::shorten(name)),
                "a variable name of letters, digits and `_` that does not begin with `TAWNY_`",
            );
        });
    }
    fine.then_some(())
}

fn variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with("TAWNY_")
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn own_time(
    timeout: Duration,
    interval: Duration,
    node: &Node,
    reader: &mut Reader<'_>,
) -> Option<()> {
    let mut fine = true;
    for (field, value, least) in [
        ("timeout", timeout, Duration::from_millis(1)),
        ("interval", interval, Duration::from_secs(1)),
    ] {
        if value >= least {
            continue;
        }
        fine = false;
        let written = node.get(field).unwrap_or(node);
        reader.inside(Step::Field(field.to_owned()), |reader| {
            let least = humantime::format_duration(least);
            reader.wrong_value(written, format!("at least `{least}`"));
        });
    }
    fine.then_some(())
}

fn one_side(number: &PrintedNumber, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if number.max.is_none() || number.min.is_none() {
        return Some(());
    }
    reader.wrong(
        node.at,
        "both `max` and `min`",
        "one of them: a signal gets worse in one direction; make a second signal of the other",
    );
    None
}
