//! What the configuration says of backups.

use std::path::{Path, PathBuf};

use crate::base::time::time;
use crate::catalog::Catalog;
use crate::command::runner::scope;
use crate::config::Config;
use crate::config::backup as configured;
use crate::operate::backup::prune::Keep;
use crate::operate::backup::{Compress, Format, Settings};

/// How backups are made and read. An identity from the command line goes first.
pub(in crate::command) fn settings(config: &Config, identity: Option<&Path>) -> Settings {
    let told = &config.backup;
    Settings {
        folder: config.at(&told.folder),
        format: match told.format {
            configured::Format::Custom => Format::Custom,
            configured::Format::Directory => Format::Directory,
        },
        jobs: told.jobs.max(1),
        compress: match told.compress {
            configured::Compress::None => Compress::None,
            configured::Compress::Gzip(level) => Compress::Gzip(level),
            configured::Compress::Zstd(level) => Compress::Zstd(i32::try_from(level).unwrap_or(i32::MAX)),
        },
        recipients: told.recipients.clone(),
        identity: identity.map(Path::to_owned).or_else(|| told.identity.as_deref().map(|path| config.at(path))),
    }
}

pub(super) fn keep(config: &Config) -> Keep {
    let configured::Keep { pre_migration, daily, weekly, monthly } = &config.backup.keep;
    let days = time(pre_migration).as_secs() / (24 * 60 * 60);
    let days = u32::try_from(days).unwrap_or(u32::MAX);
    Keep { pre_migration: days, daily: *daily, weekly: *weekly, monthly: *monthly }
}

/// The fingerprint of what counts, as the books have it.
pub(in crate::command) fn measure(config: &Config) -> impl Fn(Catalog) -> String {
    let scope = scope(config);
    move |catalog| scope.read(catalog).full
}

/// The folder of one backup, for a person.
pub(super) fn shown(settings: &Settings, name: &str) -> PathBuf {
    settings.folder.join(name)
}
