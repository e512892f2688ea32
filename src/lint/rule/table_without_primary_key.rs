//! A table is made, and nothing tells two of its rows apart.

use crate::lint::Level;
use crate::lint::made::Made;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "table-without-primary-key",
    group: Group::WellMade,
    level: Level::Note,
    title: "a table has no primary key",
    why: "Without a primary key two rows can be the same in everything, and no statement reaches only one of them. \
             Logical replication refuses UPDATE and DELETE on such a table.",
    remedy: "Give it a primary key: a bigint GENERATED ALWAYS AS IDENTITY where no column of its own will do.",
    plan: None,
    script: Some(|script| {
        let made = Made::of(script);
        let bare = made.created().filter(|(table, _, create)| {
            let inherits = table.takes_more() || create.of_typename.is_some();
            table.primary().is_none() && !inherits && !table.is_temporary()
        });
        bare.map(|(table, statement, create)| {
            let message = format!("nothing tells two rows of {} apart", table.name);
            let finding = statement.finding(&RULE, &table.name.to_string(), message).help("add a primary key");
            let location = create.relation.as_ref().map_or(-1, |relation| relation.location);
            statement.part_name(finding, location)
        })
        .collect()
    }),
};
