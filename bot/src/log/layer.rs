//! Collecting what a line bears: its own fields, and those of the spans around it.

use super::{json, text};
use serde_json::{Map, Value};
use std::fmt::Debug;
use std::io::Write;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// How lines look.
#[derive(Debug, Clone, Copy)]
pub(super) enum Render {
    Text { colours: bool },
    Json,
}

/// A line, before it is rendered.
pub(super) struct Line<'a> {
    pub(super) at: jiff::Timestamp,
    pub(super) level: &'a Level,
    /// The room and file that wrote it.
    pub(super) target: &'a str,
    pub(super) message: String,
    /// Of the outermost span first; an inner one of the same name takes its place.
    pub(super) fields: Map<String, Value>,
}

/// Writes a line for every event.
pub(super) struct Lines<W> {
    render: Render,
    writer: W,
}

impl<W> Lines<W> {
    pub(super) fn new(render: Render, writer: W) -> Self {
        Self { render, writer }
    }
}

/// The fields of a span, kept with it.
struct Kept(Map<String, Value>);

impl<S, W, O> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn() -> O + 'static,
    O: Write,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(Kept(fields.all));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(Kept(kept)) = span.extensions_mut().get_mut() {
            kept.extend(fields.all);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        for span in context
            .event_scope(event)
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .iter()
            .rev()
        {
            if let Some(Kept(kept)) = span.extensions().get() {
                fields.extend(kept.clone());
            }
        }
        let mut own = Fields::default();
        event.record(&mut own);
        fields.extend(own.all);
        let line = Line {
            at: jiff::Timestamp::now(),
            level: event.metadata().level(),
            target: event.metadata().target(),
            message: own.message,
            fields,
        };
        let rendered = match self.render {
            Render::Text { colours } => text::render(&line, colours),
            Render::Json => json::render(line),
        };
        // Where logs cannot be written there is nowhere to say so.
        let _ = (self.writer)().write_all(rendered.as_bytes());
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    all: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        if field.name() == "message" {
            self.message = value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned);
        } else {
            self.all.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no NaN; the word keeps what was said.
        let number = serde_json::Number::from_f64(value);
        self.put(
            field,
            number.map_or_else(|| value.to_string().into(), Value::Number),
        );
    }
}
