# 每次部署的那一条消息。
headline-with-finding = { $headline } — { $finding }
headline-pending = { $lead } 已提交：正在采集基线
headline-progressing = { $lead } 已部署到 { $new }/{ $total } 个实例
headline-warned = { $lead } 已部署到 { $new }/{ $total } 个实例，有告警
headline-unmeasured = { $lead } 已部署到 { $new }/{ $total } 个实例，暂无指标数据
headline-promoting = { $lead } 正在全量：{ $new }/{ $total } 个实例
headline-paused = { $lead } 已暂停在 { $new }/{ $total } 个实例
headline-paused-inconclusive = { $lead } 停在 { $new }/{ $total } 个实例：流量或时间不足，无法下结论
headline-paused-unmeasured = { $lead } 停在 { $new }/{ $total } 个实例：取不到指标
headline-paused-by-person = { $lead } 已被人工暂停在 { $new }/{ $total } 个实例
headline-step-failed = { $lead } 已暂停在 { $new }/{ $total } 个实例：有一步未能完成
headline-step-stale = { $lead } 已暂停在 { $new }/{ $total } 个实例：有一步未执行
headline-rolling-back = { $lead } 正在回滚到 { $from }
headline-rollback-failed = { $lead } 回滚失败：仍有 { $new }/{ $total } 个实例运行该版本
headline-rollback-stale = { $lead } 回滚未执行：仍有 { $new }/{ $total } 个实例运行该版本
headline-promoted = { $lead } 已在全部 { $total } 个实例上运行
headline-promoted-hurting = { $lead } 已在全部 { $total } 个实例上运行，且出现劣化
headline-known-good = { $lead } 已在全部 { $total } 个实例上运行，确认良好
headline-not-known-good = { $lead } 已在全部 { $total } 个实例上运行，但未能确认良好
headline-cure-awaited = { $lead } 已回滚到 { $from }：等待恢复的证据
headline-cured = { $lead } 已回滚到 { $from }：已恢复
headline-not-cured = { $lead } 已回滚到 { $from }，但问题没有消失
headline-failed = { $lead } 发布失败
headline-abandoned = { $lead } 已放弃，停在 { $new }/{ $total } 个实例
headline-superseded = { $lead } 已被更新的部署取代

fact-version = 版本
fact-found = 发现
fact-trouble = 故障
fact-did = 已做
fact-answer = 答复
fact-need = 需要
fact-verdict = 判定
fact-cure = 恢复
fact-metrics = 指标源
fact-basis = 依据
fact-query = 查询
fact-evidence = 证据
fact-meanwhile = 同期情况

trouble = { $action }：“{ $why }”
did-held = 已停住：{ $new }/{ $total } 个实例运行 { $version }，其余不再变更
did-rolling-back-policy = 按策略直接回滚，未等待确认：{ $done }/{ $count } 个实例已恢复旧版本
did-rolling-back-person = 按 { $who } 的决定回滚：{ $done }/{ $count } 个实例已恢复旧版本
did-rolled-back = { $version } 已恢复到 { $count } 个实例
did-observed = 未采取操作：此处策略只允许 Tawny 观察
did-warned = 仅告警：证据还不足以暂停
did-asked = 已询问：所有实例都已是新版本，暂停无济于事
did-kept-old = 没有留下任何变更：原有版本仍在运行
did-abandoned = { $who } 已放弃：{ $new }/{ $total } 个实例运行 { $version }，不再变更，也不再观察

answer = { $choice }（{ $by }，{ $at }）
verdict-with-meaning = { $verdict }：{ $meaning }
cure-awaited = 须在 { $until } 前看到恢复，否则重新打开事件
cure-confirmed = { $at } 已证实：{ $values }
cure-confirmed-bare = { $at } 已证实
cure-failed = 截至 { $at } 未见恢复：事件已重新打开
metrics-lost = { $source } 无响应（“{ $error }”）；不会因此回滚，恢复后继续观察
metrics-incomplete = { $source } 表示其结果可能不完整（“{ $warning }”）；已发现的问题仍然有效，结果恢复完整之前不会判定为健康

need-decision = 请在 { $until } 前决定；否则保持暂停
need-decision-promoted = 请在 { $until } 前决定；否则新版本继续运行
need-decision-trouble = 请在 { $until } 前决定；否则维持现状
need-look = 需要有人查看：回滚后指标没有恢复
need-expired = 截至 { $at } 无人答复：保持暂停，直到有人下达命令
need-held = { $by } 选择保持暂停；需用命令继续或回滚
need-paused-by = { $by } 已暂停；需用命令继续或回滚
need-looking = 暂时不需要：Tawny 再观察片刻，然后回滚或询问
need-command = 需要命令：继续、回滚或放弃

need-visible = { $signal }：目前可察觉的最小变化为 { $visible }，容忍度为 { $tolerance }。
need-nothing-measured = { $signal }：还没有任何数据，容忍度为 { $tolerance }。
need-time-or-requests = 按当前流量还需 { $duration }，或再有 { $requests } 个请求，即可判定。
need-time = 按当前流量，预计还需 { $duration }。
need-requests = 再有 { $requests } 个请求即可判定。
need-not-in-sight = 按当前流量，短期内无法判定。
not-exported = 该服务未导出，因此不监测：{ $signals }
blind = { $signal } 无数据：“{ $why }”

progress = 第 { $step }/{ $steps } 步 · { $done }/{ $total } 个实例运行 { $version }
progress-promoted = { $done }/{ $total } 个实例运行 { $version }
progress-watched = { $said } · 观察至 { $until }

confirm-title = { $choice }：{ $lead }
confirm-no = 取消
confirm-rollback = 将把 { $count } 个实例从 { $to } 恢复为 { $from }。
confirm-irreversible = 注意：其中有已知不可逆的步骤（数据迁移或数据格式变更）。
confirm-resume = 尽管有上述发现，{ $to } 仍将继续发布。当前步骤从头重新观察。
confirm-resume-unsure = 尽管还不能确认 { $to } 良好，仍将进入下一步。
confirm-resume-step = 将用 { $to } 重试这一步。
confirm-resume-promoted = { $to } 继续在全部实例上运行，上述发现视为已接受。
confirm-abandon = { $to } 保持现状，停在 { $new }/{ $total } 个实例。不再变更和观察，可以开始下一次部署。
confirm-promote = { $to } 将立即部署到全部 { $count } 个实例，不再分步。

link-deployment = 在 Tawny 页面中打开
footer = 部署 { $id } · 由 { $by } 于 { $at } 发起 · 截至 { $updated } · 时间均为 UTC

# 给流水线的结论。
gate-healthy = { $lead } 已在全部实例上运行，已测得的指标均健康
gate-accepted = { $lead } 已在全部实例上运行：由人工放行
gate-unblamed = { $lead } 已在全部实例上运行；现有问题在变更之前就已存在
gate-degraded = { $lead } 已在全部实例上运行，且出现劣化
gate-rolled-back = { $lead } 已回滚
gate-rolling-back = { $lead } 正在回滚
gate-failed = { $lead } 未能发布：“{ $error }”
gate-abandoned = { $by } 已放弃发布 { $lead }
gate-superseded = { $lead } 未能全量：已被更新的部署取代
gate-held = { $lead } 维持现状：{ $by } 选择保持暂停
gate-expired = { $lead } 维持现状：无人按时答复
gate-inconclusive = { $lead } 已在全部实例上运行，但数据太少，无法下结论
gate-unmeasured = { $lead } 已在全部实例上运行，但取不到指标
gate-asking = { $lead } 正在等待人工决定
gate-under-way = { $lead } 仍在进行中
