# What the ranking of a deployment's changes came to, in its thread.
cause-change = Most likely cause: { $change } “{ $title }” by { $author } ({ $probability })
cause-unknown = Which change did it cannot be said; look first at { $change } “{ $title }” by { $author }
cause-unknown-none = Which change did it cannot be said
cause-elsewhere = Probably not this deployment: { $why }
cause-table = Suspects
cause-looked-at = { $count ->
    [one] One change was looked at.
   *[other] { $count } changes were looked at.
}
cause-missing-commits = { $count ->
    [one] One older commit was not looked at.
   *[other] { $count } older commits were not looked at.
}
cause-missing-files = { $count ->
    [one] One file of a very large change was not looked at.
   *[other] { $count } files of very large changes were not looked at.
}
cause-missing-patches = { $count ->
    [one] Of one file it was not read how it changed.
   *[other] Of { $count } files it was not read how they changed.
}
cause-missing-logs = { $count ->
    [one] One source of logs could not be read.
   *[other] { $count } sources of logs could not be read.
}
cause-error-new = New in the logs: “{ $what }”, { $after } a minute, { $count } so far, never before
cause-error-more = More often in the logs: “{ $what }”, { $after } a minute instead of { $before }, { $count } so far
cause-errors = Errors in the logs
cause-errors-column-what = Error
cause-errors-column-before = a minute before
cause-errors-column-after = a minute since
cause-errors-column-count = times
cause-errors-sample = such as
cause-errors-places = written by
cause-missing-requests = { $count ->
    [one] Of one commit it was not found out by which request it came.
   *[other] Of { $count } commits it was not found out by which request they came.
}
cause-link = Open { $change }
cause-footer = deployment { $deployment } · { $version }
cause-deployment = Very likely this deployment ({ $probability }), but no single change stands out; look first at { $change } “{ $title }” by { $author }
cause-title = Which change did it
cause-evidence = What speaks for it and against it
cause-queries = Queries that show it
cause-people = What people say
cause-label-for = for it
cause-label-against = against it
cause-for-after = It began at { $onset }; the first instance had changed at { $changed }
cause-for-controls = What the change cannot have touched did not move
cause-for-dependencies = Nothing that the service calls moved before it ({ $count } looked at)
cause-for-traffic = The traffic does not explain it
cause-for-other-days = The same hour of other days does not show it
cause-named = { $by } says: it was { $change }
cause-named-none = { $by } says: it was not this deployment
cause-named-because = { $said }: { $note }
cause-not-this = Not this change
cause-it-was = It was { $change } “{ $title }”
