//! What stands before a run and after it: maintenance windows, an approval, and checks of what came out.

mod window;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::time;
pub use crate::config::gate::window::{Clock, Day, Window, Zone};

/// What is in force for one database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gates {
    pub checks: Vec<Check>,
    pub on_failure: OnFailure,
    /// None is always open.
    pub windows: Vec<Window>,
    pub approval: bool,
    pub kill_blockers: bool,
    pub lint: bool,
}

/// What is otherwise in one environment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Otherwise {
    pub checks: Option<Vec<Check>>,
    pub on_failure: Option<OnFailure>,
    pub windows: Option<Vec<Window>>,
    pub approval: Option<bool>,
    pub kill_blockers: Option<bool>,
    pub lint: Option<bool>,
}

/// What happens where a check fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// What was applied stays.
    #[default]
    Stop,
    /// What was applied is taken back.
    Rollback,
}

/// Something that is to hold after a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Check {
    pub name: String,
    pub asks: Asks,
    /// How often after the first time.
    pub retries: u32,
    pub pause: Duration,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// What a check asks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub enum Asks {
    /// A query that is to give true.
    Sql(String),
    /// A program and its arguments, which is to end with 0.
    Command(Vec<String>),
    /// The address of a service, which is to answer with a status from 200 to 299.
    Http(String),
}

/// A check as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    sql: Option<String>,
    command: Option<Vec<String>>,
    http: Option<String>,
    #[serde(default)]
    retries: u32,
    #[serde(default = "second")]
    pause: String,
    #[serde(default = "half_a_minute")]
    timeout: String,
}

fn second() -> String {
    "1s".to_owned()
}

fn half_a_minute() -> String {
    "30s".to_owned()
}

impl TryFrom<Written> for Check {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { name, sql, command, http, retries, pause, timeout } = written;
        let asks = match (sql, command, http) {
            (Some(sql), None, None) if !sql.trim().is_empty() => Asks::Sql(sql),
            (None, Some(command), None) if command.first().is_some_and(|program| !program.is_empty()) => {
                Asks::Command(command)
            }
            (None, None, Some(url)) if url.starts_with("http://") || url.starts_with("https://") => Asks::Http(url),
            _ => {
                let one = "either `sql`, a query, or `command`, a list, or `http`, an address";
                return Err(format!("the check `{name}` has {one}"));
            }
        };
        let read = |text: &str| time::read(text).ok_or_else(|| format!("`{text}` of the check `{name}` is no time"));
        let pause = if pause == "0" { Duration::ZERO } else { read(&pause)? };
        let timeout = read(&timeout)?;
        if timeout.is_zero() {
            return Err(format!("the check `{name}` has no time at all"));
        }
        Ok(Self { name, asks, retries, pause, timeout })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Check, String> {
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_check_asks_one_thing() {
        let asked = check("{name: a, command: [curl, --fail, x], retries: 2, pause: 0}").unwrap();
        assert_eq!(asked.asks, Asks::Command(["curl", "--fail", "x"].map(str::to_owned).to_vec()));
        assert_eq!((asked.retries, asked.pause, asked.timeout), (2, Duration::ZERO, Duration::from_secs(30)));
        assert_eq!(check("{name: a, http: 'https://x/y'}").unwrap().asks, Asks::Http("https://x/y".to_owned()));
        for wrong in [
            "{name: a}",
            "{name: a, sql: x, command: [y]}",
            "{name: a, command: []}",
            "{name: a, sql: ' '}",
            "{name: a, http: x/y}",
            "{name: a, sql: x, http: 'https://x'}",
        ] {
            assert!(check(wrong).unwrap_err().contains("has either `sql`"), "{wrong}");
        }
        assert!(check("{name: a, command: curl x}").is_err(), "a shell string");
        assert!(check("{name: a, sql: x, timeout: 3}").unwrap_err().contains("is no time"));
        assert!(check("{name: a, sql: x, timeout: 0s}").unwrap_err().contains("no time at all"));
        assert!(check("{name: a, sql: x, retry: 3}").unwrap_err().contains("unknown field"));
    }
}
