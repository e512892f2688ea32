//! A database goes, with everything in it.

use pg_query::NodeEnum;

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "drop-database",
    group: Group::LosesData,
    level: Level::Error,
    title: "a database is dropped",
    why: "Everything in it is gone, and only a backup brings it back. A migration is run wherever the tool is pointed at, \
          which one day is the wrong server.",
    remedy: "Take it out of the migrations. Databases are dropped by a person, after a look at the backup.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let Some(NodeEnum::DropdbStmt(drop)) = statement.node() else { return Vec::new() };
            let name = Ident::new(&drop.dbname).to_string();
            let message = format!("database {name} is dropped, with everything in it");
            vec![statement.finding(&RULE, &name, message)]
        })
    }),
};
