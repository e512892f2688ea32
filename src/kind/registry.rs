//! The machinery behind the table of kinds: from one line for each kind, the enums of keys and bodies, and the way
//! from a value of theirs to the room that answers.

use crate::db::error::DbError;
use crate::kind::{Body, Key};

/// One line of the registry.
pub struct Room {
    pub label: &'static str,
    pub query: &'static str,
    pub prints: bool,
    pub prose: bool,
    /// A row of the query as a fact; the second argument is the fact it stands on, for kinds that stand on one.
    pub read: ReadRow,
}

/// A catalog row and the fact it stands on, to a fact.
type ReadRow = fn(&postgres::Row, Option<Key>) -> Result<(Key, Body), DbError>;

/// Declares the kinds. Their order is the order of reading and breaks ties when a plan is sorted.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($shape:ty) = $body:ty,)*) => {
        /// What a fact is called.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Key { $($(#[$doc])* $kind($shape),)* }

        /// What a fact says.
        #[allow(clippy::large_enum_variant, reason = "bodies live in one map and are hardly ever moved")]
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Body { $($kind($body),)* }

        /// The registry, in order.
        pub const ROOMS: &[Room] = &[$(Room {
            label: <$body as Kind>::LABEL,
            query: <$body as Kind>::QUERY,
            prints: <$body as Kind>::PRINTS,
            prose: <$body as Kind>::PROSE,
            read: |row, on| {
                let key = Key::$kind(<$shape as Shape>::read(row, on)?);
                Ok((key, Body::$kind(crate::db::row::decode(row)?)))
            },
        },)*];

        impl Key {
            fn shape(&self) -> &dyn ShapeRef {
                match self { $(Self::$kind(shape) => shape,)* }
            }
            /// What a person calls this kind.
            pub fn label(&self) -> &'static str {
                match self { $(Self::$kind(_) => <$body as Kind>::LABEL,)* }
            }
            /// The kind's place in the registry.
            pub fn rank(&self) -> usize {
                let mut rank = 0;
                $(if matches!(self, Self::$kind(_)) { return rank; } rank += 1;)*
                rank
            }
            #[must_use]
            pub fn renamed(&self, name: &str) -> Self {
                match self { $(Self::$kind(shape) => Self::$kind(shape.renamed(name)),)* }
            }
            #[must_use]
            pub fn moved(&self, schema: &str) -> Self {
                match self { $(Self::$kind(shape) => Self::$kind(shape.moved(schema)),)* }
            }
            #[must_use]
            pub fn rebased(&self, on: Key) -> Self {
                match self { $(Self::$kind(shape) => Self::$kind(shape.rebased(on)),)* }
            }
        }

        impl Body {
            pub fn create(&self, at: &Site) -> Vec<Statement> {
                match self { $(Self::$kind(body) => body.create(at),)* }
            }
            pub fn drop(&self, at: &Site) -> Vec<Statement> {
                match self { $(Self::$kind(body) => Kind::drop(body, at),)* }
            }
            /// Bodies of two kinds never meet under one key; were they to, the fact would have to be replaced.
            pub fn alter(&self, to: &Body, at: &Site) -> Alter {
                match (self, to) {
                    $((Self::$kind(body), Self::$kind(to)) => body.alter(to, at),)*
                    _ => Alter::replace("it is of another kind"),
                }
            }
            pub fn requires(&self, at: &Site) -> Vec<Key> {
                match self { $(Self::$kind(body) => body.requires(at),)* }
            }
            pub fn follows(&self, at: &Site) -> Vec<Key> {
                match self { $(Self::$kind(body) => body.follows(at),)* }
            }
            pub fn outlives(&self, at: &Site) -> Vec<Key> {
                match self { $(Self::$kind(body) => body.outlives(at),)* }
            }
            pub fn reaches(&self, at: &Site) -> Vec<Key> {
                match self { $(Self::$kind(body) => body.reaches(at),)* }
            }

            pub fn frees(&self, at: &Site) -> Vec<Key> {
                match self { $(Self::$kind(body) => body.frees(at),)* }
            }
            pub fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
                match self { $(Self::$kind(body) => body.created_with(at, created),)* }
            }
            pub fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
                match self { $(Self::$kind(body) => body.dropped_with(at, dropped),)* }
            }
            pub fn copy_of(&self, at: &Site) -> Vec<Key> {
                match self { $(Self::$kind(body) => body.copy_of(at),)* }
            }
            pub fn copies(&self, at: &Site) -> Vec<Key> {
                match self { $(Self::$kind(body) => body.copies(at),)* }
            }
            pub fn folds_into(&self, at: &Site) -> Option<Key> {
                match self { $(Self::$kind(body) => body.folds_into(at),)* }
            }
            pub fn clause(&self, at: &Site) -> Option<String> {
                match self { $(Self::$kind(body) => body.clause(at),)* }
            }
            pub fn slots(&self, at: &Site) -> Vec<Slot> {
                match self { $(Self::$kind(body) => body.slots(at),)* }
            }
            pub fn object(&self, at: &Site) -> String {
                match self { $(Self::$kind(body) => body.object(at),)* }
            }
            pub fn grant_object(&self, at: &Site) -> String {
                match self { $(Self::$kind(body) => body.grant_object(at),)* }
            }
            pub fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
                match self { $(Self::$kind(body) => body.rename(at, to),)* }
            }
            pub fn set_aside(&self, at: &Site, aside: &str) -> Option<(Vec<Statement>, Statement)> {
                match self { $(Self::$kind(body) => body.set_aside(at, aside),)* }
            }
            pub fn carried_over(&self, at: &Site, value: &str, array: &str) -> String {
                match self { $(Self::$kind(body) => body.carried_over(at, value, array),)* }
            }
            pub fn retype(&self, at: &Site, used: &Key) -> Result<Change, String> {
                match self { $(Self::$kind(body) => body.retype(at, used),)* }
            }
            pub fn remakes(&self, at: &Site) -> Option<String> {
                match self { $(Self::$kind(body) => body.remakes(at),)* }
            }
            pub fn stub(&self, at: &Site) -> Option<$crate::kind::stub::Stub> {
                match self { $(Self::$kind(body) => body.stub(at),)* }
            }
            pub fn stub_needs(&self, at: &Site, used: &Key) -> bool {
                match self { $(Self::$kind(body) => body.stub_needs(at, used),)* }
            }
            pub fn stands_on_type(&self) -> bool {
                match self { $(Self::$kind(body) => body.stands_on_type(),)* }
            }
            pub fn runs_routines(&self) -> bool {
                match self { $(Self::$kind(body) => body.runs_routines(),)* }
            }
            pub fn body_text(&self) -> Option<&str> {
                match self { $(Self::$kind(body) => body.body_text(),)* }
            }
            pub fn loses(&self, at: &Site) -> Option<String> {
                match self { $(Self::$kind(body) => body.loses(at),)* }
            }
        }
    };
}

pub(super) use kinds;
