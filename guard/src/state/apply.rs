//! One event onto the state. Nothing is judged here.

use super::{
    ActionRecord, AnswerRecord, ApprovalRecord, Cure, FindingRecord, Rated, State, Status,
};
use crate::action::{ActionKind, Progress};
use crate::alert::AlertRecord;
use crate::approval::{Backing, Standing};
use crate::culprit::Named;
use crate::event::{Event, PauseReason};
use crate::finding::{Finding, Need};
use crate::fix::{Fix, FixRecord, FixStanding, SuggestionRecord, SuggestionStanding};
use crate::ids::{ActionId, ApprovalId, ShareId};
use crate::judgement::Judged;
use crate::measured::asks_for_measures;
use crate::request::RequestRecord;
use crate::share::Share;
use crate::verdict::{Comparison, Tier, Verdict};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Answers that are kept in mind.
const MOST_ANSWERS: usize = 12;

impl State {
    pub(super) fn apply(&mut self, event: &Event, at: Timestamp) {
        self.take(event, at);
        self.over_at = self.watch_over.then(|| self.over_at.unwrap_or(at));
    }

    fn take(&mut self, event: &Event, at: Timestamp) {
        self.incidents.push(event, at);
        self.moments.push(event, at);
        self.levels.push(event);
        if asks_for_measures(event) {
            self.measures_wanted = true;
        }
        match event {
            // A second request cannot change what was agreed.
            Event::DeploymentRequested { .. }
            | Event::Refused { .. }
            | Event::GlassBroken { .. }
            | Event::ApprovalReminded { .. } => {}
            Event::AuthorsKnown { authors } => self.authors.clone_from(authors),
            Event::Queued { behind } => self.queued = Some(behind.clone()),
            Event::TurnCame { plan } => {
                self.plan = plan.clone();
                self.queued = None;
            }
            Event::BaselineCaptured { history_s, blind } => {
                self.history_s = Some(*history_s);
                self.blind.clone_from(blind);
            }
            Event::ActionRequested { action } => {
                let record = ActionRecord {
                    action: action.clone(),
                    progress: Progress::Requested,
                    done: BTreeMap::new(),
                    requested_at: at,
                };
                self.actions.insert(action.id.clone(), record);
            }
            Event::ActionAuthorised { action, basis } => {
                self.progress(action, Progress::Authorised(basis.clone()));
                // The comparison begins anew with more instances: what it has shown until now is kept.
                self.measures_wanted |= self.step_was_watched() || self.goes_back(action);
                self.begin_action(action);
            }
            Event::InstanceChanged { action, instance } => {
                if let Some(record) = self.actions.get_mut(action) {
                    record.done.insert(instance.clone(), at);
                }
                self.everywhere_since = self
                    .everywhere()
                    .then(|| self.everywhere_since.unwrap_or(at));
            }
            Event::ActionExecuted { action } => self.progress(action, Progress::Executed),
            Event::ActionFailed { action, error, .. } => {
                self.progress(action, Progress::Failed(error.clone()));
            }
            Event::ActionStale { action, why } => {
                self.progress(action, Progress::Stale(why.clone()));
            }
            Event::ActionStopped { action } => self.progress(action, Progress::Stopped),
            Event::StepFinished { step, bake_until } => {
                self.step = *step;
                self.bake_until = Some(*bake_until);
                self.extensions = 0;
            }
            Event::BakeExtended { bake_until, .. } => {
                self.bake_until = Some(*bake_until);
                self.extensions += 1;
            }
            Event::FindingOpened { finding } | Event::FindingWorsened { finding } => {
                self.take_finding(finding, at);
            }
            Event::FindingReattributed { finding } => {
                if let Some(record) = self.findings.get_mut(&finding.key()) {
                    record.finding = finding.clone();
                    record.reattributed += 1;
                }
            }
            Event::FindingEnded { key } => {
                if let Some(record) = self.findings.get_mut(key) {
                    record.ended_at = Some(at);
                    record.changes += 1;
                    record.changed_at = at;
                }
            }
            Event::VerdictChanged { verdict, needs } => {
                self.take_verdict(*verdict, needs.clone(), at);
            }
            Event::TierRaised { tier, .. } => {
                self.tier = *tier;
                self.highest_tier = self.highest_tier.max(*tier);
            }
            Event::Paused { reason, .. } => {
                self.paused = Some(reason.clone());
                let frozen = match self.status {
                    Status::Pending | Status::Progressing => true,
                    // Its rollback did not come to its end: it is neither here nor there.
                    Status::Promoted => matches!(reason, PauseReason::StepTrouble { .. }),
                    _ => false,
                };
                if frozen {
                    self.status = Status::Paused;
                    self.bake_until = None;
                }
            }
            Event::Resumed { accepted, .. } => {
                for key in accepted {
                    if let Some(record) = self.findings.get_mut(key) {
                        record.accepted = true;
                    }
                }
                if matches!(self.paused, Some(PauseReason::Unsure { .. })) {
                    self.unsure_accepted = true;
                }
                self.paused = None;
                self.tier = Tier::Quiet;
                if self.status == Status::Paused {
                    self.status = Status::Progressing;
                }
            }
            Event::ApprovalAsked { approval } => {
                let record = ApprovalRecord {
                    approval: approval.clone(),
                    standing: Standing::Open,
                    asked_at: at,
                    backings: Vec::new(),
                };
                self.approvals.insert(approval.id.clone(), record);
            }
            Event::ApprovalBacked {
                approval,
                by,
                choice,
                author,
                ..
            } => {
                if let Some(record) = self.approvals.get_mut(approval) {
                    record.backings.retain(|one| one.by != *by);
                    record.backings.push(Backing {
                        by: by.clone(),
                        choice: *choice,
                        author: *author,
                        at,
                    });
                }
            }
            Event::ApprovalAnswered {
                approval,
                by,
                choice,
                ..
            } => {
                self.settle(
                    approval,
                    Standing::Answered {
                        by: by.clone(),
                        choice: *choice,
                        at,
                    },
                );
            }
            Event::ApprovalExpired { approval } => self.settle(approval, Standing::Expired { at }),
            Event::ApprovalWithdrawn { approval } => {
                self.settle(approval, Standing::Withdrawn { at });
            }
            Event::Promoted { bake_until } => {
                self.status = Status::Promoted;
                self.paused = None;
                self.bake_until = Some(*bake_until);
                self.extensions = 0;
            }
            Event::RolledBack { action, .. } => {
                self.status = Status::RolledBack;
                self.paused = None;
                self.bake_until = None;
                self.cure = Cure::Awaited {
                    action: action.clone(),
                    since: at,
                };
            }
            Event::CureConfirmed { action, signals } => {
                self.progress(action, Progress::Verified);
                self.cure = Cure::Confirmed {
                    at,
                    signals: signals.clone(),
                };
                self.watch_over = true;
            }
            Event::CureFailed { .. } => {
                if let Cure::Awaited { action, since } = &self.cure {
                    self.cure = Cure::Failed {
                        action: action.clone(),
                        since: *since,
                        at,
                    };
                }
            }
            Event::CureGivenUp { .. } => self.watch_over = true,
            Event::Judged {
                by,
                judgement,
                note,
                since,
                ..
            } => {
                self.judged = Some(Judged {
                    by: by.clone(),
                    judgement: *judgement,
                    note: note.clone(),
                    since: *since,
                    at,
                });
            }
            Event::CauseNamed {
                by,
                culprit,
                place,
                said,
                note,
            } => {
                let named = Named {
                    culprit: culprit.clone(),
                    place: *place,
                    said: *said,
                    note: note.clone(),
                    at,
                };
                self.named.insert(by.clone(), named);
            }
            Event::RequestMade { request, approval } => {
                let record = RequestRecord {
                    request: request.clone(),
                    approval: approval.clone(),
                    made_at: at,
                    taken_back_at: None,
                };
                self.requests.insert(request.id.clone(), record);
            }
            Event::RequestTakenBack { request, .. } => {
                if let Some(record) = self.requests.get_mut(request) {
                    record.taken_back_at = Some(at);
                }
                if let Some(record) = self.suggestions.get_mut(request) {
                    record.standing = SuggestionStanding::TakenBack;
                }
            }
            Event::FixSuggested {
                suggestion,
                suspect,
                title,
                until,
            } => {
                let record = SuggestionRecord {
                    suggestion: suggestion.clone(),
                    suspect: suspect.clone(),
                    title: title.clone(),
                    until: *until,
                    made_at: at,
                    standing: SuggestionStanding::Open,
                };
                self.suggestions.insert(suggestion.id.clone(), record);
            }
            Event::FixRequested { fix, by, .. } => {
                self.take_up(fix, by);
                let record = FixRecord {
                    fix: fix.clone(),
                    by: by.clone(),
                    at,
                    standing: FixStanding::UnderWay,
                };
                self.fixes.insert(fix.id.clone(), record);
            }
            Event::FixOpened { fix, opened } => {
                self.settle_fix(fix, FixStanding::Opened(opened.clone()));
            }
            Event::FixFailed { fix, trouble } => {
                self.settle_fix(fix, FixStanding::Failed(trouble.clone()));
            }
            Event::CauseRanked { cause } => {
                let times = self.cause.as_ref().map_or(0, |(_, times)| *times);
                self.cause = Some((cause.as_ref().clone(), times + 1));
            }
            Event::RootCauseReported { of, report } => {
                self.explained = Some((*of, report.clone()));
            }
            Event::RootCauseRated {
                by,
                useful,
                by_model,
                ..
            } => {
                let rated = Rated {
                    useful: *useful,
                    by_model: *by_model,
                };
                self.rated.insert(by.clone(), rated);
            }
            Event::QuestionAnswered {
                by,
                number,
                question,
                answer,
            } => {
                self.answers.push_back(AnswerRecord {
                    number: *number,
                    by: by.clone(),
                    question: question.clone(),
                    answer: answer.clone(),
                    shared: false,
                });
                if self.answers.len() > MOST_ANSWERS {
                    self.answers.pop_front();
                }
            }
            Event::AnswerShared { number, .. } => {
                let known = self.answers.iter_mut();
                for one in known.filter(|one| one.number == *number) {
                    one.shared = true;
                }
            }
            Event::ShareMade { share, by, until } => self.shares.push(Share {
                id: share.clone(),
                by: by.clone(),
                made_at: at,
                until: *until,
                opened_at: None,
                revoked: None,
            }),
            Event::ShareOpened { share } => {
                self.with_share(share, |known| known.opened_at = Some(at));
            }
            Event::ShareRevoked { share, by } => {
                self.with_share(share, |known| known.revoked = Some((by.clone(), at)));
            }
            Event::AlertJoined { alert, .. } => {
                let record = AlertRecord {
                    joined_at: Some(at),
                    over_at: None,
                };
                self.alerts.insert(alert.key.clone(), record);
            }
            Event::AlertOver { key, .. } => {
                let record = self.alerts.entry(key.clone()).or_insert(AlertRecord {
                    joined_at: None,
                    over_at: None,
                });
                record.over_at = Some(at);
            }
            Event::AlertStorm { .. } => self.alert_storm = true,
            Event::DeployReported { outcome, .. } => self.reported = Some(*outcome),
            Event::ExcessLocated { signal, .. } => {
                self.located.insert(signal.clone());
            }
            Event::SignalsMeasured { signals } => {
                self.measures_wanted = false;
                self.measured.clone_from(signals);
            }
            Event::MetricsLost { source, error } => {
                self.take_metrics(Some((source.clone(), error.clone())), at);
            }
            Event::MetricsBack { .. } => self.take_metrics(None, at),
            Event::MetricsIncomplete { source, warning } => {
                self.take_incomplete(Some((source.clone(), warning.clone())), at);
            }
            Event::MetricsComplete { .. } => self.take_incomplete(None, at),
            Event::BakeEnded { known_good, .. } => {
                self.known_good = *known_good;
                self.bake_until = None;
                self.watch_over = true;
            }
            Event::Failed { error, turn_lost } => {
                self.turn_lost.clone_from(turn_lost);
                self.status = Status::Failed;
                self.paused = None;
                self.failure = Some(error.clone());
                self.watch_over = true;
            }
            Event::Abandoned { by, .. } => {
                self.status = Status::Failed;
                self.paused = None;
                self.bake_until = None;
                self.abandoned_by = Some(by.clone());
                self.watch_over = true;
            }
            Event::Superseded { by } => {
                let stays = match self.status {
                    Status::RolledBack => true,
                    Status::Promoted => !self.rolling_back(),
                    _ => false,
                };
                if !stays {
                    self.status = Status::Superseded;
                }
                self.superseded_by = Some(by.clone());
                self.paused = None;
                self.watch_over = true;
            }
        }
    }

