//! One scratch database.

use std::sync::Arc;

use crate::base::name::{Ident, literal};
use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::scratch::cleanup::Ticket;
use crate::scratch::error::ScratchError;
use crate::scratch::server::Server;

/// An empty database that is removed when this is dropped, or with its cluster.
pub struct ScratchDb {
    pub(super) server: Arc<Server>,
    pub(super) to: ConnectionString,
    /// Where the server stays, the database has to be dropped.
    pub(super) _ticket: Option<Ticket>,
}

impl ScratchDb {
    /// A session of the loader, with the target's settings that change what SQL means.
    ///
    /// # Errors
    /// That the server does not answer.
    pub fn connect(&self) -> Result<Connection, ScratchError> {
        Ok(connect(&self.to)?)
    }

    /// A session in which `role` acts. In a throw-away cluster it is made a superuser, and made where it is missing: what
    /// it may do on the target is not what is tried here.
    ///
    /// # Errors
    /// That the server does not answer, has no such role, or does not let us act as it.
    pub fn connect_as(&self, role: &str) -> Result<Connection, ScratchError> {
        let mut connection = self.connect()?;
        // In a cluster we are superuser, and the session is the role's through and through.
        let how = if self.server.is_cluster() {
            let name = Ident::new(role);
            let known = format!("SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = {}", literal(role));
            let verb = if connection.query_text(&known)?.is_some() { "ALTER" } else { "CREATE" };
            connection.execute(&format!("{verb} ROLE {name} SUPERUSER"))?;
            "SESSION AUTHORIZATION"
        } else {
            "ROLE"
        };
        match connection.execute(&format!("SET {how} {}", literal(role))) {
            Ok(()) => Ok(connection),
            Err(DbError::Statement { sqlstate, .. }) if sqlstate == "22023" => {
                Err(ScratchError::MissingRole { roles: vec![role.to_owned()] })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Gives to this role the tables and sequences that no file gives an owner, as those will be its own that it makes
    /// beside them: Postgres refuses to let a table own a sequence of another role.
    ///
    /// # Errors
    /// That the server does not answer, or does not let us.
    pub fn hand_over(&self, connection: &mut Connection, role: &str) -> Result<(), DbError> {
        if role == self.loader() {
            return Ok(());
        }
        let names = connection.query_with(include_str!("belongings.sql"), &[&self.loader()])?;
        let names: Vec<String> = names.iter().map(|row| row.try_get("name")).collect::<Result<_, _>>()?;
        let given = names.iter().map(|name| format!("ALTER TABLE {name} OWNER TO {}", Ident::new(role)));
        connection.execute_all(&given.collect::<Vec<_>>())
    }

    /// Makes the roles of the target in a throw-away cluster: its state may name others than the files do. Elsewhere they have to
    /// be there.
    ///
    /// # Errors
    /// That the server does not answer.
    pub fn know_roles(&self) -> Result<(), ScratchError> {
        self.server.know_roles()
    }

    /// The role that owns what no file gives an owner.
    pub fn loader(&self) -> &str {
        &self.server.loader
    }

    /// The way to it, for other programs.
    pub fn place(&self) -> &ConnectionString {
        &self.to
    }

    /// The name on the server.
    pub fn name(&self) -> &str {
        self.to.database()
    }
}
