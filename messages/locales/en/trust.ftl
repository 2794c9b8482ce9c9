# What people judged in hindsight, and what follows from it.
judgement-real = real
judgement-false-alarm = false alarm
judgement-missed = missed
judgement-fine = fine
judgement-none = not judged
judgement-does-not-fit-real = No alarm was raised here that could be real or false: was harm missed, or was all well?
judgement-does-not-fit-fine = An alarm was raised here: was it real, or was it false?

trust-title = How far its alarms can be trusted
trust-counts = Deployments in { $days } days: { $deployments }, of which { $judged } judged. Alarms: { $real } real, { $wrong } false. Silence: { $missed } missed, { $fine } fine.
trust-precision = Of the judged alarms, { $part } of { $of } were real: { $share }, with 95 % confidence { $interval }.
trust-precision-none = No alarm was judged yet: how many are real is not known.
trust-recall = Of the releases known to have done harm, { $part } of { $of } raised an alarm: { $share }, with 95 % confidence { $interval }.
trust-recall-none = No harmful release was judged yet: how many would be missed is not known.
trust-row-precision = Alarms that were real (precision)
trust-row-recall = Harmful releases with an alarm (recall)
trust-column-measure = Measure
trust-column-share = Share
trust-column-interval = 95 % interval
trust-column-judged = Judged
trust-of = { $part } of { $of }

trust-raise = policy.autonomy may be raised from { $from } to { $to }: with 95 % confidence { $low } or more of its alarms are real, and { $bar } suffice.
trust-lower-false-alarms = policy.autonomy should be lowered from { $from } to { $to }: with 95 % confidence no more than { $high } of its alarms are real, and { $bar } are needed.
trust-lower-undone = policy.autonomy should be lowered from { $from } to { $to }: Tawny rolled back unasked at { $at }, and nothing was wrong.
trust-wait = Its alarms have earned { $to }, but a rollback unasked was a false alarm: not before { $until }.
trust-keep = Autonomy is as it should be: { $autonomy }.
trust-only-watched = Autonomy stays { $autonomy }: Tawny only watches this service and cannot act on it.
trust-not-enough = Autonomy stays { $has }: not enough was judged yet for { $autonomy }. It takes at least { $more ->
    [one] one more alarm that was real
   *[other] { $more } more alarms that were real
}.
trust-unproven = Autonomy is { $autonomy }, and not enough was judged yet to show that it is deserved. It takes at least { $more ->
    [one] one more alarm that was real
   *[other] { $more } more alarms that were real
}.

# Figures for those who decide.
figures-title = Deployments of the last { $days } days
figures-all = all services
figures-weeks = Deployments per week
figures-column-service = Service
figures-column-deployments = Deployments
figures-column-per-week = Per week
figures-column-caught = Caught
figures-column-warned = Warned
figures-column-silent = Silent
figures-column-rolled-back = Rolled back
figures-column-false-alarms = False alarms
figures-column-missed = Missed
figures-column-detect = To detect
figures-column-decide = To decide
figures-column-recover = To recover
figures-column-saved = Requests saved
figures-column-week = Week of
figures-times = { $median } / { $p90 }
figures-legend-counts = Caught: paused or rolled back, and not judged a false alarm. Silent: nothing was said. False alarms and missed ones are what people judged.
figures-legend-times = Times are the median and what nine of ten do not exceed: to detect from the estimated onset to the finding, to decide from there to the policy's or a person's word, to recover from the onset to the proven cure.
figures-legend-saved = Requests saved is an estimate: what the worst share of failures would have harmed at the traffic of that moment, had the release run everywhere for { $after }, less what it did harm. It can be told of { $told } of { $back } releases that went back.
trust-cause-first = Of the changes that people named, { $part } of { $of } were the first suspect: { $share }, with 95 % confidence { $interval }.
trust-cause-three = Of the changes that people named, { $part } of { $of } were among the first three: { $share }, with 95 % confidence { $interval }.
trust-cause-acquitted = Of the deployments said to be innocent, people found { $part } of { $of } to be so: { $share }, with 95 % confidence { $interval }.
trust-cause-accused = Of the deployments said to be guilty, people found { $part } of { $of } to be so: { $share }, with 95 % confidence { $interval }.
trust-reports-useful = Of what people said of root-cause reports, { $part } of { $of } found them of use: { $share }, with 95 % confidence { $interval }.

# What the analyst did, and what that cost.
spending-title = Models
spending-section = The analyst
spending-none = No model was asked anything in { $days ->
    [one] the last day
   *[other] the last { $days } days
}.
spending-all = In { $days ->
    [one] the last day
   *[other] the last { $days } days
} the analyst looked into { $incidents ->
    [one] 1 incident
   *[other] { $incidents } incidents
}, answered questions about { $asked } and wrote about { $written }: { $calls ->
    [one] 1 request
   *[other] { $calls } requests
}, { $read } tokens read ({ $cached } of them again), { $wrote } written, { $money }.
spending-money = { $amount } { $currency }
spending-unpriced = no price is configured
spending-partly-priced = { $money }, and { $unpriced } without a price
spending-column-model = model
spending-column-incidents = incidents
spending-column-calls = requests
spending-column-read = tokens read
spending-column-cached = read again
spending-column-wrote = written
spending-column-cost = cost
