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

/// The query of the dependencies for this schema alone.
pub(in crate::catalog) fn of_depend(query: &str, tenant: &Tenant) -> String {
    let mine = "FROM mine JOIN pg_catalog.pg_depend AS d ON d.classid = mine.classid AND d.objid = mine.objid";
    let schema = OF_SCHEMA.replace("{schema}", &literal(tenant.schema()));
    let (comment, query) = query.split_at(query.find("SELECT").unwrap_or_default());
    format!("{comment}{schema}\n{}", query.replacen("FROM pg_catalog.pg_depend AS d", mine, 1))
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
