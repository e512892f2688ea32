//! Operations: what is looked at, kept and put back around a database that is in use.

pub mod backup;
pub mod client;
pub mod error;
pub mod health;
pub mod preflight;
pub mod restore;
pub mod sizes;
pub mod verify;
