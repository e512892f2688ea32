//! A foreign-data wrapper. Most come with an extension and are no facts then.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::foreign_options::{ForeignOptions, Secrets, change, clause, loss};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ForeignDataWrapper {
    /// Functions, qualified.
    pub handler: Option<String>,
    pub validator: Option<String>,
    pub options: ForeignOptions,
    pub secrets: Secrets,
}

impl Kind for ForeignDataWrapper {
    const LABEL: &'static str = "foreign data wrapper";
    const QUERY: &'static str = include_str!("foreign_data_wrapper.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut sql = format!("CREATE FOREIGN DATA WRAPPER {}", at.sql());
        sql.extend(self.handler.as_ref().map(|handler| format!(" HANDLER {handler}")));
        sql.extend(self.validator.as_ref().map(|validator| format!(" VALIDATOR {validator}")));
        one(sql + &clause(&self.options))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP FOREIGN DATA WRAPPER {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { handler, validator, options, secrets: _ } = to;
        let mut clauses = Vec::new();
        if *handler != self.handler {
            clauses.push(handler.as_ref().map_or_else(|| "NO HANDLER".to_owned(), |name| format!("HANDLER {name}")));
        }
        if *validator != self.validator {
            clauses
                .push(validator.as_ref().map_or_else(|| "NO VALIDATOR".to_owned(), |name| format!("VALIDATOR {name}")));
        }
        clauses.extend(change(&self.options, options));
        if clauses.is_empty() {
            return Alter::Equivalent;
        }
        Alter::in_place(one(format!("ALTER FOREIGN DATA WRAPPER {} {}", at.sql(), clauses.join(" "))))
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER FOREIGN DATA WRAPPER {} RENAME TO {}", at.sql(), Ident::new(to.name())))
    }

    fn loses(&self, at: &Site) -> Option<String> {
        loss(&self.secrets, &at.sql())
    }
}
