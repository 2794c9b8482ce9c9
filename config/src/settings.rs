//! The settings, one file per part. Each field is declared once: type, default and meaning.

mod access;
mod agent;
mod channel;
mod chat;
mod code;
mod environment;
mod fix;
mod hosts;
mod journal;
mod logs;
mod mcp;
mod metrics;
mod notify;
mod on_call;
mod operate;
mod package;
mod policy;
mod probe;
mod server;
mod service;
mod webhooks;

pub use access::{Holder, Person, Token};
pub use agent::{
    Agent, AnswerForm, ChannelBounds, DayBounds, IncidentBounds, ModelEndpoint, ModelPrice,
    ModelQuirks, SystemRole,
};
pub use channel::{DailyDigest, MinSeverity, QuietHours, SlackChannel, WhenNothing};
pub use chat::{Chat, Slack};
pub use code::{
    CodeHost, GitHubApp, GitHubAuth, GitHubHost, GitHubToken, GitLabHost, Redelivery, WriteBack,
};
pub use environment::EnvironmentSettings;
pub use fix::{DraftCheck, FixForward, Pin};
pub use hosts::{Health, Hosts, Instance, Observed, ObservedInstance};
pub use journal::{Journal, JournalTls, JournalUrl, JournalVerify, Retention};
pub use logs::{
    JournaldUnit, KubernetesPods, LogAuth, LogFiles, Logs, LokiQuery, PrintedLogs, SentryProject,
};
pub use mcp::{Mcp, McpClient, McpOAuth, McpScope};
pub use metrics::{
    Auth, Basic, Bearer, Budget, ClientTls, CredentialsIn, Grafana, MetricsSource, NoAuth, OAuth2,
    Prometheus, Retry, ServiceMetrics,
};
pub use notify::{Notify, Webhook};
pub use on_call::OnCall;
pub use operate::{Log, LogFormat, LogLevel, Traces};
pub use package::{Digest, Packages, Size, VersionEntry};
pub use policy::{AlertTier, PacingSettings, People, PolicySettings, Sensitivity};
pub use probe::{
    CommandProbe, ExitCode, Expects, HttpProbe, Number, PrintedNumber, Probe, TcpProbe,
};
pub use server::{Locale, Oidc, Server, Shares};
pub use service::{Platform, Service};
pub use webhooks::{DeployEvent, EventMapping, WebhookKind, WebhookSource};

use crate::reader::{Reader, Step};
use crate::value::settings;
use crate::yaml::Node;
use guard::ids::{Environment, PersonId, ServiceName};
use std::collections::{BTreeMap, BTreeSet};

settings! {
    /// Everything in `tawny.yaml`.
    pub struct Settings check secrets_apart {
        /// Tawny's own HTTP server and its place on disk.
        server: Server = "{}",
        /// Where the record is kept.
        journal: Journal = "{}",
        /// Logs of `tawny serve`, on standard error.
        log: Log = "{}",
        /// Traces of ticks, queries, decisions, actions and posts.
        traces: Traces = "{}",
        /// The language of messages and pages.
        locale: Locale = "en",
        /// Where metrics are read, by name.
        metrics: BTreeMap<crate::text::Name, MetricsSource>,
        /// Where it is read which commits came with a release, by name; for services whose `repo` is at GitHub or GitLab.
        code: BTreeMap<crate::text::Name, CodeHost> = "{}",
        /// Who may answer questions.
        people: Vec<Person> = "[]",
        /// Who is on call, by name; services say which of them count.
        on_call: Vec<OnCall> = "[]",
        /// Tokens for the command line and for machines.
        tokens: Vec<Token> = "[]",
        /// Where services run. Without this list there is one, `production`.
        environments: Vec<EnvironmentSettings> = "[{name: production}]",
        /// What is deployed and guarded.
        services: Vec<Service>,
        /// Who is told, beside the page.
        notify: Notify = "{}",
        /// Chats in which people are asked and told, beside the page.
        chat: Chat = "{}",
        /// Who tells Tawny of deployments and alerts.
        webhooks: Vec<WebhookSource> = "[]",
        /// Models and IDE assistants.
        mcp: Mcp = "{}",
        /// The analyst: a model that looks into what hurts and explains it. It decides nothing. Off unless `endpoints` are named.
        agent: Agent = "{}",
        /// How long what is kept.
        retention: Retention = "{}",
    }
}

