//! The first word of an order.

/// What comes behind a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A service, or none: then all.
    PerhapsService,
    /// A service and a version.
    ServiceAndVersion,
    /// A deployment, or none in its own thread, and a reason if one is wanted.
    Deployment {
        /// Whether a reason may follow.
        reason: bool,
    },
    /// A service, or none: then all; and a reason.
    PerhapsServiceAndReason,
    /// A verb, or none.
    PerhapsVerb,
    /// A code, or none.
    PerhapsCode,
    /// An incident, or none in its own thread, and a reason.
    PerhapsIncidentAndReason,
    /// As a deployment with a reason, and which commit is meant, if not the most suspect one.
    Fix,
    /// A commit, and a deployment, or none in its own thread; and a reason.
    Change,
    /// A deployment, or none in its own thread, and a reason.
    Opinion,
    /// A deployment, or none in its own thread, and a question in any words.
    Question,
    /// A deployment, or none in its own thread, and the number of an answer, or none.
    Answer,
    /// Nothing.
    Nothing,
}

macro_rules! verbs {
    ($($name:ident $word:literal [$($other:literal),*] $takes:expr;)*) => {
        /// What can be wanted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Verb {
            $(#[doc = concat!("`", $word, "`")] $name,)*
        }

        impl Verb {
            /// All of them, in the order of the help.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Other words for the same, in any language.
            #[must_use]
            pub fn others(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($other),*],)* }
            }

            /// What comes behind it.
            #[must_use]
            pub fn takes(self) -> Takes {
                match self { $(Self::$name => $takes,)* }
            }
        }
    };
}

verbs! {
    Status "status" ["st", "状态"] Takes::PerhapsService;
    Deploy "deploy" ["release", "部署", "发布"] Takes::ServiceAndVersion;
    Watch "watch" ["guard", "观察", "监控"] Takes::ServiceAndVersion;
    Rollback "rollback" ["roll-back", "revert", "undo", "回滚"] Takes::Deployment { reason: true };
    Pause "pause" ["stop", "暂停"] Takes::Deployment { reason: true };
    Resume "resume" ["continue", "继续", "恢复"] Takes::Deployment { reason: true };
    Hold "hold" ["keep", "保持"] Takes::Deployment { reason: true };
    Promote "promote" ["全量", "推广"] Takes::Deployment { reason: true };
    Abandon "abandon" ["放弃"] Takes::Deployment { reason: true };
    RevertPr "revert-pr" ["revert-mr", "还原-pr", "还原-mr", "还原请求"] Takes::Fix;
    HotfixPr "hotfix-pr" ["hotfix", "hotfix-mr", "修复-pr", "修复-mr", "修复请求"] Takes::Fix;
    Why "why" ["cause", "suspects", "原因"] Takes::Deployment { reason: false };
    Ask "ask" ["问", "提问"] Takes::Question;
    Share "share" ["分享"] Takes::Answer;
    Report "report" ["health", "报告"] Takes::Deployment { reason: false };
    Timeline "timeline" ["history", "时间线"] Takes::Deployment { reason: false };
    ItWas "it-was" ["blame", "就是"] Takes::Change;
    NotThis "not-this" ["not-this-change", "innocent", "无关"] Takes::Opinion;
    Useful "useful" ["helpful", "有用"] Takes::Opinion;
    NotUseful "not-useful" ["useless", "没用"] Takes::Opinion;
    Close "close" ["关闭"] Takes::PerhapsIncidentAndReason;
    Stats "stats" ["trust", "统计"] Takes::PerhapsService;
    Freeze "freeze" ["lock", "冻结"] Takes::PerhapsServiceAndReason;
    Unfreeze "unfreeze" ["unlock", "thaw", "解冻"] Takes::PerhapsService;
    OnCall "oncall" ["on-call", "who", "值班"] Takes::PerhapsService;
    Link "link" ["绑定", "关联"] Takes::PerhapsCode;
    Unlink "unlink" ["解绑"] Takes::Nothing;
    Help "help" ["?", "帮助"] Takes::PerhapsVerb;
}

impl Verb {
    /// The verb that a word stands for, however it is capitalised.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        let same = |verb: &&Self| verb.as_str() == word || verb.others().contains(&word.as_str());
        Self::ALL.iter().find(same).copied()
    }

    /// The verb that was probably meant by a word that is none: at most two letters lie between them, and fewer in
    /// short words.
    #[must_use]
    pub fn near(word: &str) -> Option<Self> {
        let word: String = word.to_lowercase().chars().take(20).collect();
        let allowed = match word.chars().count() {
            0..=2 => 0,
            3..=4 => 1,
            _ => 2,
        };
        let apart = |known: &str| strsim::osa_distance(&word, known);
        let nearest = |verb: &Self| {
            let others = verb.others().iter().map(|other| apart(other));
            others
                .chain([apart(verb.as_str())])
                .min()
                .unwrap_or(usize::MAX)
        };
        let words = Self::ALL.iter().map(|verb| (nearest(verb), *verb));
        let (apart, verb) = words.min_by_key(|(apart, _)| *apart)?;
        (apart <= allowed).then_some(verb)
    }
}
