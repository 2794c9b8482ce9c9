# 仅用于聊天的文案。
chat-cut = 内容过多，其余部分请查看 Tawny 页面。
chat-unknown-person = Tawny 还不认识聊天账号 { $account }。请在页面上或用“tawny say link”说“link”获取绑定码，然后在这里说：“/tawny link 绑定码”。
chat-other-team = 你所在的工作区与 Tawny 应用的工作区不同，因此不能在这里回答。
chat-who-can = 可以回答的人：{ $people }。
chat-nobody-can = 已配置的人员中没有人可以回答。
chat-not-kept = 你的回答未能保存，不作数。请重新点击，或在 Tawny 页面上回答。
chat-unknown-question = 这里已经找不到这个问题，请查看 Tawny 页面。
chat-yes = 是的，执行
# 询问理由的对话框。
dialog-reason = 理由
dialog-reason-hint = 所有人都会在讨论串中看到，并会留存记录。
dialog-evidence = 最近一次测量在 { $measured }前。发现的问题最近一次变化在 { $found }前。
dialog-evidence-nothing = 最近一次测量在 { $measured }前。没有仍未解决的发现。
dialog-evidence-recorded = 发现的问题最近一次变化在 { $found }前。最近一次测量的时间由另一台服务器掌握。
dialog-evidence-unknown = 没有仍未解决的发现。这里不知道最近一次测量的时间。
dialog-too-short = 请至少写 { $least } 个字符。
dialog-not-opened = 无法打开填写理由的对话框。请再点一次，或在讨论串中说：{ $choice } 因为 …
chat-choices = 可以回答：{ $choices }。

# 聊天工具中 Tawny 自己的主页。
home-title = Tawny
home-nothing-asked = 没有等待回答的问题。
home-asked-count = { $count } 个部署正在等待回答。
home-asked = 等待回答
home-question = { $said }，请在 { $until } 前回答
home-thread = { $lead } 的讨论串
home-page = { $lead } 的页面
home-services = 服务
home-recent = 最近的部署
home-deployed = { $at } · { $said }
home-footer = 截至 { $at } · 每次打开时更新 · 时间为 UTC
dialog-glass = 破窗操作
dialog-glass-means = 您将越过由谁答复的规则。操作立即执行，并连同您的原因告知所有人。

# 图表中的文字，以及为看不到图表的人提供的说明。
chart-title = { $signal } · { $lead }
chart-deployed = 部署
chart-began = 开始变化
chart-limit = 限值 { $limit }
chart-before = 部署前，所有实例
chart-changed = 已变更的实例
chart-unchanged = 同期未变更的实例
chart-tolerated = 容忍范围
chart-asked = 询问
chart-back = 旧版本已恢复
chart-alt-nothing = 未发现异常。
chart-alt = { $lead } 的 { $signal }：此前 { $before }，现在 { $after }。
chart-alt-over = { $lead } 的 { $signal }：此前 { $before }，发现时 { $meanwhile }，现在 { $after }。
chart-alt-after = 部署 { $after }后开始变化。
chart-alt-before = 部署前 { $before }开始变化。
chart-alt-limit = 限值为 { $limit }。
chart-alt-beyond = 已超出限值 { $limit }。
chat-called = 值班：
