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
cause-missing-requests = { $count ->
    [one] Of one commit it was not found out by which request it came.
   *[other] Of { $count } commits it was not found out by which request they came.
}
cause-label-link = see
cause-footer = deployment { $deployment } · { $version }
