//! CHECK, FOREIGN KEY, PRIMARY KEY, UNIQUE and EXCLUDE constraints of tables, and CHECK constraints of domains.
//!
//! Postgres can validate one, and change the deferrability of a foreign key; anything else is a replacement. A check
//! that a table inherits is a fact on the child too, because it stays there when the child is detached; while the
//! child is attached it comes and goes with the parent's.

mod definition;
mod inherited;
pub mod reference;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::data_type::is_contained;
use crate::kind::key::{Attached, Scoped};
use crate::kind::statement::{Alter, Hazard, Statement, one};
use crate::kind::table::constraint::inherited::was_under;
use crate::kind::table::index_attachment::index_parent;
use crate::kind::table::{inheritance, lineage, partition};
use crate::kind::{Body, Key, Kind, Site, Slot, options};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Constraint {
    /// `pg_constraint.contype`.
    #[serde(rename = "type")]
    pub contype: String,
    /// As `pg_get_constraintdef` prints it, NOT VALID included.
    pub definition: String,
    pub validated: bool,
    pub local: Carried<bool>,
    pub inherited: Carried<bool>,
    pub no_inherit: bool,
    pub deferrable: bool,
    pub deferred: bool,
    pub columns: Option<Vec<Ident>>,
    pub references_schema: Option<Ident>,
    pub references_name: Option<Ident>,
    /// Storage parameters of the index behind it.
    pub options: Vec<String>,
    pub tablespace: Option<Ident>,
}

