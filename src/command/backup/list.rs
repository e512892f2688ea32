//! `pgplumb backup list`: what there is.

use std::path::Path;

use serde::Serialize;

use crate::command::backup::settings::settings;
use crate::command::error::CommandError;
use crate::command::format::TextOrJson;
use crate::command::out;
use crate::config::Config;
use crate::exit::Exit;
use crate::observe::size::bytes;
use crate::operate::backup::load::contents;
use crate::operate::backup::manifest::Manifest;
use crate::operate::backup::shelf::{self, Backup};

/// List the backups
#[derive(clap::Args)]
pub(super) struct Args {
    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
}

/// Version 1, described by `docs/schema/backups.v1.json`.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: &'static str,
    backups: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    folder: String,
    verified_at: Option<&'a str>,
    damage: Option<&'a str>,
    manifest: &'a Manifest,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let all = shelf::list(&settings(&config, None).folder)?;
    match args.format {
        TextOrJson::Json => {
            let (version, tool) = (1, env!("CARGO_PKG_VERSION"));
            let document = Document { version, tool, backups: all.iter().map(one).collect() };
            out::text(&(serde_json::to_string_pretty(&document)? + "\n"))?;
        }
        TextOrJson::Text if all.is_empty() => out::text("there are no backups\n")?,
        TextOrJson::Text => out::text(&all.iter().map(line).collect::<String>())?,
    }
    Ok(if all.iter().any(|backup| backup.damage.is_some()) { Exit::Differs } else { Exit::Fine })
}

fn one(backup: &Backup) -> One<'_> {
    One {
        folder: backup.folder.display().to_string(),
        verified_at: backup.verified_at.as_deref(),
        damage: backup.damage.as_deref(),
        manifest: &backup.manifest,
    }
}

fn line(backup: &Backup) -> String {
    let manifest = &backup.manifest;
    let state = match (&backup.damage, &backup.verified_at) {
        (Some(damage), _) => format!("damaged: {damage}"),
        (None, Some(at)) => format!("verified {at}"),
        (None, None) => "not verified".to_owned(),
    };
    let (kind, size, contents) = (manifest.kind.word(), bytes(manifest.bytes()), contents(backup));
    format!("{}  {kind:6}  {} on {}  {contents}, {size}  {state}\n", manifest.name, manifest.database, manifest.server)
}
