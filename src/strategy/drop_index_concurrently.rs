//! DROP INDEX CONCURRENTLY instead of DROP INDEX, outside a transaction: SHARE UPDATE EXCLUSIVE instead of ACCESS
//! EXCLUSIVE on the table. Not for a partitioned index, for which Postgres has no concurrent form.

use crate::kind::statement::Statement;
use crate::kind::table::index_attachment::index_parent;
use crate::kind::{Body, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::{columns_move, in_use};

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Index(index) = at.here.get(&action.key)? else { return None };
    let table = index.table_key(at);
    let alone = action.verb == Verb::Drop && !changes.created.contains(&action.key);
    if !alone || index.partitioned || !in_use(&table, changes) || columns_move(&table, changes) {
        return None;
    }
    if index_parent(at).is_some() {
        return None;
    }
    let drop = Statement::new(format!("DROP INDEX CONCURRENTLY {}", at.sql())).outside();
    // A new foreign key would choose a unique index that is still there, and then hold it: that one goes first.
    Some(Phases::of(if index.unique { vec![vec![drop]] } else { vec![Vec::new(), vec![drop]] }))
}
