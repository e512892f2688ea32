//! A folder of migrations run from nothing, and each down right after its up.
//!
//! Up, down, and up again: what comes out in the middle must be the state before the up. Where it is not, or where the
//! down cannot be run, a new database is brought to the state after the up, so that one bad down says nothing about the
//! migrations after it.

use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::lint::down::Came;
use crate::prove::error::ProofError;
use crate::prove::{describe, remaining};
use crate::scratch::Scratch;
use crate::scratch::database::ScratchDb;
use crate::source::convention::{Migration, Piece};
use crate::source::error::SourceError;
use crate::source::migrations::play;
use crate::source::owned::drop_owners;

/// What came of it.
pub struct History {
    /// What all ups lead to, or those before the one that fails.
    pub catalog: Catalog,
    /// The major version of the server that they ran on.
    pub major: u32,
    /// Of each migration that has a down, from the first that was looked at on.
    pub downs: Vec<Option<Came>>,
    /// What was measured of the states: before the first that was looked at, and after each that ran.
    pub states: Vec<String>,
    /// The migration whose up does not run, by its place, and why.
    pub failed: Option<(usize, SourceError)>,
}

/// What is looked at.
pub struct Watch<'a> {
    /// The place of the first migration that is: those before it only run.
    pub first: usize,
    /// Tells states apart.
    pub measure: &'a dyn Fn(&Catalog) -> String,
    /// Is told how many are done.
    pub progress: &'a dyn Fn(usize),
}

struct Player<'a> {
    migrations: &'a [Migration],
    scratch: &'a Scratch,
    db: ScratchDb,
    roles: Vec<String>,
}

/// Runs all of it.
///
/// # Errors
/// When the server goes away or a catalog cannot be read; a migration that fails is part of the answer.
pub fn history(migrations: &[Migration], scratch: &Scratch, look: &Watch) -> Result<History, ProofError> {
    let mut player = Player { migrations, scratch, db: scratch.database("check")?, roles: Vec::new() };
    let (mut before, major) = player.read()?;
    let (mut downs, mut failed) = (Vec::new(), None);
    let mut states = Vec::new();
    for (at, migration) in migrations.iter().enumerate() {
        if at == look.first {
            if at > 0 {
                before = player.read()?.0;
            }
            states.push((look.measure)(&before));
        }
        if let Err(error) = player.up(at) {
            failed = Some((at, refused(error)?));
            break;
        }
        (look.progress)(at);
        if at < look.first {
            continue;
        }
        let after = player.read()?.0;
        states.push((look.measure)(&after));
        let down = migration.down.as_ref().filter(|down| !down.statements().is_empty());
        downs.push(match down {
            Some(down) => Some(player.back(at, down, &before, &after)?),
            None => None,
        });
        before = after;
    }
    if let Some((at, _)) = &failed {
        let why = format!("the up of {} does not run", migrations.get(*at).map_or("", |failed| failed.id.as_str()));
        let rest = migrations.iter().skip(*at);
        downs.extend(rest.map(|migration| migration.down.as_ref().map(|_| Came::Untried(why.clone()))));
    }
    Ok(History { catalog: before, major, downs, states, failed })
}

impl Player<'_> {
    fn read(&self) -> Result<(Catalog, u32), ProofError> {
        let mut connection = self.db.connect()?;
        let mut catalog = read(&mut connection)?;
        drop_owners(&mut catalog, self.db.loader());
        Ok((catalog, connection.version().major()))
    }

    /// In a session of its own, as a tool has for each file: what one sets must not reach the next.
    fn play(&mut self, piece: &Piece, in_transaction: bool) -> Result<(), SourceError> {
        let mut connection = self.db.connect()?;
        play(&piece.statements(), in_transaction, &mut connection, self.scratch, &mut self.roles)
    }

    fn up(&mut self, at: usize) -> Result<(), SourceError> {
        match self.migrations.get(at) {
            Some(migration) => self.play(&migration.up, migration.in_transaction),
            None => Ok(()),
        }
    }

    /// The down of a migration whose up was run. After it the database is in the state after the up again.
    fn back(&mut self, at: usize, down: &Piece, before: &Catalog, after: &Catalog) -> Result<Came, ProofError> {
        let in_transaction = self.migrations.get(at).is_some_and(|migration| migration.in_transaction);
        let came = match self.play(down, in_transaction) {
            Err(error) => Came::Refused(said(&refused(error)?)),
            Ok(()) => match self.left(before)? {
                left if left.is_empty() => Came::Proven,
                left => Came::Differs(left),
            },
        };
        if came != Came::Proven {
            self.rebuild(at)?;
            return Ok(came);
        }
        if let Err(error) = self.up(at) {
            let again = format!("the up does not run again: {}", said(&refused(error)?));
            self.rebuild(at)?;
            return Ok(Came::Differs(vec![again]));
        }
        if self.left(after)?.is_empty() {
            return Ok(Came::Proven);
        }
        self.rebuild(at)?;
        Ok(Came::Differs(vec!["run again, the up leads to another state".to_owned()]))
    }

    /// What still leads from the state as it is to this one.
    fn left(&self, wanted: &Catalog) -> Result<Vec<String>, ProofError> {
        let reached = self.read()?.0;
        if reached.facts == wanted.facts { Ok(Vec::new()) } else { Ok(describe(&remaining(&reached, wanted)?)) }
    }

    /// A new database, in the state after this up.
    fn rebuild(&mut self, at: usize) -> Result<(), ProofError> {
        self.db = self.scratch.database("check")?;
        for done in 0..=at {
            self.up(done)?;
        }
        Ok(())
    }
}

/// What a migration says against being run; any other error is one of ours.
fn refused(error: SourceError) -> Result<SourceError, ProofError> {
    let of_migration = matches!(error, SourceError::Migration { .. });
    if of_migration || matches!(&error, SourceError::Db(cause) if !cause.is_lost()) {
        Ok(error)
    } else {
        Err(error.into())
    }
}

fn said(error: &SourceError) -> String {
    match error {
        SourceError::Migration { said, .. } => said.clone(),
        other => other.to_string(),
    }
}
