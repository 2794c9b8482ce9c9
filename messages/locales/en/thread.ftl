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
folded = { $headline } · flapping ×{ $count } since { $since }
