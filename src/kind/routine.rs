//! A function (window functions among them) or a procedure.
//!
//! Its identity is the name with the types of its input arguments. The definition is the one that Postgres prints, with
//! every attribute; what else is read here says whether CREATE OR REPLACE may lead from one to the other: not to
//! another result or other OUT columns, not where an input argument is renamed or a default taken away
//! (`ProcedureCreate` in `pg_proc.c`).

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::base_type::made_of;
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::stub::{Stub, names_type};
use crate::kind::{Key, Kind, Site, Slot};
use crate::sql::stub::stub;

pub type Function = Routine<false>;
pub type Procedure = Routine<true>;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Routine<const PROCEDURE: bool> {
    /// As `pg_get_functiondef` prints it, from `CREATE OR REPLACE` on.
    pub definition: String,
    pub language: String,
    pub window: bool,
    /// `SETOF integer`; none for a procedure without OUT arguments.
    pub returns: Option<String>,
    /// Name and type of each column of a result that is a record.
    pub columns: Vec<String>,
    /// Names of the input arguments, empty where there is none.
    pub inputs: Vec<String>,
    /// How many of the input arguments have a default.
    pub defaults: i32,
    /// Defaults whose type an argument like `anyelement` takes over.
    pub polymorphic_defaults: Option<String>,
    /// Whether the body is SQL that was parsed when it was created, so that Postgres knows what it uses.
    pub parsed: bool,
}

impl<const PROCEDURE: bool> Kind for Routine<PROCEDURE> {
    const LABEL: &'static str = if PROCEDURE { "procedure" } else { "function" };
    const QUERY: &'static str =
        if PROCEDURE { include_str!("routine/procedure.sql") } else { include_str!("routine/function.sql") };

    fn create(&self, _at: &Site) -> Vec<Statement> {
        one(self.definition.trim_end().replacen("CREATE OR REPLACE ", "CREATE ", 1))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP {}", self.object(at)))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self {
            definition,
            language: _,
            window,
            returns,
            columns,
            inputs,
            defaults,
            polymorphic_defaults,
            parsed: _,
        } = to;
        if (returns, columns) != (&self.returns, &self.columns) {
            return Alter::replace("what it returns cannot be changed");
        }
        if *window != self.window {
            return Alter::replace("an ordinary function cannot become a window function, nor the other way round");
        }
        let renamed = |(from, to): (&String, &String)| !from.is_empty() && from != to;
        if self.inputs.iter().zip(inputs).any(renamed) || inputs.len() < self.inputs.len() {
            return Alter::replace("an input argument cannot be given another name");
        }
        if *defaults < self.defaults {
            return Alter::replace("the default of an argument cannot be removed");
        }
        if self.polymorphic_defaults.is_some() && *polymorphic_defaults != self.polymorphic_defaults {
            return Alter::replace("the type of a default cannot be changed");
        }
        if *definition == self.definition {
            return Alter::Equivalent;
        }
        Alter::in_place(one(definition.trim_end()))
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        made_of(at.here, at.key, created)
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        made_of(at.here, at.key, dropped)
    }

    /// A default of an argument like `anyelement` has a type, which NULL does not.
    fn stub(&self, _at: &Site) -> Option<Stub> {
        if self.polymorphic_defaults.is_some() || !(self.parsed || self.defaults > 0) {
            return None;
        }
        let (create, release) = stub(&self.definition)?;
        Some(Stub { create: one(create), release: one(release), complete: one(self.definition.trim_end()) })
    }

    /// Its signature does not change; a body and defaults do.
    fn stub_needs(&self, at: &Site, used: &Key) -> bool {
        let arguments = match at.key {
            Key::Function(routine) | Key::Procedure(routine) => routine.args.as_str(),
            _ => "",
        };
        let mut types = [arguments, self.returns.as_deref().unwrap_or_default()].into_iter();
        matches!(used, Key::Schema(_) | Key::Language(_) | Key::Transform(_))
            || types.any(|text| names_type(text, used))
            || self.columns.iter().any(|text| names_type(text, used))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        slots(at.key)
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move(&Self::LABEL.to_uppercase(), at.key, to)
    }

    /// A column cannot change its type while a parsed body reads it.
    fn stands_on_type(&self) -> bool {
        self.parsed
    }

    fn body_text(&self) -> Option<&str> {
        if self.parsed || !matches!(self.language.as_str(), "sql" | "plpgsql") {
            return None;
        }
        // The definition ends with the body between two equal dollar quotes.
        let definition = self.definition.trim_end();
        let quoted = definition.strip_suffix('$')?;
        let tag = &definition[quoted.rfind('$')?..];
        let (_, from_body) = definition.split_once(&format!("\nAS {tag}"))?;
        from_body.strip_suffix(tag)
    }
}

/// The slot of a routine of this signature.
pub fn slots(key: &Key) -> Vec<Slot> {
    let (Key::Function(routine) | Key::Procedure(routine) | Key::Aggregate(routine)) = key else { return Vec::new() };
    vec![Slot::Routine(routine.schema.clone(), Ident::new(key.name()), routine.args.clone())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(definition: &str) -> Function {
        Routine {
            definition: definition.to_owned(),
            language: "sql".to_owned(),
            window: false,
            returns: Some("integer".to_owned()),
            columns: Vec::new(),
            inputs: vec!["a".to_owned(), String::new()],
            defaults: 0,
            polymorphic_defaults: None,
            parsed: false,
        }
    }

    #[test]
    fn the_body_is_what_stands_between_the_last_quotes() {
        let quoted = "CREATE OR REPLACE FUNCTION s.f()\n RETURNS text\n LANGUAGE sql\nAS $functionx$ SELECT $function$a$function$ $functionx$\n";
        assert_eq!(function(quoted).body_text(), Some(" SELECT $function$a$function$ "));
        assert_eq!(Routine { parsed: true, ..function(quoted) }.body_text(), None);
    }
}
