//! What a statement creates, changes or drops, by its parse tree: as far as that is in one schema, or is not.

mod object;

use pg_query::NodeEnum;
use pg_query::protobuf::{GrantStmt, GrantTargetType, Node, ObjectType, RangeVar};

use crate::sql::parser::parse;
use crate::sql::touched::object::{named, of_list};

/// The schema of a thing; none where the statement does not say it.
pub type Schema = Option<String>;

/// What a statement is to schemas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Touched {
    /// Things of these schemas; of none, where it only reads, or runs what nobody can look into.
    In(Vec<Schema>),
    /// What is in no schema: an extension, a role, a publication.
    Global,
}

/// What the statements of this text touch; none of what the parser does not accept, which the server will say.
pub fn touched(sql: &str) -> Vec<Touched> {
    let Ok(parsed) = parse(sql) else { return Vec::new() };
    let nodes = parsed.tree.stmts.iter().filter_map(|stmt| stmt.stmt.as_ref()?.node.as_ref());
    nodes.map(of_node).collect()
}

fn of_node(node: &NodeEnum) -> Touched {
    of_relation(node).or_else(|| of_definition(node)).or_else(|| of_change(node)).unwrap_or_else(|| rest(node))
}

/// Statements about one relation.
fn of_relation(node: &NodeEnum) -> Option<Touched> {
    let one = |relation: Option<&RangeVar>| Some(relations(relation));
    match node {
        NodeEnum::CreateStmt(it) => one(it.relation.as_ref()),
        NodeEnum::CreateForeignTableStmt(it) => one(it.base_stmt.as_ref().and_then(|base| base.relation.as_ref())),
        NodeEnum::IndexStmt(it) => one(it.relation.as_ref()),
        NodeEnum::AlterTableStmt(it) => one(it.relation.as_ref()),
        NodeEnum::ViewStmt(it) => one(it.view.as_ref()),
        NodeEnum::CreateSeqStmt(it) => one(it.sequence.as_ref()),
        NodeEnum::AlterSeqStmt(it) => one(it.sequence.as_ref()),
        NodeEnum::CreateTrigStmt(it) => one(it.relation.as_ref()),
        NodeEnum::CreatePolicyStmt(it) => one(it.table.as_ref()),
        NodeEnum::AlterPolicyStmt(it) => one(it.table.as_ref()),
        NodeEnum::RuleStmt(it) => one(it.relation.as_ref()),
        NodeEnum::CompositeTypeStmt(it) => one(it.typevar.as_ref()),
        NodeEnum::CreateTableAsStmt(it) => one(it.into.as_ref().and_then(|into| into.rel.as_ref())),
        NodeEnum::SelectStmt(it) => it.into_clause.as_ref().map(|into| relations(into.rel.as_ref())),
        NodeEnum::RefreshMatViewStmt(it) => one(it.relation.as_ref()),
        NodeEnum::ClusterStmt(it) => one(it.relation.as_ref()),
        NodeEnum::ReindexStmt(it) if it.relation.is_some() => one(it.relation.as_ref()),
        NodeEnum::ReindexStmt(it) => Some(Touched::In(vec![Some(it.name.clone())])),
        NodeEnum::InsertStmt(it) => one(it.relation.as_ref()),
        NodeEnum::UpdateStmt(it) => one(it.relation.as_ref()),
        NodeEnum::DeleteStmt(it) => one(it.relation.as_ref()),
        NodeEnum::MergeStmt(it) => one(it.relation.as_ref()),
        NodeEnum::CopyStmt(it) if it.is_from => one(it.relation.as_ref()),
        NodeEnum::TruncateStmt(it) => Some(Touched::In(it.relations.iter().map(range).collect())),
        NodeEnum::VacuumStmt(it) => Some(Touched::In(it.rels.iter().map(range).collect())),
        _ => None,
    }
}

