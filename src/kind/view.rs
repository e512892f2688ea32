//! A view: its query as `pg_get_viewdef` prints it, and its options.
//!
//! CREATE OR REPLACE VIEW may change the query and append columns; it may not drop, reorder, rename or retype one
//! (`checkViewTupleDesc` in `view.c`), so that is a replacement. It also sets exactly the options that it names, which
//! is why it names all of them. What a column of a view can carry (comment, privileges, default) is in
//! `relation_column`.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::relation_column::shape;
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::stub::Stub;
use crate::kind::{Key, Kind, Site, Slot, options};
use crate::sql::unnamed::with_unnamed;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct View {
    /// Without the closing semicolon.
    pub definition: String,
    /// `security_barrier=true`, `check_option=local`.
    pub options: Vec<String>,
}

impl Kind for View {
    const LABEL: &'static str = "view";
    const QUERY: &'static str = include_str!("view.sql");
    const STANDS_ON_TYPE: bool = true;
    const PRINTS: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("CREATE {}", self.written(at)))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP VIEW {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { definition, options: to_options } = to;
        if *definition != self.definition {
            if !shape(at.there, at.key).starts_with(&shape(at.here, at.key)) {
                return Alter::replace("CREATE OR REPLACE VIEW cannot drop, reorder, rename or retype a column");
            }
            return Alter::in_place(one(format!("CREATE OR REPLACE {}", to.written(at))));
        }
        let clauses = options::changes(&self.options, to_options);
        Alter::in_place(clauses.iter().map(|c| Statement::new(format!("ALTER VIEW {} {c}", at.sql()))).collect())
    }

    /// Its columns with no rows to them. Options come with the query: a check option needs one that can be written to.
    fn stub(&self, at: &Site) -> Option<Stub> {
        let columns = shape(at.here, at.key).into_iter().map(|(name, type_name, collation)| {
            let collate = collation.map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
            format!("NULL::{type_name}{collate} AS {}", Ident::new(name))
        });
        let columns: Vec<String> = columns.collect();
        let stub = format!("VIEW {} AS\n SELECT {}", at.sql(), columns.join(",\n    "));
        Some(Stub {
            create: one(format!("CREATE {stub}")),
            release: one(format!("CREATE OR REPLACE {stub}")),
            complete: one(format!("CREATE OR REPLACE {}", self.written(at))),
        })
    }

    /// The types of the columns are needed by these.
    fn stub_needs(&self, _at: &Site, used: &Key) -> bool {
        matches!(used, Key::Schema(_))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        Slot::of_relation(at.key)
    }

    fn grant_object(&self, at: &Site) -> String {
        format!("TABLE {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("VIEW", at.key, to)
    }
}

impl View {
    fn written(&self, at: &Site) -> String {
        let with = match self.options.as_slice() {
            [] => String::new(),
            options => format!(" WITH ({})", options::list(options)),
        };
        format!("VIEW {}{with} AS\n{}", at.sql(), with_unnamed(&self.definition))
    }
}
