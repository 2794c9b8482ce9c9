# Which thresholds of a service's alerts would have been better.
thresholds-title = Alert thresholds: { $service } · { $environment }
thresholds-headline-better = of { $before } false alarms in { $days } days { $after } would be left, and no true one lost
thresholds-headline-not-half = of { $before } false alarms in { $days } days { $after } would be left: fewer than half can go without losing a true one
thresholds-headline-none = none of the { $before } false alarms in { $days } days can be spared by another threshold; why is below
thresholds-headline-quiet = no false alarm in { $days } days: nothing needs to change
thresholds-headline-empty = no alerting rule of its metric source is about this service

thresholds-fact-time = Looked at
thresholds-time = { $since } to { $until }, every { $step }
thresholds-fact-fired = Fired
thresholds-fired = { $fired }: { $real } true, { $false } false, { $open } in incidents that nobody judged; { $during } of them during deployments
thresholds-fact-truth = What is true
thresholds-truth = { $incidents } incidents confirmed, { $unjudged } not judged, { $labels } words of people on alerts; { $deployments } deployments
thresholds-fact-load = Peak
thresholds-peak = { $from }:00–{ $until }:00 UTC, about { $high } requests/s
thresholds-peak-none = none: the day is flat
thresholds-fact-trough = Quietest
thresholds-trough = { $hour }:00 UTC, about { $low } requests/s
thresholds-fact-spikes = Every day
thresholds-spike = { $from }–{ $until } UTC: { $times } times what is asked around it
thresholds-spikes-none = no spike at the same time
thresholds-fact-day = Requests by hour
thresholds-fact-load-unknown = Load
thresholds-load-unknown = not known: no requests of it are counted, or over fewer than three days

thresholds-rules = Before and after
thresholds-column-alert = Alert
thresholds-column-now = Now
thresholds-column-before = True / false
thresholds-column-better = Better
thresholds-column-after = True / false
thresholds-column-later = Later by
thresholds-counts = { $true } / { $false }
thresholds-condition = { $symbol } { $threshold } for { $for }
thresholds-condition-hours = { $symbol } { $threshold } for { $for }; { $from }:00–{ $until }:00 UTC { $symbol } { $other }
thresholds-keep = as it is
thresholds-nothing = –

thresholds-why = Why
thresholds-why-better = { $alert }: chosen in the middle between what was false and what was true
thresholds-why-by-hour = { $alert }: what is false comes at the same hours; with one threshold for all hours { $steady } of { $before } would be left
thresholds-why-not-half = { $alert }: { $beyond } of the false alarms went as far as the true one at { $at }, which reached { $peak }, or further; more cannot go
thresholds-why-inseparable = { $alert }: { $beyond } of { $before } false alarms went as far as the true one at { $at }, which reached { $peak }, or further: no threshold tells them apart
thresholds-why-nothing-false = { $alert }: no false alarm
thresholds-why-nothing-confirmed = { $alert }: no alarm of it was confirmed, so what a higher threshold would miss is not known; say which ones were real, below
thresholds-why-no-threshold = { $alert }: it holds no value against a number, so there is no threshold to change
thresholds-why-no-data = { $alert }: what it measures was not there in all the time
thresholds-why-too-many = { $alert }: it measures more than 20 series; aggregate it first
thresholds-why-failed = { $alert }: the source refused: { $why }
thresholds-why-shared = { $alert }: the rule is for all services, the new one for this one alone
thresholds-why-recorded = { $alert }: the source recorded { $recorded } firings, evaluated anew there are { $fired }; the rule, or its data, were others for a part of the time
thresholds-held-out = { $alert }: chosen by the first 20 days alone, in the last 10 it would have had { $after } false alarms instead of { $before }, and lost { $lost } true ones

thresholds-judge = To be judged
thresholds-judge-how = An alarm counts as true where it fell into an incident that was confirmed. Say what these were, and ask again:
thresholds-judge-item = tawny judge-alert { $service } { $alert } { $at } real, or false-alarm

thresholds-limits = How far this can be trusted
thresholds-limits-body = Rules were evaluated anew, every { $step }, with what is configured now; what fires again within { $merged } counts once; a true alarm may come { $patience } later. The thresholds are chosen by the same days that they are shown on.
thresholds-left-out = { $count } more rules of the service were not looked at
thresholds-missing = Not read: { $why }
thresholds-footer = nothing was changed: the rule file is written by --rules
