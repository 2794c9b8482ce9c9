# The page.
page-name = Tawny
page-deployments = Deployments
page-no-deployments = Nothing has been deployed yet. Once a deployment begins, it shows here.
page-column-deployment = Deployment
page-column-status = State
page-column-age = Begun
page-column-process = Process
page-column-error = Trouble
page-age = { $duration } ago
page-person = { $name }
page-logout = Log out
page-logged-in = You are logged in as { $name }
page-log-in-with = Log in with { $name }
page-to-deployments = Go to the deployments
page-back = Back to the deployments
page-stale = Tawny does not answer at the moment. What you see may be old.
page-thread = What was said
page-reply = in the thread
page-notice = in the channel
page-timeline = Timeline
page-abandon = Nothing is changed or watched any more, what runs keeps running, and the next deployment can begin.
page-reason = Why, for the record (optional)
page-process = { $pid } since { $started }
page-counts = { $machines ->
    [one] One instance
   *[other] { $machines } instances
}: { $healthy } healthy, { $errors } with errors, { $alerting } alerting. Looked at { $age } ago.
page-instance-running = running
page-instance-stopped = stopped
page-instance-unhealthy = unhealthy
page-instance-unknown = not known
page-instance-alerting = { $standing }, alerting

denied-host = This page does not answer under that name. Add it to server.allowed_hosts in the configuration if it should.
denied-origin = This form came from another site. Nothing was done.
denied-no-session = You are not logged in. Open the one-time link that tawny serve printed, or get a new one: type tawny login, with your token.
denied-link = This link is unknown, too old, or was used before: each works once. Get a new one: type tawny login, with your token.
denied-form-token = This form belongs to another session. Nothing was done: go back, reload, and press again.
denied-bad-form = This form is incomplete. Nothing was done.
denied-no-page = There is no such page. Its address may be incomplete or from an older version.
denied-not-found = There is no such deployment. Its address may be incomplete: look for it by service or version.
denied-not-leading = This process does not hold the engine's lease at the moment. Nothing was done: try again in a few seconds.
denied-login-over = This attempt to log in is over, or was begun in another browser. Begin again.
denied-provider = The identity provider let nobody in. Tawny’s log says why.
denied-stranger = You are logged in there, but nobody here knows you. Ask an operator to put you under people in tawny.yaml.
denied-broken = Something broke. The log says more.
page-quarantine = { $count ->
    [one] One item is
   *[other] { $count } items are
} in quarantine and hold back what is behind: an operator lists them with “tawny journal quarantine”.
page-title = { $standing }: { $service } · { $environment } · { $version }
page-to-service = All deployments of { $service }, and how far its alarms can be trusted
page-judge = Was it right?
page-judge-alarm = An alarm was raised here. In hindsight:
page-judge-silence = No alarm was raised here. In hindsight:
page-judged = { $judgement } — { $by }, { $at }
page-judged-since = { $judged }; harm since { $since }
page-judged-before = This was said before the alarm, and does not count for it.
page-judge-real = The alarm was real
page-judge-false-alarm = False alarm
page-judge-missed = Harm was missed
page-judge-fine = All was well
page-judge-more = Add a note
page-judge-since = Of harm that was missed: since when, in UTC (optional)
page-column-judged = In hindsight
page-service-none = It was never deployed.
page-trends-none = Each signal is drawn here over the releases that stayed, as soon as a second one was measured.
page-skip = To the content
page-replay-title = False alarms, to be replayed
page-replay = On the server's machine, this shows why an alarm was raised; “--sensitivity careful” shows whether it would have been then. All at once, with what people said: “tawny backtest”.
page-more = Older ones
denied-no-service = There is no such service. Its name may be written otherwise: look for a part of it.
page-report = Health report
page-postmortem = Postmortem
page-root-cause = Root cause
page-root-cause-useful = This report was useful
page-root-cause-not-useful = It was not
page-to-deployment = Back to the deployment
page-markdown = As Markdown
denied-no-incident = Nothing was found of this deployment: there is nothing to look back on but its health report.
page-cause-more = Evidence, places and queries are in the report
page-cause-say = Say which it was
page-cause-none = It was not this deployment
page-cause-other = Another commit, or a note
page-cause-typed = A commit that came with it (at least its first seven digits)
page-cause-it-was-this = It was this one
page-say = Say what you want
page-say-send = Send
page-say-yes = Yes, do it
page-say-no = No
page-others-agree = { $more ->
        [one] One more person has
       *[other] { $more } more people have
    } to agree.
page-break-glass = Break the glass: { $choice }
page-reason-needed = Why (needed)

