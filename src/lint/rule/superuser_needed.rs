//! A statement that only a superuser may run.

use pg_query::NodeEnum;
use pg_query::protobuf::{CreateRoleStmt, Node, ObjectType};

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::{option, says_yes};

pub const RULE: Rule = Rule {
    code: "superuser-needed",
    group: Group::Secure,
    level: Level::Note,
    title: "only a superuser may run it",
    why: "Migrations should run as a role that owns the schema and nothing else, and managed services give nobody a \
          superuser: there it fails. What needs one also reaches beyond the database: files and programs of the server.",
    remedy: "Have it done once, when the server is set up, by whoever runs it, and leave it out of the migrations.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let Some(what) = statement.node().and_then(needs) else { return Vec::new() };
            vec![statement.finding(&RULE, "", format!("{what} takes a superuser"))]
        })
    }),
};

/// Extensions that come with Postgres and are not marked as trusted.
const UNTRUSTED: [&str; 22] = [
    "adminpack",
    "amcheck",
    "autoinc",
    "bloom",
    "dblink",
    "earthdistance",
    "file_fdw",
    "insert_username",
    "moddatetime",
    "old_snapshot",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_surgery",
    "pg_visibility",
    "pg_walinspect",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "refint",
];

fn needs(node: &NodeEnum) -> Option<String> {
    let plain = |what: &str| Some(what.to_owned());
    match node {
        NodeEnum::AlterSystemStmt(_) => plain("ALTER SYSTEM"),
        NodeEnum::CreateEventTrigStmt(_) => plain("an event trigger"),
        NodeEnum::CreateFdwStmt(_) => plain("a foreign data wrapper"),
        NodeEnum::CreateTableSpaceStmt(_) => plain("a tablespace"),
        NodeEnum::CreateAmStmt(_) => plain("an access method"),
        NodeEnum::CreateOpClassStmt(_) => plain("an operator class"),
        NodeEnum::CreateOpFamilyStmt(_) => plain("an operator family"),
        NodeEnum::CreateCastStmt(cast) if cast.func.is_none() && !cast.inout => plain("a cast without a function"),
        NodeEnum::DefineStmt(define) => match define.kind() {
            ObjectType::ObjectType if !define.definition.is_empty() => plain("a base type"),
            ObjectType::ObjectTsparser | ObjectType::ObjectTstemplate => plain("a text search parser or template"),
            _ => None,
        },
        NodeEnum::CopyStmt(copy) if copy.is_program => plain("COPY with a program of the server"),
        NodeEnum::CopyStmt(copy) if !copy.filename.is_empty() => plain("COPY with a file of the server"),
        NodeEnum::CreateExtensionStmt(create) if UNTRUSTED.contains(&create.extname.as_str()) => {
            Some(format!("extension {}", create.extname))
        }
        NodeEnum::CreateRoleStmt(CreateRoleStmt { options, .. }) => of_role(options),
        NodeEnum::AlterRoleStmt(alter) => of_role(&alter.options),
        NodeEnum::CreatePublicationStmt(create) if create.for_all_tables => plain("a publication of all tables"),
        _ => None,
    }
}

fn of_role(options: &[Node]) -> Option<String> {
    let has = |name: &str| option(options, name).is_some_and(says_yes);
    let what = [("superuser", "SUPERUSER"), ("isreplication", "REPLICATION"), ("bypassrls", "BYPASSRLS")];
    what.iter().find(|(name, _)| has(name)).map(|(_, word)| format!("a role with {word}"))
}
