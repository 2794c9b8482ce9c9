# 答复或命令被拒绝的原因。
refusal-unknown-approval = 该问题不属于这次部署。
refusal-already-answered = { $by } 已于 { $at } 答复：{ $choice }。
refusal-expired = 该问题已于 { $at } 过期，请改用命令。
refusal-withdrawn = 该问题已于 { $at } 撤回：部署状态已变。
refusal-not-an-option = 该问题不提供此选项：{ $choice }。
refusal-not-a-person = { $who } 是机器账号，问题只能由人答复。
refusal-missing-role = { $who } 缺少此操作所需的角色 { $role }：{ $choice }。
refusal-wrong-state = 部署当前状态为“{ $status }”，无法执行：{ $wanted }。
refusal-waits = 部署正在排队，前面是 { $behind }（{ $version }），尚未变更任何内容，无法执行：{ $wanted }。可以放弃这次部署。
refusal-other-step = 该问题是在第 { $asked } 步提出的，部署现在处于第 { $now } 步。
refusal-nothing-to-go-back-to = 没有已知的旧版本可以回滚。
refusal-machine-judges = { $who } 是机器账号，部署只能由人评判。
refusal-may-not-judge = { $who } 既不是 { $responder } 也不是 { $operator }，评判需要其中一种角色。
refusal-since-outside = 时间不合理：{ $since }。这次发布造成的损害只能在其开始时间 { $begun } 与现在之间。
