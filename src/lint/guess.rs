//! What a statement probably does, where nothing could be run: told from its text, and always the worse of two cases.

use std::collections::BTreeSet;

use pg_query::NodeEnum;

use crate::lint::tree::Name;
use crate::observe::effect::Effects;

/// What the statement does to relations that were there before the script. `made` holds those that the script has made
/// so far, and takes what this statement makes.
pub fn guess(node: &NodeEnum, made: &mut BTreeSet<Name>) -> Effects {
    if let NodeEnum::CreateStmt(statement) = node {
        made.extend(statement.relation.as_ref().map(Name::of));
    }
    Effects::default()
}
