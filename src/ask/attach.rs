//! Rows that stop a partition from being attached or made: those of its own that its bound does not accept, and those of the
//! default partition that belong into it from then on.

use pg_query::protobuf::{PartitionBoundSpec, RangeVar};
use serde::Deserialize;

use crate::ask::bound::Key;
use crate::ask::question::Question;
use crate::ask::scene::{Scene, written};
use crate::base::name::literal;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::lint::rule::rows_outside_partition;

/// A partitioned table as the live database has it.
#[derive(Debug, Deserialize)]
struct Parent {
    /// As `pg_get_partkeydef` prints it.
    key: String,
    /// What its own parents accept, where it has any.
    accepts: Option<String>,
    /// What each of its partitions accepts.
    partitions: Vec<String>,
    default_schema: Option<String>,
    default_name: Option<String>,
}

/// ATTACH PARTITION, or CREATE TABLE ... PARTITION OF, whose table is new and is not asked.
pub(super) fn questions(
    parent: &RangeVar,
    own: &RangeVar,
    bound: &PartitionBoundSpec,
    scene: &mut Scene,
) -> Result<Vec<Question>, DbError> {
    if scene.is_made(parent) && scene.is_made(own) {
        return Ok(Vec::new());
    }
    let Some(table) = scene.table(parent)? else { return Ok(Vec::new()) };
    let rows = scene.connection.query_with(include_str!("attach.sql"), &[&scene.connection.named(&written(parent))])?;
    let Some(facts) = rows.first().map(decode::<Parent>).transpose()? else { return Ok(Vec::new()) };
    let (name, said) = (scene.object(own), table.said());
    let accepted = if bound.is_default {
        let others = facts.partitions.iter().map(|other| format!("({other})")).collect::<Vec<_>>().join(" OR ");
        Some(if others.is_empty() { "true".to_owned() } else { format!("({others}) IS NOT TRUE") })
    } else {
        let regclass = format!("{}::pg_catalog.regclass", literal(&table.sql()));
        Key::parse(&facts.key).and_then(|key| key.accepts(bound, &regclass))
    };
    let Some(accepted) = accepted else {
        scene.cannot(
            &name,
            format!("whether rows are where {name} of {said} wants them is not asked: its bound cannot be read"),
        );
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    if !scene.is_made(own)
        && let Some(table) = scene.table(own)?
    {
        let all = facts.accepts.iter().map(|parents| format!("({parents}) AND ")).collect::<String>();
        let condition = format!("({all}({accepted})) IS NOT TRUE");
        let says = format!("{name} becomes a partition of {said}, and its bound does not accept");
        found.push(Question::new(&rows_outside_partition::RULE, &table, table.all(), condition).says(says, ""));
    }
    if let (Some(schemaname), Some(relname)) = (facts.default_schema, facts.default_name) {
        let default = RangeVar { schemaname, relname, inh: true, ..RangeVar::default() };
        if let Some(table) = scene.table(&default)? {
            let says =
                format!("{name} becomes a partition of {said}, and {} holds what belongs there, in", table.said());
            let question = Question::new(&rows_outside_partition::RULE, &table, table.all(), accepted);
            found.push(question.says(says, ""));
        }
    }
    Ok(found)
}
