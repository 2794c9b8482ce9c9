//! What the API shows of a deployment.

use super::time::{millis, millis_or_null};
use engine::Observed;
use guard::approval::Standing;
use guard::finding::Scope;
use guard::fix::{FixRecord, FixStanding};
use guard::state::{Cure, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A deployment as it stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeploymentView {
    /// Its id.
    pub id: String,
    /// The service.
    pub service: String,
    /// Where.
    pub environment: String,
    /// The version before; null at a first release.
    pub from: Option<String>,
    /// The new version.
    pub to: String,
    /// `pending progressing paused promoted rolled_back failed superseded`.
    pub status: String,
    /// While it is `pending` because another deployment has the lane: the one right before it. Null when it does not wait.
    #[serde(default)]
    pub queued_behind: Option<BehindView>,
    /// `healthy degraded inconclusive unmeasured`; null before the first look.
    pub verdict: Option<String>,
    /// The strongest answer so far: 0 none, 1 warn, 2 pause and ask, 3 roll back and tell.
    pub tier: u8,
    /// What the findings are blamed on: `change dependency load unknown`; null without findings.
    pub attribution: Option<String>,
    /// The step under way or being watched, from 0.
    pub step: u32,
    /// How many steps there are.
    pub steps: usize,
    /// Until when the present step, or the promoted release, is watched.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub bake_until: Option<Timestamp>,
    /// Signals that moved.
    pub findings: Vec<FindingView>,
    /// The findings together, and what became of them; null where nothing moved.
    #[schema(value_type = Option<Object>)]
    #[serde(default)]
    pub incident: Option<serde_json::Value>,
    /// The question that is open.
    pub approval: Option<ApprovalView>,
    /// `not_needed awaited confirmed failed`.
    pub cure: String,
    /// When the cure was proven.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub cured_at: Option<Timestamp>,
    /// Why it failed.
    pub failure: Option<String>,
    /// The metrics source that does not answer, with its error.
    pub metrics_lost: Option<String>,
    /// The metrics source whose answers may be incomplete, with its warning.
    pub metrics_incomplete: Option<String>,
    /// Signals without data, with the reason.
    pub blind: Vec<(String, String)>,
    /// What people said in hindsight; null before anybody did.
    #[serde(default)]
    pub judged: Option<JudgedView>,
    /// Requests at the code host that people asked for.
    #[serde(default)]
    pub fixes: Vec<FixView>,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub requested_at: Timestamp,
    /// When something last happened.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub updated_at: Timestamp,
    /// Instances by what was last observed; null when the service has no platform.
    pub instances: Option<InstancesView>,
    /// The parent message as text.
    pub text: String,
}

/// A request at the code host that undoes or mends what did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FixView {
    /// Its id.
    pub id: String,
    /// `revert hotfix`.
    pub kind: String,
    /// The commit that it is about.
    pub suspect: String,
    /// Who asked for it.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub asked_at: Timestamp,
    /// `under_way opened failed`.
    pub standing: String,
    /// Its page, once it is open.
    pub url: Option<String>,
    /// What it does, once it is open.
    #[schema(value_type = Option<Object>)]
    pub how: Option<serde_json::Value>,
    /// Why it could not be opened.
    #[schema(value_type = Option<Object>)]
    pub trouble: Option<serde_json::Value>,
}

/// The deployment right before one that waits for its turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BehindView {
    /// Its id.
    pub deployment: String,
    /// The version that it brings.
    pub version: String,
}

/// A service's instances as last observed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InstancesView {
    /// When they were looked at.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub observed_at: Timestamp,
    /// How many there are.
    pub machine_count: u32,
    /// How many are healthy.
    pub health_count: u32,
    /// How many are not.
    pub error_count: u32,
    /// How many have a finding of their own, or belong to the group that has one.
    pub alert_count: u32,
}

/// A signal that moved.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FindingView {
    /// The signal.
    pub signal: String,
    /// `group`, or the instance.
    pub scope: String,
    /// When it began to move.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub onset_at: Timestamp,
    /// When it was said.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub opened_at: Timestamp,
    /// When it ended by itself.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub ended_at: Option<Timestamp>,
    /// What was normal, in `unit`.
    pub baseline: f64,
    /// What is measured, in `unit`.
    pub current: f64,
    /// The difference, in `unit`.
    pub effect: f64,
    /// 95 % interval of the difference.
    pub interval: (f64, f64),
    /// The unit.
    pub unit: String,
    /// The query that shows it.
    pub query: String,
    /// The stored result of that query.
    pub evidence_id: Option<String>,
}

/// What people said in hindsight.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JudgedView {
    /// `real false_alarm missed fine`.
    pub judgement: String,
    /// Who said so.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub at: Timestamp,
    /// Why, in their words.
    pub note: Option<String>,
    /// Of harm that was missed: since when it was done.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub since: Option<Timestamp>,
}

/// An open question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApprovalView {
    /// Its id.
    pub id: String,
    /// What may be answered.
    pub options: Vec<String>,
    /// When it was asked.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub asked_at: Timestamp,
    /// Until when.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub expires_at: Timestamp,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TimelineView {
    /// Its place in the stream of the deployment or incident.
    pub revision: u64,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub at: Timestamp,
    /// The event's name.
    pub event: String,
    /// The event in full.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

