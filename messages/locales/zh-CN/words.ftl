# 其他文案都由这些词和单位组成。
list-separator = 、
clause-separator = ；
sentence-separator = { "" }
listed-and-more = { $listed } 等，另有 { $count } 项
and-more = 另有 { $count } 项
quoted = “{ $text }”
reason-given = { $said }，理由：“{ $reason }”
from-to = { $from } → { $to }
range = { $low } 至 { $high }
lead = { $service } · { $environment } · { $version }

no-value = 无数值
unit-percent = { $number } %
unit-points = { $number } 个百分点
unit-milliseconds = { $number } ms
unit-seconds = { $number } s
unit-cores = { $number } 核
unit-per-second = { $number }/秒
unit-count = { $number }
unit-bytes = { $number } B
unit-kibibytes = { $number } KiB
unit-mebibytes = { $number } MiB
unit-gibibytes = { $number } GiB
unit-tebibytes = { $number } TiB
unit-other = { $number } { $unit }
duration-milliseconds = { $number } 毫秒
duration-seconds = { $number } 秒
duration-minutes = { $number } 分钟
duration-hours = { $number } 小时
duration-days = { $number } 天
duration-two = { $first } { $second }

status-pending = 待开始
status-queued = 正在排队，前面是 { $behind }（{ $version }）
turn-lost-rolled-back = 前面的 { $behind }（{ $version }）已回滚，而它很可能包含同样的变更
turn-lost-failed = 前面的 { $behind }（{ $version }）发布失败，而它很可能包含同样的变更
turn-lost-abandoned = 前面的 { $behind }（{ $version }）已被放弃，而它很可能包含同样的变更
turn-lost-superseded = 前面的 { $behind }（{ $version }）在全量之前已被取代
status-progressing = 发布中
status-paused = 已暂停
status-promoted = 已全量
status-rolled-back = 已回滚
status-rolling-back = 回滚中
status-failed = 失败
status-superseded = 已被取代

verdict-healthy = 健康
verdict-healthy-meaning = 指标没有变化；若有超出容忍度的变化，一定已被发现
verdict-degraded = 劣化
verdict-degraded-meaning = 至少一个指标的变化超出了容忍度
verdict-inconclusive = 尚无定论
verdict-inconclusive-meaning = 未见异常，但数据太少，还不能下结论
verdict-unmeasured = 无数据
verdict-unmeasured-meaning = 取不到新版本的指标，既不代表好，也不代表坏
verdict-none = 尚未判定
verdict-none-meaning = 观察刚刚开始

tier-quiet = 无告警
tier-warn = 一级：告警
tier-pause = 二级：暂停并询问
tier-rollback = 三级：回滚并告知

choice-rollback = 回滚
choice-resume = 继续
choice-hold = 保持暂停
choice-promote = 立即全量
choice-abandon = 放弃发布
choice-resume-promoted = 接受
choice-hold-promoted = 维持现状
choice-pause = 暂停
choice-judge = 评判
choice-revert-pr = 发起还原 PR
choice-hotfix-pr = 起草修复 PR

role-responder = 值班响应者（responder）
role-operator = 操作者（operator）

comparison-canary-vs-stable = 灰度实例与同一时刻的稳定实例对比
comparison-before-vs-after = 所有实例与自身历史对比

attribution-change = 本次变更
attribution-dependency = 依赖服务
attribution-load = 流量变化
attribution-unknown = 尚不清楚

scope-group = 所有已变更实例
signal-on-instance = { $signal }（实例 { $instance }）
signal-at = { $signal } { $current }

action-step = 第 { $step } 步
action-promote = 全量发布
action-rollback = 回滚
action-unknown = 某个操作
action-goes = { $action }：{ $version } 部署到 { $count } 个实例
version-unknown = 未知版本
version-none = 无
version-first = { $to }（首次发布）

confidence-highest = 99.99 % 以上
finding-short = { $signal } { $baseline } → { $current }，始于 { $since }
finding-short-instance = { $signal }（实例 { $instance }）{ $baseline } → { $current }，始于 { $since }
finding-sentence = { $short }：变化 { $effect }（95 % 区间 { $interval }），数据时长 { $window }，置信度 { $confidence }；{ $comparison }；归因：{ $attribution }
circumstance-older = 变更之前就已如此：自 { $since } 起为 { $level }
circumstance-traffic = 自 { $since } 起流量由 { $before } 增至 { $now }
circumstance-called = 所调用的 { $service } 自 { $at } 起正在部署 { $version }（{ $deployment }）
circumstance-caller = 调用方 { $service } 自 { $at } 起正在部署 { $version }（{ $deployment }）
finding-meanwhile = { $said }；同期情况：{ $circumstances }
finding-basis = { $comparison }，数据时长 { $window }，置信度 { $confidence }；归因：{ $attribution }
effect-with-interval = { $effect }（95 %：{ $interval }）
finding-open = 仍在持续
finding-limit = 超过硬阈值
finding-severe = 严重
finding-accepted = 已被接受
finding-cured = 已恢复正常
finding-ended = { $at } 恢复
finding-flapping = { $standing }，反复抖动 ×{ $count }

table-findings = 发生变化的指标
table-cured = 已恢复的指标
table-instances = 实例
column-signal = 指标
column-where = 范围
column-values = 基线 → 当前
column-effect = 变化量
column-since = 始于
column-standing = 状态
column-now = 当前
column-left = 残余变化
column-instance = 实例
column-version = 版本
instance-new = 新版本
instance-old = 旧版本
instance-changing = 变更中
