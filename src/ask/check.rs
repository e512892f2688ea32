//! Rows that stop a CHECK of a table.

use pg_query::protobuf::{Constraint, RangeVar};

use crate::ask::expression::sql;
use crate::ask::null;
use crate::ask::question::Question;
use crate::ask::scene::Scene;
use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::lint::rule::rows_violate_check;
use crate::strategy::attach_by_check::FITS;

pub(super) fn questions(range: &RangeVar, check: &Constraint, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let Some(expression) = check.raw_expr.as_deref() else { return Ok(Vec::new()) };
    // What it says is asked where the partition is attached that it helps.
    if check.conname.contains(FITS) {
        return Ok(Vec::new());
    }
    if let Some(column) = null::wanted(expression) {
        return null::of_column(range, column, scene);
    }
    let Some(table) = scene.table(range)? else { return Ok(Vec::new()) };
    let object = match check.conname.as_str() {
        "" => table.said(),
        name => format!("{}.{}", table.said(), Ident::new(name)),
    };
    let Some(text) = sql(expression) else {
        scene.cannot(&object, format!("the check {object} is not asked: its expression cannot be written"));
        return Ok(Vec::new());
    };
    let from = if check.is_no_inherit || !range.inh { table.own() } else { table.all() };
    let says = format!("CHECK ({text}) of {} is false for", table.said());
    let question = Question::new(&rows_violate_check::RULE, &table, from, format!("NOT ({text})"));
    Ok(vec![question.object(object).says(says, "")])
}
