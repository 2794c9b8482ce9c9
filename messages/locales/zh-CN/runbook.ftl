# 服务部署的操作手册。
runbook-title = 部署操作手册：{ $service } · { $environment }
runbook-free = 没有进行中的部署，也未冻结：可以开始
runbook-busy = 部署 { $id } 正在进行：请等其结束，或让下一个排队
runbook-frozen = 已被 { $by } 冻结：不能开始部署
runbook-footer = 根据配置、记录与当前指标生成 · 时间均为 UTC
runbook-nothing = –
runbook-none-configured = 未配置

runbook-fact-platform = 平台
runbook-on-hosts = { $instances } 个实例，由 Tawny 安装、启动与停止
runbook-observed = 由他人部署；Tawny 只观察与告知
runbook-fact-runs = 当前版本
runbook-version-good = { $version }，已知良好
runbook-version-open = { $version }，尚未证实良好
runbook-version-unknown = Tawny 不知道
runbook-fact-code = 代码
runbook-fact-calls = 调用
runbook-fact-called-by = 被调用

runbook-before = 部署前
runbook-check-free = 没有进行中的部署，也未冻结：tawny status { $service }
runbook-check-data = 每个指标都有数据：tawny check-config
runbook-check-alerts = 当前没有事件：tawny incidents list --open
runbook-check-neighbours = 上下游服务没有在部署：tawny status
runbook-check-people = 值班人员已知晓，观察期间可以联系到
runbook-check-way-back = 退路明确：{ $version } 是最近一个证实良好的版本
runbook-check-no-way-back = 没有已知良好的版本：Tawny 不会自行回退

runbook-migrations = 数据库迁移
runbook-migrations-none = 没有版本被标记为不可逆。
runbook-migrations-known = 回退无法撤销：{ $versions }。Tawny 不会自行越过它们回退。
runbook-migrations-how = 此版本是否改变表结构或数据格式？若是，请在发布前于配置的 versions 下标记 irreversible: true：这样绝不会未经询问就回滚。
runbook-flags = 功能开关
runbook-flags-unknown = Tawny 不掌握功能开关。需切换哪些、何时、由谁：（待填写）

runbook-strategy = 如何发布
runbook-strategy-observed = 由你们自己的流水线发布；开始时告知 Tawny：tawny deploy { $service } VERSION
runbook-go = 下达：tawny deploy { $service } VERSION --wait
runbook-gray = { $instance } 先行，观察 { $duration }，与仍在旧版本上的实例对比
runbook-waves = 然后每批 { $size }，每批观察 { $duration }
runbook-batch-count = { $count ->
   *[other] { $shown } 个实例
}
runbook-batch-share = { $share } % 的实例
runbook-bake = 全部发布后再观察 { $duration }
runbook-autonomy-observe = Tawny 只警告，不会自行暂停或回退
runbook-autonomy-pause = 证据充分时 Tawny 暂停并询问；不会自行回退
runbook-autonomy-rollback = 证据充分时 Tawny 暂停并询问；证据确凿且危害严重时自行回退
runbook-unsure-hold = 某一步结束时仍无定论，则停住并询问
runbook-unsure-promote = 某一步结束时仍无定论，则继续并说明
runbook-question = 询问保留 { $duration }；恢复需 { $resume } 人同意，立即全量需 { $promote } 人；无人回答则保持暂停

runbook-watch = 观察什么
runbook-watch-how = 依据最近一天。持续超过“开始提示”时会警告；超过硬性上限则无论平常如何都算故障。
runbook-watch-none = 没有测量任何指标，或指标源未知
runbook-column-usual = 平常
runbook-column-spread = 九成时间
runbook-column-speaks = 开始提示
runbook-column-warn = 警告上限
runbook-column-hard = 硬性上限
runbook-missing = 未读到：{ $why }

runbook-smoke = 冒烟测试
runbook-smoke-none = 没有配置地址或探测：（待填写）
runbook-smoke-check = 查看结论：tawny health-check { $service }

runbook-back = 回退
runbook-back-order = tawny rollback { $service }，或消息串中的按钮
runbook-back-stop = 逐个实例：新进程收到 SIGTERM，{ $duration }后收到 SIGKILL
runbook-back-stop-own = 逐个实例：用服务自己的命令停止，{ $duration }后收到 SIGKILL
runbook-back-start = 启动仍保留在磁盘上的上一版本（保留 { $kept } 个）；须在 { $duration } 内应答 { $status }
runbook-back-look = 查看进度：tawny status { $service }
runbook-back-elsewhere = Tawny 无法操作 { $service }：请用自己的流水线尽快发布上一版本
runbook-back-tell = 然后告知 Tawny：tawny deploy { $service } 上一版本
runbook-back-cure = 变化的指标在 { $duration } 内被证实恢复正常才算结束；否则事件重新打开
runbook-back-not-undone = 期间写入的内容会保留：数据、消息、已发给他人的内容

runbook-people = 沟通
runbook-fact-owners = 负责人
runbook-fact-on-call = 值班
runbook-fact-channels = 频道
runbook-fact-callers = 依赖它的服务
runbook-tell-before = 部署前：把版本与时间告知负责人与值班人员
runbook-tell-during = 部署中：Tawny 自行告知各频道：一条消息，细节在消息串中，需要决定时才会呼叫
runbook-tell-after = 部署后：若有影响，告知依赖它的团队；报告见 tawny report

runbook-risks = 已知风险
runbook-risks-none = 一无所知：没有它的部署记录
runbook-past-hurt = { $version }（{ $at }）：{ $tier }；{ $outcome }
runbook-past-quiet = 最近 { $count } 次部署都没有造成影响
runbook-risk-calls = 它所调用的服务可能同时拖累它：{ $names }
runbook-risk-called-by = 它出问题也会影响：{ $names }
runbook-mitigation = 更安全：{ $what }

runbook-traffic = 预期流量
runbook-traffic-now = 当前 { $requests }。
