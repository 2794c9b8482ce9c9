//! `get_deployment`: how one deployment stands, and why.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::said::{time, word};
use crate::world::World;
use guard::action::Progress;
use guard::approval::Standing;
use guard::finding::Scope;
use guard::fix::{FixRecord, FixStanding};
use guard::state::{ActionRecord, ApprovalRecord, Cure, FindingRecord, State};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub struct GetDeployment;

/// Which one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
}

/// How it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Stands {
    id: String,
    service: String,
    environment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
    /// `pending progressing paused promoted rolled_back failed superseded`.
    status: &'static str,
    /// `healthy degraded inconclusive unmeasured`; absent before the first look. No data is never healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    /// The strongest answer so far: 0 none, 1 warned, 2 paused and asked, 3 rolled back.
    tier: u8,
    /// How it is compared: `canary_vs_stable` (controlled) or `before_vs_after` (weaker).
    comparison: String,
    /// The step under way or being watched, from 1, and how many there are.
    step: u32,
    steps: usize,
    requested_by: String,
    requested_at: String,
    updated_at: String,
    /// Until when the step or the promoted release is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    watched_until: Option<String>,
    /// The deployment for whose end it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    queued_behind: Option<String>,
    findings: Vec<Finding>,
    /// What an inconclusive verdict still needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs: Vec<Need>,
    /// Signals without data, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unmeasured: Vec<Unmeasured>,
    /// What is wrong with the metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-untrusted" = "the metric source"))]
    metrics_trouble: Option<Untrusted>,
    /// Questions to people, the last first.
    approvals: Vec<Approval>,
    actions: Vec<Action>,
    /// Requests in Git that revert or mend a suspect, the last first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix>,
    /// Whether a rollback helped: `not_needed awaited confirmed failed`.
    cure: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-untrusted" = "the platform, or who deploys"))]
    failure: Option<Untrusted>,
    /// What people said of it in hindsight: `real false_alarm missed fine`.
    #[serde(skip_serializing_if = "Option::is_none")]
    judged: Option<&'static str>,
    /// Where people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// A signal that moved.
