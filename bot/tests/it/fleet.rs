//! The instances: real processes that note each of their starts, at addresses of their own.

use rustix::process::{Pid, Signal, getpgid, kill_process_group};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// One instance of a service.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) service: String,
    pub(crate) id: String,
    pub(crate) listen: SocketAddr,
    /// Its starts, a line each: version and process.
    pub(crate) starts: PathBuf,
}

impl Place {
    /// The versions that were started here, in order.
    pub(crate) fn started(&self) -> Vec<String> {
        let lines = std::fs::read_to_string(&self.starts).unwrap_or_default();
        lines
            .lines()
            .filter_map(|line| line.split(' ').next())
            .map(str::to_owned)
            .collect()
    }

    /// Somebody else brought a version here.
    pub(crate) fn note(&self, version: &str) {
        use std::io::Write;
        let mut options = std::fs::File::options();
        let mut file = options
            .create(true)
            .append(true)
            .open(&self.starts)
            .unwrap();
        writeln!(file, "{version}").unwrap();
    }

    fn processes(&self) -> Vec<i32> {
        let lines = std::fs::read_to_string(&self.starts).unwrap_or_default();
        let pid = |line: &str| line.split(' ').nth(1)?.parse().ok();
        lines.lines().filter_map(pid).collect()
    }

    /// Ends what was started here with its process group: Tawny starts each in one of its own. It is known
    /// by its environment, as its number may have gone to somebody else.
    pub(crate) fn clear(&self) {
        let mark = format!("STARTS={}", self.starts.display());
        for pid in self.processes() {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let ours = environment
                .split(|byte| *byte == 0)
                .any(|pair| pair == mark.as_bytes());
            let process = Pid::from_raw(pid).filter(|_| ours);
            if let Some(Ok(group)) = process.map(|process| getpgid(Some(process))) {
                let _ = kill_process_group(group, Signal::KILL);
            }
        }
    }
}

/// An address of the loopback range for one test alone, so that no two wish for the same port.
pub(crate) fn own_ip() -> IpAddr {
    let [a, b, c]: [u8; 3] = rand::random();
    IpAddr::V4(Ipv4Addr::new(127, a.clamp(1, 254), b, c.clamp(1, 254)))
}

/// Instances of the services, so many each.
pub(crate) fn places(dir: &Path, ip: IpAddr, services: &[(&str, usize)]) -> Vec<Place> {
    let all = services.iter().flat_map(|(service, count)| {
        (1..=*count).map(move |n| ((*service).to_owned(), format!("{service}-{n}")))
    });
    all.enumerate()
        .map(|(index, (service, id))| Place {
            starts: dir.join(format!("starts-{id}")),
            listen: SocketAddr::new(ip, 18201 + u16::try_from(index).unwrap()),
            service,
            id,
        })
        .collect()
}
