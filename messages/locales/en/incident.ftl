# Incidents that belong to no deployment.
apart-headline = Incident of { $service }: { $alert }{ $more ->
    [0] { "" }
    [one] { " " }and one more alert
   *[other] { " " }and { $more } more alerts
}
apart-headline-again = Incident of { $service } again: { $alert }{ $more ->
    [0] { "" }
    [one] { " " }and one more alert
   *[other] { " " }and { $more } more alerts
}
apart-headline-over = Incident of { $service } over: { $alert }{ $more ->
    [0] { "" }
    [one] { " " }and one more alert
   *[other] { " " }and { $more } more alerts
}
apart-headline-closed = Incident of { $service } closed by { $by }: { $alert }{ $more ->
    [0] { "" }
    [one] { " " }and one more alert
   *[other] { " " }and { $more } more alerts
}
apart-headline-storm = A storm of alerts from { $source }: { $count } that belong to no deployment. They are counted and not told one by one.
apart-headline-storm-over = The storm of alerts from { $source } is over: { $count } belonged to no deployment
apart-headline-storm-closed = The storm of alerts from { $source } was closed by { $by }: { $count } belonged to no deployment
apart-storm = A storm of alerts: { $count } within an hour. Further ones are counted.
apart-counted = One more alert, since { $since }
apart-resolved = None of its alerts fires any more
apart-reopened = An alert fires again
apart-closed = { $by } closed this incident.
apart-closed-because = { $by } closed this incident: { $reason }
apart-refused = { $by } wanted to close this incident and may not.
apart-still-fires = { $count ->
    [one] One of its alerts still fires. Another one opens it again.
   *[other] { $count } of its alerts still fire. Another one opens it again.
}
apart-still-fires-storm = { $count ->
    [one] One of its alerts still fires. Further ones of the storm are counted and do not open it again.
   *[other] { $count } of its alerts still fire. Further ones of the storm are counted and do not open it again.
}
apart-fact-since = Since
apart-fact-lasted = Lasted
apart-fact-reason = Because
apart-fact-alerts = Alerts
apart-alerts = { $count }, { $firing } firing
apart-alert = { $severity } { $alert } of { $service } since { $since }
apart-alert-said = { $severity } { $alert } of { $service } since { $since }: { $summary }
apart-alert-there = { $severity } { $alert } of { $service } in { $environment } since { $since }
apart-alert-there-said = { $severity } { $alert } of { $service } in { $environment } since { $since }: { $summary }
apart-deployed = Deployed before it, the likeliest to matter first:
apart-nothing-deployed = Nothing was deployed around it in the week before.
apart-recent-own = { $service } { $version } in { $environment }, { $before } before ({ $deployment })
apart-recent-called = { $service } { $version } in { $environment }, which it calls, { $before } before ({ $deployment })
apart-recent-caller = { $service } { $version } in { $environment }, which calls it, { $before } before ({ $deployment })
apart-undone = { $said }, undone before it
apart-footer = { $id } · from { $source } · { $updated }
apart-link = To the incident
