//! The places to try for a server.

use std::fmt;
use std::net::IpAddr;

use crate::db::error::DbError;
use crate::db::url::parse::{Parameters, wrong};

/// One of the places to try.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::db) struct Host {
    /// A name, an address, or the folder of a socket.
    pub(in crate::db) name: String,
    pub(super) address: Option<IpAddr>,
    pub(in crate::db) port: u16,
    pub(super) password: Option<String>,
}

impl Host {
    pub(in crate::db) fn is_socket(&self) -> bool {
        self.name.starts_with('/') && self.address.is_none()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_socket(), self.port) {
            (true, port) => write!(f, "{}/.s.PGSQL.{port}", self.name),
            (false, 5432) => f.write_str(&self.name),
            (false, port) => write!(f, "{}:{port}", self.name),
        }
    }
}

/// The hosts in order, each with its address and port. Lists of `host`, `hostaddr` and `port` go together by position; one
/// port serves all.
pub(super) fn hosts(parameters: &Parameters) -> Result<Vec<Host>, DbError> {
    let list = |name: &str| -> Vec<String> {
        parameters.get(name).map(|text| text.split(',').map(ToOwned::to_owned).collect()).unwrap_or_default()
    };
    let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return Err(wrong("`host` and `hostaddr` do not have the same number of entries"));
    }
    let count = names.len().max(addresses.len());
    if ports.len() > 1 && ports.len() != count {
        return Err(wrong("`port` and `host` do not have the same number of entries"));
    }
    (0..count)
        .map(|at| {
            let address = addresses.get(at).filter(|text| !text.is_empty());
            let address = address.map(|text| text.parse::<IpAddr>()).transpose();
            let address = address.map_err(|_| wrong("`hostaddr` is not an address"))?;
            let name = names.get(at).filter(|name| !name.is_empty()).cloned();
            let name =
                name.or_else(|| address.map(|address| address.to_string())).unwrap_or_else(|| "localhost".to_owned());
            let port = ports.get(at).or_else(|| ports.first()).filter(|port| !port.is_empty());
            let port = port.map_or(Ok(5432), |port| port.trim().parse::<u16>());
            let port =
                port.ok().filter(|port| *port > 0).ok_or_else(|| wrong("the port is not a number from 1 to 65535"))?;
            Ok(Host { name, address, port, password: None })
        })
        .collect()
}
