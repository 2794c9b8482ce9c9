# What surrounds replies, notices and the timeline.
notice-headline = { $lead }: { $what }
timeline-gap = +{ $duration }
