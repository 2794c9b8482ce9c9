# The health report of a deployment.
report-title = Health report: { $lead }
report-headline-moved = { $outcome }; { $count ->
    [one] one signal moved for the worse
   *[other] { $count } signals or places moved for the worse
}
report-headline-healthy = { $outcome }; nothing moved
report-headline-unsure = { $outcome }; nothing was seen to move, and the verdict is { $verdict }
report-headline-failed = { $said }: “{ $why }”
report-footer = deployment { $id } · asked for by { $by } at { $at } · as of { $updated }, and still watched · times in UTC
report-footer-finished = deployment { $id } · asked for by { $by } at { $at } · ended at { $updated } · times in UTC
report-nothing = –

report-fact-begun = Begun
report-fact-outcome = Outcome
report-fact-answer = Strongest answer
report-fact-score = Health
report-fact-checks = Checks
report-fact-risk = Risk
report-fact-compared = Compared
report-fact-times = Times
report-fact-judged = In hindsight
report-outcome = { $outcome }; { $changed } of { $instances } instances run { $version }
report-score = { $score } of 100, from { $coverage } of what was to be measured
report-score-none = no number: nothing was measured
report-checks-healthy = { $percent } % passed, healthy: { $checks }
report-checks-unhealthy = { $percent } % passed, not healthy: { $checks }
report-checks-none = none could be made
report-check-passed = { $check } { $value } ✓
report-check-failed = { $check } { $value } ✗
check-availability = availability
check-response-time = response time (p95)
check-errors = errors
report-compared = { $comparison }; { $history } of history
report-compared-bare = { $comparison }; no history
report-found-in = found after { $duration }
report-over-in = over after { $duration }

outcome-under-way = under way
outcome-waiting = paused, waiting for a decision
outcome-held = held
outcome-expired = paused, nobody answered
outcome-promoted = promoted
outcome-rolled-back = rolled back
outcome-failed = failed
outcome-abandoned = given up
outcome-superseded = superseded

report-signals = Signals
report-signals-none = Nothing was measured.
report-column-before = Before
report-column-after = After
report-column-change = Change (95 % interval)
report-column-limit = Limits
report-column-verdict = Verdict
report-column-course = Course
report-change = { $effect } ({ $interval })
report-limits = warn { $warn }, hard { $hard }
report-limit-warn = warn { $limit }
report-limit-hard = hard { $limit }
report-blind = { $signal }: { $why }
signal-quantile = { $signal } p{ $percent }
signal-of-dependency = { $signal } (dependency)
signal-healthy = did not move
signal-degraded = moved for the worse
signal-over-limit = over its hard limit
signal-inconclusive = not sure
signal-inconclusive-visible = { $verdict }: only a change of { $visible } would have shown
signal-unmeasured = unmeasured
signal-unmeasured-why = { $verdict }: { $why }
no-data-no-series = the source has no such series
no-data-not-started = nothing came from the new version
no-data-no-baseline = nothing to compare with
no-data-silent = { $instance } fell silent
no-data-not-a-number = the values are no numbers
no-data-query-failed = the query was not answered
no-data-not-exported = not exported by this service

report-findings = What moved
report-column-found = Found
report-column-ended = How it ended
report-found-after = after { $duration }
report-ended-at = { $end } at { $at }
report-basis = { $comparison }, 95 % interval { $interval }, { $window } of data; blamed on: { $attribution }
report-finding-line = { $signal } { $before } → { $after } ({ $effect }, 95 % interval { $interval }) in { $scope }; blamed on: { $attribution }
ended-stands = stands
ended-recovered = came back by itself
ended-cured = cured by the rollback
ended-accepted = accepted by a person
ended-not-cured = not cured by the rollback
ended-unwatched = stood when the watch ended

report-incident = Incident
report-moment = { $at }: { $what }
incident-open = It is open.
incident-mitigated = The old version is back; whether that helped has yet to show.
incident-cured = It is over: the rollback is proven to have helped.
incident-recovered = It is over: the signals came back by themselves.
incident-accepted = It is over: a person accepted what was found.
incident-unresolved = The watch ended before it was seen to be over.
incident-reopened-times = { $standing } It was opened again { $count ->
    [one] once
   *[other] { $count } times
}.
turn-opened = opened
turn-joined = { $signal } joined it
turn-alerted = alert { $alert }
turn-escalated = escalated, { $tier }
turn-mitigated = the old version is back
turn-cured = cured
turn-recovered = came back by itself
turn-accepted = accepted by { $by }
turn-reopened = opened again
turn-left-unresolved = the watch ended

