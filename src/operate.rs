//! Operations: what is looked at, kept and put back around a database that is in use.

pub mod client;
pub mod preflight;
