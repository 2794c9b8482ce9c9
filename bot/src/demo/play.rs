//! The course of the demo.

use super::alerts;
use super::error::DemoError;
use super::narrate::{self, Narrator};
use super::person::Person;
use super::report::{self, Played};
use super::scenario::{Answer, Course, Scenario};
use super::settings::PERSON;
use super::world::{LOOK_EVERY, Setup, World};
use super::{Arguments, inject};
use crate::cli::Exit;
use engine::ledger;
use guard::approval::Standing;
use guard::event::{Event, PauseReason};
use guard::ids::{DeploymentId, PersonId};
use guard::state::{Cure, State, Status};
use jiff::Timestamp;
use messages::Locale;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long it is held where somebody does.
const HELD: Duration = Duration::from_secs(900);
/// How long a question stays open when nobody will answer it.
const UNANSWERED: Duration = Duration::from_secs(12);
/// How long it stays open when somebody may.
const ANSWERABLE: Duration = Duration::from_secs(900);
/// A person needs a moment to read.
const READING: Duration = Duration::from_secs(2);
/// Longest time for everything after the watch of the gray instance, without a person.
const ENDS_WITHIN: Duration = Duration::from_secs(125);
/// What scrapes add to the time before the deployment, and to that in which the gray instance is watched, at most.
const LONGEST_WARM_UP: Duration = Duration::from_secs(45);
const LONGEST_BAKE: Duration = Duration::from_secs(75);

/// Plays the whole demo.
pub(super) async fn play(arguments: &Arguments, json: bool) -> Result<Exit, DemoError> {
    let (dir, _temporary) = folder(arguments)?;
    let narrator = Narrator::new();
    narrator.say("starting Prometheus, Tawny and four instances of a small shop, version v1…");
    let setup = setup(arguments);
    // Asked for before anything runs: what was started is taken away whenever the end comes.
    let interrupt = interrupt();
    let world = World::start(&setup, &dir, &interrupt).await?;
    narrator.say(&format!(
        "page: {}   prometheus: {}",
        world.server.url, world.prometheus_url
    ));
    let played = tokio::select! {
        played = course(arguments, &setup, &world, &narrator) => played,
        () = interrupt.cancelled() => Err(DemoError::Interrupted),
    };
    let exit = match played {
        Ok(played) => conclude(arguments, &world, &played, &narrator, json).await,
        Err(error) => Err(error),
    };
    if arguments.keep && !interrupt.is_cancelled() {
        narrator.say("everything keeps running until Ctrl-C");
        interrupt.cancelled().await;
    }
    world.stop().await;
    exit
}

/// Cancelled when the process is told to end.
fn interrupt() -> CancellationToken {
    let token = CancellationToken::new();
    let told = token.clone();
    tokio::spawn(async move {
        crate::shutdown::signal().await;
        told.cancel();
    });
    token
}

fn folder(arguments: &Arguments) -> Result<(PathBuf, Option<tempfile::TempDir>), DemoError> {
    let failed = DemoError::io("making the demo's folder");
    match &arguments.dir {
        Some(dir) => std::fs::create_dir_all(dir)
            .and_then(|()| dir.canonicalize())
            .map(|dir| (dir, None))
            .map_err(failed),
        None => {
            let made = tempfile::Builder::new()
                .prefix("tawny-demo-")
                .tempdir()
                .map_err(failed)?;
            // With --keep, people look into the files afterwards.
            if arguments.keep {
                Ok((made.keep(), None))
            } else {
                Ok((made.path().to_owned(), Some(made)))
            }
        }
    }
}

/// Six scrapes, as long as that does not take too long: nobody watches a demo for more than four minutes.
fn some_scrapes(interval: Duration, longest: Duration) -> Duration {
    (interval * 6).min(longest)
}

fn setup(arguments: &Arguments) -> Setup {
    Setup {
        scenario: arguments.scenario,
        seed: arguments.seed,
        interval: arguments.interval,
        gray_bake: if arguments.no_fault {
            HELD
        } else {
            Duration::from_secs(arguments.scenario.gray_bake_s())
                + some_scrapes(arguments.interval, LONGEST_BAKE)
        },
        approval_expiry: if arguments.answer == Some(Answer::None) {
            UNANSWERED
        } else {
            ANSWERABLE
        },
        alerts: arguments.alerts,
        model: arguments
            .model
            .clone()
            .map(|model| (model, arguments.model_name.clone())),
    }
}

