//! How old the last backup is.

use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "last-backup",
    title: "there is a backup that is not old",
    why: "What was written since the last backup is lost with the server, and what a migration loses comes back from a backup \
          alone.",
    mend: "`pgplumb backup full`, or `pgplumb apply --backup`. Backups that another program makes are not seen here: \
           `preflight.backup_age: 0` says that there are some.",
    stops: false,
    look: Look::Here(look),
};

fn look(asked: &Asked) -> Seen {
    let limit = asked.limits.backup_age;
    let hours = |time: std::time::Duration| time.as_secs() / (60 * 60);
    match asked.last_backup {
        _ if limit.is_zero() => Seen::Unseen("another program makes the backups".to_owned()),
        None => Seen::one(Level::Warning, "there is no backup of this database"),
        Some(age) if age > limit => {
            Seen::one(Level::Warning, format!("the last backup is {} h old, more than {} h", hours(age), hours(limit)))
        }
        Some(age) => Seen::Fine(format!("the last one is {} min old", age.as_secs() / 60)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::operate::preflight::asked::Limits;

    #[test]
    fn age_is_held_against_the_limit() {
        let seen = |last: Option<u64>, limit: u64| {
            let limits = Limits { backup_age: Duration::from_secs(limit * 3600), ..Limits::default() };
            let last_backup = last.map(|minutes| Duration::from_secs(minutes * 60));
            look(&Asked { limits, last_backup, ..Asked::default() })
        };
        assert_eq!(seen(Some(90), 2), Seen::Fine("the last one is 90 min old".to_owned()));
        assert_eq!(
            seen(Some(121), 2),
            Seen::one(Level::Warning, "the last backup is 2 h old, more than 2 h")
        );
        assert_eq!(seen(None, 2), Seen::one(Level::Warning, "there is no backup of this database"));
        assert_eq!(seen(None, 0), Seen::Unseen("another program makes the backups".to_owned()));
    }
}