// A secret that two tokens share would not say who asks.
fn secrets_apart(settings: &Settings, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let field = |name: &str| Step::Field(name.to_owned());
    let of_tokens = settings.tokens.iter().enumerate().map(|(index, token)| {
        let way = vec![field("tokens"), Step::Item(index), field("secret")];
        (&token.name, &token.secret, way)
    });
    let of_clients = settings
        .mcp
        .clients
        .iter()
        .enumerate()
        .map(|(index, client)| {
            let way = vec![
                field("mcp"),
                field("clients"),
                Step::Item(index),
                field("token"),
            ];
            (&client.name, &client.token, way)
        });
    let all: Vec<_> = of_tokens.chain(of_clients).collect();
    for (index, (_, secret, way)) in all.iter().enumerate() {
        let mut earlier = all.iter().take(index);
        let Some((same, ..)) = earlier.find(|(_, other, _)| other == secret) else {
            continue;
        };
        let at = reached(node, way).map_or(node.at, |value| value.at);
        reader.at.0.extend(way.iter().cloned());
        let found = format!("the secret of `{same}`");
        reader.wrong(at, found, "a secret of its own");
        reader.at.0.truncate(reader.at.0.len() - way.len());
    }
    Some(())
}

fn reached<'n>(root: &'n Node, way: &[Step]) -> Option<&'n Node> {
    way.iter().try_fold(root, |node, step| match step {
        Step::Field(name) => node.get(name),
        Step::Item(index) => node.items().get(*index),
    })
}

impl Settings {
    /// The service of this name.
    #[must_use]
    pub fn service(&self, name: &ServiceName) -> Option<&Service> {
        self.services.iter().find(|service| service.name == *name)
    }

    /// The environment of this name.
    #[must_use]
    pub fn environment(&self, name: &Environment) -> Option<&EnvironmentSettings> {
        self.environments
            .iter()
            .find(|environment| environment.name == *name)
    }

    /// The person of this name.
    #[must_use]
    pub fn person(&self, name: &PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.name == *name)
    }

    /// The lists of who is on call for a service.
    pub fn on_call_of<'s>(&'s self, service: &'s Service) -> impl Iterator<Item = &'s OnCall> {
        let named = self.on_call.iter();
        named.filter(|list| service.on_call.contains(&list.name))
    }

    /// The services that a service calls, whichever of the two says so.
    #[must_use]
    pub fn callees_of(&self, service: &Service) -> BTreeSet<ServiceName> {
        self.beside(service, |one| &one.downstream, |other| &other.upstream)
    }

    /// The services that call a service, whichever of the two says so.
    #[must_use]
    pub fn callers_of(&self, service: &Service) -> BTreeSet<ServiceName> {
        self.beside(service, |one| &one.upstream, |other| &other.downstream)
    }

    fn beside(
        &self,
        service: &Service,
        own: fn(&Service) -> &Vec<ServiceName>,
        theirs: fn(&Service) -> &Vec<ServiceName>,
    ) -> BTreeSet<ServiceName> {
        let say_so = |other: &&Service| theirs(other).contains(&service.name);
        let others = self.services.iter().filter(say_so);
        let others = others.map(|other| other.name.clone());
        own(service).iter().cloned().chain(others).collect()
    }

    /// The environments of a service: its own list, or all of them.
    #[must_use]
    pub fn environments_of(&self, service: &Service) -> Vec<Environment> {
        if service.environments.is_empty() {
            return self
                .environments
                .iter()
                .map(|environment| environment.name.clone())
                .collect();
        }
        service.environments.clone()
    }

    /// The code host of a service and the path of the repository there, such as `owner/name`; none when its code is
    /// on this machine or at no host that is configured.
    #[must_use]
    pub fn code_host_of(
        &self,
        service: &Service,
    ) -> Option<(&crate::text::Name, &CodeHost, String)> {
        self.code_host_at(service.repo.as_ref()?)
    }

    /// The code host of a repository and its path there; none when it is on this machine or at no host that is configured.
    #[must_use]
    pub fn code_host_at(
        &self,
        repo: &crate::text::Repository,
    ) -> Option<(&crate::text::Name, &CodeHost, String)> {
        self.code.iter().find_map(|(name, host)| {
            let path = match repo.short() {
                Some((kind, path)) => (kind == host.kind()).then_some(path)?,
                None => repo.below(host.url().as_str())?,
            };
            Some((name, host, path.to_owned()))
        })
    }

    /// Where a service's metrics are read: the source it names, or the only one.
    #[must_use]
    pub fn source_of(&self, service: &Service) -> Option<(&crate::text::Name, &MetricsSource)> {
        match &service.metrics.source {
            Some(name) => self.metrics.get_key_value(name),
            None if self.metrics.len() == 1 => self.metrics.first_key_value(),
            None => None,
        }
    }

    /// The label matchers of a service's series in an environment.
    #[must_use]
    pub fn matchers_of(
        &self,
        service: &Service,
        environment: &Environment,
    ) -> crate::text::Matchers {
        let own = &service.metrics.selector;
        own.and(&self.matchers_of_environment(environment))
    }

    /// The matchers that all series of an environment bear.
    #[must_use]
    pub fn matchers_of_environment(&self, environment: &Environment) -> crate::text::Matchers {
        self.environment(environment)
            .map(|environment| environment.selector.clone())
            .unwrap_or_default()
    }
}
