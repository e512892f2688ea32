//! Connections: where the server is, how it is reached, and the one snapshot that a read uses.

pub mod connection;
pub mod error;
pub mod row;
pub mod tenant;
mod tls;
pub mod url;
pub mod version;