async fn course(
    arguments: &Arguments,
    setup: &Setup,
    world: &World,
    narrator: &Narrator,
) -> Result<Played, DemoError> {
    narrator.say("customers are coming; measuring what is normal…");
    let course = arguments.scenario.course(arguments.seed);
    let was_there = if arguments.scenario.begins_before() && !arguments.no_fault {
        fault(world, &course, narrator).await?
    } else {
        None
    };
    let warm_up = Duration::from_secs(arguments.scenario.warm_up_s());
    sleep(warm_up + some_scrapes(setup.interval, LONGEST_WARM_UP)).await;
    let id = world.deploy().await?;
    let follower = narrator.follow(&world.server.engine, &id, Locale::En);
    wait_for(
        world,
        &id,
        "the gray instance",
        Duration::from_secs(60),
        |state| state.bake_until().is_some() || state.ended(),
    )
    .await?;
    let fault_at = if arguments.no_fault {
        hand_over(world, &id)?
    } else if was_there.is_some() {
        // The new process is on the same bad machine.
        stays(world, &course).await?;
        was_there
    } else {
        fault(world, &course, narrator).await?
    };
    let outcome = follow(arguments, setup, world, &id, narrator).await?;
    follower.abort();
    if arguments.alerts && !arguments.no_fault && arguments.scenario.alerts() {
        narrator.say("waiting for the alert of the same fault…");
        alerts::joined(world, &id, setup.interval).await?;
    }
    Ok(Played {
        deployment: id,
        fault_at,
        outcome,
    })
}

/// Tells whoever injects by hand where to do it.
fn hand_over(world: &World, id: &DeploymentId) -> Result<Option<Timestamp>, DemoError> {
    let fault_urls: serde_json::Map<String, serde_json::Value> = world
        .places
        .iter()
        .map(|place| {
            (
                place.id.clone(),
                format!("http://{}/faults", place.faults).into(),
            )
        })
        .collect();
    let instance_urls: serde_json::Map<String, serde_json::Value> = world
        .places
        .iter()
        .map(|place| (place.id.clone(), format!("http://{}", place.listen).into()))
        .collect();
    let until = guard::timer::after(Timestamp::now(), HELD.as_secs_f64());
    narrate::document(&serde_json::json!({
        "ready": true,
        "server_url": world.server.url,
        "token_file": world.token_file,
        "prometheus_url": world.prometheus_url,
        "fault_urls": fault_urls,
        "instance_urls": instance_urls,
        "deployment_id": id,
        "repository": world.repository.as_ref().map(|repository| &repository.path),
        "gray_until": format!("{until:.3}"),
    }));
    Ok(None)
}

async fn fault(
    world: &World,
    course: &Course,
    narrator: &Narrator,
) -> Result<Option<Timestamp>, DemoError> {
    if let Some(factor) = course.more_customers {
        sleep(Duration::from_secs_f64(course.fault_after_s)).await;
        let rps = world.more_customers(factor)?;
        narrator.say(&format!("more customers come: {rps:.0} requests a second"));
        return Ok(Some(Timestamp::now()));
    }
    let (Some(injection), Some(place)) = (&course.injection, world.faulty()) else {
        return Ok(None);
    };
    sleep(Duration::from_secs_f64(course.fault_after_s)).await;
    let at = inject::inject(place, injection).await?;
    narrator.say(&format!(
        "fault injected into {}: {} {:.2}",
        place.id, injection.kind, injection.intensity
    ));
    Ok(Some(at))
}

/// The same fault once more, in the process that has taken the place of the one in which it was.
async fn stays(world: &World, course: &Course) -> Result<(), DemoError> {
    if let (Some(injection), Some(place)) = (&course.injection, world.faulty()) {
        inject::inject(place, injection).await?;
    }
    Ok(())
}