/// A state as the API shows it; `text` is filled by the caller, who knows the language.
pub(super) fn deployment(
    state: &State,
    observed: Option<&Observed>,
    text: String,
) -> DeploymentView {
    let plan = state.plan();
    DeploymentView {
        id: plan.deployment.to_string(),
        service: plan.service.to_string(),
        environment: plan.environment.to_string(),
        from: plan.from.as_ref().map(ToString::to_string),
        to: plan.to.to_string(),
        status: state.status().as_str().to_owned(),
        queued_behind: state.queued_behind().map(|behind| BehindView {
            deployment: behind.deployment.to_string(),
            version: behind.version.to_string(),
        }),
        verdict: state.verdict().map(word),
        tier: state.highest_tier().into(),
        attribution: attribution(state),
        step: state.step(),
        steps: plan.steps.len(),
        bake_until: state.bake_until(),
        findings: state.findings().map(finding).collect(),
        incident: state
            .incident()
            .and_then(|incident| serde_json::to_value(incident).ok()),
        approval: state.open_approval().map(approval),
        cure: cure(state.cure()).to_owned(),
        cured_at: if let Cure::Confirmed { at, .. } = state.cure() {
            Some(*at)
        } else {
            None
        },
        failure: state.failure().map(ToOwned::to_owned),
        metrics_lost: state
            .metrics_lost()
            .map(|(source, error)| format!("{source}: {error}")),
        metrics_incomplete: state
            .metrics_incomplete()
            .map(|(source, warning)| format!("{source}: {warning}")),
        blind: state
            .blind()
            .iter()
            .map(|(signal, why)| (signal.to_string(), why.clone()))
            .collect(),
        judged: state.judged().map(|judged| JudgedView {
            judgement: judged.judgement.as_str().to_owned(),
            by: judged.by.clone(),
            at: judged.at,
            note: judged.note.clone(),
            since: judged.since,
        }),
        fixes: state.fixes().map(fix).collect(),
        requested_by: state.requested_by().to_owned(),
        requested_at: state.requested_at(),
        updated_at: state.updated_at(),
        instances: observed.map(|observed| instances(state, observed)),
        text,
    }
}

/// The word that serde gives a plain enum.
pub(super) fn word<T: Serialize>(value: T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|v| v.as_str().map(ToOwned::to_owned))
        .unwrap_or_default()
}

fn attribution(state: &State) -> Option<String> {
    let strongest = state
        .findings()
        .max_by_key(|record| record.finding.budget)?;
    Some(word(strongest.finding.attribution))
}

fn finding(record: &guard::state::FindingRecord) -> FindingView {
    let finding = &record.finding;
    FindingView {
        signal: finding.signal.to_string(),
        scope: match &finding.scope {
            Scope::Group => "group".to_owned(),
            Scope::Instance(instance) => instance.to_string(),
        },
        onset_at: finding.onset_at,
        opened_at: record.opened_at,
        ended_at: record.ended_at,
        baseline: finding.baseline,
        current: finding.current,
        effect: finding.effect,
        interval: finding.interval,
        unit: finding.unit.clone(),
        query: finding.query.clone(),
        evidence_id: finding.evidence.as_ref().map(ToString::to_string),
    }
}

fn approval(record: &guard::state::ApprovalRecord) -> ApprovalView {
    debug_assert_eq!(record.standing, Standing::Open);
    ApprovalView {
        id: record.approval.id.to_string(),
        options: record
            .approval
            .options
            .iter()
            .map(|choice| choice.as_str().to_owned())
            .collect(),
        asked_at: record.asked_at,
        expires_at: record.approval.expires_at,
    }
}

fn fix(record: &FixRecord) -> FixView {
    let (standing, url, how, trouble) = match &record.standing {
        FixStanding::UnderWay => ("under_way", None, None, None),
        FixStanding::Opened(opened) => (
            "opened",
            Some(opened.url.clone()),
            serde_json::to_value(&opened.how).ok(),
            None,
        ),
        FixStanding::Failed(trouble) => ("failed", None, None, serde_json::to_value(trouble).ok()),
    };
    FixView {
        id: record.fix.id.to_string(),
        kind: record.fix.kind.as_str().to_owned(),
        suspect: record.fix.suspect.clone(),
        by: record.by.clone(),
        asked_at: record.at,
        standing: standing.to_owned(),
        url,
        how,
        trouble,
    }
}

fn cure(cure: &Cure) -> &'static str {
    match cure {
        Cure::NotNeeded => "not_needed",
        Cure::Awaited { .. } => "awaited",
        Cure::Confirmed { .. } => "confirmed",
        Cure::Failed { .. } => "failed",
    }
}

fn instances(state: &State, observed: &Observed) -> InstancesView {
    let changed =
        |instance: &guard::ids::InstanceId| state.version_of(instance) == Some(&state.plan().to);
    let alerting = state.plan().instances().filter(|instance| {
        state
            .open_findings()
            .any(|record| match &record.finding.scope {
                Scope::Group => changed(instance),
                Scope::Instance(one) => one == *instance,
            })
    });
    InstancesView {
        observed_at: observed.at,
        machine_count: observed.observation.machine_count,
        health_count: observed.observation.health_count,
        error_count: observed.observation.error_count,
        alert_count: u32::try_from(alerting.count()).unwrap_or(u32::MAX),
    }
}
