//! A connection string as the driver wants it.

use std::time::Duration;

use postgres::Config;
use postgres::config::{ChannelBinding, SslNegotiation, TargetSessionAttrs};

use crate::db::error::DbError;
use crate::db::url::parse::wrong;
use crate::db::url::{ConnectionString, Host};

impl ConnectionString {
    /// The driver's form of it, for one of the hosts, without TLS.
    pub(in crate::db) fn config(&self, host: &Host) -> Result<Config, DbError> {
        let mut config = Config::new();
        config.host(&host.name).port(host.port).user(self.user()).dbname(self.database());
        if let Some(address) = host.address {
            config.hostaddr(address);
        }
        if let Some(password) = &host.password {
            config.password(password);
        }
        let name = self.parameter("application_name").or_else(|| self.parameter("fallback_application_name"));
        config.application_name(name.unwrap_or("pgplumb"));
        if let Some(options) = self.parameter("options") {
            config.options(options);
        }
        if let Some(seconds) = self.number("connect_timeout")?.filter(|seconds| *seconds > 0) {
            // libpq: less than two seconds is not enough for anything.
            config.connect_timeout(Duration::from_secs(seconds.max(2)));
        }
        if let Some(keepalives) = self.number("keepalives")? {
            config.keepalives(keepalives != 0);
        }
        if let Some(seconds) = self.number("keepalives_idle")?.filter(|seconds| *seconds > 0) {
            config.keepalives_idle(Duration::from_secs(seconds));
        }
        self.add_words(&mut config)?;
        Ok(config)
    }

    /// The parameters that take one of a few words.
    fn add_words(&self, config: &mut Config) -> Result<(), DbError> {
        match self.parameter("target_session_attrs") {
            None | Some("any" | "prefer-standby") => {}
            Some("read-write" | "primary") => drop(config.target_session_attrs(TargetSessionAttrs::ReadWrite)),
            Some("read-only" | "standby") => drop(config.target_session_attrs(TargetSessionAttrs::ReadOnly)),
            Some(_) => return Err(wrong("`target_session_attrs` is not one that libpq knows")),
        }
        match self.parameter("channel_binding") {
            None | Some("prefer") => {}
            Some("disable") => drop(config.channel_binding(ChannelBinding::Disable)),
            Some("require") => drop(config.channel_binding(ChannelBinding::Require)),
            Some(_) => return Err(wrong("`channel_binding` is `disable`, `prefer` or `require`")),
        }
        match self.parameter("sslnegotiation") {
            None | Some("postgres") => {}
            Some("direct") => drop(config.ssl_negotiation(SslNegotiation::Direct)),
            Some(_) => return Err(wrong("`sslnegotiation` is `postgres` or `direct`")),
        }
        match self.parameter("gssencmode") {
            Some("require") => Err(wrong("`gssencmode=require` cannot be met: GSSAPI is not supported")),
            _ => Ok(()),
        }
    }

    fn number(&self, name: &str) -> Result<Option<u64>, DbError> {
        let Some(text) = self.parameter(name) else { return Ok(None) };
        let number = text.trim().parse::<i64>().map_err(|_| wrong(&format!("`{name}` is not a whole number")))?;
        Ok(Some(number.try_into().unwrap_or_default()))
    }
}
