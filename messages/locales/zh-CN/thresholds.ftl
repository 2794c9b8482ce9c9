# 服务告警的阈值怎样会更好。
thresholds-title = 告警阈值：{ $service } · { $environment }
thresholds-headline-better = { $days } 天内的 { $before } 次误报将只剩 { $after } 次，且不漏掉任何真实告警
thresholds-headline-not-half = { $days } 天内的 { $before } 次误报将剩 { $after } 次：不漏掉真实告警的话，减少不到一半
thresholds-headline-none = { $days } 天内的 { $before } 次误报无法靠调整阈值消除；原因见下
thresholds-headline-quiet = { $days } 天内没有误报：无需改动
thresholds-headline-empty = 指标源中没有关于此服务的告警规则

thresholds-fact-time = 考察时段
thresholds-time = { $since } 至 { $until }，每 { $step } 一次
thresholds-fact-fired = 触发
thresholds-fired = { $fired } 次：真实 { $real }，误报 { $false }，处于无人评判的事件中 { $open }；其中部署期间 { $during } 次
thresholds-fact-truth = 判断依据
thresholds-truth = 已确认事件 { $incidents } 起，未评判 { $unjudged } 起，人工标注 { $labels } 条；部署 { $deployments } 次
thresholds-fact-load = 高峰
thresholds-peak = UTC { $from }:00–{ $until }:00，约每秒 { $high } 个请求
thresholds-peak-none = 无：全天平稳
thresholds-fact-trough = 低谷
thresholds-trough = UTC { $hour }:00，约每秒 { $low } 个请求
thresholds-fact-spikes = 每天固定
thresholds-spike = UTC { $from }–{ $until }：为前后时段的 { $times } 倍
thresholds-spikes-none = 没有定时出现的尖峰
thresholds-fact-day = 各小时请求量
thresholds-fact-load-unknown = 流量
thresholds-load-unknown = 未知：没有统计其请求，或不足三天

thresholds-rules = 前后对照
thresholds-column-alert = 告警
thresholds-column-now = 现在
thresholds-column-before = 真实 / 误报
thresholds-column-better = 建议
thresholds-column-after = 真实 / 误报
thresholds-column-later = 最多推迟
thresholds-counts = { $true } / { $false }
thresholds-condition = { $symbol } { $threshold }，持续 { $for }
thresholds-condition-hours = { $symbol } { $threshold }，持续 { $for }；UTC { $from }:00–{ $until }:00 为 { $symbol } { $other }
thresholds-keep = 保持不变
thresholds-nothing = –

thresholds-why = 理由
thresholds-why-better = { $alert }：取误报与真实告警之间的中间值
thresholds-why-by-hour = { $alert }：误报总在相同的钟点出现；若全天只用一个阈值，{ $before } 次误报会剩 { $steady } 次
thresholds-why-not-half = { $alert }：有 { $beyond } 次误报达到或超过了 { $at } 那次真实告警的水平（{ $peak }），无法再减少
thresholds-why-inseparable = { $alert }：{ $before } 次误报中有 { $beyond } 次达到或超过了 { $at } 那次真实告警的水平（{ $peak }）：没有阈值能把它们分开
thresholds-why-nothing-false = { $alert }：没有误报
thresholds-why-nothing-confirmed = { $alert }：没有一次告警得到确认，无从知道提高阈值会漏掉什么；请在下面标注哪些是真实的
thresholds-why-no-threshold = { $alert }：没有与数值比较，因此没有可调的阈值
thresholds-why-no-data = { $alert }：整个时段内都没有它所测量的数据
thresholds-why-too-many = { $alert }：测量的序列超过 20 条；请先聚合
thresholds-why-failed = { $alert }：指标源拒绝了查询：{ $why }
thresholds-why-shared = { $alert }：原规则面向所有服务，新规则只针对此服务
thresholds-why-recorded = { $alert }：指标源记录了 { $recorded } 次触发，重新计算为 { $fired } 次；部分时段内规则或数据与现在不同
thresholds-held-out = { $alert }：只用前 20 天选出的阈值，在后 10 天误报由 { $before } 次变为 { $after } 次，漏掉真实告警 { $lost } 次

thresholds-judge = 待评判
thresholds-judge-how = 落在已确认事件中的告警才算真实。请标注下列告警，然后重新查询：
thresholds-judge-item = tawny judge-alert { $service } { $alert } { $at } real，或 false-alarm

thresholds-limits = 可信程度
thresholds-limits-body = 规则按现在的配置每 { $step } 重新计算一次；{ $merged } 内再次触发算作一次；真实告警最多可推迟 { $patience }。阈值是用展示的同一时段选出的。
thresholds-left-out = 此服务另有 { $count } 条规则未考察
thresholds-missing = 未读到：{ $why }
thresholds-footer = 未做任何改动：用 --rules 写出规则文件
