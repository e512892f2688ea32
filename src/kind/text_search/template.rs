//! A text search template: two functions in C. Nothing of it can be changed but its name and schema.

use serde::{Deserialize, Serialize};

use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Template {
    pub init: Option<String>,
    pub lexize: String,
}

impl Kind for Template {
    const LABEL: &'static str = "text search template";
    const QUERY: &'static str = include_str!("template.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let init = self.init.as_ref().map(|init| format!("INIT = {init}, ")).unwrap_or_default();
        one(format!("CREATE TEXT SEARCH TEMPLATE {} ({init}LEXIZE = {})", at.sql(), self.lexize))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP TEXT SEARCH TEMPLATE {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { init, lexize } = to;
        let same = (init, lexize) == (&self.init, &self.lexize);
        if same { Alter::Equivalent } else { Alter::replace("the functions of a template cannot be changed") }
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TEXT SEARCH TEMPLATE", at.key, to)
    }
}
