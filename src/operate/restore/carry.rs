//! What belongs to a database and is in no dump of it: its owner, its privileges, its settings, its comment.

use crate::base::name::{Ident, literal};
use crate::db::connection::Connection;
use crate::db::error::DbError;

/// Gives the new database what the one that `connection` is in has.
///
/// # Errors
/// What the server says.
pub(super) fn carry(connection: &mut Connection, new: &str) -> Result<(), DbError> {
    let name = Ident::new(new);
    for sql in owner_and_privileges(connection, &name)? {
        connection.execute(&sql)?;
    }
    let sql = "
        SELECT r.rolname::text, split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)
        FROM pg_catalog.pg_db_role_setting AS s
        JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
        CROSS JOIN LATERAL unnest(s.setconfig) AS setting
        WHERE d.datname = pg_catalog.current_database()
        ORDER BY 1, 2";
    for row in connection.query_with(sql, &[])? {
        let (role, setting, value): (Option<String>, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let whose = role
            .map_or_else(|| format!("DATABASE {name}"), |role| format!("ROLE {} IN DATABASE {name}", Ident::new(role)));
        // Postgres itself knows which settings are lists, and how those are written.
        connection.execute(&format!(
            "BEGIN; SELECT pg_catalog.set_config({}, {}, true); ALTER {whose} SET {setting} FROM CURRENT; COMMIT",
            literal(&setting),
            literal(&value)
        ))?;
    }
    Ok(())
}

fn owner_and_privileges(connection: &mut Connection, name: &Ident) -> Result<Vec<String>, DbError> {
    let sql = "
        SELECT
            pg_catalog.pg_get_userbyid(d.datdba)::text,
            pg_catalog.shobj_description(d.oid, 'pg_database'),
            d.datconnlimit,
            d.datacl IS NOT NULL
        FROM pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database()";
    let rows = connection.query_with(sql, &[])?;
    let row = rows.first().ok_or_else(|| DbError::unexpected("a database without a row"))?;
    let (owner, comment, limit, granted): (String, Option<String>, i32, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    let mut statements = vec![format!("ALTER DATABASE {name} OWNER TO {}", Ident::new(&owner))];
    // Its own comment until now says whose it is.
    let comment = comment.map_or_else(|| "NULL".to_owned(), |comment| literal(&comment));
    statements.push(format!("COMMENT ON DATABASE {name} IS {comment}"));
    if limit >= 0 {
        statements.push(format!("ALTER DATABASE {name} CONNECTION LIMIT {limit}"));
    }
    if granted {
        statements.push(format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC, {}", Ident::new(&owner)));
        let sql = "
            SELECT
                a.privilege_type,
                CASE WHEN a.grantee = 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END,
                a.is_grantable
            FROM pg_catalog.pg_database AS d
            CROSS JOIN LATERAL pg_catalog.aclexplode(d.datacl) AS a
            WHERE d.datname = pg_catalog.current_database()
            ORDER BY 2, 1";
        for row in connection.query_with(sql, &[])? {
            let (what, whom, grantable): (String, Option<String>, bool) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let whom = whom.map_or_else(|| "PUBLIC".to_owned(), |whom| Ident::new(whom).to_string());
            let option = if grantable { " WITH GRANT OPTION" } else { "" };
            statements.push(format!("GRANT {what} ON DATABASE {name} TO {whom}{option}"));
        }
    }
    Ok(statements)
}
