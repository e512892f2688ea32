//! The keys that `pgplumb.yaml` knows, and the first of a file that is none of them.

use serde_yaml::Value;

use crate::base::wording::nearest;

/// Each key with what it is for. `*` stands for a name of the user's choosing.
pub const KEYS: &[(&str, &str)] = &[
    ("schema", "Files and folders that hold the desired schema. Default: `schema`"),
    ("migrations", "The folder for migrations. Default: `generated`"),
    ("seeds", "The folder for seeds, which `apply --seed` runs (docs/seeds.md). Default: `seeds`"),
    ("environments", "The databases that `--env NAME` chooses from"),
    ("environments.*.url", "Connection string, as a URL or as `key=value` pairs"),
    ("environments.*.url_env", "The name of an environment variable that holds the connection string"),
    (
        "environments.*.production",
        "Whether people depend on it: no seeds run there without `--force seed`. Default: `true` for the names `production` and `prod`",
    ),
    (
        "environments.*.tenant_schema",
        "Which schema of it is meant, where there are several alike (`fleet.schema`). Default: the whole database",
    ),
    ("exclude", "What is neither compared nor touched"),
    ("exclude.schemas", "Schemas by name; `*` and `?` match as in a shell"),
    ("exclude.objects", "Objects as `schema.name`; `*` and `?` match as in a shell"),
    ("timeouts", "The timeouts that a migration sets"),
    ("timeouts.lock", "How long a statement waits for a lock, with a unit (`500ms`, `3s`, `1min`). Default: `3s`"),
    ("timeouts.statement", "How long a statement may run. Default: `0`, without limit"),
    ("timeouts.check_data", "How long one question of `--check-data` may take. Default: `30s`"),
    ("apply", "How `apply` and `rollback` deal with others at work on the database"),
    (
        "apply.retries",
        "How often a transaction is tried again that did not get its locks, lost a deadlock, or saw what others changed meanwhile. Default: `10`",
    ),
    (
        "apply.pause",
        "The first pause before that; each further one is twice as long, and a part of each is left to chance. Default: `500ms`",
    ),
    ("apply.longest_pause", "The longest pause. Default: `30s`"),
    ("apply.wait", "How long another run may take before this one gives up. Default: `10min`"),
    ("apply.check_data", "Whether `apply` asks the database as `--check-data` does, before it runs. Default: `false`"),
    (
        "apply.checks",
        "What is to hold after a run: a list of `name`, `sql`, `command` or `http`, `retries`, `pause` and `timeout` (see below)",
    ),
    (
        "apply.on_failure",
        "Where a check fails: `stop`, or `rollback`, which takes back what the run applied. Default: `stop`",
    ),
    (
        "apply.windows",
        "When `apply` and `rollback` may run: a list of `days`, `from`, `to` and `zone` (see below). Default: always",
    ),
    ("apply.approval", "Whether `apply` needs the hash that `apply --dry-run` prints (see below). Default: `false`"),
    ("apply.kill_blockers", "Whether `--kill-blockers` may end sessions that keep a run waiting. Default: `false`"),
    (
        "apply.lint",
        "Whether `apply` asks the rules of `lint` of what is due, before it runs (see below). Default: with `--env`, and not without",
    ),
    ("apply.environments", "What is otherwise in the environment that `--env NAME` chooses"),
    ("apply.environments.*.checks", "In place of `apply.checks`"),
    ("apply.environments.*.on_failure", "In place of `apply.on_failure`"),
    ("apply.environments.*.windows", "In place of `apply.windows`; `[]` is always"),
    ("apply.environments.*.approval", "In place of `apply.approval`"),
    ("apply.environments.*.kill_blockers", "In place of `apply.kill_blockers`"),
    ("apply.environments.*.lint", "In place of `apply.lint`"),
    ("preflight", "What `preflight` looks at, and from when on it warns"),
    ("preflight.variables", "Environment variables that are to be set, by name; `{}` asks for no more than that"),
    ("preflight.variables.*.min_length", "How many characters it has at least"),
    (
        "preflight.variables.*.secret",
        "`true` where it is to be hard to guess: 16 characters, 8 different ones, no word that everybody tries",
    ),
    ("preflight.clock_skew", "How far the clocks here and on the server may differ. Default: `5s`"),
    ("preflight.transaction", "How long a transaction, also a prepared one, may be open. Default: `5min`"),
    ("preflight.replication_lag", "How far a standby may be behind. Default: `30s`"),
    ("preflight.disk_free", "How much is to be free on each disk. Default: `1GB`"),
    ("preflight.backup_age", "How old the last backup may be. Default: `25h`"),
    ("backup", "How backups are made, and how long they are kept"),
    ("backup.folder", "Where they are. Default: `backups`"),
    ("backup.format", "`custom`, one file, or `directory`, a file for each table. Default: `custom`"),
    ("backup.jobs", "How many jobs dump in the directory format, and restore into a new database. Default: `1`"),
    ("backup.compress", "`none`, `gzip:1` to `gzip:9` (by `pg_dump` itself), `zstd:1` to `zstd:22`. Default: `zstd:3`"),
    ("backup.recipients", "Public keys of age that backups are encrypted for. Default: none, and no encryption"),
    ("backup.identity", "The file with the key of age that opens them, for `verify` and `restore`"),
    ("backup.keep", "What `backup prune` keeps, of each kind of each database"),
    ("backup.keep.pre_migration", "How long those that were made before migrations. Default: `30d`"),
    ("backup.keep.daily", "The last of a day, for so many days that have one. Default: `7`"),
    ("backup.keep.weekly", "The last of a week. Default: `4`"),
    ("backup.keep.monthly", "The last of a month. Default: `12`"),
    ("backup.since", "The tables of which `backup --since DATE` takes the rows that changed (docs/backup-since.md)"),
    (
        "backup.since.*",
        "For `schema.table`, with `*` and `?` as in a shell, the column that says when a row was changed: timestamptz, timestamp or date",
    ),
    ("health", "From when on `health` warns; ten times too long is critical"),
    ("health.connections", "Percent of the connections that there can be; more is critical. Default: `80`"),
    ("health.query", "How long a statement may run. Default: `5min`"),
    ("health.idle_in_transaction", "How long a transaction may be left alone. Default: `5min`"),
    ("health.lock_wait", "How long a session may wait for a lock. Default: `30s`"),
    ("health.replication_lag", "How far a standby may be behind. Default: `30s`"),
    ("health.cache_hit", "Percent of the blocks read that are to be in memory. Default: `90`"),
    ("health.growth", "Percent that a table of 8 MB and more may grow from one day to the next. Default: `50`"),
    ("fleet", "How many databases are worked on with one command"),
    (
        "fleet.schema",
        "The schema that the files and migrations are written for, where each tenant has one of its own like it (docs/fleet.md)",
    ),
    ("fleet.canary", "Targets that `apply` begins with, by name, one after the other"),
    ("fleet.canaries", "How many it begins with where none is named. Default: `0`"),
    ("fleet.jobs", "How many databases are worked on at once. Default: `4`"),
    ("fleet.max_failures", "How many may fail before nothing more is begun; `0` is no limit. Default: `1`"),
    ("fleet.folder", "Where the last run is written down. Default: `reports`"),
    ("logs", "What is written down of each run while it goes on (docs/logs.md)"),
    ("logs.enabled", "Whether that is done. Default: `true`"),
    ("logs.folder", "Where. Default: `logs`"),
    ("logs.level", "`error`, `warn`, `info` or `debug`: this, and what is worse. Default: `info`"),
    ("logs.keep", "How long a log is kept; `0` is forever. Default: `30d`"),
    ("logs.most", "How many are kept; `0` is no limit. Default: `1000`"),
    ("logs.size", "How large a log gets before a new one is begun; `0` is no limit. Default: `10MB`"),
    ("reports", "What is written down of each run at its end (docs/logs.md)"),
    ("reports.enabled", "Whether that is done. Default: `true`"),
    ("reports.folder", "Where. Default: `reports`"),
    ("reports.keep", "How long a report is kept; `0` is forever. Default: `90d`"),
    ("reports.most", "How many are kept; `0` is no limit. Default: `1000`"),
    ("scratch", "The server to build scratch databases on. Default: one that pgplumb starts and removes by itself"),
    ("scratch.url", "Connection string of a server where databases may be created"),
    ("scratch.url_env", "The name of an environment variable that holds it"),
    ("lint", "What the linter says, and how loud"),
    ("lint.rules", "Levels for the rules, everywhere"),
    ("lint.rules.*", "The level of a rule, by its code: `error`, `warning`, `note` or `off`"),
    ("lint.paths", "A list of `path` (with `*` and `?`) and `rules`: levels for some files"),
    ("lint.environments", "Levels for one environment"),
    ("lint.environments.*.*", "Levels for the environment that `--env NAME` chooses"),
    ("lint.threshold", "When a table is large"),
    ("lint.threshold.rows", "What a rule says of a table with fewer rows is a note. Default: `10000`"),
    ("lint.threshold.bytes", "The same for bytes: both must be fewer. Default: `8MB`"),
    (
        "lint.in_transaction",
        "Whether each file runs in a transaction. Default: as the tool does that the files are for",
    ),
    ("compare", "How far owners and grants are compared: `everywhere`, `declared` or `ignore`"),
    ("compare.owners", "Default: `declared`, when the schema files say anything about owners"),
    (
        "compare.grants",
        "Default: `everywhere`; where the schema files declare no privileges at all, a finding asks first",
    ),
];

