# What surrounds replies, notices and the timeline.
notice-headline = { $lead }: { $what }
notice-decided = Decided: { $answer }
notice-not-decided = Not decided: nobody answered by { $at }
notice-withdrawn = No decision is needed any more
timeline-gap = +{ $duration }

# The configuration of the running server.
configuration-refused = The configuration was changed and cannot be used ({ $count ->
    [one] one mistake
   *[other] { $count } mistakes
}): the one before stays in force.
configuration-mended = The configuration can be used again and is in force.

# Whoever deploys elsewhere asks whether they may.
gate-may-begin = Nothing speaks against it.
gate-frozen = Frozen by { $by }: no deployment begins.
gate-frozen-because = Frozen by { $by }: { $reason }
gate-hurts = Deployment { $deployment } hurts, and nobody has decided yet what becomes of it.
folded = { $headline } · flapping ×{ $count } since { $since }
