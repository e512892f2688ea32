//! A column whose new type writes its table anew, as expand and contract: a second column of the new type, kept in step by
//! a trigger, filled in batches, and exchanged by name. What is asked for with `plan --online expand`; two migrations.
//!
//! Expand:
//! 1. `ADD COLUMN c__new`, a function and a trigger that sets it from `c`, and a comment that marks it
//!    as unfinished, in one transaction: ACCESS EXCLUSIVE (SHARE ROW EXCLUSIVE for the trigger), catalog changes only.
//! 2. The rows that were there are filled, outside a transaction: ROW EXCLUSIVE, each batch locks its rows.
//! 3. NOT NULL by a validated CHECK, indexes CONCURRENTLY, UNIQUE from such an index, CHECK and FOREIGN KEY validated apart,
//!    each as on any new column (SHARE UPDATE EXCLUSIVE).
//! 4. `c` becomes `c__old` and `c__new` becomes `c` with its default, and so do the indexes and constraints on them; the function sets
//!    `c__old` from `c` from now on, in one transaction: ACCESS EXCLUSIVE, catalog changes only.
//!
//! Contract: the trigger, the function and `c__old` go, with what is on it. Its down makes them again, and fills `c__old` in
//! the same way.
//!
//! If it fails or is cut short before step 4, `c__new` is there and the mark says that it is not filled; a plan with the
//! same option goes on from there. From step 1 on a value that the new type does not take is refused, and until the
//! contract has run one that the old type does not take.
//!
//! A primary key goes over to the new column before the exchange, with the foreign keys of other tables, which are checked
//! again; the old column has a unique index by then, so that it is found by that until the exchange.
//!
//! Not where something else reads the column by its name or needs what is on it: a view, a policy, a generated column, an
//! identity; nor on a table with triggers or rules of its own, which the filling would
//! set off, or with partitions or children.

pub mod kept;
pub mod reach;

