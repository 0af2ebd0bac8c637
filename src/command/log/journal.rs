//! The systemd journal: each fact of an event and of its spans is a field (`PORTWAY_PARTNER`, `PORTWAY_DOCUMENT`, `PORTWAY_EPOCH`), its
//! level the priority.
//!
//! Promises: `MESSAGE` reads well alone, as `journalctl` shows nothing else: the words, the event's facts, and in brackets those of the
//! job it happened in. What the journal does not take is lost in silence: there is nowhere left to say so.

use std::fmt::{Debug, Write};
use tracing::field::{Field, Value, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// No event has more fields (a limit of `tracing` itself).
const MOST: usize = 32;

/// # Errors
/// There is no journal at `/run/systemd/journal/socket`.
pub fn layer() -> std::io::Result<Readable<tracing_journald::Layer>> {
    let mappings =
        PriorityMappings { info: Priority::Informational, debug: Priority::Debug, ..PriorityMappings::new() };
    let journal = tracing_journald::layer()?
        .with_field_prefix(Some("PORTWAY".to_owned()))
        .with_syslog_identifier("portway".to_owned())
        .with_priority_mappings(mappings);
    Ok(Readable(journal))
}

/// Hands events on with their facts in the message too.
pub struct Readable<L>(L);

/// A span's facts, ` name=value` each.
#[derive(Default)]
struct Shown(String);

impl Visit for Shown {
    fn record_str(&mut self, field: &Field, value: &str) {
        put(&mut self.0, field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        put(&mut self.0, field, &format!("{value:?}"));
    }
}

/// An event's facts, each as text.
#[derive(Default)]
struct Said(Vec<(Field, String)>);

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.clone(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.clone(), format!("{value:?}")));
    }
}

fn put(text: &mut String, field: &Field, value: &str) {
    let plain = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || c == '"');
    // Writing to a String cannot fail.
    let _ = if plain { write!(text, " {field}={value}") } else { write!(text, " {field}={value:?}") };
}

impl<S, L> Layer<S> for Readable<L>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    L: Layer<S>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut shown = Shown::default();
            attributes.record(&mut shown);
            span.extensions_mut().insert(shown);
        }
        self.0.on_new_span(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(shown) = span.extensions_mut().get_mut::<Shown>()
        {
            values.record(shown);
        }
        self.0.on_record(id, values, context);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut said = Said::default();
        event.record(&mut said);
        let mut facts = String::new();
        for (field, value) in said.0.iter().filter(|(field, _)| field.name() != "message") {
            put(&mut facts, field, value);
        }
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            let of_span = span.extensions().get::<Shown>().map(|shown| shown.0.clone());
            let _ = write!(facts, " [{}{}]", span.name(), of_span.unwrap_or_default());
        }
        for (_, value) in said.0.iter_mut().filter(|(field, _)| field.name() == "message") {
            value.push_str(&facts);
        }
        let Some((first, _)) = said.0.first() else { return self.0.on_event(event, context) };
        // An empty value is passed over.
        let mut values: [(&Field, Option<&dyn Value>); MOST] = [(first, None); MOST];
        for (place, (field, value)) in values.iter_mut().zip(&said.0) {
            *place = (field, Some(value as &dyn Value));
        }
        let metadata = event.metadata();
        self.0.on_event(&Event::new(metadata, &metadata.fields().value_set(&values)), context);
    }
}
