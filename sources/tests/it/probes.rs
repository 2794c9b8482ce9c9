//! Probes against a double, a port and real commands.

use std::time::{Duration, Instant};

use sources::metrics::SecretString;
use sources::probes::{Check, CommandCheck, HttpCheck, Outcome, Probe, ProbeOptions, TcpCheck};
use tokio::net::TcpListener;

use crate::double::{Double, Reply};

fn options() -> ProbeOptions {
    ProbeOptions {
        attempts: 1,
        first_wait: Duration::from_millis(1),
        timeout: Duration::from_secs(20),
        interval: Duration::from_secs(1),
    }
}

fn http(url: &str, expected: u16, headers: &[(&str, &str)]) -> Check {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let headers: Vec<(String, SecretString)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    Check::Http(HttpCheck::new(url, expected, &headers).unwrap())
}

fn shell(script: &str) -> CommandCheck {
    CommandCheck {
        program: ["sh", "-c", script].map(str::to_owned).to_vec(),
        env: Vec::new(),
        dir: ".".into(),
        good_code: Some(0),
    }
}

async fn of(check: Check, options: ProbeOptions) -> (Outcome, u32) {
    let checked = Probe::new("k", check, options).check().await;
    (checked.outcome, checked.attempts)
}

async fn printed(script: &str) -> Outcome {
    let check = CommandCheck {
        good_code: None,
        ..shell(script)
    };
    of(Check::Command(check), options()).await.0
}

