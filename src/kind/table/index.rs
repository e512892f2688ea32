//! An index that belongs to no constraint.
//!
//! Storage parameters, the tablespace and statistics targets of expressions change in place; the rest is a
//! replacement. An invalid index (left by a failed concurrent build) differs from a valid one. On a partitioned table
//! only the parent's own entry is made; each partition's index is a fact that is attached.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::key::Scoped;
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Hazard, Statement, one};
use crate::kind::table::index_attachment::index_parent;
use crate::kind::table::{lineage, partition};
use crate::kind::{Key, Kind, Site, Slot, options};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Index {
    pub on_materialized_view: bool,
    /// The table or materialized view, in the index's own schema.
    pub table: Ident,
    /// As `pg_get_indexdef` prints it.
    pub definition: String,
    pub predicate: Option<String>,
    pub unique: bool,
    pub partitioned: bool,
    pub valid: bool,
    pub options: Vec<String>,
    pub tablespace: Option<Ident>,
    /// Whether building it evaluates expressions.
    pub evaluates: bool,
    /// `attnum=target`, for expression columns.
    pub statistics: Option<Vec<String>>,
}

impl Kind for Index {
    const LABEL: &'static str = "index";
    const QUERY: &'static str = include_str!("index.sql");
    const PRINTS: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut create = Statement::new(self.create_index());
        // That of a partitioned table is an entry in the catalog: ON ONLY.
        if !self.partitioned {
            create = create.hazard(Hazard::Scans("the index is built while writers wait".to_owned()));
        }
        let mut statements = vec![create];
        for (column, target) in self.targets() {
            let sql = format!("ALTER INDEX {} ALTER COLUMN {column} SET STATISTICS {target}", at.sql());
            statements.push(Statement::new(sql));
        }
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP INDEX {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self {
            on_materialized_view,
            table,
            definition: _,
            predicate: _,
            unique: _,
            partitioned,
            valid,
            options: to_options,
            tablespace,
            evaluates: _,
            statistics: _,
        } = to;
        if self.without_options() != to.without_options() {
            return Alter::replace("the definition of an index cannot be changed");
        }
        if (on_materialized_view, table, partitioned) != (&self.on_materialized_view, &self.table, &self.partitioned) {
            return Alter::replace("it is on another table");
        }
        if *valid != self.valid {
            return Alter::replace("the index is invalid: a concurrent build of it failed");
        }
        let index = at.sql();
        let mut clauses = options::changes(&self.options, to_options);
        if *tablespace != self.tablespace {
            let place = tablespace.clone().unwrap_or_else(|| Ident::new("pg_default"));
            clauses.push(format!("SET TABLESPACE {place}"));
        }
        let (from, to) = (self.targets(), to.targets());
        for (column, _) in from.iter().filter(|(column, _)| !to.iter().any(|(other, _)| other == column)) {
            clauses.push(format!("ALTER COLUMN {column} SET STATISTICS -1"));
        }
        for (column, target) in to.iter().filter(|target| !from.contains(target)) {
            clauses.push(format!("ALTER COLUMN {column} SET STATISTICS {target}"));
        }
        Alter::in_place(clauses.iter().map(|clause| Statement::new(format!("ALTER INDEX {index} {clause}"))).collect())
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        vec![self.table_key(at)]
    }

    fn follows(&self, at: &Site) -> Vec<Key> {
        if self.partitioned { partition::partitions_of(at.here, &self.table_key(at)) } else { Vec::new() }
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let table = self.table_key(at);
        if dropped(&table) {
            return Some(table);
        }
        index_parent(at).filter(|parent| dropped(parent) && !lineage::is_detached(at, &table, dropped))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        at.key.schema().map(|schema| Slot::Relation(schema.clone(), Ident::new(at.key.name()))).into_iter().collect()
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("INDEX", at.key, to)
    }

    fn runs_routines(&self) -> bool {
        self.evaluates
    }
}

impl Index {
    pub fn table_key(&self, at: &Site) -> Key {
        let schema = at.key.schema().map(Ident::as_str).unwrap_or_default();
        let name = Scoped::new(schema, self.table.as_str());
        if self.on_materialized_view { Key::MaterializedView(name) } else { Key::Table(name) }
    }

    /// CREATE INDEX with the tablespace, which `pg_get_indexdef` leaves out.
    fn create_index(&self) -> String {
        let Some(tablespace) = &self.tablespace else { return self.definition.clone() };
        let tail = self.predicate.as_ref().map(|predicate| format!(" WHERE {predicate}")).unwrap_or_default();
        let head = self.definition.strip_suffix(&tail).unwrap_or(&self.definition);
        format!("{head} TABLESPACE {tablespace}{tail}")
    }

    /// The definition without its WITH clause, which `flatten_reloptions` in `ruleutils.c` prints.
    fn without_options(&self) -> String {
        if self.options.is_empty() {
            return self.definition.clone();
        }
        let printed = |option: &String| {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let bare = Ident::new(value).to_string() == value;
            let value = if bare { value.to_owned() } else { format!("'{}'", value.replace('\'', "''")) };
            format!("{}={value}", Ident::new(name))
        };
        let with = format!(" WITH ({})", self.options.iter().map(printed).collect::<Vec<_>>().join(", "));
        match self.definition.rfind(&with) {
            Some(start) => format!("{}{}", &self.definition[..start], &self.definition[start + with.len()..]),
            None => self.definition.clone(),
        }
    }

    fn targets(&self) -> Vec<(&str, &str)> {
        self.statistics.iter().flatten().filter_map(|target| target.split_once('=')).collect()
    }
}
