# 部署线程中的变更嫌疑排序结果。
cause-change = 最可能的原因：{ $change }“{ $title }”，作者 { $author }（{ $probability }）
cause-unknown = 无法断定是哪个变更造成的；建议先看 { $change }“{ $title }”，作者 { $author }
cause-unknown-none = 无法断定是哪个变更造成的
cause-elsewhere = 很可能不是本次部署造成的：{ $why }
cause-table = 嫌疑变更
cause-looked-at = 共检查了 { $count } 个变更。
cause-missing-commits = 有 { $count } 个较早的提交未检查。
cause-missing-files = 超大变更中有 { $count } 个文件未检查。
cause-missing-patches = 有 { $count } 个文件的改动内容未读取。
cause-missing-requests = 有 { $count } 个提交未查明来自哪个合并请求。
cause-label-link = 查看
cause-footer = 部署 { $deployment } · { $version }
