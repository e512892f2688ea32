//! A table that is built anew beside the old one, kept in step by a trigger, filled in batches, and exchanged with it by
//! name. What is asked for with `plan --online swap:TABLE`; two migrations.
//!
//! Expand:
//! 1. `t__new` as it shall be, with its columns, keys, indexes, checks, privileges and policies, and a trigger on `t` that
//!    makes the row of a key in `t__new` what it is in `t`, in one transaction: SHARE ROW EXCLUSIVE on `t`.
//! 2. The rows that were there are copied, outside a transaction, a few pages at a time: ROW SHARE on `t`, and the rows of
//!    a batch are locked FOR SHARE while it takes. Then statistics, and a look at both tables in one snapshot: ACCESS SHARE.
//! 3. In one transaction, ACCESS EXCLUSIVE, catalog changes only: the trigger goes, foreign keys are turned (NOT VALID),
//!    views, functions, policies and publications are made on `t__new`, numbering goes on there, `t` becomes `t__old` and
//!    `t__new` becomes `t`, and a trigger keeps `t__old` in step from now on.
//! 4. The foreign keys are validated, each in a later transaction (SHARE UPDATE EXCLUSIVE).
//!
//! Contract: the trigger, its function and `t__old` go. Its down makes them again and copies the rows back.
//!
//! No write is lost, and no row that was deleted comes back:
//! - The trigger does not write what it was called for. It reads the row of the key again, so that the last call is right
//!   whatever order triggers fire in; who changes a row has it locked until the end of his transaction.
//! - A batch locks a row before it copies it. Whom it would wait for, it passes by (SKIP LOCKED): his trigger writes the
//!   row, or he rolls back and a later sweep finds it. Who deletes a row waits for the batch, and sees its copy then.
//! - In REPEATABLE READ he may not see that copy. Where his delete finds none he tries to put the row there, which fails
//!   with a serialization failure exactly if there is one.
//! - What was copied or written through is never overwritten: ON CONFLICT DO NOTHING.
//!
//! If it fails or is cut short before step 3, `t__new` and the trigger are there, and a plan with the same option goes on.
//! From step 1 on a row that the new table does not take is refused, and until the contract one that the old does not take.

pub mod fit;
pub mod numbers;
pub mod part;
mod text;

use std::collections::BTreeSet;

use crate::base::name::{Ident, with_suffix};
use crate::catalog::Catalog;
use crate::kind::data_type::conversion::conversion;
use crate::kind::key::{Attached, Child, Signature};
use crate::kind::table::columns;
use crate::kind::{Body, Key, Site};

/// What the table is called that is built beside.
pub const NEW: &str = "__new";
/// What the old one is called afterwards.
pub const OLD: &str = "__old";

/// A table that another one is made like, row by row.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// Whose rows are copied, and who has the trigger.
    pub from: Key,
    pub into: Key,
    pub function: Key,
    /// For rows, and for TRUNCATE.
    pub triggers: [Key; 2],
    copies: Vec<Copied>,
    /// The columns of the primary key of `into`, and the types where they change.
    keys: Vec<Copied>,
    /// Whether `from` has partitions.
    pub partitioned: bool,
    /// Whether a value has to be forced on an identity.
    identity: bool,
    /// Whether several rows of `from` could have one key in `into`.
    merges: bool,
}

/// A column that both tables have.
#[derive(Clone, Debug)]
struct Copied {
    column: Ident,
    /// The type that its value has to be cast to; none where that stays.
    cast: Option<String>,
    /// How the value is converted: `{}` stands for it.
    value: String,
    /// Whether an UPDATE may set it.
    settable: bool,
}

impl Copied {
    /// The value of the column of this row, converted.
    fn of(&self, row: &str) -> String {
        self.value.replace("{}", &format!("{row}.{}", self.column))
    }

    /// The same with the type that it has there.
    fn exactly(&self, row: &str) -> String {
        match &self.cast {
            Some(cast) => format!("({})::{cast}", self.of(row)),
            None => self.of(row),
        }
    }
}

