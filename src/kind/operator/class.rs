//! An operator class: how an index method treats a type. Postgres changes nothing of it but its name, schema and owner.

use serde::{Deserialize, Serialize};

use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OperatorClass {
    pub default: bool,
    pub type_name: String,
    pub family: String,
    /// The type that is kept in the index, where it is another.
    pub storage: Option<String>,
    /// `OPERATOR 1 public.<(public.a,public.a)`.
    pub operators: Vec<String>,
    /// `FUNCTION 1 (public.a, public.a) public.compare(public.a,public.a)`.
    pub functions: Vec<String>,
}

impl Kind for OperatorClass {
    const LABEL: &'static str = "operator class";
    const QUERY: &'static str = include_str!("class.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let Key::OperatorClass(key) = at.key else { return Vec::new() };
        let mut members: Vec<String> = self.storage.iter().map(|storage| format!("STORAGE {storage}")).collect();
        members.extend(self.operators.iter().chain(&self.functions).cloned());
        if members.is_empty() {
            // The grammar wants at least one; this one says nothing.
            members.push(format!("STORAGE {}", self.type_name));
        }
        let default = if self.default { "DEFAULT " } else { "" };
        one(format!(
            "CREATE OPERATOR CLASS {}.{}\n    {default}FOR TYPE {} USING {} FAMILY {} AS\n    {}",
            key.schema,
            key.name,
            self.type_name,
            key.method,
            self.family,
            members.join(",\n    ")
        ))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP OPERATOR CLASS {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { default, type_name, family, storage, operators, functions } = to;
        let same = (default, type_name, family, storage, operators, functions)
            == (&self.default, &self.type_name, &self.family, &self.storage, &self.operators, &self.functions);
        if same { Alter::Equivalent } else { Alter::replace("an operator class cannot be changed") }
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("OPERATOR CLASS", at.key, to)
    }
}