impl Kind for Constraint {
    const LABEL: &'static str = "constraint";
    const QUERY: &'static str = include_str!("constraint.sql");
    const PRINTS: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        if self.is_left(at) {
            return Vec::new();
        }
        let sql = format!("{} ADD {}", self.alter_on(at), self.written(at));
        let mut statement = Statement::new(sql);
        statement.hazards.extend(self.cost(at).filter(|_| self.validated));
        vec![statement]
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        // The parent adopts it, or its table is attached to one that does.
        if self.is_copy(at) {
            return Vec::new();
        }
        let only = if self.no_inherit { "ONLY " } else { "" };
        let object = at.on_object();
        let object = if only.is_empty() { object } else { object.replacen("TABLE ", "TABLE ONLY ", 1) };
        one(format!("ALTER {object} DROP CONSTRAINT {}", Ident::new(at.key.name())))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self {
            contype,
            definition,
            validated,
            local: _,
            inherited: _,
            no_inherit: _,
            deferrable,
            deferred,
            columns: _,
            references_schema: _,
            references_name: _,
            options: to_options,
            tablespace,
        } = to;
        let name = Ident::new(at.key.name());
        let mut statements = Vec::new();
        if *definition != self.definition {
            let same_but_validity = self.bare() == to.bare() && *contype == self.contype;
            if same_but_validity && *validated && !self.validated {
                let sql = format!("ALTER {} VALIDATE CONSTRAINT {name}", at.on_object());
                statements.push(
                    Statement::new(sql).hazard(Hazard::DependsOnData("it fails where a row violates it".to_owned())),
                );
            } else if contype == "f" && self.contype == "f" && self.without_deferral() == to.without_deferral() {
                let deferrable = match (deferrable, deferred) {
                    (true, true) => "DEFERRABLE INITIALLY DEFERRED",
                    (true, false) => "DEFERRABLE INITIALLY IMMEDIATE",
                    _ => "NOT DEFERRABLE",
                };
                statements
                    .push(Statement::new(format!("ALTER {} ALTER CONSTRAINT {name} {deferrable}", at.on_object())));
            } else {
                return Alter::replace("the definition of a constraint cannot be changed");
            }
        }
        if *tablespace != self.tablespace {
            let place = tablespace.clone().unwrap_or_else(|| Ident::new("pg_default"));
            statements.push(Statement::new(format!("ALTER INDEX {} SET TABLESPACE {place}", index_name(at))));
        }
        for clause in options::changes(&self.options, to_options) {
            statements.push(Statement::new(format!("ALTER INDEX {} {clause}", index_name(at))));
        }
        Alter::in_place(statements)
    }

    fn requires(&self, _at: &Site) -> Vec<Key> {
        self.references().into_iter().collect()
    }

    fn follows(&self, at: &Site) -> Vec<Key> {
        let mut keys = self.parents(at);
        if let Some(referenced) = self.references() {
            // A foreign key onto a partitioned table needs the partitions' indexes attached: the key is invalid before.
            keys.extend(partition::attachments_below(at.here, &referenced));
        }
        if self.has_index()
            && let Some(table) = at.key.on()
        {
            keys.extend(partition::partitions_of(at.here, table));
        }
        keys
    }

    fn outlives(&self, at: &Site) -> Vec<Key> {
        self.parents(at)
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let table = at.key.on()?;
        if let Some(parent) = index_parent(at).filter(|_| self.compares_rows()) {
            let partition = Key::Partition(Attached::new(table.clone()));
            return [parent, partition].into_iter().find(|key| created(key));
        }
        if self.contype != "c" || !self.inherited.0 {
            return None;
        }
        if created(table) {
            let by_inherits = inheritance::parent_tables(at.here, table).next().is_some();
            return (by_inherits && !self.local.0).then(|| table.clone());
        }
        self.parents(at).into_iter().find(|parent| created(parent) && was_under(at, parent))
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let table = at.key.on()?;
        let both = self.references().is_some_and(|referenced| referenced != *table && dropped(&referenced));
        if dropped(table) {
            // Dropped on its own when both tables go, so that two tables with keys to each other can be dropped at all.
            return (!both).then(|| table.clone());
        }
        if lineage::is_detached(at, table, dropped) {
            return None;
        }
        if self.contype == "c" && !self.local.0 {
            return self.parents(at).into_iter().find(|parent| dropped(parent));
        }
        index_parent(at).filter(|parent| dropped(parent))
    }

    fn remakes(&self, at: &Site) -> Option<String> {
        let domain = at.key.on().filter(|on| matches!(on, Key::Domain(_)))?;
        (self.validated && is_contained(at.there, &domain.sql())).then(|| {
            "a constraint cannot be added while columns hold its values inside arrays or other types".to_owned()
        })
    }

    fn folds_into(&self, at: &Site) -> Option<Key> {
        let table = at.key.on()?;
        let plain = match at.here.get(table)? {
            Body::Table(body) => body.partition_by.is_none(),
            Body::Domain(_) => true,
            _ => false,
        };
        let no_parents = inheritance::parent_tables(at.here, table).next().is_none();
        (plain && no_parents && self.validated && self.tablespace.is_none()).then(|| table.clone())
    }

    fn clause(&self, at: &Site) -> Option<String> {
        let comes_from_parent = !self.local.0
            && at.key.on().is_some_and(|table| inheritance::parent_tables(at.here, table).next().is_some());
        (!comes_from_parent).then(|| self.written(at))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        let Some(on) = at.key.on() else { return Vec::new() };
        let mut slots = vec![Slot::Within(Box::new(on.clone()), format!("constraint {}", at.key.name()))];
        if let Some(schema) = on.schema().filter(|_| self.has_index()) {
            slots.push(Slot::Relation(schema.clone(), Ident::new(at.key.name())));
        }
        slots
    }

    fn object(&self, at: &Site) -> String {
        let on = at.on_object();
        let on = ["TABLE ", "FOREIGN TABLE "].iter().find_map(|noun| on.strip_prefix(noun)).unwrap_or(&on);
        format!("CONSTRAINT {} ON {on}", Ident::new(at.key.name()))
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        let (name, to) = (Ident::new(at.key.name()), Ident::new(to.name()));
        one(format!("ALTER {} RENAME CONSTRAINT {name} TO {to}", at.on_object()))
    }

    /// A foreign key compares two columns, whose types change one after the other.
    fn stands_on_type(&self) -> bool {
        self.contype == "f"
    }

    fn runs_routines(&self) -> bool {
        matches!(self.contype.as_str(), "c" | "x")
    }
}

impl Constraint {
    /// Whether an index stands behind it.
    pub fn has_index(&self) -> bool {
        matches!(self.contype.as_str(), "p" | "u" | "x")
    }

    /// Whether its index compares rows by operators of its own. Postgres takes no such index for that of a partition
    /// (`CompareIndexInfo` in `index.c`): it comes with the parent's, or with the partition.
    pub fn compares_rows(&self) -> bool {
        self.contype == "x" || self.has_index() && self.definition.contains(" WITHOUT OVERLAPS")
    }

    /// A foreign table's rows are not looked at, and a partitioned table has none.
    fn cost(&self, at: &Site) -> Option<Hazard> {
        let empty = match at.on() {
            Some((_, Body::Table(table))) => table.partition_by.is_some() && self.has_index(),
            Some((_, Body::ForeignTable(_))) => true,
            _ => false,
        };
        let what = match self.contype.as_str() {
            "p" | "u" | "x" => "its index is built while readers and writers wait",
            "f" => "every row is checked while writers wait",
            _ => "every row is checked while readers and writers wait",
        };
        (!empty).then(|| Hazard::Scans(what.to_owned()))
    }
}

/// The name of the index behind the constraint: its own, in the table's schema.
fn index_name(at: &Site) -> String {
    let schema = at.key.schema().map(Ident::as_str).unwrap_or_default();
    Key::Index(Scoped::new(schema, at.key.name())).sql()
}
