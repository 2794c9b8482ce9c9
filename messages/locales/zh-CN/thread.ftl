# 话题回复、频道通知和时间线的外层文案。
notice-decided = 已决定：{ $answer }
notice-not-decided = 未作决定：截至 { $at } 无人答复
notice-withdrawn = 不再需要决定
notice-headline = { $lead }：{ $what }
timeline-gap = +{ $duration }

# 运行中服务器的配置。
configuration-refused = 配置已被修改但无法使用（{ $count } 处错误），原配置继续生效。
configuration-mended = 配置已恢复可用并已生效。

# 在别处部署的一方询问是否可以开始。
gate-may-begin = 没有阻碍。
gate-frozen = 已被 { $by } 冻结：不得开始部署。
gate-frozen-because = 已被 { $by } 冻结：{ $reason }
gate-hurts = 部署 { $deployment } 造成了损害，尚无人决定如何处理。
folded = { $headline } · 自 { $since } 起反复抖动 ×{ $count }
