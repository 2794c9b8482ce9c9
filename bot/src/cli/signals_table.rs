//! The signals of a service as a table: what is there, and what could be seen.

use super::output;
use crate::discover::{Examined, SPANS_S, SignalReport, State, in_unit, span};
use comfy_table::{Cell, Color, ContentArrangement, Table, presets};

/// Prints the table, with what concerns the whole service below it.
pub(super) fn print(examined: &Examined) {
    if let Some(error) = &examined.error {
        output::line(&format!(
            "  {}: could not be asked: {error}",
            examined.source
        ));
    }
    if !examined.signals.is_empty() {
        output::line(&table(examined).to_string());
    }
    for line in notes(examined) {
        output::line(&format!("  {line}"));
    }
}

fn table(examined: &Examined) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    let spans = SPANS_S
        .iter()
        .map(|after_s| format!("sees in {}", span(*after_s)));
    let mut header: Vec<String> = ["signal", "", "instances", "every", "now", "matters"]
        .into_iter()
        .map(str::to_owned)
        .collect();
    header.extend(spans);
    table.set_header(header);
    for signal in &examined.signals {
        table.add_row(row(signal));
    }
    table
}

fn row(signal: &SignalReport) -> Vec<Cell> {
    let (word, colour) = match signal.state {
        State::Good => ("good", Color::Green),
        State::Doubtful => ("doubtful", Color::Yellow),
        State::Blind => ("blind", Color::Red),
    };
    let state = if output::colour() {
        Cell::new(word).fg(colour)
    } else {
        Cell::new(word)
    };
    let amount = |value: Option<f64>| {
        value.map_or_else(|| "-".to_owned(), |value| in_unit(value, &signal.unit))
    };
    let every = signal.resolution_s.map_or_else(
        || "-".to_owned(),
        |every| span((every * 10.0).round() / 10.0),
    );
    let mut cells = vec![
        Cell::new(&signal.key),
        state,
        Cell::new(signal.instances),
        Cell::new(every),
        Cell::new(amount(signal.baseline)),
        Cell::new(amount(signal.tolerance)),
    ];
    cells.extend(
        signal
            .visible
            .iter()
            .map(|visible| Cell::new(amount(visible.effect))),
    );
    cells
}

fn notes(examined: &Examined) -> Vec<String> {
    let mut notes: Vec<String> = examined
        .signals
        .iter()
        .filter_map(|signal| Some(format!("{}: {}", signal.key, signal.why.as_ref()?)))
        .collect();
    if !examined.absent.is_empty() {
        notes.push(format!(
            "not exported, so left out: {}",
            examined.absent.join(", ")
        ));
    }
    if !examined.missing_instances.is_empty() {
        notes.push(format!(
            "the metrics know nothing of these instances: {}",
            examined.missing_instances.join(", ")
        ));
    }
    if let Some(past_s) = examined.past_s.filter(|past_s| *past_s < 3_600.0) {
        notes.push(format!(
            "{} of past so far; an hour makes the comparison what it can be",
            span(past_s)
        ));
    }
    notes
}
