//! How large the live tables are, which decides whether a lock is a moment or an outage.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::observe::effect::Effect;
use crate::observe::relation::Relation;

/// What a busy server with ordinary disks gets done in a second. Only to tell seconds from hours.
const READS: i64 = 200 << 20;
const WRITES: i64 = 40 << 20;

/// The size of one table or materialized view.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Size {
    /// `pg_class.reltuples`: an estimate, none where the table was never vacuumed or analyzed.
    pub rows: Option<u64>,
    /// With its TOAST table, maps and so on (`pg_table_size`), without its indexes.
    pub bytes: u64,
    pub index_bytes: u64,
}

/// The sizes of all that has rows on disk, or nothing where there was no live database to ask.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sizes(Option<BTreeMap<(String, String), Size>>);

#[derive(Deserialize)]
struct Row {
    schema: String,
    name: String,
    rows: f64,
    bytes: i64,
    index_bytes: i64,
}

impl Sizes {
    /// Asks a live database.
    ///
    /// # Errors
    /// What the server says, or that it went away.
    pub fn read(connection: &mut Connection) -> Result<Self, DbError> {
        let mut sizes = BTreeMap::new();
        let tenant = connection.is_for().cloned();
        for row in connection.query_with(&connection.narrowed(include_str!("size.sql")), &[])? {
            let Row { schema, name, rows, bytes, index_bytes } = decode(&row)?;
            let schema = tenant.as_ref().map_or(schema.clone(), |tenant| tenant.back().name(&schema).to_owned());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate, checked")]
            let rows = (rows >= 0.0).then_some(rows as u64);
            let size = Size { rows, bytes: bytes.unsigned_abs(), index_bytes: index_bytes.unsigned_abs() };
            sizes.insert((schema, name), size);
        }
        Ok(Self(Some(sizes)))
    }

    /// None where no live database was asked.
    pub fn of(&self, relation: &Relation) -> Option<Size> {
        let empty = Size { rows: Some(0), bytes: 0, index_bytes: 0 };
        let known = self.0.as_ref()?;
        Some(known.get(&(relation.schema.clone(), relation.name.clone())).copied().unwrap_or(empty))
    }

    /// With one more, for what is made up.
    #[must_use]
    pub fn with(mut self, schema: &str, name: &str, size: Size) -> Self {
        self.0.get_or_insert_default().insert((schema.to_owned(), name.to_owned()), size);
        self
    }
}

impl Size {
    /// About how long an effect on a table of this size takes. An estimate, which no server promises.
    pub fn time(&self, effect: &Effect) -> Duration {
        let (table, indexes) = (self.bytes, self.index_bytes);
        let (read, written) = if effect.rewritten {
            (table, table + indexes)
        } else if effect.scanned {
            (table, effect.indexes_built() * indexes.max(table / 8) / 4)
        } else {
            (0, 0)
        };
        Duration::from_secs(read / READS.unsigned_abs() + written / WRITES.unsigned_abs())
    }

    /// `1.2 GB, about 8,100,000 rows`.
    pub fn words(&self) -> String {
        let bytes = bytes(self.bytes);
        match self.rows {
            Some(rows) => format!("{bytes}, about {} rows", grouped(rows)),
            None => bytes,
        }
    }
}

/// `1.2 GB`, as `pg_size_pretty` counts: 1 kB is 1024 bytes.
pub fn bytes(count: u64) -> String {
    let mut unit = 0;
    let mut tenths = count.saturating_mul(10);
    while tenths >= 10_240 && unit < 4 {
        tenths /= 1024;
        unit += 1;
    }
    let name = ["bytes", "kB", "MB", "GB", "TB"].get(unit).copied().unwrap_or("TB");
    if tenths >= 100 || tenths.is_multiple_of(10) || unit == 0 {
        format!("{} {name}", tenths / 10)
    } else {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    }
}

/// `about 40 s`, `about 3 min`, `about 2 h`; nothing below a second.
pub fn about(time: Duration) -> Option<String> {
    match time.as_secs() {
        0 => None,
        seconds @ 1..120 => Some(format!("about {seconds} s")),
        seconds @ 120..7200 => Some(format!("about {} min", seconds / 60)),
        seconds => Some(format!("about {} h", seconds / 3600)),
    }
}

/// `8,100,000`; beyond a thousand only the first three digits say something.
fn grouped(count: u64) -> String {
    let digits = count.checked_ilog10().unwrap_or_default();
    let unit = 10_u64.pow(digits.saturating_sub(2));
    let text = (count / unit * unit).to_string();
    let mut said = String::new();
    for (index, digit) in text.chars().enumerate() {
        if index > 0 && (text.len() - index).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::lock::Lock;

    #[test]
    fn sizes_read_as_people_say_them() {
        assert_eq!(bytes(8192), "8 kB");
        assert_eq!(bytes(1_288_490_189), "1.2 GB");
        assert_eq!(bytes(600), "600 bytes");
        let size = Size { rows: Some(8_123_456), bytes: 3 << 30, index_bytes: 1 << 30 };
        assert_eq!(size.words(), "3 GB, about 8,120,000 rows");
        assert_eq!(Size { rows: None, ..size }.words(), "3 GB");
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1234), "1,230");
    }

    #[test]
    fn a_rewrite_takes_longer_than_a_scan_and_a_lock_no_time() {
        let size = Size { rows: None, bytes: 4 << 30, index_bytes: 1 << 30 };
        let moment = Effect::of(Lock::AccessExclusive);
        let scan = Effect { scanned: true, ..moment.clone() };
        let rewrite = Effect { rewritten: true, ..moment.clone() };
        assert_eq!(about(size.time(&moment)), None);
        assert_eq!(about(size.time(&scan)).unwrap(), "about 20 s");
        assert_eq!(about(size.time(&rewrite)).unwrap(), "about 2 min");
    }
}
