//! An aggregate: ordinary, ordered-set or hypothetical-set.
//!
//! CREATE OR REPLACE changes all of it but its kind, its result and the names of its arguments (`ProcedureCreate` in
//! `pg_proc.c`).

use serde::{Deserialize, Serialize};

use crate::base::name::literal;
use crate::kind::rename::rename_and_move;
use crate::kind::routine::slots;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Aggregate {
    /// As CREATE AGGREGATE writes them, with names and ORDER BY; empty for `*`.
    pub arguments: String,
    pub inputs: Vec<String>,
    pub returns: String,
    /// `pg_aggregate.aggkind`.
    pub kind: String,
    /// How many arguments of an ordered-set aggregate stand before ORDER BY.
    pub direct: i32,
    /// `pg_proc.proparallel`.
    pub parallel: String,
    pub transition: String,
    pub state_type: String,
    /// Bytes; zero for the planner's own estimate.
    pub state_space: i32,
    pub initial: Option<String>,
    #[serde(rename = "final")]
    pub final_function: Option<String>,
    pub final_extra: bool,
    /// `pg_aggregate.aggfinalmodify`; none where it is the kind's usual one.
    pub final_modify: Option<String>,
    pub combine: Option<String>,
    pub serialize: Option<String>,
    pub deserialize: Option<String>,
    pub moving_transition: Option<String>,
    pub moving_inverse: Option<String>,
    pub moving_state_type: Option<String>,
    pub moving_state_space: i32,
    pub moving_initial: Option<String>,
    pub moving_final: Option<String>,
    pub moving_final_extra: bool,
    pub moving_final_modify: Option<String>,
    pub sort_operator: Option<String>,
}

impl Kind for Aggregate {
    const LABEL: &'static str = "aggregate";
    const QUERY: &'static str = include_str!("aggregate.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("CREATE {}", self.definition(at)))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP {}", self.object(at)))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        if *to == *self {
            return Alter::Equivalent;
        }
        if to.returns != self.returns {
            return Alter::replace("what it returns cannot be changed");
        }
        if (&to.kind, to.direct) != (&self.kind, self.direct) {
            return Alter::replace("its kind and its direct arguments cannot be changed");
        }
        let renamed = |(from, to): (&String, &String)| !from.is_empty() && from != to;
        if self.inputs.iter().zip(&to.inputs).any(renamed) || to.inputs.len() < self.inputs.len() {
            return Alter::replace("an argument cannot be given another name");
        }
        Alter::in_place(one(format!("CREATE OR REPLACE {}", to.definition(at))))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        slots(at.key)
    }

    fn object(&self, at: &Site) -> String {
        format!("AGGREGATE {}", starred(&at.sql()))
    }

    fn grant_object(&self, at: &Site) -> String {
        format!("FUNCTION {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        let mut statements = rename_and_move("AGGREGATE", at.key, to);
        for statement in &mut statements {
            statement.sql = starred(&statement.sql);
        }
        statements
    }
}

/// No arguments are written as a star.
fn starred(sql: &str) -> String {
    sql.replacen("()", "(*)", 1)
}

impl Aggregate {
    /// `AGGREGATE s.f(...) (...)`; destructured, so that no setting is forgotten.
    fn definition(&self, at: &Site) -> String {
        let Self {
            arguments,
            inputs: _,
            returns: _,
            kind,
            direct: _,
            parallel,
            transition,
            state_type,
            state_space,
            initial,
            final_function,
            final_extra,
            final_modify,
            combine,
            serialize,
            deserialize,
            moving_transition,
            moving_inverse,
            moving_state_type,
            moving_state_space,
            moving_initial,
            moving_final,
            moving_final_extra,
            moving_final_modify,
            sort_operator,
        } = self;
        let mut options = vec![format!("SFUNC = {transition}"), format!("STYPE = {state_type}")];
        let mut option = |name: &str, value: Option<String>| options.extend(value.map(|v| format!("{name} = {v}")));
        let size = |bytes: i32| (bytes != 0).then(|| bytes.to_string());
        option("SSPACE", size(*state_space));
        option("FINALFUNC", final_function.clone());
        option("FINALFUNC_EXTRA", final_extra.then(|| "true".to_owned()));
        option("FINALFUNC_MODIFY", final_modify.as_deref().map(modify));
        option("COMBINEFUNC", combine.clone());
        option("SERIALFUNC", serialize.clone());
        option("DESERIALFUNC", deserialize.clone());
        option("INITCOND", initial.as_deref().map(literal));
        option("MSFUNC", moving_transition.clone());
        option("MINVFUNC", moving_inverse.clone());
        option("MSTYPE", moving_state_type.clone());
        option("MSSPACE", size(*moving_state_space));
        option("MFINALFUNC", moving_final.clone());
        option("MFINALFUNC_EXTRA", moving_final_extra.then(|| "true".to_owned()));
        option("MFINALFUNC_MODIFY", moving_final_modify.as_deref().map(modify));
        option("MINITCOND", moving_initial.as_deref().map(literal));
        option("SORTOP", sort_operator.clone());
        option("PARALLEL", parallel_word(parallel));
        if kind == "h" {
            options.push("HYPOTHETICAL".to_owned());
        }
        let name = at.sql();
        let name = name.strip_suffix(&format!("({})", signature(at.key))).unwrap_or(&name);
        let arguments = if arguments.is_empty() { "*" } else { arguments };
        format!("AGGREGATE {name}({arguments}) (\n    {}\n)", options.join(",\n    "))
    }
}

fn signature(key: &Key) -> &str {
    if let Key::Aggregate(aggregate) = key { &aggregate.args } else { "" }
}

fn modify(code: &str) -> String {
    match code {
        "r" => "READ_ONLY",
        "s" => "SHAREABLE",
        _ => "READ_WRITE",
    }
    .to_owned()
}

fn parallel_word(code: &str) -> Option<String> {
    match code {
        "s" => Some("SAFE".to_owned()),
        "r" => Some("RESTRICTED".to_owned()),
        _ => None,
    }
}
