//! A subscription, without what happens at the other end: it is created disabled and unconnected, and dropped without
//! touching the publisher. Whether it is enabled is the operator's to say and no difference.
//!
//! A connection string with a password in it is never read; a subscription is then created with an empty one, for
//! whoever has the password to set. Two-phase commit can only be chosen when a subscription is created (before 18).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base::name::{Ident, literal};
use crate::kind::carried::Carried;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a column of the catalog")]
pub struct Subscription {
    pub connection: ConnectionText,
    pub publications: Vec<Ident>,
    pub slot_name: Option<Ident>,
    pub synchronous_commit: String,
    pub binary: bool,
    /// `off`, `on` or `parallel` (16).
    pub streaming: String,
    pub two_phase: bool,
    pub disable_on_error: bool,
    pub password_required: bool,
    pub run_as_owner: bool,
    pub origin: String,
    pub failover: bool,
    pub enabled: Carried<bool>,
}

/// The connection string, where it may be read and holds no password. One that is not known is no difference from one
/// that is, and no part of a fingerprint.
#[derive(Clone, Debug, Default)]
pub struct ConnectionText(pub Option<String>);

impl PartialEq for ConnectionText {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(this), Some(that)) => this == that,
            _ => true,
        }
    }
}

impl Eq for ConnectionText {}

impl Serialize for ConnectionText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Carried(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ConnectionText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self)
    }
}

impl Kind for Subscription {
    const LABEL: &'static str = "subscription";
    const QUERY: &'static str = include_str!("subscription.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let connection = literal(self.connection.0.as_deref().unwrap_or_default());
        let mut settings = vec!["connect = false".to_owned()];
        let usual = Self { slot_name: Some(Ident::new(at.key.name())), ..Self::usual() };
        settings.extend(usual.settings(self));
        if self.two_phase {
            settings.push("two_phase = true".to_owned());
        }
        one(format!(
            "CREATE SUBSCRIPTION {}\n    CONNECTION {connection}\n    PUBLICATION {}\n    WITH ({})",
            at.sql(),
            self.publication_list(),
            settings.join(", ")
        ))
    }

    /// With a slot, DROP SUBSCRIPTION would have to reach the publisher, and could not run in a transaction.
    fn drop(&self, at: &Site) -> Vec<Statement> {
        let mut statements = Vec::new();
        if self.slot_name.is_some() {
            statements.push(Statement::new(format!("ALTER SUBSCRIPTION {} DISABLE", at.sql())));
            statements.push(Statement::new(format!("ALTER SUBSCRIPTION {} SET (slot_name = NONE)", at.sql())));
        }
        statements.push(Statement::new(format!("DROP SUBSCRIPTION {}", at.sql())));
        statements
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        if to.two_phase != self.two_phase {
            return Alter::replace("two-phase commit is chosen when a subscription is created");
        }
        let mut clauses = Vec::new();
        if let (false, Some(connection)) = (to.connection == self.connection, &to.connection.0) {
            clauses.push(format!("CONNECTION {}", literal(connection)));
        }
        if to.publications != self.publications {
            clauses.push(format!("SET PUBLICATION {} WITH (refresh = false)", to.publication_list()));
        }
        let settings = self.settings(to);
        if !settings.is_empty() {
            clauses.push(format!("SET ({})", settings.join(", ")));
        }
        let alter = |clause: &String| Statement::new(format!("ALTER SUBSCRIPTION {} {clause}", at.sql()));
        Alter::in_place(clauses.iter().map(alter).collect())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER SUBSCRIPTION {} RENAME TO {}", at.sql(), Ident::new(to.name())))
    }

    fn loses(&self, at: &Site) -> Option<String> {
        let stays = |slot| format!(" (its replication slot {slot} stays on the publisher until it is dropped there)");
        let slot = self.slot_name.as_ref().map(stays).unwrap_or_default();
        Some(format!("the positions up to which {} has applied changes{slot}", at.sql()))
    }
}

impl Subscription {
    /// What CREATE SUBSCRIPTION makes without parameters.
    fn usual() -> Self {
        Self {
            connection: ConnectionText::default(),
            publications: Vec::new(),
            slot_name: None,
            synchronous_commit: "off".to_owned(),
            binary: false,
            streaming: "off".to_owned(),
            two_phase: false,
            disable_on_error: false,
            password_required: true,
            run_as_owner: false,
            origin: "any".to_owned(),
            failover: false,
            enabled: Carried(false),
        }
    }

    fn publication_list(&self) -> String {
        self.publications.iter().map(Ident::to_string).collect::<Vec<_>>().join(", ")
    }

    /// The parameters that lead from this one to that one, as far as ALTER can set them.
    fn settings(&self, to: &Self) -> Vec<String> {
        let Self {
            connection: _,
            publications: _,
            slot_name,
            synchronous_commit,
            binary,
            streaming,
            two_phase: _,
            disable_on_error,
            password_required,
            run_as_owner,
            origin,
            failover,
            enabled: _,
        } = to;
        let mut settings = Vec::new();
        let mut add = |differs: bool, setting: String| {
            if differs {
                settings.push(setting);
            }
        };
        let slot = slot_name.as_ref().map_or_else(|| "NONE".to_owned(), |slot| literal(slot.as_str()));
        add(*slot_name != self.slot_name, format!("slot_name = {slot}"));
        let commit = format!("synchronous_commit = {}", literal(synchronous_commit));
        add(*synchronous_commit != self.synchronous_commit, commit);
        add(*binary != self.binary, format!("binary = {binary}"));
        add(*streaming != self.streaming, format!("streaming = {streaming}"));
        add(*disable_on_error != self.disable_on_error, format!("disable_on_error = {disable_on_error}"));
        add(*password_required != self.password_required, format!("password_required = {password_required}"));
        add(*run_as_owner != self.run_as_owner, format!("run_as_owner = {run_as_owner}"));
        add(*origin != self.origin, format!("origin = {origin}"));
        add(*failover != self.failover, format!("failover = {failover}"));
        settings
    }
}