#[track_caller]
fn bad(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Bad(reason) | Outcome::NoNumber(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_expected_status_is_good_and_any_other_is_named() {
    let double = Double::script(vec![Reply::html(503, "no"), Reply::html(204, "")]).await;
    let (outcome, _) = of(http(&double.url, 204, &[]), options()).await;
    assert_eq!(bad(&outcome), "status 503, expected 204");
    let (outcome, _) = of(http(&double.url, 204, &[("x-key", "s3cret")]), options()).await;
    assert_eq!(outcome, Outcome::Good);
    assert!(double.seen()[1].has_header("x-key: s3cret"));
}

#[tokio::test]
async fn a_failure_that_a_second_attempt_heals_is_no_failure() {
    let double = Double::script(vec![
        Reply::HangUp,
        Reply::html(500, ""),
        Reply::html(200, ""),
    ])
    .await;
    let patient = ProbeOptions {
        attempts: 3,
        ..options()
    };
    let found = of(http(&double.url, 200, &[]), patient).await;
    assert_eq!(found, (Outcome::Good, 3));
}

#[tokio::test]
async fn a_redirect_is_not_followed_anywhere() {
    let elsewhere = Double::script(vec![Reply::html(200, "")]).await;
    let away = Reply::html(302, "").with("location", elsewhere.url.clone());
    let double = Double::script(vec![away]).await;
    let (outcome, _) = of(http(&double.url, 200, &[]), options()).await;
    assert_eq!(bad(&outcome), "status 302, expected 200");
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_server_that_stays_silent_or_stalls_is_bad_after_its_time() {
    let double = Double::script(vec![Reply::Silence, Reply::Stalls("x".into())]).await;
    let hurried = ProbeOptions {
        timeout: Duration::from_millis(200),
        ..options()
    };
    for _ in 0..2 {
        let (outcome, _) = of(http(&double.url, 200, &[]), hurried.clone()).await;
        assert_eq!(bad(&outcome), "no answer within 0.2 s");
    }
}

#[tokio::test]
async fn secrets_of_a_probe_are_in_no_debug_output() {
    let check = http(
        "http://ann:pw-secret@localhost/",
        200,
        &[("x", "head-secret")],
    );
    let mut command = shell("true");
    command.env = vec![("KEY".into(), "env-secret".into())];
    let shown = format!("{check:?} {:?}", Check::Command(command));
    assert!(!shown.contains("-secret"), "{shown}");
    assert!(HttpCheck::new("file:///etc/passwd", 200, &[]).is_err());
    assert!(HttpCheck::new("not a url", 200, &[]).is_err());
}

#[tokio::test]
async fn an_open_port_is_good_and_a_closed_one_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let tcp = || {
        Check::Tcp(TcpCheck {
            host: "localhost".into(),
            port,
        })
    };
    assert_eq!(of(tcp(), options()).await.0, Outcome::Good);
    drop(listener);
    let (outcome, _) = of(tcp(), options()).await;
    assert!(bad(&outcome).contains("refused"), "{outcome:?}");
}

#[tokio::test]
async fn an_exit_code_decides_and_the_last_complaint_is_told() {
    let check = |script: &str| of(Check::Command(shell(script)), options());
    assert_eq!(check("exit 0").await.0, Outcome::Good);
    let (outcome, _) = check("echo fine; echo broken >&2; exit 3").await;
    assert_eq!(bad(&outcome), "exit code 3, expected 0: broken");
    let (outcome, _) = check("kill -9 $$").await;
    assert!(bad(&outcome).contains("signal: 9"), "{outcome:?}");
    let missing = CommandCheck {
        program: vec!["/does/not/exist".into()],
        ..shell("")
    };
    let (outcome, _) = of(Check::Command(missing), options()).await;
    assert!(bad(&outcome).contains("cannot be started"), "{outcome:?}");
}

#[tokio::test]
async fn a_number_is_the_last_line_and_no_number_is_no_zero() {
    assert_eq!(
        printed("echo checking; echo 0.25").await,
        Outcome::Number(0.25)
    );
    assert_eq!(printed("echo 0").await, Outcome::Number(0.0));
    for (script, why) in [
        ("true", "printed ``, expected a number"),
        ("echo NaN", "printed `NaN`, expected a number"),
        ("echo 3 apples", "printed `3 apples`, expected a number"),
        (
            "echo 5; echo away >&2; exit 1",
            "exit code 1, no number: away",
        ),
    ] {
        let outcome = printed(script).await;
        assert!(matches!(outcome, Outcome::NoNumber(_)), "{outcome:?}");
        assert_eq!(bad(&outcome), why);
    }
}

#[tokio::test]
async fn a_command_sees_nothing_of_our_surroundings_but_what_it_was_given() {
    let mut check = shell("env | cut -d= -f1 | sort | tr '\\n' ' ' >&2; exit 1");
    check.env = vec![("TAWNY_INSTANCE".into(), "shop-1".into())];
    let (outcome, _) = of(Check::Command(check), options()).await;
    let (_, names) = bad(&outcome).split_once(": ").unwrap();
    let known = [
        "HOME",
        "LANG",
        "PATH",
        "PWD",
        "SHLVL",
        "TAWNY_INSTANCE",
        "_",
        "OLDPWD",
    ];
    assert!(names.contains("TAWNY_INSTANCE"), "{names}");
    for name in names.split_whitespace() {
        assert!(known.contains(&name), "{name}");
    }
}

/// Whether a process with this number runs; a zombie does not.
fn runs(pid: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    status.is_ok_and(|stat| !stat.contains(") Z "))
}

async fn gone(pid: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while runs(pid) {
        assert!(Instant::now() < deadline, "{pid} still runs");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_takes_too_long_is_killed_with_all_that_it_started() {
    let dir = tempfile::tempdir().unwrap();
    let mut check = shell("sleep 300 & echo $! > child; echo $$ > own; wait");
    check.dir = dir.path().to_owned();
    let hurried = ProbeOptions {
        timeout: Duration::from_secs(1),
        ..options()
    };
    let (outcome, _) = of(Check::Command(check), hurried).await;
    assert_eq!(bad(&outcome), "not done after 1 s");
    for file in ["own", "child"] {
        gone(&std::fs::read_to_string(dir.path().join(file)).unwrap()).await;
    }
}

#[tokio::test]
async fn what_a_command_leaves_behind_does_not_hold_the_check_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut check = shell("sleep 300 & echo $! > child; exit 0");
    check.dir = dir.path().to_owned();
    assert_eq!(of(Check::Command(check), options()).await.0, Outcome::Good);
    gone(&std::fs::read_to_string(dir.path().join("child")).unwrap()).await;
}

#[tokio::test]
async fn endless_output_is_bounded_and_the_last_line_still_counts() {
    assert_eq!(
        printed("yes | head -c 3000000; echo; echo 7").await,
        Outcome::Number(7.0)
    );
}

#[tokio::test]
async fn a_probe_is_made_again_and_again_and_each_check_is_read_once() {
    let double = Double::script(vec![Reply::html(200, "")]).await;
    let often = ProbeOptions {
        interval: Duration::from_millis(30),
        ..options()
    };
    let probe = Probe::new("shop", http(&double.url, 200, &[]), often);
    let same = probe.clone();
    let running = tokio::spawn(async move { same.run().await });
    let mut read = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(30);
    while read.len() < 4 {
        assert!(Instant::now() < deadline);
        let last = read.last().copied().unwrap_or(0);
        read.extend(probe.after(last).iter().map(|checked| checked.at_ms));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.abort();
    assert!(read.windows(2).all(|w| w[0] < w[1]), "{read:?}");
}

#[tokio::test]
async fn a_probe_that_was_configured_anew_goes_on_with_what_was_found_before() {
    let before = Probe::new("k", Check::Command(shell("exit 1")), options());
    let first = before.check().await;
    let now = Probe::new("k", Check::Command(shell("exit 0")), options()).going_on_from(&before);
    assert_eq!(now.after(0), [first]);
    let second = now.check().await;
    assert_eq!(second.outcome, Outcome::Good);
    assert_eq!(before.after(0).last(), Some(&second));
    assert!(!now.is_same(&before));
}
