//! The contract of a room: what the passes over all kinds ask one kind, with the answer that most of them give.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::kind::statement::{Alter, Change, Statement};
use crate::kind::stub::Stub;
use crate::kind::{Key, Site, Slot};

/// What a room must answer about its kind.
pub trait Kind: Clone + PartialEq + Serialize + DeserializeOwned {
    /// What a person calls it, in Postgres' words: `materialized view`.
    const LABEL: &'static str;
    /// The catalog query. Columns: `classid`, `objid`, `objsubid` (the fact's address), `excluded` (null, or why the
    /// row is not managed), those of the key's shape (`name`, `schema`, `args`; `on_classid`, `on_objid`,
    /// `on_objsubid` for a fact that stands on another), and one for each field of the body.
    const QUERY: &'static str;
    /// Whether Postgres refuses to change a column's type while a fact of this kind reads the column.
    const STANDS_ON_TYPE: bool = false;
    /// Whether its query makes Postgres print what it keeps as a tree, which is most of the work of reading. In a large
    /// database two sessions share such queries, so that what they say must not depend on the role that asks.
    const PRINTS: bool = false;
    /// Whether its texts are words of the user's that Postgres does not look into.
    const PROSE: bool = false;

    /// Creates it. Runs after everything it depends on exists.
    fn create(&self, at: &Site) -> Vec<Statement>;
    /// Drops it. Runs after everything that depends on it is gone.
    fn drop(&self, at: &Site) -> Vec<Statement>;
    /// Gets from `self` (live) to `to` (desired).
    fn alter(&self, to: &Self, at: &Site) -> Alter;

    /// Facts that must exist before this one, beyond what `pg_depend` says and the fact it stands on.
    fn requires(&self, _at: &Site) -> Vec<Key> {
        Vec::new()
    }
    /// Facts that are made before this one when both are made, although this one does not need them to stay.
    fn follows(&self, _at: &Site) -> Vec<Key> {
        Vec::new()
    }
    /// Facts that are dropped before this one when both are, although they do not depend on it.
    fn outlives(&self, _at: &Site) -> Vec<Key> {
        Vec::new()
    }
    /// Facts that Postgres changes along with this one, although they may be the same in both states.
    fn reaches(&self, _at: &Site) -> Vec<Key> {
        Vec::new()
    }
    /// Facts that are created, changed and dropped after this one is dropped, because they reach through it until then.
    fn frees(&self, _at: &Site) -> Vec<Key> {
        Vec::new()
    }
    /// The fact whose CREATE makes this one too, when that fact is created by the same plan.
    fn created_with(&self, _at: &Site, _created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        None
    }
    /// The fact whose DROP takes this one along, when that fact is dropped by the same plan.
    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().filter(|on| dropped(on)).cloned()
    }
    /// The facts that this one is a copy of before and after: it changes its type and goes with them, never alone.
    fn copy_of(&self, _at: &Site) -> Vec<Key> {
        Vec::new()
    }
    /// The facts that are copies of this one.
    fn copies(&self, _at: &Site) -> Vec<Key> {
        Vec::new()
    }
    /// The created fact into whose statement this one may be folded for the reader's sake, where order allows.
    fn folds_into(&self, _at: &Site) -> Option<Key> {
        None
    }
    /// The clause that stands for this fact inside the statement of the fact it is absorbed by.
    fn clause(&self, _at: &Site) -> Option<String> {
        None
    }
    /// The names it occupies.
    fn slots(&self, _at: &Site) -> Vec<Slot> {
        Vec::new()
    }
    /// How COMMENT ON and ALTER ... OWNER TO name it: `TABLE public.orders`, `CONSTRAINT x ON public.orders`.
    fn object(&self, at: &Site) -> String {
        format!("{} {}", Self::LABEL.to_uppercase(), at.sql())
    }
    /// How GRANT ... ON names it, where that differs from `object`.
    fn grant_object(&self, at: &Site) -> String {
        self.object(at)
    }
    /// Gives it another name, or moves it to another schema: whatever differs between this key and `to`.
    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        let _ = (at, to);
        Vec::new()
    }
    /// For a type that columns keep using while it is replaced: (rename it to `aside`, drop what was renamed).
    fn set_aside(&self, _at: &Site, _aside: &str) -> Option<(Vec<Statement>, Statement)> {
        None
    }
    /// For such a type: what to cast to the new type of its name, given a value of the one that was set aside;
    /// `array` is `[]` for an array of them.
    fn carried_over(&self, _at: &Site, value: &str, array: &str) -> String {
        format!("{value}::text{array}")
    }
    /// Moves a column from `used`, which was set aside, to the new type of the same name.
    ///
    /// # Errors
    /// Why the column's table must be created anew instead.
    fn retype(&self, _at: &Site, _used: &Key) -> Result<Change, String> {
        Err(String::new())
    }
    /// Why the fact that this one stands on must be created anew for this one to be added to it, where it must.
    fn remakes(&self, _at: &Site) -> Option<String> {
        None
    }
    /// Its form without what could close a loop, where Postgres lets it have one first and change it in place.
    fn stub(&self, _at: &Site) -> Option<Stub> {
        None
    }
    /// Whether that form needs this fact too.
    fn stub_needs(&self, _at: &Site, _used: &Key) -> bool {
        true
    }
    /// `STANDS_ON_TYPE` for kinds of which only some do.
    fn stands_on_type(&self) -> bool {
        Self::STANDS_ON_TYPE
    }
    /// Whether creating it makes Postgres run or plan user-defined functions, whose bodies name things that
    /// `pg_depend` does not know.
    fn runs_routines(&self) -> bool {
        false
    }
    /// SQL text whose names count as uses of what they name: a function's body.
    fn body_text(&self) -> Option<&str> {
        None
    }
    /// The rows or values that are gone when it is dropped, said for a person; none when nothing is.
    fn loses(&self, _at: &Site) -> Option<String> {
        None
    }
}
