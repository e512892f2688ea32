//! What an approval binds to: exactly what is due, and the database that it is for.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::migrate::apply::Order;
use crate::migrate::books;
use crate::migrate::due::due;
use crate::migrate::error::MigrateError;
use crate::migrate::folder::Migration;
use crate::migrate::seed::Seed;
use crate::migrate::session::Session;
use crate::migrate::survey::Survey;

impl Session<'_> {
    /// A hash of the migrations that are due, with the texts of both directions and in their order, of the seeds, and of the database:
    /// the server as it was initialised, the database on it, and the environment, as a copy of all files of a server
    /// is the same in all but that. None where nothing is due. It is no secret: who can read the files can make it.
    ///
    /// # Errors
    /// When the books cannot be read, or the files or they speak against a run.
    pub fn binding(
        &mut self,
        files: &[Migration],
        order: &Order,
        environment: Option<&str>,
    ) -> Result<Option<String>, MigrateError> {
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        let due = due(&survey, order)?;
        let due: Vec<&Migration> = due.due.iter().filter_map(|entry| entry.file).collect();
        let seeds = order.seeds.as_ref().map(|seeds| self.seeds_due(seeds)).transpose()?.unwrap_or_default();
        if due.is_empty() && seeds.is_empty() {
            return Ok(None);
        }
        let seeds: Vec<&Seed> = seeds.into_iter().map(|(seed, _)| seed).collect();
        let database = self.identity()?;
        Ok(Some(hash(&due, &seeds, &[&database, environment.unwrap_or_default()])))
    }

    fn identity(&mut self) -> Result<String, MigrateError> {
        let database = "SELECT pg_catalog.concat_ws(' ', oid, datname) FROM pg_catalog.pg_database \
                        WHERE datname = pg_catalog.current_database()";
        let database = self.connection.query_text(database)?.unwrap_or_default();
        // A provider may have taken it away, and then only the database is known.
        let may = "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')::text";
        let server = if self.connection.query_text(may)?.as_deref() == Some("true") {
            self.connection.query_text("SELECT system_identifier::text FROM pg_catalog.pg_control_system()")?
        } else {
            None
        };
        Ok(format!("{} {database}", server.unwrap_or_default()))
    }
}

/// Each part with its length before it, so that none can run into the next.
fn hash(due: &[&Migration], seeds: &[&Seed], place: &[&str]) -> String {
    let mut digest = Sha256::new();
    let mut add = |part: &[u8]| {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    };
    add(b"pgplumb approval 1");
    place.iter().for_each(|part| add(part.as_bytes()));
    for migration in due {
        add(migration.id.as_bytes());
        add(&migration.up_sha256());
        add(&migration.down_sha256().unwrap_or_default());
    }
    // No migration has this name, and where there are no seeds the hash is what it was without them.
    if !seeds.is_empty() {
        add(b"seeds");
    }
    for seed in seeds {
        add(seed.file.name.as_bytes());
        add(&seed.file.sha256());
    }
    digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        // A string takes everything.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::migrate::branch::Branch;
    use crate::sql::file::SqlFile;

    fn migration(id: &str, up: &str, down: Option<&str>) -> Migration {
        Migration {
            id: id.to_owned(),
            up: Arc::new(SqlFile::new("up.sql", up)),
            down: down.map(|down| Arc::new(SqlFile::new("down.sql", down))),
            from: None,
            to: None,
            grade: None,
            losses: Vec::new(),
            plan_sha256: None,
            contract: None,
            own: false,
            branch: Branch::default(),
            replaces: Vec::new(),
        }
    }

    #[test]
    fn a_hash_binds_to_every_part_and_their_order() {
        let (a, b) = (migration("1_a", "SELECT 1", Some("SELECT 2")), migration("2_b", "SELECT 3", None));
        let first = hash(&[&a, &b], &[], &["7 shop", "live"]);
        assert_eq!(first, hash(&[&a, &b], &[], &["7 shop", "live"]));
        assert_eq!(first.len(), 64);
        let others = [
            hash(&[&b, &a], &[], &["7 shop", "live"]),
            hash(&[&a], &[], &["7 shop", "live"]),
            hash(&[&a, &b], &[], &["8 shop", "live"]),
            hash(&[&a, &b], &[], &["7 shop", ""]),
            hash(&[&a, &b], &[], &["7 sho", "plive"]),
            hash(&[&migration("1_a", "SELECT 9", Some("SELECT 2")), &b], &[], &["7 shop", "live"]),
            hash(&[&migration("1_a", "SELECT 1", Some("SELECT 9")), &b], &[], &["7 shop", "live"]),
            hash(&[&migration("1_a", "SELECT 1", None), &b], &[], &["7 shop", "live"]),
            hash(&[&migration("1_c", "SELECT 1", Some("SELECT 2")), &b], &[], &["7 shop", "live"]),
        ];
        assert!(!others.contains(&first));
    }
}
