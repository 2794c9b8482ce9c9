//! The probes of all services, made for as long as this process leads: what they found before a
//! deployment is what it is compared with.

use crate::engine::Engine;
use sources::probes::Probe;
use tokio::task::JoinHandle;

/// The probes that run.
#[derive(Default)]
pub(crate) struct Probes {
    running: Vec<(Probe, JoinHandle<()>)>,
}

impl Probes {
    /// Starts the probes that are missing, and ends those that are configured no more.
    pub(crate) fn keep(&mut self, engine: &Engine) {
        let wanted: Vec<Probe> = engine
            .services()
            .into_iter()
            .flat_map(|service| service.watch.probes)
            .map(|watched| watched.probe)
            .collect();
        self.running.retain(|(probe, task)| {
            let stays = wanted.iter().any(|wanted| wanted.is_same(probe));
            if !stays {
                task.abort();
            }
            stays
        });
        for probe in wanted {
            if !self
                .running
                .iter()
                .any(|(running, _)| running.is_same(&probe))
            {
                let own = probe.clone();
                let task = tokio::spawn(async move { own.run().await });
                self.running.push((probe, task));
            }
        }
    }
}

impl Drop for Probes {
    fn drop(&mut self) {
        for (_, task) in &self.running {
            task.abort();
        }
    }
}
