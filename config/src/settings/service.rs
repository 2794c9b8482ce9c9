//! A service: what is deployed.

use super::{
    FixForward, Hosts, Logs, Observed, PacingSettings, Packages, PolicySettings, ServiceMetrics,
    VersionEntry,
};
use crate::presets::{self, Given, Present};
use crate::reader::{Reader, Step};
use crate::signal::{OpenPreset, Signal, SignalKind, Signals};
use crate::text::{Name, Repository};
use crate::value::{settings, tagged};
use crate::yaml::Node;
use guard::ids::{Environment, InstanceId, PersonId, ServiceName, Version};
use guard::plan::Pacing;
use guard::policy::{Autonomy, Policy};

tagged! {
    /// Where the service runs, and who deploys it.
    pub enum Platform {
        /// Processes on this machine that Tawny installs, starts and stops.
        Hosts(Hosts) = "hosts",
        /// Tawny watches and speaks; somebody else deploys.
        Observed(Observed) = "observed",
    }
}

settings! {
    /// What is deployed and guarded.
    pub struct Service check consistent {
        /// Its name.
        name: ServiceName,
        /// The repository of its code.
        repo: Option<Repository>,
        /// Who answers for it: a person or a team.
        owner: Option<String>,
        /// People who answer for it: they may roll it back whoever is on call, and are called when nobody answers.
        owners: Vec<PersonId> = "[]",
        /// Who is on call for it: names from `on_call`. Without it, everybody with the role counts.
        on_call: Vec<Name> = "[]",
        /// Where it runs: names from `environments`. Without it, in all of them.
        environments: Vec<Environment> = "[]",
        /// How it is deployed.
        platform: Platform,
        /// Where its packages come from; for platforms on which Tawny installs.
        packages: Option<Packages>,
        /// What is known about single versions.
        versions: Vec<VersionEntry> = "[]",
        /// Services that call this one.
        upstream: Vec<ServiceName> = "[]",
        /// Services that this one calls; a finding there first is not blamed on the change here.
        downstream: Vec<ServiceName> = "[]",
        /// How its series are found.
        metrics: ServiceMetrics,
        /// What is measured: presets and signals of its own.
        signals: Signals = "[{preset: http}]",
        /// Where its errors are read when something hurts: which are new since, or more frequent, and where they come from.
        logs: Vec<Logs> = "[]",
        /// How it is guarded.
        policy: PolicySettings = "{}",
        /// At which pace it is released.
        pacing: PacingSettings = "{}",
        /// How a change that did harm is undone or mended in Git, by requests that people review.
        fix_forward: FixForward = "{}",
    }
}

impl Service {
    /// Whoever answers for it, by name: the team first.
    #[must_use]
    pub fn answerable(&self) -> Vec<String> {
        let people = self.owners.iter().map(ToString::to_string);
        self.owner.iter().cloned().chain(people).collect()
    }

    /// What is measured. Signals of a preset that names no dialect are as its first dialect has them;
    /// [`Service::signals_given`] knows better.
    #[must_use]
    pub fn signals(&self) -> &[Signal] {
        &self.signals.all
    }

    /// Presets whose metric names a source decides, each with where its series are.
    #[must_use]
    pub fn open_presets(&self) -> Vec<OpenPreset> {
        self.signals.open()
    }

    /// What is measured, given what the sources have: one answer to each of [`Service::open_presets`], in
    /// their order.
    #[must_use]
    pub fn signals_given(&self, answers: &[Present]) -> Given {
        let nothing = Present::default();
        let mut given = Given::default();
        let mut done: Vec<OpenPreset> = Vec::new();
        for signal in &self.signals.all {
            let Some(open) = signal.open() else {
                given.signals.push(signal.clone());
                continue;
            };
            if done.contains(&open) {
                continue;
            }
            // They are answered in the order in which they are met here.
            let present = answers.get(done.len()).unwrap_or(&nothing);
            let of_it = self.signals.all.iter();
            let of_it = of_it.filter(|one| one.open().as_ref() == Some(&open));
            let found = presets::given(open.preset, &of_it.cloned().collect::<Vec<_>>(), present);
            given.signals.extend(found.signals);
            given.absent.extend(found.absent);
            done.push(open);
        }
        given
    }

    /// The domain's policy.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy.to_policy(match self.platform {
            Platform::Hosts(_) => Autonomy::Rollback,
            Platform::Observed(_) => Autonomy::Observe,
        })
    }

    /// The domain's pacing.
    #[must_use]
    pub fn pacing(&self) -> Pacing {
        self.pacing.to_pacing()
    }

    /// Its instances in an environment, in the order of the file; empty for an observed service
    /// whose instances are found by their label.
    #[must_use]
    pub fn instances_in(&self, environment: &Environment) -> Vec<InstanceId> {
        let here = |own: &Option<Environment>| own.as_ref().is_none_or(|own| own == environment);
        match &self.platform {
            Platform::Hosts(hosts) => hosts
                .instances
                .iter()
                .filter(|instance| here(&instance.environment))
                .map(|instance| instance.id.clone())
                .collect(),
            Platform::Observed(observed) => observed
                .instances
                .iter()
                .filter(|instance| here(&instance.environment))
                .map(|instance| instance.id.clone())
                .collect(),
        }
    }

    /// Whether an operator vouches for this version.
    #[must_use]
    pub fn is_known_good(&self, version: &Version) -> bool {
        self.versions
            .iter()
            .any(|entry| entry.version == *version && entry.known_good)
    }

    /// Whether going to this version cannot be undone by going back.
    #[must_use]
    pub fn is_irreversible(&self, version: &Version) -> bool {
        self.versions
            .iter()
            .any(|entry| entry.version == *version && entry.irreversible)
    }
}

