//! A materialized view: a query, and a table's storage for its result.
//!
//! Its query can never be changed, so that is a replacement with every index, privilege and comment on it. Its rows are
//! computed again then, unless neither state has any: whether it is populated says when REFRESH last ran, which is no
//! difference of the schema.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Hazard, Statement, one};
use crate::kind::{Body, Key, Kind, Site, Slot, options};
use crate::sql::unnamed::with_unnamed;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MaterializedView {
    /// Without the closing semicolon.
    pub definition: String,
    pub options: Vec<String>,
    /// None for `heap`.
    pub access_method: Option<Ident>,
    pub tablespace: Option<Ident>,
    pub populated: Carried<bool>,
}

impl Kind for MaterializedView {
    const LABEL: &'static str = "materialized view";
    const QUERY: &'static str = include_str!("materialized_view.sql");
    const STANDS_ON_TYPE: bool = true;
    const PRINTS: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut sql = format!("CREATE MATERIALIZED VIEW {}", at.sql());
        if let Some(method) = &self.access_method {
            sql.push_str(&format!(" USING {method}"));
        }
        if !self.options.is_empty() {
            sql.push_str(&format!(" WITH ({})", options::list(&self.options)));
        }
        if let Some(tablespace) = &self.tablespace {
            sql.push_str(&format!(" TABLESPACE {tablespace}"));
        }
        sql.push_str(&format!(" AS\n{}", with_unnamed(&self.definition)));
        if !self.runs(at) {
            sql.push_str("\n  WITH NO DATA");
        }
        let mut statements = one(sql);
        for (key, body) in at.here.standing_on(at.key) {
            if let Body::RelationColumn(column) = body
                && at.absorbed.contains(key)
            {
                statements.extend(column.settings(&at.of(key)));
            }
        }
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP MATERIALIZED VIEW {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { definition, options: to_options, access_method, tablespace, populated: _ } = to;
        if *definition != self.definition {
            return Alter::replace("the query of a materialized view cannot be changed");
        }
        let view = at.sql();
        let mut statements = Vec::new();
        let rewrites = |clause: String| {
            let hazard = Hazard::Rewrites(format!("{clause} writes all its rows again"));
            Statement::new(format!("ALTER MATERIALIZED VIEW {view} {clause}")).hazard(hazard)
        };
        if *access_method != self.access_method {
            let method = access_method.clone().unwrap_or_else(|| Ident::new("heap"));
            statements.push(rewrites(format!("SET ACCESS METHOD {method}")));
        }
        if *tablespace != self.tablespace {
            let name = tablespace.clone().unwrap_or_else(|| Ident::new("pg_default"));
            statements.push(rewrites(format!("SET TABLESPACE {name}")));
        }
        let clauses = options::changes(&self.options, to_options);
        statements.extend(clauses.iter().map(|c| Statement::new(format!("ALTER MATERIALIZED VIEW {view} {c}"))));
        Alter::in_place(statements)
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        Slot::of_relation(at.key)
    }

    fn grant_object(&self, at: &Site) -> String {
        format!("TABLE {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("MATERIALIZED VIEW", at.key, to)
    }

    fn runs_routines(&self) -> bool {
        true
    }
}

impl MaterializedView {
    /// Whether its query is run when it is created.
    fn runs(&self, at: &Site) -> bool {
        let was = matches!(at.there.get(at.key), Some(Body::MaterializedView(other)) if other.populated.0);
        self.populated.0 || was
    }
}
