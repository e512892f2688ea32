//! A look before an enum loses a value: whether any row still holds it.
//!
//! The columns move to the new type one after the other, each under ACCESS EXCLUSIVE while its table is written anew, and a
//! row with a value that is gone stops that half-way with a message about a cast. So each column is looked at before
//! anything else is done:
//!
//! 1. A `DO` block in a transaction of its own: ACCESS SHARE while rows are read until one is found. It fails with the name of
//!    the column and of the values.
//! 2. The move, as it is without this.
//!
//! There is no online form of the move itself: rule `type-rewrites` says so. Nothing is left after a failure of step 1.
//! Only for columns of the enum or of arrays of it, not where it is inside another type.

use crate::base::name::{Ident, literal};
use crate::kind::statement::Statement;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::in_use;

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Column(column) = at.here.get(&action.key)? else { return None };
    let table = at.key.on()?;
    let moves = action.statements.iter().any(|statement| statement.sql.contains(" TYPE "));
    if action.verb != Verb::Alter || !moves || !in_use(table, changes) || !matches!(table, Key::Table(_)) {
        return None;
    }
    let scalar = column.type_name.strip_suffix("[]").unwrap_or(&column.type_name);
    let named = |key: &&Key| matches!(key, Key::Enum(_)) && key.sql() == scalar;
    let used = changes.aside.iter().find(named)?;
    let (Body::Enum(from), Body::Enum(to)) = (at.here.get(used)?, at.there.get(used)?) else { return None };
    let gone: Vec<String> =
        from.labels.iter().filter(|label| !to.labels.contains(label)).map(|label| literal(label)).collect();
    if gone.is_empty() {
        return None;
    }
    let check = look(table, &Ident::new(at.key.name()), &gone, scalar != column.type_name);
    Some(Phases { prepare: vec![Statement::new(check).commit_after()], then: vec![action.statements.clone()] })
}

fn look(table: &Key, column: &Ident, gone: &[String], array: bool) -> String {
    let list = gone.join(", ");
    let holds = if array {
        format!("{column}::pg_catalog.text[] && ARRAY[{list}]")
    } else {
        format!("{column}::pg_catalog.text IN ({list})")
    };
    let table = table.sql();
    let says = literal(&format!("a row of {table} holds in {column} what the type is to lose: {list}"));
    format!(
        "DO $look$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE {holds}) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = {says};
    END IF;
END
$look$"
    )
}
