# The one message of a deployment.
headline-with-finding = { $headline } — { $finding }
headline-pending = { $lead } requested: taking the baseline
headline-queued = { $lead } waits behind { $behind } ({ $version })
headline-not-begun = { $lead } DID NOT BEGIN
headline-progressing = { $lead } on { $new } of { $total } instances
headline-warned = { $lead } on { $new } of { $total } instances, with a warning
headline-unmeasured = { $lead } on { $new } of { $total } instances, unmeasured
headline-promoting = { $lead } being promoted: { $new } of { $total } instances
headline-paused = { $lead } PAUSED on { $new } of { $total } instances
headline-paused-inconclusive = { $lead } HELD on { $new } of { $total } instances: not enough traffic or time to be sure
headline-paused-unmeasured = { $lead } HELD on { $new } of { $total } instances: the metrics give no answer
headline-paused-by-person = { $lead } PAUSED by hand on { $new } of { $total } instances
headline-step-failed = { $lead } PAUSED on { $new } of { $total } instances: a step could not be done
headline-step-stale = { $lead } PAUSED on { $new } of { $total } instances: a step was not carried out
headline-rolling-back = { $lead } ROLLING BACK to { $from }
headline-rollback-failed = { $lead } ROLLBACK FAILED: { $new } of { $total } instances still run it
headline-rollback-stale = { $lead } ROLLBACK NOT CARRIED OUT: { $new } of { $total } instances still run it
headline-promoted = { $lead } runs on all { $total } instances
headline-promoted-hurting = { $lead } runs on all { $total } instances and DEGRADES
headline-known-good = { $lead } runs on all { $total } instances and is known good
headline-not-known-good = { $lead } runs on all { $total } instances, but did not prove good
headline-cure-awaited = { $lead } ROLLED BACK to { $from }: waiting for the proof that it helped
headline-cured = { $lead } ROLLED BACK to { $from }: cured
headline-not-cured = { $lead } ROLLED BACK to { $from }, and it did NOT help
headline-failed = { $lead } FAILED
headline-abandoned = { $lead } GIVEN UP on { $new } of { $total } instances
headline-superseded = { $lead } superseded by a newer deployment

fact-version = Version
fact-found = Found
fact-trouble = Trouble
fact-did = Did
fact-answer = Answer
fact-need = Need
fact-verdict = Verdict
fact-cure = Cure
fact-metrics = Metrics
fact-basis = Basis
fact-query = Query
fact-evidence = Evidence
fact-meanwhile = Meanwhile

trouble = { $action }: “{ $why }”
did-held = held: { $new } of { $total } instances run { $version }, nothing else changes
did-rolling-back-policy = rolling back without asking, as the policy allows: { $done } of { $count } instances are back
did-rolling-back-person = rolling back on { $who }'s word: { $done } of { $count } instances are back
did-rolled-back = { $version } is back on { $count ->
    [one] one instance
   *[other] { $count } instances
}
did-observed = nothing, the policy lets Tawny only observe here
did-warned = warned only: the evidence does not suffice to pause
did-asked = asked: everything runs the new version, so pausing would not help
did-queued = nothing yet: it begins by itself once what is before it is out everywhere
did-not-begin = nothing: it waited for its turn and never began
did-kept-old = nothing was changed for good: what ran before still runs
did-abandoned = given up by { $who }: { $new } of { $total } instances run { $version }, nothing else changes and nothing is watched

answer = { $choice } — { $by } at { $at }
verdict-with-meaning = { $verdict } — { $meaning }
cure-awaited = must show by { $until }, else the incident opens again
cure-confirmed = proven at { $at }: { $values }
cure-confirmed-bare = proven at { $at }
cure-failed = not seen by { $at }: the incident is open again
metrics-lost = { $source } does not answer (“{ $error }”); nothing is rolled back for that, and the watch goes on when it is back
metrics-incomplete = { $source } says that its answers may be incomplete (“{ $warning }”); what is seen still counts, and nothing is called healthy until they are whole again