/// Statements that make or change what has a name of its own in a schema.
fn of_definition(node: &NodeEnum) -> Option<Touched> {
    let one = |parts: &[Node]| Some(Touched::In(vec![of_list(parts)]));
    match node {
        NodeEnum::CreateSchemaStmt(it) => Some(Touched::In(vec![Some(it.schemaname.clone())])),
        NodeEnum::CreateFunctionStmt(it) => one(&it.funcname),
        NodeEnum::AlterFunctionStmt(it) => one(&it.func.as_ref()?.objname),
        NodeEnum::CreateEnumStmt(it) => one(&it.type_name),
        NodeEnum::AlterEnumStmt(it) => one(&it.type_name),
        NodeEnum::CreateDomainStmt(it) => one(&it.domainname),
        NodeEnum::AlterDomainStmt(it) => one(&it.type_name),
        NodeEnum::CreateRangeStmt(it) => one(&it.type_name),
        NodeEnum::AlterTypeStmt(it) => one(&it.type_name),
        NodeEnum::DefineStmt(it) => one(&it.defnames),
        NodeEnum::CreateStatsStmt(it) => one(&it.defnames),
        NodeEnum::AlterStatsStmt(it) => one(&it.defnames),
        NodeEnum::CreateOpClassStmt(it) => one(&it.opclassname),
        NodeEnum::CreateOpFamilyStmt(it) => one(&it.opfamilyname),
        NodeEnum::AlterOpFamilyStmt(it) => one(&it.opfamilyname),
        NodeEnum::AlterOperatorStmt(it) => one(&it.opername.as_ref()?.objname),
        NodeEnum::CreateConversionStmt(it) => one(&it.conversion_name),
        NodeEnum::AlterCollationStmt(it) => one(&it.collname),
        NodeEnum::AlterTsdictionaryStmt(it) => one(&it.dictname),
        NodeEnum::AlterTsconfigurationStmt(it) => one(&it.cfgname),
        _ => None,
    }
}

/// Statements about anything that is there.
fn of_change(node: &NodeEnum) -> Option<Touched> {
    let of = |kind: ObjectType, relation: Option<&RangeVar>, object: Option<&Node>| match (relation, object) {
        (Some(relation), _) => relations(Some(relation)),
        (None, Some(object)) => named(kind, object),
        (None, None) => Touched::Global,
    };
    Some(match node {
        NodeEnum::DropStmt(it) => all(it.objects.iter().map(|object| named(it.remove_type(), object))),
        NodeEnum::CommentStmt(it) => of(it.objtype(), None, it.object.as_deref()),
        NodeEnum::SecLabelStmt(it) => of(it.objtype(), None, it.object.as_deref()),
        // The name of a schema is what it is known by.
        NodeEnum::RenameStmt(it) if it.rename_type() == ObjectType::ObjectSchema => Touched::Global,
        NodeEnum::RenameStmt(it) => of(it.rename_type(), it.relation.as_ref(), it.object.as_deref()),
        NodeEnum::AlterOwnerStmt(it) => of(it.object_type(), it.relation.as_ref(), it.object.as_deref()),
        NodeEnum::AlterObjectSchemaStmt(it) => {
            let moved = of(it.object_type(), it.relation.as_ref(), it.object.as_deref());
            all([moved, Touched::In(vec![Some(it.newschema.clone())])].into_iter())
        }
        NodeEnum::AlterObjectDependsStmt(it) => of(it.object_type(), it.relation.as_ref(), it.object.as_deref()),
        NodeEnum::GrantStmt(it) => of_grant(it),
        NodeEnum::AlterDefaultPrivilegesStmt(it) => of_defaults(&it.options),
        _ => return None,
    })
}

/// What only reads, or says how the rest runs; everything else is about what is in no schema.
fn rest(node: &NodeEnum) -> Touched {
    match node {
        NodeEnum::SelectStmt(_)
        | NodeEnum::DoStmt(_)
        | NodeEnum::CallStmt(_)
        | NodeEnum::CopyStmt(_)
        | NodeEnum::VariableSetStmt(_)
        | NodeEnum::VariableShowStmt(_)
        | NodeEnum::TransactionStmt(_)
        | NodeEnum::ConstraintsSetStmt(_)
        | NodeEnum::LockStmt(_)
        | NodeEnum::ExplainStmt(_)
        | NodeEnum::PrepareStmt(_)
        | NodeEnum::ExecuteStmt(_)
        | NodeEnum::DeallocateStmt(_)
        | NodeEnum::DiscardStmt(_)
        | NodeEnum::NotifyStmt(_)
        | NodeEnum::ListenStmt(_)
        | NodeEnum::UnlistenStmt(_)
        | NodeEnum::CheckPointStmt(_) => Touched::In(Vec::new()),
        _ => Touched::Global,
    }
}

fn of_grant(grant: &GrantStmt) -> Touched {
    match grant.targtype() {
        GrantTargetType::AclTargetAllInSchema => {
            all(grant.objects.iter().map(|object| named(ObjectType::ObjectSchema, object)))
        }
        _ => all(grant.objects.iter().map(|object| named(grant.objtype(), object))),
    }
}

/// Default privileges, which are of schemas or of the whole database.
fn of_defaults(options: &[Node]) -> Touched {
    let schemas = options.iter().find_map(|option| match &option.node {
        Some(NodeEnum::DefElem(option)) if option.defname == "schemas" => match &option.arg.as_ref()?.node {
            Some(NodeEnum::List(list)) => Some(&list.items),
            _ => None,
        },
        _ => None,
    });
    let Some(schemas) = schemas else { return Touched::Global };
    all(schemas.iter().map(|schema| named(ObjectType::ObjectSchema, schema)))
}

fn relations(relation: Option<&RangeVar>) -> Touched {
    Touched::In(vec![relation.and_then(of_range)])
}

