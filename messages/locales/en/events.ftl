# One sentence for each event.
event-deployment-requested = { $by } asked for { $service } in { $environment }: { $from } → { $to } on { $count ->
    [one] one instance
   *[other] { $count } instances
}
event-deployment-requested-first = { $by } asked for the first release of { $service } in { $environment }: { $to } on { $count ->
    [one] one instance
   *[other] { $count } instances
}
event-queued = Waits behind { $behind } ({ $version }): it begins by itself once that is out everywhere
event-turn-came = Its turn came: { $from } → { $to }
event-turn-came-first = Its turn came: { $to } goes out
event-baseline-captured = Baseline taken from { $history } of history
event-baseline-none = No history to take a baseline from
event-baseline-blind = { $said }; no data for { $signals }
event-action-requested = Requested: { $action }
event-authorised-release = Begun: { $action }
event-authorised-policy = Begun without asking, as the policy allows: { $action }
event-authorised-approval = Begun on { $who }'s answer: { $action }
event-authorised-command = Begun on { $who }'s command: { $action }
event-instance-changed = { $instance } runs { $version } and is healthy
event-instance-deployed-elsewhere = { $instance } is taken to run { $version }: Tawny was told so
event-action-executed = Done: { $action }
event-action-failed = Failed: { $action }: “{ $error }”
event-action-failed-on = Failed on { $instance }: { $action }: “{ $error }”
event-action-stale = Not carried out: { $action }: “{ $why }”
event-action-stopped = Stopped before its end, because the deployment moved on: { $action }
event-step-finished = Step { $step } is out; watched until { $until }
event-action-failed-restored = { $said }. What ran before runs there again.
event-bake-extended = Step { $step } is watched longer, until { $until }
event-final-bake-extended = { $version } is watched longer, until { $until }: a decision about it is still open
event-finding-opened = Moved: { $finding }
event-finding-worsened = Worse: { $finding }
event-finding-reattributed = Blamed on something else: { $finding }
event-finding-ended = Came back by itself: { $finding }
event-verdict-changed = Verdict: { $verdict } — { $meaning }
event-verdict-needs = { $said }; { $signal } needs about { $duration } more
event-verdict-not-in-sight = { $said }; of { $signal } not enough is in sight
event-tier-warn = Warning: { $found }
event-tier-pause = Degraded, so it does not go on by itself: { $found }
event-tier-rollback = Degraded, rolling back without asking: { $found }
event-tier-would-pause = { $said }. The policy lets Tawny only observe here, otherwise it would pause.
event-tier-would-roll-back = { $said }. The evidence would suffice to roll back, but the policy does not allow that here.
event-paused-findings = Paused because of { $signals }
event-paused-asking-later = { $said }; people are asked at { $at } unless stronger evidence rolls it back before
event-paused-inconclusive = Held: the watch of this step ended, and too little was measured to be sure
event-paused-unmeasured = Held: the watch of this step ended without any answer from the metrics
event-paused-person = Paused by { $by }
event-paused-trouble = Paused because this could not be done: { $action }
event-resumed = Resumed by { $by }
event-asked-degraded = Decision needed: roll back, resume or keep paused?
event-asked-unsure = Decision needed: not sure enough to go on by itself
event-asked-action-stale = Decision needed: not carried out: { $action }
event-asked-action-failed = Decision needed: failed: { $action }
event-approval-reminded = Still waiting for a decision: half of the time is over
event-answered-rollback = { $by } answered: roll back
event-answered-resume = { $by } answered: resume
event-answered-hold = { $by } answered: keep paused
event-answered-promote = { $by } answered: promote now
event-answered-abandon = { $by } answered: give it up
event-answered-pause = { $by } answered: pause
event-approval-expired = Nobody answered in time: nothing is changed, what is paused stays paused
event-approval-withdrawn = The question was withdrawn: the deployment moved on
event-asked-agree = Decision needed: another person has to agree: { $choice }
event-requested = { $client } asks people to decide: { $choice }
event-requested-for = { $client }, on behalf of { $person }, asks people to decide: { $choice }
event-request-taken-back = { $client } does not ask for it any more
event-backed = { $by } is for it: { $choice }. { $more ->
        [one] One more person has
       *[other] { $more } more people have
    } to agree
event-glass-broken = { $by } broke the glass: { $choice }. The rule gone past: { $why }
event-glass-second = another person would have had to agree.
event-authors-known = { $count ->
        [one] The change is by { $authors }
       *[other] The changes are by { $count } authors: { $authors }
    }
event-refused = Refused to { $by }: { $wanted }. { $why }
event-judged = { $by } judged: { $judgement }
event-judged-since = { $by } judged: { $judgement }, since { $since }
event-promoted = { $version } runs everywhere; watched until { $until }
event-rolled-back = Rolled back: { $version } runs everywhere again; waiting for the proof that it helped
event-cure-confirmed = Cured: { $values }
event-cure-confirmed-bare = Cured: the signals are back at normal
event-cure-failed = Rolling back did not bring the signals back in time: the incident is open again
event-cure-given-up = The signals did not come back later either: nothing more is watched here
event-paused-alert = Paused because of a critical alert
tier-because-alert = a critical alert names the service, and it began after the deployment
alert-critical = Critical alert
alert-warning = Alert (warning)
alert-info = Alert (information)
alert-unknown = Alert
event-alert-own = { $severity } { $alert } of { $service } since { $since }
event-alert-calls = { $severity } { $alert } of { $service }, which it calls, since { $since }
event-alert-called-by = { $severity } { $alert } of { $service }, which calls it, since { $since }
event-alert-over = Alert over: { $alert }
event-alert-storm = A storm of alerts: { $count } within an hour. Further ones are on the timeline and not in the thread.
event-reported-succeeded = { $by } says that { $version } is out
event-reported-failed = { $by } says that bringing out { $version } failed
event-metrics-lost = Unmeasured: { $source } does not answer (“{ $error }”). Nothing is rolled back for that; the watch goes on when it is back.
event-metrics-back = { $source } answers again; the watch goes on
event-metrics-incomplete = { $source } says that its answers may be incomplete (“{ $warning }”). What is seen still counts; nothing is called healthy until they are whole again.
event-metrics-complete = The answers of { $source } are whole again
event-bake-ended-good = The watch is over: { $version } is known good
event-bake-ended-not-good = The watch is over, and { $version } does not count as known good: { $verdict }
event-abandoned = { $version } was given up by { $by }: nothing is changed any more, and the next deployment can begin
event-failed = { $version } could not be brought out: “{ $error }”. What ran before still runs.
event-not-begun = { $version } does not begin: { $why }. Deploy it again once that is settled.
event-superseded = Superseded by { $by }
event-signals-measured = Measured for the report: { $count ->
    [one] one signal
   *[other] { $count } signals
}
event-excess-nowhere = { $signal }: no value of a label stands out; it is spread as the traffic is
event-excess-located = { $signal } comes from { $accounts }
excess-account = { $label } { $value } ({ $share } of the excess)
event-share-made = { $by } made a link that shows this deployment to whoever has it, until { $until }
event-share-opened = The link { $link } was opened for the first time
event-share-revoked = { $by } ended the link { $link }
