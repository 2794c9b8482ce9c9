# The runbook of a service's deployments.
runbook-title = Deployment runbook: { $service } · { $environment }
runbook-free = nothing is under way and nothing is frozen: a deployment can begin
runbook-busy = deployment { $id } is under way: wait for its end, or let the next one wait for its turn
runbook-frozen = frozen by { $by }: no deployment begins
runbook-footer = made of the configuration, the record and the metrics of now · times in UTC
runbook-nothing = –
runbook-none-configured = none configured

runbook-fact-platform = Platform
runbook-on-hosts = { $instances } instances that Tawny installs, starts and stops
runbook-observed = somebody else deploys; Tawny watches and speaks
runbook-fact-runs = Runs now
runbook-version-good = { $version }, known good
runbook-version-open = { $version }, not known good
runbook-version-unknown = not known to Tawny
runbook-fact-code = Code
runbook-fact-calls = Calls
runbook-fact-called-by = Is called by

runbook-before = Before
runbook-check-free = Nothing is under way or frozen: tawny status { $service }
runbook-check-data = Every signal has data: tawny check-config
runbook-check-alerts = Nothing hurts already: tawny incidents list --open
runbook-check-neighbours = What it calls, and what calls it, is not being deployed: tawny status
runbook-check-people = Who is on call knows of it, and can be reached while it is watched
runbook-check-way-back = The way back is known: { $version } was the last version that proved good
runbook-check-no-way-back = No version is known good: there is nothing that Tawny would go back to by itself

runbook-migrations = Database migrations
runbook-migrations-none = No version is marked as one that going back does not undo.
runbook-migrations-known = Going back does not undo: { $versions }. Tawny does not go back over them by itself.
runbook-migrations-how = Does this version change a schema or a data format? Then mark it in the configuration, with irreversible: true under versions, before it goes out: it is never rolled back without asking.
runbook-flags = Feature flags
runbook-flags-unknown = Tawny is told of no flags. Those to switch, when and by whom: (to fill in)

runbook-strategy = How it goes out
runbook-strategy-observed = By your own pipeline; tell Tawny when it begins: tawny deploy { $service } VERSION
runbook-go = Order it: tawny deploy { $service } VERSION --wait
runbook-gray = { $instance } goes first and is watched for { $duration }, beside those that still run the old version
runbook-waves = Then { $size } at once, each batch watched for { $duration }
runbook-batch-count = { $count ->
    [one] one instance
   *[other] { $shown } instances
}
runbook-batch-share = { $share } % of the instances
runbook-bake = When it is out everywhere, it is watched for { $duration } more
runbook-autonomy-observe = Tawny warns; it neither pauses nor goes back by itself
runbook-autonomy-pause = Tawny pauses and asks where the evidence is strong; it does not go back by itself
runbook-autonomy-rollback = Tawny pauses and asks where the evidence is strong, and goes back by itself where it is overwhelming and severe
runbook-unsure-hold = Where a step ends without certainty, it holds and asks
runbook-unsure-promote = Where a step ends without certainty, it goes on and says so
runbook-question = A question stays open for { $duration }; to resume takes { $resume } of the people who may, to promote at once { $promote }; unanswered, a pause stays a pause

runbook-watch = What to watch
runbook-watch-how = By the last day. Beyond “speaks from” for long enough, the watch warns; beyond the hard limit it is broken, whatever is usual.
runbook-watch-none = Nothing is measured of it, or its source is not known
runbook-column-usual = Usual
runbook-column-spread = Nine of ten moments
runbook-column-speaks = Speaks from
runbook-column-warn = Warn limit
runbook-column-hard = Hard limit
runbook-missing = Not read: { $why }

runbook-smoke = Smoke tests
runbook-smoke-none = No address and no probe is configured: (to fill in)
runbook-smoke-check = tawny health-check { $service }

runbook-back = Going back
runbook-back-order = tawny rollback { $service }, or the button in the thread
runbook-back-stop = Instance by instance the new process gets SIGTERM, and SIGKILL after { $duration }
runbook-back-stop-own = Instance by instance the service’s own command stops it, and SIGKILL after { $duration }
runbook-back-start = The release before, which is still unpacked ({ $kept } are kept), is started; it must answer { $status } within { $duration }
runbook-back-look = See how far it is: tawny status { $service }
runbook-back-elsewhere = Tawny cannot act on it: bring the version before out by your own pipeline, as fast as it goes ({ $service })
runbook-back-tell = Then tell Tawny: tawny deploy { $service } VERSION-BEFORE
runbook-back-cure = It is over when the signals that moved are shown back at normal, within { $duration }; else the incident opens again
runbook-back-not-undone = What was written in the meantime stays: data, messages, what was sent to others

runbook-people = Communication
runbook-fact-owners = Owners
runbook-fact-on-call = On call
runbook-fact-channels = Channels
runbook-fact-callers = Who depends on it
runbook-tell-before = Before: owners and who is on call, with the version and the time
runbook-tell-during = Meanwhile: Tawny tells the channels by itself: one message, details in its thread, a call where somebody has to decide
runbook-tell-after = Afterwards: who depends on it, where something hurt; the report is at tawny report

runbook-risks = Known risks
runbook-risks-none = Nothing is known: no deployment of it is on record
runbook-past-hurt = { $version } at { $at }: { $tier }; { $outcome }
runbook-past-quiet = { $count ->
    [one] The last deployment hurt nobody
   *[other] None of the last { $count } deployments hurt
}
runbook-risk-calls = What it calls can hurt it at the same time: { $names }
runbook-risk-called-by = What it breaks shows there, too: { $names }
runbook-mitigation = Safer: { $what }

runbook-traffic = Expected traffic
runbook-traffic-now = Now { $requests }.