/// Where it is; what is temporary is in the schema of the session.
fn of_range(relation: &RangeVar) -> Schema {
    if relation.relpersistence == "t" {
        return Some("pg_temp".to_owned());
    }
    Some(relation.schemaname.clone()).filter(|schema| !schema.is_empty())
}

fn range(node: &Node) -> Schema {
    match &node.node {
        Some(NodeEnum::RangeVar(relation)) => of_range(relation),
        Some(NodeEnum::VacuumRelation(vacuum)) => vacuum.relation.as_ref().and_then(of_range),
        _ => None,
    }
}

fn all(parts: impl Iterator<Item = Touched>) -> Touched {
    let mut schemas = Vec::new();
    for part in parts {
        match part {
            Touched::In(more) => schemas.extend(more),
            Touched::Global => return Touched::Global,
        }
    }
    Touched::In(schemas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_touches_what_it_makes_changes_and_drops() {
        for sql in [
            "CREATE TABLE s.t (a int REFERENCES other.t)",
            "CREATE INDEX CONCURRENTLY i ON s.t (a)",
            "ALTER TABLE s.t ADD COLUMN b other.mood",
            "DROP TABLE IF EXISTS s.t, s.u CASCADE",
            "DROP FUNCTION s.f(int)",
            "DROP TRIGGER x ON s.t",
            "DROP TYPE s.mood",
            "DROP SCHEMA s",
            "CREATE VIEW s.v AS SELECT * FROM other.t",
            "CREATE MATERIALIZED VIEW s.v AS SELECT * FROM other.t",
            "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE TRIGGER x BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION other.f()",
            "CREATE POLICY p ON s.t",
            "CREATE TYPE s.mood AS ENUM ('a')",
            "ALTER TYPE s.mood ADD VALUE 'b'",
            "CREATE SCHEMA s",
            "GRANT SELECT ON s.t TO PUBLIC",
            "GRANT USAGE ON SCHEMA s TO PUBLIC",
            "GRANT EXECUTE ON FUNCTION s.f(int) TO PUBLIC",
            "GRANT SELECT ON ALL TABLES IN SCHEMA s TO PUBLIC",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO PUBLIC",
            "COMMENT ON COLUMN s.t.a IS 'x'",
            "COMMENT ON CONSTRAINT c ON s.t IS 'x'",
            "COMMENT ON FUNCTION s.f(int) IS 'x'",
            "COMMENT ON TYPE s.mood IS 'x'",
            "COMMENT ON POLICY p ON s.t IS 'x'",
            "ALTER TABLE s.t RENAME COLUMN a TO b",
            "ALTER FUNCTION s.f() RENAME TO g",
            "ALTER TABLE s.t OWNER TO somebody",
            "INSERT INTO s.t SELECT * FROM other.t",
            "TRUNCATE s.t",
            "VACUUM s.t",
            "CREATE SEQUENCE s.q",
            "CREATE DOMAIN s.d AS int",
            "CREATE STATISTICS s.x ON a, b FROM s.t",
            "CREATE AGGREGATE s.total(int) (SFUNC = int4pl, STYPE = int)",
        ] {
            let found = touched(sql);
            let fits = |one: &Touched| matches!(one, Touched::In(schemas) if !schemas.is_empty() && schemas.iter().all(|s| s.as_deref() == Some("s")));
            assert!(found.len() == 1 && found.iter().all(fits), "{sql}: {found:?}");
        }
    }

    #[test]
    fn what_is_elsewhere_or_nowhere_is_told() {
        let elsewhere = |sql: &str| match touched(sql).as_slice() {
            [Touched::In(schemas)] => schemas.iter().any(|schema| schema.as_deref() != Some("s")),
            _ => false,
        };
        for sql in ["DROP TABLE s.t, t", "CREATE TABLE t ()", "ALTER TABLE s.t SET SCHEMA other", "SELECT 1 INTO x"] {
            assert!(elsewhere(sql), "{sql}");
        }
        for sql in [
            "CREATE EXTENSION hstore",
            "CREATE ROLE r",
            "DROP EXTENSION hstore",
            "GRANT CREATE ON DATABASE d TO r",
            "ALTER SCHEMA s RENAME TO t",
            "CREATE PUBLICATION p FOR ALL TABLES",
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r",
        ] {
            assert_eq!(touched(sql), [Touched::Global], "{sql}");
        }
        for sql in ["SELECT setval('s.q', 1)", "DO $$ BEGIN END $$", "SET search_path = public", "BEGIN"] {
            assert_eq!(touched(sql), [Touched::In(Vec::new())], "{sql}");
        }
        assert_eq!(touched("CREATE TEMP TABLE t ()"), [Touched::In(vec![Some("pg_temp".to_owned())])]);
    }
}
