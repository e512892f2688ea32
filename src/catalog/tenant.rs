//! One schema of many alike, read as if it were the template: the rooms are asked for that schema alone, and what they say is
//! renamed, so that nobody above sees whose it is.

use serde_json::{Map, Value};

use crate::base::name::literal;
use crate::db::error::DbError;
use crate::db::tenant::Tenant;
use crate::kind::{Body, Key};

/// What belongs to the schema, and what depends on that, step by step: with many tenants in a database that is a small part
/// of what `depend.sql` would have to go through.
const OF_SCHEMA: &str = "
    WITH RECURSIVE mine AS (
        SELECT 'pg_namespace'::regclass::oid AS classid, n.oid AS objid
        FROM pg_catalog.pg_namespace AS n
        WHERE n.nspname = {schema}
        UNION
        SELECT d.classid, d.objid
        FROM mine
        JOIN pg_catalog.pg_depend AS d ON d.refclassid = mine.classid AND d.refobjid = mine.objid
    )";

/// Where the queries take what is of all schemas.
const DEPENDENCIES: &str = "FROM pg_catalog.pg_depend AS d";
const DESCRIPTIONS: &str = "FROM pg_catalog.pg_description AS d";

/// The comments of one schema, of which each tenant's books have a hundred, and those on what is in no schema.
const OWN_DESCRIPTIONS: &str = "FROM (
      SELECT own.*
        FROM mine
        JOIN pg_catalog.pg_description AS own ON own.classoid = mine.classid AND own.objoid = mine.objid
       UNION
      SELECT free.*
        FROM pg_catalog.pg_description AS free
       WHERE free.objoid >= 16384
         AND free.classoid <> ALL (ARRAY[
               'pg_class', 'pg_collation', 'pg_constraint', 'pg_conversion', 'pg_namespace', 'pg_opclass', 'pg_operator',
               'pg_opfamily', 'pg_policy', 'pg_proc', 'pg_rewrite', 'pg_statistic_ext', 'pg_trigger', 'pg_ts_config',
               'pg_ts_dict', 'pg_ts_parser', 'pg_ts_template', 'pg_type']::regclass[]::oid[])
    ) AS d";

/// The query of the dependencies for this schema alone.
pub(in crate::catalog) fn of_depend(query: &str, tenant: &Tenant) -> String {
    let mine = "FROM mine JOIN pg_catalog.pg_depend AS d ON d.classid = mine.classid AND d.objid = mine.objid";
    let (comment, query) = query.split_at(query.find("SELECT").unwrap_or_default());
    format!("{comment}{}\n{}", of_schema(tenant), query.replacen(DEPENDENCIES, mine, 1))
}

/// The query of a room for this schema alone, and for what is in none.
pub(in crate::catalog) fn of_room(query: &str, tenant: &Tenant) -> String {
    let query = tenant.narrowed(query);
    let Some((before, after)) = query.split_once(DESCRIPTIONS) else { return query };
    let begin = before.find("\nWITH").or(before.find("\nSELECT")).unwrap_or_default();
    let (comment, before) = before.split_at(begin);
    let before = before.replacen("\nWITH", ",\n", 1);
    format!("{comment}{}{before}{OWN_DESCRIPTIONS}{after}", of_schema(tenant))
}

fn of_schema(tenant: &Tenant) -> String {
    OF_SCHEMA.replace("{schema}", &literal(tenant.schema()))
}

/// A fact in the names of the template. `prose` is whether its texts are the user's own words.
///
/// # Errors
/// When it cannot be written down and read back, which is a fault of ours.
pub(in crate::catalog) fn back(tenant: &Tenant, fact: (Key, Body), prose: bool) -> Result<(Key, Body), DbError> {
    let wrong = |error: serde_json::Error| DbError::Decode { what: error.to_string() };
    let (mut key, mut body) =
        (serde_json::to_value(&fact.0).map_err(wrong)?, serde_json::to_value(&fact.1).map_err(wrong)?);
    if let Some(name) = key.get_mut("schema").and_then(|schema| schema.get_mut("name")) {
        name_of(tenant, name);
    }
    within(tenant, &mut key);
    if !prose {
        within(tenant, &mut body);
    }
    Ok((serde_json::from_value(key).map_err(wrong)?, serde_json::from_value(body).map_err(wrong)?))
}

fn within(tenant: &Tenant, value: &mut Value) {
    match value {
        Value::String(text) => *text = tenant.back().rename(text).text,
        Value::Array(values) => values.iter_mut().for_each(|value| within(tenant, value)),
        Value::Object(fields) => of_fields(tenant, fields),
        _ => {}
    }
}

fn of_fields(tenant: &Tenant, fields: &mut Map<String, Value>) {
    for (field, value) in fields.iter_mut() {
        match value {
            Value::String(_) if field == "schema" || field.ends_with("_schema") => name_of(tenant, value),
            // A name of something in the schema, whatever it looks like.
            Value::String(_) if field == "name" || field.ends_with("_name") && field != "type_name" => {}
            _ => within(tenant, value),
        }
    }
}

fn name_of(tenant: &Tenant, value: &mut Value) {
    if let Value::String(name) = value {
        *name = tenant.back().name(name).to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::tenant::NOT_THE_SYSTEM;
    use crate::kind::ROOMS;

    #[test]
    fn a_room_that_leaves_out_the_system_reads_one_schema() {
        let tenant = Tenant::new("shop", "O'Brien").unwrap();
        let narrowed = ROOMS.iter().filter(|room| tenant.narrowed(room.query).contains("nspname = 'O''Brien'"));
        assert!(narrowed.count() > 30);
        let depend = of_depend(include_str!("depend.sql"), &tenant);
        assert!(
            depend.contains("n.nspname = 'O''Brien'") && depend.contains("FROM mine JOIN pg_catalog.pg_depend AS d ON")
        );
        let comments =
            ROOMS.iter().map(|room| of_room(room.query, &tenant)).filter(|query| query.contains("FROM mine"));
        let comments: Vec<String> = comments.collect();
        assert_eq!(comments.len(), 2);
        assert!(comments.iter().all(|query| query.contains("n.nspname = 'O''Brien'") && !query.contains(DESCRIPTIONS)));
        for room in ROOMS.iter().filter(|room| room.query.contains("'^pg_'")) {
            assert!(room.query.contains(NOT_THE_SYSTEM), "{}", room.label);
        }
    }

    #[test]
    fn a_fact_of_a_tenant_is_one_of_the_template() {
        let tenant = Tenant::new("shop", "Acme Ltd").unwrap();
        let fact = |text: &str| serde_json::from_str::<(Key, Body)>(text).unwrap();
        let column = |schema: &str, quoted: &str| {
            let on = format!(r#"{{"table":{{"schema":"{schema}","name":"orders"}}}}"#);
            fact(&format!(
                r#"[{{"default":{{"on":{{"column":{{"on":{on},"name":"id"}}}}}}}},
                   {{"default":{{"expression":"nextval('{quoted}.orders_id_seq'::regclass)"}}}}]"#
            ))
        };
        let found = back(&tenant, column("Acme Ltd", "\\\"Acme Ltd\\\""), false).unwrap();
        assert_eq!(found, column("shop", "shop"));
        let schema =
            |name: &str| fact(&format!(r#"[{{"schema":{{"name":"{name}"}}}},{{"schema":{{"public":null}}}}]"#));
        assert_eq!(back(&tenant, schema("Acme Ltd"), false).unwrap(), schema("shop"));
    }
}
