//! Puts a backup into a database with `pg_restore`, and looks whether it is what was dumped.

use std::collections::BTreeMap;
use std::path::Path;

use crate::base::wording::counted;
use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::db::connection::{Connection, connect};
use crate::db::url::ConnectionString;
use crate::operate::backup::manifest::{ARCHIVE, SCHEMA};
use crate::operate::backup::shelf::Backup;
use crate::operate::backup::since::tables::listed;
use crate::operate::backup::since::{Since, Table, copy};
use crate::operate::backup::{Kind, pack, rows};
use crate::operate::client::{Client, Run};
use crate::operate::error::OperateError;

/// How the sentence begins that says that the schema is not the same.
pub const SCHEMA_IS: &str = "the schema is";

/// A backup, and what opens it.
pub struct Load<'a> {
    pub backup: &'a Backup,
    pub client: &'a Client,
    pub identity: Option<&'a Path>,
    /// How many work at once, where the archive allows it and it need not be one transaction.
    pub jobs: u32,
    /// The fingerprint of what counts in a schema.
    pub measure: &'a dyn Fn(Catalog) -> String,
    /// Whether somebody wishes the end of it.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

impl Load<'_> {
    /// Nothing more is begun once somebody wishes the end of it.
    ///
    /// # Errors
    /// `RestoreInterrupted`.
    pub fn unless_stopped(&self) -> Result<(), OperateError> {
        if (self.stopped)() { Err(OperateError::RestoreInterrupted) } else { Ok(()) }
    }

    /// Whether what is there is all that was dumped, and nothing else; of rows alone, the rows.
    pub fn is_there(&self, to: &ConnectionString) -> bool {
        let rows_alone = self.backup.manifest.kind == Kind::Data;
        let counts = |difference: &String| !(rows_alone && difference.starts_with(SCHEMA_IS));
        self.differences(to).is_ok_and(|differences| !differences.iter().any(counts))
    }

    /// All of it into an empty database, in which a failure leaves whatever it leaves.
    ///
    /// # Errors
    /// What `pg_restore` says, or that the files cannot be read.
    pub fn whole(&self, to: &ConnectionString) -> Result<(), OperateError> {
        let jobs = format!("--jobs={}", self.jobs);
        let jobs = [jobs.as_str()];
        let jobs = if self.backup.manifest.layers.is_empty() && self.jobs > 1 { jobs.as_slice() } else { &[] };
        if self.backup.manifest.kind != Kind::Data {
            return self.archive(ARCHIVE, to, jobs);
        }
        // Keys and triggers come after the rows, whatever the order of these.
        self.archive(SCHEMA, to, &["--section=pre-data"])?;
        self.archive(ARCHIVE, to, jobs)?;
        // Of some tables the keys may lead to rows that are not there.
        if self.backup.manifest.partial { Ok(()) } else { self.archive(SCHEMA, to, &["--section=post-data"]) }
    }

    /// The rows that changed, into the tables that lie beside them, in an empty database. Returns what is not as it was written.
    ///
    /// # Errors
    /// What `pg_restore` or the server says, or that the files cannot be read.
    pub fn changes(&self, since: &Since, to: &ConnectionString) -> Result<Vec<String>, OperateError> {
        // Keys may lead to rows that did not change, but the primary one is theirs.
        self.archive(SCHEMA, to, &["--section=pre-data"])?;
        let mut connection = connect(to)?;
        let mut found = BTreeMap::new();
        for (name, table) in &since.tables {
            found.insert(name.clone(), self.copy_into(&mut connection, name, table)?);
            let key = format!("ALTER TABLE {name} ADD PRIMARY KEY ({})", listed(&table.key));
            connection.execute(&key)?;
        }
        Ok(rows::differences(&self.backup.manifest.rows, &found, true))
    }

    /// The rows of one table, into that or into one with its columns. Returns how many there were.
    pub(in crate::operate) fn copy_into(
        &self,
        connection: &mut Connection,
        target: &str,
        table: &Table,
    ) -> Result<u64, OperateError> {
        copy::into(connection, target, table, (&self.backup.folder, &self.backup.manifest.layers, self.identity))
    }

    /// The archive alone, in one transaction.
    ///
    /// # Errors
    /// As `whole`; the database is as before then.
    pub fn at_once(&self, to: &ConnectionString, without_triggers: bool) -> Result<(), OperateError> {
        let mut options = vec!["--single-transaction"];
        if without_triggers {
            options.push("--disable-triggers");
        }
        self.archive(ARCHIVE, to, &options)
    }

    fn archive(&self, name: &str, to: &ConnectionString, options: &[&str]) -> Result<(), OperateError> {
        let mut run = Run::new(self.client, "pg_restore", to);
        run.argument("--no-password");
        run.argument("--exit-on-error");
        // A bare name with an equals sign in it would be read as a connection string.
        let database = to.database().replace('\\', "\\\\").replace('\'', "\\'");
        run.argument(&format!("--dbname=dbname='{database}'"));
        options.iter().for_each(|option| run.argument(option));
        let path = self.backup.folder.join(name);
        let layers = &self.backup.manifest.layers;
        // By way of us it ends with us, whatever ends us; several at once read the file themselves.
        if path.is_dir() || options.iter().any(|option| option.starts_with("--jobs=")) {
            run.argument("--");
            run.argument(&path.display().to_string());
            return run.finish();
        }
        run.write(&mut *pack::unpack(&path, layers, self.identity)?)
    }

    /// What is not as it was dumped, one sentence each.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn differences(&self, to: &ConnectionString) -> Result<Vec<String>, OperateError> {
        let mut connection = connect(to)?;
        let manifest = &self.backup.manifest;
        let mut found = Vec::new();
        if !manifest.partial {
            let fingerprint = (self.measure)(read(&mut connection)?);
            let short = |text: &str| text.chars().take(8).collect::<String>();
            let told = format!("{SCHEMA_IS} {}, not {}", short(&fingerprint), short(&manifest.fingerprint));
            found.extend((fingerprint != manifest.fingerprint).then_some(told));
        }
        if manifest.kind != Kind::Schema {
            found.extend(rows::differences(&manifest.rows, &rows::all(&mut connection)?, manifest.partial));
        }
        Ok(found)
    }
}

/// For a person: `12 tables, 3400 rows`.
pub fn contents(backup: &Backup) -> String {
    let rows = &backup.manifest.rows;
    if backup.manifest.kind == Kind::Schema {
        return "the schema".to_owned();
    }
    let sum = usize::try_from(rows.values().sum::<u64>()).unwrap_or(usize::MAX);
    let changed = backup.manifest.since.as_ref().map(|since| format!(" changed since {}", since.at));
    format!("{}, {}{}", counted(rows.len(), "table"), counted(sum, "row"), changed.unwrap_or_default())
}
