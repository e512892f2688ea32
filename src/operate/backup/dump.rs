//! Takes a backup.

mod archive;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Deserialize;

use crate::base::fault::point;
use crate::catalog::Catalog;
use crate::catalog::read::read_shared;
use crate::db::connection::{Connection, Shared, Snapshot, connect};
use crate::db::row::decode;
use crate::db::url::ConnectionString;
use crate::operate::backup::dump::archive::{Archive, Maker};
use crate::operate::backup::manifest::{ARCHIVE, Manifest, SCHEMA};
use crate::operate::backup::pack;
use crate::operate::backup::shelf::Partial;
use crate::operate::backup::since::copy::{self, Files};
use crate::operate::backup::since::date::Date;
use crate::operate::backup::since::tables::tables;
use crate::operate::backup::since::{self, Since};
use crate::operate::backup::{Compress, Format, Kind, Purpose, Settings, rows};
use crate::operate::client::Client;
use crate::operate::error::OperateError;
use crate::scratch::target::Target;

/// What is to be backed up, and why.
pub struct Order<'a> {
    pub kind: Kind,
    pub purpose: Purpose,
    /// What it is called beside its time; otherwise its kind.
    pub name: Option<&'a str>,
    /// Patterns; all tables where there are none.
    pub tables: &'a [String],
    /// Of a backup of changed rows alone.
    pub since: Option<&'a since::Order<'a>>,
    /// The fingerprint of what counts in a schema.
    pub measure: &'a dyn Fn(Catalog) -> String,
}

#[derive(Deserialize)]
struct Role {
    name: String,
    superuser: bool,
}

/// What was seen in the snapshot that was dumped.
struct Seen {
    fingerprint: String,
    rows: BTreeMap<String, u64>,
    since: Option<Since>,
    roles: BTreeMap<String, bool>,
}

/// Dumps a database into a new folder on the shelf.
///
/// # Errors
/// When there is no program for it, the server or the program refuses, or the disk is full; then nothing is left of it.
pub fn take(to: &ConnectionString, settings: &Settings, order: &Order) -> Result<Manifest, OperateError> {
    let alone = order.since.is_some().then(|| for_rows(settings));
    let settings = alone.as_ref().unwrap_or(settings);
    fit(settings)?;
    let (clock, now) = (Instant::now(), Timestamp::now());
    let recipients = pack::recipients(settings)?;
    let mut connection = connect(to)?;
    let version = connection.version();
    let client = Client::require(version.major())?;
    let target = Target::read(&mut connection, to)?;
    let (now, name) = free(now, &settings.folder, order.name.unwrap_or(order.kind.word()));
    let partial = Partial::start(&settings.folder, &name)?;
    point();
    let maker = Maker { client, settings, folder: &partial.folder, recipients };
    let seen = dump(&mut connection, &maker, order)?;
    let mut files = Vec::new();
    for path in below(&partial.folder, "")? {
        files.push(pack::measure(&partial.folder, &path)?);
    }
    let manifest = Manifest {
        version: 1,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        name,
        kind: order.kind,
        purpose: order.purpose,
        database: to.database().to_owned(),
        server: to.server(),
        server_version: version.to_string(),
        program: maker.client.major,
        started_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        milliseconds: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        format: settings.format,
        layers: maker.layers(),
        fingerprint: seen.fingerprint,
        rows: seen.rows,
        partial: !order.tables.is_empty() || order.since.is_some(),
        since: seen.since,
        roles: seen.roles,
        locale: target.locale,
        settings: target.settings,
        libraries: target.libraries,
        files,
    };
    point();
    partial.finish(&manifest)?;
    Ok(manifest)
}

/// A name by the second, of which another may be whole by now: then the next second's.
fn free(mut now: Timestamp, shelf: &Path, word: &str) -> (Timestamp, String) {
    let named = |now: Timestamp| format!("{}_{word}", now.strftime("%Y%m%dT%H%M%SZ"));
    let start = now;
    while shelf.join(named(now)).exists() && now.duration_since(start).as_secs() < 2 {
        sleep(Duration::from_millis(50));
        now = Timestamp::now();
    }
    (now, named(now))
}