# Incidents.
page-close = Close this incident
page-close-means = Nothing is said of it any more, whatever still fires; another alert opens it again. Whoever follows it is told.
page-incidents = Incidents
page-incidents-open = { $count ->
    [one] One incident is open that belongs to no deployment
   *[other] { $count } incidents are open that belong to no deployment
}
page-no-incidents = There was no incident yet.
page-incidents-when = One opens when a deployment hurts, or when an alert belongs to no deployment; it keeps what was found, done and said until it is over.
page-incident-of-deployment = Findings of a deployment
page-incident-of-alerts = Alerts of no deployment
page-column-incident = Incident
page-column-began = Began
page-column-stands = Stands
page-incident-open = open
page-incident-over = over
page-fix-title = Mend it where the code is
# Signals, steps, the decision.
page-signals = How the signals went
page-signals-still = Nothing has moved beyond what is tolerated.
page-signals-others = { $count ->
    [one] One more signal
   *[other] { $count } more signals
}
page-values = The values
page-values-when = When
page-in-prometheus = This query in Prometheus
page-in-grafana = in Grafana
page-rollout = The release, step by step
page-rollout-step = Step { $step }
page-rollout-bad = not healthy
page-rollout-instance = { $instance }: { $version }
page-decide = Your decision
page-answer-until = to be answered until { $until }
page-decide-order = It stays paused until you say otherwise
page-decide-until = until { $until }
page-since = Since you last looked
denied-no-signal = Nothing was measured of such a signal here. The deployment’s page lists those that were.
denied-full = Too many people look on at once. The page looks for news by itself, a little later.

# Overview, approvals, statistics, search, a service.
page-overview = Overview
page-approvals = Approvals
page-statistics = Statistics
page-places = Places
page-search = Search
page-search-what = Service, version, deployment, or who asked for it
page-search-help = Type a part of a name. The services, and the five hundred deployments that changed last, are looked through.
page-search-none = Nothing is called “{ $text }”.
page-asked = { $count ->
    [one] One question waits for an answer
   *[other] { $count } questions wait for an answer
}
page-services = Services
page-services-more = { $count ->
    [one] One more service, no more urgent than these: look for it
   *[other] { $count } more services, none more urgent than these: look for one
}
page-recent = Deployed last
page-runs = runs { $version }
page-frozen = Frozen by { $by }
page-first-deployment = Begin one from a terminal, from CI, or let Tawny hear of those that others make:
page-strip = The last deployments, the newest at the end
page-strip-one = { $version }: { $status }, { $verdict }, { $age }
page-approvals-none = Nothing waits for an answer.
page-approvals-when = When Tawny stops a release, or is not sure, it asks here and in the chat, until somebody answers or the time is up.
page-days = { $days } days
page-statistics-none = Nothing was deployed in this time. Figures appear with the first deployment.
page-policy-watches = Tawny only watches here and says what it would have done: no platform is configured.
page-policy-observe = Tawny only says what it would have done.
page-policy-pause = Tawny may stop a release and ask; it never goes back without an answer.
page-policy-rollback = Tawny may stop a release and ask, and goes back by itself where the evidence is strong and the limit is crossed.
page-policy-asks = A question stays open for { $lasts }; without an answer the release stays stopped.
page-policy-unsure-hold = Where the evidence does not suffice it stops and asks.
page-policy-unsure-promote = Where the evidence does not suffice it goes on and says so.
page-policy-bake = The whole release is watched for { $lasts } more.
page-policy-resume-by = { $people } people have to agree that a stopped release goes on.
page-neighbours = Neighbours
page-neighbours-callers = calls it
page-neighbours-called = is called by it
page-thread-earlier = { $count ->
    [one] One earlier message is
   *[other] { $count } earlier messages are
} not shown here; the timeline has everything.

# A part of a drawing.
page-zoom = The part that is drawn
page-zoom-closer = Closer
page-zoom-wider = Wider
page-zoom-earlier = ← Earlier
page-zoom-later = Later →
page-zoom-all = All of it
page-closer = Look at { $signal } more closely
page-share = Show it to others
page-share-what = Whoever has such a link sees this deployment, live and in full, and can press nothing. It shows nothing else, and needs no account.
page-share-make = Make a link
page-share-for = For how long
page-share-look = See what others will see
page-share-off = Links are switched off in the configuration (server.shares.enabled).
page-share-none = There is no link at the moment.
page-share-open = { $link }: by { $by }, until { $until }
page-share-used = { $link }: by { $by }, until { $until }, last used { $used }
page-share-revoke = End it
page-share-made = The link is made
page-share-once = It is shown this once: Tawny keeps only what it needs to know it by. It opens until { $until }.
page-share-copy = The link, to be copied
page-shared = Shown by { $by } to whoever has this link, until { $until }. Nothing can be pressed here.
denied-share-unknown = There is no such link. It may be incomplete, or older than Tawny remembers: ask whoever gave it to you for a new one.
denied-share-expired = The time of this link is over. Ask whoever gave it to you for a new one.
denied-share-revoked = This link was ended by whoever looks after the deployment. Ask whoever gave it to you for a new one.
denied-share-long = That is longer than links may be open here (server.shares.longest). Nothing was done.
denied-too-fast = This link is opened too often at the moment. Wait a few seconds.