    fn progress(&mut self, id: &ActionId, progress: Progress) {
        if let Some(record) = self.actions.get_mut(id) {
            record.progress = progress;
        }
    }

    fn begin_action(&mut self, id: &ActionId) {
        let Some(kind) = self.actions.get(id).map(|record| record.action.kind) else {
            return;
        };
        if let ActionKind::Advance { step } = kind {
            self.step = step;
        }
        if kind == ActionKind::RollBack {
            // Whether it helps has to show, also where nobody watched any more.
            self.watch_over = false;
        }
        self.bake_until = None;
        if matches!(self.status, Status::Pending) {
            self.status = Status::Progressing;
        }
    }

    fn goes_back(&self, id: &ActionId) -> bool {
        let action = self.actions.get(id);
        action.is_some_and(|record| record.action.kind == ActionKind::RollBack)
    }

    fn step_was_watched(&self) -> bool {
        self.bake_until.is_some() && self.verdict.is_some()
    }

    fn settle(&mut self, id: &ApprovalId, standing: Standing) {
        if let Some(record) = self.approvals.get_mut(id) {
            record.standing = standing;
        }
    }

    /// Whoever had suggested it has been heard.
    fn take_up(&mut self, fix: &Fix, by: &str) {
        let same = self.suggestions.values_mut().filter(|one| {
            one.standing == SuggestionStanding::Open
                && one.suggestion.kind == fix.kind
                && one.suspect == fix.suspect
        });
        for one in same {
            one.standing = SuggestionStanding::Taken {
                by: by.to_owned(),
                fix: fix.id.clone(),
            };
        }
    }