impl Mirror {
    /// Of the table in one state into what it is in another; `names` are those that both have, and the end of the
    /// function's name.
    ///
    /// # Errors
    /// Why the rows of the one cannot be those of the other, for a person.
    pub fn of(table: &Key, [from, into]: [&Catalog; 2], suffix: &str) -> Result<Self, String> {
        let nothing = BTreeSet::new();
        let site = Site { key: table, here: &from.facts, there: &into.facts, absorbed: &nothing };
        let mut copies = Vec::new();
        let mut identity = false;
        for (key, column) in columns(&into.facts, table).into_iter().filter(|(_, column)| column.generated.is_none()) {
            let default = into.facts.contains(&Key::Default(Attached::new(key.clone())));
            let number = match into.facts.get(&Key::Identity(Attached::new(key.clone()))) {
                Some(Body::Identity(identity)) => Some(identity.always),
                _ => None,
            };
            let Some(Body::Column(old)) = from.facts.get(key) else {
                if column.not_null && !default && number.is_none() {
                    return Err(format!("nothing fills column {} of {}", key.name(), beside(table, suffix).sql()));
                }
                continue;
            };
            if old.type_name != column.type_name
                && [&old.type_name, &column.type_name].into_iter().any(|name| is_zoned(name))
            {
                return Err(format!(
                    "what a value of column {} becomes depends on the time zone of whoever writes it",
                    key.name()
                ));
            }
            let value = conversion(&site, "{}", &old.type_name, &column.type_name).using;
            let value = value.map_or_else(|| "{}".to_owned(), |using| format!("({using})::{}", column.type_name));
            let cast = (old.type_name != column.type_name).then(|| column.type_name.clone());
            identity |= number.is_some();
            copies.push(Copied { column: Ident::new(key.name()), cast, value, settable: number != Some(true) });
        }
        let keys = primary_key(into, table).ok_or("it has no primary key")?;
        let own = primary_key(from, table).ok_or("it has no primary key")?;
        let copied = |name: &Ident| copies.iter().find(|copied| copied.column == *name).cloned();
        let merges = own.iter().any(|name| !keys.contains(name));
        let keys =
            keys.iter().map(|name| copied(name).ok_or_else(|| format!("column {name} of its key is not in both")));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let unset = |copied: &&Copied| !copied.settable && !keys.iter().any(|key| key.column == copied.column);
        if let Some(copied) = copies.iter().find(unset) {
            return Err(format!("column {} is an identity and no part of its key", copied.column));
        }
        let partitioned = matches!(from.facts.get(table), Some(Body::Table(body)) if body.partition_by.is_some());
        let into = beside(table, suffix);
        let name = |end: &str| Key::Trigger(Child::new(table.clone(), format!("pgplumb_{end}")));
        let function = function(table, suffix);
        let triggers = [name("swap"), name("swap_truncate")];
        Ok(Self { from: table.clone(), into, function, triggers, copies, keys, partitioned, identity, merges })
    }
}

/// The function that writes into the table with this suffix.
pub fn function(table: &Key, suffix: &str) -> Key {
    let schema = table.schema().cloned().unwrap_or_else(|| Ident::new("public"));
    let name = with_suffix(&format!("pgplumb_{}", table.name()), &suffix.replace("__", "_to_"));
    Key::Function(Signature { schema, name: Ident::new(name), args: String::new() })
}

/// The key of what stands beside this one.
pub fn beside(key: &Key, suffix: &str) -> Key {
    key.renamed(&with_suffix(key.name(), suffix))
}

/// Whether the value of another type that is made of this one, or the other way round, depends on the session.
fn is_zoned(name: &str) -> bool {
    name.starts_with("time") && name.ends_with("with time zone") && !name.contains("without")
}

/// The columns of the primary key of a table.
fn primary_key(state: &Catalog, table: &Key) -> Option<Vec<Ident>> {
    state.facts.standing_on(table).find_map(|(_, body)| match body {
        Body::Constraint(body) if body.contype == "p" => body.columns.clone(),
        _ => None,
    })
}
