//! Crash points: named places at which a test kills this process, to prove that the next one goes on
//! from there. They are nothing at all unless the cargo feature `crash-points` is on.

/// The variable that names the point and, after a colon, the pass at which to die: `after-spawn:2`.
pub const VARIABLE: &str = "TAWNY_CRASH_AT";

/// Dies by SIGKILL here if [`VARIABLE`] says so.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub fn point(_name: &str) {}

/// Dies by SIGKILL here if [`VARIABLE`] says so.
#[cfg(feature = "crash-points")]
pub fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WANTED: OnceLock<Option<(String, AtomicU64)>> = OnceLock::new();
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var(VARIABLE).ok()?;
        let (name, passes) = match text.split_once(':') {
            Some((name, passes)) => (name, passes.parse().ok()?),
            None => (text.as_str(), 1),
        };
        Some((name.to_owned(), AtomicU64::new(passes)))
    });
    if let Some((at, left)) = wanted
        && at == name
        && left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        let own = rustix::process::getpid();
        // SIGKILL cannot be caught, so this does not return; an error would leave the test to notice.
        let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
    }
}
