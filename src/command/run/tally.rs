//! What a report counts, from the events that the log hears too.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::command::run::fields::Fields;
use crate::command::run::lines::is_ours;

/// What happened in a run.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub(super) struct Tally {
    /// For a person; never with a password. Of many, see the result.
    database: Option<String>,
    migrations: Vec<Migration>,
    seeds: Vec<Seed>,
    /// How often another run was waited for.
    waits: u32,
    /// How often a transaction was tried again.
    retries: u32,
    backups: Vec<String>,
}

/// A migration that was begun.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Migration {
    database: String,
    id: String,
    forward: bool,
    done: bool,
    /// Statements that were run, in this run.
    steps: u64,
    seconds: Option<f64>,
}

/// A seed that was begun.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Seed {
    database: String,
    name: String,
    done: bool,
    seconds: Option<f64>,
}

/// Listens.
pub(super) struct Tallier(pub(super) Arc<Mutex<Tally>>);

impl<S: Subscriber> Layer<S> for Tallier {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if is_ours(event) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).hear(&Fields::of(event));
        }
    }
}

impl Tally {
    fn hear(&mut self, fields: &Fields) {
        let text = |name| fields.text(name).unwrap_or_default().to_owned();
        match fields.text("event") {
            Some("database") if self.database.is_none() => self.database = Some(text("database")),
            Some("begins") => self.migrations.push(Migration {
                database: text("database"),
                id: text("id"),
                forward: fields.0.get("forward") == Some(&Value::Bool(true)),
                done: false,
                steps: 0,
                seconds: None,
            }),
            Some("step") => self.last(&text("database")).into_iter().for_each(|last| last.steps += 1),
            Some("done") => {
                let seconds = fields.0.get("seconds").and_then(Value::as_f64);
                self.last(&text("database")).into_iter().for_each(|last| (last.done, last.seconds) = (true, seconds));
            }
            Some("seed-begins") => {
                let (database, name) = (text("database"), text("name"));
                self.seeds.push(Seed { database, name, done: false, seconds: None });
            }
            Some("seed-done") => {
                let (database, seconds) = (text("database"), fields.0.get("seconds").and_then(Value::as_f64));
                let last = self.seeds.iter_mut().rev().find(|seed| seed.database == database);
                last.into_iter().for_each(|last| (last.done, last.seconds) = (true, seconds));
            }
            Some("waiting") => self.waits += 1,
            Some("retries") => self.retries += 1,
            Some("backup") => self.backups.push(text("name")),
            _ => {}
        }
    }

    /// The one that is being worked on there.
    fn last(&mut self, database: &str) -> Option<&mut Migration> {
        self.migrations.iter_mut().rev().find(|migration| migration.database == database)
    }
}