report-impact = Impact
impact-lasted = Lasted
impact-failed = Failed requests beyond normal
impact-failed-of = about { $failed }, of { $all } that the changed instances served
impact-not-counted = not counted by any signal
impact-traffic = Share of the traffic
impact-users = Users fewer than normal
impact-column-label = Comes from
impact-column-value = Value
impact-column-excess = Excess
impact-column-share = Of the excess
impact-column-traffic = Of the traffic

report-deeds = What was done
deed-column-what = What
deed-column-word = On whose word
deed-column-at = At
deed-column-took = Took
deed-column-end = How it ended
deed-what = { $action }: { $version } on { $done } of { $count }
word-pacing = as paced, asked for by { $who }
word-policy = by the policy, without asking
word-answer = answer of { $who }
word-command = command of { $who }
word-nobody = not allowed yet
word-because = { $word }, because of { $signals }
deed-requested = requested
deed-running = under way
deed-done = done
deed-verified = done, and it helped
deed-failed = failed: “{ $why }”
deed-stale = not carried out: “{ $why }”
deed-stopped = stopped: the deployment moved on

report-questions = What people were asked
question-open = asked at { $asked }, open until { $until }
question-answered = asked at { $asked }: { $who } answered after { $duration }: { $choice }
question-expired = asked at { $asked }: nobody answered within { $duration }
question-withdrawn = asked at { $asked }: withdrawn after { $duration }, the deployment had moved on

report-times = How long it took
time-column-what = Part of the way
time-column-took = Took
time-column-goal = Goal
time-first-instance = until the first instance ran the new version
time-promoted = until the new version ran everywhere
time-detect = from the beginning of the harm until it was found
time-decide-people = until people decided
time-decide-policy = until it was decided
time-roll-back = until the old version was back
time-prove = until it was proven that this helped
time-recover = from the beginning of the harm until it was over
time-at-once = at once
time-goal-met = { $goal } ✓
time-goal-missed = { $goal } ✗

report-gaps = Gaps
gap = { $from } to { $to } ({ $duration }): { $what }
gap-lasting = since { $from }: { $what }
gap-source = { $source } did not answer
gap-completeness = the answers of { $source } may have been incomplete
gap-measurements = nothing of the new version was measured
gap-answer = a question was open and nobody had answered
gap-decision = the question had expired and nothing was decided

report-risk = Risk
risk-level = By the plan, by what could be measured and by the deployments before: { $level }.
risk-low = low
risk-medium = medium
risk-high = high
risk-irreversible = Going back does not undo it: a step in between is known as irreversible.
risk-first-release = It is a first release: there is nothing to go back to.
risk-target-not-known-good = The version to go back to never proved good.
risk-no-control = Nothing unchanged runs beside it for comparison.
risk-little-history = There was little history before it: { $duration }.
risk-blind = { $count ->
    [one] One signal has
   *[other] { $count } signals have
} no data.
risk-large-step = Many instances change at once: { $instances } of { $of }.
risk-short-bake = The first instance is watched for a short time: { $duration }.
risk-rollback-untested = No rollback of this service is on record.
risk-bad-record = Of the { $of } deployments before, { $bad } were answered with a pause or a rollback.

