# Words and units that everything else is made of.
list-separator = { ", " }
clause-separator = { "; " }
sentence-separator = { " " }
listed-and-more = { $listed } and { $count } more
and-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
quoted = “{ $text }”
reason-given = { $said } — “{ $reason }”
from-to = { $from } → { $to }
range = { $low } to { $high }
lead = { $service } · { $environment } · { $version }

no-value = no value
unit-percent = { $number } %
unit-points = { $count ->
    [one] { $number } point
   *[other] { $number } points
}
unit-milliseconds = { $number } ms
unit-seconds = { $number } s
unit-cores = { $count ->
    [one] { $number } core
   *[other] { $number } cores
}
unit-per-second = { $number }/s
unit-count = { $number }
unit-bytes = { $number } B
unit-kibibytes = { $number } KiB
unit-mebibytes = { $number } MiB
unit-gibibytes = { $number } GiB
unit-tebibytes = { $number } TiB
unit-other = { $number } { $unit }
duration-milliseconds = { $number } ms
duration-seconds = { $number } s
duration-minutes = { $number } min
duration-hours = { $number } h
duration-days = { $number } d
duration-two = { $first } { $second }

status-pending = pending
status-queued = waits behind { $behind } ({ $version })
turn-lost-rolled-back = { $behind } ({ $version }), which was before it, was rolled back, and it very likely contains the same change
turn-lost-failed = { $behind } ({ $version }), which was before it, failed, and it very likely contains the same change
turn-lost-abandoned = { $behind } ({ $version }), which was before it, was given up, and it very likely contains the same change
turn-lost-superseded = { $behind } ({ $version }), which was before it, was superseded before it was out
status-progressing = progressing
status-paused = paused
status-promoted = promoted
status-rolled-back = rolled back
status-rolling-back = rolling back
status-failed = failed
status-superseded = superseded

verdict-healthy = healthy
verdict-healthy-meaning = nothing moved, and anything beyond tolerance would have been seen
verdict-degraded = degraded
verdict-degraded-meaning = at least one signal moved beyond its tolerance
verdict-inconclusive = inconclusive
verdict-inconclusive-meaning = nothing was seen, but too little was measured to be sure
verdict-unmeasured = unmeasured
verdict-unmeasured-meaning = the metrics say nothing of the new version, which is neither good nor bad
verdict-none = not judged yet
verdict-none-meaning = the watch has just begun

tier-quiet = quiet
tier-warn = tier 1: warn
tier-pause = tier 2: pause and ask
tier-rollback = tier 3: roll back and tell

choice-rollback = Roll back
choice-resume = Resume
choice-hold = Keep paused
choice-promote = Promote now
choice-abandon = Give up
choice-resume-promoted = Accept
choice-hold-promoted = Leave as it is
choice-pause = Pause
choice-judge = Judge
choice-revert-pr = Open a revert PR
choice-hotfix-pr = Draft a hotfix PR

role-responder = responder
role-operator = operator

comparison-canary-vs-stable = changed instances against unchanged ones at the same time
comparison-before-vs-after = all instances against their own past

attribution-change = this change
attribution-dependency = a dependency
attribution-load = load
attribution-unknown = not known

scope-group = all changed instances
signal-on-instance = { $signal } on { $instance }
signal-at = { $signal } { $current }

action-step = step { $step }
action-promote = promotion
action-rollback = rollback
action-unknown = an action
action-goes = { $action }: { $version } goes to { $count ->
    [one] one instance
   *[other] { $count } instances
}
version-unknown = an unknown version
version-none = nothing
version-first = { $to } (first release)

confidence-highest = over 99.99 %
finding-short = { $signal } { $baseline } → { $current } since { $since }
finding-short-instance = { $signal } on { $instance } { $baseline } → { $current } since { $since }
finding-sentence = { $short }: { $effect } (95 % interval { $interval }), seen over { $window } with { $confidence } confidence; { $comparison }; blamed on: { $attribution }
circumstance-older = it was so before the change: { $level } since { $since }
circumstance-traffic = traffic has grown from { $before } to { $now } since { $since }
circumstance-called = it calls { $service }, where { $version } has been coming out since { $at } ({ $deployment })
circumstance-caller = { $service } calls it, and { $version } has been coming out there since { $at } ({ $deployment })
finding-meanwhile = { $said }; meanwhile: { $circumstances }
finding-basis = { $comparison }, { $window } of data, { $confidence } confidence; blamed on: { $attribution }
effect-with-interval = { $effect } (95 %: { $interval })
finding-open = stands
finding-limit = over the hard limit
finding-severe = severe
finding-accepted = accepted
finding-cured = back at normal
finding-ended = came back at { $at }
finding-flapping = { $standing }, flapping ×{ $count }

table-findings = Signals that moved
table-cured = Signals that came back
table-instances = Instances
column-signal = Signal
column-where = Where
column-values = Baseline → now
column-effect = Effect
column-since = Since
column-standing = State
column-now = Now
column-left = What is left
column-instance = Instance
column-version = Version
instance-new = new version
instance-old = old version
instance-changing = changing
