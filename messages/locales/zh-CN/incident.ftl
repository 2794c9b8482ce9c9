# 不属于任何部署的事件。
apart-headline = { $service } 发生事件：{ $alert }{ $more ->
    [0] { "" }
   *[other] { "" }，另有 { $more } 条告警
}
apart-headline-again = { $service } 再次发生事件：{ $alert }{ $more ->
    [0] { "" }
   *[other] { "" }，另有 { $more } 条告警
}
apart-headline-over = { $service } 的事件已结束：{ $alert }{ $more ->
    [0] { "" }
   *[other] { "" }，另有 { $more } 条告警
}
apart-headline-closed = { $service } 的事件已由 { $by } 关闭：{ $alert }{ $more ->
    [0] { "" }
   *[other] { "" }，另有 { $more } 条告警
}
apart-headline-storm = 来自 { $source } 的告警风暴：{ $count } 条不属于任何部署。只计数，不逐条通知。
apart-headline-storm-over = 来自 { $source } 的告警风暴已结束：共 { $count } 条不属于任何部署
apart-headline-storm-closed = 来自 { $source } 的告警风暴已由 { $by } 关闭：共 { $count } 条不属于任何部署
apart-storm = 告警风暴：一小时内 { $count } 条。后续告警只计数。
apart-counted = 又一条告警，始于 { $since }
apart-resolved = 其告警已全部解除
apart-reopened = 有告警再次触发
apart-closed = { $by } 关闭了此事件。
apart-closed-because = { $by } 关闭了此事件：{ $reason }
apart-refused = { $by } 想关闭此事件，但无权操作。
apart-still-fires = 仍有 { $count } 条告警在触发。若再来一条，事件将重新打开。
apart-still-fires-storm = 仍有 { $count } 条告警在触发。风暴中的后续告警只计数，不会重新打开事件。
apart-fact-since = 始于
apart-fact-lasted = 持续
apart-fact-reason = 原因
apart-fact-alerts = 告警
apart-alerts = { $count } 条，其中 { $firing } 条仍在触发
apart-alert = { $severity } { $alert }：{ $service }，始于 { $since }
apart-alert-said = { $severity } { $alert }：{ $service }，始于 { $since }：{ $summary }
apart-alert-there = { $severity } { $alert }：{ $environment } 的 { $service }，始于 { $since }
apart-alert-there-said = { $severity } { $alert }：{ $environment } 的 { $service }，始于 { $since }：{ $summary }
apart-deployed = 此前的部署，最可能相关的在前：
apart-nothing-deployed = 此前一周内其周边没有任何部署。
apart-recent-own = { $service } { $version }（{ $environment }），早 { $before }（{ $deployment }）
apart-recent-called = { $service } { $version }（{ $environment }），它所调用的服务，早 { $before }（{ $deployment }）
apart-recent-caller = { $service } { $version }（{ $environment }），调用它的服务，早 { $before }（{ $deployment }）
apart-undone = { $said }，在此之前已撤销
apart-footer = { $id } · 来自 { $source } · { $updated }
apart-link = 查看事件