/// A key that is not in the table: the way to it, and the nearest that is known in its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    pub path: Vec<String>,
    pub nearest: Option<&'static str>,
    pub known: Vec<&'static str>,
}

/// The first unknown key, in the order of the file.
pub fn unknown(value: &Value) -> Option<Unknown> {
    look(value, &mut Vec::new())
}

fn look(value: &Value, path: &mut Vec<String>) -> Option<Unknown> {
    let mapping = value.as_mapping()?;
    let known = below(path);
    // A list or a plain value has no keys; a mapping in its place is for the decoder to refuse.
    if known.is_empty() {
        return None;
    }
    for (key, inner) in mapping {
        let name = key.as_str().map_or_else(|| plain(key), str::to_owned);
        path.push(name.clone());
        if !known.contains(&"*") && !known.contains(&name.as_str()) {
            let nearest = nearest(&name, known.iter().copied());
            return Some(Unknown { path: path.clone(), nearest, known });
        }
        if let Some(found) = look(inner, path) {
            return Some(found);
        }
        path.pop();
    }
    None
}

/// A key that is no string, as it was written.
fn plain(key: &Value) -> String {
    serde_yaml::to_string(key).unwrap_or_default().trim_end().to_owned()
}

/// The names that may stand below this path.
fn below(path: &[String]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = KEYS
        .iter()
        .filter_map(|(key, _)| {
            let parts: Vec<&'static str> = key.split('.').collect();
            let fits = parts.len() > path.len() && parts.iter().zip(path).all(|(part, at)| *part == "*" || part == at);
            fits.then(|| parts[path.len()])
        })
        .collect();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_their_place() {
        let value: Value = serde_yaml::from_str("environments: {here: {ulr: x}}").unwrap();
        let unknown = unknown(&value).unwrap();
        assert_eq!(unknown.path, ["environments", "here", "ulr"]);
        assert_eq!(unknown.nearest, Some("url"));
    }
}
