//! The rooms: one file and one query per kind of object, and the table that lists them.
//!
//! What is above (reading, comparing, ordering, proving, reporting) goes through `Key`, `Body` and `Kind` and knows no
//! kind by name. Adding a kind is a room `kind/x.rs`, its query `kind/x.sql`, one line in the table below, and fixtures.

pub mod facts;
pub mod key;
pub mod statement;

pub mod access_method;
pub mod acl;
pub mod aggregate;
pub mod base_type;
pub mod carried;
pub mod cast;
pub mod collation;
pub mod comment;
pub mod composite;
pub mod conversion;
pub mod data_type;
pub mod default_privileges;
pub mod domain;
pub mod enumeration;
pub mod event_trigger;
pub mod extension;
pub mod foreign_data_wrapper;
pub mod foreign_options;
pub mod foreign_server;
pub mod foreign_table;
pub mod language;
pub mod materialized_view;
pub mod operator;
pub mod options;
pub mod owner;
pub mod part_comment;
pub mod policy;
pub mod publication;
pub mod range;
pub mod relation_column;
pub mod routine;
pub mod rule;
pub mod schema;
pub mod sequence;
pub mod statistics;
pub mod subscription;
pub mod table;
pub mod text_search;
pub mod transform;
pub mod trigger;
pub mod user_mapping;
pub mod view;

use std::collections::BTreeSet;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::kind::cast::Types;
use crate::kind::default_privileges::Creation;
use crate::kind::facts::Facts;
use crate::kind::key::{Attached, Child, Global, Scoped, Shape, Signature};
use crate::kind::operator::Operands;
use crate::kind::operator::family::OfMethod;
use crate::kind::statement::{Alter, Change, Statement};
use crate::kind::transform::ForLanguage;

/// Where a fact lives while it is asked what to do: its key and both states.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    pub key: &'a Key,
    /// The facts of the state that this fact is in: the live ones for a drop, the desired ones for a create.
    pub here: &'a Facts,
    /// The facts of the other state. For an alter `here` is the live state and `there` the desired one.
    pub there: &'a Facts,
    /// The facts that this statement creates as well (columns within CREATE TABLE, a default within ADD COLUMN).
    pub absorbed: &'a BTreeSet<Key>,
}

