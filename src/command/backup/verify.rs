//! `pgplumb backup verify`: whether a backup can be restored.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::command::backup::settings::{measure, settings};
use crate::command::database::{Database, scratch_server};
use crate::command::error::CommandError;
use crate::command::out;
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::db::version::Version;
use crate::exit::Exit;
use crate::operate::backup::load::contents;
use crate::operate::backup::manifest::Manifest;
use crate::operate::backup::shelf;
use crate::operate::backup::verify::verify;
use crate::scratch::target::Target;
use crate::scratch::{Options, Scratch};

/// Restore a backup on scratch, and compare it with what was dumped
#[derive(clap::Args)]
pub(super) struct Args {
    /// Which; `latest` is the newest
    #[arg(value_name = "NAME", default_value = "latest")]
    name: String,

    /// The file with the key of age that opens it
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,

    #[command(flatten)]
    database: Database,
}

pub(super) fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let settings = settings(&config, args.identity.as_deref());
    let backup = shelf::find(&settings.folder, &args.name)?;
    backup.check()?;
    let given = scratch_server(args.scratch.as_deref(), &config)?;
    // Where this machine has no programs for a scratch, the server that is named may have room for one.
    let target = args.database.choose(&config)?.map(|to| target(&backup.manifest, to));
    let major = Some(version(&backup.manifest).major());
    let scratch = Scratch::start(&Options { given, target: target.as_ref(), major })?;
    let name = &backup.manifest.name;
    let differences = verify(&backup, &scratch, settings.identity.as_deref(), &measure(&config))?;
    if differences.is_empty() {
        backup.mark_verified(&Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string())?;
        let used = scratch.describe();
        out::text(&format!("{name} is what was dumped: {}, restored on a {used}\n", contents(&backup)))?;
        return Ok(Exit::Fine);
    }
    out::text(&format!("{name} is not what was dumped\n"))?;
    for difference in differences {
        out::text(&format!("  {difference}\n"))?;
    }
    Ok(Exit::Differs)
}

/// The database that was dumped, as far as a scratch must be like it.
fn target(manifest: &Manifest, connection: ConnectionString) -> Target {
    Target {
        connection,
        version: version(manifest),
        locale: manifest.locale.clone(),
        roles: manifest.roles.clone(),
        settings: manifest.settings.clone(),
        libraries: manifest.libraries.clone(),
    }
}

/// Of `15.18`, 150018.
fn version(manifest: &Manifest) -> Version {
    let (major, minor) = manifest.server_version.split_once('.').unwrap_or((&manifest.server_version, "0"));
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    Version::new(number(major).saturating_mul(10_000).saturating_add(number(minor)))
}