use crate::base::name::{Ident, with_suffix};
use crate::kind::comment::comment_on;
use crate::kind::data_type::conversion::conversion;
use crate::kind::key::{Attached, Child, Signature};
use crate::kind::statement::Statement;
use crate::kind::table::column::Column;
use crate::kind::{Body, Key, Kind, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::backfill::{backfill_where, is_marked, mark};
use crate::strategy::in_use;
use crate::strategy::index_concurrently::online;
use crate::strategy::not_null_not_valid::in_steps;

/// A column that is filled from another one of its table, and what keeps it in step.
#[derive(Clone, Debug)]
pub struct Copy {
    pub column: Key,
    pub from: Key,
    /// The value, an expression over the columns of the table.
    pub value: String,
    pub function: Key,
    pub trigger: Key,
    /// The index that the old column has in the place of the primary key, built before that goes over.
    pub ahead: Option<Key>,
}

impl Copy {
    /// Of the column `from` into `column`, which has this type; `at` is where the other column changes its type.
    pub fn new(at: &Site, [from, column]: [&Key; 2], [old, new]: [&str; 2]) -> Self {
        let value = converted(at, &Ident::new(from.name()).to_string(), old, new);
        let (function, trigger) = (function(at.key), trigger(at.key));
        Self { column: column.clone(), from: from.clone(), value, function, trigger, ahead: None }
    }

    /// The function that sets it from the row that is written, as a statement.
    pub fn function_sql(&self, at: &Site, [old, new]: [&str; 2]) -> String {
        let value = converted(at, &format!("NEW.{}", Ident::new(self.from.name())), old, new);
        format!(
            "CREATE OR REPLACE FUNCTION {}\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$\nBEGIN\n    NEW.{} := {value};\n    RETURN NEW;\nEND\n$function$",
            self.function.sql(),
            Ident::new(self.column.name())
        )
    }

    /// The trigger that calls it.
    pub fn trigger_sql(&self) -> String {
        let table = self.column.on().map(Key::sql).unwrap_or_default();
        let (name, function) = (Ident::new(self.trigger.name()), self.function.sql());
        format!("CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}")
    }

    fn fill(&self) -> Statement {
        let table = self.column.on().map(Key::sql).unwrap_or_default();
        let given = format!("{} IS NOT NULL", Ident::new(self.from.name()));
        backfill_where(&table, &Ident::new(self.column.name()), &self.value, Some(&given))
    }
}

/// The value as ALTER COLUMN TYPE would convert it.
fn converted(at: &Site, value: &str, old: &str, new: &str) -> String {
    match conversion(at, value, old, new).using {
        Some(using) => format!("{using}::{new}"),
        None => value.to_owned(),
    }
}

pub(in crate::strategy::expand) fn function(column: &Key) -> Key {
    let schema = column.schema().cloned().unwrap_or_else(|| Ident::new("public"));
    let table = column.on().map(Key::name).unwrap_or_default();
    let name = Ident::new(with_suffix(&format!("pgplumb_{table}_{}", column.name()), ""));
    Key::Function(Signature { schema, name, args: String::new() })
}

pub(in crate::strategy::expand) fn trigger(column: &Key) -> Key {
    let table = column.on().unwrap_or(column).clone();
    Key::Trigger(Child::new(table, with_suffix(&format!("pgplumb_{}", column.name()), "")))
}

/// Whether this trigger is one of ours.
pub fn is_ours(trigger: &Key) -> bool {
    matches!(trigger, Key::Trigger(_)) && trigger.name().starts_with("pgplumb_")
}

/// The online form of an action that makes one of these columns, or goes on with one.
pub fn apply(copies: &[Copy], action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let of = |key: &Key| copies.iter().find(|copy| [&copy.column, &copy.function, &copy.trigger].contains(&key));
    match at.here.get(&action.key)? {
        Body::Column(column) if action.verb == Verb::Create => added(of(&action.key)?, column, action, at, changes),
        Body::Function(_) | Body::Trigger(_) if action.verb == Verb::Create => {
            // Made with the column, before that is filled.
            changes.created.contains(&of(&action.key)?.column).then(|| Phases::of(vec![Vec::new()]))
        }
        // So is who owns that.
        Body::Owner(_) if action.verb == Verb::Create => {
            changes.created.contains(&of(at.key.on()?)?.column).then(|| Phases::of(vec![Vec::new()]))
        }
        Body::Index(_) if action.verb == Verb::Create => {
            let ahead = copies.iter().any(|copy| copy.ahead.as_ref() == Some(&action.key));
            let build = action.statements.first().filter(|_| ahead)?;
            Some(Phases { prepare: vec![online(&build.sql)], then: vec![Vec::new()] })
        }
        Body::Comment(_) if matches!(action.verb, Verb::Drop | Verb::Alter) => {
            let copy = of(at.key.on()?)?;
            let begun = is_marked(at.here, &copy.column) && at.there.contains(&copy.column);
            begun.then(|| Phases { prepare: vec![copy.fill()], then: vec![action.statements.clone()] })
        }
        _ => None,
    }
}

fn added(copy: &Copy, column: &Column, action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let table = at.key.on()?;
    let default = Key::Default(Attached::new(at.key.clone()));
    if !in_use(table, changes) || action.with.iter().any(|key| ![&action.key, &default].contains(&key)) {
        return None;
    }
    let mut first = Column { not_null: false, ..column.clone() }.create(at);
    // Behind it: the rows that are there get their values by being filled.
    let given = at.here.get(&default).filter(|_| action.with.contains(&default));
    first.extend(given.map(|body| body.create(&at.of(&default))).unwrap_or_default());
    for key in [&copy.function, &Key::Owner(Attached::new(copy.function.clone())), &copy.trigger] {
        let body = at.here.get(key).filter(|_| changes.created.contains(key));
        first.extend(body.map(|body| body.create(&at.of(key))).unwrap_or_default());
    }
    first.push(mark(column, at));
    let done = Statement::new(comment_on(&column.object(at), None)).commit_before();
    let mut then = vec![first, vec![copy.fill()], vec![done]];
    if column.not_null {
        let set = format!("ALTER {} ALTER COLUMN {} SET NOT NULL", at.on_object(), Ident::new(at.key.name()));
        then.extend(in_steps(at, set).into_iter().filter(|statements| !statements.is_empty()));
    }
    Some(Phases::of(then))
}
