//! Replication slots that hold back more than they should.

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::observe::size::bytes;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "replication-slots",
    title: "every replication slot is in use",
    why: "A slot that nobody reads from keeps all that is written since, until the disk is full, and keeps vacuum from its \
          work.",
    mend: "Start what reads from it, or drop it: `SELECT pg_drop_replication_slot('name')`.",
    stops: false,
    look: Look::Server(look),
};

const SQL: &str = "
    SELECT
        slot_name::text AS name,
        active,
        coalesce(wal_status, '') AS status,
        greatest(
            coalesce(
                pg_catalog.pg_wal_lsn_diff(
                    CASE
                        WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                        ELSE pg_catalog.pg_current_wal_lsn()
                    END,
                    restart_lsn
                ),
                0
            ),
            0
        )::bigint AS kept
    FROM pg_catalog.pg_replication_slots
    WHERE NOT temporary
    ORDER BY slot_name";

#[derive(Deserialize)]
struct Slot {
    name: String,
    active: bool,
    status: String,
    kept: i64,
}

fn look(connection: &mut Connection, asked: &Asked) -> Result<Seen, DbError> {
    let rows = connection.query_with(SQL, &[])?;
    let slots = rows.iter().map(decode).collect::<Result<Vec<Slot>, _>>()?;
    Ok(judge(&slots, asked.limits.disk_free))
}

/// A slot that nobody reads from is as bad as it keeps more than is to be free on a disk.
fn judge(slots: &[Slot], limit: u64) -> Seen {
    let findings = slots.iter().filter_map(|Slot { name, active, status, kept }| {
        let kept = kept.unsigned_abs();
        match status.as_str() {
            "lost" => Some(Finding::new(Level::Warning, format!("`{name}` has lost what it was to keep"))),
            "unreserved" => Some(Finding::new(Level::Warning, format!("`{name}` is about to lose what it is to keep"))),
            _ if *active => None,
            _ => {
                let level = if kept > limit { Level::Warning } else { Level::Note };
                Some(Finding::new(level, format!("nobody reads from `{name}`, which keeps {}", bytes(kept))))
            }
        }
    });
    let fine = if slots.is_empty() { "there is none" } else { "all are" };
    Seen::of(findings.collect(), fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_slot_keeps_decides() {
        let slot = |active, status: &str, kept| Slot { name: "s".to_owned(), active, status: status.to_owned(), kept };
        let seen = |slot| judge(&[slot], 1 << 30);
        assert_eq!(seen(slot(true, "reserved", 2 << 30)), Seen::Fine("all are".to_owned()));
        assert_eq!(
            seen(slot(false, "reserved", 2 << 20)),
            Seen::one(Level::Note, "nobody reads from `s`, which keeps 2 MB")
        );
        assert_eq!(
            seen(slot(false, "extended", 2 << 30)),
            Seen::one(Level::Warning, "nobody reads from `s`, which keeps 2 GB")
        );
        assert_eq!(seen(slot(true, "lost", 0)), Seen::one(Level::Warning, "`s` has lost what it was to keep"));
    }
}
