//! A strong lock in a file that sets no `lock_timeout`.

use pg_query::protobuf::AlterTableType;

use crate::lint::finding::Fix;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::sequence::timeouts;
use crate::lint::tree::{altering, detaches_concurrently};
use crate::lint::{Finding, Level};
use crate::observe::effect::Effect;
use crate::observe::lock::Stops;
use crate::observe::relation::{Relation, RelationKind};

pub const RULE: Rule = Rule {
    code: "lock-timeout-missing",
    group: Group::Blocks,
    level: Level::Warning,
    title: "nothing limits how long a lock is waited for",
    why: "A statement that wants a strong lock waits for everybody who uses the table, and everybody who comes later \
          waits behind it: one forgotten transaction is enough to stop all work. With a lock_timeout the statement \
          gives up instead, and can be tried again.",
    remedy: "Write SET lock_timeout = '2s' before the first such statement, or SET LOCAL in its transaction, and run \
             the migration again where it gave up.",
    plan: None,
    script: Some(|script| {
        let unlimited = timeouts(script, "lock_timeout").into_iter();
        let strong = unlimited.filter(|statement| !detaches_slowly(statement)).filter_map(|statement| {
            // Nobody writes to a materialized view but who refreshes it.
            let waits = |relation: &Relation, effect: &Effect| match relation.kind {
                RelationKind::MaterializedView => effect.lock.stops() == Stops::Everybody,
                _ => effect.lock.blocks(),
            };
            let first = statement.effects.on.iter().find(|(relation, effect)| waits(relation, effect));
            first.map(|(relation, effect)| (statement, relation, effect))
        });
        let finding = |(statement, relation, effect): (&Statement, &Relation, &Effect)| {
            let message = format!("everybody waits behind this while it waits for {} on {relation}", effect.lock);
            let finding = statement.finding(&RULE, "", message);
            limited(finding, statement).help("SET lock_timeout = '2s' before it")
        };
        // Once is enough for a file.
        strong.map(finding).take(1).collect()
    }),
};

/// Its strong lock is on the partition, which nobody reaches by its parent any more; one that gives up there leaves the
/// partition half detached.
fn detaches_slowly(statement: &Statement) -> bool {
    let detached = |node| altering(node, AlterTableType::AtDetachPartition).any(|(_, c)| detaches_concurrently(c));
    statement.node().is_some_and(detached)
}

/// SET LOCAL put before it, in a transaction: elsewhere the setting would outlive the file, and a second statement may
/// make a tool run both in one transaction. What a comment stands directly above stays with its comment.
fn limited(finding: Finding, statement: &Statement) -> Finding {
    let fix = finding.at.as_ref().filter(|_| statement.transaction.is_some()).and_then(|at| {
        let (above, line) = at.file.text.get(..at.bytes.start)?.rsplit_once('\n').unwrap_or_default();
        let last = above.lines().next_back().unwrap_or_default().trim();
        let commented = last.starts_with("--") || last.ends_with("*/");
        let alone = line.chars().all(char::is_whitespace);
        let text = format!("SET LOCAL lock_timeout = '2s';\n{line}");
        (alone && !commented).then_some(Fix { bytes: at.bytes.start..at.bytes.start, text })
    });
    Finding { fix: fix.into_iter().collect(), ..finding }
}
