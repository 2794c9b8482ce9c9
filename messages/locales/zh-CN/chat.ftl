# 仅用于聊天的文案。
chat-cut = 内容过多，其余部分请查看 Tawny 页面。
chat-unknown-person = Tawny 还不认识聊天账号 { $account }。请在页面上或用“tawny say link”说“link”获取绑定码，然后在这里说：“/tawny link 绑定码”。
chat-other-team = 你所在的工作区与 Tawny 应用的工作区不同，因此不能在这里回答。
chat-who-can = 可以回答的人：{ $people }。
chat-nobody-can = 已配置的人员中没有人可以回答。
chat-not-kept = 你的回答未能保存，不作数。请重新点击，或在 Tawny 页面上回答。
chat-unknown-question = 这里已经找不到这个问题，请查看 Tawny 页面。
chat-yes = 是的，执行
