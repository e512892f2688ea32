//! The log's lines: JSON, version 1, described by `docs/schema/log.v1.json`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::command::run::fields::Fields;
use crate::command::run::file::Log;
use crate::config::record;

/// Writes what it hears into the log.
pub(super) struct Lines {
    log: Arc<Log>,
    run: String,
}

#[derive(Serialize)]
struct Line<'a> {
    version: u32,
    at: String,
    level: &'static str,
    run: &'a str,
    #[serde(flatten)]
    fields: BTreeMap<&'static str, Value>,
}

impl Lines {
    pub(super) fn new(log: Arc<Log>, run: String) -> Self {
        Self { log, run }
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if level > most(self.log.level()) || !is_ours(event) {
            return;
        }
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let Fields(fields) = Fields::of(event);
        let line = Line { version: 1, at, level: word(level), run: &self.run, fields };
        self.log.write(&serde_json::to_string(&line).unwrap_or_default());
    }
}

/// Whether it is this program that says it: what a library logs may hold anything.
pub(super) fn is_ours(event: &Event<'_>) -> bool {
    event.metadata().target().starts_with(env!("CARGO_PKG_NAME")) && event.fields().any(|field| field.name() == "event")
}

/// A level of `tracing` is the greater the more it says.
fn most(level: record::Level) -> Level {
    match level {
        record::Level::Error => Level::ERROR,
        record::Level::Warn => Level::WARN,
        record::Level::Info => Level::INFO,
        record::Level::Debug => Level::DEBUG,
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        _ => "debug",
    }
}
