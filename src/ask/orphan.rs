//! Rows that stop a foreign key, because what they refer to is not there.

use pg_query::protobuf::{Constraint, Node, RangeVar};

use crate::ask::question::Question;
use crate::ask::scene::Scene;
use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::lint::rule::rows_without_parent;
use crate::lint::tree::string;

pub(super) fn questions(range: &RangeVar, key: &Constraint, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let Some(referenced) = &key.pktable else { return Ok(Vec::new()) };
    let Some(table) = scene.table(range)? else { return Ok(Vec::new()) };
    let Some(parent) = scene.table(referenced)? else { return Ok(Vec::new()) };
    let columns = names(&key.fk_attrs);
    let there: Vec<Ident> = match names(&key.pk_attrs) {
        named if named.is_empty() => parent.key.iter().map(|name| Ident::new(name.as_str())).collect(),
        named => named,
    };
    let alias = table.alias();
    let same = columns.iter().zip(&there).map(|(here, there)| format!("pgplumb_parent.{there} = {alias}.{here}"));
    let same = same.collect::<Vec<_>>().join(" AND ");
    let all = |word: &str| columns.iter().map(|c| format!("{c} IS {word}NULL")).collect::<Vec<_>>();
    let lacks = format!("NOT EXISTS (SELECT FROM {} AS pgplumb_parent WHERE {same})", parent.own());
    let condition = if key.fk_matchtype == "f" {
        // MATCH FULL: all of it or none.
        format!("NOT ({}) AND ({} OR {lacks})", all("").join(" AND "), all("").join(" OR "))
    } else {
        format!("{} AND {lacks}", all("NOT ").join(" AND "))
    };
    let list = columns.iter().map(Ident::to_string).collect::<Vec<_>>().join(", ");
    let says = format!("({list}) of {} refers to {}, which lacks what is in", table.said(), parent.said());
    let question = Question::new(&rows_without_parent::RULE, &table, table.own(), condition);
    Ok(vec![question.says(says, "")])
}

fn names(nodes: &[Node]) -> Vec<Ident> {
    nodes.iter().filter_map(string).map(Ident::new).collect()
}
