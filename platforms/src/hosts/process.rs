//! Which processes of this machine are ours.
//!
//! A process is ours when its environment holds the nonce of the run. Its environment is inherited, so
//! this finds the whole family, also when the state file was not yet told its number. Programs that
//! overwrite their environment are known by number and start time as leader of the session that they
//! were started in. Anything else on the same number is foreign and is never signalled.

use super::error::HostsError;
use super::record::{Identity, Run};
use procfs::process::{Process, Stat};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// The variable that carries the nonce.
pub(super) const NONCE: &str = "TAWNY_NONCE";

/// A living process of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) identity: Identity,
    group: i32,
    session: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nonce {
    Ours,
    Another,
    None,
}

/// The machine's present boot; process numbers and start times mean nothing beyond it.
pub(super) fn boot() -> Result<String, HostsError> {
    procfs::sys::kernel::random::boot_id()
        .map(|id| id.trim().to_owned())
        .map_err(|error| HostsError::Processes(error.to_string()))
}

/// The process itself, if it lives: the leader of the session in which it was started.
pub(super) fn leader(run: &Run) -> Result<Option<Identity>, HostsError> {
    if let Some(identity) = run.process {
        return Ok(look(run, identity.pid)?
            .filter(|(member, nonce)| is_leader(run, member, *nonce))
            .map(|(member, _)| member.identity));
    }
    Ok(members(run)?
        .iter()
        .find(|member| member.session == member.identity.pid)
        .map(|member| member.identity))
}

/// Every living process of the run, also those whose leader has ended.
pub(super) fn members(run: &Run) -> Result<Vec<Member>, HostsError> {
    if boot()? != run.boot {
        return Ok(Vec::new());
    }
    let all = procfs::process::all_processes()
        .map_err(|error| HostsError::Processes(error.to_string()))?;
    let seen: Vec<(Member, Nonce)> = all
        .filter_map(Result::ok)
        .filter_map(|process| inspect(run, &process))
        .collect();
    let session = seen
        .iter()
        .find(|(member, nonce)| is_leader(run, member, *nonce))
        // Just after its start it may still be in our own session, whose processes are not its family.
        .filter(|(member, _)| member.session == member.identity.pid)
        .map(|(member, _)| member.session);
    Ok(seen
        .into_iter()
        .filter(|(member, nonce)| match nonce {
            Nonce::Ours => true,
            Nonce::None => Some(member.session) == session,
            Nonce::Another => false,
        })
        .map(|(member, _)| member)
        .collect())
}

/// Whether anything of the run lives, its leader or others.
pub(super) fn lives(run: &Run) -> Result<bool, HostsError> {
    Ok(leader(run)?.is_some() || !members(run)?.is_empty())
}

/// Signals the run's process group, and every other process of the run. True when there was one.
pub(super) fn signal(run: &Run, signal: Signal) -> Result<bool, HostsError> {
    let members = members(run)?;
    // Only a group that has the leader's number is the run's own: just after its start the process may
    // still be in our group. The number cannot be given away while a member is in the group.
    let group = members.iter().map(|member| member.group).find(|group| {
        let known = run.process.is_some_and(|leader| leader.pid == *group);
        known || members.iter().any(|other| other.identity.pid == *group)
    });
    if let Some(group) = group.and_then(Pid::from_raw) {
        // It may have ended since we looked, which is what was wanted.
        let _ = kill_process_group(group, signal);
    }
    for member in &members {
        if Some(member.group) != group
            && let Some(pid) = Pid::from_raw(member.identity.pid)
        {
            let _ = kill_process(pid, signal);
        }
    }
    Ok(!members.is_empty())
}

/// What the kernel knows of a process that was just started by us.
pub(super) fn identify(pid: i32) -> Result<Identity, HostsError> {
    Process::new(pid)
        .and_then(|process| process.stat())
        .map(|stat| Identity {
            pid,
            start: stat.starttime,
        })
        .map_err(|error| HostsError::Processes(error.to_string()))
}

fn look(run: &Run, pid: i32) -> Result<Option<(Member, Nonce)>, HostsError> {
    if boot()? != run.boot {
        return Ok(None);
    }
    Ok(Process::new(pid)
        .ok()
        .and_then(|process| inspect(run, &process)))
}

fn inspect(run: &Run, process: &Process) -> Option<(Member, Nonce)> {
    let stat = process.stat().ok()?;
    if matches!(stat.state, 'Z' | 'X' | 'x') {
        return None;
    }
    let Stat {
        pid,
        starttime,
        pgrp,
        session,
        ..
    } = stat;
    let nonce = match process.environ() {
        Ok(all) => match all.get(OsStr::new(NONCE)) {
            Some(value) if value.as_bytes() == run.nonce.as_bytes() => Nonce::Ours,
            Some(_) => Nonce::Another,
            None => Nonce::None,
        },
        Err(_) => Nonce::None,
    };
    let member = Member {
        identity: Identity {
            pid,
            start: starttime,
        },
        group: pgrp,
        session,
    };
    Some((member, nonce))
}

fn is_leader(run: &Run, member: &Member, nonce: Nonce) -> bool {
    run.process == Some(member.identity)
        && match nonce {
            Nonce::Ours => true,
            Nonce::Another => false,
            Nonce::None => member.session == member.identity.pid,
        }
}
