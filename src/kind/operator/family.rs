//! An operator family of an index method, with the members that belong to none of its classes. Those are added and
//! dropped in place.

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::key::Shape;
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

/// Named in a schema, for one index method.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct OfMethod {
    pub schema: Ident,
    pub name: Ident,
    pub method: Ident,
}

impl Shape for OfMethod {
    fn schema(&self) -> Option<&Ident> {
        Some(&self.schema)
    }
    fn name(&self) -> &str {
        self.name.as_str()
    }
    fn renamed(&self, name: &str) -> Self {
        Self { name: Ident::new(name), ..self.clone() }
    }
    fn moved(&self, schema: &str) -> Self {
        Self { schema: Ident::new(schema), ..self.clone() }
    }
    fn sql(&self) -> String {
        format!("{}.{} USING {}", self.schema, self.name, self.method)
    }
    fn read(row: &Row, _on: Option<Key>) -> Result<Self, DbError> {
        decode(row)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OperatorFamily {
    /// `OPERATOR 1 public.<(public.a,public.b)`.
    pub operators: Vec<String>,
    /// `FUNCTION 1 (public.a, public.b) public.compare(public.a,public.b)`.
    pub functions: Vec<String>,
}

impl Kind for OperatorFamily {
    const LABEL: &'static str = "operator family";
    const QUERY: &'static str = include_str!("family.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(format!("CREATE OPERATOR FAMILY {}", at.sql()));
        let members: Vec<_> = self.operators.iter().chain(&self.functions).collect();
        statements.extend(change(at, "ADD", &members, String::clone));
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP OPERATOR FAMILY {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { operators, functions } = to;
        let gone: Vec<_> = missing(&self.operators, operators).chain(missing(&self.functions, functions)).collect();
        let new: Vec<_> = missing(operators, &self.operators).chain(missing(functions, &self.functions)).collect();
        let mut statements: Vec<_> = change(at, "DROP", &gone, |member| slot(member)).into_iter().collect();
        statements.extend(change(at, "ADD", &new, String::clone));
        Alter::in_place(statements)
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("OPERATOR FAMILY", at.key, to)
    }
}

fn missing<'a>(of: &'a [String], from: &'a [String]) -> impl Iterator<Item = &'a String> {
    of.iter().filter(|member| !from.contains(member))
}

fn change(at: &Site, verb: &str, members: &[&String], written: impl Fn(&String) -> String) -> Option<Statement> {
    let members: Vec<String> = members.iter().map(|member| written(member)).collect();
    let sql = format!("ALTER OPERATOR FAMILY {} {verb}\n    {}", at.sql(), members.join(",\n    "));
    (!members.is_empty()).then(|| Statement::new(sql))
}

/// How DROP names a member: `OPERATOR 1 (public.a, public.b)`.
fn slot(member: &str) -> String {
    let mut words = member.splitn(3, ' ');
    let (kind, number) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let rest = words.next().unwrap_or_default();
    let types = rest.find('(').and_then(|open| rest[open..].find(')').map(|close| &rest[open..=open + close]));
    format!("{kind} {number} {}", types.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_dropped_by_its_number_and_types() {
        assert_eq!(slot("OPERATOR 1 s.<(s.a,s.b)"), "OPERATOR 1 (s.a,s.b)");
        assert_eq!(slot("OPERATOR 2 <=(s.a,s.b) FOR ORDER BY s.f"), "OPERATOR 2 (s.a,s.b)");
        assert_eq!(slot("FUNCTION 1 (s.a, s.b) s.compare(s.a,s.b)"), "FUNCTION 1 (s.a, s.b)");
    }
}
