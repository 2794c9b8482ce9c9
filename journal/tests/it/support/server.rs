//! A throw-away PostgreSQL server. All tests of a run share one, though nextest runs each of them
//! in a process of its own: whoever comes first starts it, and a guardian stops it by its process
//! id when the run is over, however it ended.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const MISSING: &str = "PostgreSQL server not found: apt-get install postgresql";

/// A server of this run.
pub(crate) struct Server {
    folder: PathBuf,
    port: u16,
}

/// The server that all tests of the run share.
pub(crate) fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let run =
            std::env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| std::process::id().to_string());
        Server::of("shared", &run)
    })
}

impl Server {
    /// A server of one test, which may do to it what it likes.
    pub(crate) fn own() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::SeqCst);
        Self::of("own", &format!("{}.{n}", std::process::id()))
    }

    fn of(what: &str, run: &str) -> Self {
        let base = if Path::new("/dev/shm").is_dir() {
            PathBuf::from("/dev/shm")
        } else {
            std::env::temp_dir()
        };
        let folder = base.join(format!("tawny-tests.{what}.{run}"));
        std::fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        let known = folder.join("port");
        if let Ok(port) = std::fs::read_to_string(&known) {
            let port = port.parse().unwrap();
            return Self { folder, port };
        }
        if let Some((user, group)) = server_user() {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        guard(&folder);
        run_program(
            "initdb",
            &folder,
            &[
                "--no-sync",
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C",
            ],
        );
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = Self { folder, port };
        server.start(&[]);
        std::fs::write(known, port.to_string()).unwrap();
        server
    }

    pub(crate) fn start(&self, settings: &[&str]) {
        let mut options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300",
            self.port,
            self.folder.display()
        );
        for setting in settings {
            options.push_str(" -c ");
            options.push_str(setting);
        }
        let log = self.folder.join("log");
        let log = log.to_str().unwrap();
        run_program(
            "pg_ctl",
            &self.folder,
            &["start", "-w", "-l", log, "-o", &options],
        );
    }

    /// As a crash would: no goodbye, no checkpoint.
    pub(crate) fn stop(&self) {
        self.stop_as("immediate");
    }

    /// In one of PostgreSQL's ways: `fast` says goodbye to its clients, `immediate` does not.
    pub(crate) fn stop_as(&self, mode: &str) {
        run_program("pg_ctl", &self.folder, &["stop", "-w", "-m", mode]);
    }

    /// Makes a file of its data folder the server's alone, as it demands of keys.
    pub(crate) fn own_file(&self, name: &str) {
        let path = self.folder.join("data").join(name);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        if let Some((user, group)) = server_user() {
            chown(&path, Some(user), Some(group)).unwrap();
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

/// Stops the server and removes its folder as soon as the run is over.
#[expect(clippy::zombie_processes, reason = "it outlives whoever starts it")]
fn guard(folder: &Path) {
    const SCRIPT: &str = r#"
        while kill -0 "$1" 2>/dev/null; do sleep 0.3; done
        server=$(head -n 1 "$2/data/postmaster.pid" 2>/dev/null)
        [ -n "$server" ] && kill -QUIT "$server"
        while [ -n "$server" ] && kill -0 "$server" 2>/dev/null; do sleep 0.1; done
        rm -rf "$2""#;
    let shared_by_all = std::env::var("NEXTEST_RUN_ID").is_ok()
        && folder.to_string_lossy().contains("tests.shared.");
    let watched = if shared_by_all {
        std::os::unix::process::parent_id()
    } else {
        std::process::id()
    };
    Command::new("sh")
        .args(["-c", SCRIPT, "guardian", &watched.to_string()])
        .arg(folder)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
}

fn run_program(name: &str, folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(programs().join(name));
    command
        .arg("-D")
        .arg(folder.join("data"))
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some((user, group)) = server_user() {
        command.uid(user).gid(group);
    }
    let ended = command.status().unwrap();
    if !ended.success() {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("{name} {arguments:?}: {ended}\n{log}");
    }
}

/// Where the server's programs are: on the path, or where Debian puts them.
fn programs() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions
            .filter_map(|version| Some(version.ok()?.path().join("bin")))
            .collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
        .expect(MISSING)
}

/// PostgreSQL refuses to run as root: then it runs as the user its package made.
fn server_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let line = users
        .lines()
        .find(|line| line.starts_with("postgres:"))
        .expect(MISSING);
    let field = |n| line.split(':').nth(n).unwrap().parse().unwrap();
    Some((field(2), field(3)))
}
