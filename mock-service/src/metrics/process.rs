//! What the process uses, read from the kernel at each scrape.

use std::fmt;

use procfs::process::Process;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::time::{ClockId, clock_gettime};

/// A value that cannot be read is left out of the page: no data is not a zero.
#[derive(Debug)]
pub(super) struct ProcessCollector;

impl Collector for ProcessCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut put = |name, help, metric: &dyn Put| metric.put(&mut encoder, name, help);
        put(
            "process_cpu_seconds",
            "CPU time used, user and system",
            &ConstCounter::new(cpu_seconds()),
        )?;
        let Ok(process) = Process::myself() else {
            return Ok(());
        };
        if let Ok(stat) = process.stat() {
            let resident = stat.rss.saturating_mul(procfs::page_size());
            put(
                "process_resident_memory_bytes",
                "Resident memory",
                &ConstGauge::new(resident as f64),
            )?;
            if let Ok(boot) = boot_time() {
                let ticks = stat.starttime as f64 / procfs::ticks_per_second() as f64;
                put(
                    "process_start_time_seconds",
                    "Start of the process since the epoch",
                    &ConstGauge::new(boot + ticks),
                )?;
            }
        }
        if let Ok(open) = process.fd_count() {
            put(
                "process_open_fds",
                "Open file descriptors",
                &ConstGauge::new(open as f64),
            )?;
        }
        Ok(())
    }
}

trait Put {
    fn put(&self, encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str) -> fmt::Result;
}

impl<M: EncodeMetric> Put for M {
    fn put(&self, encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str) -> fmt::Result {
        self.encode(encoder.encode_descriptor(name, help, None, self.metric_type())?)
    }
}

fn cpu_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

fn boot_time() -> procfs::ProcResult<f64> {
    use procfs::CurrentSI;
    Ok(procfs::KernelStats::current()?.btime as f64)
}
