//! The rooms: one file and one query per kind of object, and the table that lists them.
//!
//! What is above (reading, comparing, ordering, proving, reporting) goes through `Key`, `Body` and `Kind` and knows no
//! kind by name. Adding a kind is a room `kind/x.rs`, its query `kind/x.sql`, one line in the table below, and fixtures.

mod contract;
pub mod facts;
pub mod key;
mod registry;
mod site;
mod slot;
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
pub mod rename;
pub mod routine;
pub mod rule;
pub mod schema;
pub mod sequence;
pub mod statistics;
pub mod stub;
pub mod subscription;
pub mod table;
pub mod text_search;
pub mod transform;
pub mod trigger;
pub mod user_mapping;
pub mod view;

pub use crate::kind::contract::Kind;
pub use crate::kind::registry::Room;
pub use crate::kind::site::Site;
pub use crate::kind::slot::Slot;

use serde::{Deserialize, Serialize};

use crate::kind::acl::member::Member;
use crate::kind::cast::Types;
use crate::kind::default_privileges::Creation;
use crate::kind::key::{Attached, Child, Global, Scoped, Shape, ShapeRef, Signature};
use crate::kind::operator::Operands;
use crate::kind::operator::family::OfMethod;
use crate::kind::registry::kinds;
use crate::kind::statement::{Alter, Change, Statement};
use crate::kind::transform::ForLanguage;

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
    MemberAcl(Member) = acl::member::MemberAcl,
}
