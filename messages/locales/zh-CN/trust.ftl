# 人们事后的评判，以及由此得出的建议。
judgement-real = 真实告警
judgement-false-alarm = 误报
judgement-missed = 漏报
judgement-fine = 一切正常
judgement-none = 未评判
judgement-does-not-fit-real = 此处没有发出过告警，无从判断真假：是漏报了问题，还是一切正常？
judgement-does-not-fit-fine = 此处发出过告警：是真实告警，还是误报？

trust-title = 告警的可信程度
trust-counts = { $days } 天内共 { $deployments } 次部署，已评判 { $judged } 次。有告警：真实 { $real }，误报 { $wrong }。无告警：漏报 { $missed }，正常 { $fine }。
trust-precision = 已评判的 { $of } 次告警中，{ $part } 次真实：{ $share }，95 % 置信区间为 { $interval }。
trust-precision-none = 还没有告警被评判：真实告警的比例未知。
trust-recall = 已知造成损害的 { $of } 次发布中，{ $part } 次发出了告警：{ $share }，95 % 置信区间为 { $interval }。
trust-recall-none = 还没有造成损害的发布被评判：漏报的比例未知。
trust-row-precision = 真实告警的比例（准确率）
trust-row-recall = 有害发布的告警比例（召回率）
trust-column-measure = 指标
trust-column-share = 比例
trust-column-interval = 95 % 置信区间
trust-column-judged = 评判数
trust-of = { $of } 次中的 { $part } 次

trust-raise = policy.autonomy 可由 { $from } 提升至 { $to }：有 95 % 的把握，真实告警不少于 { $low }，而达到 { $bar } 即可。
trust-lower-false-alarms = policy.autonomy 应由 { $from } 降至 { $to }：有 95 % 的把握，真实告警不超过 { $high }，而至少需要 { $bar }。
trust-lower-undone = policy.autonomy 应由 { $from } 降至 { $to }：Tawny 在 { $at } 未经询问就回滚，而实际并无问题。
trust-wait = 其告警已达到 { $to } 的要求，但有一次未经询问的回滚是误报：{ $until } 之前不宜提升。
trust-keep = 自主级别合适：{ $autonomy }。
trust-only-watched = 自主级别保持 { $autonomy }：Tawny 只观察该服务，不能对其操作。
trust-not-enough = 自主级别保持 { $has }。评判数还不足以信任 { $autonomy }：至少还需要 { $more } 次被评判为真实的告警。
trust-unproven = 自主级别为 { $autonomy }，但评判数还不足以证明其合适：至少还需要 { $more } 次被评判为真实的告警。
