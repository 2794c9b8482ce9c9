//! The event types of this build.

/// Every event type this build can fold, with its newest version. For
/// [`JournalOptions::known_events`](crate::JournalOptions).
#[must_use]
pub fn known_events() -> Vec<(String, u32)> {
    KNOWN
        .iter()
        .map(|(name, version)| ((*name).to_owned(), *version))
        .collect()
}

/// Name and newest version.
pub(super) const KNOWN: &[(&str, u32)] = &[
    ("deployment_requested", 1),
    ("queued", 1),
    ("turn_came", 1),
    ("baseline_captured", 1),
    ("action_requested", 1),
    ("action_authorised", 1),
    ("instance_changed", 1),
    ("action_executed", 1),
    ("action_failed", 1),
    ("action_stale", 1),
    ("action_stopped", 1),
    ("step_finished", 1),
    ("bake_extended", 1),
    ("finding_opened", 1),
    ("finding_worsened", 1),
    ("finding_reattributed", 1),
    ("finding_ended", 1),
    ("verdict_changed", 1),
    ("tier_raised", 1),
    ("paused", 1),
    ("resumed", 1),
    ("approval_asked", 1),
    ("approval_reminded", 1),
    ("approval_answered", 1),
    ("approval_backed", 1),
    ("glass_broken", 1),
    ("authors_known", 1),
    ("approval_expired", 1),
    ("approval_withdrawn", 1),
    ("refused", 1),
    ("judged", 1),
    ("promoted", 1),
    ("rolled_back", 1),
    ("cure_confirmed", 1),
    ("cure_failed", 1),
    ("cure_given_up", 1),
    ("signals_measured", 1),
    ("excess_located", 1),
    ("cause_ranked", 1),
    ("alert_joined", 1),
    ("alert_over", 1),
    ("alert_storm", 1),
    ("deploy_reported", 1),
    ("cause_named", 1),
    ("metrics_lost", 1),
    ("metrics_back", 1),
    ("metrics_incomplete", 1),
    ("metrics_complete", 1),
    ("bake_ended", 1),
    ("abandoned", 1),
    ("failed", 1),
    ("superseded", 1),
    ("lane_taken", 1),
    ("lane_released", 1),
    ("lane_queued", 1),
    ("lane_left", 1),
    ("lane_version_reached", 1),
    ("lane_frozen", 1),
    ("lane_unfrozen", 1),
    ("configuration_applied", 1),
    ("configuration_refused", 1),
    ("people_code_given", 1),
    ("people_account_linked", 1),
    ("people_accounts_unlinked", 1),
];
