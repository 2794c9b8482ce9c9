# What is told once a day, to those who were not there.
digest-headline = Since { $since }: { $what }
digest-nothing = no deployments
digest-deployments = { $count ->
    [one] { $count } deployment
   *[other] { $count } deployments
}
digest-paused = { $count } held by Tawny
digest-rolled-back = { $count } rolled back
digest-open = { $count ->
    [one] { $count } waits for somebody
   *[other] { $count } wait for somebody
}
digest-fact-deployments = Deployments
digest-of-deployments = { $count }: everywhere { $promoted }
digest-of-deployments-failed = { $count }: everywhere { $promoted }, failed { $failed }
digest-fact-paused = Held by Tawny
digest-judged = { $count }: judged right { $real }, a false alarm { $wrong }, not judged { $open }
digest-fact-rolled-back = Rolled back
digest-subject = { $place } { $version }
digest-fact-times = Median times
digest-detect = to detect { $time }
digest-decide = to decide { $time }
digest-recover = to recover { $time }
digest-fact-riskiest = Riskiest
digest-riskiest = { $place }: { $count ->
    [one] { $troubled } of { $count } deployment
   *[other] { $troubled } of { $count } deployments
} held or rolled back
digest-fact-frozen = Frozen
digest-frozen = { $place } by { $by }
digest-table-open = Waits for somebody
digest-column-deployment = Deployment
digest-column-waits = What it waits for
digest-asked = an answer, asked at { $since }, until { $until }
digest-held = to go on or back, paused since { $since }
digest-link = Open Tawny's page
digest-footer = times in { $zone }