fn consistent(service: &Service, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let autonomy = autonomy_has_a_platform(service, node, reader);
    let packages = packages_are_allowed(service, node, reader);
    let probes = probes_have_instances(service, node, reader);
    let logs = printed_logs_have_hosts(service, node, reader);
    (autonomy && packages && probes && logs).then_some(())
}

fn autonomy_has_a_platform(service: &Service, node: &Node, reader: &mut Reader<'_>) -> bool {
    let acts = service
        .policy
        .autonomy
        .is_some_and(|autonomy| autonomy != Autonomy::Observe);
    if !acts || !matches!(service.platform, Platform::Observed(_)) {
        return true;
    }
    let value = node
        .get("policy")
        .and_then(|policy| policy.get("autonomy"))
        .unwrap_or(node);
    reader.inside(Step::Field("policy".to_owned()), |reader| {
        reader.inside(Step::Field("autonomy".to_owned()), |reader| {
            reader.wrong_value(
                value,
                "`observe`, since the platform `observed` gives tawny nothing to act on",
            );
        });
    });
    false
}

/// A probe of each instance needs to know the instances, and mostly their addresses.
fn probes_have_instances(service: &Service, node: &Node, reader: &mut Reader<'_>) -> bool {
    let named = match &service.platform {
        Platform::Hosts(_) => return true,
        Platform::Observed(observed) => !observed.instances.is_empty(),
    };
    let mut fine = true;
    for signal in service.signals() {
        let SignalKind::Probe { probe } = &signal.kind else {
            continue;
        };
        let expected = if probe.needs_address() {
            "no `{base_url}`, `{host}` or `{port}`, since the platform `observed` knows no addresses"
        } else if probe.per_instance() && !named {
            "instances under `platform.instances`, since each of them is probed"
        } else {
            continue;
        };
        fine = false;
        let written = node
            .get("signals")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .enumerate()
            .find(|(_, item)| item.get("key").and_then(Node::text) == Some(signal.key.as_str()));
        let (steps, at) = match written {
            Some((index, item)) => (
                vec![
                    Step::Field("signals".to_owned()),
                    Step::Item(index),
                    Step::Field("probe".to_owned()),
                ],
                item.get("probe").map_or(item.at, |probe| probe.at),
            ),
            None => (vec![Step::Field("signals".to_owned())], node.at),
        };
        let depth = steps.len();
        reader.at.0.extend(steps);
        reader.wrong(at, "a probe of each instance", expected);
        reader.at.0.truncate(reader.at.0.len() - depth);
    }
    fine
}

/// Only what Tawny starts prints into a file that Tawny knows.
fn printed_logs_have_hosts(service: &Service, node: &Node, reader: &mut Reader<'_>) -> bool {
    if matches!(service.platform, Platform::Hosts(_)) {
        return true;
    }
    let mut fine = true;
    let nodes = node.get("logs").map(Node::items).unwrap_or_default();
    for (index, (logs, node)) in service.logs.iter().zip(nodes).enumerate() {
        if !matches!(logs, Logs::Instances(_)) {
            continue;
        }
        fine = false;
        let steps = [Step::Field("logs".to_owned()), Step::Item(index)];
        reader.at.0.extend(steps);
        reader.wrong(
            node.at,
            "`instances`",
            "another source, since the platform `observed` starts nothing whose output tawny could read",
        );
        reader.at.0.truncate(reader.at.0.len() - 2);
    }
    fine
}

fn packages_are_allowed(service: &Service, node: &Node, reader: &mut Reader<'_>) -> bool {
    let mut fine = true;
    let nodes = node.get("versions").map(Node::items).unwrap_or_default();
    for (index, (entry, node)) in service.versions.iter().zip(nodes).enumerate() {
        let Some(url) = &entry.url else { continue };
        let allowed = service
            .packages
            .as_ref()
            .is_some_and(|packages| packages.allows(url.as_str()));
        if allowed {
            continue;
        }
        fine = false;
        let value = node.get("url").unwrap_or(node);
        reader.at.0.extend([
            Step::Field("versions".to_owned()),
            Step::Item(index),
            Step::Field("url".to_owned()),
        ]);
        reader.wrong_value(
            value,
            "a URL below one of `packages.allow`, or below the directory of `packages.url`",
        );
        reader.at.0.truncate(reader.at.0.len() - 3);
    }
    fine
}
