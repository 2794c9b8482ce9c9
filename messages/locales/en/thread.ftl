# What surrounds replies, notices and the timeline.
notice-headline = { $lead }: { $what }
timeline-gap = +{ $duration }

# The configuration of the running server.
configuration-refused = The configuration was changed and cannot be used ({ $count ->
    [one] one mistake
   *[other] { $count } mistakes
}): the one before stays in force.
configuration-mended = The configuration can be used again and is in force.
folded = { $headline } · flapping ×{ $count } since { $since }
