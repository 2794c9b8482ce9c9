//! What was measured, as a table or a document.

use super::super::output;
use super::measure::{Measured, Spread};
use super::{Exit, WatchArguments};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// One or two sizes.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    interval_s: f64,
    processors: usize,
    sizes: Vec<Measured>,
    /// How much more the second size took than the first: 2 is as much as there is more to do.
    growth: Option<Growth>,
}

#[derive(Debug, Serialize)]
struct Growth {
    cores: f64,
    memory: f64,
    queries: f64,
    tick_p95: f64,
}

impl Report {
    pub(super) fn of(arguments: &WatchArguments, sizes: Vec<Measured>) -> Self {
        let growth = match &sizes[..] {
            [one, two] => Some(Growth {
                cores: two.cores / one.cores,
                memory: two.memory_bytes / one.memory_bytes,
                queries: two.queries_per_s / one.queries_per_s,
                tick_p95: two.tick_s.p95 / one.tick_s.p95,
            }),
            _ => None,
        };
        Self {
            interval_s: arguments.interval.as_secs_f64(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            sizes,
            growth,
        }
    }

    /// Exits with 1 when ticks came later than the next was due.
    pub(super) fn print(&self, json: bool) -> Exit {
        if json {
            output::document("bench.watch", self);
        } else {
            output::line(&self.table());
        }
        let late = |size: &Measured| size.lag_s.p95 > self.interval_s;
        if self.sizes.iter().any(late) {
            Exit::Failed
        } else {
            Exit::Done
        }
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table
            .load_style(presets::UTF8_HORIZONTAL_ONLY)
            .set_content_arrangement(ContentArrangement::Disabled);
        let mut head = vec![format!("every {} s", self.interval_s)];
        head.extend(self.sizes.iter().map(|size| {
            let Measured {
                services,
                signals,
                instances,
                ..
            } = size;
            format!("{services} services × {signals} signals × {instances} instances")
        }));
        table.set_header(head);
        let mut row = |name: &str, cell: &dyn Fn(&Measured) -> String| {
            let cells = self.sizes.iter().map(cell);
            table.add_row(std::iter::once(name.to_owned()).chain(cells));
        };
        row("series in Prometheus", &|m| format!("{:.0}", m.series));
        row("ticks, of those due", &|m| {
            format!("{} of {:.0}", m.ticks, m.ticks_due)
        });
        row("ticks without an answer", &|m| m.unanswered.to_string());
        row("lag p50 / p95 / max", &|m| spread(&m.lag_s));
        row("fetching p50 / p95 / max", &|m| spread(&m.fetch_s));
        row("whole tick p50 / p95 / max", &|m| spread(&m.tick_s));
        row("queries per second", &|m| format!("{:.1}", m.queries_per_s));
        row("processor: Tawny", &|m| format!("{:.2} cores", m.cores));
        row("processor: Prometheus", &|m| {
            format!("{:.2} cores", m.prometheus_cores)
        });
        row("memory, and at its most", &|m| {
            let mb = |bytes: f64| bytes / 1024.0 / 1024.0;
            format!(
                "{:.0} / {:.0} MiB",
                mb(m.memory_bytes),
                mb(m.memory_most_bytes)
            )
        });
        let mut text = table.to_string();
        if let Some(growth) = &self.growth {
            text.push_str(&format!(
                "\nDoubled: processor ×{:.2}, memory ×{:.2}, queries ×{:.2}, whole tick (p95) ×{:.2}. {} processors.",
                growth.cores, growth.memory, growth.queries, growth.tick_p95, self.processors
            ));
        }
        text
    }
}

fn spread(spread: &Spread) -> String {
    let ms = |seconds: f64| seconds * 1000.0;
    format!(
        "{:.0} / {:.0} / {:.0} ms",
        ms(spread.p50),
        ms(spread.p95),
        ms(spread.max)
    )
}
