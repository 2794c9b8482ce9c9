//! The nine scenarios of the demo as a channel sees them, in both languages: recorded once by `tawny demo`, played through
//! the real channel.

use super::player::{Player, scenario};
use super::workspace::{Kind, Said};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How often what is told: replies in the thread, and what the whole channel sees beside the one parent.
const SCENARIOS: [(&str, usize, usize); 9] = [
    ("error-spike", 4, 1),
    ("latency", 5, 1),
    ("memory-leak", 3, 1),
    // Asked, reminded, and not answered.
    ("pool-leak", 2, 3),
    ("cpu", 3, 1),
    ("crash", 4, 1),
    ("dependency", 3, 1),
    // Success is silent.
    ("healthy", 0, 0),
    ("quiet", 1, 1),
];

#[tokio::test]
async fn the_scenarios_of_the_demo_are_told_as_an_on_call_engineer_wants_to_read_them() {
    for (name, replies, broadcasts) in SCENARIOS {
        for locale in ["en", "zh-CN"] {
            let mut player = Player::in_one_channel(locale).await;
            let mut told = Transcript::default();
            for same in scenario(name).chunk_by(|one, two| one.at == two.at) {
                player.play(same).await;
                let time = same[0].at.strftime("%H:%M:%S").to_string();
                told.add(&time, &player.take());
            }
            let counts = (told.count("reply"), told.count("notice"));
            assert_eq!(told.count("message"), 1, "{name}: one message");
            assert_eq!(counts, (replies, broadcasts), "{name}\n{}", told.text);
            for (text, buttons) in player.slack.shown() {
                let open = name == "quiet";
                // What people think of a cause can always be said.
                let asks = buttons.iter().any(|value| value.contains('/'));
                assert!(!asks || open, "{name}: {text} has {buttons:?}");
            }
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(format!("{name}_{locale}"), told.text);
            });
        }
    }
}

/// Everything that was said, as people read it.
#[derive(Default)]
struct Transcript {
    text: String,
    counts: BTreeMap<&'static str, usize>,
    /// What each message is, by its place.
    messages: Vec<(String, String)>,
}

impl Transcript {
    fn count(&self, what: &str) -> usize {
        self.counts.get(what).copied().unwrap_or(0)
    }

    fn add(&mut self, time: &str, said: &[Said]) {
        for said in said {
            let what = match said.kind {
                Kind::Parent => "message",
                Kind::Reply => "reply",
                Kind::Broadcast => "notice",
                Kind::Edit => "edit",
                Kind::Picture => "picture",
                Kind::Whisper(_) | Kind::Dialog(_) | Kind::Home(_) => {
                    panic!("to one person alone: {said:#?}")
                }
            };
            *self.counts.entry(what).or_default() += 1;
            let of = match said.kind {
                Kind::Edit => {
                    let known = self.messages.iter().find(|(ts, _)| *ts == said.ts);
                    format!("{what} of the {}", known.unwrap().1)
                }
                _ => {
                    let name = match what {
                        "message" => what.to_owned(),
                        _ => format!("{what} at {time}"),
                    };
                    self.messages.push((said.ts.clone(), name));
                    what.to_owned()
                }
            };
            let _ = writeln!(self.text, "--- {time} {of}\n{}", shown(said));
        }
    }
}

/// A message as a person reads it, its first line what stands where there are no blocks.
pub(super) fn shown(said: &Said) -> String {
    let mut out = format!("({})\n", said.text);
    for block in said.blocks.as_array().into_iter().flatten() {
        match block["type"].as_str().unwrap() {
            "header" => {
                let _ = writeln!(out, "# {}", text(&block["text"]));
            }
            "section" => {
                let _ = writeln!(out, "{}", text(&block["text"]));
            }
            "context" => {
                let _ = writeln!(out, "~ {}", text(&block["elements"][0]));
            }
            "actions" => {
                let buttons = block["elements"].as_array().unwrap().iter().map(button);
                let _ = writeln!(out, "{}", buttons.collect::<Vec<_>>().join(" "));
            }
            other => panic!("{other}"),
        }
    }
    out
}

fn text(value: &Value) -> String {
    value["text"].as_str().unwrap().replace('\u{200B}', "")
}

fn button(button: &Value) -> String {
    let label = text(&button["text"]);
    match &button["confirm"] {
        Value::Null => format!("[{label}]"),
        confirm => format!(
            "[{label} → {} {}]",
            text(&confirm["title"]),
            text(&confirm["text"])
        ),
    }
}
