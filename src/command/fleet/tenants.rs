//! Many databases from a query on one: a row for each.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::command::error::CommandError;
use crate::command::fleet::error::FleetError;
use crate::command::fleet::target::Target;
use crate::db::connection::connect;
use crate::db::error::DbError;
use crate::db::tenant::Tenant;
use crate::db::url::ConnectionString;

/// Runs the query, read-only.
///
/// # Errors
/// When the database cannot be reached, the query fails, or a row is not what is wanted; it is named and not quoted.
pub(super) fn read(sql: &str, to: &ConnectionString, template: Option<&str>) -> Result<Vec<Target>, CommandError> {
    let mut connection = connect(to)?;
    let sql = sql.trim().trim_end_matches(';');
    connection.execute("BEGIN READ ONLY")?;
    // Through JSON, so that a column may be of any type that looks like a text or a number.
    let rows = connection.query_with(&format!("SELECT pg_catalog.to_jsonb(t) FROM (\n{sql}\n) AS t"), &[]);
    // It is somewhere else in what was sent than in what was written.
    let rows = rows.map_err(DbError::without_position)?;
    let cells = rows.iter().map(|row| row.try_get::<_, Value>(0).map_err(DbError::from));
    let cells = cells.collect::<Result<Vec<Value>, DbError>>()?;
    Ok(targets(&cells, to, template)?)
}

fn targets(rows: &[Value], to: &ConnectionString, template: Option<&str>) -> Result<Vec<Target>, FleetError> {
    let mut targets = Vec::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate().map(|(at, row)| (at + 1, row)) {
        let wrong = |what: String| FleetError::Row { row: number, what };
        let cell = |name: &str| match row.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let name = cell("name").ok_or_else(|| wrong("it has no `name`".to_owned()))?;
        if name.chars().any(char::is_control) {
            return Err(wrong("its `name` is not one line".to_owned()));
        }
        let place = match (cell("database"), cell("url"), cell("schema")) {
            (Some(_), Some(_), _) => return Err(wrong("it has both a `database` and a `url`".to_owned())),
            (Some(database), None, _) => to.with_database(&database),
            (None, Some(url), _) => ConnectionString::parse(&url).map_err(|error| wrong(error.to_string()))?,
            (None, None, Some(_)) => to.clone(),
            (None, None, None) => return Err(wrong("it has neither a `database`, a `url` nor a `schema`".to_owned())),
        };
        let place = match cell("schema") {
            Some(schema) => {
                let tenant = Tenant::new(template.ok_or(FleetError::NoTemplate)?, &schema);
                let bad = |why| FleetError::SchemaTenant { row: number, why };
                place.for_tenant(tenant.map_err(bad)?)
            }
            None => place,
        };
        // Two runs at once on one schema would wait for each other, and the second finds nothing to do.
        if let Some(first) = places.insert(place.to_string(), number).filter(|_| place.tenant().is_some()) {
            return Err(wrong(format!("its `schema` is that of row {first}")));
        }
        if let Some(first) = taken.insert(name.clone(), number) {
            return Err(wrong(format!("its `name` is that of row {first}")));
        }
        targets.push(Target { name, environment: None, to: place });
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(rows: &[Value]) -> Result<Vec<String>, String> {
        let to = ConnectionString::parse("postgresql://u@db/control").unwrap();
        let told = |target: &Target| format!("{} {}", target.name, target.to);
        targets(rows, &to, Some("shop"))
            .map(|targets| targets.iter().map(told).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_row_is_a_database_of_the_same_server_or_a_url() {
        let rows =
            [json!({"name": 7, "database": "t7", "other": true}), json!({"name": "b", "url": "postgresql://v@x/b"})];
        assert_eq!(of(&rows).unwrap(), ["7 t7 on db as u", "b b on x as v"]);
    }

    #[test]
    fn a_row_that_is_neither_is_named_and_not_quoted() {
        for (row, what) in [
            (json!({"database": "hush"}), "row 1 of the tenants: it has no `name`"),
            (json!({"name": "a"}), "row 1 of the tenants: it has neither"),
            (json!({"name": "a\nb", "database": "hush"}), "row 1 of the tenants: its `name` is not one line"),
            (json!({"name": "a", "url": "hush"}), "row 1 of the tenants: the connection string cannot be read"),
            (json!({"name": "a", "schema": "pg_hush"}), "row 1 of the tenants: its `schema` cannot be a tenant: it is"),
            (json!({"name": "a", "url": "x", "database": "hush"}), "row 1 of the tenants: it has both a `database`"),
        ] {
            let error = of(&[row]).unwrap_err();
            assert!(error.starts_with(what) && !error.contains("hush"), "{error}");
        }
        let twice = json!({"name": "a", "database": "b"});
        assert!(of(&[twice.clone(), twice]).unwrap_err().ends_with("its `name` is that of row 1"));
    }
}
