//! A row security policy. Whether row security is on at all is said by the table.
//!
//! ALTER POLICY sets the roles and both expressions. It cannot take an expression away, nor change what kind of policy
//! it is or for which command: those are replacements.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    pub permissive: bool,
    /// `pg_policy.polcmd`: `r`, `a`, `w`, `d`, or `*` for all.
    pub command: String,
    /// Empty for PUBLIC.
    pub roles: BTreeSet<Ident>,
    pub using: Option<String>,
    pub check: Option<String>,
}

impl Kind for Policy {
    const LABEL: &'static str = "policy";
    const QUERY: &'static str = include_str!("policy.sql");
    const STANDS_ON_TYPE: bool = true;
    const PRINTS: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut sql = format!("CREATE {}", self.object(at));
        if !self.permissive {
            sql.push_str("\n    AS RESTRICTIVE");
        }
        if self.command != "*" {
            sql.push_str(&format!("\n    FOR {}", self.command_name()));
        }
        if !self.roles.is_empty() {
            sql.push_str(&format!("\n    TO {}", self.role_list()));
        }
        sql.extend(self.using.as_ref().map(|using| format!("\n    USING ({using})")));
        sql.extend(self.check.as_ref().map(|check| format!("\n    WITH CHECK ({check})")));
        one(sql)
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP {}", self.object(at)))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { permissive, command, roles, using, check } = to;
        if (permissive, command) != (&self.permissive, &self.command) {
            return Alter::replace("the command and the kind of a policy cannot be changed");
        }
        if using.is_none() && self.using.is_some() || check.is_none() && self.check.is_some() {
            return Alter::replace("an expression of a policy cannot be taken away");
        }
        let mut clauses = Vec::new();
        if *roles != self.roles {
            clauses.push(format!("TO {}", to.role_list()));
        }
        if *using != self.using {
            clauses.extend(using.as_ref().map(|using| format!("USING ({using})")));
        }
        if *check != self.check {
            clauses.extend(check.as_ref().map(|check| format!("WITH CHECK ({check})")));
        }
        if clauses.is_empty() {
            return Alter::Equivalent;
        }
        Alter::in_place(one(format!("ALTER {}\n    {}", self.object(at), clauses.join("\n    "))))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        let within = |on: &Key| Slot::Within(Box::new(on.clone()), format!("policy {}", at.key.name()));
        at.key.on().map(within).into_iter().collect()
    }

    fn object(&self, at: &Site) -> String {
        format!("POLICY {} ON {}", Ident::new(at.key.name()), at.key.on().map(Key::sql).unwrap_or_default())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER {} RENAME TO {}", self.object(at), Ident::new(to.name())))
    }
}

impl Policy {
    fn command_name(&self) -> &'static str {
        match self.command.as_str() {
            "r" => "SELECT",
            "a" => "INSERT",
            "w" => "UPDATE",
            "d" => "DELETE",
            _ => "ALL",
        }
    }

    fn role_list(&self) -> String {
        if self.roles.is_empty() {
            return "PUBLIC".to_owned();
        }
        self.roles.iter().map(Ident::to_string).collect::<Vec<_>>().join(", ")
    }
}