report-suggestions = Suggestions
advice-nearly-warned = Look at { $signal }: it did not move enough to warn, but the evidence came to { $part } of that. If this is normal, widen its tolerance; if it is not, the next change may cross it.
advice-near-limit = Look at { $signal }: it is at { $value }, and its limit is { $limit }. Nothing moved, but little is left.
advice-beyond-limit-before = { $signal } was at { $value } before the change already, beyond its limit of { $limit }: mend it, or set a limit that means something.
advice-mend-blind = Nothing was seen of { $signal } ({ $why }): have it exported, or take it out of the configuration.
advice-watch-longer = Watch the first instance longer: { $signal } would have needed about { $needs } at this traffic to be sure, and it was watched for { $was }.
advice-found-late = Watch the first instance longer before the others follow: { $signal } was found when { $count ->
    [one] one instance
   *[other] { $count } instances
} had the new version.
advice-slow-to-find = It took { $duration } to find it, and { $goal } is the goal: scrape more often, or watch a signal nearer to users.
advice-slow-to-decide = People took { $duration } to decide: let the policy roll back by itself what is severe, or ask more people.
advice-nobody-answered = Nobody answered for { $duration }: name more people who may answer, or tell them in another channel.
advice-let-roll-back = The evidence was grave and went back to a known good version: with policy.autonomy rollback it would have been over without waiting for anybody.
advice-test-rollback = Try a rollback when nothing depends on it: { $count ->
    [one] none is on record
   *[other] none is on record in { $count } deployments
}, and a way back that nobody went may not be one.
advice-declare-known-good = Let a version prove good, or declare it known good: without one nothing is rolled back by itself.
advice-smaller-steps = Take smaller steps: { $instances } of { $of } instances change at once.
advice-change-one-first = Change one instance first: against unchanged ones at the same time, less is blamed on the change, and it is found sooner.
advice-more-history = There was only { $duration } of history: before and after are compared better with ten minutes and more.
advice-tell-dependency = Tell those who run what this service calls: { $signal } moved there first.
advice-stop-drift = { $signal } got worse with each of the last releases, within its tolerance each time: { $drift } over { $count } releases.
advice-stop-drift-from-zero = { $signal } got worse with each of the last releases, within its tolerance each time, over { $count } releases.
advice-widen-tolerance = This was judged a false alarm: widen the tolerance of { $signal }, or choose a more careful sensitivity.

report-earlier = Deployments before
earlier-column-at = Begun
earlier-column-score = Health
earlier-column-detect = Found after
earlier-column-recover = Over after
report-trends = Over several releases
trend-column-first = First
trend-column-last = This one
trend-column-course = Course
trend-column-verdict = Trend
trend-worsening = worse each time
trend-steady = no drift
trend-alt = { $signal }: { $first } with { $from }, { $last } with { $to }, over { $count } releases; { $verdict }

# The postmortem.
postmortem-title = Postmortem: { $lead }
postmortem-closed = The incident is over. What Tawny knows is filled in; the rest is yours.
postmortem-draft = The incident is not over: this is a draft.
postmortem-footer = deployment { $id } · nobody is to blame: what let it happen is · times in UTC
postmortem-fill-in = (to fill in)
postmortem-lasts = not over
postmortem-fact-began = Began, estimated
postmortem-fact-found = Found
postmortem-fact-ended = Over
postmortem-fact-authors = Authors
postmortem-what = What happened
postmortem-impact-fill-in = What it meant for customers: (to fill in)
postmortem-timeline = Timeline
postmortem-column-at = At
postmortem-column-gap = After
postmortem-column-what = What
postmortem-no-gaps = All the time something was measured, and questions were answered within a minute.
postmortem-cause = Root cause
postmortem-cause-fill-in = What exactly led to it, in the code or the configuration: (to fill in)
postmortem-first-moved = { $signal } moved first, at { $at }.
postmortem-after-change = That was { $duration } after the first instance ran the new version.
postmortem-blamed = By when and where it moved, it is blamed on: { $attribution }.
postmortem-changed = The change is from { $from } to { $to }.
postmortem-changed-first = It is the first release, { $to }.
postmortem-contributing = Contributing factors
postmortem-well = What went well
well-found-in-time = It was found after { $duration }; { $goal } is the goal.
well-over-in-time = It was over after { $duration }; { $goal } is the goal.
well-contained = It met { $instances } of { $of } instances.
well-rolled-back-alone = It was rolled back without waiting for anybody.
well-cure-proven = That the rollback helped was proven by the same signals.
well-came-back = The signals came back by themselves.
postmortem-lost = Where time was lost
postmortem-nothing-lost = Nowhere: no part of the way took five seconds.
lost-detect = { $duration } until it was found ({ $share } of the way)
lost-decide = { $duration } until it was decided ({ $share } of the way)
lost-roll-back = { $duration } until the old version was back ({ $share } of the way)
lost-prove = { $duration } until it was proven that this helped ({ $share } of the way)
postmortem-items = Action items
postmortem-column-item = What
postmortem-column-owner = Who
postmortem-column-due = Until when
