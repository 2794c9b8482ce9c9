//! What the process uses, under the names that every dashboard knows, read from the kernel at each scrape.

use procfs::process::{LimitValue, Process};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;

/// A value that cannot be read is left out: no data is not a zero.
#[derive(Debug)]
pub(super) struct ProcessCollector;

impl Collector for ProcessCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Ok(process) = Process::myself() else {
            return Ok(());
        };
        let mut gauge = |name: &str, help: &str, value: f64| {
            put(&mut encoder, name, help, &ConstGauge::new(value))
        };
        if let Ok(open) = process.fd_count() {
            gauge("process_open_fds", "Open file descriptors", open as f64)?;
        }
        if let Ok(limits) = process.limits()
            && let LimitValue::Value(most) = limits.max_open_files.soft_limit
        {
            gauge("process_max_fds", "Most file descriptors", most as f64)?;
        }
        let Ok(stat) = process.stat() else {
            return Ok(());
        };
        let per_second = procfs::ticks_per_second() as f64;
        let resident = stat.rss.saturating_mul(procfs::page_size()) as f64;
        gauge("process_resident_memory_bytes", "Resident memory", resident)?;
        gauge(
            "process_virtual_memory_bytes",
            "Virtual memory",
            stat.vsize as f64,
        )?;
        gauge("process_threads", "Threads", stat.num_threads as f64)?;
        if let Ok(boot) = boot_time() {
            let start = boot + stat.starttime as f64 / per_second;
            gauge(
                "process_start_time_seconds",
                "Start of the process since the epoch",
                start,
            )?;
        }
        let used = (stat.utime + stat.stime) as f64 / per_second;
        put(
            &mut encoder,
            "process_cpu_seconds",
            "CPU time used, user and system",
            &ConstCounter::new(used),
        )
    }
}

fn put<M: EncodeMetric>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    metric: &M,
) -> fmt::Result {
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}

fn boot_time() -> procfs::ProcResult<f64> {
    use procfs::CurrentSI;
    Ok(procfs::KernelStats::current()?.btime as f64)
}