    fn settle_fix(&mut self, id: &ActionId, standing: FixStanding) {
        if let Some(record) = self.fixes.get_mut(id) {
            record.standing = standing;
        }
    }

    fn with_share(&mut self, id: &ShareId, change: impl FnOnce(&mut Share)) {
        if let Some(known) = self.shares.iter_mut().find(|known| known.id == *id) {
            change(known);
        }
    }

    fn take_finding(&mut self, finding: &Finding, at: Timestamp) {
        let key = finding.key();
        match self.findings.get_mut(&key) {
            Some(record) => {
                if record.ended_at.take().is_some() {
                    record.changes += 1;
                    record.changed_at = at;
                }
                record.finding = finding.clone();
            }
            None => {
                let record = FindingRecord {
                    finding: finding.clone(),
                    opened_at: at,
                    ended_at: None,
                    accepted: false,
                    changes: 0,
                    changed_at: at,
                    reattributed: 0,
                };
                self.findings.insert(key, record);
            }
        }
    }

    fn take_verdict(&mut self, verdict: Verdict, needs: Vec<Need>, at: Timestamp) {
        if self.verdict == Some(verdict) {
            self.needs_changes += 1;
            self.needs_changed_at = at;
        } else {
            self.verdict_changes += 1;
            self.verdict_changed_at = at;
        }
        match verdict {
            Verdict::Healthy if !self.everywhere() => {
                self.shown_healthy = self.plan.comparison == Comparison::CanaryVsStable;
            }
            Verdict::Healthy | Verdict::Unmeasured => {}
            Verdict::Degraded => self.shown_healthy = false,
            Verdict::Inconclusive => self.shown_healthy &= self.everywhere(),
        }
        self.verdict = Some(verdict);
        self.needs = needs;
    }

    fn take_incomplete(&mut self, incomplete: Option<(String, String)>, at: Timestamp) {
        self.metrics_incomplete = incomplete;
        self.metrics_changes += 1;
        self.metrics_changed_at = at;
    }

    fn take_metrics(&mut self, lost: Option<(String, String)>, at: Timestamp) {
        self.metrics_lost = lost;
        self.metrics_changes += 1;
        self.metrics_changed_at = at;
    }
}
