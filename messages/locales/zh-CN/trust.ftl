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

# 供决策参考的数据。
figures-title = 最近 { $days } 天的部署
figures-all = 全部服务
figures-weeks = 每周部署次数
figures-column-service = 服务
figures-column-deployments = 部署次数
figures-column-per-week = 每周次数
figures-column-caught = 拦截
figures-column-warned = 告警
figures-column-silent = 静默
figures-column-rolled-back = 回滚
figures-column-false-alarms = 误报
figures-column-missed = 漏报
figures-column-detect = 发现用时
figures-column-decide = 决策用时
figures-column-recover = 恢复用时
figures-column-saved = 避免受损的请求
figures-column-week = 当周周一
figures-times = { $median } / { $p90 }
figures-legend-counts = 拦截：已暂停或回滚，且未被评判为误报。静默：未发出任何提示。误报与漏报以人工评判为准。
figures-legend-times = 用时依次为中位数与九成不超过的值：发现，自估计的起始时刻至发现；决策，自发现至策略或人工作出决定；恢复，自起始时刻至证实恢复。
figures-legend-saved = 避免受损的请求为估算值：按当时的流量与最严重的失败比例，假设该版本在全部实例上运行 { $after }，减去实际受损的请求数。{ $back } 次回滚中有 { $told } 次可以估算。
trust-cause-first = 在人们指出的变更中，{ $of } 个里有 { $part } 个是首位嫌疑：{ $share }，95 % 置信区间为 { $interval }。
trust-cause-three = 在人们指出的变更中，{ $of } 个里有 { $part } 个在前三名之内：{ $share }，95 % 置信区间为 { $interval }。
trust-cause-acquitted = 在被判为无关的部署中，人们认为 { $of } 个里有 { $part } 个确实无关：{ $share }，95 % 置信区间为 { $interval }。
trust-cause-accused = 在被判为有关的部署中，人们认为 { $of } 个里有 { $part } 个确实有关：{ $share }，95 % 置信区间为 { $interval }。
trust-reports-useful = 在人们对根因报告的评价中，{ $of } 次里有 { $part } 次认为有用：{ $share }，95 % 置信区间为 { $interval }。

# 分析者做了什么，花费多少。
spending-title = 模型
spending-section = 分析者
spending-none = 最近 { $days } 天没有向任何模型提问。
spending-all = 最近 { $days } 天，分析者调查了 { $incidents } 起事件，就 { $asked } 个部署回答了提问，为 { $written } 个对象写了文字：{ $calls } 次请求，读取 { $read } 个 token（其中重复读取 { $cached } 个），写出 { $wrote } 个，{ $money }。
spending-money = { $amount } { $currency }
spending-unpriced = 未配置价格
spending-partly-priced = { $money }，另有 { $unpriced } 次没有价格
spending-column-model = 模型
spending-column-incidents = 事件
spending-column-calls = 请求
spending-column-read = 读取 token
spending-column-cached = 重复读取
spending-column-wrote = 写出
spending-column-cost = 花费