/// Follows the deployment to its outcome, answering as told.
async fn follow(
    arguments: &Arguments,
    setup: &Setup,
    world: &World,
    id: &DeploymentId,
    narrator: &Narrator,
) -> Result<String, DemoError> {
    let waits_for_people =
        arguments.no_fault || (arguments.answer.is_none() && arguments.scenario.asks());
    let limit = if waits_for_people {
        HELD + ENDS_WITHIN
    } else {
        setup.gray_bake + ENDS_WITHIN
    };
    // Too little was seen: it is held before promotion, and that is all there is to see.
    let unsure = |state: &State| {
        let held = matches!(state.paused(), Some(PauseReason::Unsure { .. }));
        (arguments.scenario == Scenario::Quiet && held).then_some("held")
    };
    let outcome = |state: &State| unsure(state).or_else(|| outcome(state));
    let state = wait_for(world, id, "an outcome", limit, |state| {
        state.open_approval().is_some() || outcome(state).is_some()
    })
    .await?;
    if let Some(outcome) = outcome(&state) {
        return Ok(outcome.to_owned());
    }
    match arguments.answer {
        Some(answer @ (Answer::Rollback | Answer::Resume | Answer::Hold)) => {
            press(world, id, answer, narrator).await?;
        }
        Some(Answer::None) => narrator.say("nobody answers…"),
        None => invite(world, id, narrator).await?,
    }
    let state = wait_for(world, id, "an outcome", limit, |state| {
        outcome(state).is_some()
    })
    .await?;
    Ok(outcome(&state).unwrap_or_default().to_owned())
}

async fn press(
    world: &World,
    id: &DeploymentId,
    answer: Answer,
    narrator: &Narrator,
) -> Result<(), DemoError> {
    let choice = match answer {
        Answer::Rollback => "rollback",
        Answer::Resume => "resume",
        Answer::Hold | Answer::None => "hold",
    };
    sleep(READING).await;
    let link = link(world).await?;
    let mut person = Person::login(&world.server.url, &link).await?;
    narrator.say(&format!(
        "a simulated person opens the page and presses `{choice}`"
    ));
    person.press(id.as_str(), choice).await
}

async fn invite(world: &World, id: &DeploymentId, narrator: &Narrator) -> Result<(), DemoError> {
    let link = link(world).await?;
    narrator.say("Tawny waits for you. Open this link once, and decide:");
    narrate::line(&format!(
        "\n    {link}\n\n  then {}/deployments/{id}\n",
        world.server.url
    ));
    Ok(())
}

async fn link(world: &World) -> Result<String, DemoError> {
    let person = PersonId::new(PERSON).map_err(|error| DemoError::Config(error.to_string()))?;
    world
        .server
        .page
        .login_link(&person)
        .await
        .map(|(link, _)| link)
        .map_err(|error| DemoError::person("get a link", &error))
}

/// The outcome, once there is one: a rollback counts when its cure is proven, or has failed to show.
pub(super) fn outcome(state: &State) -> Option<&'static str> {
    match (state.status(), state.cure()) {
        (Status::RolledBack, Cure::Confirmed { .. } | Cure::Failed { .. }) => {
            return Some("rolled_back");
        }
        (Status::Promoted, _) => return Some("promoted"),
        (Status::Failed, _) => return Some("failed"),
        _ => {}
    }
    let last = state.approvals().max_by_key(|record| record.asked_at)?;
    match (&last.standing, state.status()) {
        (Standing::Answered { choice, .. }, _) => match choice {
            guard::approval::Choice::Resume => Some("resumed"),
            guard::approval::Choice::Hold => Some("held"),
            guard::approval::Choice::Rollback
            | guard::approval::Choice::Promote
            | guard::approval::Choice::Abandon
            | guard::approval::Choice::Pause => None,
        },
        (Standing::Expired { .. }, Status::Paused) => Some("expired"),
        _ => None,
    }
}

async fn wait_for(
    world: &World,
    id: &DeploymentId,
    what: &'static str,
    limit: Duration,
    done: impl Fn(&State) -> bool,
) -> Result<State, DemoError> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(state) = ledger::state(world.server.engine.reader(), id).await?
            && done(&state)
        {
            return Ok(state);
        }
        if Instant::now() > deadline {
            return Err(DemoError::TooLong {
                what,
                seconds: limit.as_secs(),
            });
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn conclude(
    arguments: &Arguments,
    world: &World,
    played: &Played,
    narrator: &Narrator,
    json: bool,
) -> Result<Exit, DemoError> {
    let report = report::report(arguments, world, played).await?;
    if let Some(explained) = &report.explained {
        narrate::line(&format!("\n{explained}\n"));
    }
    narrator.say(&report.summary());
    if json {
        narrate::document(&report.document);
    }
    Ok(if report.as_expected {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// The first moment at which an event of this kind was journalled.
pub(super) fn first(
    records: &[guard::event::Recorded],
    wanted: impl Fn(&Event) -> bool,
) -> Option<Timestamp> {
    records
        .iter()
        .find(|record| wanted(&record.event))
        .map(|record| record.at)
}
