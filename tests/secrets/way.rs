//! The places that a password can be in.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::harness::place::Place;

/// A server, and the password that is tried there.
pub(super) struct Door {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) password: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Url,
    Pairs,
    Config,
    ConfigVariable,
    DatabaseUrl,
    Environment,
    Passfile,
}

pub(super) const WAYS: [Way; 7] =
    [Way::Url, Way::Pairs, Way::Config, Way::ConfigVariable, Way::DatabaseUrl, Way::Environment, Way::Passfile];

impl Door {
    fn url(&self, database: &str) -> String {
        format!("postgresql://guarded:{}@/{database}?host={}&port={}", self.password, self.host, self.port)
    }

    fn pairs(&self, database: &str) -> String {
        let Self { host, port, password } = self;
        format!("host={host} port={port} dbname={database} user=guarded password={password}")
    }

    /// Without the password.
    fn bare(&self, database: &str) -> String {
        format!("postgresql://guarded@/{database}?host={}&port={}", self.host, self.port)
    }
}

impl Way {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Pairs => "pairs",
            Self::Config => "config",
            Self::ConfigVariable => "config_variable",
            Self::DatabaseUrl => "database_url",
            Self::Environment => "environment",
            Self::Passfile => "passfile",
        }
    }

    fn text(self, door: &Door, database: &str) -> String {
        match self {
            Self::Url => door.url(database),
            Self::Pairs => door.pairs(database),
            _ => door.bare(database),
        }
    }

    pub(super) fn config(self, door: &Door) -> String {
        match self {
            Self::Config => format!(
                "environments: {{here: {{url: '{}'}}}}\nscratch: {{url: '{}'}}\n",
                door.url("shop"),
                door.url("postgres")
            ),
            Self::ConfigVariable => {
                "environments: {here: {url_env: SHOP_URL}}\nscratch: {url_env: SCRATCH_URL}\n".to_owned()
            }
            _ => String::new(),
        }
    }

    pub(super) fn prepare(self, place: &Place, door: &Door) {
        if self == Self::Passfile {
            place.write("passfile", &format!("*:*:*:guarded:{}\n", door.password));
            fs::set_permissions(place.path().join("passfile"), fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// How an option names the database.
    pub(super) fn database(self, door: &Door) -> Vec<String> {
        let two = |one: &str, two: String| vec![one.to_owned(), two];
        match self {
            Self::Url | Self::Pairs | Self::Passfile => two("--db", self.text(door, "shop")),
            Self::Config | Self::ConfigVariable => two("--env", "here".to_owned()),
            Self::DatabaseUrl | Self::Environment => Vec::new(),
        }
    }

    pub(super) fn scratch(self, door: &Door) -> Vec<String> {
        match self {
            Self::Config | Self::ConfigVariable => Vec::new(),
            _ => vec!["--scratch".to_owned(), self.text(door, "postgres")],
        }
    }

    /// Where the command line has no option for it.
    pub(super) fn positional(self, door: &Door) -> String {
        self.text(door, "shop")
    }

    pub(super) fn environment(self, command: &mut Command, door: &Door, project: &Path) {
        match self {
            Self::ConfigVariable => {
                // `init` and a state that stands alone have no configuration to go by.
                command.env("SHOP_URL", door.url("shop")).env("SCRATCH_URL", door.url("postgres"));
                command.env("DATABASE_URL", door.url("shop")).env("PGPASSWORD", door.password);
            }
            Self::DatabaseUrl => {
                command.env("DATABASE_URL", door.url("shop")).env("PGPASSWORD", door.password);
            }
            Self::Config => {
                command.env("DATABASE_URL", door.url("shop")).env("PGPASSWORD", door.password);
            }
            Self::Environment => {
                command.env("PGHOST", &door.host).env("PGPORT", door.port.to_string()).env("PGUSER", "guarded");
                command.env("PGDATABASE", "shop").env("PGPASSWORD", door.password);
            }
            Self::Passfile => {
                command.env("PGPASSFILE", project.join("passfile"));
            }
            Self::Url | Self::Pairs => {}
        }
    }

    /// Whether the file holds the password because it was put there.
    pub(super) fn holds(self, path: &Path) -> bool {
        let name = path.file_name().unwrap();
        match self {
            Self::Config => name == "pgplumb.yaml" && !path.parent().unwrap().to_str().unwrap().contains("init"),
            Self::Passfile => name == "passfile",
            _ => false,
        }
    }
}
