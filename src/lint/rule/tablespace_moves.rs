//! A table or an index goes to another tablespace.

use pg_query::NodeEnum;
use pg_query::protobuf::AlterTableType;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "tablespace-moves",
    group: Group::Blocks,
    level: Level::Error,
    title: "a move to another tablespace copies the whole table",
    why: "SET TABLESPACE copies all files of the table or index under an ACCESS EXCLUSIVE lock: nobody can even read \
          it until that is done. Indexes stay where they are.",
    remedy: "Build indexes anew in the other tablespace with REINDEX (TABLESPACE ...) CONCURRENTLY. For a table make \
             a new one there, keep it in step with a trigger, copy the rows in batches and swap the names.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let moves = match statement.node() {
                Some(NodeEnum::AlterTableMoveAllStmt(all)) => {
                    let message = "each table is copied while nobody can read or write it";
                    let finding = statement.finding(&RULE, &all.orig_tablespacename, message);
                    return vec![finding.help("move one table at a time, while nobody works")];
                }
                Some(NodeEnum::AlterTableStmt(alter)) => alter.cmds.iter().any(|command| {
                    matches!(&command.node, Some(NodeEnum::AlterTableCmd(command))
                        if command.subtype() == AlterTableType::AtSetTableSpace)
                }),
                _ => false,
            };
            let on = statement.effects.on.iter().filter(|(relation, effect)| {
                moves && effect.rewritten && effect.blocks_long() && (relation.has_rows() || relation.is_index())
            });
            on.map(|(relation, _)| {
                script
                    .on(&RULE, statement, relation, format!("all of {relation} is copied while nobody can use it"))
                    .help("move it while nobody works; an index can be built anew there, CONCURRENTLY")
            })
            .collect()
        })
    }),
};
