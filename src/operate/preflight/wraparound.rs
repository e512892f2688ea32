//! How far the transaction numbers are from running out.

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "wraparound",
    title: "transaction numbers are far from running out",
    why: "Three million transactions before the numbers come round, the server refuses every one that writes.",
    mend: "Find what keeps vacuum from its work (long and prepared transactions, replication slots), then `VACUUM (FREEZE)` \
           the oldest tables of that database.",
    stops: true,
    look: Look::Server(look),
};

/// Numbers are compared modulo 2^32: older than 2^31 would be the future.
const ALL: i64 = 1 << 31;

const SQL: &str = "
    SELECT
        datname::text AS name,
        pg_catalog.age(datfrozenxid)::bigint AS transactions,
        pg_catalog.mxid_age(datminmxid)::bigint AS multixacts
    FROM pg_catalog.pg_database
    ORDER BY datname";

#[derive(Deserialize)]
struct Age {
    name: String,
    transactions: i64,
    multixacts: i64,
}

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    let rows = connection.query_with(SQL, &[])?;
    let ages = rows.iter().map(decode).collect::<Result<Vec<Age>, _>>()?;
    Ok(judge(&ages))
}

fn judge(ages: &[Age]) -> Seen {
    let mut findings = Vec::new();
    let mut worst = 0;
    for Age { name, transactions, multixacts } in ages {
        for (age, what) in [(*transactions, "transaction"), (*multixacts, "multixact")] {
            let percent = age.saturating_mul(100) / ALL;
            worst = worst.max(percent);
            let level = match percent {
                0..50 => continue,
                50..90 => Level::Warning,
                _ => Level::Error,
            };
            findings.push(Finding::new(level, format!("{percent} % of the {what} numbers of `{name}` are used up")));
        }
    }
    Seen::of(findings, format!("{worst} % are used up"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_a_warning_and_the_last_tenth_an_error() {
        let seen = |transactions, multixacts| judge(&[Age { name: "shop".to_owned(), transactions, multixacts }]);
        assert_eq!(seen(200_000_000, 0), Seen::Fine("9 % are used up".to_owned()));
        assert_eq!(seen(0, ALL / 2), Seen::one(Level::Warning, "50 % of the multixact numbers of `shop` are used up"));
        assert_eq!(
            seen(2_000_000_000, 0),
            Seen::one(Level::Error, "93 % of the transaction numbers of `shop` are used up")
        );
    }
}
