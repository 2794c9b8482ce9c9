//! Collecting what a line bears: its own fields, and those of the spans around it.

use super::{json, text};
use serde_json::Value;
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
    pub(super) fields: Named,
}

/// Values by name, in the order in which the names came.
#[derive(Clone, Default)]
pub(super) struct Named(Vec<(String, Value)>);

impl Named {
    fn put(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let place = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(place).1)
    }

    fn extend(&mut self, more: Self) {
        for (name, value) in more.0 {
            self.put(&name, value);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(String, Value)> {
        self.0.iter()
    }
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
struct Kept(Named);

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
        let mut fields = Named::default();
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
        // What a library below said by `log` names its place in fields.
        let place = fields.take("log.target");
        fields.0.retain(|(name, _)| !name.starts_with("log."));
        let target = place.as_ref().and_then(Value::as_str);
        let line = Line {
            at: jiff::Timestamp::now(),
            level: event.metadata().level(),
            target: target.unwrap_or(event.metadata().target()),
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
    all: Named,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        if field.name() == "message" {
            self.message = value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned);
        } else {
            self.all.put(field.name(), value);
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
