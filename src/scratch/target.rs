//! What a scratch database must have in common with its target.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::name::literal;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::db::url::ConnectionString;
use crate::db::version::Version;

/// The facts of a live database that change what SQL means.
#[derive(Clone, Debug)]
pub struct Target {
    pub connection: ConnectionString,
    pub version: Version,
    pub locale: Locale,
    /// Every role, and whether it is a superuser.
    pub roles: BTreeMap<String, bool>,
    /// Settings of a session, as a new one would have them.
    pub settings: BTreeMap<String, String>,
    /// What the server preloads, as far as we may know.
    pub libraries: Vec<String>,
}

/// Encoding and collation of a database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Locale {
    pub encoding: String,
    pub collate: String,
    pub ctype: String,
    /// `b`, `c` or `i`, as in `pg_database`.
    pub provider: String,
    /// The locale of ICU or of the built-in provider.
    pub locale: Option<String>,
    pub icu_rules: Option<String>,
}

impl Locale {
    /// What CREATE DATABASE is told, on a server of this version, for a copy of `template0`.
    pub fn clause(&self, version: Version) -> String {
        let Self { encoding, collate, ctype, provider, locale, icu_rules } = self;
        let (encoding, collate, ctype) = (literal(encoding), literal(collate), literal(ctype));
        let mut clause = format!(" ENCODING {encoding} LC_COLLATE {collate} LC_CTYPE {ctype}");
        let locale = literal(locale.as_deref().unwrap_or_default());
        match provider.as_str() {
            "i" => clause.push_str(&format!(" LOCALE_PROVIDER icu ICU_LOCALE {locale}")),
            "b" => clause.push_str(&format!(" LOCALE_PROVIDER builtin BUILTIN_LOCALE {locale}")),
            // The template's provider would count otherwise.
            _ if version.has_database_locale_provider() => clause.push_str(" LOCALE_PROVIDER libc"),
            _ => {}
        }
        if let Some(rules) = icu_rules.as_deref().filter(|_| version.has_icu_rules()) {
            clause.push_str(&format!(" ICU_RULES {}", literal(rules)));
        }
        clause
    }
}

const LOCALE: &str = include_str!("locale.sql");
const ROLES: &str = include_str!("roles.sql");
const SETTINGS: &str = include_str!("settings.sql");

#[derive(Deserialize)]
struct Role {
    name: String,
    superuser: bool,
}

#[derive(Deserialize)]
struct Setting {
    name: String,
    setting: String,
}

impl Target {
    /// Reads the facts of the database that `connection` is in; `to` is the way to it.
    ///
    /// # Errors
    /// Those of the server.
    pub fn read(connection: &mut Connection, to: &ConnectionString) -> Result<Self, DbError> {
        let version = connection.version();
        let client = connection.client();
        let locale = decode(&client.query_one(LOCALE, &[])?)?;
        let mut roles = BTreeMap::new();
        for row in client.query(ROLES, &[])? {
            let Role { name, superuser } = decode(&row)?;
            roles.insert(name, superuser);
        }
        let mut settings = BTreeMap::new();
        for row in client.query(SETTINGS, &[])? {
            let Setting { name, setting } = decode(&row)?;
            settings.insert(name, setting);
        }
        let libraries = settings.remove("shared_preload_libraries").unwrap_or_default();
        let libraries = libraries.split(',').map(|name| name.trim().trim_matches('"').to_owned());
        let libraries = libraries.filter(|name| !name.is_empty()).collect();
        Ok(Self { connection: to.clone(), version, locale, roles, settings, libraries })
    }
}

impl Default for Locale {
    /// That of a scratch database for no target.
    fn default() -> Self {
        let (encoding, c) = ("UTF8".to_owned(), "C".to_owned());
        Self { encoding, collate: c.clone(), ctype: c, provider: "c".to_owned(), locale: None, icu_rules: None }
    }
}
