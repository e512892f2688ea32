//! `-- pgplumb: backfill key=id batch=1000 pause=100ms max_lag=10s max_active=20`

use std::time::Duration;

use crate::base::time;
use crate::sql::lex::unquoted;

/// Rows of a batch where nobody says otherwise: an update of so many is over in about ten milliseconds.
const BATCH: u32 = 1000;

/// How the rows of one statement are gone through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backfill {
    /// The columns that the rows are gone through by; none for those of the primary key.
    pub key: Vec<String>,
    /// Rows of one transaction.
    pub batch: u32,
    /// Between two batches.
    pub pause: Duration,
    /// It waits while a replica is further behind.
    pub max_lag: Option<Duration>,
    /// It waits while more other sessions are at work.
    pub max_active: Option<u32>,
}

impl Default for Backfill {
    fn default() -> Self {
        Self { key: Vec::new(), batch: BATCH, pause: Duration::ZERO, max_lag: None, max_active: None }
    }
}

impl Backfill {
    /// Reads what stands behind the word.
    ///
    /// # Errors
    /// The setting that cannot be followed.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for setting in text.split_whitespace() {
            let Some((name, value)) = setting.split_once('=') else {
                return Err(format!("`{setting}` is not `name=value`"));
            };
            let count = || value.parse().ok().filter(|count: &u32| *count > 0);
            let wrong = || format!("`{value}` is no value of `{name}`");
            match name {
                "key" => {
                    all.key = value.split(',').map(unquoted).collect();
                    if all.key.iter().any(String::is_empty) {
                        return Err(wrong());
                    }
                }
                "batch" => all.batch = count().ok_or_else(wrong)?,
                "pause" => all.pause = time::read(value).ok_or_else(wrong)?,
                "max_lag" => all.max_lag = Some(time::read(value).ok_or_else(wrong)?),
                "max_active" => all.max_active = Some(count().ok_or_else(wrong)?),
                _ => return Err(format!("there is no setting `{name}`")),
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_names_and_units() {
        let read = |text: &str| Backfill::read(text);
        assert_eq!(read("").unwrap(), Backfill::default());
        let all = read("key=tenant,\"Id\" batch=50 pause=100ms max_lag=10s max_active=20").unwrap();
        assert_eq!(all.key, ["tenant", "Id"]);
        assert_eq!((all.batch, all.pause), (50, Duration::from_millis(100)));
        assert_eq!((all.max_lag, all.max_active), (Some(Duration::from_secs(10)), Some(20)));
        let error = |text: &str| read(text).unwrap_err();
        assert_eq!(error("pause=100"), "`100` is no value of `pause`");
        assert_eq!(error("batch=0"), "`0` is no value of `batch`");
        assert_eq!(error("key=a,,b"), "`a,,b` is no value of `key`");
        assert_eq!(error("keys=a"), "there is no setting `keys`");
        assert_eq!(error("id"), "`id` is not `name=value`");
    }
}
