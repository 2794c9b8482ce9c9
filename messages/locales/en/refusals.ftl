# Why an answer or a command was refused.
refusal-unknown-approval = This question does not belong to this deployment.
refusal-already-answered = { $by } already answered at { $at }: { $choice }.
refusal-expired = The question expired at { $at }. Use a command instead.
refusal-withdrawn = The question was withdrawn at { $at }: the deployment has moved on.
refusal-not-an-option = This question does not offer: { $choice }.
refusal-not-a-person = { $who } is a machine. Only a person answers a question.
refusal-missing-role = { $who } lacks the role { $role }, which this needs: { $choice }.
refusal-wrong-state = Not possible while the deployment is { $status }: { $wanted }.
refusal-waits = Not possible while the deployment waits behind { $behind } ({ $version }) and has changed nothing: { $wanted }. It can be given up.
refusal-other-step = The question was asked at step { $asked }, and the deployment is at step { $now } now.
refusal-nothing-to-go-back-to = No earlier version is known to go back to.
refusal-machine-judges = { $who } is a machine. Deployments are judged by people.
refusal-may-not-judge = { $who } is neither { $responder } nor { $operator }, and one of them is needed to judge.
refusal-since-outside = Not possible: { $since }. Harm of this release was done between its beginning at { $begun } and now.
