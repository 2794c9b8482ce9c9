//! `tawny suspects --case DIR`: which of these changes did it, if it was one of them?

use super::{Exit, output};
use guard::suspects::{Case, Ranking, rank};
use messages::layout::{plain, terminal};
use messages::{Context, Locale};
use serde::Serialize;
use std::path::PathBuf;

mod read;

pub(super) use read::read;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder with case.json, changes.jsonl, symptoms.json and, if it is known, context.json.
    #[arg(long, value_name = "DIR")]
    case: PathBuf,
    /// The language of the answer: en or zh-CN.
    #[arg(long, env = "TAWNY_LANG", value_name = "LANG")]
    lang: Option<String>,
}

#[derive(Debug, Serialize)]
struct View<'a> {
    case: &'a str,
    verdict: &'static str,
    probability: f64,
    because: Vec<String>,
    ranking: &'a [String],
    suspects: Vec<SuspectView<'a>>,
}

#[derive(Debug, Serialize)]
struct SuspectView<'a> {
    id: &'a str,
    score: f64,
    probability: f64,
    reasons: Vec<String>,
    hunks: Vec<HunkView<'a>>,
}

#[derive(Debug, Serialize)]
struct HunkView<'a> {
    path: &'a str,
    lines: String,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Exit {
    let case = match read(&arguments.case) {
        Ok(case) => case,
        Err(error) => {
            if json {
                output::document(
                    "suspects",
                    &serde_json::json!({ "error": error.to_string() }),
                );
            }
            output::failed(&error);
            return Exit::Usage;
        }
    };
    let ranking = rank(&case);
    let tag = arguments.lang.as_deref().and_then(Locale::from_tag);
    let context = Context {
        locale: tag.unwrap_or_default(),
        now: jiff::Timestamp::UNIX_EPOCH,
        base_url: None,
    };
    if json {
        output::document("suspects", &view(&case, &ranking, &context));
    } else {
        let colour = if output::colour() {
            terminal::Colour::On
        } else {
            terminal::Colour::Off
        };
        let document = messages::suspects::document(&case, &ranking, &context);
        output::line(terminal::document(&document, colour).trim_end());
    }
    Exit::Done
}

fn view<'a>(case: &'a Case, ranking: &'a Ranking, context: &Context) -> View<'a> {
    let suspects = ranking.suspects.iter().map(|suspect| SuspectView {
        id: &suspect.id,
        score: suspect.score,
        probability: suspect.probability,
        reasons: suspect
            .reasons
            .iter()
            .map(|reason| plain::text(&messages::suspects::reason(reason, context)))
            .collect(),
        hunks: suspect
            .hunks
            .iter()
            .map(|place| HunkView {
                path: &place.path,
                lines: place.lines(),
            })
            .collect(),
    });
    let elsewhere = ranking.elsewhere.iter();
    View {
        case: &case.deployment.id,
        verdict: ranking.verdict.as_str(),
        probability: ranking.probability,
        because: elsewhere
            .map(|why| plain::text(&messages::suspects::elsewhere(why, context)))
            .collect(),
        ranking: &ranking.order,
        suspects: suspects.collect(),
    }
}