#[derive(Debug, Serialize, JsonSchema)]
struct Finding {
    signal: String,
    /// `group` (all changed instances), or the instance.
    scope: String,
    /// When it began to move.
    onset_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    baseline: f64,
    current: f64,
    /// `current` less `baseline`, with its 95 % interval.
    effect: f64,
    interval: (f64, f64),
    unit: String,
    confidence: f64,
    /// Seconds of data behind it.
    window_s: f64,
    /// What it is blamed on: `change dependency load unknown`.
    attribution: String,
    query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence_id: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Need {
    signal: String,
    /// The smallest effect that would have been seen by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    smallest_visible: Option<f64>,
    /// The smallest effect that matters.
    tolerance: f64,
    unit: String,
    /// Seconds at the present traffic until that could be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Unmeasured {
    signal: String,
    #[schemars(extend("x-untrusted" = "the metric source"))]
    reason: Untrusted,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Approval {
    id: String,
    /// Why it is asked.
    why: String,
    options: Vec<&'static str>,
    /// `open answered expired withdrawn`.
    standing: &'static str,
    /// What was answered, and by whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    asked_at: String,
    expires_at: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Action {
    id: String,
    /// `advance promote rollback`.
    kind: &'static str,
    version: String,
    /// `requested authorised executed verified failed stale stopped`.
    progress: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-untrusted" = "the platform"))]
    trouble: Option<Untrusted>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Fix {
    id: String,
    /// `revert hotfix`.
    kind: &'static str,
    suspect: String,
    /// `suggested` (people have to decide), `under_way`, `opened`, `failed`.
    standing: &'static str,
    /// Who asked for it, or which client suggests it.
    by: String,
    /// Where it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-untrusted" = "the code host"))]
    trouble: Option<Untrusted>,
}

impl Tool for GetDeployment {
    const NAME: &'static str = "get_deployment";
    const TITLE: &'static str = "Get deployment";
    const DESCRIPTION: &'static str = "One deployment as it stands: verdict, findings with effect, interval and \
        evidence, what certainty still needs, questions to people, actions. Use before anything else about a \
        deployment, and to poll what became of a request.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("findings");
    type Arguments = Arguments;
    type Output = Stands;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        _call: &Call,
    ) -> Result<Answer<Stands>, ToolError> {
        let found = record::deployment(world, caller, &arguments.deployment).await?;
        Ok(Answer::of(stands(world, &found.state)))
    }
}

fn stands(world: &World, state: &State) -> Stands {
    let plan = state.plan();
    let trouble = state.metrics_lost().or_else(|| state.metrics_incomplete());
    let mut approvals: Vec<&ApprovalRecord> = state.approvals().collect();
    approvals.sort_by_key(|record| std::cmp::Reverse(record.asked_at));
    let mut actions: Vec<&ActionRecord> = state.actions().collect();
    actions.sort_by_key(|record| std::cmp::Reverse(record.requested_at));
    Stands {
        id: plan.deployment.to_string(),
        service: plan.service.to_string(),
        environment: plan.environment.to_string(),
        from: plan.from.as_ref().map(ToString::to_string),
        to: plan.to.to_string(),
        status: state.status().as_str(),
        verdict: state.verdict().map(word),
        tier: state.highest_tier().into(),
        comparison: word(plan.comparison),
        step: state.step().saturating_add(1),
        steps: plan.steps.len(),
        requested_by: state.requested_by().to_owned(),
        requested_at: time(state.requested_at()),
        updated_at: time(state.updated_at()),
        watched_until: state.bake_until().map(time),
        queued_behind: state
            .queued_behind()
            .map(|behind| behind.deployment.to_string()),
        findings: state.findings().map(finding).collect(),
        needs: state.needs().iter().map(need).collect(),
        unmeasured: state
            .blind()
            .iter()
            .map(|(signal, why)| Unmeasured {
                signal: signal.to_string(),
                reason: Untrusted::line(why),
            })
            .collect(),
        metrics_trouble: trouble.map(|(source, why)| Untrusted::line(&format!("{source}: {why}"))),
        approvals: approvals.into_iter().map(approval).collect(),
        actions: actions.into_iter().map(action).collect(),
        fixes: fixes(state, world.clock.now()),
        cure: match state.cure() {
            Cure::NotNeeded => "not_needed",
            Cure::Awaited { .. } => "awaited",
            Cure::Confirmed { .. } => "confirmed",
            Cure::Failed { .. } => "failed",
        },
        failure: state.failure().map(Untrusted::line),
        judged: state.judged().map(|judged| judged.judgement.as_str()),
        link: record::link(world, state),
    }
}

fn fixes(state: &State, now: Timestamp) -> Vec<Fix> {
    let suggested = state.suggestions().filter(|one| one.is_open(now));
    let suggested = suggested.map(|one| {
        let fix = Fix {
            id: one.suggestion.id.to_string(),
            kind: one.suggestion.kind.as_str(),
            suspect: one.suspect.clone(),
            standing: "suggested",
            by: one.suggestion.client.clone(),
            url: None,
            trouble: None,
        };
        (one.made_at, fix)
    });
    let mut all: Vec<_> = suggested
        .chain(state.fixes().map(|one| (one.at, fix(one))))
        .collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().map(|(_, fix)| fix).collect()
}

fn fix(record: &FixRecord) -> Fix {
    let (standing, url, trouble) = match &record.standing {
        FixStanding::UnderWay => ("under_way", None, None),
        FixStanding::Opened(opened) => ("opened", Some(opened.url.clone()), None),
        FixStanding::Failed(trouble) => {
            let trouble = Untrusted::line(&trouble.to_string());
            ("failed", None, Some(trouble))
        }
    };
    Fix {
        id: record.fix.id.to_string(),
        kind: record.fix.kind.as_str(),
        suspect: record.fix.suspect.clone(),
        standing,
        by: record.by.clone(),
        url,
        trouble,
    }
}

fn finding(record: &FindingRecord) -> Finding {
    let finding = &record.finding;
    Finding {
        signal: finding.signal.to_string(),
        scope: match &finding.scope {
            Scope::Group => "group".to_owned(),
            Scope::Instance(instance) => instance.to_string(),
        },
        onset_at: time(finding.onset_at),
        ended_at: record.ended_at.map(time),
        baseline: finding.baseline,
        current: finding.current,
        effect: finding.effect,
        interval: finding.interval,
        unit: finding.unit.clone(),
        confidence: finding.confidence,
        window_s: finding.window_s,
        attribution: word(finding.attribution),
        query: finding.query.clone(),
        evidence_id: finding.evidence.as_ref().map(ToString::to_string),
    }
}

fn need(need: &guard::finding::Need) -> Need {
    Need {
        signal: need.signal.to_string(),
        smallest_visible: need.smallest_visible,
        tolerance: need.tolerance,
        unit: need.unit.clone(),
        seconds: need.seconds,
    }
}

fn approval(record: &ApprovalRecord) -> Approval {
    let approval = &record.approval;
    let why = serde_json::to_value(&approval.question).ok();
    let why = why.as_ref().and_then(|why| why["why"].as_str());
    let (standing, answer, by) = match &record.standing {
        Standing::Open => ("open", None, None),
        Standing::Answered { by, choice, .. } => (
            "answered",
            Some(choice.as_str().to_owned()),
            Some(by.clone()),
        ),
        Standing::Expired { .. } => ("expired", None, None),
        Standing::Withdrawn { .. } => ("withdrawn", None, None),
    };
    Approval {
        id: approval.id.to_string(),
        why: why.unwrap_or_default().to_owned(),
        options: approval
            .options
            .iter()
            .map(|choice| choice.as_str())
            .collect(),
        standing,
        answer,
        by,
        asked_at: time(record.asked_at),
        expires_at: time(approval.expires_at),
    }
}

fn action(record: &ActionRecord) -> Action {
    let (progress, trouble) = match &record.progress {
        Progress::Requested => ("requested", None),
        Progress::Authorised(_) => ("authorised", None),
        Progress::Executed => ("executed", None),
        Progress::Verified => ("verified", None),
        Progress::Failed(why) => ("failed", Some(why)),
        Progress::Stale(why) => ("stale", Some(why)),
        Progress::Stopped => ("stopped", None),
    };
    Action {
        id: record.action.id.to_string(),
        kind: record.action.kind.as_str(),
        version: record.action.version.to_string(),
        progress,
        trouble: trouble.map(|why| Untrusted::line(why)),
    }
}
