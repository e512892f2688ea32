//! Which tables are large, as the live database says it.

use crate::base::name::Ident;
use crate::kind::Key;
use crate::lint::script::Threshold;
use crate::observe::relation::{Relation, RelationKind};
use crate::observe::size::Sizes;

/// Whether work on a table of the live database is noticed; of one that is not there, and where none was asked, it is not.
pub(in crate::command) fn is_large(table: &Key, sizes: &Sizes, threshold: Threshold) -> bool {
    let schema = table.schema().map(Ident::as_str).unwrap_or_default().to_owned();
    let relation = Relation { kind: RelationKind::Table, schema, name: table.name().to_owned() };
    sizes.of(&relation).is_some_and(|size| !threshold.is_small(&size))
}
