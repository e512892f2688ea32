//! What the checks are told: from the configuration, the schema files, and the books.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::base::pattern::Pattern;
use crate::base::place::Place;
use crate::base::time::time;
use crate::command::backup::settings;
use crate::command::error::CommandError;
use crate::command::runner::options;
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::session::Session;
use crate::migrate::survey::{Standing, Survey};
use crate::migrate::{books, folder};
use crate::operate::backup::{Kind, shelf};
use crate::operate::preflight::asked::{Asked, File, Limits, Migrations, Variable};
use crate::source::files::parse;
use crate::sql::defined::defined;

/// # Errors
/// When the schema files or the migrations cannot be read.
pub(super) fn asked(config: &Config, to: &ConnectionString, report: Option<&Path>) -> Result<Asked, CommandError> {
    let backups = settings(config, None).folder;
    let mut folders = vec![("backups", backups.clone()), ("temporary files", std::env::temp_dir())];
    folders.extend(report.map(|report| ("reports", report.to_owned())));
    Ok(Asked {
        folders,
        files: files(config, to),
        extensions: extensions(config)?,
        variables: variables(config),
        migrations: migrations(config, to)?,
        last_backup: last_backup(&backups, to)?,
        ..of_config(config)
    })
}

/// What the configuration alone says.
pub(super) fn of_config(config: &Config) -> Asked {
    let told = &config.preflight;
    let limits = Limits {
        clock_skew: time(&told.clock_skew),
        transaction: time(&told.transaction),
        replication_lag: time(&told.replication_lag),
        backup_age: time(&told.backup_age),
        disk_free: told.disk_free,
    };
    let exclude = config.exclude.schemas.iter().map(|text| Pattern::new(text)).collect();
    Asked { limits, exclude, ..Asked::default() }
}

/// The extensions that the schema files create; none where there are no such files.
fn extensions(config: &Config) -> Result<Vec<(String, Place)>, CommandError> {
    let paths: Vec<PathBuf> = config.schema().into_iter().filter(|path| path.exists()).collect();
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<(String, Place)> = Vec::new();
    for statement in parse(&paths)?.iter().flat_map(|piece| &piece.statements) {
        let Some(made) = defined(statement.sql()).filter(|made| made.kind == "extension") else { continue };
        if !found.iter().any(|(name, _)| *name == made.name) {
            found.push((made.name, Place { file: statement.file.path.clone(), line: statement.line() }));
        }
    }
    Ok(found)
}

/// The configuration, and the files that let us in.
fn files(config: &Config, to: &ConnectionString) -> Vec<File> {
    let servers = config.environments.values().chain(&config.scratch);
    let secret = servers.filter_map(|server| server.url.as_deref()).any(ConnectionString::holds_password);
    let configuration = config.file.clone().map(|path| File { role: "configuration", path, secret });
    let others = to.secret_files().into_iter().map(|(role, path)| File { role, path, secret: true });
    configuration.into_iter().chain(others).collect()
}

fn variables(config: &Config) -> Vec<Variable> {
    let declared = config.preflight.variables.iter().map(|(name, asked)| Variable {
        name: name.clone(),
        value: std::env::var(name).ok(),
        min_length: asked.min_length,
        secret: asked.secret,
    });
    declared.collect()
}

/// How long ago the last whole backup of this database was made that has all its files.
fn last_backup(folder: &Path, to: &ConnectionString) -> Result<Option<Duration>, CommandError> {
    let (server, database) = (to.server(), to.database());
    let of_it = shelf::list(folder)?.into_iter().filter(|backup| {
        let manifest = &backup.manifest;
        let same = manifest.server == server && manifest.database == database;
        same && manifest.kind == Kind::Full && backup.damage.is_none()
    });
    let last = of_it.filter_map(|backup| backup.manifest.started_at.parse::<Timestamp>().ok()).max();
    Ok(last.map(|last| Timestamp::now().duration_since(last).try_into().unwrap_or_default()))
}

/// How the migrations stand; none where the server cannot be asked, which another check tells of.
///
/// # Errors
/// When the migrations cannot be read.
pub(in crate::command) fn migrations(
    config: &Config,
    to: &ConnectionString,
) -> Result<Option<Migrations>, CommandError> {
    let files = folder::read(&config.migrations())?;
    let mut tell = |_: Event| {};
    let records = match Session::open(to, options(config, None), &mut tell) {
        Ok(mut session) => books::records(&mut session.connection),
        Err(MigrateError::Db(_)) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let Ok(records) = records else { return Ok(None) };
    let mut found = Migrations::default();
    for entry in Survey::of(&files, &records).entries {
        let list = match entry.standing {
            Standing::Applied | Standing::Replaces => continue,
            Standing::Edited | Standing::Missing => &mut found.changed,
            Standing::HalfApplied | Standing::HalfRolledBack | Standing::Failed => &mut found.failed,
            Standing::RolledBack | Standing::Pending => &mut found.pending,
        };
        list.push(entry.id);
    }
    Ok(Some(found))
}