need-decision = a decision by { $until }; without one it stays paused
need-decision-promoted = a decision by { $until }; without one the new version keeps running
need-decision-trouble = a decision by { $until }; without one everything stays as it is
need-requested = people to decide by { $until } what { $client } asks for: { $choice }
need-agreement = another person to agree by { $until }: { $choice }
fact-backed = for it
backed-by = { $by }: { $choice }
need-nothing-cured = nothing now; { $version } is to be mended before it is deployed again
need-look = somebody to look: rolling back did not bring the signals back
need-expired = nobody answered by { $at }: it stays paused until somebody gives a command
need-held = { $by } keeps it paused; it goes on or back with a command
need-paused-by = { $by } paused it; it goes on or back with a command
need-looking = nothing yet: Tawny looks a moment longer, and then rolls back or asks
need-command = a command: resume, roll back or abandon

need-visible = { $signal }: a change of { $visible } would have been seen by now; { $tolerance } would matter.
need-nothing-visible = { $signal }: not even the largest change would have been seen by now; { $tolerance } would matter.
need-nothing-measured = { $signal }: nothing could be measured so far; { $tolerance } would matter.
need-nothing-measured-at-all = { $signal }: nothing could be measured so far.
need-time-or-requests = Another { $duration } at this traffic, or { $requests } requests, would show it.
need-time = Another { $duration } at this traffic would show it.
need-requests = Another { $requests } requests would show it.
need-not-in-sight = At this traffic that is not in sight.
not-exported = Not exported by this service, so not watched: { $signals }
blind = No data for { $signal }: { $why }

progress = Step { $step } of { $steps } · { $done } of { $total } instances run { $version }
progress-promoted = { $done } of { $total } instances run { $version }
progress-watched = { $said } · watched until { $until }

confirm-title = { $choice }: { $lead }
confirm-no = Cancel
confirm-rollback = This brings { $from } back in place of { $to } on { $count ->
    [one] one instance.
   *[other] { $count } instances.
}
confirm-irreversible = Careful: a step in between is known as irreversible (a migration, a data format).
confirm-resume = { $to } goes on although the above was found. The present step is watched again from the start.
confirm-resume-unsure = { $to } goes on to the next step, although it is not sure that it is good.
confirm-resume-step = The step is tried again with { $to }.
confirm-resume-promoted = { $to } keeps running everywhere, and what was found counts as accepted.
confirm-abandon = { $to } stays where it is, on { $new } of { $total } instances. Nothing is changed or watched any more, and the next deployment can begin.
confirm-promote = { $to } goes to all { $count } instances now, without further steps.

link-deployment = Open on Tawny's page
footer = deployment { $id } · asked for by { $by } at { $at } · as of { $updated } · times in UTC

# What a pipeline is told.
gate-healthy = { $lead } is out everywhere, and what was measured is healthy
gate-accepted = { $lead } is out everywhere: people let it go on
gate-unblamed = { $lead } is out everywhere; what hurts was there before
gate-degraded = { $lead } is out everywhere and degrades
gate-rolled-back = { $lead } was rolled back
gate-rolling-back = { $lead } is being rolled back
gate-failed = { $lead } could not be brought out: “{ $error }”
gate-queued = { $lead } { $status }
gate-not-begun = { $lead } did not begin: { $why }
gate-abandoned = { $lead } was given up by { $by }
gate-superseded = { $lead } did not get everywhere: a newer deployment took over
gate-held = { $lead } is not decided further: { $by } keeps it as it is
gate-expired = { $lead } stays as it is: nobody answered in time
gate-inconclusive = { $lead } is out everywhere, but too little was measured to be sure
gate-unmeasured = { $lead } is out everywhere, and the metrics gave no answer
gate-asking = { $lead } waits for somebody to decide
gate-under-way = { $lead } is still under way
together-fact = Same version
together = { $count } services in this thread: { $listed }
together-one = { $mark } { $service } { $status }
