# Which change did it, and why.
suspects-title = Which change did it: { $service }
suspects-change = Most likely it was { $change }: { $probability }.
suspects-elsewhere = It was not this deployment.
suspects-unknown = It cannot be said whether it was this deployment.
suspects-column-place = Place
suspects-column-change = Change
suspects-column-title = Title
suspects-column-author = Author
suspects-column-probability = Probability
suspects-label-why = why
suspects-label-where = where
suspects-more = { $count ->
    [one] and one more change
   *[other] and { $count } more changes
}
suspects-section-elsewhere = What speaks for another cause

suspects-frame-line = A stack frame points at changed lines: { $frame } meets { $place }
suspects-frame-function = A stack frame is in a changed function: { $frame } meets { $place }
suspects-frame-file = A stack frame is in a changed file: { $frame } meets { $place }
suspects-shares = Names of the symptoms stand in what it changes: { $words }
suspects-shares-at = Names of the symptoms stand in what it changes: { $words }, at { $place }
suspects-says = It speaks of what the symptoms speak of: { $words }
suspects-stumbles = The errors stumble over what it brought at { $place }
suspects-reverts = It takes back { $what }
suspects-undone = Against it: a later change of this deployment takes it back
suspects-inert = Against it: nothing of it runs
suspects-key = It sets { $name } from { $old } to { $new } ({ $place })
suspects-key-new = It sets { $name } to { $new } ({ $place })
suspects-key-gone = It removes { $name }, which was { $old } ({ $place })
suspects-limit = It changes { $name } from { $old } to { $new } ({ $place })
suspects-limit-new = It brings { $name } with { $new } ({ $place })
suspects-limit-gone = It removes { $name }, which was { $old } ({ $place })
suspects-bump = It brings { $name } from { $old } to { $new } ({ $place })
suspects-bump-new = It brings { $name } { $new } ({ $place })
suspects-bump-gone = It removes { $name } { $old } ({ $place })
suspects-migration = It migrates the database ({ $place })
suspects-migration-destructive = It migrates the database and drops or rewrites something ({ $place })
suspects-flag = It touches the flag { $name } ({ $place })
suspects-route = It touches the route { $name } ({ $place })
suspects-metric = It touches the metric { $name } ({ $place })
suspects-log = It touches the text { $name } ({ $place })
suspects-symbol = It touches { $name } ({ $place })

suspects-topic-memory = It has to do with memory
suspects-topic-cpu = It has to do with how busy processors are
suspects-topic-latency = It has to do with how long things take
suspects-topic-timeout = It has to do with timeouts and waiting
suspects-topic-connections = It has to do with connections
suspects-topic-database = It has to do with the database
suspects-topic-rate-limit = It has to do with rate limits
suspects-topic-routing = It has to do with proxies and routing
suspects-topic-access = It has to do with who may do what
suspects-topic-tls = It has to do with certificates and encryption
suspects-topic-names = It has to do with names of hosts
suspects-topic-interface = It has to do with what people see and press
suspects-topic-queues = It has to do with queues and jobs
suspects-topic-formats = It has to do with formats and parsing
suspects-topic-storage = It has to do with disks and files
suspects-topic-caching = It has to do with caches
suspects-topic-startup = It has to do with how processes start and end
suspects-topic-packages = It has to do with modules and versions
suspects-topic-alerts = It has to do with alerts and checks
suspects-topic-logs = It has to do with logs
suspects-topic-concurrency = It has to do with things at the same time
suspects-topic-business = It has to do with orders and money

suspects-before = It began at { $onset }, before the first instance changed at { $changed }
suspects-control = { $name }, which the change cannot have touched, moved too
suspects-control-since = { $name }, which the change cannot have touched, moved too, since { $onset }
suspects-dependency = { $name }, which the service calls, moved first, at { $onset }
suspects-traffic = The traffic explains it
suspects-same-hour = It happens at this hour on other days too
suspects-nothing-runs = Nothing of the deployment runs: documentation, tests, checks
suspects-silence = Hardly anything of what the errors say has to do with any change
suspects-neighbour = { $name } { $version } was deployed at { $at }, shortly before it began
