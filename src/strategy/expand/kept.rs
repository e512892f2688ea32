//! A column that gets another name while programs use the old one: both are there, and a trigger keeps the one that was
//! not written in step with the one that was.
//!
//! Which one was written is seen by what is in the new one: on INSERT anything but its default, on UPDATE anything but
//! what it was. Where neither changed nothing is done: one of them may not be filled yet. Values are compared byte by byte (`*<>` of records; of two ROW it would be the
//! operator of their columns), so that a type needs no operator of its own and 1.0 is not 1.00.

use crate::base::name::Ident;
use crate::kind::Key;
use crate::strategy::expand::{Copy, function, trigger};

impl Copy {
    /// Of the column `from` into `column`; both have the trigger of `new`.
    pub fn kept([from, column]: [&Key; 2], new: &Key) -> Self {
        let value = Ident::new(from.name()).to_string();
        let (function, trigger) = (function(new), trigger(new));
        Self { column: column.clone(), from: from.clone(), value, function, trigger, ahead: None }
    }

    /// The function that keeps both in step, where this one is the new one and has this type, and this default between the
    /// two migrations.
    pub fn both_ways_sql(&self, type_name: &str, default: Option<&str>) -> String {
        let (old, new) = (Ident::new(self.from.name()), Ident::new(self.column.name()));
        let default = default.unwrap_or("NULL");
        format!(
            "CREATE OR REPLACE FUNCTION {}
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF ROW(NEW.{new})::record OPERATOR(pg_catalog.*<>) ROW(CAST({default} AS {type_name}))::record THEN
            NEW.{old} := NEW.{new};
        ELSE
            NEW.{new} := NEW.{old};
        END IF;
    ELSIF ROW(NEW.{new})::record OPERATOR(pg_catalog.*<>) ROW(OLD.{new})::record THEN
        NEW.{old} := NEW.{new};
    ELSIF ROW(NEW.{old})::record OPERATOR(pg_catalog.*<>) ROW(OLD.{old})::record THEN
        NEW.{new} := NEW.{old};
    END IF;
    RETURN NEW;
END
$function$",
            self.function.sql()
        )
    }
}

/// The function that keeps such a column in step.
pub fn function_of(new: &Key) -> Key {
    function(new)
}

/// The trigger that such a column has.
pub fn trigger_of(new: &Key) -> Key {
    trigger(new)
}
