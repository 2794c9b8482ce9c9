use super::*;
use proptest::prelude::*;

fn place(service: &str, environment: Option<&str>) -> Place {
    Place {
        service: ServiceName::new(service).unwrap(),
        environment: environment.map(|name| Environment::new(name).unwrap()),
    }
}

fn version(text: &str) -> Version {
    Version::new(text).unwrap()
}

fn roll_back(target: Target, reason: Option<&str>) -> Order {
    Order::Do {
        command: Command::Rollback,
        target,
        reason: reason.map(str::to_owned),
        break_glass: false,
    }
}

#[test]
fn what_people_type_is_understood_in_every_way_in_which_they_type_it() {
    let of_shop = || Target::Of(place("shop", None));
    let of_prod = || Target::Of(place("shop", Some("prod")));
    let id = DeploymentId::new("dep_1a2b").unwrap();
    let cases = [
        ("", Order::Help(None)),
        ("  help ", Order::Help(None)),
        ("help rollback", Order::Help(Some(Verb::Rollback))),
        ("status", Order::Status(None)),
        ("STATUS shop", Order::Status(Some(place("shop", None)))),
        (
            "status shop@prod",
            Order::Status(Some(place("shop", Some("prod")))),
        ),
        ("rollback", roll_back(Target::Here, None)),
        ("/tawny rollback shop", roll_back(of_shop(), None)),
        ("<@U0BOT> rollback shop in prod", roll_back(of_prod(), None)),
        ("@tawny: rollback shop/prod", roll_back(of_prod(), None)),
        (
            "tawny, rollback dep_1a2b because errors rise",
            roll_back(Target::Deployment(id.clone()), Some("errors rise")),
        ),
        ("`rollback shop`", roll_back(of_shop(), None)),
        ("rollback “shop”", roll_back(of_shop(), None)),
        ("rollback\u{a0}shop\u{200b}", roll_back(of_shop(), None)),
        (
            "回滚 shop 因为 错误 上升",
            roll_back(of_shop(), Some("错误 上升")),
        ),
        (
            "回滚 shop：错误上升",
            roll_back(of_shop(), Some("错误上升")),
        ),
        ("rollback because", roll_back(Target::Here, None)),
        (
            "deploy shop v2.1",
            Order::Deploy(place("shop", None), version("v2.1")),
        ),
        (
            "deploy shop v2.1 in prod",
            Order::Deploy(place("shop", Some("prod")), version("v2.1")),
        ),
        (
            "watch shop@prod v2",
            Order::Watch(place("shop", Some("prod")), version("v2")),
        ),
        ("why", Order::Show(Shown::Why, Target::Here)),
        (
            "it was 8615e91aa because of the pool",
            Order::Blame {
                change: Some("8615e91aa".to_owned()),
                target: Target::Here,
                note: Some("of the pool".to_owned()),
            },
        ),
        (
            "就是 8615e91aa shop@prod",
            Order::Blame {
                change: Some("8615e91aa".to_owned()),
                target: of_prod(),
                note: None,
            },
        ),
        (
            "not this change",
            Order::Blame {
                change: None,
                target: Target::Here,
                note: None,
            },
        ),
        (
            "ask why did `p95` rise: because of the pool?",
            Order::Ask {
                target: Target::Here,
                question: "why did `p95` rise: because of the pool?".to_owned(),
            },
        ),
        (
            "<@U0BOT> ask shop@prod “why only the gray one?”",
            Order::Ask {
                target: of_prod(),
                question: "why only the gray one?".to_owned(),
            },
        ),
        (
            "提问 dep_1a2b：为什么只有灰度实例？",
            Order::Ask {
                target: Target::Deployment(id.clone()),
                question: "为什么只有灰度实例？".to_owned(),
            },
        ),
        (
            "share dep_1a2b answer 3",
            Order::Share {
                target: Target::Deployment(id.clone()),
                answer: Some(3),
            },
        ),
        (
            "share",
            Order::Share {
                target: Target::Here,
                answer: None,
            },
        ),
        (
            "not useful shop",
            Order::Rate {
                useful: false,
                target: of_shop(),
                note: None,
            },
        ),
        (
            "有用",
            Order::Rate {
                useful: true,
                target: Target::Here,
                note: None,
            },
        ),
        ("report shop", Order::Show(Shown::Report, of_shop())),
        (
            "freeze",
            Order::Freeze {
                place: None,
                reason: None,
            },
        ),
        (
            "freeze shop because it is Friday",
            Order::Freeze {
                place: Some(place("shop", None)),
                reason: Some("it is Friday".into()),
            },
        ),
        ("unfreeze shop", Order::Unfreeze(Some(place("shop", None)))),
        (
            "close inc_1a2b because a test",
            Order::Close {
                incident: Some(IncidentId::new("inc_1a2b").unwrap()),
                reason: Some("a test".into()),
            },
        ),
        (
            "关闭 因为 演练",
            Order::Close {
                incident: None,
                reason: Some("演练".into()),
            },
        ),
    ];
    for (text, wanted) in cases {
        let verb = wanted.verb();
        assert_eq!(parse(text), Ok(wanted), "{text}");
        assert!(Verb::ALL.contains(&verb));
    }
}

#[test]
fn what_is_not_understood_is_answered_with_what_was_probably_meant() {
    let no_verb = |word: &str, near| NotUnderstood::NoVerb {
        word: word.to_owned(),
        near,
    };
    let cases = [
        ("rolback shop", no_verb("rolback", Some(Verb::Rollback))),
        ("stauts", no_verb("stauts", Some(Verb::Status))),
        ("hlep", no_verb("hlep", Some(Verb::Help))),
        ("good morning", no_verb("good", None)),
        ("help rolback", no_verb("rolback", Some(Verb::Rollback))),
        ("deploy", NotUnderstood::Incomplete { verb: Verb::Deploy }),
        (
            "deploy shop",
            NotUnderstood::Incomplete { verb: Verb::Deploy },
        ),
        (
            "status shop in",
            NotUnderstood::Incomplete { verb: Verb::Status },
        ),
        (
            "rollback shop now please",
            NotUnderstood::TooMuch {
                verb: Verb::Rollback,
                word: "now".into(),
            },
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(parse(text), Err(wanted), "{text}");
    }
    for text in [
        "status <!channel>",
        "deploy shop ../../etc",
        "rollback dep_…",
    ] {
        assert!(
            matches!(parse(text), Err(NotUnderstood::BadName(_))),
            "{text}"
        );
    }
}

#[test]
fn no_word_stands_for_two_verbs() {
    let mut seen = std::collections::BTreeSet::new();
    for verb in Verb::ALL {
        for word in std::iter::once(verb.as_str()).chain(verb.others().iter().copied()) {
            assert!(seen.insert(word), "{word}");
            assert_eq!(Verb::of(word), Some(*verb));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_line_panics_and_no_answer_repeats_more_than_a_few_words_of_it(text in ".{0,2000}") {
        if let Err(NotUnderstood::NoVerb { word, .. } | NotUnderstood::TooMuch { word, .. }) = parse(&text) {
            prop_assert!(word.chars().count() <= 40);
        }
    }
}
