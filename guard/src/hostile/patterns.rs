//! How people speak to a model. Matched against a text in lower case whose blanks are single.

use super::Tactic;
use super::Tactic::{Act, Conceal, Conclude, Override, Reach, Reveal, Role};
use regex::RegexSet;
use std::sync::LazyLock;

const KNOWN: &[(Tactic, &str)] = &[
    (
        Override,
        r"\b(?:ignor\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*|neglect)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|your|system|the|these|those|former|preceding|everything)\b.{0,40}(?:instruction|prompt|rule|guideline|direction|polic|constraint|restriction|told|said|above|orders|before)",
    ),
    // Spelled out letter by letter, and then written as one word.
    (
        Override,
        r"(?:ignore|disregard|forget|override)(?:all)?(?:the|your)?(?:previous|prior|above|earlier|preceding)(?:instruction|prompt|rule|order)",
    ),
    (
        Override,
        r"\b(?:new|updated|real|actual|revised|following|higher[- ]priority) (?:instructions?|directives?|orders|prompt)\b",
    ),
    (
        Override,
        r"\b(?:follow|obey|comply with|carry out|adhere to)\b.{0,20}\b(?:the|these|this|my|below|above|only)\b.{0,20}(?:instruction|command|order|direction|step|rule)",
    ),
    (
        Override,
        r"\b(?:supersedes?|takes? precedence over|replaces?)\b.{0,30}\b(?:instruction|prompt|rule|guideline|previous)",
    ),
    (
        Override,
        r"(?:忽略|无视|忘记|忘掉|忽视|不要理会|不必理会|抛开|覆盖|跳过|绕过|作废).{0,15}(?:之前|以上|上述|上面|前面|先前|此前|所有|一切|你的|系统|全部|原来|原有|任何).{0,12}(?:指令|指示|提示|规则|要求|命令|设定|约束|限制|说明|任务)",
    ),
    (
        Override,
        r"(?:新的|最新的?|真正的|更高优先级的?|以下)(?:系统)?(?:指令|指示|命令|提示词)",
    ),
    (
        Override,
        r"(?:遵循|遵守|服从|听从|按照|执行).{0,8}(?:以下|下列|下面|我的|这些|此|本)(?:.{0,6})(?:指令|指示|命令|步骤|要求)",
    ),
    (
        Role,
        r"\byou(?:'re| are|r) (?:now|no longer|actually|hereby|in (?:developer|debug|admin|god) mode)\b",
    ),
    (
        Role,
        r"\byou are an? (?:\w+ ){0,2}(?:manager|operator|engineer|assistant|bot|model|analyst|expert|admin\w*)\b",
    ),
    (
        Act,
        r"\bapprove (?:the|this|that) (?:rollout|release|deployment|change|request|promotion)\b",
    ),
    (
        Role,
        r"\b(?:act|behave|respond|pretend|roleplay|role play|imagine)\b.{0,12}\b(?:as|to be|you are)\b.{0,30}\b(?:admin\w*|assistant|ai|model|root|operator|sre|analyst|developer|system|unrestricted|dan)\b",
    ),
    (
        Role,
        r"\b(?:dear|attention|hey|hi|hello|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)|hint (?:to|for)|reminder (?:to|for)|addressed to|calling|listen,?)[:,]? (?:the |any |all |our )?(?:ai|llm|language model|assistant|analyst|chatbot|gpt|chatgpt|copilot|agent|tawny|bot|claude|gemini|model|sre agent)s?\b",
    ),
    (
        Role,
        r"\b(?:if|since|because|when|as) (?:you(?:'re| are)? )?(?:an? )?(?:ai|llm|language model|ai assistant|ai model|automated analyst)\b",
    ),
    (
        Role,
        r"\b(?:ai|llm|language model|assistant|analyst|agent|chatbot)s?(?: assistant| agent| analyst| model| reviewer| system)?s?\b.{0,30}\b(?:must|should|shall|please|need to|needs to|have to|has to|are required|is required|are instructed|is instructed)\b",
    ),
    (
        Role,
        r"<\|?/?(?:im_start|im_end|im_sep|system|assistant|user|endoftext|eot_id|start_header_id|end_header_id|tool|begin_of_text)\|?>|\[/?inst\]|<</?sys>>|</?(?:tool_result|tool_response|untrusted|instructions?|function_results?|function_calls|system-reminder)>",
    ),
    (
        Role,
        r"^\W{0,6}(?:system|assistant|developer|user|human)(?: (?:prompt|message|note|override|notice|instruction))?\s?[:：>]",
    ),
    // In the middle of a line, as the turn of somebody else.
    (
        Role,
        r"\b(?:assistant|analyst|user|human)\s?[:：]\s?(?:i|we|you|sure|ok|okay|yes|no|understood|certainly|please)\b",
    ),
    (
        Role,
        r"\b(?:system|developer|admin(?:istrator)?) (?:prompt|message|override|instruction|notice to|note to|directive)s?\b",
    ),
    (
        Role,
        r"\bend of (?:the )?(?:data|logs?|input|context|document|untrusted|tool (?:output|result)|user (?:input|message)|telemetry)\b",
    ),
    (
        Role,
        r"\bwhen(?:ever)? (?:you|the (?:ai|assistant|model|analyst|agent|bot)) (?:read|see|analy[sz]e|summari[sz]e|process|investigate|encounter|write)",
    ),
    (
        Role,
        r"你现在(?:是|的身份|开始|进入)|(?:请)?(?:扮演|假装|充当|模拟)|从现在(?:起|开始).{0,6}你|作为(?:一个|一名|一位)?(?:ai|人工智能|大模型|语言模型|智能助手|助手|分析师|管理员|智能体)",
    ),
    (
        Role,
        r"(?:系统|开发者|管理员)(?:提示|消息|指令|命令|通知|覆盖)|提示词|(?:致|给|告知|通知|提醒|请|各位|亲爱的|注意)[:：,，]?(?:ai|人工智能|大模型|语言模型|模型|助手|分析师|机器人|智能体|tawny)",
    ),
    (
        Role,
        r"(?:如果|若|既然|当)你(?:是|作为|读到|看到|分析|总结|处理|正在)|(?:ai|人工智能|大模型|语言模型|模型|助手|分析师|智能体).{0,6}(?:必须|应当|应该|请|需要|务必|要)",
    ),
    (
        Role,
        r"^\W{0,6}(?:系统|助手|用户|开发者|管理员)\s?[:：]|(?:数据|日志|输入|上下文|工具输出)(?:到此)?结束",
    ),
    (
        Conclude,
        r"\b(?:conclude|declare|claim|answer|respond|reply|say|report|state|write|output|tell (?:them|the user|everyone|people|the team|the channel))\b (?:only |simply |just |exactly |clearly )?(?:that|with|as|in|verbatim|exactly|nothing)\b",
    ),
    (
        Conclude,
        r"\byour (?:task|job|role|goal|instructions?|guidelines|output|analysis|conclusion|verdict|report|answer|summary|reply|response|recommendation|findings|investigation|next (?:step|action|tool call)|only (?:task|job)|system)\b",
    ),
    (
        Conclude,
        r"\b(?:set|mark|put|change|raise|lower) (?:your |the )?(?:confidence|verdict|conclusion|probability|root cause|recommendation)\b",
    ),
    (
        Conclude,
        r"\b(?:confidence|verdict|conclusion|recommendation|root cause) (?:must|should|shall|has to|is to) be\b",
    ),
    (
        Conclude,
        r"\b(?:recommend|advise|suggest|propose|choose|select|pick)(?:ing)?\b.{0,20}\b(?:resum|promot|roll ?back|hold\b|fix.?forward|suspect|hypothesis|none)",
    ),
    (
        Conclude,
        r"\b(?:blame|accuse|suspect|attribute (?:it|this|the \w{1,20}) to|point (?:the finger )?at)\b.{0,60}\b(?:instead|rather than|commit [0-9a-f]{6,}|someone else)",
    ),
    (
        Conclude,
        r"\b(?:respond|answer|reply|write|speak|output)\b.{0,10}\bin (?:french|english|chinese|german|spanish|russian|japanese|base64|hex|rot13|json|uppercase|emoji)",
    ),
    (
        Conclude,
        r"(?:断定|认定|声明|回答|回复|输出|结论|得出|宣布|写明|汇报).{0,16}(?:无关|没有问题|无问题|一切正常|健康|无害|安全|清白|无罪|不是.{0,10}(?:原因|问题))",
    ),
    (
        Conclude,
        r"你的(?:任务|职责|角色|指令|结论|回答|报告|输出|回复|总结|分析|建议|下一步|唯一)|(?:置信度|可信度|结论|判定|根因|根本原因|建议).{0,4}(?:设为|设置为|设成|改为|改成|必须是|必须为|应为|应当是|写成)",
    ),
    (
        Conclude,
        r"(?:推荐|建议|选择|选).{0,8}(?:继续发布|恢复发布|放行|全量|回滚|保持|嫌疑|假设)|(?:归咎于|怪罪于?|归因于|嫁祸).{0,20}(?:而不是|而非|提交|别人|他人)|(?:只|仅|全部|请)?用(?:英文|英语|中文|法语|日语|德语|俄语|base64)(?:回答|回复|作答|输出|书写|写)",
    ),
    (
        Conceal,
        r"\b(?:do not|don't|dont|never|must not|mustn't|avoid|refrain from|stop)\b.{0,20}\b(?:blam\w*|report\w*|mention\w*|suspect\w*|cit(?:e|ing)|investigat\w*|look(?:ing)? at|flag\w*|alert\w*|tell\w*|accus\w*|includ\w*|disclos\w*|call\w*|quer\w*)\b.{0,40}\b(?:this|these|that|commit|change|deployment|pr|pull request|release|author|me|us|incident|anyone|anybody|users?|tools?|anything)\b",
    ),
    (
        Conceal,
        r"\b(?:hide|conceal|omit|leave out|suppress|cover up|withhold)\b.{0,40}\b(?:evidence|commit|change|finding|suspect|hunk|error|this|fact|report)",
    ),
    (
        Conceal,
        r"(?:不要|不得|别|请勿|切勿|禁止|严禁|无需|不必|避免|停止).{0,10}(?:报告|提及|提到|指责|怀疑|怪罪|归咎|引用|调查|告警|通知|告诉|查询|汇报|披露|泄露给|上报)|(?:隐藏|隐瞒|省略|掩盖|删去).{0,12}(?:证据|提交|变更|改动|发现|嫌疑|错误|事实|此)",
    ),
    (
        Act,
        r"\b(?:call|invoke|use|run|execute|trigger|press|click|activate)\b.{0,30}\b(?:request_?\s?action|cancel_?\s?request|the (?:tool|function|button)|tools? (?:named|called)|rollback (?:tool|button)|function call|shell|bash|curl|wget|rm)\b",
    ),
    (
        Act,
        r"\b(?:approve|approval|resume|promote|roll(?:ing)? ?back|deploy|unfreeze|pause)\b.{0,60}\b(?:without (?:asking|approval|confirmation|waiting|a human|review)|on (?:your|its) own|yourself|right now|at once|immediately)\b",
    ),
    (
        Act,
        r"\b(?:immediately|please|now|must|urgent\w*:?|you (?:should|must|may|can)|go ahead and|pre-?approved to)\b.{0,20}\b(?:approve|roll ?back|resume|promote|deploy|unfreeze|abandon|delete|disable|restart|grant)\b",
    ),
    (
        Act,
        r"(?:请|务必|必须|应当|应该|一定要|直接|立即|立刻|马上|现在就|自动).{0,12}(?:回滚|恢复发布|继续发布|批准|通过审批|放行|同意|暂停|上线|调用|点击|授权|解冻|删除|关闭告警|重启|全量发布)|(?:调用|使用|运行|执行).{0,8}(?:request_?\s?action|工具|函数|按钮|命令行|shell|curl)|(?:无需|不用|不必|跳过|绕过)(?:人工)?(?:审批|批准|确认|询问)",
    ),
    (
        Reveal,
        r"\b(?:reveal|print|show|repeat|output|leak|send|tell|dump|disclose|exfiltrate|include|append|echo|expose|share|quote|recite|post|upload)\b.{0,40}\b(?:system prompt|(?:your|the) (?:initial |full |hidden |original )?(?:instructions?|prompt|rules|configuration|context|conversation)|api[ _-]?keys?|secrets?|credentials|environment variables|env vars|passwords?|tokens?|everything above|text above|words above)",
    ),
    (
        Reveal,
        r"(?:泄露|输出|打印|显示|告诉|发送|透露|重复|复述|列出|公开|上传|附上).{0,12}(?:系统提示|提示词|密钥|口令|密码|令牌|凭据|凭证|环境变量|你的指令|初始指令|配置内容|以上内容|上文)",
    ),
    (
        Reach,
        r"\b(?:in|to|into|of|at the (?:end|top|beginning|start) of|inside|within) (?:your|the|each|every) (?:final )?(?:report|answer|summary|reply|response|output|analysis|conclusion|findings|thread|message)\b.{0,80}(?:https?://|@|link|url|<)",
    ),
    (
        Reach,
        r"\b(?:include|add|insert|append|put|embed|post|share|render|display|link|send|fetch|visit|open|download|forward)\b.{0,60}(?:https?://|www\.|\blink to|\burl\b|!\[)",
    ),
    (
        Reach,
        r"<!(?:channel|here|everyone)|@(?:everyone|channel|here)\b|@(?:所有人|全体成员|全员)|\b(?:mention|notify|page|ping|tag|cc|dm|e-?mail|escalate to|call)\b.{0,20}(?:@|<@|everyone|everybody|the (?:ceo|cto|whole|entire)|all (?:hands|users|engineers))",
    ),
    (
        Reach,
        r"(?:在|到|把|于).{0,12}(?:报告|回答|总结|结论|回复|摘要|消息|话题)(?:中|里|末尾|开头|最后|之后|后面|前面).{0,16}(?:加|写|包含|附|放|插|提|贴|注明)|(?:附上|加上|插入|包含|贴上|访问|打开|点击|下载|发送到|转发).{0,20}(?:https?://|链接|网址)|(?:通知|提醒|艾特|呼叫|联系|抄送).{0,8}(?:所有人|全员|全体|总裁|老板|值班经理|@)",
    ),
];

/// The pattern with words that end where ASCII ends: what is written right after Chinese begins a word, too, and texts
/// that are not ASCII are searched as fast as others.
pub(crate) fn ascii_words(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)")
}

pub(super) struct Patterns {
    pub(super) set: RegexSet,
    pub(super) tactics: Vec<Tactic>,
}

#[allow(
    clippy::expect_used,
    reason = "the patterns are constants; without one of them instructions would get in"
)]
pub(super) static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    set: RegexSet::new(KNOWN.iter().map(|(_, pattern)| ascii_words(pattern)))
        .expect("all are patterns"),
    tactics: KNOWN.iter().map(|(tactic, _)| *tactic).collect(),
});