/// The same for rows that `pg_dump` does not write: one file for each table in any case, and zstd where it would be gzip, which
/// is `pg_dump`'s own.
fn for_rows(settings: &Settings) -> Settings {
    let compress = match settings.compress {
        Compress::Gzip(_) => Compress::Zstd(3),
        other => other,
    };
    Settings { format: Format::Custom, compress, ..settings.clone() }
}

/// What does not go together.
fn fit(settings: &Settings) -> Result<(), OperateError> {
    let directory = settings.format == Format::Directory;
    if directory && !settings.recipients.is_empty() {
        let help = "an encrypted backup is one file, which is never on the disk in the clear: `format: custom`";
        return Err(OperateError::Settings { what: "an encrypted backup in the directory format", help });
    }
    if directory && matches!(settings.compress, Compress::Zstd(_)) {
        let help = "in the directory format `pg_dump` itself compresses: `compress: gzip:6`, or `format: custom`";
        return Err(OperateError::Settings { what: "zstd in the directory format", help });
    }
    Ok(())
}

/// Dumps, counts and measures in one snapshot.
fn dump(connection: &mut Connection, maker: &Maker, order: &Order) -> Result<Seen, OperateError> {
    connection.read_snapshot(|snapshot| {
        let shared = snapshot.share()?;
        if let Some(since) = order.since {
            return changed(snapshot, &shared, maker, order, since);
        }
        let tables = rows::tables(snapshot, order.tables)?;
        let some = if order.tables.is_empty() { &[] } else { tables.as_slice() };
        let format = if order.kind == Kind::Schema { Format::Custom } else { maker.settings.format };
        maker.make(&shared, &Archive { kind: order.kind, name: ARCHIVE, tables: some, format })?;
        if order.kind == Kind::Data {
            let beside = Archive { kind: Kind::Schema, name: SCHEMA, tables: &[], format: Format::Custom };
            maker.make(&shared, &beside)?;
        }
        let rows = if order.kind == Kind::Schema { BTreeMap::new() } else { rows::count(snapshot, &tables)? };
        let roles = roles(snapshot)?;
        let catalog = read_shared(&mut connect(&shared.to)?, &shared)?;
        Ok(Seen { fingerprint: (order.measure)(catalog), rows, since: None, roles })
    })
}

/// The rows that changed, and the schema beside them.
fn changed(
    snapshot: &mut Snapshot,
    shared: &Shared,
    maker: &Maker,
    order: &Order,
    since: &since::Order,
) -> Result<Seen, OperateError> {
    // As `pg_dump` does it: where row security would hide rows that is an error.
    snapshot.query("SET LOCAL row_security = off")?;
    let wanted = tables(snapshot, since.columns, order.tables, &since.date)?;
    maker.make(shared, &Archive { kind: Kind::Schema, name: SCHEMA, tables: &[], format: Format::Custom })?;
    let files = Files { folder: maker.folder, zstd: maker.zstd(), recipients: &maker.recipients };
    let (mut rows, mut found) = (BTreeMap::new(), BTreeMap::new());
    for one in wanted {
        rows.insert(one.name.to_string(), copy::out(snapshot, &one, &files, since)?);
        point();
        found.insert(one.name.to_string(), one.table);
    }
    let Date { written, at, clock } = &since.date;
    let said = Since { written: written.clone(), at: at.to_string(), clock: clock.to_string(), tables: found };
    let roles = roles(snapshot)?;
    let catalog = read_shared(&mut connect(&shared.to)?, shared)?;
    Ok(Seen { fingerprint: (order.measure)(catalog), rows, since: Some(said), roles })
}

fn roles(snapshot: &mut Snapshot) -> Result<BTreeMap<String, bool>, OperateError> {
    let rows = snapshot.query(include_str!("roles.sql"))?;
    let roles = rows.iter().map(decode).collect::<Result<Vec<Role>, _>>()?;
    Ok(roles.into_iter().map(|role| (role.name, role.superuser)).collect())
}

/// All files, by their path from the folder on, in order.
fn below(folder: &Path, prefix: &str) -> Result<Vec<String>, OperateError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.join(prefix)).map_err(OperateError::file("read", folder))? {
        let entry = entry.map_err(OperateError::file("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.path().is_dir() { found.extend(below(folder, &path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
}
