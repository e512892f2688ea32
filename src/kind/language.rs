//! A procedural language that no extension brought. CREATE OR REPLACE changes all of it.

use serde::{Deserialize, Serialize};

use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Language {
    pub trusted: bool,
    pub handler: String,
    pub inline: Option<String>,
    pub validator: Option<String>,
}

impl Kind for Language {
    const LABEL: &'static str = "language";
    const QUERY: &'static str = include_str!("language.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("CREATE {}", self.definition(at)))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP LANGUAGE {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        if to == self {
            Alter::Equivalent
        } else {
            Alter::in_place(one(format!("CREATE OR REPLACE {}", to.definition(at))))
        }
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("LANGUAGE", at.key, to)
    }
}

impl Language {
    fn definition(&self, at: &Site) -> String {
        let Self { trusted, handler, inline, validator } = self;
        let mut sql = format!("{}LANGUAGE {} HANDLER {handler}", if *trusted { "TRUSTED " } else { "" }, at.sql());
        sql.extend(inline.as_ref().map(|function| format!(" INLINE {function}")));
        sql.extend(validator.as_ref().map(|function| format!(" VALIDATOR {function}")));
        sql
    }
}