impl<'a> Site<'a> {
    /// The same place for another fact.
    pub fn of(&self, key: &'a Key) -> Site<'a> {
        Site { key, ..*self }
    }

    /// The qualified, quoted name of this fact.
    pub fn sql(&self) -> String {
        self.key.sql()
    }

    /// The fact this one stands on, and its key.
    pub fn on(&self) -> Option<(&'a Key, &'a Body)> {
        let on = self.key.on()?;
        Some((on, self.here.get(on)?))
    }

    /// How SQL names the fact this one stands on: `TABLE public.orders`, `DOMAIN public.email`.
    pub fn on_object(&self) -> String {
        match self.on() {
            Some((key, body)) => body.object(&self.of(key)),
            None => self.key.on().map(Key::sql).unwrap_or_default(),
        }
    }
}

/// A name that only one object at a time can hold, although their kinds differ: a view and a table, an index and the
/// constraint that had its name before.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Slot {
    /// `pg_class`: tables, views, sequences, indexes, composite types.
    Relation(Ident, Ident),
    /// `pg_type`: types, and the row types of relations.
    Type(Ident, Ident),
    /// `pg_proc`: functions, procedures and aggregates of one signature.
    Routine(Ident, Ident, String),
    /// Anything that is one of a kind for the fact it stands on.
    Within(Box<Key>, String),
}

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
            read: |row, on| {
                let key = Key::$kind(read_shape::<$shape>(row, on)?);
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

kinds! {
    Schema(Global) = schema::Schema,
    Extension(Global) = extension::Extension,
    Language(Global) = language::Language,
    Collation(Scoped) = collation::Collation,
    BaseType(Scoped) = base_type::BaseType,
    Enum(Scoped) = enumeration::Enum,
    Domain(Scoped) = domain::Domain,
    Composite(Scoped) = composite::Composite,
    Attribute(Child) = composite::attribute::Attribute,
    Range(Scoped) = range::Range,
    Cast(Types) = cast::Cast,
    Transform(ForLanguage) = transform::Transform,
    Function(Signature) = routine::Function,
    Procedure(Signature) = routine::Procedure,
    Aggregate(Signature) = aggregate::Aggregate,
    AccessMethod(Global) = access_method::AccessMethod,
    Operator(Operands) = operator::Operator,
    OperatorFamily(OfMethod) = operator::family::OperatorFamily,
    OperatorClass(OfMethod) = operator::class::OperatorClass,
    Conversion(Scoped) = conversion::Conversion,
    TextSearchParser(Scoped) = text_search::parser::Parser,
    TextSearchTemplate(Scoped) = text_search::template::Template,
    TextSearchDictionary(Scoped) = text_search::dictionary::Dictionary,
    TextSearchConfiguration(Scoped) = text_search::configuration::Configuration,
    Sequence(Scoped) = sequence::Sequence,
    ForeignDataWrapper(Global) = foreign_data_wrapper::ForeignDataWrapper,
    ForeignServer(Global) = foreign_server::ForeignServer,
    UserMapping(Child) = user_mapping::UserMapping,
    Table(Scoped) = table::Table,
    ForeignTable(Scoped) = foreign_table::ForeignTable,
    Column(Child) = table::column::Column,
    ColumnOptions(Attached) = foreign_table::column_options::ColumnOptions,
    View(Scoped) = view::View,
    MaterializedView(Scoped) = materialized_view::MaterializedView,
    RelationColumn(Child) = relation_column::RelationColumn,
    OwnedBy(Attached) = sequence::owned_by::OwnedBy,
    Default(Attached) = table::default::Default,
    Identity(Attached) = table::identity::Identity,
    Inheritance(Child) = table::inheritance::Inheritance,
    Partition(Attached) = table::partition::Partition,
    Constraint(Child) = table::constraint::Constraint,
    Index(Scoped) = table::index::Index,
    IndexAttachment(Attached) = table::index_attachment::IndexAttachment,
    Statistics(Scoped) = statistics::Statistics,
    Clustered(Attached) = table::clustered::Clustered,
    ReplicaIdentity(Attached) = table::replica_identity::ReplicaIdentity,
    Rule(Child) = rule::Rule,
    Trigger(Child) = trigger::Trigger,
    TriggerCopy(Child) = trigger::copy::TriggerCopy,
    Policy(Child) = policy::Policy,
    Publication(Global) = publication::Publication,
    PublicationTable(Child) = publication::table::PublicationTable,
    PublicationSchema(Child) = publication::schema::PublicationSchema,
    Subscription(Global) = subscription::Subscription,
    EventTrigger(Global) = event_trigger::EventTrigger,
    DefaultPrivileges(Creation) = default_privileges::DefaultPrivileges,
    Comment(Attached) = comment::Comment,
    PartComment(Attached) = part_comment::PartComment,
    Owner(Attached) = owner::Owner,
    Acl(Attached) = acl::Acl,
}

/// One line of the registry.
pub struct Room {
    pub label: &'static str,
    pub query: &'static str,
    /// A row of the query as a fact; the second argument is the fact it stands on, for kinds that stand on one.
    pub read: ReadRow,
}

/// A catalog row and the fact it stands on, to a fact.
type ReadRow = fn(&postgres::Row, Option<Key>) -> Result<(Key, Body), DbError>;

impl Key {
    /// The fact this one stands on and disappears with.
    pub fn on(&self) -> Option<&Key> {
        self.shape().on_ref()
    }

    /// The fact at the bottom: a column's comment leads to the table.
    pub fn root(&self) -> &Key {
        let mut key = self;
        while let Some(on) = key.on() {
            key = on;
        }
        key
    }

    /// The schema of the object at the bottom, where it has one.
    pub fn schema(&self) -> Option<&Ident> {
        self.root().shape().schema_ref()
    }

    /// The last part of its own name; empty for what has none.
    pub fn name(&self) -> &str {
        self.shape().name_ref()
    }

    /// The name as it stands in SQL.
    pub fn sql(&self) -> String {
        self.shape().sql_ref()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.on() {
            Some(on) if self.name().is_empty() => write!(f, "{} of {on}", self.label()),
            _ => write!(f, "{} {}", self.label(), self.sql()),
        }
    }
}

/// `Shape` without what needs to know the type, so that `Key` can reach it whatever the variant.
trait ShapeRef {
    fn on_ref(&self) -> Option<&Key>;
    fn schema_ref(&self) -> Option<&Ident>;
    fn name_ref(&self) -> &str;
    fn sql_ref(&self) -> String;
}

impl<S: Shape> ShapeRef for S {
    fn on_ref(&self) -> Option<&Key> {
        self.on()
    }
    fn schema_ref(&self) -> Option<&Ident> {
        self.schema()
    }
    fn name_ref(&self) -> &str {
        self.name()
    }
    fn sql_ref(&self) -> String {
        self.sql()
    }
}

fn read_shape<S: Shape>(row: &postgres::Row, on: Option<Key>) -> Result<S, DbError> {
    S::read(row, on)
}
